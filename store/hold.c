/*
 * hold.c - many hold a thing for a while, or one alone changes it.
 *
 * Owns its counts. Threads: any. A change that waits keeps new holders out, so that it gets its turn;
 * it gives up after a time because a holder may itself wait for one of those.
 */
#include "store/hold.h"

void
lsm_hold_init(LsmHold *hold)
{
	g_mutex_init(&hold->mutex);
	g_cond_init(&hold->moved);
}

void
lsm_hold_clear(LsmHold *hold)
{
	g_mutex_clear(&hold->mutex);
	g_cond_clear(&hold->moved);
}

void
lsm_hold_take(LsmHold *hold)
{
	g_mutex_lock(&hold->mutex);
	while (hold->changing)
		g_cond_wait(&hold->moved, &hold->mutex);
	hold->holders++;
	g_mutex_unlock(&hold->mutex);
}

gboolean
lsm_hold_drop(LsmHold *hold)
{
	g_mutex_lock(&hold->mutex);
	hold->holders--;
	gboolean none = hold->holders == 0;
	gboolean last = none && hold->given_up;
	if (none)
		g_cond_broadcast(&hold->moved);
	g_mutex_unlock(&hold->mutex);
	return last;
}

gboolean
lsm_hold_give_up(LsmHold *hold)
{
	g_mutex_lock(&hold->mutex);
	hold->given_up = TRUE;
	gboolean last = hold->holders == 0;
	g_mutex_unlock(&hold->mutex);
	return last;
}

gboolean
lsm_hold_begin_change(LsmHold *hold, gint64 patience)
{
	gint64 until = g_get_monotonic_time() + patience;
	gboolean in_time = TRUE;

	g_mutex_lock(&hold->mutex);
	while (in_time && hold->changing)
		in_time = g_cond_wait_until(&hold->moved, &hold->mutex, until);
	if (in_time) {
		hold->changing = TRUE;
		while (in_time && hold->holders > 0)
			in_time = g_cond_wait_until(&hold->moved, &hold->mutex, until);
		if (!in_time) {
			hold->changing = FALSE;
			g_cond_broadcast(&hold->moved);
		}
	}
	g_mutex_unlock(&hold->mutex);
	return in_time;
}

void
lsm_hold_end_change(LsmHold *hold)
{
	g_mutex_lock(&hold->mutex);
	hold->changing = FALSE;
	g_cond_broadcast(&hold->moved);
	g_mutex_unlock(&hold->mutex);
}
