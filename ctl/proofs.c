/*
 * proofs.c - see proofs.h.
 */
#include "ctl/proofs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "conf/error.h"
#include "ctl/one_case.h"
#include "store/case.h"
#include "store/proof.h"

LsmKey *
lsm_proofs_verifier(const char *text, GError **error)
{
	LsmKey *key;

	if (text == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "--key NAME+HASH+BASE64 is needed: the log's verifier key, from whom you trust");
		return NULL;
	}
	key = lsm_key_parse(text, error);
	if (key == NULL)
		g_prefix_error(error, "--key: ");
	return key;
}

static char *
read_bounded(int file, gsize max, gsize *length_out)
{
	g_autofree char *text = g_malloc(max + 2);
	gsize length = 0;
	ssize_t count = 1;

	while (length <= max && count != 0) {
		count = read(file, text + length, max + 1 - length);
		if (count < 0 && errno != EINTR)
			return NULL;
		length += count > 0 ? (gsize)count : 0;
	}
	if (length > max) {
		errno = EFBIG;
		return NULL;
	}
	text[length] = '\0';
	*length_out = length;
	return g_steal_pointer(&text);
}

char *
lsm_proofs_read(const char *path, gsize max, gsize *length_out, GError **error)
{
	gboolean standard = strcmp(path, "-") == 0;
	int file = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *text = file < 0 ? NULL : read_bounded(file, max, length_out);

	if (text == NULL)
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s: %s", path, g_strerror(errno));
	if (file >= 0 && !standard)
		close(file);
	return text;
}

gboolean
lsm_proofs_find_event(LsmStoreTxn *txn, const char *typed, gint64 number, guint64 *position_out,
		      GError **error)
{
	g_autoptr(LsmCase) item = NULL;

	if (!lsm_one_case(txn, typed, &item, error))
		return FALSE;
	for (guint i = 0; i < item->positions->len; i++) {
		*position_out = g_array_index(item->positions, guint64, i);
		if (number < 0 || *position_out == (guint64)number)
			return TRUE;
	}
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
		    "%s has no such event; liaisonctl show %s shows its events", item->id, item->id);
	return FALSE;
}

static gboolean
check_origin(const LsmCtlOptions *options, const char *origin, const LsmKey *key, GError **error)
{
	g_autoptr(LsmSettings) settings = NULL;

	if (origin == NULL) {
		settings = lsm_ctl_settings(options, error);
		if (settings == NULL)
			return FALSE;
		origin = settings->log_origin;
	}
	if (strcmp(origin, lsm_key_name(key)) == 0)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG,
		    "the log is named \"%s\" and the key \"%s\"; set log-origin to the key's name, or make a "
		    "key of "
		    "that name",
		    origin, lsm_key_name(key));
	return FALSE;
}

char *
lsm_proofs_sign(const LsmCtlOptions *options, const char *key_file, const char *origin, LsmStoreTxn *txn,
		LsmLogHead *head_out, GError **error)
{
	g_autoptr(LsmKey) key = lsm_key_load(key_file, error);
	guint8 root[LSM_HASH_SIZE];

	if (key == NULL || !check_origin(options, origin, key, error) ||
	    !lsm_log_head(txn, head_out, error) || !lsm_proof_root(txn, head_out->size, root, error))
		return NULL;
	if (memcmp(root, head_out->root, sizeof root) != 0) {
		g_set_error(
			error, LSM_ERROR, LSM_ERROR_CORRUPT,
			"the head of the log does not match its events; liaisonctl verify names the place");
		return NULL;
	}
	return lsm_checkpoint_sign(head_out, key);
}
