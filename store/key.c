/*
 * key.c - makes, reads and writes Ed25519 keys of signed notes.
 *
 * Owns the key's memory, which is overwritten before it is freed. Uses libsodium. Threads: a key is
 * immutable. Fails by GError: see key.h.
 */
#include "store/key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/descriptor.h"
#include "conf/error.h"
#include "conf/sha256.h"

/* The one algorithm that is known here: Ed25519. */
#define ALGORITHM 0x01
#define SECRET_PREFIX "PRIVATE+KEY+"
/* Algorithm and 32 octets in base64, with the NUL. */
#define HALF_TEXT_SIZE 45
#define FILE_MAX 1024

struct LsmKey {
	char *name;
	guint8 id[LSM_KEY_ID_SIZE];
	guint8 public[LSM_KEY_SIZE];
	guint8 secret[crypto_sign_SECRETKEYBYTES];
	gboolean has_secret;
};

void
lsm_key_free(LsmKey *key)
{
	if (key == NULL)
		return;
	g_free(key->name);
	sodium_memzero(key, sizeof *key);
	g_free(key);
}

const char *
lsm_key_name(const LsmKey *key)
{
	return key->name;
}

static gboolean
is_name(const char *text)
{
	gsize length = strlen(text);

	if (length == 0 || length > LSM_KEY_NAME_MAX || !g_utf8_validate(text, (gssize)length, NULL))
		return FALSE;
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		gunichar sign = g_utf8_get_char(text);

		if (sign == '+' || g_unichar_isspace(sign) || !g_unichar_isprint(sign))
			return FALSE;
	}
	return TRUE;
}

static void
set_id(LsmKey *key)
{
	static const guint8 between[] = {'\n', ALGORITHM};
	const LsmSha256Part parts[] = {
		{key->name, strlen(key->name)}, {between, sizeof between}, {key->public, sizeof key->public}};
	guint8 hash[LSM_SHA256_SIZE];

	lsm_sha256_of(parts, G_N_ELEMENTS(parts), hash);
	memcpy(key->id, hash, sizeof key->id);
}

static LsmKey *
key_from_seed(const char *name, const guint8 seed[LSM_KEY_SIZE])
{
	LsmKey *key = g_new0(LsmKey, 1);

	key->name = g_strdup(name);
	crypto_sign_seed_keypair(key->public, key->secret, seed);
	key->has_secret = TRUE;
	set_id(key);
	return key;
}

LsmKey *
lsm_key_new(const char *name, GError **error)
{
	guint8 seed[crypto_sign_SEEDBYTES];

	if (!is_name(name)) {
		g_set_error(
			error, LSM_ERROR, LSM_ERROR_USAGE,
			"a key's name is 1 to %d octets of text without blanks, \"+\" and control characters",
			LSM_KEY_NAME_MAX);
		return NULL;
	}
	if (sodium_init() < 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED, "no source of random octets");
		return NULL;
	}
	randombytes_buf(seed, sizeof seed);
	LsmKey *key = key_from_seed(name, seed);
	sodium_memzero(seed, sizeof seed);
	return key;
}

/* --- text --- */

static char *
render_half(const LsmKey *key, const char *prefix, const guint8 half[LSM_KEY_SIZE])
{
	guint8 octets[1 + LSM_KEY_SIZE] = {ALGORITHM};
	char id[2 * LSM_KEY_ID_SIZE + 1], text[HALF_TEXT_SIZE];

	memcpy(octets + 1, half, LSM_KEY_SIZE);
	sodium_bin2hex(id, sizeof id, key->id, sizeof key->id);
	sodium_bin2base64(text, sizeof text, octets, sizeof octets, sodium_base64_VARIANT_ORIGINAL);
	char *line = g_strdup_printf("%s%s+%s+%s", prefix, key->name, id, text);
	sodium_memzero(octets, sizeof octets);
	sodium_memzero(text, sizeof text);
	return line;
}

char *
lsm_key_render(const LsmKey *key)
{
	return render_half(key, "", key->public);
}

