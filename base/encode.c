/* SPDX-License-Identifier: Apache-2.0 */
/* Hex, base64 and base64url, strict on the way back. */
#include "platen/encode.h"

#include <string.h>

static const char HEX[] = "0123456789abcdef";
static const char STANDARD[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void pl_hex_write(const void *data, size_t n, char *ret_text)
{
	const uint8_t *at = data;

	for (size_t i = 0; i < n; i++) {
		*ret_text++ = HEX[at[i] >> 4];
		*ret_text++ = HEX[at[i] & 15];
	}
	*ret_text = '\0';
}

/* The position of a digit in an alphabet, -1 where it is not one of its first `size`. */
static int digit_of(const char *alphabet, size_t size, char c)
{
	const char *at = memchr(alphabet, c, size);

	return at ? (int)(at - alphabet) : -1;
}

bool pl_hex_read(struct pl_span text, void *ret_data, size_t n)
{
	uint8_t *out = ret_data;

	if (text.size != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = digit_of(HEX, 16, text.at[2 * i]);
		int low = digit_of(HEX, 16, text.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

enum pl_result pl_base64_write(enum pl_base64 kind, const void *data, size_t n,
			       struct pl_bytes *out)
{
	const char *alphabet = kind == PL_BASE64URL ? URL : STANDARD;
	const uint8_t *at = data;

	for (size_t i = 0; i < n; i += 3) {
		size_t have = n - i < 3 ? n - i : 3;
		uint32_t bits = (uint32_t)at[i] << 16;
		char four[4];
		size_t size = have + 1;
		enum pl_result r;

		if (have > 1)
			bits |= (uint32_t)at[i + 1] << 8;
		if (have > 2)
			bits |= at[i + 2];
		for (size_t k = 0; k < 4; k++)
			four[k] = k <= have ? alphabet[bits >> (18 - 6 * k) & 63] : '=';
		if (kind == PL_BASE64)
			size = 4;
		r = pl_bytes_add(out, four, size);
		if (r != PL_OK)
			return r;
	}
	return PL_OK;
}

/* Takes the padding off; false where it is not exactly as long as it has to be. */
static bool take_padding(struct pl_span *text)
{
	size_t before = text->size;

	if (before % 4 != 0)
		return false;
	while (text->size > 0 && before - text->size < 2 && text->at[text->size - 1] == '=')
		text->size--;
	return true;
}

/* Decodes 2 to 4 digits into 1 to 3 bytes; 0 where a digit is wrong or bits are left over. */
static size_t read_group(const char *alphabet, const char *at, size_t digits, uint8_t three[3])
{
	uint32_t bits = 0;

	for (size_t k = 0; k < digits; k++) {
		int value = digit_of(alphabet, 64, at[k]);

		if (value < 0)
			return 0;
		bits |= (uint32_t)value << (18 - 6 * k);
	}
	three[0] = (uint8_t)(bits >> 16);
	three[1] = (uint8_t)(bits >> 8);
	three[2] = (uint8_t)bits;
	if ((digits == 2 && (bits & 0xffff) != 0) || (digits == 3 && three[2] != 0))
		return 0;
	return digits - 1;
}

enum pl_result pl_base64_read(enum pl_base64 kind, struct pl_span text, struct pl_bytes *out)
{
	const char *alphabet = kind == PL_BASE64URL ? URL : STANDARD;
	size_t before = out->size;
	enum pl_result r = PL_OK;

	if ((kind == PL_BASE64 && !take_padding(&text)) || text.size % 4 == 1)
		return PL_E_PROTOCOL;
	for (size_t i = 0; r == PL_OK && i < text.size; i += 4) {
		size_t digits = text.size - i < 4 ? text.size - i : 4;
		uint8_t three[3];
		size_t n = read_group(alphabet, text.at + i, digits, three);

		r = n == 0 ? PL_E_PROTOCOL : pl_bytes_add(out, three, n);
	}
	if (r != PL_OK)
		pl_bytes_cut(out, before);
	return r;
}
