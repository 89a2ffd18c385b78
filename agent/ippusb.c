/* SPDX-License-Identifier: Apache-2.0 */
/* What ipp-usb says of the printers it owns. */
#include "ippusb.h"

#include <stdio.h>
#include <string.h>

#define MAX_PORT 65535

/* The number at the beginning of `s`, which moves behind it; -1: none. */
static int take_number(struct pl_span *s, int base)
{
	long value = 0;
	size_t n = 0;

	for (; n < s->size; n++) {
		char c = pl_ascii_lower(s->at[n]);
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
						   : 99;

		if (digit >= base)
			break;
		value = value * base + digit;
		if (value > INT32_MAX / 16)
			return -1;
	}
	s->at += n;
	s->size -= n;
	return n > 0 ? (int)value : -1;
}

/* Cuts `word` (and blanks before it) off the front; false: something else stands there. */
static bool take_word(struct pl_span *s, const char *word)
{
	*s = pl_span_trim(*s);
	if (!pl_span_starts(*s, word))
		return false;
	s->at += strlen(word);
	s->size -= strlen(word);
	*s = pl_span_trim(*s);
	return true;
}

/* "1. Bus 001 Device 002  03f0:822a  60000 "HP…"": true for this device; *ret_port 0: not told. */
static bool is_row_of(struct pl_span line, const struct pl_usb_device *dev, int *ret_port)
{
	int bus, address, vendor, product, port;

	line = pl_span_trim(line);
	if (take_number(&line, 10) < 0 || !take_word(&line, ".") || !take_word(&line, "Bus"))
		return false;
	bus = take_number(&line, 10);
	if (!take_word(&line, "Device"))
		return false;
	address = take_number(&line, 10);
	line = pl_span_trim(line);
	vendor = take_number(&line, 16);
	if (!take_word(&line, ":"))
		return false;
	product = take_number(&line, 16);
	line = pl_span_trim(line);
	port = take_number(&line, 10);
	*ret_port = port > 0 && port <= MAX_PORT ? port : 0;
	return bus == dev->bus && address == dev->address && vendor == dev->vendor_id &&
	       product == dev->product_id;
}

void pl_ippusb_read_status(struct pl_span page, const struct pl_usb_device *dev,
			   struct pl_ippusb_row *ret_row)
{
	struct pl_ippusb_row row = { .listed = false };
	bool ours = false;
	int port;

	while (page.size > 0) {
		struct pl_span line = pl_span_take(&page, '\n');

		if (is_row_of(line, dev, &port)) {
			row.listed = ours = true;
			row.port = port;
		} else if (ours && take_word(&line, "status:")) {
			pl_span_copy(line, row.status, sizeof(row.status));
			break;
		}
	}
	*ret_row = row;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool pl_ippusb_is_state_of(const char *name, const struct pl_usb_device *dev)
{
	char wanted[PL_MAX_USB_TEXT + 16];
	size_t n = strlen(name);
	static const char SUFFIX[] = ".state";

	snprintf(wanted, sizeof(wanted), "%04x-%04x-%s%s", dev->vendor_id, dev->product_id,
		 dev->serial, dev->serial[0] ? "-" : "");
	for (char *c = wanted; *c; c++)
		if (!is_alnum(*c))
			*c = '-';
	return strncmp(name, wanted, strlen(wanted)) == 0 && n > strlen(SUFFIX) &&
	       strcmp(name + n - strlen(SUFFIX), SUFFIX) == 0;
}

int pl_ippusb_read_port(struct pl_span state)
{
	while (state.size > 0) {
		struct pl_span line = pl_span_take(&state, '\n');
		int port;

		if (!take_word(&line, "http-port") || !take_word(&line, "="))
			continue;
		port = take_number(&line, 10);
		return port > 0 && port <= MAX_PORT ? port : 0;
	}
	return 0;
}
