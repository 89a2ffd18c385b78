/* SPDX-License-Identifier: Apache-2.0 */
/* Faults: each is a row of data; sending a message walks along the rows that lie in its way. */

#include "fault.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "pipe.h"

#define MAX_STALE 1024 /* bytes of the last message kept for the fault "stale" */

struct fault {
	struct fault *next;
	bool out, each;
	uint64_t at;
	uint64_t from; /* where in the stream `at` counts from */
	uint64_t step; /* it stands so many bytes later in the next conversation; 0: it stays */
	int count;     /* how often it still happens; -1: always */
	const char *action;
	const char *text;
	int ms, bytes, times, return_ms;
};

struct vp_faults {
	struct fault *first;
	cJSON *rows; /* owns the texts */
	uint64_t sent;
	bool silent;
	bool gone; /* unplugged: takes nothing more; under the pipe's lock */
	uint8_t stale[MAX_STALE];
	size_t stale_size;
	void (*unplug)(void *arg, int return_ms);
	void *arg;
};

static void add_row(struct vp_faults *f, const cJSON *row)
{
	struct fault *new = calloc(1, sizeof(*new)), **end = &f->first;

	if (!new)
		abort();
	new->out = strcmp(vp_json_text(row, "direction", "in"), "out") == 0;
	new->each = vp_json_true(row, "each", false);
	new->at = (uint64_t)vp_json_number(row, "at", 0);
	new->step = (uint64_t)vp_json_number(row, "step", 0);
	new->count = (int)vp_json_number(row, "count", new->each || new->step > 0 ? -1 : 1);
	new->action = vp_json_text(row, "do", "");
	new->text = vp_json_text(row, "text", "");
	new->ms = (int)vp_json_number(row, "ms", 1000);
	new->bytes = (int)vp_json_number(row, "bytes", 1);
	new->times = (int)vp_json_number(row, "times", 1);
	new->return_ms = (int)vp_json_number(row, "return_ms", -1);
	while (*end && (*end)->at <= new->at)
		end = &(*end)->next;
	new->next = *end;
	*end = new;
}

struct vp_faults *vp_faults_create(const cJSON *list, const char *name,
				   void (*unplug)(void *arg, int return_ms), void *arg)
{
	struct vp_faults *f = calloc(1, sizeof(*f));
	const cJSON *row;

	if (!f)
		abort();
	f->rows = cJSON_Duplicate(list, true);
	f->unplug = unplug;
	f->arg = arg;
	cJSON_ArrayForEach(row, f->rows)
	{
		const char *pipe = vp_json_text(row, "pipe", "*");

		if (strcmp(pipe, "*") == 0 || strcmp(pipe, name) == 0)
			add_row(f, row);
	}
	if (f->first)
		return f;
	vp_faults_destroy(f);
	return NULL;
}

void vp_faults_destroy(struct vp_faults *f)
{
	if (!f)
		return;
	while (f->first) {
		struct fault *row = f->first;

		f->first = row->next;
		free(row);
	}
	cJSON_Delete(f->rows);
	free(f);
}

void vp_faults_restart(struct vp_faults *f)
{
	if (f)
		f->silent = f->gone = false;
}

/* It struck after `total` bytes of the stream: it is used up, or waits further on. */
static void spend(struct fault *row, uint64_t total)
{
	if (row->count > 0)
		row->count--;
	if (row->step == 0)
		return;
	row->at += row->step;
	row->from = total;
}

static bool send_drip(const struct fault *row, struct vp_pipe *p, const uint8_t *data, size_t n)
{
	for (size_t at = 0; at < n;) {
		size_t part = n - at < (size_t)row->bytes ? n - at : (size_t)row->bytes;

		if (!vp_pipe_put(p, data + at, part) || !vp_pipe_pause(p, row->ms))
			return false;
		at += part;
	}
	return true;
}

static bool send_garbage(const struct fault *row, struct vp_pipe *p)
{
	uint8_t junk[512];
	size_t n = row->bytes < (int)sizeof(junk) ? (size_t)row->bytes : sizeof(junk);

	for (size_t i = 0; i < n; i++)
		junk[i] = (uint8_t)(i * 131 + 7);
	return vp_pipe_put(p, junk, n);
}

