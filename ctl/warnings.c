/*
 * warnings.c - see warnings.h. One small question each in one table. Owns nothing; never fails.
 */
#include "ctl/warnings.h"

#include <string.h>
#include <unistd.h>

#include "ctl/printer.h"
#include "desk/counters.h"
#include "desk/json.h"
#include "desk/reader.h"
#include "rules/scope.h"

#define MEBIBYTE (G_GUINT64_CONSTANT(1) << 20)
#define DISK_LOW (1024 * MEBIBYTE)
#define DISK_EMPTY (100 * MEBIBYTE)
#define OUTBOX_SLOW (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define CHECKPOINT_OLD (50 * 3600) /* seconds: two nights, and some hours for a machine that was off */

char *
lsm_warnings_span(gint64 seconds)
{
	if (seconds < 120)
		return g_strdup_printf("%" G_GINT64_FORMAT " s", MAX(seconds, 0));
	if (seconds < 7200)
		return g_strdup_printf("%" G_GINT64_FORMAT " min", seconds / 60);
	if (seconds < 2 * 86400)
		return g_strdup_printf("%" G_GINT64_FORMAT " h", seconds / 3600);
	return g_strdup_printf("%" G_GINT64_FORMAT " days", seconds / 86400);
}

/* Each: the line to print, or NULL where all is well. */

static char *
desk_away(const LsmHouseState *house)
{
	return house->desk != NULL ? NULL : g_strdup(house->desk_problem->message);
}

static char *
gates_missing(const LsmHouseState *house)
{
	guint desks, gates, wanted;

	lsm_house_processes(house, &desks, &gates, &wanted);
	if (house->desk == NULL || gates >= wanted)
		return NULL;
	return g_strdup_printf("%u of %u gates run; the log tells why the others died (event=died)", gates, wanted);
}

static char *
settings_wrong(const LsmHouseState *house)
{
	if (house->settings != NULL)
		return NULL;
	if (house->desk == NULL)
		return g_strdup_printf("the settings on disk have a mistake, a start would fail: %s",
				       house->settings_problem->message);
	return g_strdup_printf("the settings on disk have a mistake: %s; the daemon goes on with those of before "
			       "(mode %s), a start would fail",
			       house->settings_problem->message, lsm_json_get(house->desk, "mode", "?"));
}

static char *
settings_changed(const LsmHouseState *house)
{
	if (house->desk == NULL || house->settings == NULL ||
	    strcmp(lsm_json_get(house->desk, "settings", ""), house->settings->digest) == 0)
		return NULL;
	return g_strdup("settings or directory were changed on disk since they were loaded: reload");
}

static char *
reload_failed(const LsmHouseState *house)
{
	JsonObject *reload = lsm_json_get_object(house->figures, "reload");

	if (reload == NULL || lsm_json_flag(reload, "done"))
		return NULL;
	return g_strdup("the last reload failed, the old settings are in effect (event=reload-failed)");
}

/* The bound of a runaway, reached: what should be held passes. */
static char *
limit_reached(const LsmHouseState *house)
{
	/* A limit of 0 is somebody's will. */
	if (!house->has_record || house->settings == NULL || !lsm_scope_is_any(house->settings) ||
	    house->settings->max_interventions == 0 ||
	    house->record.interventions < (guint)house->settings->max_interventions)
		return NULL;
	return g_strdup_printf("%u mail%s rejected or redirected within the hour: max-interventions is reached, "
			       "statements pass and are only recorded",
			       house->record.interventions, house->record.interventions == 1 ? " was" : "s were");
}

static char *
disk_empty(const LsmHouseState *house)
{
	if (!house->record.has_disk || house->record.disk_free >= DISK_EMPTY)
		return NULL;
	return g_strdup_printf("%.0f MiB are free on the record's file system",
			       (double)(house->record.disk_free / MEBIBYTE));
}

static char *
disk_low(const LsmHouseState *house)
{
	if (!house->record.has_disk || house->record.disk_free >= DISK_LOW || house->record.disk_free < DISK_EMPTY)
		return NULL;
	return g_strdup_printf("%.0f MiB are free on the record's file system",
			       (double)(house->record.disk_free / MEBIBYTE));
}

static char *
mails_refused(const LsmHouseState *house)
{
	if (house->record.failed == 0)
		return NULL;
	return g_strdup_printf("%u mail%s of ours refused for good: liaisonctl log --limit 0 | grep undelivered",
			       house->record.failed, LSM_PRINTER_S(house->record.failed));
}

