/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_MERGE_RANK_H
#define PL_MERGE_RANK_H

/*
 * What merge.c and merge_lists.c share: whose word counts first, topic by topic.
 * Threads: pure. Memory: the caller's.
 */

#include "platen/snapshot.h"

enum pl_merge_topic {
	PL_TOPIC_NAME,
	PL_TOPIC_DEVICE_ID,
	PL_TOPIC_UUID,
	PL_TOPIC_FIRMWARE,
	PL_TOPIC_STATE,
	PL_TOPIC_COUNTER,
	PL_TOPIC_SUPPLY,
	PL_TOPIC_MEDIUM,
	PL_TOPIC_COUNT
};

/* True when `a` is believed before `b` (always, where `b` is PL_SOURCE_NONE). */
bool pl_merge_wins(enum pl_merge_topic topic, enum pl_source a, enum pl_source b);

/* The list of the better source counts; what its rows leave unknown is taken from the one row of
 * the other list that speaks of the same thing, and rows that it lacks are added behind. */
void pl_merge_supplies(struct pl_snapshot *into, const struct pl_snapshot *part);
void pl_merge_media(struct pl_snapshot *into, const struct pl_snapshot *part);

#endif
