/* SPDX-License-Identifier: MIT */
/* Which of the caller's descriptors a child gets a copy of. */
#include "plan/fds.h"

#include "support/suite.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int sources[] = { 0, 20 }, groups[] = { 70, 80 }, trees[] = { 30, -1 };
static const struct ctr__image_counts counts = { .sources = COUNT(sources), .trees = COUNT(trees) };

static struct ctr__run run_of(const struct ctr__step *steps, size_t n)
{
	struct ctr__run run = {
		.steps = steps,
		.n_steps = n,
		.mode = CTR__MODE_ONESHOT,
		.sources = sources,
		.groups = groups,
		.n_groups = COUNT(groups),
		.trees = trees,
		.leaf = 90,
	};

	for (int i = 0; i < CTR__SLOT_COUNT; i++)
		run.slots[i] = -1;
	run.slots[CTR__SLOT_PARENT] = 50;
	run.slots[CTR__SLOT_TEMPLATE] = 60;
	run.slots[CTR__SLOT_CHANNEL] = 25;
	return run;
}

static struct ctr__step step_of(enum ctr__step_kind kind)
{
	return (struct ctr__step){ .kind = kind, .modes = CTR__MODE_RUN };
}

START_TEST(test_fds_end__leaves_out_what_was_used_before)
{
	const struct ctr__step steps[] = {
		step_of(CTR__STEP_DIE_WITH_PARENT), step_of(CTR__STEP_JOIN_CGROUP),
		step_of(CTR__STEP_JOIN_LEAF),	    step_of(CTR__STEP_JOIN_TEMPLATE),
		step_of(CTR__STEP_MOUNT),
	};
	const struct ctr__run run = run_of(steps, COUNT(steps));

	ck_assert_uint_eq(ctr__fds_end(&run, &counts, false), 31); /* the tree */
	ck_assert_uint_eq(ctr__fds_end(&run, &counts, true), 91);
}
END_TEST

START_TEST(test_fds_end__has_what_is_used_later)
{
	static const struct {
		struct ctr__step step;
		unsigned end;
	} rows[] = {
		{ { .kind = CTR__STEP_DIE_WITH_PARENT, .modes = CTR__MODE_RUN }, 51 },
		{ { .kind = CTR__STEP_JOIN_TEMPLATE, .modes = CTR__MODE_RUN }, 61 },
		{ { .kind = CTR__STEP_JOIN_BLANK, .modes = CTR__MODE_RUN }, 61 },
		{ { .kind = CTR__STEP_JOIN_CGROUP, .modes = CTR__MODE_RUN }, 81 },
		{ { .kind = CTR__STEP_JOIN_LEAF, .modes = CTR__MODE_RUN }, 91 },
		{ { .kind = CTR__STEP_SETNS, .modes = CTR__MODE_RUN, .setns.fd = 40 }, 41 },
		{ { .kind = CTR__STEP_SETNS,
		    .modes = CTR__MODE_RUN,
		    .setns = { .fd = 40, .by_parent = true } },
		  31 },
		{ { .kind = CTR__STEP_EXEC,
		    .modes = CTR__MODE_RUN,
		    .exec = { .by_fd = true, .fd = 45 } },
		  46 },
		{ { .kind = CTR__STEP_BIND,
		    .modes = CTR__MODE_RUN,
		    .bind = { .idmap = true, .userns = 35 } },
		  36 },
		{ { .kind = CTR__STEP_SETNS, .modes = CTR__MODE_TEMPLATE, .setns.fd = 40 }, 31 },
	};
	const struct ctr__step steps[] = { step_of(CTR__STEP_MOUNT), rows[_i].step };
	const struct ctr__run run = run_of(steps, COUNT(steps));

	ck_assert_uint_eq(ctr__fds_end(&run, &counts, false), rows[_i].end);
}
END_TEST

START_TEST(test_fds_end__lies_above_standard_error)
{
	const struct ctr__step step = step_of(CTR__STEP_MOUNT);
	struct ctr__run run = run_of(&step, 1);

	run.slots[CTR__SLOT_CHANNEL] = -1;
	ck_assert_uint_eq(ctr__fds_end(&run, &(struct ctr__image_counts){ 0 }, false), 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fds");
	TCase *tc = suite_case(s, "fds");

	tcase_add_test(tc, test_fds_end__leaves_out_what_was_used_before);
	tcase_add_loop_test(tc, test_fds_end__has_what_is_used_later, 0, 10);
	tcase_add_test(tc, test_fds_end__lies_above_standard_error);
	return suite_run(s);
}
