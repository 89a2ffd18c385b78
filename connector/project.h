/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PROJECT_H
#define PL_PROJECT_H

/*
 * Projections: what a record changes beside being stored. One function per kind, found in a table;
 * a kind that has none is stored and nothing else.
 *
 * Threads: the store's, inside of the batch's transaction.
 */

#include "ingest.h"

/* Applies one record. *ret_device_no: the device it is about, 0 for none. */
enum pl_result pl_project(struct pl_ingest *in, const struct pl_record *record,
			  int64_t *ret_device_no, struct pl_error *err);

/* Lays the sections of a snapshot record over what is known: sections replace sections, "full"
 * empties first. */
void pl_project_merge(struct cJSON *known, const struct cJSON *body);

/* The record's device by its agent's key, and the claim that finds it. For the files that project.
 */
void pl_project_claim(struct pl_ingest *in, const struct pl_record *record,
		      const struct cJSON *identity, struct pl_device_claim *ret_claim);

/* project_printer.c: attached, moved, detached, snapshot. */
enum pl_result pl_project_attached(struct pl_ingest *in, const struct pl_record *record,
				   int64_t *ret_device_no, struct pl_error *err);
enum pl_result pl_project_detached(struct pl_ingest *in, const struct pl_record *record,
				   int64_t *ret_device_no, struct pl_error *err);
enum pl_result pl_project_snapshot(struct pl_ingest *in, const struct pl_record *record,
				   int64_t *ret_device_no, struct pl_error *err);

/* project_adopt.c: the device's first snapshot has come; the record that told of its arrival,
 * stored when nobody knew who it was, becomes the beginning of its history. */
enum pl_result pl_project_adopt(struct pl_ingest *in, const struct pl_record *record,
				const struct pl_device *device, struct pl_error *err);

/* project_alert.c */
enum pl_result pl_project_alert_opened(struct pl_ingest *in, const struct pl_record *record,
				       int64_t *ret_device_no, struct pl_error *err);
enum pl_result pl_project_alert_closed(struct pl_ingest *in, const struct pl_record *record,
				       int64_t *ret_device_no, struct pl_error *err);
/* Opens and closes alerts until they agree with a full snapshot's list. */
enum pl_result pl_project_alert_list(struct pl_ingest *in, const struct pl_record *record,
				     const struct pl_device *device, const struct cJSON *alerts,
				     struct pl_error *err);

#endif
