/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of printers, supplies, pages and the connection. */
#include "words.h"

#include <stdio.h>
#include <string.h>

struct pair {
	const char *word, *text;
};

/* Of the agent's own table of alerts, those that people meet; others are shown in English. */
static const char *const ALERTS[] = {
	N_("A cover is open"),
	N_("A door is open"),
	N_("A safety interlock is open"),
	N_("Media is jammed"),
	N_("Media is jammed in an input tray"),
	N_("Media is jammed in an output tray"),
	N_("A tray is empty"),
	N_("Media is low"),
	N_("The printer asks for other media"),
	N_("The printer asks for media to be fed by hand"),
	N_("An input tray is missing"),
	N_("An input tray cannot feed"),
	N_("An output tray is missing"),
	N_("The output tray is almost full"),
	N_("The output tray is full"),
	N_("Toner is low"),
	N_("Toner is empty"),
	N_("Ink is low"),
	N_("Ink is empty"),
	N_("The ribbon is low"),
	N_("The ribbon is empty"),
	N_("The waste toner box is almost full"),
	N_("The waste toner box is full"),
	N_("The waste ink box is almost full"),
	N_("The waste ink box is full"),
	N_("The drum is near the end of its life"),
	N_("The drum is at the end of its life"),
	N_("The fuser is too hot"),
	N_("The fuser is too cold"),
	N_("A part is missing"),
	N_("A part failed"),
	N_("A part is near the end of its life"),
	N_("A part is at the end of its life"),
	N_("The printer is paused"),
	N_("The printer was switched off"),
	N_("The printer reports a condition of its own"),
	N_("The printer does not work any more"),
	N_("A document is jammed in the feeder"),
};

static const struct pair COLOURS[] = {
	{ "black", N_("Black") },
	{ "cyan", N_("Cyan") },
	{ "magenta", N_("Magenta") },
	{ "yellow", N_("Yellow") },
	{ "cyan-magenta-yellow", N_("Colour") },
	{ "photoBlack", N_("Photo black") },
};

static const struct pair TYPES[] = {
	{ "toner", N_("toner") },
	{ "tonerCartridge", N_("toner") },
	{ "ink", N_("ink") },
	{ "inkCartridge", N_("ink") },
	{ "opc", N_("drum") },
	{ "fuser", N_("fuser") },
	{ "wasteToner", N_("waste toner") },
	{ "wasteInk", N_("waste ink") },
	{ "inkRibbon", N_("ribbon") },
	{ "staples", N_("staples") },
	{ "transferUnit", N_("transfer unit") },
	{ "developer", N_("developer") },
};

static const char *find(const struct pair *pairs, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(pairs[i].word, word) == 0)
			return _(pairs[i].text);
	return word;
}

const char *words_name(const struct view_printer *p)
{
	return p->name[0] ? p->name : _("A printer");
}

void words_state(const struct view_printer *p, char ret_text[static WORDS_MAX])
{
	const struct view_alert *worst = NULL;
	const char *text = _("state not told");

	for (size_t i = 0; i < p->alert_count; i++)
		if (p->alerts[i].severity != VIEW_REPORT &&
		    (!worst || p->alerts[i].severity > worst->severity))
			worst = &p->alerts[i];
	if (p->gets_firmware)
		text = _("gets new firmware");
	else if (worst)
		text = words_alert(worst);
	else if (p->asleep)
		text = _("asleep");
	else if (p->state == VIEW_IDLE)
		text = _("ready");
	else if (p->state == VIEW_PROCESSING)
		text = _("printing");
	else if (p->state == VIEW_STOPPED)
		text = _("stopped");
	snprintf(ret_text, WORDS_MAX, "%s", text);
}

static void supply_name(const struct view_supply *s, char *ret_name, size_t cap)
{
	const char *type = find(TYPES, sizeof(TYPES) / sizeof(TYPES[0]), s->type);
	const char *colour = find(COLOURS, sizeof(COLOURS) / sizeof(COLOURS[0]), s->colorant);

	if (!s->type[0])
		type = _("supply");
	if (colour[0]) /* TRANSLATORS: a colour and a kind of supply, "Black toner" */
		snprintf(ret_name, cap, _("%s %s"), colour, type);
	else
		snprintf(ret_name, cap, "%s", type);
}

