/*
 * checkpoint.c - writes and reads signed checkpoints.
 *
 * Owns nothing. Uses key.h for the signature. Threads: any. Fails by GError INPUT, in words that say
 * what is wrong with the text.
 */
#include "store/checkpoint.h"

#include <sodium.h>
#include <string.h>

#include "conf/error.h"
#include "store/proof.h"

/* Em dash and blank. */
#define SIGNATURE_PREFIX "\xe2\x80\x94 "
#define SIGNATURE_OCTETS (LSM_KEY_ID_SIZE + LSM_SIGNATURE_SIZE)
/* In base64, with the NUL. */
#define SIGNATURE_TEXT_SIZE 93

char *
lsm_checkpoint_sign(const LsmLogHead *head, const LsmKey *key)
{
	guint8 signature[SIGNATURE_OCTETS];
	char root[LSM_HASH_TEXT_SIZE], text[SIGNATURE_TEXT_SIZE];

	lsm_proof_hash_render(head->root, root);
	g_autofree char *body =
		g_strdup_printf("%s\n%" G_GUINT64_FORMAT "\n%s\n", lsm_key_name(key), head->size, root);
	lsm_key_sign(key, body, strlen(body), signature);
	sodium_bin2base64(text, sizeof text, signature, sizeof signature, sodium_base64_VARIANT_ORIGINAL);
	return g_strdup_printf("%s\n" SIGNATURE_PREFIX "%s %s\n", body, lsm_key_name(key), text);
}

static gboolean
fail_checkpoint(GError **error, const char *what)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "checkpoint: %s", what);
	return FALSE;
}

/* --- lines --- */

typedef struct {
	const char *at;
	gsize left;
} Reader;

/* The next line without its end; FALSE behind the last one. */
static gboolean
next_line(Reader *reader, const char **line_out, gsize *length_out)
{
	const char *end = reader->left == 0 ? NULL : memchr(reader->at, '\n', reader->left);

	if (end == NULL)
		return FALSE;
	*line_out = reader->at;
	*length_out = (gsize)(end - reader->at);
	reader->left -= *length_out + 1;
	reader->at = end + 1;
	return TRUE;
}

gboolean
lsm_checkpoint_number_parse(const char *text, gsize length, guint64 *number_out)
{
	guint64 number = 0;

	if (length == 0 || length > 20 || (length > 1 && *text == '0'))
		return FALSE;
	for (gsize i = 0; i < length; i++)
		if (!g_ascii_isdigit(text[i]) || !g_uint64_checked_mul(&number, number, 10) ||
		    !g_uint64_checked_add(&number, number, (guint64)(text[i] - '0')))
			return FALSE;
	*number_out = number;
	return number != G_MAXUINT64;
}

/* "the text MUST be valid UTF-8 and MUST NOT contain any ASCII control characters other than newline" */
static gboolean
is_note_text(const char *text, gsize length)
{
	if (length > LSM_CHECKPOINT_MAX || !g_utf8_validate(text, (gssize)length, NULL))
		return FALSE;
	for (gsize i = 0; i < length; i++)
		if (g_ascii_iscntrl(text[i]) && text[i] != '\n')
			return FALSE;
	return length > 0 && text[length - 1] == '\n';
}

/* The last empty line parts the signatures from the text. Returns the length of the text, 0 where none is. */
static gsize
find_signatures(const char *text, gsize length)
{
	for (gsize i = length; i-- > 1;)
		if (text[i] == '\n' && text[i - 1] == '\n')
			return i;
	return 0;
}

/* --- signatures --- */

typedef enum { SIGNATURE_OTHER, SIGNATURE_RIGHT, SIGNATURE_WRONG, SIGNATURE_MALFORMED } Signature;

static Signature
check_signature(const char *line, gsize length, const Reader *body, const LsmKey *key)
{
	guint8 octets[1024];
	gsize got = 0, prefix = strlen(SIGNATURE_PREFIX);

	if (length <= prefix || memcmp(line, SIGNATURE_PREFIX, prefix) != 0)
		return SIGNATURE_MALFORMED;
	const char *name = line + prefix, *end = line + length;
	const char *blank = memchr(name, ' ', (gsize)(end - name));
	/* Witnesses' signatures may be of other kinds, but none that is known is longer than this. */
	if (blank == NULL || blank == name ||
	    sodium_base642bin(octets, sizeof octets, blank + 1, (gsize)(end - blank - 1), NULL, &got, NULL,
			      sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    got <= LSM_KEY_ID_SIZE)
		return SIGNATURE_MALFORMED;
	if (!lsm_key_is(key, name, (gsize)(blank - name), octets))
		return SIGNATURE_OTHER;
	return got == SIGNATURE_OCTETS && lsm_key_check(key, body->at, body->left, octets + LSM_KEY_ID_SIZE)
		       ? SIGNATURE_RIGHT
		       : SIGNATURE_WRONG;
}

static gboolean
is_signed(Reader signatures, const Reader *body, const LsmKey *key, GError **error)
{
	gboolean right = FALSE;
	const char *line;
	gsize length;

	for (guint i = 0; next_line(&signatures, &line, &length); i++) {
		Signature signature = i < LSM_CHECKPOINT_SIGNATURES_MAX
					      ? check_signature(line, length, body, key)
					      : SIGNATURE_MALFORMED;

		if (signature == SIGNATURE_MALFORMED)
			return fail_checkpoint(
				error, "a line behind the empty one is no signature, or one too many");
		if (signature == SIGNATURE_WRONG && !right)
			return fail_checkpoint(error, "the signature is wrong");
		right = right || signature == SIGNATURE_RIGHT;
	}
	return right || fail_checkpoint(error, "not signed with this key");
}

/* --- text --- */

/* Lines behind the root are extensions: allowed, if they are not empty, and without meaning here. */
static gboolean
parse_body(Reader body, const LsmKey *key, LsmLogHead *head_out, GError **error)
{
	const char *line;
	gsize length;

	if (!next_line(&body, &line, &length) || length != strlen(lsm_key_name(key)) ||
	    memcmp(line, lsm_key_name(key), length) != 0)
		return fail_checkpoint(error, "the log's name is not that of the key");
	if (!next_line(&body, &line, &length) || !lsm_checkpoint_number_parse(line, length, &head_out->size))
		return fail_checkpoint(error, "the second line is no number of events");
	if (!next_line(&body, &line, &length) || !lsm_proof_hash_parse(line, length, head_out->root))
		return fail_checkpoint(error, "the third line is no hash in base64");
	while (next_line(&body, &line, &length))
		if (length == 0)
			return fail_checkpoint(error, "an empty line stands where none may be");
	return TRUE;
}

gboolean
lsm_checkpoint_verify(const char *text, gsize length, const LsmKey *key, LsmLogHead *head_out, GError **error)
{
	LsmLogHead head;
	gsize body_length = is_note_text(text, length) ? find_signatures(text, length) : 0;

	if (body_length == 0)
		return fail_checkpoint(error, "not a signed note: text, an empty line, signatures");
	Reader body = {text, body_length};
	Reader signatures = {text + body_length + 1, length - body_length - 1};
	/* What is not signed is not looked at any closer. */
	if (!is_signed(signatures, &body, key, error) || !parse_body(body, key, &head, error))
		return FALSE;
	*head_out = head;
	return TRUE;
}
