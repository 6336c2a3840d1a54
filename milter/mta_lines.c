/*
 * mta_lines.c - see mta_lines.h.
 *
 * Owns a table of words, each with the function that says what the settings make of it, and a row for each
 * mail server. Values of settings were checked when they were read: no word can leave its line.
 */
#include "milter/mta_lines.h"

#include <gio/gio.h>
#include <string.h>

#include "conf/address.h"

/* Paths below it are written relative to it: so a Postfix service finds them, chrooted or not. */
#define POSTFIX_QUEUE "/var/spool/postfix/"
/* Of the time that a decision may take beside what the desk is waited for: reading the mail and its
 * attachments. */
#define READING_SECONDS 20
#define LEAST_TIMEOUT 60
#define WIDTH 110
#define ALIASES_COMMENT "# "

typedef struct {
	const char *name;
	const char *comment; /* what begins a line of comment */
	gboolean is_postfix;
} Mta;

/* To add a mail server: a row, and its text in conf/mta/ (a row in conf/resources.gresource.xml). */
static const Mta mtas[] = {
	{"postfix", "# ", TRUE},
	{"sendmail", "dnl ", FALSE},
};

static const Mta *
find_mta(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(mtas); i++)
		if (strcmp(mtas[i].name, name) == 0)
			return &mtas[i];
	return NULL;
}

gboolean
lsm_mta_lines_knows(const char *mta)
{
	return find_mta(mta) != NULL;
}

/* --- what the settings say --- */

typedef struct {
	const Mta *mta;
	const LsmSettings *settings;
	char *outbox_host; /* without brackets */
	char *outbox_port;
} Input;

static gboolean
is_unix(const LsmSettings *settings)
{
	return g_str_has_prefix(settings->listen, "unix:");
}

/* A sentence as lines of comment, with no end behind the last one. */
static char *
comment(const char *mark, const char *sentence)
{
	g_auto(GStrv) words = g_strsplit(sentence, " ", -1);
	GString *out = g_string_new(mark);
	gsize start = 0;

	for (gsize i = 0; words[i] != NULL; i++) {
		if (out->len - start + strlen(words[i]) > WIDTH) {
			out->str[out->len - 1] = '\n';
			start = out->len;
			g_string_append(out, mark);
		}
		g_string_append_printf(out, "%s ", words[i]);
	}
	g_string_truncate(out, out->len - 1);
	return g_string_free(out, FALSE);
}

/* "8891@127.0.0.1" of listen, as HOST and PORT; an address that means all of them is reached as the
 * loopback's. */
static void
split_inet(const char *listen, const char **family_out, char **host_out, char **port_out)
{
	const char *rest = strchr(listen, ':') + 1;
	const char *at = strchr(rest, '@');

	*family_out = g_str_has_prefix(listen, "inet6:") ? "inet6" : "inet";
	*port_out = g_strndup(rest, (gsize)(at - rest));
	if (strcmp(at + 1, "0.0.0.0") == 0)
		*host_out = g_strdup("127.0.0.1");
	else
		*host_out = g_strdup(strcmp(at + 1, "::") == 0 ? "::1" : at + 1);
}

/* Where the milter is, as the mail server writes it. */
static char *
print_place(const Input *input)
{
	const char *listen = input->settings->listen;
	const char *family;
	g_autofree char *host = NULL;
	g_autofree char *port = NULL;

	if (is_unix(input->settings))
		return input->mta->is_postfix && g_str_has_prefix(listen, "unix:" POSTFIX_QUEUE)
			       ? g_strconcat("unix:", listen + strlen("unix:" POSTFIX_QUEUE), NULL)
			       : g_strdup(listen);
	split_inet(listen, &family, &host, &port);
	if (!input->mta->is_postfix)
		return g_strdup_printf("%s:%s@%s", family, port, host);
	return g_strdup_printf(strchr(host, ':') != NULL ? "inet:[%s]:%s" : "inet:%s:%s", host, port);
}

