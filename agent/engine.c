/* SPDX-License-Identifier: Apache-2.0 */
/* One worker per attached printer. Only the engine's thread starts and ends workers; others borrow
 * them by pl_worker_hold() under the lock. */
#include "engine.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "engine_inside.h"
#include "greeting.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "privacy.h"
#include "snapshot_json.h"

#define DAY_MS		(24 * 3600 * 1000LL)
#define BOX_FILE	"box.key"
#define FIRST_HEALTH_MS (10 * 60 * 1000LL)

/* The kernel tells that a device leaves before the last trace of it has gone from sysfs, so a look
 * at once may still find it. Nobody tells a second time: look again by ourselves. */
#define SECOND_LOOK_MS 1000

/* ---- records ---- */

/* True when this is to be kept back, because its printer comes and goes without end. */
static bool is_flap(struct pl_engine *e, const char *kind, const char *key, const cJSON *body)
{
	static const struct {
		const char *kind;
		bool attached;
	} KINDS[] = {
		{ "printer.attached", true },
		{ "printer.moved", true },
		{ "printer.detached", false },
	};
	bool held = false;

	for (size_t i = 0; key && i < sizeof(KINDS) / sizeof(KINDS[0]); i++) {
		if (strcmp(kind, KINDS[i].kind) != 0)
			continue;
		pthread_mutex_lock(&e->lock);
		held = !pl_flaps_pass(&e->flaps, key, KINDS[i].attached, KINDS[i].kind, body,
				      pl_clock_now_ms());
		if (held)
			pthread_cond_signal(&e->wake); /* something more to wait for */
		pthread_mutex_unlock(&e->lock);
	}
	return held;
}

/* The gate: nothing reaches the spool but what the table lets leave. */
static void keep(struct pl_engine *e, const char *kind, const char *key, const cJSON *body)
{
	cJSON *kept = pl_privacy_filter(kind, body);
	struct pl_error err = { PL_OK, "" };
	bool faulty, was_faulty;

	if (!kept)
		return;
	faulty = pl_spool_add(e->options.spool, kind, key, kept, &err) != PL_OK;
	cJSON_Delete(kept);
	pthread_mutex_lock(&e->lock);
	was_faulty = e->spool_faulty;
	e->spool_faulty = faulty;
	pthread_mutex_unlock(&e->lock);
	if (faulty && !was_faulty)
		log_error(key, "%s cannot be kept: %s", kind, err.text);
}

static void record(void *arg, const char *kind, const char *key, const cJSON *body)
{
	if (!is_flap(arg, kind, key, body))
		keep(arg, kind, key, body);
}

static void record_and_delete(struct pl_engine *e, const char *kind, const char *key, cJSON *body)
{
	record(e, kind, key, body);
	cJSON_Delete(body);
}

/* ---- what workers ask ---- */

static bool claim_key(void *arg, struct pl_worker *w, const char *key)
{
	struct pl_engine *e = arg;
	struct slot *mine = NULL;
	bool is_free = true;

	pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < e->slot_count; i++) {
		if (e->slots[i].worker == w)
			mine = &e->slots[i];
		else if (strcmp(e->slots[i].key, key) == 0)
			is_free = false;
	}
	if (mine && is_free)
		pl_span_copy(pl_span_of(key), mine->key, sizeof(mine->key));
	pthread_mutex_unlock(&e->lock);
	if (is_free)
		engine_hand_over(e, w, key);
	return is_free;
}

static bool is_attached(void *arg, const char *key)
{
	struct pl_engine *e = arg;
	bool found = false;

	pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < e->slot_count && !found; i++)
		found = strcmp(e->slots[i].key, key) == 0;
	pthread_mutex_unlock(&e->lock);
	return found;
}

static void nudge(void *arg)
{
	struct pl_engine *e = arg;

	pthread_mutex_lock(&e->lock);
	e->news = true;
	pthread_cond_signal(&e->wake);
	pthread_mutex_unlock(&e->lock);
}

/* ---- workers come and go: the engine's thread only ---- */

