/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_RENDER_H
#define PL_RENDER_H

/*
 * Render: the parts of answers that several calls share, as openapi.yaml names them.
 * Threads: workers. Memory: cJSON documents belong to whoever gets them.
 */

#include <cjson/cJSON.h>

#include "api.h"

/* How a PC stands. */
enum pl_agent_state {
	PL_AGENT_ONLINE,
	PL_AGENT_LATE,
	PL_AGENT_OFFLINE,
	PL_AGENT_REVOKED,
	PL_AGENT_STATE_COUNT
};
const char *pl_agent_state_name(enum pl_agent_state state);
/* `stored_ms`: agents.last_seen_at. *ret_seen_ms (may be NULL): when it was last heard of. */
enum pl_agent_state pl_agent_state_now(struct pl_server *server, int64_t agent_no, bool revoked,
				       int64_t stored_ms, int64_t *ret_seen_ms);

/* One word for a printer, the first that fits. */
enum pl_printer_status {
	PL_STATUS_ERROR,
	PL_STATUS_ATTENTION,
	PL_STATUS_PROCESSING,
	PL_STATUS_IDLE,
	PL_STATUS_ASLEEP,
	PL_STATUS_UNKNOWN,
	PL_STATUS_OFFLINE,
	PL_STATUS_DETACHED,
	PL_STATUS_COUNT
};
const char *pl_printer_status_name(enum pl_printer_status status);

struct pl_status_facts {
	bool attached;
	enum pl_agent_state agent;
	const char *printer_state; /* NULL: unknown */
	const char *supply_state;  /* NULL: unknown */
	int asleep;		   /* -1 unknown, 0, 1 */
	int64_t critical, warning; /* open alerts */
};
enum pl_printer_status pl_printer_status_of(const struct pl_status_facts *facts);

/* A time, or null where ms is 0. */
void pl_render_time(cJSON *object, const char *name, int64_t ms);

/* The JSON text of a column as a value; null (or, with `list`, an empty list) where there is none.
 */
void pl_render_json(cJSON *object, const char *name, const char *text, bool list);

cJSON *pl_render_grants(const struct pl_grant *grants, size_t count);

/* {"id","name","customer_id","customer_name"} from four columns starting at `column`. */
cJSON *pl_render_site(struct pl_db_rows *rows, int column);

/* {"id","name","state"}. */
cJSON *pl_render_agent_ref(const char *id, const char *hostname, enum pl_agent_state state);

/* {"id","make","model","serial_number"}: `serial_sealed` is opened here. */
cJSON *pl_render_printer_ref(struct pl_api *api, const char *customer_id, const char *id,
			     const char *make, const char *model, struct pl_span serial_sealed);

/* The serial number, "" where there is none or its customer was erased. */
void pl_render_serial(struct pl_api *api, const char *customer_id, struct pl_span sealed, char *out,
		      size_t cap);

/* Opens a device's stored snapshot; *ret_snapshot stays NULL where none was stored yet. */
enum pl_result pl_render_open_snapshot(struct pl_api *api, const char *customer_id,
				       struct pl_span sealed, cJSON **ret_snapshot,
				       struct pl_error *err);

/* The PrinterSummary of a device; PL_E_NOT_FOUND when the caller may not see it. */
enum pl_result pl_render_summary(struct pl_api *api, int64_t device_no, cJSON **ret_summary,
				 struct pl_error *err);

#endif
