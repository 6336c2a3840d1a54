/*
 * test_value.c - what a value may be, for the kinds that settings.def does not use (its own are
 * tried through the settings in test_settings.c).
 */
#include <string.h>

#include "conf/value.h"

#define TEXT_40 "1234567890123456789012345678901234567890"
#define TEXT_200 TEXT_40 TEXT_40 TEXT_40 TEXT_40 TEXT_40

typedef struct {
	const char *name;
	const LsmValueKind *kind;
	const char *right[8];
	const char *wrong[12];
} KindCase;

static const KindCase kind_cases[] = {
	{"any", &lsm_value_any, {"", " ", "%s"}, {NULL}},
	{"name", &lsm_value_name, {"a", "Operations and Management", TEXT_200}, {"", TEXT_200 "1"}},
	{"domain",
	 &lsm_value_domain,
	 {"ietf.org", "itu.int", "localhost"},
	 {"", ".", "ietf..org", ".ietf.org", "ietf org", "-a.example", "a@ietf.org", "ietf.org/"}},
	{"acronym", &lsm_value_acronym, {"ops", "ITU-T", "3GPP", TEXT_40}, {"", "a b", "a\"", TEXT_40 "1"}},
	{"rule_id",
	 &lsm_value_rule_id,
	 {"purpose.missing", "approval.area-director"},
	 {"", "Purpose.missing", "purpose missing", "purpose_missing"}},
	{"body_level", &lsm_value_body_level, {"organization", "research"}, {"", "group", "Research"}},
	{"group_level", &lsm_value_group_level, {"group", "research"}, {"", "organization", "area"}},
	{"date",
	 &lsm_value_date,
	 {"2026-03-01", "2028-02-29", "1970-01-02", "9999-12-31"},
	 {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-3-1", "26-03-01", "2026-03-01 ", "2026/03/01",
	  "1969-12-31", "1970-01-01", "--------01"}},
};

static void
check(const KindCase *row, const char *value, gboolean want)
{
	if (row->kind->accepts(value) != want)
		g_test_message("%s: \"%s\"", row->name, value);
	g_assert_cmpint(row->kind->accepts(value), ==, want);
}

static void
test_kinds(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kind_cases); i++) {
		const KindCase *row = &kind_cases[i];

		g_assert_true(strlen(row->kind->expected) > 0);
		for (gsize j = 0; j < G_N_ELEMENTS(row->right) && row->right[j] != NULL; j++)
			check(row, row->right[j], TRUE);
		for (gsize j = 0; j < G_N_ELEMENTS(row->wrong) && row->wrong[j] != NULL; j++)
			check(row, row->wrong[j], FALSE);
	}
}

static void
test_dates(void)
{
	g_assert_cmpint(lsm_value_parse_date("1970-01-02"), ==, 86400);
	g_assert_cmpint(lsm_value_parse_date("2026-11-21"), ==, 1795219200);
	g_assert_cmpint(lsm_value_parse_date("2026-02-30"), ==, 0);
	g_assert_cmpint(lsm_value_parse_date(""), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/value/kinds", test_kinds);
	g_test_add_func("/value/dates", test_dates);
	return g_test_run();
}
