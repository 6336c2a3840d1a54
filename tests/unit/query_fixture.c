/*
 * query_fixture.c - see query_fixture.h.
 *
 * The long way round shares nothing with the indexes: names and subjects are compared as lower-case text between
 * blanks.
 */
#include "tests/unit/query_fixture.h"

#include <string.h>

/* --- the record --- */

static const char *const bodies[] = {"IPPM", "OPSAWG", "LSR", "IETF", "IAB", "Network Modeling"};
static const char *const others[] = {"Broadband Forum", "ITU-T SG15", "3GPP SA2", "ITU-T", "IEEE 802.1",
				     "Forum of the Working Group"};
static const char *const ways[] = {"in", "out", "around", "draft", NULL};
static const char *const purposes[] = {"information", "action", "response", "In Action"};
static const char *const verdicts[] = {"accept", "reject", "redirect", NULL};
static const char *const rules[] = {"purpose.missing", "approval.missing", "deadline.missing", "contact.missing"};
static const char *const words[] = {"STAMP", "YANG", "review", "of", "the", "5G", "timing,", "LS", "metrics", "(new)"};

#define PICK(random, array) ((array)[g_rand_int_range(random, 0, G_N_ELEMENTS(array))])

char **
query_list_of(const char *first, const char *second)
{
	char **list = g_new0(char *, 3);

	list[0] = g_strdup(first);
	list[1] = first ? g_strdup(second) : NULL;
	return list;
}

void
query_set_list(char ***member, char **list)
{
	g_strfreev(*member);
	*member = list;
}

char *
query_random_subject(GRand *random)
{
	GString *subject = g_string_new(NULL);
	gint count = g_rand_int_range(random, 0, 6);

	for (gint i = 0; i < count; i++)
		g_string_append_printf(subject, "%s ", PICK(random, words));
	/* Some have more words than rows. */
	for (gint i = 0; count == 5 && i < 12; i++)
		g_string_append_printf(subject, "filler%d ", i);
	if (count == 5)
		g_string_append(subject, PICK(random, words));
	return g_string_free(subject, count == 0);
}

LsmState
query_random_state(GRand *random)
{
	return (LsmState)g_rand_int_range(random, 0, LSM_STATE_COUNT);
}

static LsmCase *
random_case(GRand *random, guint number)
{
	g_autofree char *id = g_strdup_printf("LS-202611%02u-%c%05u", number % 30 + 1, (int)('A' + number % 3),
					      number / 2);
	LsmCase *item = lsm_case_new(id);
	const char *other = PICK(random, others), *body = PICK(random, bodies);

	item->state = query_random_state(random);
	/* Several at the same moment. */
	item->since = T0 + g_rand_int_range(random, 0, CASES / 2) * (DAY / 7);
	item->changed = item->since;
	item->way = g_strdup(PICK(random, ways));
	item->verdict = g_strdup(PICK(random, verdicts));
	query_set_list(&item->from, query_list_of(number % 2 ? other : body, number % 5 ? NULL : "IRTF"));
	query_set_list(&item->to, query_list_of(number % 2 ? body : other, number % 7 ? NULL : PICK(random, others)));
	query_set_list(&item->purposes, query_list_of(number % 4 ? PICK(random, purposes) : NULL, NULL));
	query_set_list(&item->rules, query_list_of(number % 3 ? PICK(random, rules) : NULL, PICK(random, rules)));
	if (number % 11 == 0)
		query_set_list(&item->numbers, g_strsplit(number % 2 ? "COM 16 - LS 124" : "S2-2401234|SG15-LS7", "|", -1));
	if (number % 3 == 0)
		item->deadline = g_strdup_printf("2026-%02d-%02d", g_rand_int_range(random, 11, 13),
						 g_rand_int_range(random, 1, 29));
	if (number % 100 == 1) {
		g_free(item->deadline);
		item->deadline = g_strdup("soon"); /* as mails have them */
	}
	item->subject = query_random_subject(random);
	return item;
}

static void
put(LsmStore *store, const LsmCase *item)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(lsm_case_put(txn, item, &error));
	g_assert_no_error(error);
	g_assert_true(lsm_store_commit(txn, NULL));
}

/* Puts all, and some of them again as something else. */
LsmStore *
query_make_record(GPtrArray *items)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(7);
	LsmStore *store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);

	for (guint i = 0; i < CASES; i++) {
		LsmCase *item = random_case(random, i);
		g_ptr_array_add(items, item);
		put(store, item);
		LsmCase *other = g_ptr_array_index(items, g_rand_int_range(random, 0, (gint)items->len));
		other->state = query_random_state(random);
		if (i % 4 == 0) {
			g_free(other->deadline);
			other->deadline = i % 8 ? g_strdup("2026-12-05") : NULL;
			query_set_list(&other->rules, query_list_of(PICK(random, rules), NULL));
		}
		put(store, other);
	}
	return store;
}

/* --- the long way round --- */

/* " ITU-T SG15 " -> " itu t sg15 " */
static char *
spaced(const char *text)
{
	g_autofree char *lower = g_ascii_strdown(text ? text : "", -1);
	char *result = g_strdup_printf(" %s ", lower);

	for (char *p = result; *p; p++)
		if (!g_ascii_isalnum(*p))
			*p = ' ';
	return result;
}

