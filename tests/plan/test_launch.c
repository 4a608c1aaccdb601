/* SPDX-License-Identifier: MIT */
/*
 * A control group whose memory limit is too small for a container's own set-up:
 * the kernel may end the child, never the host program whose memory it shares.
 * Stops of a helper, one that has been altered among them.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/wait.h"
#include "compile/plan.h"
#include "plan/channel.h"
#include "plan/helper.h"
#include "plan/launch.h"
#include "support/altered.h"
#include "support/suite.h"
#include "support/world.h"

#define NOTHING -1, -1, -1, -1, -1, -1, -1 /* in the slots */
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
		.timeout_ms = 300, /* a helper takes its time under valgrind */
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

/* ---- stops ---- */

#define BOUND_MS 20000

static const struct ctr__step stops[] = {
	{ .kind = CTR__STEP_STOP, .modes = CTR__MODE_ONESHOT, .name = "done one thing" },
	{ .kind = CTR__STEP_UMASK, .modes = CTR__MODE_ONESHOT, .umask = 077 },
	{ .kind = CTR__STEP_STOP, .modes = CTR__MODE_JOINED }, /* of another run */
	{ .kind = CTR__STEP_AWAIT_IDS, .modes = CTR__MODE_ONESHOT, .map = { .keep_ids = true } },
};

static struct ctr__launching under_way;
static struct ctr__outcome seen;

static void begin(const struct ctr__step *steps, size_t n)
{
	struct ctr__launch launch;

	ctr__launch_init(&launch, steps, n, CTR__MODE_ONESHOT);
	ck_assert_int_eq(ctr__launch_begin(&under_way, &launch), 0);
}

static int next(int64_t bound_ms)
{
	return ctr__launch_next(&under_way, ctr__now_ms() + bound_ms, &seen);
}

static void expect_stop(int step)
{
	ck_assert_int_eq(next(BOUND_MS), 0);
	ck_assert_int_eq(seen.kind, CTR__OUTCOME_WAITS);
	ck_assert_int_eq(seen.step, step);
	ck_assert_int_eq(seen.pidfd, -1);
	ck_assert_int_gt(seen.pid, 0);
}

static void end(void)
{
	ck_assert_int_eq(ctr__launch_end(&under_way), -1);
}

static mode_t umask_of(pid_t pid)
{
	char path[64], text[4096];
	const char *line;
	int n;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	n = ctr__fd_read_file(AT_FDCWD, path, text, sizeof(text));
	ck_assert_int_gt(n, 0);
	line = strstr(text, "Umask:");
	ck_assert_ptr_nonnull(line);
	return (mode_t)strtoul(line + strlen("Umask:"), NULL, 8);
}

START_TEST(test_launch__comes_to_one_stop_after_the_other)
{
	pid_t pid;

	umask(022);
	begin(stops, 4);
	expect_stop(0);
	pid = seen.pid;
	ck_assert_uint_eq(umask_of(pid), 022);
	expect_stop(3);
	ck_assert_int_eq(seen.pid, pid);
	ck_assert_uint_eq(umask_of(pid), 077);
	ck_assert_int_eq(next(BOUND_MS), 0);
	ck_assert_int_eq(seen.kind, CTR__OUTCOME_DONE);
	ck_assert_int_eq(seen.pidfd, -1);
	ck_assert_int_eq(next(BOUND_MS), -ESRCH); /* there is nothing to come */
	end();
}
END_TEST

static char name_of_true[] = "true";
static char *const argv_of_true[] = { name_of_true, NULL };
static char *const no_environment[] = { NULL };

START_TEST(test_launch__hands_over_what_has_executed)
{
	const struct ctr__step steps[] = {
		stops[0],
		{ .kind = CTR__STEP_EXEC,
		  .modes = CTR__MODE_ONESHOT,
		  .exec = { .path = "/bin/true", .argv = argv_of_true, .envp = no_environment } },
	};
	siginfo_t info;

	begin(steps, 2);
	expect_stop(0);
	ck_assert_int_eq(next(BOUND_MS), 0);
	ck_assert_int_eq(seen.kind, CTR__OUTCOME_DONE);
	end();
	ck_assert_int_eq(waitid(P_PIDFD, (id_t)seen.pidfd, &info, WEXITED | __WALL), 0);
	ck_assert_int_eq(info.si_pid, seen.pid);
	ck_assert_int_eq(info.si_status, 0);
	close(seen.pidfd);
}
END_TEST

