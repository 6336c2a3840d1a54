/*
 * collect.h - gathers one mail's header and body under caps, before anything parses it.
 *
 * The result is one buffer "Name:value\r\n ... \r\n\r\nbody" as the mail server handed it over (values keep
 * their leading blank; folded lines end in CRLF). What goes over a cap is left out, and
 * `truncated` says so. Used by the gate and, so that pre-flight sees the same, by liaisonctl.
 */
#ifndef LSM_RULES_COLLECT_H
#define LSM_RULES_COLLECT_H

#include "conf/settings.h"

typedef struct {
	char *name;  /* both in the collector's memory */
	char *value; /* raw, leading blank kept, line ends as "\n" */
} LsmRawField;

/* FALSE where its name does not begin with that letter, in either case: most fields are not the one that is sought. */
static inline gboolean
lsm_raw_field_may_be(const LsmRawField *field, char letter)
{
	return ((field->name[0] ^ letter) & ~0x20) == 0;
}

typedef struct LsmCollector {
	const LsmSettings *settings; /* caps; borrowed */
	GPtrArray *fields;           /* of LsmRawField *, in order: for screening, before the body */
	struct LsmPiece *pieces;     /* of memory, that the fields are in */
	gsize header_size;
	GByteArray *bytes;      /* the mail so far, from the end of the header on */
	gsize body_offset;      /* 0 until the header ended */
	gsize line_offset;      /* where the line begins that is being received */
	int boundary_lines;     /* lines that begin with "--" so far */
	gboolean at_line_start; /* that line has fewer than two octets yet: not judged */
	gboolean full;          /* a cap of the body was met: nothing more is kept */
	gboolean truncated;
} LsmCollector;

/* Borrows the settings: they must outlive the collector. */
LsmCollector *lsm_collector_new(const LsmSettings *settings);
void lsm_collector_free(LsmCollector *collector);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmCollector, lsm_collector_free)

/*
 * FALSE when the field was left out because of a cap, or because its name cannot be one. A line of
 * the value that does not begin with a blank gets one, so that no value can end the header.
 */
gboolean lsm_collector_add_field(LsmCollector *collector, const char *name, const char *value);
/* Writes the header into the buffer: for mail that is looked at beyond its header, or parsed, which do it by
 * themselves. A second call does nothing. */
void lsm_collector_end_header(LsmCollector *collector);
/* FALSE once nothing more is kept: the caller may skip the rest of the body. */
gboolean lsm_collector_add_body(LsmCollector *collector, const void *chunk, gsize length);

/* How many octets of the buffer a MIME parser may see: all, unless the parts have more than 10,000 header
 * lines or 1 MiB of header together. The octets beyond are kept all the same. */
gsize lsm_collector_parse_limit(const LsmCollector *collector);

/* Value of the first field of that name (any case) behind its leading blanks, or NULL; n-th (from 0)
 * with lsm_collector_field_at. Belongs to the collector. */
const char *lsm_collector_field(const LsmCollector *collector, const char *name);
const char *lsm_collector_field_at(const LsmCollector *collector, const char *name, guint n);

/*
 * Feeds a whole mail (as from a file or mbox; LF or CRLF line ends, leading "From " line skipped) and
 * does what a mail server does on the way: line ends become CRLF, NULs in the header are dropped,
 * the header ends at the first line that cannot be one of it.
 */
void lsm_collector_add_mail(LsmCollector *collector, const char *mail, gsize length);

#endif
