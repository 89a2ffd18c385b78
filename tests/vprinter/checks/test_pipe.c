/* SPDX-License-Identifier: Apache-2.0 */
/* A pipe moves bytes as a bus does: in packets, with short packets, empty packets, overflow, halts
 * and partial transfers. */
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <platen/clock.h>

#include "fault.h"
#include "host.h"

static struct vp_pipe *make(size_t packet, bool zlp, struct vp_faults *faults)
{
	struct vp_pipe_config config = {
		.name = "1-1", .packet_size = packet, .zero_length_packets = zlp, .faults = faults
	};
	struct vp_pipe *p = vp_pipe_create(&config);

	vp_pipe_restart(p);
	return p;
}

static void fill(uint8_t *buf, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf[i] = (uint8_t)(i * 7 + i / 256);
}

static void a_short_packet_ends_a_transfer(void **state)
{
	struct vp_pipe *p = make(512, true, NULL);
	uint8_t sent[1200], got[16384];
	size_t n;

	(void)state;
	fill(sent, sizeof(sent));
	assert_true(vp_pipe_write(p, sent, sizeof(sent)));
	assert_int_equal(host_receive(p, got, sizeof(got), 1000, &n), 0);
	assert_int_equal(n, 1200);
	assert_memory_equal(got, sent, 1200);
	vp_pipe_destroy(p);
}

static void a_full_transfer_ends_without_one(void **state)
{
	struct vp_pipe *p = make(512, true, NULL);
	uint8_t sent[1200], got[1024];
	size_t n;

	(void)state;
	fill(sent, sizeof(sent));
	vp_pipe_write(p, sent, sizeof(sent));
	assert_int_equal(host_receive(p, got, 1024, 1000, &n), 0);
	assert_int_equal(n, 1024);
	assert_int_equal(host_receive(p, got, 512, 1000, &n), 0);
	assert_int_equal(n, 176); /* the rest waited for the next reader */
	assert_memory_equal(got, sent + 1024, 176);
	vp_pipe_destroy(p);
}

static void whole_packets_are_ended_by_an_empty_one(void **state)
{
	struct vp_pipe *p = make(512, true, NULL);
	uint8_t sent[1024], got[1024];
	size_t n;

	(void)state;
	fill(sent, sizeof(sent));
	vp_pipe_write(p, sent, sizeof(sent));
	assert_int_equal(host_receive(p, got, 1024, 1000, &n), 0);
	assert_int_equal(n, 1024);
	assert_int_equal(host_receive(p, got, 1024, 1000, &n), 0);
	assert_int_equal(n, 0); /* a zero-length packet is no end of anything else */
	vp_pipe_destroy(p);
}

static void without_it_the_host_waits_with_what_it_has(void **state)
{
	struct vp_pipe *p = make(512, false, NULL);
	uint8_t sent[1024], got[4096];
	size_t n;

	(void)state;
	fill(sent, sizeof(sent));
	vp_pipe_write(p, sent, sizeof(sent));
	assert_int_equal(host_receive(p, got, 4096, 50, &n), 1);
	assert_int_equal(n, 1024); /* cancelled, and yet bytes have moved */
	assert_memory_equal(got, sent, 1024);
	vp_pipe_destroy(p);
}

static void a_packet_that_does_not_fit_overflows(void **state)
{
	struct vp_pipe *p = make(512, true, NULL);
	uint8_t sent[600], got[1024];
	size_t n;

	(void)state;
	fill(sent, sizeof(sent));
	vp_pipe_write(p, sent, sizeof(sent));
	assert_int_equal(host_receive(p, got, 100, 1000, &n), -EOVERFLOW);
	assert_int_equal(n, 0);
	assert_int_equal(host_receive(p, got, 512, 1000, &n), 0);
	assert_int_equal(n, 88); /* the packet of 512 is lost, as on a wire */
	vp_pipe_destroy(p);
}

static void packets_follow_the_speed(void **state)
{
	static const size_t PACKETS[] = { 64, 512, 1024 };
	uint8_t sent[2500], got[4096];

	(void)state;
	fill(sent, sizeof(sent));
	for (size_t i = 0; i < 3; i++) {
		struct vp_pipe *p = make(PACKETS[i], true, NULL);
		size_t n;

		vp_pipe_write(p, sent, PACKETS[i] + 10);
		assert_int_equal(host_receive(p, got, PACKETS[i] - 1, 1000, &n), -EOVERFLOW);
		assert_int_equal(host_receive(p, got, PACKETS[i], 1000, &n), 0);
		assert_int_equal(n, 10);
		vp_pipe_destroy(p);
	}
}