static bool is_same_device(const struct pl_usb_device *a, const struct pl_usb_device *b)
{
	return a->bus == b->bus && a->address == b->address && a->vendor_id == b->vendor_id &&
	       a->product_id == b->product_id && strcmp(a->port_path, b->port_path) == 0;
}

static void retire(struct pl_engine *e, size_t at, const char *reason)
{
	struct pl_usb_device dev;
	struct slot slot;

	pthread_mutex_lock(&e->lock);
	slot = e->slots[at];
	e->slot_count--;
	memmove(&e->slots[at], &e->slots[at + 1], (e->slot_count - at) * sizeof(e->slots[0]));
	pthread_mutex_unlock(&e->lock);
	pl_wake_set(e->view_news);

	pl_worker_ask_stop(slot.worker);
	pl_worker_join(slot.worker);
	if (slot.key[0] && reason) {
		pl_worker_device(slot.worker, &dev);
		record_and_delete(e, "printer.detached", slot.key,
				  pl_report_detached(&dev, reason));
		log_info(slot.key, "printer detached reason=%s", reason);
	}
	pl_worker_release(slot.worker);
}

static void employ(struct pl_engine *e, const struct pl_usb_device *dev)
{
	struct pl_worker_home home = {
		.usb = e->options.usb,
		.wake = e->stopping,
		.outlet = { record, e },
		.actions = e->actions,
		.uplink = e->uplink,
		.settings = e->options.settings,
		.box = e->box,
		.pages = e->pages,
		.news = e->view_news,
		.nudge = nudge,
		.claim_key = claim_key,
		.memory = e->memory,
		.presence = { is_attached, e },
		.arg = e,
	};
	struct pl_worker *w;
	struct pl_error err;

	/* Its thread looks for its slot at once: it must not before it is there. */
	pthread_mutex_lock(&e->lock);
	if (e->slot_count == PL_MAX_USB_DEVICES) {
		pthread_mutex_unlock(&e->lock);
		return;
	}
	if (pl_worker_start(&home, &e->orders.tuning, dev, &w, &err) == PL_OK)
		e->slots[e->slot_count++] = (struct slot){ .worker = w };
	else
		w = NULL;
	pthread_mutex_unlock(&e->lock);
	if (!w)
		log_error(NULL, "a printer is left out: %s", err.text);
}

/* The reason why a worker has to go; NULL: it stays. */
static const char *why_retire(struct pl_engine *e, const struct pl_usb_device *device,
			      const struct pl_usb_device *listed, size_t count)
{
	bool off;

	pthread_mutex_lock(&e->lock);
	off = pl_orders_off(&e->orders, device);
	pthread_mutex_unlock(&e->lock);
	if (off)
		return "switched_off";
	for (size_t i = 0; i < count; i++)
		if (is_same_device(device, &listed[i]))
			return NULL;
	return "unplugged";
}

static bool is_wanted(struct pl_engine *e, const struct pl_usb_device *dev)
{
	bool wanted;

	pthread_mutex_lock(&e->lock);
	wanted = !pl_orders_off(&e->orders, dev);
	for (size_t i = 0; i < e->slot_count && wanted; i++) {
		struct pl_usb_device had;

		pl_worker_device(e->slots[i].worker, &had);
		wanted = !is_same_device(&had, dev);
	}
	pthread_mutex_unlock(&e->lock);
	return wanted;
}

/* True when a worker waited for this one. */
static bool is_back(struct pl_engine *e, const struct pl_usb_device *dev)
{
	for (size_t i = 0; i < e->slot_count; i++)
		if (pl_worker_returns(e->slots[i].worker, dev))
			return true;
	return false;
}

