/* SPDX-License-Identifier: Apache-2.0 */
/* umockdev front end: the test bed, its ports, and the order in which things appear and go. */

#include "front_umockdev.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include <platen/clock.h>

#include "json.h"
#include "library.h"
#include "umock.h"

#define PRELOAD "libumockdev-preload.so.0"

enum pl_result vp_umockdev_create(struct vp_umockdev **ret_front, struct pl_error *err)
{
	struct vp_umockdev *u = calloc(1, sizeof(*u));

	if (!u)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pthread_mutex_init(&u->mutex, NULL);
	u->testbed = umockdev_testbed_new();
	u->root = umockdev_testbed_get_root_dir(u->testbed);
	umock_sysfs_hub(u);
	umock_power_start(u);
	u->lp_gate = umock_lp_gate_create(u);
	*ret_front = u;
	return PL_OK;
}

/* The ioctl socket of a node is left in place when the printer goes: a client that has just found
 * the node would be killed by the preload if nobody answered there. It goes when the port is used
 * again. */
static void detach(struct umock_port *port)
{
	if (port->attached[0])
		umockdev_testbed_detach_ioctl(port->front->testbed, port->attached, NULL);
	port->attached[0] = '\0';
}

/* A printer that left this address keeps its node for clients that still hold it, until the address
 * is given to another. */
static void take_node(struct umock_port *port)
{
	for (struct umock_port *other = port->front->ports; other; other = other->next)
		if (other == port || strcmp(other->attached, port->node) == 0)
			detach(other);
}

/* Binds the drivers that behaviour.json names: "usb": {"drivers": {"0": "usblp"}}. */
static void bind_drivers(struct umock_port *port)
{
	const cJSON *usb = vp_profile_behaviour(port->printer->profile, "usb"), *row;

	cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(usb, "drivers"))
	{
		unsigned interface = (unsigned)atoi(row->string);

		if (interface >= vp_device_descriptors(port->printer->device)->interface_count)
			continue;
		if (strcmp(row->valuestring, "usblp") == 0) {
			umock_lp_bind(port, interface);
			continue;
		}
		pthread_mutex_lock(&port->mutex);
		g_strlcpy(port->drivers[interface], row->valuestring,
			  sizeof(port->drivers[interface]));
		pthread_mutex_unlock(&port->mutex);
		umock_sysfs_driver(port, interface, row->valuestring);
	}
}

static void plug(void *arg, struct vp_printer *printer)
{
	struct umock_port *port = arg;
	GError *error = NULL;

	vp_printer_plugged(printer, &port->address);
	snprintf(port->sys, sizeof(port->sys), UMOCK_HUB "/1-%d", printer->port);
	pthread_mutex_lock(&port->front->mutex);
	pthread_mutex_lock(&port->mutex);
	snprintf(port->node, sizeof(port->node), "/dev/bus/usb/001/%03d", port->address);
	pthread_mutex_unlock(&port->mutex);
	take_node(port);
	if (!umockdev_testbed_attach_ioctl(port->front->testbed, port->node, port->base, &error)) {
		fprintf(stderr, "vprinter: umockdev: %s\n", error->message);
		g_clear_error(&error);
	}
	g_strlcpy(port->attached, port->node, sizeof(port->attached));
	pthread_mutex_unlock(&port->front->mutex);
	pthread_mutex_lock(&port->mutex);
	port->plugged = true;
	port->suspended = false;
	port->suspend_ms = PL_FOREVER;
	pthread_mutex_unlock(&port->mutex);
	umock_node_make(port);
	umock_sysfs_add(port);
	bind_drivers(port);
}

static void unplug(void *arg, struct vp_printer *printer)
{
	struct umock_port *port = arg;

	(void)printer;
	umock_lp_unbind(port);
	pthread_mutex_lock(&port->mutex);
	port->plugged = false;
	memset(port->drivers, 0, sizeof(port->drivers));
	pthread_mutex_unlock(&port->mutex);
	umock_node_remove(port);
	umock_usbfs_unplugged(port);
	umock_sysfs_remove(port);
}

static void power(void *arg, struct vp_printer *printer, bool asleep)
{
	(void)printer;
	umock_power_asleep(arg, asleep);
}

void vp_umockdev_add(struct vp_umockdev *u, struct vp_printer *printer)
{
	struct umock_port *port = calloc(1, sizeof(*port)), **end = &u->ports;
	struct vp_front front = { plug, unplug, power, port };

	if (!port)
		abort();
	port->front = u;
	port->printer = printer;
	port->gate = port->urbnum_fd = -1;
	port->suspend_ms = PL_FOREVER;
	pthread_mutex_init(&port->mutex, NULL);
	umock_usbfs_init(port);
	pthread_mutex_lock(&u->mutex);
	while (*end)
		end = &(*end)->next;
	*end = port;
	pthread_mutex_unlock(&u->mutex);
	vp_printer_add_front(printer, &front);
}

static char **add_to(char **env, const char *name, const char *value, const char *separator)
{
	const char *old = g_environ_getenv(env, name);
	char *all = old && *old ? g_strconcat(value, separator, old, NULL) : g_strdup(value);

	env = g_environ_setenv(env, name, all, TRUE);
	g_free(all);
	return env;
}

char **vp_umockdev_environment(struct vp_umockdev *u)
{
	char **env = g_environ_setenv(g_get_environ(), "UMOCKDEV_DIR", u->root, TRUE);

	env = add_to(env, "LD_PRELOAD", PRELOAD, ":");
	env = add_to(env, "LD_PRELOAD", vp_library("vprinter-preload.so"), ":");
	env = add_to(env, "ASAN_OPTIONS", "verify_asan_link_order=0", ":");
	return g_environ_setenv(env, "VPRINTER_LP_GATE", umock_lp_gate_path(u->lp_gate), TRUE);
}

void vp_umockdev_destroy(struct vp_umockdev *u)
{
	if (!u)
		return;
	umock_power_stop(u);
	umock_lp_gate_destroy(u->lp_gate);
	for (struct umock_port *port = u->ports; port; port = port->next)
		detach(port);
	g_object_unref(u->testbed);
	while (u->ports) {
		struct umock_port *port = u->ports;

		u->ports = port->next;
		g_object_unref(port->base);
		umock_lp_free_retired(port);
		free(port);
	}
	g_free(u->root);
	free(u);
}
