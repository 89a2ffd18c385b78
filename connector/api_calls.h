/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_API_CALLS_H
#define PL_API_CALLS_H

/*
 * The calls of the admin API, by file. Threads: workers; those that take a request run on the
 * daemon's thread.
 */

#include "api.h"

/* api_access.c */
void pl_api_login(struct pl_web_request *rq);
void pl_api_logout(struct pl_api *api);
/* Finds who asks; false: 401 was answered. */
bool pl_api_sign_in(struct pl_api *api);

/* api_me.c */
void pl_api_me(struct pl_api *api);
void pl_api_change_password(struct pl_api *api);
void pl_api_start_totp(struct pl_api *api);
void pl_api_confirm_totp(struct pl_api *api);
void pl_api_remove_totp(struct pl_api *api);
/* True for a user who has signed in; a program's token is answered 403. */
bool pl_api_is_person(struct pl_api *api);
/* True when it is the caller's own password. */
bool pl_api_password_is_right(struct pl_api *api, const char *password);
/* True when the code is the user's right now; *ret_step is what it used up. */
bool pl_api_totp_is_right(struct pl_api *api, const char *user_id, const char *code,
			  int64_t *ret_step);

/* api_overview.c */
void pl_api_overview(struct pl_api *api);

/* api_ews.c, api_ews_site.c */
void pl_api_ews_sessions(struct pl_api *api);
void pl_api_ews_session(struct pl_api *api);
void pl_api_create_ews_session(struct pl_api *api);
void pl_api_ews_ticket(struct pl_api *api);
void pl_api_end_ews_session(struct pl_api *api);
void pl_api_ews_site(struct pl_api *api);
void pl_api_update_ews_site(struct pl_api *api);

/* api_events.c */
void pl_api_events(struct pl_web_request *rq);

/* api_printers.c, api_printer.c, api_counters.c, api_alerts.c */
void pl_api_printers(struct pl_api *api);
void pl_api_printer(struct pl_api *api);
void pl_api_counters(struct pl_api *api);
void pl_api_printer_alerts(struct pl_api *api);
void pl_api_alerts(struct pl_api *api);

/* api_agents.c */
void pl_api_agents(struct pl_api *api);
void pl_api_agent(struct pl_api *api);
void pl_api_revoke_agent(struct pl_api *api);

/* api_actions.c, api_action_create.c */
void pl_api_actions(struct pl_api *api);
void pl_api_action(struct pl_api *api);
void pl_api_bundle(struct pl_api *api);
void pl_api_bundle_parts(struct pl_api *api);
void pl_api_bundle_part(struct pl_api *api);
void pl_api_cancel_action(struct pl_api *api);
void pl_api_printer_action(struct pl_api *api);
void pl_api_agent_action(struct pl_api *api);

/* api_knobs.c */
void pl_api_printer_settings(struct pl_api *api);
void pl_api_update_printer_settings(struct pl_api *api);
void pl_api_setting_rules(struct pl_api *api);
void pl_api_update_setting_rule(struct pl_api *api);

/* api_rollouts.c */
void pl_api_packages(struct pl_api *api);
void pl_api_rollouts(struct pl_api *api);
void pl_api_rollout(struct pl_api *api);
void pl_api_create_rollout(struct pl_api *api);
void pl_api_pause_rollout(struct pl_api *api);
void pl_api_resume_rollout(struct pl_api *api);
void pl_api_cancel_rollout(struct pl_api *api);

/* api_enrolment.c */
void pl_api_enrolment_tokens(struct pl_api *api);
void pl_api_create_enrolment_token(struct pl_api *api);
void pl_api_revoke_enrolment_token(struct pl_api *api);

/* api_pending.c */
void pl_api_enrolments(struct pl_api *api);
void pl_api_approve_enrolment(struct pl_api *api);
void pl_api_reject_enrolment(struct pl_api *api);

/* api_customers.c, api_sites.c */
void pl_api_customers(struct pl_api *api);
void pl_api_create_customer(struct pl_api *api);
void pl_api_update_customer(struct pl_api *api);
void pl_api_erase_customer(struct pl_api *api);
void pl_api_create_site(struct pl_api *api);
void pl_api_update_site(struct pl_api *api);
void pl_api_delete_site(struct pl_api *api);

/* api_users.c, api_tokens.c */
void pl_api_users(struct pl_api *api);
void pl_api_create_user(struct pl_api *api);
void pl_api_update_user(struct pl_api *api);
void pl_api_delete_user(struct pl_api *api);
void pl_api_api_tokens(struct pl_api *api);
void pl_api_create_api_token(struct pl_api *api);
void pl_api_revoke_api_token(struct pl_api *api);

/* api_audit.c, api_settings.c */
void pl_api_audit(struct pl_api *api);
void pl_api_verify_audit(struct pl_api *api);
void pl_api_settings(struct pl_api *api);
void pl_api_update_settings(struct pl_api *api);

/* api_notes.c, api_history.c */
void pl_api_update_printer(struct pl_api *api);
void pl_api_update_agent(struct pl_api *api);
void pl_api_printer_events(struct pl_api *api);

/* api_exports.c */
void pl_api_export_meters(struct pl_api *api);
void pl_api_export_supplies(struct pl_api *api);
void pl_api_export_alerts(struct pl_api *api);

/* api_health.c */
void pl_api_health(struct pl_web_request *rq);
void pl_api_ready(struct pl_web_request *rq);
void pl_api_metrics(struct pl_web_request *rq);

#endif
