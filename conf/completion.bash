# Completion in bash for liaisonctl and liaison-milter; printed by liaisonctl completion.
#
# A kind says what may stand in a place: words with commas between them, @file, @folder, @id (of a statement),
# or @ alone: anything, nothing to offer.
# shellcheck disable=SC1007,SC2054

# The options of command $1, as --name or --name=KIND, and the kinds of its arguments in their order; "..." behind the
# last: any number of these.
_liaisonctl_look_up() {
	options= places=()
	case $1 in
@COMMANDS@
	esac
	options+=' --config=@file --store=@ --json --help'
}

# Ids on record; the letters alone, unless a whole id has been begun. None when no record can be read.
_liaisonctl_ids() {
	local rows id
	mapfile -t rows < <("${COMP_WORDS[0]}" list --all --limit 200 --csv "${record[@]}" 2>/dev/null)
	for id in "${rows[@]:1}"; do
		id=${id%%,*}
		[[ $1 == LS-* ]] || id=${id##*-}
		[[ $id == "$1"* ]] && COMPREPLY+=("$id")
	done
}

_liaisonctl_fill() { # kind, word
	case $1 in
	@file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
	@folder) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
	@id) _liaisonctl_ids "$2" ;;
	@ | '') ;;
	*) mapfile -t COMPREPLY < <(compgen -W "${1//,/ }" -- "$2") ;;
	esac
}

# Reads the words before the one to complete: sets awaited to the kind of a value that is still to come, count
# to the number of arguments, and record to the options that say which record. Readline parts --option=value and
# lmdb:/path into three words each.
_liaisonctl_read() {
	local at word option name= colon=
	for ((at = 2; at < COMP_CWORD; at++)); do
		word=${COMP_WORDS[at]}
		if [[ $word == '=' ]]; then
			continue
		elif [[ $word == ':' && -n $name ]]; then
			colon=: awaited=@file
		elif [[ -n $awaited ]]; then
			if [[ -n $colon ]]; then
				[[ $name == --store ]] && record[-1]+=:$word
			elif [[ $name == --store || $name == --config ]]; then
				record+=("$name" "$word")
			fi
			colon= awaited=
		else
			name= colon=
			for option in $options; do
				[[ $option == "$word="* ]] && name=$word awaited=${option#*=}
			done
			[[ $word == -* ]] || ((count++))
		fi
	done
}

_liaisonctl() {
	local word=${COMP_WORDS[COMP_CWORD]} options awaited= option
	local -a places record=()
	local -i count=0
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W '@NAMES@ --help --version' -- "$word")
		return
	fi
	_liaisonctl_look_up "${COMP_WORDS[1]}"
	_liaisonctl_read
	if [[ $word == ':' && -n $awaited$count ]]; then
		word= awaited=@file
	elif [[ $word == '=' ]]; then
		word=
	fi
	if [[ -n $awaited ]]; then
		_liaisonctl_fill "$awaited" "$word"
	elif [[ $word == -* ]]; then
		for option in $options; do
			option=${option%%=*}
			[[ $option == "$word"* ]] && COMPREPLY+=("$option")
		done
	else
		if ((${#places[@]} > 1 && count >= ${#places[@]} - 1)) && [[ ${places[-1]} == ... ]]; then
			count=${#places[@]}-2
		fi
		_liaisonctl_fill "${places[count]}" "$word"
	fi
}

_liaison_milter() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	COMPREPLY=()
	[[ $before == '=' ]] && before=${COMP_WORDS[COMP_CWORD - 2]}
	[[ $word == '=' ]] && word=
	case $before in
	-c | --config) _liaisonctl_fill @file "$word" ;;
	--mta) _liaisonctl_fill postfix,sendmail "$word" ;;
	*) _liaisonctl_fill --config,--foreground,--check,--changed,--mta,--version,--help,-c,-f,-n,-V,-h "$word" ;;
	esac
}

complete -F _liaisonctl liaisonctl
complete -F _liaison_milter liaison-milter
