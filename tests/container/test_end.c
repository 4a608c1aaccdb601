/* SPDX-License-Identifier: MIT */
/* How and when a container ends, for callers that look late, and with somebody in the way. */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "support/suite.h"
#include "support/world.h"

#define LATE_MS 600
#define LIMIT_MS 200

static ctr_error *err;
static ctr_usage *usage;

static void make(void)
{
	err = ctr_error_new();
	usage = ctr_usage_new(err);
	world_rootfs("root");
	world_copy(LOAD, world_path("root/bin/load"));
}

static void drop(void)
{
	ctr_usage_free(usage);
	ctr_error_free(err);
}

static void done(int r)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

static void sleep_ms(int ms)
{
	usleep((useconds_t)ms * 1000);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static ctr_spec *shell(const char *script)
{
	return suite_spec(world_path("root"), "/bin/sh", "-c", script, NULL);
}

static ctr_container *start(ctr_spec *spec)
{
	ctr_container *c = ctr_spawn(spec, err);

	ck_assert_msg(c, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
	return c;
}

static uint64_t used(const ctr_container *c, uint32_t what)
{
	uint64_t value;

	done(ctr_container_stats(c, usage, err));
	ck_assert_msg(ctr_usage_get(usage, what, &value), "%s is not known", ctr_usage_name(what));
	return value;
}

static void expect_exit(ctr_container *c, int code)
{
	ck_assert_msg(ctr_container_wait(c, -1, err) == 1, "%s", ctr_error_message(err));
	ck_assert_str_eq(ctr_container_end_name(ctr_container_end(c)), "exited");
	ck_assert_int_eq(ctr_container_exit_code(c), code);
}

/* ---- what the program is ---- */

#if defined(__x86_64__)
#define OWN_MACHINE "x86-64"
#elif defined(__aarch64__)
#define OWN_MACHINE "aarch64"
#else
#define OWN_MACHINE "not known"
#endif

/* That of a script's interpreter; nothing where the file could not be read. */
START_TEST(test_container_machine__is_that_of_the_file)
{
	static const char *const programs[] = { "/bin/sh", "/bin/script" };

	world_write(world_path("root/bin/script"), "#!/bin/sh\n", 0755);
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		ctr_container *c = start(suite_spec(world_path("root"), programs[i], NULL));

		if (strcmp(OWN_MACHINE, "not known") != 0)
			ck_assert_str_eq(ctr_container_machine(c), OWN_MACHINE);
		ctr_container_free(c);
	}
}
END_TEST

/* ---- limits on time, for callers that wait late ---- */

/* Without and with an init. */
START_TEST(test_wall_limit__is_not_met_by_what_ended_before)
{
	ctr_container *c[3];

	for (int i = 0; i < 3; i++) {
		ctr_spec *spec = shell((const char *[]){ "sleep 0.01; exit 1", "sleep 0.01; exit 2",
							 "sleep 0.01; exit 3" }[i]);

		done(ctr_spec_set_wall_limit_ms(spec, LIMIT_MS, err));
		done(ctr_process_set_init(ctr_spec_get_process(spec), _i, err));
		c[i] = start(spec);
	}
	sleep_ms(LATE_MS);
	for (int i = 2; i >= 0; i--) {
		expect_exit(c[i], i + 1);
		ck_assert_uint_ge(used(c[i], CTR_USAGE_WALL_US), 10000);
		if (_i) /* it says when that was */
			ck_assert_uint_lt(used(c[i], CTR_USAGE_WALL_US), LATE_MS * 1000 / 2);
		ctr_container_free(c[i]);
	}
}
END_TEST

/* The second ends while the first is waited for. */
START_TEST(test_wall_limit__is_not_met_while_another_is_waited_for)
{
	ctr_spec *longer = shell("sleep 0.5"), *shorter = shell("exit 4");
	ctr_container *first, *second;

	done(ctr_spec_set_wall_limit_ms(shorter, LIMIT_MS, err));
	first = start(longer);
	second = start(shorter);
	expect_exit(first, 0);
	expect_exit(second, 4);
	ctr_container_free(first);
	ctr_container_free(second);
}
END_TEST

START_TEST(test_wall_limit__that_only_looking_keeps_is_not_met)
{
	ctr_spec *spec = shell("exit 5");
	ctr_container *c;

	done(ctr_spec_set_wall_limit_ms(spec, LIMIT_MS, err));
	c = start(spec);
	sleep_ms(LATE_MS);
	ck_assert_int_eq(ctr_container_time_left_ms(c), 0);
	ck_assert_int_eq(ctr_container_wait(c, 0, err), 1);
	ck_assert_uint_eq(ctr_container_end(c), CTR_END_EXITED);
	ck_assert_int_eq(ctr_container_exit_code(c), 5);
	ctr_container_free(c);
}
END_TEST

START_TEST(test_cpu_limit__is_not_met_by_what_ended_before)
{
	ctr_spec *spec = suite_spec(world_path("root"), "/bin/load", "spin", "400", NULL);
	ctr_container *c;
	struct pollfd p = { .events = POLLIN };

	suite_need_root();
	done(ctr_spec_set_cpu_limit_ms(spec, 50, err));
	c = start(spec);
	p.fd = ctr_container_pidfd(c);
	ck_assert_int_eq(poll(&p, 1, -1), 1);
	expect_exit(c, 0);
	ctr_container_free(c);
}
END_TEST

/* ---- a tracer holds it ---- */

static pid_t tracer;

/* A process of the same user that traces it, and does not wait for what it traces. */
static void trace(pid_t pid)
{
	int ends[2];
	char byte = 0;

	ck_assert_int_eq(pipe(ends), 0);
	tracer = fork();
	ck_assert_int_ge(tracer, 0);
	if (tracer == 0) {
		if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0)
			byte = 'x';
		(void)!write(ends[1], &byte, 1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	close(ends[1]);
	if (byte != 'x') {
		kill(tracer, SIGKILL);
		waitpid(tracer, NULL, 0);
		suite_skip("ptrace(2) is not allowed");
	}
}

static void stop_tracing(void)
{
	ck_assert_int_eq(kill(tracer, SIGKILL), 0);
	ck_assert_int_eq(waitpid(tracer, NULL, 0), tracer);
}

static void await_readable(const ctr_container *c)
{
	struct pollfd p = { .fd = ctr_container_pidfd(c), .events = POLLIN };

	ck_assert_int_eq(poll(&p, 1, 20000), 1);
}

/* By looking, and by waiting. Any signal would stop it for the tracer: it reads. */
START_TEST(test_wait__does_not_block_while_a_tracer_holds_it)
{
	ctr_spec *spec = shell("read -r line; exit 7");
	ctr_container *c;
	int64_t began;
	int ends[2];

	suite_need_root();
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	done(ctr_process_set_fd(ctr_spec_get_process(spec), 0, ends[0], err));
	c = start(spec);
	close(ends[0]);
	trace(ctr_container_pid(c));
	ck_assert_int_eq(write(ends[1], "\n", 1), 1);
	close(ends[1]);
	await_readable(c);
	began = now_ms();
	ck_assert_msg(ctr_container_wait(c, _i ? -1 : 0, err) == 1, "%s", ctr_error_message(err));
	ck_assert_int_lt(now_ms() - began, 2000);
	ck_assert_int_eq(ctr_container_exit_code(c), 7);
	ck_assert_uint_eq(ctr_container_end(c), CTR_END_EXITED);
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	done(ctr_container_stats(c, usage, err));
	ck_assert_int_eq(ctr_usage_get(usage, CTR_USAGE_USER_US, &(uint64_t){ 0 }), 0);
	stop_tracing();
	ctr_container_free(c);
}
END_TEST

START_TEST(test_wait__tells_the_signal_while_a_tracer_holds_it)
{
	ctr_container *c;

	suite_need_root();
	c = start(shell("exec sleep 1000"));
	trace(ctr_container_pid(c));
	done(ctr_container_kill_all(c, err));
	ck_assert_msg(ctr_container_wait(c, -1, err) == 1, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_container_exit_signal(c), SIGKILL);
	stop_tracing();
	ctr_container_free(c);
}
END_TEST

/* Nothing stays: the next one that is started or freed takes with it what had to wait. */
START_TEST(test_free__of_what_a_tracer_holds_is_made_up_for)
{
	ctr_container *c;
	pid_t pid;

	suite_need_root();
	c = start(shell("exec sleep 1000"));
	pid = ctr_container_pid(c);
	trace(pid);
	ctr_container_free(c);
	stop_tracing();
	ck_assert_int_eq(kill(pid, 0), 0); /* not yet waited for */
	c = start(shell("exit 0"));
	ck_assert_int_eq(kill(pid, 0), -1);
	expect_exit(c, 0);
	ctr_container_free(c);
}
END_TEST

/* Its tracer is in it, and dies with it. */
START_TEST(test_wait__ends_a_tracer_inside)
{
	ctr_spec *spec = suite_spec(world_path("root"), "/bin/load", "held", "9", NULL);
	ctr_container *c;

	suite_need_root();
	done(ctr_spec_set_namespace(spec, CTR_NS_PID, CTR_NS_MODE_HOST, err));
	done(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 10, err));
	c = start(spec);
	await_readable(c);
	ck_assert_msg(ctr_container_wait(c, _i ? -1 : 0, err) == 1, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_container_exit_code(c), 9);
	ctr_container_free(c);
}
END_TEST

/* The child of an init, as the host numbers it. */
static pid_t child_of(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	return atoi(world_read(path));
}

/*
 * The first process of a PID namespace can't end before all others have, and one of those is
 * held from outside: nothing can be done about that, but nobody waits for ever.
 */
START_TEST(test_wait__is_bounded_after_a_kill)
{
	ctr_spec *spec = shell("exec sleep 1000");
	ctr_container *c;
	int left;

	suite_need_root();
	done(ctr_process_set_init(ctr_spec_get_process(spec), 1, err));
	c = start(spec);
	trace(child_of(ctr_container_pid(c)));
	ck_assert_int_eq(ctr_container_time_left_ms(c), -1);
	done(ctr_container_kill_all(c, err));
	ck_assert_int_eq(ctr_container_wait(c, 50, err), 0);
	left = ctr_container_time_left_ms(c);
	ck_assert_int_gt(left, 0);
	ck_assert_int_le(left, 30000);
	stop_tracing();
	ck_assert_msg(ctr_container_wait(c, -1, err) == 1, "%s", ctr_error_message(err));
	ctr_container_free(c);
}
END_TEST

/* ---- what is counted ---- */

#define MANY_MOUNTS 100
#define READ_US 2000 /* from the reading of one clock to that of the other */

/*
 * One thread can't use more CPU time than goes by. What it took to set the container up, here
 * many mounts, is not counted: odd ones count in a group too, and the last two fork.
 */
START_TEST(test_usage__begins_when_the_program_is_executed)
{
	ctr_spec *spec = shell("exit 0");
	ctr_container *c;
	char path[32];

	suite_need_root();
	for (int i = 0; i < MANY_MOUNTS; i++) {
		snprintf(path, sizeof(path), "/tmp/%d", i);
		done(ctr_spec_add_tmpfs(spec, path, 4096, 0755, 0, err));
	}
	done(ctr_spec_set_accounting(spec, _i % 2, err));
	done(ctr_spec_set_child(spec, _i / 2 ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err));
	c = start(spec);
	expect_exit(c, 0);
	ck_assert_uint_le(used(c, CTR_USAGE_CPU_US), used(c, CTR_USAGE_WALL_US) + READ_US);
	ck_assert_uint_gt(used(c, CTR_USAGE_CPU_US), 0);
	ck_assert_uint_le(ctr_container_user_time_us(c) + ctr_container_system_time_us(c),
			  used(c, CTR_USAGE_WALL_US) + READ_US);
	ctr_container_free(c);
}
END_TEST

START_TEST(test_accounting__is_one_of_three)
{
	ctr_spec *spec = shell("exit 0");

	for (int enabled = CTR_ACCOUNTING_OFF; enabled <= CTR_ACCOUNTING_AUTO; enabled++)
		done(ctr_spec_set_accounting(spec, enabled, err));
	ck_assert_int_eq(ctr_spec_set_accounting(spec, CTR_ACCOUNTING_AUTO + 1, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "accounting");
	ctr_spec_free(spec);
}
END_TEST

/* ---- a copy of the process ---- */

static ctr_container *shared; /* with the copy */
static ctr_cgroup *group;
static ctr_plan *plan;

static ctr_container *start_with_group(void)
{
	ctr_spec *spec = shell("exec sleep 1000");

	done(ctr_spec_set_accounting(spec, 1, err));
	return start(spec);
}

static void expect_alive(const ctr_container *c)
{
	done(ctr_container_send_signal(c, 0, err));
	ck_assert_int_eq(ctr_container_wait(shared, 0, err), 0);
}

static void free_all(void)
{
	ctr_container_free(shared);
	ctr_plan_free(plan);
	ctr_cgroup_free(group);
}

/* As an atexit(3) handler or a destructor does. */
START_TEST(test_copy__free_ends_nothing)
{
	ctr_usage *before;
	uint64_t pids;

	suite_need_root();
	shared = start_with_group();
	suite_in_child(free_all);
	expect_alive(shared);
	before = ctr_usage_new(err);
	done(ctr_container_stats(shared, before, err));
	ck_assert_int_eq(ctr_usage_get(before, CTR_USAGE_PIDS, &pids), 1);
	ck_assert_uint_eq(pids, 1);
	ctr_usage_free(before);
	ctr_container_free(shared);
	shared = NULL;
}
END_TEST

static void expect_refusal(int r)
{
	ck_assert_int_eq(r, -1);
	suite_expect_error(err, CTR_E_STATE, "forked copy");
}

static void call_all(void)
{
	ctr_limits *limits = ctr_limits_new(err);

	done(ctr_limits_set_pids_max(limits, 5, err));
	expect_refusal(ctr_container_wait(shared, 0, err));
	expect_refusal(ctr_container_stats(shared, usage, err));
	expect_refusal(ctr_container_freeze(shared, err));
	expect_refusal(ctr_container_thaw(shared, err));
	expect_refusal(ctr_container_send_signal_all(shared, SIGTERM, err));
	expect_refusal(ctr_container_update(shared, limits, err));
	expect_refusal(ctr_container_send_signal(shared, SIGKILL, err));
	expect_refusal(ctr_container_kill_all(shared, err));
	expect_refusal(ctr_container_detach(shared, err));
	ck_assert_int_eq(ctr_container_time_left_ms(shared), -1);
	ck_assert_int_eq(ctr_container_take_tty(shared), -1);
	ck_assert_int_eq(ctr_container_take_seccomp_fd(shared), -1);
	ctr_limits_free(limits);
}

START_TEST(test_copy__every_call_says_so)
{
	suite_need_root();
	shared = start_with_group();
	suite_in_child(call_all);
	expect_alive(shared);
	ctr_container_free(shared);
	shared = NULL;
}
END_TEST

static void end_group(void)
{
	expect_refusal(ctr_cgroup_kill(group, err));
	expect_refusal(ctr_cgroup_remove(group, err));
	free_all();
}

/* A destructor that removes a group before it frees the handle. */
START_TEST(test_copy__removes_no_group)
{
	suite_need_root();
	group = ctr_cgroup_create(NULL, NULL, 1, err);
	ck_assert_msg(group, "%s", ctr_error_message(err));
	suite_in_child(end_group);
	ck_assert_int_eq(access(ctr_cgroup_path(group, 0), F_OK), 0);
	done(ctr_cgroup_remove(group, err));
	ctr_cgroup_free(group);
	group = NULL;
}
END_TEST

/* What a plan has made for its containers. */
START_TEST(test_copy__leaves_a_plan_as_it_is)
{
	ctr_spec *spec = shell("exit 3");

	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
	for (int i = 0; i < 2; i++) {
		ctr_container *c = ctr_plan_spawn(plan, err);

		ck_assert_msg(c, "%s", ctr_error_message(err));
		expect_exit(c, 3);
		ctr_container_free(c);
		suite_in_child(free_all);
	}
	ctr_plan_free(plan);
	plan = NULL;
}
END_TEST

static void start_in_copy(void)
{
	ctr_container *c = start(shell("exit 6"));

	expect_exit(c, 6);
	ctr_container_free(c);
}

START_TEST(test_copy__starts_containers_itself)
{
	start_in_copy();
	suite_in_child(start_in_copy);
	start_in_copy();
}
END_TEST

static void fork_again(void)
{
	ck_assert_int_eq(getpid(), 1);
	shared = start_with_group();
	ck_assert_int_eq(unshare(CLONE_NEWPID), 0);
	suite_in_child(call_all); /* process 1 too, of a namespace inside */
	expect_alive(shared);
	ctr_container_free(shared);
}

static void be_process_1(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWPID), 0);
	suite_in_child(fork_again);
}

