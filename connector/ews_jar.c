/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cookies of one printer.
 */
#include "ews_jar.h"

#include <stdlib.h>
#include <string.h>

/* One Set-Cookie, as far as it counts. */
struct told {
	struct pl_span name, value, path;
	int64_t until_ms;
};

static bool is_name(struct pl_span name)
{
	for (size_t i = 0; i < name.size; i++)
		if ((unsigned char)name.at[i] <= ' ' || (unsigned char)name.at[i] >= 0x7f ||
		    strchr("()<>@,;:\\\"/[]?={}", name.at[i]))
			return false;
	return name.size > 0;
}

static bool is_value(struct pl_span value)
{
	for (size_t i = 0; i < value.size; i++)
		if ((unsigned char)value.at[i] < ' ' || (unsigned char)value.at[i] >= 0x7f ||
		    value.at[i] == ';')
			return false;
	return true;
}

/* Whole seconds, as Max-Age has them; INT64_MAX - 1 bounds what a printer makes up. */
static bool read_seconds(struct pl_span text, int64_t *ret_s)
{
	bool minus = text.size > 0 && text.at[0] == '-';
	int64_t s = 0;

	if (text.size == (size_t)minus)
		return false;
	for (size_t i = minus; i < text.size; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		if (s < INT32_MAX)
			s = s * 10 + (text.at[i] - '0');
	}
	*ret_s = minus ? -s : s;
	return true;
}

/* Expires is told in many shapes; all that matters is a year long past, by which a printer deletes
 * a cookie. The session ends long before any other. */
static bool is_long_past(struct pl_span date)
{
	for (size_t i = 0; i + 4 <= date.size; i++)
		if (!memcmp(date.at + i, "19", 2) && date.at[i + 2] >= '0' &&
		    date.at[i + 2] <= '9' && date.at[i + 3] >= '0' && date.at[i + 3] <= '9')
			return true;
	return false;
}

static void read_attribute(struct pl_span attribute, int64_t now_ms, bool *has_age, struct told *t)
{
	struct pl_span name = pl_span_trim(pl_span_take(&attribute, '='));
	struct pl_span value = pl_span_trim(attribute);
	int64_t s;

	if (pl_span_is_word(name, "path") && value.size > 0 && value.at[0] == '/' &&
	    is_value(value)) {
		t->path = value;
	} else if (pl_span_is_word(name, "max-age") && read_seconds(value, &s)) {
		t->until_ms = s <= 0 ? 0 : now_ms + s * 1000;
		*has_age = true;
	} else if (pl_span_is_word(name, "expires") && !*has_age && is_long_past(value)) {
		t->until_ms = 0;
	}
}

static bool read_cookie(struct pl_span text, int64_t now_ms, struct told *ret)
{
	struct told t = { .until_ms = INT64_MAX };
	struct pl_span pair = pl_span_take(&text, ';');
	bool has_age = false;

	if (!memchr(pair.at ? pair.at : "", '=', pair.size))
		return false;
	t.name = pl_span_trim(pl_span_take(&pair, '='));
	t.value = pl_span_trim(pair);
	while (text.size > 0)
		read_attribute(pl_span_take(&text, ';'), now_ms, &has_age, &t);
	*ret = t;
	return is_name(t.name) && is_value(t.value);
}

/* RFC 6265, 5.1.4: everything up to the last slash of the request's path. */
static struct pl_span default_path(struct pl_span path)
{
	path = pl_span_take(&path, '?');
	while (path.size > 1 && path.at[path.size - 1] != '/')
		path.size--;
	if (path.size > 1)
		path.size--;
	return path.size > 0 && path.at[0] == '/' ? path : pl_span_of("/");
}

static bool path_matches(struct pl_span path, const char *of_cookie)
{
	size_t n = strlen(of_cookie);

	path = pl_span_take(&path, '?');
	return pl_span_starts(path, of_cookie) &&
	       (path.size == n || of_cookie[n - 1] == '/' || path.at[n] == '/');
}

static void drop(struct pl_ews_jar *jar, size_t at)
{
	free(jar->cookies[at].name);
	jar->count--;
	memmove(&jar->cookies[at], &jar->cookies[at + 1],
		(jar->count - at) * sizeof jar->cookies[0]);
}

void pl_ews_jar_take(struct pl_ews_jar *jar, struct pl_span set_cookie, struct pl_span path,
		     int64_t now_ms)
{
	struct pl_ews_cookie fresh;
	struct told t;
	char *block;

	if (set_cookie.size > PL_EWS_MAX_COOKIE || !read_cookie(set_cookie, now_ms, &t))
		return;
	if (t.path.size == 0)
		t.path = default_path(path);
	for (size_t i = jar->count; i-- > 0;)
		if (pl_span_is(t.name, jar->cookies[i].name) &&
		    pl_span_is(t.path, jar->cookies[i].path))
			drop(jar, i);
	if (t.until_ms <= now_ms)
		return;
	block = malloc(t.name.size + t.value.size + t.path.size + 3);
	if (!block)
		return;
	if (jar->count == PL_EWS_MAX_COOKIES)
		drop(jar, 0);
	fresh = (struct pl_ews_cookie){ .name = block,
					.value = block + t.name.size + 1,
					.path = block + t.name.size + t.value.size + 2,
					.until_ms = t.until_ms };
	pl_span_copy(t.name, fresh.name, t.name.size + 1);
	pl_span_copy(t.value, fresh.value, t.value.size + 1);
	pl_span_copy(t.path, fresh.path, t.path.size + 1);
	jar->cookies[jar->count++] = fresh;
}

enum pl_result pl_ews_jar_write(struct pl_ews_jar *jar, struct pl_span path, int64_t now_ms,
				struct pl_bytes *out)
{
	size_t before = out->size;

	for (size_t i = jar->count; i-- > 0;)
		if (jar->cookies[i].until_ms <= now_ms)
			drop(jar, i);
	for (size_t i = 0; i < jar->count; i++) {
		const struct pl_ews_cookie *c = &jar->cookies[i];
		size_t start = out->size;
		enum pl_result r;

		if (!path_matches(path, c->path))
			continue;
		r = pl_bytes_add_format(out, "%s%s=%s", out->size > before ? "; " : "", c->name,
					c->value);
		if (r != PL_OK) {
			pl_bytes_cut(out, start);
			return r;
		}
	}
	return PL_OK;
}

void pl_ews_jar_finish(struct pl_ews_jar *jar)
{
	while (jar->count > 0)
		drop(jar, jar->count - 1);
}
