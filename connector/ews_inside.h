/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_EWS_INSIDE_H
#define PL_EWS_INSIDE_H

/*
 * The relay from inside: sessions (ews.c), the way of one request through them (ews_exchange.c),
 * the port of one session (ews_door.c) and the agent's calls (sda_ews.c).
 *
 *     browser ─ door ─▶ exchange.up ─▶ GET …/body ─▶ agent ─▶ printer
 *     browser ◀─ door ─ exchange.down ◀─ POST …/{r} ◀─ agent ◀─ printer
 *
 * Threads: `lock` of the relay guards all of it; it is held for copies only. Whoever has to wait is
 * parked under it, so no wake is lost. Order of locks: the relay's, then the park's.
 */

#include <pthread.h>

#include "ews.h"
#include "ews_jar.h"
#include "ews_rewrite.h"
#include "park.h"
#include "server.h"

#define EWS_MAX_ANSWER	  (64LL * 1024 * 1024) /* bytes of one answer */
#define EWS_MAX_UPLOAD	  (16LL * 1024 * 1024)
#define EWS_MAX_FIRMWARE  (256LL * 1024 * 1024) /* where a firmware upload was granted */
#define EWS_PIPE_SIZE	  (64 * 1024)		/* on its way, each direction */
#define EWS_MAX_IN_FLIGHT 32
#define EWS_MAX_LANES	  8
#define EWS_MAX_HEADERS	  24
#define EWS_MAX_VALUE	  1024
#define EWS_EXCHANGE_MS	  60000 /* a printer begins to answer within this */
#define EWS_TICKET_MS	  60000
#define EWS_LINGER_MS	  120000 /* how long an ended session still says so */

/* Bytes from one side to the other, bounded; at most one waits at each end. */
struct ews_pipe {
	struct pl_bytes bytes;
	int64_t total;
	bool ended;    /* nothing follows */
	bool broken;   /* cut: what came is not all */
	bool forsaken; /* nobody reads any more: what comes is thrown away */
	struct pl_park_spot reader, writer;
};

struct ews_header {
	char name[64];
	char *value;
};

struct ews_exchange {
	struct ews_session *session;
	struct ews_exchange *next; /* in session->exchanges */
	int64_t number;
	char method[12];
	char target[2048];
	char *headers;	   /* JSON list of pairs, for the agent */
	int64_t body_size; /* 0 none, -1 not known before its end */
	bool taken;	   /* the agent has it */
	bool by_agent;	   /* its answer is being sent up */
	int holders;	   /* door, agent's calls */

	struct ews_pipe up, down;
	int status; /* 0: no answer yet */
	struct ews_header answer[EWS_MAX_HEADERS];
	size_t answer_count;
	struct pl_ews_rewriter rewriter;
};

struct ews_session {
	struct pl_ews_view view;
	struct pl_ews *ews;
	int64_t agent_no;
	int64_t request_by_ms, hard_by_ms, used_ms, close_by_ms; /* monotonic */
	int64_t next_number;
	int holders; /* calls of the agent that look at it */

	struct MHD_Daemon *door;
	char cookie_name[48];
	char cookie[PL_SECRET_TEXT]; /* "" until a browser has entered */
	uint8_t ticket[PL_HASH_SIZE];
	int64_t ticket_by_ms; /* 0: none */

	struct pl_ews_jar jar;
	struct ews_exchange *exchanges; /* oldest first */
	int in_flight;
	struct pl_park_spot *lanes[EWS_MAX_LANES]; /* the agent's polls that wait */
};

struct pl_ews {
	struct pl_server *server;
	char listen[64]; /* "" all addresses */
	uint16_t first_port;
	pthread_mutex_t lock;
	struct ews_session *sessions[PL_EWS_PORTS];
	bool stopped;
};

/* --- with the lock held --- */

struct ews_session *ews_find(struct pl_ews *ews, const char *id);

/* Ends a session: everybody who waits in it is woken. */
void ews_end_locked(struct ews_session *s, const char *reason);

static inline bool ews_is_open(const struct ews_session *s)
{
	return s->view.state == PL_EWS_OPEN;
}

/* A new exchange, held by the caller, not yet on its way; NULL: too many are in flight, or no
 * memory. */
struct ews_exchange *ews_exchange_new(struct ews_session *s, const char *method,
				      struct pl_span target, int64_t body_size);
/* Lets the agent have it. */
void ews_exchange_send(struct ews_exchange *x);
void ews_exchange_release(struct ews_exchange *x);

/* The oldest one that the agent has not taken; NULL: none. */
struct ews_exchange *ews_exchange_next(struct ews_session *s);
struct ews_exchange *ews_exchange_find(struct ews_session *s, int64_t number);

/* Breaks both pipes and wakes whoever waits. */
void ews_exchange_cut(struct ews_exchange *x);

/* Moves at most `cap` bytes out; the writer is woken when there is room again. */
size_t ews_pipe_take(struct ews_pipe *p, struct pl_park *park, void *buf, size_t cap);
/* How many bytes fit in. */
size_t ews_pipe_room(const struct ews_pipe *p);
/* Tells the reader that there is something new. */
void ews_pipe_wake_reader(struct ews_pipe *p, struct pl_park *park);
/* Nobody reads any more. */
void ews_pipe_forsake(struct ews_pipe *p, struct pl_park *park);

/* --- the door; without the lock --- */

/* Opens the port of a session. */
enum pl_result ews_door_open(struct ews_session *s, uint16_t port, struct pl_error *err);
/* Ends all of its connections; nobody of it may be parked any more. */
void ews_door_close(struct ews_session *s);

/* Whether the cookies of a request let somebody into a session of another port. */
bool ews_has_other_cookie(struct pl_ews *ews, const struct ews_session *but,
			  struct MHD_Connection *connection);

/* Notes a request line in the customer's audit. */
struct ews_audit {
	const char *method, *target, *address;
	char outcome[PL_EWS_MAX_REASON];
};
void ews_audit(const struct ews_session *s, const struct ews_audit *line);

#endif
