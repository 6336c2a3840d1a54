/*
 * fake_milter.h - libmilter's functions as a stage: what the filter does is written down, calls can be made
 * to fail.
 *
 * Linked in place of libmilter. A test plays the mail server: it calls the registered callbacks with a
 * context of its own and reads the script. One thread.
 */
#ifndef LSM_TESTS_LIB_FAKE_MILTER_H
#define LSM_TESTS_LIB_FAKE_MILTER_H

#include <glib.h>
#include <libmilter/mfapi.h>

/* What lsm_callbacks_register() handed to smfi_register(). */
const struct smfiDesc *fake_milter_filter(void);

SMFICTX *fake_milter_new(void);
void fake_milter_free(SMFICTX *ctx);

/* A macro that the mail server sends; value NULL takes it back. */
void fake_milter_set_macro(SMFICTX *ctx, const char *name, const char *value);

/* The n-th edit or reply from now on fails (from 1); 0: none. */
void fake_milter_fail_at(SMFICTX *ctx, int n);

/* One line a call, "addrcpt <a@b.example>", since the last question; caller frees. */
char *fake_milter_script(SMFICTX *ctx);
/* The macros asked for at a step (SMFIM_...), or NULL. */
const char *fake_milter_asked(SMFICTX *ctx, int step);

#endif
