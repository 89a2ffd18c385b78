/* SPDX-License-Identifier: Apache-2.0 */
/* firmware: a package that a key of this PC has signed is brought here, sent down the print pipe,
 * and believed in only when the printer tells its new version.
 *
 * All that can be refused is refused before the first byte: until then the printer is as it was,
 * and whoever wants it stopped is obeyed. From the first byte on nothing stops it but the printer.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "act_firmware.h"
#include "act_kinds.h"
#include "firmware_note.h"
#include "owner.h"
#include "package_fetch.h"
#include "package_trust.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "platen/log.h"

#define FETCH_TRIES    12
#define IDLE_WAIT_MS   (10 * 60 * 1000)
#define IDLE_LOOK_MS   5000
#define LEAVE_MS       (10 * 60 * 1000) /* that it may take to write what it was sent */
#define RETURN_MS      (10 * 60 * 1000)
#define VERIFY_MS      (3 * 60 * 1000)
#define VERIFY_LOOK_MS 3000
#define SHARE_FETCH    30 /* percent of the way that are the download */
#define SHARE_SEND     60 /* and the stream */

/* One update. */
struct update {
	struct pl_act *act;
	struct pl_package package;
	char from[128]; /* the version it has; "": it does not say */
	bool resumes;	/* an earlier update of this printer was cut */
	int percent;
};

static enum pl_result check(const cJSON *parameters, struct pl_error *err)
{
	static const char *const TEXTS[] = { "package", "manifest", "signature" };
	uint8_t digest[PL_HASH_SIZE];
	const char *package = pl_json_text(parameters, "package");
	const cJSON *member;

	cJSON_ArrayForEach(member, parameters)
	{
		bool ok = strcmp(member->string, "force") == 0 && cJSON_IsBool(member);

		for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
			ok = ok ||
			     (strcmp(member->string, TEXTS[i]) == 0 && cJSON_IsString(member));
		if (!ok)
			return pl_error_set(
				err, PL_E_INVALID,
				"The action has a parameter that this agent does not know");
	}
	if (!package || !pl_hex_read(pl_span_of(package), digest, sizeof(digest)))
		return pl_error_set(err, PL_E_INVALID, "The action names no package");
	return PL_OK;
}

static const char *why_not(const struct pl_known *known, const struct pl_usb_device *dev)
{
	(void)known;
	return pl_owner_print_pipe(dev) ? NULL : "This printer has no print pipe";
}

/* ---- before the first byte ---- */

static enum pl_result trust(struct update *u, struct pl_error *err)
{
	const struct pl_act *a = u->act;
	const cJSON *parameters = a->action->parameters;
	enum pl_result r =
		pl_package_trust(a->settings->package_keys, parameters, &u->package, err);

	if (r == PL_E_UNTRUSTED || r == PL_E_NOT_FOUND)
		return pl_act_say(u->act, r, "%s", err->text);
	if (r != PL_OK)
		return pl_act_say(u->act, r, "The package's manifest cannot be read");
	if (strcmp(u->package.sha256, pl_json_text(parameters, "package")) != 0)
		return pl_act_say(u->act, PL_E_UNTRUSTED,
				  "The manifest is of another package than the action names");
	return PL_OK;
}

static enum pl_result check_version(struct update *u)
{
	bool force = false;

	(void)pl_json_bool(u->act->action->parameters, "force", &force);
	if (force || u->resumes)
		return PL_OK;
	if (!u->from[0])
		return pl_act_say(u->act, PL_E_REFUSED,
				  "The printer does not tell its version, so nobody knows whether "
				  "this one is newer; force it if you do");
	switch (pl_version_compare(u->package.version, u->from)) {
	case PL_VERSION_OLDER:
		return pl_act_say(u->act, PL_E_REFUSED,
				  "The printer has version %s, which is newer than %s; force it to "
				  "go back",
				  u->from, u->package.version);
	case PL_VERSION_UNLIKE:
		return pl_act_say(
			u->act, PL_E_REFUSED,
			"Nobody can tell whether version %s is newer than %s; force it if "
			"you can",
			u->package.version, u->from);
	case PL_VERSION_SAME:
	case PL_VERSION_NEWER: break;
	}
	return PL_OK;
}

/* Is it for this printer, and newer than what it has? */
static enum pl_result check_printer(struct update *u)
{
	const struct pl_fact *identity = u->act->last->snapshot.identity;
	const char *state_dir = u->act->settings->state_dir;
	char noted[PL_MAX_PACKAGE_VERSION];

