/*
 * test_token.c - answer tokens: what they look like, what they are bound to, that they serve once.
 */
#include <string.h>

#include "conf/error.h"
#include "desk/door.h"
#include "desk/tag.h"
#include "desk/token.h"
#include "tests/unit/desk_fixture.h"

#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define NOW (G_GINT64_CONSTANT(1795262400) * G_USEC_PER_SEC)

static LsmStore *
open_store(void)
{
	return lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
}

static void
replace_list(char ***list, const char *text)
{
	g_strfreev(*list);
	*list = g_strsplit(text, " ", -1);
}

static LsmToken *
make_token(char **letters_out)
{
	LsmToken *token = lsm_token_new("LS-20261121-K7Q3M", "request", "ad1@example.org", NOW + DAY, letters_out);

	g_free(token->content);
	token->content = g_strdup("digest");
	replace_list(&token->withheld, "liaisons@bbf.example other@bbf.example");
	return token;
}

static LsmCase *
make_case(void)
{
	LsmCase *item = lsm_case_new("LS-20261121-K7Q3M");

	item->digest = g_strdup("digest");
	replace_list(&item->withheld, "liaisons@bbf.example");
	return item;
}

static void
put(LsmStore *store, const LsmToken *token)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);

	g_assert_true(lsm_token_put(txn, token, NULL));
	g_assert_true(lsm_store_commit(txn, NULL));
}

static void
test_letters(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	guint ones[LSM_TOKEN_LETTERS] = {0};

	for (guint i = 0; i < 1000; i++) {
		char *letters = NULL;
		g_autoptr(LsmToken) token = make_token(&letters);

		g_assert_cmpint(strlen(token->hash), ==, 64);
		g_assert_true(lsm_token_is_one(letters, strlen(letters)));
		g_assert_cmpint(strspn(letters, "abcdefghijklmnopqrstuvwxyz234567"), ==, LSM_TOKEN_LETTERS);
		for (guint k = 0; k < LSM_TOKEN_LETTERS; k++)
			ones[k] += (guint)(strchr("abcdefghijklmnopqrstuvwxyz234567", letters[k]) -
					   "abcdefghijklmnopqrstuvwxyz234567") &
				   1;
		g_assert_true(g_hash_table_add(seen, letters));
	}
	/* Each letter's last bit is a fair coin: 500 of 1,000, give or take eight times its deviation. */
	for (guint k = 0; k < LSM_TOKEN_LETTERS; k++) {
		g_assert_cmpint(ones[k], >, 370);
		g_assert_cmpint(ones[k], <, 630);
	}
}

