/*
 * confuse.h - runs libConfuse, with its messages as GErrors.
 *
 * Options are an ordinary cfg_opt_t array; their callbacks refuse a value through
 * lsm_confuse_value() or lsm_confuse_refuse(). libConfuse's lexer is one per process: calls take turns.
 */
#ifndef LSM_CONF_CONFUSE_H
#define LSM_CONF_CONFUSE_H

#include <confuse.h>
#include <glib.h>

#include "conf/value.h"
#include "conf/confuse_check.h"
#include "conf/confuse_file.h"

/*
 * Checks (confuse_check.h) and parses a text. options: static, every section in it has a title (cfg_title()), with
 * CFGF_TITLE or without.
 * text_out: the checked text, for lines; may not be NULL. NULL and a CONFIG error on any mistake.
 * Both results are the caller's: lsm_confuse_free(), lsm_confuse_text_free().
 */
cfg_t *lsm_confuse_parse(const char *text, gsize length, const char *name, cfg_opt_t *options,
			 LsmConfuseText **text_out, GError **error);

/* Never cfg_free(): that takes the lexer away from whoever is parsing. */
void lsm_confuse_free(cfg_t *cfg);

/* For value callbacks. result is libConfuse's (const char **): set when kind accepts the value. 0 or -1. */
int lsm_confuse_value(cfg_t *cfg, cfg_opt_t *option, const char *value, void *result,
		      const LsmValueKind *kind);

/* For value callbacks: says "KEY = VALUE; expected EXPECTED"; returns -1. */
int lsm_confuse_refuse(cfg_t *cfg, cfg_opt_t *option, const char *value, const char *expected);

/* A value callback for CFG_BOOL_CB: true, yes, on, false, no, off. */
int lsm_confuse_bool(cfg_t *cfg, cfg_opt_t *option, const char *value, void *result);

/* The values of a list option; never NULL. Caller frees with g_strfreev(). */
char **lsm_confuse_list(cfg_t *cfg, const char *name);
#endif
