/*
 * read_zip.c - an archive: every member is a document of its own, read by its own format.
 *
 * Archives in archives are opened up to a depth; members, octets and text count for all of them together.
 * What cannot be read is listed with its status, so that nothing goes unseen.
 */
#include "extract/package.h"

static const char unknown_type[] = "application/octet-stream";

static void
note_member(LsmExtractResult *result, const char *path, LsmExtractStatus status)
{
	guint document = lsm_extract_result_begin(result, path, unknown_type);

	lsm_extract_result_end(result, document, result->text->len, status);
}

/* FALSE: a bound of the whole archive was met, what follows is not looked at. */
static gboolean
read_member(const LsmExtractInput *archive, LsmPackage *package, const char *name, LsmExtractResult *result)
{
	g_autofree char *path =
		archive->path[0] == '\0' ? g_strdup(name) : g_strconcat(archive->path, "/", name, NULL);
	g_autoptr(GByteArray) octets = NULL;
	LsmExtractStatus status;
	LsmExtractInput member;

	if (result->members++ >= LSM_EXTRACT_MAX_MEMBERS)
		return FALSE;
	octets = lsm_package_fetch(package, result, &status);
	if (octets == NULL) {
		note_member(result, path, status);
		return status != LSM_EXTRACT_LIMIT;
	}
	member = (LsmExtractInput){octets->data, octets->len, path, archive->depth + 1};
	lsm_format_read(&member, result);
	return result->text->len < LSM_EXTRACT_MAX_TEXT;
}

LsmExtractStatus
lsm_read_zip(const LsmExtractInput *input, LsmExtractResult *result)
{
	g_autoptr(LsmPackage) package = NULL;
	LsmPackageStep step = LSM_PACKAGE_DAMAGED;
	const char *name;

	if (input->depth >= LSM_EXTRACT_MAX_DEPTH)
		return LSM_EXTRACT_LIMIT;
	package = lsm_package_open(input->data, input->size);
	while (package != NULL && (step = lsm_package_next(package, &name)) == LSM_PACKAGE_MEMBER)
		if (!read_member(input, package, name, result))
			return LSM_EXTRACT_LIMIT;
	if (step == LSM_PACKAGE_LIMIT)
		return LSM_EXTRACT_LIMIT;
	return step == LSM_PACKAGE_END ? LSM_EXTRACT_EMPTY : LSM_EXTRACT_UNREADABLE;
}
