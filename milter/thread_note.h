/*
 * thread_note.h - what the desk is told of an informal mail in a statement's thread.
 */
#ifndef LSM_MILTER_THREAD_NOTE_H
#define LSM_MILTER_THREAD_NOTE_H

#include <json-glib/json-glib.h>

#include "rules/collect.h"
#include "rules/envelope.h"
#include "rules/message.h"

/*
 * ids: what the mail answers. message: NULL where the mail was not read to its end. New object (shape:
 * desk/thread.h), or NULL when nothing proves that the mail is ours: somebody who logged in, or came by a
 * submission path; or a From of ours, or of one with a role here, that an Authentication-Results of a named
 * server proves.
 */
JsonObject *lsm_thread_note_new(char *const *ids, const LsmCollector *collector, const LsmEnvelope *envelope,
				const LsmMessage *message, const LsmSettings *settings, gint64 now);

#endif