typedef struct {
	const char *name;
	char id[2 * LSM_KEY_ID_SIZE + 1];
	guint8 half[LSM_KEY_SIZE];
} KeyText;

static gboolean
fail_key(GError **error, LsmErrorClass error_class, const char *what)
{
	g_set_error_literal(error, LSM_ERROR, error_class, what);
	return FALSE;
}

/* name+HASH+BASE64, where BASE64 may hold a "+", too. */
static gboolean
parse_half(char *const *pieces, KeyText *out, GError **error)
{
	guint8 octets[1 + LSM_KEY_SIZE];
	gsize length = 0;

	if (g_strv_length((char **)pieces) != 3 || !is_name(pieces[0]) ||
	    sodium_base642bin(octets, sizeof octets, pieces[2], strlen(pieces[2]), NULL, &length, NULL,
			      sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    length == 0)
		return fail_key(error, LSM_ERROR_INPUT, "not a key of the form NAME+HASH+BASE64");
	if (octets[0] != ALGORITHM || length != sizeof octets)
		return fail_key(error, LSM_ERROR_UNSUPPORTED, "the key is not an Ed25519 key");
	out->name = pieces[0];
	g_strlcpy(out->id, strlen(pieces[1]) == 2 * LSM_KEY_ID_SIZE ? pieces[1] : "", sizeof out->id);
	memcpy(out->half, octets + 1, sizeof out->half);
	sodium_memzero(octets, sizeof octets);
	return TRUE;
}

static gboolean
has_id(const LsmKey *key, const char *hex, GError **error)
{
	char own[2 * LSM_KEY_ID_SIZE + 1];

	sodium_bin2hex(own, sizeof own, key->id, sizeof key->id);
	return strcmp(own, hex) == 0 ||
	       fail_key(error, LSM_ERROR_INPUT,
			"the key's hash does not fit its name and key: was it copied whole?");
}

LsmKey *
lsm_key_parse(const char *text, GError **error)
{
	g_auto(GStrv) pieces = g_strsplit(text, "+", 3);
	g_autoptr(LsmKey) key = NULL;
	KeyText half;

	if (!parse_half(pieces, &half, error))
		return NULL;
	key = g_new0(LsmKey, 1);
	key->name = g_strdup(half.name);
	memcpy(key->public, half.half, sizeof key->public);
	set_id(key);
	return has_id(key, half.id, error) ? g_steal_pointer(&key) : NULL;
}

/* --- files --- */

static gboolean
fail_file(GError **error, LsmErrorClass error_class, const char *path, const char *what)
{
	g_set_error(error, LSM_ERROR, error_class, "%s: %s", path, what);
	return FALSE;
}

gboolean
lsm_key_save(const LsmKey *key, const char *path, GError **error)
{
	guint8 seed[crypto_sign_SEEDBYTES];
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (file < 0)
		return fail_file(error, errno == EEXIST ? LSM_ERROR_USAGE : LSM_ERROR_INPUT, path,
				 g_strerror(errno));
	crypto_sign_ed25519_sk_to_seed(seed, key->secret);
	char *text = render_half(key, SECRET_PREFIX, seed);
	char *line = g_strconcat(text, "\n", NULL);
	gboolean written = lsm_descriptor_write(file, line, strlen(line)) && fsync(file) == 0;
	int why = errno;
	sodium_memzero(text, strlen(text));
	sodium_memzero(line, strlen(line));
	sodium_memzero(seed, sizeof seed);
	g_free(text);
	g_free(line);
	if (close(file) != 0 && written) {
		written = FALSE;
		why = errno;
	}
	/* Half a key would keep the next try from its place. */
	if (!written)
		unlink(path);
	return written || fail_file(error, LSM_ERROR_TEMPORARY, path, g_strerror(why));
}

/* Up to the line's end; size of buffer at least 1. FALSE where the file is longer than the buffer. */
static gboolean
read_line(int file, char *buffer, gsize size)
{
	gsize length = 0;
	ssize_t count;

	while (length < size &&
	       ((count = read(file, buffer + length, size - length)) > 0 || (count < 0 && errno == EINTR)))
		length += count > 0 ? (gsize)count : 0;
	if (length == size || memchr(buffer, '\0', length) != NULL)
		return FALSE;
	buffer[length] = '\0';
	if (length > 0 && buffer[length - 1] == '\n')
		buffer[length - 1] = '\0';
	return TRUE;
}

static LsmKey *
parse_secret(const char *line, GError **error)
{
	g_auto(GStrv) pieces = NULL;
	g_autoptr(LsmKey) key = NULL;
	KeyText half;

	if (!g_str_has_prefix(line, SECRET_PREFIX)) {
		fail_key(error, LSM_ERROR_INPUT, "not a secret key of liaisonctl key");
		return NULL;
	}
	pieces = g_strsplit(line + strlen(SECRET_PREFIX), "+", 3);
	if (parse_half(pieces, &half, error)) {
		key = key_from_seed(half.name, half.half);
		sodium_memzero(half.half, sizeof half.half);
	}
	if (g_strv_length(pieces) == 3)
		sodium_memzero(pieces[2], strlen(pieces[2]));
	return key != NULL && has_id(key, half.id, error) ? g_steal_pointer(&key) : NULL;
}

/* Nobody else may read or write it; but root may let a group read what it keeps for a service: so come systemd's
 * credentials (their access list for one user shows as the group's), and keys in /etc. */
static gboolean
is_open_to_others(const struct stat *status)
{
	mode_t forbidden = S_IRWXG | S_IRWXO;

	if (status->st_uid == 0 && geteuid() != 0)
		forbidden &= (mode_t)~S_IRGRP;
	return (status->st_mode & forbidden) != 0;
}

/* Looked at once it is open: what is checked is what is read. */
static gboolean
is_private(int file, const char *path, GError **error)
{
	struct stat status;

	if (fstat(file, &status) != 0)
		return fail_file(error, LSM_ERROR_INPUT, path, g_strerror(errno));
	if (!S_ISREG(status.st_mode))
		return fail_file(error, LSM_ERROR_INPUT, path, "is no file");
	if (!is_open_to_others(&status))
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_DENIED,
		    "%s: others may read or write this secret key (mode %04o); close it by: chmod 600 %s, and make "
		    "a new one if somebody may have read it",
		    path, (guint)status.st_mode & 07777, path);
	return FALSE;
}

