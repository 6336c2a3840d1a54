/*
 * package.h - zip archives, also those that are documents (docx, odt), in memory.
 */
#ifndef LSM_EXTRACT_PACKAGE_H
#define LSM_EXTRACT_PACKAGE_H

#include "extract/format.h"

/* What a walk is told of a member; its octets are fetched only when asked for. */
typedef struct LsmPackage LsmPackage;

/* Opens a zip; NULL when it is none. The data must stay. */
LsmPackage *lsm_package_open(const guint8 *data, gsize size);
void lsm_package_close(LsmPackage *package);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmPackage, lsm_package_close)

typedef enum {
	LSM_PACKAGE_MEMBER, /* here is one */
	LSM_PACKAGE_END,
	LSM_PACKAGE_DAMAGED,
	LSM_PACKAGE_LIMIT, /* more members than are looked at */
} LsmPackageStep;

/* Goes to the next member that is a file; *name_out belongs to the package, up to the next step. */
LsmPackageStep lsm_package_next(LsmPackage *package, const char **name_out);
/* TRUE when a member has that name, or a name that begins so when it ends in '*'. */
gboolean lsm_package_has(const LsmExtractInput *input, const char *name);
gboolean lsm_package_is_encrypted(LsmPackage *package);

/* The octets of the member stepped to; they count against the result's allowance. *status_out says why there
 * are none (NULL: ENCRYPTED, UNREADABLE or LIMIT). */
GByteArray *lsm_package_fetch(LsmPackage *package, LsmExtractResult *result, LsmExtractStatus *status_out);

/* The octets of the first member with that name, as in lsm_package_has. NULL as above; UNREADABLE also when
 * there is none. */
GByteArray *lsm_package_find(const LsmExtractInput *input, LsmExtractResult *result, const char *name,
			     LsmExtractStatus *status_out);

#endif
