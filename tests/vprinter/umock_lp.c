/* SPDX-License-Identifier: Apache-2.0 */
/*
 * umockdev front end, usblp: the kernel's printer driver bound to a print interface, with
 * /dev/usb/lpN. The node is the far end of a pseudo terminal in raw mode, so that read, write and
 * poll are the kernel's own; two threads carry its bytes to and from the printer's pipe as usblp
 * does: one write under way at a time, and one read of 8 KiB pending while somebody has it open and
 * has read everything before. Its ioctls come through umockdev.
 *
 * A second open is EBUSY. A pseudo terminal cannot say that, so the preloaded library asks at the
 * gate (a Unix socket) before it opens lpN: one question, one character back.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <glib.h>

#include <platen/clock.h>

#include "umock.h"

#define MAX_LP	    16
#define READ_SIZE   8192
#define LPGETSTATUS 0x060b
#define LPABORT	    0x0604
#define PROMISE_MS  2000 /* who was let in at the gate opens within that time */
#define UNREAD_MS   5	 /* how often unread bytes are looked at */
#define CLOSING_MS  1000 /* a close that has begun is noticed within that time */

struct umock_lp {
	struct umock_port *port;
	struct umock_lp_gate *gate;
	unsigned interface;
	int number;
	int master, slave;
	UMockdevIoctlBase *base;
	char node[32]; /* "/dev/usb/lp0" */
	pthread_t reader, writer;

	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool stopping;
	int opens;	    /* descriptors open now */
	int64_t promise_ms; /* somebody may open until then */
	struct vp_transfer in, out;
	bool in_busy, out_busy;
	struct umock_lp *next; /* of the port's retired ones */
};

struct umock_lp_gate {
	struct vp_umockdev *front;
	char *path;
	int fd;
	pthread_t thread;
	pthread_mutex_t mutex;
	struct umock_lp *lps[MAX_LP];
};

/* --- the two directions --- */

static void in_done(struct vp_transfer *t)
{
	struct umock_lp *lp = t->owner;

	pthread_mutex_lock(&lp->mutex);
	lp->in_busy = false;
	pthread_cond_broadcast(&lp->changed);
	pthread_mutex_unlock(&lp->mutex);
}

static void out_done(struct vp_transfer *t)
{
	struct umock_lp *lp = t->owner;

	pthread_mutex_lock(&lp->mutex);
	lp->out_busy = false;
	pthread_cond_broadcast(&lp->changed);
	pthread_mutex_unlock(&lp->mutex);
}

/* Puts bytes where the client reads, as long as it is open. */
static void deliver(struct umock_lp *lp, const uint8_t *data, size_t n)
{
	int unread = 1;

	while (n > 0) {
		ssize_t w = write(lp->master, data, n);

		if (w > 0) {
			data += w;
			n -= (size_t)w;
			continue;
		}
		pthread_mutex_lock(&lp->mutex);
		if (lp->opens == 0 || lp->stopping)
			n = 0;
		else
			pl_clock_wait(&lp->changed, &lp->mutex, pl_clock_in_ms(UNREAD_MS));
		pthread_mutex_unlock(&lp->mutex);
	}
	/* usblp reads on only when everything has been taken. */
	while (unread > 0) {
		pthread_mutex_lock(&lp->mutex);
		if (lp->opens == 0 || lp->stopping)
			unread = 0;
		else if (ioctl(lp->slave, FIONREAD, &unread) == 0 && unread > 0)
			pl_clock_wait(&lp->changed, &lp->mutex, pl_clock_in_ms(UNREAD_MS));
		pthread_mutex_unlock(&lp->mutex);
	}
}

static const struct vp_setting *setting_of(const struct umock_lp *lp)
{
	return vp_descriptors_find(vp_device_descriptors(lp->port->printer->device), lp->interface,
				   0);
}

