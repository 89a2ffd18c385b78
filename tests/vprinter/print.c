/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Print: cuts the stream of a print pipe into questions and jobs.
 * UEL (ESC%-12345X) opens and closes a PJL session. A session of commands alone is a conversation;
 * as soon as job data come, all of it since its own UEL is a job. A UEL that closes a session
 * belongs to no job after it, but one that closes a job belongs to that job. Bytes outside any
 * session are a job too, until the host pauses.
 */

#include "print.h"

#include <stdio.h>
#include <string.h>

#include <platen/bytes.h>
#include <platen/clock.h>

#include "firmware.h"
#include "json.h"
#include "pjl.h"

#define UEL	     "\033%-12345X"
#define UEL_SIZE     9
#define MAX_LINE     4096
#define MAX_SESSION  (64 * 1024)
#define MAX_ANSWER   (256 * 1024)
#define JOB_IDLE_MS  1500  /* a job without PJL is over when the host pauses so long */
#define LONG_IDLE_MS 30000 /* one with PJL, which should end with UEL */
#define PACKET	     4096

enum mode {
	IDLE, /* nothing is open: a UEL, a command or a job may come */
	PJL,  /* command lines */
	DATA, /* a job's data */
	FIRMWARE,
};

struct print {
	struct vp_printer *printer;
	struct vp_pipe *pipe;
	struct vp_pjl pjl;
	enum mode mode;
	bool job_open;		 /* @PJL JOB without @PJL EOJ */
	bool wrapped;		 /* the job began with UEL */
	int commands;		 /* lines of this session */
	size_t matched;		 /* characters of a UEL seen */
	struct pl_bytes session; /* its bytes, while it may still become a job */
	struct pl_bytes line, answer;
	struct vp_job *job;
	struct vp_firmware firmware;
};

static void session_add(struct print *p, const void *data, size_t n)
{
	if (pl_bytes_add(&p->session, data, n) != PL_OK)
		pl_bytes_clear(
			&p->session); /* 64 KiB of command lines: no job was ever like that */
}

static void enter(struct print *p, enum mode mode)
{
	p->mode = mode;
	pl_bytes_clear(&p->line);
	if (mode == IDLE) {
		pl_bytes_clear(&p->session);
		p->commands = 0;
		p->job_open = false;
	}
}

static void begin_job(struct print *p)
{
	p->job = vp_job_begin(p->printer->jobs, vp_pipe_name(p->pipe));
	p->wrapped = p->session.size >= UEL_SIZE && p->session.at[0] == UEL[0];
	vp_job_add(p->job, p->session.at, p->session.size);
	vp_log_text(p->printer->log, "job", "event", "begins", "pipe", vp_pipe_name(p->pipe), NULL);
	vp_state_job(p->printer->state, true);
	enter(p, DATA);
}

static void end_job(struct print *p, const char *why)
{
	int pages = (int)vp_json_number(vp_profile_behaviour(p->printer->profile, "print"),
					"pages_per_job", 1);
	int id;

	if (!p->job)
		return;
	id = vp_job_id(p->job);
	vp_job_end(p->job, why);
	p->job = NULL;
	vp_state_print(p->printer->state, pages, false);
	vp_state_job(p->printer->state, false);
	vp_log_text(p->printer->log, "job", "event", "ends", "why", why, "pipe",
		    vp_pipe_name(p->pipe), NULL);
	vp_pjl_job_done(&p->pjl, id, pages, &p->answer);
	enter(p, IDLE);
}

/* True while the line so far may still become a command: it starts as "@PJL", and has no control
 * characters, which would be a job's data behind a question that was cut off. */
static bool may_be_command(const struct pl_bytes *line)
{
	static const char START[] = "@PJL";
	size_t n = line->size < 4 ? line->size : 4;
	uint8_t last = line->at[line->size - 1];

	return memcmp(line->at, START, n) == 0 && (last >= ' ' || last == '\t' || last == '\r');
}

static void begin_firmware(struct print *p)
{
	enter(p, FIRMWARE);
	pl_bytes_clear(&p->session);
	p->commands = 0;
	vp_firmware_begin(&p->firmware, p->printer, p->pipe);
}

