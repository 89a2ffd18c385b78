/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CLI_PAPER_H
#define PL_CLI_PAPER_H

/*
 * Paper: what the command line writes on: a terminal with its width, colours and characters, or a
 * plain file. Text of devices is never trusted: what could steer a terminal is written as '?'.
 *
 * Threads: one. Memory: none kept.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/result.h"

struct paper {
	bool colour; /* escape sequences are understood */
	bool utf8;   /* more than ASCII can be shown */
	int columns; /* 0: no terminal, nothing is cut */
};

enum ink { INK_PLAIN, INK_BOLD, INK_DIM, INK_GREEN, INK_YELLOW, INK_RED };

void paper_init(struct paper *p);

/* Writes text in a colour; at most `max_columns` of it (0: all), "…" where it was cut. Returns the
 * columns it took. */
int paper_text(const struct paper *p, enum ink ink, const char *text, int max_columns);

/* Writes printf-style text in a colour. */
void paper_print(const struct paper *p, enum ink ink, const char *fmt, ...) PL_PRINTF(3, 4);

/* Writes text and a newline, broken between words where the paper ends; what comes behind a break
 * begins at column `indent`, where the text itself begins, too. */
void paper_paragraph(const struct paper *p, enum ink ink, const char *text, int indent);

/* Writes blanks. */
void paper_blanks(int n);

/* Writes a bar of `width` columns, `percent` (0..100) of it full, and red or yellow when low. */
void paper_bar(const struct paper *p, int64_t percent, int width);

/* How many columns a text takes on this paper. */
int paper_width(const struct paper *p, const char *text);

/* "·" or "-", whatever this paper can show. */
const char *paper_dot(const struct paper *p);

#define PAPER_MAX_COLUMNS 10

/* A table: a head and rows of cells; NULL cells are empty. Columns are as wide as their widest
 * cell; where that is too much for the paper, the widest columns are cut. */
void paper_table(const struct paper *p, size_t columns, const char *const *head,
		 const char *const *cells, size_t rows);

#endif
