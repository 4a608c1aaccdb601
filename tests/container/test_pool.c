/* SPDX-License-Identifier: MIT */
/* Containers that stand ready: what one of them gets, and that it is like any other container. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static ctr_error *err;
static ctr_plan *plan;
static ctr_pool *pool;

static void done(int r)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

static void make(void)
{
	suite_need_root();
	err = ctr_error_new();
	world_rootfs("root");
}

static void drop(void)
{
	ctr_pool_free(pool);
	ctr_plan_free(plan);
	pool = NULL;
	plan = NULL;
	ctr_error_free(err);
}

/* ---- kinds of plan: with an init, without, and where the child can wait ---- */

static void use_default(ctr_spec *spec)
{
	done(ctr_process_set_init(ctr_spec_get_process(spec), 1, err));
}

static void use_no_init(ctr_spec *spec)
{
	done(ctr_process_set_init(ctr_spec_get_process(spec), 0, err));
}

static void use_host_network(ctr_spec *spec)
{
	done(ctr_spec_set_namespace(spec, CTR_NS_NET, CTR_NS_MODE_HOST, err));
}

static void use_another_user(ctr_spec *spec)
{
	done(ctr_process_set_user(ctr_spec_get_process(spec), 54321, 54321, err));
}

static void use_user_namespace(ctr_spec *spec)
{
	done(ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err));
}

/* The child waits before this filter is loaded: behind it nothing could be received. */
static void use_filter(ctr_spec *spec)
{
	done(ctr_process_set_seccomp_json(
		ctr_spec_get_process(spec),
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"recvmsg\"],"
		"\"action\":\"SCMP_ACT_ERRNO\"}]}",
		err));
}

static void use_early_filter(ctr_spec *spec)
{
	use_filter(spec);
	done(ctr_process_set_no_new_privs(ctr_spec_get_process(spec), 0, err));
}

static void use_host_pids(ctr_spec *spec)
{
	done(ctr_spec_set_namespace(spec, CTR_NS_PID, CTR_NS_MODE_HOST, err));
}

static void (*const kinds[])(ctr_spec *) = {
	use_default,	    use_no_init, use_host_network, use_another_user,
	use_user_namespace, use_filter,	 use_early_filter, use_host_pids,
};

static ctr_spec *shell(const char *script)
{
	return suite_spec(world_path("root"), "/bin/sh", "-c", script, NULL);
}

static void begin_with(ctr_spec *spec, size_t n)
{
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
	pool = ctr_pool_new(plan, n, err);
	ck_assert_msg(pool, "%s", ctr_error_message(err));
}

static void begin(const char *script, size_t n)
{
	begin_with(shell(script), n);
}

static ctr_container *take(const ctr_given *given)
{
	ctr_container *c = ctr_pool_take(pool, given, err);

	ck_assert_msg(c, "%s", ctr_error_message(err));
	return c;
}

static int code_of(ctr_container *c)
{
	int code;

	ck_assert_msg(ctr_container_wait(c, -1, err) == 1, "%s", ctr_error_message(err));
	code = ctr_container_exit_code(c);
	ctr_container_free(c);
	return code;
}

static void expect_fail(const ctr_given *given, int code, const char *words)
{
	ck_assert_ptr_null(ctr_pool_take(pool, given, err));
	suite_expect_error(err, code, words);
	ctr_error_clear(err);
}

/* What one that is taken writes to standard output. */
static char *output_of(ctr_given *given)
{
	static char text[16384];
	int out[2];
	ssize_t n, length = 0;
	ctr_container *c;

	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	done(ctr_given_set_fd(given, 1, out[1], err));
	c = take(given);
	close(out[1]);
	while ((n = read(out[0], text + length, sizeof(text) - 1 - (size_t)length)) > 0)
		length += n;
	text[length] = '\0';
	close(out[0]);
	code_of(c);
	return text;
}

static ctr_given *new_given(void)
{
	ctr_given *given = ctr_given_new(err);

	ck_assert_ptr_nonnull(given);
	return given;
}

/* The children of this process, of which each is the first of one that waits. */
static int children(pid_t *pids, int max)
{
	char path[64];
	FILE *f;
	int n = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	while (n < max && fscanf(f, "%d", &pids[n]) == 1)
		n++;
	fclose(f);
	return n;
}

