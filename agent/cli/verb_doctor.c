/* SPDX-License-Identifier: Apache-2.0 */
/* platen doctor: why is my printer not seen, or not reported? Works without the agent, and for
 * anybody as far as his permissions go. */
#include <stdlib.h>

#include "doctor.h"
#include "platen/log.h"

enum cli_exit verb_doctor(const struct cli *cli)
{
	struct doctor *d = calloc(1, sizeof(*d));
	enum cli_exit exit_code = CLI_OK;

	if (d)
		d->list = calloc(MAX_FINDINGS, sizeof(*d->list));
	if (!d || !d->list) {
		struct pl_error err;

		free(d);
		(void)!pl_error_set(&err, PL_E_NO_MEMORY, "out of memory");
		return cli_fail(&err);
	}
	pl_log_set_level(PL_LOG_ERROR); /* what a look finds is said below, once */
	d->cli = cli;
	d->config = cli->config;
	doctor_look_at_settings(d);
	doctor_look_at_agent(d);
	doctor_look_at_printers(d);
	doctor_look_at_trust(d);
	doctor_look_at_way(d);
	doctor_look_at_spool(d);
	doctor_show(d);
	for (size_t i = 0; i < d->count; i++)
		if (d->list[i].state == FINDING_PROBLEM)
			exit_code = CLI_FAILED;
	doctor_finish(d);
	free(d);
	return exit_code;
}