/* Takes what belongs to the firmware; returns how many bytes. */
static size_t feed_firmware(struct print *p, const uint8_t *data, size_t n)
{
	bool ended;
	size_t taken = vp_firmware_take(&p->firmware, data, n, &ended);

	if (ended)
		enter(p, IDLE);
	return taken;
}

static bool is_firmware_language(const struct print *p, const char *line)
{
	return strcmp(line, "@PJL ENTER LANGUAGE=FWUPDATE") == 0 &&
	       vp_firmware_takes(p->printer, "pjl");
}

static void command(struct print *p)
{
	struct pl_span line = pl_span_trim(pl_bytes_span(&p->line));
	char text[MAX_LINE];

	pl_span_copy(line, text, sizeof(text));
	pl_bytes_clear(&p->line);
	p->commands++;
	if (is_firmware_language(p, text)) {
		begin_firmware(p);
		return;
	}
	if (p->printer->recovers)
		return; /* whoever could answer was erased */
	switch (vp_pjl_line(&p->pjl, text, &p->answer)) {
	case VP_PJL_LANGUAGE:
		if (!p->job)
			begin_job(p);
		p->mode = DATA;
		break;
	case VP_PJL_JOB: p->job_open = true; break;
	case VP_PJL_EOJ: p->job_open = false; break;
	case VP_PJL_COMMAND: break;
	}
}

/* A whole UEL has passed (its bytes are already in the session or the job). */
static void uel(struct print *p)
{
	if (p->job && !p->job_open) {
		end_job(p, "uel");
		return;
	}
	if (p->job || p->mode == IDLE || p->commands == 0) {
		if (p->mode == IDLE)
			session_add(p, UEL, UEL_SIZE);
		enter(p, PJL); /* an open job goes on after its inner UEL */
		return;
	}
	if (p->job_open)
		enter(p, PJL); /* JOB … UEL … ENTER: still one job */
	else
		enter(p, IDLE); /* a conversation is over */
}

/* One byte in IDLE or PJL mode that is no part of a UEL. */
static void text_byte(struct print *p, uint8_t byte)
{
	session_add(p, &byte, 1);
	if (p->job)
		vp_job_add(p->job, &byte, 1);
	if (byte == '\n') {
		if (p->line.size > 0)
			command(p);
		return;
	}
	if (p->line.size == 0 && (byte == '\r' || byte == ' '))
		return;
	if (p->printer->profile->pjl && pl_bytes_add(&p->line, &byte, 1) == PL_OK &&
	    may_be_command(&p->line)) {
		p->mode = PJL;
		return;
	}
	if (p->job)
		enter(p, DATA);
	else
		begin_job(p);
}

/* Bytes that looked like a UEL and were none, and the one that showed it. */
static void broken_uel(struct print *p)
{
	size_t n = p->matched;

	p->matched = 0;
	for (size_t i = 0; i < n && p->mode != DATA; i++) {
		text_byte(p, (uint8_t)UEL[i]);
		if (p->mode == DATA && i + 1 < n)
			vp_job_add(p->job, &UEL[i + 1], n - i - 1);
	}
}

static void feed(struct print *p, uint8_t byte)
{
	if (byte == (uint8_t)UEL[p->matched]) {
		p->matched++;
		if (p->mode == DATA)
			vp_job_add(p->job, &byte, 1);
		if (p->matched < UEL_SIZE)
			return;
		p->matched = 0;
		if (p->mode == PJL) {
			session_add(p, UEL, UEL_SIZE);
			if (p->job)
				vp_job_add(p->job, UEL, UEL_SIZE);
		}
		uel(p);
		return;
	}
	if (p->mode != DATA)
		broken_uel(p);
	p->matched = 0;
	if (byte == (uint8_t)UEL[0]) {
		p->matched = 1;
		if (p->mode == DATA)
			vp_job_add(p->job, &byte, 1);
	} else if (p->mode == DATA) {
		vp_job_add(p->job, &byte, 1);
	} else {
		text_byte(p, byte);
	}
}

