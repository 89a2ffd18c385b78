/* SPDX-License-Identifier: Apache-2.0 */
/* A system whose packages have scripts. */
#include "install.h"

static enum pl_result refuse(struct pl_error *err)
{
	return pl_error_set(err, PL_E_UNSUPPORTED, "only the installer of Windows asks for this");
}

enum pl_result pl_install_prepare(char *const *settings, struct pl_error *err)
{
	(void)settings;
	return refuse(err);
}

enum pl_result pl_install_clean(struct pl_error *err)
{
	return refuse(err);
}
