/*
 * fuzz_case.c - case_json.c: a case that is taken is written as it was read, and can be folded on.
 */
#include "store/case.h"
#include "tests/fuzz/fuzz.h"

#include "store/json.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(LsmCase) item = lsm_case_parse(data, size, NULL);

	if (!item)
		return 0;
	g_autoptr(GBytes) first = lsm_case_render(item);
	g_autoptr(LsmCase) again =
		lsm_case_parse(g_bytes_get_data(first, NULL), g_bytes_get_size(first), NULL);
	fuzz_must(again != NULL);
	g_autoptr(GBytes) second = lsm_case_render(again);
	fuzz_must(g_bytes_equal(first, second));
	for (guint type = 0; type < LSM_EVENT_COUNT; type++) {
		g_autoptr(LsmEvent) event = lsm_event_new((LsmEventType)type, item->id, item->changed, "mx1");
		lsm_case_fold(item, event);
	}
	return 0;
}

GPtrArray *
fuzz_seeds(void)
{
	static const char private[] =
		"{\"from\":[\"IETF IPPM Working Group\"],\"to\":[\"Broadband Forum\"],\"purposes\":[\"action\"],"
		"\"subject\":\"STAMP \\u00e9\\u0001\",\"message_id\":\"1@example.org\",\"deadline\":\"2026-12-31\","
		"\"sender\":\"carol@example.org\",\"withheld\":[\"a@bbf.example\",\"b@bbf.example\"],"
		"\"released\":[\"b@bbf.example\"],\"doors\":[\"a@bbf.example\"],\"confirmed\":true}";
	GPtrArray *seeds = fuzz_seeds_new();
	g_autoptr(LsmCase) item = lsm_case_new("LS-20261121-K7Q3M");

	for (guint type = 0; type < LSM_EVENT_COUNT; type++) {
		g_autoptr(LsmEvent) event = lsm_event_new((LsmEventType)type, item->id,
							  G_GINT64_CONSTANT(1795255200123000) + type, "mx1");
		event->position = type;
		event->private = lsm_json_parse(private, strlen(private), NULL);
		json_object_set_string_member(event->public, "way", "out");
		lsm_case_fold(item, event);
		g_ptr_array_add(seeds, lsm_case_render(item));
	}
	return seeds;
}