/* Sends what has been collected, after the time this printer takes to think. */
static void flush(struct print *p)
{
	int delay = (int)vp_json_number(p->printer->profile->pjl, "first_byte_ms", 0);

	if (p->answer.size == 0)
		return;
	if (vp_pipe_pause(p->pipe, delay))
		vp_pipe_write(p->pipe, p->answer.at, p->answer.size);
	pl_bytes_clear(&p->answer);
	vp_printer_asked(p->printer);
}

/* A printer takes its data no faster than it can print them. */
static void throttle(struct print *p, size_t n)
{
	double rate = vp_json_number(vp_profile_behaviour(p->printer->profile, "print"),
				     "bytes_per_s", 0);

	if (rate > 0 && p->job)
		vp_pipe_pause(p->pipe, (int64_t)((double)n * 1000 / rate));
}

static int64_t idle_by_ms(const struct print *p)
{
	int64_t wakes = vp_pjl_wakes_ms(&p->pjl), idle = PL_FOREVER;

	if (p->job)
		idle = pl_clock_in_ms(p->wrapped || p->job_open ? LONG_IDLE_MS : JOB_IDLE_MS);
	else if (p->mode == PJL || p->mode == FIRMWARE || p->session.size > 0)
		idle = pl_clock_in_ms(LONG_IDLE_MS);
	return wakes < idle ? wakes : idle;
}

static void timed_out(struct print *p)
{
	if (vp_pjl_wakes_ms(&p->pjl) != PL_FOREVER &&
	    pl_clock_left_ms(vp_pjl_wakes_ms(&p->pjl)) == 0)
		return;
	if (p->mode == FIRMWARE)
		vp_firmware_cut(&p->firmware, "idle");
	if (p->job)
		end_job(p, "idle");
	else
		enter(p, IDLE);
}

static void start_over(struct print *p)
{
	if (p->mode == FIRMWARE)
		vp_firmware_cut(&p->firmware, "cut");
	end_job(p, "reset");
	enter(p, IDLE);
	p->matched = 0;
	pl_bytes_clear(&p->answer);
	vp_pjl_init(&p->pjl, p->printer);
	vp_pipe_restart(p->pipe);
}

static void feed_all(struct print *p, const uint8_t *data, size_t n)
{
	if (p->mode == IDLE && p->session.size == 0 && vp_firmware_starts(data, n) &&
	    vp_firmware_takes(p->printer, "bare"))
		begin_firmware(p);
	for (size_t i = 0; i < n;) {
		if (p->mode == FIRMWARE)
			i += feed_firmware(p, data + i, n - i);
		else
			feed(p, data[i++]);
	}
}

static bool step(struct print *p)
{
	uint8_t buf[PACKET];
	size_t n = 0;

	switch (vp_pipe_read(p->pipe, buf, sizeof(buf), idle_by_ms(p), &n)) {
	case VP_PIPE_END: return false;
	case VP_PIPE_RESET: start_over(p); return true;
	case VP_PIPE_TIMEOUT: timed_out(p); break;
	case VP_PIPE_POKED: break;
	case VP_PIPE_DATA:
		feed_all(p, buf, n);
		throttle(p, n);
		flush(p);
		break;
	}
	if (p->printer->profile->pjl) {
		vp_pjl_unasked(&p->pjl, &p->answer);
		if (p->answer.size > 0)
			vp_pipe_push(p->pipe, p->answer.at, p->answer.size);
		pl_bytes_clear(&p->answer);
	}
	return true;
}

void vp_print_serve(struct vp_printer *printer, struct vp_pipe *pipe)
{
	struct print p = { .printer = printer, .pipe = pipe };

	pl_bytes_init(&p.session, MAX_SESSION);
	pl_bytes_init(&p.line, MAX_LINE);
	pl_bytes_init(&p.answer, MAX_ANSWER);
	vp_pjl_init(&p.pjl, printer);
	while (step(&p))
		;
	if (p.mode == FIRMWARE)
		vp_firmware_cut(&p.firmware, "cut");
	end_job(&p, "reset");
	pl_bytes_finish(&p.session);
	pl_bytes_finish(&p.line);
	pl_bytes_finish(&p.answer);
}