void words_supply(const struct view_supply *s, char ret_text[static WORDS_MAX])
{
	char name[2 * VIEW_MAX_WORD + 64];

	supply_name(s, name, sizeof(name));
	if (s->percent < 0)
		snprintf(ret_text, WORDS_MAX, _("%s: level not told"), name);
	else if (s->fills) /* TRANSLATORS: a box for waste toner, and how much room is left in it */
		snprintf(ret_text, WORDS_MAX, _("%s: %d %% free"), name, s->percent);
	else
		snprintf(ret_text, WORDS_MAX, _("%s: %d %%"), name, s->percent);
}

bool words_shortage(const struct view_supply *s, char ret_text[static WORDS_MAX])
{
	char name[2 * VIEW_MAX_WORD + 64];

	if (s->level < VIEW_LEVEL_LOW)
		return false;
	supply_name(s, name, sizeof(name));
	if (s->fills)
		snprintf(ret_text, WORDS_MAX,
			 s->level == VIEW_LEVEL_LOW ? _("%s: almost full") : _("%s: full"), name);
	else
		snprintf(ret_text, WORDS_MAX,
			 s->level == VIEW_LEVEL_LOW ? _("%s: low") : _("%s: empty or missing"),
			 name);
	return true;
}

const char *words_alert(const struct view_alert *a)
{
	for (size_t i = 0; i < sizeof(ALERTS) / sizeof(ALERTS[0]); i++)
		if (strcmp(ALERTS[i], a->text) == 0)
			return _(ALERTS[i]);
	return a->text;
}

/* "https://print.example.org:12351" -> "print.example.org" */
static void host_of(const char *url, char *ret_host, size_t cap)
{
	const char *host = strstr(url, "://");
	size_t size;

	host = host ? host + 3 : url;
	size = host[0] == '[' ? strcspn(host, "]/") + 1 : strcspn(host, ":/");
	snprintf(ret_host, cap, "%.*s", (int)size, host);
}

void words_link(const struct view *v, char ret_text[static WORDS_MAX])
{
	char host[VIEW_MAX_TEXT];

	host_of(v->server, host, sizeof(host));
	if (!v->has_agent)
		snprintf(ret_text, WORDS_MAX, "%s",
			 v->trouble[0] ? v->trouble : _("The Platen service does not run"));
	else if (v->enrolment == VIEW_NOT_ENROLLED)
		snprintf(ret_text, WORDS_MAX, "%s", _("This PC is not enrolled"));
	else if (v->enrolment == VIEW_PENDING)
		snprintf(ret_text, WORDS_MAX, _("Waits until %s takes this PC"), host);
	else if (v->enrolment == VIEW_REFUSED)
		snprintf(ret_text, WORDS_MAX, _("%s does not take this PC"), host);
	else if (v->connected)
		snprintf(ret_text, WORDS_MAX, _("Connected to %s"), host);
	else
		snprintf(ret_text, WORDS_MAX, _("Not connected to %s"), host);
}

void words_summary(const struct view *v, char ret_text[static WORDS_MAX])
{
	int count = (int)(v->printer_count + v->more_printers), troubled = 0;

	for (size_t i = 0; i < v->printer_count; i++)
		for (size_t k = 0; k < v->printers[i].alert_count; k++)
			if (v->printers[i].alerts[k].severity != VIEW_REPORT) {
				troubled++;
				break;
			}
	if (!v->has_agent)
		words_link(v, ret_text);
	else if (v->page_count > 0)
		words_page(v, &v->pages[0], ret_text);
	else if (count == 0)
		snprintf(ret_text, WORDS_MAX, "%s", _("No USB printer is attached"));
	else if (troubled > 0)
		snprintf(ret_text, WORDS_MAX,
			 ngettext("%d printer needs attention", "%d printers need attention",
				  (unsigned long)troubled),
			 troubled);
	else
		snprintf(ret_text, WORDS_MAX,
			 ngettext("%d printer is well", "%d printers are well",
				  (unsigned long)count),
			 count);
}

void words_page(const struct view *v, const struct view_page *p, char ret_text[static WORDS_MAX])
{
	const struct view_printer *printer = view_printer(v, p->key);
	const char *name = printer ? words_name(printer) : _("A printer");

	/* TRANSLATORS: first who, then which printer */
	snprintf(ret_text, WORDS_MAX,
		 p->asked ? _("%s asks to see the page of %s") : _("%s sees the page of %s"),
		 p->user[0] ? p->user : _("Somebody"), name);
}