/* ---- what one gets ---- */

START_TEST(test_pool__gives_each_container_its_own)
{
	char sh[] = "sh", c[] = "-c", text[] = "read word; echo $word $1 $A $HOME >&2; exit $2",
	     seven[] = "7", one[] = "one";
	char *args[] = { sh, c, text, sh, one, seven, NULL };
	ctr_spec *spec = shell("exit 3");
	ctr_given *given;
	int in[2], out[2];
	char line[64] = "";

	kinds[_i](spec);
	begin_with(spec, 2);
	ck_assert_int_eq(code_of(take(NULL)), 3);
	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	given = suite_given((int[]){ in[0], -1, out[1] }, 3, args);
	done(ctr_given_set_env(given, "A", "old", err));
	done(ctr_given_set_env(given, "A", "a=b", err));
	done(ctr_given_set_env(given, "HOME", "/new", err));
	ck_assert_int_eq(write(in[1], "word\n", 5), 5);
	ck_assert_int_eq(code_of(take(given)), 7);
	ck_assert_int_gt(read(out[0], line, sizeof(line) - 1), 0);
	ck_assert_str_eq(line, "word one a=b /new\n");
	ck_assert_int_eq(code_of(take(NULL)), 3); /* one that is prepared now */
	ctr_given_free(given);
	for (int i = 0; i < 2; i++) {
		close(in[i]);
		close(out[i]);
	}
}
END_TEST

/* All that protects the host is as it is without a pool. */
START_TEST(test_pool__is_like_any_other_container)
{
	static const char script[] =
		"grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|Sig[BIC]|Shd|Threads)' "
		"/proc/self/status; ulimit -a; umask; pwd; ls /proc/self/fd; "
		"cut -d' ' -f3- /proc/mounts; env; hostname; cat /proc/self/oom_score_adj";
	ctr_spec *spec = shell(script);
	ctr_given *given = new_given();
	ctr_container *c;
	char *expected, *pooled;
	int out[2], n;

	kinds[_i](spec);
	begin_with(spec, 1);
	pooled = strdup(output_of(given));
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	done(ctr_given_set_fd(given, 1, out[1], err));
	c = ctr_plan_spawn_with(plan, given, err);
	ck_assert_msg(c, "%s", ctr_error_message(err));
	ck_assert_int_eq(code_of(c), 0);
	expected = calloc(1, 16384);
	n = (int)read(out[0], expected, 16383);
	ck_assert_int_gt(n, 500);
	ck_assert_str_eq(pooled, expected);
	free(expected);
	free(pooled);
	close(out[0]);
	close(out[1]);
	ctr_given_free(given);
}
END_TEST

