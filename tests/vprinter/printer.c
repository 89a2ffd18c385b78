/* SPDX-License-Identifier: Apache-2.0 */
/* Printer: puts the parts together, and plugs the whole in and out. */

#include "printer_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include <platen/clock.h>

#include "ipp_server.h"
#include "json.h"
#include "print.h"
#include "reason.h"
#include "web.h"

#define FIRST_ADDRESS 2
#define LAST_ADDRESS  127

/* --- what follows from a change of state --- */

/* A stopped printer takes no more of a job; one with "blocks_when_stopped": "all" not even a
 * question. */
static bool blocks(struct vp_printer *p)
{
	const cJSON *print = vp_profile_behaviour(p->profile, "print");
	const char *what = vp_json_text(print, "blocks_when_stopped", "nothing");
	cJSON *facts;
	bool stopped;

	if (strcmp(what, "all") != 0 &&
	    (strcmp(what, "job") != 0 || vp_state_times(p->state).jobs == 0))
		return false;
	facts = vp_state_facts(p->state);
	stopped = vp_reasons_stop(vp_json_at(facts, "state.reasons"));
	cJSON_Delete(facts);
	return stopped;
}

static void state_changed(void *arg)
{
	struct vp_printer *p = arg;
	const struct vp_descriptors *d;
	bool hold;

	if (!p->device)
		return;
	if (!vp_state_asleep(p->state))
		vp_drowse_stir(p);
	d = vp_device_descriptors(p->device);
	hold = blocks(p);
	for (size_t i = 0; i < d->setting_count; i++) {
		struct vp_pipe *pipe = vp_device_pipe(p->device, i);

		if (!pipe || !vp_setting_is_print(&d->settings[i]))
			continue;
		vp_pipe_hold(pipe, hold);
		vp_pipe_poke(pipe);
	}
	for (int i = 0; i < p->front_count; i++)
		if (p->fronts[i].power)
			p->fronts[i].power(p->fronts[i].arg, p, vp_state_asleep(p->state));
}

/* --- its threads --- */

struct talk {
	struct vp_printer *printer;
	size_t setting;
};

static void *talk(void *arg)
{
	struct talk t = *(struct talk *)arg;
	const struct vp_setting *s = &vp_device_descriptors(t.printer->device)->settings[t.setting];
	struct vp_pipe *pipe = vp_device_pipe(t.printer->device, t.setting);

	free(arg);
	if (vp_setting_is_http(s))
		vp_web_serve(t.printer, pipe);
	else
		vp_print_serve(t.printer, pipe);
	return NULL;
}

static void start_threads(struct vp_printer *p)
{
	const struct vp_descriptors *d = vp_device_descriptors(p->device);

	for (size_t i = 0; i < d->setting_count; i++) {
		struct talk *t;

		if (!vp_device_pipe(p->device, i) ||
		    (!vp_setting_is_http(&d->settings[i]) && !vp_setting_is_print(&d->settings[i])))
			continue;
		t = malloc(sizeof(*t));
		if (!t)
			abort();
		*t = (struct talk){ p, i };
		p->started[i] = pthread_create(&p->threads[i], NULL, talk, t) == 0;
	}
}

static void stop_threads(struct vp_printer *p)
{
	for (size_t i = 0; i < VP_MAX_SETTINGS; i++) {
		if (!p->started[i])
			continue;
		vp_pipe_end(vp_device_pipe(p->device, i));
		pthread_join(p->threads[i], NULL);
	}
}

/* --- life --- */

static void unplug_itself(void *arg, int return_ms)
{
	vp_printer_vanish(arg, return_ms);
}

static bool speaks_http(const struct vp_descriptors *d)
{
	for (size_t i = 0; i < d->setting_count; i++)
		if (vp_setting_is_http(&d->settings[i]))
			return true;
	return false;
}

static enum pl_result start_ippserver(struct vp_printer *p, struct pl_error *err)
{
	gchar *conf = g_build_filename(p->profile->dir, "ipp", "printer.conf", NULL);
	enum pl_result r = PL_OK;

