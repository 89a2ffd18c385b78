/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_WEB_H
#define PL_WEB_H

/*
 * Web: one HTTPS daemon and its requests. Both ports are served by it: 12351 (sda.c) and 12352
 * (api.c), each with a table of routes. A handler answers at once, or steps aside (the connection
 * sleeps) and is answered by another thread later; a body is read only after the route's gate has
 * let the request in.
 *
 *     static const struct pl_web_route ROUTES[] = {
 *             { "POST", "/sda/v1/actions/{id}", 64 * 1024, 0, answer_action },
 *
 * Threads: gate and handlers run on the daemon's thread and must not block; what steps aside is
 * finished by pl_web_resume() from any thread. Memory: a request and all in it live until its
 * answer is sent.
 */

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "park.h"
#include "platen/bytes.h"
#include "platen/result.h"
#include "platen/span.h"
#include "pool.h"
#include "store.h"

#define PL_WEB_MAX_PARTS   2
#define PL_WEB_MAX_HEADERS 8
#define PL_MAX_ID	   65 /* with NUL */
#define PL_WEB_BODY_MS	   60000
#define PL_MAX_ANSWER	   (64 * 1024 * 1024)

struct cJSON;
struct pl_web;
struct pl_web_request;

enum pl_web_flag {
	PL_WEB_GZIP = 1,    /* the body may come with Content-Encoding: gzip */
	PL_WEB_OPEN = 2,    /* the gate lets everybody in */
	PL_WEB_EXPIRED = 4, /* SDA: an expired certificate is enough */
	PL_WEB_STREAM = 8,  /* the handler is called before the body, and takes it in pieces */
};

struct pl_web_route {
	const char *method; /* "GET" also answers HEAD */
	const char *path;   /* "/api/v1/printers/{id}" */
	size_t max_body;    /* bytes on the wire */
	unsigned flags;
	void (*handle)(struct pl_web_request *rq);
	const void *more; /* what the daemon's owner wants to know of a route */
};

struct pl_web_header {
	const char *name;
	char value[256];
};

struct pl_web_request {
	struct pl_web *web;
	struct MHD_Connection *connection;
	const struct pl_web_route *route;
	char method[12];
	char path[512];
	char part[PL_WEB_MAX_PARTS][PL_MAX_ID]; /* what stands at {id} */
	struct pl_bytes body;
	int64_t began_ms;

	/* The answer: set `status` last. */
	int status;
	struct pl_bytes answer;
	const void *fixed; /* instead of `answer`: memory that outlives the daemon */
	size_t fixed_size;
	const char *type; /* Content-Type; NULL: JSON */
	struct pl_web_header headers[PL_WEB_MAX_HEADERS];
	size_t header_count;

	/* For handlers of PL_WEB_STREAM: takes the next piece of the body, *n bytes, and leaves in
	 * *n how many it did not take; having parked the connection, it gets those again. False:
	 * the connection is cut. `resumed` is called at the body's end. */
	bool (*piece)(struct pl_web_request *rq, const char *data, size_t *n);

	/* For handlers that step aside. */
	void (*resumed)(
		struct pl_web_request *rq); /* called after a resume; NULL: the answer is ready */
	struct pl_store_job store_job;
	enum pl_result (*store_run)(struct pl_db *db, void *rq, struct pl_error *err);
	void (*store_done)(struct pl_web_request *rq, enum pl_result r, const struct pl_error *err);
	struct pl_pool_job pool_job;
	void (*pool_run)(struct pl_db *reader, void *rq);
	struct pl_park_spot spot;
	void *call; /* the handler's own */
	void (*free_call)(void *call);

	bool handled, refused, oversized;
	bool aside;  /* in other hands: the daemon's thread looks at nothing until it is resumed */
	bool queued; /* the handler queued a response of its own */
	enum MHD_Result queue_result;
};

