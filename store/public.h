/*
 * public.h - which statements everybody may see, and what of them.
 *
 * One table says it, of states and ways: released outgoing statements, and incoming ones whose metadata a
 * person confirmed (DESIGN of the record: nothing unconfirmed, withheld, refused, rejected, observed, drafted
 * or wrongly caught). What leaves the house goes through here: exports with --public, feeds, calendars for
 * others.
 */
#ifndef LSM_STORE_PUBLIC_H
#define LSM_STORE_PUBLIC_H

#include "store/case.h"

/* May it be published as it stands now? */
gboolean lsm_public_is(const LsmCase *item);

/*
 * What may be published of it: a new case with parties, purposes, deadline, subject, numbers, contacts as the
 * statement names them, Message-ID, kept content, and those original and answers that are public themselves.
 * Nothing of who sent, approved, follows or annotates it, nor when: changed is the time of the last event of which
 * something shows. LSM_ABSENT where lsm_public_is says no.
 */
LsmFound lsm_public_view(LsmStoreTxn *txn, const LsmCase *item, LsmCase **view_out, GError **error);

#endif
