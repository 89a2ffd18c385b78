/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USB_WORLD_H
#define USB_WORLD_H

/*
 * World: what the tests of usb/ need of their virtual printers, which are USB devices to libusb.
 * Every program of these tests is called
 *
 *     platen-vprinter --profile … -- test_usb_x PROGRAM   PROGRAM: platen-vprinter, to tell it what
 *                                                         to do
 *     test_usb_x hold BUS ADDRESS N                       to play another program that claims
 *                                                         interface N until it is killed
 *
 * All helpers fail the test themselves. Threads: as platen/usb.h.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

#include <cmocka.h>

#include "platen/clock.h"
#include "platen/usb.h"

/* What every printer here serves: lines of a number from 10000 on, 6 bytes each. */
#define DOCUMENT       "/lines.txt"
#define DOCUMENT_LINES 8333
#define DOCUMENT_SIZE  (6 * DOCUMENT_LINES)
#define SOON_MS	       10000 /* what takes longer hangs */

extern struct pl_usb *usb; /* of this program */

/* Runs the tests, or plays the other program. */
int run_usb_tests(int argc, char **argv, const char *name, const struct CMUnitTest *tests,
		  size_t count);

/* Tells the virtual printers what to do: control("unplug plain"). */
void control(const char *command);

/* Starts another program that takes an interface, its driver detached if it has one. The caller
 * kills it and waits for it. */
pid_t start_holder(const struct pl_usb_device *dev, int interface);

/* Finds a printer by the product it names; the() waits until it is there and answers. */
bool find(const char *product, struct pl_usb_device *ret_dev);
struct pl_usb_device the(const char *product);
const struct pl_usb_setting *setting(const struct pl_usb_device *dev, int interface, int alternate);

struct pl_stream *lease(const struct pl_usb_device *dev, int interface, int alternate);
/* Leases and closes at once, to see what happens. */
enum pl_result try_lease(const struct pl_usb_device *dev, int interface, int alternate,
			 struct pl_error *err);

void ask(struct pl_stream *s, const char *path); /* sends a GET */
/* Reads until `size` bytes are there, or something happens; *ret_n gets the bytes. */
enum pl_result read_until(struct pl_stream *s, char *buf, size_t size, int64_t by_ms, size_t *ret_n,
			  struct pl_error *err);
/* Asks for the document and compares every byte of the answer. */
void fetch_document(struct pl_stream *s);
/* Does so 20 times on an interface (int *) of the plain printer, with a lease each time. */
void *fetch_again_and_again(void *interface);

/* Open files of this process whose path contains `part`; NULL: all. */
int open_files(const char *part);
/* Voluntary context switches so far of all threads but the first one. */
long wake_ups(void);

#endif