/* Each wait has a bound, and what the caller does meanwhile has none. */
START_TEST(test_launch__leaves_the_caller_its_time)
{
	begin(stops, 4);
	expect_stop(0);
	usleep(300000);
	ck_assert_int_eq(next(200), 0);
	ck_assert_int_eq(seen.kind, CTR__OUTCOME_WAITS);
	end();
}
END_TEST

/* The test case looks for processes and descriptors that are left. */
START_TEST(test_launch__ends_at_a_stop_without_an_answer)
{
	pid_t pid;

	begin(stops, 4);
	if (_i > 0)
		expect_stop(0);
	if (_i > 1)
		expect_stop(3);
	pid = under_way.pid;
	end();
	end();
	ck_assert_int_eq(kill(pid, 0), -1);
	ck_assert_int_eq(errno, ESRCH);
}
END_TEST

START_TEST(test_launch__sees_the_death_of_a_child_at_a_stop)
{
	begin(stops, 4);
	expect_stop(0);
	ck_assert_int_eq(kill(seen.pid, SIGKILL), 0);
	ck_assert_int_eq(next(BOUND_MS), 0);
	ck_assert_int_eq(seen.kind, CTR__OUTCOME_KILLED);
	ck_assert_int_eq(seen.step, 0);
	end();
}
END_TEST

/* Somebody else has a copy of its end of the channel, so that does not close. */
START_TEST(test_launch__sees_the_death_of_a_child_beside_a_copy)
{
	const int64_t start = ctr__now_ms();
	int copy, pidfd;

	suite_need_root();
	suite_need_real_exec(); /* which does not know pidfd_getfd(2) */
	begin(stops, 4);
	expect_stop(0);
	pidfd = sys_pidfd_open(seen.pid, 0);
	ck_assert_int_ge(pidfd, 0);
	copy = (int)syscall(SYS_pidfd_getfd, pidfd, under_way.run.slots[CTR__SLOT_LAUNCH], 0);
	ck_assert_int_ge(copy, 0);
	ck_assert_int_eq(kill(seen.pid, SIGKILL), 0);
	ck_assert_int_eq(next(BOUND_MS), 0);
	ck_assert_int_eq(seen.kind, CTR__OUTCOME_KILLED);
	ck_assert_int_lt(ctr__now_ms() - start, BOUND_MS / 2);
	close(copy);
	close(pidfd);
	end();
}
END_TEST

START_TEST(test_launch__ends_a_child_that_is_stopped)
{
	begin(stops, 4);
	expect_stop(0);
	ck_assert_int_eq(kill(seen.pid, SIGSTOP), 0);
	ck_assert_int_eq(next(200), 0);
	ck_assert_int_eq(seen.kind, CTR__OUTCOME_STOPPED);
	ck_assert_int_eq(seen.step, 0);
	ck_assert_int_eq(seen.pidfd, -1);
	end();
}
END_TEST

/* The simple call has nobody who could act. */
START_TEST(test_launch__alone_ends_at_a_stop)
{
	struct ctr__launch l;
	struct ctr__outcome outcome;

	ctr__launch_init(&l, stops, 4, CTR__MODE_ONESHOT);
	l.timeout_ms = BOUND_MS;
	ck_assert_int_eq(ctr__launch(&l, &outcome), 0);
	ck_assert_int_eq(outcome.kind, CTR__OUTCOME_WAITS);
	ck_assert_int_eq(outcome.pidfd, -1);
	ck_assert_int_eq(kill(outcome.pid, 0), -1);
}
END_TEST

START_TEST(test_launch__makes_no_stop_in_shared_memory)
{
	struct ctr__launch l;
	struct ctr__outcome outcome;

	if (!ctr__launch_can_share())
		return;
	ctr__launch_init(&l, stops, 4, CTR__MODE_ONESHOT);
	l.share_memory = true;
	ck_assert_int_eq(ctr__launch(&l, &outcome), 0);
	ck_assert_int_eq(outcome.kind, CTR__OUTCOME_FAILED);
	ck_assert_int_eq(outcome.step, 0);
	ck_assert_int_eq(outcome.errnum, EBADF);
}
END_TEST

