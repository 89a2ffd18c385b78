/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an HTTP answer, in pieces of a size that the first byte says: it ends, and in step
 * only when the answer was whole. */
#include "fuzz_ipp.h"
#include "platen/clock.h"
#include "platen/http1.h"
#include "replay_stream.h"

static enum pl_result take(void *arg, const void *data, size_t n, struct pl_error *err)
{
	int64_t *got = arg;

	must(data && n > 0);
	*got += (int64_t)n;
	return *got < 4096 ? PL_OK : pl_error_set(err, PL_E_FULL, "enough");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const METHODS[] = { "GET", "HEAD", "CONNECT", "POST" };
	size_t piece = size ? data[0] >> 2 : 0;
	struct pl_http_request request = { .method = size ? METHODS[data[0] & 3] : "GET",
					   .target = "/",
					   .host = "localhost" };
	struct pl_http_response response;
	struct pl_error err = { 0 };
	struct pl_bytes head;
	int64_t got = 0;
	struct pl_http_sink sink = { take, &got, 8192, &head };
	struct pl_stream *s;
	enum pl_result r;

	replay_clock_start(0);
	pl_bytes_init(&head, PL_MAX_HTTP_HEAD);
	s = replay_bytes(data + (size > 0), size - (size > 0), piece);
	r = pl_http_exchange(s, &request, 1000, &sink, &response, &err);
	must(r == PL_OK || err.text[0]);
	must(!response.keep_alive || response.in_step);
	must(r != PL_OK || (response.status >= 200 && response.status <= 599));
	must(response.body_size >= got);
	MUST_BE_TEXT(response.content_type);
	MUST_BE_TEXT(response.etag);
	MUST_BE_TEXT(response.location);
	pl_http_header(pl_bytes_span(&head), "Content-Length");
	pl_stream_close(s);
	pl_bytes_finish(&head);
	return 0;
}
