/*
 * thread_note.c - see thread_note.h. Pure, any thread, cannot fail.
 */
#include "milter/thread_note.h"

#include "desk/json.h"
#include "rules/authres.h"
#include "rules/recognise.h"

#define MOST_RECIPIENTS 100

static gboolean
is_proved_ours(const LsmMessage *message, const LsmSettings *settings, gint64 now)
{
	const char *from = lsm_message_from_address(message);

	return lsm_authres_proves_from(message, settings, NULL) &&
	       (lsm_directory_is_home_address(settings->directory, from) ||
		lsm_directory_has_role(settings->directory, from, now));
}

static void
add_recipient(JsonArray *list, const char *address)
{
	if (address != NULL && json_array_get_length(list) < MOST_RECIPIENTS)
		json_array_add_string_element(list, address);
}

static void
add_addressees(JsonArray *list, const GPtrArray *addresses)
{
	for (guint i = 0; i < addresses->len; i++)
		add_recipient(list, ((const LsmAddress *)g_ptr_array_index(addresses, i))->address);
}

/* What did not come by our own submission may have reached the others by another way: the header tells. */
static JsonArray *
list_recipients(const LsmEnvelope *envelope, const LsmMessage *message, gboolean is_submitted)
{
	JsonArray *list = json_array_new();

	for (guint i = 0; i < envelope->recipients->len; i++)
		add_recipient(list, lsm_envelope_recipient(envelope, i)->address);
	if (!is_submitted && message != NULL) {
		add_addressees(list, message->to);
		add_addressees(list, message->cc);
	}
	return list;
}

JsonObject *
lsm_thread_note_new(char *const *ids, const LsmCollector *collector, const LsmEnvelope *envelope,
		    const LsmMessage *message, const LsmSettings *settings, gint64 now)
{
	gboolean is_submitted = lsm_is_submitted(envelope, settings) && !envelope->by_command;
	g_autofree char *message_id = NULL;
	JsonObject *note;

	if (!is_submitted && (message == NULL || !is_proved_ours(message, settings, now)))
		return NULL;
	message_id = lsm_message_read_id(lsm_collector_field(collector, "Message-ID"));
	note = json_object_new();
	lsm_json_set_strings(note, "ids", (const char *const *)ids);
	lsm_json_set(note, "message_id", message_id);
	lsm_json_set(note, "by", is_submitted ? envelope->sender : lsm_message_from_address(message));
	json_object_set_array_member(note, "recipients", list_recipients(envelope, message, is_submitted));
	return note;
}
