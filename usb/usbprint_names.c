/* SPDX-License-Identifier: Apache-2.0 */
/* Reads Windows' names of USB devices. */
#include "usbprint_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/span.h"

/* Where `word` begins in `text`, whatever the case; NULL where it does not. */
static const char *find(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (; *text; text++) {
		size_t i = 0;

		while (i < n && pl_ascii_lower(text[i]) == pl_ascii_lower(word[i]))
			i++;
		if (i == n)
			return text;
	}
	return NULL;
}

/* The hexadecimal number behind `word`, of exactly so many digits; -1 where there is none. */
static long hex_behind(const char *text, const char *word, size_t digits)
{
	const char *at = find(text, word);
	char number[8], *end;
	long value;

	if (!at || strnlen(at + strlen(word), digits) < digits)
		return -1;
	memcpy(number, at + strlen(word), digits);
	number[digits] = '\0';
	value = strtol(number, &end, 16);
	return end == number + digits ? value : -1;
}

bool usbprint_read_instance(const char *instance, struct pl_usb_device *dev)
{
	const char *tail = strrchr(instance, '\\');
	long vendor = hex_behind(instance, "VID_", 4), product = hex_behind(instance, "PID_", 4);

	if (!tail || vendor < 0 || product < 0)
		return false;
	dev->vendor_id = (uint16_t)vendor;
	dev->product_id = (uint16_t)product;
	if (!strchr(tail, '&'))
		snprintf(dev->serial, sizeof(dev->serial), "%s", tail + 1);
	return true;
}

uint8_t usbprint_interface_number(const char *instance)
{
	long number = hex_behind(instance, "&MI_", 2);

	return number < 0 ? 0 : (uint8_t)number;
}

uint8_t usbprint_protocol(const char *compatible_id)
{
	long number = -1;

	if (find(compatible_id, "Class_07&SubClass_01"))
		number = hex_behind(compatible_id, "&Prot_", 2);
	return number < 0 ? 0 : (uint8_t)number;
}

void usbprint_port_path(const char *location, char ret_path[static 32])
{
	const char *controller = NULL, *at = location;
	size_t used;

	ret_path[0] = '\0';
	while ((at = find(at, "#PCI("))) {
		at += strlen("#PCI(");
		controller = at;
	}
	at = find(location, "#USBROOT(");
	if (!at)
		return;
	used = (size_t)snprintf(ret_path, 32, "%.*s-",
				controller ? (int)strcspn(controller, ")") : 1,
				controller ? controller : "0");
	for (at = find(at, "#USB("); at && used < 32; at = find(at, "#USB(")) {
		at += strlen("#USB(");
		used += (size_t)snprintf(ret_path + used, 32 - used, "%s%.*s",
					 ret_path[used - 1] == '-' ? "" : ".",
					 (int)strcspn(at, ")"), at);
	}
}
