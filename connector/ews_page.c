/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The relay's own pages.
 */
#include "ews_page.h"

#define HEAD                                                                                       \
	"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>%s</title>"               \
	"<meta name=\"viewport\" content=\"width=device-width\">"                                  \
	"<style>body{font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:34em;"          \
	"padding:0 1em;color:#1c2430;background:#f6f7f9}h1{font-size:1.3em}button{font:inherit;"   \
	"padding:.4em 1em}@media(prefers-color-scheme:dark){body{color:#e6e9ee;"                   \
	"background:#14181f}}</style>"

/* The hash is that of ENTER_SCRIPT. */
#define ENTER_SCRIPT "document.forms[0].submit()"
#define ENTER_HASH   "sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE="

const char pl_ews_printer_policy[] =
	"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
	"style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
	"connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'self'; "
	"base-uri 'self'; object-src 'none'; worker-src 'none'; manifest-src 'none'; "
	"sandbox allow-scripts allow-same-origin allow-forms allow-modals allow-popups";

const char pl_ews_own_policy[] =
	"default-src 'none'; style-src 'unsafe-inline'; script-src '" ENTER_HASH "'; "
	"form-action 'self'; frame-ancestors 'self'; base-uri 'none'";

static enum pl_result add_escaped(const char *text, struct pl_bytes *out)
{
	enum pl_result r = PL_OK;

	for (; *text && r == PL_OK; text++) {
		if (*text == '<')
			r = pl_bytes_add_text(out, "&lt;");
		else if (*text == '&')
			r = pl_bytes_add_text(out, "&amp;");
		else
			r = pl_bytes_add(out, text, 1);
	}
	return r;
}

enum pl_result pl_ews_page_say(const char *title, const char *sentence, struct pl_bytes *out)
{
	enum pl_result r = pl_bytes_add_format(out, HEAD "<h1>%s</h1><p>", title, title);

	if (r == PL_OK)
		r = add_escaped(sentence, out);
	return r == PL_OK ? pl_bytes_add_text(out, "</p></html>") : r;
}

enum pl_result pl_ews_page_enter(const char *ticket, struct pl_bytes *out)
{
	return pl_bytes_add_format(
		out,
		HEAD "<form method=\"post\" action=\"/.platen/begin\"><input type=\"hidden\" "
		     "name=\"ticket\" value=\"%s\"><p>Opening the printer's page…</p>"
		     "<noscript><button>Open</button></noscript></form>"
		     "<script>" ENTER_SCRIPT "</script></html>",
		"Opening", ticket);
}
