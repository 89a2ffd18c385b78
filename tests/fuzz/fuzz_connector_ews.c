/* SPDX-License-Identifier: Apache-2.0 */
/* What a hostile printer tells a remote page: a body with links, a redirect, cookies. The rewriter
 * must say the same whatever the pieces in which a body comes, and never grow it. */
#include <stdlib.h>

#include "ews_jar.h"
#include "ews_rewrite.h"
#include "platen/page_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void rewrite(const uint8_t *data, size_t size, size_t step, struct pl_bytes *out)
{
	struct pl_ews_rewriter rw;

	pl_bytes_init(out, 1024 * 1024);
	pl_ews_rewriter_begin(&rw, pl_span_of("text/html"), false);
	for (size_t at = 0; at < size; at += step)
		if (pl_ews_rewriter_feed(&rw, data + at, size - at < step ? size - at : step,
					 out) != PL_OK)
			abort();
	if (pl_ews_rewriter_end(&rw, out) != PL_OK)
		abort();
}

static void fuzz_body(const uint8_t *data, size_t size)
{
	struct pl_bytes whole, pieces;

	rewrite(data, size, size + 1, &whole);
	rewrite(data, size, 1 + size % 7, &pieces);
	if (whole.size > size || whole.size != pieces.size ||
	    (whole.size > 0 && memcmp(whole.at, pieces.at, whole.size) != 0))
		abort();
	pl_bytes_finish(&pieces);
	pl_bytes_finish(&whole);
}

static void fuzz_jar(struct pl_span text)
{
	struct pl_ews_jar jar = { .count = 0 };
	struct pl_bytes out;

	pl_bytes_init(&out, 512);
	while (text.size > 0)
		pl_ews_jar_take(&jar, pl_span_take(&text, '\n'), pl_span_of("/a/b"), 1000);
	(void)!pl_ews_jar_write(&jar, pl_span_of("/a/b/c"), 1000, &out);
	if (out.size > 0 && memchr(out.at, '\n', out.size))
		abort();
	pl_bytes_finish(&out);
	pl_ews_jar_finish(&jar);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_span text = { (const char *)data, size };
	char where[256];

	fuzz_body(data, size);
	fuzz_jar(text);
	if (pl_ews_own_location(text, where, sizeof where) && strchr(where, '\n'))
		abort();
	(void)pl_page_why_refused("GET", text, pl_span_of(""), false);
	return 0;
}
