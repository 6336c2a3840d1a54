/*
 * authres.c - reads Authentication-Results fields (RFC 8601 section 2.2).
 *
 *   authserv-id [version] *( ";" method "=" result [reason] *( ptype "." property "=" value ) )
 *
 * Owns nothing; thread-safe; never fails: what cannot be read proves nothing.
 */
#include "rules/authres.h"

#include <string.h>

#define MAX_VALUE 16384

/* --- from octets to words --- */

/* One octet; runs of blanks become one, a quoted one that would split the field becomes "_". */
static void
put_simplified(GString *plain, char octet, gboolean quoted)
{
	if (quoted && strchr(" \t;=", octet) != NULL)
		g_string_append_c(plain, '_');
	else if (!g_ascii_isspace(octet))
		g_string_append_c(plain, octet);
	else if (plain->len > 0 && plain->str[plain->len - 1] != ' ')
		g_string_append_c(plain, ' ');
}

/*
 * The field without comments and quotes, blanks around "=" dropped, so that it can be split at ";"
 * and blanks. A quoted string keeps its letters but for those that would split it.
 */
static char *
simplify(const char *value)
{
	GString *plain = g_string_new(NULL);
	int depth = 0;
	gboolean quoted = FALSE;

	for (const char *p = value; *p != '\0' && plain->len < MAX_VALUE; p++) {
		if (*p == '\\' && p[1] != '\0' && (quoted || depth > 0)) {
			p++;
			continue;
		}
		if (*p == '"' && depth == 0)
			quoted = !quoted;
		else if (!quoted && *p == '(')
			depth++;
		else if (!quoted && *p == ')' && depth > 0)
			depth--;
		else
			put_simplified(plain, depth > 0 ? ' ' : *p, quoted);
	}
	g_string_replace(plain, " =", "=", 0);
	g_string_replace(plain, "= ", "=", 0);
	return g_string_free(plain, FALSE);
}

static char **
split_words(const char *text)
{
	g_auto(GStrv) all = g_strsplit(text, " ", -1);
	GPtrArray *words = g_ptr_array_new();

	for (char **word = all; *word != NULL; word++)
		if (**word != '\0')
			g_ptr_array_add(words, g_strdup(*word));
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(words, FALSE);
}

/* --- from words to proof --- */

static gboolean
is_listed(const char *id, char *const *ids)
{
	for (; ids != NULL && *ids != NULL; ids++)
		if (g_ascii_strcasecmp(id, *ids) == 0)
			return TRUE;
	return FALSE;
}

static gboolean
is_below(const char *domain, const char *parent)
{
	gsize length = strlen(domain), parent_length = strlen(parent);

	return length > parent_length && domain[length - parent_length - 1] == '.' &&
	       g_ascii_strcasecmp(domain + length - parent_length, parent) == 0;
}

/* Relaxed alignment (RFC 7489 section 3.1.1) without a list of public suffixes: one label signs for nobody.
 */
static gboolean
is_aligned(const char *signer, const char *domain)
{
	if (strchr(signer, '.') == NULL || strchr(domain, '.') == NULL)
		return FALSE;
	return g_ascii_strcasecmp(signer, domain) == 0 || is_below(domain, signer) ||
	       is_below(signer, domain);
}

static gboolean
is_equal(const char *a, const char *b)
{
	return g_ascii_strcasecmp(a, b) == 0;
}

/* To add a method: a row here. property as in the RFC 8601 registry. */
static const struct {
	const char *result; /* beginning of the result's first word */
	const char *property;
	const char *name;
	gboolean (*covers)(const char *value, const char *domain);
} methods[] = {
	{"dmarc=pass", "header.from=", "dmarc", is_equal},
	{"dkim=pass", "header.d=", "dkim", is_aligned},
	{"dkim=pass", "header.i=", "dkim", is_aligned},
};