static void the_printer_says_nak_when_full(void **state)
{
	struct vp_pipe *p = make(512, true, NULL);
	static uint8_t sent[100000], got[100000];
	struct host_transfer h;
	size_t n = 0, at = 0;

	(void)state;
	fill(sent, sizeof(sent));
	host_submit(&h, p, 0x01, sent, sizeof(sent));
	assert_false(host_wait(&h, 30));
	assert_in_range(h.t.actual, 1, 65536);
	assert_int_equal(h.t.actual % 512, 0); /* whole packets were taken */
	while (at < sizeof(sent)) {
		assert_int_equal(vp_pipe_read(p, got + at, 4000, pl_clock_in_ms(1000), &n),
				 VP_PIPE_DATA);
		at += n;
	}
	assert_true(host_wait(&h, 1000));
	assert_memory_equal(sent, got, sizeof(sent));
	host_finish(&h, p);
	vp_pipe_destroy(p);
}

static void a_cancelled_transfer_keeps_what_has_moved(void **state)
{
	struct vp_pipe *p = make(512, true, NULL);
	static uint8_t sent[100000];
	struct host_transfer h;

	(void)state;
	host_submit(&h, p, 0x01, sent, sizeof(sent));
	assert_false(host_wait(&h, 10));
	assert_true(vp_pipe_cancel(p, &h.t, -ENOENT));
	assert_int_equal(h.t.status, -ENOENT);
	assert_in_range(h.t.actual, 512, 65536);
	assert_false(vp_pipe_cancel(p, &h.t, -ENOENT)); /* once is enough */
	host_finish(&h, p);
	vp_pipe_destroy(p);
}

static void a_reset_drops_everything_and_tells_the_printer(void **state)
{
	struct vp_pipe *p = make(512, true, NULL);
	struct host_transfer h;
	uint8_t buf[600];
	size_t n;

	(void)state;
	vp_pipe_write(p, "stale", 5);
	host_send(p, "old", 3);
	vp_pipe_reset(p, -ESHUTDOWN);
	assert_int_equal(vp_pipe_read(p, buf, sizeof(buf), 0, &n), VP_PIPE_RESET);
	assert_false(vp_pipe_write(p, "late", 4)); /* what was under way is void */
	vp_pipe_restart(p);
	assert_int_equal(vp_pipe_read(p, buf, sizeof(buf), 0, &n), VP_PIPE_TIMEOUT);
	host_submit(&h, p, 0x81, buf, 512);
	vp_pipe_reset(p, -ESHUTDOWN);
	assert_true(host_wait(&h, 1000));
	assert_int_equal(h.t.status, -ESHUTDOWN);
	host_finish(&h, p);
	host_submit(&h, p, 0x81, buf, 512);
	vp_pipe_reset(p, 0); /* SOFT_RESET: transfers stay */
	assert_false(host_wait(&h, 20));
	host_finish(&h, p);
	vp_pipe_destroy(p);
}

static void a_halt_ends_transfers_until_it_is_cleared(void **state)
{
	struct vp_pipe *p = make(512, true, NULL);
	uint8_t buf[512];
	size_t n;

	(void)state;
	vp_pipe_write(p, "x", 1);
	vp_pipe_halt(p, true);
	assert_int_equal(host_receive(p, buf, 512, 1000, &n), -EPIPE);
	assert_int_equal(host_send(p, "y", 1), 0); /* the other direction works */
	vp_pipe_clear_halt(p, true);
	assert_int_equal(host_receive(p, buf, 512, 1000, &n), 0);
	assert_int_equal(n, 1);
	vp_pipe_destroy(p);
}

static void a_poke_wakes_the_printer(void **state)
{
	struct vp_pipe *p = make(512, true, NULL);
	uint8_t buf[8];
	size_t n;

	(void)state;
	vp_pipe_poke(p);
	assert_int_equal(vp_pipe_read(p, buf, 8, pl_clock_in_ms(1000), &n), VP_PIPE_POKED);
	vp_pipe_end(p);
	assert_int_equal(vp_pipe_read(p, buf, 8, PL_FOREVER, &n), VP_PIPE_END);
	vp_pipe_destroy(p);
}

/* --- faults --- */

static int unplugged;

static void note_unplug(void *arg, int return_ms)
{
	(void)arg;
	unplugged = return_ms;
}

static struct vp_pipe *faulty(const char *json, struct vp_faults **ret_faults)
{
	cJSON *list = cJSON_Parse(json);

