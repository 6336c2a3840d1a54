/*
 * letter.c - the mails that the load generator sends.
 *
 * Owns the table of kinds. A letter is read-only once it is made: any number of threads may send it.
 */
#include "tests/bench/letter.h"

#include <string.h>

#define DIGITS 12
#define NO_DIGITS "000000000000"
#define BASE64_LINE 57 /* octets in a line of 76 signs */
#define BOUNDARY "=_part-of-a-letter"

static const char block[] = "Liaison-Statement: 1\r\n"
			    "From: IETF IPPM Working Group\r\n"
			    "From-Contact: ippm-chairs@ietf.org, ippm@ietf.org, ops-ads@ietf.org\r\n"
			    "Send-Reply-To: liaison-coordination@iab.org\r\n"
			    "To: Broadband Forum\r\n"
			    "To-Contact: liaisons@bbf.example\r\n"
			    "Purpose: For information\r\n"
			    "Consensus: WG consensus (list, 2026-11-02)\r\n"
			    "\r\n";

static const char incoming_block[] = "Liaison-Statement: 1\r\n"
				     "From: Broadband Forum\r\n"
				     "To: IETF IPPM Working Group\r\n"
				     "To-Contact: ippm-chairs@ietf.org\r\n"
				     "Purpose: For information\r\n"
				     "\r\n";

static const char gaps_block[] = "Liaison-Statement: 1\r\n"
				 "From: IETF IPPM Working Group\r\n"
				 "To: Broadband Forum\r\n"
				 "\r\n";

typedef struct {
	const char *name;
	const char *sender, *recipients[6], *from, *subject, *login, *daemon_name;
	const char *block; /* begins the text; NULL in ordinary mail */
	const char *want;
} Kind;

/* To add a kind: a row. People and organizations are those of the shipped directory. */
static const Kind kinds[] = {
	/* its header suffices */
	{"ordinary", "friend@elsewhere.example", {"somebody@users.example"}, "A. Friend <friend@elsewhere.example>",
	 "Minutes of the meeting on Tuesday", NULL, "mx-in", NULL, "accept"},
	/* a post to a group's list: the first piece of the body is looked at */
	{"listed", "friend@elsewhere.example", {"ippm@ietf.org"}, "A. Friend <friend@elsewhere.example>",
	 "Re: [ippm] Padding of test packets", NULL, "mx-in", NULL, "accept"},
	/* comes from an organization that writes statements: all of it is read and weighed */
	{"colleague", "delegate@bbf.example", {"somebody@users.example"}, "A. Delegate <delegate@bbf.example>",
	 "Minutes of the meeting on Tuesday", NULL, "mx-in", NULL, "accept"},
	/* statements: from outside; sent by who may approve it; with gaps */
	{"incoming", "liaisons@bbf.example", {"ippm@ietf.org"}, "Broadband Forum <liaisons@bbf.example>",
	 "LS on the STAMP YANG module", NULL, "mx-in", incoming_block, "accept"},
	{"outgoing", "ad1@example.org",
	 {"liaisons@bbf.example", "ippm@ietf.org", "ippm-chairs@ietf.org", "ops-ads@ietf.org"},
	 "A. Director <ad1@example.org>", "LS on the STAMP YANG module", "ad1", "submission", block, "accept"},
	{"refused", "ippm-chair@example.org", {"liaisons@bbf.example"}, "K. Chair <ippm-chair@example.org>",
	 "LS on the STAMP YANG module", "ippm-chair@example.org", "submission", gaps_block, "550"},
};

static const struct {
	const char *name;
	const char *type, *encoding;
} forms[] = {
	[LETTER_PLAIN] = {"plain", " text/plain; charset=utf-8", " 7bit"},
	[LETTER_MULTIPART] = {"multipart", " multipart/alternative;\n boundary=\"" BOUNDARY "\"", NULL},
	[LETTER_BASE64] = {"base64", " text/plain; charset=utf-8", " base64"},
	[LETTER_ATTACHED] = {"attached", " multipart/mixed;\n boundary=\"" BOUNDARY "\"", NULL},
};

char *
letter_kinds(void)
{
	GString *names = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", kinds[i].name);
	return g_string_free(names, FALSE);
}

static const Kind *
find_kind(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

gboolean
letter_find_form(const char *name, LetterForm *form_out)
{
	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++)
		if (strcmp(forms[i].name, name) == 0) {
			*form_out = (LetterForm)i;
			return TRUE;
		}
	return FALSE;
}

/* --- the header --- */

static void
field_free(gpointer data)
{
	LetterField *field = data;

	g_free(field->name);
	g_free(field->value);
	g_free(field);
}