static void reconcile(struct pl_engine *e)
{
	struct pl_usb_device *listed = calloc(PL_MAX_USB_DEVICES, sizeof(*listed));
	struct pl_error err;
	size_t count;

	if (!listed)
		return;
	if (pl_usb_list(e->options.usb, listed, PL_MAX_USB_DEVICES, &count, &err) != PL_OK) {
		log_error(NULL, "USB devices cannot be listed: %s", err.text);
		free(listed);
		return;
	}
	for (size_t i = e->slot_count; i-- > 0;) {
		struct pl_usb_device device;
		const char *reason;

		pl_worker_device(e->slots[i].worker, &device);
		reason = why_retire(e, &device, listed, count);

		if (reason && pl_worker_awaits(e->slots[i].worker))
			pl_worker_left(e->slots[i].worker);
		else if (reason)
			retire(e, i, reason);
	}
	for (size_t i = 0; i < count; i++)
		if (is_wanted(e, &listed[i]) && !is_back(e, &listed[i]))
			employ(e, &listed[i]);
	free(listed);
}

/* ---- the engine's thread ---- */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Waits for news; *ret_news tells whether they came before by_ms. False: stop. */
static bool wait_for_news(struct pl_engine *e, int64_t by_ms, bool *ret_news)
{
	bool go_on;

	pthread_mutex_lock(&e->lock);
	while (!e->stop && !e->news &&
	       pl_clock_wait(&e->wake, &e->lock, earlier(by_ms, pl_flaps_due_ms(&e->flaps))))
		;
	*ret_news = e->news;
	e->news = false;
	go_on = !e->stop;
	pthread_mutex_unlock(&e->lock);
	return go_on;
}

/* Tells of the printers that have come to rest. */
static void tell_calm(struct pl_engine *e)
{
	char key[PL_MAX_KEY];
	const char *kind;
	cJSON *body;

	for (;;) {
		bool has;

		pthread_mutex_lock(&e->lock);
		has = pl_flaps_take(&e->flaps, pl_clock_now_ms(), key, &kind, &body);
		pthread_mutex_unlock(&e->lock);
		if (!has)
			return;
		keep(e, kind, key, body);
		cJSON_Delete(body);
	}
}

static void report_health(struct pl_engine *e)
{
	int64_t uptime_s = (pl_clock_now_ms() - e->started_ms) / 1000;

	record_and_delete(e, "agent.health", NULL,
			  pl_greeting_health(e->options.spool, e->uplink, uptime_s, e->slot_count));
}

static void *engine_main(void *arg)
{
	struct pl_engine *e = arg;
	int64_t health_ms = e->started_ms + FIRST_HEALTH_MS;
	int64_t early_ms = e->started_ms + EARLY_MS;
	int64_t again_ms = PL_FOREVER;
	bool news = true;

	record_and_delete(
		e, "agent.hello", NULL,
		pl_greeting_hello(e->options.settings, pl_box_public(e->box), e->started_wall_ms));
	do {
		if (news)
			again_ms = pl_clock_in_ms(SECOND_LOOK_MS);
		else if (pl_clock_now_ms() >= again_ms)
			again_ms = PL_FOREVER;
		reconcile(e);
		tell_calm(e);
		if (pl_clock_now_ms() >= health_ms) {
			report_health(e);
			health_ms = pl_clock_in_ms(DAY_MS);
		}
		if (pl_clock_now_ms() >= early_ms) {
			engine_give_up(e);
			early_ms = PL_FOREVER;
		}
	} while (wait_for_news(e, earlier(again_ms, earlier(early_ms, health_ms)), &news));
	while (e->slot_count > 0)
		retire(e, e->slot_count - 1, NULL);
	return NULL;
}

static enum pl_result open_box(const struct pl_settings *settings, struct pl_box_key **ret_box,
			       struct pl_error *err)
{
	char path[PL_MAX_PATH];
	enum pl_result r = pl_file_join(settings->state_dir, BOX_FILE, path, err);

	return r == PL_OK ? pl_box_key_open(path, ret_box, err) : r;
}

enum pl_result pl_engine_create(const struct pl_engine_options *options,
				struct pl_engine **ret_engine, struct pl_error *err)
{
	struct pl_engine *e = calloc(1, sizeof(*e));
	enum pl_result r;

