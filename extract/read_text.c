/*
 * read_text.c - plain text, in whatever common encoding.
 */
#include "extract/cp1252.h"
#include "extract/format.h"

LsmExtractStatus
lsm_read_text(const LsmExtractInput *input, LsmExtractResult *result)
{
	gsize length;
	g_autofree char *text = lsm_cp1252_guess_text(input->data, input->size, &length);

	lsm_extract_result_add(result, text, (gssize)length);
	return LSM_EXTRACT_TEXT;
}
