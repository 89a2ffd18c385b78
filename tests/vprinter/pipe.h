/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_PIPE_H
#define VP_PIPE_H

/*
 * Pipe: the pair of bulk endpoints of one alternate setting.
 * The bus side hands in transfers, the printer side reads and writes bytes and blocks, so that a
 * printer's language can be written down as a conversation:
 *
 *     host:  OUT transfer of 300 bytes   ->  vp_pipe_read() gives 300 bytes
 *     host:  IN transfer of 16384 bytes  <-  vp_pipe_write() of 1200 bytes: packets 512, 512, 176;
 * the short packet ends the transfer
 *
 * Data move in packets as on a real bus: an IN transfer ends when it is full or when a packet is
 * short; a packet that does not fit is an overflow (babble); a message that is a multiple of the
 * packet size is ended by a zero-length packet, unless the profile says the printer forgets it.
 * Unread bytes stay for the next reader.
 *
 * Threads: any; one printer-side reader. Memory: vp_pipe_destroy() after the reader has seen
 * VP_PIPE_END.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transfer.h"

struct vp_faults;

struct vp_pipe_config {
	char name[16];		  /* "1-0": interface and alternate setting */
	size_t packet_size;	  /* wMaxPacketSize, bytes */
	bool zero_length_packets; /* ends messages of whole packets with an empty one */
	struct vp_faults *faults; /* NULL: none; borrowed */
	const char
		*raw_path; /* raw streams are appended to <raw_path>.out and .in; NULL: not kept */
};

enum vp_pipe_event {
	VP_PIPE_DATA,
	VP_PIPE_TIMEOUT,
	VP_PIPE_POKED, /* somebody called vp_pipe_poke(): look at the printer's state */
	VP_PIPE_RESET, /* what was under way is void: start a new conversation */
	VP_PIPE_END,   /* the printer is being taken down */
};

struct vp_pipe *vp_pipe_create(const struct vp_pipe_config *config);
void vp_pipe_destroy(struct vp_pipe *p);
const char *vp_pipe_name(const struct vp_pipe *p);

/* --- the bus side --- */

/* Queues a bulk transfer; its done() may run before this returns. */
void vp_pipe_submit(struct vp_pipe *p, struct vp_transfer *t);

/* Ends a pending transfer with `status`, bytes moved so far kept. False: it was not pending. */
bool vp_pipe_cancel(struct vp_pipe *p, struct vp_transfer *t, int status);

/* Drops all buffered bytes and halts and restarts the printer's conversation. Pending transfers end
 * with `status`; 0 leaves them pending (SOFT_RESET). */
void vp_pipe_reset(struct vp_pipe *p, int status);

/* Halts one direction: transfers end with -EPIPE until the halt is cleared. */
void vp_pipe_halt(struct vp_pipe *p, bool in);
void vp_pipe_clear_halt(struct vp_pipe *p, bool in);
bool vp_pipe_halted(struct vp_pipe *p, bool in);

/* --- the printer side --- */

/* Waits for 1..cap bytes from the host, until by_ms on the monotonic clock (PL_FOREVER allowed). */
enum vp_pipe_event vp_pipe_read(struct vp_pipe *p, void *buf, size_t cap, int64_t by_ms,
				size_t *ret_n);

/* Sends one message (ended by a short packet), waiting while the host is far behind. False: reset
 * or end. */
bool vp_pipe_write(struct vp_pipe *p, const void *data, size_t n);

/* Puts raw bytes in front of the host as the printer's own words, without faults and without
 * waiting. */
void vp_pipe_push(struct vp_pipe *p, const void *data, size_t n);

/* The same past the faults: what vp_faults_send() sends with. */
bool vp_pipe_put(struct vp_pipe *p, const void *data, size_t n);

/* An empty packet; and a packet that no transfer has room for. */
bool vp_pipe_put_empty(struct vp_pipe *p);
bool vp_pipe_put_babble(struct vp_pipe *p);

/* Sleeps `ms` unless the pipe is reset meanwhile. False: reset or end. */
bool vp_pipe_pause(struct vp_pipe *p, int64_t ms);

/* The conversation accepts the reset: reads and writes work again. */
void vp_pipe_restart(struct vp_pipe *p);

/* While set, the printer takes no further bytes from the host (NAK). */
void vp_pipe_hold(struct vp_pipe *p, bool on);

void vp_pipe_poke(struct vp_pipe *p);
void vp_pipe_end(struct vp_pipe *p);

#endif
