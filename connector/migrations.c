/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store's tables. `$ID` and `$BLOB` are the engine's words for a counting 64-bit key and for
 * bytes.
 *
 * Every row that belongs to somebody carries customer_id; every query names it. What could tell a
 * person or a device apart from outside (serial numbers, printer keys, whole snapshots and records)
 * is sealed under the customer's own key, columns `sealed` and `…_sealed`; `…_index` is an HMAC
 * that finds it again.
 */
#include "migrations.h"

#include <stdio.h>

#include "platen/bytes.h"

#define MAX_SCRIPT (64 * 1024)

static const char *const VERSION_1 =
	/* Who owns what. key_sealed: the customer's key under the master key; NULL once erased. */
	"CREATE TABLE customers (id TEXT PRIMARY KEY, name TEXT NOT NULL, key_sealed $BLOB,"
	" active BIGINT NOT NULL DEFAULT 1, created_at BIGINT NOT NULL, inactive_since BIGINT);"
	"CREATE TABLE sites (id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES "
	"customers(id),"
	" name TEXT NOT NULL, created_at BIGINT NOT NULL, UNIQUE (customer_id, name));"

	/* The server's own keys: ca, server, command. */
	"CREATE TABLE keys (name TEXT PRIMARY KEY, certificate TEXT, sealed $BLOB NOT NULL,"
	" created_at BIGINT NOT NULL);"
	"CREATE TABLE settings (customer_id TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,"
	" PRIMARY KEY (customer_id, name));"

	/* The PCs. */
	"CREATE TABLE agents (no $ID, id TEXT NOT NULL UNIQUE, customer_id TEXT NOT NULL"
	" REFERENCES customers(id), site_id TEXT NOT NULL REFERENCES sites(id), state TEXT NOT "
	"NULL,"
	" hostname TEXT, os TEXT, os_version TEXT, architecture TEXT, version TEXT, machine_id "
	"TEXT,"
	" enrolled_at BIGINT NOT NULL, enrolled_by TEXT, revoked_at BIGINT, last_seen_at BIGINT,"
	" spool_no BIGINT, boot_id TEXT, dropped BIGINT NOT NULL DEFAULT 0, clones BIGINT NOT NULL "
	"DEFAULT 0,"
	" audit_seq BIGINT, audit_head TEXT, hello TEXT, hello_at BIGINT, health TEXT, health_at "
	"BIGINT,"
	" uplink TEXT, key_fingerprint TEXT NOT NULL, certificate_until BIGINT NOT NULL);"
	"CREATE INDEX agents_by_customer ON agents (customer_id, site_id);"
	"CREATE TABLE certificates (serial TEXT PRIMARY KEY, customer_id TEXT NOT NULL,"
	" agent_no BIGINT NOT NULL REFERENCES agents(no), not_before BIGINT NOT NULL, not_after "
	"BIGINT NOT NULL,"
	" revoked_at BIGINT);"
	"CREATE INDEX certificates_by_agent ON certificates (agent_no);"
	"CREATE TABLE enrolment_tokens (id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES "
	"customers(id),"
	" site_id TEXT NOT NULL REFERENCES sites(id), secret_hash $BLOB NOT NULL UNIQUE, uses "
	"BIGINT NOT NULL,"
	" used BIGINT NOT NULL DEFAULT 0, note TEXT, created_by TEXT NOT NULL, created_at BIGINT "
	"NOT NULL,"
	" expires_at BIGINT NOT NULL, revoked_at BIGINT);"
	"CREATE TABLE pending_enrolments (id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, "
	"csr TEXT NOT NULL,"
	" host TEXT NOT NULL, address TEXT NOT NULL, asked_at BIGINT NOT NULL, expires_at BIGINT "
	"NOT NULL,"
	" state TEXT NOT NULL, customer_id TEXT, site_id TEXT, answered_by TEXT);"

	/* What the PCs report. A spool is retired when its agent reports under a newer one. */
	"CREATE TABLE spools (no $ID, customer_id TEXT NOT NULL, agent_no BIGINT NOT NULL "
	"REFERENCES agents(no),"
	" spool_id TEXT NOT NULL, last_seq BIGINT NOT NULL, created_at BIGINT NOT NULL, retired_at "
	"BIGINT,"
	" UNIQUE (agent_no, spool_id));"
	"CREATE TABLE records (no $ID, customer_id TEXT NOT NULL, agent_no BIGINT NOT NULL, "
	"device_no BIGINT,"
	" spool_no BIGINT NOT NULL, seq BIGINT NOT NULL, kind TEXT NOT NULL, taken_at BIGINT NOT "
	"NULL,"
	" received_at BIGINT NOT NULL, boot_id TEXT NOT NULL, uptime_ms BIGINT NOT NULL, hash "
	"$BLOB NOT NULL,"
	" sealed $BLOB NOT NULL, UNIQUE (agent_no, hash));"
	"CREATE UNIQUE INDEX records_by_seq ON records (spool_no, seq);"
	"CREATE INDEX records_by_device ON records (device_no, no);"

	/* The printers. Columns beside `sealed` are what lists are filtered and sorted by. */
	"CREATE TABLE devices (no $ID, id TEXT NOT NULL UNIQUE, customer_id TEXT NOT NULL"
	" REFERENCES customers(id), site_id TEXT NOT NULL REFERENCES sites(id), agent_no BIGINT "
	"NOT NULL,"
	" key_index $BLOB NOT NULL, attached BIGINT NOT NULL, bound_at BIGINT NOT NULL, make TEXT, "
	"model TEXT,"
	" firmware TEXT, serial_index $BLOB, serial_sealed $BLOB, confidence TEXT, printer_state "
	"TEXT,"
	" asleep BIGINT, reasons TEXT, supply_levels TEXT, lowest_supply BIGINT, supply_state TEXT,"
	" impressions BIGINT, sealed $BLOB, taken_at BIGINT, first_seen_at BIGINT NOT NULL, "
	"seen_at BIGINT NOT NULL,"
	" asset_number TEXT, location TEXT, tags TEXT, provisional BIGINT NOT NULL DEFAULT 0, "
	"merged_into BIGINT);"
	"CREATE INDEX devices_by_customer ON devices (customer_id, site_id);"
	"CREATE INDEX devices_by_agent ON devices (agent_no);"
	"CREATE INDEX devices_by_serial ON devices (customer_id, serial_index);"
	"CREATE TABLE device_keys (agent_no BIGINT NOT NULL, key_index $BLOB NOT NULL, customer_id "
	"TEXT NOT NULL,"
	" key_sealed $BLOB NOT NULL, device_no BIGINT NOT NULL, PRIMARY KEY (agent_no, key_index));"
	"CREATE TABLE counters (no $ID, customer_id TEXT NOT NULL, device_no BIGINT NOT NULL, "
	"agent_no BIGINT NOT NULL,"
	" taken_at BIGINT NOT NULL, impressions BIGINT, impressions_color BIGINT, "
	"impressions_monochrome BIGINT,"
	" sheets BIGINT, sheets_duplex BIGINT, scans BIGINT, copies BIGINT, faxes BIGINT, jams "
	"BIGINT);"
	"CREATE INDEX counters_by_device ON counters (device_no, taken_at);"
	"CREATE TABLE counter_resets (no $ID, customer_id TEXT NOT NULL, device_no BIGINT NOT NULL,"
	" taken_at BIGINT NOT NULL, counter TEXT NOT NULL, source TEXT, before BIGINT NOT NULL, "
	"after BIGINT NOT NULL);"
	"CREATE INDEX counter_resets_by_device ON counter_resets (device_no, taken_at);"
	"CREATE TABLE alerts (no $ID, customer_id TEXT NOT NULL, site_id TEXT NOT NULL, device_no "
	"BIGINT NOT NULL,"
	" code TEXT NOT NULL, alert_group TEXT NOT NULL, alert_index BIGINT NOT NULL, severity "
	"TEXT NOT NULL,"
	" description TEXT NOT NULL, opened_at BIGINT NOT NULL, closed_at BIGINT);"
	"CREATE INDEX alerts_by_device ON alerts (device_no, closed_at);"
	"CREATE INDEX alerts_by_customer ON alerts (customer_id, closed_at);"

	/* What the PCs are asked to do. */
	"CREATE TABLE actions (no $ID, id TEXT NOT NULL UNIQUE, customer_id TEXT NOT NULL, site_id "
	"TEXT NOT NULL,"
	" agent_no BIGINT NOT NULL, device_no BIGINT, type TEXT NOT NULL, parameters TEXT NOT NULL,"
	" key_id TEXT NOT NULL, payload_sealed $BLOB NOT NULL, signature $BLOB NOT NULL, state "
	"TEXT NOT NULL,"
	" percent BIGINT, message TEXT, result TEXT, created_by TEXT NOT NULL, created_at BIGINT "
	"NOT NULL,"
	" not_after BIGINT NOT NULL, ended_at BIGINT, cancel_at BIGINT);"
	"CREATE INDEX actions_by_agent ON actions (agent_no, state);"
	"CREATE INDEX actions_by_customer ON actions (customer_id, no);"
	"CREATE INDEX actions_by_state ON actions (state, not_after);"
	"CREATE TABLE action_history (no $ID, customer_id TEXT NOT NULL, action_no BIGINT NOT "
	"NULL, state TEXT NOT NULL,"
	" at BIGINT NOT NULL, message TEXT);"
	"CREATE INDEX action_history_by_action ON action_history (action_no, no);"

	/* Who may ask. customer_id NULL in a grant: all customers; site_id NULL: all sites. */
	"CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, password_hash TEXT "
	"NOT NULL,"
	" active BIGINT NOT NULL DEFAULT 1, totp_sealed $BLOB, totp_on BIGINT NOT NULL DEFAULT 0,"
	" totp_step BIGINT NOT NULL DEFAULT 0, created_at BIGINT NOT NULL, last_login_at BIGINT);"
	"CREATE TABLE api_tokens (id TEXT PRIMARY KEY, hash $BLOB NOT NULL UNIQUE, kind TEXT NOT "
	"NULL, user_id TEXT"
	" REFERENCES users(id) ON DELETE CASCADE, name TEXT NOT NULL, scopes TEXT NOT NULL,"
	" created_by TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT, last_used_at "
	"BIGINT);"
	"CREATE TABLE grants (no $ID, user_id TEXT REFERENCES users(id) ON DELETE CASCADE, "
	"token_id TEXT"
	" REFERENCES api_tokens(id) ON DELETE CASCADE, role TEXT NOT NULL, customer_id TEXT, "
	"site_id TEXT);"
	"CREATE INDEX grants_by_user ON grants (user_id);"
	"CREATE INDEX grants_by_token ON grants (token_id);"

	/* Who did what, in one chain per customer; customer_id '' is the server itself. */
	"CREATE TABLE audit (no $ID, customer_id TEXT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT "
	"NULL, who "
	"TEXT NOT NULL,"
	" what TEXT NOT NULL, outcome TEXT NOT NULL, address TEXT, subject TEXT, prev TEXT NOT "
	"NULL,"
	" head TEXT NOT NULL, UNIQUE (customer_id, seq));";

