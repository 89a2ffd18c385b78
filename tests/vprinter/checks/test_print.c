/* SPDX-License-Identifier: Apache-2.0 */
/* The print pipe tells questions from jobs, keeps every job to the byte, and speaks PJL as the
 * profile says. */
#include "check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "host.h"
#include "json.h"
#include "world.h"

#define UEL "\033%-12345X"

static struct vp_pipe *pipe_of(struct world *w)
{
	return world_pipe(w, 0, 0);
}

static char *ask(struct vp_pipe *p, const char *question)
{
	return world_ask(p, question, strlen(question), 600, NULL);
}

/* Waits for `count` jobs; returns the last one's line. */
static cJSON *last_job(struct world *w, int count)
{
	for (int i = 0; i < 60; i++) {
		char *all = world_jobs(w), *line = all;
		int n = 0;

		for (char *at = all; *at; at++)
			n += *at == '\n';
		if (n == count) {
			cJSON *job;

			all[strlen(all) - 1] = '\0';
			line = strrchr(all, '\n');
			job = cJSON_Parse(line ? line + 1 : all);
			free(all);
			return job;
		}
		free(all);
		g_usleep(50000);
	}
	return NULL;
}

static void expect_job(struct world *w, int count, const void *data, size_t n, const char *ended)
{
	char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, n);
	cJSON *job = last_job(w, count);

	assert_non_null(job);
	assert_int_equal(vp_json_number(job, "bytes", 0), n);
	assert_string_equal(vp_json_text(job, "sha256", ""), sum);
	assert_string_equal(vp_json_text(job, "ended", ""), ended);
	cJSON_Delete(job);
	g_free(sum);
}

static void questions_are_answered_and_are_no_jobs(void **state)
{
	struct world w = world_of("brother-laser");
	char *a = ask(pipe_of(&w), UEL "@PJL\r\n@PJL ECHO nonce 1\r\n@PJL INFO STATUS\r\n"
				       "@PJL INFO NOSUCH\r\n@PJL DINQUIRE PAGECOUNT\r\n" UEL);
	char *jobs;

	(void)state;
	assert_memory_equal(a, "@PJL ECHO nonce 1\r\n\f@PJL INFO STATUS\r\nCODE=10001\r\n", 50);
	assert_non_null(strstr(a, "ONLINE=TRUE\r\n\f@PJL INFO NOSUCH\r\n\"?\"\r\n\f"));
	assert_non_null(strstr(a, "@PJL DINQUIRE PAGECOUNT\r\n0\r\n\f"));
	g_usleep(1700000); /* longer than the pause that ends a job */
	jobs = world_jobs(&w);
	assert_string_equal(jobs, "");
	free(jobs);
	free(a);
	world_finish(&w);
}

static void raw_data_are_a_job_that_ends_with_a_pause(void **state)
{
	struct world w = world_of("brother-laser");
	struct vp_pipe *p = pipe_of(&w);
	uint8_t data[30000];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 31 + 5); /* ESC and % come too */
	assert_int_equal(host_send(p, data, 10000), 0);
	assert_int_equal(host_send(p, data + 10000, 20000), 0);
	expect_job(&w, 1, data, sizeof(data), "idle");
	world_finish(&w);
}

static void a_wrapped_job_keeps_its_wrapping(void **state)
{
	static const char JOB[] =
		UEL "@PJL JOB NAME=\"x\"\r\n@PJL SET COPIES=1\r\n"
		    "@PJL ENTER LANGUAGE=PCL\r\n\033E data \033%-1234Y \033%-12345 more" UEL
		    "@PJL EOJ\r\n" UEL;
	static const char PLAIN[] = UEL "@PJL ENTER LANGUAGE=POSTSCRIPT\n%!PS\nshowpage\n" UEL;
	struct world w = world_of("brother-laser");
	struct vp_pipe *p = pipe_of(&w);

	(void)state;
	host_send(p, JOB, 20); /* cut anywhere */
	host_send(p, JOB + 20, 70);
	host_send(p, JOB + 90, sizeof(JOB) - 1 - 90);
	expect_job(&w, 1, JOB, sizeof(JOB) - 1, "uel");
	host_send(p, PLAIN, sizeof(PLAIN) - 1);
	expect_job(&w, 2, PLAIN, sizeof(PLAIN) - 1, "uel");
	world_finish(&w);
}

