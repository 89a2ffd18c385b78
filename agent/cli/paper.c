/* SPDX-License-Identifier: Apache-2.0 */
/* Text, bars and tables for a terminal or a plain file. */
#include "paper.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/process.h"
#include "width.h"

#define GAP	  2  /* blanks between columns */
#define MIN_CUT	  8  /* no column is cut below this */
#define LOW	  15 /* percent: yellow from here down */
#define VERY_LOW  5  /* percent: red */
#define MAX_PRINT 1024

static bool speaks_utf8(void)
{
	static const char *const NAMES[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
		const char *value = getenv(NAMES[i]);

		if (value && value[0])
			return strstr(value, "UTF-8") || strstr(value, "utf8") ||
			       strstr(value, "UTF8");
	}
	return false;
}

void paper_init(struct paper *p)
{
	p->columns = pl_terminal_columns();
	p->colour = pl_terminal_has_colour();
	p->utf8 = speaks_utf8();
}

static const char *ink_code(enum ink ink)
{
	static const char *const CODES[] = {
		[INK_PLAIN] = "",	  [INK_BOLD] = "\033[1m",    [INK_DIM] = "\033[2m",
		[INK_GREEN] = "\033[32m", [INK_YELLOW] = "\033[33m", [INK_RED] = "\033[31m",
	};

	return CODES[ink];
}

static void begin_ink(const struct paper *p, enum ink ink)
{
	if (p->colour)
		fputs(ink_code(ink), stdout);
}

static void end_ink(const struct paper *p, enum ink ink)
{
	if (p->colour && ink != INK_PLAIN)
		fputs("\033[0m", stdout);
}

/* A character as this paper shows it. */
struct glyph {
	size_t size; /* bytes of it in the text */
	int width;   /* columns */
	bool plain;  /* false: '?' stands for it */
};

