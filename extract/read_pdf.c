/*
 * read_pdf.c - PDF through poppler-glib: the pages' text, line by line from the top.
 *
 * Pages without text beside pictures are a scan; no picture is decoded. poppler reads its data folder when
 * the first document is opened, so lsm_pdf_prepare opens a tiny one and keeps it. Character maps that it
 * would load later stay out of reach: text in such a font is missing.
 */
#include <poppler.h>
#include <stdlib.h>
#include <string.h>

#include "extract/pdf.h"

#define MAX_PAGES 500

static const char tiny_document[] =
	"%PDF-1.4\n"
	"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
	"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R"
	"/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
	"4 0 obj<</Length 26>>stream\nBT /F 9 Tf 9 9 Td (A) Tj ET\nendstream endobj\n"
	"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
	"trailer<</Root 1 0 R>>\n";

/* Characters that stand directly behind each other on one line. */
typedef struct {
	const char *text; /* into the page's */
	gsize length;
	double left, right, middle, height; /* in points, from the page's top left */
} Run;

static char *
page_text(PopplerDocument *document, int index, PopplerRectangle **places_out, guint *count_out)
{
	PopplerPage *page = poppler_document_get_page(document, index);
	char *text = page != NULL ? poppler_page_get_text(page) : NULL;

	if (text != NULL && !poppler_page_get_text_layout(page, places_out, count_out))
		*count_out = 0;
	g_clear_object(&page);
	return text;
}

/* --- lines of a page --- */

static gboolean
continues(const Run *run, const PopplerRectangle *place)
{
	double middle = (place->y1 + place->y2) / 2;

	return ABS(middle - run->middle) < run->height / 2 && place->x1 > run->right - run->height &&
	       place->x1 < run->right + run->height;
}

/* Blanks only stand in runs, not at their begin. Of Run. */
static GArray *
find_runs(const char *text, const PopplerRectangle *places, guint count)
{
	GArray *runs = g_array_new(FALSE, FALSE, sizeof(Run));
	Run *run = NULL;

	for (guint i = 0; i < count && *text != '\0'; i++, text = g_utf8_next_char(text)) {
		const PopplerRectangle *place = &places[i];
		Run fresh = {text, 0, place->x1, 0, (place->y1 + place->y2) / 2, ABS(place->y2 - place->y1)};

		if (*text == '\n' || (run != NULL && *text != ' ' && !continues(run, place)))
			run = NULL;
		if (*text == '\n' || (run == NULL && *text == ' '))
			continue;
		if (run == NULL) {
			g_array_append_val(runs, fresh);
			run = &g_array_index(runs, Run, runs->len - 1);
		}
		if (*text != ' ')
			run->right = place->x2;
		run->length = (gsize)(g_utf8_next_char(text) - run->text);
	}
	return runs;
}

static int
compare_middle(gconstpointer a, gconstpointer b)
{
	double first = ((const Run *)a)->middle, second = ((const Run *)b)->middle;

	return first < second ? -1 : first > second;
}

static int
compare_left(gconstpointer a, gconstpointer b)
{
	double first = ((const Run *)a)->left, second = ((const Run *)b)->left;

	return first < second ? -1 : first > second;
}

/* Adds one line; column is where the value of the line before began, so that a line that goes on there is
 * told as one of a table (layout.h). Returns it for the next line. */
static double
add_line(LsmExtractResult *result, Run *runs, guint count, double column)
{
	double next = -1;

	qsort(runs, count, sizeof(Run), compare_left);
	if (column >= 0 && ABS(runs[0].left - column) < 3) {
		lsm_extract_result_add(result, "\t", 1);
		next = column;
	}
	for (guint i = 0; i < count; i++) {
		double gap = i > 0 ? runs[i].left - runs[i - 1].right : 0;

		if (gap > runs[i].height && next < 0)
			next = runs[i].left;
		if (i > 0)
			lsm_extract_result_add(result, gap > runs[i].height ? "\t" : " ", 1);
		lsm_extract_result_add(result, runs[i].text, (gssize)runs[i].length);
	}
	lsm_extract_result_add(result, "\n", 1);
	return next;
}

/* What stands side by side on the page becomes a line: a form's labels and values are told column by column
 * otherwise. */
static void
add_page(LsmExtractResult *result, const char *text, const PopplerRectangle *places, guint count)
{
	g_autoptr(GArray) runs = find_runs(text, places, count);
	Run *all = (Run *)(gpointer)runs->data;
	double column = -1;

	if (count == 0)
		lsm_extract_result_add(result, text, -1);
	g_array_sort(runs, compare_middle);
	for (guint from = 0, to; from < runs->len && !result->over; from = to) {
		for (to = from + 1; to < runs->len; to++)
			if (all[to].middle - all[from].middle > all[from].height / 2)
				break;
		column = add_line(result, all + from, to - from, column);
	}
}

void
lsm_pdf_prepare(void)
{
	static PopplerDocument *document;
	PopplerPage *page;
	g_autoptr(GBytes) bytes = g_bytes_new_static(tiny_document, strlen(tiny_document));

	document = poppler_document_new_from_bytes(bytes, NULL, NULL);
	if (document != NULL && (page = poppler_document_get_page(document, 0)) != NULL) {
		g_free(poppler_page_get_text(page));
		g_object_unref(page);
	}
}

static LsmExtractStatus
read_pages(PopplerDocument *document, LsmExtractResult *result)
{
	int pages = poppler_document_get_n_pages(document);

	for (int i = 0; i < pages; i++) {
		g_autofree char *text = NULL;
		g_autofree PopplerRectangle *places = NULL;
		guint count = 0;

		if (i == MAX_PAGES)
			return LSM_EXTRACT_LIMIT;
		text = page_text(document, i, &places, &count);
		if (text != NULL && g_utf8_validate(text, -1, NULL))
			add_page(result, text, places, count);
		if (result->over)
			break;
	}
	return LSM_EXTRACT_TEXT;
}

static gboolean
is_blank_from(const LsmExtractResult *result, gsize from)
{
	const char *text = result->text->str + from;

	return text[strspn(text, " \t\r\n\f")] == '\0';
}

LsmExtractStatus
lsm_read_pdf(const LsmExtractInput *input, LsmExtractResult *result)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static(input->data, input->size);
	g_autoptr(GError) error = NULL;
	PopplerDocument *document = poppler_document_new_from_bytes(bytes, NULL, &error);
	gsize from = result->text->len;
	LsmExtractStatus status;

	if (document == NULL)
		return g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED)
			       ? LSM_EXTRACT_ENCRYPTED
			       : LSM_EXTRACT_UNREADABLE;
	status = read_pages(document, result);
	/* A picture is a stream of its own, so its dictionary is never compressed. */
	if (status == LSM_EXTRACT_TEXT && is_blank_from(result, from) &&
	    memmem(input->data, input->size, "/Image", strlen("/Image")) != NULL)
		status = LSM_EXTRACT_SCANNED;
	g_object_unref(document);
	return status;
}
