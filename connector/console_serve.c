/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serving the console's files, as they are or gzipped, with a policy that lets them load nothing
 * else.
 */
#include "console_serve.h"

#include <console_files.h>
#include <string.h>

/* The console sends forms nowhere but to a remote page's entrance: another port of this host. */
static void add_policy(struct pl_web_request *rq)
{
	static const char LETTERS[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
	const char *host = pl_web_header(rq, "Host");
	size_t n = host ? strspn(host, LETTERS) : 0;

	if (n > 0 && n < 64 && (host[n] == ':' || !host[n]))
		pl_web_add_header(rq, "Content-Security-Policy", "%shttps://%.*s:*",
				  pl_console_policy, (int)n, host);
	else
		pl_web_add_header(rq, "Content-Security-Policy", "%s'none'", pl_console_policy);
}

void pl_console_serve(struct pl_web_request *rq)
{
	const struct pl_console_file *file =
		pl_console_find(!strcmp(rq->path, "/index.html") ? "/" : rq->path);
	const char *accepts = pl_web_header(rq, "Accept-Encoding");
	bool gzip = file && file->gzip && accepts && strstr(accepts, "gzip");

	if (!file)
		return;
	add_policy(rq);
	pl_web_add_header(rq, "Referrer-Policy", "no-referrer");
	pl_web_add_header(rq, "Cross-Origin-Opener-Policy", "same-origin");
	pl_web_add_header(rq, "Vary", "Accept-Encoding");
	pl_web_add_header(rq, "Cache-Control", "%s",
			  file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
	if (gzip)
		pl_web_add_header(rq, "Content-Encoding", "gzip");
	rq->type = file->type;
	rq->fixed = gzip ? file->gzip : file->bytes;
	rq->fixed_size = gzip ? file->gzip_size : file->size;
	rq->status = 200;
}