static bool send_text(const struct fault *row, struct vp_pipe *p)
{
	for (int i = 0; i < row->times || row->times == 0; i++)
		if (!vp_pipe_put(p, row->text, strlen(row->text)))
			return false;
	return true;
}

static bool send_empty(const struct fault *row, struct vp_pipe *p)
{
	for (int i = 0; i < row->times; i++)
		if (!vp_pipe_put_empty(p))
			return false;
	return true;
}

/* Does what the row says before the rest of the message. *go_on false: the rest is lost. */
static bool act(struct vp_faults *f, struct fault *row, struct vp_pipe *p, const uint8_t *rest,
		size_t left, bool *go_on)
{
	const char *what = row->action;

	*go_on = false;
	if (strcmp(what, "truncate") == 0)
		return true;
	if (strcmp(what, "silence") == 0) {
		f->silent = true;
		return true;
	}
	if (strcmp(what, "stall") == 0) {
		vp_pipe_halt(p, true);
		return true;
	}
	if (strcmp(what, "unplug") == 0) {
		f->silent = true;
		f->unplug(f->arg, row->return_ms);
		return true;
	}
	if (strcmp(what, "drip") == 0)
		return send_drip(row, p, rest, left);
	*go_on = true;
	if (strcmp(what, "pause") == 0)
		return vp_pipe_pause(p, row->ms);
	if (strcmp(what, "empty") == 0)
		return send_empty(row, p);
	if (strcmp(what, "babble") == 0)
		return vp_pipe_put_babble(p);
	if (strcmp(what, "text") == 0)
		return send_text(row, p);
	if (strcmp(what, "garbage") == 0)
		return send_garbage(row, p);
	if (strcmp(what, "stale") == 0)
		return vp_pipe_put(p, f->stale, f->stale_size);
	return true;
}

/* Where in a message of `n` bytes the row strikes; false: not in this one. */
static bool strikes(const struct vp_faults *f, const struct fault *row, size_t n, size_t *ret_cut)
{
	uint64_t start = row->each ? 0 : f->sent, at = row->from + row->at;

	if (row->out || row->count == 0 || at < start || at >= start + n)
		return false;
	*ret_cut = (size_t)(at - start);
	return true;
}

static void remember(struct vp_faults *f, const uint8_t *data, size_t n)
{
	f->stale_size = n < MAX_STALE ? n : MAX_STALE;
	memcpy(f->stale, data + n - f->stale_size, f->stale_size);
}

bool vp_faults_send(struct vp_faults *f, struct vp_pipe *p, const void *data, size_t n)
{
	const uint8_t *bytes = data;
	size_t from = 0, cut;
	bool go_on = true, ok = true;

	for (struct fault *row = f->first; row && ok && go_on && !f->silent; row = row->next) {
		if (!strikes(f, row, n, &cut) || cut < from)
			continue;
		spend(row, f->sent + n);
		ok = vp_pipe_put(p, bytes + from, cut - from) &&
		     act(f, row, p, bytes + cut, n - cut, &go_on);
		from = cut;
	}
	if (ok && go_on && !f->silent)
		ok = vp_pipe_put(p, bytes + from, n - from);
	f->sent += n;
	remember(f, bytes, n);
	return ok;
}

bool vp_faults_out_stalls(struct vp_faults *f, uint64_t taken)
{
	for (struct fault *row = f->first; row; row = row->next) {
		bool stall = strcmp(row->action, "stall") == 0;

		if (!row->out || row->count == 0 || taken < row->from + row->at ||
		    (!stall && strcmp(row->action, "unplug") != 0))
			continue;
		if (!stall && f->gone)
			return false;
		spend(row, taken);
		if (stall)
			return true;
		f->gone = true;
		f->unplug(f->arg, row->return_ms);
	}
	return false;
}

size_t vp_faults_out_room(struct vp_faults *f, uint64_t taken, size_t n)
{
	if (f->gone)
		return 0;
	for (struct fault *row = f->first; row; row = row->next) {
		uint64_t at = row->from + row->at;
		bool stops = strcmp(row->action, "stall") == 0 ||
			     strcmp(row->action, "silence") == 0 ||
			     strcmp(row->action, "unplug") == 0;

		if (!row->out || row->count == 0 || !stops)
			continue;
		if (taken >= at)
			return 0;
		if (taken + n > at)
			n = (size_t)(at - taken);
	}
	return n;
}