static void
add_field(Letter *letter, const char *name, const char *value)
{
	LetterField *field = g_new0(LetterField, 1);
	const char *number = strstr(value, NO_DIGITS);

	field->name = g_strdup(name);
	field->value = g_strdup(value);
	field->slot = number != NULL ? (gsize)(number - value) : 0;
	g_ptr_array_add(letter->fields, field);
}

/* As mail has them when three servers have had it. */
static const char *const usual_fields[][2] = {
	{"Received", " from mail.elsewhere.example (mail.elsewhere.example [203.0.113.9])\n\tby mx.ietf.org "
		     "(Postfix) with ESMTPS id 4XbK2c1pQzz9v\n\tfor <somebody@users.example>; Sat, 21 Nov 2026 "
		     "10:00:02 +0000 (UTC)"},
	{"Received", " from smtp.elsewhere.example (smtp.elsewhere.example [198.51.100.7])\n\tby "
		     "mail.elsewhere.example (Postfix) with ESMTP id 7A1F93C0D2;\n\tSat, 21 Nov 2026 10:00:01 "
		     "+0000 (UTC)"},
	{"Received", " from [192.0.2.44] (port-44.elsewhere.example [192.0.2.44])\n\tby smtp.elsewhere.example "
		     "(Postfix) with ESMTPSA id 2B7;\n\tSat, 21 Nov 2026 10:00:00 +0000 (UTC)"},
	{"DKIM-Signature",
	 " v=1; a=rsa-sha256; c=relaxed/relaxed; d=elsewhere.example; s=2026;\n\tt=1795255201; "
	 "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\n\th=Date:From:To:Subject:In-Reply-To:References;\n\t"
	 "b=kQ0rJpT5cQ0vS1bBq0xk8m1d8n4yqS0w6H2cV7e5uXz3LrT9oGfYhAiDsNqWmEjC\n\t "
	 "Rp6tXvB1yZlK4gHfQ8uMdS2nOaJcTe7iPwVr5xUb9kLq3mGzYhFsCoEj0vWnDtR"},
	{"Date", " Sat, 21 Nov 2026 10:00:00 +0000"},
	{"MIME-Version", " 1.0"},
	{"User-Agent", " Mailer/115.4 (X11; Linux x86_64)"},
	{"Content-Language", " en-GB"},
	{"In-Reply-To", " <5e2a7c31-4b9d@elsewhere.example>"},
	{"References", " <0c1b8f@elsewhere.example>\n <5e2a7c31-4b9d@elsewhere.example>"},
	{"X-Spam-Score", " -2.1"},
	{"X-Spam-Status", " No, score=-2.1 required=5 tests=[BAYES_00=-1.9, DKIM_VALID=-0.2]\n\tautolearn=ham"},
};

static void
add_header(Letter *letter, const Kind *kind, LetterForm form, guint more_fields)
{
	g_autofree char *from = g_strconcat(" ", kind->from, NULL);
	g_autofree char *to = g_strdup_printf(" <%s>", kind->recipients[0]);
	g_autofree char *subject = g_strconcat(" ", kind->subject, NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(usual_fields); i++)
		add_field(letter, usual_fields[i][0], usual_fields[i][1]);
	add_field(letter, "Message-ID", " <" NO_DIGITS "@elsewhere.example>");
	add_field(letter, "From", from);
	add_field(letter, "To", to);
	add_field(letter, "Subject", subject);
	add_field(letter, "Content-Type", forms[form].type);
	if (forms[form].encoding != NULL)
		add_field(letter, "Content-Transfer-Encoding", forms[form].encoding);
	for (guint i = 0; i < more_fields; i++) {
		g_autofree char *name = g_strdup_printf("X-Trace-%u", i);

		add_field(letter, name, " 203.0.113.9; checked; 0.2 s");
	}
}

/* --- the body --- */

static void
append(GByteArray *bytes, const char *text)
{
	g_byte_array_append(bytes, (const guint8 *)text, (guint)strlen(text));
}

/* Prose that says nothing about statements; at least one line, about so many octets in all. */
static void
append_prose(GByteArray *bytes, gsize octets)
{
	static const char *const lines[] = {
		"We have looked at the numbers again and see no reason to change the plan.\r\n",
		"The packets of the second series are padded to 1500 octets, those of the\r\n",
		"first are not, so that their times cannot be compared without a note. It\r\n",
		"was proposed to repeat the series in March with both lengths, and to keep\r\n",
		"the clocks of both ends under one roof until then.\r\n",
		"\r\n",
	};
	gsize until = bytes->len + octets;
	guint i = 0;

	do {
		append(bytes, lines[i++ % G_N_ELEMENTS(lines)]);
	} while (bytes->len < until);
}

