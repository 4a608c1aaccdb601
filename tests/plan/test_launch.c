/* SPDX-License-Identifier: MIT */
/*
 * A control group whose memory limit is too small for a container's own set-up:
 * the kernel may end the child, never the host program whose memory it shares.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"
#include "compile/plan.h"
#include "plan/launch.h"
#include "support/suite.h"
#include "support/world.h"

#define NOTHING -1, -1, -1, -1, -1, -1, -1, -1 /* in the slots */
#define MEMORY_ROOT "/sys/fs/cgroup/memory"

static const char *const limits[] = { "4096", "65536", "1048576" };

static char group[128];
static int tasks;

static void write_limit(const char *value)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/memory.limit_in_bytes", group);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, value, strlen(value)), (ssize_t)strlen(value));
	close(fd);
}

static void make_group(const char *limit)
{
	char path[160];

	snprintf(group, sizeof(group), MEMORY_ROOT "/test-minictr-%d", (int)getpid());
	ck_assert_int_eq(mkdir(group, 0755), 0);
	write_limit(limit);
	snprintf(path, sizeof(path), "%s/tasks", group);
	tasks = open(path, O_WRONLY | O_CLOEXEC);
	ck_assert_int_ge(tasks, 0);
}

static void remove_group(void)
{
	close(tasks);
	while (rmdir(group) != 0)
		usleep(1000); /* the last task leaves a moment after it was reaped */
}

/* With a pids limit there is a step that joins a group: here it joins ours. */
static ctr_plan *compile(bool helper_child)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec = suite_spec(NULL, "true", NULL);
	ctr_plan *plan;

	/* An init would have nobody to tell what becomes of the program. */
	ck_assert_int_eq(ctr_process_set_init(ctr_spec_get_process(spec), 0, err), 0);
	ck_assert_int_eq(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 20, err), 0);
	ck_assert_int_eq(
		ctr_spec_set_child(spec, helper_child ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err), 0);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
	ctr_error_free(err);
	return plan;
}

static void launch_into_group(bool helper_child, struct ctr__outcome *outcome)
{
	ctr_plan *plan = compile(helper_child);
	int sources[3] = { 0, 1, 2 };
	struct ctr__launch l = {
		.steps = plan->steps.v,
		.n_steps = plan->steps.n,
		.mode = CTR__MODE_ONESHOT,
		.namespaces = plan->namespaces | CLONE_NEWNS,
		.slots = { NOTHING },
		.groups = &tasks,
		.n_groups = 1,
		.leaf = -1,
		.group_dir = -1,
		.sources = sources,
		.n_sources = 3,
		.fd_floor = plan->fd_floor,
		.helper = -1,
		.share_memory = plan->share_memory,
		.timeout_ms = 30000,
	};

	ck_assert_int_eq(ctr__launch(&l, outcome), 0);
	ctr_plan_free(plan);
}

/* It failed at a step, was killed at one, or, executed, did not get far. */
static void expect_no_harm(const struct ctr__outcome *outcome)
{
	siginfo_t info = { 0 };

	if (outcome->kind == CTR__OUTCOME_DONE) {
		ck_assert_int_eq(waitid(P_PIDFD, (id_t)outcome->pidfd, &info, WEXITED | __WALL), 0);
		close(outcome->pidfd);
		return;
	}
	ck_assert_int_ge(outcome->step, 0);
	if (outcome->kind == CTR__OUTCOME_FAILED)
		ck_assert_int_ne(outcome->errnum, 0);
	else
		ck_assert_int_eq(outcome->kind, CTR__OUTCOME_KILLED);
}

/* That this function returns is the point: the test process is the host program. */
START_TEST(test_launch__host_survives_a_tiny_memory_group)
{
	struct ctr__outcome outcome;

	if (access(MEMORY_ROOT "/memory.limit_in_bytes", W_OK) != 0)
		suite_skip("there is no v1 memory controller to write to");
	make_group(limits[_i / 2]);
	launch_into_group(_i % 2, &outcome);
	expect_no_harm(&outcome);
	remove_group();
}
END_TEST

START_TEST(test_launch__no_container_runs_in_a_page)
{
	struct ctr__outcome outcome;

	if (access(MEMORY_ROOT "/memory.limit_in_bytes", W_OK) != 0)
		suite_skip("there is no v1 memory controller to write to");
	make_group("4096");
	launch_into_group(_i, &outcome);
	ck_assert_int_ne(outcome.kind, CTR__OUTCOME_DONE);
	expect_no_harm(&outcome);
	remove_group();
}
END_TEST

static const struct ctr__step failing[] = {
	{ .kind = CTR__STEP_UMASK, .modes = CTR__MODE_ONESHOT, .umask = 0 },
	{ .kind = CTR__STEP_CHROOT, .modes = CTR__MODE_ONESHOT, .path = "/none/such" },
};

START_TEST(test_launch__tells_which_step_failed)
{
	const struct ctr__launch l = {
		.steps = failing,
		.n_steps = 2,
		.leaf = -1,
		.group_dir = -1,
		.slots = { NOTHING },
		.mode = CTR__MODE_ONESHOT,
		.fd_floor = 3,
		.helper = -1,
		.share_memory = _i == 0 && ctr__launch_can_share(),
		.timeout_ms = 30000,
	};
	struct ctr__outcome outcome;

	ck_assert_int_eq(ctr__launch(&l, &outcome), 0);
	ck_assert_int_eq(outcome.kind, CTR__OUTCOME_FAILED);
	ck_assert_int_eq(outcome.step, 1);
	ck_assert_int_eq(outcome.errnum, ENOENT);
}
END_TEST

