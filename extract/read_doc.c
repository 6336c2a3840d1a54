/*
 * read_doc.c - Word 97 and later in OLE files: the main text by the piece table ([MS-DOC] 2.4.1, 2.8.35).
 *
 * Text only: what the marks say of fields, cells and lines is kept, properties are not read. So a deletion
 * that was tracked is still there, and the end of a table's row is told by two cell marks in a row. Every
 * offset in the file is checked before it is used. Word 6 and 95 had other tables: their plain form is read.
 */
#include <gsf/gsf.h>
#include <string.h>

#include "extract/cp1252.h"
#include "extract/ole.h"

#define MAX_STREAM (64u * 1024 * 1024)
#define FIB_SIZE 0x1aa    /* up to and with lcbClx */
#define OLD_FIB_SIZE 0x20 /* up to and with fcMac */
#define FIB_WORD_97 0xc1  /* the first nFib of these tables */
#define FLAG_COMPLEX 0x0004
#define FLAG_ENCRYPTED 0x0100
#define FLAG_TABLE_1 0x0200
#define PIECE_SIZE 8 /* a Pcd */
#define COMPRESSED 0x40000000u

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfInfile, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfInput, g_object_unref)

typedef struct {
	LsmExtractResult *result;
	guint field_depth; /* open fields ... */
	guint code_depth;  /* ... of which the code of this one is being left out; 0: none */
	gunichar last;
	gunichar high; /* first half of a surrogate pair */
} Text;

void
lsm_ole_prepare(void)
{
	gsf_init();
	g_type_ensure(gsf_infile_msole_get_type());
	g_type_ensure(gsf_input_memory_get_type());
}

static GsfInfile *
open_ole(const LsmExtractInput *input)
{
	GsfInput *memory = gsf_input_memory_new(input->data, (gsf_off_t)input->size, FALSE);
	GsfInfile *file = gsf_infile_msole_new(memory, NULL);

	g_object_unref(memory);
	return file;
}

gboolean
lsm_ole_has(const LsmExtractInput *input, const char *name)
{
	g_autoptr(GsfInfile) file = open_ole(input);
	g_autoptr(GsfInput) stream = file != NULL ? gsf_infile_child_by_name(file, name) : NULL;

	return stream != NULL;
}

/* A whole stream; NULL when absent, empty or too large. */
static GByteArray *
read_stream(GsfInfile *file, const char *name)
{
	g_autoptr(GsfInput) stream = gsf_infile_child_by_name(file, name);
	gsf_off_t size = stream != NULL ? gsf_input_size(stream) : 0;
	g_autoptr(GByteArray) octets = NULL;

	if (size <= 0 || size > MAX_STREAM)
		return NULL;
	octets = g_byte_array_new();
	g_byte_array_set_size(octets, (guint)size);
	return gsf_input_read(stream, (size_t)size, octets->data) != NULL ? g_steal_pointer(&octets) : NULL;
}

static guint16
get16(const GByteArray *octets, gsize at)
{
	return (guint16)(octets->data[at] | octets->data[at + 1] << 8);
}

static guint32
get32(const GByteArray *octets, gsize at)
{
	return get16(octets, at) | (guint32)get16(octets, at + 2) << 16;
}

/* --- characters ([MS-DOC] 2.4.1: special ones) --- */

static gunichar
meaning_of(Text *text, gunichar character)
{
	switch (character) {
	case 0x07: /* a cell's end; the row's end is a cell mark of its own */
		return text->last == 0x07 ? '\n' : '\t';
	case 0x0b:
	case 0x0c:
	case 0x0d:
		return '\n';
	case 0x1e:
		return '-';
	default:
		return character >= 0x20 || character == '\t' ? character : 0;
	}
}

/* Between the marks of a field stand its code, then (behind 0x14) what it shows. */
static void
add_character(Text *text, gunichar character)
{
	gunichar shown = meaning_of(text, character);

	if (character == 0x13) {
		text->field_depth++;
		if (text->code_depth == 0)
			text->code_depth = text->field_depth;
	} else if (character == 0x14 || character == 0x15) {
		if (text->code_depth == text->field_depth)
			text->code_depth = 0;
		text->field_depth -= character == 0x15 && text->field_depth > 0 ? 1 : 0;
	} else if (shown != 0 && text->code_depth == 0) {
		lsm_extract_result_add_char(text->result, shown);
	}
	/* Two marks end a row once. */
	text->last = character == 0x07 && text->last == 0x07 ? 0 : character;
}

