/* SPDX-License-Identifier: Apache-2.0 */
/* USB/IP session: CMD_SUBMIT and CMD_UNLINK in, RET_SUBMIT and RET_UNLINK out. */

#include "usbip_session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

#define HEADER	   48
#define SUBMIT	   1
#define UNLINK	   2
#define RET_SUBMIT 3
#define RET_UNLINK 4
#define MAX_URB	   (16 * 1024 * 1024)

struct session {
	int fd;
	struct vp_printer *printer;
	pthread_mutex_t mutex; /* over the socket's output and the list */
	pthread_cond_t empty;
	struct urb *pending;
};

struct urb {
	struct vp_transfer transfer;
	struct session *session;
	uint32_t sequence;
	bool in, unlinked;
	struct urb *next;
};

bool usbip_receive(int fd, void *buf, size_t n)
{
	char *at = buf;

	while (n > 0) {
		ssize_t r = recv(fd, at, n, 0);

		if (r <= 0)
			return false;
		at += r;
		n -= (size_t)r;
	}
	return true;
}

bool usbip_send(int fd, const void *buf, size_t n)
{
	const char *at = buf;

	while (n > 0) {
		ssize_t w = send(fd, at, n, MSG_NOSIGNAL);

		if (w <= 0)
			return false;
		at += w;
		n -= (size_t)w;
	}
	return true;
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return ntohl(value);
}

static void put32(uint8_t *at, uint32_t value)
{
	value = htonl(value);
	memcpy(at, &value, sizeof(value));
}

static void unlink_urb(struct session *s, struct urb *urb)
{
	struct urb **link;

	for (link = &s->pending; *link && *link != urb; link = &(*link)->next)
		;
	if (*link)
		*link = urb->next;
}

/* Any thread: the answer goes out unless the kernel has given the URB up. */
static void done(struct vp_transfer *t)
{
	struct urb *urb = t->owner;
	struct session *s = urb->session;
	uint8_t header[HEADER] = { 0 };

	put32(header, RET_SUBMIT);
	put32(header + 4, urb->sequence);
	put32(header + 20, (uint32_t)t->status);
	put32(header + 24, (uint32_t)t->actual);
	pthread_mutex_lock(&s->mutex);
	unlink_urb(s, urb);
	if (!urb->unlinked) {
		usbip_send(s->fd, header, sizeof(header));
		if (urb->in)
			usbip_send(s->fd, t->data, t->actual);
	}
	if (!s->pending)
		pthread_cond_broadcast(&s->empty);
	pthread_mutex_unlock(&s->mutex);
	free(t->data);
	free(urb);
}

/* False: the connection is broken. */
static bool submit(struct session *s, const uint8_t header[static HEADER])
{
	uint32_t size = get32(header + 24), endpoint = get32(header + 16);
	struct urb *urb;

	if (size > MAX_URB)
		return false;
	urb = calloc(1, sizeof(*urb));
	if (!urb)
		abort();
	urb->session = s;
	urb->sequence = get32(header + 4);
	urb->in = get32(header + 12) != 0;
	urb->transfer = (struct vp_transfer){
		.endpoint = (uint8_t)(endpoint ? endpoint | (urb->in ? 0x80 : 0) : 0),
		.data = calloc(1, size + 1),
		.size = size,
		.done = done,
		.owner = urb,
	};
	memcpy(urb->transfer.setup, header + 40, 8);
	if (!urb->in && !usbip_receive(s->fd, urb->transfer.data, size)) {
		free(urb->transfer.data);
		free(urb);
		return false;
	}
	pthread_mutex_lock(&s->mutex);
	urb->next = s->pending;
	s->pending = urb;
	pthread_mutex_unlock(&s->mutex);
	vp_device_submit(s->printer->device, &urb->transfer);
	return true;
}

/* The URB may be finishing on another thread just now: it is named by its sequence number and
 * cancelled through its own address, which is only used while it is still in the list. */
static bool give_up(struct session *s, uint32_t sequence)
{
	struct vp_transfer *victim = NULL;
	struct urb *urb;

	pthread_mutex_lock(&s->mutex);
	for (urb = s->pending; urb && urb->sequence != sequence; urb = urb->next)
		;
	if (urb) {
		urb->unlinked = true;
		victim = &urb->transfer;
	}
	pthread_mutex_unlock(&s->mutex);
	return victim && vp_device_cancel(s->printer->device, victim, -ECONNRESET);
}

static void answer_unlink(struct session *s, const uint8_t header[static HEADER])
{
	bool gone = give_up(s, get32(header + 20));
	uint8_t answer[HEADER] = { 0 };

	put32(answer, RET_UNLINK);
	put32(answer + 4, get32(header + 4));
	put32(answer + 20, gone ? (uint32_t)-ECONNRESET : 0);
	pthread_mutex_lock(&s->mutex);
	usbip_send(s->fd, answer, sizeof(answer));
	pthread_mutex_unlock(&s->mutex);
}

static void end_all(struct session *s)
{
	pthread_mutex_lock(&s->mutex);
	for (struct urb *urb = s->pending; urb; urb = urb->next)
		urb->unlinked = true;
	pthread_mutex_unlock(&s->mutex);
	vp_device_reset(s->printer->device, -ESHUTDOWN);
	pthread_mutex_lock(&s->mutex);
	while (s->pending)
		pthread_cond_wait(&s->empty, &s->mutex);
	pthread_mutex_unlock(&s->mutex);
}

void usbip_session(int fd, struct vp_printer *printer)
{
	struct session s = { .fd = fd, .printer = printer };
	uint8_t header[HEADER];
	bool ok = true;

	pthread_mutex_init(&s.mutex, NULL);
	pthread_cond_init(&s.empty, NULL);
	while (ok && usbip_receive(fd, header, sizeof(header))) {
		switch (get32(header)) {
		case SUBMIT: ok = submit(&s, header); break;
		case UNLINK: answer_unlink(&s, header); break;
		default: ok = false;
		}
	}
	end_all(&s);
	pthread_cond_destroy(&s.empty);
	pthread_mutex_destroy(&s.mutex);
}
