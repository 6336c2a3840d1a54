/*
 * test_network.c - clients lie in the networks that they should, and in no others.
 */
#include "conf/network.h"

typedef struct {
	const char *network;
	const char *address;
	gboolean want;
} NetworkCase;

static const NetworkCase network_cases[] = {
	{"192.0.2.1", "192.0.2.1", TRUE},
	{"192.0.2.1", "192.0.2.2", FALSE},
	{"192.0.2.0/24", "192.0.2.255", TRUE},
	{"192.0.2.0/24", "192.0.3.0", FALSE},
	{"192.0.2.128/25", "192.0.2.127", FALSE},
	{"192.0.2.128/25", "192.0.2.128", TRUE},
	{"10.0.0.0/9", "10.127.0.1", TRUE},
	{"10.0.0.0/9", "10.128.0.1", FALSE},
	{"0.0.0.0/0", "198.51.100.7", TRUE},
	{"0.0.0.0/0", "2001:db8::1", FALSE},
	{"2001:db8::/32", "2001:db8:1::1", TRUE},
	{"2001:db8::/32", "2001:db9::1", FALSE},
	{"2001:db8::/33", "2001:db8:8000::", FALSE},
	{"2001:db8::1", "2001:DB8:0::1", TRUE},
	{"2001:db8::1", "IPv6:2001:db8::1", TRUE},
	{"2001:db8::1", "[2001:db8::1]", TRUE},
	{"192.0.2.0/24", "::ffff:192.0.2.9", TRUE},
	{"192.0.2.0/24", "[192.0.2.9]", TRUE},
	{"192.0.2.0/24", "192.0.2.9 ", FALSE},
	{"192.0.2.0/24", "", FALSE},
	{"192.0.2.0/24", "localhost", FALSE},
	{"nonsense", "192.0.2.9", FALSE},
	{"::/0", "::1", TRUE},
	{"192.0.2.0/24", "[]", FALSE},
};

static void
test_contains(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(network_cases); i++) {
		const NetworkCase *row = &network_cases[i];
		const char *const networks[] = {"198.51.100.1", row->network, NULL};

		if (lsm_network_contains((char *const *)networks, row->address) != row->want)
			g_test_message("%s in %s", row->address, row->network);
		g_assert_cmpint(lsm_network_contains((char *const *)networks, row->address), ==, row->want);
	}
	g_assert_false(lsm_network_contains(NULL, "192.0.2.1"));
	g_assert_false(lsm_network_contains((char *const[]){NULL}, NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/network/contains", test_contains);
	return g_test_run();
}
