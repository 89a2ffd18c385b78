/* SPDX-License-Identifier: Apache-2.0 */
/* Profile: five JSON files of one folder; only device.json and state.json must be there. */

#include "profile.h"

#include <stdlib.h>

#include <glib.h>

#include "json.h"

static enum pl_result load_part(const char *dir, const char *name, bool needed, cJSON **ret_tree,
				struct pl_error *err)
{
	gchar *path = g_build_filename(dir, name, NULL);
	enum pl_result r = PL_OK;

	if (needed || g_file_test(path, G_FILE_TEST_EXISTS))
		r = vp_json_load(path, ret_tree, err);
	g_free(path);
	return r;
}

/* The words of all printers, with this one's own on top. */
static enum pl_result load_words(struct vp_profile *p, struct pl_error *err)
{
	cJSON *own = NULL;
	enum pl_result r = load_part(p->dir, "../words.json", true, &p->words, err);

	if (r == PL_OK)
		r = load_part(p->dir, "words.json", false, &own, err);
	if (r == PL_OK)
		vp_json_merge(p->words, own);
	cJSON_Delete(own);
	return r;
}

static enum pl_result load_state(struct vp_profile *p, struct pl_error *err)
{
	cJSON *tree = NULL;
	enum pl_result r = load_part(p->dir, "state.json", true, &tree, err);

	if (r != PL_OK)
		return r;
	p->facts = cJSON_DetachItemFromObject(tree, "facts");
	p->tells = cJSON_DetachItemFromObject(tree, "tells");
	cJSON_Delete(tree);
	if (!p->facts || !p->tells)
		return pl_error_set(err, PL_E_INVALID,
				    "%s/state.json needs \"facts\" and \"tells\"", p->dir);
	return PL_OK;
}

enum pl_result vp_profile_load(const char *dir, struct vp_profile **ret_profile,
			       struct pl_error *err)
{
	struct vp_profile *p = calloc(1, sizeof(*p));
	enum pl_result r;

	if (!p)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	p->dir = g_canonicalize_filename(dir, NULL);
	p->name = g_path_get_basename(p->dir);
	r = load_part(p->dir, "device.json", true, &p->device, err);
	if (r == PL_OK)
		r = load_state(p, err);
	if (r == PL_OK)
		r = load_words(p, err);
	if (r == PL_OK)
		r = load_part(p->dir, "behaviour.json", false, &p->behaviour, err);
	if (r == PL_OK)
		r = load_part(p->dir, "pjl.json", false, &p->pjl, err);
	if (r != PL_OK) {
		vp_profile_destroy(p);
		return r;
	}
	*ret_profile = p;
	return PL_OK;
}

void vp_profile_destroy(struct vp_profile *p)
{
	if (!p)
		return;
	cJSON_Delete(p->device);
	cJSON_Delete(p->facts);
	cJSON_Delete(p->tells);
	cJSON_Delete(p->words);
	cJSON_Delete(p->behaviour);
	cJSON_Delete(p->pjl);
	g_free(p->dir);
	g_free(p->name);
	free(p);
}

const cJSON *vp_profile_behaviour(const struct vp_profile *p, const char *section)
{
	return cJSON_GetObjectItemCaseSensitive(p->behaviour, section);
}
