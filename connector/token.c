/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making tokens. 256 bits of randomness need no salt and no slow hash: SHA-256 is enough to keep
 * them.
 */
#include "token.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "platen/encode.h"
#include "platen/json.h"
#include "platen/random.h"

void pl_token_hash(struct pl_span text, uint8_t ret_hash[static PL_HASH_SIZE])
{
	pl_sha256(text.at, text.size, ret_hash);
}

static void random_text(char ret_text[static PL_SECRET_TEXT])
{
	static const char LETTERS[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint8_t bytes[32];
	unsigned held = 0, bits = 0;
	size_t n = 0;

	pl_random_bytes(bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 6; bits -= 6)
			ret_text[n++] = LETTERS[held >> (bits - 6) & 63];
	}
	ret_text[n++] = LETTERS[held << (6 - bits) & 63];
	ret_text[n] = '\0';
}

void pl_token_secret(char ret_secret[static PL_SECRET_TEXT], uint8_t ret_hash[static PL_HASH_SIZE])
{
	random_text(ret_secret);
	pl_token_hash(pl_span_of(ret_secret), ret_hash);
}

void pl_token_bearer(char ret_token[static PL_BEARER_TEXT], uint8_t ret_hash[static PL_HASH_SIZE])
{
	memcpy(ret_token, "plb1.", 5);
	random_text(ret_token + 5);
	pl_token_hash(pl_span_of(ret_token), ret_hash);
}

enum pl_result pl_token_write(const char *url, const char *pin, const char *secret,
			      struct pl_bytes *out)
{
	cJSON *doc = cJSON_CreateObject();
	cJSON *pins = cJSON_AddArrayToObject(doc, "pins");
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, PL_MAX_TOKEN);
	cJSON_AddStringToObject(doc, "url", url);
	cJSON_AddItemToArray(pins, cJSON_CreateString(pin));
	cJSON_AddStringToObject(doc, "secret", secret);
	r = pl_json_print(doc, &text);
	if (r == PL_OK)
		r = pl_bytes_add_text(out, "plt1.");
	if (r == PL_OK)
		r = pl_base64_write(PL_BASE64URL, text.at, text.size, out);
	pl_bytes_finish(&text);
	cJSON_Delete(doc);
	return r;
}
