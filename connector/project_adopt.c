/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a printer's history begins. `printer.attached` comes before the first snapshot, and only the
 * snapshot says who the printer is: then the arrival under the same key is its own.
 */
#include <cjson/cJSON.h>
#include <string.h>

#include "project.h"
#include "record.h"

#define LOOK_BACK 1000 /* records of the spool */

static bool has_key(struct pl_projection *in, struct pl_span sealed, const char *key)
{
	char its_key[PL_MAX_KEY];
	cJSON *body = NULL;
	bool has = pl_record_unwrap(in->server->ring, in->db, in->agent->customer_id, sealed,
				    its_key, &body, NULL) == PL_OK &&
		   !strcmp(its_key, key);

	cJSON_Delete(body);
	return has;
}

/* The latest arrival of a printer nobody knew, under the snapshot's key; 0: none. */
static enum pl_result find_arrival(struct pl_projection *in, const struct pl_record *rec,
				   int64_t *ret_no, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	*ret_no = 0;
	r = pl_db_query(in->db, &rows,
			"SELECT no, sealed FROM records WHERE spool_no=?1 AND seq<?2 AND seq>?3"
			" AND kind='printer.attached' AND device_no IS NULL ORDER BY seq DESC",
			PL_ARGS(pl_db_int(in->spool_no), pl_db_int(rec->seq),
				pl_db_int(rec->seq - LOOK_BACK)),
			err);
	while (r == PL_OK && *ret_no == 0 && (r = pl_db_next(rows, err)) == PL_OK)
		if (has_key(in, pl_db_blob_at(rows, 1), rec->printer_key))
			*ret_no = pl_db_int_at(rows, 0);
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

enum pl_result pl_project_adopt(struct pl_projection *in, const struct pl_record *rec,
				const struct pl_device *device, struct pl_error *err)
{
	int64_t no;
	enum pl_result r = find_arrival(in, rec, &no, err);

	if (r != PL_OK || no == 0)
		return r;
	return pl_db_run(in->db, "UPDATE records SET device_no=?2 WHERE no=?1",
			 PL_ARGS(pl_db_int(no), pl_db_int(device->no)), err);
}
