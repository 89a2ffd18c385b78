/* SPDX-License-Identifier: Apache-2.0 */
/* The PC's print queues, as Windows' spooler tells them: those that print to the printer's port. */
#include "spooler.h"

#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include <winspool.h>

#include "platen/wide.h"

#define MAX_ANSWER (256 * 1024)

/* A pooled queue names several ports: "USB001,LPT1:". */
static bool prints_to(const char *ports, const char *port)
{
	struct pl_span left = pl_span_of(ports);

	while (left.size > 0)
		if (pl_span_is(pl_span_trim(pl_span_take(&left, ',')), port))
			return true;
	return false;
}

static void count(const PRINTER_INFO_2W *queue, const char *port, struct pl_queues *q)
{
	char ports[256], name[sizeof(q->name)];

	if (!queue->pPortName || !queue->pPrinterName)
		return;
	pl_wide_to_utf8(queue->pPortName, ports, sizeof(ports));
	if (!prints_to(ports, port))
		return;
	pl_wide_to_utf8(queue->pPrinterName, name, sizeof(name));
	if (q->count == 0 || (queue->cJobs > 0 && q->active_jobs == 0))
		memcpy(q->name, name, sizeof(name));
	q->count++;
	q->active_jobs += (int)queue->cJobs;
}

void pl_spooler_look(const struct pl_usb_device *dev, int http_port, struct pl_queues *ret_queues)
{
	DWORD size = 0, n = 0;
	PRINTER_INFO_2W *queues;

	(void)http_port;
	*ret_queues = (struct pl_queues){ .count = 0 };
	if (dev->port_name[0] == '\0')
		return;
	EnumPrintersW(PRINTER_ENUM_LOCAL, NULL, 2, NULL, 0, &size, &n);
	if (size == 0 || size > MAX_ANSWER)
		return;
	queues = malloc(size);
	if (queues && EnumPrintersW(PRINTER_ENUM_LOCAL, NULL, 2, (BYTE *)queues, size, &size, &n))
		for (DWORD i = 0; i < n; i++)
			count(&queues[i], dev->port_name, ret_queues);
	free(queues);
}

/* RAW: the document is in a language of the printer's already. */
enum pl_result pl_spooler_print(const char *queue, const char *name, const char *format,
				struct pl_span document, struct pl_error *err)
{
	wchar_t wide_queue[256], wide_name[256], raw[] = L"RAW";
	DOC_INFO_1W about = { .pDocName = wide_name, .pDatatype = raw };
	enum pl_result r = PL_OK;
	HANDLE printer;
	DWORD done = 0;

	(void)format;
	if (!pl_wide_of(queue, wide_queue, 256) || !pl_wide_of(name, wide_name, 256) ||
	    !OpenPrinterW(wide_queue, &printer, NULL))
		return pl_error_set(err, PL_E_NOT_FOUND, "the spooler has no queue %s", queue);
	if (!StartDocPrinterW(printer, 1, (BYTE *)&about)) {
		r = pl_error_set(err, PL_E_REFUSED, "the spooler did not take the page");
	} else {
		if (!WritePrinter(printer, (void *)document.at, (DWORD)document.size, &done) ||
		    done != document.size)
			r = pl_error_set(err, PL_E_REFUSED, "the spooler did not take the page");
		EndDocPrinter(printer);
	}
	ClosePrinter(printer);
	return r;
}