/* What nobody can do is not called. */
START_TEST(test_launch__refuses_a_step_of_an_unknown_kind)
{
	static const int kinds[] = { CTR__STEP_COUNT, -1, 1000000 };
	const struct ctr__step unknown = { .kind = (enum ctr__step_kind)kinds[_i],
					   .modes = CTR__MODE_ONESHOT };
	const struct ctr__launch l = {
		.steps = &unknown,
		.n_steps = 1,
		.leaf = -1,
		.group_dir = -1,
		.slots = { NOTHING },
		.mode = CTR__MODE_ONESHOT,
		.fd_floor = 3,
		.helper = -1,
		.timeout_ms = 30000,
	};
	struct ctr__outcome outcome;

	ck_assert_int_eq(ctr__launch(&l, &outcome), 0);
	ck_assert_int_eq(outcome.kind, CTR__OUTCOME_FAILED);
	ck_assert_int_eq(outcome.errnum, ENOSYS);
}
END_TEST

static const struct ctr__step blocking[] = {
	{ .kind = CTR__STEP_JOIN_CGROUP, .modes = CTR__MODE_ONESHOT },
};

/* The step writes into a pipe that is full. */
START_TEST(test_launch__ends_a_child_that_blocks)
{
	struct ctr__launch l = {
		.steps = blocking,
		.n_steps = 1,
		.leaf = -1,
		.group_dir = -1,
		.slots = { NOTHING },
		.mode = CTR__MODE_ONESHOT,
		.fd_floor = 3,
		.helper = -1,
		.timeout_ms = 20,
	};
	struct ctr__outcome outcome;
	int ends[2], flags;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	while (write(ends[1], "x", 1) == 1)
		;
	flags = fcntl(ends[1], F_GETFL);
	ck_assert_int_eq(fcntl(ends[1], F_SETFL, flags & ~O_NONBLOCK), 0);
	l.groups = &ends[1];
	l.n_groups = 1;
	ck_assert_int_eq(ctr__launch(&l, &outcome), 0);
	ck_assert_int_eq(outcome.kind, CTR__OUTCOME_TIMEOUT);
	ck_assert_int_eq(outcome.step, 0);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

static int stop(void *data, pid_t pid)
{
	(void)data;
	return kill(pid, SIGSTOP);
}

/* It awaits a go-ahead that it does not get to see. */
START_TEST(test_launch__ends_a_child_that_is_stopped)
{
	static const struct ctr__step steps[] = {
		{ .kind = CTR__STEP_AWAIT_IDS,
		  .modes = CTR__MODE_ONESHOT,
		  .map = { .keep_ids = true } },
	};
	struct ctr__launch l;
	struct ctr__outcome outcome;

	ctr__launch_init(&l, steps, 1, CTR__MODE_ONESHOT);
	l.timeout_ms = 200;
	l.prepare = stop;
	ck_assert_int_eq(ctr__launch(&l, &outcome), 0);
	ck_assert_int_eq(outcome.kind, CTR__OUTCOME_STOPPED);
	ck_assert_int_le(outcome.step, 0); /* the helper may not have begun yet */
	ck_assert_int_eq(outcome.pidfd, -1);
}
END_TEST

static const struct ctr__step awaiting[] = {
	{ .kind = CTR__STEP_AWAIT_IDS, .modes = CTR__MODE_ONESHOT },
};

static pid_t tracer;

/* What is to prepare the child has it traced, and fails. */
static int have_it_traced(void *data, pid_t pid)
{
	int ends[2];
	char byte = 0;

	(void)data;
	ck_assert_int_eq(pipe(ends), 0);
	tracer = fork();
	ck_assert_int_ge(tracer, 0);
	if (tracer == 0) {
		byte = ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0 ? 'x' : 0;
		(void)!write(ends[1], &byte, 1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	close(ends[1]);
	ck_assert_int_eq(byte, 'x');
	return -1;
}

START_TEST(test_launch__does_not_wait_for_a_tracer)
{
	struct ctr__launch l;
	struct ctr__outcome outcome;
	siginfo_t info;

	suite_need_root();
	ctr__launch_init(&l, awaiting, 1, CTR__MODE_ONESHOT);
	l.timeout_ms = 30000;
	l.prepare = have_it_traced;
	ck_assert_int_eq(ctr__launch(&l, &outcome), 0);
	ck_assert_int_eq(outcome.kind, CTR__OUTCOME_UNPREPARED);
	ck_assert_int_ge(outcome.left, 0);
	kill(tracer, SIGKILL);
	ck_assert_int_eq(waitpid(tracer, NULL, 0), tracer);
	ck_assert_int_eq(waitid(P_PIDFD, (id_t)outcome.left, &info, WEXITED | __WALL), 0);
	close(outcome.left);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("launch");
	TCase *tc = suite_case(s, "launch");

	tcase_add_loop_test(tc, test_launch__host_survives_a_tiny_memory_group, 0, 6);
	tcase_add_loop_test(tc, test_launch__no_container_runs_in_a_page, 0, 2);
	tcase_add_loop_test(tc, test_launch__tells_which_step_failed, 0, 2);
	tcase_add_loop_test(tc, test_launch__refuses_a_step_of_an_unknown_kind, 0, 3);
	tcase_add_test(tc, test_launch__ends_a_child_that_blocks);
	tcase_add_test(tc, test_launch__ends_a_child_that_is_stopped);
	tcase_add_test(tc, test_launch__does_not_wait_for_a_tracer);
	return suite_run(s);
}
