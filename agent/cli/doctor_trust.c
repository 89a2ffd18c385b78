/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment, this PC's certificate, and the CA it trusts: by the agent's word, or, where none runs,
 * from the sealed file, which root may open. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "doctor.h"
#include "enroll.h"
#include "keys.h"
#include "platen/clock.h"
#include "platen/file.h"
#include "platen/json.h"

#define MAX_KEY_FILE 4096
#define SOON_MS	     (30 * 86400000LL) /* a CA is replaced in time */

struct life {
	int64_t from_ms, to_ms, renew_ms;
};

static void look_at_state(struct doctor *d)
{
	static const struct {
		const char *state;
		enum finding_state finding;
		const char *text, *advice;
	} STATES[] = {
		{ "done", FINDING_OK, "this PC is enrolled", NULL },
		{ "none", FINDING_PROBLEM, "this PC is not enrolled",
		  "platen enroll --token TOKEN (the connector's console makes one)" },
		{ "deferred", FINDING_NOTE, "this is a golden image: defer_enroll is set",
		  "platen enroll --token TOKEN, on the PC itself" },
		{ "trying", FINDING_PROBLEM, "the enrolment does not come through",
		  "see the connection's checks below" },
		{ "pending", FINDING_PROBLEM, "an administrator has not agreed yet",
		  "compare the fingerprint of platen status with the console's and agree there" },
		{ "refused", FINDING_PROBLEM, "the connector refused the enrolment",
		  "platen enroll --token with a new token: they expire and are counted" },
		{ "revoked", FINDING_PROBLEM, "an administrator removed this PC",
		  "platen enroll --token with a new token, if that was a mistake" },
	};
	const char *state = pl_json_text(d->status, "enrolment");
	const char *why = pl_json_text(d->status, "last_error");

	for (size_t i = 0; i < sizeof(STATES) / sizeof(STATES[0]); i++)
		if (state && strcmp(state, STATES[i].state) == 0) {
			doctor_say(d, "enrolment", STATES[i].finding, NULL, STATES[i].advice,
				   "%s%s%s", STATES[i].text, why && i > 0 ? ": " : "",
				   why && i > 0 ? why : "");
			d->enrolled = i == 0;
		}
}

static void look_at_link(struct doctor *d)
{
	const char *why = pl_json_text(d->status, "last_error");
	bool connected = false;

	if (!d->enrolled)
		return;
	pl_json_bool(d->status, "connected", &connected);
	if (connected)
		doctor_say(d, "link", FINDING_OK, NULL, NULL, "the agent is connected");
	else
		doctor_say(d, "link", FINDING_PROBLEM, NULL, "see the connection's checks below",
			   "the agent is not connected%s%s", why ? ": " : "", why ? why : "");
}

static void look_at_certificate(struct doctor *d, const struct life *life)
{
	int64_t now_ms = pl_clock_wall_ms();
	char from[PL_MAX_TIME_TEXT], to[PL_MAX_TIME_TEXT];

	pl_clock_text(life->from_ms, from);
	pl_clock_text(life->to_ms, to);
	if (now_ms < life->from_ms)
		doctor_say(d, "certificate", FINDING_PROBLEM, NULL,
			   "set this PC's clock (timedatectl)",
			   "this PC's certificate is valid only from %s on", from);
	else if (now_ms > life->to_ms)
		doctor_say(d, "certificate", FINDING_PROBLEM, NULL,
			   "let the connector be reached: it renews a certificate for 400 days "
			   "more; after that: platen enroll --token TOKEN",
			   "this PC's certificate expired at %s", to);
	else if (now_ms > life->renew_ms)
		doctor_say(d, "certificate", FINDING_NOTE, NULL,
			   "nothing, where the connector is reached: the agent renews it",
			   "valid until %s, its renewal is due", to);
	else
		doctor_say(d, "certificate", FINDING_OK, NULL, NULL, "valid from %s until %s", from,
			   to);
}

