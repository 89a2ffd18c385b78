/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The resolver: from an agent's key to a device of the customer.
 */
#include "devices.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "platen/random.h"

#define COLUMNS                                                                                    \
	"d.no, d.id, d.site_id, d.agent_no, d.key_index, d.attached, d.bound_at, d.seen_at,"       \
	" d.first_seen_at, d.serial_index, d.provisional"
#define PROVISIONAL_MS 600000 /* a duplicate older than this was never a move */

static void read_device(struct pl_db_rows *rows, struct pl_device *d)
{
	struct pl_span key = pl_db_blob_at(rows, 4), serial = pl_db_blob_at(rows, 9);

	memset(d, 0, sizeof *d);
	d->no = pl_db_int_at(rows, 0);
	pl_db_copy_at(rows, 1, d->id, sizeof d->id);
	pl_db_copy_at(rows, 2, d->site_id, sizeof d->site_id);
	d->agent_no = pl_db_int_at(rows, 3);
	if (key.size == sizeof d->key_index)
		memcpy(d->key_index, key.at, key.size);
	d->attached = pl_db_int_at(rows, 5) != 0;
	d->bound_ms = pl_db_int_at(rows, 6);
	d->seen_ms = pl_db_int_at(rows, 7);
	d->first_seen_ms = pl_db_int_at(rows, 8);
	d->has_serial = serial.size == sizeof d->serial_index;
	if (d->has_serial)
		memcpy(d->serial_index, serial.at, serial.size);
	d->provisional = pl_db_int_at(rows, 10) != 0;
}

static enum pl_result one_device(struct pl_db *db, struct pl_device *ret_device, const char *sql,
				 const struct pl_db_value *args, size_t n, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r = pl_db_one(db, &rows, sql, args, n, err);

	if (r != PL_OK)
		return r;
	read_device(rows, ret_device);
	pl_db_done(rows);
	return PL_OK;
}

static enum pl_result key_index(const struct pl_device_claim *c, uint8_t index[static PL_HASH_SIZE],
				struct pl_error *err)
{
	return pl_keyring_index(c->ring, c->db, c->agent->customer_id, "printer_key",
				pl_span_of(c->printer_key), index, err);
}

/* The same maker under its several spellings: letters and digits only, lower case, HP by its short
 * name. */
static void plain_make(const char *make, char out[64])
{
	size_t n = 0;

	for (; make && *make && n < 63; make++)
		if (isalnum((unsigned char)*make))
			out[n++] = (char)tolower((unsigned char)*make);
	out[n] = '\0';
	if (!strncmp(out, "hewlettpackard", 14))
		memcpy(out, "hp", 3);
}

/* Of what a strong identity consists: maker and serial number. */
static enum pl_result serial_index(const struct pl_device_claim *c,
				   uint8_t index[static PL_HASH_SIZE], struct pl_error *err)
{
	char make[64], text[256];

	plain_make(c->make, make);
	snprintf(text, sizeof text, "%s\n%s", make, c->serial_number);
	return pl_keyring_index(c->ring, c->db, c->agent->customer_id, "serial", pl_span_of(text),
				index, err);
}

enum pl_result pl_device_of_key(const struct pl_device_claim *claim, struct pl_device *ret_device,
				struct pl_error *err)
{
	uint8_t key[PL_HASH_SIZE];
	enum pl_result r = key_index(claim, key, err);

	if (r != PL_OK)
		return r;
	return one_device(claim->db, ret_device,
			  "SELECT " COLUMNS " FROM device_keys k JOIN devices d ON d.no=k.device_no"
			  " WHERE k.agent_no=?1 AND k.key_index=?2",
			  PL_ARGS(pl_db_int(claim->agent->no), pl_db_blob(key, sizeof key)), err);
}

enum pl_result pl_device_known(const struct pl_device_claim *claim, struct pl_device *ret_device,
			       struct pl_error *err)
{
	uint8_t key[PL_HASH_SIZE], serial[PL_HASH_SIZE];
	struct pl_device d;
	enum pl_result r = pl_device_of_key(claim, &d, err);

