/*
 * interventions.c - has so much been rejected or redirected within the hour that the milter must only record?
 *
 * Owns the count of the service, which may be too high but never too low: what grows old, or was noted in
 * a transaction that came to nothing, stays in it until it is made anew. While it is below the limit
 * nothing is read; from there on the record's index decides. Any thread; noted in the writer's transaction
 * alone, before others can see the row.
 */
#include <string.h>

#include "desk/internal.h"

#define HOUR (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

typedef struct {
	gint count;
	gint enough;
	const char *oldest;
} Count;

static gboolean
count_row(const char *term, const char *id, gpointer data)
{
	Count *found = data;

	(void)id;
	if (strcmp(term, found->oldest) < 0)
		return FALSE;
	return ++found->count < found->enough;
}

/* How many there are, as far as it matters whether they are enough. */
static gboolean
count_rows(LsmStoreTxn *txn, gint64 now, gint enough, gint *count_out, GError **error)
{
	g_autofree char *oldest = lsm_time_term(now - HOUR);
	Count found = {0, enough, oldest};

	if (enough > 0 &&
	    !lsm_index_scan(txn, LSM_INDEX_INTERVENTION, "", LSM_SCAN_BACKWARD, count_row, &found, error))
		return FALSE;
	*count_out = found.count;
	return TRUE;
}

static gint
limit_of(LsmService *service)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);

	return settings->max_interventions;
}

/* The lock is held. The count is of the hour before it was made and of what came since: with a clock that was
 * set back it says nothing. */
static gboolean
is_surely_below(const LsmService *service, gint64 now, gint limit)
{
	return service->interventions_counted > 0 && now >= service->interventions_counted &&
	       service->interventions_at_most < limit;
}

gboolean
lsm_interventions_allow(LsmService *service, LsmStoreTxn *txn, gboolean *may_out, GError **error)
{
	gint limit = limit_of(service), count;
	gint64 now = lsm_service_now(service);

	g_mutex_lock(&service->lock);
	*may_out = is_surely_below(service, now, limit);
	g_mutex_unlock(&service->lock);
	if (*may_out)
		return TRUE;
	if (!count_rows(txn, now, limit, &count, error))
		return FALSE;
	*may_out = count < limit;
	return TRUE;
}

gboolean
lsm_interventions_note(LsmService *service, LsmStoreTxn *txn, const char *time, const char *id,
		       GError **error)
{
	gint limit = limit_of(service), count;
	gint64 now = lsm_service_now(service);
	gboolean is_below;

	g_mutex_lock(&service->lock);
	is_below = is_surely_below(service, now, limit);
	if (is_below)
		service->interventions_at_most++;
	g_mutex_unlock(&service->lock);
	if (!lsm_index_put(txn, LSM_INDEX_INTERVENTION, time, id, error))
		return FALSE;
	if (is_below)
		return TRUE;
	/* Here and not where it is asked: only the writer's transaction sees all that were ever noted. And all of
	 * them: the limit may be a higher one tomorrow. */
	if (!count_rows(txn, now, G_MAXINT, &count, error))
		return FALSE;
	g_mutex_lock(&service->lock);
	service->interventions_counted = now;
	service->interventions_at_most = count;
	g_mutex_unlock(&service->lock);
	return TRUE;
}
