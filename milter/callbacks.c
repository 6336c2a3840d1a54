/*
 * callbacks.c - the thin adapters between libmilter and a session.
 *
 * Owns a pointer to the gate, for libmilter has no room for one. Each callback fetches the session,
 * calls it and translates the answer. They run on any thread of libmilter's pool, one at a time for
 * a connection. The pool lets strangers wait behind a slow callback, so that only three of them ever
 * answer: end of header, body, end of message.
 */
#include "milter/callbacks.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <string.h>

#include "conf/log.h"
#include "desk/counters.h"
#include "milter/session.h"

static LsmGate *gate;

/* --- negotiation --- */

#define EDITS (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_ADDRCPT | SMFIF_DELRCPT)
/* Taken where the mail server offers it. */
#define EXTRAS SMFIF_CHGBODY
#define MUST_HAVE (SMFIP_SKIP | SMFIP_HDR_LEADSPC)
/* Steps that never answer, and steps that are not needed at all. libmilter fills in where a mail server lacks
 * them. */
#define SPARED                                                                                               \
	(SMFIP_NR_CONN | SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_HDR | SMFIP_NOHELO | SMFIP_NODATA |        \
	 SMFIP_NOUNKNOWN)

/*
 * To ask for a macro: name it at the step that reads it. What is not listed here is not sent at that
 * step, its defaults included. A step without macros is a packet less, of some twenty for an ordinary
 * mail; to Postfix an empty list means its defaults: a name that nobody has spares them. Postfix knows
 * the queue id from the second recipient on; sendmail's at MAIL displaces the login of the mail before.
 */
#define NONE "{none}"

static const struct {
	int step;
	const char *names;
	const char *names_for_ordinary; /* where ordinary mail is logged, too */
} macros[] = {
	{SMFIM_CONNECT, "{daemon_name} {client_addr}", NULL},
	{SMFIM_ENVFROM, "i {auth_authen}", NULL},
	{SMFIM_ENVRCPT, NONE, NULL},
	{SMFIM_EOH, NONE, "i"},
	{SMFIM_EOM, "i", NULL},
};

/* Once a connection: where a reload has begun to log ordinary mail, lines of connections from before lack the queue
 * id. They never have another mail's: libmilter forgets at MAIL what came after it. */
static gboolean
ask_for_macros(SMFICTX *ctx)
{
	g_autoptr(LsmSettings) settings = lsm_gate_settings(gate);

	for (guint i = 0; i < G_N_ELEMENTS(macros); i++) {
		const char *names = settings->log_ordinary && macros[i].names_for_ordinary != NULL
					    ? macros[i].names_for_ordinary
					    : macros[i].names;

		if (smfi_setsymlist(ctx, macros[i].step, (char *)names) != MI_SUCCESS)
			return FALSE;
	}
	return TRUE;
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps, unsigned long unused_2,
	     unsigned long unused_3, unsigned long *actions_out, unsigned long *steps_out,
	     unsigned long *out_2, unsigned long *out_3)
{
	(void)unused_2;
	(void)unused_3;
	if ((actions & EDITS) != EDITS || (steps & MUST_HAVE) != MUST_HAVE) {
		lsm_log(LOG_ERR, NULL, "negotiation-failed", "text",
			"the mail server offers too little: Postfix 2.5 or sendmail 8.14 is needed, with "
			"milter_protocol = 6",
			NULL);
		return SMFIS_REJECT;
	}
	*actions_out = EDITS | (actions & EXTRAS);
	*steps_out = MUST_HAVE | (steps & SPARED);
	*out_2 = *out_3 = 0;
	/* A server that cannot be asked sends its defaults, which have all that is needed. */
	if ((actions & SMFIF_SETSYMLIST) != 0) {
		*actions_out |= SMFIF_SETSYMLIST;
		if (!ask_for_macros(ctx))
			return SMFIS_REJECT;
	}
	return SMFIS_CONTINUE;
}

