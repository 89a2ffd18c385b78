/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usblp: the kernel's printer driver bound to a print interface, with /dev/usb/lpN, its ioctls and
 * its attribute ieee1284_id, which is read when the driver is bound, and again only by its own
 * ioctl.
 */

#include "umock_lp.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <glib.h>

#include <platen/clock.h>

#define LPGETSTATUS	    0x060b
#define LPABORT		    0x0604
#define IOCNR_GET_DEVICE_ID 1
#define MAX_ID		    65536

static void write_id(struct umock_lp *lp)
{
	uint8_t id[MAX_ID];
	size_t n = vp_device_id(lp->port->printer->device, lp->interface, 0, id, sizeof(id) - 1);

	id[n] = '\0';
	umock_sysfs_lp(lp->port, lp->interface, lp->number, n > 2 ? (char *)id + 2 : "");
}

/* LPGETSTATUS: the port status bits, as an int. */
static int get_status(struct umock_lp *lp, UMockdevIoctlData *data)
{
	const uint8_t setup[8] = { 0xa1, 1, 0, 0, (uint8_t)lp->interface, 0, 1, 0 };
	uint8_t bits = 0;
	size_t n = 0;

	if (vp_device_control(lp->port->printer->device, setup, &bits, 1, &n) != 0)
		return EIO;
	*(int *)(void *)data->data = bits;
	return 0;
}

/* The ID anew; the kernel's copy, which sysfs shows, is renewed too. */
static int get_device_id(struct umock_lp *lp, UMockdevIoctlData *data, size_t size)
{
	uint8_t id[MAX_ID];
	size_t n = vp_device_id(lp->port->printer->device, lp->interface, 0, id, sizeof(id));

	if (n == 0)
		return EIO;
	memcpy(data->data, id, n < size ? n : size);
	write_id(lp);
	return 0;
}

static int lp_ioctl(struct umock_lp *lp, unsigned long request, UMockdevIoctlData *arg)
{
	bool status = request == LPGETSTATUS;
	bool id = _IOC_TYPE(request) == 'P' && _IOC_NR(request) == IOCNR_GET_DEVICE_ID;
	size_t size = status ? sizeof(int) : _IOC_SIZE(request);
	UMockdevIoctlData *data;
	int error;

	if (request == LPABORT)
		return 0;
	if (!status && !id)
		return _IOC_TYPE(request) == 'P' ? EINVAL : ENOTTY;
	data = size > 0 ? umockdev_ioctl_data_resolve(arg, 0, size, NULL) : NULL;
	if (!data)
		return EFAULT;
	error = status ? get_status(lp, data) : get_device_id(lp, data, size);
	g_object_unref(data);
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
	lp->number = umock_lp_gate_take(u->lp_gate, lp);
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
	pthread_create(&lp->reader, NULL, umock_lp_read_loop, lp);
	pthread_create(&lp->writer, NULL, umock_lp_write_loop, lp);
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
	umock_lp_gate_leave(lp->gate, lp);
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
	umock_lp_gate_return(lp->gate, lp->number);
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