START_TEST(test_pool__gives_descriptors_their_numbers)
{
	ctr_spec *spec = shell("cat <&7; cat <&3; ls /proc/self/fd | wc -l");
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_given *given = new_given();
	int a[2], b[2];

	done(ctr_process_set_fd(process, 3, -1, err));
	done(ctr_process_set_fd(process, 7, -1, err));
	done(ctr_process_set_rlimit(process, RLIMIT_NOFILE, 32, 32, err));
	begin_with(spec, 1);
	ck_assert_int_eq(pipe2(a, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(b, O_CLOEXEC), 0);
	ck_assert_int_eq(write(a[1], "a\n", 2), 2);
	ck_assert_int_eq(write(b[1], "b\n", 2), 2);
	close(a[1]);
	close(b[1]);
	done(ctr_given_set_fd(given, 3, a[0], err));
	done(ctr_given_set_fd(given, 7, b[0], err));
	ck_assert_str_eq(output_of(given), "b\na\n6\n"); /* and the one of ls */
	ctr_given_free(given);
	close(a[0]);
	close(b[0]);
}
END_TEST

/* Those that come are above the others for a moment, and no more room is needed. */
START_TEST(test_pool__needs_room_for_its_descriptors_once)
{
	ctr_spec *spec = suite_spec(world_path("root"), "/bin/true", NULL);

	done(ctr_process_set_rlimit(ctr_spec_get_process(spec), RLIMIT_NOFILE, 6 - _i, 6 - _i,
				    err));
	begin_with(spec, 1);
	if (_i == 0)
		ck_assert_int_eq(code_of(take(NULL)), 0);
	else
		expect_fail(NULL, CTR_E_SYSTEM, "nofile leaves no room for its descriptors");
}
END_TEST

START_TEST(test_pool__gives_a_terminal)
{
	ctr_spec *spec = shell("test -t 0 && test -t 1 && test -t 2 && exit 4");
	ctr_container *c;
	int tty;

	done(ctr_process_set_tty(ctr_spec_get_process(spec), 1, 0, 0, err));
	begin_with(spec, 1);
	c = take(NULL);
	tty = ctr_container_take_tty(c);
	ck_assert_int_ge(tty, 0);
	ck_assert_int_eq(code_of(c), 4);
	close(tty);
}
END_TEST

START_TEST(test_pool__keeps_what_waits_out_of_the_usage)
{
	uint64_t wall;
	ctr_usage *usage = ctr_usage_new(err);
	ctr_container *c;

	begin("exit 0", 1);
	usleep(300000);
	c = take(NULL);
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	done(ctr_container_stats(c, usage, err));
	ck_assert_int_eq(ctr_usage_get(usage, CTR_USAGE_WALL_US, &wall), 1);
	ck_assert_uint_lt(wall, 250000);
	ctr_container_free(c);
	ctr_usage_free(usage);
}
END_TEST

/* Not even standard input, until it is taken. */
START_TEST(test_pool__has_nothing_of_the_hosts_open_while_it_waits)
{
	ctr_spec *spec = shell("exit 0");
	char path[64], file[PATH_MAX];
	pid_t pids[1];
	ssize_t n;

	use_no_init(spec);
	begin_with(spec, 1);
	ck_assert_int_eq(children(pids, 1), 1);
	for (int fd = 0; fd <= 2; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pids[0], fd);
		n = readlink(path, file, sizeof(file) - 1);
		ck_assert_int_gt(n, 0);
		file[n] = '\0';
		ck_assert_str_eq(file, "/dev/null");
	}
	ck_assert_int_eq(code_of(take(NULL)), 0);
}
END_TEST

/* The child waits before the filter, for nobody could answer what is asked while it waits. */
START_TEST(test_pool__hands_a_listener_over)
{
	ctr_spec *spec = shell("exit 5");
	ctr_container *c;
	int listener;

	done(ctr_process_set_seccomp_json(
		ctr_spec_get_process(spec),
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"recvmsg\","
		"\"chroot\"],\"action\":\"SCMP_ACT_NOTIFY\"}]}",
		err));
	begin_with(spec, 1);
	c = take(NULL);
	listener = ctr_container_take_seccomp_fd(c);
	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(code_of(c), 5);
	close(listener);
}
END_TEST

START_TEST(test_pool__tells_how_the_program_ends)
{
	ctr_spec *spec = shell("kill -ABRT $$; sleep 100");
	ctr_container *c;

	done(ctr_process_set_init(ctr_spec_get_process(spec), 1, err));
	begin_with(spec, 2);
	c = take(NULL);
	ck_assert_int_ne(ctr_container_pid(c), ctr_container_program_pid(c));
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	ck_assert_int_eq(ctr_container_exit_signal(c), SIGABRT);
	ctr_container_free(c);
}
END_TEST

START_TEST(test_pool__executes_what_can_not_be_executed)
{
	char path[] = "/bin/sh";
	ctr_given *given = suite_given(NULL, 0, (char *[]){ path, NULL });

	begin("true", 1);
	ck_assert_int_eq(unlink(world_path("root/bin/sh")), 0);
	expect_fail(given, CTR_E_NOT_FOUND, "execute \"/bin/sh\": No such file");
	ctr_given_free(given);
}
END_TEST

/* ---- groups and limits ---- */

static ctr_cgroup *new_group(void)
{
	ctr_limits *limits = ctr_limits_new(err);
	ctr_cgroup *group;
	char path[64];

	snprintf(path, sizeof(path), "/minictr_test_%d", (int)getpid());
	done(ctr_limits_set_pids_max(limits, 20, err));
	group = ctr_cgroup_create(path, limits, 1, err);
	ck_assert_msg(group, "%s", ctr_error_message(err));
	ctr_limits_free(limits);
	return group;
}

