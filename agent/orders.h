/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ORDERS_H
#define PL_ORDERS_H

/*
 * Orders: what the connector may change at run time (GET /config): how often printers are asked,
 * whether PJL is used, which models are left alone. It can make the agent quieter, never louder:
 * intervals only grow, and a PC whose own policy says `pjl = never` stays that way.
 *
 * Threads: pure. Memory: values, about 5 KB.
 */

#include "platen/usb.h"
#include "worker.h"

#define PL_MAX_MODELS_OFF 64
#define PL_MAX_MODEL_GLOB 64

/* A printer to be left alone: by its USB numbers, or by a glob over "make model". */
struct pl_model_off {
	bool by_number;
	uint16_t vendor_id;
	int product_id; /* -1: any */
	char model[PL_MAX_MODEL_GLOB];
};

struct pl_orders {
	struct pl_worker_tuning tuning;
	struct pl_model_off off[PL_MAX_MODELS_OFF];
	size_t off_count;
};

/* The built-in values under this PC's policy. */
void pl_orders_init(struct pl_orders *orders, enum pl_pjl_policy pjl);

/* Takes over the body of GET /config. What makes no sense in it is passed over. */
void pl_orders_read(struct pl_orders *orders, enum pl_pjl_policy pjl, const struct cJSON *config);

/* True when this device is to be left alone; models are matched against its USB strings. */
bool pl_orders_off(const struct pl_orders *orders, const struct pl_usb_device *dev);

/* True when `text` matches `glob`, in which * stands for any characters and ? for one; letter case
 * is ignored. */
bool pl_glob_match(const char *glob, const char *text);

#endif
