/*
 * reader_process.h - liaison-extract as a process: one that has loaded everything stays, and a child of it
 * reads a file (extract/serve.h).
 */
#ifndef LSM_DESK_READER_PROCESS_H
#define LSM_DESK_READER_PROCESS_H

#include <glib.h>

/* A file in memory, without a name, to be written; -1 and errno. */
int lsm_reader_process_file(void);

/*
 * Has the program read what was written there; takes the file (-1: errno says why there is none). Its wait
 * status, and all that it wrote in *answer_out; NULL there when it was ended because the time
 * (g_get_monotonic_time()) was up or the answer too long. -1, logged: the program cannot be started. Threads
 * may call it at the same time; their files are read at the same time.
 */
int lsm_reader_process_run(const char *program, int file, gint64 deadline, GByteArray **answer_out);

#endif
