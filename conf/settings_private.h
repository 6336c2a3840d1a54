/*
 * settings_private.h - the rows of settings.def as data, shared by settings.c and settings_print.c only.
 */
#ifndef LSM_CONF_SETTINGS_PRIVATE_H
#define LSM_CONF_SETTINGS_PRIVATE_H

#include "conf/settings.h"
#include "conf/value.h"

typedef enum { LSM_ROW_INT, LSM_ROW_TEXT, LSM_ROW_LIST, LSM_ROW_MODE, LSM_ROW_BOOL } LsmRowType;

typedef struct {
	const char *name;
	LsmRowType type;
	gsize offset;     /* in LsmSettings */
	int number;       /* default of INT, MODE, BOOL */
	int low, high;    /* INT */
	const char *unit; /* INT */
	const char *text; /* default of TEXT, LIST */
	const LsmValueKind *kind;
	const char *help;
} LsmSettingRow;

extern const LsmSettingRow lsm_setting_rows[];
extern const gsize lsm_setting_row_count;

/* A row's field in its three C types: INT, MODE and BOOL; TEXT; LIST. */
static inline int *
lsm_setting_number(const LsmSettings *settings, const LsmSettingRow *row)
{
	return (int *)((char *)settings + row->offset);
}

static inline char **
lsm_setting_text(const LsmSettings *settings, const LsmSettingRow *row)
{
	return (char **)((char *)settings + row->offset);
}

static inline LsmStringList *
lsm_setting_list(const LsmSettings *settings, const LsmSettingRow *row)
{
	return (LsmStringList *)((char *)settings + row->offset);
}

#endif