	if (!pl_package_fits(&u->package, identity[PL_ID_MAKE].text, identity[PL_ID_MODEL].text))
		return pl_act_say(u->act, PL_E_REFUSED,
				  "The package is for other models than this printer");
	pl_span_copy(pl_span_of(identity[PL_ID_FIRMWARE].text), u->from, sizeof(u->from));
	u->resumes = pl_firmware_noted(state_dir, u->act->key, noted);
	return check_version(u);
}

static void tell(struct update *u, int percent, const char *stage, const char *message)
{
	if (percent == u->percent && percent > 0)
		return;
	u->percent = percent;
	pl_act_progress(u->act, percent, stage, message);
}

static enum pl_result fetch_progress(void *arg, int64_t bytes, struct pl_error *err)
{
	struct update *u = arg;
	char message[64];

	if (pl_act_is_cancelled(u->act))
		return pl_error_set(err, PL_E_CANCELLED, "the download was stopped");
	snprintf(message, sizeof(message), "%" PRId64 " of %" PRId64 " KB fetched", bytes / 1024,
		 u->package.size / 1024);
	tell(u, (int)(bytes * SHARE_FETCH / u->package.size), "fetching", message);
	return PL_OK;
}

static enum pl_result fetch_pause(void *arg, int64_t ms, struct pl_error *err)
{
	struct update *u = arg;

	return pl_act_pause(u->act, ms, err);
}

static enum pl_result fetch(struct update *u, char ret_path[static PL_MAX_PATH],
			    struct pl_error *err)
{
	const struct pl_package_fetch fetch = { .state_dir = u->act->settings->state_dir,
						.uplink = u->act->uplink,
						.wake = u->act->wake,
						.package = &u->package,
						.progress = fetch_progress,
						.pause = fetch_pause,
						.arg = u,
						.tries = FETCH_TRIES };
	enum pl_result r = pl_package_fetch(&fetch, ret_path, err);

	switch (r) {
	case PL_OK:
	case PL_E_CANCELLED: return r;
	case PL_E_UNTRUSTED:
	case PL_E_TOO_BIG:
		return pl_act_say(u->act, r,
				  "The package that came is not the one that was signed");
	case PL_E_NOT_FOUND:
		return pl_act_say(u->act, r, "The connector does not have the package");
	case PL_E_FULL: return pl_act_say(u->act, r, "The disk of the PC is full");
	default: return pl_act_say(u->act, r, "The package could not be fetched");
	}
}

/* Printing outranks us: waits for an idle printer, for a while. Then the print pipe is ours. */
static enum pl_result take_pipe(struct update *u, struct pl_stream **ret_pipe, struct pl_error *err)
{
	struct pl_act *a = u->act;
	int64_t by_ms = pl_clock_in_ms(IDLE_WAIT_MS);

	for (;;) {
		struct pl_occupancy now;
		enum pl_result r;

		pl_owner_look(a->usb, a->dev, &now);
		if (now.owner == PL_OWNER_IPP_USB)
			return pl_act_say(
				a, PL_E_BUSY,
				"held by ipp-usb: it keeps the print pipe; stop it for the "
				"update (systemctl stop ipp-usb) and try again");
		r = pl_act_is_busy(a) ? PL_E_BUSY : pl_act_take_pipe(a, u->resumes, ret_pipe, err);
		if (r != PL_E_BUSY)
			return r;
		if (pl_clock_left_ms(by_ms) == 0)
			return pl_act_say(a, r, "The printer did not become idle in time");
		tell(u, SHARE_FETCH, "waiting", "for the printer to be idle");
		r = pl_act_pause(a, IDLE_LOOK_MS, err);
		if (r != PL_OK)
			return r;
		if (!pl_act_look(a, NULL))
			return pl_error_set(err, PL_E_CANCELLED, "the agent stops");
	}
}

/* ---- from the first byte on ---- */

static void send_progress(void *arg, int64_t bytes)
{
	struct update *u = arg;
	char message[64];

	snprintf(message, sizeof(message), "%" PRId64 " of %" PRId64 " KB sent", bytes / 1024,
		 u->package.size / 1024);
	tell(u, SHARE_FETCH + (int)(bytes * SHARE_SEND / u->package.size), "sending", message);
}

static enum pl_result send(struct update *u, struct pl_stream *pipe, const char *path,
			   struct pl_error *err)
{
	int64_t sent = 0;
	enum pl_result r = pl_firmware_send(pipe, path, send_progress, u, &sent, err);

	if (r == PL_OK || r == PL_E_CANCELLED)
		return r;
	pl_json_add_int(u->act->result, "bytes_sent", sent);
	return pl_act_say(u->act, r,
			  "%s after %d %% of the firmware: the printer may wait in its recovery "
			  "mode; send the package again",
			  r == PL_E_GONE      ? "The printer was unplugged"
			  : r == PL_E_TIMEOUT ? "The printer took no more"
					      : "The stream broke",
			  (int)(sent * 100 / u->package.size));
}

