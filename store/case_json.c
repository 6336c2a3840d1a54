/*
 * case_json.c - a case to and from JSON.
 *
 * Owns the form of LSM_TABLE_CASE's values; uses the table of members, json.h and json_read.h. Threads: any. Fails
 * by GError: CORRUPT names the member.
 */
#include <string.h>

#include "conf/error.h"
#include "store/case.h"
#include "store/case_members.h"
#include "store/json.h"
#include "store/json_read.h"

/* --- render --- */

static void
write_list(GString *out, const char *name, char *const *list)
{
	lsm_json_write_name(out, name);
	g_string_append_c(out, '[');
	for (guint i = 0; list[i]; i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		lsm_json_write_string(out, list[i]);
	}
	g_string_append_c(out, ']');
}

static void
write_text(GString *out, const char *name, const char *text)
{
	lsm_json_write_name(out, name);
	lsm_json_write_string(out, text);
}

static void
write_flag(GString *out, const char *name)
{
	lsm_json_write_name(out, name);
	g_string_append(out, "true");
}

/* Absent stands for NULL, FALSE and the empty list, which most members are. */
static void
write_member(GString *out, LsmCase *item, const LsmCaseMember *member)
{
	switch (member->kind) {
	case LSM_MEMBER_TEXT:
		if (*lsm_case_member_text(item, member))
			write_text(out, member->name, *lsm_case_member_text(item, member));
		break;
	case LSM_MEMBER_LIST:
		if (**lsm_case_member_list(item, member))
			write_list(out, member->name, *lsm_case_member_list(item, member));
		break;
	case LSM_MEMBER_FLAG:
		if (*lsm_case_member_flag(item, member))
			write_flag(out, member->name);
		break;
	}
}

static void
write_time(GString *out, const char *name, gint64 time)
{
	g_autofree char *text = lsm_event_time_render(time);

	write_text(out, name, text);
}

static void
write_positions(GString *out, const GArray *positions)
{
	lsm_json_write_name(out, "positions");
	g_string_append_c(out, '[');
	for (guint i = 0; i < positions->len; i++)
		g_string_append_printf(out, "%s%" G_GUINT64_FORMAT, i == 0 ? "" : ",",
				       g_array_index(positions, guint64, i));
	g_string_append_c(out, ']');
}

/* Piece by piece: a case is written anew with each of its events. */
GBytes *
lsm_case_render(const LsmCase *item)
{
	GString *out = g_string_sized_new(1024);

	g_string_append_c(out, '{');
	write_text(out, "id", item->id);
	write_text(out, "state", lsm_state_row(item->state)->word);
	write_time(out, "since", item->since);
	write_time(out, "changed", item->changed);
	lsm_json_write_name(out, "passages");
	g_string_append_printf(out, "%u", item->passages);
	if (item->taken)
		write_flag(out, "taken");
	if (item->erase_reason)
		write_text(out, "erase_reason", item->erase_reason);
	for (guint i = 0; i < lsm_case_members_count; i++)
		write_member(out, (LsmCase *)item, &lsm_case_members[i]);
	write_positions(out, item->positions);
	g_string_append_c(out, '}');
	return lsm_json_finish(out);
}

/* --- parse --- */

/* What every case has. */
enum { HAS_ID = 1, HAS_STATE = 2, HAS_SINCE = 4, HAS_CHANGED = 8, HAS_PASSAGES = 16, HAS_POSITIONS = 32 };

typedef struct {
	LsmJsonRead read;
	LsmCase *item;
	guint has;
	guint next;      /* where the table of members is searched first: rows are written in its order */
	char wrong[LSM_JSON_NAME_SIZE]; /* the member that is; "" for none */
} CaseParse;

static gboolean
parse_id(CaseParse *parse)
{
	g_free(parse->item->id);
	parse->item->id = lsm_json_read_text(&parse->read);
	return parse->item->id && *parse->item->id != '\0';
}

static gboolean
parse_state(CaseParse *parse)
{
	g_autofree char *word = lsm_json_read_text(&parse->read);

	return word && lsm_state_parse(word, &parse->item->state);
}

static gboolean
parse_time(CaseParse *parse, gint64 *time_out)
{
	g_autofree char *text = lsm_json_read_text(&parse->read);

	return text && lsm_event_time_parse(text, time_out);
}

static gboolean
parse_since(CaseParse *parse)
{
	return parse_time(parse, &parse->item->since);
}

static gboolean
parse_changed(CaseParse *parse)
{
	return parse_time(parse, &parse->item->changed);
}

static gboolean
parse_passages(CaseParse *parse)
{
	guint64 passages;

	if (!lsm_json_read_number(&parse->read, &passages) || passages > G_MAXINT)
		return FALSE;
	parse->item->passages = (guint)passages;
	return TRUE;
}

