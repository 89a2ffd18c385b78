/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's side of the table; the printer behind it answers in played_pjl.c. */
#include "played.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"
#include "played_pjl.h"

struct usbprint_pipe {
	bool interrupted;
};

static struct played played;

static const char FACTORY_ID[] = "MFG:Hewlett-Packard;CMD:PJL,PCL,POSTSCRIPT;MDL:HP LaserJet 400 "
				 "M401n;CLS:PRINTER;SN:VNB3K12345;";

struct played *played_reset(void)
{
	static bool made;

	if (made) {
		pthread_mutex_destroy(&played.lock);
		pthread_cond_destroy(&played.change);
	}
	made = true;
	played = (struct played){ .port_status = 0x18, .port_status_size = 1, .protocol = 2 };
	pthread_mutex_init(&played.lock, NULL);
	pl_clock_cond_init(&played.change);
	played.interface_count = 1;
	played.interfaces[0] = (struct usbprint_interface){
		.path = "\\\\?\\usb#vid_03f0&pid_2b17#VNB3K12345#{28d78fad}",
		.device = "USB\\VID_03F0&PID_2B17\\VNB3K12345",
		.location = "PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(2)#USB(3)",
		.product = "HP LaserJet 400 M401n",
		.port_name = "USB001",
		.protocol = 2,
		.power = PL_USB_POWER_ACTIVE,
	};
	played_set_id(FACTORY_ID);
	return &played;
}

void played_set_id(const char *text)
{
	size_t n = strlen(text);

	played.device_id[0] = (uint8_t)((n + 2) >> 8);
	played.device_id[1] = (uint8_t)(n + 2);
	memcpy(played.device_id + 2, text, n);
	played.device_id_size = n + 2;
}

static void say(const void *data, size_t n)
{
	if (n > sizeof(played.to_read) - played.to_read_size)
		n = sizeof(played.to_read) - played.to_read_size;
	memcpy(played.to_read + played.to_read_size, data, n);
	played.to_read_size += n;
	pthread_cond_broadcast(&played.change);
}

void played_say(const void *data, size_t n)
{
	pthread_mutex_lock(&played.lock);
	say(data, n);
	pthread_mutex_unlock(&played.lock);
}

void played_unplug(void)
{
	pthread_mutex_lock(&played.lock);
	played.gone = true;
	played.interface_count = 0;
	pthread_cond_broadcast(&played.change);
	pthread_mutex_unlock(&played.lock);
	if (played.changed)
		played.changed(played.changed_arg);
}

static enum pl_result played_list(struct usbprint_interface *ret, size_t cap, size_t *ret_count,
				  struct pl_error *err)
{
	(void)err;
	pthread_mutex_lock(&played.lock);
	*ret_count = played.interface_count < cap ? played.interface_count : cap;
	memcpy(ret, played.interfaces, *ret_count * sizeof(*ret));
	pthread_mutex_unlock(&played.lock);
	return PL_OK;
}

static enum pl_result played_open(const char *path, bool alone, struct usbprint_pipe **ret_pipe,
				  struct pl_error *err)
{
	(void)path;
	if (played.gone)
		return pl_error_set(err, PL_E_GONE, "the printer was unplugged");
	if (played.open_fails != PL_OK)
		return pl_error_set(err, played.open_fails, "the driver does not open");
	*ret_pipe = calloc(1, sizeof(**ret_pipe));
	if (!*ret_pipe)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pthread_mutex_lock(&played.lock);
	played.opens++;
	played.opens_alone += alone;
	played.written_size = 0;
	pthread_mutex_unlock(&played.lock);
	return PL_OK;
}

static void played_close(struct usbprint_pipe *pipe)
{
	pthread_mutex_lock(&played.lock);
	played.closes++;
	pthread_mutex_unlock(&played.lock);
	free(pipe);
}

/* Why a wait has to end though nothing came; PL_OK: it goes on. With the lock. */
static enum pl_result over(const struct usbprint_pipe *pipe, int64_t by_ms, struct pl_error *err)
{
	if (pipe->interrupted)
		return pl_error_set(err, PL_E_CANCELLED, "stopped");
	if (played.gone)
		return pl_error_set(err, PL_E_GONE, "the printer was unplugged");
	if (pl_clock_left_ms(by_ms) == 0)
		return pl_error_set(err, PL_E_TIMEOUT, "no answer in time");
	return PL_OK;
}

static enum pl_result wait_until_over(struct usbprint_pipe *pipe, int64_t by_ms,
				      struct pl_error *err)
{
	enum pl_result r;

	while ((r = over(pipe, by_ms, err)) == PL_OK)
		pl_clock_wait(&played.change, &played.lock, by_ms);
	return r;
}

