# Makefile - builds liaison-milter, liaisonctl and liaison-extract, and runs their tests. `make help` lists the targets.
#
# To add a source file: nothing to do, each layer's folder is its list. To add a unit test:
# tests/unit/test_<module>.c (or tests/contract/); it is linked with all layers. To add a test of
# the whole: an executable tests/<ring>/<name>.t that prints TAP.

CC        ?= cc
PREFIX    ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR   ?= $(PREFIX)/lib/systemd/system
MANDIR    ?= $(PREFIX)/share/man
COMPLETIONS ?= $(PREFIX)/share/bash-completion/completions
BUILD     ?= build
JOBS      ?= $(shell nproc)
VERSION   := 0.1.0
MAKEFLAGS += --no-print-directory
PKGS      := glib-2.0 gio-2.0 gmime-3.0 libconfuse json-glib-1.0 libcrypto libsodium libzstd libcurl

# Of liaison-extract alone: what reads strangers' files is not linked into the others.
EXTRACT_PKGS := glib-2.0 gobject-2.0 libarchive libxml-2.0 poppler-glib libseccomp libgsf-1

WARNINGS  := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wformat=2 -Werror
OPTIMIZE  ?= -O2 -g
HARDEN    ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong
SANITIZE  ?=
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS  := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
EXTRACT_CFLAGS := $(shell pkg-config --cflags $(EXTRACT_PKGS) 2>/dev/null)
EXTRACT_LIBS   := $(shell pkg-config --libs $(EXTRACT_PKGS) 2>/dev/null)
CFLAGS_ALL = -std=c11 -D_GNU_SOURCE $(OPTIMIZE) $(HARDEN) -fPIE $(WARNINGS) $(SANITIZE) -I. -MMD -MP \
             -DLSM_VERSION='"$(VERSION)"' -DG_LOG_DOMAIN='"liaison"' $(PKG_CFLAGS) $(CFLAGS)
LDFLAGS_ALL = $(SANITIZE) -pie -Wl,-z,relro,-z,now $(LDFLAGS)
LIBS      = $(PKG_LIBS) -llmdb -lpthread

