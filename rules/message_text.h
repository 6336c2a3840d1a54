/*
 * message_text.h - which of a mail's texts is the mail's own; known to message.c and message_text.c only.
 */
#ifndef LSM_RULES_MESSAGE_TEXT_H
#define LSM_RULES_MESSAGE_TEXT_H

#include "rules/message.h"

/* The texts that were met while the parts were walked over; all NULL and 0 at first. */
typedef struct {
	char *plain; /* first readable text/plain */
	char *html;  /* first readable text/html, as HTML */
	int later;   /* texts behind those that were looked over */
	char *block; /* the first of them with our block's opening line, made plain */
} LsmMessageTexts;

/* Is a part of this type (lower case) read as plain text? */
gboolean lsm_message_texts_is_plain(const char *type);
/* Is one more text behind the first ones worth decoding? Counts it. */
gboolean lsm_message_texts_want(LsmMessageTexts *texts);
/* A text behind the first ones: kept when our block's opening line stands in it. */
void lsm_message_texts_look(LsmMessageTexts *texts, const char *text, gboolean is_html);
/* Sets the message's text and text_was_html from what was met, and frees that. */
void lsm_message_texts_choose(LsmMessageTexts *texts, LsmMessage *message);
void lsm_message_texts_clear(LsmMessageTexts *texts);

#endif