static void
test_shape(void)
{
	static const struct {
		const char *text;
		gboolean want;
	} rows[] = {
		{"abcdefghijklmnopqrstuvwxyz234567", TRUE},  {"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", TRUE},
		{"abcdefghijklmnopqrstuvwxyz23456", FALSE},  {"abcdefghijklmnopqrstuvwxyz2345677", FALSE},
		{"abcdefghijklmnopqrstuvwxyz234561", FALSE}, {"abcdefghijklmnopqrstuvwxyz23456-", FALSE},
		{"", FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(lsm_token_is_one(rows[i].text, strlen(rows[i].text)), ==, rows[i].want);
	g_assert_false(lsm_token_is_one("abcdefghijklmnopqrstuvwxyz23456\0", LSM_TOKEN_LETTERS));
}

static gboolean
holds_letters(const void *key G_GNUC_UNUSED, gsize key_length G_GNUC_UNUSED, const void *value, gsize length,
	      gpointer letters)
{
	g_assert_null(g_strstr_len(value, (gssize)length, letters));
	return TRUE;
}

static void
test_store(void)
{
	g_autoptr(LsmStore) store = open_store();
	char *letters = NULL;
	g_autoptr(LsmToken) token = make_token(&letters);
	g_autofree char *capitals = g_ascii_strup(letters, -1);
	g_autoptr(LsmToken) found = NULL;
	g_autoptr(LsmToken) none = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;

	put(store, token);
	txn = lsm_store_begin_read(store, NULL);
	g_assert_cmpint(lsm_token_find(txn, capitals, &found, NULL), ==, LSM_FOUND);
	g_assert_cmpstr(found->case_id, ==, "LS-20261121-K7Q3M");
	g_assert_cmpstr(found->asked, ==, "ad1@example.org");
	g_assert_cmpstr(found->content, ==, "digest");
	g_assert_cmpint(g_strv_length(found->withheld), ==, 2);
	g_assert_cmpint(found->expires, ==, NOW + DAY);
	/* What is kept cannot answer. */
	lsm_store_scan(txn, LSM_TABLE_TOKEN, NULL, 0, LSM_SCAN_FORWARD, holds_letters, letters, NULL);
	letters[0] = letters[0] == 'a' ? 'b' : 'a';
	g_assert_cmpint(lsm_token_find(txn, letters, &none, NULL), ==, LSM_ABSENT);
	g_assert_cmpint(lsm_token_find(txn, token->hash, &none, NULL), ==, LSM_ABSENT);
	g_assert_cmpint(lsm_token_find(txn, "", &none, NULL), ==, LSM_ABSENT);
	lsm_token_wipe(letters);
}

static void
make_spent(LsmToken *token, LsmCase *item G_GNUC_UNUSED)
{
	token->spent = NOW - 1;
}

static void
make_expired(LsmToken *token, LsmCase *item G_GNUC_UNUSED)
{
	token->expires = NOW;
}

static void
change_content(LsmToken *token G_GNUC_UNUSED, LsmCase *item)
{
	item->digest[0] = 'D';
}

static void
add_recipient(LsmToken *token G_GNUC_UNUSED, LsmCase *item)
{
	replace_list(&item->withheld, "liaisons@bbf.example third@bbf.example");
}

static void
change_case(LsmToken *token G_GNUC_UNUSED, LsmCase *item)
{
	g_free(item->id);
	item->id = g_strdup("LS-20261121-OTHER");
}

static void
leave(LsmToken *token G_GNUC_UNUSED, LsmCase *item G_GNUC_UNUSED)
{
}

static void
test_worth(void)
{
	static const struct {
		const char *name;
		void (*spoil)(LsmToken *token, LsmCase *item);
		LsmTokenWorth want;
	} rows[] = {
		{"good", leave, LSM_TOKEN_GOOD},
		{"spent", make_spent, LSM_TOKEN_SPENT},
		{"expired", make_expired, LSM_TOKEN_EXPIRED},
		{"other content", change_content, LSM_TOKEN_OTHER_CONTENT},
		{"more recipients", add_recipient, LSM_TOKEN_MORE_RECIPIENTS},
		{"other case", change_case, LSM_TOKEN_OTHER_CASE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(LsmStore) store = open_store();
		char *letters = NULL;
		g_autoptr(LsmToken) token = make_token(&letters);
		g_autoptr(LsmCase) item = make_case();
		g_autoptr(LsmStoreTxn) txn = NULL;
		g_autoptr(GError) error = NULL;
		gboolean spent;

		g_test_message("%s", rows[i].name);
		rows[i].spoil(token, item);
		g_assert_cmpint(lsm_token_worth(token, item, NOW), ==, rows[i].want);
		put(store, token);
		txn = lsm_store_begin_write(store, NULL);
		spent = lsm_token_spend(txn, token->hash, item, "ad1@example.org", NOW, &error);
		g_assert_cmpint(spent, ==, rows[i].want == LSM_TOKEN_GOOD);
		if (!spent)
			g_assert_error(error, LSM_ERROR, LSM_ERROR_DENIED);
		g_assert_cmpstr(spent ? "" : error->message, ==, lsm_token_worth_text(rows[i].want));
		lsm_token_wipe(letters);
	}
}

static void
test_spend_once(void)
{
	g_autoptr(LsmStore) store = open_store();
	char *letters = NULL;
	g_autoptr(LsmToken) token = make_token(&letters);
	g_autoptr(LsmCase) item = make_case();
	g_autoptr(LsmToken) found = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;

	put(store, token);
	/* A step that is undone has spent nothing. */
	txn = lsm_store_begin_write(store, NULL);
	g_assert_true(lsm_token_spend(txn, token->hash, item, "ad1@example.org", NOW, NULL));
	g_clear_pointer(&txn, lsm_store_txn_free);
	txn = lsm_store_begin_write(store, NULL);
	g_assert_true(lsm_token_spend(txn, token->hash, item, "ad1@example.org", NOW, NULL));
	g_assert_false(lsm_token_spend(txn, token->hash, item, "ad1@example.org", NOW, NULL));
	g_assert_true(lsm_store_commit(txn, NULL));
	g_clear_pointer(&txn, lsm_store_txn_free);
	txn = lsm_store_begin_read(store, NULL);
	g_assert_cmpint(lsm_token_find(txn, letters, &found, NULL), ==, LSM_FOUND);
	g_assert_cmpint(found->spent, ==, NOW);
	g_assert_cmpstr(found->spent_by, ==, "ad1@example.org");
	lsm_token_wipe(letters);
}

static void
test_marks(void)
{
	g_autoptr(LsmStore) store = open_store();
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	guint count = 9;

	g_assert_true(lsm_token_marks(txn, "seen", "a@example.org", NOW, &count, NULL));
	g_assert_cmpint(count, ==, 0);
	for (guint i = 1; i <= 3; i++) {
		g_assert_true(lsm_token_mark(txn, "seen", "a@example.org", NOW + i, DAY, &count, NULL));
		g_assert_cmpint(count, ==, i);
	}
	g_assert_true(lsm_token_marks(txn, "seen", "b@example.org", NOW, &count, NULL));
	g_assert_cmpint(count, ==, 0);
	g_assert_true(lsm_token_marks(txn, "helped", "a@example.org", NOW, &count, NULL));
	g_assert_cmpint(count, ==, 0);
	g_assert_true(lsm_token_marks(txn, "seen", "a@example.org", NOW + DAY + 1, &count, NULL));
	g_assert_cmpint(count, ==, 0);
}

static gboolean
count_row(const void *key G_GNUC_UNUSED, gsize key_length G_GNUC_UNUSED, const void *value G_GNUC_UNUSED,
	  gsize length G_GNUC_UNUSED, gpointer count)
{
	(*(guint *)count)++;
	return TRUE;
}

/* Round after round, however many there are, nothing that is due is left and nothing else is gone. */
static void
test_purge(void)
{
	g_autoptr(LsmStore) store = open_store();
	g_autoptr(LsmStoreTxn) txn = NULL;
	guint8 cursor[32] = {0};
	guint removed, all = 0, left = 0;

	for (guint i = 0; i < 100; i++) {
		char *letters = NULL;
		g_autoptr(LsmToken) token = make_token(&letters);

		token->expires = i % 4 == 0 ? NOW + DAY : NOW;
		put(store, token);
		lsm_token_wipe(letters);
	}
	txn = lsm_store_begin_write(store, NULL);
	for (guint round = 0; round < 11; round++) {
		g_assert_true(lsm_token_purge(txn, NOW, 10, cursor, &removed, NULL));
		g_assert_cmpint(removed, <=, 10);
		all += removed;
	}
	g_assert_cmpint(all, ==, 75);
	lsm_store_scan(txn, LSM_TABLE_TOKEN, NULL, 0, LSM_SCAN_FORWARD, count_row, &left, NULL);
	g_assert_cmpint(left, ==, 25);
}

/* --- the addresses in which tokens stand --- */

#define TOKEN "abcdefghijklmnopqrstuvwxyz234567"

static void
test_doors(void)
{
	static const struct {
		const char *settings, *address;
		LsmDoor want;
		const char *want_suffix;
	} rows[] = {
		{"desk-address = desk@ietf.org", "desk@ietf.org", LSM_DOOR_PLAIN, NULL},
		{"desk-address = desk@ietf.org", "DESK@IETF.org", LSM_DOOR_PLAIN, NULL},
		{"desk-address = desk@ietf.org", "desk+" TOKEN "@ietf.org", LSM_DOOR_TOKEN, TOKEN "@ietf.org"},
		{"desk-address = desk@ietf.org", "Desk+ABCDEFGHIJKLMNOPQRSTUVWXYZ234567@ietf.org",
		 LSM_DOOR_TOKEN, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567@ietf.org"},
		{"desk-address = desk@ietf.org", "desk+r-LS-20261121-K7Q3M@ietf.org", LSM_DOOR_CASE,
		 "LS-20261121-K7Q3M@ietf.org"},
		{"desk-address = desk@ietf.org", "desk+R-ls-20261121-k7q3m@ietf.org", LSM_DOOR_CASE,
		 "ls-20261121-k7q3m@ietf.org"},
		{"desk-address = desk@ietf.org", "desk+other@ietf.org", LSM_DOOR_PLAIN, NULL},
		{"desk-address = desk@ietf.org", "desk@iab.org", LSM_DOOR_NONE, NULL},
		{"desk-address = desk@ietf.org", "desk@ietf.org.example", LSM_DOOR_NONE, NULL},
		{"desk-address = desk@ietf.org", "desks@ietf.org", LSM_DOOR_NONE, NULL},
		{"desk-address = desk@ietf.org", "des@ietf.org", LSM_DOOR_NONE, NULL},
		{"desk-address = desk@ietf.org", "desk-" TOKEN "@ietf.org", LSM_DOOR_NONE, NULL},
		{"desk-address = desk@ietf.org", "desk", LSM_DOOR_NONE, NULL},
		{"desk-address = desk@ietf.org", "", LSM_DOOR_NONE, NULL},
		{"desk-address = desk@ietf.org\nrecipient-delimiter = -", "desk-" TOKEN "@ietf.org", LSM_DOOR_TOKEN,
		 TOKEN "@ietf.org"},
		{"desk-address = desk@ietf.org\nrecipient-delimiter = \"\"", "desk+" TOKEN "@ietf.org",
		 LSM_DOOR_NONE, NULL},
		/* A mailbox that people read: only what nobody else can mean is the desk's. */
		{"", "liaison-coordination@iab.org", LSM_DOOR_NONE, NULL},
		{"", "liaison-coordination+list@iab.org", LSM_DOOR_NONE, NULL},
		{"", "liaison-coordination+" TOKEN "@iab.org", LSM_DOOR_TOKEN, TOKEN "@iab.org"},
		{"", "liaison-coordination+r-LS-20261121-K7Q3M@iab.org", LSM_DOOR_CASE, "LS-20261121-K7Q3M@iab.org"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		DeskFixture *fixture = desk_fixture_new(rows[i].settings, NULL);
		const char *suffix = "untouched";

		g_test_message("%s: %s", rows[i].settings, rows[i].address);
		g_assert_cmpint(lsm_door_of(fixture->settings, rows[i].address, &suffix), ==, rows[i].want);
		g_assert_cmpstr(suffix, ==, rows[i].want_suffix);
		desk_fixture_free(fixture);
	}
}

/* --- tags of bounce addresses --- */

#define CASE_ID "LS-20261121-K7Q3M"

static void
test_split(void)
{
	static const struct {
		const char *suffix, *want_id, *want_tag;
	} rows[] = {
		{CASE_ID "-abcdefghijkl", CASE_ID, "abcdefghijkl"},
		{"ls-20261121-k7q3m-ABCDEFGHIJK7", "ls-20261121-k7q3m", "ABCDEFGHIJK7"},
		{CASE_ID, CASE_ID, NULL},
		{CASE_ID "-abcdefghijk", CASE_ID "-abcdefghijk", NULL},
		{CASE_ID "-abcdefghijklm", CASE_ID "-abcdefghijklm", NULL},
		{CASE_ID "-abcdefghijk1", CASE_ID "-abcdefghijk1", NULL},
		{CASE_ID "-", CASE_ID "-", NULL},
		{"", "", NULL},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *tag = NULL;
		g_autofree char *id = lsm_tag_split(rows[i].suffix, &tag);

		g_test_message("%s", rows[i].suffix);
		g_assert_cmpstr(id, ==, rows[i].want_id);
		g_assert_cmpstr(tag, ==, rows[i].want_tag);
	}
}

static gboolean
is_tag_of(LsmStore *store, const char *case_id, const char *tag)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(store, NULL);
	gboolean right = TRUE;

	g_assert_true(lsm_tag_is_of(txn, case_id, tag, &right, NULL));
	return right;
}

static char *
new_tag(LsmStore *store, const char *case_id)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	char *tag = lsm_tag_new(txn, case_id, NULL);

	g_assert_true(lsm_store_commit(txn, NULL));
	return tag;
}

/* The same for the same case in one store, and another everywhere else. */
static void
test_tags(void)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStore) elsewhere = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autofree char *tag = NULL, *again = NULL, *other = NULL, *foreign = NULL;
	g_autofree char *folded = NULL;

	g_assert_false(is_tag_of(store, CASE_ID, "aaaaaaaaaaaa"));
	tag = new_tag(store, CASE_ID);
	again = new_tag(store, CASE_ID);
	other = new_tag(store, "LS-20261121-K7Q3N");
	foreign = new_tag(elsewhere, CASE_ID);
	folded = g_ascii_strup(tag, -1);
	g_assert_cmpuint(strlen(tag), ==, LSM_TAG_LETTERS);
	g_assert_cmpstr(tag, ==, again);
	g_assert_cmpstr(tag, !=, other);
	g_assert_cmpstr(tag, !=, foreign);
	g_assert_true(is_tag_of(store, CASE_ID, tag));
	g_assert_true(is_tag_of(store, CASE_ID, folded));
	g_assert_false(is_tag_of(store, CASE_ID, other));
	g_assert_false(is_tag_of(store, CASE_ID, foreign));
	g_assert_false(is_tag_of(store, CASE_ID, NULL));
	g_assert_false(is_tag_of(store, CASE_ID, ""));
	g_assert_false(is_tag_of(store, CASE_ID, "aaaaaaaaaaaaa"));
}

/* A key that is none is told, and not taken for a short one. */
static void
test_broken_key(void)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	g_autoptr(GError) error = NULL;
	gboolean right = TRUE;

	g_assert_true(lsm_store_put(txn, LSM_TABLE_META, "bounce-key", 10, "short", 5, NULL));
	g_assert_null(lsm_tag_new(txn, CASE_ID, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_CORRUPT);
	g_assert_false(lsm_tag_is_of(txn, CASE_ID, "aaaaaaaaaaaa", &right, NULL));
}

/* Whatever address holds a token holds a tag. */
static void
test_tag_length(void)
{
	DeskFixture *fixture = desk_fixture_new("desk-address = desk@ietf.org", NULL);
	g_autofree char *address = lsm_door_of_case(fixture->settings, CASE_ID, "abcdefghijkl");
	g_autofree char *with_token = lsm_door_with(fixture->settings, TOKEN);

	g_assert_cmpstr(address, ==, "desk+r-" CASE_ID "-abcdefghijkl@ietf.org");
	g_assert_cmpuint(strlen(address), ==, strlen(with_token));
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/token/letters", test_letters);
	g_test_add_func("/token/shape", test_shape);
	g_test_add_func("/token/store", test_store);
	g_test_add_func("/token/worth", test_worth);
	g_test_add_func("/token/spend-once", test_spend_once);
	g_test_add_func("/token/marks", test_marks);
	g_test_add_func("/token/purge", test_purge);
	g_test_add_func("/token/doors", test_doors);
	g_test_add_func("/token/tag-split", test_split);
	g_test_add_func("/token/tags", test_tags);
	g_test_add_func("/token/tag-broken-key", test_broken_key);
	g_test_add_func("/token/tag-length", test_tag_length);
	return g_test_run();
}
