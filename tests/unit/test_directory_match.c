/*
 * test_directory_match.c - names of bodies and organizations are found in what people write.
 */
#include <gio/gio.h>
#include <string.h>

#include "conf/directory.h"

static LsmDirectory *
load_sample(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) file = g_resources_lookup_data("/org/liaison-milter/directory.conf",
							 G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
	LsmDirectory *directory;

	g_assert_no_error(error);
	directory = lsm_directory_parse(g_bytes_get_data(file, NULL), g_bytes_get_size(file),
					"directory.conf", &error);
	g_assert_no_error(error);
	return directory;
}

static const char *
acronym_of(const LsmBody *body)
{
	return body != NULL ? body->acronym : NULL;
}

static const char *
name_of(const LsmOrganization *organization)
{
	return organization != NULL ? organization->name : NULL;
}

typedef struct {
	const char *text;
	const char *want; /* acronyms or names, joined by "|" */
} MatchCase;

static const MatchCase body_cases[] = {
	{"IETF IPPM Working Group", "ippm"},
	{"IPPM WG, IETF", "ippm"},
	{"Internet Engineering Task Force (IETF) IP Performance Measurement (ippm) Working Group", "ippm"},
	{"IETF", "IETF"},
	{"ietf", "IETF"},
	{"The Internet Engineering Task Force", "IETF"},
	{"IPPM and QUIC WGs", "ippm|quic"},
	{"QUIC, IPPM & TLS", "quic|ippm|tls"},
	{"Operations and Management Area", "ops"},
	{"OPERATIONS & MANAGEMENT AREA", "ops"},
	{"IETF OPS area IPPM", "ippm"},
	{"OPS Area", "ops"},
	{"Area: ops", "ops"},
	{"IETF art", "art"},
	{"Routing Area", "rtg"},
	{"Routing and Internet Areas", "rtg|int"},
	{"Security Area of the IETF", "sec"},
	{"IETF SPRING", "spring"},
	{"SPRING WG", "spring"},
	{"spring, stir and ippm working groups", "spring|stir|ippm"},
	{"WG SPRING", "spring"},
	{"CoRE WG", "core"},
	{"IETF EMU", "emu"},
	{"Working Group: STIR", "stir"},
	{"IESG", "IESG"},
	{"IETF and IAB", "IETF|IAB"},
	{"IETF and IPPM WG", "IETF|ippm"},
	{"IPPM WG and IETF", "ippm|IETF"},
	{"IPPM Working Group and the IETF", "ippm|IETF"},
	{"IPPM and QUIC WGs of the IETF and W3C", "ippm|quic"},
	{"IESG, IPPM", "IESG|ippm"},
	{"IRTF CFRG", "cfrg"},
	{"IETF/IRTF NMRG", "nmrg"},
	{"Crypto Forum RG", "cfrg"},
	{"6man", "6man"},
	{"IPPM, ippm, IP Performance Measurement", "ippm"},
	{"OPSAWG", "opsawg"},
	{"Operations and Management Area Working Group", "opsawg"},
	{"ＩＥＴＦ", "IETF"}, /* full-width letters */
	/* near misses */
	{"", ""},
	{"ippmx", ""},
	{"IPPM2", ""},
	{"the art of routing", ""},
	{"in the spring of 2026", ""},
	{"to stir things up in general", ""},
	{"security and routing", ""},
	{"core network", ""},
	{"emu", ""},
	{"Internet Society", ""},
	{"ops", ""},
	{"sec", ""},
	{"mpls-tp in draft-ietf-tls-esni", "mpls"},
	{"ippm@ietf.org", ""},
	{"https://datatracker.ietf.org/wg/ippm", ""},
	{"Broadband Forum", ""},
	{"v6opsx or opsec", ""},
	{"ETSI ISG", ""},
};

static const MatchCase organization_cases[] = {
	{"ITU-T", "ITU-T"},
	{"ITU-T SG 13", "ITU-T"},
	{"ITU-T Study Group 15", "ITU-T"},
	{"Q11/15, SG15", "ITU-T"},
	{"itu t", "ITU-T"},
	{"3GPP TSG SA WG2", "3GPP"},
	{"SA2", "3GPP"},
	{"3GPP SA2, CT4 and RAN3", "3GPP"},
	{"3gpp", "3GPP"},
	{"Broadband Forum", "Broadband Forum"},
	{"The broadband forum (BBF)", "Broadband Forum"},
	{"BBF", "Broadband Forum"},
	{"ISO/IEC JTC 1/SC 29/WG 11", "ISO/IEC JTC 1"},
	{"IEEE 802.1 Working Group", "IEEE 802"},
	{"O-RAN Alliance WG4", "O-RAN Alliance"},
	{"oneM2M", "oneM2M"},
	{"ETSI ISG NFV; 3GPP SA5; ITU-T SG13", "ETSI|3GPP|ITU-T"},
	{"W3C and TM Forum, W3C", "W3C|TM Forum"},
	/* near misses */
	{"", ""},
	{"3GPP2", ""},
	{"ITU", ""},
	{"ITU-R SG 5", ""},
	{"SA", ""},
	{"SA22", ""},
	{"broadband", ""},
	{"Broadband  Forums", ""},
	{"JTC 12", ""},
	{"IEEE", ""},
	{"mefisto", ""},
	{"someone@3gpp.org", ""},
	{"IETF IPPM", ""},
};

