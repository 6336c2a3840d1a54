/*
 * fake_smtp.h - a mail server on loopback that takes what it is sent, or not, by the recipient's first
 * letters: "later" gets 451, "refused" 550, "gone" a closed connection; everybody else 250.
 */
#ifndef LSM_TESTS_FAKE_SMTP_H
#define LSM_TESTS_FAKE_SMTP_H

#include <glib.h>

typedef struct FakeSmtp FakeSmtp;

FakeSmtp *fake_smtp_new(void);
void fake_smtp_free(FakeSmtp *server);

/* "outbox-server = ..." for the settings file; caller frees. */
char *fake_smtp_setting(const FakeSmtp *server);
/* "<sender>><recipient>" of each mail that was taken since the last call, in order, joined by blanks. */
char *fake_smtp_taken(FakeSmtp *server);
/* How many connections there have been. */
guint fake_smtp_connections(FakeSmtp *server);
/* The last mail's octets as they were before dot-stuffing; caller frees. */
GBytes *fake_smtp_last(FakeSmtp *server);

#endif