	*ret_faults = vp_faults_create(list, "1-1", note_unplug, NULL);
	cJSON_Delete(list);
	assert_non_null(*ret_faults);
	return make(512, true, *ret_faults);
}

/* Sends a message of `n` bytes and collects what arrives until nothing more does. */
static size_t through(struct vp_pipe *p, size_t n, uint8_t *got, int *ret_status)
{
	uint8_t sent[4096];
	size_t total = 0, part;

	fill(sent, sizeof(sent));
	vp_pipe_write(p, sent, n);
	for (;;) {
		*ret_status = host_receive(p, got + total, 1024, 60, &part);
		total += part;
		if (*ret_status != 0)
			return total;
	}
}

static void truncation_loses_the_rest(void **state)
{
	struct vp_faults *f;
	struct vp_pipe *p =
		faulty("[{\"pipe\":\"1-1\",\"at\":700,\"each\":true,\"do\":\"truncate\"}]", &f);
	uint8_t got[8192];
	int status;

	(void)state;
	assert_int_equal(through(p, 1000, got, &status), 700);
	assert_int_equal(status, 1);
	assert_int_equal(through(p, 1000, got, &status), 700);
	vp_pipe_destroy(p);
	vp_faults_destroy(f);
}

static void a_stall_comes_once_where_it_should(void **state)
{
	struct vp_faults *f;
	struct vp_pipe *p = faulty("[{\"pipe\":\"*\",\"at\":1500,\"do\":\"stall\"}]", &f);
	uint8_t got[8192];
	size_t n;
	int status;

	(void)state;
	assert_int_equal(through(p, 1000, got, &status), 1000);
	assert_int_equal(status, 1);
	through(p, 1000, got, &status);
	assert_int_equal(status, -EPIPE);
	vp_pipe_clear_halt(p, true);
	while (host_receive(p, got, 1024, 30, &n) == 0)
		;
	assert_int_equal(through(p, 1000, got, &status), 1000);
	vp_pipe_destroy(p);
	vp_faults_destroy(f);
}

static void stale_bytes_come_before_the_answer(void **state)
{
	struct vp_faults *f;
	struct vp_pipe *p = faulty("[{\"at\":0,\"each\":true,\"do\":\"stale\"}]", &f);
	uint8_t got[8192], sent[4096];
	int status;

	(void)state;
	fill(sent, sizeof(sent));
	assert_int_equal(through(p, 100, got, &status), 100); /* nothing before the first */
	assert_int_equal(through(p, 50, got, &status), 150);
	assert_memory_equal(got, sent, 100);
	assert_memory_equal(got + 100, sent, 50);
	vp_pipe_destroy(p);
	vp_faults_destroy(f);
}

static void babble_empty_packets_and_silence(void **state)
{
	struct vp_faults *f;
	struct vp_pipe *p =
		faulty("[{\"at\":100,\"do\":\"babble\"},{\"at\":200,\"do\":\"empty\",\"times\":3},"
		       "{\"at\":300,\"do\":\"silence\"}]",
		       &f);
	uint8_t got[8192], sent[400];
	size_t n;
	int empty = 0;

	(void)state;
	fill(sent, sizeof(sent));
	vp_pipe_write(p, sent, 400);
	assert_int_equal(host_receive(p, got, 512, 1000, &n), 0);
	assert_int_equal(n, 100);
	assert_int_equal(host_receive(p, got, 512, 1000, &n), -EOVERFLOW);
	assert_int_equal(host_receive(p, got, 512, 1000, &n), 0);
	assert_int_equal(n, 100);
	while (host_receive(p, got, 512, 60, &n) == 0 && n == 0)
		empty++;
	assert_int_equal(empty, 3);
	assert_int_equal(n, 100);
	assert_int_equal(host_receive(p, got, 512, 60, &n), 1);
	vp_pipe_write(p, sent, 400);
	assert_int_equal(host_receive(p, got, 512, 60, &n),
			 1); /* silent until a new conversation */
	vp_faults_restart(f);
	vp_pipe_write(p, sent, 40);
	assert_int_equal(host_receive(p, got, 512, 1000, &n), 0);
	vp_pipe_destroy(p);
	vp_faults_destroy(f);
}

static void a_drip_takes_its_time(void **state)
{
	struct vp_faults *f;
	struct vp_pipe *p =
		faulty("[{\"at\":0,\"each\":true,\"do\":\"drip\",\"bytes\":5,\"ms\":10}]", &f);
	uint8_t got[8192];
	int64_t start = pl_clock_now_ms();
	int status;

	(void)state;
	assert_int_equal(through(p, 50, got, &status), 50);
	assert_true(pl_clock_now_ms() - start >= 90);
	vp_pipe_destroy(p);
	vp_faults_destroy(f);
}

