/*
 * serve.h - one process that has loaded every library, and for each file a child of it that reads nothing
 * else: to load them takes ten times as long as to read a letter.
 */
#ifndef LSM_EXTRACT_SERVE_H
#define LSM_EXTRACT_SERVE_H

#include <glib.h>

#define LSM_SERVE_WORD "--serve"

/*
 * Serves whoever has the other end of the socket (SOCK_SEQPACKET), up to its end. A request is one octet with
 * two descriptors: the file, and where the answer goes. The reply is a gint32: the process id of the child
 * that reads, which sends it, or an errno with a minus sign. One request at a time: replies may overtake others.
 * TRUE: this is such a child, and the two are its descriptors 0 and 1. FALSE: nobody is there any more.
 * The child's parent is ours (CLONE_PARENT): it waits for the child and ends it. We see nothing of the file.
 * To be called while the process has one thread.
 */
gboolean lsm_serve(int peer);

#endif
