/*
 * values.h - what a text about one statement may say: key, value, key, value.
 */
#ifndef LSM_DESK_VALUES_H
#define LSM_DESK_VALUES_H

#include "conf/settings.h"
#include "store/case.h"

typedef struct LsmValues LsmValues;

/*
 * Those that every text about a case may use: from, to, purpose, deadline, subject, sender, assignee, state,
 * meaning, contact, home, id, short. item NULL: contact and home alone. What is not known is said in words
 * ("none", "nobody yet").
 */
LsmValues *lsm_values_new(const LsmSettings *settings, const LsmCase *item);
void lsm_values_free(LsmValues *values);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmValues, lsm_values_free)

/* Adds one; takes value (NULL: ""). The key is borrowed. */
void lsm_values_take(LsmValues *values, const char *key, char *value);
/* For lsm_guidance_text and LsmMail; good until the next value is added. */
const char *const *lsm_values_list(const LsmValues *values);

/* A text for somebody to send on: its "Subject: ..." and its body, between two lines to cut at. Caller frees.
 */
char *lsm_values_quote(const char *text);

#endif