/* Each hierarchy that has the group says so; a child that waits is not in it. */
START_TEST(test_pool__joins_the_group_that_is_given)
{
	ctr_spec *spec = shell("grep -c minictr_test /proc/self/cgroup; sleep 100");
	ctr_cgroup *group = new_group();
	ctr_given *given = new_given();
	ctr_container *c;
	pid_t pids[8];

	kinds[_i](spec);
	begin_with(spec, 1);
	ck_assert_int_eq(ctr_cgroup_list(group, NULL, 0, err), 0);
	done(ctr_given_set_cgroup(given, group, err));
	c = take(given);
	ck_assert_int_ge(ctr_cgroup_list(group, pids, 8, err),
			 ctr_container_pid(c) == ctr_container_program_pid(c) ? 1 : 2);
	done(ctr_container_kill_all(c, err));
	ck_assert_int_eq(code_of(c), -1);
	ctr_given_free(given);
	done(ctr_cgroup_remove(group, err));
	ctr_cgroup_free(group);
}
END_TEST

START_TEST(test_pool__waits_outside_the_plans_group)
{
	ctr_spec *spec = shell("exit 6");
	ctr_cgroup *group = new_group();
	ctr_usage *usage = ctr_usage_new(err);
	ctr_container *c;
	uint64_t cpu;

	done(ctr_spec_set_cgroup(spec, group, err));
	begin_with(spec, 1);
	ck_assert_int_eq(ctr_cgroup_list(group, NULL, 0, err), 0);
	c = take(NULL);
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	done(ctr_container_stats(c, usage, err));
	if (ctr_usage_get(usage, CTR_USAGE_CPU_US, &cpu))
		ck_assert_uint_lt(cpu, 1000000);
	ck_assert_int_eq(code_of(c), 6);
	ctr_usage_free(usage);
	done(ctr_cgroup_remove(group, err));
	ctr_cgroup_free(group);
}
END_TEST

/* What setting it up took is not the group's, which it joins when it is taken. */
START_TEST(test_pool__counts_what_the_program_uses)
{
	ctr_spec *spec = suite_spec(world_path("root"), "/bin/load", "work", "30", NULL);
	ctr_cgroup *group = new_group();
	ctr_given *given = new_given();
	ctr_usage *usage = ctr_usage_new(err);
	char path[32];
	ctr_container *c;
	uint64_t cpu;

	world_copy(LOAD, world_path("root/bin/load"));
	for (int i = 0; i < 200; i++) {
		snprintf(path, sizeof(path), "/tmp/%d", i);
		done(ctr_spec_add_tmpfs(spec, path, 4096, 0755, 0, err));
	}
	begin_with(spec, 1);
	done(ctr_given_set_cgroup(given, group, err));
	c = take(given);
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	done(ctr_container_stats(c, usage, err));
	ck_assert_int_eq(ctr_usage_get(usage, CTR_USAGE_CPU_US, &cpu), 1);
	ck_assert_uint_ge(cpu, 29000);
	ck_assert_int_eq(code_of(c), 0);
	ctr_usage_free(usage);
	ctr_given_free(given);
	done(ctr_cgroup_remove(group, err));
	ctr_cgroup_free(group);
}
END_TEST

static const char forks[] =
	"i=0; while [ $i -lt 8 ]; do sleep 1 & i=$((i + 1)); done 2>/dev/null; exit 0";

static void begin_with_pids_limit(const char *script, uint64_t max)
{
	ctr_spec *spec = shell(script);

	done(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), max, err));
	begin_with(spec, 1);
}

START_TEST(test_pool__sets_the_limits_that_are_given)
{
	ctr_given *given = new_given();

	begin_with_pids_limit(forks, 20);
	done(ctr_limits_set_pids_max(ctr_given_get_limits(given), 4, err));
	ck_assert_int_eq(code_of(take(NULL)), 0);
	ck_assert_int_ne(code_of(take(given)), 0);
	ctr_given_free(given);
}
END_TEST