static void a_job_after_a_question_is_clean_and_a_glued_one_is_not(void **state)
{
	static const char QUESTION[] = UEL "@PJL\r\n@PJL INFO ID\r\n" UEL;
	static const char JOB[] = "\033E raw page \033E";
	static const char CUT[] = UEL "@PJL\r\n@PJL INFO ST";
	struct world w = world_of("brother-laser");
	struct vp_pipe *p = pipe_of(&w);
	char *a = ask(p, QUESTION);
	char *glued = g_strconcat(CUT, JOB, NULL);

	(void)state;
	host_send(p, JOB, sizeof(JOB) - 1);
	expect_job(&w, 1, JOB, sizeof(JOB) - 1, "idle");
	host_send(p, CUT, sizeof(CUT) - 1); /* the asker was cut off in mid-question */
	host_send(p, JOB, sizeof(JOB) - 1);
	g_usleep(50000);
	vp_device_reset(w.printer->device, -ESHUTDOWN);
	expect_job(&w, 2, glued, strlen(glued), "reset");
	g_free(glued);
	free(a);
	world_finish(&w);
}

static void an_interrupted_job_ends_with_the_pipe(void **state)
{
	struct world w = world_of("brother-laser");
	struct vp_pipe *p = pipe_of(&w);

	(void)state;
	host_send(p, "half a page", 11);
	g_usleep(50000);
	vp_printer_unplug(w.printer);
	expect_job(&w, 1, "half a page", 11, "reset");
	vp_printer_plug(w.printer);
	world_finish(&w);
}

static void ustatus_speaks_unasked(void **state)
{
	struct world w = world_of("brother-laser");
	struct vp_pipe *p = pipe_of(&w);
	char *a = ask(p, UEL "@PJL USTATUS DEVICE = ON\r\n@PJL USTATUS JOB=ON\r\n" UEL);

	(void)state;
	assert_string_equal(a, "");
	free(a);
	assert_int_equal(vp_state_reason(w.printer->state, "+cover-open", NULL), PL_OK);
	a = ask(p, "");
	assert_memory_equal(a, "@PJL USTATUS DEVICE\r\nCODE=40021\r\n", 33);
	assert_int_equal(a[strlen(a) - 1], '\f');
	free(a);
	vp_state_clear(w.printer->state);
	free(ask(p, ""));
	host_send(p, UEL "@PJL ENTER LANGUAGE=PCL\r\nx" UEL, 44);
	a = ask(p, "");
	assert_non_null(strstr(a, "@PJL USTATUS JOB\r\nEND\r\n"));
	assert_non_null(strstr(a, "PAGES=1\r\n\f"));
	free(a);
	free(ask(p, UEL "@PJL USTATUSOFF\r\n" UEL));
	assert_int_equal(vp_state_reason(w.printer->state, "+cover-open", NULL), PL_OK);
	a = ask(p, "");
	assert_string_equal(a, "");
	free(a);
	world_finish(&w);
}

static void a_question_wakes_the_sleeper(void **state)
{
	static const char QUESTION[] = UEL "@PJL\r\n@PJL INFO STATUS\r\n" UEL;
	struct world w = world_of("brother-laser");
	struct vp_pipe *p = pipe_of(&w);
	char *a;

	(void)state;
	vp_state_sleep(w.printer->state, true);
	a = ask(p, QUESTION);
	assert_non_null(strstr(a, "CODE=40000\r\n"));
	free(a);
	a = ask(p, QUESTION);
	assert_non_null(strstr(a, "CODE=10001\r\n"));
	free(a);
	world_finish(&w);
}

static void a_stopped_printer_takes_no_more_of_a_job(void **state)
{
	struct world w = world_of("brother-laser");
	struct vp_pipe *p = pipe_of(&w);
	struct host_transfer h;
	uint8_t page[2000] = { 0 };
	char *a;

	(void)state;
	assert_int_equal(vp_state_reason(w.printer->state, "+media-empty", NULL), PL_OK);
	a = ask(p, UEL "@PJL\r\n@PJL INFO STATUS\r\n" UEL); /* but it answers */
	assert_non_null(strstr(a, "CODE=41213\r\n"));
	free(a);
	assert_int_equal(host_send(p, page, sizeof(page)), 0);
	g_usleep(100000);
	host_submit(&h, p, 0x01, page, sizeof(page));
	assert_false(host_wait(&h, 100));
	vp_state_clear(w.printer->state);
	assert_true(host_wait(&h, 1000));
	host_finish(&h, p);
	world_finish(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_are_answered_and_are_no_jobs),
		cmocka_unit_test(raw_data_are_a_job_that_ends_with_a_pause),
		cmocka_unit_test(a_wrapped_job_keeps_its_wrapping),
		cmocka_unit_test(a_job_after_a_question_is_clean_and_a_glued_one_is_not),
		cmocka_unit_test(an_interrupted_job_ends_with_the_pipe),
		cmocka_unit_test(ustatus_speaks_unasked),
		cmocka_unit_test(a_question_wakes_the_sleeper),
		cmocka_unit_test(a_stopped_printer_takes_no_more_of_a_job),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