/* Printer -> client. */
static void *read_loop(void *arg)
{
	struct umock_lp *lp = arg;
	uint8_t buf[READ_SIZE];

	pthread_mutex_lock(&lp->mutex);
	while (!lp->stopping) {
		struct vp_device *device = lp->port->printer->device;

		if (lp->opens == 0 || setting_of(lp)->ep_in == 0) {
			pl_clock_wait(&lp->changed, &lp->mutex, PL_FOREVER);
			continue;
		}
		lp->in = (struct vp_transfer){ .endpoint = setting_of(lp)->ep_in,
					       .data = buf,
					       .size = sizeof(buf),
					       .done = in_done,
					       .owner = lp };
		lp->in_busy = true;
		pthread_mutex_unlock(&lp->mutex);
		vp_device_submit(device, &lp->in);
		pthread_mutex_lock(&lp->mutex);
		while (lp->in_busy && lp->opens > 0 && !lp->stopping)
			pl_clock_wait(&lp->changed, &lp->mutex, PL_FOREVER);
		pthread_mutex_unlock(&lp->mutex);
		vp_device_cancel(device, &lp->in, -ENOENT);
		pthread_mutex_lock(&lp->mutex);
		while (lp->in_busy)
			pl_clock_wait(&lp->changed, &lp->mutex, PL_FOREVER);
		pthread_mutex_unlock(&lp->mutex);
		if (lp->in.status == 0)
			deliver(lp, buf, lp->in.actual);
		pthread_mutex_lock(&lp->mutex);
		if (lp->in.status != 0 && lp->in.status != -ENOENT && !lp->stopping)
			pl_clock_wait(&lp->changed, &lp->mutex, pl_clock_in_ms(100));
	}
	pthread_mutex_unlock(&lp->mutex);
	return NULL;
}

/* Client -> printer. What a client wrote before it closed still goes out. */
static void *write_loop(void *arg)
{
	struct umock_lp *lp = arg;
	uint8_t buf[READ_SIZE];

	for (;;) {
		struct pollfd p = { lp->master, POLLIN, 0 };
		ssize_t n;

		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			return NULL;
		pthread_mutex_lock(&lp->mutex);
		if (lp->stopping) {
			pthread_mutex_unlock(&lp->mutex);
			return NULL;
		}
		pthread_mutex_unlock(&lp->mutex);
		n = read(lp->master, buf, sizeof(buf));
		if (n <= 0)
			continue;
		lp->out = (struct vp_transfer){ .endpoint = setting_of(lp)->ep_out,
						.data = buf,
						.size = (size_t)n,
						.done = out_done,
						.owner = lp };
		lp->out_busy = true;
		vp_device_submit(lp->port->printer->device, &lp->out);
		pthread_mutex_lock(&lp->mutex);
		while (lp->out_busy && !lp->stopping)
			pl_clock_wait(&lp->changed, &lp->mutex, PL_FOREVER);
		pthread_mutex_unlock(&lp->mutex);
		vp_device_cancel(lp->port->printer->device, &lp->out, -ENOENT);
		pthread_mutex_lock(&lp->mutex);
		while (lp->out_busy)
			pl_clock_wait(&lp->changed, &lp->mutex, PL_FOREVER);
		pthread_mutex_unlock(&lp->mutex);
	}
}

/* --- opening, closing, ioctls --- */

static void write_id(struct umock_lp *lp)
{
	uint8_t id[65536];
	size_t n = vp_device_id(lp->port->printer->device, lp->interface, 0, id, sizeof(id) - 1);

	id[n] = '\0';
	umock_sysfs_lp(lp->port, lp->interface, lp->number, n > 2 ? (char *)id + 2 : "");
}

static int lp_ioctl(struct umock_lp *lp, unsigned long request, UMockdevIoctlData *arg)
{
	static const uint8_t PORT_STATUS[8] = { 0xa1, 1, 0, 0, 0, 0, 1, 0 };
	struct vp_device *device = lp->port->printer->device;
	UMockdevIoctlData *data = NULL;
	uint8_t setup[8], bits = 0;
	size_t n = 0, size = request == LPGETSTATUS ? sizeof(int) : _IOC_SIZE(request);
	uint8_t id[65536];
	int error = 0;

	if (request == LPABORT)
		return 0;
	if (request != LPGETSTATUS && _IOC_TYPE(request) != 'P')
		return ENOTTY;
	if (size > 0)
		data = umockdev_ioctl_data_resolve(arg, 0, size, NULL);
	if (size > 0 && !data)
		return EFAULT;
	if (request == LPGETSTATUS) {
		memcpy(setup, PORT_STATUS, sizeof(setup));
		setup[4] = (uint8_t)lp->interface;
		error = vp_device_control(device, setup, &bits, 1, &n) ? EIO : 0;
		if (!error)
			*(int *)(void *)data->data = bits;
	} else if (_IOC_NR(request) ==
		   1) { /* the ID anew; the kernel's cached copy is renewed too */
		n = vp_device_id(device, lp->interface, 0, id, sizeof(id));
		memcpy(data->data, id, n < size ? n : size);
		write_id(lp);
	} else {
		error = EINVAL;
	}
	g_clear_object(&data);
	return error;
}

