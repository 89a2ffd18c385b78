/* SPDX-License-Identifier: Apache-2.0 */
/* The PJL conversation: one packet out, then listening until our last echo comes back. */
#include "platen/pjl.h"

#include <stdio.h>
#include <string.h>

#include "pjl_parts.h"
#include "platen/clock.h"
#include "text.h"

#define UEL	  "\033%-12345X"
#define READ_SIZE 1024 /* a multiple of every packet size */
#define KEEP	  128  /* of noise before the first echo: enough for an echo that is cut in two */

/* How long a printer may be silent before what it said counts as all. Brother's first byte takes
 * 400 ms. */
#define QUIET_MS 800

enum pl_result pl_pjl_question(unsigned infos, uint32_t nonce, struct pl_bytes *question)
{
	enum pl_result r = pl_bytes_add_text(question, UEL "@PJL\r\n");

	if (r == PL_OK)
		r = pl_bytes_add_format(question, "@PJL ECHO %08x\r\n", (unsigned)nonce);
	for (unsigned info = PL_PJL_ID; r == PL_OK && info <= PL_PJL_SUPPLIES; info <<= 1)
		if (infos & info)
			r = pl_bytes_add_format(question, "@PJL INFO %s\r\n", pjl_info_name(info));
	if (r == PL_OK)
		r = pl_bytes_add_format(question, "@PJL ECHO %08x END\r\n", (unsigned)nonce);
	if (r == PL_OK)
		r = pl_bytes_add_text(question, UEL);
	return r == PL_OK && question->size > PL_MAX_PJL_QUESTION ? PL_E_TOO_BIG : r;
}

/* One conversation while we listen. */
struct talk {
	struct pl_stream *stream;
	unsigned infos;
	char begin[32]; /* "@PJL ECHO 7f3a0c12" */
	char end[32];	/* "@PJL ECHO 7f3a0c12 END" */
	int64_t by_ms;
	struct pl_bytes *heard;
	bool began;  /* the first echo came, and everything before our answers is dropped */
	bool ending; /* the last echo came */
	bool fed;    /* and its form feed */
	bool all;    /* every category has an answer that is over */
};

/* Where the line `echo` begins, or NULL; *ret_end is behind its line feed. A line that is not over
 * yet is not found. */
static const char *find_echo(const struct talk *t, const char *echo, const char **ret_end)
{
	struct pl_span rest = pl_bytes_span(t->heard);

	while (rest.size > 0) {
		struct pl_span line = pl_span_take(&rest, '\n');
		struct pl_span tail = line;

		/* A form feed or an UEL may stand before it in the same line. */
		while (tail.size > 0 && !pl_span_starts(tail, "@PJL ECHO")) {
			tail.at++;
			tail.size--;
		}
		if (rest.at == line.at + line.size || !pl_span_is(pl_span_trim(tail), echo))
			continue;
		*ret_end = rest.at;
		return tail.at;
	}
	return NULL;
}

/* Drops everything up to and including the first echo once that has come. */
static void drop_noise(struct talk *t)
{
	const char *end;

	if (t->began)
		return;
	if (find_echo(t, t->begin, &end)) {
		pl_bytes_drop(t->heard, (size_t)(end - (const char *)t->heard->at));
		t->began = true;
	}
}

/* Leaves what stands between the two echoes, the first one's form feed not included. */
static void trim_to_answer(struct talk *t)
{
	const char *end, *at = find_echo(t, t->end, &end);

	if (at) {
		t->heard->size = (size_t)(at - (const char *)t->heard->at);
		t->heard->at[t->heard->size] = '\0';
	}
	if (t->began && t->heard->size > 0 && t->heard->at[0] == '\f')
		pl_bytes_drop(t->heard, 1);
}

/* True when every category that was asked for has an answer which is over. */
static bool has_answered(const struct talk *t)
{
	struct pl_span rest = pl_bytes_span(t->heard);
	struct pjl_part part;
	unsigned infos = 0;

	while (pjl_next_part(&rest, &part))
		if (part.ended)
			infos |= part.info;
	return (infos & t->infos) == t->infos && t->heard->size > 0;
}

/* Judges what was heard so far. Only ends of lines and of answers change anything. */
static void judge(struct talk *t, const char *piece, size_t n)
{
	const char *end;

	if (!memchr(piece, '\n', n) && !memchr(piece, '\f', n))
		return;
	drop_noise(t);
	t->all = has_answered(t);
	t->ending = find_echo(t, t->end, &end);
	t->fed = t->ending &&
		 memchr(end, '\f', t->heard->size - (size_t)(end - (const char *)t->heard->at));
}

