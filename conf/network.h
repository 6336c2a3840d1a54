/*
 * network.h - client addresses and networks, IPv4 and IPv6, as the settings name them.
 */
#ifndef LSM_CONF_NETWORK_H
#define LSM_CONF_NETWORK_H

#include <glib.h>

/* TRUE for an address ("192.0.2.1", "2001:db8::1") or a network ("192.0.2.0/24", "2001:db8::/32")
 * without bits behind its prefix. */
gboolean lsm_network_is_valid(const char *network);

/*
 * TRUE if address lies in one of the networks (valid ones; others match nothing). networks and
 * address may be NULL. address: what libmilter or a macro gives, also "IPv6:2001:db8::1" and
 * "[2001:db8::1]"; an IPv4 address mapped into IPv6 (::ffff:192.0.2.1) is its IPv4 address.
 */
gboolean lsm_network_contains(char *const *networks, const char *address);

#endif
