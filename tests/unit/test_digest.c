/*
 * test_digest.c - the daily list of each role holder, and what it is made from.
 */
#include "tests/unit/desk_fixture.h"

#include <string.h>

#include "desk/agenda.h"
#include "desk/json.h"
#include "desk/reminder.h"

#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define CONTACT "liaison-coordination@iab.org"
#define IN_STATE(state) "{\"way\":\"in\",\"state\":\"" state "\"}"
#define OUT_STATE(state) "{\"way\":\"out\",\"state\":\"" state "\"}"
#define FROM_IPPM "{\"from\":[\"IPPM\"],\"to\":[\"Broadband Forum\"],\"login\":\"carol\"}"
#define ASKS                                                                                                 \
	"{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"],\"purposes\":[\"action\"],\"deadline\":\"2026-12-05\","     \
	"\"subject\":\"LS on "                                                                               \
	"metrics\",\"assignee\":\"dora@example.org\",\"distributed\":[\"ippm@ietf.org\"]}"

static void
remind(DeskFixture *fixture, gboolean dry_run, JsonObject **answer_out)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(lsm_reminder_run(fixture->service, dry_run, answer_out, &error));
	g_assert_no_error(error);
}

/* The mails of the outbox, joined. Caller frees. */
static char *
all_mails(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < entries->len; i++) {
		g_autoptr(GBytes) mail = NULL;

		lsm_content_get(txn, ((LsmOutboxEntry *)entries->pdata[i])->content, &mail, NULL);
		g_string_append_len(text, g_bytes_get_data(mail, NULL), (gssize)g_bytes_get_size(mail));
	}
	return g_string_free(text, FALSE);
}

static char *
digests_of(JsonObject *answer)
{
	JsonArray *rows = lsm_json_get_array(answer, "digests");
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < json_array_get_length(rows); i++) {
		JsonObject *row = json_array_get_object_element(rows, i);
		g_string_append_printf(text, "%s%s:%d", text->len > 0 ? " " : "",
				       lsm_json_get(row, "to", "?"), (int)lsm_json_get_int(row, "count", -1));
	}
	return g_string_free(text, FALSE);
}

static void
test_digest(void)
{
	DeskFixture *fixture = desk_fixture_new("", NULL);
	g_autoptr(JsonObject) dry = NULL;
	g_autoptr(JsonObject) first = NULL;
	g_autoptr(JsonObject) second = NULL;
	g_autoptr(JsonObject) next = NULL;
	g_autofree char *mails = NULL;
	const char *own, *late, *soon, *pending;

	desk_fixture_event(fixture, "LS-20261121-AAAAA", LSM_EVENT_REDIRECTED, OUT_STATE("pending"),
			   FROM_IPPM);
	desk_fixture_event(fixture, "LS-20261121-BBBBB", LSM_EVENT_SEEN, IN_STATE("distributed"), ASKS);
	desk_fixture_event(
		fixture, "LS-20261121-CCCCC", LSM_EVENT_SEEN, IN_STATE("unconfirmed"),
		"{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"],\"deadline\":\"2026-11-20\",\"subject\":\"late\"}");
	desk_fixture_event(fixture, "LS-20261121-DDDDD", LSM_EVENT_SEEN, IN_STATE("closed"),
			   "{\"from\":[\"ITU-T\"]}");
	desk_fixture_event(fixture, "LS-20261121-EEEEE", LSM_EVENT_SEEN,
			   "{\"way\":\"in\",\"state\":\"unconfirmed\",\"observed\":true}",
			   "{\"from\":[\"ITU-T\"]}");
	remind(fixture, TRUE, &dry);
	remind(fixture, FALSE, &first);
	assert_text(digests_of(first),
		    "dora@example.org:1 ippm-chairs@ietf.org:1 itu-manager@ietf.org:2 " CONTACT
		    ":3 ops-ads@ietf.org:1");
	assert_text(digests_of(dry),
		    "dora@example.org:1 ippm-chairs@ietf.org:1 itu-manager@ietf.org:2 " CONTACT
		    ":3 ops-ads@ietf.org:1");
	remind(fixture, FALSE, &second);
	assert_text(digests_of(second), "");
	mails = all_mails(fixture);
	/* The coordinators' has all three. */
	own = strstr(mails, "Subject: Waiting on 2026-11-21: 3 liaison statements, 1 overdue");
	g_assert_nonnull(own);
	if (own == NULL)
		return;
	late = strstr(own, "CCCCC   unconfirmed  2026-11-21  2026-11-20! confirm (coordinators)");
	soon = strstr(own, "BBBBB   distributed  2026-11-21  2026-12-05  answer, act or close (assignee)");
	pending = strstr(own, "AAAAA   pending      2026-11-21  -           approve (approver)");
	g_assert_true(late != NULL && soon > late && pending > soon);
	g_assert_nonnull(strstr(mails, "        ITU-T > IPPM: LS on metrics\r\n"));
	fixture->now += DAY;
	remind(fixture, FALSE, &next);
	assert_text(digests_of(next),
		    "dora@example.org:1 ippm-chairs@ietf.org:1 itu-manager@ietf.org:2 " CONTACT
		    ":3 ops-ads@ietf.org:1");
	desk_fixture_free(fixture);
}

/* --- the agenda --- */

/* Among many that are done, the few that wait are found; also right after a change, when the rows are behind.
 */
static void
test_agenda(void)
{
	DeskFixture *fixture = desk_fixture_new("", NULL);
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(GPtrArray) agenda = NULL;

	for (guint i = 0; i < 300; i++) {
		g_autofree char *id = g_strdup_printf("LS-20261121-A%04u", i);

		desk_fixture_event(fixture, id, LSM_EVENT_SEEN, IN_STATE("unconfirmed"),
				   "{\"from\":[\"ITU-T\"]}");
		if (i % 100 != 7)
			desk_fixture_event(fixture, id, LSM_EVENT_CLOSED, "{\"state\":\"closed\"}", "{}");
	}
	txn = lsm_store_begin_read(fixture->store, NULL);
	agenda = lsm_agenda_load(txn, NULL);
	g_assert_cmpuint(agenda->len, ==, 3);
	g_clear_pointer(&txn, lsm_store_txn_free);
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/digest/each-role-holder", test_digest);
	g_test_add_func("/digest/agenda", test_agenda);
	return g_test_run();
}
