/* test_authres.c - Authentication-Results: what proves From, and what does not. */
#include "reading_fixture.h"
#include "rules/authres.h"

static LsmSettings *settings;
static char *ids[] = {(char *)"mx.ietf.org", NULL};

static const struct {
	const char *value;
	const char *want; /* for a From at example.org */
} values[] = {
	{"mx.ietf.org; dmarc=pass header.from=example.org", "dmarc"},
	{"MX.ietf.org 1; spf=fail smtp.mailfrom=x; dmarc=pass (p=none dis=none) header.from=Example.Org",
	 "dmarc"},
	{"mx.ietf.org; dmarc = pass header.from = example.org", "dmarc"},
	{"mx.ietf.org; dkim=pass header.d=example.org header.s=x", "dkim"},
	{"mx.ietf.org; dkim=pass reason=\"good; signature=ok\" header.i=@example.org", "dkim"},
	{"mx.ietf.org; dkim=pass header.d=mail.example.org", "dkim"},
	{"mx.ietf.org;\tdkim=fail header.d=example.org; dkim=pass header.d=example.org", "dkim"},
	{"mx.ietf.org; dkim=pass (a (nested) comment) header.d=example.org", "dkim"},
	{"mx.ietf.org; none", NULL},
	{"mx.ietf.org; spf=pass smtp.mailfrom=example.org", NULL},
	{"mx.ietf.org; dmarc=fail header.from=example.org", NULL},
	{"mx.ietf.org; dmarc=pass header.from=example.com", NULL},
	{"mx.ietf.org; dmarc=pass header.from=sub.example.org", NULL},
	{"mx.ietf.org; dmarc=pass", NULL},
	{"mx.ietf.org; dkim=pass header.d=example.com", NULL},
	{"mx.ietf.org; dkim=pass header.d=notexample.org", NULL},
	{"mx.ietf.org; dkim=pass header.d=org", NULL},
	{"mx.ietf.org; dkim=neutral header.d=example.org", NULL},
	{"mx.ietf.org; dkim=pass header.d=\"x header.d=example.org\"", NULL},
	{"mx.ietf.org; dkim=fail (dkim=pass header.d=example.org)", NULL},
	{"mx.ietf.org; spf=pass reason=\"; dmarc=pass header.from=example.org\"", NULL},
	{"mx.evil.example; dmarc=pass header.from=example.org", NULL},
	{"mx.ietf.org.evil.example; dmarc=pass header.from=example.org", NULL},
	{"mx.ietf.org", NULL},
	{"((((((((", NULL},
	{"\"", NULL},
	{"", NULL},
};

static void
test_values(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		g_test_message("%s", values[i].value);
		g_assert_cmpstr(lsm_authres_read(values[i].value, ids, "example.org"), ==, values[i].want);
	}
	g_assert_null(lsm_authres_read("mx.ietf.org; dmarc=pass header.from=", ids, ""));
}

#define PASS "Authentication-Results: mx.ietf.org; dmarc=pass header.from=example.org\n"

static const struct {
	const char *name;
	const char *mail;
	gboolean want;
} mails[] = {
	{"on top", PASS "Received: x\nFrom: a@example.org\n\n", TRUE},
	{"below a foreign one", "Authentication-Results: other; dmarc=fail\n" PASS "From: a@example.org\n\n",
	 TRUE},
	{"beside our own no", "Authentication-Results: mx.ietf.org; dmarc=fail header.from=example.org\n" PASS
	 "From: a@example.org\n\n", FALSE},
	{"above our own no", PASS "Authentication-Results: MX.ietf.org; spf=pass; dmarc=FAIL (p=none)\n"
	 "From: a@example.org\n\n", FALSE},
	{"above a no that is not ours", PASS "Received: x\nAuthentication-Results: mx.ietf.org; dmarc=fail\n"
	 "From: a@example.org\n\n", TRUE},
	{"below Received", "Received: x\n" PASS "From: a@example.org\n\n", FALSE},
	{"two From addresses", PASS "From: a@example.org, b@ietf.org\n\n", FALSE},
	{"two From fields", PASS "From: a@example.org\nFrom: b@ietf.org\n\n", FALSE},
	{"another From", PASS "From: a@ietf.org\n\n", FALSE},
	{"no From", PASS "\n", FALSE},
	{"none", "From: a@example.org\n\n", FALSE},
};

static void
test_mails(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
		g_autoptr(LsmMessage) message = reading_parse(settings, mails[i].mail);

		g_test_message("%s", mails[i].name);
		g_assert_cmpint(lsm_authres_proves_from(message, settings, NULL), ==, mails[i].want);
	}
}

static void
test_nothing_counts_without_an_id(void)
{
	char *nobody[] = {NULL};
	LsmSettings bare = *settings;
	g_autoptr(LsmMessage) message = reading_parse(settings, mails[0].mail);

	bare.authserv_ids = nobody;
	g_assert_false(lsm_authres_proves_from(message, &bare, NULL));
}

static void
test_long_values_end(void)
{
	g_autofree char *blanks = g_strnfill(200000, ' ');
	g_autofree char *equals = g_strnfill(200000, '=');
	g_autofree char *value = g_strconcat("mx.ietf.org; dmarc", blanks, "=", blanks, equals, NULL);

	g_assert_null(lsm_authres_read(value, ids, "example.org"));
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	settings = reading_settings_new();
	g_test_add_func("/authres/values", test_values);
	g_test_add_func("/authres/mails", test_mails);
	g_test_add_func("/authres/no-id", test_nothing_counts_without_an_id);
	g_test_add_func("/authres/long", test_long_values_end);
	status = g_test_run();
	reading_settings_free(settings);
	return status;
}
