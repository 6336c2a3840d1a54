/*
 * check_routing.c - does the mail go where the statement says (A23).
 *
 * A pure predicate over statement and envelope. Any thread; cannot fail.
 */
#include "rules/check.h"

/* Addresses are compared without case; a set, because both lists are as long as the sender likes. */
static GHashTable *
send_to_addresses(const LsmStatement *statement)
{
	GHashTable *addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const GPtrArray *values = statement->values[LSM_FIELD_SEND_TO];

	for (guint i = 0; i < values->len; i++) {
		const LsmValue *value = g_ptr_array_index(values, i);

		if (value->value != NULL)
			g_hash_table_add(addresses, g_ascii_strdown(value->value, -1));
	}
	return addresses;
}

/* "If this address is present, the liaison statement is only sent to this address and not to the addresses in
 * the To-Contact." (A23) Copies at home are no matter of the other body. */
LsmCheckResult
lsm_check_routing_send_to(const LsmCheckInput *input, char **detail_out)
{
	g_autoptr(GHashTable) wanted = send_to_addresses(input->statement);

	if (g_hash_table_size(wanted) == 0)
		return LSM_CHECK_FINE;
	for (guint i = 0; i < input->envelope->recipients->len; i++) {
		const char *address = lsm_envelope_recipient(input->envelope, i)->address;
		g_autofree char *key = g_ascii_strdown(address, -1);

		if (!g_hash_table_contains(wanted, key) &&
		    lsm_recipient_is_outside(input->settings, address)) {
			*detail_out = g_strdup_printf("it also goes to %s", address);
			return LSM_CHECK_FOUND;
		}
	}
	return LSM_CHECK_FINE;
}
