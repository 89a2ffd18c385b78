/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_CALL_H
#define PL_AGENT_CALL_H

/*
 * Call: one question to the connector and its answer, as WIRE.md has them: JSON both ways, errors
 * with a code and a sentence. Whatever goes out is noted first (sent.h).
 *
 * Threads: a caller belongs to one. Memory: pl_answer_finish() frees an answer.
 */

#include "dial.h"
#include "platen/span.h"
#include "spool.h"

struct cJSON;

struct pl_caller {
	struct pl_dialer *dialer; /* owned */
	struct pl_spool *spool;	  /* where it is noted; NULL: nowhere */
	struct pl_stream *stream; /* NULL: not connected */
	const char *secret;	  /* masked wherever it is noted; NULL: none */
	bool plain;		  /* the connector does not take packed bodies */
};

struct pl_call {
	const char *method;
	const char *target;	  /* "/sda/v1/reports" */
	const char *noted;	  /* the target as it is noted, without its query; NULL: the same */
	const char *headers;	  /* further header lines; NULL: none */
	const char *content_type; /* of the body; NULL: JSON */
	struct pl_span body;	  /* empty: none */
	bool packable; /* a large body may leave as gzip; it is noted plain all the same */
};

struct pl_answer {
	int status;	   /* HTTP */
	struct cJSON *doc; /* NULL: no JSON came */
	char error[48];	   /* "token_expired"; "" where the status is not an error's */
	char message[192]; /* the connector's sentence, printable; "" none */
	char etag[96];
	int64_t retry_after_s; /* -1: not told */
};

/* Takes the dialer over. */
void pl_caller_init(struct pl_caller *caller, struct pl_dialer *dialer, struct pl_spool *spool);
void pl_caller_finish(struct pl_caller *caller); /* may be called twice */

/* Connects now, where there is no connection: for a caller that wants to know before it prepares
 * what to send. Returns what pl_dial() says. */
enum pl_result pl_caller_connect(struct pl_caller *caller, int64_t by_ms, struct pl_error *err);

/* Closes the connection; the next call opens one. */
void pl_caller_hang_up(struct pl_caller *caller);

/* Connects when needed (anew, once, where a connection kept from before has died meanwhile), asks
 * and reads the answer. An HTTP error status is PL_OK with ret->status set. Returns PL_OK | what
 * pl_dial() (nothing was noted) and pl_http_exchange() say | PL_E_PROTOCOL (the answer is no JSON)
 * | PL_E_FULL or PL_E_IO (it cannot be noted, so it was not sent). */
enum pl_result pl_call(struct pl_caller *caller, const struct pl_call *call, int64_t by_ms,
		       struct pl_answer *ret_answer, struct pl_error *err);
void pl_answer_finish(struct pl_answer *answer);

/* The result and sentence of an error status: PL_E_DENIED for 401 and 403, PL_E_BUSY for 408, 429
 * and 5xx, PL_E_REFUSED for every other. */
enum pl_result pl_answer_error(const struct pl_answer *answer, struct pl_error *err);

#endif
