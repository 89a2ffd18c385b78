/* SPDX-License-Identifier: Apache-2.0 */
/* What may not be asked of a printer through its remote page, as tables. */
#include "platen/page_rules.h"

#include <string.h>

#define MAX_DECODING 3 /* "%2525" and worse is nobody's page */

/* A segment of a path that begins so belongs to printing, scanning or faxing. */
static const char *const DEVICE_SEGMENTS[] = {
	"ipp", "escl", "scan", "walkupscan", "webscan", "fax", "pcfax", "wsd", "wsp", "printers",
};

/* A segment that contains one of these takes a firmware. */
static const char *const FIRMWARE_WORDS[] = { "firmware", "fwupdate", "fw_update", "fwupgrade",
					      "fwdownload" };

static const char *const METHODS[] = { "GET", "HEAD", "POST", "PUT", "DELETE" };

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = pl_ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes the percent signs of `path` in place. Returns how many there were, -1 for a broken one
 * or one that hides a control character. */
static int decode(char *path)
{
	char *out = path;
	int found = 0;

	for (const char *in = path; *in; in++) {
		int high, low, value;

		if (*in != '%') {
			*out++ = *in;
			continue;
		}
		high = hex_of(in[1]);
		low = high < 0 ? -1 : hex_of(in[2]);
		value = high * 16 + low;
		if (low < 0 || value < ' ' || value == 0x7f)
			return -1;
		*out++ = (char)value;
		in += 2;
		found++;
	}
	*out = '\0';
	return found;
}

static bool is_method(const char *method)
{
	for (size_t i = 0; i < sizeof METHODS / sizeof METHODS[0]; i++)
		if (!strcmp(method, METHODS[i]))
			return true;
	return false;
}

static bool starts_with(const char *segment, const char *word)
{
	return !strncmp(segment, word, strlen(word));
}

/* Judges one segment, in lower case and without ";parameters". */
static const char *judge_segment(const char *segment, bool sends, bool firmware)
{
	for (size_t i = 0; i < sizeof DEVICE_SEGMENTS / sizeof DEVICE_SEGMENTS[0]; i++)
		if (starts_with(segment, DEVICE_SEGMENTS[i]))
			return "Printing, scanning and faxing are not possible through a remote "
			       "page.";
	for (size_t i = 0; sends && !firmware && i < sizeof FIRMWARE_WORDS / sizeof(char *); i++)
		if (strstr(segment, FIRMWARE_WORDS[i]))
			return "This session was opened without leave to send a firmware.";
	return NULL;
}

/* Takes a path apart the way a generous server does. */
static const char *judge_path(char *path, bool sends, bool firmware)
{
	char *save = NULL;

	for (char *c = path; *c; c++)
		*c = *c == '\\' ? '/' : pl_ascii_lower(*c);
	for (char *segment = strtok_r(path, "/", &save); segment;
	     segment = strtok_r(NULL, "/", &save)) {
		const char *why;

		while (*segment == ' ' || *segment == '.') /* "/. /", "/../ipp" */
			segment++;
		segment[strcspn(segment, ";")] = '\0';
		why = judge_segment(segment, sends, firmware);
		if (why)
			return why;
	}
	return NULL;
}

static bool is_clean(struct pl_span target)
{
	if (target.size == 0 || target.size >= PL_MAX_PAGE_TARGET || target.at[0] != '/')
		return false;
	for (size_t i = 0; i < target.size; i++)
		if ((unsigned char)target.at[i] <= ' ' || (unsigned char)target.at[i] >= 0x7f ||
		    target.at[i] == '#' || target.at[i] == '\\')
			return false;
	return true;
}

const char *pl_page_why_refused(const char *method, struct pl_span target,
				struct pl_span content_type, bool firmware)
{
	static const char BROKEN[] = "This is not an address of a page.";
	bool sends = strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
	char path[PL_MAX_PAGE_TARGET], judged[PL_MAX_PAGE_TARGET];
	const char *why = NULL;
	int more = 1;

	if (!is_method(method))
		return "A remote page takes GET, HEAD, POST, PUT and DELETE only.";
	if (!is_clean(target))
		return BROKEN;
	if (content_type.size > 0 && pl_span_starts(pl_span_trim(content_type), "application/ipp"))
		return "Printing, scanning and faxing are not possible through a remote page.";
	pl_span_copy(target, path, sizeof path);
	path[strcspn(path, "?")] = '\0';
	for (int round = 0; more > 0 && !why; round++) {
		memcpy(judged, path, sizeof judged);
		why = judge_path(judged, sends, firmware);
		more = decode(path);
		if (!why && (more < 0 || round == MAX_DECODING))
			why = BROKEN;
	}
	return why;
}