static char *
outbox_slow(const LsmHouseState *house)
{
	g_autofree char *span = NULL;

	if (house->record.oldest_due == 0 || house->now - house->record.oldest_due < OUTBOX_SLOW)
		return NULL;
	span = lsm_warnings_span((house->now - house->record.oldest_due) / G_USEC_PER_SEC);
	return g_strdup_printf("mails of ours are not taken, the oldest for %s: is there a listener at outbox-server?",
			       span);
}

static char *
late_waiting(const LsmHouseState *house)
{
	if (house->record.late == 0)
		return NULL;
	return g_strdup_printf("%u statement%s passed while the record was out of order, still to be read in",
			       house->record.late, LSM_PRINTER_S(house->record.late));
}

static char *
checkpoint_old(const LsmHouseState *house)
{
	gint64 old = house->now / G_USEC_PER_SEC - house->record.checkpoint_time;
	g_autofree char *span = lsm_warnings_span(old);

	if (house->record.checkpoint_time == 0 || old < CHECKPOINT_OLD)
		return NULL;
	return g_strdup_printf("the log was last signed %s ago: does liaison-checkpoint.timer run?", span);
}

/* DESIGN section 2: such fields alone prove who sent what was not submitted here. */
static char *
authres_unseen(const LsmHouseState *house)
{
	gint64 seen = lsm_counters_read(house->figures, LSM_COUNT_AUTHRES_SEEN);
	gint64 missed = lsm_counters_read(house->figures, LSM_COUNT_AUTHRES_MISSED);

	if (seen > 0 || missed == 0)
		return NULL;
	return g_strdup_printf("no Authentication-Results of a server in authserv-ids was seen in %" G_GINT64_FORMAT
			       " mails: nobody's sender is proved",
			       missed);
}

static char *
extractor_missing(const LsmHouseState *house)
{
	g_autofree char *program = NULL;

	if (house->settings == NULL || house->settings->extractor[0] == '\0')
		return NULL;
	program = lsm_reader_find(house->settings);
	if (access(program, X_OK) == 0)
		return NULL;
	return g_strdup_printf("attachments are not read: no program %s (setting extractor)", program);
}

/* To add one: a row, and its question above. */
static const struct {
	const char *name;
	LsmAlarm level;
	char *(*find)(const LsmHouseState *house);
} rows[] = {
	{"desk-away", LSM_ALARM_CRITICAL, desk_away},
	{"interventions", LSM_ALARM_CRITICAL, limit_reached},
	{"disk-empty", LSM_ALARM_CRITICAL, disk_empty},
	{"disk-low", LSM_ALARM_WARNING, disk_low},
	{"gates-missing", LSM_ALARM_WARNING, gates_missing},
	{"settings-wrong", LSM_ALARM_WARNING, settings_wrong},
	{"settings-changed", LSM_ALARM_WARNING, settings_changed},
	{"reload-failed", LSM_ALARM_WARNING, reload_failed},
	{"mails-refused", LSM_ALARM_WARNING, mails_refused},
	{"outbox-slow", LSM_ALARM_WARNING, outbox_slow},
	{"late-journal", LSM_ALARM_WARNING, late_waiting},
	{"checkpoint-old", LSM_ALARM_WARNING, checkpoint_old},
	{"authres-unseen", LSM_ALARM_WARNING, authres_unseen},
	{"extractor-missing", LSM_ALARM_WARNING, extractor_missing},
};

static void
warning_free(gpointer data)
{
	LsmWarning *warning = data;

	g_free(warning->text);
	g_free(warning);
}

GPtrArray *
lsm_warnings_find(const LsmHouseState *house)
{
	GPtrArray *found = g_ptr_array_new_with_free_func(warning_free);

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *text = rows[i].find(house);
		LsmWarning *warning;

		if (text == NULL)
			continue;
		warning = g_new(LsmWarning, 1);
		*warning = (LsmWarning){rows[i].name, rows[i].level, text};
		g_ptr_array_add(found, warning);
	}
	return found;
}

LsmAlarm
lsm_warnings_worst(const GPtrArray *warnings)
{
	LsmAlarm level = LSM_ALARM_OK;

	for (guint i = 0; i < warnings->len; i++)
		level = MAX(level, ((const LsmWarning *)g_ptr_array_index(warnings, i))->level);
	return level;
}
