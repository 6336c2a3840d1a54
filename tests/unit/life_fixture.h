/*
 * life_fixture.h - a desk whose directory knows several directors, a coordinator and a term that is over; and
 * steps of a statement's life in one call.
 */
#ifndef LSM_TESTS_LIFE_FIXTURE_H
#define LSM_TESTS_LIFE_FIXTURE_H

#include "tests/unit/desk_fixture.h"
#include "tests/unit/fake_smtp.h"

#define BOUNCES "liaison-coordination+r-"
#define COORD "coord@example.org"
#define AD1 "ad1@example.org"
#define AD2 "ad2@example.org"
#define AD3 "ad3@example.org"
#define TWO_BODIES                                                                                           \
	"From: Carol Chair <carol@example.org>\nTo: " BBF "\nSubject: Both of us\n" MESSAGE_ID("two")        \
	"\nLiaison-Statement: 1\nFrom: IPPM and QUIC Working Groups\nFrom-Contact: ippm-chairs@ietf.org\n"   \
	"Send-Reply-To: liaison-coordination@iab.org\nTo: Broadband Forum\nTo-Contact: " BBF                 \
	"\nPurpose: For information\n" STATEMENT_TEXT

/* Free with desk_fixture_free. extra: lines of the settings file, or NULL. */
DeskFixture *life_new(const char *extra);
/* The same with its mail going to this server. */
DeskFixture *life_sending_new(FakeSmtp *server);

/* The mail passes and is taken; its case's id, caller frees. */
char *life_pass(DeskFixture *fixture, const TestMail *mail);
/* The step's answer, or NULL with error; argument may be NULL. */
JsonObject *life_act_with(DeskFixture *fixture, const char *verb, const char *id, const char *address,
			  const char *argument, const char *value, GError **error);
/* "state", "already state", or "error N" (the class); caller frees. */
char *life_act(DeskFixture *fixture, const char *verb, const char *id, const char *address);

/* "due > recipient recipient; ..." of each release in the outbox, oldest first; caller frees. */
char *life_releases(DeskFixture *fixture);
guint life_count_events(DeskFixture *fixture, const char *type);
void life_assert_state(DeskFixture *fixture, const char *id, const char *want);

#endif
