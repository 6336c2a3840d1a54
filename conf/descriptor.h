/*
 * descriptor.h - what write(2) leaves to its callers.
 */
#ifndef LSM_CONF_DESCRIPTOR_H
#define LSM_CONF_DESCRIPTOR_H

#include <glib.h>

/* Writes all of it, however often write(2) takes a part only or is interrupted. FALSE and errno. */
gboolean lsm_descriptor_write(int fd, const void *octets, gsize length);

#endif
