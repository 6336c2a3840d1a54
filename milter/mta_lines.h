/*
 * mta_lines.h - what a mail server's configuration needs for the settings in effect.
 *
 * The texts are conf/mta/NAME.txt, in which @WORD@ stands for what the settings say; why each line is as it
 * is stands there, as comments that go with it.
 */
#ifndef LSM_MILTER_MTA_LINES_H
#define LSM_MILTER_MTA_LINES_H

#include "conf/settings.h"

/* "postfix", "sendmail". */
gboolean lsm_mta_lines_knows(const char *mta);
/* mta: one that is known. Comments and lines, ready to be put into its files. Caller frees. */
char *lsm_mta_lines_render(const char *mta, const LsmSettings *settings);

#endif
