/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PAPPL gadget: a printer application whose USB side is driven by libpappl itself, on the guest's
 * dummy_hcd. It is the laboratory's independent device: its descriptors (7/1/2 and three 7/1/4
 * interfaces), its IPP and its pipes were written by other people. What is printed arrives in
 * /tmp/pappl-out, byte for byte.
 *
 *     cc -o pappl_gadget pappl_gadget.c $(pkg-config --cflags --libs pappl)
 *
 * In the guest: modprobe dummy_hcd libcomposite usb_f_printer usb_f_fs; mount configfs; run it as
 * root.
 */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <pappl/pappl.h>

#define MAKE_AND_MODEL "Example PAPPL Gadget"
#define DEVICE_ID      "MFG:Example;MDL:PAPPL Gadget;CMD:PWGRaster;SN:PG0001;"
#define FORMAT	       "application/vnd.example-raw"
#define VENDOR_ID      0x1209
#define PRODUCT_ID     0x0001

/* A document in the printer's own format goes to the device as it came. */
static bool print_file(pappl_job_t *job, pappl_pr_options_t *options, pappl_device_t *device)
{
	char buf[65536];
	ssize_t n;
	int fd = open(papplJobGetFilename(job), O_RDONLY | O_CLOEXEC);

	(void)options;
	if (fd < 0)
		return false;
	while ((n = read(fd, buf, sizeof(buf))) > 0 &&
	       papplDeviceWrite(device, buf, (size_t)n) == n)
		continue;
	close(fd);
	papplDeviceFlush(device);
	papplJobSetImpressions(job, 1);
	papplJobSetImpressionsCompleted(job, 1);
	return n == 0;
}

static bool begin_job(pappl_job_t *job, pappl_pr_options_t *options, pappl_device_t *device)
{
	(void)job;
	(void)options;
	(void)device;
	return true;
}

static bool begin_page(pappl_job_t *job, pappl_pr_options_t *options, pappl_device_t *device,
		       unsigned page)
{
	(void)page;
	return begin_job(job, options, device);
}

static bool write_line(pappl_job_t *job, pappl_pr_options_t *options, pappl_device_t *device,
		       unsigned y, const unsigned char *line)
{
	size_t n = options->header.cupsBytesPerLine;

	(void)job;
	(void)y;
	return papplDeviceWrite(device, line, n) == (ssize_t)n;
}

static bool update_status(pappl_printer_t *printer)
{
	(void)printer;
	return true;
}

static bool describe(pappl_system_t *system, const char *driver, const char *uri, const char *id,
		     pappl_pr_driver_data_t *d, ipp_t **attributes, void *data)
{
	pappl_media_col_t *ready = &d->media_ready[0];

	(void)system;
	(void)driver;
	(void)uri;
	(void)id;
	(void)attributes;
	(void)data;
	papplCopyString(d->make_and_model, MAKE_AND_MODEL, sizeof(d->make_and_model));
	d->format = FORMAT;
	d->printfile_cb = print_file;
	d->rstartjob_cb = begin_job;
	d->rendjob_cb = begin_job;
	d->rstartpage_cb = begin_page;
	d->rendpage_cb = begin_page;
	d->rwriteline_cb = write_line;
	d->status_cb = update_status;
	d->ppm = 10;
	d->kind = PAPPL_KIND_DOCUMENT;
	d->raster_types = PAPPL_PWG_RASTER_TYPE_SGRAY_8;
	d->color_supported = d->color_default = PAPPL_COLOR_MODE_MONOCHROME;
	d->sides_supported = d->sides_default = PAPPL_SIDES_ONE_SIDED;
	d->num_resolution = 1;
	d->x_resolution[0] = d->y_resolution[0] = d->x_default = d->y_default = 300;
	d->left_right = d->bottom_top = 423;
	d->orient_default = IPP_ORIENT_NONE;
	d->quality_default = IPP_QUALITY_NORMAL;
	d->num_media = d->num_source = d->num_type = 1;
	d->media[0] = "iso_a4_210x297mm";
	d->source[0] = "main";
	d->type[0] = "stationery";
	papplCopyString(ready->size_name, "iso_a4_210x297mm", sizeof(ready->size_name));
	papplCopyString(ready->source, "main", sizeof(ready->source));
	papplCopyString(ready->type, "stationery", sizeof(ready->type));
	ready->size_width = 21000;
	ready->size_length = 29700;
	ready->left_margin = ready->right_margin = ready->top_margin = ready->bottom_margin = 423;
	d->media_default = *ready;
	return true;
}

int main(void)
{
	static pappl_pr_driver_t driver = { "example", MAKE_AND_MODEL, NULL, NULL };
	pappl_system_t *system = papplSystemCreate(
		PAPPL_SOPTIONS_USB_PRINTER | PAPPL_SOPTIONS_NO_TLS, "gadget", 8000, NULL,
		"/tmp/pappl-spool", "-", PAPPL_LOGLEVEL_INFO, NULL, false);
	pappl_printer_t *printer;

	papplSystemSetHostName(system, "localhost");
	papplSystemAddListeners(system, "localhost");
	papplSystemSetPrinterDrivers(system, 1, &driver, NULL, NULL, describe, NULL);
	printer = papplPrinterCreate(system, 0, "gadget", "example", DEVICE_ID,
				     "file:///tmp/pappl-out");
	if (!printer) {
		perror("pappl_gadget: the printer was not made");
		return 1;
	}
	papplPrinterSetUSB(printer, VENDOR_ID, PRODUCT_ID, PAPPL_UOPTIONS_NONE, NULL, NULL, NULL);
	papplSystemRun(system);
	return 0;
}
