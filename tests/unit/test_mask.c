/*
 * test_mask.c - an answer token is taken out of a mail that goes on to others, and nothing else is changed.
 */
#include <string.h>

#include "desk/mask.h"

#define TOKEN "abcdefghijklmnopqrstuvwxyz234567"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define GONE "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
	const char *name;
	const char *header, *body; /* body NULL: none */
	const char *want_header;   /* "To/1= ..." of each edit; "" for none */
	const char *want_body;     /* NULL: it stays */
} rows[] = {
	{"nowhere", "To: a@example.org\n", "approve\n", "", NULL},
	{"in To", "To: <desk+" TOKEN "@ietf.org>\n", "approve\n", "To/1= <desk+" GONE "@ietf.org>", NULL},
	{"in capitals", "Cc: <DESK+" CAPITALS "@IETF.org>\n", "x\n", "Cc/1= <DESK+" GONE "@IETF.org>", NULL},
	{"in the second field of a name", "X-A: 1\nX-A: " TOKEN "\n", "x\n", "X-A/2= " GONE, NULL},
	{"in the body", "To: a@example.org\n", "approve\n> code: " TOKEN "\n", "", "approve\r\n> code: " GONE "\r\n"},
	{"twice", "To: a@example.org\n", TOKEN " " TOKEN "\n", "", GONE " " GONE "\r\n"},
	{"broken by quoted-printable", "To: a@example.org\n", "<mailto:desk+abcdefgh=\nijklmnopqrstuvwxyz234567@x>\n", "",
	 "<mailto:desk+xxxxxxxx=\r\nxxxxxxxxxxxxxxxxxxxxxxxx@x>\r\n"},
	{"another token", "To: a@example.org\n", "bbcdefghijklmnopqrstuvwxyz234567\n", "", NULL},
	{"the beginning of it", "To: a@example.org\n", "abcdefghijklmnopqrstuvwxyz23456", "", NULL},
	{"no body", "To: <desk+" TOKEN "@ietf.org>\n", NULL, "To/1= <desk+" GONE "@ietf.org>", NULL},
};

static char *
header_text(const LsmPlan *plan)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < plan->remove_headers->len; i++) {
		const LsmHeaderEdit *edit = g_ptr_array_index(plan->remove_headers, i);

		g_string_append_printf(text, "%s/%d=%s", edit->name, edit->index, edit->value);
	}
	return g_string_free(text, FALSE);
}

static void
test_mask(void)
{
	g_autoptr(LsmSettings) settings = lsm_settings_load(NULL, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *mail = g_strconcat(rows[i].header, rows[i].body == NULL ? "" : "\n",
						    rows[i].body == NULL ? "" : rows[i].body, NULL);
		g_autoptr(LsmCollector) collector = lsm_collector_new(settings);
		g_autoptr(LsmMessage) message = NULL;
		g_autoptr(LsmPlan) plan = lsm_plan_new(LSM_REPLY_ACCEPT);
		g_autofree char *header = NULL;
		g_autofree char *body = NULL;

		g_test_message("%s", rows[i].name);
		lsm_collector_add_mail(collector, mail, strlen(mail));
		message = lsm_message_parse(collector, settings);
		lsm_mask_token(plan, message, TOKEN);
		header = header_text(plan);
		if (plan->body != NULL)
			body = g_strndup(g_bytes_get_data(plan->body, NULL), g_bytes_get_size(plan->body));
		g_assert_cmpstr(header, ==, rows[i].want_header);
		g_assert_cmpstr(body, ==, rows[i].want_body);
	}
}

/* What is no token masks nothing. */
static void
test_no_token(void)
{
	static const char *const letters[] = {"", "a", "abcdefghijklmnopqrstuvwxyz23456!", NULL};
	g_autoptr(LsmSettings) settings = lsm_settings_load(NULL, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(letters); i++) {
		static const char mail[] = "To: a@example.org\n\na " TOKEN "\n";
		g_autoptr(LsmCollector) collector = lsm_collector_new(settings);
		g_autoptr(LsmMessage) message = NULL;
		g_autoptr(LsmPlan) plan = lsm_plan_new(LSM_REPLY_ACCEPT);

		lsm_collector_add_mail(collector, mail, strlen(mail));
		message = lsm_message_parse(collector, settings);
		lsm_mask_token(plan, message, letters[i]);
		g_assert_null(plan->body);
		g_assert_cmpint(plan->remove_headers->len, ==, 0);
	}
}

/* A body of nothing but soft line breaks, with a letter of the token here and there: read once, more or less. */
static void
test_soft_breaks(void)
{
	static const struct {
		const char *unit;
		guint count;
	} bodies[] = {{"=\n", 1000000}, {"a=\n", 500000}, {"a=\n=\n=\n=\n=\n=\n=\n=\n", 100000}};
	g_autoptr(LsmSettings) settings = lsm_settings_load(NULL, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(bodies); i++) {
		g_autoptr(GString) mail = g_string_new("To: a@example.org\n\n");
		g_autoptr(LsmCollector) collector = lsm_collector_new(settings);
		g_autoptr(LsmMessage) message = NULL;
		g_autoptr(LsmPlan) plan = lsm_plan_new(LSM_REPLY_ACCEPT);
		gint64 begun;

		for (guint k = 0; k < bodies[i].count; k++)
			g_string_append(mail, bodies[i].unit);
		lsm_collector_add_mail(collector, mail->str, mail->len);
		message = lsm_message_parse(collector, settings);
		begun = g_get_monotonic_time();
		lsm_mask_token(plan, message, TOKEN);
		g_test_message("%s", bodies[i].unit);
		g_assert_cmpint(g_get_monotonic_time() - begun, <, 5 * G_USEC_PER_SEC);
		g_assert_null(plan->body);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/mask/mask", test_mask);
	g_test_add_func("/mask/no-token", test_no_token);
	g_test_add_func("/mask/soft-breaks", test_soft_breaks);
	return g_test_run();
}