LsmKey *
lsm_key_load(const char *path, GError **error)
{
	char line[FILE_MAX];
	LsmKey *key = NULL;
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (file < 0) {
		fail_file(error, LSM_ERROR_INPUT, path, g_strerror(errno));
		return NULL;
	}
	if (is_private(file, path, error)) {
		if (!read_line(file, line, sizeof line))
			fail_file(error, LSM_ERROR_INPUT, path, "not a secret key of liaisonctl key");
		else if ((key = parse_secret(line, error)) == NULL)
			g_prefix_error(error, "%s: ", path);
		sodium_memzero(line, sizeof line);
	}
	close(file);
	return key;
}

/* --- signing --- */

gboolean
lsm_key_is(const LsmKey *key, const char *name, gsize name_length, const guint8 id[LSM_KEY_ID_SIZE])
{
	return strlen(key->name) == name_length && memcmp(key->name, name, name_length) == 0 &&
	       memcmp(key->id, id, sizeof key->id) == 0;
}

void
lsm_key_sign(const LsmKey *key, const void *data, gsize length,
	     guint8 signature_out[LSM_KEY_ID_SIZE + LSM_SIGNATURE_SIZE])
{
	g_assert(key->has_secret);
	memcpy(signature_out, key->id, sizeof key->id);
	crypto_sign_detached(signature_out + sizeof key->id, NULL, data, length, key->secret);
}

gboolean
lsm_key_check(const LsmKey *key, const void *data, gsize length, const guint8 signature[LSM_SIGNATURE_SIZE])
{
	return crypto_sign_verify_detached(signature, data, length, key->public) == 0;
}
