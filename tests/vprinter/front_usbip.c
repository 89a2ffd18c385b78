/* SPDX-License-Identifier: Apache-2.0 */
/* USB/IP front end: the listener, the list of devices, and who has imported what. */

#include "front_usbip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "usbip_session.h"

#define VERSION	    0x0111
#define DEVLIST	    5
#define IMPORT	    3
#define REQUEST	    0x8000
#define DEVICE_SIZE 312 /* struct usbip_usb_device */
#define BUSID_SIZE  32
#define MAX_CLIENTS 64

struct client {
	struct vp_usbip *front;
	int fd;
	struct vp_printer *printer; /* imported; NULL: none yet */
	bool used;
};

struct vp_usbip {
	struct vp_rack *rack;
	int fd;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t left;
	struct client clients[MAX_CLIENTS];
};

static void put32(uint8_t *at, uint32_t value)
{
	value = htonl(value);
	memcpy(at, &value, sizeof(value));
}

static void describe(struct vp_printer *p, uint8_t out[static DEVICE_SIZE])
{
	const struct vp_descriptors *d = vp_device_descriptors(p->device);
	int address = 0;

	vp_printer_plugged(p, &address);
	memset(out, 0, DEVICE_SIZE);
	snprintf((char *)out, 256, "/sys/devices/virtual/vprinter/1-%d", p->port);
	snprintf((char *)out + 256, BUSID_SIZE, "1-%d", p->port);
	put32(out + 288, 1);
	put32(out + 292, (uint32_t)address);
	put32(out + 296, d->speed);
	out[300] = (uint8_t)(d->vendor_id >> 8);
	out[301] = (uint8_t)d->vendor_id;
	out[302] = (uint8_t)(d->product_id >> 8);
	out[303] = (uint8_t)d->product_id;
	out[304] = (uint8_t)(d->release >> 8);
	out[305] = (uint8_t)d->release;
	out[309] = 1; /* configuration in force, configurations, interfaces */
	out[310] = 1;
	out[311] = d->interface_count;
}

static void send_interfaces(int fd, struct vp_printer *p)
{
	const struct vp_descriptors *d = vp_device_descriptors(p->device);

	for (size_t i = 0; i < d->setting_count; i++) {
		const struct vp_setting *s = &d->settings[i];

		if (s->alternate == 0)
			usbip_send(fd, (uint8_t[]){ s->class_code, s->subclass, s->protocol, 0 },
				   4);
	}
}

static void send_header(int fd, int code, int status)
{
	uint8_t reply[8] = { VERSION >> 8,   VERSION & 0xff, 0, (uint8_t)code, 0, 0, 0,
			     (uint8_t)status };

	usbip_send(fd, reply, sizeof(reply));
}

static void list_devices(struct vp_usbip *u, int fd)
{
	uint8_t count[4], device[DEVICE_SIZE];
	struct vp_printer *there[VP_MAX_PRINTERS];
	uint32_t n = 0;

	for (int i = 0; i < u->rack->count; i++)
		if (vp_printer_plugged(u->rack->printers[i], NULL))
			there[n++] = u->rack->printers[i];
	send_header(fd, DEVLIST, 0);
	put32(count, n);
	usbip_send(fd, count, sizeof(count));
	for (uint32_t i = 0; i < n; i++) {
		describe(there[i], device);
		usbip_send(fd, device, sizeof(device));
		send_interfaces(fd, there[i]);
	}
}

static struct vp_printer *find(struct vp_usbip *u, const char *busid)
{
	int port = 0;

	if (sscanf(busid, "1-%d", &port) != 1 || port < 1 || port > u->rack->count)
		return NULL;
	return vp_printer_plugged(u->rack->printers[port - 1], NULL) ? u->rack->printers[port - 1]
								     : NULL;
}

/* Marks the printer as this client's; false when another one has it. */
static bool take(struct client *c, struct vp_printer *p)
{
	bool free_now = true;

	pthread_mutex_lock(&c->front->mutex);
	for (int i = 0; i < MAX_CLIENTS; i++)
		if (c->front->clients[i].used && c->front->clients[i].printer == p)
			free_now = false;
	if (free_now)
		c->printer = p;
	pthread_mutex_unlock(&c->front->mutex);
	return free_now;
}