/* --- connection and envelope --- */

/* "203.0.113.9"; NULL where there is no address. An IPv4 client on an IPv6 socket is shown as IPv4. */
static char *
print_address(const _SOCK_ADDR *address, int *port_out)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
	char text[INET6_ADDRSTRLEN];

	*port_out = -1;
	if (address != NULL && address->sa_family == AF_INET) {
		*port_out = ntohs(v4->sin_port);
		return g_strdup(inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text));
	}
	if (address != NULL && address->sa_family == AF_INET6) {
		*port_out = ntohs(v6->sin6_port);
		if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
			return g_strdup(inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text, sizeof text));
		return g_strdup(inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text));
	}
	return NULL;
}

/* How Postfix shows mail of its `sendmail` command: no TCP client has port 0. */
static gboolean
is_command(const char *name, const char *address, int port)
{
	return g_strcmp0(name, "localhost") == 0 && port == 0 &&
	       (g_strcmp0(address, "127.0.0.1") == 0 || g_strcmp0(address, "::1") == 0);
}

static LsmSession *
open_session(SMFICTX *ctx, const char *name, const _SOCK_ADDR *peer)
{
	int port;
	g_autofree char *address = print_address(peer, &port);
	LsmSession *session;

	if (address == NULL)
		address = g_strdup(smfi_getsymval(ctx, (char *)"{client_addr}"));
	session = lsm_session_new(name, address, is_command(name, address, port));
	lsm_session_follow(session, lsm_gate_threads(gate));
	lsm_counters_add(LSM_COUNT_CONNECTIONS, 1);
	smfi_setpriv(ctx, session);
	return session;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *peer)
{
	lsm_session_free(smfi_getpriv(ctx));
	open_session(ctx, name, peer);
	return SMFIS_NOREPLY;
}

static sfsistat
on_mail(SMFICTX *ctx, char **arguments)
{
	LsmSession *session = smfi_getpriv(ctx);
	g_autoptr(LsmSettings) settings = lsm_gate_settings(gate);

	/* A mail server that was told not to report connections. */
	if (session == NULL)
		session = open_session(ctx, NULL, NULL);
	lsm_session_begin_mail(session, settings, arguments[0], smfi_getsymval(ctx, (char *)"{auth_authen}"),
			       smfi_getsymval(ctx, (char *)"{daemon_name}"));
	return SMFIS_NOREPLY;
}

static sfsistat
on_recipient(SMFICTX *ctx, char **arguments)
{
	LsmSession *session = smfi_getpriv(ctx);

	if (session != NULL)
		lsm_session_add_recipient(session, arguments[0]);
	return SMFIS_NOREPLY;
}

/* --- header and body --- */

static sfsistat
on_field(SMFICTX *ctx, char *name, char *value)
{
	LsmSession *session = smfi_getpriv(ctx);

	if (session != NULL)
		lsm_session_add_field(session, name, value);
	return SMFIS_NOREPLY;
}

static sfsistat
answer_of_step(LsmStep step)
{
	static const sfsistat answers[] = {
		[LSM_STEP_GO_ON] = SMFIS_CONTINUE,
		[LSM_STEP_SKIP] = SMFIS_SKIP,
		[LSM_STEP_ACCEPT] = SMFIS_ACCEPT,
	};

	return answers[step];
}

static sfsistat
on_end_of_header(SMFICTX *ctx)
{
	LsmSession *session = smfi_getpriv(ctx);
	LsmStep step;

	if (session == NULL || !lsm_gate_enter(gate))
		return SMFIS_TEMPFAIL;
	step = lsm_session_end_header(session, lsm_gate_desk(gate), smfi_getsymval(ctx, (char *)"i"));
	lsm_gate_leave(gate);
	return answer_of_step(step);
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *chunk, size_t length)
{
	LsmSession *session = smfi_getpriv(ctx);

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	return answer_of_step(lsm_session_add_body(session, chunk, length));
}

