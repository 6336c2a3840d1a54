/*
 * log_verify.c - recomputes the whole log and names every place that is wrong.
 *
 * Owns nothing, writes nothing. Each hash is compared with what its neighbours as *stored* give, and
 * the way goes on with the stored ones: so that a fault is named where it is, once or with the
 * subtrees that it touches, and not again for all that follows. If all these local comparisons hold,
 * so does the root. After a gap, what cannot be known is not compared.
 */
#include <string.h>

#include "conf/error.h"
#include "store/log_row.h"

#define POSITION G_GUINT64_FORMAT

typedef struct {
	LsmStoreTxn *txn;
	LsmVerifyReport report;
	LsmVerifyStep step;
	gpointer data;
	guint64 problems;
	guint64 seen; /* rows */
	gboolean has_head;
	LsmLogEdge head; /* as stored */
	LsmLogEdge edge; /* as the rows say so far */
	guint64 known;   /* bit n: edge.peaks[n] was stored, not lost in a gap */
	GError *error;   /* the store could not be read */
} Verifier;

static void problem(Verifier *verifier, guint64 position, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
problem(Verifier *verifier, guint64 position, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *what = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	verifier->problems++;
	if (verifier->report)
		verifier->report(position, what, verifier->data);
}

/* Goes on at a later position. A peak stays known if it covers the same events before and after. */
static void
skip_to(Verifier *verifier, guint64 position)
{
	guint64 same = ~(guint64)0; /* levels above which both sizes agree */

	for (guint64 difference = verifier->edge.size ^ position; difference; difference >>= 1)
		same <<= 1;
	verifier->known &= position & same;
	verifier->edge.size = position;
}

static void
check_order(Verifier *verifier, guint64 position)
{
	guint64 expected = verifier->edge.size;

	if (position == expected)
		return;
	if (position == expected + 1)
		problem(verifier, expected, "event %" POSITION ": is missing", expected);
	else
		problem(verifier, expected, "events %" POSITION " to %" POSITION ": are missing", expected,
			position - 1);
	skip_to(verifier, position);
}

static void
check_private(Verifier *verifier, guint64 position, const LsmEvent *event)
{
	guint8 key[LSM_LOG_KEY_SIZE];
	char digest[2 * LSM_HASH_SIZE + 1];
	g_autoptr(GBytes) row = NULL;

	lsm_log_key(position, key);
	if (lsm_store_get(verifier->txn, LSM_TABLE_PRIVATE, key, sizeof key, &row, &verifier->error) !=
	    LSM_FOUND)
		return;
	if (!event->salted_digest)
		problem(verifier, position, "event %" POSITION ": has a private part that it does not name",
			position);
	else if (!lsm_log_private_digest(g_bytes_get_data(row, NULL), g_bytes_get_size(row), digest) ||
		 strcmp(digest, event->salted_digest) != 0)
		problem(verifier, position, "event %" POSITION ": its private part does not match its digest",
			position);
}

static void
check_event(Verifier *verifier, guint64 position, const LsmLogRow *row)
{
	LsmHash leaf;
	g_autoptr(GError) why = NULL;

	lsm_log_leaf_hash(row->event, row->event_length, leaf);
	if (memcmp(leaf, row->hashes[0], sizeof leaf) != 0) {
		problem(verifier, position, "event %" POSITION ": its bytes do not match the leaf hash",
			position);
		return;
	}
	g_autoptr(LsmEvent) event = lsm_event_parse(row->event, row->event_length, &why);
	if (event)
		check_private(verifier, position, event);
	else
		problem(verifier, position, "event %" POSITION ": %s", position, why->message);
}

/* The subtrees that the event completes, each from the one on its left and the one below. */
static void
check_nodes(Verifier *verifier, guint64 position, const LsmLogRow *row)
{
	LsmHash node;

	for (guint level = 0; level + 1 < row->count; level++) {
		if (!(verifier->known >> level & 1))
			continue;
		lsm_log_node_hash(verifier->edge.peaks[level], row->hashes[level], node);
		if (memcmp(node, row->hashes[level + 1], sizeof node) != 0)
			problem(verifier, position,
				"event %" POSITION ": the hash of the subtree of events %" POSITION
				" to %" POSITION " does not match",
				position, position - (((guint64)2 << level) - 1), position);
	}
}

static void
add_row(Verifier *verifier, const LsmLogRow *row)
{
	guint top = row->count - 1;

	memcpy(verifier->edge.peaks[top], row->hashes[top], LSM_HASH_SIZE);
	verifier->known &= ~(((guint64)1 << top) - 1);
	verifier->known |= (guint64)1 << top;
	verifier->edge.size++;
}

static void
check_row(Verifier *verifier, guint64 position, const void *value, gsize value_length)
{
	LsmLogRow row;

	if (!lsm_log_row_parse(value, value_length, &row)) {
		problem(verifier, position,
			"event %" POSITION ": its row is cut short or has no count of hashes", position);
		skip_to(verifier, position + 1);
	} else if (row.count != lsm_log_row_count(position)) {
		problem(verifier, position, "event %" POSITION ": its row has %u hashes instead of %u",
			position, row.count, lsm_log_row_count(position));
		skip_to(verifier, position + 1);
	} else {
		check_event(verifier, position, &row);
		check_nodes(verifier, position, &row);
		add_row(verifier, &row);
	}
}

static gboolean
visit_log(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	Verifier *verifier = data;
	guint64 position;

	if (!lsm_log_key_parse(key, key_length, &position)) {
		problem(verifier, verifier->edge.size,
			"before event %" POSITION ": a row whose key is no position", verifier->edge.size);
	} else if (verifier->has_head && position >= verifier->head.size) {
		problem(verifier, position, "event %" POSITION ": stands beyond the end that the head names",
			position);
	} else {
		check_order(verifier, position);
		check_row(verifier, position, value, value_length);
	}
	verifier->seen++;
	if (verifier->step)
		verifier->step(verifier->seen, verifier->data);
	return !verifier->error;
}

static gboolean
visit_private(const void *key, gsize key_length, const void *value G_GNUC_UNUSED,
	      gsize value_length G_GNUC_UNUSED, gpointer data)
{
	Verifier *verifier = data;
	guint64 position;

	if (!lsm_log_key_parse(key, key_length, &position))
		problem(verifier, verifier->edge.size, "a private part whose key is no position");
	else if (position >= verifier->edge.size)
		problem(verifier, position, "event %" POSITION ": has a private part but is not in the log",
			position);
	return TRUE;
}

static gboolean
read_head(Verifier *verifier, GError **error)
{
	g_autoptr(GError) why = NULL;
	LsmFound found = lsm_log_edge_get(verifier->txn, &verifier->head, &why);

	verifier->has_head = found == LSM_FOUND;
	if (found == LSM_FAILED && !g_error_matches(why, LSM_ERROR, LSM_ERROR_CORRUPT)) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	if (found == LSM_FAILED)
		problem(verifier, 0, "head: %s", why->message);
	return TRUE;
}

static void
check_head(Verifier *verifier)
{
	guint64 from = 0;

	if (!verifier->has_head) {
		if (verifier->edge.size > 0 && verifier->problems == 0)
			problem(verifier, 0, "head: is missing");
		return;
	}
	check_order(verifier, verifier->head.size);
	for (guint level = LSM_LOG_LEVELS; level-- > 0;) {
		guint64 bit = (guint64)1 << level;
		if (!(verifier->head.size & bit))
			continue;
		if (verifier->known & bit &&
		    memcmp(verifier->head.peaks[level], verifier->edge.peaks[level], LSM_HASH_SIZE) != 0)
			problem(verifier, from + bit - 1,
				"head: its hash of the subtree of events %" POSITION " to %" POSITION
				" does not match",
				from, from + bit - 1);
		from += bit;
	}
}

gboolean
lsm_log_verify_stepwise(LsmStoreTxn *txn, LsmVerifyReport report, LsmVerifyStep step, gpointer data,
			guint64 *problems_out, LsmLogHead *head_out, GError **error)
{
	Verifier verifier = {.txn = txn, .report = report, .step = step, .data = data};

	*problems_out = 0;
	if (!read_head(&verifier, error) ||
	    !lsm_store_scan(txn, LSM_TABLE_LOG, "", 0, LSM_SCAN_FORWARD, visit_log, &verifier, error))
		return FALSE;
	if (verifier.error) {
		g_propagate_error(error, verifier.error);
		return FALSE;
	}
	check_head(&verifier);
	if (!lsm_store_scan(txn, LSM_TABLE_PRIVATE, "", 0, LSM_SCAN_FORWARD, visit_private, &verifier, error))
		return FALSE;
	*problems_out = verifier.problems;
	if (head_out) {
		head_out->size = verifier.head.size;
		lsm_log_edge_root(&verifier.head, head_out->root);
	}
	return TRUE;
}

gboolean
lsm_log_verify(LsmStoreTxn *txn, LsmVerifyReport report, gpointer data, guint64 *problems_out,
	       LsmLogHead *head_out, GError **error)
{
	return lsm_log_verify_stepwise(txn, report, NULL, data, problems_out, head_out, error);
}
