/* SPDX-License-Identifier: Apache-2.0 */
/* What ipp-usb leaves on disk of the printers it serves, and how the system tells that it does. */
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

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

#define MAX_IDENT (PL_MAX_USB_TEXT + 16)

/* What the names of a device's state files begin with: "03f0-822a-00CNB8147086-". */
static void make_ident(const struct pl_usb_device *dev, char ret_ident[static MAX_IDENT])
{
	snprintf(ret_ident, MAX_IDENT, "%04x-%04x-%s%s", dev->vendor_id, dev->product_id,
		 dev->serial, dev->serial[0] ? "-" : "");
	for (char *c = ret_ident; *c; c++)
		if (!is_alnum(*c))
			*c = '-';
}

bool pl_ippusb_is_state_of(const char *name, const struct pl_usb_device *dev)
{
	static const char SUFFIX[] = ".state";
	char wanted[MAX_IDENT];
	size_t n = strlen(name);

	make_ident(dev, wanted);
	return strncmp(name, wanted, strlen(wanted)) == 0 && n > strlen(SUFFIX) &&
	       strcmp(name + n - strlen(SUFFIX), SUFFIX) == 0;
}

bool pl_ippusb_is_confusable(const struct pl_usb_device *dev, const struct pl_usb_device *other)
{
	char mine[MAX_IDENT], theirs[MAX_IDENT];

	make_ident(dev, mine);
	make_ident(other, theirs);
	return strncmp(theirs, mine, strlen(mine)) == 0;
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

/* "   1: 0100007F:EA60 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0 …" */
bool pl_ippusb_is_listener(struct pl_span line, int port)
{
	static const char LISTENS[] = "0A";
	struct pl_span word[8];

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++) {
		line = pl_span_trim(line);
		word[i] = pl_span_take(&line, ' ');
	}
	pl_span_take(&word[1], ':');
	return take_number(&word[1], 16) == port && pl_span_is(word[3], LISTENS) &&
	       pl_span_is(word[7], "0");
}
