/*
 * progress.c - see progress.h. Writes to standard error only.
 */
#include "ctl/progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FIRST (500 * 1000) /* microseconds until it shows */
#define PAUSE (100 * 1000) /* between two pictures */
#define BAR_MAX 40
#define TEXT_MAX 48 /* columns beside the bar */

struct LsmProgress {
	const char *label;
	guint64 total;
	gint64 begin, next; /* monotonic */
	gboolean wanted, shown;
};

LsmProgress *
lsm_progress_new(const char *label, guint64 total)
{
	LsmProgress *progress = g_new0(LsmProgress, 1);

	progress->label = label;
	progress->total = total;
	progress->begin = g_get_monotonic_time();
	progress->next = progress->begin + FIRST;
	progress->wanted = isatty(STDERR_FILENO);
	return progress;
}

void
lsm_progress_hide(LsmProgress *progress)
{
	if (progress == NULL || !progress->shown)
		return;
	fputs("\r\x1b[K", stderr);
	progress->shown = FALSE;
}

void
lsm_progress_free(LsmProgress *progress)
{
	if (progress == NULL)
		return;
	lsm_progress_hide(progress);
	g_free(progress);
}

static int
terminal_width(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static void
draw_bar(double part)
{
	int length = CLAMP(terminal_width() - TEXT_MAX, 0, BAR_MAX), filled = (int)(part * length);

	fputc('[', stderr);
	for (int i = 0; i < length; i++)
		fputc(i < filled ? '#' : '.', stderr);
	fprintf(stderr, "] %3d%% ", (int)(part * 100));
}

/* What is left is guessed from what was done so far. */
static void
draw(LsmProgress *progress, guint64 done, gint64 now)
{
	double seconds = (double)(now - progress->begin) / G_USEC_PER_SEC;
	double part = progress->total == 0 ? 0 : MIN((double)done / (double)progress->total, 1);

	fputc('\r', stderr);
	if (progress->total > 0)
		draw_bar(part);
	fprintf(stderr, "%" G_GUINT64_FORMAT " %s", done, progress->label);
	if (part > 0.02)
		fprintf(stderr, ", %.0f s left", seconds / part - seconds);
	fputs("\x1b[K", stderr);
	fflush(stderr);
	progress->shown = TRUE;
}

void
lsm_progress_step(LsmProgress *progress, guint64 done)
{
	gint64 now;

	/* The clock is looked at for one item of 64. */
	if (progress == NULL || !progress->wanted || done % 64 != 0)
		return;
	now = g_get_monotonic_time();
	if (now < progress->next)
		return;
	progress->next = now + PAUSE;
	draw(progress, done, now);
}
