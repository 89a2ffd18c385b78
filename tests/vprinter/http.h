/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_HTTP_H
#define VP_HTTP_H

/*
 * HTTP: the printer's end of HTTP/1.1 over a pipe: requests in, answers out.
 * A USB pipe cannot be closed: `Connection: close` means nothing here, and an answer always says
 * where it ends.
 *
 * Threads: the pipe's own. Memory: vp_http_finish(). Standard: RFC 9112; IPP over USB 1.0.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <platen/bytes.h>

#include "pipe.h"

#define VP_MAX_TARGET 1024

struct vp_http {
	struct vp_pipe *pipe;
	struct pl_bytes in; /* read from the pipe, not yet used */
	char method[16];
	char target[VP_MAX_TARGET];
	struct pl_bytes head; /* the request's head, for vp_http_header() */
	bool chunked;	      /* body of the request */
	int64_t left;	      /* bytes of it (or of its chunk) still to come */
	bool body_over, bad;
	enum vp_pipe_event stopped; /* why reading ended: VP_PIPE_RESET or _END */
};

void vp_http_init(struct vp_http *h, struct vp_pipe *pipe);
void vp_http_finish(struct vp_http *h);
void vp_http_restart(struct vp_http *h); /* after a reset of the pipe */

/* Reads a request's head. False: the pipe was reset or ended (`stopped`). A head that is no HTTP
 * sets `bad`. */
bool vp_http_request(struct vp_http *h);

/* The value of a header of the request, "" where there is none; valid until the next request. */
const char *vp_http_header(struct vp_http *h, const char *name, char *buf, size_t cap);

/* Reads 1..cap bytes of the request's body; 0 at its end, -1 when the pipe was reset. */
ssize_t vp_http_body(struct vp_http *h, void *buf, size_t cap);

/* Reads what is left of the body and throws it away. False: reset. */
bool vp_http_drain(struct vp_http *h);

struct vp_http_answer {
	int status;
	const char *content_type; /* NULL: no body */
	const char *headers;	  /* further lines, each ended by CRLF; NULL: none */
	const void *body;
	size_t size;
	bool chunked;	/* the body is sent in chunks */
	bool endless;	/* … and the last chunk never comes */
	bool head_only; /* answer to HEAD: lengths, no body */
};

/* Sends an answer as one message. False: the pipe was reset. */
bool vp_http_answer(struct vp_http *h, const struct vp_http_answer *answer);

#endif
