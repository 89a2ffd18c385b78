/* SPDX-License-Identifier: Apache-2.0 */
/* Windows tells nobody which programs have a device open. */
#include "holder.h"

size_t pl_holders(const struct pl_usb_device *dev, char (*ret_programs)[PL_MAX_PROGRAM], size_t cap,
		  bool *ret_all)
{
	(void)dev, (void)ret_programs, (void)cap;
	*ret_all = false;
	return 0;
}

bool pl_as_agent_user(bool (*check)(void *arg), void *arg, bool *ret_good)
{
	(void)check, (void)arg, (void)ret_good;
	return false;
}