static void import(struct client *c)
{
	char busid[BUSID_SIZE + 1] = "";
	uint8_t device[DEVICE_SIZE];
	struct vp_printer *p;

	if (!usbip_receive(c->fd, busid, BUSID_SIZE))
		return;
	p = find(c->front, busid);
	if (!p || !take(c, p)) {
		send_header(c->fd, IMPORT, 1);
		return;
	}
	describe(p, device);
	send_header(c->fd, IMPORT, 0);
	usbip_send(c->fd, device, sizeof(device));
	vp_log_text(p->log, "usbip", "event", "attached", NULL);
	usbip_session(c->fd, p);
	vp_log_text(p->log, "usbip", "event", "detached", NULL);
}

static void *serve(void *arg)
{
	struct client *c = arg;
	struct vp_usbip *u = c->front;
	uint8_t request[8];

	if (usbip_receive(c->fd, request, sizeof(request))) {
		unsigned code = (unsigned)request[2] << 8 | request[3];

		if (code == (REQUEST | DEVLIST))
			list_devices(u, c->fd);
		else if (code == (REQUEST | IMPORT))
			import(c);
	}
	pthread_mutex_lock(&u->mutex);
	close(c->fd);
	*c = (struct client){ .front = u };
	pthread_cond_broadcast(&u->left);
	pthread_mutex_unlock(&u->mutex);
	return NULL;
}

static void start_client(struct vp_usbip *u, int fd)
{
	struct client *c = NULL;
	pthread_t thread;
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	pthread_mutex_lock(&u->mutex);
	for (int i = 0; i < MAX_CLIENTS && !c; i++)
		if (!u->clients[i].used)
			c = &u->clients[i];
	if (c)
		*c = (struct client){ .front = u, .fd = fd, .used = true };
	pthread_mutex_unlock(&u->mutex);
	if (!c || pthread_create(&thread, NULL, serve, c) != 0)
		close(fd);
	else
		pthread_detach(thread);
}

static void *accept_loop(void *arg)
{
	struct vp_usbip *u = arg;
	int fd;

	while ((fd = accept4(u->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		start_client(u, fd);
	return NULL;
}

static void plug(void *arg, struct vp_printer *printer)
{
	(void)arg;
	(void)printer; /* whoever wants it imports it */
}

/* Ends the session of a printer and waits until it is over. */
static void unplug(void *arg, struct vp_printer *printer)
{
	struct vp_usbip *u = arg;

	pthread_mutex_lock(&u->mutex);
	for (int i = 0; i < MAX_CLIENTS; i++) {
		struct client *c = &u->clients[i];

		if (!c->used || c->printer != printer)
			continue;
		shutdown(c->fd, SHUT_RDWR);
		while (c->used && c->printer == printer)
			pthread_cond_wait(&u->left, &u->mutex);
	}
	pthread_mutex_unlock(&u->mutex);
}

enum pl_result vp_usbip_create(int port, struct vp_rack *rack, struct vp_usbip **ret_front,
			       struct pl_error *err)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct vp_usbip *u = calloc(1, sizeof(*u));
	struct vp_front front = { plug, unplug, NULL, u };
	int one = 1;

	if (!u)
		abort();
	u->rack = rack;
	pthread_mutex_init(&u->mutex, NULL);
	pthread_cond_init(&u->left, NULL);
	u->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(u->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(u->fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(u->fd, 8) != 0) {
		enum pl_result r = pl_error_set(err, PL_E_IO, "cannot listen on port %d: %s", port,
						strerror(errno));

		close(u->fd);
		free(u);
		return r;
	}
	for (int i = 0; i < rack->count; i++)
		vp_printer_add_front(rack->printers[i], &front);
	pthread_create(&u->thread, NULL, accept_loop, u);
	*ret_front = u;
	return PL_OK;
}

void vp_usbip_destroy(struct vp_usbip *u)
{
	if (!u)
		return;
	shutdown(u->fd, SHUT_RDWR);
	pthread_join(u->thread, NULL);
	close(u->fd);
	pthread_mutex_lock(&u->mutex);
	for (int i = 0; i < MAX_CLIENTS; i++) {
		if (u->clients[i].used)
			shutdown(u->clients[i].fd, SHUT_RDWR);
		while (u->clients[i].used)
			pthread_cond_wait(&u->left, &u->mutex);
	}
	pthread_mutex_unlock(&u->mutex);
	free(u);
}
