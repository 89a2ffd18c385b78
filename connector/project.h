/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PROJECT_H
#define PL_PROJECT_H

/*
 * Projections: what a record changes beside being stored. One function per kind, found in a table;
 * a kind that has none is stored and nothing else.
 *
 * Threads: the store's, in a turn of the projector. Memory: the projection owns desk and news.
 */

#include "batch.h"
#include "desk.h"
#include "server.h"

/* One thing to tell the console after the commit. */
struct pl_news {
	const struct pl_roster_agent *agent;
	const char *type; /* "printer.changed" */
	char id[PL_MAX_ID], printer_id[PL_MAX_ID], site_id[PL_MAX_ID];
	char state[16];
};

#define PL_MAX_NEWS 4096 /* of one turn; what comes after says the same again */

/* What a turn works with. */
struct pl_projection {
	struct pl_server *server;
	struct pl_db *db;
	struct pl_roster_agent *agent; /* of the record at hand, as its spool */
	int64_t spool_no;
	struct pl_desk desk;
	struct pl_news *news;
	size_t news_count, news_cap;
};

/* Applies one record. *ret_device_no: the device in whose history it belongs, 0 for none. */
enum pl_result pl_project(struct pl_projection *in, const struct pl_record *record,
			  int64_t *ret_device_no, struct pl_error *err);

/* Writes what lies on the desk back to the store and clears it: at the end of a turn, and before
 * anything that could make a key another device. A snapshot that cannot be written (it has grown
 * too large) is told of and left out. */
enum pl_result pl_project_settle(struct pl_projection *in, struct pl_error *err);

/* Notes something to tell (once per type and id). */
void pl_project_note(struct pl_projection *in, const char *type, const char *id,
		     const char *printer_id, const char *site_id, const char *state);

/* Posts the news; call after the commit. */
void pl_project_tell(const struct pl_projection *in);

/* Moves the sections of a snapshot record over what is known: sections replace sections, "full"
 * empties first. Nothing is left in `body`. */
void pl_project_merge(struct cJSON *known, struct cJSON *body);

/* The record's device by its agent's key, and the claim that finds it. For the files that project.
 */
void pl_project_claim(struct pl_projection *in, const struct pl_record *record,
		      const struct cJSON *identity, struct pl_device_claim *ret_claim);

/* project_printer.c: attached, moved, detached, snapshot. */
enum pl_result pl_project_attached(struct pl_projection *in, const struct pl_record *record,
				   int64_t *ret_device_no, struct pl_error *err);
enum pl_result pl_project_detached(struct pl_projection *in, const struct pl_record *record,
				   int64_t *ret_device_no, struct pl_error *err);
enum pl_result pl_project_snapshot(struct pl_projection *in, const struct pl_record *record,
				   int64_t *ret_device_no, struct pl_error *err);

/* project_adopt.c: the device's first snapshot has come; the record that told of its arrival,
 * stored when nobody knew who it was, becomes the beginning of its history. */
enum pl_result pl_project_adopt(struct pl_projection *in, const struct pl_record *record,
				const struct pl_device *device, struct pl_error *err);

/* project_alert.c */
enum pl_result pl_project_alert_opened(struct pl_projection *in, const struct pl_record *record,
				       int64_t *ret_device_no, struct pl_error *err);
enum pl_result pl_project_alert_closed(struct pl_projection *in, const struct pl_record *record,
				       int64_t *ret_device_no, struct pl_error *err);
/* Opens and closes alerts until they agree with a full snapshot's list. */
enum pl_result pl_project_alert_list(struct pl_projection *in, const struct pl_record *record,
				     const struct pl_device *device, const struct cJSON *alerts,
				     struct pl_error *err);

#endif
