/*
 * counters.c - see counters.h. Owns one mapping for the life of the process; the children inherit it.
 */
#include "desk/counters.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "desk/json.h"

#define WAYS (LSM_WAY_OTHER + 1)
#define EFFECTS (LSM_EFFECT_REJECT + 1)
#define MOST_RULES 256
#define CLASSES (G_N_ELEMENTS(lsm_counters_bounds) + 1)

static const LsmCounterFamilyRow families[] = {
#define LSM_FAMILY(id, name, label, help) {name, label, help},
#define LSM_COUNTER(id, family, value)
#include "desk/counters.def"
#undef LSM_COUNTER
#undef LSM_FAMILY
};

static const LsmCounterRow rows[] = {
#define LSM_FAMILY(id, name, label, help)
#define LSM_COUNTER(id, family, value) {LSM_FAMILY_##family, value},
#include "desk/counters.def"
#undef LSM_COUNTER
#undef LSM_FAMILY
};

const gint64 lsm_counters_bounds[] = {1000,   2500,   5000,   10000,   25000,   50000,   100000,
				      250000, 500000, 1000000, 2500000, 5000000, 10000000, 20000000};
const guint lsm_counters_bound_count = G_N_ELEMENTS(lsm_counters_bounds);

typedef _Atomic guint64 Number;

/* On cache lines of its own: what one gate counts does not slow another one down. */
typedef struct {
	_Alignas(64) Number plain[LSM_COUNT_ROWS];
	Number statements[WAYS][EFFECTS];
	Number findings[MOST_RULES];
	Number classes[CLASSES];
	Number spent; /* microseconds */
	Number pid, since;               /* written by the parent */
	Number reload_time, reload_done; /* part 0 only */
} Part;

static Part own; /* until there is shared memory */
static Part *parts = &own;
static guint part_count = 1;
static Part *mine = &own;

const LsmCounterFamilyRow *
lsm_counters_family(LsmCounterFamily family)
{
	return &families[family];
}

const LsmCounterRow *
lsm_counters_row(LsmCounter counter)
{
	return &rows[counter];
}