static gboolean
parse_positions(CaseParse *parse)
{
	g_array_set_size(parse->item->positions, 0);
	return lsm_json_read_numbers(&parse->read, parse->item->positions);
}

/* What is no flag, or no text, was never so: as absent. */
static gboolean
parse_taken(CaseParse *parse)
{
	(void)lsm_json_read_flag(&parse->read, &parse->item->taken);
	return TRUE;
}

static gboolean
parse_erase_reason(CaseParse *parse)
{
	g_free(parse->item->erase_reason);
	parse->item->erase_reason = lsm_json_read_text(&parse->read);
	return TRUE;
}

/* What stands outside of the table of members. */
static const struct {
	const char *name;
	guint has;
	gboolean (*parse)(CaseParse *parse);
} fixed_members[] = {
	{"id", HAS_ID, parse_id},
	{"state", HAS_STATE, parse_state},
	{"since", HAS_SINCE, parse_since},
	{"changed", HAS_CHANGED, parse_changed},
	{"passages", HAS_PASSAGES, parse_passages},
	{"positions", HAS_POSITIONS, parse_positions},
	{"taken", 0, parse_taken},
	{"erase_reason", 0, parse_erase_reason},
};

static gboolean
parse_text(LsmJsonRead *read, char **text)
{
	g_clear_pointer(text, g_free);
	if (lsm_json_read_null(read))
		return TRUE;
	*text = lsm_json_read_text(read);
	return *text != NULL;
}

static gboolean
parse_list(LsmJsonRead *read, char ***list)
{
	char **texts = lsm_json_read_texts(read);

	if (!texts)
		return FALSE;
	g_strfreev(*list);
	*list = texts;
	return TRUE;
}

static gboolean
parse_member(CaseParse *parse, const LsmCaseMember *member)
{
	switch (member->kind) {
	case LSM_MEMBER_TEXT:
		return parse_text(&parse->read, lsm_case_member_text(parse->item, member));
	case LSM_MEMBER_LIST:
		return parse_list(&parse->read, lsm_case_member_list(parse->item, member));
	case LSM_MEMBER_FLAG:
		return lsm_json_read_flag(&parse->read, lsm_case_member_flag(parse->item, member));
	}
	return FALSE;
}

/* Most differ in the first octet: read by the million. */
static gboolean
is_same(const char *a, const char *b)
{
	return *a == *b && strcmp(a, b) == 0;
}

static const LsmCaseMember *
find_member(CaseParse *parse, const char *name)
{
	for (guint i = 0; i < lsm_case_members_count; i++) {
		guint at = (parse->next + i) % lsm_case_members_count;
		if (is_same(lsm_case_members[at].name, name)) {
			parse->next = at + 1;
			return &lsm_case_members[at];
		}
	}
	return NULL;
}

/* A member that another version of the program wrote is left out. */
static gboolean
parse_named(CaseParse *parse, const char *name)
{
	/* Nearly always the next one of the table. */
	if (parse->next > 0 && parse->next < lsm_case_members_count &&
	    is_same(lsm_case_members[parse->next].name, name))
		return parse_member(parse, &lsm_case_members[parse->next++]);
	for (guint i = 0; i < G_N_ELEMENTS(fixed_members); i++)
		if (is_same(fixed_members[i].name, name)) {
			parse->has |= fixed_members[i].has;
			return fixed_members[i].parse(parse);
		}
	const LsmCaseMember *member = find_member(parse, name);
	if (member)
		return parse_member(parse, member);
	lsm_json_read_skip(&parse->read);
	return TRUE;
}

static const char *
lacking(const CaseParse *parse)
{
	for (guint i = 0; i < G_N_ELEMENTS(fixed_members); i++)
		if ((parse->has & fixed_members[i].has) != fixed_members[i].has)
			return fixed_members[i].name;
	return NULL;
}

LsmCase *
lsm_case_parse(const void *data, gsize length, GError **error)
{
	g_autoptr(LsmCase) item = lsm_case_new(NULL);
	CaseParse parse = {.item = item};
	char name[LSM_JSON_NAME_SIZE];

	lsm_json_read_begin(&parse.read, data, length);
	while (lsm_json_read_name(&parse.read, name))
		if (!parse_named(&parse, name) && parse.wrong[0] == '\0')
			memcpy(parse.wrong, name, sizeof name);
	if (!lsm_json_read_end(&parse.read)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "not a case: not a JSON object");
		return NULL;
	}
	const char *wrong = parse.wrong[0] != '\0' ? parse.wrong : lacking(&parse);
	if (!wrong)
		return g_steal_pointer(&item);
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "not a case: its \"%s\" is missing or wrong", wrong);
	return NULL;
}
