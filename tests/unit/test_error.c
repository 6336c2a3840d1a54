/*
 * test_error.c - every class of error has its word, exit code and priority.
 */
#include <gio/gio.h>
#include <syslog.h>

#include "conf/error.h"

typedef struct {
	LsmErrorClass error_class;
	const char *want_name;
	int want_exit;
	int want_priority;
	gboolean want_retryable;
} ErrorCase;

/* Exit codes and words are read by scripts: a row that changes is a change for users. */
static const ErrorCase error_cases[] = {
	{LSM_ERROR_USAGE, "usage", 2, LOG_NOTICE, FALSE},
	{LSM_ERROR_CONFIG, "config", 2, LOG_ERR, FALSE},
	{LSM_ERROR_INPUT, "input", 66, LOG_WARNING, FALSE},
	{LSM_ERROR_TEMPORARY, "temporary", 75, LOG_WARNING, TRUE},
	{LSM_ERROR_UNCERTAIN, "uncertain", 74, LOG_ERR, TRUE},
	{LSM_ERROR_CORRUPT, "corrupt", 65, LOG_CRIT, FALSE},
	{LSM_ERROR_UNSUPPORTED, "unsupported", 69, LOG_ERR, FALSE},
	{LSM_ERROR_DENIED, "denied", 77, LOG_NOTICE, FALSE},
};

static void
test_classes(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(error_cases); i++) {
		const ErrorCase *row = &error_cases[i];
		g_autoptr(GError) error = g_error_new(LSM_ERROR, (int)row->error_class, "what happened");

		g_assert_cmpstr(lsm_error_class_name(row->error_class), ==, row->want_name);
		g_assert_cmpint(lsm_error_exit_code(error), ==, row->want_exit);
		g_assert_cmpint(lsm_error_priority(error), ==, row->want_priority);
		g_assert_cmpint(lsm_error_is_retryable(error), ==, row->want_retryable);
		g_assert_nonnull(lsm_error_class_help(row->error_class));
	}
	/* The next number has no name yet: whoever adds a class adds a row above. */
	g_assert_cmpstr(lsm_error_class_name((LsmErrorClass)G_N_ELEMENTS(error_cases)), ==, "unknown");
}

static void
test_strangers(void)
{
	g_autoptr(GError) foreign = g_error_new(G_IO_ERROR, G_IO_ERROR_FAILED, "not ours");
	g_autoptr(GError) beyond = g_error_new(LSM_ERROR, 1000, "no such class");
	g_autoptr(GError) negative = g_error_new(LSM_ERROR, -1, "no such class");

	g_assert_cmpint(lsm_error_exit_code(NULL), ==, 0);
	g_assert_cmpint(lsm_error_exit_code(foreign), ==, 70);
	g_assert_cmpint(lsm_error_exit_code(beyond), ==, 70);
	g_assert_cmpint(lsm_error_exit_code(negative), ==, 70);
	g_assert_cmpint(lsm_error_priority(foreign), ==, LOG_ERR);
	g_assert_false(lsm_error_is_retryable(foreign));
	g_assert_false(lsm_error_is_retryable(NULL));
	g_assert_cmpstr(lsm_error_class_name((LsmErrorClass)-1), ==, "unknown");
	g_assert_null(lsm_error_class_help((LsmErrorClass)-1));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/error/classes", test_classes);
	g_test_add_func("/error/strangers", test_strangers);
	return g_test_run();
}
