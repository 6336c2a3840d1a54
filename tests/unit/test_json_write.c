/*
 * test_json_write.c - texts as JSON: each octet as it must stand there, and never anything but UTF-8.
 */
#include "store/json.h"

#include <string.h>

/* As the bytes of an event are hashed: another spelling of the same text would be another event. */
static char *
spelled(guint c)
{
	static const char *const shorts[] = {"\bb", "\ff", "\nn", "\rr", "\tt", "\"\"", "\\\\"};

	for (guint i = 0; i < G_N_ELEMENTS(shorts); i++)
		if ((guint)shorts[i][0] == c)
			return g_strdup_printf("\"a\\%cb\"", shorts[i][1]);
	return c < 0x20 || c == 0x7f ? g_strdup_printf("\"a\\u%04xb\"", c) : g_strdup_printf("\"a%cb\"", (char)c);
}

static void
test_octets(void)
{
	for (guint c = 1; c < 0x80; c++) {
		const char text[] = {'a', (char)c, 'b', '\0'};
		g_autofree char *want = spelled(c);
		g_autoptr(GString) out = g_string_new(NULL);

		lsm_json_write_string(out, text);
		g_assert_cmpstr(out->str, ==, want);
	}
}

static const struct {
	const char *name, *text, *want;
} texts[] = {
	{"nothing", "", "\"\""},
	{"only what is escaped", "\n\"", "\"\\n\\\"\""},
	{"UTF-8", "\303\234bersicht", "\"\303\234bersicht\""},
};

static void
test_texts(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		g_test_message("%s", texts[i].name);
		lsm_json_write_string(out, texts[i].text);
		g_assert_cmpstr(out->str, ==, texts[i].want);
	}
}

/* One octet that is no UTF-8, at each place of texts of each length about a machine word. */
static void
test_damage(void)
{
	for (gsize length = 1; length <= 20; length++) {
		for (gsize at = 0; at < length; at++) {
			GString *out = g_string_new(NULL);

			for (gsize i = 0; i < length; i++)
				g_string_append_c(out, i == at ? '\377' : 'x');
			g_autoptr(GBytes) bytes = lsm_json_finish(out);
			gsize size;
			const char *text = g_bytes_get_data(bytes, &size);
			g_assert_true(g_utf8_validate_len(text, size, NULL));
			g_assert_cmpuint(size, ==, length - 1 + strlen("\357\277\275"));
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/json-write/octets", test_octets);
	g_test_add_func("/json-write/texts", test_texts);
	g_test_add_func("/json-write/damage", test_damage);
	return g_test_run();
}