START_TEST(test_pool__keeps_the_time_that_is_given)
{
	ctr_given *given = new_given();
	ctr_container *c;

	begin("sleep 100", 1);
	done(ctr_given_set_wall_limit_ms(given, 100, err));
	c = take(given);
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	ck_assert_uint_eq(ctr_container_end(c), CTR_END_WALL_LIMIT);
	ctr_container_free(c);
	ctr_given_free(given);
}
END_TEST

START_TEST(test_pool__keeps_the_cpu_time_that_is_given)
{
	ctr_given *given = new_given();
	ctr_container *c;

	begin_with_pids_limit("while :; do :; done", 20);
	done(ctr_given_set_cpu_limit_ms(given, 50, err));
	c = ctr_pool_take(pool, given, err);
	if (!c) { /* the group has no hierarchy that counts it */
		suite_expect_error(err, CTR_E_INVALID, "no control group that counts CPU time");
	} else {
		ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
		ck_assert_uint_eq(ctr_container_end(c), CTR_END_CPU_LIMIT);
		ctr_container_free(c);
	}
	ctr_given_free(given);
}
END_TEST

START_TEST(test_pool__refuses_groups_and_limits_that_the_plan_has_not)
{
	ctr_cgroup *group = new_group();
	ctr_given *given = new_given();
	ctr_spec *spec;

	done(ctr_given_set_cgroup(given, group, err));
	begin_with_pids_limit("true", 20);
	expect_fail(given, CTR_E_INVALID, "the plan creates a group for each container");
	ctr_pool_free(pool);
	ctr_plan_free(plan);
	spec = shell("true");
	use_host_pids(spec);
	begin_with(spec, 1);
	expect_fail(given, CTR_E_INVALID, "no PID namespace of its own");
	ctr_pool_free(pool);
	ctr_plan_free(plan);
	begin("true", 1);
	done(ctr_given_set_cgroup(given, NULL, err));
	done(ctr_limits_set_pids_max(ctr_given_get_limits(given), 4, err));
	expect_fail(given, CTR_E_INVALID, "creates no control group");
	ctr_given_free(given);
	done(ctr_cgroup_remove(group, err));
	ctr_cgroup_free(group);
}
END_TEST

/* ---- those that stand ready ---- */

START_TEST(test_pool__has_as_many_as_it_was_asked_for)
{
	begin("exit 0", 3);
	ck_assert_uint_eq(ctr_pool_count(pool), 3);
	ck_assert_int_eq(ctr_pool_refill(pool, 0, err), 0);
	code_of(take(NULL));
	code_of(take(NULL));
	ck_assert_uint_eq(ctr_pool_count(pool), 1);
	ck_assert_int_eq(ctr_pool_refill(pool, 1, err), 1);
	ck_assert_uint_eq(ctr_pool_count(pool), 2);
	ck_assert_int_eq(ctr_pool_refill(pool, 5, err), 0);
	ck_assert_uint_eq(ctr_pool_count(pool), 3);
}
END_TEST

START_TEST(test_pool__does_not_hand_out_what_has_ended)
{
	pid_t pids[4], ended;

	begin("exit 5", 3);
	ck_assert_int_eq(children(pids, 4), 3);
	kill(pids[0], SIGKILL);
	kill(pids[1], SIGKILL);
	usleep(100000);
	ck_assert_int_eq(code_of(take(NULL)), 5);
	ck_assert_uint_eq(ctr_pool_count(pool), 0);
	ck_assert_int_eq(ctr_pool_refill(pool, 0, err), 0);
	ck_assert_int_eq(children(pids, 4), 3);
	ended = pids[2];
	kill(ended, SIGKILL);
	usleep(100000);
	ck_assert_int_eq(ctr_pool_refill(pool, 0, err), 0);
	ck_assert_int_eq(children(pids, 4), 3);
	for (int i = 0; i < 3; i++)
		ck_assert_int_ne(pids[i], ended);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(code_of(take(NULL)), 5);
}
END_TEST

