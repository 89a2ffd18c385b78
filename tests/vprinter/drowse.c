/* SPDX-License-Identifier: Apache-2.0 */
/* Printer, falling asleep: a thread that waits until nobody has wanted anything for long enough. */

#include "printer_inside.h"

#include <platen/clock.h>

#include "json.h"

/* Falls asleep when nobody has wanted anything for "after_s" seconds. */
static void *drowse(void *arg)
{
	struct vp_printer *p = arg;
	int64_t after_ms =
		(int64_t)vp_json_number(vp_profile_behaviour(p->profile, "sleep"), "after_s", 0) *
		1000;

	pthread_mutex_lock(&p->mutex);
	while (!p->ending) {
		int64_t by_ms = p->busy_ms + after_ms;

		if (vp_state_times(p->state).jobs == 0 && pl_clock_left_ms(by_ms) == 0) {
			pthread_mutex_unlock(&p->mutex);
			vp_state_sleep(p->state, true);
			pthread_mutex_lock(&p->mutex);
			by_ms = pl_clock_in_ms(after_ms);
		}
		if (!p->ending)
			pl_clock_wait(&p->stirred, &p->mutex, by_ms);
	}
	pthread_mutex_unlock(&p->mutex);
	return NULL;
}

void vp_drowse_start(struct vp_printer *p)
{
	if (vp_json_number(vp_profile_behaviour(p->profile, "sleep"), "after_s", 0) <= 0)
		return;
	p->busy_ms = pl_clock_now_ms();
	p->drowses = pthread_create(&p->drowsy, NULL, drowse, p) == 0;
}

void vp_drowse_stop(struct vp_printer *p)
{
	pthread_mutex_lock(&p->mutex);
	p->ending = true;
	pthread_cond_broadcast(&p->stirred);
	pthread_mutex_unlock(&p->mutex);
	if (p->drowses)
		pthread_join(p->drowsy, NULL);
}

void vp_drowse_stir(struct vp_printer *p)
{
	pthread_mutex_lock(&p->mutex);
	p->busy_ms = pl_clock_now_ms();
	pthread_cond_broadcast(&p->stirred);
	pthread_mutex_unlock(&p->mutex);
}
