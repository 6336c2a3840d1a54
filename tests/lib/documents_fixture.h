/*
 * documents_fixture.h - a small table of documents, one of each standing, for the tests of rules.
 */
#ifndef LSM_TESTS_DOCUMENTS_FIXTURE_H
#define LSM_TESTS_DOCUMENTS_FIXTURE_H

#include <glib/gstdio.h>
#include <unistd.h>

#include "conf/documents.h"

#define ROW_RFC(number, status, stream, group, successors)                                                   \
	{                                                                                                    \
		"rfc" #number, "", group, successors, LSM_STREAM_##stream, LSM_STATUS_##status,              \
			LSM_STATUS_UNKNOWN, -1, 0                                                            \
	}
#define ROW_DRAFT(name, status, stream, group, successors, intended)                                         \
	{                                                                                                    \
		"draft-" name, "", group, successors, LSM_STREAM_##stream, LSM_STATUS_##status,              \
			LSM_STATUS_##intended, 4, 0                                                          \
	}

static const LsmDocument fixture_documents[] = {
	ROW_RFC(14, NOT_ISSUED, UNKNOWN, "", ""),
	ROW_RFC(1594, INFORMATIONAL, LEGACY, "", ""),
	ROW_RFC(2119, BEST_CURRENT_PRACTICE, IETF, "", ""),
	ROW_RFC(2679, PROPOSED_STANDARD, IETF, "ippm", "rfc7679"),
	ROW_RFC(3986, INTERNET_STANDARD, IETF, "", ""),
	ROW_RFC(6374, PROPOSED_STANDARD, IETF, "mpls", ""),
	ROW_RFC(6921, INFORMATIONAL, INDEPENDENT, "", ""),
	ROW_RFC(7624, INFORMATIONAL, IAB, "", ""),
	ROW_RFC(7679, INTERNET_STANDARD, IETF, "ippm", ""),
	ROW_RFC(7799, INFORMATIONAL, IETF, "ippm", ""),
	ROW_RFC(8321, EXPERIMENTAL, IETF, "ippm", ""),
	ROW_RFC(8322, INFORMATIONAL, IETF, "", ""),
	ROW_RFC(8762, PROPOSED_STANDARD, IETF, "ippm", ""),
	ROW_RFC(8972, PROPOSED_STANDARD, IETF, "ippm", ""),
	ROW_RFC(9000, HISTORIC, IETF, "quic", ""),
	ROW_RFC(9315, INFORMATIONAL, IRTF, "", ""),
	{"bcp14", "", "", "rfc2119", LSM_STREAM_UNKNOWN, LSM_STATUS_BEST_CURRENT_PRACTICE, LSM_STATUS_UNKNOWN,
	 -1, 0},
	ROW_DRAFT("ietf-ippm-stamp-yang", ACTIVE, IETF, "ippm", "", PROPOSED_STANDARD),
	ROW_DRAFT("ietf-ippm-trial", ACTIVE, IETF, "ippm", "", EXPERIMENTAL),
	ROW_DRAFT("ietf-ippm-old", EXPIRED, IETF, "ippm", "", PROPOSED_STANDARD),
	ROW_DRAFT("ietf-ippm-stamp", PUBLISHED, IETF, "ippm", "rfc8762", PROPOSED_STANDARD),
	ROW_DRAFT("ietf-ippm-taken-back", WITHDRAWN, IETF, "ippm", "", UNKNOWN),
	ROW_DRAFT("irtf-nmrg-intent", ACTIVE, IRTF, "nmrg", "", INFORMATIONAL),
	ROW_DRAFT("smith-ippm-idea", ACTIVE, UNKNOWN, "ippm", "", UNKNOWN),
	ROW_DRAFT("smith-ippm-plan", REPLACED, UNKNOWN, "", "draft-ietf-ippm-stamp-yang", UNKNOWN),
	ROW_DRAFT("smith-transition-64", ACTIVE, UNKNOWN, "", "", UNKNOWN),
};

#undef ROW_RFC
#undef ROW_DRAFT

/* Made on 2026-11-20. The file is gone again when it is open. */
G_GNUC_UNUSED static LsmDocuments *
documents_fixture_open(void)
{
	g_autoptr(LsmDocumentsBuilder) builder = lsm_documents_builder_new();
	g_autofree char *path = NULL;
	g_autoptr(GBytes) table = NULL;
	int fd = g_file_open_tmp("lsm-documents-XXXXXX", &path, NULL);
	LsmDocuments *documents;

	g_assert_cmpint(fd, >=, 0);
	close(fd);
	g_unlink(path);
	for (guint i = 0; i < G_N_ELEMENTS(fixture_documents); i++)
		g_assert_true(lsm_documents_builder_add(builder, &fixture_documents[i], NULL));
	table = lsm_documents_builder_finish(builder, G_GINT64_CONSTANT(1795176000));
	g_assert_true(lsm_documents_write(table, path, NULL));
	documents = lsm_documents_open(path, NULL);
	g_assert_nonnull(documents);
	g_unlink(path);
	return documents;
}

#endif
