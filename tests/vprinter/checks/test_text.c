/* SPDX-License-Identifier: Apache-2.0 */
/* Templates, paths, draws: what turns a profile's data into one printer's words. */
#include "check.h"

#include <string.h>

#include <glib.h>

#include "draw.h"
#include "json.h"
#include "template.h"

static void expect(const char *template, const char *json, const char *wanted)
{
	cJSON *view = cJSON_Parse(json);
	char *text = vp_template_text(template, view);

	assert_string_equal(text, wanted);
	g_free(text);
	cJSON_Delete(view);
}

static void values_stand_in_their_place(void **state)
{
	(void)state;
	expect("a {{x.y}} b", "{\"x\":{\"y\":7}}", "a 7 b");
	expect("{{list.1.z}}", "{\"list\":[0,{\"z\":\"deep\"}]}", "deep");
	expect("{{n+31}} {{n}}", "{\"n\":931}", "962 931");
	expect("{{none|nothing}}{{none}}", "{}", "nothing");
	expect("{{none|nothing}}", "{\"none\":null}", "nothing");
	expect("{{yes}} {{big}} {{half}}", "{\"yes\":true,\"big\":-1515257599,\"half\":0.5}",
	       "true -1515257599 0.5");
	expect("no tags { } }}", "{}", "no tags { } }}");
}

static void sections_repeat_descend_and_hide(void **state)
{
	(void)state;
	expect("{{#a}}{{v}}{{^@last}},{{/@last}}{{/a}}", "{\"a\":[{\"v\":1},{\"v\":2},{\"v\":3}]}",
	       "1,2,3");
	expect("{{#a}}{{.}}{{@number}} {{/a}}", "{\"a\":[\"x\",\"y\"]}", "x1 y2 ");
	expect("{{#a}}in{{/a}}{{^a}}out{{/a}}", "{\"a\":[]}", "out");
	expect("{{#a}}in{{/a}}{{^a}}out{{/a}}", "{\"a\":false}", "out");
	expect("{{#a}}{{b}}{{c}}{{/a}}", "{\"a\":{\"b\":1},\"c\":2}", "12");
	expect("{{#a}}{{#b}}{{.}}{{@index}}{{/b}};{{/a}}", "{\"a\":[{\"b\":[5]},{\"b\":[6,7]}]}",
	       "50;60"
	       "71;");
	expect("{{#has.cover-open}}UP{{/has.cover-open}}", "{\"has\":{\"cover-open\":true}}", "UP");
}

static void markup_is_escaped_in_xml(void **state)
{
	cJSON *view = cJSON_Parse("{\"x\":\"a<b>&\\\"c\"}");
	struct pl_bytes out;

	(void)state;
	pl_bytes_init(&out, 100);
	assert_int_equal(vp_template_render("<t>{{x}}</t>", 12, view, VP_ESCAPE_XML, &out, NULL),
			 PL_OK);
	assert_string_equal((char *)out.at, "<t>a&lt;b&gt;&amp;&quot;c</t>");
	pl_bytes_finish(&out);
	cJSON_Delete(view);
}

static void an_open_section_is_an_error(void **state)
{
	cJSON *view = cJSON_CreateObject();
	struct pl_error err = { 0 };
	struct pl_bytes out;

	(void)state;
	pl_bytes_init(&out, 100);
	assert_int_equal(vp_template_render("{{#a}}x", 7, view, VP_ESCAPE_NONE, &out, &err),
			 PL_E_INVALID);
	assert_string_equal(err.text, "{{#a}} is not closed");
	pl_bytes_finish(&out);
	cJSON_Delete(view);
}

static void paths_reach_and_set(void **state)
{
	cJSON *tree = cJSON_Parse("{\"a\":{\"b\":[1,{\"c\":2}]}}");

	(void)state;
	assert_int_equal(vp_json_at(tree, "a.b.1.c")->valueint, 2);
	assert_null(vp_json_at(tree, "a.b.2"));
	assert_null(vp_json_at(tree, "a.b.x"));
	assert_true(vp_json_put(tree, "a.b.1.c", cJSON_CreateNumber(3)));
	assert_true(vp_json_put(tree, "a.b.0", cJSON_CreateString("new")));
	assert_true(vp_json_put(tree, "x.y", cJSON_CreateTrue()));
	assert_false(vp_json_put(tree, "a.b.9", cJSON_CreateTrue()));
	assert_false(vp_json_put(tree, "x.y.z", cJSON_CreateTrue()));
	assert_int_equal(vp_json_at(tree, "a.b.1.c")->valueint, 3);
	assert_string_equal(vp_json_at(tree, "a.b.0")->valuestring, "new");
	assert_true(cJSON_IsTrue(vp_json_at(tree, "x.y")));
	cJSON_Delete(tree);
}

static void draws_differ_by_seed_and_obey(void **state)
{
	static const char WISH[] =
		"{\"n\":{\"$int\":[10,20]},\"t\":{\"$text\":\"AB###~?\"},"
		"\"u\":{\"$uuid\":true},\"m\":{\"$int\":[-9,-5]},"
		"\"s\":{\"$sum\":[\"n\",\"m\",100]},\"list\":[{\"$int\":[1,6]}]}";
	cJSON *a = cJSON_Parse(WISH), *b = cJSON_Parse(WISH), *c = cJSON_Parse(WISH);
	int n, m;

	(void)state;
	vp_draw(a, vp_draw_seed(1, "x"));
	vp_draw(b, vp_draw_seed(1, "x"));
	vp_draw(c, vp_draw_seed(2, "x"));
	assert_true(cJSON_Compare(a, b, true));
	assert_false(cJSON_Compare(a, c, true));
	n = vp_json_at(a, "n")->valueint;
	m = vp_json_at(a, "m")->valueint;
	assert_in_range(n, 10, 20);
	assert_true(m >= -9 && m <= -5);
	assert_int_equal(vp_json_at(a, "s")->valueint, n + m + 100);
	assert_int_equal(strlen(vp_json_at(a, "u")->valuestring), 36);
	assert_int_equal(strlen(vp_json_at(a, "t")->valuestring), 7);
	assert_memory_equal(vp_json_at(a, "t")->valuestring, "AB", 2);
	assert_in_range(vp_json_at(a, "list.0")->valueint, 1, 6);
	cJSON_Delete(a);
	cJSON_Delete(b);
	cJSON_Delete(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_stand_in_their_place),
		cmocka_unit_test(sections_repeat_descend_and_hide),
		cmocka_unit_test(markup_is_escaped_in_xml),
		cmocka_unit_test(an_open_section_is_an_error),
		cmocka_unit_test(paths_reach_and_set),
		cmocka_unit_test(draws_differ_by_seed_and_obey),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
