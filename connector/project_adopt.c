/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a printer's history begins. `printer.attached` comes before the first snapshot, and only the
 * snapshot says who the printer is. A record keeps no key, but both tell the same USB place: the
 * same port, vendor, product and serial string.
 */
#include <cjson/cJSON.h>
#include <string.h>

#include "platen/json.h"
#include "project.h"

#define LOOK_BACK 1000 /* records of the spool */
#define MAX_BODY  (16 * 1024)

static bool same_text(const cJSON *a, const cJSON *b, const char *path)
{
	const char *left = pl_json_text(a, path), *right = pl_json_text(b, path);

	return left && right ? !strcmp(left, right) : left == right;
}

static bool same_place(const cJSON *a, const cJSON *b)
{
	return pl_json_text(a, "usb.port_path") && same_text(a, b, "usb.port_path") &&
	       same_text(a, b, "usb.vendor_id") && same_text(a, b, "usb.product_id") &&
	       same_text(a, b, "usb.serial");
}

static bool tells_of(struct pl_ingest *in, struct pl_span sealed, const cJSON *snapshot)
{
	struct pl_bytes plain;
	cJSON *body = NULL;
	bool is;

	pl_bytes_init(&plain, MAX_BODY);
	is = pl_keyring_unwrap(in->server->ring, in->db, in->agent->customer_id, "record", sealed,
			       &plain, NULL) == PL_OK &&
	     pl_json_parse(pl_bytes_span(&plain), &body, NULL) == PL_OK &&
	     same_place(body, snapshot);
	cJSON_Delete(body);
	pl_bytes_finish(&plain);
	return is;
}

/* The latest arrival of a printer nobody knew, at the snapshot's USB place; 0: none. */
static enum pl_result find_arrival(struct pl_ingest *in, const struct pl_record *rec,
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
		if (tells_of(in, pl_db_blob_at(rows, 1), rec->body))
			*ret_no = pl_db_int_at(rows, 0);
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

enum pl_result pl_project_adopt(struct pl_ingest *in, const struct pl_record *rec,
				const struct pl_device *device, struct pl_error *err)
{
	int64_t no;
	enum pl_result r = find_arrival(in, rec, &no, err);

	if (r != PL_OK || no == 0)
		return r;
	return pl_db_run(in->db, "UPDATE records SET device_no=?2 WHERE no=?1",
			 PL_ARGS(pl_db_int(no), pl_db_int(device->no)), err);
}
