/* SPDX-License-Identifier: Apache-2.0 */
/* What quirk files say: ipp-usb's, which are ours too, and CUPS's. Words that change nothing here
 * are checked all the same: a mistyped quirk must not be ignored in silence. */
#include "quirks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TOKEN 256

enum kind { BOOLEAN, COUNT, DURATION, RESET, RESPONSES, TEXT };

#define OF_NO_CONSEQUENCE (-1)

/* Why a word may change nothing: no fax or scan is offered here, no printer is ever reset, no IPP
 * is passed on; attributes count whatever the status beside them says, and however crooked they
 * are, as far as they can be read; a printer that answers in part, or cuts its answer off, is asked
 * again a little later, as any is; and names come from the printer's languages. */
static const struct word {
	const char *name;
	enum kind kind;
	int quirk;
} WORDS[] = {
	{ "blacklist", BOOLEAN, PL_QUIRK_BLACKLIST },
	{ "buggy-ipp-responses", RESPONSES, OF_NO_CONSEQUENCE },
	{ "disable-fax", BOOLEAN, OF_NO_CONSEQUENCE },
	{ "disable-scan", BOOLEAN, OF_NO_CONSEQUENCE },
	{ "ignore-ipp-status", BOOLEAN, OF_NO_CONSEQUENCE },
	{ "init-delay", DURATION, PL_QUIRK_INIT_DELAY },
	{ "init-reset", RESET, OF_NO_CONSEQUENCE },
	{ "init-retry-partial", BOOLEAN, OF_NO_CONSEQUENCE },
	{ "init-timeout", DURATION, PL_QUIRK_INIT_TIMEOUT },
	{ "kept-awake", BOOLEAN, PL_QUIRK_KEPT_AWAKE }, /* our word */
	{ "mfg", TEXT, OF_NO_CONSEQUENCE },
	{ "model", TEXT, OF_NO_CONSEQUENCE },
	{ "request-delay", DURATION, PL_QUIRK_REQUEST_DELAY },
	{ "unidir", BOOLEAN, PL_QUIRK_UNIDIR }, /* CUPS's word */
	{ "usb-max-interfaces", COUNT, PL_QUIRK_MAX_INTERFACES },
	{ "usb-send-delay", DURATION, PL_QUIRK_SEND_DELAY },
	{ "usb-send-delay-threshold", COUNT, PL_QUIRK_SEND_THRESHOLD },
	{ "zlp-recv-hack", BOOLEAN, OF_NO_CONSEQUENCE },
	{ "zlp-send", BOOLEAN, PL_QUIRK_ZLP_SEND },
};

struct file {
	struct pl_span rest;
	int line;
	const char *name;
	struct pl_error *err; /* the first complaint */
	bool is_faulty;
};

/* Part of a line, without the blanks around it; quotes taken off. */
struct token {
	char text[MAX_TOKEN];
	size_t size, keep; /* keep: how much of it stood in quotes, where blanks stay */
	bool is_long;
};

static void complain(struct file *f, int line, const char *what, const char *about)
{
	if (!f->is_faulty)
		(void)pl_error_set(f->err, PL_E_INVALID, "%s line %d: %s%s%.40s", f->name, line,
				   what, about[0] ? ": " : "", about);
	f->is_faulty = true;
}

static char next(struct file *f)
{
	char c = f->rest.at[0];

	f->rest.at++;
	f->rest.size--;
	f->line += c == '\n';
	return c;
}

static bool is_ahead(const struct file *f, char c)
{
	return f->rest.size > 0 && f->rest.at[0] == c;
}

static void skip_line(struct file *f)
{
	while (f->rest.size > 0 && next(f) != '\n')
		;
}

static void add_char(struct token *t, char c, bool quoted)
{
	if (t->size == 0 && !quoted && (unsigned char)c <= ' ')
		return;
	if (t->size == MAX_TOKEN - 1) {
		t->is_long = true;
		return;
	}
	t->text[t->size++] = c;
	if (quoted)
		t->keep = t->size;
}

static void trim(struct token *t)
{
	while (t->size > t->keep && (unsigned char)t->text[t->size - 1] <= ' ')
		t->size--;
	t->text[t->size] = '\0';
}