/* Reads the character at `c`. Returns its bytes, or 0 where they are no UTF-8. */
static size_t decode(const unsigned char *c, uint32_t *ret_c)
{
	static const uint32_t LEAST[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = c[0] < 0x80 ? 1 : c[0] < 0xc0 ? 0 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
	uint32_t value = size == 1 ? c[0] : c[0] & (0x7fU >> size);

	if (size == 0 || c[0] >= 0xf8)
		return 0;
	for (size_t i = 1; i < size; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0; /* the end of the text, too */
		value = value << 6 | (c[i] & 0x3f);
	}
	if (value < LEAST[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	*ret_c = value;
	return size;
}

/* Control characters could move the cursor or rename the window; what turns the direction of
 * writing, or breaks lines, could make one printer's line look like another's. */
static bool steers(uint32_t c)
{
	return c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static struct glyph glyph_at(const struct paper *p, const char *text)
{
	uint32_t c = 0;
	size_t size = decode((const unsigned char *)text, &c);

	if (size == 0)
		return (struct glyph){ 1, 1, false };
	if (steers(c) || (!p->utf8 && c >= 0x80))
		return (struct glyph){ size, 1, false };
	return (struct glyph){ size, width_of(c), true };
}

int paper_width(const struct paper *p, const char *text)
{
	int width = 0;

	while (*text) {
		struct glyph g = glyph_at(p, text);

		width += g.width;
		text += g.size;
	}
	return width;
}

int paper_text(const struct paper *p, enum ink ink, const char *text, int max_columns)
{
	int width = paper_width(p, text);
	bool cut = max_columns > 0 && width > max_columns;
	int room = cut ? max_columns - 1 : width;
	int n = 0;

	begin_ink(p, ink);
	while (*text) {
		struct glyph g = glyph_at(p, text);

		if (n + g.width > room)
			break;
		if (g.plain)
			fwrite(text, 1, g.size, stdout);
		else
			fputc('?', stdout);
		n += g.width;
		text += g.size;
	}
	if (cut) {
		fputs(p->utf8 ? "…" : ">", stdout);
		n++;
	}
	end_ink(p, ink);
	return n;
}

void paper_print(const struct paper *p, enum ink ink, const char *fmt, ...)
{
	char text[MAX_PRINT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	paper_text(p, ink, text, 0);
}

/* The bytes of `text` that go on a line of `room` columns: up to the last blank that fits, else all
 * that fits. */
static size_t line_size(const struct paper *p, const char *text, int room)
{
	const char *at = text, *blank = NULL;

	for (int n = 0; *at;) {
		struct glyph g = glyph_at(p, at);

		n += g.width;
		if (n > room && !(*at == ' ' && n == room + 1))
			return (size_t)((blank ? blank : at) - text);
		if (*at == ' ' && at > text)
			blank = at;
		at += g.size;
	}
	return (size_t)(at - text);
}

void paper_paragraph(const struct paper *p, enum ink ink, const char *text, int indent)
{
	int room = p->columns > indent + MIN_CUT ? p->columns - indent : 0;

	for (bool first = true; first || *text; first = false) {
		size_t size = room > 0 ? line_size(p, text, room) : strlen(text);
		char line[MAX_PRINT];

		if (!first)
			paper_blanks(indent);
		snprintf(line, sizeof(line), "%.*s", (int)size, text);
		paper_text(p, ink, line, 0);
		fputc('\n', stdout);
		text += size;
		while (*text == ' ')
			text++;
	}
}

void paper_blanks(int n)
{
	if (n > 0)
		printf("%*s", n, "");
}

void paper_bar(const struct paper *p, int64_t percent, int width)
{
	enum ink ink = percent <= VERY_LOW ? INK_RED : percent <= LOW ? INK_YELLOW : INK_GREEN;
	int full = (int)((percent * width + 50) / 100);

	if (full == 0 && percent > 0)
		full = 1; /* a little is not nothing */
	begin_ink(p, ink);
	for (int i = 0; i < full; i++)
		fputs(p->utf8 ? "█" : "#", stdout);
	end_ink(p, ink);
	begin_ink(p, INK_DIM);
	for (int i = full; i < width; i++)
		fputs(p->utf8 ? "░" : ".", stdout);
	end_ink(p, INK_DIM);
}

const char *paper_dot(const struct paper *p)
{
	return p->utf8 ? "·" : "-";
}

/* Takes columns from the widest until the row fits. */
static void fit(const struct paper *p, size_t columns, int *widths)
{
	for (;;) {
		int sum = (int)(columns - 1) * GAP;
		size_t widest = 0;

		for (size_t i = 0; i < columns; i++) {
			sum += widths[i];
			if (widths[i] > widths[widest])
				widest = i;
		}
		if (p->columns == 0 || sum <= p->columns || widths[widest] <= MIN_CUT)
			return;
		widths[widest]--;
	}
}

static void put_row(const struct paper *p, enum ink ink, size_t columns, const int *widths,
		    const char *const *cells)
{
	for (size_t i = 0; i < columns; i++) {
		int n = paper_text(p, ink, cells[i] ? cells[i] : "", widths[i]);

		if (i + 1 < columns)
			paper_blanks(widths[i] - n + GAP);
	}
	fputc('\n', stdout);
}

void paper_table(const struct paper *p, size_t columns, const char *const *head,
		 const char *const *cells, size_t rows)
{
	int widths[PAPER_MAX_COLUMNS] = { 0 };

	for (size_t i = 0; i < columns; i++)
		widths[i] = paper_width(p, head[i]);
	for (size_t i = 0; i < rows * columns; i++) {
		int width = cells[i] ? paper_width(p, cells[i]) : 0;

		if (width > widths[i % columns])
			widths[i % columns] = width;
	}
	fit(p, columns, widths);
	put_row(p, INK_DIM, columns, widths, head);
	for (size_t i = 0; i < rows; i++)
		put_row(p, INK_PLAIN, columns, widths, &cells[i * columns]);
}
