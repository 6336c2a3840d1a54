/*
 * service.h - the desk itself: owns the store, writes the record, answers the gates and liaisonctl.
 */
#ifndef LSM_DESK_SERVICE_H
#define LSM_DESK_SERVICE_H

#include "desk/desk.h"
#include "desk/frame.h"
#include "store/store.h"

typedef struct LsmService LsmService;

/* Takes the store. Starts the writer thread. Settings are borrowed by reference. */
LsmService *lsm_service_new(LsmStore *store, const LsmSettings *settings);
/* Waits for the writer to finish what it has. */
void lsm_service_free(LsmService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmService, lsm_service_free)
void lsm_service_set_settings(LsmService *service, const LsmSettings *settings);
/* Clock for tests and scan; NULL: the machine's. Microseconds. */
void lsm_service_set_clock(LsmService *service, gint64 (*clock)(gpointer data), gpointer data);

/* Who asks, for verbs. */
typedef struct {
	guint uid;
	const char *user; /* "root", or NULL */
	gboolean is_gate; /* the daemon's own user */
	gboolean is_remote; /* over the socket: what it only reports may wait for the next commit */
} LsmPeer;

/* One request, whoever brought it: operations "facts" "record" "taken" "not-applied" "owed" and the verbs. Takes
 * content (may be NULL), which goes as soon as it is not needed: a large mail is not held while it is written. */
gboolean lsm_service_handle(LsmService *service, const LsmPeer *peer, const char *operation, JsonObject *args,
			    GBytes *content, JsonObject **answer_out, GError **error);

/* The same for a content on its way: some of it, or all, may be left unread. */
gboolean lsm_service_serve(LsmService *service, const LsmPeer *peer, const char *operation, JsonObject *args,
			   LsmIncoming *incoming, JsonObject **answer_out, GError **error);

/* The twin in process: an LsmDesk that calls the service directly, as the gate. The service stays the
 * caller's. */
LsmDesk *lsm_desk_new_local(LsmService *service);

/* The desk process: serves connections on an inherited listening socket until SIGTERM; reloads on SIGUSR1;
 * sends the outbox; tends the store. settings_path: for reload. Returns the exit status. */
int lsm_service_run(int listen_fd, const char *settings_path, const LsmSettings *settings);

#endif
