/*
 * hold.c - many hold a thing for a while, or one alone changes it.
 *
 * Owns its counts. Threads: any. A change that waits keeps new holders out, so that it gets its turn;
 * it gives up after a time because a holder may itself wait for one of those. Nobody is woken where nobody waits:
 * every transaction passes here, and a wake-up is a call into the kernel.
 */
#include "store/hold.h"

/* The lock is held. FALSE: it is later than until. */
static gboolean
wait_until(LsmHold *hold, gint64 until)
{
	hold->waiting++;
	gboolean in_time = g_cond_wait_until(&hold->moved, &hold->mutex, until);
	hold->waiting--;
	return in_time;
}

/* The lock is held. */
static void
wake(LsmHold *hold)
{
	if (hold->waiting > 0)
		g_cond_broadcast(&hold->moved);
}

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
	hold->waiting++;
	while (hold->changing)
		g_cond_wait(&hold->moved, &hold->mutex);
	hold->waiting--;
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
		wake(hold);
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

/* The lock is held. */
static gboolean
wait_for_change(LsmHold *hold, gint64 until)
{
	gboolean in_time = TRUE;

	while (in_time && hold->changing)
		in_time = wait_until(hold, until);
	if (!in_time)
		return FALSE;
	hold->changing = TRUE;
	while (in_time && hold->holders > 0)
		in_time = wait_until(hold, until);
	if (!in_time) {
		hold->changing = FALSE;
		wake(hold);
	}
	return in_time;
}

gboolean
lsm_hold_begin_change(LsmHold *hold, gint64 patience)
{
	gint64 until = g_get_monotonic_time() + patience;

	g_mutex_lock(&hold->mutex);
	/* Who has no patience does not keep new holders out for a moment, either. */
	gboolean is_free = !hold->changing && hold->holders == 0;
	gboolean begun = (is_free || patience > 0) && wait_for_change(hold, until);
	g_mutex_unlock(&hold->mutex);
	return begun;
}

void
lsm_hold_end_change(LsmHold *hold)
{
	g_mutex_lock(&hold->mutex);
	hold->changing = FALSE;
	wake(hold);
	g_mutex_unlock(&hold->mutex);
}
