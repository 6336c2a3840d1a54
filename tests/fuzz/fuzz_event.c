/*
 * fuzz_event.c - event.c: an event that is taken is written as it was read.
 */
#include "store/event.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(LsmEvent) event = lsm_event_parse(data, size, NULL);

	if (!event)
		return 0;
	g_autoptr(GBytes) first = lsm_event_render(event, event->salted_digest);
	g_autoptr(LsmEvent) again =
		lsm_event_parse(g_bytes_get_data(first, NULL), g_bytes_get_size(first), NULL);
	fuzz_must(again && again->type == event->type && again->time == event->time);
	fuzz_must(strcmp(again->case_id, event->case_id) == 0 && strcmp(again->node, event->node) == 0);
	g_autoptr(GBytes) second = lsm_event_render(again, again->salted_digest);
	fuzz_must(g_bytes_equal(first, second));
	return 0;
}

static void
add_event(GPtrArray *seeds, LsmEventType type, const char *digest)
{
	g_autoptr(LsmEvent) event =
		lsm_event_new(type, "LS-20261121-K7Q3M", G_GINT64_CONSTANT(1795255200123000), "mx1");

	json_object_set_string_member(event->public, "state", "pending");
	json_object_set_boolean_member(event->public, "observed", TRUE);
	json_object_set_int_member(event->public, "copies", 800);
	json_object_set_double_member(event->public, "share", 0.25);
	json_object_set_null_member(event->public, "nothing");
	json_object_set_string_member(event->public, "text", "\"\\\x01\x1f\x7f\xc3\xa9\t");
	json_object_set_array_member(event->public, "rules", json_array_new());
	g_ptr_array_add(seeds, lsm_event_render(event, digest));
}

GPtrArray *
fuzz_seeds(void)
{
	GPtrArray *seeds = fuzz_seeds_new();
	g_autofree char *digest = g_strnfill(64, 'a');

	for (guint type = 0; type < LSM_EVENT_COUNT; type += 3)
		add_event(seeds, (LsmEventType)type, type % 2 == 0 ? digest : NULL);
	return seeds;
}
