/* SPDX-License-Identifier: Apache-2.0 */
/* The PC's print queues, as CUPS tells them over its local socket. CUPS knows a USB printer by a
 * device URI that its back-ends make of the 1284 ID and the USB serial number:
 *
 *     usb://HP/LaserJet%20MFP%20M227fdw?serial=VNB3K12345&interface=1
 *     hp:/usb/HP_LaserJet_M227?serial=VNB3K12345
 *     ipp://localhost:60000/ipp/print                        through ipp-usb
 *     ipp://HP%20LaserJet%20M227%20(USB)._ipp._tcp.local/    the same, found by DNS-SD
 */
#include "spooler.h"

#include <cups/cups.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "platen/span.h"

#define CONNECT_MS 500
#define ANSWER_S   2.0
#define SOCKET	   "/run/cups/cups.sock"

/* "%20" -> ' '; what is no escape stays. */
static void unescape(const char *uri, char *ret_text, size_t cap)
{
	static const char HEX[] = "0123456789abcdef";
	size_t n = 0;

	for (; *uri && n + 1 < cap; uri++) {
		const char *high =
			uri[0] == '%' && uri[1] ? strchr(HEX, pl_ascii_lower(uri[1])) : NULL;
		const char *low = high && uri[2] ? strchr(HEX, pl_ascii_lower(uri[2])) : NULL;

		if (low) {
			ret_text[n++] = (char)((high - HEX) << 4 | (low - HEX));
			uri += 2;
		} else {
			ret_text[n++] = *uri;
		}
	}
	ret_text[n] = '\0';
}

static bool is_usb_uri(const char *uri)
{
	return strncmp(uri, "usb:", 4) == 0 || strncmp(uri, "hp:/usb/", 8) == 0 ||
	       strncmp(uri, "hpfax:/usb/", 11) == 0 || strncmp(uri, "gutenprint", 10) == 0;
}

/* A queue through ipp-usb: by its port, else by its name, which DNS-SD makes of the model. */
static bool is_through_broker(const char *text, int http_port, const struct pl_usb_device *dev)
{
	char local[48], loopback[48];

	if (http_port == 0 || (strncmp(text, "ipp", 3) != 0 && strncmp(text, "dnssd:", 6) != 0 &&
			       strncmp(text, "implicitclass:", 14) != 0))
		return false;
	snprintf(local, sizeof(local), "//localhost:%d/", http_port);
	snprintf(loopback, sizeof(loopback), "//127.0.0.1:%d/", http_port);
	return strstr(text, local) || strstr(text, loopback) ||
	       (strstr(text, "(USB)") && dev->product[0] && strstr(text, dev->product));
}

/* By serial number where the URI has one, else by the model in it: two of a model without numbers
 * cannot be told apart by CUPS either. */
static bool is_this_printer(const char *uri, const struct pl_usb_device *dev, int http_port)
{
	char text[512];
	const char *serial;

	unescape(uri, text, sizeof(text));
	if (!is_usb_uri(uri))
		return is_through_broker(text, http_port, dev);
	serial = strstr(text, "serial=");
	if (serial && dev->serial[0]) {
		struct pl_span rest = pl_span_of(serial + strlen("serial="));

		return pl_span_is(pl_span_take(&rest, '&'), dev->serial);
	}
	return dev->product[0] && strstr(text, dev->product);
}

/* One queue, attribute by attribute. */
struct queue {
	const char *name, *uri;
	int jobs;
};

static void read_attribute(struct queue *q, ipp_attribute_t *a)
{
	const char *name = ippGetName(a);

	if (strcmp(name, "printer-name") == 0)
		q->name = ippGetString(a, 0, NULL);
	else if (strcmp(name, "device-uri") == 0)
		q->uri = ippGetString(a, 0, NULL);
	else if (strcmp(name, "queued-job-count") == 0)
		q->jobs = ippGetInteger(a, 0);
}

static void count_queue(const struct queue *q, const struct pl_usb_device *dev, int http_port,
			struct pl_queues *queues)
{
	if (!q->name || !q->uri || !is_this_printer(q->uri, dev, http_port))
		return;
	if (queues->count == 0 || (queues->active_jobs == 0 && q->jobs > 0))
		pl_span_copy(pl_span_of(q->name), queues->name, sizeof(queues->name));
	queues->count++;
	queues->active_jobs += q->jobs;
}

static void read_queues(ipp_t *answer, const struct pl_usb_device *dev, int http_port,
			struct pl_queues *queues)
{
	struct queue q = { 0 };
	ipp_attribute_t *a;

	for (a = ippFirstAttribute(answer); a; a = ippNextAttribute(answer)) {
		if (ippGetGroupTag(a) == IPP_TAG_PRINTER && ippGetName(a)) {
			read_attribute(&q, a);
			continue;
		}
		count_queue(&q, dev, http_port, queues); /* a separator ends each queue */
		q = (struct queue){ 0 };
	}
	count_queue(&q, dev, http_port, queues);
}

static ipp_t *ask(http_t *http)
{
	static const char *const WANTED[] = { "printer-name", "device-uri", "queued-job-count" };
	ipp_t *request = ippNewRequest(IPP_OP_CUPS_GET_PRINTERS);

	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
		      sizeof(WANTED) / sizeof(WANTED[0]), NULL, WANTED);
	return cupsDoRequest(http, request, "/");
}

static int give_up(http_t *http, void *data)
{
	(void)http;
	(void)data;
	return 0;
}

void pl_spooler_look(const struct pl_usb_device *dev, int http_port, struct pl_queues *ret_queues)
{
	http_t *http;
	ipp_t *answer;

	memset(ret_queues, 0, sizeof(*ret_queues));
	if (access(SOCKET, R_OK | W_OK) != 0)
		return;
	http = httpConnect2(SOCKET, 0, NULL, AF_LOCAL, HTTP_ENCRYPTION_NEVER, 1, CONNECT_MS, NULL);
	if (!http)
		return;
	httpSetTimeout(http, ANSWER_S, give_up, NULL);
	answer = ask(http);
	if (answer)
		read_queues(answer, dev, http_port, ret_queues);
	ippDelete(answer);
	httpClose(http);
}
