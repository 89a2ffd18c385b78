/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_PAGE_H
#define PL_AGENT_PAGE_H

/*
 * Pages: remote sessions of printers' own web pages on this PC, each in a thread of its own: the
 * person at the PC is asked, then a browser's requests are fetched from the connector, put to the
 * printer and answered. Whoever sits here sees them (`platen ews list`) and ends them at once.
 *
 *     asked -> open -> gone
 *
 * The action that asked for it (act_ews.c) ends with the session.
 * Threads: its own; the functions here from any. Memory: what is passed in outlives it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "action.h"
#include "identity.h"
#include "uplink.h"

#define PL_MAX_PAGES	 8
#define PL_MAX_PAGE_USER 65

struct pl_pages;
struct pl_usb;
struct pl_wake;
struct pl_worker;

/* What a session needs; copied. */
struct pl_page_order {
	char id[PL_MAX_ID]; /* of the action, and of the session */
	char user[PL_MAX_PAGE_USER];
	char key[PL_MAX_KEY];
	struct pl_worker *worker; /* held by the session */
	int64_t idle_ms, hard_ms;
	int64_t ask_by_ms; /* monotonic: no answer until then means no */
	bool firmware;
};

enum pl_page_state { PL_PAGE_ASKED, PL_PAGE_OPEN };

struct pl_page_view {
	char id[PL_MAX_ID];
	char user[PL_MAX_PAGE_USER];
	char key[PL_MAX_KEY];
	enum pl_page_state state;
	bool waits; /* for the person's answer, now */
	bool firmware;
	int64_t since_ms; /* wall time */
	int64_t requests;
};

/* `news` is set whenever pl_pages_list() has something else to say. */
enum pl_result pl_pages_create(const struct pl_settings *settings, struct pl_usb *usb,
			       struct pl_wake *news, struct pl_pages **ret_pages,
			       struct pl_error *err);

/* Where sessions end, and how they call; both outlive it. Before the first session. */
void pl_pages_connect(struct pl_pages *pages, struct pl_actions *actions, struct pl_uplink *uplink);

/* Ends every session and waits for their threads. */
void pl_pages_stop(struct pl_pages *pages);
void pl_pages_destroy(struct pl_pages *pages); /* after the stop; NULL is allowed */

/* Begins a session: from now on it ends the action. Returns PL_OK | PL_E_FULL (too many, or this
 * printer's page is open) | PL_E_NO_MEMORY. */
enum pl_result pl_pages_begin(struct pl_pages *pages, const struct pl_page_order *order,
			      struct pl_error *err);

/* The sessions of now; returns how many. */
size_t pl_pages_list(struct pl_pages *pages, struct pl_page_view ret_views[static PL_MAX_PAGES]);

/* The answer of the person at the PC. Returns PL_OK | PL_E_NOT_FOUND | PL_E_INVALID (it is open
 * already). */
enum pl_result pl_pages_answer(struct pl_pages *pages, const char *id, bool allow,
			       struct pl_error *err);

/* Ends one at once. PL_E_NOT_FOUND. */
enum pl_result pl_pages_end(struct pl_pages *pages, const char *id, const char *reason,
			    struct pl_error *err);

/* The connector does not want this one any more. */
void pl_pages_cancel(struct pl_pages *pages, const char *id);

/* The printer of this worker leaves. */
void pl_pages_leave(struct pl_pages *pages, const struct pl_worker *worker);

#endif
