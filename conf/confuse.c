/*
 * confuse.c - runs libConfuse, with its messages as GErrors.
 *
 * Owns the lock around libConfuse's one lexer and the error that its callback leaves. Uses
 * confuse_check.c first. Any thread. The first mistake wins; nothing is printed.
 */
#include "conf/confuse.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/error.h"

#define FILE_MAX_OCTETS (16 * 1024 * 1024)

/* Both under the lock: libConfuse has no room for a pointer of ours in its callbacks. */
static pthread_mutex_t confuse_lock = PTHREAD_MUTEX_INITIALIZER;
static GError *reported;
static const char *reported_name;

static void G_GNUC_PRINTF(2, 0) report(cfg_t *cfg, const char *format, va_list arguments)
{
	g_autofree char *message = NULL;

	if (reported != NULL)
		return;
	message = g_strdup_vprintf(format, arguments);
	lsm_confuse_set_error(&reported, reported_name, cfg != NULL ? (guint)cfg->line : 0, "%s", message);
}

static cfg_t *
parse_checked(const LsmConfuseText *text, cfg_opt_t *options, GError **error)
{
	cfg_t *cfg;
	int result;

	pthread_mutex_lock(&confuse_lock);
	reported = NULL;
	reported_name = lsm_confuse_text_name(text);
	cfg = cfg_init(options, CFGF_NONE);
	cfg_set_error_function(cfg, report);
	result = cfg_parse_buf(cfg, lsm_confuse_text_plain(text));
	if (result != CFG_SUCCESS && reported == NULL)
		lsm_confuse_set_error(&reported, reported_name, (guint)cfg->line, "cannot be parsed");
	if (reported != NULL) {
		cfg_free(cfg);
		cfg = NULL;
		g_propagate_error(error, reported);
		reported = NULL;
	}
	pthread_mutex_unlock(&confuse_lock);
	return cfg;
}

cfg_t *
lsm_confuse_parse(const char *text, gsize length, const char *name, cfg_opt_t *options,
		  LsmConfuseText **text_out, GError **error)
{
	g_autoptr(LsmConfuseText) checked = lsm_confuse_check(text, length, name, options, error);
	cfg_t *cfg;

	if (checked == NULL)
		return NULL;
	cfg = parse_checked(checked, options, error);
	if (cfg != NULL)
		*text_out = g_steal_pointer(&checked);
	return cfg;
}

void
lsm_confuse_free(cfg_t *cfg)
{
	pthread_mutex_lock(&confuse_lock);
	cfg_free(cfg);
	pthread_mutex_unlock(&confuse_lock);
}

int
lsm_confuse_refuse(cfg_t *cfg, cfg_opt_t *option, const char *value, const char *expected)
{
	g_autofree char *shown = lsm_confuse_quote(value);

	cfg_error(cfg, "%s = %s; expected %s", option->name, shown, expected);
	return -1;
}

int
lsm_confuse_value(cfg_t *cfg, cfg_opt_t *option, const char *value, void *result, const LsmValueKind *kind)
{
	if (!kind->accepts(value))
		return lsm_confuse_refuse(cfg, option, value, kind->expected);
	*(const char **)result = value;
	return 0;
}

int
lsm_confuse_bool(cfg_t *cfg, cfg_opt_t *option, const char *value, void *result)
{
	int parsed = cfg_parse_boolean(value);

	if (parsed < 0)
		return lsm_confuse_refuse(cfg, option, value, "yes or no");
	*(int *)result = parsed;
	return 0;
}

char **
lsm_confuse_list(cfg_t *cfg, const char *name)
{
	guint count = cfg_size(cfg, name);
	char **list = g_new0(char *, count + 1);

	for (guint i = 0; i < count; i++)
		list[i] = g_strdup(cfg_getnstr(cfg, name, i));
	return list;
}

static char *
read_all(int fd, gsize *length_out, GError **error)
{
	g_autoptr(GByteArray) octets = g_byte_array_new();
	guint8 chunk[65536];
	gssize count;

	while ((count = read(fd, chunk, sizeof chunk)) != 0) {
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG, "%s", g_strerror(errno));
			return NULL;
		}
		if (octets->len + (gsize)count > FILE_MAX_OCTETS) {
			g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG, "is longer than %d octets",
				    FILE_MAX_OCTETS);
			return NULL;
		}
		g_byte_array_append(octets, chunk, (guint)count);
	}
	*length_out = octets->len;
	g_byte_array_append(octets, (const guint8 *)"", 1);
	return (char *)g_byte_array_free(g_steal_pointer(&octets), FALSE);
}

/* Non-blocking, and regular files only: a FIFO named by mistake must not stop the start. */
static int
open_regular(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd < 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG, "%s", g_strerror(errno));
		return -1;
	}
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return fd;
	g_set_error_literal(error, LSM_ERROR, LSM_ERROR_CONFIG, "is not a regular file");
	close(fd);
	return -1;
}

char *
lsm_confuse_read(const char *path, gsize *length_out, GError **error)
{
	int fd = open_regular(path, error);
	char *text = NULL;

	if (fd >= 0) {
		text = read_all(fd, length_out, error);
		close(fd);
	}
	if (text == NULL)
		g_prefix_error(error, "%s: ", path);
	return text;
}