static void look_at_ca(struct doctor *d, const struct life *life)
{
	int64_t now_ms = pl_clock_wall_ms();
	char to[PL_MAX_TIME_TEXT];

	pl_clock_text(life->to_ms, to);
	if (now_ms > life->to_ms || now_ms < life->from_ms)
		doctor_say(d, "ca", FINDING_PROBLEM, NULL,
			   "set this PC's clock, or enrol anew with a token of the new CA",
			   "the connector's CA is not valid now; it ends at %s", to);
	else if (now_ms > life->to_ms - SOON_MS)
		doctor_say(d, "ca", FINDING_PROBLEM, NULL,
			   "have the connector's CA replaced before that",
			   "the connector's CA ends at %s", to);
	else
		doctor_say(d, "ca", FINDING_OK, NULL, NULL, "the connector's CA is valid until %s",
			   to);
}

static bool read_life(const cJSON *doc, struct life *ret_life)
{
	ret_life->renew_ms = INT64_MAX;
	pl_json_time(doc, "renew_at", &ret_life->renew_ms);
	return pl_json_time(doc, "not_before", &ret_life->from_ms) &&
	       pl_json_time(doc, "not_after", &ret_life->to_ms);
}

static void ask_agent(struct doctor *d)
{
	const char *pem = pl_json_text(d->agent, "ca_pem");
	struct life life;

	look_at_state(d);
	look_at_link(d);
	pl_json_copy(d->status, "server", d->server, sizeof(d->server));
	if (pem)
		d->ca_pem = strdup(pem);
	if (read_life(pl_json_at(d->agent, "certificate"), &life))
		look_at_certificate(d, &life);
	if (read_life(pl_json_at(d->agent, "ca"), &life))
		look_at_ca(d, &life);
}

static enum pl_result open_enrolment(const struct doctor *d, struct pl_enrolment *e,
				     struct pl_error *err)
{
	char path[PL_MAX_PATH];
	struct pl_bytes key;
	struct pl_seal *seal = NULL;
	enum pl_result r = pl_file_join(d->settings.state_dir, "key", path, err);

	pl_bytes_init(&key, MAX_KEY_FILE);
	if (r == PL_OK) /* looked at first: opening a seal makes a key where there is none */
		r = pl_file_read(path, PL_FILE_SECRET, &key, err);
	pl_bytes_wipe(&key);
	if (r == PL_OK)
		r = pl_seal_open(path, &seal, err);
	if (r == PL_OK)
		r = pl_enrolment_load(d->settings.state_dir, seal, e, err);
	pl_seal_close(seal);
	return r;
}

static void take_enrolment(struct doctor *d, const struct pl_enrolment *e)
{
	struct life life = { e->not_before_ms, e->not_after_ms, pl_enroll_renew_at_ms(e) };

	d->enrolled = !e->revoked;
	doctor_say(d, "enrolment", e->revoked ? FINDING_PROBLEM : FINDING_OK, NULL,
		   e->revoked ? "platen enroll --token TOKEN" : NULL, "%s",
		   e->revoked ? "an administrator removed this PC" : "this PC is enrolled");
	memcpy(d->server, e->server, sizeof(d->server));
	look_at_certificate(d, &life);
	if (!e->ca_pem || !pl_key_life(e->ca_pem, &life.from_ms, &life.to_ms))
		return;
	look_at_ca(d, &life);
	d->ca_pem = strdup(e->ca_pem);
}

static void open_file(struct doctor *d)
{
	struct pl_enrolment e;
	struct pl_error err;
	enum pl_result r;

	pl_enrolment_init(&e);
	r = open_enrolment(d, &e, &err);
	if (r == PL_OK)
		take_enrolment(d, &e);
	else if (r == PL_E_NOT_FOUND && d->has_settings)
		doctor_say(d, "enrolment", FINDING_PROBLEM, NULL,
			   "platen enroll --token TOKEN, once the agent runs",
			   "this PC is not enrolled");
	else if (r == PL_E_DENIED || r == PL_E_NOT_FOUND)
		doctor_say(d, "enrolment", FINDING_UNKNOWN, NULL,
			   "say it as root, with settings that can be read",
			   "without a running agent only root can look");
	else
		doctor_say(d, "enrolment", FINDING_PROBLEM, NULL,
			   "restore the whole folder from one backup, or enrol anew", "%s",
			   err.text);
	pl_enrolment_finish(&e);
}

void doctor_look_at_trust(struct doctor *d)
{
	if (d->status)
		ask_agent(d);
	else
		open_file(d);
	if (!d->server[0] && d->has_settings)
		memcpy(d->server, d->settings.server, sizeof(d->server));
}