	if (!e)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	r = pl_memory_open(options->settings->state_dir, &e->memory, err);
	if (r == PL_OK)
		r = open_box(options->settings, &e->box, err);
	if (r == PL_OK)
		r = pl_wake_create(&e->stopping, err);
	if (r == PL_OK)
		r = pl_act_desk_create(&e->desk, err);
	if (r == PL_OK)
		r = pl_wake_create(&e->view_news, err);
	if (r == PL_OK)
		r = pl_pages_create(options->settings, options->usb, e->view_news, &e->pages, err);
	if (r != PL_OK) {
		pl_wake_destroy(e->view_news);
		pl_act_desk_destroy(e->desk);
		pl_wake_destroy(e->stopping);
		pl_box_key_close(e->box);
		pl_memory_close(e->memory);
		free(e);
		return r;
	}
	e->options = *options;
	pthread_mutex_init(&e->lock, NULL);
	pl_clock_cond_init(&e->wake);
	pl_orders_init(&e->orders, (enum pl_pjl_policy)options->settings->pjl);
	e->started_ms = pl_clock_now_ms();
	e->started_wall_ms = pl_clock_wall_ms();
	*ret_engine = e;
	return PL_OK;
}

void pl_engine_destroy(struct pl_engine *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->early_count; i++)
		pl_action_destroy(e->early[i]); /* still in the journal, for the next start */
	pl_pages_destroy(e->pages);
	pl_act_desk_destroy(e->desk);
	pl_wake_destroy(e->view_news);
	pl_wake_destroy(e->stopping);
	pl_box_key_close(e->box);
	pl_memory_close(e->memory);
	pl_flaps_finish(&e->flaps);
	pthread_cond_destroy(&e->wake);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

enum pl_result pl_engine_start(struct pl_engine *e, struct pl_actions *actions,
			       struct pl_uplink *uplink, struct pl_error *err)
{
	struct pl_act_desk_home desk = { .settings = e->options.settings,
					 .engine = e,
					 .actions = actions,
					 .uplink = uplink,
					 .wake = e->stopping };
	enum pl_result r;

	e->actions = actions;
	e->uplink = uplink;
	pl_pages_connect(e->pages, actions, uplink);
	if (pthread_create(&e->thread, NULL, engine_main, e) != 0)
		return pl_error_set(err, PL_E_NO_MEMORY, "the engine's thread cannot be started");
	e->running = true;
	r = pl_usb_watch(e->options.usb, nudge, e, err);
	if (r == PL_OK)
		r = pl_act_desk_start(e->desk, &desk, err);
	if (r != PL_OK)
		pl_engine_stop(e);
	return r;
}

void pl_engine_stop(struct pl_engine *e)
{
	if (!e->running)
		return;
	pl_usb_unwatch(e->options.usb);
	pthread_mutex_lock(&e->lock);
	e->stop = true;
	pthread_cond_signal(&e->wake);
	pthread_mutex_unlock(&e->lock);
	pl_wake_set(e->stopping);
	pl_usb_interrupt(e->options.usb);
	pl_pages_stop(e->pages);
	pl_act_desk_stop(e->desk);
	pthread_join(e->thread, NULL);
	e->running = false;
}

struct pl_pages *pl_engine_pages(struct pl_engine *engine)
{
	return engine->pages;
}

struct pl_wake *pl_engine_news(struct pl_engine *engine)
{
	return engine->view_news;
}

void pl_engine_configure(struct pl_engine *e, const cJSON *config)
{
	struct pl_worker *held[PL_MAX_USB_DEVICES];
	struct pl_worker_tuning tuning;
	size_t count;

	pthread_mutex_lock(&e->lock);
	pl_orders_read(&e->orders, (enum pl_pjl_policy)e->options.settings->pjl, config);
	tuning = e->orders.tuning;
	pthread_mutex_unlock(&e->lock);

	count = engine_hold(e, "", held);
	for (size_t i = 0; i < count; i++) {
		pl_worker_tune(held[i], &tuning);
		pl_worker_release(held[i]);
	}
	nudge(e);
}
