/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_DOCUMENT_H
#define VP_DOCUMENT_H

/*
 * Document: a file of a profile's http/ folder with the values of now in it.
 * Threads: any. Memory: the body is appended to the caller's buffer.
 */

#include <platen/bytes.h>

#include "printer.h"

struct vp_document {
	const char *content_type;
	char etag[48]; /* quoted; of the rendered bytes */
};

/* Renders the document at a request target ("/DevMgmt/ProductStatusDyn.xml?x"); "/" is index.html.
 * Returns PL_OK | PL_E_NOT_FOUND | PL_E_INVALID. */
enum pl_result vp_document_render(struct vp_printer *printer, const char *target,
				  struct pl_bytes *body, struct vp_document *ret,
				  struct pl_error *err);

#endif
