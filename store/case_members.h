/*
 * case_members.h - the table of a case's members, shared by case.c and case_json.c.
 */
#ifndef LSM_STORE_CASE_MEMBERS_H
#define LSM_STORE_CASE_MEMBERS_H

#include "store/case.h"

typedef enum {
	LSM_MEMBER_TEXT, /* char *, may be NULL */
	LSM_MEMBER_LIST, /* char **, never NULL */
	LSM_MEMBER_FLAG  /* gboolean */
} LsmMemberKind;

typedef enum {
	LSM_MEMBER_PUBLIC, /* stands in the log for ever */
	LSM_MEMBER_PRIVATE /* can be erased */
} LsmMemberPart;

typedef enum {
	LSM_MEMBER_LAST,  /* the last event that has it says what it is */
	LSM_MEMBER_FIRST, /* the first one that has it */
	LSM_MEMBER_ADD    /* elements add up, each once */
} LsmMemberRule;

typedef struct {
	const char *name; /* in events and in the case's JSON */
	LsmMemberKind kind;
	LsmMemberPart part;
	LsmMemberRule rule;
	gsize offset; /* in LsmCase */
} LsmCaseMember;

extern const LsmCaseMember lsm_case_members[];
extern const guint lsm_case_members_count;

/* The place in a case; only the one that fits the member's kind has a meaning. */
char **lsm_case_member_text(LsmCase *item, const LsmCaseMember *member);
char ***lsm_case_member_list(LsmCase *item, const LsmCaseMember *member);
gboolean *lsm_case_member_flag(LsmCase *item, const LsmCaseMember *member);

/* Sets a member by its rule; FALSE and nothing done when the node is of another type. */
gboolean lsm_case_member_apply(LsmCase *item, const LsmCaseMember *member, LsmMemberRule rule,
			       JsonNode *node);

#endif
