/*
 * value.h - what a value in a configuration file may be.
 *
 * settings.def names these by their last word (LSM_SETTING_TEXT(..., path, ...)), and so do the
 * options of directory.conf. A kind sees one value; what several values must be together
 * is the business of those who read them. Values are UTF-8 without control characters.
 */
#ifndef LSM_CONF_VALUE_H
#define LSM_CONF_VALUE_H

#include <glib.h>

typedef struct {
	gboolean (*accepts)(const char *value);
	const char *expected; /* closes "read X; expected ..." */
} LsmValueKind;

/* To add a kind: a row here and one in value.c. */
extern const LsmValueKind lsm_value_any;
extern const LsmValueKind lsm_value_name; /* text of at least one character, at most 200 octets */
extern const LsmValueKind lsm_value_word; /* printable ASCII without blanks or quotes */
extern const LsmValueKind lsm_value_word_or_empty;
extern const LsmValueKind lsm_value_file; /* any file name, relative or absolute */
extern const LsmValueKind lsm_value_path; /* absolute */
extern const LsmValueKind lsm_value_path_or_empty;
extern const LsmValueKind lsm_value_table_or_empty; /* absolute; the file is opened with the settings */
extern const LsmValueKind lsm_value_unix_path; /* absolute, short enough for a socket */
extern const LsmValueKind lsm_value_address;
extern const LsmValueKind lsm_value_address_or_empty;
extern const LsmValueKind lsm_value_sender; /* an address, or @domain */
extern const LsmValueKind lsm_value_domain;
extern const LsmValueKind lsm_value_network;
extern const LsmValueKind lsm_value_socket;      /* unix:/path, inet:port@host, inet6:port@host */
extern const LsmValueKind lsm_value_store;       /* backend:/path, or memory: */
extern const LsmValueKind lsm_value_url;         /* smtp://host:port */
extern const LsmValueKind lsm_value_mapping;     /* user=address */
extern const LsmValueKind lsm_value_review;      /* off, parallel, after */
extern const LsmValueKind lsm_value_release;     /* desk, submitted */
extern const LsmValueKind lsm_value_rule_set;    /* one of the dated rule sets */
extern const LsmValueKind lsm_value_log_sink;    /* syslog, stderr */
extern const LsmValueKind lsm_value_delimiter;   /* one of + - = # _, or "" */
extern const LsmValueKind lsm_value_authentication; /* required, none */
extern const LsmValueKind lsm_value_notice;      /* sender, asked, coordinators, managers, assignee, groups */
extern const LsmValueKind lsm_value_acknowledge; /* draft, send, off */
extern const LsmValueKind lsm_value_reminder;    /* 0 to 365, overdue-daily, overdue-weekly */
extern const LsmValueKind lsm_value_rule_id;     /* purpose.missing */
extern const LsmValueKind lsm_value_acronym;     /* ippm, ITU-T */
extern const LsmValueKind lsm_value_date;        /* YYYY-MM-DD */
extern const LsmValueKind lsm_value_body_level;  /* organization, research */
extern const LsmValueKind lsm_value_group_level; /* group, research */

/* UNIX time of 00:00 UTC of a date that lsm_value_date accepts; 0 for anything else. */
gint64 lsm_value_parse_date(const char *date);

#endif
