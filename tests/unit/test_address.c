/*
 * test_address.c - addresses as octets and as UTF-8: different ones stay different, and each comes back.
 */
#include <string.h>

#include "conf/address.h"
#include "rules/envelope.h"

static void
test_octets(void)
{
	static const struct {
		const char *octets, *want;
	} cases[] = {
		{"", ""},
		{"chair@ietf.org", "chair@ietf.org"},
		{"caf\xc3\xa9@example.org", "caf\xc3\xa9@example.org"},
		{"caf\xe9@example.org", "caf\\xE9@example.org"},
		{"caf\xe8@example.org", "caf\\xE8@example.org"},
		{"\xff\xfe@example.org\x80", "\\xFF\\xFE@example.org\\x80"},
		{"a\xc3", "a\\xC3"},
		{"\xed\xa0\x80@example.org", "\\xED\\xA0\\x80@example.org"},
		{"a\\b@example.org", "a\\b@example.org"},
		{"a\\xE9@example.org", "a\\x5CxE9@example.org"},
		{"a\\\\x41@example.org", "a\\\\x5Cx41@example.org"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *address = lsm_address_from_octets(cases[i].octets);
		g_autofree char *octets = lsm_address_to_octets(address);
		g_assert_cmpstr(address, ==, cases[i].want);
		g_assert_true(g_utf8_validate(address, -1, NULL));
		g_assert_cmpstr(octets, ==, cases[i].octets);
	}
}

/* What was never written by us is no escape, or one of an octet that a string can hold. */
static void
test_strange(void)
{
	static const struct {
		const char *address, *want;
	} cases[] = {{"a\\x", "a\\x"}, {"a\\xg1", "a\\xg1"}, {"a\\x0", "a\\x0"}, {"a\\x00b", "a\\x00b"}, {"a\\x41", "aA"}};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *octets = lsm_address_to_octets(cases[i].address);
		g_assert_cmpstr(octets, ==, cases[i].want);
	}
}

/* Whoever may act is known by an address: signs that merely look alike, or fold into letters, are others'. */
static void
test_equal(void)
{
	static const struct {
		const char *a, *b;
		gboolean want;
	} rows[] = {
		{"ad1@example.org", "AD1@Example.ORG", TRUE},
		{"caf\xc3\xa9@example.org", "CAF\xc3\x89@example.org", TRUE},
		{"kim@example.org", "\xe2\x84\xaaim@example.org", FALSE},         /* the Kelvin sign */
		{"smith@example.org", "\xc5\xbfmith@example.org", FALSE},          /* the long s */
		{"strasse@example.org", "stra\xc3\x9f" "e@example.org", FALSE},    /* sharp s */
		{"ida@example.org", "\xc4\xb0" "da@example.org", FALSE},           /* I with a dot */
		{"ann@example.org", "ann@example.org ", FALSE},
		{"ann@example.org", "\"ann\"@example.org", FALSE},
		{"", "", FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *a = lsm_address_fold(rows[i].a);
		g_autofree char *b = lsm_address_fold(rows[i].b);

		g_test_message("%s, %s", rows[i].a, rows[i].b);
		g_assert_cmpint(lsm_address_equal(rows[i].a, rows[i].b), ==, rows[i].want);
		g_assert_cmpint(strcmp(a, b) == 0 && *a != '\0', ==, rows[i].want);
	}
}

static void
test_envelope(void)
{
	g_autoptr(LsmEnvelope) envelope = lsm_envelope_new("<\xe9@example.org>");

	lsm_envelope_add_recipient(envelope, "<caf\xe9@bbf.example>");
	lsm_envelope_add_recipient(envelope, "<caf\xe8@bbf.example>");
	g_assert_cmpstr(envelope->sender, ==, "\\xE9@example.org");
	const LsmRecipient *first = lsm_envelope_recipient(envelope, 0);
	const LsmRecipient *second = lsm_envelope_recipient(envelope, 1);
	g_assert_false(lsm_address_equal(first->address, second->address));
	g_assert_cmpstr(first->address, ==, "caf\\xE9@bbf.example");
	g_assert_cmpstr(first->argument, ==, "<caf\xe9@bbf.example>");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/address/equal", test_equal);
	g_test_add_func("/address/octets", test_octets);
	g_test_add_func("/address/strange", test_strange);
	g_test_add_func("/address/envelope", test_envelope);
	return g_test_run();
}
