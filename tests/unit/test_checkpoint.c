/*
 * test_checkpoint.c - keys, signed checkpoints and receipts: what holds, and that no changed octet does.
 */
#include "store/checkpoint.h"

#include <glib/gstdio.h>
#include <grp.h>
#include <sodium.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/error.h"
#include "store/receipt.h"
#include "tests/unit/log_fixture.h"

#define NAME "liaison.example.org"

/* The example of the C2SP specification of signed notes. */
static void
test_known_note(void)
{
	static const char text[] = "This is an example message.\n";
	static const char vkey[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
	static const char line[] = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmR"
				   "KuwHjG1Yu72IneyaQM=";
	g_autoptr(LsmKey) key = lsm_key_parse(vkey, NULL);
	guint8 octets[68];
	gsize length = 0;

	g_assert_nonnull(key);
	g_assert_cmpint(sodium_base642bin(octets, sizeof octets, line, strlen(line), NULL, &length, NULL,
					  sodium_base64_VARIANT_ORIGINAL),
			==, 0);
	g_assert_true(lsm_key_is(key, "example.com/foo", 15, octets));
	g_assert_true(lsm_key_check(key, text, strlen(text), octets + 4));
	g_assert_false(lsm_key_check(key, text, strlen(text) - 1, octets + 4));
	g_autofree char *again = lsm_key_render(key);
	g_assert_cmpstr(again, ==, vkey);
}

static void
test_keys(void)
{
	static const char *const names[] = {"", "a b", "a+b", "a\nb", "a\xff", "a\xc2\xa0z", "a\x7f"};
	static const char *const keys[] = {
		"",
		"a",
		"a+b",
		"example.com/foo+530d903a+",
		"+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l",
		"example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
	};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_null(lsm_key_new(names[i], NULL));
	for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(lsm_key_parse(keys[i], &error));
		g_assert_nonnull(error);
	}
}

static void
test_key_file(void)
{
	g_autofree char *folder = g_dir_make_tmp("test-checkpoint-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "key", NULL);
	g_autofree char *close_it = g_strconcat("chmod 600 ", path, ",", NULL);
	g_autoptr(LsmKey) key = lsm_key_new(NAME, NULL);
	g_autofree char *vkey = lsm_key_render(key);
	g_autoptr(GError) error = NULL;
	GStatBuf status;

	g_assert_true(lsm_key_save(key, path, NULL));
	g_assert_cmpint(g_stat(path, &status), ==, 0);
	g_assert_cmphex(status.st_mode & 07777, ==, 0600);
	g_assert_false(lsm_key_save(key, path, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_USAGE);
	g_clear_error(&error);
	g_autoptr(LsmKey) loaded = lsm_key_load(path, NULL);
	g_autofree char *again = loaded == NULL ? NULL : lsm_key_render(loaded);
	g_assert_cmpstr(again, ==, vkey);
	for (guint bit = 1; bit < 0100; bit <<= 1) {
		g_chmod(path, 0600 | bit);
		g_assert_null(lsm_key_load(path, &error));
		g_assert_error(error, LSM_ERROR, LSM_ERROR_DENIED);
		g_assert_nonnull(strstr(error->message, close_it));
		g_clear_error(&error);
	}
	g_chmod(path, 0600);
	g_assert_true(g_file_set_contents(path, vkey, -1, NULL));
	g_chmod(path, 0600);
	g_assert_null(lsm_key_load(path, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_INPUT);
	g_assert_null(lsm_key_load(folder, NULL));
	g_unlink(path);
	g_assert_null(lsm_key_load(path, NULL));
	g_rmdir(folder);
}

/* In a process of its own that is not root's: does it get the key? */
static gboolean
is_loaded_by(uid_t user, gid_t group, const char *path)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		gboolean is_other = setgroups(0, NULL) == 0 && setresgid(group, group, group) == 0 &&
				    setresuid(user, user, user) == 0;
		g_autoptr(LsmKey) key = is_other ? lsm_key_load(path, NULL) : NULL;

		_exit(key != NULL ? 0 : 1);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	return status == 0;
}

/* What root keeps for a service. */
static void
test_key_of_root(void)
{
	g_autofree char *folder = g_dir_make_tmp("test-checkpoint-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "key", NULL);
	g_autoptr(LsmKey) key = lsm_key_new(NAME, NULL);

	if (geteuid() != 0) {
		g_test_skip("needs root");
		g_rmdir(folder);
		return;
	}
	g_chmod(folder, 0755);
	g_assert_true(lsm_key_save(key, path, NULL));
	g_assert_cmpint(chown(path, 0, 65534), ==, 0);
	g_chmod(path, 0640);
	g_assert_true(is_loaded_by(65534, 65534, path));
	g_chmod(path, 0660);
	g_assert_false(is_loaded_by(65534, 65534, path));
	g_chmod(path, 0644);
	g_assert_false(is_loaded_by(65534, 65534, path));
	g_chmod(path, 0640);
	g_assert_cmpint(chown(path, 65534, 65534), ==, 0);
	g_assert_false(is_loaded_by(65534, 65534, path));
	g_unlink(path);
	g_rmdir(folder);
}

static gboolean
holds(const char *text, gsize length, const LsmKey *key)
{
	LsmLogHead head;

	return lsm_checkpoint_verify(text, length, key, &head, NULL);
}

static void
test_checkpoint(void)
{
	g_autoptr(LsmKey) key = lsm_key_new(NAME, NULL), other = lsm_key_new(NAME, NULL);
	LsmLogHead head = {.size = 20852163, .root = {7}}, read;
	g_autofree char *text = lsm_checkpoint_sign(&head, key);
	g_autofree char *second = lsm_checkpoint_sign(&head, other);
	gsize length = strlen(text);

	g_assert_true(g_str_has_prefix(text,
				       NAME "\n20852163\nBwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
					    "\xe2\x80\x94 " NAME " "));
	g_assert_true(lsm_checkpoint_verify(text, length, key, &read, NULL));
	g_assert_cmpuint(read.size, ==, head.size);
	g_assert_cmpmem(read.root, 32, head.root, 32);
	g_assert_false(holds(text, length, other));
	for (gsize i = 0; i < length; i++) {
		g_assert_false(holds(text, i, key));
		for (guint bit = 0; bit < 8; bit++) {
			text[i] ^= 1 << bit;
			if (holds(text, length, key))
				g_test_fail_printf("octet %" G_GSIZE_FORMAT " bit %u may change", i, bit);
			text[i] ^= 1 << bit;
		}
	}
	/* A witness's signature behind or before the log's own changes nothing. */
	const char *line = strstr(second, "\n\n") + 2, *own = strstr(text, "\n\n") + 2;
	g_autofree char *behind = g_strconcat(text, line, NULL);
	g_autofree char *before = g_strdup_printf("%.*s%s%s", (int)(own - text), text, line, own);
	g_autofree char *twice = g_strconcat(text, "\n", own, NULL);
	g_assert_true(holds(behind, strlen(behind), key) && holds(behind, strlen(behind), other));
	g_assert_true(holds(before, strlen(before), key));
	g_assert_false(holds(twice, strlen(twice), key));
}

static void
test_numbers(void)
{
	static const struct {
		const char *text;
		gboolean want;
	} cases[] = {{"0", TRUE},
		     {"17", TRUE},
		     {"18446744073709551614", TRUE},
		     {"18446744073709551615", FALSE},
		     {"18446744073709551616", FALSE},
		     {"99999999999999999999", FALSE},
		     {"", FALSE},
		     {"00", FALSE},
		     {"01", FALSE},
		     {"-1", FALSE},
		     {"+1", FALSE},
		     {"1 ", FALSE},
		     {"1x", FALSE},
		     {"100000000000000000000", FALSE}};
	guint64 number;

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].text);
		g_assert_cmpint(lsm_checkpoint_number_parse(cases[i].text, strlen(cases[i].text), &number),
				==, cases[i].want);
	}
}

