/*
 * exposition.h - writes the text exposition format of Prometheus (version 0.0.4).
 *
 * A family's HELP and TYPE lines come first, then all its samples. Names are ours and trusted; label values and help
 * may hold any UTF-8.
 */
#ifndef LSM_CTL_EXPOSITION_H
#define LSM_CTL_EXPOSITION_H

#include <glib.h>

/* name: without liaison_. type: "gauge", "counter", "histogram". */
void lsm_exposition_family(GString *out, const char *name, const char *type, const char *help);
/* Then pairs of label and value (const char *), closed by NULL. */
void lsm_exposition_sample(GString *out, const char *name, double value, ...) G_GNUC_NULL_TERMINATED;
/* A family with one sample, without labels. */
void lsm_exposition_single(GString *out, const char *name, const char *type, const char *help, double value);

#endif
