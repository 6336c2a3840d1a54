/*
 * message_text.h - which of a mail's texts is the mail's own; known to message.c and message_text.c only.
 */
#ifndef LSM_RULES_MESSAGE_TEXT_H
#define LSM_RULES_MESSAGE_TEXT_H

#include "rules/message.h"

#define LSM_MESSAGE_TEXT_MAX (1024 * 1024) /* octets of a text, as sent, that are read */

/* The texts that were met while the parts were walked over; all NULL and 0 at first. */
typedef struct {
	char *plain; /* first readable text/plain */
	char *html;  /* first readable text/html, as HTML */
	int later;   /* texts behind those that were looked over */
	char *block; /* the first of them with our block's opening line, made plain */
} LsmMessageTexts;

/* Reads a mail that is one text in UTF-8, not encoded, as the MIME parser would: TRUE, and that need not be
 * asked, which takes twenty times as long. The message has its header fields; octets are the mail's. FALSE:
 * nothing was done. */
gboolean lsm_message_texts_take_plain(LsmMessageTexts *texts, const LsmMessage *message,
				      const GByteArray *octets);
/* Is a part of this type (lower case) read as plain text? */
gboolean lsm_message_texts_is_plain(const char *type);
/* One whose text nobody but the addressee can read: nothing may be said to be absent there. */
gboolean lsm_message_texts_is_sealed(const char *type);
/* Is one more text behind the first ones worth decoding? Counts it. */
gboolean lsm_message_texts_want(LsmMessageTexts *texts);
/* A text behind the first ones: kept when our block's opening line stands in it. */
void lsm_message_texts_look(LsmMessageTexts *texts, const char *text, gboolean is_html);
/* Sets the message's text and text_was_html from what was met, and frees that. */
void lsm_message_texts_choose(LsmMessageTexts *texts, LsmMessage *message);
void lsm_message_texts_clear(LsmMessageTexts *texts);

#endif