static void
add_unit(Text *text, gunichar unit)
{
	if (unit >= 0xdc00 && unit < 0xe000 && text->high != 0)
		unit = 0x10000 + ((text->high - 0xd800) << 10) + (unit - 0xdc00);
	text->high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
	if (text->high == 0)
		add_character(text, unit);
}

/* Adds count characters from a place in the stream; FALSE when they are not all there. */
static gboolean
add_run(Text *text, const GByteArray *octets, gsize from, gsize count, gboolean is_compressed)
{
	gsize width = is_compressed ? 1 : 2;

	if (from > octets->len || count > (octets->len - from) / width)
		return FALSE;
	for (gsize i = 0; i < count && !text->result->over; i++)
		add_unit(text, is_compressed ? lsm_cp1252_character(octets->data[from + i])
					     : get16(octets, from + 2 * i));
	return TRUE;
}

/* --- pieces --- */

/* Finds the PlcPcd in the Clx, behind any number of Prc; its length is 0 when it is not there. */
static gsize
find_pieces(const GByteArray *table, gsize at, gsize end, gsize *length_out)
{
	*length_out = 0;
	while (end - at >= 5 && table->data[at] == 0x01) {
		gsize size = 3 + (gsize)get16(table, at + 1);

		if (size > end - at)
			return at;
		at += size;
	}
	if (end - at >= 5 && table->data[at] == 0x02 && get32(table, at + 1) <= end - at - 5)
		*length_out = get32(table, at + 1);
	return at + 5;
}

/* The table is count + 1 positions in the text, then count descriptors. */
static LsmExtractStatus
add_pieces(Text *text, const GByteArray *document, const GByteArray *table, gsize at, gsize count)
{
	guint32 end = get32(document, 0x4c); /* ccpText: footnotes and headers come behind the main text */

	for (gsize i = 0; i < count && !text->result->over; i++) {
		guint32 first = get32(table, at + 4 * i);
		guint32 next = MIN(get32(table, at + 4 * (i + 1)), end);
		guint32 place = get32(table, at + 4 * (count + 1) + PIECE_SIZE * i + 2);
		gboolean is_compressed = (place & COMPRESSED) != 0;
		gsize from = is_compressed ? (place & (COMPRESSED - 1)) / 2 : place & (COMPRESSED - 1);

		if (first >= next)
			break;
		if (!add_run(text, document, from, next - first, is_compressed))
			return LSM_EXTRACT_UNREADABLE;
	}
	return LSM_EXTRACT_TEXT;
}

static LsmExtractStatus
read_word_97(Text *text, GsfInfile *file, const GByteArray *document, guint16 flags)
{
	g_autoptr(GByteArray) table = read_stream(file, (flags & FLAG_TABLE_1) != 0 ? "1Table" : "0Table");
	gsize start, size, length;

	if (table == NULL || document->len < FIB_SIZE)
		return LSM_EXTRACT_UNREADABLE;
	start = get32(document, 0x1a2); /* fcClx */
	size = get32(document, 0x1a6);  /* lcbClx */
	if (start > table->len || size > table->len - start)
		return LSM_EXTRACT_UNREADABLE;
	start = find_pieces(table, start, start + size, &length);
	if (length < 4 + 4 + PIECE_SIZE)
		return LSM_EXTRACT_UNREADABLE;
	return add_pieces(text, document, table, start, (length - 4) / (4 + PIECE_SIZE));
}

static LsmExtractStatus
read_word_6(Text *text, const GByteArray *document, guint16 flags)
{
	guint32 from = get32(document, 0x18), end = get32(document, 0x1c); /* fcMin, fcMac */

	if ((flags & FLAG_COMPLEX) != 0 || end < from || !add_run(text, document, from, end - from, TRUE))
		return LSM_EXTRACT_UNREADABLE;
	return LSM_EXTRACT_TEXT;
}

LsmExtractStatus
lsm_read_doc(const LsmExtractInput *input, LsmExtractResult *result)
{
	g_autoptr(GsfInfile) file = open_ole(input);
	g_autoptr(GByteArray) document = file != NULL ? read_stream(file, "WordDocument") : NULL;
	Text text = {result, 0, 0, 0, 0};
	guint16 flags;

	if (document == NULL || document->len < OLD_FIB_SIZE)
		return LSM_EXTRACT_UNREADABLE;
	flags = get16(document, 0x0a);
	if ((flags & FLAG_ENCRYPTED) != 0)
		return LSM_EXTRACT_ENCRYPTED;
	return get16(document, 2) >= FIB_WORD_97 ? read_word_97(&text, file, document, flags)
						 : read_word_6(&text, document, flags);
}
