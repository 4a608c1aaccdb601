/* SPDX-License-Identifier: MIT */
#include "support/ways.h"

void ways_choose(ctr_spec *spec, int way)
{
	ck_assert_int_eq(
		ctr_spec_set_child(spec, way % 2 ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, NULL), 0);
}

ctr_spec *ways_shell(const char *root, int way, const char *script)
{
	ctr_spec *spec = suite_spec(root, "sh", "-c", script, NULL);

	ways_choose(spec, way);
	return spec;
}

void ways_expect_success(ctr_container *c, const ctr_error *err)
{
	ck_assert_msg(c, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_container_wait(c, -1, NULL), 1);
	ck_assert_int_eq(ctr_container_exit_code(c), 0);
	ctr_container_free(c);
}

ctr_plan *ways_compile(ctr_spec *spec)
{
	ctr_error *err = ctr_error_new();
	ctr_plan *plan = ctr_plan_compile(spec, err);

	ck_assert_msg(plan, "%s", ctr_error_message(err));
	ctr_error_free(err);
	ctr_spec_free(spec);
	return plan;
}

void ways_run(ctr_spec *spec, int way)
{
	ctr_error *err = ctr_error_new();
	ctr_plan *plan;

	if (way < 2) {
		ways_expect_success(ctr_spawn(spec, err), err);
		ctr_spec_free(spec);
	} else {
		plan = ways_compile(spec);
		for (int i = 0; i < 3; i++)
			ways_expect_success(ctr_plan_spawn(plan, err), err);
		ctr_plan_free(plan);
	}
	ctr_error_free(err);
}