/* The text; in a statement the number's place is returned, on the border of a line of base64. */
static gsize
append_text(GByteArray *text, const Kind *kind, gsize octets)
{
	gsize begin = text->len, slot = 0;

	if (kind->block != NULL) {
		append(text, kind->block);
		append(text, "Dear colleagues,\r\n\r\nplease find our view of the module below.\r\n\r\nOur reference: ");
		while ((text->len - begin) % BASE64_LINE != 0)
			append(text, "_");
		slot = text->len;
		append(text, NO_DIGITS "\r\n\r\n");
	}
	append_prose(text, text->len - begin < octets ? octets - (text->len - begin) : 0);
	return slot;
}

static void
append_base64(GByteArray *bytes, const guint8 *octets, gsize length)
{
	for (gsize at = 0; at < length; at += BASE64_LINE) {
		g_autofree char *line = g_base64_encode(octets + at, MIN(length - at, BASE64_LINE));

		append(bytes, line);
		append(bytes, "\r\n");
	}
}

static void
append_part(GByteArray *body, const char *type, const char *encoding)
{
	append(body, "\r\n--" BOUNDARY "\r\nContent-Type: ");
	append(body, type);
	append(body, "\r\nContent-Transfer-Encoding: ");
	append(body, encoding);
	append(body, "\r\n\r\n");
}

static gboolean
write_plain(Letter *letter, const Kind *kind, const LetterPlan *plan, gsize room, GError **error)
{
	(void)plan, (void)error;
	letter->slot = append_text(letter->body, kind, room);
	return TRUE;
}

static gboolean
write_multipart(Letter *letter, const Kind *kind, const LetterPlan *plan, gsize room, GError **error)
{
	(void)plan, (void)error;
	append_part(letter->body, "text/plain; charset=utf-8", "7bit");
	letter->slot = append_text(letter->body, kind, room / 2);
	append_part(letter->body, "text/html; charset=utf-8", "quoted-printable");
	append(letter->body, "<html><head><title>=20</title></head><body><p style=3D\"margin: 0\">\r\n");
	append_prose(letter->body, room > letter->body->len ? room - letter->body->len : 0);
	append(letter->body, "</p></body></html>\r\n\r\n--" BOUNDARY "--\r\n");
	return TRUE;
}

static gboolean
write_base64(Letter *letter, const Kind *kind, const LetterPlan *plan, gsize room, GError **error)
{
	g_autoptr(GByteArray) text = g_byte_array_new();
	gsize slot = append_text(text, kind, room * 3 / 4);

	(void)plan, (void)error;
	append_base64(letter->body, text->data, text->len);
	letter->slot = slot / BASE64_LINE * 78;
	letter->slot_is_base64 = TRUE;
	return TRUE;
}

static gboolean
load_attachment(const LetterPlan *plan, gsize room, GByteArray *octets, GError **error)
{
	g_autofree char *data = NULL;
	gsize length;
	guint32 noise = 1;

	if (plan->attachment != NULL) {
		if (!g_file_get_contents(plan->attachment, &data, &length, error))
			return FALSE;
		g_byte_array_append(octets, (const guint8 *)data, (guint)length);
		return TRUE;
	}
	for (gsize i = 0; i < room * 3 / 4; i++) {
		guint8 octet = (guint8)((noise = noise * 1664525 + 1013904223) >> 24);

		g_byte_array_append(octets, &octet, 1);
	}
	return TRUE;
}

static gboolean
write_attached(Letter *letter, const Kind *kind, const LetterPlan *plan, gsize room, GError **error)
{
	g_autoptr(GByteArray) octets = g_byte_array_new();
	const char *name = plan->attachment != NULL ? strrchr(plan->attachment, '.') : ".bin";
	g_autofree char *type = g_strdup_printf(
		"application/octet-stream\r\nContent-Disposition: attachment; filename=\"letter%s\"",
		name != NULL ? name : "");

	append_part(letter->body, "text/plain; charset=utf-8", "7bit");
	letter->slot = append_text(letter->body, kind, 400);
	append_part(letter->body, type, "base64");
	if (!load_attachment(plan, room > letter->body->len ? room - letter->body->len : 0, octets, error))
		return FALSE;
	append_base64(letter->body, octets->data, octets->len);
	append(letter->body, "\r\n--" BOUNDARY "--\r\n");
	return TRUE;
}

/* --- a mail from a file --- */

/* Fields up to the empty line; returns what follows it. */
static const char *
read_fields(Letter *letter, const char *text)
{
	while (*text != '\0' && *text != '\n') {
		const char *stop = strchr(text, '\n');
		const char *colon = strchr(text, ':');

		while (stop != NULL && (stop[1] == ' ' || stop[1] == '\t'))
			stop = strchr(stop + 1, '\n');
		if (stop == NULL || colon == NULL || colon > stop)
			break;
		g_autofree char *name = g_strndup(text, (gsize)(colon - text));
		g_autofree char *value = g_strndup(colon + 1, (gsize)(stop - colon - 1));
		add_field(letter, name, value);
		text = stop + 1;
	}
	return *text == '\n' ? text + 1 : text;
}