static gboolean
receipt_holds(const char *text, gsize length, const LsmKey *key)
{
	g_autoptr(LsmReceipt) receipt = lsm_receipt_parse(text, length, NULL);
	LsmLogHead head;

	return receipt != NULL && lsm_receipt_verify(receipt, key, &head, NULL);
}

static void
test_receipt(void)
{
	g_autoptr(LsmStore) store = make_log(11);
	g_autoptr(LsmStoreTxn) txn = begin(store, FALSE);
	g_autoptr(LsmKey) key = lsm_key_new(NAME, NULL);
	LsmLogHead head;

	g_assert_true(lsm_log_head(txn, &head, NULL));
	g_autofree char *checkpoint = lsm_checkpoint_sign(&head, key);
	g_assert_null(lsm_receipt_new(txn, 11, 11, checkpoint, NULL));
	for (guint i = 0; i < 11; i++) {
		g_autoptr(LsmReceipt) receipt = lsm_receipt_new(txn, i, 11, checkpoint, NULL);
		g_assert_nonnull(receipt);
		g_autofree char *text = lsm_receipt_render(receipt);
		gsize length = strlen(text);
		g_assert_true(receipt_holds(text, length, key));
		for (gsize at = 0; at < length; at++) {
			text[at] ^= 1 << (at % 7);
			if (receipt_holds(text, length, key))
				g_test_fail_printf("event %u: octet %" G_GSIZE_FORMAT " may change", i, at);
			text[at] ^= 1 << (at % 7);
			g_assert_false(receipt_holds(text, at, key));
		}
		g_autofree char *nul = g_memdup2(text, length + 1);
		g_assert_false(receipt_holds(nul, length + 1, key));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/checkpoint/known-note", test_known_note);
	g_test_add_func("/checkpoint/keys", test_keys);
	g_test_add_func("/checkpoint/key-file", test_key_file);
	g_test_add_func("/checkpoint/key-file-of-root", test_key_of_root);
	g_test_add_func("/checkpoint/checkpoint", test_checkpoint);
	g_test_add_func("/checkpoint/numbers", test_numbers);
	g_test_add_func("/checkpoint/receipt", test_receipt);
	return g_test_run();
}
