/*
 * descriptor.c - what write(2) leaves to its callers. Owns nothing; any thread.
 */
#include "conf/descriptor.h"

#include <errno.h>
#include <unistd.h>

gboolean
lsm_descriptor_write(int fd, const void *octets, gsize length)
{
	const char *at = octets;

	while (length > 0) {
		ssize_t written = write(fd, at, length);

		if (written < 0 && errno != EINTR)
			return FALSE;
		if (written > 0) {
			at += written;
			length -= (gsize)written;
		}
	}
	return TRUE;
}
