/*
 * network.c - is this client in one of these networks?
 *
 * Owns nothing; uses inet_pton(3), never the resolver. Any thread. What is no address lies in no network.
 */
#include "conf/network.h"

#include <arpa/inet.h>
#include <string.h>

typedef struct {
	guint8 octets[16];
	guint bits;   /* 32 or 128 */
	guint prefix; /* <= bits */
} Network;

static void
unmap_ipv4(Network *network)
{
	static const guint8 mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (network->bits != 128 || memcmp(network->octets, mapped, sizeof mapped) != 0)
		return;
	memmove(network->octets, network->octets + 12, 4);
	network->bits = 32;
}

static gboolean
parse_address(const char *text, Network *network_out)
{
	*network_out = (Network){.bits = 32};
	if (inet_pton(AF_INET, text, network_out->octets) != 1) {
		network_out->bits = 128;
		if (inet_pton(AF_INET6, text, network_out->octets) != 1)
			return FALSE;
		unmap_ipv4(network_out);
	}
	network_out->prefix = network_out->bits;
	return TRUE;
}

static gboolean
has_prefix_bits_only(const Network *network)
{
	for (guint bit = network->prefix; bit < network->bits; bit++)
		if (network->octets[bit / 8] & (0x80 >> (bit % 8)))
			return FALSE;
	return TRUE;
}

static gboolean
parse_network(const char *text, Network *network_out)
{
	const char *slash = strchr(text, '/');
	g_autofree char *address = slash != NULL ? g_strndup(text, (gsize)(slash - text)) : g_strdup(text);
	guint64 prefix;

	if (!parse_address(address, network_out))
		return FALSE;
	if (slash == NULL)
		return TRUE;
	if (!g_ascii_string_to_unsigned(slash + 1, 10, 0, network_out->bits, &prefix, NULL))
		return FALSE;
	network_out->prefix = (guint)prefix;
	return has_prefix_bits_only(network_out);
}

gboolean
lsm_network_is_valid(const char *network)
{
	Network parsed;

	return parse_network(network, &parsed);
}

static gboolean
is_within(const Network *network, const Network *client)
{
	guint whole = network->prefix / 8;
	guint rest = network->prefix % 8;

	if (network->bits != client->bits || memcmp(network->octets, client->octets, whole) != 0)
		return FALSE;
	return rest == 0 || ((network->octets[whole] ^ client->octets[whole]) >> (8 - rest)) == 0;
}

/* sendmail writes {client_addr} as "IPv6:...", HELO-like places put brackets around it. */
static char *
bare_address(const char *address)
{
	gsize length;

	if (g_ascii_strncasecmp(address, "IPv6:", 5) == 0)
		address += 5;
	length = strlen(address);
	if (length > 2 && address[0] == '[' && address[length - 1] == ']')
		return g_strndup(address + 1, length - 2);
	return g_strdup(address);
}

gboolean
lsm_network_contains(char *const *networks, const char *address)
{
	g_autofree char *bare = NULL;
	Network client;
	Network network;

	if (networks == NULL || address == NULL)
		return FALSE;
	bare = bare_address(address);
	if (!parse_address(bare, &client))
		return FALSE;
	for (gsize i = 0; networks[i] != NULL; i++)
		if (parse_network(networks[i], &network) && is_within(&network, &client))
			return TRUE;
	return FALSE;
}
