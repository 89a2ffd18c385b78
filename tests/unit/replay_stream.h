/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_REPLAY_STREAM_H
#define TESTS_REPLAY_STREAM_H

/*
 * Replay: a stream that plays one side of a conversation from a script, and checks the other side.
 *
 *     static const struct replay_step TALK[] = {
 *             REPLAY_EXPECT("GET / HTTP/1.1\r\n"),  these bytes are written first
 *             REPLAY_WRITES,                        then whatever
 *             REPLAY_ANSWER("HTTP/1.1 2"),          a read brings one piece
 *             REPLAY_DELAY(300),                    later, on the replayed clock
 *             REPLAY_ANSWER("00 OK\r\n\r\n"),
 *             REPLAY_SILENCE,                       from here on reads time out
 *     };
 *
 * Behind its last step the peer has ended. The replayed clock stands still but for delays and
 * time-outs, which take no real time. Threads: one. Memory: the steps are the caller's and outlive
 * the stream.
 */

#include <stdbool.h>

#include "platen/span.h"
#include "platen/stream.h"

enum replay_kind {
	REPLAY_KIND_EXPECT,
	REPLAY_KIND_WRITES,
	REPLAY_KIND_ANSWER,
	REPLAY_KIND_DELAY,
	REPLAY_KIND_SILENCE,
	REPLAY_KIND_GONE,
};

struct replay_step {
	enum replay_kind kind;
	const void *bytes;
	size_t size;
	int64_t ms;
};

#define REPLAY_EXPECT(text)                                                                        \
	{                                                                                          \
		REPLAY_KIND_EXPECT, text, sizeof(text) - 1, 0                                      \
	}
#define REPLAY_ANSWER(text)                                                                        \
	{                                                                                          \
		REPLAY_KIND_ANSWER, text, sizeof(text) - 1, 0                                      \
	}
#define REPLAY_ANSWER_OF(bytes, size)                                                              \
	{                                                                                          \
		REPLAY_KIND_ANSWER, bytes, size, 0                                                 \
	}
#define REPLAY_WRITES                                                                              \
	{                                                                                          \
		REPLAY_KIND_WRITES, NULL, 0, 0                                                     \
	}
#define REPLAY_DELAY(ms)                                                                           \
	{                                                                                          \
		REPLAY_KIND_DELAY, NULL, 0, ms                                                     \
	}
#define REPLAY_SILENCE                                                                             \
	{                                                                                          \
		REPLAY_KIND_SILENCE, NULL, 0, 0                                                    \
	}
#define REPLAY_GONE                                                                                \
	{                                                                                          \
		REPLAY_KIND_GONE, NULL, 0, 0                                                       \
	}

struct pl_stream *replay_open(const struct replay_step *steps, size_t count);
#define REPLAY(steps) replay_open(steps, sizeof(steps) / sizeof((steps)[0]))

/* A peer that takes every write and says `bytes`, in pieces of at most `piece` bytes. */
struct pl_stream *replay_bytes(const void *bytes, size_t size, size_t piece);

/* What went against the script ("wrote GET, expected POST"), or NULL; and whether all of it was
 * played. */
const char *replay_fault(const struct pl_stream *s);
bool replay_done(const struct pl_stream *s);

/* Everything that was written so far (at most 64 KiB are kept). */
struct pl_span replay_written(const struct pl_stream *s);

/* Puts the replayed clock in the system's place, at this time; replay_clock_stop() puts the
 * system's back. */
void replay_clock_start(int64_t now_ms);
int64_t replay_clock_now(void);
void replay_clock_stop(void);

#endif