/* Firmware: packages belong to the connector, roll-outs to a customer. actions.package: what the
 * PC may fetch while the action is open. */
static const char *const VERSION_2 =
	"CREATE TABLE packages (sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT "
	"NULL,"
	" size BIGINT NOT NULL, manifest $BLOB NOT NULL, signature $BLOB NOT NULL, added_at BIGINT "
	"NOT NULL,"
	" added_by TEXT NOT NULL);"
	"ALTER TABLE actions ADD COLUMN package TEXT;"
	"CREATE INDEX actions_by_package ON actions (package, agent_no);"
	"CREATE TABLE rollouts (no $ID, id TEXT NOT NULL UNIQUE, customer_id TEXT NOT NULL,"
	" site_id TEXT, name TEXT NOT NULL, sha256 TEXT NOT NULL, package_name TEXT NOT NULL,"
	" version TEXT NOT NULL, forced BIGINT NOT NULL, rings TEXT NOT NULL, ring BIGINT NOT "
	"NULL,"
	" stop_percent BIGINT NOT NULL, window_from BIGINT, window_to BIGINT, time_zone TEXT,"
	" state TEXT NOT NULL, reason TEXT, created_by TEXT NOT NULL, created_at BIGINT NOT NULL,"
	" ended_at BIGINT);"
	"CREATE INDEX rollouts_by_customer ON rollouts (customer_id, no);"
	"CREATE INDEX rollouts_by_state ON rollouts (state);"
	"CREATE TABLE rollout_printers (rollout_no BIGINT NOT NULL, device_no BIGINT NOT NULL,"
	" customer_id TEXT NOT NULL, ring BIGINT NOT NULL, state TEXT NOT NULL, action_id TEXT,"
	" reason TEXT, PRIMARY KEY (rollout_no, device_no));";