static char *
join_bodies(const LsmDirectory *directory, const char *text)
{
	g_autoptr(GPtrArray) found = lsm_directory_match_bodies(directory, text);
	GString *joined = g_string_new(NULL);

	for (guint i = 0; i < found->len; i++)
		g_string_append_printf(joined, "%s%s", i > 0 ? "|" : "", acronym_of(found->pdata[i]));
	return g_string_free(joined, FALSE);
}

static char *
join_organizations(const LsmDirectory *directory, const char *text)
{
	g_autoptr(GPtrArray) found = lsm_directory_match_organizations(directory, text);
	GString *joined = g_string_new(NULL);

	for (guint i = 0; i < found->len; i++)
		g_string_append_printf(joined, "%s%s", i > 0 ? "|" : "", name_of(found->pdata[i]));
	return g_string_free(joined, FALSE);
}

static void
test_match_bodies(void)
{
	g_autoptr(LsmDirectory) directory = load_sample();

	for (gsize i = 0; i < G_N_ELEMENTS(body_cases); i++) {
		g_autofree char *found = join_bodies(directory, body_cases[i].text);

		if (strcmp(found, body_cases[i].want) != 0)
			g_test_message("in \"%s\"", body_cases[i].text);
		g_assert_cmpstr(found, ==, body_cases[i].want);
	}
}

static void
test_match_organizations(void)
{
	g_autoptr(LsmDirectory) directory = load_sample();

	for (gsize i = 0; i < G_N_ELEMENTS(organization_cases); i++) {
		g_autofree char *found = join_organizations(directory, organization_cases[i].text);

		if (strcmp(found, organization_cases[i].want) != 0)
			g_test_message("in \"%s\"", organization_cases[i].text);
		g_assert_cmpstr(found, ==, organization_cases[i].want);
	}
}

/* Mail decides over these texts: any octets, any length, in time that grows with the length. */
static void
test_match_hostile(void)
{
	static const char *const pieces[] = {
		"a", "a ",   "IETF ", "and ", "spring ", "SA WG", "\xff", "\xcc\x81", "\xcc\x81\xcc\x96",
		"@", "ITU-", "& "};
	g_autoptr(LsmDirectory) directory = load_sample();

	for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
		GString *text = g_string_new(NULL);
		gint64 begin;
		g_autofree char *bodies = NULL;
		g_autofree char *organizations = NULL;

		while (text->len < 300000)
			g_string_append(text, pieces[i]);
		begin = g_get_monotonic_time();
		bodies = join_bodies(directory, text->str);
		organizations = join_organizations(directory, text->str);
		/* Loose: what grows with the square takes five times as long even on a fast machine. */
		g_assert_cmpint(g_get_monotonic_time() - begin, <, 2 * G_USEC_PER_SEC);
		g_assert_cmpuint(strlen(bodies), <, 100);
		g_assert_cmpuint(strlen(organizations), <, 100);
		g_string_free(text, TRUE);
	}
	g_assert_cmpuint(lsm_directory_match_bodies(directory, NULL)->len, ==, 0);
}

#define MANY 10000

static char *
many_groups(void)
{
	GString *text = g_string_new("home \"IETF\" { domains = ietf.org liaison-contact = \"l@iab.org\"\n"
				     "area ops { name = \"Operations and Management\" }\n");

	for (int i = 0; i < MANY; i++)
		g_string_append_printf(
			text,
			"group g%d { name = \"Group of Number %d\" area = ops list = \"g%d@ietf.org\" "
			"chairs = \"g%d-chairs@ietf.org\" }\n",
			i, i, i, i);
	g_string_append(text, "}\n");
	return g_string_free(text, FALSE);
}

/* Ten thousand groups: a look-up does not walk through them. The bound is loose, a walk is far above it. */
static void
test_many_groups(void)
{
	g_autofree char *text = many_groups();
	g_autoptr(GError) error = NULL;
	gint64 begin = g_get_monotonic_time();
	g_autoptr(LsmDirectory) directory = lsm_directory_parse(text, strlen(text), "directory.conf", &error);

	g_assert_no_error(error);
	g_test_message("loaded in %.3f s", (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC);
	begin = g_get_monotonic_time();
	for (int i = 0; i < MANY; i++) {
		g_autofree char *address = g_strdup_printf("g%d-chairs@ietf.org", i);
		g_autofree char *from = g_strdup_printf("IETF Group of Number %d", i);
		g_autofree char *acronym = g_strdup_printf("g%d", i);
		g_autoptr(GPtrArray) found = lsm_directory_match_bodies(directory, from);

		g_assert_cmpstr(acronym_of(lsm_directory_body_of(directory, address)), ==, acronym);
		g_assert_cmpuint(found->len, ==, 1);
		g_assert_cmpstr(acronym_of(found->pdata[0]), ==, acronym);
	}
	g_assert_cmpint(g_get_monotonic_time() - begin, <, 5 * G_USEC_PER_SEC);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/directory-match/bodies", test_match_bodies);
	g_test_add_func("/directory-match/organizations", test_match_organizations);
	g_test_add_func("/directory-match/hostile", test_match_hostile);
	g_test_add_func("/directory-match/many-groups", test_many_groups);
	return g_test_run();
}
