/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_ALERT_TABLE_H
#define IPP_ALERT_TABLE_H

/*
 * The join of IPP printer-state-reasons and Printer MIB alerts, as data.
 * Rows are plain characters, no pointers, so that the table stays in the file and costs no memory
 * of its own in each process. Sources: RFC 8011 section 5.4.12, PWG 5100.9, PWG 5100.21, PWG
 * 5100.22, PWG 5107.3, IANA-PRINTER-MIB (PrtAlertCodeTC, PrtAlertGroupTC) of 2024-02-06, RFC 3806.
 */

#include <stddef.h>
#include <stdint.h>

/* PrtAlertGroupTC, as far as rows need it. */
enum alert_group {
	GROUP_OTHER,
	GROUP_STORAGE,
	GROUP_PRINTER,
	GROUP_COVER,
	GROUP_INPUT,
	GROUP_OUTPUT,
	GROUP_MARKER,
	GROUP_SUPPLIES,
	GROUP_MEDIA_PATH,
	GROUP_CHANNEL,
	GROUP_INTERPRETER,
	GROUP_ALERT,
	GROUP_SCANNER,
	GROUP_SCAN_PATH,
	GROUP_FAX_MODEM,
	GROUP_FINISHER,
	GROUP_COUNT
};

struct alert_row {
	int16_t number; /* of the code; 0: IPP alone has a word for it */
	uint8_t group;	/* enum alert_group */
	uint8_t severity;
	char code[40];	 /* "" where number is 0 */
	char reason[44]; /* "" where IPP has no word */
	char description[48];
};

/* Where a code or a reason stands in several rows, the first one is its meaning. */
extern const struct alert_row ALERT_ROWS[];
extern const size_t ALERT_ROW_COUNT;

/* The conditions that 17 finishing devices share, each a generic code of the MIB: "stapler" and
 * "almost-empty" make "stapler-almost-empty" (PWG 5100.9 section 6). */
struct alert_condition {
	int16_t number;
	uint8_t severity;
	char code[36];
	char reason[28];
	char description[28]; /* follows the device's name: "Stapler: almost empty" */
};

extern const struct alert_condition ALERT_CONDITIONS[];
extern const size_t ALERT_CONDITION_COUNT;

/* The registry has a code for each device and condition, too: 302 and 12 are 30212,
 * "staplerAlmostEmpty". It means the same as the generic code in the finishers' group. */
struct alert_device {
	int16_t number;
	char reason[20]; /* "stapler", prefix of its reasons */
	char name[20];	 /* "Stapler" */
};

extern const struct alert_device ALERT_DEVICES[];
extern const size_t ALERT_DEVICE_COUNT;

extern const char ALERT_GROUP_NAMES[GROUP_COUNT][32];

#endif