/* "@example.org" and "alice@example.org" name a domain, too. */
static const char *
domain_in(const char *value)
{
	const char *at = strrchr(value, '@');

	return at != NULL ? at + 1 : value;
}

static const char *
read_result(const char *text, const char *domain)
{
	g_auto(GStrv) words = split_words(text);

	if (words[0] == NULL)
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
		gsize length = strlen(methods[i].property);

		if (g_ascii_strcasecmp(words[0], methods[i].result) != 0)
			continue;
		for (char **word = words + 1; *word != NULL; word++)
			if (g_ascii_strncasecmp(*word, methods[i].property, length) == 0 &&
			    methods[i].covers(domain_in(*word + length), domain))
				return methods[i].name;
	}
	return NULL;
}

/* The field's results behind its first word, which is there, too; NULL: it is none of ours. */
static char **
results_of(const char *value, char *const *authserv_ids)
{
	g_autofree char *plain = simplify(value);
	g_auto(GStrv) results = g_strsplit(plain, ";", -1);
	g_auto(GStrv) head = results[0] != NULL ? split_words(results[0]) : NULL;

	if (head == NULL || head[0] == NULL || !is_listed(head[0], authserv_ids))
		return NULL;
	return g_steal_pointer(&results);
}

/* Our own border found that From is not proved: a field beside that which says more was brought along, to a
 * border that does not take such fields away (RFC 8601 section 5). */
static gboolean
is_denied(const char *value, char *const *authserv_ids)
{
	g_auto(GStrv) results = results_of(value, authserv_ids);

	for (guint i = 1; results != NULL && results[i] != NULL; i++) {
		g_auto(GStrv) words = split_words(results[i]);

		if (words[0] != NULL && g_ascii_strcasecmp(words[0], "dmarc=fail") == 0)
			return TRUE;
	}
	return FALSE;
}

const char *
lsm_authres_read(const char *value, char *const *authserv_ids, const char *domain)
{
	g_auto(GStrv) results = results_of(value, authserv_ids);

	if (results == NULL || *domain == '\0')
		return NULL;
	for (char **result = results + 1; *result != NULL; result++) {
		const char *method = read_result(*result, domain);

		if (method != NULL)
			return method;
	}
	return NULL;
}

/* RFC 8601 section 5: what stands below a Received field was there before our border. */
static gboolean
is_border(const LsmHeaderField *field)
{
	return g_ascii_strcasecmp(field->name, "Received") == 0;
}

static gboolean
is_result(const LsmHeaderField *field)
{
	return g_ascii_strcasecmp(field->name, "Authentication-Results") == 0;
}

gboolean
lsm_authres_is_present(const LsmMessage *message, const LsmSettings *settings)
{
	for (guint i = 0; i < message->headers->len; i++) {
		const LsmHeaderField *field = g_ptr_array_index(message->headers, i);
		g_auto(GStrv) results = NULL;

		if (is_border(field))
			return FALSE;
		results = is_result(field) ? results_of(field->raw, settings->authserv_ids) : NULL;
		if (results != NULL)
			return TRUE;
	}
	return FALSE;
}

gboolean
lsm_authres_proves_from(const LsmMessage *message, const LsmSettings *settings, const char **method_out)
{
	const char *domain = lsm_address_domain(lsm_message_from_address(message));
	const char *found = NULL;

	if (message->from->len != 1 || settings->authserv_ids[0] == NULL)
		return FALSE;
	for (guint i = 0; i < message->headers->len; i++) {
		const LsmHeaderField *field = g_ptr_array_index(message->headers, i);

		if (is_border(field))
			break;
		if (!is_result(field))
			continue;
		if (is_denied(field->raw, settings->authserv_ids))
			return FALSE;
		if (found == NULL)
			found = lsm_authres_read(field->raw, settings->authserv_ids, domain);
	}
	if (found != NULL && method_out != NULL)
		*method_out = found;
	return found != NULL;
}
