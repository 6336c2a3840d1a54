/*
 * test_sha256.c - the digests of FIPS 180-4, at once and in pieces.
 */
#include <string.h>

#include "conf/sha256.h"

static const struct {
	const char *name;
	const char *input;
	guint times;
	const char *want;
} digests[] = {
	{"empty", "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"two-blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	{"million", "a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static void
test_at_once(void)
{
	char hex[LSM_SHA256_HEX_SIZE];

	for (guint i = 0; i < G_N_ELEMENTS(digests); i++) {
		g_autoptr(GString) input = g_string_new(NULL);

		for (guint k = 0; k < digests[i].times; k++)
			g_string_append(input, digests[i].input);
		lsm_sha256_hex(input->str, input->len, hex);
		g_test_message("%s", digests[i].name);
		g_assert_cmpstr(hex, ==, digests[i].want);
	}
}

static void
test_in_pieces(void)
{
	char hex[LSM_SHA256_HEX_SIZE];

	for (guint i = 0; i < G_N_ELEMENTS(digests); i++) {
		g_autoptr(LsmSha256) hash = lsm_sha256_new();

		for (guint k = 0; k < digests[i].times; k++)
			lsm_sha256_add_text(hash, digests[i].input);
		lsm_sha256_finish(hash, hex);
		g_test_message("%s", digests[i].name);
		g_assert_cmpstr(hex, ==, digests[i].want);
	}
}

static void
test_parts(void)
{
	const LsmSha256Part parts[] = {{"a", 1}, {NULL, 0}, {"bc", 2}};
	guint8 digest[LSM_SHA256_SIZE], want[LSM_SHA256_SIZE];

	lsm_sha256_of(parts, G_N_ELEMENTS(parts), digest);
	lsm_sha256("abc", 3, want);
	g_assert_cmpmem(digest, sizeof digest, want, sizeof want);
	lsm_sha256(NULL, 0, digest);
	lsm_sha256("", 0, want);
	g_assert_cmpmem(digest, sizeof digest, want, sizeof want);
}

#define THREADS 8
#define ROUNDS 2000

/* Each thread has a context of its own: nobody's octets get into another's digest. */
static gpointer
hash_again_and_again(gpointer number)
{
	g_autofree char *text = g_strdup_printf("thread %u", GPOINTER_TO_UINT(number));
	g_autofree char *want = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
	char hex[LSM_SHA256_HEX_SIZE];
	guint wrong = 0;

	for (guint i = 0; i < ROUNDS; i++) {
		lsm_sha256_hex(text, strlen(text), hex);
		wrong += strcmp(hex, want) != 0;
	}
	return GUINT_TO_POINTER(wrong);
}

static void
test_threads(void)
{
	GThread *threads[THREADS];

	for (guint i = 0; i < THREADS; i++)
		threads[i] = g_thread_new("hash", hash_again_and_again, GUINT_TO_POINTER(i));
	for (guint i = 0; i < THREADS; i++)
		g_assert_cmpuint(GPOINTER_TO_UINT(g_thread_join(threads[i])), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/sha256/at-once", test_at_once);
	g_test_add_func("/sha256/in-pieces", test_in_pieces);
	g_test_add_func("/sha256/parts", test_parts);
	g_test_add_func("/sha256/threads", test_threads);
	return g_test_run();
}