/* --- end of message: the plan's edits, in the table's order --- */

static gboolean
remove_headers(SMFICTX *ctx, const LsmPlan *plan)
{
	for (guint i = 0; i < plan->remove_headers->len; i++) {
		const LsmHeaderEdit *edit = g_ptr_array_index(plan->remove_headers, i);

		if (smfi_chgheader(ctx, edit->name, edit->index, edit->value) != MI_SUCCESS)
			return FALSE;
	}
	return TRUE;
}

static gboolean
add_recipients(SMFICTX *ctx, const LsmPlan *plan)
{
	for (guint i = 0; i < plan->add_recipients->len; i++)
		if (smfi_addrcpt(ctx, g_ptr_array_index(plan->add_recipients, i)) != MI_SUCCESS)
			return FALSE;
	return TRUE;
}

static gboolean
remove_recipients(SMFICTX *ctx, const LsmPlan *plan)
{
	for (guint i = 0; i < plan->remove_recipients->len; i++)
		if (smfi_delrcpt(ctx, g_ptr_array_index(plan->remove_recipients, i)) != MI_SUCCESS)
			return FALSE;
	return TRUE;
}

static gboolean
add_headers(SMFICTX *ctx, const LsmPlan *plan)
{
	for (guint i = 0; i < plan->add_headers->len; i++) {
		const LsmHeaderEdit *edit = g_ptr_array_index(plan->add_headers, i);
		/* With SMFIP_HDR_LEADSPC the blank behind the colon is ours to give. */
		g_autofree char *value = g_strconcat(edit->value[0] == ' ' ? "" : " ", edit->value, NULL);

		if (smfi_addheader(ctx, edit->name, value) != MI_SUCCESS)
			return FALSE;
	}
	return TRUE;
}

#define BODY_CHUNK 65535u /* octets that libmilter sends in one piece */

static gboolean
replace_body(SMFICTX *ctx, const LsmPlan *plan)
{
	gsize length;
	gconstpointer data;

	if (plan->body == NULL)
		return TRUE;
	data = g_bytes_get_data(plan->body, &length);
	for (gsize sent = 0; sent < length; sent += BODY_CHUNK) {
		int size = (int)MIN(length - sent, BODY_CHUNK);

		/* A server that lets no body be changed: what a body loses here (mask.h) is void by then. */
		if (smfi_replacebody(ctx, (unsigned char *)data + sent, size) != MI_SUCCESS)
			return sent == 0;
	}
	return TRUE;
}

#define REPLY_LINES 8

static gboolean
set_reply(SMFICTX *ctx, const LsmPlan *plan)
{
	char *line[REPLY_LINES] = {NULL};

	if (plan->reply_lines == NULL || plan->reply_lines[0] == NULL)
		return TRUE;
	for (guint i = 0; i < REPLY_LINES && plan->reply_lines[i] != NULL; i++)
		line[i] = plan->reply_lines[i];
	return smfi_setmlreply(ctx, plan->reply_code, plan->reply_status, line[0], line[1], line[2], line[3],
			       line[4], line[5], line[6], line[7], NULL) == MI_SUCCESS;
}

/*
 * To add an edit: a row. Recipients are added before any is removed, so that the list is never empty
 * without reason; the reply comes last. A mail that is not accepted is not edited.
 */
static const struct {
	const char *what; /* for the record and the log */
	gboolean only_accepted;
	gboolean (*apply)(SMFICTX *ctx, const LsmPlan *plan);
} edits[] = {
	{"remove-header", TRUE, remove_headers},
	{"add-recipient", TRUE, add_recipients},
	{"remove-recipient", TRUE, remove_recipients},
	{"add-header", TRUE, add_headers},
	{"replace-body", TRUE, replace_body},
	{"set-reply", FALSE, set_reply},
};