static void an_unplug_is_asked_for(void **state)
{
	struct vp_faults *f;
	struct vp_pipe *p = faulty("[{\"at\":10,\"do\":\"unplug\",\"return_ms\":700}]", &f);
	uint8_t got[8192];
	int status;

	(void)state;
	unplugged = 0;
	assert_int_equal(through(p, 50, got, &status), 10);
	assert_int_equal(unplugged, 700);
	vp_pipe_destroy(p);
	vp_faults_destroy(f);
}

static void the_host_meets_stalls_and_naks_too(void **state)
{
	struct vp_faults *f;
	struct vp_pipe *p = faulty("[{\"direction\":\"out\",\"at\":100,\"do\":\"stall\"}]", &f);
	struct host_transfer h;
	uint8_t data[300] = { 0 };

	(void)state;
	assert_int_equal(host_send(p, data, sizeof(data)), -EPIPE);
	vp_pipe_clear_halt(p, false);
	assert_int_equal(host_send(p, data, sizeof(data)), 0);
	vp_pipe_destroy(p);
	vp_faults_destroy(f);
	p = faulty("[{\"direction\":\"out\",\"at\":100,\"do\":\"silence\"}]", &f);
	host_submit(&h, p, 0x01, data, sizeof(data));
	assert_false(host_wait(&h, 30));
	assert_int_equal(h.t.actual, 100);
	host_finish(&h, p);
	vp_pipe_destroy(p);
	vp_faults_destroy(f);
}

/* A plug that is pulled 100 bytes later each time, whichever way the bytes go. */
static void an_unplug_sweeps(const char *direction)
{
	char json[160];
	struct vp_faults *f;
	struct vp_pipe *p;
	uint8_t data[1024] = { 0 };
	size_t got;

	snprintf(json, sizeof(json),
		 "[{\"direction\":\"%s\",\"at\":50,\"step\":100,\"do\":\"unplug\"}]", direction);
	p = faulty(json, &f);
	for (size_t at = 50; at < 400; at += 100) {
		struct host_transfer h;

		unplugged = 0;
		if (strcmp(direction, "in") == 0)
			vp_pipe_write(p, data, 400);
		host_submit(&h, p, strcmp(direction, "in") == 0 ? 0x81 : 0x01, data, 400);
		host_wait(&h, 30);
		got = h.t.actual;
		assert_int_equal(got, at);
		assert_int_equal(unplugged, -1);
		vp_pipe_reset(p, -ESHUTDOWN);
		host_finish(&h, p);
		vp_pipe_restart(p);
	}
	vp_pipe_destroy(p);
	vp_faults_destroy(f);
}

static void an_unplug_sweeps_over_what_comes(void **state)
{
	(void)state;
	an_unplug_sweeps("in");
}

static void an_unplug_sweeps_over_what_goes(void **state)
{
	(void)state;
	an_unplug_sweeps("out");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_packet_ends_a_transfer),
		cmocka_unit_test(a_full_transfer_ends_without_one),
		cmocka_unit_test(whole_packets_are_ended_by_an_empty_one),
		cmocka_unit_test(without_it_the_host_waits_with_what_it_has),
		cmocka_unit_test(a_packet_that_does_not_fit_overflows),
		cmocka_unit_test(packets_follow_the_speed),
		cmocka_unit_test(the_printer_says_nak_when_full),
		cmocka_unit_test(a_cancelled_transfer_keeps_what_has_moved),
		cmocka_unit_test(a_reset_drops_everything_and_tells_the_printer),
		cmocka_unit_test(a_halt_ends_transfers_until_it_is_cleared),
		cmocka_unit_test(a_poke_wakes_the_printer),
		cmocka_unit_test(truncation_loses_the_rest),
		cmocka_unit_test(a_stall_comes_once_where_it_should),
		cmocka_unit_test(stale_bytes_come_before_the_answer),
		cmocka_unit_test(babble_empty_packets_and_silence),
		cmocka_unit_test(a_drip_takes_its_time),
		cmocka_unit_test(an_unplug_is_asked_for),
		cmocka_unit_test(the_host_meets_stalls_and_naks_too),
		cmocka_unit_test(an_unplug_sweeps_over_what_comes),
		cmocka_unit_test(an_unplug_sweeps_over_what_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