static gboolean
text_has(const char *text, const char *asked)
{
	g_autofree char *known = spaced(text), *all = spaced(asked);
	g_auto(GStrv) parts = g_strsplit(all, " ", -1);

	for (char **part = parts; *part; part++) {
		g_autofree char *word = g_strdup_printf(" %s ", *part);
		if (**part && !strstr(known, word))
			return FALSE;
	}
	return TRUE;
}

static gboolean
names_have(char **names, const char *asked)
{
	gboolean has = FALSE;

	for (; *names; names++)
		has |= text_has(*names, asked);
	return has;
}

static gboolean
any_equal(char **asked, const char *text)
{
	for (; text && *asked; asked++)
		if (g_ascii_strcasecmp(*asked, text) == 0)
			return TRUE;
	return FALSE;
}

static gboolean
any_of_list(char **asked, char **list)
{
	for (; *list; list++)
		if (any_equal(asked, *list))
			return TRUE;
	return FALSE;
}

static gboolean
number_is(char **written, const char *asked)
{
	for (; *written; written++) {
		g_autofree char *a = spaced(*written), *b = spaced(asked);
		g_auto(GStrv) left = g_strsplit(a, " ", -1), right = g_strsplit(b, " ", -1);
		g_autofree char *one = g_strjoinv("", left), *two = g_strjoinv("", right);
		if (strcmp(one, two) == 0)
			return TRUE;
	}
	return FALSE;
}

const char *
query_date_of(const LsmCase *item)
{
	return item->deadline && strlen(item->deadline) == 10 ? item->deadline : NULL;
}

static gboolean
fits_names(const LsmQuery *query, const LsmCase *item)
{
	for (char **name = query->parties; name && *name; name++)
		if (!names_have(item->from, *name) && !names_have(item->to, *name))
			return FALSE;
	for (char **name = query->from; name && *name; name++)
		if (!names_have(item->from, *name))
			return FALSE;
	for (char **name = query->to; name && *name; name++)
		if (!names_have(item->to, *name))
			return FALSE;
	for (char **number = query->numbers; number && *number; number++)
		if (!number_is(item->numbers, *number))
			return FALSE;
	return !query->subject || text_has(item->subject, query->subject);
}

static gboolean
fits_dates(const LsmQuery *query, const LsmCase *item)
{
	const char *date = query_date_of(item);

	if ((query->since && item->since < query->since) || (query->until && item->since >= query->until))
		return FALSE;
	if (query->today && (!date || strcmp(date, query->today) >= 0 || !lsm_state_row(item->state)->open))
		return FALSE;
	return (!query->due_after || (date && strcmp(date, query->due_after) >= 0)) &&
	       (!query->due_before || (date && strcmp(date, query->due_before) < 0));
}

static gboolean
fits(const LsmQuery *query, const LsmCase *item)
{
	const char *tail = strrchr(item->id, '-') + 1;

	if (query->states ? !(query->states >> item->state & 1) : item->state == LSM_STATE_NOT_STATEMENT)
		return FALSE;
	if (lsm_query_order(query) == LSM_QUERY_AGENDA && !lsm_state_row(item->state)->open)
		return FALSE;
	if (query->id && g_ascii_strncasecmp(query->id, item->id, strlen(query->id)) != 0 &&
	    g_ascii_strncasecmp(query->id, tail, strlen(query->id)) != 0)
		return FALSE;
	return (!query->ways || any_equal(query->ways, item->way)) &&
	       (!query->verdicts || any_equal(query->verdicts, item->verdict)) &&
	       (!query->purposes || any_of_list(query->purposes, item->purposes)) &&
	       (!query->rules || any_of_list(query->rules, item->rules)) && fits_names(query, item) &&
	       fits_dates(query, item);
}

static int
compare_cases(gconstpointer a, gconstpointer b, gpointer order)
{
	const LsmCase *left = *(LsmCase *const *)a, *right = *(LsmCase *const *)b;
	int rank = lsm_state_row(left->state)->rank - lsm_state_row(right->state)->rank;
	int date = g_strcmp0(query_date_of(left) ? query_date_of(left) : "~", query_date_of(right) ? query_date_of(right) : "~");
	int time = left->since < right->since ? -1 : left->since > right->since;
	int in_time = time ? time : strcmp(left->id, right->id);

	switch (*(LsmQueryOrder *)order) {
	case LSM_QUERY_NEWEST:
		return -in_time;
	case LSM_QUERY_AGENDA:
		return rank ? rank : date ? date : in_time;
	case LSM_QUERY_DEADLINE:
	case LSM_QUERY_ANY:
		break;
	}
	return date ? date : in_time;
}

char *
query_long_way(const LsmQuery *query, const GPtrArray *items)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new();
	LsmQueryOrder order = lsm_query_order(query);
	GString *ids = g_string_new(NULL);

	for (guint i = 0; i < items->len; i++)
		if (fits(query, g_ptr_array_index(items, i)))
			g_ptr_array_add(found, g_ptr_array_index(items, i));
	g_ptr_array_sort_with_data(found, compare_cases, &order);
	for (guint i = 0; i < found->len; i++)
		g_string_append_printf(ids, "%s ", ((LsmCase *)g_ptr_array_index(found, i))->id);
	return g_string_free(ids, FALSE);
}