/* Reads what stands between quotes; false: the line ends before they do. */
static bool read_quoted(struct file *f, struct token *t)
{
	while (f->rest.size > 0 && !is_ahead(f, '\n')) {
		char c = next(f);

		if (c == '"')
			return true;
		if (c == '\\' && f->rest.size > 0 && !is_ahead(f, '\n'))
			c = next(f);
		add_char(t, c, true);
	}
	return false;
}

/* Reads up to `stop`, which is taken, or to the end of the line or a comment, which is not. A value
 * (no `stop`) goes on in the next line behind a backslash. Returns whether `stop` came; a fault is
 * told in *ret_sane. */
static bool read_token(struct file *f, char stop, struct token *t, bool *ret_sane)
{
	bool stopped = false;

	*t = (struct token){ .size = 0 };
	*ret_sane = true;
	while (!stopped && *ret_sane && f->rest.size > 0 && !is_ahead(f, '\n') &&
	       !is_ahead(f, '#') && !is_ahead(f, ';')) {
		char c = next(f);

		if (c == '"') {
			*ret_sane = read_quoted(f, t);
		} else if (stop && c == stop) {
			stopped = true;
		} else if (!stop && c == '\\') {
			if (is_ahead(f, '\n'))
				next(f);
		} else {
			add_char(t, c, false);
		}
	}
	trim(t);
	*ret_sane = *ret_sane && !t->is_long;
	return stopped;
}

static bool read_id(const char *text, uint16_t *ret_id)
{
	for (int i = 0; i < 4; i++)
		if (!text[i] || !strchr("0123456789abcdefABCDEF", text[i]))
			return false;
	*ret_id =
		(uint16_t)strtoul((char[5]){ text[0], text[1], text[2], text[3], '\0' }, NULL, 16);
	return true;
}

/* "03f0:0c17" or "03f0:*"; anything else is a glob. */
static void read_match(const struct token *t, struct quirk_row *row)
{
	uint16_t id;

	row->product_id = ANY_PRODUCT;
	if (t->size == 6 && t->text[4] == ':' && t->text[5] == '*' &&
	    read_id(t->text, &row->vendor_id))
		return;
	if (t->size == 9 && t->text[4] == ':' && read_id(t->text, &row->vendor_id) &&
	    read_id(t->text + 5, &id)) {
		row->product_id = id;
		return;
	}
	pl_span_copy(pl_span_of(t->text), row->model, sizeof(row->model));
}

static bool read_digits(const char **at, uint64_t *ret_value)
{
	const char *from = *at;
	uint64_t n = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++)
		n = n > UINT32_MAX ? n : n * 10 + (uint64_t)(**at - '0');
	*ret_value = n;
	return *at > from;
}

static bool read_count(const char *text, uint32_t *ret_value)
{
	uint64_t n;

	if (!read_digits(&text, &n) || *text || n > UINT32_MAX)
		return false;
	*ret_value = (uint32_t)n;
	return true;
}

/* "250", milliseconds, or Go's "1m30s". */
static bool read_duration(const char *text, uint32_t *ret_ms)
{
	static const struct unit {
		const char *name;
		uint64_t ms;
	} UNITS[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };
	uint64_t sum = 0, n;

	if (!*text)
		return false;
	while (*text) {
		const struct unit *unit = NULL;

		if (!read_digits(&text, &n))
			return false;
		for (size_t i = 0; i < sizeof(UNITS) / sizeof(UNITS[0]) && !unit; i++)
			if (strncmp(text, UNITS[i].name, strlen(UNITS[i].name)) == 0)
				unit = &UNITS[i];
		if (!unit && (*text || sum > 0))
			return false;
		text += unit ? strlen(unit->name) : 0;
		n *= unit ? unit->ms : 1;
		sum = sum + n < PL_MAX_QUIRK_DELAY ? sum + n : PL_MAX_QUIRK_DELAY;
	}
	*ret_ms = (uint32_t)sum;
	return true;
}

static bool read_choice(const char *text, const char *const *choices, uint32_t *ret_value)
{
	for (uint32_t i = 0; choices[i]; i++)
		if (strcmp(text, choices[i]) == 0) {
			*ret_value = i;
			return true;
		}
	return false;
}

