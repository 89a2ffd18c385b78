/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CONSOLE_FILES_H
#define PL_CONSOLE_FILES_H

/*
 * Console files: the built web console, compiled into the program.
 * The build names every file but the first by its content, so those may be cached for ever:
 *
 *     pl_console_find("/")                          text/html, asked anew each time
 *     pl_console_find("/assets/index-Cc5oIMhO.js")  text/javascript, immutable
 *
 * Threads: any. Memory: static.
 */

#include <stdbool.h>
#include <stddef.h>

struct pl_console_file {
	const char *path; /* as in the request, with the leading slash */
	const char *type; /* Content-Type */
	bool immutable;
	const unsigned char *bytes;
	size_t size;
	const unsigned char
		*gzip; /* the same as a gzip stream; NULL where that would not be smaller */
	size_t gzip_size;
};

/* Finds the file of a request's path (no query), or NULL. Built without the console, "/" is a page
 * that says so. */
const struct pl_console_file *pl_console_find(const char *path);

/* The value of Content-Security-Policy for every one of these files. */
extern const char pl_console_policy[];

#endif