	if (speaks_http(vp_device_descriptors(p->device)) && g_file_test(conf, G_FILE_TEST_EXISTS))
		r = vp_ippserver_start(p->name, conf, p->dir, &p->ippserver, err);
	g_free(conf);
	return r;
}

enum pl_result vp_printer_create(const char *name, int port, const char *profile_dir,
				 const char *spool, uint64_t seed, struct vp_printer **ret_printer,
				 struct pl_error *err)
{
	struct vp_printer *p = calloc(1, sizeof(*p));
	gchar *log, *jobs;
	enum pl_result r;

	if (!p)
		abort();
	pthread_mutex_init(&p->mutex, NULL);
	pthread_mutex_init(&p->plugging, NULL);
	pl_clock_cond_init(&p->stirred);
	p->name = g_strdup(name);
	p->port = port;
	p->dir = g_build_filename(spool, name, NULL);
	if (g_mkdir_with_parents(p->dir, 0755) != 0) {
		r = pl_error_set(err, PL_E_IO, "cannot make %s: %s", p->dir, strerror(errno));
		goto fail;
	}
	log = g_build_filename(p->dir, "log.jsonl", NULL);
	jobs = g_build_filename(p->dir, "jobs", NULL);
	p->log = vp_log_create(log);
	p->jobs = vp_jobs_create(jobs);
	g_free(log);
	g_free(jobs);
	r = vp_profile_load(profile_dir, &p->profile, err);
	if (r != PL_OK)
		goto fail;
	p->state = vp_state_create(p->profile, seed, state_changed, p);
	r = vp_device_create(p->profile->device, vp_profile_behaviour(p->profile, "faults"), p->dir,
			     unplug_itself, &VP_PRINTER_DEVICE_OPS, p, &p->device, err);
	if (r == PL_OK)
		r = start_ippserver(p, err);
	if (r != PL_OK)
		goto fail;
	start_threads(p);
	vp_drowse_start(p);
	*ret_printer = p;
	return PL_OK;
fail:
	vp_printer_destroy(p);
	return r;
}

void vp_printer_destroy(struct vp_printer *p)
{
	if (!p)
		return;
	vp_drowse_stop(p);
	stop_threads(p);
	vp_ippserver_stop(p->ippserver);
	vp_device_destroy(p->device);
	vp_state_destroy(p->state);
	vp_profile_destroy(p->profile);
	vp_jobs_destroy(p->jobs);
	vp_log_destroy(p->log);
	pthread_mutex_destroy(&p->plugging);
	pthread_mutex_destroy(&p->mutex);
	g_free(p->dir);
	g_free(p->name);
	free(p);
}

void vp_printer_add_front(struct vp_printer *p, const struct vp_front *front)
{
	p->fronts[p->front_count++] = *front;
}

bool vp_printer_plugged(struct vp_printer *p, int *ret_address)
{
	bool plugged;

	pthread_mutex_lock(&p->mutex);
	plugged = p->plugged;
	if (ret_address)
		*ret_address = p->address;
	pthread_mutex_unlock(&p->mutex);
	return plugged;
}

int64_t vp_printer_up_ms(struct vp_printer *p)
{
	int64_t since;

	pthread_mutex_lock(&p->mutex);
	since = p->plugged_ms;
	pthread_mutex_unlock(&p->mutex);
	return pl_clock_now_ms() - since;
}

/* The addresses of the bus: each plug gets the next one that nobody has, as the kernel gives them,
 * from 2 (the hub has 1) to 127 and round again. */
static struct {
	pthread_mutex_t mutex;
	bool taken[LAST_ADDRESS + 1];
	int last;
} bus = { .mutex = PTHREAD_MUTEX_INITIALIZER, .last = FIRST_ADDRESS - 1 };

static int take_address(void)
{
	int address;

	pthread_mutex_lock(&bus.mutex);
	address = bus.last;
	do
		address = address >= LAST_ADDRESS ? FIRST_ADDRESS : address + 1;
	while (bus.taken[address] && address != bus.last);
	bus.taken[address] = true;
	bus.last = address;
	pthread_mutex_unlock(&bus.mutex);
	return address;
}

static void return_address(int address)
{
	pthread_mutex_lock(&bus.mutex);
	bus.taken[address] = false;
	pthread_mutex_unlock(&bus.mutex);
}