static char *
advise_postfix_socket(const LsmSettings *settings)
{
	if (!is_unix(settings))
		return g_strdup("A unix socket is much faster: each mail waits 40 ms on this one "
				"(listen = \"unix:" POSTFIX_QUEUE "liaison-milter/milter.sock\").");
	if (settings->listen_group[0] == '\0')
		return g_strdup(
			"listen-group is empty: Postfix may not write to the socket. Set listen-group = "
			"postfix; for a socket that is not below " POSTFIX_QUEUE "liaison-milter, whose folder "
			"gives it the group, also: adduser liaison-milter postfix.");
	if (!g_str_has_prefix(settings->listen, "unix:" POSTFIX_QUEUE))
		return g_strdup(
			"Services that run chrooted (a y in the fifth column of master.cf, as Debian has it) "
			"do not see this socket; for them: listen = \"unix:" POSTFIX_QUEUE
			"liaison-milter/milter.sock\".");
	return g_strdup(
		"The socket is below Postfix's queue_directory, and its path is written relative to that: "
		"chrooted services find it, too.");
}

static char *
advise_sendmail_socket(const LsmSettings *settings)
{
	static const char *const open_folders[] = {"unix:/tmp/", "unix:/var/tmp/", "unix:/dev/shm/"};

	if (!is_unix(settings))
		return g_strdup("A unix socket is much faster: each mail waits 230 ms on this one.");
	for (gsize i = 0; i < G_N_ELEMENTS(open_folders); i++)
		if (g_str_has_prefix(settings->listen, open_folders[i]))
			return g_strdup(
				"sendmail does not start with a socket below a folder that everybody may "
				"write to: listen = \"unix:/run/liaison-milter/milter.sock\".");
	return g_strdup(
		"All folders above the socket must be writable for their owners alone, or sendmail does not "
		"start.");
}

static char *
print_socket(const Input *input)
{
	g_autofree char *advice = input->mta->is_postfix ? advise_postfix_socket(input->settings)
							 : advise_sendmail_socket(input->settings);

	return comment(input->mta->comment, advice);
}

/* The desk is waited for twice: what is known, and the record. */
static char *
print_timeout(const Input *input)
{
	return g_strdup_printf("%d",
			       MAX(LEAST_TIMEOUT, 2 * input->settings->decision_timeout + READING_SECONDS));
}

static char *
print_settings_path(const Input *input)
{
	return g_strdup(input->settings->path != NULL ? input->settings->path : "the built-in sample");
}

static char *
print_max_size(const Input *input)
{
	return g_strdup_printf("%d", input->settings->max_message_size);
}

static char *
print_delimiter(const Input *input)
{
	const char *sign = input->settings->recipient_delimiter;

	if (input->mta->is_postfix)
		return *sign != '\0' ? g_strdup_printf("recipient_delimiter = %s", sign)
				     : comment(input->mta->comment,
					       "recipient-delimiter is empty: answers come to the desk's "
					       "address itself, with the token in their text.");
	return comment(input->mta->comment,
		       strcmp(sign, "+") == 0
			       ? "Answers come to the desk's address with + and a token behind its name."
			       : "sendmail knows no recipient delimiter but +: set recipient-delimiter = "
				 "\"+\".");
}

static char *
print_submission(const Input *input)
{
	const char *name = input->settings->submission_daemons[0];

	if (!input->mta->is_postfix)
		return g_strdup(name != NULL ? name : "submission");
	if (name == NULL)
		return comment(input->mta->comment,
			       "submission-daemons is empty: only mail of a login counts as submitted.\n"
			       "#   postconf -P 'submission/inet/smtpd_milters=$liaison_submit'");
	return g_strdup_printf("#   postconf -P submission/inet/milter_macro_daemon_name=%s \\\n"
			       "#     'submission/inet/smtpd_milters=$liaison_submit'",
			       name);
}

static gboolean
is_outbox_6(const Input *input)
{
	return strchr(input->outbox_host, ':') != NULL;
}

static char *
print_outbox_host(const Input *input)
{
	return g_strdup(input->outbox_host);
}

static char *
print_outbox_port(const Input *input)
{
	return g_strdup(input->outbox_port);
}

static char *
print_outbox_place(const Input *input)
{
	return g_strdup_printf(is_outbox_6(input) ? "[%s]:%s" : "%s:%s", input->outbox_host,
			       input->outbox_port);
}

