/*
 * statement.h - a liaison statement as plain data; each value with where it was read.
 */
#ifndef LSM_RULES_STATEMENT_H
#define LSM_RULES_STATEMENT_H

#include <glib.h>

/* ROW(id, label in our block, name in JSON, source). To add a field: a row here. */
#define LSM_FIELDS(ROW)                                                                                      \
	ROW(FROM, "From", "from", "A13")                                                                     \
	ROW(FROM_CONTACT, "From-Contact", "from_contact", "A14")                                             \
	ROW(SEND_REPLY_TO, "Send-Reply-To", "reply_to", "A16")                                               \
	ROW(TO, "To", "to", "A21")                                                                           \
	ROW(TO_CONTACT, "To-Contact", "to_contact", "A22")                                                   \
	ROW(CC, "Cc", "cc", "A71")                                                                           \
	ROW(SEND_TO, "Send-To", "send_to", "A23")                                                            \
	ROW(PURPOSE, "Purpose", "purpose", "A26")                                                            \
	ROW(DEADLINE, "Deadline", "deadline", "A28")                                                         \
	ROW(SUBJECT, "Subject", "subject", "A33")                                                            \
	ROW(IN_RESPONSE_TO, "In-Response-To", "in_response_to", "A29")                                       \
	ROW(REPLACES, "Replaces", "replaces", "A69")                                                         \
	ROW(DOCUMENT, "Document", "document", "A46")                                                         \
	ROW(CONSENSUS, "Consensus", "consensus", "A3")

typedef enum {
#define LSM_FIELD_ENUM(id, label, json, source) LSM_FIELD_##id,
	LSM_FIELDS(LSM_FIELD_ENUM)
#undef LSM_FIELD_ENUM
		LSM_FIELD_COUNT
} LsmFieldId;

/* explicit: stood there as a field. inferred: taken from header, envelope or prose. */
typedef enum { LSM_CONFIDENCE_INFERRED, LSM_CONFIDENCE_EXPLICIT } LsmConfidence;

typedef struct {
	char *value;    /* normalised: one address, one body's text, ISO date, purpose word, one line */
	char *verbatim; /* as it stood, one line, at most 500 octets */
	char *where;    /* "body line 3", "header Subject", "envelope" */
	char **to;      /* purpose only: the addressees it is for, or NULL for all */
	LsmConfidence confidence;
} LsmValue;

typedef enum {
	LSM_DEADLINE_NONE,
	LSM_DEADLINE_READ,
	LSM_DEADLINE_AMBIGUOUS,
	LSM_DEADLINE_UNREADABLE
} LsmDeadlineState;

typedef struct {
	const char *form;                   /* "labelled", "datatracker", "subject" ...: static string */
	GPtrArray *values[LSM_FIELD_COUNT]; /* of LsmValue *; never NULL, may be empty */
	LsmDeadlineState deadline_state;
	gboolean has_opening_line; /* our block's "Liaison-Statement: 1" */
	char *version;             /* what stood there in place of the 1; NULL when nothing else did */
	gboolean is_on_top;        /* ... and nothing of the text stands above the block */
	gboolean is_new;           /* FALSE: an update of or reminder about an existing one */
	char *text;                /* content without the block; "" when none */
} LsmStatement;

LsmStatement *lsm_statement_new(const char *form);
void lsm_statement_free(LsmStatement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmStatement, lsm_statement_free)

/* A copy of its values under the form's name, without its text. */
LsmStatement *lsm_statement_copy_values(const LsmStatement *statement);
/* Puts other's values of a field in the place of one's own. */
void lsm_statement_take_field(LsmStatement *statement, const LsmStatement *other, LsmFieldId field);
/* Writes "PLACE, " before each value's place. */
void lsm_statement_relocate(LsmStatement *statement, const char *place);

const char *lsm_field_label(LsmFieldId field);
const char *lsm_field_json_name(LsmFieldId field);

/* Copies all strings; returns the value for further filling. Empty, "-", "N/A", "none" are absent: NULL is
 * returned. */
LsmValue *lsm_statement_add(LsmStatement *statement, LsmFieldId field, const char *value,
			    const char *verbatim, const char *where, LsmConfidence confidence);
gboolean lsm_statement_has(const LsmStatement *statement, LsmFieldId field);
const char *lsm_statement_first(const LsmStatement *statement, LsmFieldId field); /* value, or NULL */
/* All values of a field, NULL-terminated, new strv. */
char **lsm_statement_list(const LsmStatement *statement, LsmFieldId field);

/*
 * Reads what stands in a field, by the field's kind: addresses are taken apart and de-obfuscated
 * ("name [at] host dot com"; what is no address is dropped), parties are split at ";", a purpose becomes
 * its word (or stays as written, for the rules to complain about) with its addressees ("For action to
 * SG15; for information to SG13"), a date sets deadline_state. text: one line, any length.
 */
void lsm_statement_read_field(LsmStatement *statement, LsmFieldId field, const char *text, const char *where,
			      LsmConfidence confidence);

/* All addresses in a text, each once: "Name <a@b>", "mailto:a@b", "name (at) host (dot) org", "name at host dot
 * org". What is no address is left out. */
void lsm_statement_add_addresses(LsmStatement *statement, LsmFieldId field, const char *text,
				 const char *where, LsmConfidence confidence);

/* The field with this label of our block (any case; blank, "_" and "-" are alike; some synonyms); FALSE
 * for others. label: as lsm_text_fold makes it. */
gboolean lsm_field_parse_label(const char *label, LsmFieldId *field_out);

/* Purpose words: maps what people write to "information", "action", "response", "comment"; NULL when none of
 * them. */
const char *lsm_purpose_word(const char *text);

/*
 * A date that people write -> YYYY-MM-DD in iso_out[11] ("" unless READ). READ, AMBIGUOUS (03/04/2027, two
 * dates, a year of two digits) or UNREADABLE; NONE for "". Words around the date do not matter.
 */
LsmDeadlineState lsm_deadline_parse(const char *text, char iso_out[11]);

/* UNIX time of the end of that day anywhere on earth (UTC-12); for "is it past?". 0 when iso is no date. */
gint64 lsm_deadline_end(const char *iso);

#endif
