/*
 * fuzz_receipt.c - receipt.c, checkpoint.c, key.c: what outsiders hand in. None is believed but those signed.
 *
 * The first octet of an input chooses what the rest is.
 */
#include "store/receipt.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/log_fixture.h"

#include "store/checkpoint.h"
#include "store/key.h"

#define EVENTS 11

/* Made once: a log, and a key that has signed its head. */
static LsmKey *key;
static char *checkpoint;
static LsmLogHead head;
static GPtrArray *receipts;

static void
make_receipts(void)
{
	g_autoptr(LsmStore) store = make_log(EVENTS);
	g_autoptr(LsmStoreTxn) txn = begin(store, FALSE);

	key = lsm_key_new("liaison.example.org", NULL);
	fuzz_must(lsm_log_head(txn, &head, NULL));
	checkpoint = lsm_checkpoint_sign(&head, key);
	receipts = g_ptr_array_new();
	for (guint i = 0; i < EVENTS; i += 5) {
		g_autoptr(LsmReceipt) receipt = lsm_receipt_new(txn, i, EVENTS, checkpoint, NULL);
		fuzz_must(receipt != NULL);
		g_ptr_array_add(receipts, lsm_receipt_render(receipt));
	}
}

static void
try_receipt(const char *text, gsize length)
{
	g_autoptr(LsmReceipt) receipt = lsm_receipt_parse(text, length, NULL);
	LsmLogHead found;

	if (!receipt)
		return;
	g_autofree char *again = lsm_receipt_render(receipt);
	g_autoptr(LsmReceipt) second = lsm_receipt_parse(again, strlen(again), NULL);
	fuzz_must(second != NULL);
	if (lsm_receipt_verify(receipt, key, &found, NULL))
		fuzz_must(found.size == head.size && memcmp(found.root, head.root, sizeof head.root) == 0);
}

/* Changed in one octet of what is signed, it is another. */
static void
try_checkpoint(const char *text, gsize length)
{
	LsmLogHead found;

	if (lsm_checkpoint_verify(text, length, key, &found, NULL))
		fuzz_must(found.size == head.size && memcmp(found.root, head.root, sizeof head.root) == 0);
}

static void
try_key(const char *text, gsize length)
{
	g_autofree char *line = g_strndup(text, length);
	g_autoptr(LsmKey) parsed = lsm_key_parse(line, NULL);

	if (!parsed)
		return;
	g_autofree char *again = lsm_key_render(parsed);
	g_autoptr(LsmKey) second = lsm_key_parse(again, NULL);
	fuzz_must(second != NULL);
}

static void (*const tries[])(const char *text, gsize length) = {try_receipt, try_checkpoint, try_key};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!key)
		make_receipts();
	if (size == 0)
		return 0;
	/* Read as text; what stands behind its end is not the parser's. */
	g_autofree char *text = g_strndup((const char *)data + 1, size - 1);
	tries[data[0] % G_N_ELEMENTS(tries)](text, strlen(text));
	return 0;
}

static void
add_text(GPtrArray *seeds, char kind, const char *text)
{
	g_autofree char *input = g_strdup_printf("%c%s", kind, text);

	fuzz_seed_add(seeds, input, strlen(input));
}

GPtrArray *
fuzz_seeds(void)
{
	GPtrArray *seeds = fuzz_seeds_new();

	if (!key)
		make_receipts();
	for (guint i = 0; i < receipts->len; i++)
		add_text(seeds, 3, g_ptr_array_index(receipts, i));
	add_text(seeds, 1, checkpoint);
	g_autofree char *line = lsm_key_render(key);
	add_text(seeds, 2, line);
	return seeds;
}
