/* SPDX-License-Identifier: Apache-2.0 */
/* Options: a walk along argv. */

#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char VP_USAGE[] =
	"usage: platen-vprinter --profile [NAME=]DIR ... [--usbip PORT] [--control SOCK] [--spool "
	"DIR]\n"
	"                       [--seed N] [-- COMMAND ...]\n"
	"       platen-vprinter --control SOCK do COMMAND ...\n"
	"\n"
	"Virtual USB printers. With COMMAND they exist for it and its children, and its exit code "
	"is ours;\n"
	"without it they exist until Ctrl-C. ~NAME=DIR makes a printer that is not plugged in "
	"yet.\n"
	"Commands: plug unplug set print toner jam clear sleep wake dump log job-list list.\n";

static enum pl_result add_profile(struct vp_options *o, const char *value, struct pl_error *err)
{
	const char *equals = strchr(value, '=');
	int i = o->profile_count;

	if (i == VP_MAX_PRINTERS)
		return pl_error_set(err, PL_E_INVALID, "at most %d printers", VP_MAX_PRINTERS);
	o->profiles[i].unplugged = value[0] == '~';
	value += value[0] == '~';
	if (equals)
		snprintf(o->profiles[i].name, sizeof(o->profiles[i].name), "%.*s",
			 (int)(equals - value), value);
	o->profiles[i].dir = equals ? equals + 1 : value;
	o->profile_count++;
	return PL_OK;
}

static enum pl_result take(struct vp_options *o, const char *name, const char *value,
			   struct pl_error *err)
{
	if (!value)
		return pl_error_set(err, PL_E_INVALID, "%s needs a value", name);
	if (strcmp(name, "--profile") == 0)
		return add_profile(o, value, err);
	if (strcmp(name, "--usbip") == 0)
		o->usbip_port = atoi(value);
	else if (strcmp(name, "--control") == 0)
		o->control = value;
	else if (strcmp(name, "--spool") == 0)
		o->spool = value;
	else if (strcmp(name, "--seed") == 0)
		o->seed = strtoull(value, NULL, 0), o->seeded = true;
	else
		return pl_error_set(err, PL_E_INVALID, "unknown option %s", name);
	return PL_OK;
}

enum pl_result vp_options_read(int argc, char **argv, struct vp_options *ret, struct pl_error *err)
{
	struct vp_options o = { 0 };
	enum pl_result r;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0 && i + 1 < argc) {
			o.command = argv + i + 1;
			break;
		}
		if (strcmp(argv[i], "do") == 0) {
			o.words = argv + i + 1;
			o.word_count = argc - i - 1;
			break;
		}
		if (strcmp(argv[i], "--help") == 0) {
			o.help = true;
			continue;
		}
		r = take(&o, argv[i], i + 1 < argc ? argv[i + 1] : NULL, err);
		if (r != PL_OK)
			return r;
		i++;
	}
	if (o.words && !o.control)
		return pl_error_set(err, PL_E_INVALID, "do needs --control SOCK");
	if (!o.words && !o.help && o.profile_count == 0)
		return pl_error_set(err, PL_E_INVALID, "say which printers: --profile DIR");
	*ret = o;
	return PL_OK;
}
