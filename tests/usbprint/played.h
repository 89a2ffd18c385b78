/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLAYED_H
#define PLAYED_H

/*
 * Played: usbprint.sys with one printer behind it, as a table of calls for usb/usbprint.c. It runs
 * wherever the C library does: in unit tests, in a fuzzer, and in an agent under Wine.
 *
 * The printer keeps its device ID and port status, answers PJL, and does what else the test says:
 * refuse, fall silent, send rubbish, leave the bus in the middle of a read.
 *
 * Threads: any. Memory: one printer per program; `lock` guards what is changed while threads run.
 */

#include <pthread.h>

#include "usbprint_system.h"

#define PLAYED_MAX 4096

struct played {
	/* What Plug and Play tells. */
	struct usbprint_interface interfaces[4];
	size_t interface_count;

	/* What the driver answers. */
	uint8_t device_id[PLAYED_MAX];
	size_t device_id_size;
	uint8_t port_status;
	size_t port_status_size; /* 1; 0: none */
	uint8_t protocol;	 /* 2 or 4; 0: a driver from before 1903, which does not know it */

	/* What befalls who opens, asks, reads and writes; PL_OK: nothing. */
	enum pl_result open_fails, ask_fails, write_fails;
	bool silent;	     /* takes what is written and answers nothing */
	bool slow_ask;	     /* no answer to questions until the deadline */
	bool empty_packets;  /* says nothing, but at once */
	size_t write_stalls; /* takes so many bytes of one stream, then no more; 0: all */

	/* What happened. */
	int opens, closes, opens_alone, resets, protocol_asked;
	char written[PLAYED_MAX]; /* the last stream's, with NUL */
	size_t written_size;

	pthread_mutex_t lock;
	pthread_cond_t change;
	bool gone;
	char to_read[PLAYED_MAX];
	size_t to_read_size;
	void (*changed)(void *arg); /* of the watch */
	void *changed_arg;
};

/* The printer, as it leaves the factory: a laser printer in a print pipe, awake, port USB001. */
struct played *played_reset(void);

/* Lets it say something unasked. */
void played_say(const void *data, size_t n);

/* It is unplugged: everybody who waits for it hears of it. */
void played_unplug(void);

/* Sets the device ID with a true length in front. */
void played_set_id(const char *text);

extern const struct usbprint_system PLAYED_SYSTEM;

#endif
