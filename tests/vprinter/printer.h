/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_PRINTER_H
#define VP_PRINTER_H

/*
 * Printer: one virtual printer, all parts together: what it is (profile), what is true of it
 * (state), how it stands on the bus (device), what it was asked (log) and given (jobs), and a
 * thread per pipe that talks.
 *
 * Threads: any. Memory: vp_printer_destroy() after its front ends are gone.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "device.h"
#include "jobs.h"
#include "log.h"
#include "profile.h"
#include "state.h"

struct vp_ippserver;
struct vp_printer;

/* What the front ends do when it is plugged in or out. Set once, before the printer is plugged. */
struct vp_front {
	void (*plug)(void *arg, struct vp_printer *p);
	void (*unplug)(void *arg, struct vp_printer *p);
	void (*power)(void *arg, struct vp_printer *p, bool asleep); /* fell asleep or woke up */
	void *arg;
};

#define VP_MAX_FRONTS 2

struct vp_printer {
	char *name;
	int port; /* its socket on the hub, from 1: port path "1-1" */
	struct vp_profile *profile;
	struct vp_state *state;
	struct vp_device *device;
	struct vp_log *log;
	struct vp_jobs *jobs;
	struct vp_ippserver *ippserver; /* NULL: no interface of it speaks IPP */
	char *dir;			/* under the spool */

	struct vp_front fronts[VP_MAX_FRONTS];
	int front_count;

	pthread_mutex_t plugging; /* held while it is plugged in or out: one after the other */
	pthread_mutex_t mutex;	  /* over what follows */
	bool plugged;
	int address;	    /* on the bus; another one each time it is plugged in */
	int64_t plugged_ms; /* monotonic */

	int away;	      /* threads that have unplugged it and may plug it in again */
	bool drowses, ending; /* the thread that lets it fall asleep runs; is to end */
	pthread_t drowsy;
	pthread_cond_t stirred;
	int64_t busy_ms; /* monotonic, when somebody last wanted something */

	atomic_bool recovers; /* its firmware was erased, and no whole one has come since */

	pthread_t threads[VP_MAX_SETTINGS];
	bool started[VP_MAX_SETTINGS];
};

/* Makes a printer called `name` from a profile folder, with its things under spool/name. It is not
 * plugged in yet. Returns PL_OK | PL_E_NOT_FOUND | PL_E_INVALID | PL_E_IO. */
enum pl_result vp_printer_create(const char *name, int port, const char *profile_dir,
				 const char *spool, uint64_t seed, struct vp_printer **ret_printer,
				 struct pl_error *err);
void vp_printer_destroy(struct vp_printer *p);

void vp_printer_add_front(struct vp_printer *p, const struct vp_front *front);

/* Puts it on the bus, or takes it off; what is so already stays so. */
void vp_printer_plug(struct vp_printer *p);
void vp_printer_unplug(struct vp_printer *p);
bool vp_printer_plugged(struct vp_printer *p, int *ret_address);

/* Restarts it, asked for by `by` ("pml", "http", "ipp"): told in the log, gone from the bus once
 * the answer is out, back after `return_ms` with a new address. */
void vp_printer_reboot(struct vp_printer *p, const char *by, int return_ms);

/* Unplugs it, from a thread of its own; it returns after `return_ms`, or stays away where that is
 * negative. */
void vp_printer_vanish(struct vp_printer *p, int return_ms);

/* Unplugs it for good, and waits for threads that would bring it back. Before its front ends go. */
void vp_printer_end(struct vp_printer *p);

/* Somebody asked it something: it may wake up, as behaviour.json says ("sleep": {"wakes_on_query":
 * true}). */
void vp_printer_asked(struct vp_printer *p);

/* Milliseconds since it was plugged in. */
int64_t vp_printer_up_ms(struct vp_printer *p);

#endif
