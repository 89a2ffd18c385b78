/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_PROFILE_H
#define VP_PROFILE_H

/*
 * Profile: a folder that says all there is to say about one model of printer. Data, no code.
 *
 *     device.json     what it is on the bus
 *     state.json      "facts": what is true of it (some drawn at random), "tells": which language
 * tells what behaviour.json  sleep, delays, oddities, faults words.json      what it calls its
 * states and reasons, over those of ../words.json pjl.json        PJL question -> answer http/
 * documents by path ipp/            printer.conf for ippeveprinter, live.conf with the attributes
 * that live
 *
 * Threads: read-only once loaded. Memory: vp_profile_destroy().
 */

#include <cjson/cJSON.h>

#include <platen/result.h>

struct vp_profile {
	char *dir;
	char *name; /* of the folder */
	cJSON *device, *facts, *tells, *words, *behaviour;
	cJSON *pjl; /* NULL: it speaks none */
};

/* Loads the folder `dir`. Returns PL_OK | PL_E_NOT_FOUND | PL_E_INVALID. */
enum pl_result vp_profile_load(const char *dir, struct vp_profile **ret_profile,
			       struct pl_error *err);
void vp_profile_destroy(struct vp_profile *p);

/* A section of behaviour.json; NULL where there is none. */
const cJSON *vp_profile_behaviour(const struct vp_profile *p, const char *section);

#endif
