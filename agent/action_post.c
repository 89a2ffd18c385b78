/* SPDX-License-Identifier: Apache-2.0 */
/* The list of states to tell. */
#include "action_post.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/json.h"

#define MAX_POSTS 64

struct post {
	char id[PL_MAX_ID]; /* "": free */
	int revision;	    /* rises with every change */
	int done;	    /* the revision that was told */
	int told;
	int percent; /* -1: nobody said */
	char stage[32], message[128];
};

struct pl_posts {
	pthread_mutex_t lock;
	struct post list[MAX_POSTS]; /* oldest first */
	size_t count;
};

struct pl_posts *pl_posts_create(void)
{
	struct pl_posts *p = calloc(1, sizeof(*p));

	if (p)
		pthread_mutex_init(&p->lock, NULL);
	return p;
}

void pl_posts_destroy(struct pl_posts *posts)
{
	if (!posts)
		return;
	pthread_mutex_destroy(&posts->lock);
	free(posts);
}

static struct post *find(struct pl_posts *p, const char *id)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->list[i].id, id) == 0)
			return &p->list[i];
	return NULL;
}

static void forget(struct pl_posts *p, struct post *post)
{
	size_t i = (size_t)(post - p->list);

	memmove(post, post + 1, (p->count - i - 1) * sizeof(*post));
	p->count--;
}

static struct post *find_or_add(struct pl_posts *p, const char *id)
{
	struct post *post = find(p, id);

	if (post)
		return post;
	if (p->count == MAX_POSTS)
		forget(p, &p->list[0]);
	post = &p->list[p->count++];
	*post = (struct post){ .percent = -1 };
	snprintf(post->id, sizeof(post->id), "%s", id);
	return post;
}

void pl_posts_touch(struct pl_posts *posts, const char *id)
{
	pthread_mutex_lock(&posts->lock);
	find_or_add(posts, id)->revision++;
	pthread_mutex_unlock(&posts->lock);
}

bool pl_posts_progress(struct pl_posts *posts, const char *id, int percent, const char *stage,
		       const char *message)
{
	struct post *post;
	bool changed;

	pthread_mutex_lock(&posts->lock);
	post = find_or_add(posts, id);
	changed = post->percent != percent || strcmp(post->stage, stage ? stage : "") != 0;
	post->percent = percent;
	snprintf(post->stage, sizeof(post->stage), "%s", stage ? stage : "");
	snprintf(post->message, sizeof(post->message), "%s", message ? message : "");
	if (changed)
		post->revision++;
	pthread_mutex_unlock(&posts->lock);
	return changed;
}

bool pl_posts_next(struct pl_posts *posts, char ret_id[static PL_MAX_ID], int *ret_revision)
{
	bool found = false;

	pthread_mutex_lock(&posts->lock);
	for (size_t i = 0; i < posts->count && !found; i++) {
		const struct post *post = &posts->list[i];

		if (post->revision == post->done)
			continue;
		memcpy(ret_id, post->id, sizeof(post->id));
		*ret_revision = post->revision;
		found = true;
	}
	pthread_mutex_unlock(&posts->lock);
	return found;
}

enum pl_result pl_posts_body(struct pl_posts *posts, const char *id, const char *state,
			     bool running, const char *reason, int told, struct pl_bytes *out)
{
	cJSON *body = cJSON_CreateObject();
	struct post *post;
	enum pl_result r;

	if (!body)
		return PL_E_NO_MEMORY;
	cJSON_AddStringToObject(body, "state", state);
	pthread_mutex_lock(&posts->lock);
	post = find(posts, id);
	if (post)
		post->told = told;
	if (post && running && post->percent >= 0) {
		pl_json_add_int(body, "percent", post->percent);
		pl_json_add_text(body, "stage", post->stage);
		pl_json_add_text(body, "message", post->message);
	} else if (reason[0]) {
		cJSON_AddStringToObject(body, "message", reason);
	}
	pthread_mutex_unlock(&posts->lock);
	r = pl_json_print(body, out);
	cJSON_Delete(body);
	return r;
}

int pl_posts_done(struct pl_posts *posts, const char *id, int revision)
{
	struct post *post;
	int told = 0;

	pthread_mutex_lock(&posts->lock);
	post = find(posts, id);
	if (post) {
		told = post->told;
		post->done = revision;
		if (post->revision == revision)
			forget(posts, post);
	}
	pthread_mutex_unlock(&posts->lock);
	return told;
}
