/*
 * yardstick.c - filters that do nothing, each in its own way: what liaison-milter is measured against.
 *
 *   yardstick MODE PLACE        MODE: a row of `modes`; PLACE: unix:/path, inet:port@host
 *
 * Owns nothing but libmilter's socket, which every user may write to (a Postfix of a test runs as its own
 * user). Ends by signal.
 */
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define NO_REPLY                                                                                             \
	(SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_DATA | SMFIP_NR_HDR)
#define NOT_NEEDED (SMFIP_NOHELO | SMFIP_NODATA | SMFIP_NOUNKNOWN)
#define MAIL_ONLY                                                                                            \
	(SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NORCPT | SMFIP_NODATA | SMFIP_NOHDRS | SMFIP_NOEOH |         \
	 SMFIP_NOBODY | SMFIP_NOUNKNOWN)

/* What a mode asks the mail server for, and its answers. To add a mode: a row. */
static const struct mode {
	const char *name;
	unsigned long steps;
	sfsistat silent; /* to a step that the mode has nothing to say at */
	sfsistat mail, end_of_header, body;
} modes[] = {
	/* every step comes and is answered: the filter that everybody writes first */
	{"continue", 0, SMFIS_CONTINUE, SMFIS_CONTINUE, SMFIS_CONTINUE, SMFIS_CONTINUE},
	/* the envelope and the header come without a reply; accepted there */
	{"header", NO_REPLY | NOT_NEEDED, SMFIS_NOREPLY, SMFIS_NOREPLY, SMFIS_ACCEPT, SMFIS_ACCEPT},
	/* the same, and accepted at the first piece of the body, before which one reply is due */
	{"body", NO_REPLY | NOT_NEEDED, SMFIS_NOREPLY, SMFIS_NOREPLY, SMFIS_CONTINUE, SMFIS_ACCEPT},
	/* nothing but MAIL comes, and is accepted: what the load generator and the sockets can do */
	{"first", MAIL_ONLY, SMFIS_CONTINUE, SMFIS_ACCEPT, SMFIS_ACCEPT, SMFIS_ACCEPT},
};

static const struct mode *mode;

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps, unsigned long unused_2,
	     unsigned long unused_3, unsigned long *actions_out, unsigned long *steps_out,
	     unsigned long *out_2, unsigned long *out_3)
{
	(void)ctx, (void)actions, (void)unused_2, (void)unused_3;
	*actions_out = 0;
	*steps_out = steps & mode->steps;
	*out_2 = *out_3 = 0;
	return SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *peer)
{
	(void)ctx, (void)name, (void)peer;
	return mode->silent;
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	(void)ctx, (void)name;
	return mode->silent;
}

static sfsistat
on_mail(SMFICTX *ctx, char **arguments)
{
	(void)ctx, (void)arguments;
	return mode->mail;
}

static sfsistat
on_recipient(SMFICTX *ctx, char **arguments)
{
	(void)ctx, (void)arguments;
	return mode->silent;
}

static sfsistat
on_data(SMFICTX *ctx)
{
	(void)ctx;
	return mode->silent;
}

static sfsistat
on_field(SMFICTX *ctx, char *name, char *value)
{
	(void)ctx, (void)name, (void)value;
	return mode->silent;
}

static sfsistat
on_end_of_header(SMFICTX *ctx)
{
	(void)ctx;
	return mode->end_of_header;
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *chunk, size_t length)
{
	(void)ctx, (void)chunk, (void)length;
	return mode->body;
}

static sfsistat
on_end_of_message(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_ACCEPT;
}

static int
serve(char *place)
{
	static const struct smfiDesc filter = {
		.xxfi_name = (char *)"yardstick",
		.xxfi_version = SMFI_VERSION,
		.xxfi_negotiate = on_negotiate,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_recipient,
		.xxfi_data = on_data,
		.xxfi_header = on_field,
		.xxfi_eoh = on_end_of_header,
		.xxfi_body = on_body,
		.xxfi_eom = on_end_of_message,
	};

	umask(0111);
	if (smfi_setconn(place) != MI_SUCCESS || smfi_register(filter) != MI_SUCCESS ||
	    smfi_opensocket(1) != MI_SUCCESS) {
		fprintf(stderr, "yardstick: cannot listen on %s\n", place);
		return 1;
	}
	return smfi_main() == MI_SUCCESS ? 0 : 1;
}

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc == 3 && i < sizeof modes / sizeof modes[0]; i++)
		if (strcmp(argv[1], modes[i].name) == 0)
			mode = &modes[i];
	if (mode == NULL) {
		fprintf(stderr, "usage: yardstick continue|header|body|first PLACE\n");
		return 2;
	}
	return serve(argv[2]);
}