static bool read_value(enum kind kind, const char *text, uint32_t *ret_value)
{
	static const char *const BOOLEANS[] = { "false", "true", NULL };
	static const char *const RESETS[] = { "none", "soft", "hard", NULL };
	static const char *const RESPONSE_WORDS[] = { "reject", "allow", "sanitize", NULL };

	switch (kind) {
	case BOOLEAN: return read_choice(text, BOOLEANS, ret_value);
	case COUNT: return read_count(text, ret_value);
	case DURATION: return read_duration(text, ret_value);
	case RESET: return read_choice(text, RESETS, ret_value);
	case RESPONSES: return read_choice(text, RESPONSE_WORDS, ret_value);
	case TEXT: break;
	}
	*ret_value = 0;
	return true;
}

/* Letters, digits and dashes; the value without what could end a line. */
static bool is_header(const char *name, const char *value)
{
	if (!name[0])
		return false;
	for (const char *c = name; *c; c++)
		if (!(*c >= '0' && *c <= '9') &&
		    !(pl_ascii_lower(*c) >= 'a' && pl_ascii_lower(*c) <= 'z') && *c != '-')
			return false;
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return false;
	return true;
}

/* "http-connection = close": a header of each request. An empty value wants none, which is what is
 * sent where nothing is said. How a request is framed, and whom it is for, is not for a file to
 * say.
 */
static void take_header(struct file *f, int line, const char *name, const char *value,
			struct quirk_row *row)
{
	static const char *const OURS[] = { "host", "content-length", "content-type",
					    "transfer-encoding" };
	size_t used = strlen(row->headers), room = sizeof(row->headers) - used;

	row->told |= 1u << PL_QUIRK_HEADERS;
	for (size_t i = 0; i < sizeof(OURS) / sizeof(OURS[0]); i++)
		if (pl_span_is_word(pl_span_of(name), OURS[i]))
			return;
	if (!is_header(name, value)) {
		complain(f, line, "this is no header", name);
		return;
	}
	if (!value[0])
		return;
	if ((size_t)snprintf(row->headers + used, room, "%s: %s\r\n", name, value) >= room) {
		row->headers[used] = '\0';
		complain(f, line, "too many headers", name);
		return;
	}
	row->value[PL_QUIRK_HEADERS] = 1;
}

static void take_word(struct file *f, int line, const struct token *key, const struct token *value,
		      struct quirk_row *row)
{
	const struct word *word = NULL;
	uint32_t number;

	if (pl_span_starts(pl_span_of(key->text), "http-")) {
		take_header(f, line, key->text + strlen("http-"), value->text, row);
		return;
	}
	for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++)
		if (strcmp(WORDS[i].name, key->text) == 0)
			word = &WORDS[i];
	if (!word) {
		complain(f, line, "no quirk has this name", key->text);
	} else if (!read_value(word->kind, value->text, &number)) {
		complain(f, line, "this value makes no sense", value->text);
	} else if (word->quirk != OF_NO_CONSEQUENCE) {
		if (row->told & 1u << word->quirk) {
			complain(f, line, "this section says it twice", key->text);
			return;
		}
		row->told |= 1u << word->quirk;
		row->value[word->quirk] = number;
		if (word->quirk == PL_QUIRK_BLACKLIST || word->quirk == PL_QUIRK_UNIDIR)
			row->line = line;
	}
}

/* Behind the [: begins a row. An unreadable section leaves *ret_row NULL: its words are nobody's.
 */
static enum pl_result read_section(struct file *f, struct pl_quirk_set *set,
				   struct quirk_row **ret_row)
{
	struct quirk_row row = { .line = f->line };
	struct token t;
	enum pl_result r;
	bool sane, closed = read_token(f, ']', &t, &sane);

	*ret_row = NULL;
	if (!closed || !sane || t.size == 0 || t.size >= sizeof(row.model)) {
		complain(f, row.line, "this is no section", t.text);
		return PL_OK;
	}
	read_match(&t, &row);
	pl_span_copy(pl_span_of(f->name), row.file, sizeof(row.file));
	r = quirks_add_row(set, &row, f->err);
	if (r == PL_OK)
		*ret_row = &set->rows[set->row_count - 1];
	return r;
}

