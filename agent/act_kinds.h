/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ACT_KINDS_H
#define PL_AGENT_ACT_KINDS_H

/*
 * The rows of the table of act_table.c; each stands in act_<type>.c.
 */

#include "act.h"

extern const struct pl_act_kind PL_ACT_PROBE_NOW;
extern const struct pl_act_kind PL_ACT_IDENTIFY;
extern const struct pl_act_kind PL_ACT_REBOOT;
extern const struct pl_act_kind PL_ACT_PRINT_TEST_PAGE;
extern const struct pl_act_kind PL_ACT_FIRMWARE;
extern const struct pl_act_kind PL_ACT_AGENT_CONFIG;
extern const struct pl_act_kind PL_ACT_CONFIGURE;
extern const struct pl_act_kind PL_ACT_EWS;
extern const struct pl_act_kind PL_ACT_AGENT_LOG;
extern const struct pl_act_kind PL_ACT_DIAGNOSTICS;

#endif
