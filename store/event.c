/*
 * event.c - one event of the record, to and from its exact bytes.
 *
 * Owns the words of the event types and the order of the members. Uses json.h. Threads: any, an
 * event belongs to one. Fails by GError: CORRUPT for what is not an event.
 */
#include "store/event.h"

#include <string.h>
#include <time.h>

#include "conf/error.h"
#include "store/json.h"

#define VERSION 1
#define CASE_ID_MAX 64
#define NODE_MAX 255
#define DIGEST_DIGITS 64
#define TIME_MAX ((gint64)253402300799 * G_USEC_PER_SEC) /* 9999-12-31T23:59:59Z */

static const struct {
	const char *word;
	const char *help;
} types[LSM_EVENT_COUNT] = {
#define TYPE_ROW(id, word, help) [LSM_EVENT_##id] = {word, help},
	LSM_EVENT_TYPES(TYPE_ROW)
#undef TYPE_ROW
};

/* The members that an event always has, in their order; "private" stands last of all where there is one. */
static const char *const fixed_names[] = {"v", "type", "case", "time", "node", "private"};

const char *
lsm_event_type_name(LsmEventType type)
{
	return types[type].word;
}

const char *
lsm_event_type_help(LsmEventType type)
{
	return types[type].help;
}

gboolean
lsm_event_type_parse(const char *word, LsmEventType *type_out)
{
	for (guint i = 0; i < LSM_EVENT_COUNT; i++)
		if (strcmp(types[i].word, word) == 0) {
			*type_out = (LsmEventType)i;
			return TRUE;
		}
	return FALSE;
}

LsmEvent *
lsm_event_new(LsmEventType type, const char *case_id, gint64 time, const char *node)
{
	LsmEvent *event = g_new0(LsmEvent, 1);

	event->position = G_MAXUINT64;
	event->type = type;
	event->case_id = g_strdup(case_id);
	event->time = CLAMP(time, 0, TIME_MAX) / 1000 * 1000;
	event->node = g_strdup(node);
	event->public = json_object_new();
	return event;
}

void
lsm_event_free(LsmEvent *event)
{
	if (!event)
		return;
	g_free(event->case_id);
	g_free(event->node);
	g_free(event->salted_digest);
	g_clear_pointer(&event->public, json_object_unref);
	g_clear_pointer(&event->private, json_object_unref);
	g_free(event);
}

/* --- times --- */

#define TIME_PATTERN "0000-00-00T00:00:00.000Z"

static void
write_digits(char *end, guint count, int number)
{
	for (; count > 0; count--, number /= 10)
		*--end = (char)('0' + number % 10);
}

/* By hand, as each event and each case has some times, which are read and written far more often than all else. */
char *
lsm_event_time_render(gint64 time)
{
	gint64 clamped = CLAMP(time, 0, TIME_MAX);
	time_t seconds = (time_t)(clamped / G_USEC_PER_SEC);
	char *text = g_strdup(TIME_PATTERN);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	write_digits(text + 4, 4, tm.tm_year + 1900);
	write_digits(text + 7, 2, tm.tm_mon + 1);
	write_digits(text + 10, 2, tm.tm_mday);
	write_digits(text + 13, 2, tm.tm_hour);
	write_digits(text + 16, 2, tm.tm_min);
	write_digits(text + 19, 2, tm.tm_sec);
	write_digits(text + 23, 3, (int)(clamped % G_USEC_PER_SEC / 1000));
	return text;
}

/* Digits where the pattern has '0', the same octet elsewhere. */
static gboolean
has_shape(const char *text, const char *pattern)
{
	for (; *pattern; text++, pattern++)
		if (*pattern == '0' ? !g_ascii_isdigit(*text) : *text != *pattern)
			return FALSE;
	return *text == '\0';
}

static int
digits(const char *at, guint count)
{
	int number = 0;

	while (count-- > 0)
		number = number * 10 + (*at++ - '0');
	return number;
}

/* Days since 1970-01-01, -1 where there is no such day or an earlier one. */
static int
days_until(int year, int month, int day)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
	gboolean leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	int past = year - 1; /* whole years since the year 1 */

	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > before[month] - before[month - 1] + (leap && month == 2))
		return -1;
	return past * 365 + past / 4 - past / 100 + past / 400 - 719162 + before[month - 1] +
	       (leap && month > 2) + day - 1;
}

