/* SPDX-License-Identifier: Apache-2.0 */
/* A page of three lines, written down in four languages. */
#include "test_page.h"

#include <stdio.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/ipp.h"

#define UEL	  "\033%-12345X"
#define LINES	  3
#define MAX_LINE  160
#define PDF_PARTS 5

static const char *const FORMATS[] = { "application/pdf", "application/postscript",
				       "application/vnd.hp-PCL", "text/plain" };

const char *pl_test_page_format(const struct pl_ipp_answer *answer)
{
	for (size_t i = 0; i < sizeof(FORMATS) / sizeof(FORMATS[0]); i++)
		if (pl_ipp_takes(answer, FORMATS[i]))
			return FORMATS[i];
	return NULL;
}

/* The lines; what PDF and PostScript would read as syntax is left out. */
static void write_lines(const char *printer, int64_t wall_ms, char ret[LINES][MAX_LINE])
{
	char when[PL_MAX_TIME_TEXT];

	pl_clock_text(wall_ms, when);
	snprintf(ret[0], MAX_LINE, "Platen test page");
	snprintf(ret[1], MAX_LINE, "Printer: %.100s", printer);
	snprintf(ret[2], MAX_LINE, "Printed: %s", when);
	for (char *c = ret[1]; *c; c++)
		if (*c < ' ' || *c > '~' || strchr("()\\", *c))
			*c = ' ';
}

static enum pl_result add_text(char lines[LINES][MAX_LINE], struct pl_bytes *page)
{
	enum pl_result r = PL_OK;

	for (int i = 0; r == PL_OK && i < LINES; i++)
		r = pl_bytes_add_format(page, "%s\r\n", lines[i]);
	return r == PL_OK ? pl_bytes_add(page, "\f", 1) : r;
}

static enum pl_result add_pcl(char lines[LINES][MAX_LINE], struct pl_bytes *page)
{
	enum pl_result r = pl_bytes_add_text(page, "\033E");

	if (r == PL_OK)
		r = add_text(lines, page);
	return r == PL_OK ? pl_bytes_add_text(page, "\033E") : r;
}

static enum pl_result add_postscript(char lines[LINES][MAX_LINE], struct pl_bytes *page)
{
	enum pl_result r = pl_bytes_add_text(page, "%!PS-Adobe-3.0\n%%Pages: 1\n"
						   "/Helvetica findfont 16 scalefont setfont\n");

	for (int i = 0; r == PL_OK && i < LINES; i++)
		r = pl_bytes_add_format(page, "72 %d moveto (%s) show\n", 720 - 30 * i, lines[i]);
	return r == PL_OK ? pl_bytes_add_text(page, "showpage\n%%EOF\n") : r;
}

/* The objects of a PDF and the table that tells where each begins. */
static enum pl_result add_pdf(char lines[LINES][MAX_LINE], struct pl_bytes *page)
{
	static const char *const PARTS[PDF_PARTS - 1] = {
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
		 " /Resources << /Font << /F 4 0 R >> >> >>"),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	};
	size_t start = page->size, at[PDF_PARTS];
	char text[LINES * (MAX_LINE + 32)];
	int n = 0;
	enum pl_result r = pl_bytes_add_text(page, "%PDF-1.4\n");

	for (int i = 0; i < LINES; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      "BT /F 16 Tf 72 %d Td (%s) Tj ET\n", 720 - 30 * i, lines[i]);
	for (int i = 0; r == PL_OK && i < PDF_PARTS - 1; i++) {
		at[i] = page->size - start;
		r = pl_bytes_add_format(page, "%d 0 obj\n%s\nendobj\n", i + 1, PARTS[i]);
	}
	at[PDF_PARTS - 1] = page->size - start;
	if (r == PL_OK)
		r = pl_bytes_add_format(
			page, "5 0 obj\n<< /Length %d >>\nstream\n%sendstream\nendobj\n", n, text);
	n = (int)(page->size - start);
	if (r == PL_OK)
		r = pl_bytes_add_text(page, "xref\n0 6\n0000000000 65535 f \n");
	for (int i = 0; r == PL_OK && i < PDF_PARTS; i++)
		r = pl_bytes_add_format(page, "%010zu 00000 n \n", at[i]);
	return r == PL_OK ? pl_bytes_add_format(page,
						"trailer\n<< /Size 6 /Root 1 0 R >>\n"
						"startxref\n%d\n%%%%EOF\n",
						n)
			  : r;
}

enum pl_result pl_test_page(const char *format, const char *printer, int64_t wall_ms,
			    struct pl_bytes *page)
{
	static enum pl_result (*const WRITERS[])(char lines[LINES][MAX_LINE],
						 struct pl_bytes *page) = { add_pdf, add_postscript,
									    add_pcl, add_text };
	char lines[LINES][MAX_LINE];

	write_lines(printer, wall_ms, lines);
	for (size_t i = 0; i < sizeof(FORMATS) / sizeof(FORMATS[0]); i++)
		if (strcmp(format, FORMATS[i]) == 0)
			return WRITERS[i](lines, page);
	return PL_E_INVALID;
}

enum pl_result pl_test_page_job(bool postscript, const char *printer, int64_t wall_ms,
				struct pl_bytes *job)
{
	enum pl_result r;

	r = pl_bytes_add_format(job, "%s@PJL\r\n@PJL ENTER LANGUAGE=%s\r\n", UEL,
				postscript ? "POSTSCRIPT" : "PCL");
	if (r == PL_OK)
		r = pl_test_page(postscript ? FORMATS[1] : FORMATS[2], printer, wall_ms, job);
	return r == PL_OK ? pl_bytes_add_text(job, UEL) : r;
}
