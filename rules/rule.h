/*
 * rule.h - the table of rules: one row a rule in rules.def, one small check function each.
 */
#ifndef LSM_RULES_RULE_H
#define LSM_RULES_RULE_H

#include "conf/settings.h"
#include "rules/document.h"
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

/* A rule may be for statements of certain purposes only; without such a bit it is for all. They stand in the
 * column of the ways: LSM_FOR_OUT | LSM_IF_RESPONSE. */
#define LSM_IF_INFORMATION (1u << 16)
#define LSM_IF_ACTION (1u << 17)
#define LSM_IF_RESPONSE (1u << 18)
#define LSM_IF_COMMENT (1u << 19)
#define LSM_IF_NONE (1u << 20) /* no purpose was read, or none that is known */
#define LSM_IF_ANY (LSM_IF_INFORMATION | LSM_IF_ACTION | LSM_IF_RESPONSE | LSM_IF_COMMENT | LSM_IF_NONE)

/* The dated sets of rules (REQUIREMENTS A.8): bits of lsm_rule_sets(). */
#define LSM_SET_RFC4053 1u
#define LSM_SET_BIS_02 2u
#define LSM_SET_BIS_05 4u
#define LSM_SET_BIS (LSM_SET_BIS_02 | LSM_SET_BIS_05)
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
	const LsmMentions *mentions; /* the documents that the text names, read once for all rules; or NULL */
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
	guint ways;               /* LSM_FOR_... bits, and LSM_IF_... bits */
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

/* Is it on this way, under this rule set (a bit) and for this purpose that the rule is to be run? */
gboolean lsm_rule_applies(const LsmRule *rule, LsmWay way, guint set, guint purposes);
/* LSM_IF_... bits of a statement's purposes: one for each that is named, or LSM_IF_NONE. */
guint lsm_rule_purposes(const LsmStatement *statement);
/* The purposes that a rule is for, "response" or "information, action"; "any" when it is for all,
 * "no response" when it is for all but that. New. */
char *lsm_rule_purpose_text(const LsmRule *rule);
/* "all", or the names of the sets in which it holds: "bis-02 bis-05". New. */
char *lsm_rule_sets_text(const LsmRule *rule);

/* One state of the procedure's text; a rule says by its mask in which of them it holds. */
typedef struct {
	guint bit;
	const char *name;      /* "bis-05", as in the setting rule-set */
	const char *date;      /* of the document: "2026-07-20", "2005-04" */
	const char *document;  /* "draft-iab-rfc4053bis-05" */
	const char *procedure; /* what people call it: "rfc4053bis" */
	const char *differs;   /* what a sender notices, one or more sentences */
} LsmRuleSet;

/* All of them, the oldest first. */
const LsmRuleSet *lsm_rule_sets(guint *count_out);
/* By name; NULL when unknown. */
const LsmRuleSet *lsm_rule_set_find(const char *name);
/* Bit of a rule set's name; 0 when unknown. */
guint lsm_rule_set_bit(const char *name);
/* CONFIG error when the settings name an unknown rule or rule set; names the nearest one, if any is near. */
gboolean lsm_rule_check_settings(const LsmSettings *settings, GError **error);

#endif
