/* SPDX-License-Identifier: Apache-2.0 */
/* One printer's day: its thread and its inbox. */
#include "worker.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "identity.h"
#include "platen/clock.h"
#include "platen/devid.h"
#include "platen/log.h"
#include "owner.h"
#include "page.h"
#include "worker_inside.h"

#define STACK_SIZE   (512 * 1024) /* a reading is 30 KB, and some are compared on the stack */
#define DEVICE_ID_MS 3000

struct pl_worker_tuning worker_tuning(struct pl_worker *w)
{
	struct pl_worker_tuning tuning;

	pthread_mutex_lock(&w->lock);
	tuning = w->tuning;
	pthread_mutex_unlock(&w->lock);
	return tuning;
}

/* A printer whose USB serial number is no good may tell a better one in its 1284 ID. */
static void propose_key(struct pl_worker *w, char ret_key[static PL_MAX_KEY])
{
	const struct pl_usb_setting *pipe = pl_owner_print_pipe(&w->dev);
	char text[PL_MAX_USB_DEVICEID + 1];
	struct pl_devid id = { .serial = { NULL, 0 } };
	struct pl_error err;
	size_t size;

	if (pipe && pl_serial_is_placeholder(pl_span_of(w->dev.serial)) &&
	    pl_usb_device_id(w->home.usb, &w->dev, pipe, pl_clock_in_ms(DEVICE_ID_MS), text,
			     sizeof(text), &size, &err) == PL_OK &&
	    pl_devid_parse((struct pl_span){ text, size }, &id) != PL_OK)
		id.serial = (struct pl_span){ NULL, 0 };
	pl_identity_key(&w->dev, id.serial, ret_key);
}

/* Two printers that claim one serial number are two printers: the second is known by its socket. */
static void settle_key(struct pl_worker *w)
{
	char key[PL_MAX_KEY], old[PL_MAX_KEY], port[32];

	propose_key(w, key);
	if (!pl_memory_port(w->home.memory, key, port) &&
	    pl_memory_same_serial(w->home.memory, key, &w->home.presence, old)) {
		log_info(old, "printer has other USB numbers now: %s", key);
		memcpy(key, old, sizeof(key));
	}
	if (!w->home.claim_key(w->home.arg, w, key)) {
		log_warn(key, "another attached printer has the same serial number; "
			      "this one is known by its socket");
		pl_identity_port_key(&w->dev, key);
		w->home.claim_key(w->home.arg, w, key);
	}
	pthread_mutex_lock(&w->lock);
	memcpy(w->key, key, sizeof(w->key));
	pthread_mutex_unlock(&w->lock);
}

static void announce(struct pl_worker *w)
{
	cJSON *body = pl_report_attached(&w->dev);
	const char *kind = "printer.attached";
	char port[32], other[PL_MAX_KEY];

	if (!pl_memory_port(w->home.memory, w->key, port)) {
		if (pl_memory_candidate(w->home.memory, w->key, w->dev.port_path, &w->home.presence,
					other))
			cJSON_AddStringToObject(body, "merge_candidate", other);
	} else if (strcmp(port, w->dev.port_path) != 0) {
		kind = "printer.moved";
		cJSON_AddStringToObject(body, "from_port_path", port);
	}
	w->home.outlet.record(w->home.outlet.arg, kind, w->key, body);
	cJSON_Delete(body);
	log_info(w->key, "printer attached port=%s vendor=%04x product=%04x", w->dev.port_path,
		 w->dev.vendor_id, w->dev.product_id);
}

