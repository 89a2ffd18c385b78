/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_PJL_H
#define VP_PJL_H

/*
 * PJL: a printer's side of the Printer Job Language: one command line in, its answer out.
 *
 *     @PJL INFO STATUS            ->  @PJL INFO STATUS CRLF CODE=10001 CRLF DISPLAY="READY" CRLF
 * ONLINE=TRUE CRLF FF
 *
 * What is answered stands in pjl.json (README.md); USTATUS is kept here, because it speaks without
 * being asked. Threads: one per pipe. Standard: PJL Technical Reference (HP).
 */

#include <stdbool.h>

#include <platen/bytes.h>

#include "printer.h"

struct vp_pjl {
	struct vp_printer *printer;
	bool device, verbose, job, page; /* USTATUS switched on */
	int timed_s;			 /* seconds between timed reports; 0: off */
	int64_t timed_by_ms;
	bool trusted;  /* the job that is open told the password */
	char code[16]; /* last status code reported */
};

/* What a command line means to the job around it. */
enum vp_pjl_line {
	VP_PJL_COMMAND,	 /* done, answered if it was a question */
	VP_PJL_LANGUAGE, /* ENTER LANGUAGE: job data follow */
	VP_PJL_JOB,	 /* JOB */
	VP_PJL_EOJ,	 /* EOJ */
};

void vp_pjl_init(struct vp_pjl *pjl, struct vp_printer *printer);

/* Does one line (without its end), which starts with @PJL; appends the answer to `out`. */
enum vp_pjl_line vp_pjl_line(struct vp_pjl *pjl, const char *line, struct pl_bytes *out);

/* What it has to say on its own now that the state has changed or time has passed. */
void vp_pjl_unasked(struct vp_pjl *pjl, struct pl_bytes *out);

/* A job of `pages` has been printed. */
void vp_pjl_job_done(struct vp_pjl *pjl, int job, int pages, struct pl_bytes *out);

/* When it next has something timed to say, monotonic; PL_FOREVER: never. */
int64_t vp_pjl_wakes_ms(const struct vp_pjl *pjl);

#endif
