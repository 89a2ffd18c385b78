/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_UMOCK_H
#define VP_UMOCK_H

/*
 * The inside of the umockdev front end, shared by its files:
 *     front_umockdev.c  test bed, plugging       umock_sysfs.c  what the kernel shows of a device
 *     umock_usbfs.c     ioctls of the device node umock_lp.c     the kernel's usblp driver and
 * /dev/usb/lpN umock_uevent.c    udev events               umock_power.c  runtime power
 *     umock_node.c      device nodes             umock_files.c  files and links
 *     umock_urb.c       transfers under way      umock_claim.c  who holds which interface
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <umockdev.h>

#include "front_umockdev.h"

#define UMOCK_HUB "/devices/pci0000:00/0000:00:14.0/usb1"

struct umock_urb;
struct umock_lp;

/* A socket of the hub with its printer. */
struct umock_port {
	struct vp_umockdev *front;
	struct vp_printer *printer;
	struct umock_port *next;
	UMockdevIoctlBase *base;
	char node[64];	   /* "/dev/bus/usb/001/002" */
	char attached[64]; /* the node whose ioctls arrive here; stays after unplugging, see
			      umock_detach() */
	char sys[128];	   /* "/devices/…/usb1/1-1" */
	int address;

	pthread_mutex_t mutex; /* over what follows */
	bool plugged;
	int gate; /* our end of the node, see umock_node.c; -1: none */
	bool gate_open;
	UMockdevIoctlClient *claims[VP_MAX_INTERFACES];
	char drivers[VP_MAX_INTERFACES][16]; /* kernel driver bound, "" for none */
	struct umock_urb *pending, *finished;
	int finished_count;
	int clients;   /* open descriptors, lp included */
	int urbnum_fd; /* of the attribute; -1: unplugged */
	unsigned urbs;
	bool suspended;
	int64_t suspend_ms; /* when it suspends, monotonic; PL_FOREVER: it does not */
	struct umock_lp *lp, *retired_lps;
};

struct vp_umockdev {
	UMockdevTestbed *testbed;
	char *root;	       /* its folder */
	pthread_mutex_t mutex; /* over the test bed and the list */
	struct umock_port *ports;
	struct umock_lp_gate *lp_gate;

	pthread_t power_thread;
	pthread_cond_t power_changed;
	pthread_mutex_t power_mutex;
	bool stopping, power_look;
};

/* --- umock_sysfs.c --- */
void umock_sysfs_hub(struct vp_umockdev *u);
void umock_sysfs_add(struct umock_port *port);
void umock_sysfs_remove(struct umock_port *port);
/* Binds or unbinds (driver "") the interface's driver link. */
void umock_sysfs_driver(struct umock_port *port, unsigned interface, const char *driver);
/* The usblp side of an interface: ieee1284_id and class device lpN; `id` NULL takes them away. */
void umock_sysfs_lp(struct umock_port *port, unsigned interface, int number, const char *id);
void umock_sysfs_power(struct umock_port *port, bool suspended);
/* Counts a transfer with the device in its "urbnum". Called without the port's lock. */
void umock_sysfs_count(struct umock_port *port);

/* --- umock_files.c --- */
/* Writes root/path, making folders. */
void umock_write(struct vp_umockdev *u, const char *path, const void *data, size_t n);
void umock_link(struct vp_umockdev *u, const char *path, const char *target);
void umock_unlink(struct vp_umockdev *u, const char *path);
/* Removes a folder and all below it, links not followed; `dir` is a real path. */
void umock_remove_tree(const char *dir);

/* --- umock_uevent.c --- */
/* Tells every listener of the test bed. `sys` is below /sys; properties come from its uevent file.
 */
void umock_uevent(struct vp_umockdev *u, const char *action, const char *sys, const char *subsystem,
		  const char *devtype);

/* --- umock_node.c --- */
bool umock_node_make(struct umock_port *port);
void umock_node_remove(struct umock_port *port);
/* Lets poll() of the clients see whether there is something to reap. Called with the port's lock
 * held. */
void umock_node_gate(struct umock_port *port);
/* Remembers major and minor numbers for stat() under the preload. */
void umock_node_number(struct vp_umockdev *u, const char *name, int major, int minor);

/* --- umock_usbfs.c --- */
void umock_usbfs_init(struct umock_port *port);
/* Everything under way ends with -ESHUTDOWN, claims are gone. */
void umock_usbfs_unplugged(struct umock_port *port);

/* --- umock_lp.c --- */
struct umock_lp_gate *umock_lp_gate_create(struct vp_umockdev *u);
void umock_lp_gate_destroy(struct umock_lp_gate *gate);
const char *umock_lp_gate_path(const struct umock_lp_gate *gate);
/* usblp takes, or gives up, the port's print interface. */
void umock_lp_bind(struct umock_port *port, unsigned interface);
void umock_lp_unbind(struct umock_port *port);
/* When no client is left. */
void umock_lp_free_retired(struct umock_port *port);

/* --- umock_power.c --- */
void umock_power_start(struct vp_umockdev *u);
void umock_power_stop(struct vp_umockdev *u);
void umock_power_opened(struct umock_port *port);
void umock_power_closed(struct umock_port *port);
void umock_power_asleep(struct umock_port *port, bool asleep);

#endif