static gboolean on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer arg)
{
	struct umock_lp *lp = arg;
	int error = lp->stopping ? ENODEV
				 : lp_ioctl(lp, umockdev_ioctl_client_get_request(client),
					    umockdev_ioctl_client_get_arg(client));

	(void)base;
	umockdev_ioctl_client_complete(client, error ? -1 : 0, error);
	return TRUE;
}

static void on_gone(gpointer arg, GObject *client)
{
	struct umock_lp *lp = arg;

	(void)client;
	pthread_mutex_lock(&lp->mutex);
	lp->opens--;
	if (!lp->stopping)
		tcflush(lp->slave, TCIFLUSH); /* what was read ahead is lost, as with usblp */
	pthread_cond_broadcast(&lp->changed);
	pthread_mutex_unlock(&lp->mutex);
	vp_log_text(lp->port->printer->log, "close", "node", lp->node, NULL);
	umock_power_closed(lp->port);
}

static void on_connected(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer arg)
{
	struct umock_lp *lp = arg;

	(void)base;
	g_object_weak_ref(G_OBJECT(client), on_gone, lp);
	pthread_mutex_lock(&lp->mutex);
	lp->opens++;
	lp->promise_ms = 0;
	pthread_cond_broadcast(&lp->changed);
	pthread_mutex_unlock(&lp->mutex);
	vp_log_text(lp->port->printer->log, "open", "node", lp->node, NULL);
	umock_power_opened(lp->port);
}

/* --- the gate --- */

/* 'y': open it; 'b': it is busy. */
static char may_open(struct umock_lp *lp)
{
	char answer;

	pthread_mutex_lock(&lp->mutex);
	answer = lp->opens > 0 || pl_clock_left_ms(lp->promise_ms) > 0 ? 'b' : 'y';
	if (answer == 'y')
		lp->promise_ms = pl_clock_in_ms(PROMISE_MS);
	pthread_mutex_unlock(&lp->mutex);
	return answer;
}

/* Waits until the close that a client has just done has been seen here. */
static char was_closed(struct umock_lp *lp)
{
	int64_t by_ms = pl_clock_in_ms(CLOSING_MS);

	pthread_mutex_lock(&lp->mutex);
	while ((lp->opens > 0 || pl_clock_left_ms(lp->promise_ms) > 0) && !lp->stopping &&
	       pl_clock_wait(&lp->changed, &lp->mutex, by_ms))
		;
	pthread_mutex_unlock(&lp->mutex);
	return 'y';
}

/* 'n': there is no such printer. */
static char answer_of(struct umock_lp_gate *gate, const char *question)
{
	struct umock_lp *lp;
	char verb[8] = "", answer = 'n';
	int number = -1;

	sscanf(question, "%7s %d", verb, &number);
	pthread_mutex_lock(&gate->mutex);
	lp = number >= 0 && number < MAX_LP ? gate->lps[number] : NULL;
	if (lp)
		answer = strcmp(verb, "open") == 0 ? may_open(lp) : was_closed(lp);
	pthread_mutex_unlock(&gate->mutex);
	return answer;
}

static void *gate_loop(void *arg)
{
	struct umock_lp_gate *gate = arg;

	for (;;) {
		int fd = accept4(gate->fd, NULL, NULL, SOCK_CLOEXEC);
		char question[32] = "";
		char answer;

		if (fd < 0)
			return NULL;
		if (read(fd, question, sizeof(question) - 1) > 0) {
			answer = answer_of(gate, question);
			(void)!send(fd, &answer, 1, MSG_NOSIGNAL);
		}
		close(fd);
	}
}

struct umock_lp_gate *umock_lp_gate_create(struct vp_umockdev *u)
{
	struct umock_lp_gate *gate = calloc(1, sizeof(*gate));
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (!gate)
		abort();
	gate->front = u;
	gate->path = g_strconcat(u->root, "/lp-gate", NULL);
	pthread_mutex_init(&gate->mutex, NULL);
	g_strlcpy(a.sun_path, gate->path, sizeof(a.sun_path));
	gate->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(gate->fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(gate->fd, 16) != 0)
		fprintf(stderr, "vprinter: %s: %s\n", gate->path, strerror(errno));
	pthread_create(&gate->thread, NULL, gate_loop, gate);
	return gate;
}

void umock_lp_gate_destroy(struct umock_lp_gate *gate)
{
	if (!gate)
		return;
	shutdown(gate->fd, SHUT_RDWR);
	pthread_join(gate->thread, NULL);
	close(gate->fd);
	unlink(gate->path);
	g_free(gate->path);
	free(gate);
}

const char *umock_lp_gate_path(const struct umock_lp_gate *gate)
{
	return gate->path;
}

