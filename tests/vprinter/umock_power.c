/* SPDX-License-Identifier: Apache-2.0 */
/*
 * umockdev front end, runtime power: a sleeping printer is suspended while nobody has it open.
 * Opening its device node or lpN resumes it; half a second after the last close it is suspended
 * again. sysfs wakes nothing. A printer with "suspends": false sleeps on an active bus, as most do:
 * Linux suspends no printer of its own accord.
 */

#include <platen/clock.h>

#include "json.h"
#include "umock.h"

#define DELAY_MS 500

static void set(struct umock_port *port, bool suspended)
{
	if (!port->plugged || port->suspended == suspended)
		return;
	port->suspended = suspended;
	vp_log_text(port->printer->log, "power", "event", suspended ? "suspend" : "resume", NULL);
	umock_sysfs_power(port, suspended);
}

static bool suspends(const struct umock_port *port)
{
	const cJSON *sleep = vp_profile_behaviour(port->printer->profile, "sleep");

	return vp_json_true(sleep, "suspends", true);
}

static void wake_thread(struct vp_umockdev *u)
{
	pthread_mutex_lock(&u->power_mutex);
	u->power_look = true;
	pthread_cond_signal(&u->power_changed);
	pthread_mutex_unlock(&u->power_mutex);
}

void umock_power_opened(struct umock_port *port)
{
	pthread_mutex_lock(&port->mutex);
	port->clients++;
	port->suspend_ms = PL_FOREVER;
	set(port, false);
	pthread_mutex_unlock(&port->mutex);
}

void umock_power_closed(struct umock_port *port)
{
	bool asleep = vp_state_asleep(port->printer->state);

	pthread_mutex_lock(&port->mutex);
	port->clients--;
	if (port->clients == 0 && asleep && suspends(port))
		port->suspend_ms = pl_clock_in_ms(DELAY_MS);
	pthread_mutex_unlock(&port->mutex);
	wake_thread(port->front);
}

void umock_power_asleep(struct umock_port *port, bool asleep)
{
	pthread_mutex_lock(&port->mutex);
	if (!asleep) {
		port->suspend_ms = PL_FOREVER;
		set(port, false);
	} else if (port->clients == 0 && suspends(port)) {
		set(port, true);
	}
	pthread_mutex_unlock(&port->mutex);
}

/* Suspends whose time has come; returns when the next one is due. */
static int64_t suspend_due(struct vp_umockdev *u)
{
	int64_t next = PL_FOREVER;

	pthread_mutex_lock(&u->mutex);
	for (struct umock_port *port = u->ports; port; port = port->next) {
		pthread_mutex_lock(&port->mutex);
		if (port->suspend_ms != PL_FOREVER && pl_clock_left_ms(port->suspend_ms) == 0) {
			port->suspend_ms = PL_FOREVER;
			set(port, true);
		}
		if (port->suspend_ms < next)
			next = port->suspend_ms;
		pthread_mutex_unlock(&port->mutex);
	}
	pthread_mutex_unlock(&u->mutex);
	return next;
}

static void *run(void *arg)
{
	struct vp_umockdev *u = arg;

	pthread_mutex_lock(&u->power_mutex);
	while (!u->stopping) {
		int64_t next;

		u->power_look = false;
		pthread_mutex_unlock(&u->power_mutex);
		next = suspend_due(u);
		pthread_mutex_lock(&u->power_mutex);
		if (!u->stopping && !u->power_look)
			pl_clock_wait(&u->power_changed, &u->power_mutex, next);
	}
	pthread_mutex_unlock(&u->power_mutex);
	return NULL;
}

void umock_power_start(struct vp_umockdev *u)
{
	pthread_mutex_init(&u->power_mutex, NULL);
	pl_clock_cond_init(&u->power_changed);
	pthread_create(&u->power_thread, NULL, run, u);
}

void umock_power_stop(struct vp_umockdev *u)
{
	pthread_mutex_lock(&u->power_mutex);
	u->stopping = true;
	pthread_cond_signal(&u->power_changed);
	pthread_mutex_unlock(&u->power_mutex);
	pthread_join(u->power_thread, NULL);
}
