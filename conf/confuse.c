/*
 * confuse.c - runs libConfuse, with its messages as GErrors.
 *
 * Owns the lock around libConfuse's one lexer and the error that its callback leaves. Uses
 * confuse_check.c first. Any thread. The first mistake wins; nothing is printed.
 */
#include "conf/confuse.h"

#include <pthread.h>
#include <string.h>

#include "conf/error.h"

/* Both under the lock: libConfuse has no room for a pointer of ours in its callbacks. */
static pthread_mutex_t confuse_lock = PTHREAD_MUTEX_INITIALIZER;
static GError *reported;
static const LsmConfuseText *reported_text;

static void G_GNUC_PRINTF(2, 0) report(cfg_t *cfg, const char *format, va_list arguments)
{
	g_autofree char *message = NULL;

	if (reported != NULL)
		return;
	message = g_strdup_vprintf(format, arguments);
	lsm_confuse_text_set_error(reported_text, cfg != NULL ? (guint)cfg->line : 0, &reported, "%s", message);
}

/* libConfuse was not told these titles: it would compare each with all before it. */
static void
set_titles(cfg_t *cfg, const LsmConfuseText *text, const char *path)
{
	for (guint i = 0; cfg->opts[i].name != NULL; i++) {
		cfg_opt_t *option = &cfg->opts[i];
		g_autofree char *below = NULL;
		const GPtrArray *titles;

		if (option->type != CFGT_SEC)
			continue;
		below = g_strconcat(path, option->name, LSM_CONFUSE_SEPARATOR, NULL);
		titles = lsm_confuse_text_titles(text, below);
		for (guint j = 0; j < cfg_opt_size(option); j++) {
			cfg_t *section = cfg_opt_getnsec(option, j);
			g_autofree char *inside = NULL;

			if (section->title == NULL)
				section->title = strdup(titles->pdata[j]);
			inside = g_strconcat(below, section->title, LSM_CONFUSE_SEPARATOR, NULL);
			set_titles(section, text, inside);
		}
	}
}

static cfg_t *
parse_checked(const LsmConfuseText *text, cfg_opt_t *options, GError **error)
{
	cfg_t *cfg;
	int result;

	pthread_mutex_lock(&confuse_lock);
	reported = NULL;
	reported_text = text;
	cfg = cfg_init(options, CFGF_NONE);
	cfg_set_error_function(cfg, report);
	result = cfg_parse_buf(cfg, lsm_confuse_text_plain(text));
	if (result != CFG_SUCCESS && reported == NULL)
		lsm_confuse_text_set_error(text, (guint)cfg->line, &reported, "cannot be parsed");
	if (reported != NULL) {
		cfg_free(cfg);
		cfg = NULL;
		g_propagate_error(error, reported);
		reported = NULL;
	}
	pthread_mutex_unlock(&confuse_lock);
	if (cfg != NULL)
		set_titles(cfg, text, "");
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