	if (r == PL_OK)
		r = key_index(claim, key, err);
	if (r == PL_OK && claim->serial_number)
		r = serial_index(claim, serial, err);
	if (r != PL_OK)
		return r;
	if (d.agent_no != claim->agent->no || memcmp(d.key_index, key, sizeof key) != 0 ||
	    d.provisional ||
	    (claim->serial_number &&
	     (!d.has_serial || memcmp(serial, d.serial_index, sizeof serial) != 0)))
		return PL_E_NOT_FOUND;
	*ret_device = d;
	return PL_OK;
}

/* The device with this serial number: one that is plugged in before one that is not, the latest
 * seen first. */
static enum pl_result device_of_serial(const struct pl_device_claim *c,
				       const uint8_t index[static PL_HASH_SIZE],
				       struct pl_device *ret_device, struct pl_error *err)
{
	return one_device(
		c->db, ret_device,
		"SELECT " COLUMNS " FROM devices d WHERE d.customer_id=?1"
		" AND d.serial_index=?2 AND d.merged_into IS NULL"
		" ORDER BY d.provisional, d.attached DESC, d.seen_at DESC LIMIT 1",
		PL_ARGS(pl_db_text(c->agent->customer_id), pl_db_blob(index, PL_HASH_SIZE)), err);
}

/* Is the device in use at another place, by an agent that is there? */
static bool is_live_elsewhere(const struct pl_device_claim *c, const struct pl_device *d,
			      const uint8_t key[static PL_HASH_SIZE])
{
	struct pl_roster_agent *agent;

	if (!d->attached)
		return false;
	if (d->agent_no == c->agent->no)
		return memcmp(d->key_index, key, PL_HASH_SIZE) != 0;
	agent = pl_roster_find_no(c->roster, d->agent_no);
	return agent && !agent->revoked && agent->seen_ms + c->live_ms > c->agent->seen_ms;
}

/* Binds this agent's key to the device, and the device to this agent and its site. */
static enum pl_result bind_to(const struct pl_device_claim *c, struct pl_device *d,
			      const uint8_t key[static PL_HASH_SIZE], struct pl_error *err)
{
	struct pl_bytes sealed;
	enum pl_result r;

	pl_bytes_init(&sealed, 1024);
	pl_roster_site(c->roster, c->agent, d->site_id);
	r = pl_keyring_wrap(c->ring, c->db, c->agent->customer_id, "printer_key", c->printer_key,
			    strlen(c->printer_key), &sealed, err);
	if (r == PL_OK)
		r = pl_db_run(c->db,
			      "INSERT INTO device_keys (agent_no, key_index, customer_id, "
			      "key_sealed, device_no)"
			      " VALUES (?1,?2,?3,?4,?5) ON CONFLICT (agent_no, key_index)"
			      " DO UPDATE SET device_no=excluded.device_no",
			      PL_ARGS(pl_db_int(c->agent->no), pl_db_blob(key, PL_HASH_SIZE),
				      pl_db_text(c->agent->customer_id),
				      pl_db_blob(sealed.at, sealed.size), pl_db_int(d->no)),
			      err);
	if (r == PL_OK)
		r = pl_db_change(
			c->db,
			"UPDATE devices SET agent_no=?2, key_index=?3, attached=1, bound_at=?4,"
			" site_id=?5 WHERE no=?1",
			PL_ARGS(pl_db_int(d->no), pl_db_int(c->agent->no),
				pl_db_blob(key, PL_HASH_SIZE), pl_db_int(c->at_ms),
				pl_db_text(d->site_id)),
			err);
	pl_bytes_finish(&sealed);
	if (r != PL_OK)
		return r;
	d->agent_no = c->agent->no;
	memcpy(d->key_index, key, PL_HASH_SIZE);
	d->attached = true;
	d->bound_ms = c->at_ms;
	return PL_OK;
}

