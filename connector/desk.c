/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small hash table by agent and key.
 */
#include "desk.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static size_t place_of(const struct pl_device_claim *claim)
{
	uint64_t h = 1469598103934665603u ^ (uint64_t)claim->agent->no;

	for (const char *c = claim->printer_key; *c; c++)
		h = (h ^ (unsigned char)*c) * 1099511628211u;
	return (size_t)(h ^ h >> 32) % PL_MAX_DESK;
}

struct pl_desk_entry *pl_desk_find(const struct pl_desk *desk, const struct pl_device_claim *claim)
{
	struct pl_desk_entry *e = desk->first[place_of(claim)];

	while (e && (e->agent != claim->agent || strcmp(e->key, claim->printer_key) != 0))
		e = e->next;
	return e;
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool pl_desk_fits(const struct pl_desk_entry *entry, const struct pl_device_claim *claim)
{
	return !claim->serial_number ||
	       (same(entry->serial, claim->serial_number) && same(entry->make, claim->make));
}

static void free_entry(struct pl_desk_entry *e)
{
	cJSON_Delete(e->doc);
	free(e->key);
	free(e->make);
	free(e->serial);
	free(e);
}

struct pl_desk_entry *pl_desk_put(struct pl_desk *desk, const struct pl_device_claim *claim,
				  const struct pl_device *device, struct cJSON *doc)
{
	struct pl_desk_entry *e = calloc(1, sizeof *e), **first = &desk->first[place_of(claim)];

	if (!e) {
		cJSON_Delete(doc);
		return NULL;
	}
	e->doc = doc;
	e->agent = claim->agent;
	e->device = *device;
	e->device.first_meeting = false;
	e->key = strdup(claim->printer_key);
	e->make = claim->make ? strdup(claim->make) : NULL;
	e->serial = claim->serial_number ? strdup(claim->serial_number) : NULL;
	if (!e->key || (claim->make && !e->make) || (claim->serial_number && !e->serial)) {
		free_entry(e);
		return NULL;
	}
	e->next = *first;
	*first = e;
	desk->count++;
	return e;
}

void pl_desk_clear(struct pl_desk *desk)
{
	for (size_t i = 0; i < PL_MAX_DESK; i++)
		while (desk->first[i]) {
			struct pl_desk_entry *e = desk->first[i];

			desk->first[i] = e->next;
			free_entry(e);
		}
	desk->count = 0;
}
