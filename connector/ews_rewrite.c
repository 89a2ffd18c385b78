/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding a printer's own name in a stream. Every place where one may begin is tried; where the
 * bytes at hand do not decide, they are kept back until the next piece.
 */
#include "ews_rewrite.h"

#include <string.h>

enum verdict { NOT_HERE, PERHAPS, HERE };

static const char *const OWN_HOSTS[] = { "localhost", "127.0.0.1", "[::1]" };
#define OWN_HOST_COUNT (sizeof OWN_HOSTS / sizeof OWN_HOSTS[0])

/* A cursor over the bytes at hand. */
struct look {
	const char *at;
	size_t size, used;
	bool final; /* nothing follows */
};

/* Takes a word, letter case ignored. */
static enum verdict take_word(struct look *l, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i < n; i++) {
		if (l->used + i == l->size)
			return l->final ? NOT_HERE : PERHAPS;
		if (pl_ascii_lower(l->at[l->used + i]) != word[i])
			return NOT_HERE;
	}
	l->used += n;
	return HERE;
}

/* Takes "//", also as "\/\/", the way JSON and scripts write it. */
static enum verdict take_slashes(struct look *l)
{
	enum verdict v = take_word(l, "//");

	return v == NOT_HERE ? take_word(l, "\\/\\/") : v;
}

static enum verdict take_host(struct look *l)
{
	enum verdict best = NOT_HERE;

	for (size_t i = 0; i < OWN_HOST_COUNT; i++) {
		enum verdict v = take_word(l, OWN_HOSTS[i]);

		if (v == HERE)
			return HERE;
		if (v == PERHAPS)
			best = PERHAPS;
	}
	return best;
}

/* Takes ":80" where it stands. */
static enum verdict take_port(struct look *l)
{
	size_t at = l->used + 1, digits = 0;

	if (l->used == l->size)
		return l->final ? HERE : PERHAPS;
	if (l->at[l->used] != ':')
		return HERE;
	while (at + digits < l->size && digits < 6 && l->at[at + digits] >= '0' &&
	       l->at[at + digits] <= '9')
		digits++;
	if (at + digits == l->size && !l->final)
		return PERHAPS;
	if (digits == 0 || digits == 6)
		return NOT_HERE;
	l->used = at + digits;
	return HERE;
}

/* A name ends where no letter of a name follows: "localhost.example" is somebody else. */
static enum verdict check_end(const struct look *l)
{
	char next;

	if (l->used == l->size)
		return l->final ? HERE : PERHAPS;
	next = pl_ascii_lower(l->at[l->used]);
	return (next >= 'a' && next <= 'z') || (next >= '0' && next <= '9') ||
			       (next && strchr(".-_@:%", next))
		       ? NOT_HERE
		       : HERE;
}

static bool opens_a_link(char c)
{
	return c == '"' || c == '\'' || c == '(' || c == '=';
}

/* Does an address of the printer itself begin here? `before` is the byte in front. */
static enum verdict look_here(struct look *l, char before)
{
	enum verdict v = HERE;

	if (pl_ascii_lower(l->at[0]) == 'h') {
		v = take_word(l, "https:");
		if (v == NOT_HERE)
			v = take_word(l, "http:");
	} else if (!opens_a_link(before) || (l->at[0] != '/' && l->at[0] != '\\')) {
		return NOT_HERE;
	}
	if (v == HERE)
		v = take_slashes(l);
	if (v == HERE)
		v = take_host(l);
	if (v == HERE)
		v = take_port(l);
	return v == HERE ? check_end(l) : v;
}

/* What stands instead of the name: nothing where a path or the end of a text follows (scripts put
 * one and the other together), else the root. */
static const char *instead_of(const struct look *l)
{
	char next = l->used < l->size ? l->at[l->used] : '\0';

	return next == '?' || next == '#' || next == '<' || next == ' ' ? "/" : "";
}

static bool may_begin(char c)
{
	return c == 'h' || c == 'H' || c == '/' || c == '\\';
}

/* Adds a run of `text` from *at on that holds no name; stops where one may begin. */
static enum pl_result pass_on(struct pl_ews_rewriter *rw, struct pl_span text, size_t *at,
			      struct pl_bytes *out)
{
	size_t n = 1;
	enum pl_result r;

	while (*at + n < text.size && !may_begin(text.at[*at + n]))
		n++;
	r = pl_bytes_add(out, text.at + *at, n);
	if (r == PL_OK) {
		rw->last = text.at[*at + n - 1];
		*at += n;
	}
	return r;
}