static char *
print_outbox_family(const Input *input)
{
	return g_strdup(is_outbox_6(input) ? "inet6" : "inet");
}

static char *
print_outbox_daemon(const Input *input)
{
	return g_strdup(input->settings->outbox_daemon);
}

static void
add_alias(GString *out, const Input *input, const char *address, const char *purpose)
{
	const char *contact = lsm_directory_liaison_contact(input->settings->directory);
	const char *at = strrchr(address, '@');
	g_autofree char *told = g_strdup_printf("%s (%s)", purpose, address);
	g_autofree char *line = NULL;

	/* The contact's own mailbox needs no alias. */
	if (at == NULL || lsm_address_equal(address, contact))
		return;
	line = comment(ALIASES_COMMENT, told);
	g_string_append_printf(out, "%s%s\n%.*s: %s", out->len > 0 ? "\n" : "", line, (int)(at - address),
			       address, contact);
}

static char *
print_aliases(const Input *input)
{
	GString *out = g_string_new(NULL);

	add_alias(
		out, input, input->settings->desk_address,
		"The desk: while the filter is down, people get what is written to it, and nothing is lost");
	add_alias(out, input, input->settings->check_address,
		  "For trying a statement: the mail server must take the address, and the filter takes the "
		  "mail off");
	if (out->len > 0)
		return g_string_free(out, FALSE);
	g_string_free(out, TRUE);
	return comment(ALIASES_COMMENT,
		       "None: desk-address and check-address are empty, or the liaison contact itself.");
}

static const struct {
	const char *word;
	char *(*print)(const Input *input);
} words[] = {
	{"ALIASES", print_aliases},
	{"DELIMITER", print_delimiter},
	{"MAX_SIZE", print_max_size},
	{"OUTBOX_DAEMON", print_outbox_daemon},
	{"OUTBOX_FAMILY", print_outbox_family},
	{"OUTBOX_HOST", print_outbox_host},
	{"OUTBOX_PLACE", print_outbox_place},
	{"OUTBOX_PORT", print_outbox_port},
	{"PLACE", print_place},
	{"SETTINGS", print_settings_path},
	{"SOCKET", print_socket},
	{"SUBMISSION", print_submission},
	{"TIMEOUT", print_timeout},
};

/* --- the text --- */

/* A piece between two @: a word, or text that had an @ in front of it. */
static void
add_piece(GString *out, const char *piece, gboolean *is_word, const Input *input)
{
	for (gsize i = 0; *is_word && i < G_N_ELEMENTS(words); i++) {
		g_autofree char *value = NULL;

		if (strcmp(words[i].word, piece) != 0)
			continue;
		value = words[i].print(input);
		g_string_append(out, value);
		*is_word = FALSE;
		return;
	}
	g_string_append_printf(out, "%s%s", *is_word ? "@" : "", piece);
	*is_word = TRUE;
}

static char *
fill_in(const char *text, const Input *input)
{
	g_auto(GStrv) pieces = g_strsplit(text, "@", -1);
	GString *out = g_string_new(NULL);
	gboolean is_word = FALSE;

	for (gsize i = 0; pieces[i] != NULL; i++)
		add_piece(out, pieces[i], &is_word, input);
	return g_string_free(out, FALSE);
}

char *
lsm_mta_lines_render(const char *mta, const LsmSettings *settings)
{
	g_autofree char *name = g_strdup_printf("/org/liaison-milter/mta/%s.txt", mta);
	g_autoptr(GBytes) text = g_resources_lookup_data(name, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
	const char *host = settings->outbox_server + strlen("smtp://");
	const char *colon = strrchr(host, ':');
	gboolean has_brackets = *host == '[';
	g_autofree char *outbox_host =
		g_strndup(host + has_brackets, (gsize)(colon - host) - 2 * (gsize)has_brackets);
	g_autofree char *outbox_port = g_strdup(colon + 1);
	Input input = {find_mta(mta), settings, outbox_host, outbox_port};
	g_autofree char *octets = NULL;

	g_assert(input.mta != NULL && text != NULL);
	octets = g_strndup(g_bytes_get_data(text, NULL), g_bytes_get_size(text));
	return fill_in(octets, &input);
}