/* Who stops one that waits keeps the caller no longer than the set-up may take. */
START_TEST(test_pool__bounds_the_wait_for_what_is_stopped)
{
	ctr_spec *spec = shell("exit 5");
	pid_t pids[2];

	use_no_init(spec);
	done(ctr_spec_set_setup_timeout_ms(spec, 300, err));
	begin_with(spec, 1);
	ck_assert_int_eq(children(pids, 2), 1);
	kill(pids[0], SIGSTOP);
	expect_fail(NULL, CTR_E_TIMEOUT, "stopped by a signal for 300 ms");
	ck_assert_int_eq(code_of(take(NULL)), 5);
}
END_TEST

START_TEST(test_pool__executes_the_program_that_is_there_now)
{
	ctr_spec *spec = suite_spec(world_path("root"), "/script", NULL);

	world_write("root/script", "#!/bin/sh\nexit 1\n", 0755);
	kinds[_i](spec);
	begin_with(spec, 3);
	ck_assert_int_eq(code_of(take(NULL)), 1);
	world_write("root/new", "#!/bin/sh\nexit 2\n", 0755);
	ck_assert_int_eq(rename(world_path("root/new"), world_path("root/script")), 0);
	ck_assert_int_eq(code_of(take(NULL)), 2);
	/* One that waits before it has looked at the program can be used. */
	ck_assert_uint_eq(ctr_pool_count(pool), kinds[_i] == use_early_filter ? 1 : 0);
	ck_assert_int_ge(ctr_pool_refill(pool, 1, err), 1);
	world_write("root/script", "#!/bin/sh\nexit 3\n", 0755); /* the same file */
	ck_assert_int_eq(code_of(take(NULL)), 3);
}
END_TEST

/* Without a template, which is the plan's: its containers all have that root. */
START_TEST(test_pool__uses_no_child_of_a_root_that_was_replaced)
{
	ctr_spec *spec = shell("exit 1");

	use_user_namespace(spec);
	begin_with(spec, 2);
	ck_assert_int_eq(rename(world_path("root"), world_path("old")), 0);
	world_mkdir("root");
	expect_fail(NULL, CTR_E_SYSTEM, "another file took its place");
	ck_assert_uint_eq(ctr_pool_count(pool), 0);
}
END_TEST

START_TEST(test_pool__refuses_what_is_too_large)
{
	const size_t size = (size_t)3 << 20;
	char *large = malloc(size + 1);
	char sh[] = "sh";
	ctr_given *given = suite_given(NULL, 0, (char *[]){ sh, NULL });

	memset(large, 'x', size);
	large[size] = '\0';
	done(ctr_given_set_env(given, "A", large, err));
	begin("exit 1", 1);
	expect_fail(given, CTR_E_SYSTEM, "too large");
	free(large);
	ctr_given_free(given);
}
END_TEST

START_TEST(test_pool__passes_many_arguments)
{
	char *args[2005], sh[] = "sh", c[] = "-c", script[] = "exit $(($# == 2000 ? 9 : 1))",
			  word[] = "one of many words";
	ctr_given *given;

	args[0] = args[3] = sh;
	args[1] = c;
	args[2] = script;
	for (size_t i = 4; i < COUNT(args) - 1; i++)
		args[i] = word;
	args[COUNT(args) - 1] = NULL;
	given = suite_given(NULL, 0, args);
	begin("exit 1", 1);
	ck_assert_int_eq(code_of(take(given)), 9);
	ctr_given_free(given);
}
END_TEST

/* ---- the host program ---- */

START_TEST(test_pool__refuses_other_sizes)
{
	begin("true", 1);
	ck_assert_ptr_null(ctr_pool_new(plan, 0, err));
	suite_expect_error(err, CTR_E_INVALID, "size of the pool \"0\": expected 1 to 1024");
	ck_assert_ptr_null(ctr_pool_new(plan, 1025, err));
	suite_expect_error(err, CTR_E_INVALID, "1 to 1024");
	ctr_error_clear(err);
	ck_assert_ptr_null(ctr_pool_new(NULL, 1, err));
	suite_expect_error(err, CTR_E_INVALID, "plan");
}
END_TEST

