/* SPDX-License-Identifier: Apache-2.0 */
/*
 * umockdev front end, device nodes: libusb polls a node for POLLOUT, which means "a transfer can be
 * reaped". A plain file is always ready, so its clients would spin. A FIFO whose pipe holds one
 * page gives the level we need: filled, it is not writable; emptied, it is.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

#include "umock.h"

#define PAGE 4096

void umock_node_number(struct vp_umockdev *u, const char *name, int major, int minor)
{
	char *flat = g_strdelimit(g_strdup(name), "/", '_');
	char *path = g_strconcat("/dev/.node/", flat, NULL);
	char *numbers = g_strdup_printf("%d:%d", major, minor);

	umock_link(u, path, numbers);
	g_free(numbers);
	g_free(path);
	g_free(flat);
}

bool umock_node_make(struct umock_port *port)
{
	char *path = g_strconcat(port->front->root, port->node, NULL);
	char *dir = g_path_get_dirname(path);
	bool ok;

	g_mkdir_with_parents(dir, 0755);
	unlink(path);
	ok = mkfifo(path, 0666) == 0;
	pthread_mutex_lock(&port->mutex);
	port->gate = ok ? open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1;
	ok = port->gate >= 0;
	if (ok) {
		fcntl(port->gate, F_SETPIPE_SZ, PAGE);
		port->gate_open = true;
		umock_node_gate(port);
	}
	pthread_mutex_unlock(&port->mutex);
	umock_node_number(port->front, port->node + strlen("/dev/"), 189, port->address - 1);
	g_free(dir);
	g_free(path);
	return ok;
}

void umock_node_remove(struct umock_port *port)
{
	umock_unlink(port->front, port->node);
	pthread_mutex_lock(&port->mutex);
	umock_node_gate(port); /* whoever still has it open may reap its ENODEV */
	if (port->gate >= 0)
		close(port->gate);
	port->gate = -1;
	pthread_mutex_unlock(&port->mutex);
}

void umock_node_gate(struct umock_port *port)
{
	bool open = port->finished_count > 0 || !port->plugged;
	char page[PAGE];

	if (port->gate < 0 || open == port->gate_open)
		return;
	if (open) {
		while (read(port->gate, page, sizeof(page)) > 0)
			;
	} else {
		memset(page, 0, sizeof(page));
		(void)!write(port->gate, page, sizeof(page));
	}
	port->gate_open = open;
}
