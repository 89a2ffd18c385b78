/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a printer's side of a PJL conversation, and as an answer. */
#include "fuzz_ipp.h"
#include "platen/clock.h"
#include "platen/pjl.h"
#include "replay_stream.h"

static void converse(const uint8_t *data, size_t size, struct pl_snapshot *s)
{
	size_t piece = size ? data[0] : 0;
	struct pl_stream *stream;
	struct pl_bytes answer;
	struct pl_error err = { 0 };

	replay_clock_start(0x7f3a0c12); /* the nonce of the seeds */
	pl_bytes_init(&answer, PL_MAX_PJL_ANSWER);
	stream = replay_bytes(data + (size > 0), size - (size > 0), piece);
	if (pl_pjl_ask(stream, PL_PJL_ID | PL_PJL_STATUS | PL_PJL_PAGECOUNT, pl_clock_in_ms(5000),
		       &answer, &err) != PL_OK)
		must(err.text[0]);
	must(answer.size <= PL_MAX_PJL_ANSWER);
	pl_pjl_snapshot(pl_bytes_span(&answer), s);
	pl_stream_close(stream);
	pl_bytes_finish(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pl_snapshot s;
	struct pl_knobs knobs;

	pl_snapshot_init(&s);
	converse(data, size, &s);
	must_reconcile(&s);
	pl_snapshot_init(&s);
	pl_pjl_snapshot((struct pl_span){ (const char *)data, size }, &s);
	must_reconcile(&s);
	pl_knobs_init(&knobs);
	pl_pjl_knobs((struct pl_span){ (const char *)data, size }, &knobs);
	must_be_knobs(&knobs);
	return 0;
}