/* What there is to do now: an action first, then what is due. False: stop. */
static bool next_task(struct pl_worker *w, struct pl_action **ret_action, enum pl_depth *ret_depth)
{
	bool go_on = true;

	*ret_action = NULL;
	pthread_mutex_lock(&w->lock);
	w->at_work = false;
	pthread_cond_broadcast(&w->ended);
	for (;;) {
		int64_t now_ms = pl_clock_now_ms(), at_ms;

		w->pulse.wants_full = w->served < w->tickets;
		pl_schedule_next(&w->pulse, &w->tuning.pace, now_ms, &at_ms, ret_depth);
		if (w->stop) {
			go_on = false;
			break;
		}
		w->waits = w->lent > 0 && (w->inbox_count > 0 || at_ms <= now_ms);
		if (w->waits) {
			pl_clock_wait(&w->wake, &w->lock, PL_FOREVER);
			continue;
		}
		if (w->inbox_count > 0) {
			*ret_action = w->inbox[0];
			w->inbox_count--;
			memmove(w->inbox, w->inbox + 1, w->inbox_count * sizeof(w->inbox[0]));
			break;
		}
		if (at_ms <= now_ms)
			break;
		pl_clock_wait(&w->wake, &w->lock, at_ms);
	}
	w->at_work = go_on;
	pthread_mutex_unlock(&w->lock);
	return go_on;
}

static void *worker_main(void *arg)
{
	struct pl_worker *w = arg;
	struct pl_action *action;
	enum pl_depth depth;

	settle_key(w);
	announce(w);
	pl_tracker_recall(&w->tracker, w->home.memory, w->key);
	while (next_task(w, &action, &depth)) {
		if (action)
			worker_act(w, action);
		else if (!worker_look(w, depth))
			break;
	}
	pthread_mutex_lock(&w->lock);
	w->over = true;
	pthread_cond_broadcast(&w->ended);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void destroy(struct pl_worker *w)
{
	for (size_t i = 0; i < w->inbox_count; i++)
		pl_action_destroy(w->inbox[i]);
	pthread_cond_destroy(&w->ended);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w->published);
	free(w->now);
	free(w);
}

static bool start_thread(struct pl_worker *w)
{
	pthread_attr_t attr;
	int code;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	code = pthread_create(&w->thread, &attr, worker_main, w);
	pthread_attr_destroy(&attr);
	return code == 0;
}

enum pl_result pl_worker_start(const struct pl_worker_home *home,
			       const struct pl_worker_tuning *tuning,
			       const struct pl_usb_device *dev, struct pl_worker **ret_worker,
			       struct pl_error *err)
{
	struct pl_worker *w = calloc(1, sizeof(*w));

	if (!w)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	w->home = *home;
	w->dev = *dev;
	w->listed = *dev;
	w->tuning = *tuning;
	atomic_init(&w->holders, 1);
	pl_pulse_init(&w->pulse, pl_clock_now_ms());
	w->pulse.kept_awake = dev->quirks.value[PL_QUIRK_KEPT_AWAKE];
	w->traffic = PL_USB_TRAFFIC_UNKNOWN;
	pl_tracker_init(&w->tracker);
	pthread_mutex_init(&w->lock, NULL);
	pl_clock_cond_init(&w->wake);
	pl_clock_cond_init(&w->ended);
	w->published = calloc(1, sizeof(*w->published));
	w->now = calloc(1, sizeof(*w->now));
	if (!w->published || !w->now || !start_thread(w)) {
		destroy(w);
		return pl_error_set(err, PL_E_NO_MEMORY, "no thread for one more printer");
	}
	*ret_worker = w;
	return PL_OK;
}

void pl_worker_ask_stop(struct pl_worker *w)
{
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->wake);
	pthread_cond_broadcast(&w->ended);
	pthread_mutex_unlock(&w->lock);
	pl_pages_leave(w->home.pages, w);
}

enum pl_result pl_worker_lend(struct pl_worker *w, int64_t by_ms, struct pl_error *err)
{
	enum pl_result r = PL_OK;

	pthread_mutex_lock(&w->lock);
	while ((w->at_work || w->waits) && !w->stop && !w->over && r == PL_OK)
		if (!pl_clock_wait(&w->ended, &w->lock, by_ms))
			r = pl_error_set(err, PL_E_BUSY, "the printer is being read");
	if (w->stop || w->over)
		r = pl_error_set(err, PL_E_GONE, "the printer was unplugged");
	if (r == PL_OK)
		w->lent++;
	pthread_mutex_unlock(&w->lock);
	return r;
}

