/*
 * fake_milter.c - libmilter's functions as a stage: what the filter does is written down, calls can be made
 * to fail.
 *
 * Owns its contexts. smfi_main() returns at once, as if the mail server had gone. One thread.
 */
#include "tests/lib/fake_milter.h"

#include <stdarg.h>

struct smfi_str {
	void *private_data;
	GHashTable *macros; /* char * -> char * */
	char *asked[SMFIM_LAST + 1];
	GString *script;
	int fail_at;
};

static struct smfiDesc registered;

const struct smfiDesc *
fake_milter_filter(void)
{
	return &registered;
}

SMFICTX *
fake_milter_new(void)
{
	SMFICTX *ctx = g_new0(SMFICTX, 1);

	ctx->macros = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	ctx->script = g_string_new(NULL);
	return ctx;
}

void
fake_milter_free(SMFICTX *ctx)
{
	/* libmilter complains as well when a filter leaves something behind. */
	g_assert_null(ctx->private_data);
	for (guint i = 0; i < G_N_ELEMENTS(ctx->asked); i++)
		g_free(ctx->asked[i]);
	g_hash_table_unref(ctx->macros);
	g_string_free(ctx->script, TRUE);
	g_free(ctx);
}

void
fake_milter_set_macro(SMFICTX *ctx, const char *name, const char *value)
{
	if (value == NULL)
		g_hash_table_remove(ctx->macros, name);
	else
		g_hash_table_replace(ctx->macros, g_strdup(name), g_strdup(value));
}

void
fake_milter_fail_at(SMFICTX *ctx, int n)
{
	ctx->fail_at = n;
}

char *
fake_milter_script(SMFICTX *ctx)
{
	char *script = g_strdup(ctx->script->str);

	g_string_truncate(ctx->script, 0);
	return script;
}

const char *
fake_milter_asked(SMFICTX *ctx, int step)
{
	return ctx->asked[step];
}

/* Writes the call down; says whether it is the one that fails. */
static int G_GNUC_PRINTF(2, 3) play(SMFICTX *ctx, const char *format, ...)
{
	gboolean fails = ctx->fail_at > 0 && --ctx->fail_at == 0;
	va_list arguments;

	va_start(arguments, format);
	g_string_append_vprintf(ctx->script, format, arguments);
	va_end(arguments);
	g_string_append(ctx->script, fails ? " FAILS\n" : "\n");
	return fails ? MI_FAILURE : MI_SUCCESS;
}

int
smfi_register(struct smfiDesc filter)
{
	registered = filter;
	return MI_SUCCESS;
}

int
smfi_setconn(char *place)
{
	return g_str_has_prefix(place, "fd:") ? MI_SUCCESS : MI_FAILURE;
}

size_t
smfi_setmaxdatasize(size_t size)
{
	return size;
}

int
smfi_main(void)
{
	return MI_SUCCESS;
}

int
smfi_setsymlist(SMFICTX *ctx, int step, char *names)
{
	if (step < 0 || step > SMFIM_LAST || *names == '\0' || ctx->asked[step] != NULL)
		return MI_FAILURE;
	ctx->asked[step] = g_strdup(names);
	return MI_SUCCESS;
}

char *
smfi_getsymval(SMFICTX *ctx, char *name)
{
	return g_hash_table_lookup(ctx->macros, name);
}

void *
smfi_getpriv(SMFICTX *ctx)
{
	return ctx->private_data;
}

int
smfi_setpriv(SMFICTX *ctx, void *data)
{
	ctx->private_data = data;
	return MI_SUCCESS;
}

int
smfi_addheader(SMFICTX *ctx, char *name, char *value)
{
	return play(ctx, "addheader %s:%s", name, value);
}

int
smfi_chgheader(SMFICTX *ctx, char *name, int index, char *value)
{
	return play(ctx, "chgheader %s %d %s", name, index, value != NULL ? value : "-");
}

int
smfi_replacebody(SMFICTX *ctx, unsigned char *body, int length)
{
	return play(ctx, "replacebody %.*s", length, (const char *)body);
}

int
smfi_addrcpt(SMFICTX *ctx, char *recipient)
{
	return play(ctx, "addrcpt %s", recipient);
}

int
smfi_delrcpt(SMFICTX *ctx, char *recipient)
{
	return play(ctx, "delrcpt %s", recipient);
}

int
smfi_setmlreply(SMFICTX *ctx, const char *code, const char *status, ...)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const char *line;
	va_list lines;

	va_start(lines, status);
	while ((line = va_arg(lines, const char *)) != NULL)
		g_string_append_printf(text, "|%s", line);
	va_end(lines);
	return play(ctx, "reply %s %s %s", code, status, text->str);
}
