/*
 * settings.h - the effective settings: immutable, reference-counted, one row a setting.
 *
 * Rows stand in settings.def; struct fields, parser options, ranges, the printed effective
 * configuration and the manual all come from there. Reload = load a new object and swap it
 * in whole; readers keep the one they hold. A file that fails to load changes nothing.
 */
#ifndef LSM_CONF_SETTINGS_H
#define LSM_CONF_SETTINGS_H

#include <glib.h>

#include "conf/directory.h"
#include "conf/documents.h"
#include "conf/network.h"

/* Octets that stand behind the desk's address and the delimiter in addresses of one request or one statement. */
#define LSM_SETTINGS_SUFFIX_MAX 32

/* off: not even looked at. observe: found and recorded, no effect. enforce: takes effect. */
typedef enum { LSM_MODE_OFF, LSM_MODE_OBSERVE, LSM_MODE_ENFORCE } LsmMode;

const char *lsm_mode_name(LsmMode mode);
/* FALSE when text is none of the three words. */
gboolean lsm_mode_parse(const char *text, LsmMode *mode_out);

/* A list of strings, NULL-terminated, never NULL itself. */
typedef char **LsmStringList;

typedef struct {
	char *rule; /* "purpose.missing" */
	LsmMode mode;
	guint line; /* of the file, for messages; 0: none */
} LsmRuleMode;

typedef struct LsmSettings {
	/* One field a row of settings.def: int for INT, char * for TEXT (never NULL, may be ""),
	 * LsmStringList for LIST, LsmMode for MODE, gboolean for BOOL. */
#define LSM_SETTING_INT(field, name, standard, low, high, unit, help) int field;
#define LSM_SETTING_TEXT(field, name, standard, kind, help) char *field;
#define LSM_SETTING_LIST(field, name, standard, kind, help) LsmStringList field;
#define LSM_SETTING_MODE(field, name, standard, help) LsmMode field;
#define LSM_SETTING_BOOL(field, name, standard, help) gboolean field;
#include "conf/settings.def"
	GArray *rule_modes;      /* of LsmRuleMode: the file's `rule "..." { mode = ... }` sections */
	LsmDirectory *directory; /* loaded with the settings, swapped with them */
	LsmDocuments *documents; /* likewise; NULL: none is named */
	char *path;              /* the file they came from, or NULL for the built-in samples */
	char *digest;            /* SHA-256 (hex) over the two files' octets, settings first; and those they include */
	guint *lines;            /* of each row of settings.def, in its order: where the file gives it; 0: default */
	int references;          /* atomic */
} LsmSettings;

/*
 * Loads the settings file and the directory that it names (relative names count from the
 * settings file's folder). path NULL: the built-in samples, for pre-flight with nothing installed.
 * On any mistake: NULL and a CONFIG error "FILE:LINE: what was read; what was expected".
 * Beside what libConfuse finds, these are errors: a missing closing brace, a key given twice
 * in one section, `${...}` in a value, a backslash before anything
 * but \\ \" \$, octets that are not UTF-8, and control characters. An unknown rule id is *not* checked here
 * (the caller that knows the rules does, with lsm_settings_rule_modes_check in rules/rule.h).
 */
LsmSettings *lsm_settings_load(const char *path, GError **error);
LsmSettings *lsm_settings_ref(const LsmSettings *settings);
void lsm_settings_unref(LsmSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmSettings, lsm_settings_unref)

/* The mode that the file sets for this rule, or standard. The global mode is not applied here. */
LsmMode lsm_settings_rule_mode(const LsmSettings *settings, const char *rule, LsmMode standard);

/* The file's path that the directory setting means: as it stands, or beside the settings file. Caller frees.
 */
char *lsm_settings_directory_path(const LsmSettings *settings);

/* What this settings file says of the table of documents, without opening that or the directory: for whoever
 * makes the table. NULL and an error as above. Caller frees. */
char *lsm_settings_documents_path(const char *path, GError **error);

/* The effective settings in the file's own syntax, every setting with its help as a comment when
 * with_help is set; reading it back gives equal settings. Caller frees. */
char *lsm_settings_print(const LsmSettings *settings, gboolean with_help);

/* The same with a comment at each line's end that says where the value comes from ("liaison-milter.conf:12" or
 * "default"), aligned; changed_only: without the settings whose value is the default. Caller frees. */
char *lsm_settings_print_origins(const LsmSettings *settings, gboolean changed_only);

#endif