/* Records are applied after they are stored: happened_at is what is needed for it and stood
 * nowhere; `part` marks snapshots that tell only what changed. Only records of a printer's history
 * keep its number. */
static const char *const VERSION_3 =
	"ALTER TABLE records ADD COLUMN happened_at BIGINT;"
	"ALTER TABLE records ADD COLUMN part BIGINT NOT NULL DEFAULT 0;"
	"CREATE TABLE projection (up_to BIGINT NOT NULL);"
	"INSERT INTO projection SELECT coalesce(max(no), 0) FROM records;"
	"DROP INDEX records_by_device;"
	"UPDATE records SET device_no=NULL WHERE kind='printer.snapshot';"
	"CREATE INDEX records_by_device ON records (device_no, no) WHERE device_no IS NOT NULL;"
	"CREATE INDEX records_part ON records (no) WHERE part=1;"

	/* An enrolment that is sent again is known by its key. */
	"CREATE INDEX agents_by_key ON agents (key_fingerprint);"
	"DROP INDEX alerts_by_device;"
	"CREATE INDEX alerts_by_device ON alerts (device_no, closed_at, severity);";

/* A rotated command key: what the old one has signed of the new one. agents.command_key: the newest
 * that the PC has said it trusts. */
static const char *const VERSION_4 =
	"CREATE TABLE command_handovers (no $ID, customer_id TEXT NOT NULL, old_id TEXT NOT NULL,"
	" new_id TEXT NOT NULL, payload $BLOB NOT NULL, signature $BLOB NOT NULL, created_at "
	"BIGINT NOT NULL, old_until BIGINT NOT NULL, not_after BIGINT NOT NULL,"
	" UNIQUE (customer_id, old_id));"
	"ALTER TABLE agents ADD COLUMN command_key TEXT;";

