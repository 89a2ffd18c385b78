/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HURRIED_CLOCK_H
#define HURRIED_CLOCK_H

/*
 * A hurried clock: hours pass in a blink, but only while nobody has anything to do. It ticks as the
 * machine's does, so that every deadline towards a printer is the true one; when all threads that
 * wait on the clock are waiting, it jumps to the moment the first of them waits for.
 *
 * Threads: begins before any other, one thread lets time pass. Memory: one program has one.
 */

#include <stdbool.h>
#include <stdint.h>

/* From now on pl_clock_… is this clock; `threads`: how many will wait on it when nobody has
 * anything to do. */
void hurried_clock_begin(int threads);

/* Another number of threads, as printers come and go. */
void hurried_clock_threads(int threads);

/* Lets `ms` pass. False: for `patience_ms` of true time somebody had something to do. */
bool hurried_clock_pass(int64_t ms, int64_t patience_ms);

#endif
