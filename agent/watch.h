/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_WATCH_H
#define PL_WATCH_H

/*
 * Watch: local callers that stay on the line (the tray) and are told whenever something changes
 * that people see: a line at once, then one for each change, and nothing in between.
 *
 *     <- {"v":1,"ok":true,"result":{
 *          "agent_version":"0.1.0", "enrolment":"done", "server":"https://…:12351",
 *          "connected":true, "last_error":null,
 *          "printers":[{"key":"usb-…","doing":null|"firmware"|…, "identity":{…}, "state":{…},
 *                       "supplies":[…], "alerts":[…]}],        as in platen.snapshot/1
 *          "pages":[{"id":"…","state":"asked|open","user":"alice","key":"usb-…",
 *                    "firmware":false}]}}
 *
 * A page stands there as "asked" only while its session waits for the person's answer.
 * Threads: one of its own, from the first caller to the last. Memory: what is passed in outlives
 * it.
 */

#include "control.h"
#include "os/local.h"

#define PL_MAX_WATCHERS PL_MAX_LOCAL_WAIT

struct pl_watch;

/* `stop` ends it. */
enum pl_result pl_watch_create(const struct pl_control_sources *sources, struct pl_wake *stop,
			       struct pl_watch **ret_watch, struct pl_error *err);

/* Takes a caller over. Returns PL_OK (the stream is the watch's now) | PL_E_FULL | PL_E_NO_MEMORY.
 */
enum pl_result pl_watch_add(struct pl_watch *watch, struct pl_stream *stream, struct pl_error *err);

/* After `stop` was set and when nobody adds callers any more: hangs up on all. NULL is allowed. */
void pl_watch_destroy(struct pl_watch *watch);

#endif
