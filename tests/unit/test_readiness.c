/*
 * test_readiness.c - what the service manager hears: on a path, on an abstract socket, and not at all.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "milter/readiness.h"

typedef struct {
	char *folder;
	char *path;
	int fd;
} Manager;

/* name: "@..." for an abstract socket, NULL for one in a folder of its own. */
static void
manager_open(Manager *manager, const char *name)
{
	struct sockaddr_un place = {.sun_family = AF_UNIX};
	gsize length;

	manager->folder = g_dir_make_tmp("readiness-XXXXXX", NULL);
	manager->path = name != NULL ? g_strdup_printf("%s-%d", name, (int)getpid())
				     : g_build_filename(manager->folder, "notify", NULL);
	length = strlen(manager->path);
	memcpy(place.sun_path, manager->path, length);
	if (name != NULL)
		place.sun_path[0] = '\0';
	manager->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(manager->fd, (struct sockaddr *)&place,
			     (socklen_t)(G_STRUCT_OFFSET(struct sockaddr_un, sun_path) + length)),
			==, 0);
	g_setenv("NOTIFY_SOCKET", manager->path, TRUE);
}

static void
manager_close(Manager *manager)
{
	close(manager->fd);
	if (manager->path[0] != '@')
		g_unlink(manager->path);
	g_rmdir(manager->folder);
	g_free(manager->folder);
	g_free(manager->path);
	lsm_readiness_open(); /* forgets */
}

/* NULL when nothing came. A datagram on the same host is there as soon as it was sent. */
static char *
manager_hear(const Manager *manager)
{
	char text[512];
	ssize_t got = recv(manager->fd, text, sizeof text - 1, 0);

	if (got < 0)
		return NULL;
	text[got] = '\0';
	return g_strdup(text);
}

static void
test_tells(gconstpointer name)
{
	Manager manager;
	g_autofree char *first = NULL, *second = NULL;

	manager_open(&manager, name);
	lsm_readiness_open();
	g_assert_null(g_getenv("NOTIFY_SOCKET"));
	lsm_readiness_tell("READY=1\nSTATUS=Serving");
	first = manager_hear(&manager);
	g_assert_cmpstr(first, ==, "READY=1\nSTATUS=Serving");
	lsm_readiness_tell_reloading();
	second = manager_hear(&manager);
	g_assert_nonnull(second);
	g_assert_true(g_str_has_prefix(second, "RELOADING=1\nMONOTONIC_USEC="));
	manager_close(&manager);
}

static void
test_interval(void)
{
	g_autofree char *self = g_strdup_printf("%d", (int)getpid());
	const struct {
		const char *name, *usec, *pid;
		gint64 want;
	} rows[] = {
		{"none asked", NULL, NULL, G_MAXINT64},
		{"for anybody", "30000000", NULL, 15000000},
		{"for us", "30000000", self, 15000000},
		{"for another process", "30000000", "1", G_MAXINT64},
		{"not a number", "soon", NULL, G_MAXINT64},
		{"nothing", "", NULL, G_MAXINT64},
		{"too large", "99999999999999999999", NULL, G_MAXINT64},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		Manager manager;

		g_test_message("%s", rows[i].name);
		manager_open(&manager, NULL);
		if (rows[i].usec != NULL)
			g_setenv("WATCHDOG_USEC", rows[i].usec, TRUE);
		if (rows[i].pid != NULL)
			g_setenv("WATCHDOG_PID", rows[i].pid, TRUE);
		lsm_readiness_open();
		g_assert_cmpint(lsm_readiness_interval(), ==, rows[i].want);
		manager_close(&manager);
	}
}

/* Nobody there, or a place that is none: no noise, no crash. */
static void
test_nobody(void)
{
	static const char *const places[] = {NULL, "", "@", "relative", "/nonexistent/notify"};
	g_autofree char *endless = g_strnfill(4000, '/');

	for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
		if (places[i] != NULL)
			g_setenv("NOTIFY_SOCKET", places[i], TRUE);
		lsm_readiness_open();
		lsm_readiness_tell("READY=1");
		g_assert_cmpint(lsm_readiness_interval(), ==, G_MAXINT64);
	}
	g_setenv("NOTIFY_SOCKET", endless, TRUE);
	lsm_readiness_open();
	lsm_readiness_tell("READY=1");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_data_func("/readiness/path", NULL, test_tells);
	g_test_add_data_func("/readiness/abstract", "@lsm-readiness", test_tells);
	g_test_add_func("/readiness/interval", test_interval);
	g_test_add_func("/readiness/nobody", test_nobody);
	return g_test_run();
}