/* Marks it as plugged or not; false when it is so already. */
static bool set_plugged(struct vp_printer *p, bool plugged)
{
	bool changed;

	pthread_mutex_lock(&p->mutex);
	changed = p->plugged != plugged;
	p->plugged = plugged;
	if (changed && plugged) {
		p->address = take_address();
		p->plugged_ms = pl_clock_now_ms();
	}
	pthread_mutex_unlock(&p->mutex);
	return changed;
}

void vp_printer_plug(struct vp_printer *p)
{
	pthread_mutex_lock(&p->plugging);
	if (set_plugged(p, true)) {
		vp_device_reset(p->device, -ESHUTDOWN);
		vp_state_power_on(p->state);
		vp_log_text(p->log, "plug", NULL);
		for (int i = 0; i < p->front_count; i++)
			p->fronts[i].plug(p->fronts[i].arg, p);
	}
	pthread_mutex_unlock(&p->plugging);
}

void vp_printer_unplug(struct vp_printer *p)
{
	pthread_mutex_lock(&p->plugging);
	if (set_plugged(p, false)) {
		vp_log_text(p->log, "unplug", NULL);
		for (int i = 0; i < p->front_count; i++)
			p->fronts[i].unplug(p->fronts[i].arg, p);
		vp_device_reset(p->device, -ESHUTDOWN);
		return_address(p->address);
	}
	pthread_mutex_unlock(&p->plugging);
}

struct vanish {
	struct vp_printer *printer;
	int return_ms;
};

/* Waits for the time of return; false when the printer is being taken down meanwhile. */
static bool stay_away(struct vp_printer *p, int return_ms)
{
	int64_t by_ms = pl_clock_in_ms(return_ms);
	bool ending;

	pthread_mutex_lock(&p->mutex);
	while (!p->ending && pl_clock_left_ms(by_ms) > 0)
		pl_clock_wait(&p->stirred, &p->mutex, by_ms);
	ending = p->ending;
	pthread_mutex_unlock(&p->mutex);
	return !ending;
}

static void *vanish(void *arg)
{
	struct vanish v = *(struct vanish *)arg;

	free(arg);
	vp_printer_unplug(v.printer);
	if (v.return_ms >= 0 && stay_away(v.printer, v.return_ms))
		vp_printer_plug(v.printer);
	pthread_mutex_lock(&v.printer->mutex);
	v.printer->away--;
	pthread_cond_broadcast(&v.printer->stirred);
	pthread_mutex_unlock(&v.printer->mutex);
	return NULL;
}

void vp_printer_vanish(struct vp_printer *p, int return_ms)
{
	struct vanish *v = malloc(sizeof(*v));
	pthread_t thread;
	bool go;

	if (!v)
		abort();
	*v = (struct vanish){ p, return_ms };
	pthread_mutex_lock(&p->mutex);
	go = !p->ending && pthread_create(&thread, NULL, vanish, v) == 0;
	p->away += go;
	pthread_mutex_unlock(&p->mutex);
	if (go)
		pthread_detach(thread);
	else
		free(v);
}

void vp_printer_reboot(struct vp_printer *p, const char *by, int return_ms)
{
	vp_log_text(p->log, "action", "do", "reboot", "by", by, NULL);
	vp_printer_vanish(p, return_ms);
}

void vp_printer_end(struct vp_printer *p)
{
	pthread_mutex_lock(&p->mutex);
	p->ending = true;
	pthread_cond_broadcast(&p->stirred);
	while (p->away > 0)
		pl_clock_wait(&p->stirred, &p->mutex, PL_FOREVER);
	pthread_mutex_unlock(&p->mutex);
	vp_printer_unplug(p);
}

void vp_printer_asked(struct vp_printer *p)
{
	const cJSON *sleep = vp_profile_behaviour(p->profile, "sleep");

	if (vp_json_true(sleep, "kept_awake_by_queries", true))
		vp_drowse_stir(p);
	if (vp_json_true(sleep, "wakes_on_query", false) && vp_state_asleep(p->state)) {
		vp_state_sleep(p->state, false);
		vp_log_text(p->log, "power", "event", "woken by a question", NULL);
	}
}
