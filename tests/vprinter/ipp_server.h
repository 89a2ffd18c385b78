/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_IPP_SERVER_H
#define VP_IPP_SERVER_H

/*
 * IPP server: a real one, ippeveprinter of CUPS, on loopback, as the inside of a virtual printer.
 * It wants D-Bus and avahi; a preloaded stub takes their place.
 *
 * Threads: any. Memory: vp_ippserver_stop() ends the process and frees.
 */

#include <cups/cups.h>

#include <platen/result.h>

struct vp_ippserver;

/* Starts it with the attributes of `conf`; its spool and log go to `dir`.
 * Returns PL_OK | PL_E_NOT_FOUND (it is not installed) | PL_E_IO. */
enum pl_result vp_ippserver_start(const char *name, const char *conf, const char *dir,
				  struct vp_ippserver **ret_server, struct pl_error *err);
void vp_ippserver_stop(struct vp_ippserver *s);

/* A connection to it, waiting for its first one up to 10 s; NULL when it is dead. httpClose() it.
 */
http_t *vp_ippserver_connect(struct vp_ippserver *s);

#endif
