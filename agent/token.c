/* SPDX-License-Identifier: Apache-2.0 */
/* The enrolment token: "plt1." and the base64url of a small JSON object. */
#include <string.h>

#include <cjson/cJSON.h>

#include "enroll.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "url.h"

#define PREFIX	    "plt1."
#define SECRET_SIZE 43 /* base64url of 32 bytes */

static enum pl_result no_token(struct pl_error *err, const char *why)
{
	return pl_error_set(err, PL_E_INVALID, "this is not an enrolment token: %s", why);
}

bool pl_pin_read(const char *text, uint8_t ret_pin[static PL_HASH_SIZE])
{
	struct pl_span pin = pl_span_of(text);

	if (!pl_span_starts(pin, "sha256:"))
		return false;
	pin.at += 7, pin.size -= 7;
	return pl_hex_read(pin, ret_pin, PL_HASH_SIZE);
}

static bool is_secret(const char *text)
{
	struct pl_bytes bytes;
	bool good;

	pl_bytes_init(&bytes, 32);
	good = strlen(text) == SECRET_SIZE &&
	       pl_base64_read(PL_BASE64URL, pl_span_of(text), &bytes) == PL_OK;
	pl_bytes_wipe(&bytes);
	return good;
}

static enum pl_result read_members(const cJSON *doc, struct pl_token *t, struct pl_error *err)
{
	int pins = pl_json_count(doc, "pins");
	struct pl_url url;

	if (!pl_json_copy(doc, "url", t->server, sizeof(t->server)) ||
	    pl_url_parse(t->server, &url, NULL) != PL_OK)
		return no_token(err, "its URL makes no sense");
	if (!pl_json_copy(doc, "secret", t->secret, sizeof(t->secret)) || !is_secret(t->secret))
		return no_token(err, "its secret is damaged");
	if (pins < 1 || pins > PL_MAX_PINS)
		return no_token(err, "it has no pins, or too many");
	for (int i = 0; i < pins; i++) {
		char path[] = "pins.0";
		const char *pin;

		path[5] = (char)('0' + i);
		pin = pl_json_text(doc, path);
		if (!pin || !pl_pin_read(pin, t->pins[t->pin_count]))
			return no_token(err, "a pin is damaged");
		t->pin_count++;
	}
	return PL_OK;
}

enum pl_result pl_token_parse(struct pl_span text, struct pl_token *ret_token, struct pl_error *err)
{
	struct pl_token t = { 0 };
	struct pl_bytes json;
	cJSON *doc = NULL;
	enum pl_result r;

	text = pl_span_trim(text);
	if (!pl_span_starts(text, PREFIX))
		return no_token(err, "it does not begin with " PREFIX);
	if (text.size >= PL_MAX_TOKEN)
		return no_token(err, "it is too long");
	text.at += strlen(PREFIX), text.size -= strlen(PREFIX);
	pl_bytes_init(&json, PL_MAX_TOKEN);
	r = pl_base64_read(PL_BASE64URL, text, &json);
	if (r == PL_OK)
		r = pl_json_parse(pl_bytes_span(&json), &doc, NULL);
	r = r == PL_OK ? read_members(doc, &t, err) : no_token(err, "it was cut or mistyped");
	cJSON_Delete(doc);
	pl_bytes_wipe(&json);
	if (r == PL_OK)
		*ret_token = t;
	return r;
}