/* Reads once. *ret_over: nothing more is expected. */
static enum pl_result listen_once(struct talk *t, bool *ret_over, struct pl_error *err)
{
	char buf[READ_SIZE];
	int64_t quiet_by = pl_clock_in_ms(QUIET_MS);
	bool may_end = t->ending || t->all;
	enum pl_result r;
	size_t n = 0;

	if (pl_clock_left_ms(t->by_ms) == 0)
		return pl_error_set(err, PL_E_TIMEOUT, "the printer did not answer PJL in time");
	r = pl_stream_read(t->stream, buf, sizeof(buf),
			   may_end && quiet_by < t->by_ms ? quiet_by : t->by_ms, &n, err);
	*ret_over = r == PL_E_TIMEOUT && may_end;
	if (*ret_over)
		return PL_OK;
	if (r == PL_OK && n == 0)
		return pl_error_set(err, PL_E_GONE, "the printer's pipe ended");
	/* Of endless noise before the first echo only the last bytes are kept. */
	if (r == PL_OK && !t->began && t->heard->size > t->heard->max - READ_SIZE)
		pl_bytes_drop(t->heard, t->heard->size - KEEP);
	if (r == PL_OK)
		r = pl_bytes_add(t->heard, buf, n);
	if (r == PL_E_TOO_BIG)
		return pl_error_set(err, r, "the PJL answer is longer than %zu bytes",
				    t->heard->max);
	if (r == PL_OK)
		judge(t, buf, n);
	*ret_over = t->fed;
	return r;
}

static enum pl_result listen(struct talk *t, struct pl_error *err)
{
	bool over = false;
	enum pl_result r = PL_OK;

	while (r == PL_OK && !over)
		r = listen_once(t, &over, err);
	trim_to_answer(t);
	if (r == PL_E_TIMEOUT && t->heard->size > 0 && !text_has(pl_bytes_span(t->heard), "@PJL") &&
	    !t->began)
		return pl_error_set(err, PL_E_PROTOCOL, "what came back is no PJL");
	return r;
}

enum pl_result pl_pjl_ask(struct pl_stream *s, unsigned infos, int64_t by_ms,
			  struct pl_bytes *answer, struct pl_error *err)
{
	struct talk t = { .stream = s, .infos = infos, .by_ms = by_ms, .heard = answer };
	uint32_t nonce = (uint32_t)pl_clock_now_ms();
	struct pl_bytes question;
	enum pl_result r;

	snprintf(t.begin, sizeof(t.begin), "@PJL ECHO %08x", (unsigned)nonce);
	snprintf(t.end, sizeof(t.end), "@PJL ECHO %08x END", (unsigned)nonce);
	pl_bytes_clear(answer);
	pl_bytes_init(&question, PL_MAX_PJL_QUESTION);
	r = pl_pjl_question(infos, nonce, &question);
	if (r != PL_OK)
		r = pl_error_set(err, r, "a PJL question longer than one packet");
	else
		r = pl_stream_write(s, question.at, question.size, by_ms, err);
	pl_bytes_finish(&question);
	return r == PL_OK ? listen(&t, err) : r;
}

/* The last part of a category counts: an earlier one may be an old reader's. */
static struct pl_span last_part(struct pl_span answer, unsigned info)
{
	struct pl_span lines = { 0 };
	struct pjl_part part;

	while (pjl_next_part(&answer, &part))
		if (part.info == info && !pjl_is_void(part.lines))
			lines = part.lines;
	return lines;
}

static bool is_pantum(struct pl_span id, const struct pl_snapshot *s)
{
	return text_has(id, "pantum") ||
	       text_has(pl_span_of(s->identity[PL_ID_MAKE].text), "pantum");
}

unsigned pl_pjl_snapshot(struct pl_span answer, struct pl_snapshot *s)
{
	struct pl_span id = last_part(answer, PL_PJL_ID);
	unsigned told = 0;

	if (pjl_read_prodinfo(last_part(answer, PL_PJL_PRODINFO), s))
		told |= PL_PJL_PRODINFO;
	if (pjl_read_id(id, s))
		told |= PL_PJL_ID;
	if (pjl_read_pagecount(last_part(answer, PL_PJL_PAGECOUNT), s))
		told |= PL_PJL_PAGECOUNT;
	if (pjl_read_supplies(last_part(answer, PL_PJL_SUPPLIES), s))
		told |= PL_PJL_SUPPLIES;
	if (pjl_read_status(last_part(answer, PL_PJL_STATUS), is_pantum(id, s), s))
		told |= PL_PJL_STATUS;
	/* What these two say is the printer's settings, which the snapshot does not hold. */
	if (last_part(answer, PL_PJL_CONFIG).size > 0)
		told |= PL_PJL_CONFIG;
	if (last_part(answer, PL_PJL_VARIABLES).size > 0)
		told |= PL_PJL_VARIABLES;
	return told;
}