struct pl_web_config {
	const char *name;   /* for the log: "sda" */
	const char *listen; /* address, NULL: all */
	uint16_t port;	    /* 0: any */
	const char *key_pem, *certificate_pem;
	const char *client_ca_pem; /* asks peers for a certificate of this CA; NULL: does not ask */
	const struct pl_web_route *routes;
	size_t route_count;
	size_t memory_per_connection;
	unsigned connection_limit;
	unsigned address_limit; /* connections of one address; 0: no more than all */
	/* Called before a body is read; refuses by setting an answer. */
	void (*gate)(struct pl_web_request *rq);
	/* GETs of paths that no route has; NULL: 404. */
	void (*other)(struct pl_web_request *rq);
	/* Adds what every answer carries; may be NULL. */
	void (*decorate)(struct pl_web_request *rq);
	/* A per-connection value of the owner's, freed with free(). */
	size_t peer_size;
	void *owner;
};

enum pl_result pl_web_open(const struct pl_web_config *config, struct pl_web **ret_web,
			   struct pl_error *err);

/* From now on new connections are shown this certificate; open ones go on. PL_E_INVALID says what
 * is wrong with it, and nothing has changed. Threads: one at a time. */
enum pl_result pl_web_use_certificate(struct pl_web *web, const char *certificate_pem,
				      const char *key_pem, struct pl_error *err);

uint16_t pl_web_port(const struct pl_web *web);
void *pl_web_owner(const struct pl_web_request *rq);

/* For a port of its own that shows what this one shows: dresses each new TLS session for the
 * certificate callback (MHD_OPTION_HTTPS_CERT_CALLBACK). `web` outlives it. */
void pl_web_dress(struct pl_web *web, gnutls_session_t session);
int pl_web_choose_certificate(gnutls_session_t session, const gnutls_datum_t *names, int name_count,
			      const gnutls_pk_algorithm_t *kinds, int kind_count,
			      gnutls_pcert_st **chain, unsigned *count, gnutls_privkey_t *key);

/* Takes no more connections. */
void pl_web_quiesce(struct pl_web *web);
/* Waits until every request is answered to its end, or `by_ms`. */
void pl_web_drain(const struct pl_web *web, int64_t by_ms);
/* Ends all connections; nothing may be stepping aside any more. NULL is allowed. */
void pl_web_close(struct pl_web *web);

/* Ends the connections that have taken too long: for the head of a request, or to take an answer.
 * Now and then, from any thread. Returns how many. */
int pl_web_cut(struct pl_web *web);

/* Figures for /metrics. */
int64_t pl_web_connections(const struct pl_web *web);
int64_t pl_web_requests(const struct pl_web *web);

/* The per-connection value (zeroed at its beginning). */
void *pl_web_peer(const struct pl_web_request *rq);

/* A query parameter or header, NULL where absent. */
const char *pl_web_query(const struct pl_web_request *rq, const char *name);
const char *pl_web_header(const struct pl_web_request *rq, const char *name);

/* The peer's address as text. */
void pl_web_address(const struct pl_web_request *rq, char *out, size_t cap);
void pl_web_address_of(struct MHD_Connection *connection, char *out, size_t cap);

/* Answers. pl_web_json() takes `doc` over. */
void pl_web_json(struct pl_web_request *rq, int status, struct cJSON *doc);
void pl_web_text(struct pl_web_request *rq, int status, const char *type, struct pl_span body);
void pl_web_empty(struct pl_web_request *rq, int status);
void pl_web_error(struct pl_web_request *rq, int status, const char *code, const char *fmt, ...)
	PL_PRINTF(4, 5);
void pl_web_add_header(struct pl_web_request *rq, const char *name, const char *fmt, ...)
	PL_PRINTF(3, 4);

/* Unpacks a body that came with gzip; not on the daemon's thread. False: an error was answered. */
bool pl_web_unzip(struct pl_web_request *rq);

/* Steps aside: runs on a worker and resumes. `run` gets the request. 503 when the pool is full. */
void pl_web_to_pool(struct pl_web_request *rq, struct pl_pool *pool,
		    void (*run)(struct pl_db *reader, void *rq));

/* Steps aside: runs in the store's next transaction; `done` (on the store's thread) sets the answer
 * and then the request is resumed. */
void pl_web_to_store(struct pl_web_request *rq, struct pl_store *store,
		     enum pl_result (*run)(struct pl_db *db, void *rq, struct pl_error *err),
		     void (*done)(struct pl_web_request *rq, enum pl_result r,
				  const struct pl_error *err));

#endif