START_TEST(test_copy__is_known_by_more_than_its_process_id)
{
	suite_need_root();
	suite_in_child(be_process_1);
}
END_TEST

/* ---- its mounts ---- */

static bool holds_mounts(void)
{
	const int self = sys_pidfd_open(getpid(), 0);
	const int fd = sys_pidfd_get_mnt_ns(self);

	sys_close(self);
	ctr__fd_close(fd);
	return fd >= 0;
}

/* inotify(7) tells when a file system is gone: no mount of it is left. */
static int watch_file_system(const char *there)
{
	int events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	world_mkdir("there");
	ck_assert_int_eq(mount("none", there, "tmpfs", 0, NULL), 0);
	ck_assert_int_ge(inotify_add_watch(events, there, IN_ATTRIB), 0);
	return events;
}

static bool is_gone(int events)
{
	struct inotify_event event;

	return read(events, &event, sizeof(event)) == sizeof(event) && event.mask & IN_UNMOUNT;
}

/* In a container, and nowhere else. */
static ctr_container *start_with(const char *there)
{
	ctr_spec *spec = shell("exit 0");
	ctr_container *c;

	done(ctr_spec_add_bind(spec, there, "/mnt", 0, err));
	done(ctr_process_set_die_with_parent(ctr_spec_get_process(spec), 0, err));
	c = start(spec);
	ck_assert_int_eq(umount2(there, 0), 0);
	return c;
}

