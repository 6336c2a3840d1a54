/*
 * wire.h - the mail server's side of the milter protocol (version 6), fast: many mails on a connection.
 *
 * Sends the macros that the filter asked for, leaves out the steps that it does not want, waits for no reply
 * that it said not to give, and ends a mail where the filter ends it. One thread uses a connection.
 */
#ifndef LSM_TESTS_BENCH_WIRE_H
#define LSM_TESTS_BENCH_WIRE_H

#include "tests/bench/letter.h"

typedef struct Wire Wire;

/* Postfix writes what it has when it needs a reply; sendmail writes every packet by itself, macros too. */
typedef enum { WIRE_AS_POSTFIX, WIRE_AS_SENDMAIL } WireManner;

typedef struct {
	char word[16]; /* "accept", "discard", "reject", "tempfail", or a reply's code */
	guint edits;   /* header fields, recipients, bodies, quarantine */
} WireAnswer;

/* place: unix:/path, inet:port@host. letter: who the client is. Connects, negotiates, sends connect and HELO.
 * NULL with error. */
Wire *wire_open(const char *place, WireManner manner, const Letter *letter, GError **error);

/* From MAIL to the answer. FALSE with error: the connection is of no more use. */
gboolean wire_send(Wire *wire, const Letter *letter, guint64 number, WireAnswer *answer_out, GError **error);

/* Says good-bye; NULL is allowed. */
void wire_close(Wire *wire);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Wire, wire_close)

#endif