static void read_pair(struct file *f, struct quirk_row *row)
{
	int line = f->line;
	struct token key, value;
	bool sane, has_value = read_token(f, '=', &key, &sane);

	if (has_value && sane)
		read_token(f, '\0', &value, &sane);
	if (!has_value || !sane || key.size == 0)
		complain(f, line, "expected `word = value`", key.text);
	else if (!row)
		complain(f, line, "this word stands in no section", key.text);
	else
		take_word(f, line, &key, &value, row);
}

static bool begin(struct file *f, struct pl_span text, const char *name, struct pl_error *err)
{
	*f = (struct file){ .rest = text, .line = 1, .name = name, .err = err };
	if (text.size == 0 || !memchr(text.at, '\0', text.size))
		return true;
	complain(f, 1, "this is not a text file", "");
	return false;
}

enum pl_result pl_quirks_add(struct pl_quirk_set *set, struct pl_span text, const char *name,
			     struct pl_error *err)
{
	struct quirk_row *row = NULL;
	struct file f;

	if (!begin(&f, text, name, err))
		return PL_E_INVALID;
	while (f.rest.size > 0) {
		while (f.rest.size > 0 && (unsigned char)f.rest.at[0] <= ' ')
			next(&f);
		if (is_ahead(&f, '[')) {
			enum pl_result r;

			next(&f);
			r = read_section(&f, set, &row);
			if (r != PL_OK)
				return r;
		} else if (f.rest.size > 0 && !is_ahead(&f, '#') && !is_ahead(&f, ';')) {
			read_pair(&f, row);
		}
		skip_line(&f);
	}
	return f.is_faulty ? PL_E_INVALID : PL_OK;
}

/* The next word of a line; "" at its end. */
static struct pl_span next_word(struct pl_span *line)
{
	*line = pl_span_trim(*line);
	for (size_t i = 0; i < line->size; i++)
		if ((unsigned char)line->at[i] <= ' ') {
			struct pl_span word = { line->at, i };

			line->at += i;
			line->size -= i;
			return word;
		}
	return pl_span_take(line, '\0');
}

/* "0x04a9" */
static bool read_cups_id(struct pl_span word, uint16_t *ret_id)
{
	char digits[5] = "0000";

	if (word.size < 3 || word.size > 6 || word.at[0] != '0' ||
	    pl_ascii_lower(word.at[1]) != 'x')
		return false;
	memcpy(digits + 4 - (word.size - 2), word.at + 2, word.size - 2);
	return read_id(digits, ret_id);
}

static bool read_cups_row(struct pl_span line, struct cups_row *row)
{
	struct pl_span word;
	uint16_t id;

	row->product_id = ANY_PRODUCT;
	if (!read_cups_id(next_word(&line), &row->vendor_id))
		return false;
	word = next_word(&line);
	if (read_cups_id(word, &id)) {
		row->product_id = id;
		word = next_word(&line);
	}
	for (; word.size > 0; word = next_word(&line)) {
		row->blacklist = row->blacklist || pl_span_is_word(word, "blacklist");
		row->unidir = row->unidir || pl_span_is_word(word, "unidir");
	}
	return true;
}

enum pl_result pl_quirks_add_cups(struct pl_quirk_set *set, struct pl_span text, const char *name,
				  struct pl_error *err)
{
	struct file f;

	if (!begin(&f, text, name, err))
		return PL_E_INVALID;
	pl_span_copy(pl_span_of(name), set->cups_file, sizeof(set->cups_file));
	for (; f.rest.size > 0; f.line++) {
		struct pl_span line = pl_span_trim(pl_span_take(&f.rest, '\n'));
		struct cups_row row = { .line = f.line };
		enum pl_result r;

		if (line.size == 0 || line.at[0] == '#')
			continue;
		if (!read_cups_row(line, &row)) {
			complain(&f, f.line, "expected \"0xVVVV 0xPPPP words\"", "");
			continue;
		}
		r = quirks_add_cups_row(set, &row, err);
		if (r != PL_OK)
			return r;
	}
	return f.is_faulty ? PL_E_INVALID : PL_OK;
}
