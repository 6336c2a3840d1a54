/*
 * package.c - see package.h. The only file that knows libarchive. Memory is taken as octets really come out,
 * never by the size that a member declares.
 */
#include "extract/package.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#define CHUNK 65536

struct LsmPackage {
	struct archive *archive;
	struct archive_entry *entry; /* stepped to; belongs to the archive */
	guint members;               /* seen in this walk, folders as well */
};

LsmPackage *
lsm_package_open(const guint8 *data, gsize size)
{
	LsmPackage *package;
	struct archive *archive = archive_read_new();

	if (archive == NULL)
		return NULL;
	archive_read_support_format_zip_seekable(archive);
	if (archive_read_open_memory(archive, data, size) != ARCHIVE_OK) {
		archive_read_free(archive);
		return NULL;
	}
	package = g_new0(LsmPackage, 1);
	package->archive = archive;
	return package;
}

void
lsm_package_close(LsmPackage *package)
{
	if (package == NULL)
		return;
	archive_read_free(package->archive);
	g_free(package);
}

LsmPackageStep
lsm_package_next(LsmPackage *package, const char **name_out)
{
	for (;;) {
		int code = archive_read_next_header(package->archive, &package->entry);
		const char *name;

		if (code == ARCHIVE_EOF)
			return LSM_PACKAGE_END;
		if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
			return LSM_PACKAGE_DAMAGED;
		if (package->members++ >= LSM_EXTRACT_MAX_MEMBERS)
			return LSM_PACKAGE_LIMIT;
		if (archive_entry_filetype(package->entry) != AE_IFREG)
			continue;
		name = archive_entry_pathname_utf8(package->entry);
		if (name == NULL)
			name = archive_entry_pathname(package->entry);
		*name_out = name != NULL ? name : "";
		return LSM_PACKAGE_MEMBER;
	}
}

gboolean
lsm_package_is_encrypted(LsmPackage *package)
{
	return archive_entry_is_encrypted(package->entry) != 0;
}

GByteArray *
lsm_package_fetch(LsmPackage *package, LsmExtractResult *result, LsmExtractStatus *status_out)
{
	g_autoptr(GByteArray) octets = g_byte_array_sized_new(CHUNK);
	g_autofree guint8 *chunk = g_malloc(CHUNK);
	la_ssize_t n;

	*status_out = LSM_EXTRACT_ENCRYPTED;
	if (lsm_package_is_encrypted(package))
		return NULL;
	*status_out = LSM_EXTRACT_LIMIT;
	while ((n = archive_read_data(package->archive, chunk, CHUNK)) > 0) {
		if (!lsm_extract_result_unpack(result, (gsize)n))
			return NULL;
		g_byte_array_append(octets, chunk, (guint)n);
	}
	*status_out = LSM_EXTRACT_UNREADABLE;
	return n == 0 ? g_steal_pointer(&octets) : NULL;
}

static gboolean
is_named(const char *name, const char *wanted)
{
	gsize length = strlen(wanted);

	return wanted[length - 1] == '*' ? strncmp(name, wanted, length - 1) == 0 : strcmp(name, wanted) == 0;
}

/* Opens the package at the member of that name; NULL, and why, when there is none. */
static LsmPackage *
open_at(const LsmExtractInput *input, const char *name, LsmPackageStep *step_out)
{
	g_autoptr(LsmPackage) package = lsm_package_open(input->data, input->size);
	const char *member;

	*step_out = LSM_PACKAGE_DAMAGED;
	while (package != NULL && (*step_out = lsm_package_next(package, &member)) == LSM_PACKAGE_MEMBER)
		if (is_named(member, name))
			return g_steal_pointer(&package);
	return NULL;
}

gboolean
lsm_package_has(const LsmExtractInput *input, const char *name)
{
	LsmPackageStep step;
	g_autoptr(LsmPackage) package = open_at(input, name, &step);

	return package != NULL;
}

GByteArray *
lsm_package_find(const LsmExtractInput *input, LsmExtractResult *result, const char *name,
		 LsmExtractStatus *status_out)
{
	LsmPackageStep step;
	g_autoptr(LsmPackage) package = open_at(input, name, &step);

	if (package != NULL)
		return lsm_package_fetch(package, result, status_out);
	*status_out = step == LSM_PACKAGE_LIMIT ? LSM_EXTRACT_LIMIT : LSM_EXTRACT_UNREADABLE;
	return NULL;
}