static gboolean
read_mail(Letter *letter, const char *file, GError **error)
{
	g_autofree char *text = NULL;
	const char *line, *stop;

	if (!g_file_get_contents(file, &text, NULL, error))
		return FALSE;
	for (line = read_fields(letter, text); (stop = strchr(line, '\n')) != NULL; line = stop + 1) {
		g_byte_array_append(letter->body, (const guint8 *)line, (guint)(stop - line));
		append(letter->body, "\r\n");
	}
	append(letter->body, line);
	return TRUE;
}

char *
letter_print(const Letter *letter)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < letter->fields->len; i++) {
		const LetterField *field = g_ptr_array_index(letter->fields, i);

		g_string_append_printf(text, "%s:%s\n", field->name, field->value);
	}
	g_string_append_c(text, '\n');
	for (guint i = 0; i < letter->body->len; i++)
		if (letter->body->data[i] != '\r')
			g_string_append_c(text, (char)letter->body->data[i]);
	return g_string_free(text, FALSE);
}

/* --- the whole --- */

static gsize
header_size(const Letter *letter)
{
	gsize size = 2;

	for (guint i = 0; i < letter->fields->len; i++) {
		const LetterField *field = g_ptr_array_index(letter->fields, i);

		size += strlen(field->name) + strlen(field->value) + strlen(":\r\n");
	}
	return size;
}

static void
add_recipients(Letter *letter, const Kind *kind, guint more)
{
	for (guint i = 0; i < G_N_ELEMENTS(kind->recipients) && kind->recipients[i] != NULL; i++)
		g_ptr_array_add(letter->recipients, g_strdup(kind->recipients[i]));
	for (guint i = 0; i < more; i++)
		g_ptr_array_add(letter->recipients, g_strdup_printf("reader%u@users.example", i));
}

Letter *
letter_new(const LetterPlan *plan, GError **error)
{
	static gboolean (*const write_body[])(Letter *, const Kind *, const LetterPlan *, gsize, GError **) = {
		[LETTER_PLAIN] = write_plain,
		[LETTER_MULTIPART] = write_multipart,
		[LETTER_BASE64] = write_base64,
		[LETTER_ATTACHED] = write_attached,
	};
	const Kind *kind = find_kind(plan->kind);
	g_autoptr(Letter) letter = g_new0(Letter, 1);
	gsize used;

	letter->fields = g_ptr_array_new_with_free_func(field_free);
	letter->recipients = g_ptr_array_new_with_free_func(g_free);
	letter->body = g_byte_array_new();
	if (kind == NULL) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "no kind of mail \"%s\"", plan->kind);
		return NULL;
	}
	letter->sender = kind->sender;
	letter->login = kind->login;
	letter->daemon_name = kind->daemon_name;
	letter->client_name = "mail.elsewhere.example";
	letter->client_address = "203.0.113.9";
	letter->want = kind->want;
	letter->wants_edits = kind->block != NULL;
	add_recipients(letter, kind, plan->more_recipients);
	if (plan->mail != NULL)
		return read_mail(letter, plan->mail, error) ? g_steal_pointer(&letter) : NULL;
	add_header(letter, kind, plan->form, plan->more_fields);
	used = header_size(letter);
	if (!write_body[plan->form](letter, kind, plan, plan->size > used ? plan->size - used : 0, error))
		return NULL;
	return g_steal_pointer(&letter);
}

void
letter_free(Letter *letter)
{
	g_ptr_array_unref(letter->fields);
	g_ptr_array_unref(letter->recipients);
	g_byte_array_unref(letter->body);
	g_free(letter);
}

/* --- numbers --- */

static void
write_digits(guint64 number, char digits[DIGITS + 1])
{
	for (int i = DIGITS - 1; i >= 0; i--, number >>= 4)
		digits[i] = "0123456789abcdef"[number & 15];
	digits[DIGITS] = '\0';
}

void
letter_stamp_field(const LetterField *field, guint8 *value, guint64 number)
{
	char digits[DIGITS + 1];

	write_digits(number, digits);
	memcpy(value + field->slot, digits, DIGITS);
}

void
letter_stamp_body(const Letter *letter, guint8 *octets, gsize offset, gsize length, guint64 number)
{
	char digits[DIGITS + 1];
	gsize size = letter->slot_is_base64 ? DIGITS * 4 / 3 : DIGITS;

	if (letter->slot == 0 || letter->slot < offset || letter->slot + size > offset + length)
		return;
	write_digits(number, digits);
	if (letter->slot_is_base64) {
		g_autofree char *encoded = g_base64_encode((const guchar *)digits, DIGITS);

		memcpy(octets + (letter->slot - offset), encoded, size);
	} else {
		memcpy(octets + (letter->slot - offset), digits, size);
	}
}