START_TEST(test_pool__is_not_for_a_forked_copy)
{
	pid_t pid;
	int status;

	begin("exit 2", 2);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		const bool refused = !ctr_pool_take(pool, NULL, err) &&
				     ctr_error_code(err) == CTR_E_STATE &&
				     ctr_pool_refill(pool, 0, err) == -1;

		ctr_pool_free(pool);
		_exit(refused ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(code_of(take(NULL)), 2); /* the copy has ended none */
	ck_assert_uint_eq(ctr_pool_count(pool), 1);
	ck_assert_int_eq(code_of(take(NULL)), 2);
}
END_TEST

static int kind_at;

static void *prepare_in_a_thread(void *script)
{
	ctr_spec *spec = shell(script);

	kinds[kind_at](spec);
	begin_with(spec, 3);
	return NULL;
}

static void prepare_by_a_thread(const char *script)
{
	pthread_t thread;

	ck_assert_int_eq(
		pthread_create(&thread, NULL, prepare_in_a_thread, (void *)(uintptr_t)script), 0);
	pthread_join(thread, NULL);
	usleep(50000);
}

static int told[2];

/* Two that wait, and one that runs. */
static _Noreturn void live_with_a_pool(bool by_a_thread)
{
	char script[] = "sleep 100";
	pid_t pids[3];
	int n;

	if (by_a_thread)
		prepare_by_a_thread(script);
	else
		prepare_in_a_thread(script);
	take(NULL);
	n = children(pids, 3);
	if (write(told[1], pids, sizeof(pids)) != sizeof(pids) || n != 3)
		_exit(1);
	for (;;)
		pause();
}

static bool is_gone(pid_t pid)
{
	for (int turn = 0; turn < 2000; turn++) {
		if (kill(pid, 0))
			return true;
		usleep(1000);
	}
	return false;
}

/* No init of the host reaps here: this process does. */
START_TEST(test_pool__ends_with_the_host_program)
{
	pid_t pids[3], pid;

	kind_at = _i / 2;
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	ck_assert_int_eq(pipe2(told, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		live_with_a_pool(_i % 2);
	ck_assert_int_eq(read(told[0], pids, sizeof(pids)), sizeof(pids));
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(waitpid(pids[i], NULL, 0), pids[i]);
		ck_assert(is_gone(pids[i]));
	}
	suite_remove_groups();
	close(told[0]);
	close(told[1]);
}
END_TEST

static void prepare_and_end(void)
{
	prepare_by_a_thread("exit 6");
	for (int i = 2; i >= 0; i--) { /* what had ended would be dropped, and not used */
		ck_assert_int_eq(code_of(take(NULL)), 6);
		ck_assert_uint_eq(ctr_pool_count(pool), i);
	}
	ctr_pool_free(pool);
}

START_TEST(test_pool__outlives_the_thread_that_prepared_it)
{
	kind_at = _i;
	suite_in_child(prepare_and_end);
}
END_TEST

static void *use_from_a_thread(void *data)
{
	ctr_error *e = ctr_error_new();

	(void)data;
	for (int i = 0; i < suite_rounds(10); i++) {
		ctr_container *c = ctr_pool_take(pool, NULL, e);

		ck_assert_msg(c, "%s", ctr_error_message(e));
		ck_assert_int_eq(ctr_container_wait(c, -1, e), 1);
		ck_assert_int_eq(ctr_container_exit_code(c), 8);
		ctr_container_free(c);
		ck_assert_int_ge(ctr_pool_refill(pool, 2, e), 0);
	}
	ctr_error_free(e);
	return NULL;
}

static void use_from_threads(void)
{
	ctr_spec *spec = shell("exit 8");
	pthread_t threads[4];

	done(ctr_process_set_init(ctr_spec_get_process(spec), 1, err));
	begin_with(spec, 4);
	for (size_t i = 0; i < COUNT(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, use_from_a_thread, NULL), 0);
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_le(ctr_pool_count(pool), 4);
	ctr_pool_free(pool);
}

/* What is taken by a thread lives on when the one ends that had prepared it. */
START_TEST(test_pool__serves_many_threads)
{
	suite_in_child(use_from_threads);
}
END_TEST

/* ---- what is given ---- */

START_TEST(test_given__refuses_bad_values)
{
	ctr_given *given = new_given();

	begin("true", 1);
	ck_assert_int_eq(ctr_given_set_fd(given, -1, 0, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "target descriptor \"-1\"");
	expect_fail(given, CTR_E_INVALID, "target descriptor \"-1\""); /* it keeps that */
	ctr_given_clear_error(given);
	ck_assert_int_eq(ctr_given_set_fd(given, 0, -2, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "source descriptor \"-2\"");
	ck_assert_int_eq(ctr_given_set_args(given, (char *[]){ NULL }, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "expected a name or a path");
	ck_assert_int_eq(ctr_given_set_env(given, "A=B", "", err), -1);
	suite_expect_error(err, CTR_E_INVALID, "environment variable \"A=B\"");
	ck_assert_int_eq(ctr_given_set_env(given, "", "", err), -1);
	ck_assert_int_eq(ctr_given_set_env(given, "A", NULL, err), -1);
	ck_assert_int_eq(ctr_given_set_wall_limit_ms(given, UINT64_MAX, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "wall time limit");
	ck_assert_int_eq(ctr_given_set_cpu_limit_ms(given, UINT64_MAX, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "CPU time limit");
	ck_assert_int_eq(ctr_limits_set_cpuset_cpus(ctr_given_get_limits(given), "x", err), -1);
	expect_fail(given, CTR_E_INVALID, "source descriptor \"-2\""); /* the first */
	ctr_given_free(given);
	ck_assert_int_eq(ctr_given_set_fd(NULL, 0, 0, NULL), -1);
	ck_assert_ptr_null(ctr_given_get_limits(NULL));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pool");
	TCase *tc = suite_case(suite, "pool");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_pool__gives_each_container_its_own, 0, COUNT(kinds));
	tcase_add_loop_test(tc, test_pool__is_like_any_other_container, 0, COUNT(kinds));
	tcase_add_test(tc, test_pool__gives_descriptors_their_numbers);
	tcase_add_loop_test(tc, test_pool__needs_room_for_its_descriptors_once, 0, 2);
	tcase_add_test(tc, test_pool__gives_a_terminal);
	tcase_add_test(tc, test_pool__keeps_what_waits_out_of_the_usage);
	tcase_add_test(tc, test_pool__has_nothing_of_the_hosts_open_while_it_waits);
	tcase_add_test(tc, test_pool__hands_a_listener_over);
	tcase_add_test(tc, test_pool__tells_how_the_program_ends);
	tcase_add_test(tc, test_pool__executes_what_can_not_be_executed);
	tcase_add_loop_test(tc, test_pool__joins_the_group_that_is_given, 0, COUNT(kinds) - 1);
	tcase_add_test(tc, test_pool__waits_outside_the_plans_group);
	tcase_add_test(tc, test_pool__sets_the_limits_that_are_given);
	tcase_add_test(tc, test_pool__keeps_the_time_that_is_given);
	tcase_add_test(tc, test_pool__keeps_the_cpu_time_that_is_given);
	tcase_add_test(tc, test_pool__refuses_groups_and_limits_that_the_plan_has_not);
	tcase_add_test(tc, test_pool__has_as_many_as_it_was_asked_for);
	tcase_add_test(tc, test_pool__does_not_hand_out_what_has_ended);
	tcase_add_test(tc, test_pool__bounds_the_wait_for_what_is_stopped);
	tcase_add_loop_test(tc, test_pool__executes_the_program_that_is_there_now, 0, COUNT(kinds));
	tcase_add_test(tc, test_pool__uses_no_child_of_a_root_that_was_replaced);
	tcase_add_test(tc, test_pool__refuses_what_is_too_large);
	tcase_add_test(tc, test_pool__passes_many_arguments);
	tcase_add_test(tc, test_pool__refuses_other_sizes);
	tcase_add_test(tc, test_pool__is_not_for_a_forked_copy);
	tcase_add_loop_test(tc, test_pool__ends_with_the_host_program, 0, 2 * COUNT(kinds));
	tcase_add_loop_test(tc, test_pool__outlives_the_thread_that_prepared_it, 0, COUNT(kinds));
	tcase_add_test(tc, test_pool__counts_what_the_program_uses);
	tcase_add_test(tc, test_pool__serves_many_threads);
	tcase_add_test(tc, test_given__refuses_bad_values);
	return suite_run(suite);
}