/* --- binding --- */

static bool open_terminal(struct umock_lp *lp, char ret_name[static 64])
{
	struct termios raw;

	if (openpty(&lp->master, &lp->slave, ret_name, NULL, NULL) != 0)
		return false;
	tcgetattr(lp->slave, &raw);
	cfmakeraw(&raw);
	tcsetattr(lp->slave, TCSANOW, &raw);
	fcntl(lp->master, F_SETFL, O_NONBLOCK);
	fcntl(lp->master, F_SETFD, FD_CLOEXEC);
	fcntl(lp->slave, F_SETFD, FD_CLOEXEC);
	return true;
}

/* The lowest free number, taken for `lp`; -1 when all are. */
static int take_number(struct umock_lp_gate *gate, struct umock_lp *lp)
{
	int number = -1;

	pthread_mutex_lock(&gate->mutex);
	for (int i = 0; i < MAX_LP && number < 0; i++)
		if (!gate->lps[i])
			number = i;
	if (number >= 0)
		gate->lps[number] = lp;
	pthread_mutex_unlock(&gate->mutex);
	return number;
}

void umock_lp_bind(struct umock_port *port, unsigned interface)
{
	struct vp_umockdev *u = port->front;
	struct umock_lp *lp = calloc(1, sizeof(*lp));
	char terminal[64];

	if (!lp)
		abort();
	lp->port = port;
	lp->gate = u->lp_gate;
	lp->interface = interface;
	pthread_mutex_init(&lp->mutex, NULL);
	pl_clock_cond_init(&lp->changed);
	lp->number = take_number(u->lp_gate, lp);
	if (lp->number < 0 || !open_terminal(lp, terminal)) {
		fprintf(stderr, "vprinter: no terminal for %s\n", port->printer->name);
		free(lp);
		return;
	}
	snprintf(lp->node, sizeof(lp->node), "/dev/usb/lp%d", lp->number);
	lp->base = umockdev_ioctl_base_new();
	g_signal_connect(lp->base, "handle-ioctl", G_CALLBACK(on_ioctl), lp);
	g_signal_connect(lp->base, "client-connected", G_CALLBACK(on_connected), lp);
	pthread_mutex_lock(&u->mutex);
	umockdev_testbed_attach_ioctl(u->testbed, lp->node, lp->base, NULL);
	pthread_mutex_unlock(&u->mutex);
	pthread_create(&lp->reader, NULL, read_loop, lp);
	pthread_create(&lp->writer, NULL, write_loop, lp);
	umock_link(u, lp->node, terminal);
	umock_node_number(u, lp->node + strlen("/dev/"), 180, lp->number);
	pthread_mutex_lock(&port->mutex);
	g_strlcpy(port->drivers[interface], "usblp", sizeof(port->drivers[interface]));
	port->lp = lp;
	pthread_mutex_unlock(&port->mutex);
	umock_sysfs_driver(port, interface, "usblp");
	write_id(lp);
}

void umock_lp_unbind(struct umock_port *port)
{
	struct vp_umockdev *u = port->front;
	struct umock_lp *lp;

	pthread_mutex_lock(&port->mutex);
	lp = port->lp;
	port->lp = NULL;
	pthread_mutex_unlock(&port->mutex);
	if (!lp)
		return;
	umock_unlink(u, lp->node);
	umock_sysfs_lp(port, lp->interface, lp->number, NULL);
	pthread_mutex_lock(&lp->gate->mutex);
	lp->gate->lps[lp->number] = NULL;
	pthread_mutex_unlock(&lp->gate->mutex);
	pthread_mutex_lock(&lp->mutex);
	lp->stopping = true;
	pthread_cond_broadcast(&lp->changed);
	pthread_mutex_unlock(&lp->mutex);
	(void)!write(lp->slave, "", 1); /* the writer's poll() returns */
	pthread_join(lp->reader, NULL);
	pthread_join(lp->writer, NULL);
	close(lp->master); /* a client that has it open reads EIO from now on */
	close(lp->slave);
	pthread_mutex_lock(&u->mutex);
	umockdev_testbed_detach_ioctl(u->testbed, lp->node, NULL);
	pthread_mutex_unlock(&u->mutex);
	g_object_unref(lp->base);
	lp->master = lp->slave = -1;
	lp->next = port->retired_lps; /* clients that still hold it report their end later */
	port->retired_lps = lp;
}

void umock_lp_free_retired(struct umock_port *port)
{
	while (port->retired_lps) {
		struct umock_lp *lp = port->retired_lps;

		port->retired_lps = lp->next;
		free(lp);
	}
}
