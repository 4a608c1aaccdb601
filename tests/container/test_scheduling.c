/* SPDX-License-Identifier: MIT */
/* A caller that the scheduler prefers: its containers are not, and its nice value stays. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

#define NICE 3

/* linux/sched/types.h, in its first size. */
struct attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

/* The policy of the caller, with SCHED_RESET_ON_FORK or not, and of the program. */
static const struct {
	int policy, inside;
} policies[] = {
	{ SCHED_OTHER, SCHED_OTHER },
	{ SCHED_FIFO, SCHED_OTHER },
	{ SCHED_RR, SCHED_OTHER },
	{ SCHED_FIFO | SCHED_RESET_ON_FORK, SCHED_OTHER },
	{ SCHED_DEADLINE | SCHED_RESET_ON_FORK, SCHED_OTHER },
	{ SCHED_BATCH, SCHED_BATCH }, /* these two are as a nice value is */
	{ SCHED_IDLE, SCHED_IDLE },
};

#define POLICIES (int)(sizeof(policies) / sizeof(policies[0]))

static ctr_error *err;
static int at;

/* A v1 group has no time for real-time processes until it is given some; the root has. */
static void leave_cpu_group(void)
{
	int fd = open("/sys/fs/cgroup/cpu/tasks", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "0", 1) < 0)
		suite_skip("the cpu controller's root can't be joined");
	if (fd >= 0)
		close(fd);
}

static int set_policy(int policy)
{
	const struct sched_param param = { 1 };
	const struct sched_param none = { 0 };
	struct attributes a = {
		.size = sizeof(a),
		.policy = SCHED_DEADLINE,
		.flags = policy & SCHED_RESET_ON_FORK ? 1 : 0,
		.runtime = 1000000,
		.deadline = 100000000,
		.period = 100000000,
	};

	switch (policy & ~SCHED_RESET_ON_FORK) {
	case SCHED_DEADLINE:
		return (int)syscall(SYS_sched_setattr, 0, &a, 0);
	case SCHED_FIFO:
	case SCHED_RR:
		return sched_setscheduler(0, policy, &param);
	default:
		return sched_setscheduler(0, policy, &none);
	}
}

/* proc_pid_stat(5): the nice value, the real-time priority and the policy. */
static void expect_inside(int way, const char *expected)
{
	ctr_spec *spec = suite_spec(
		NULL, "sh", "-c",
		"set -- $(cat /proc/self/stat); shift 18; echo $1; shift 21; echo $1 $2", NULL);
	char *output;

	ck_assert_int_eq(ctr_spec_set_child(spec, way % 2 ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err),
			 0);
	if (way / 2)
		ck_assert_int_eq(
			ctr_limits_set_cpu_max(ctr_spec_get_limits(spec), 100000, 100000, err), 0);
	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	ck_assert_str_eq(output, expected);
	free(output);
}

static void spawn_with_policy(void)
{
	const bool resets = policies[at / 4].policy & SCHED_RESET_ON_FORK;
	char expected[64];

	leave_cpu_group();
	ck_assert_int_eq(setpriority(PRIO_PROCESS, 0, NICE), 0);
	if (set_policy(policies[at / 4].policy))
		suite_skip("this kernel refuses the scheduling policy");
	/* With the flag, fork(2) itself gives the child the default. */
	snprintf(expected, sizeof(expected), "%d\n0 %d\n", resets ? 0 : NICE,
		 policies[at / 4].inside);
	expect_inside(at % 4, expected);
}

START_TEST(test_spawn__resets_a_policy_that_is_preferred)
{
	suite_need_root();
	err = ctr_error_new();
	at = _i;
	suite_in_child(spawn_with_policy);
	ctr_error_free(err);
}
END_TEST

static void spawn_with_deadline(void)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	leave_cpu_group();
	if (set_policy(SCHED_DEADLINE))
		suite_skip("this kernel refuses the scheduling policy");
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "SCHED_FLAG_RESET_ON_FORK");
	ctr_spec_free(spec);
}

/* fork(2) refuses it, with the errno of too many processes. */
START_TEST(test_spawn__says_what_a_deadline_needs)
{
	suite_need_root();
	err = ctr_error_new();
	suite_in_child(spawn_with_deadline);
	ctr_error_free(err);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("scheduling");
	TCase *tc = suite_case(s, "scheduling");

	tcase_add_loop_test(tc, test_spawn__resets_a_policy_that_is_preferred, 0, 4 * POLICIES);
	tcase_add_test(tc, test_spawn__says_what_a_deadline_needs);
	return suite_run(s);
}