static int told[2], held[2];

/* A copy of all descriptors, until the test lets it go. */
static void keep_copies(void)
{
	char byte;

	if (fork() != 0)
		return;
	close(held[1]);
	(void)!read(held[0], &byte, 1);
	_exit(0);
}

/* A caller that ends while its child waits: tells the pid of that. */
static void be_caller(bool copied)
{
	begin(stops, 4);
	expect_stop(0);
	if (copied)
		keep_copies();
	ck_assert_int_eq(write(told[1], &seen.pid, sizeof(seen.pid)), sizeof(seen.pid));
	pause();
}

/* By the end of the channel; and where somebody has a copy of it. */
START_TEST(test_launch__child_ends_with_its_caller)
{
	pid_t caller, child;
	int pidfd;

	ck_assert_int_eq(pipe2(told, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(held, O_CLOEXEC), 0);
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	caller = fork();
	ck_assert_int_ge(caller, 0);
	if (caller == 0)
		be_caller(_i);
	ck_assert_int_eq(read(told[0], &child, sizeof(child)), sizeof(child));
	pidfd = sys_pidfd_open(child, 0);
	ck_assert_int_ge(pidfd, 0);
	kill(caller, SIGKILL);
	ck_assert_int_eq(ctr__wait_readable(pidfd, BOUND_MS), 1);
	close(held[1]);
	while (waitpid(-1, NULL, __WALL) > 0)
		;
	close(pidfd);
	close(held[0]);
	close(told[0]);
	close(told[1]);
}
END_TEST

static pid_t tracer;

static void have_it_traced(pid_t pid)
{
	int ends[2];
	char byte = 0;

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
}

START_TEST(test_launch__does_not_wait_for_a_tracer)
{
	siginfo_t info;
	int left;

	suite_need_root();
	begin(stops, 4);
	expect_stop(0);
	have_it_traced(seen.pid);
	left = ctr__launch_end(&under_way);
	ck_assert_int_ge(left, 0);
	kill(tracer, SIGKILL);
	ck_assert_int_eq(waitpid(tracer, NULL, 0), tracer);
	ck_assert_int_eq(waitid(P_PIDFD, (id_t)left, &info, WEXITED | __WALL), 0);
	close(left);
}
END_TEST

/* ---- a helper that was altered ---- */

enum lie {
	LIE_OTHER_STOP,
	LIE_NO_STOP,
	LIE_SHORT,
	LIE_LONG,
	LIE_DESCRIPTOR,
	LIE_TWICE,
	LIE_BY_ANOTHER,
	LIE_NOTHING,
	LIE_ERRNUM,
	LIE_STEP,
};

/* This program, executed as the helper: what it does is in the place of the first umask. */
static struct ctr__step lying[] = {
	{ .kind = CTR__STEP_UMASK, .modes = CTR__MODE_ONESHOT },
	{ .kind = CTR__STEP_STOP, .modes = CTR__MODE_ONESHOT },
	{ .kind = CTR__STEP_STOP, .modes = CTR__MODE_ONESHOT },
};

static void say(int channel, int step, size_t size)
{
	const struct ctr__word words[2] = { { .step = step } };

	(void)!write(channel, words, size);
}

static void say_as_another(int channel)
{
	if (fork() == 0) {
		say(channel, 1, sizeof(struct ctr__word));
		_exit(0);
	}
}

static void lie(enum lie which, int channel, struct ctr__report *report)
{
	const size_t size = sizeof(struct ctr__word);

	switch (which) {
	case LIE_OTHER_STOP:
		say(channel, 2, size);
		break;
	case LIE_NO_STOP:
		say(channel, 0, size);
		break;
	case LIE_SHORT:
		say(channel, 1, 1);
		break;
	case LIE_LONG:
		say(channel, 1, size + 1);
		break;
	case LIE_DESCRIPTOR:
		ctr__fd_send(channel, 0);
		break;
	case LIE_TWICE:
		say(channel, 1, size);
		say(channel, 1, size);
		break;
	case LIE_BY_ANOTHER:
		say_as_another(channel);
		break;
	case LIE_NOTHING:
		say(channel, 0, 0);
		break;
	case LIE_ERRNUM:
		report->errnum = -5;
		_exit(1);
	case LIE_STEP:
		report->step = 1000;
		_exit(1);
	}
	for (;;)
		pause();
}

static int lie_as_helper(int fd)
{
	struct ctr__image *image = altered_image(fd);

	if (!image)
		return 1;
	lie((enum lie)altered_steps(image)[0].umask, image->run.slots[CTR__SLOT_LAUNCH],
	    &image->report);
	return 1;
}

static void begin_lying(enum lie which)
{
	struct ctr__launch launch;

	lying[0].umask = which;
	ctr__launch_init(&launch, lying, 3, CTR__MODE_ONESHOT);
	altered_begin(&under_way, &launch);
}

START_TEST(test_launch__ends_a_child_that_lies)
{
	suite_need_real_exec();
	begin_lying((enum lie)_i);
	if (_i == LIE_TWICE)
		expect_stop(1);
	ck_assert_int_eq(next(BOUND_MS), 0);
	ck_assert_int_eq(seen.kind, CTR__OUTCOME_LIED);
	ck_assert_int_eq(seen.pidfd, -1);
	end();
}
END_TEST

/* A word of no length is like the end of the channel. */
START_TEST(test_launch__ends_a_child_that_says_nothing)
{
	suite_need_real_exec();
	begin_lying(LIE_NOTHING);
	ck_assert_int_eq(next(BOUND_MS), 0);
	ck_assert_int_eq(seen.kind, CTR__OUTCOME_KILLED);
	ck_assert_int_eq(seen.step, -1);
	end();
}
END_TEST

START_TEST(test_launch__believes_no_impossible_report)
{
	suite_need_real_exec();
	begin_lying(_i == 0 ? LIE_ERRNUM : LIE_STEP);
	ck_assert_int_eq(next(BOUND_MS), 0);
	ck_assert_int_eq(seen.step, -1);
	ck_assert_int_eq(seen.kind, _i == 0 ? CTR__OUTCOME_FAILED : CTR__OUTCOME_KILLED);
	ck_assert_int_eq(seen.errnum, _i == 0 ? EPROTO : 0);
	end();
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s;
	TCase *tc;

	if (argc == 2 && strcmp(argv[0], CTR__HELPER_NAME) == 0)
		return lie_as_helper(atoi(argv[1]));
	s = suite_create("launch");
	tc = suite_case(s, "launch");
	tcase_add_loop_test(tc, test_launch__host_survives_a_tiny_memory_group, 0, 6);
	tcase_add_loop_test(tc, test_launch__no_container_runs_in_a_page, 0, 2);
	tcase_add_loop_test(tc, test_launch__tells_which_step_failed, 0, 2);
	tcase_add_loop_test(tc, test_launch__refuses_a_step_of_an_unknown_kind, 0, 3);
	tcase_add_test(tc, test_launch__ends_a_child_that_blocks);
	tcase_add_test(tc, test_launch__comes_to_one_stop_after_the_other);
	tcase_add_test(tc, test_launch__hands_over_what_has_executed);
	tcase_add_test(tc, test_launch__leaves_the_caller_its_time);
	tcase_add_loop_test(tc, test_launch__ends_at_a_stop_without_an_answer, 0, 3);
	tcase_add_test(tc, test_launch__sees_the_death_of_a_child_at_a_stop);
	tcase_add_test(tc, test_launch__sees_the_death_of_a_child_beside_a_copy);
	tcase_add_test(tc, test_launch__ends_a_child_that_is_stopped);
	tcase_add_test(tc, test_launch__alone_ends_at_a_stop);
	tcase_add_test(tc, test_launch__makes_no_stop_in_shared_memory);
	tcase_add_loop_test(tc, test_launch__child_ends_with_its_caller, 0, 2);
	tcase_add_test(tc, test_launch__does_not_wait_for_a_tracer);
	tcase_add_loop_test(tc, test_launch__ends_a_child_that_lies, LIE_OTHER_STOP, LIE_NOTHING);
	tcase_add_test(tc, test_launch__ends_a_child_that_says_nothing);
	tcase_add_loop_test(tc, test_launch__believes_no_impossible_report, 0, 2);
	return suite_run(s);
}