/* What diagnostics and agent_log brought back, sealed as a whole. */
static const char *const VERSION_5 =
	"CREATE TABLE bundles (action_no BIGINT PRIMARY KEY, customer_id TEXT NOT NULL,"
	" sha256 TEXT NOT NULL, size BIGINT NOT NULL, stored_at BIGINT NOT NULL, sealed $BLOB NOT "
	"NULL);"
	"CREATE INDEX bundles_by_customer ON bundles (customer_id, action_no);"
	"CREATE INDEX bundles_by_age ON bundles (stored_at);";

/* How printers shall be set, and where they are not. */
static const char *const VERSION_6 =
	"CREATE TABLE desired_settings (customer_id TEXT NOT NULL, scope TEXT NOT NULL, target "
	"TEXT "
	"NOT NULL, settings TEXT NOT NULL, changed_at BIGINT NOT NULL, changed_by TEXT NOT NULL,"
	" PRIMARY KEY (customer_id, scope, target));"
	"CREATE TABLE drifts (no $ID, customer_id TEXT NOT NULL, device_no BIGINT NOT NULL,"
	" setting TEXT NOT NULL, wanted TEXT NOT NULL, found TEXT NOT NULL, opened_at BIGINT NOT "
	"NULL, closed_at BIGINT);"
	"CREATE INDEX drifts_by_device ON drifts (device_no, closed_at);";

static const char *const VERSIONS[] = { VERSION_1, VERSION_2, VERSION_3,
					VERSION_4, VERSION_5, VERSION_6 };

#define NEWEST ((int)(sizeof VERSIONS / sizeof VERSIONS[0]))

static enum pl_result translate(const struct pl_db *db, const char *sql, struct pl_bytes *out)
{
	enum pl_result r = PL_OK;

	while (*sql && r == PL_OK) {
		const char *mark = strchr(sql, '$');

		r = pl_bytes_add(out, sql, mark ? (size_t)(mark - sql) : strlen(sql));
		if (!mark)
			break;
		if (r == PL_OK && !strncmp(mark, "$ID", 3)) {
			r = pl_bytes_add_text(out, db->ops->id_type);
			sql = mark + 3;
		} else if (r == PL_OK) { /* $BLOB */
			r = pl_bytes_add_text(out, db->ops->blob_type);
			sql = mark + 5;
		}
	}
	return r;
}

static enum pl_result step_to(struct pl_db *db, int version, struct pl_error *err)
{
	struct pl_bytes script;
	enum pl_result r;

	pl_bytes_init(&script, MAX_SCRIPT);
	r = pl_bytes_add_text(&script, "BEGIN;");
	if (r == PL_OK)
		r = translate(db, VERSIONS[version - 1], &script);
	if (r == PL_OK)
		r = pl_bytes_add_format(&script, "UPDATE schema_version SET version=%d; COMMIT;",
					version);
	if (r == PL_OK)
		r = db->ops->script(db, (const char *)script.at, err);
	else
		r = pl_error_set(err, r, "out of memory in the store");
	if (r != PL_OK)
		(void)db->ops->script(db, "ROLLBACK", NULL);
	pl_bytes_finish(&script);
	return r;
}

int pl_migrate_newest(void)
{
	return NEWEST;
}

enum pl_result pl_migrate(struct pl_db *db, struct pl_error *err)
{
	int64_t version = 0;
	enum pl_result r;

	r = db->ops->script(db,
			    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL);"
			    "INSERT INTO schema_version SELECT 0 WHERE NOT EXISTS"
			    " (SELECT 1 FROM schema_version);",
			    err);
	if (r == PL_OK)
		r = pl_db_number(db, &version, "SELECT version FROM schema_version", PL_NO_ARGS,
				 err);
	if (r != PL_OK)
		return r;
	if (version > NEWEST)
		return pl_error_set(err, PL_E_UNSUPPORTED,
				    "the store was written by a newer version of this program "
				    "(%lld, this one knows %d)",
				    (long long)version, NEWEST);
	for (int next = (int)version + 1; next <= NEWEST && r == PL_OK; next++)
		r = step_to(db, next, err);
	return r;
}