static enum pl_result make_device(const struct pl_device_claim *c,
				  const uint8_t key[static PL_HASH_SIZE], bool provisional,
				  struct pl_device *ret_device, struct pl_error *err)
{
	struct pl_device d = { .provisional = provisional };
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	pl_random_uuid(d.id);
	pl_roster_site(c->roster, c->agent, d.site_id);
	d.seen_ms = d.first_seen_ms = c->at_ms;
	r = pl_db_one(c->db, &rows,
		      "INSERT INTO devices (id, customer_id, site_id, agent_no, key_index, "
		      "attached, bound_at,"
		      " first_seen_at, seen_at, provisional) VALUES (?1,?2,?3,?4,?5,1,?6,?6,?6,?7) "
		      "RETURNING no",
		      PL_ARGS(pl_db_text(d.id), pl_db_text(c->agent->customer_id),
			      pl_db_text(d.site_id), pl_db_int(c->agent->no),
			      pl_db_blob(key, PL_HASH_SIZE), pl_db_int(c->at_ms),
			      pl_db_int(provisional)),
		      err);
	if (r != PL_OK)
		return r;
	d.no = pl_db_int_at(rows, 0);
	pl_db_done(rows);
	r = bind_to(c, &d, key, err);
	if (r == PL_OK)
		*ret_device = d;
	return r;
}

static enum pl_result learn_serial(const struct pl_device_claim *c, struct pl_device *d,
				   const uint8_t index[static PL_HASH_SIZE], struct pl_error *err)
{
	struct pl_bytes sealed;
	enum pl_result r;

	pl_bytes_init(&sealed, 1024);
	r = pl_keyring_wrap(c->ring, c->db, c->agent->customer_id, "serial", c->serial_number,
			    strlen(c->serial_number), &sealed, err);
	if (r == PL_OK)
		r = pl_db_change(c->db,
				 "UPDATE devices SET serial_index=?2, serial_sealed=?3 WHERE no=?1",
				 PL_ARGS(pl_db_int(d->no), pl_db_blob(index, PL_HASH_SIZE),
					 pl_db_blob(sealed.at, sealed.size)),
				 err);
	pl_bytes_finish(&sealed);
	if (r != PL_OK)
		return r;
	d->has_serial = true;
	memcpy(d->serial_index, index, PL_HASH_SIZE);
	return PL_OK;
}

/* Gives everything that was known of `from` to `into`; `from` is there no more. */
static enum pl_result merge(struct pl_db *db, const struct pl_device *from,
			    const struct pl_device *into, struct pl_error *err)
{
	static const char *const MOVES[] = {
		"UPDATE records SET device_no=?2 WHERE device_no=?1",
		"UPDATE counters SET device_no=?2 WHERE device_no=?1",
		"UPDATE counter_resets SET device_no=?2 WHERE device_no=?1",
		"UPDATE alerts SET device_no=?2 WHERE device_no=?1",
		"UPDATE drifts SET device_no=?2 WHERE device_no=?1",
		"UPDATE actions SET device_no=?2 WHERE device_no=?1",
		"UPDATE device_keys SET device_no=?2 WHERE device_no=?1",
		"UPDATE devices SET merged_into=?2, attached=0 WHERE no=?1",
	};
	enum pl_result r = PL_OK;

	for (size_t i = 0; i < sizeof MOVES / sizeof MOVES[0] && r == PL_OK; i++)
		r = pl_db_run(db, MOVES[i], PL_ARGS(pl_db_int(from->no), pl_db_int(into->no)), err);
	return r;
}