/* The caller does not wait for the kernel to remove them: it does that later. */
static void free_after_the_end(void)
{
	const char *there = world_path("there");
	const int events = watch_file_system(there);
	ctr_container *c = start_with(there);

	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	ck_assert_int_eq(is_gone(events), !holds_mounts());
	ctr_container_free(c);
	ck_assert(is_gone(events) || !holds_mounts());
	close(events);
}

START_TEST(test_free__removes_the_mounts)
{
	suite_need_root();
	suite_in_mounts(free_after_the_end);
}
END_TEST

static void detach_before_the_end(void)
{
	const char *there = world_path("there");
	const int events = watch_file_system(there);
	ctr_container *c = start_with(there);
	bool gone = false;

	done(ctr_container_detach(c, err));
	for (int turn = 0; !gone && turn < 2000; turn++) {
		sleep_ms(1);
		gone = is_gone(events);
	}
	ck_assert(gone);
	ctr_container_free(c);
	close(events);
}

START_TEST(test_detach__holds_no_mounts)
{
	suite_need_root();
	suite_in_mounts(detach_before_the_end);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("end");
	TCase *tc = suite_case(s, "late");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_test(tc, test_container_machine__is_that_of_the_file);
	tcase_add_loop_test(tc, test_wall_limit__is_not_met_by_what_ended_before, 0, 2);
	tcase_add_test(tc, test_wall_limit__is_not_met_while_another_is_waited_for);
	tcase_add_test(tc, test_wall_limit__that_only_looking_keeps_is_not_met);
	tcase_add_test(tc, test_cpu_limit__is_not_met_by_what_ended_before);

	tc = suite_case(s, "traced");
	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_wait__does_not_block_while_a_tracer_holds_it, 0, 2);
	tcase_add_test(tc, test_wait__tells_the_signal_while_a_tracer_holds_it);
	tcase_add_test(tc, test_free__of_what_a_tracer_holds_is_made_up_for);
	tcase_add_loop_test(tc, test_wait__ends_a_tracer_inside, 0, 2);
	tcase_add_test(tc, test_wait__is_bounded_after_a_kill);

	tc = suite_case(s, "counted");
	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_usage__begins_when_the_program_is_executed, 0, 4);

	tcase_add_test(tc, test_accounting__is_one_of_three);

	tc = suite_case(s, "copy");
	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_test(tc, test_copy__free_ends_nothing);
	tcase_add_test(tc, test_copy__every_call_says_so);
	tcase_add_test(tc, test_copy__removes_no_group);
	tcase_add_test(tc, test_copy__leaves_a_plan_as_it_is);
	tcase_add_test(tc, test_copy__starts_containers_itself);
	tcase_add_test(tc, test_copy__is_known_by_more_than_its_process_id);
	tcase_add_test(tc, test_free__removes_the_mounts);
	tcase_add_test(tc, test_detach__holds_no_mounts);
	return suite_run(s);
}
