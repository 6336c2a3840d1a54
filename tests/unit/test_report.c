/*
 * test_report.c - what programs send: who wrote a mail, and what a report of delivery says.
 */
#include <string.h>

#include "desk/report.h"

#define MULTIPART                                                                                            \
	"Subject: Delivery\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; " \
	"boundary=b\n\n--b\nContent-Type: text/plain\n\nYour mail:\n\n--b\n"
#define REPORT(groups) MULTIPART "Content-Type: message/delivery-status\n\n" groups "\n--b--\n"
#define GROUP(recipient, action)                                                                             \
	"\nFinal-Recipient: rfc822;" recipient "\nAction: " action "\nStatus: 5.1.1\n"

static LsmMessage *
parse(const LsmSettings *settings, const char *mail)
{
	g_autoptr(LsmCollector) collector = lsm_collector_new(settings);

	lsm_collector_add_mail(collector, mail, strlen(mail));
	return lsm_message_parse(collector, settings);
}

static void
test_read(void)
{
	static const struct {
		const char *name, *mail, *want;
	} rows[] = {
		{"no report", "Subject: x\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n", ""},
		{"one", REPORT("Reporting-MTA: dns; mx\n" GROUP("a@b.example", "failed")), "a@b.example failed 5.1.1;"},
		{"two", REPORT("Reporting-MTA: dns; mx\n" GROUP("a@b.example", "failed")
				       GROUP("c@d.example", "Delivered")),
		 "a@b.example failed 5.1.1;c@d.example delivered 5.1.1;"},
		{"as it was sent", REPORT("R: x\n\nOriginal-Recipient: rfc822;a+2Bx@b.example\nFinal-Recipient: "
					  "rfc822; z@b.example\nAction: failed\n"),
		 "a+x@b.example failed ;"},
		{"folded reason", REPORT("R: x\n" GROUP("a@b.example", "failed")
						 "Diagnostic-Code: smtp; 550 no\n such user\n"),
		 "a@b.example failed 5.1.1: 550 no such user;"},
		{"no recipient", REPORT("R: x\n\nAction: failed\n"), ""},
		{"no action", REPORT("R: x\n\nFinal-Recipient: rfc822; a@b.example\n"), ""},
		{"international", MULTIPART "Content-Type: message/global-delivery-status\n\nR: x\n"
				  GROUP("a@b.example", "relayed") "\n--b--\n",
		 "a@b.example relayed 5.1.1;"},
		{"empty", REPORT(""), ""},
	};
	g_autoptr(LsmSettings) settings = lsm_settings_load(NULL, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(LsmMessage) message = parse(settings, rows[i].mail);
		g_autoptr(GPtrArray) found = lsm_report_read(message);
		g_autoptr(GString) text = g_string_new(NULL);

		g_test_message("%s", rows[i].name);
		for (guint k = 0; k < found->len; k++) {
			const LsmReportRow *row = g_ptr_array_index(found, k);
			g_string_append_printf(text, "%s %s %s;", row->recipient, row->action, row->reason);
		}
		g_assert_cmpstr(text->str, ==, rows[i].want);
	}
}

/* However many a report names, no more than a hundred are read. */
static void
test_many(void)
{
	g_autoptr(LsmSettings) settings = lsm_settings_load(NULL, NULL);
	g_autoptr(GString) mail = g_string_new(MULTIPART "Content-Type: message/delivery-status\n\nR: x\n");
	g_autoptr(LsmMessage) message = NULL;
	g_autoptr(GPtrArray) found = NULL;

	for (guint i = 0; i < 5000; i++)
		g_string_append(mail, GROUP("a@b.example", "failed"));
	g_string_append(mail, "\n--b--\n");
	message = parse(settings, mail->str);
	found = lsm_report_read(message);
	g_assert_cmpint(found->len, ==, 100);
}

static void
test_automatic(void)
{
	static const struct {
		const char *sender, *header, *want;
	} rows[] = {
		{"a@b.example", "Subject: x\n", NULL},
		{"", "Subject: x\n", "null sender"},
		{"a@b.example", "Auto-Submitted: no\n", NULL},
		{"a@b.example", "Auto-Submitted: Auto-Replied; x\n", "Auto-Submitted"},
		{"a@b.example", "Precedence: Bulk\n", "Precedence"},
		{"a@b.example", "Precedence: first-class\n", NULL},
		{"a@b.example", "List-Id: <x.ietf.org>\n", "came through a list"},
		{"a@b.example", "Subject: =?utf-8?q?R=C3=A9ponse_automatique_:_x?=\n", "out of office"},
		{"a@b.example", "Subject: Re: Automatic reply: x\n", NULL},
	};
	g_autoptr(LsmSettings) settings = lsm_settings_load(NULL, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *mail = g_strconcat(rows[i].header, "\ntext\n", NULL);
		g_autoptr(LsmMessage) message = parse(settings, mail);
		g_autoptr(LsmEnvelope) envelope = lsm_envelope_new(rows[i].sender);

		g_test_message("%s", rows[i].header);
		g_assert_cmpstr(lsm_report_automatic(message, envelope), ==, rows[i].want);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/report/read", test_read);
	g_test_add_func("/report/many", test_many);
	g_test_add_func("/report/automatic", test_automatic);
	return g_test_run();
}