/* `into` takes the place, and what was last read, of its provisional duplicate `from`. */
static enum pl_result settle_move(struct pl_db *db, const struct pl_device *from,
				  struct pl_device *into, struct pl_error *err)
{
	enum pl_result r = pl_db_change(db,
					"UPDATE devices SET (agent_no, key_index, attached, "
					"bound_at, site_id, make, model, firmware,"
					" confidence, printer_state, asleep, reasons, "
					"supply_levels, lowest_supply, supply_state,"
					" impressions, sealed, taken_at, seen_at) = (SELECT "
					"agent_no, key_index, attached, bound_at,"
					" site_id, make, model, firmware, confidence, "
					"printer_state, asleep, reasons, supply_levels,"
					" lowest_supply, supply_state, impressions, sealed, "
					"taken_at, seen_at FROM devices WHERE no=?1)"
					" WHERE no=?2",
					PL_ARGS(pl_db_int(from->no), pl_db_int(into->no)), err);

	if (r == PL_OK)
		r = merge(db, from, into, err);
	if (r != PL_OK)
		return r;
	return one_device(db, into, "SELECT " COLUMNS " FROM devices d WHERE d.no=?1",
			  PL_ARGS(pl_db_int(into->no)), err);
}

/* A provisional duplicate tells of itself again: is the other one still there? If it has been heard
 * of since, both are real; if its place has fallen silent, it was a move. */
static enum pl_result reconsider(const struct pl_device_claim *c, struct pl_device *d,
				 struct pl_error *err)
{
	struct pl_device other;
	enum pl_result r = one_device(
		c->db, &other,
		"SELECT " COLUMNS " FROM devices d WHERE d.customer_id=?1 AND d.serial_index=?2"
		" AND d.merged_into IS NULL AND d.no<>?3 ORDER BY d.provisional, d.no LIMIT 1",
		PL_ARGS(pl_db_text(c->agent->customer_id),
			pl_db_blob(d->serial_index, PL_HASH_SIZE), pl_db_int(d->no)),
		err);

	if (r == PL_OK && other.seen_ms <= d->first_seen_ms) {
		if (is_live_elsewhere(c, &other, d->key_index) &&
		    c->at_ms - d->first_seen_ms < PROVISIONAL_MS)
			return PL_OK; /* too early to tell */
		r = settle_move(c->db, d, &other, err);
		if (r == PL_OK)
			*d = other;
		return r;
	}
	if (r != PL_OK && r != PL_E_NOT_FOUND)
		return r;
	d->provisional = false;
	return pl_db_run(c->db, "UPDATE devices SET provisional=0 WHERE no=?1",
			 PL_ARGS(pl_db_int(d->no)), err);
}

/* The device with this serial takes its place here, or a duplicate of it is made. */
static enum pl_result take_over(const struct pl_device_claim *c, struct pl_device *known,
				const uint8_t key[static PL_HASH_SIZE],
				const uint8_t serial[static PL_HASH_SIZE],
				struct pl_device *ret_device, struct pl_error *err)
{
	enum pl_result r;

	if (!is_live_elsewhere(c, known, key)) {
		r = bind_to(c, known, key, err);
		if (r == PL_OK)
			*ret_device = *known;
		return r;
	}
	r = make_device(c, key, known->agent_no != c->agent->no, ret_device, err);
	return r == PL_OK ? learn_serial(c, ret_device, serial, err) : r;
}

/* This agent's key is bound to `d`, and `d` is where this agent says: does the serial number agree?
 */
static enum pl_result confirm(const struct pl_device_claim *c, struct pl_device *d,
			      const uint8_t key[static PL_HASH_SIZE], struct pl_error *err)
{
	uint8_t serial[PL_HASH_SIZE];
	struct pl_device known;
	enum pl_result r;

	if (d->provisional) {
		r = reconsider(c, d, err);
		if (r != PL_OK)
			return r;
	}
	if (!c->serial_number)
		return PL_OK;
	r = serial_index(c, serial, err);
	if (r != PL_OK || (d->has_serial && !memcmp(serial, d->serial_index, PL_HASH_SIZE)))
		return r;
	r = device_of_serial(c, serial, &known, err);
	if (r == PL_E_NOT_FOUND && !d->has_serial)
		return learn_serial(c, d, serial, err);
	if (r == PL_E_NOT_FOUND) { /* another printer on the same port */
		r = make_device(c, key, false, d, err);
		return r == PL_OK ? learn_serial(c, d, serial, err) : r;
	}
	if (r != PL_OK)
		return r;
	if (!d->has_serial && !is_live_elsewhere(c, &known, key)) {
		/* Met before its serial number could be read: now it is known who it is. */
		r = merge(c->db, d, &known, err);
		if (r == PL_OK)
			r = bind_to(c, &known, key, err);
		if (r == PL_OK)
			*d = known;
		return r;
	}
	if (!d->has_serial)
		return learn_serial(c, d, serial, err);
	return take_over(c, &known, key, serial, d, err);
}