void pl_worker_return(struct pl_worker *w)
{
	pthread_mutex_lock(&w->lock);
	w->lent--;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void pl_worker_join(struct pl_worker *w)
{
	pthread_join(w->thread, NULL);
}

void pl_worker_hold(struct pl_worker *w)
{
	atomic_fetch_add(&w->holders, 1);
}

void pl_worker_release(struct pl_worker *w)
{
	if (atomic_fetch_sub(&w->holders, 1) == 1)
		destroy(w);
}

void pl_worker_tune(struct pl_worker *w, const struct pl_worker_tuning *tuning)
{
	pthread_mutex_lock(&w->lock);
	w->tuning = *tuning;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

int64_t pl_worker_refresh(struct pl_worker *w)
{
	int64_t ticket;

	pthread_mutex_lock(&w->lock);
	ticket = ++w->tickets;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	return ticket;
}

enum pl_result pl_worker_wait(struct pl_worker *w, int64_t ticket, int64_t by_ms)
{
	enum pl_result r = PL_OK;

	pthread_mutex_lock(&w->lock);
	while (w->served < ticket && r == PL_OK) {
		if (w->over || w->stop)
			r = PL_E_GONE;
		else if (!pl_clock_wait(&w->ended, &w->lock, by_ms))
			r = PL_E_TIMEOUT;
	}
	pthread_mutex_unlock(&w->lock);
	return r;
}

bool pl_worker_reading(struct pl_worker *w, struct pl_reading *ret_reading)
{
	bool has;

	pthread_mutex_lock(&w->lock);
	has = w->has_reading;
	if (has)
		*ret_reading = *w->published;
	pthread_mutex_unlock(&w->lock);
	return has;
}

enum pl_result pl_worker_take(struct pl_worker *w, struct pl_action *action, struct pl_error *err)
{
	enum pl_result r = PL_OK;

	pthread_mutex_lock(&w->lock);
	if (w->stop || w->over)
		r = pl_error_set(err, PL_E_GONE, "the printer is being detached");
	else if (w->inbox_count == PL_MAX_WORKER_ACTIONS)
		r = pl_error_set(err, PL_E_FULL, "too many actions wait for this printer already");
	else
		w->inbox[w->inbox_count++] = action;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	return r;
}

void pl_worker_cancel(struct pl_worker *w, const char *id)
{
	pthread_mutex_lock(&w->lock);
	pl_span_copy(pl_span_of(id), w->cancelled, sizeof(w->cancelled));
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

bool pl_worker_awaits(struct pl_worker *w)
{
	bool awaits;

	pthread_mutex_lock(&w->lock);
	awaits = w->awaited && !w->stop;
	pthread_mutex_unlock(&w->lock);
	return awaits;
}

void pl_worker_left(struct pl_worker *w)
{
	pthread_mutex_lock(&w->lock);
	w->has_left = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

/* The same socket and maker, for its product and serial number may change with its firmware; or the
 * same serial number elsewhere. */
static bool is_the_same(const struct pl_usb_device *was, const struct pl_usb_device *is)
{
	if (was->vendor_id != is->vendor_id)
		return false;
	if (strcmp(was->port_path, is->port_path) == 0)
		return true;
	return strcmp(was->serial, is->serial) == 0 &&
	       !pl_serial_is_placeholder(pl_span_of(is->serial));
}

bool pl_worker_returns(struct pl_worker *w, const struct pl_usb_device *dev)
{
	bool is_it;

	pthread_mutex_lock(&w->lock);
	is_it = w->awaited && w->has_left && !w->has_returned && is_the_same(&w->listed, dev);
	if (is_it) {
		w->listed = *dev; /* its thread takes it over when it has let go of the old one */
		w->has_returned = true;
		pthread_cond_signal(&w->wake);
	}
	pthread_mutex_unlock(&w->lock);
	return is_it;
}

void pl_worker_device(struct pl_worker *w, struct pl_usb_device *ret_dev)
{
	pthread_mutex_lock(&w->lock);
	*ret_dev = w->listed;
	pthread_mutex_unlock(&w->lock);
}