gboolean
lsm_counters_share(guint count)
{
	void *memory = mmap(NULL, sizeof(Part) * count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return FALSE;
	parts = mine = memory;
	part_count = count;
	return TRUE;
}

void
lsm_counters_take_part(guint part)
{
	if (part < part_count)
		mine = &parts[part];
}

/* --- counting --- */

static void
add(Number *number, guint64 by)
{
	atomic_fetch_add_explicit(number, by, memory_order_relaxed);
}

static void
set(Number *number, gint64 value)
{
	atomic_store_explicit(number, (guint64)value, memory_order_relaxed);
}

static guint64
get(const Number *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

void
lsm_counters_add(LsmCounter counter, guint64 number)
{
	add(&mine->plain[counter], number);
}

static void
add_limit(const char *limited)
{
	for (guint i = LSM_COUNT_LIMIT_OBSERVE; limited != NULL && i <= LSM_COUNT_LIMIT_UNVERIFIED; i++) {
		if (strcmp(rows[i].value, limited) == 0)
			add(&mine->plain[i], 1);
	}
}

static guint
class_of(gint64 spent)
{
	guint i = 0;

	while (i < G_N_ELEMENTS(lsm_counters_bounds) && spent > lsm_counters_bounds[i])
		i++;
	return i;
}

void
lsm_counters_add_verdict(LsmWay way, const LsmVerdict *verdict, gint64 spent)
{
	guint count;
	const LsmRule *table = lsm_rule_table(&count);

	add(&mine->statements[way][verdict->effect], 1);
	for (guint i = 0; i < verdict->findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(verdict->findings, i);
		gsize index = (gsize)(finding->rule - table);

		if (index < MIN(count, MOST_RULES))
			add(&mine->findings[index], 1);
	}
	add_limit(verdict->limited);
	add(&mine->classes[class_of(spent)], 1);
	add(&mine->spent, (guint64)MAX(spent, 0));
}

void
lsm_counters_note_process(guint part, gint64 pid, gint64 now)
{
	if (part >= part_count)
		return;
	set(&parts[part].since, now);
	set(&parts[part].pid, pid);
}

void
lsm_counters_note_reload(gboolean done, gint64 now)
{
	lsm_counters_add(done ? LSM_COUNT_RELOAD_DONE : LSM_COUNT_RELOAD_FAILED, 1);
	set(&parts[0].reload_done, done);
	set(&parts[0].reload_time, now);
}

/* --- adding up --- */

/* The same number of all parts; offset within Part. */
static gint64
sum(const Number *in_first)
{
	gsize offset = (gsize)((const char *)in_first - (const char *)parts);
	guint64 total = 0;

	for (guint i = 0; i < part_count; i++)
		total += get((const Number *)(const void *)((const char *)&parts[i] + offset));
	return (gint64)total;
}

static void
set_sum(JsonObject *object, const char *name, const Number *number)
{
	gint64 total = sum(number);

	if (total > 0)
		json_object_set_int_member(object, name, total);
}

static JsonObject *
describe_plain(void)
{
	JsonObject *object = json_object_new();

	for (guint i = 0; i < LSM_COUNT_ROWS; i++) {
		const LsmCounterFamilyRow *family = &families[rows[i].family];
		JsonObject *values = lsm_json_get_object(object, family->name);
		gboolean is_one = *family->label == '\0';

		if (!is_one && values == NULL) {
			values = json_object_new();
			json_object_set_object_member(object, family->name, values);
		}
		json_object_set_int_member(is_one ? object : values, is_one ? family->name : rows[i].value,
					   sum(&parts->plain[i]));
	}
	return object;
}

gint64
lsm_counters_read(JsonObject *object, LsmCounter counter)
{
	JsonObject *counters = lsm_json_get_object(object, "counters");
	const LsmCounterFamilyRow *family = &families[rows[counter].family];

	if (counters == NULL)
		return 0;
	if (*family->label == '\0')
		return lsm_json_get_int(counters, family->name, 0);
	counters = lsm_json_get_object(counters, family->name);
	return counters == NULL ? 0 : lsm_json_get_int(counters, rows[counter].value, 0);
}

static JsonObject *
describe_statements(void)
{
	JsonObject *object = json_object_new();

	for (guint way = 0; way < WAYS; way++) {
		JsonObject *effects = json_object_new();

		for (guint effect = 0; effect < EFFECTS; effect++)
			set_sum(effects, lsm_effect_name((LsmEffect)effect), &parts->statements[way][effect]);
		json_object_set_object_member(object, lsm_way_name((LsmWay)way), effects);
	}
	return object;
}

static JsonObject *
describe_findings(void)
{
	JsonObject *object = json_object_new();
	guint count;
	const LsmRule *table = lsm_rule_table(&count);

	for (guint i = 0; i < MIN(count, MOST_RULES); i++)
		set_sum(object, table[i].id, &parts->findings[i]);
	return object;
}

static JsonObject *
describe_decisions(void)
{
	JsonObject *object = json_object_new();
	JsonArray *classes = json_array_new();
	gint64 count = 0;

	for (guint i = 0; i < CLASSES; i++) {
		gint64 number = sum(&parts->classes[i]);
		json_array_add_int_element(classes, number);
		count += number;
	}
	json_object_set_int_member(object, "count", count);
	json_object_set_int_member(object, "sum", sum(&parts->spent));
	json_object_set_array_member(object, "classes", classes);
	return object;
}

static JsonArray *
describe_processes(void)
{
	JsonArray *array = json_array_new();

	for (guint i = 1; i < part_count; i++) {
		JsonObject *object;

		if (get(&parts[i].pid) == 0)
			continue;
		object = json_object_new();
		json_object_set_int_member(object, "part", i);
		json_object_set_int_member(object, "pid", (gint64)get(&parts[i].pid));
		json_object_set_int_member(object, "since", (gint64)get(&parts[i].since));
		json_array_add_object_element(array, object);
	}
	return array;
}

void
lsm_counters_describe(JsonObject *object)
{
	json_object_set_object_member(object, "counters", describe_plain());
	json_object_set_object_member(object, "statements", describe_statements());
	json_object_set_object_member(object, "findings", describe_findings());
	json_object_set_object_member(object, "decisions", describe_decisions());
	json_object_set_array_member(object, "processes", describe_processes());
	json_object_set_int_member(object, "parts", part_count - 1);
	if (get(&parts[0].reload_time) != 0) {
		JsonObject *reload = json_object_new();
		json_object_set_boolean_member(reload, "done", get(&parts[0].reload_done) != 0);
		json_object_set_int_member(reload, "time", (gint64)get(&parts[0].reload_time));
		json_object_set_object_member(object, "reload", reload);
	}
}
