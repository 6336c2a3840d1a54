/*
 * mask.c - takes an answer token out of a mail that goes on to others. Pure; any thread; linear.
 */
#include "desk/mask.h"

#include <string.h>

#include "desk/token.h"

#define MASK 'x'

/* How many octets at text the letters cover, soft line breaks of quoted-printable among them; 0: not there.
 */
static gsize
match(const char *text, gsize length, const char *letters)
{
	gsize at = 0;

	/* Never from a soft break on: a body of nothing else would be read to its end from each of them. */
	if (g_ascii_tolower(text[0]) != letters[0])
		return 0;
	for (guint i = 0; letters[i] != '\0';) {
		if (at >= length)
			return 0;
		if (text[at] == '=' && at + 1 < length && (text[at + 1] == '\r' || text[at + 1] == '\n')) {
			at += text[at + 1] == '\r' && at + 2 < length && text[at + 2] == '\n' ? 3 : 2;
			continue;
		}
		if (g_ascii_tolower(text[at]) != letters[i])
			return 0;
		at++;
		i++;
	}
	return at;
}

/* Overwrites the letters wherever they stand; whether there were any. */
static gboolean
mask(char *text, gsize length, const char *letters)
{
	gboolean found = FALSE;

	for (gsize i = 0; i + LSM_TOKEN_LETTERS <= length; i++) {
		gsize covered = match(text + i, length - i, letters);

		for (gsize k = i; k < i + covered; k++) {
			if (g_ascii_isalnum(text[k]))
				text[k] = MASK;
		}
		found |= covered > 0;
		i += covered > 0 ? covered - 1 : 0;
	}
	return found;
}

static void
mask_header(LsmPlan *plan, const LsmMessage *message, const char *letters)
{
	for (guint i = 0; i < message->headers->len; i++) {
		const LsmHeaderField *field = g_ptr_array_index(message->headers, i);
		g_autofree char *value = g_strconcat(" ", field->raw, NULL);
		LsmHeaderEdit *edit;

		if (!mask(value, strlen(value), letters))
			continue;
		edit = g_new0(LsmHeaderEdit, 1);
		edit->name = g_strdup(field->name);
		edit->value = g_steal_pointer(&value);
		for (guint k = 0; k <= i; k++)
			edit->index +=
				g_ascii_strcasecmp(
					((LsmHeaderField *)g_ptr_array_index(message->headers, k))->name,
					field->name) == 0;
		g_ptr_array_add(plan->remove_headers, edit);
	}
}

static void
mask_body(LsmPlan *plan, const LsmMessage *message, const char *letters)
{
	gsize length, start = plan->body == NULL ? message->body_offset : 0;
	const char *bytes = g_bytes_get_data(plan->body == NULL ? message->bytes : plan->body, &length);
	g_autofree char *body = NULL;

	/* The rest of a mail that was not kept as a whole would be lost. */
	if (message->truncated || start >= length)
		return;
	length -= start;
	body = g_memdup2(bytes + start, length);
	if (!mask(body, length, letters))
		return;
	g_clear_pointer(&plan->body, g_bytes_unref);
	plan->body = g_bytes_new_take(g_steal_pointer(&body), length);
}

void
lsm_mask_token(LsmPlan *plan, const LsmMessage *message, const char *letters)
{
	if (letters == NULL || !lsm_token_is_one(letters, strlen(letters)))
		return;
	mask_header(plan, message, letters);
	mask_body(plan, message, letters);
}
