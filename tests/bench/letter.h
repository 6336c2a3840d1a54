/*
 * letter.h - the mails that the load generator sends.
 *
 * A letter is made once and sent many times. Each sending has a number of its own: twelve hexadecimal digits
 * in its Message-ID and in a statement's text, so that every statement is a new case.
 */
#ifndef LSM_TESTS_BENCH_LETTER_H
#define LSM_TESTS_BENCH_LETTER_H

#include <glib.h>

/* How the body is written. */
typedef enum {
	LETTER_PLAIN,     /* text/plain */
	LETTER_MULTIPART, /* multipart/alternative: text/plain, and text/html in quoted-printable */
	LETTER_BASE64,    /* text/plain in base64 */
	LETTER_ATTACHED   /* multipart/mixed: text/plain, and a file in base64 */
} LetterForm;

typedef struct {
	char *name;
	char *value;    /* with the leading blank */
	gsize slot;     /* where in it the number stands; 0: nowhere */
} LetterField;

typedef struct {
	const char *sender;    /* without <> */
	GPtrArray *recipients; /* of char *, without <> */
	const char *login;     /* NULL: none */
	const char *daemon_name, *client_name, *client_address;
	GPtrArray *fields; /* of LetterField */
	GByteArray *body;  /* CRLF line ends */
	gsize slot;        /* where in it the number stands; 0: nowhere */
	gboolean slot_is_base64;
	const char *want;     /* the mail's answer: "accept", or a reply's code */
	gboolean wants_edits; /* whether the mail may be edited: ordinary mail must not */
} Letter;

typedef struct {
	const char *kind; /* "ordinary" ...: a row of the table in letter.c */
	LetterForm form;
	gsize size;             /* octets of the whole mail, about; what it says at least is never cut */
	guint more_recipients, more_fields;
	const char *attachment; /* file of an attached letter; NULL: octets that are no document */
	const char *mail;       /* file with header and body to send in place of all this; NULL: none */
} LetterPlan;

/* NULL with error: no such kind, or no such file. */
Letter *letter_new(const LetterPlan *plan, GError **error);
void letter_free(Letter *letter);

/* The mail as a file has it, LF line ends; every number in it is 0. Caller frees. */
char *letter_print(const Letter *letter);

/* "ordinary, listed, ..."; caller frees. */
char *letter_kinds(void);
/* "plain" ...; FALSE: no such form. */
gboolean letter_find_form(const char *name, LetterForm *form_out);

/* Writes the number into a copy of the body's octets from `offset` on, if its place is among them: it is near the
 * body's beginning. */
void letter_stamp_body(const Letter *letter, guint8 *octets, gsize offset, gsize length, guint64 number);
void letter_stamp_field(const LetterField *field, guint8 *value, guint64 number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Letter, letter_free)

#endif
