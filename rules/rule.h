/*
 * rule.h - the table of rules: one row a rule in rules.def, one small check function each.
 */
#ifndef LSM_RULES_RULE_H
#define LSM_RULES_RULE_H

#include "conf/settings.h"
#include "rules/facts.h"
#include "rules/recognise.h"

/* In order of strength: a verdict is the strongest effect of its findings. */
typedef enum {
	LSM_EFFECT_RECORD,
	LSM_EFFECT_NOTE,
	LSM_EFFECT_COPY,
	LSM_EFFECT_REDIRECT,
	LSM_EFFECT_REJECT
} LsmEffect;

const char *lsm_effect_name(LsmEffect effect); /* "record" "note" "copy" "redirect" "reject" */

/* Ways in which a rule holds, as bits of LsmWay. */
#define LSM_FOR(way) (1u << (way))
#define LSM_FOR_OUT (LSM_FOR(LSM_WAY_OUTGOING) | LSM_FOR(LSM_WAY_AROUND))
#define LSM_FOR_IN LSM_FOR(LSM_WAY_INCOMING)

#define LSM_SET_RFC4053 1u
#define LSM_SET_BIS_02 2u
#define LSM_SET_BIS_05 4u
#define LSM_SET_ALL 7u

/* Everything a check may look at; all borrowed. */
typedef struct {
	const LsmMessage *message;
	const LsmEnvelope *envelope;
	const LsmRecognition *recognition;
	const LsmStatement *statement; /* never NULL here */
	const LsmFacts *facts;
	const LsmSettings *settings;
	gint64 now; /* UNIX time */
} LsmCheckInput;

typedef enum {
	LSM_CHECK_FINE,
	LSM_CHECK_FOUND,
	LSM_CHECK_UNKNOWN /* needs a record that is not at hand */
} LsmCheckResult;

/* detail_out: one line for people in addition to the row's text (a name, a date), or left NULL. */
typedef LsmCheckResult (*LsmCheck)(const LsmCheckInput *input, char **detail_out);

typedef struct {
	const char *id;           /* "purpose.missing": stable for ever */
	const char *requirements; /* "A26" or "A28 A32" */
	guint ways;
	guint rule_sets;
	LsmEffect effect_out; /* when outgoing; around, incoming and others never go beyond COPY */
	LsmMode mode;         /* default mode */
	gboolean is_absence;  /* finds that something lacks: never rejects an unreadable or truncated mail */
	const char *status;   /* enhanced status of a reply: "5.6.0" content, "5.7.1" role and approval */
	const char *section;  /* of the procedure: "2.2" */
	const char *heading;  /* one capital word or two for lists: "PURPOSE" */
	const char *fix;      /* what to do, a full sentence, ASCII, at most 200 octets */
	const char *help;     /* why the rule exists, for manual and mail */
	LsmCheck check;
} LsmRule;

const LsmRule *lsm_rule_table(guint *count_out);
const LsmRule *lsm_rule_find(const char *id);
/* Bit of a rule set's name; 0 when unknown. */
guint lsm_rule_set_bit(const char *name);
/* CONFIG error when the settings name an unknown rule or rule set; names the nearest one, if any is near. */
gboolean lsm_rule_check_settings(const LsmSettings *settings, GError **error);

#endif
