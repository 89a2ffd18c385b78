/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_OPTIONS_H
#define VP_OPTIONS_H

/* Options: the command line. Memory: everything points into argv. */

#include <stdbool.h>
#include <stdint.h>

#include <platen/result.h>

#include "rack.h"

struct vp_options {
	struct {
		char name[64]; /* "" where the command line gives none: the folder's name */
		const char *dir;
		bool unplugged; /* written as ~NAME=DIR: made, but not plugged in */
	} profiles[VP_MAX_PRINTERS];
	int profile_count;
	int usbip_port; /* 0: no USB/IP */
	const char *control, *spool;
	uint64_t seed;
	bool seeded, help;
	char **words; /* after `do` */
	int word_count;
	char **command; /* after `--`, NULL-terminated; NULL: none */
};

enum pl_result vp_options_read(int argc, char **argv, struct vp_options *ret, struct pl_error *err);

extern const char VP_USAGE[];

#endif