objects    = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)/*.c))
LAYERS    := $(foreach layer,desk rules store conf,$(call objects,$(layer)))
# Not in the archive: nothing refers to it by name, its constructor registers the texts.
RESOURCES := $(BUILD)/conf/resources.o
MILTER    := $(call objects,milter)
CTL       := $(call objects,ctl)
EXTRACT   := $(call objects,extract)
TESTS_C   := $(wildcard tests/unit/test_*.c tests/contract/test_*.c)
# What several tests share: fixtures, fakes; every other .c beside them.
TESTLIB_O := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(TESTS_C),$(wildcard tests/unit/*.c tests/contract/*.c)))
TESTLIB   := $(BUILD)/libtests.a
TESTS     := $(patsubst %.c,$(BUILD)/%,$(TESTS_C))
# A fuzz target: run by libFuzzer in `make fuzz`, by replay.c in the tests.
FUZZ_C    := $(wildcard tests/fuzz/fuzz_*.c)
TESTS     += $(patsubst %.c,$(BUILD)/%,$(FUZZ_C))
FUZZ_TIME ?= 60
TEXTS     := $(wildcard conf/mta/*.txt conf/*.conf conf/*.bash conf/guidance/*.txt)
PRELOAD   := $(BUILD)/tests/lib/crash_preload.so
PRELOADS  := $(PRELOAD) $(BUILD)/tests/lib/socket_preload.so
# Tests that take longer than five seconds each stand in tests/*/slow/ and run in check-all only; a few others look at
# CHECK_ALL and try everything, not a part.
QUICK      = $(wildcard tests/lint/*.t tests/corpus/*.t tests/scenario/*.t tests/mta/*.t tests/crash/*.t)
SLOW       = $(wildcard tests/*/slow/*.t)
PROVE     := prove --merge
MANUALS   := $(patsubst doc/man/%.in,$(BUILD)/man/%,$(wildcard doc/man/*.in))
UNITS     := $(notdir $(basename $(wildcard conf/systemd/*.service.in)))

# Objects stay; that all targets were secondary would leave out those whose source is new.
.PRECIOUS: $(BUILD)/%.o
.PHONY: all manuals check-unit liaison-milter liaisonctl liaison-extract check check-all check-asan check-clang lint format deps demo help clean install uninstall tests test-programs score bench bench-quick profile bench-store bench-list bench-pending bench-judge mutate crashtest fuzz
all: liaison-milter liaisonctl liaison-extract manuals $(BUILD)/completion.bash

liaison-milter: $(BUILD)/liaison-milter
	@ln -sf $< $@
liaisonctl: $(BUILD)/liaisonctl
	@ln -sf $< $@
liaison-extract: $(BUILD)/liaison-extract
	@ln -sf $< $@

$(BUILD)/liblsm.a: $(LAYERS)
	@rm -f $@ && ar rcs $@ $^
$(BUILD)/liaison-milter: $(MILTER) $(BUILD)/liblsm.a $(RESOURCES)
	@echo '  LINK  $@'; $(CC) $(LDFLAGS_ALL) -o $@ $(MILTER) $(BUILD)/liblsm.a $(RESOURCES) -lmilter -lseccomp $(LIBS)
$(BUILD)/liaisonctl: $(CTL) $(BUILD)/liblsm.a $(RESOURCES)
	@echo '  LINK  $@'; $(CC) $(LDFLAGS_ALL) -o $@ $(CTL) $(BUILD)/liblsm.a $(RESOURCES) $(LIBS)
$(BUILD)/liaison-extract: $(EXTRACT)
	@echo '  LINK  $@'; $(CC) $(LDFLAGS_ALL) -o $@ $(EXTRACT) $(EXTRACT_LIBS)
$(EXTRACT): PKG_CFLAGS := $(EXTRACT_CFLAGS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC    $<'; $(CC) $(CFLAGS_ALL) -c -o $@ $<
$(BUILD)/conf/resources.o: $(BUILD)/conf/resources.c
	@echo '  CC    $<'; $(CC) $(CFLAGS_ALL) -Wno-overlength-strings -c -o $@ $<
$(BUILD)/conf/resources.c: conf/resources.gresource.xml $(TEXTS)
	@mkdir -p $(@D)
	@glib-compile-resources --generate-source --c-name=lsm --sourcedir=conf --target=$@ $<

$(TESTLIB): $(TESTLIB_O)
	@rm -f $@ && ar rcs $@ $^

# Commands, settings, rules, exit codes and log lines in the manual are printed by the program, from its own tables.
manuals: $(MANUALS)  ## the manual pages, in $(BUILD)/man
$(MANUALS): $(BUILD)/man/%: doc/man/%.in $(BUILD)/liaisonctl
	@mkdir -p $(@D)
	@echo '  MAN   $@'; $(BUILD)/liaisonctl manual $< > $@.new && mv $@.new $@

$(BUILD)/completion.bash: $(BUILD)/liaisonctl
	@$< completion > $@.new && mv $@.new $@

# A unit test sees every layer; the milter's own parts (without its main) are there for test_session.
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(TESTLIB) $(BUILD)/liblsm.a $(RESOURCES)
	@echo '  LINK  $@'; $(CC) $(LDFLAGS_ALL) -o $@ $(filter-out $(RESOURCES),$(filter %.o,$^)) $(TESTLIB) $(BUILD)/liblsm.a $(RESOURCES) $(LIBS)
$(BUILD)/tests/bench/bench_store: $(BUILD)/tests/bench/passages.o
$(BUILD)/tests/unit/test_reader $(BUILD)/tests/unit/test_serve: $(BUILD)/extract/serve.o
$(BUILD)/tests/unit/test_readiness: $(BUILD)/milter/readiness.o
$(BUILD)/tests/unit/test_notify: $(BUILD)/milter/notify.o
$(BUILD)/tests/unit/test_thread: $(BUILD)/milter/thread.o
$(BUILD)/tests/unit/test_sandbox: $(BUILD)/milter/sandbox.o
$(BUILD)/tests/unit/test_mta_lines: $(BUILD)/milter/mta_lines.o
$(BUILD)/tests/unit/test_sandbox: LIBS += -lseccomp
$(BUILD)/tests/unit/test_mdoc: $(BUILD)/ctl/mdoc.o $(BUILD)/ctl/help.o
$(BUILD)/tests/unit/test_when: $(BUILD)/ctl/when.o
$(BUILD)/tests/bench/load: $(BUILD)/tests/bench/wire.o $(BUILD)/tests/bench/letter.o
$(BUILD)/tests/bench/count: $(BUILD)/tests/bench/count.o $(BUILD)/tests/bench/letter.o $(BUILD)/tests/lib/fake_milter.o \
                            $(filter-out $(BUILD)/milter/main.o,$(MILTER)) $(BUILD)/liblsm.a $(RESOURCES)
	@echo '  LINK  $@'; $(CC) $(LDFLAGS_ALL) -o $@ $^ -lseccomp $(LIBS)
$(BUILD)/tests/bench/load $(BUILD)/tests/bench/yardstick: $(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o
	@echo '  LINK  $@'; $(CC) $(LDFLAGS_ALL) -o $@ $^ -lmilter $(LIBS)
$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(BUILD)/liblsm.a $(RESOURCES)
	@echo '  LINK  $@'; $(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)
$(BUILD)/tests/unit/test_session $(BUILD)/tests/unit/test_supervise: $(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o \
                $(BUILD)/tests/lib/fake_milter.o $(filter-out $(BUILD)/milter/main.o,$(MILTER)) $(BUILD)/liblsm.a $(RESOURCES)
	@echo '  LINK  $@'; $(CC) $(LDFLAGS_ALL) -o $@ $^ -lseccomp $(LIBS)
$(PRELOADS): $(BUILD)/tests/lib/%.so: tests/lib/%.c
	@mkdir -p $(@D)
	@$(CC) -std=c11 -D_GNU_SOURCE -O2 $(WARNINGS) -shared -fPIC -o $@ $< -ldl

test-programs: $(TESTS) $(PRELOADS)
tests: all test-programs

# --- what a newcomer runs ---
# The packages may have come with `deps` just now: only a new make sees them.
check: deps  ## build and run the tests (three minutes)
	@$(MAKE) -j$(JOBS) tests
	BUILD=$(BUILD) $(PROVE) -j2 --exec '' $(TESTS) $(QUICK)
check-unit:  ## the tests that need no mail server
	@$(MAKE) -j$(JOBS) tests
	$(PROVE) -j2 --exec '' $(TESTS)
check-all:  ## everything, the long tests included
	@conf/deps.sh --all
	@conf/unpack.sh $(BUILD)
	@$(MAKE) -j$(JOBS) tests
	CHECK_ALL=1 BUILD=$(BUILD) $(PROVE) -j2 --exec '' $(TESTS) $(QUICK) $(SLOW)
check-asan:  ## the same under AddressSanitizer and UBSan
	$(MAKE) BUILD=$(BUILD)-asan OPTIMIZE='-O1 -g' HARDEN= SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=undefined' check
check-clang:  ## the other compiler
	$(MAKE) -j$(JOBS) BUILD=$(BUILD)-clang CC=clang tests
demo: deps  ## play the main job on a private Postfix on loopback; KEEP=1 leaves it running
	@$(MAKE) -j$(JOBS) all $(PRELOAD)
	BUILD=$(BUILD) KEEP=$(KEEP) tests/demo/demo
deps:  ## install the Debian packages that are missing (conf/debian-packages)
	@conf/deps.sh
	@conf/unpack.sh $(BUILD) sendmail
bench-store: $(BUILD)/tests/bench/bench_store  ## how fast statements become durable, beside bare LMDB and a file
	@$(BUILD)/tests/bench/bench_store
bench-judge: $(BUILD)/tests/bench/judge  ## how long all rules take over one statement
	@$(BUILD)/tests/bench/judge
mutate: $(BUILD)/liaisonctl $(BUILD)/tests/unit/test_rules  ## does some test miss each rule that is left out?
	@BUILD=$(BUILD) tests/mutate
crashtest: deps tests  ## kill the daemon at every step under 2,100 mails, and print the tally
	BUILD=$(BUILD) $(PROVE) -v tests/crash/slow/crashtest.t
BENCH_PROGRAMS := $(addprefix $(BUILD)/tests/bench/,load yardstick fill)
bench: all $(BENCH_PROGRAMS)  ## what the filter costs, beside others (BENCH="wire postfix ..." ROUNDS=5)
	@BUILD=$(BUILD) BENCH="$(BENCH)" ROUNDS=$(ROUNDS) COUNT=$(COUNT) tests/bench/bench
bench-quick: $(BUILD)/tests/bench/count  ## instructions a mail, beside those of the tree; KEEP=1 keeps the new ones
	@BUILD=$(BUILD) tests/bench/quick $(if $(KEEP),keep,compare)
profile: $(BUILD)/tests/bench/count  ## where a mail's instructions go (ROW=ordinary-2k)
	@BUILD=$(BUILD) tests/bench/quick profile $(ROW)
bench-pending: all  ## do 1,000 pending cases slow ordinary mail?
	@BUILD=$(BUILD) tests/bench/pending
bench-list: all $(BUILD)/tests/bench/fill  ## how soon a reader of a million statements has his first row (COUNT=N)
	@$(BUILD)/tests/bench/fill --tool $(BUILD)/liaisonctl $(if $(COUNT),--count $(COUNT))
score: all  ## recognition on the evaluation corpus, where ../shared is there
	@if [ -x ../shared/tools/score.py ]; then ../shared/tools/score.py --tool ./liaisonctl; \
	else echo 'score: skipped: no evaluation corpus beside the tree'; fi
	@BUILD=$(BUILD) tests/bench/preflight
FUZZ_MAKE  = $(MAKE) -j$(JOBS) BUILD=$(BUILD)-fuzz CC=clang OPTIMIZE='-O1 -g' HARDEN= \
             SANITIZE='-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined'
fuzz: deps $(patsubst %.c,$(BUILD)/%,$(FUZZ_C))  ## run each fuzz target under libFuzzer for FUZZ_TIME (60) seconds
	@$(FUZZ_MAKE) $(patsubst tests/%.c,$(BUILD)-fuzz/tests/%.run,$(FUZZ_C))
$(BUILD)/tests/fuzz/%.run: $(BUILD)/tests/fuzz/%.o $(BUILD)/liblsm.a $(RESOURCES)
	@mkdir -p $(@D)/$*.seeds && $(BUILD:-fuzz=)/tests/fuzz/$* --seeds $(@D)/$*.seeds
	@$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@.out $^ $(LIBS)
	$@.out -max_total_time=$(FUZZ_TIME) -print_final_stats=1 -artifact_prefix=$(@D)/$*. $(@D)/$*.seeds
lint:  ## layers, fences, house rules
	prove --exec '' $(wildcard tests/lint/*.t)
format:  ## clang-format over the tree
	clang-format -i $(wildcard */*.[ch] tests/*/*.[ch])
install: all  ## PREFIX=/usr/local DESTDIR= ; settings that are there already are kept
	install -D -m 755 $(BUILD)/liaison-milter $(DESTDIR)$(PREFIX)/sbin/liaison-milter
	install -D -m 755 $(BUILD)/liaisonctl $(DESTDIR)$(PREFIX)/bin/liaisonctl
	install -D -m 755 $(BUILD)/liaison-extract $(DESTDIR)$(PREFIX)/libexec/liaison-milter/liaison-extract
	install -d $(DESTDIR)$(SYSCONFDIR)/liaison-milter $(DESTDIR)$(UNITDIR)
	for file in liaison-milter.conf directory.conf; do \
		test -e $(DESTDIR)$(SYSCONFDIR)/liaison-milter/$$file || \
		sed 's|/usr/local/libexec|$(PREFIX)/libexec|' conf/$$file > $(DESTDIR)$(SYSCONFDIR)/liaison-milter/$$file; \
	done
	for unit in $(UNITS); do \
		sed 's|@sbindir@|$(PREFIX)/sbin|; s|@bindir@|$(PREFIX)/bin|' conf/systemd/$$unit.in > $(DESTDIR)$(UNITDIR)/$$unit || exit; \
	done
	install -m 644 conf/systemd/*.timer conf/systemd/*.socket $(DESTDIR)$(UNITDIR)
	for page in $(MANUALS); do \
		sed 's|/usr/local/libexec|$(PREFIX)/libexec|' $$page | \
		install -D -m 644 /dev/stdin $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/} || exit; \
	done
	install -D -m 644 $(BUILD)/completion.bash $(DESTDIR)$(COMPLETIONS)/liaisonctl
	ln -sf liaisonctl $(DESTDIR)$(COMPLETIONS)/liaison-milter
uninstall:  ## leaves settings and record
	rm -f $(DESTDIR)$(PREFIX)/sbin/liaison-milter $(DESTDIR)$(PREFIX)/bin/liaisonctl
	rm -rf $(DESTDIR)$(PREFIX)/libexec/liaison-milter
	rm -f $(addprefix $(DESTDIR)$(UNITDIR)/,$(UNITS) $(notdir $(wildcard conf/systemd/*.timer conf/systemd/*.socket)))
	rm -f $(foreach page,$(notdir $(MANUALS)),$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(page))
	rm -f $(addprefix $(DESTDIR)$(COMPLETIONS)/,liaisonctl liaison-milter)
clean:
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-clang $(BUILD)-fuzz liaison-milter liaisonctl liaison-extract
help:
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  \1\t\2/p' Makefile | expand -t 16

# Not what conf/unpack.sh puts there: folders of a mail server's.
-include $(shell find $(BUILD) -path '$(BUILD)/*/etc' -prune -o -name '*.d' -type f -print 2>/dev/null)