gboolean
lsm_event_time_parse(const char *text, gint64 *time_out)
{
	if (!has_shape(text, TIME_PATTERN))
		return FALSE;

	int days = days_until(digits(text, 4), digits(text + 5, 2), digits(text + 8, 2));
	int hour = digits(text + 11, 2), minute = digits(text + 14, 2), second = digits(text + 17, 2);
	if (days < 0 || hour > 23 || minute > 59 || second > 59)
		return FALSE;
	gint64 seconds = ((gint64)days * 24 + hour) * 3600 + minute * 60 + second;
	*time_out = seconds * G_USEC_PER_SEC + digits(text + 20, 3) * 1000;
	return TRUE;
}

/* --- render --- */

static gboolean
is_fixed_name(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(fixed_names); i++)
		if (strcmp(fixed_names[i], name) == 0)
			return TRUE;
	return FALSE;
}

static void
write_text(GString *out, const char *name, const char *text)
{
	lsm_json_write_name(out, name);
	lsm_json_write_string(out, text);
}

GBytes *
lsm_event_render(const LsmEvent *event, const char *salted_digest)
{
	GString *out = g_string_sized_new(512);
	g_autofree char *time = lsm_event_time_render(event->time);
	g_autoptr(GList) names = g_list_sort(json_object_get_members(event->public), (GCompareFunc)strcmp);

	g_string_append_printf(out, "{\"v\":%d", VERSION);
	write_text(out, "type", lsm_event_type_name(event->type));
	write_text(out, "case", event->case_id);
	write_text(out, "time", time);
	write_text(out, "node", event->node);
	for (const GList *name = names; name; name = name->next)
		if (!is_fixed_name(name->data)) {
			lsm_json_write_name(out, name->data);
			lsm_json_write_node(out, json_object_get_member(event->public, name->data));
		}
	if (salted_digest)
		write_text(out, "private", salted_digest);
	g_string_append_c(out, '}');
	return lsm_json_finish(out);
}

/* --- parse --- */

static gboolean
fail_event(GError **error, const char *what)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "not an event: %s", what);
	return FALSE;
}

static gboolean
is_digest(const char *text)
{
	return strlen(text) == DIGEST_DIGITS && strspn(text, "0123456789abcdef") == DIGEST_DIGITS;
}

static gboolean
check_version(JsonObject *object, GError **error)
{
	gint64 version;

	if (!lsm_json_number(object, "v", &version) || version < 1)
		return fail_event(error, "no version");
	if (version == VERSION)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED, "an event of version %" G_GINT64_FORMAT,
		    version);
	return FALSE;
}

static gboolean
read_fixed(JsonObject *object, LsmEvent *event, GError **error)
{
	const char *type = lsm_json_string(object, "type");
	const char *case_id = lsm_json_string(object, "case");
	const char *time = lsm_json_string(object, "time");
	const char *node = lsm_json_string(object, "node");
	const char *digest = lsm_json_string(object, "private");

	if (!type || !lsm_event_type_parse(type, &event->type))
		return fail_event(error, "its type is unknown");
	if (!case_id || *case_id == '\0' || strlen(case_id) > CASE_ID_MAX)
		return fail_event(error, "it names no case");
	if (!time || !lsm_event_time_parse(time, &event->time))
		return fail_event(error, "it has no time");
	if (!node || strlen(node) > NODE_MAX)
		return fail_event(error, "it names no host");
	if (json_object_has_member(object, "private") && !(digest && is_digest(digest)))
		return fail_event(error, "the digest of its private part is none");
	event->case_id = g_strdup(case_id);
	event->node = g_strdup(node);
	event->salted_digest = g_strdup(digest);
	return TRUE;
}

LsmEvent *
lsm_event_parse(const void *data, gsize length, GError **error)
{
	g_autoptr(JsonObject) object = lsm_json_parse(data, length, error);

	if (!object || !check_version(object, error))
		return NULL;
	g_autoptr(LsmEvent) event = lsm_event_new(0, NULL, 0, NULL);
	if (!read_fixed(object, event, error))
		return NULL;
	for (guint i = 0; i < G_N_ELEMENTS(fixed_names); i++)
		json_object_remove_member(object, fixed_names[i]);
	json_object_unref(event->public);
	event->public = g_steal_pointer(&object);
	return g_steal_pointer(&event);
}