/* Returns the name of the edit that failed, or NULL. */
static const char *
apply_plan(SMFICTX *ctx, const LsmPlan *plan)
{
	for (guint i = 0; i < G_N_ELEMENTS(edits); i++) {
		if (edits[i].only_accepted && plan->reply != LSM_REPLY_ACCEPT)
			continue;
		if (!edits[i].apply(ctx, plan))
			return edits[i].what;
	}
	return NULL;
}

static sfsistat
answer_of_reply(LsmReplyKind reply)
{
	static const sfsistat answers[] = {
		[LSM_REPLY_ACCEPT] = SMFIS_ACCEPT,
		[LSM_REPLY_REJECT] = SMFIS_REJECT,
		[LSM_REPLY_TEMPFAIL] = SMFIS_TEMPFAIL,
		[LSM_REPLY_DISCARD] = SMFIS_DISCARD,
	};

	return answers[reply];
}

static void
tell_not_applied(const LsmSession *session, const char *failed)
{
	const char *ticket = lsm_session_ticket(session);
	const char *queue_id = lsm_session_queue_id(session);
	g_autoptr(GError) error = NULL;

	lsm_log(LOG_ERR, queue_id, "not-applied", "edit", failed, NULL);
	lsm_counters_add(LSM_COUNT_NOT_APPLIED, 1);
	if (ticket != NULL && !lsm_desk_not_applied(lsm_gate_desk(gate), ticket, failed, &error))
		lsm_log_error(error, queue_id, "not-applied-untold", "ticket", ticket, NULL);
}

static sfsistat
settle(SMFICTX *ctx, LsmSession *session)
{
	const LsmPlan *plan = lsm_session_end_mail(session, lsm_gate_desk(gate), g_get_real_time());
	const char *failed;

	if (plan == NULL)
		return SMFIS_TEMPFAIL;
	failed = apply_plan(ctx, plan);
	if (failed != NULL) {
		tell_not_applied(session, failed);
		lsm_counters_add(LSM_COUNT_REPLY_TEMPFAIL, 1);
		return SMFIS_TEMPFAIL;
	}
	if (lsm_session_ticket(session) != NULL)
		lsm_gate_taken(gate, lsm_session_ticket(session), lsm_session_queue_id(session));
	lsm_session_passed(session, g_get_real_time());
	lsm_counters_add(LSM_COUNT_REPLY_ACCEPT + plan->reply, 1);
	return answer_of_reply(plan->reply);
}

static sfsistat
on_end_of_message(SMFICTX *ctx)
{
	LsmSession *session = smfi_getpriv(ctx);
	sfsistat answer;

	if (session == NULL || !lsm_gate_enter(gate))
		return SMFIS_TEMPFAIL;
	lsm_session_set_queue_id(session, smfi_getsymval(ctx, (char *)"i"));
	answer = settle(ctx, session);
	lsm_session_reset(session);
	lsm_gate_leave(gate);
	return answer;
}

/* --- ends --- */

static sfsistat
on_abort(SMFICTX *ctx)
{
	LsmSession *session = smfi_getpriv(ctx);

	if (session != NULL)
		lsm_session_reset(session);
	return SMFIS_CONTINUE;
}

/* May come without any other callback (a port probe). Runs under libmilter's own lock: must not block. */
static sfsistat
on_close(SMFICTX *ctx)
{
	lsm_session_free(smfi_getpriv(ctx));
	smfi_setpriv(ctx, NULL);
	return SMFIS_CONTINUE;
}

gboolean
lsm_callbacks_register(LsmGate *owner)
{
	static const struct smfiDesc filter = {
		.xxfi_name = (char *)"liaison-milter",
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = EDITS | EXTRAS | SMFIF_SETSYMLIST,
		.xxfi_negotiate = on_negotiate,
		.xxfi_connect = on_connect,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_recipient,
		.xxfi_header = on_field,
		.xxfi_eoh = on_end_of_header,
		.xxfi_body = on_body,
		.xxfi_eom = on_end_of_message,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
	};

	gate = owner;
	return smfi_register(filter) == MI_SUCCESS;
}