/* Looks until the printer tells a version; just started, it may not speak every language yet. */
static enum pl_result read_version(struct update *u, struct pl_error *err)
{
	const char *version = u->act->last->snapshot.identity[PL_ID_FIRMWARE].text;
	int64_t by_ms = pl_clock_in_ms(VERIFY_MS);

	for (;;) {
		enum pl_result r;

		if (!pl_act_look(u->act, NULL))
			return pl_error_set(err, PL_E_CANCELLED, "the agent stops");
		version = u->act->last->snapshot.identity[PL_ID_FIRMWARE].text;
		if (strcmp(version, u->package.version) == 0 || pl_clock_left_ms(by_ms) == 0)
			break;
		r = pl_usb_pause(u->act->usb, pl_clock_in_ms(VERIFY_LOOK_MS), err);
		if (r != PL_OK)
			return r;
	}
	pl_json_add_text(u->act->result, "to_version", version);
	if (strcmp(version, u->package.version) == 0)
		return PL_OK;
	return pl_act_say(u->act, PL_E_PROTOCOL,
			  "All of the firmware was sent, and the printer still tells %s%s",
			  version[0] ? "version " : "no version", version);
}

static enum pl_result verify(struct update *u, struct pl_error *err)
{
	int64_t away_ms = 0;
	enum pl_result r;

	tell(u, SHARE_FETCH + SHARE_SEND, "restarting", "the printer writes it and starts anew");
	r = pl_act_await_return(u->act, LEAVE_MS, RETURN_MS, &away_ms, err);
	if (r == PL_E_TIMEOUT)
		return pl_act_say(
			u->act, r,
			"All of the firmware was sent, and the printer has not come back");
	if (r != PL_OK && r != PL_E_UNSUPPORTED) /* it may do without leaving the bus */
		return r;
	pl_json_add_int(u->act->result, "away_ms", r == PL_OK ? away_ms : 0);
	tell(u, 95, "verifying", NULL);
	return read_version(u, err);
}

static enum pl_result install(struct update *u, const char *path, struct pl_error *err)
{
	const char *state_dir = u->act->settings->state_dir;
	struct pl_stream *pipe;
	enum pl_result r = take_pipe(u, &pipe, err);

	if (r == PL_OK)
		r = pl_firmware_note(state_dir, u->act->key, u->package.version, err);
	if (r != PL_OK)
		return r;
	r = pl_act_begin(u->act, err);
	if (r != PL_OK) { /* no byte was sent: it is as it was */
		if (!u->resumes)
			pl_firmware_note_remove(state_dir, u->act->key);
		return r;
	}
	log_info(u->act->key, "firmware begins from=%s to=%s bytes=%" PRId64,
		 u->from[0] ? u->from : "unknown", u->package.version, u->package.size);
	pl_act_expect_leave(u->act);
	r = send(u, pipe, path, err);
	if (r == PL_OK)
		r = verify(u, err);
	if (r == PL_OK) {
		pl_firmware_note_remove(state_dir, u->act->key);
		pl_package_drop(state_dir);
	}
	return r;
}

static enum pl_result run(struct pl_act *a, struct pl_error *err)
{
	struct update u = { .act = a, .percent = -1 };
	struct pl_lock *lock = NULL;
	char path[PL_MAX_PATH];
	enum pl_result r = trust(&u, err);

	if (r == PL_OK)
		r = check_printer(&u);
	if (r != PL_OK)
		return r;
	pl_json_add_text(a->result, "from_version", u.from);
	if (strcmp(u.from, u.package.version) == 0) { /* nothing to do is done */
		pl_json_add_text(a->result, "to_version", u.from);
		r = pl_act_begin(a, err);
		if (r == PL_OK)
			pl_firmware_note_remove(a->settings->state_dir, a->key);
		return r;
	}
	while ((r = pl_package_hold(&lock, err)) == PL_E_BUSY) {
		tell(&u, 0, "waiting", "for the update of another printer");
		r = pl_act_pause(a, IDLE_LOOK_MS, err);
		if (r != PL_OK)
			return r;
	}
	if (r == PL_OK)
		r = fetch(&u, path, err);
	if (r == PL_OK)
		r = install(&u, path, err);
	pl_lock_release(lock);
	return r;
}

const struct pl_act_kind PL_ACT_FIRMWARE = {
	.type = PL_ACTION_FIRMWARE, .check = check, .why_not = why_not, .run = run
};