static enum pl_result answer(struct usbprint_pipe *pipe, enum usbprint_question question,
			     const void *data, size_t size, void *ret_data, size_t cap,
			     int64_t by_ms, size_t *ret_n, struct pl_error *err)
{
	enum pl_result r = PL_OK;

	pthread_mutex_lock(&played.lock);
	if (question == USBPRINT_PROTOCOL)
		played.protocol_asked++;
	if (question == USBPRINT_SOFT_RESET)
		played.resets++;
	if (played.slow_ask)
		r = wait_until_over(pipe, by_ms, err);
	else if (played.ask_fails != PL_OK)
		r = pl_error_set(err, played.ask_fails, "the driver refuses");
	else
		r = over(pipe, by_ms, err);
	if (r == PL_OK) {
		*ret_n = size < cap ? size : cap;
		memcpy(ret_data, data, *ret_n);
	}
	pthread_mutex_unlock(&played.lock);
	return r;
}

static enum pl_result played_ask(struct usbprint_pipe *pipe, enum usbprint_question question,
				 void *ret_data, size_t cap, int64_t by_ms, size_t *ret_n,
				 struct pl_error *err)
{
	const uint8_t protocol[4] = { played.protocol };
	char nothing;

	switch (question) {
	case USBPRINT_DEVICE_ID:
		return answer(pipe, question, played.device_id, played.device_id_size, ret_data,
			      cap, by_ms, ret_n, err);
	case USBPRINT_PORT_STATUS:
		return answer(pipe, question, &played.port_status, played.port_status_size,
			      ret_data, cap, by_ms, ret_n, err);
	case USBPRINT_PROTOCOL:
		if (played.protocol == 0)
			return pl_error_set(err, PL_E_UNSUPPORTED, "no such question");
		return answer(pipe, question, protocol, sizeof(protocol), ret_data, cap, by_ms,
			      ret_n, err);
	case USBPRINT_SOFT_RESET: break;
	}
	return answer(pipe, question, "", 0, &nothing, 0, by_ms, ret_n, err);
}

static enum pl_result played_read(struct usbprint_pipe *pipe, void *ret_data, size_t cap,
				  int64_t by_ms, size_t *ret_n, struct pl_error *err)
{
	enum pl_result r = PL_OK;

	*ret_n = 0;
	pthread_mutex_lock(&played.lock);
	while (played.to_read_size == 0 && r == PL_OK && !played.empty_packets) {
		r = over(pipe, by_ms, err);
		if (r == PL_OK)
			pl_clock_wait(&played.change, &played.lock, by_ms);
	}
	if (r == PL_OK)
		r = pipe->interrupted ? over(pipe, by_ms, err) : PL_OK;
	if (r == PL_OK && played.to_read_size > 0) {
		*ret_n = played.to_read_size < cap ? played.to_read_size : cap;
		memcpy(ret_data, played.to_read, *ret_n);
		played.to_read_size -= *ret_n;
		memmove(played.to_read, played.to_read + *ret_n, played.to_read_size);
	}
	pthread_mutex_unlock(&played.lock);
	return r;
}

static enum pl_result played_write(struct usbprint_pipe *pipe, const void *data, size_t n,
				   int64_t by_ms, size_t *ret_n, struct pl_error *err)
{
	size_t room = sizeof(played.written) - 1 - played.written_size;
	enum pl_result r = PL_OK;

	*ret_n = 0;
	pthread_mutex_lock(&played.lock);
	if (played.write_fails != PL_OK)
		r = pl_error_set(err, played.write_fails, "the driver does not write");
	else if (pipe->interrupted || played.gone)
		r = over(pipe, by_ms, err);
	else if (played.write_stalls > 0 && played.written_size + n > played.write_stalls)
		n = played.write_stalls - played.written_size;
	if (r == PL_OK) {
		size_t kept = n < room ? n : room;

		memcpy(played.written + played.written_size, data, kept);
		played.written_size += kept;
		played.written[played.written_size] = '\0';
		*ret_n = n;
		if (played.written_size == played.write_stalls && played.write_stalls > 0)
			r = wait_until_over(pipe, by_ms, err);
		else if (!played.silent && played_pjl_is_whole(played.written)) {
			char text[PLAYED_MAX];

			say(text, played_pjl_answer(played.written, text, sizeof(text)));
			played.written_size = 0;
		}
	}
	pthread_mutex_unlock(&played.lock);
	return r;
}

static void played_interrupt(struct usbprint_pipe *pipe)
{
	pthread_mutex_lock(&played.lock);
	pipe->interrupted = true;
	pthread_cond_broadcast(&played.change);
	pthread_mutex_unlock(&played.lock);
}

static enum pl_result played_watch(void (*changed)(void *arg), void *arg, struct pl_error *err)
{
	(void)err;
	played.changed = changed;
	played.changed_arg = arg;
	return PL_OK;
}

static void played_unwatch(void)
{
	played.changed = NULL;
}

const struct usbprint_system PLAYED_SYSTEM = {
	.list = played_list,
	.open = played_open,
	.close = played_close,
	.ask = played_ask,
	.read = played_read,
	.write = played_write,
	.interrupt = played_interrupt,
	.watch = played_watch,
	.unwatch = played_unwatch,
};
