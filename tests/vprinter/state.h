/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_STATE_H
#define VP_STATE_H

/*
 * State: what is true of a printer, in the shape of a snapshot, with a few private corners:
 *
 *     identity, state, supplies[], counters, media[]   as in platen.snapshot/1
 *     supplies[].extra, texts, extra                   what documents need besides: locations,
 * schema numbers, …
 *
 * Everything the printer says in any language is made from here; `dump` shows it.
 * Threads: any. Memory: trees handed out are the caller's.
 */

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <platen/result.h>

#include "profile.h"

struct vp_state;

/* Draws a printer from its profile. `changed` is called after every change, by the thread that made
 * it. */
struct vp_state *vp_state_create(const struct vp_profile *profile, uint64_t seed,
				 void (*changed)(void *arg), void *arg);
void vp_state_destroy(struct vp_state *s);

/* A copy of all facts; and as a language ("ledm ipp pjl ieee1284 usb") tells them, its lies
 * included (NULL: as they are). */
cJSON *vp_state_facts(struct vp_state *s);
cJSON *vp_state_told(struct vp_state *s, const char *language);

/* From now on a language tells this value, which is taken over, for the fact at a path; the fact
 * itself stays. Returns PL_OK | PL_E_NOT_FOUND (no such fact). */
enum pl_result vp_state_lie(struct vp_state *s, const char *language, const char *path,
			    cJSON *value, struct pl_error *err);
void vp_state_honest(struct vp_state *s); /* no lie any more */

/* Times and numbers beside the facts. */
struct vp_state_times {
	uint64_t revision;  /* grows with every change */
	int64_t started_ms; /* monotonic, of power-on */
	int64_t changed_ms; /* monotonic, of the last change of state or reasons */
	unsigned jobs;	    /* being received or simulated now */
};
struct vp_state_times vp_state_times(struct vp_state *s);

/* Sets the fact at a path ("identity.serial_number") to a value, which is taken over.
 * Returns PL_OK | PL_E_NOT_FOUND (no such fact). */
enum pl_result vp_state_set(struct vp_state *s, const char *path, cJSON *value,
			    struct pl_error *err);

/* "+media-empty", "+media-empty-error", "-media-empty". A reason without suffix gets the one of its
 * words. Returns PL_OK | PL_E_INVALID. */
enum pl_result vp_state_reason(struct vp_state *s, const char *change, struct pl_error *err);

/* Counters grow by `pages`, every third sheet duplex; a little toner goes per 10 pages. */
void vp_state_print(struct vp_state *s, int pages, bool color);

/* Sets the level of the supply with this colorant (or type), in percent of its capacity. */
enum pl_result vp_state_supply(struct vp_state *s, const char *colorant, double percent,
			       struct pl_error *err);

void vp_state_jam(struct vp_state *s);	 /* a jam: reason and counter */
void vp_state_clear(struct vp_state *s); /* all reasons that need a hand go away */
void vp_state_sleep(struct vp_state *s, bool asleep);
bool vp_state_asleep(struct vp_state *s);
void vp_state_job(struct vp_state *s, bool begins);
void vp_state_power_on(struct vp_state *s); /* plugged in: times start again, it is awake */

#endif
