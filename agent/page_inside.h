/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_PAGE_INSIDE_H
#define PL_AGENT_PAGE_INSIDE_H

/*
 * Pages from inside: the sessions (page.c), the life of one (page_session.c), its lanes to the
 * printer (page_lane.c) and one request through them (page_relay.c).
 * A lane is one connection to the connector and one interface of the printer; a session has as many
 * as the printer can spare beside what printing needs. While its lanes hold interfaces, the
 * printer's worker has lent the printer (pl_worker_lend()), and no other process of ours has its
 * lock.
 *
 * Threads: `lock` of the pages guards what is marked; the burst has its own.
 */

#include <pthread.h>

#include "call.h"
#include "line.h"
#include "page.h"
#include "worker.h"

#define PAGE_MAX_LANES	 3
#define PAGE_MAX_REASON	 160
#define PAGE_BURST_MS	 3000 /* then it is asked again whether anybody prints */
#define PAGE_EXCHANGE_MS 60000

struct page_session;

/* One connection to the connector and, in a burst, one interface of the printer. */
struct page_lane {
	struct page_session *session;
	struct pl_caller caller;
	int generation;
	struct pl_prober prober;
	struct conversation conversation;
	struct line line;
	bool in_burst;
	pthread_t thread;
};

struct page_session {
	struct pl_pages *pages;
	struct pl_page_order order;
	struct pl_usb_device dev;
	struct pl_wake *wake; /* set when it ends: every wait of its lanes is over */
	pthread_t thread;

	/* Under the pages' lock. */
	bool taken, over;
	enum pl_page_state state;
	enum { NO_ANSWER, ALLOWED, DENIED } answer;
	bool waits; /* for the answer */
	bool ending;
	char reason[PAGE_MAX_REASON];
	int64_t since_ms, requests, used_ms;

	/* The burst: which lanes hold the printer together. */
	pthread_mutex_t burst_lock;
	pthread_cond_t burst_changed;
	int burst_lanes;
	bool burst_beginning; /* one lane takes the printer, or gives it back */
	int64_t burst_ends_ms;
	int http_port; /* of whoever shares the printer */
	struct pl_lock *device_lock;

	struct page_lane lanes[PAGE_MAX_LANES];
};

struct pl_pages {
	const struct pl_settings *settings;
	struct pl_usb *usb;
	struct pl_wake *news;
	struct pl_actions *actions;
	struct pl_uplink *uplink;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stopping;
	struct page_session sessions[PL_MAX_PAGES];
};

/* --- page.c --- */

/* Ends a session, for the first reason that comes; from any thread. */
void page_end(struct page_session *s, const char *reason);
bool page_is_ending(struct page_session *s);

/* --- page_session.c --- */

void *page_session_main(void *session);

/* --- page_lane.c --- */

/* How many lanes this printer can spare: printing keeps an interface. */
int page_lanes_of(const struct pl_usb_device *dev);
void *page_lane_main(void *lane);

/* Joins or begins a burst and leases an interface. Returns PL_OK | PL_E_BUSY (somebody prints or
 * holds the printer) | what pl_usb_lease() says. */
enum pl_result page_pick_up(struct page_lane *lane, struct pl_error *err);
/* Closes the interface; the last one gives the printer back. */
void page_put_down(struct page_lane *lane);

/* --- page_relay.c --- */

/* A request as it came. */
struct cJSON;

/* Puts one request to the printer and its answer to the connector. *ret_next: the next request,
 * where one came along with the receipt; the caller's. Returns PL_OK | PL_E_CANCELLED |
 * PL_E_REFUSED (the session has ended) | what the connection to the connector says. */
enum pl_result page_relay(struct page_lane *lane, const struct cJSON *request,
			  struct cJSON **ret_next, struct pl_error *err);

#endif