static enum pl_result first_meeting(const struct pl_device_claim *c,
				    const uint8_t key[static PL_HASH_SIZE],
				    struct pl_device *ret_device, struct pl_error *err)
{
	uint8_t serial[PL_HASH_SIZE];
	struct pl_device known;
	enum pl_result r;

	if (!c->serial_number)
		return make_device(c, key, false, ret_device, err);
	r = serial_index(c, serial, err);
	if (r == PL_OK)
		r = device_of_serial(c, serial, &known, err);
	if (r == PL_OK)
		return take_over(c, &known, key, serial, ret_device, err);
	if (r != PL_E_NOT_FOUND)
		return r;
	r = make_device(c, key, false, ret_device, err);
	return r == PL_OK ? learn_serial(c, ret_device, serial, err) : r;
}

enum pl_result pl_device_resolve(const struct pl_device_claim *claim, struct pl_device *ret_device,
				 bool *ret_stale, struct pl_error *err)
{
	uint8_t key[PL_HASH_SIZE], serial[PL_HASH_SIZE];
	struct pl_device d;
	enum pl_result r = key_index(claim, key, err);

	*ret_stale = false;
	if (r == PL_OK)
		r = pl_device_of_key(claim, &d, err);
	if (r == PL_E_NOT_FOUND) {
		r = first_meeting(claim, key, ret_device, err);
		ret_device->first_meeting = r == PL_OK;
		return r;
	}
	if (r != PL_OK)
		return r;
	if (d.agent_no == claim->agent->no && !memcmp(d.key_index, key, PL_HASH_SIZE)) {
		r = confirm(claim, &d, key, err);
	} else if (claim->at_ms <= d.bound_ms) {
		*ret_stale = true;
	} else { /* it went elsewhere, and is back, or is in both places */
		memcpy(serial, d.serial_index, PL_HASH_SIZE);
		r = take_over(claim, &d, key, serial, &d, err);
	}
	if (r == PL_OK)
		*ret_device = d;
	return r;
}

enum pl_result pl_device_detach(const struct pl_device_claim *claim, const struct pl_device *device,
				struct pl_error *err)
{
	struct pl_device into = *device, twin;
	uint8_t key[PL_HASH_SIZE];
	enum pl_result r = key_index(claim, key, err);

	if (r != PL_OK || device->agent_no != claim->agent->no ||
	    memcmp(device->key_index, key, PL_HASH_SIZE) != 0)
		return r; /* it is elsewhere already */
	r = pl_db_run(claim->db, "UPDATE devices SET attached=0, seen_at=?2 WHERE no=?1",
		      PL_ARGS(pl_db_int(device->no), pl_db_int(claim->at_ms)), err);
	if (r != PL_OK || !device->has_serial)
		return r;
	r = one_device(
		claim->db, &twin,
		"SELECT " COLUMNS " FROM devices d WHERE d.customer_id=?1 AND d.serial_index=?2"
		" AND d.merged_into IS NULL AND d.provisional=1 AND d.no<>?3 LIMIT 1",
		PL_ARGS(pl_db_text(claim->agent->customer_id),
			pl_db_blob(device->serial_index, PL_HASH_SIZE), pl_db_int(device->no)),
		err);
	if (r == PL_E_NOT_FOUND)
		return PL_OK;
	if (r == PL_OK && device->seen_ms <= twin.first_seen_ms)
		r = settle_move(claim->db, &twin, &into, err);
	return r;
}