static enum pl_result rewrite(struct pl_ews_rewriter *rw, struct pl_span text, bool final,
			      struct pl_bytes *out)
{
	enum pl_result r = PL_OK;
	size_t at = 0;

	while (at < text.size && r == PL_OK) {
		struct look l = { text.at + at, text.size - at, 0, final };
		enum verdict v = may_begin(text.at[at]) ? look_here(&l, rw->last) : NOT_HERE;

		if (v == PERHAPS && l.size >= sizeof rw->held)
			v = NOT_HERE;
		if (v == PERHAPS) {
			memcpy(rw->held, l.at, l.size);
			rw->held_size = l.size;
			return PL_OK;
		}
		if (v == NOT_HERE) {
			r = pass_on(rw, text, &at, out);
			continue;
		}
		r = pl_bytes_add_text(out, instead_of(&l));
		rw->last = '/';
		at += l.used;
	}
	return r;
}

static bool is_text_with_links(struct pl_span type)
{
	static const char *const TYPES[] = { "text/html",
					     "text/css",
					     "text/javascript",
					     "text/xml",
					     "application/json",
					     "application/javascript",
					     "application/xml",
					     "application/xhtml+xml",
					     "application/x-javascript" };
	struct pl_span word = pl_span_trim(pl_span_take(&type, ';'));

	for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
		if (pl_span_is_word(word, TYPES[i]))
			return true;
	return false;
}

void pl_ews_rewriter_begin(struct pl_ews_rewriter *rw, struct pl_span content_type, bool encoded)
{
	*rw = (struct pl_ews_rewriter){ .active = !encoded && is_text_with_links(content_type) };
}

enum pl_result pl_ews_rewriter_feed(struct pl_ews_rewriter *rw, const void *data, size_t n,
				    struct pl_bytes *out)
{
	char joint[2 * PL_EWS_MAX_OWN_NAME];
	size_t held = rw->held_size, lent;
	struct pl_span rest = { data, n };
	enum pl_result r;

	if (!rw->active)
		return pl_bytes_add(out, data, n);
	while (held > 0 && rest.size > 0) { /* what was kept back, and as much as decides it */
		lent = sizeof joint - held < rest.size ? sizeof joint - held : rest.size;
		memcpy(joint, rw->held, held);
		memcpy(joint + held, rest.at, lent);
		rest.at += lent;
		rest.size -= lent;
		rw->held_size = 0;
		r = rewrite(rw, (struct pl_span){ joint, held + lent }, false, out);
		if (r != PL_OK)
			return r;
		held = rw->held_size;
	}
	return rest.size > 0 ? rewrite(rw, rest, false, out) : PL_OK;
}

enum pl_result pl_ews_rewriter_end(struct pl_ews_rewriter *rw, struct pl_bytes *out)
{
	struct pl_span rest = { rw->held, rw->held_size };

	rw->held_size = 0;
	return rw->active ? rewrite(rw, rest, true, out) : PL_OK;
}

/* The length of "scheme:" in front, 0 where there is none. */
static size_t scheme_size(struct pl_span url)
{
	for (size_t i = 0; i < url.size; i++) {
		char c = pl_ascii_lower(url.at[i]);

		if (c == ':')
			return i + 1;
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("+-.", c)))
			return 0;
	}
	return 0;
}

bool pl_ews_own_location(struct pl_span location, char *ret_location, size_t cap)
{
	struct pl_span url = pl_span_trim(location);
	struct look l = { url.at, url.size, 0, true };
	bool absolute;

	for (size_t i = 0; i < url.size; i++)
		if ((unsigned char)url.at[i] <= ' ' || url.at[i] == '\\' || url.at[i] == 0x7f)
			return false; /* browsers and servers read these differently */
	absolute = scheme_size(url) > 0 || pl_span_starts(url, "//");
	if (!absolute)
		return url.size > 0 && pl_span_copy(url, ret_location, cap);
	if (look_here(&l, '"') != HERE)
		return false;
	url.at += l.used;
	url.size -= l.used;
	if (pl_span_starts(url, "//")) /* "http://localhost//elsewhere" */
		return false;
	if (url.size > 0 && url.at[0] == '/')
		return pl_span_copy(url, ret_location, cap);
	if (cap < 2)
		return false;
	ret_location[0] = '/';
	return pl_span_copy(url, ret_location + 1, cap - 1);
}
