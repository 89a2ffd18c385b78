/* SPDX-License-Identifier: Apache-2.0 */
/* A printer that comes and goes, and a program that waits for it without waking up. */
#include <pthread.h>
#include <unistd.h>

#include "usb_world.h"

static void an_idle_program_never_wakes(void **state)
{
	long before;

	(void)state;
	(void)the("Plain Printer");
	usleep(200 * 1000);
	assert_int_equal(open_files("/dev/bus/usb"), 0);
	before = wake_ups();
	sleep(3);
	assert_int_equal(wake_ups() - before, 0);
}

static void unplugging_ends_a_read(void **state)
{
	struct pl_usb_device dev = the("Plain Printer");
	struct pl_stream *s = lease(&dev, 1, 0);
	char buf[100], id[PL_MAX_USB_DEVICEID], name[32];
	struct pl_error err;
	int64_t begin;
	uint8_t bits;
	size_t n;

	(void)state;
	control("unplug plain");
	begin = pl_clock_now_ms();
	assert_int_equal(pl_stream_read(s, buf, sizeof(buf), PL_FOREVER, &n, &err), PL_E_GONE);
	assert_in_range(pl_clock_now_ms() - begin, 0, 2000);
	assert_int_equal(pl_stream_write(s, "x", 1, pl_clock_in_ms(SOON_MS), &err), PL_E_GONE);
	pl_stream_close(s);

	assert_int_equal(try_lease(&dev, 1, 0, &err), PL_E_GONE);
	assert_int_equal(pl_usb_device_id(usb, &dev, &dev.settings[0], pl_clock_in_ms(SOON_MS), id,
					  sizeof(id), &n, &err),
			 PL_E_GONE);
	assert_int_equal(pl_usb_port_status(usb, &dev, &dev.settings[0], pl_clock_in_ms(SOON_MS),
					    &bits, &err),
			 PL_E_GONE);
	assert_int_equal(pl_usb_open_lp(usb, &dev, 0, &s, &err), PL_E_GONE);
	assert_int_equal(pl_usb_owner(usb, &dev, 1, name), PL_USB_OWNER_UNKNOWN);
	assert_false(find("Plain Printer", &dev));
	control("plug plain");
	fetch_again_and_again((int[]){ 1 });
}

struct watcher {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int calls;
};

static void count_call(void *arg)
{
	struct watcher *w = arg;

	pthread_mutex_lock(&w->lock);
	w->calls++;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

/* Waits for one more call than `seen`. */
static void wait_for_call(struct watcher *w, int *seen)
{
	int64_t by_ms = pl_clock_in_ms(SOON_MS);

	pthread_mutex_lock(&w->lock);
	while (w->calls == *seen && pl_clock_wait(&w->changed, &w->lock, by_ms))
		;
	assert_true(w->calls > *seen);
	*seen = w->calls;
	pthread_mutex_unlock(&w->lock);
}

static void hears_of_200_plugs(void **state)
{
	struct watcher w = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct pl_usb_device dev;
	struct pl_error err;
	int seen = 0, files;

	(void)state;
	pl_clock_cond_init(&w.changed);
	assert_int_equal(pl_usb_watch(usb, count_call, &w, &err), PL_OK);
	wait_for_call(&w, &seen); /* the one at the start */
	files = open_files(NULL);
	for (int i = 0; i < 200; i++) {
		dev = the("Plain Printer");
		control("unplug plain");
		do
			wait_for_call(&w, &seen);
		while (find("Plain Printer", &dev));
		control("plug plain");
		do
			wait_for_call(&w, &seen);
		while (!find("Plain Printer", &dev));
	}
	pl_usb_unwatch(usb);
	seen = w.calls;
	assert_int_equal(open_files(NULL), files);
	control("unplug plain");
	control("plug plain");
	(void)the("Plain Printer");
	assert_int_equal(w.calls, seen); /* not called any more */
	fetch_again_and_again((int[]){ 1 });
	pthread_cond_destroy(&w.changed);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_idle_program_never_wakes),
		cmocka_unit_test(unplugging_ends_a_read),
		cmocka_unit_test(hears_of_200_plugs),
	};

	return run_usb_tests(argc, argv, "usb plug", tests, sizeof(tests) / sizeof(tests[0]));
}
