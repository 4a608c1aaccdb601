/* SPDX-License-Identifier: MIT */
/* Each test runs with a child that shares memory (0) and with one that doesn't (1). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"
#include "support/leak.h"
#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;
static int helper_child_mode; /* for what runs in a process of its own */

static void make(void)
{
	err = ctr_error_new();
}

static void drop(void)
{
	ctr_error_free(err);
}

static ctr_spec *shell(const char *rootfs, int helper_child, const char *script)
{
	ctr_spec *spec = suite_spec(rootfs, "sh", "-c", script, NULL);

	ck_assert_int_eq(
		ctr_spec_set_child(spec, helper_child ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err), 0);
	return spec;
}

static ctr_container *spawn(ctr_spec *spec)
{
	ctr_container *c = ctr_spawn(spec, err);

	ck_assert_msg(c, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
	return c;
}

static void wait_for(ctr_container *c)
{
	ck_assert_msg(ctr_container_wait(c, -1, err) == 1, "%s", ctr_error_message(err));
}

static void expect_lost(ctr_container *c)
{
	ck_assert_int_eq(ctr_container_wait(c, -1, err), -1);
	suite_expect_error(err, CTR_E_LOST, "before Linux 6.15");
}

static void expect_output(ctr_spec *spec, const char *expected)
{
	char *output;

	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	ck_assert_str_eq(output, expected);
	free(output);
}

START_TEST(test_spawn__gives_the_exit_code)
{
	ctr_container *c = spawn(shell(NULL, _i, "exit 7"));

	wait_for(c);
	ck_assert_int_eq(ctr_container_exit_code(c), 7);
	ck_assert_int_eq(ctr_container_exit_signal(c), 0);
	ctr_container_free(c);
}
END_TEST

START_TEST(test_spawn__program_is_the_first_process_where_that_is_asked_for)
{
	ctr_spec *spec = shell(world_rootfs("root"), _i, "echo $$; set -- /proc/[0-9]*; echo $#");

	ck_assert_int_eq(ctr_process_set_init(ctr_spec_get_process(spec), 0, err), 0);
	expect_output(spec, "1\n1\n");
}
END_TEST

START_TEST(test_spawn__program_is_the_child_of_an_init)
{
	ctr_spec *spec = shell(world_rootfs("root"), _i,
			       "echo $$ $PPID; cat /proc/1/comm; set -- /proc/[0-9]*; echo $#");

	ck_assert_int_eq(ctr_process_set_init(ctr_spec_get_process(spec), 1, err), 0);
	expect_output(spec, "2 1\nminictr-init\n2\n");
}
END_TEST

/* It has none of its own to be the first process of. */
START_TEST(test_spawn__there_is_no_init_in_a_pid_namespace_of_others)
{
	ctr_spec *spec = shell(world_rootfs("root"), _i, "[ $$ -gt 2 ] && cat /proc/$PPID/comm");
	char comm[64] = "";
	FILE *file = fopen("/proc/self/comm", "re");

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(fgets(comm, sizeof(comm), file));
	fclose(file);
	ck_assert_int_eq(ctr_spec_set_namespace(spec, CTR_NS_PID, CTR_NS_MODE_HOST, err), 0);
	expect_output(spec, comm);
}
END_TEST

START_TEST(test_container_program_pid__is_the_programs)
{
	ctr_spec *spec = shell(world_rootfs("root"), _i % 2, "read -r line");
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_container *c;
	char path[64], text[64] = "";
	int ends[2], fd;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(ctr_process_set_init(process, _i / 2, err), 0);
	ck_assert_int_eq(ctr_process_set_fd(process, 0, ends[0], err), 0);
	c = spawn(spec);
	ck_assert_int_eq(ctr_container_program_pid(c) != ctr_container_pid(c), _i / 2);
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)ctr_container_program_pid(c));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_gt(read(fd, text, sizeof(text) - 1), 0);
	ck_assert_str_eq(text, "sh\n");
	close(fd);
	close(ends[0]);
	close(ends[1]);
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	ctr_container_free(c);
}
END_TEST

/* The limit is the program's: the init, which takes a place, was not asked for. */
START_TEST(test_spawn__the_init_takes_no_place_of_the_limit)
{
	ctr_spec *spec = shell(world_rootfs("root"), _i, "echo one");

	ck_assert_int_eq(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 1, err), 0);
	expect_output(spec, "one\n");
}
END_TEST

START_TEST(test_spawn__host_name_is_the_containers_own)
{
	ctr_spec *spec = shell(world_rootfs("root"), _i, "hostname");
	char before[128], after[128];

	gethostname(before, sizeof(before));
	ck_assert_int_eq(ctr_spec_set_hostname(spec, "inside", err), 0);
	expect_output(spec, "inside\n");
	gethostname(after, sizeof(after));
	ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(test_spawn__domain_name_is_the_containers_own)
{
	ctr_spec *spec = shell(world_rootfs("root"), _i, "cat /proc/sys/kernel/domainname");
	char before[128], after[128];

	ck_assert_int_eq(getdomainname(before, sizeof(before)), 0);
	ck_assert_int_eq(ctr_spec_set_domainname(spec, "inside", err), 0);
	expect_output(spec, "inside\n");
	ck_assert_int_eq(getdomainname(after, sizeof(after)), 0);
	ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(test_spawn__environment_is_clean)
{
	ctr_spec *spec = shell(NULL, _i, "env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= | sort");

	setenv("SECRET", "1", 1);
	ck_assert_int_eq(ctr_process_set_env(ctr_spec_get_process(spec), "A", "b c", err), 0);
	expect_output(spec, "A=b c\nHOME=/tmp\n"
			    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n");
}
END_TEST

START_TEST(test_spawn__no_descriptor_is_passed_unasked)
{
	int fd = dup2(STDIN_FILENO, 57);
	ctr_spec *spec = shell(NULL, _i, "ls /proc/self/fd | tr '\\n' ' '");

	ck_assert_int_eq(fd, 57);
	expect_output(spec, "0 1 2 3 "); /* 3 is the directory that ls reads */
	close(fd);
}
END_TEST

/* Every number in turn is a target, so it also hits those that the library uses. */
/* A directory is a way out: openat(2) from it knows nothing of the container's root. */
static void expect_refused_on(int target, int flags, int helper_child)
{
	const int directory = open("/", flags | O_DIRECTORY);
	const int kept = fcntl(target, F_DUPFD_CLOEXEC, 100);
	char number[16];
	ctr_spec *spec = shell(NULL, helper_child, "true");
	ctr_container *c;

	snprintf(number, sizeof(number), "\"%d\"", target);
	ck_assert_int_eq(dup2(directory, target), target);
	c = ctr_spawn(spec, err);
	ck_assert_int_eq(dup2(kept, target), target);
	ck_assert_ptr_null(c);
	suite_expect_error(err, CTR_E_INVALID, "it is a directory");
	suite_expect_error(err, CTR_E_INVALID, number);
	ctr_spec_free(spec);
	close(directory);
	close(kept);
}

START_TEST(test_spawn__refuses_directories_that_it_would_inherit)
{
	for (int target = 0; target <= STDERR_FILENO; target++) {
		expect_refused_on(target, O_RDONLY, _i);
		expect_refused_on(target, O_PATH, _i);
	}
}
END_TEST

START_TEST(test_spawn__gives_a_directory_that_was_named_as_one)
{
	ctr_spec *spec = shell(world_rootfs("root"), _i, "cd /proc/self/fd/5 && ls"), *clone;
	int directory;

	world_write(world_path("outside/seen"), "", 0644);
	directory = open(world_path("outside"), O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(ctr_process_set_dir_fd(ctr_spec_get_process(spec), 5, directory, err), 0);
	clone = ctr_spec_clone(spec, err);
	expect_output(spec, "seen\n");
	expect_output(clone, "seen\n");
	close(directory);
}
END_TEST

START_TEST(test_spawn__targets_may_be_any_number)
{
	for (int target = 3; target < 40; target++) {
		int ends[2];
		char text[64], byte = 0;
		ctr_container *c;
		ctr_spec *spec;

		ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
		snprintf(text, sizeof(text), "printf x >/proc/self/fd/%d", target);
		spec = shell(NULL, _i, text);
		ck_assert_int_eq(
			ctr_process_set_fd(ctr_spec_get_process(spec), target, ends[1], err), 0);
		ck_assert_int_eq(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 20, err), 0);
		ck_assert_int_eq(ctr_process_set_init(ctr_spec_get_process(spec), target % 2, err),
				 0);
		close(ends[1]);
		c = spawn(spec);
		wait_for(c);
		ck_assert_int_eq(ctr_container_exit_code(c), 0);
		ck_assert_int_eq(read(ends[0], &byte, 1), 1);
		ck_assert_int_eq(byte, 'x');
		ctr_container_free(c);
		close(ends[0]);
	}
}
END_TEST

START_TEST(test_spawn__descriptors_can_be_swapped)
{
	ctr_spec *spec = shell(NULL, _i, "echo out >&2; echo err");
	ctr_process *process = ctr_spec_get_process(spec);
	int a[2], b[2];
	char text[16] = "";
	ctr_container *c;

	ck_assert_int_eq(pipe2(a, O_CLOEXEC) | pipe2(b, O_CLOEXEC), 0);
	ck_assert_int_eq(ctr_process_set_fd(process, 1, b[1], err), 0);
	ck_assert_int_eq(ctr_process_set_fd(process, 2, a[1], err), 0);
	close(a[1]);
	close(b[1]);
	c = spawn(spec);
	wait_for(c);
	ctr_container_free(c);
	ck_assert_int_eq(read(a[0], text, sizeof(text)), 4);
	ck_assert_mem_eq(text, "out\n", 4);
	ck_assert_int_eq(read(b[0], text, sizeof(text)), 4);
	ck_assert_mem_eq(text, "err\n", 4);
	close(a[0]);
	close(b[0]);
}
END_TEST

START_TEST(test_spawn__pids_limit_holds)
{
	ctr_spec *spec = shell(NULL, _i, "i=0; while [ $i -lt 40 ]; do sleep 9 & i=$((i+1)); done");
	char *output;

	ck_assert_int_eq(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 20, err), 0);
	ck_assert_int_eq(suite_run_spec(spec, &output), 2);
	ck_assert_msg(strstr(output, "Cannot fork") || strstr(output, "can't fork"), "%s", output);
	free(output);
}
END_TEST

START_TEST(test_spawn__ids_and_groups_are_set)
{
	ctr_spec *spec = shell(world_rootfs("root"), _i,
			       "id -u; id -g; grep -E '^(Groups|NoNewPrivs)' /proc/self/status");
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(ctr_process_set_user(process, 1234, 567, err), 0);
	ck_assert_int_eq(ctr_process_add_group(process, 89, err), 0);
	expect_output(spec, "1234\n567\nGroups:\t89 \nNoNewPrivs:\t1\n");
	ck_assert_int_eq(prctl(PR_GET_DUMPABLE), 1);
}
END_TEST

START_TEST(test_spawn__mount_points_alone_are_made_in_the_root)
{
	const char *root = world_rootfs("root");
	const int before = world_count(root);
	ctr_spec *spec = shell(root, _i, "ls /made/here | grep -cx passwd; ls / | grep -c made");

	ck_assert_int_eq(ctr_spec_add_bind(spec, "/etc", "/made/here", 0, err), 0);
	expect_output(spec, "1\n1\n");
	ck_assert_int_eq(world_count(root), before + 1);
	ck_assert_int_eq(world_count(world_path("root/made")), 1);
	ck_assert_int_eq(world_count(world_path("root/made/here")), 0);
}
END_TEST

START_TEST(test_spawn__layer_leaves_nothing_on_the_host)
{
	const char *root = world_rootfs("root");
	const int before = world_count(root);
	ctr_spec *spec = shell(root, _i, "ls /made/here | grep -cx passwd; ls / | grep -c made");

	ck_assert_int_eq(ctr_spec_set_read_only(spec, 1, err), 0);
	ck_assert_int_eq(ctr_spec_add_bind(spec, "/etc", "/made/here", 0, err), 0);
	expect_output(spec, "1\n1\n");
	ck_assert_int_eq(world_count(root), before);
}
END_TEST

START_TEST(test_spawn__nothing_of_the_hosts_root_stays_mounted)
{
	const char *root = world_rootfs("root");
	ctr_spec *spec = shell(root, _i, "awk '$5 == \"/\"' /proc/self/mountinfo | wc -l");

	ck_assert_int_eq(ctr_spec_add_bind(spec, "/etc", "/made/here", 0, err), 0);
	expect_output(spec, "1\n");
}
END_TEST

START_TEST(test_spawn__host_root_is_read_only)
{
	char *output;
	ctr_spec *spec = shell(NULL, _i, "touch /tmp/mine && touch /etc/not-mine");

	ck_assert_int_ne(suite_run_spec(spec, &output), 0);
	ck_assert_ptr_nonnull(strstr(output, "Read-only file system"));
	ck_assert_ptr_null(strstr(output, "/tmp/mine"));
	free(output);
}
END_TEST

START_TEST(test_spawn__kernel_settings_are_read_only)
{
	char *output;
	ctr_spec *spec = shell(NULL, _i, "echo x >/proc/sys/kernel/core_pattern");

	ck_assert_int_ne(suite_run_spec(spec, &output), 0);
	ck_assert_ptr_nonnull(strstr(output, "Read-only file system"));
	free(output);
}
END_TEST

START_TEST(test_spawn__tells_a_missing_program)
{
	ctr_spec *spec = suite_spec(world_rootfs("root"), "no-such-program", NULL);

	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_NOT_FOUND, "no-such-program");
	ctr_spec_free(spec);
}
END_TEST

/* Nobody of ours could wait for it: the status is right, or on older kernels lost, and no other. */
/* Without and with an init, which tells the status that nobody keeps. */
static void expect_status_with(void (*handler)(int), int way)
{
	const struct sigaction action = { .sa_handler = handler };
	const bool known = way / 2 || suite_has_second_status();
	ctr_spec *spec = shell(NULL, way % 2, "exit 9");
	struct sigaction old;
	ctr_container *c;

	ck_assert_int_eq(ctr_process_set_init(ctr_spec_get_process(spec), way / 2, err), 0);
	sigaction(SIGCHLD, &action, &old);
	c = spawn(spec);
	if (known)
		wait_for(c);
	else
		expect_lost(c);
	ck_assert_int_eq(ctr_container_exit_code(c), known ? 9 : -1);
	ctr_container_free(c);
	sigaction(SIGCHLD, &old, NULL);
}

START_TEST(test_wait__works_where_sigchld_is_ignored)
{
	expect_status_with(SIG_IGN, _i);
}
END_TEST

static void reap_any(int sig)
{
	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

START_TEST(test_wait__works_where_a_handler_reaps_every_child)
{
	expect_status_with(reap_any, _i);
}
END_TEST

START_TEST(test_wait__timeout_and_kill)
{
	ctr_container *c = spawn(shell(NULL, _i, "sleep 100"));
	struct pollfd p = { .fd = ctr_container_pidfd(c), .events = POLLIN };

	ck_assert_int_eq(ctr_container_wait(c, 0, err), 0);
	ck_assert_int_eq(ctr_container_wait(c, 10, err), 0);
	ck_assert_int_eq(poll(&p, 1, 0), 0);
	ck_assert_int_eq(ctr_container_send_signal(c, SIGKILL, err), 0);
	wait_for(c);
	ck_assert_int_eq(ctr_container_exit_signal(c), SIGKILL);
	ck_assert_int_eq(ctr_container_exit_code(c), -1);
	ctr_container_free(c);
}
END_TEST

START_TEST(test_wait__refuses_times_below_minus_one)
{
	ctr_container *c = spawn(shell(NULL, _i, "exit 0"));

	ck_assert_int_eq(ctr_container_wait(c, -2, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "-2");
	ctr_container_free(c);
}
END_TEST

START_TEST(test_free__ends_what_still_runs)
{
	ctr_container *c = spawn(shell(NULL, _i, "sleep 100 & sleep 100"));
	pid_t pid = ctr_container_pid(c);

	ctr_container_free(c);
	ck_assert_int_eq(kill(pid, 0), -1);
	ck_assert_int_eq(errno, ESRCH);
}
END_TEST

/* It has ended, or does at once; the host's init may not have reaped it yet. */
static void expect_end(pid_t pid)
{
	int pidfd = sys_pidfd_open(pid, 0);
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	if (pidfd < 0) {
		/* EINVAL: older kernels, for one that is just being reaped. */
		ck_assert_msg(pidfd == -ESRCH || pidfd == -EINVAL, "%d", pidfd);
		return;
	}
	ck_assert_int_eq(poll(&p, 1, 5000), 1);
	close(pidfd);
}

START_TEST(test_wait__leaves_nobody_without_a_pid_namespace)
{
	ctr_spec *spec = shell(NULL, _i, "sleep 100 </dev/null >/dev/null 2>&1 & echo $!");
	char *output;

	ck_assert_int_eq(ctr_spec_set_namespace(spec, CTR_NS_PID, CTR_NS_MODE_HOST, err), 0);
	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	expect_end(atoi(output));
	free(output);
}
END_TEST

START_TEST(test_tty__is_the_containers_own)
{
	ctr_spec *spec = suite_spec(NULL, "sh", "-c", "tty; stty size", NULL);
	char text[256];
	size_t n = 0;
	ssize_t got;
	ctr_container *c;
	int tty;

	ck_assert_int_eq(ctr_spec_set_child(spec, _i ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err), 0);
	ck_assert_int_eq(ctr_process_set_tty(ctr_spec_get_process(spec), 1, 33, 77, err), 0);
	c = spawn(spec);
	tty = ctr_container_take_tty(c);
	ck_assert_int_ge(tty, 0);
	ck_assert_int_eq(ctr_container_take_tty(c), -1);
	while (n < sizeof(text) - 1 && (got = read(tty, text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	ck_assert_str_eq(text, "/dev/pts/0\r\n33 77\r\n");
	wait_for(c);
	ctr_container_free(c);
	close(tty);
}
END_TEST

static void spawn_terminal_without_stdio(void)
{
	ctr_spec *spec = suite_spec(NULL, "sh", "-c", "[ $(tty) = /dev/pts/0 ]", NULL);
	ctr_container *c;
	int tty;

	ck_assert_int_eq(ctr_spec_set_child(
				 spec, helper_child_mode ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err),
			 0);
	ck_assert_int_eq(ctr_process_set_tty(ctr_spec_get_process(spec), 1, 24, 80, err), 0);
	ck_assert_int_eq(close(0) | close(1) | close(2), 0);
	c = ctr_spawn(spec, err);
	ck_assert_ptr_nonnull(c);
	tty = ctr_container_take_tty(c);
	ck_assert_int_gt(tty, 2);
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	ck_assert_int_eq(ctr_container_exit_code(c), 0);
	ctr_container_free(c);
	close(tty);
	ctr_spec_free(spec);
}

START_TEST(test_tty__works_in_a_host_without_stdio)
{
	helper_child_mode = _i;
	suite_in_child(spawn_terminal_without_stdio);
}
END_TEST

/* The bind shows the host's own inode. */
START_TEST(test_spawn__devices_of_the_host_keep_their_modes)
{
	ctr_spec *spec = shell(world_rootfs("root"), _i,
			       "echo x >/dev/null && chmod 600 /dev/null; chown 1 /dev/zero");
	char *output;

	ck_assert_int_eq(suite_run_spec(spec, &output), 1);
	ck_assert_str_eq(output, "chmod: /dev/null: Read-only file system\n"
				 "chown: /dev/zero: Read-only file system\n");
	free(output);
}
END_TEST

START_TEST(test_plan_spawn__containers_share_no_files)
{
	ctr_spec *spec = shell(NULL, _i,
			       "! ls /tmp /run /dev/shm | grep left && "
			       "touch /tmp/left /run/left /dev/shm/left");
	ctr_plan *plan = ctr_plan_compile(spec, err);

	ck_assert_msg(plan, "%s", ctr_error_message(err));
	for (int i = 0; i < 3; i++) {
		ctr_container *c = ctr_plan_spawn(plan, err);

		ck_assert_msg(c, "%s", ctr_error_message(err));
		wait_for(c);
		ck_assert_int_eq(ctr_container_exit_code(c), 0);
		ctr_container_free(c);
	}
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}
END_TEST

/* What a container of the plan writes, when it reads from one pipe and writes to another. */
static void expect_echo(const ctr_plan *plan, const char *words)
{
	int in[2], out[2];
	char text[64] = "";
	ctr_given *given;
	ctr_container *c;

	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	given = suite_given((int[]){ in[0], out[1], -1 }, 3, NULL);
	c = ctr_plan_spawn_with(plan, given, err);
	ctr_given_free(given);
	ck_assert_msg(c, "%s", ctr_error_message(err));
	ck_assert_int_eq(write(in[1], words, strlen(words)), (ssize_t)strlen(words));
	close(in[1]);
	wait_for(c);
	ck_assert_int_eq(ctr_container_exit_code(c), 0);
	ctr_container_free(c);
	close(out[1]);
	ck_assert_int_ge(read(out[0], text, sizeof(text) - 1), 0);
	ck_assert_str_eq(text, words);
	close(in[0]);
	close(out[0]);
}

START_TEST(test_plan_spawn_with__gives_each_container_its_own)
{
	ctr_spec *spec = shell(NULL, _i, "cat; echo not seen >&2");
	ctr_plan *plan;

	ck_assert_int_eq(ctr_process_set_fd(ctr_spec_get_process(spec), 2, -1, err), 0);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	expect_echo(plan, "one\n");
	expect_echo(plan, "two\n");
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}
END_TEST

static void refuses_fds(ctr_spec *spec, const int *fds, size_t n, const char *words)
{
	ctr_plan *plan = ctr_plan_compile(spec, err);
	ctr_given *given = suite_given(fds, n, NULL);

	ck_assert_msg(plan, "%s", ctr_error_message(err));
	ck_assert_ptr_null(ctr_plan_spawn_with(plan, given, err));
	suite_expect_error(err, CTR_E_INVALID, words);
	ctr_given_free(given);
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}

START_TEST(test_plan_spawn_with__refuses_what_is_not_open)
{
	const int closed = fcntl(0, F_DUPFD, 100);

	close(closed);
	refuses_fds(shell(NULL, 0, "true"), (int[]){ -1, closed }, 2, "an open descriptor");
}
END_TEST

START_TEST(test_plan_spawn_with__takes_directories_only_where_the_spec_named_one)
{
	const int directory = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ctr_spec *spec = shell(NULL, 0, "cd /proc/self/fd/5");
	ctr_given *given = ctr_given_new(err);
	ctr_container *c;
	ctr_plan *plan;

	refuses_fds(shell(NULL, 0, "true"), &directory, 1, "it is a directory");
	ck_assert_int_eq(ctr_process_set_dir_fd(ctr_spec_get_process(spec), 5, -1, err), 0);
	plan = ctr_plan_compile(spec, err);
	ck_assert_int_eq(ctr_given_set_fd(given, 5, directory, err), 0);
	c = ctr_plan_spawn_with(plan, given, err);
	ctr_given_free(given);
	ck_assert_msg(c, "%s", ctr_error_message(err));
	wait_for(c);
	ck_assert_int_eq(ctr_container_exit_code(c), 0);
	ctr_container_free(c);
	ctr_plan_free(plan);
	ctr_spec_free(spec);
	close(directory);
}
END_TEST

START_TEST(test_plan_spawn_with__refuses_what_the_plan_has_not)
{
	ctr_spec *spec = shell(NULL, 0, "true");

	refuses_fds(spec, (int[]){ -1, -1, -1, 0 }, 4, "one that the plan has");
	spec = shell(NULL, 0, "true"); /* with an init its report is descriptor 3 */
	ck_assert_int_eq(ctr_process_set_init(ctr_spec_get_process(spec), 1, err), 0);
	refuses_fds(spec, (int[]){ -1, -1, -1, 0 }, 4, "one that the plan has");
	spec = shell(NULL, 0, "true");
	ck_assert_int_eq(ctr_process_set_tty(ctr_spec_get_process(spec), 1, 0, 0, err), 0);
	refuses_fds(spec, (int[]){ 0 }, 1, "one that the plan has");
}
END_TEST

/* env: a name, its value, and so on. */
static void expect_words(const ctr_plan *plan, char *const *args, const char *const *env,
			 const char *expected)
{
	char text[256] = "";
	ctr_given *given;
	ctr_container *c;
	int out[2];

	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	given = suite_given((int[]){ -1, out[1] }, 2, args);
	for (; env[0]; env += 2)
		ck_assert_int_eq(ctr_given_set_env(given, env[0], env[1], err), 0);
	c = ctr_plan_spawn_with(plan, given, err);
	ctr_given_free(given);
	ck_assert_msg(c, "%s", ctr_error_message(err));
	wait_for(c);
	ctr_container_free(c);
	close(out[1]);
	ck_assert_int_ge(read(out[0], text, sizeof(text) - 1), 0);
	ck_assert_str_eq(text, expected);
	close(out[0]);
}

START_TEST(test_plan_spawn_with__gives_arguments_and_variables_of_its_own)
{
	char sh[] = "sh", c[] = "-c", text[] = "echo $0 $1 $A $B $C", name[] = "name",
	     one[] = "one";
	const char *const none[] = { NULL }, *const a[] = { "A", "1", NULL };
	const char *const ab[] = { "A", "0", "A", "1", "B", "2=3", NULL };
	ctr_spec *spec = shell(NULL, _i, "echo plan $A $B $C");
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_plan *plan;

	ck_assert_int_eq(ctr_process_set_env(process, "B", "old", err), 0);
	ck_assert_int_eq(ctr_process_set_env(process, "C", "kept", err), 0);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	expect_words(plan, NULL, none, "plan old kept\n");
	expect_words(plan, (char *[]){ sh, c, text, name, one, NULL }, none, "name one old kept\n");
	expect_words(plan, NULL, ab, "plan 1 2=3 kept\n");
	expect_words(plan, (char *[]){ sh, c, text, name, one, NULL }, a, "name one 1 old kept\n");
	expect_words(plan, NULL, none, "plan old kept\n");
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}
END_TEST

#define THREADS 16
#define SPAWNS 20

/* Returns how many went wrong. */
static void *spawn_many(void *plan)
{
	ctr_error *mine = ctr_error_new();
	long bad = 0;

	for (int i = 0; i < SPAWNS; i++) {
		ctr_container *c = ctr_plan_spawn(plan, mine);

		bad += !c || ctr_container_wait(c, -1, mine) != 1 ||
		       ctr_container_exit_code(c) != 3;
		ctr_container_free(c);
	}
	ctr_error_free(mine);
	return (void *)bad;
}

static void spawn_from_threads(void)
{
	ctr_spec *spec = shell(NULL, helper_child_mode, "exit 3");
	pthread_t threads[THREADS];
	ctr_plan *plan;
	void *bad;

	/* Changed ids clear the dumpable flag of the memory that is shared. */
	ck_assert_int_eq(ctr_process_set_user(ctr_spec_get_process(spec), 1000, 1000, err), 0);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, spawn_many, plan), 0);
	for (int i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &bad), 0);
		ck_assert_ptr_null(bad);
	}
	ck_assert_int_eq(prctl(PR_GET_DUMPABLE), 1);
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}

/* In a process of its own: glibc keeps a signal handler once there were threads. */
/* The host's own program must not be executed inside: CVE-2019-5736. */
START_TEST(test_plan_spawn__refuses_a_program_that_became_a_magic_link)
{
	const char *const cwds[] = { NULL, "/etc" };
	ctr_spec *spec = suite_spec(world_rootfs("root"), "/bin/program", NULL);
	ctr_plan *plan;

	world_copy("/bin/busybox", world_path("root/bin/program"));
	if (cwds[_i])
		ck_assert_int_eq(ctr_process_set_cwd(ctr_spec_get_process(spec), cwds[_i], err), 0);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	ck_assert_int_eq(unlink(world_path("root/bin/program")), 0);
	ck_assert_int_eq(symlink("/proc/self/exe", world_path("root/bin/program")), 0);
	ck_assert_ptr_null(ctr_plan_spawn(plan, err));
	suite_expect_error(err, CTR_E_NOT_EXECUTABLE, "/bin/program");
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}
END_TEST

/* What covers the program's name in the working directory is none of its business. */
START_TEST(test_spawn__looks_at_the_program_from_the_root)
{
	ctr_spec *spec = suite_spec(world_rootfs("root"), "/bin/sh", "-c", "echo ran", NULL);

	world_mkdir("root/work/bin");
	ck_assert_int_eq(symlink("sh", world_path("root/work/bin/sh")), 0);
	ck_assert_int_eq(ctr_process_set_cwd(ctr_spec_get_process(spec), "/work", err), 0);
	expect_output(spec, "ran\n");
}
END_TEST

/* The host's own groups are unmounted there in each run, also in one that joins a template. */
START_TEST(test_plan_spawn__shows_the_group)
{
	ctr_spec *spec = shell(NULL, _i, "pwd; cat /proc/self/cgroup >/dev/null");
	ctr_plan *plan;

	ck_assert_int_eq(ctr_spec_add_cgroup(spec, "/sys/fs/cgroup", 0, err), 0);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	for (int i = 0; i < 2; i++) {
		ctr_container *c = ctr_plan_spawn(plan, err);

		ck_assert_msg(c, "%s", ctr_error_message(err));
		ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
		ck_assert_int_eq(ctr_container_exit_code(c), 0);
		ctr_container_free(c);
	}
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_plan_spawn__works_from_many_threads)
{
	helper_child_mode = _i;
	suite_in_child(spawn_from_threads);
}
END_TEST

START_TEST(test_detach__is_refused_where_it_would_not_hold)
{
	ctr_container *c = spawn(shell(NULL, _i, "sleep 100"));

	ck_assert_int_eq(ctr_container_detach(c, err), -1);
	suite_expect_error(err, CTR_E_STATE, "is killed when the caller ends");
	ctr_container_free(c);
}
END_TEST

START_TEST(test_spawn__relative_root_is_found_from_elsewhere)
{
	const int cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ctr_spec *spec;

	world_rootfs("root");
	ck_assert_int_eq(chdir(world_dir), 0);
	spec = shell("./root", _i, "echo in");
	ck_assert_int_eq(fchdir(cwd), 0);
	close(cwd);
	expect_output(spec, "in\n");
}
END_TEST

/* A program that was given the control groups to write to makes some in its own. */
START_TEST(test_wait__removes_groups_in_the_containers_own)
{
	ctr_spec *spec =
		shell(NULL, _i, "cd /mnt/minictr-* && mkdir -p a/b c && echo $$ >a/b/tasks && ls");
	char *output;

	if (!*suite_cgroup())
		suite_skip("there is no pids controller");
	ck_assert_int_eq(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 20, err), 0);
	ck_assert_int_eq(ctr_spec_add_bind(spec, suite_cgroup(), "/mnt", 0, err), 0);
	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	ck_assert_msg(strstr(output, "a\n") == output, "%s", output);
	free(output);
}
END_TEST

START_TEST(test_spawn__tells_what_bounds_a_resource_limit)
{
	ctr_spec *spec = shell(NULL, _i, "true");

	ck_assert_int_eq(ctr_process_set_rlimit(ctr_spec_get_process(spec), RLIMIT_NOFILE, 64,
						UINT64_MAX, err),
			 0);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "/proc/sys/fs/nr_open");
	ctr_spec_free(spec);
}
END_TEST

/* What it needs is opened before. */
START_TEST(test_spawn__the_init_takes_no_descriptor_of_the_limit)
{
	ctr_spec *spec = shell(world_rootfs("root"), _i, "echo $(ulimit -n)");

	ck_assert_int_eq(
		ctr_process_set_rlimit(ctr_spec_get_process(spec), RLIMIT_NOFILE, 5, 5, err), 0);
	expect_output(spec, "5\n");
}
END_TEST

static void spawn_without_proc(void)
{
	ctr_spec *spec = shell(NULL, helper_child_mode, "exit 5");
	ctr_container *c;
	ctr_plan *plan;

	ck_assert_int_eq(ctr_mount_tmpfs("/proc", 0, 0755, 0, err), 0);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	for (int i = 0; i < 2; i++) {
		c = ctr_plan_spawn(plan, err);
		ck_assert_msg(c, "%s", ctr_error_message(err));
		wait_for(c);
		ck_assert_int_eq(ctr_container_exit_code(c), 5);
		ctr_container_free(c);
	}
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}

START_TEST(test_plan_spawn__works_where_the_caller_has_no_proc)
{
	helper_child_mode = _i;
	suite_in_mounts(spawn_without_proc);
}
END_TEST

/* ---- sessions and namespaces ---- */

/* The session as it is seen from inside: 0 for one of the caller's. */
#define TELL_SESSION "read -r _ _ _ _ _ session _ </proc/self/stat; echo $session"

START_TEST(test_new_session__is_the_default)
{
	expect_output(shell(NULL, _i, TELL_SESSION), "1\n");
}
END_TEST

START_TEST(test_new_session__can_be_the_callers)
{
	ctr_spec *spec = shell(NULL, _i, TELL_SESSION);

	ck_assert_int_eq(ctr_process_set_new_session(ctr_spec_get_process(spec), 0, err), 0);
	expect_output(spec, "0\n");
}
END_TEST

static int own_uts_namespace(void)
{
	return open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
}

/* In a process of its own, for it makes a namespace, and goes back to its first one. */
static void join_by_descriptor(void)
{
	const int first = own_uts_namespace();
	ctr_spec *spec = shell(NULL, helper_child_mode, "cat /proc/sys/kernel/hostname");
	int made;

	ck_assert_int_eq(ctr_unshare(CTR_NS_UTS, err), 0);
	ck_assert_int_eq(ctr_set_hostname("joined", err), 0);
	made = own_uts_namespace();
	ck_assert_int_eq(ctr_setns(first, CTR_NS_UTS, err), 0);
	ck_assert_int_eq(ctr_spec_join_namespace_fd(spec, CTR_NS_UTS, made, err), 0);
	/* It was duplicated. */
	close(made);
	close(first);
	expect_output(spec, "joined\n");
}

START_TEST(test_join_namespace_fd__shares_the_namespace)
{
	suite_need_root();
	helper_child_mode = _i;
	suite_in_child(join_by_descriptor);
}
END_TEST

static int new_namespaces(int fds[2])
{
	const int before_net = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	const int before_uts = open("/proc/thread-self/ns/uts", O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(unshare(CLONE_NEWNET | CLONE_NEWUTS), 0);
	fds[0] = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	fds[1] = open("/proc/thread-self/ns/uts", O_RDONLY | O_CLOEXEC);
	ck_assert(fds[0] >= 0 && fds[1] >= 0);
	ck_assert_int_eq(setns(before_net, 0), 0);
	ck_assert_int_eq(setns(before_uts, 0), 0);
	close(before_net);
	return close(before_uts);
}

/* By a container with a user namespace, which may not enter them: the calling thread does. */
START_TEST(test_spawn__calling_thread_returns_from_joined_namespaces)
{
	ctr_spec *spec = shell(NULL, _i, "exit 6");
	char *before, *after, *difference;
	ctr_container *c;
	int fds[2];

	suite_need_root();
	new_namespaces(fds);
	ck_assert_int_eq(ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err), 0);
	ck_assert_int_eq(ctr_spec_join_namespace_fd(spec, CTR_NS_NET, fds[0], err), 0);
	ck_assert_int_eq(ctr_spec_join_namespace_fd(spec, CTR_NS_UTS, fds[1], err), 0);
	before = leak_snapshot();
	c = ctr_spawn(spec, err);
	ck_assert_msg(c, "%s", ctr_error_message(err));
	wait_for(c);
	ck_assert_int_eq(ctr_container_exit_code(c), 6);
	ctr_container_free(c);
	/* A step that fails, after the child was made there. */
	ck_assert_int_eq(ctr_process_set_rlimit(ctr_spec_get_process(spec), RLIMIT_NOFILE, 1 << 30,
						1 << 30, err),
			 0);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	after = leak_snapshot();
	difference = leak_difference(before, after);
	ck_assert_str_eq(difference, "");
	free(before);
	free(after);
	free(difference);
	ctr_spec_free(spec);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

/* ---- a host whose mounts are shared ---- */

static void wait_and_free(ctr_container *c)
{
	ck_assert_msg(c, "%s", ctr_error_message(err));
	wait_for(c);
	ck_assert_int_eq(ctr_container_exit_code(c), 0);
	ctr_container_free(c);
}

enum { FIRST, SECOND, BY_PLAN, WAYS };

static int way;

static ctr_container *spawn_in_way(const ctr_spec *spec)
{
	ctr_plan *plan;
	ctr_container *c;

	if (way == SECOND)
		wait_and_free(ctr_spawn(spec, err));
	if (way != BY_PLAN)
		return ctr_spawn(spec, err);
	plan = ctr_plan_compile(spec, err);
	wait_and_free(ctr_plan_spawn(plan, err));
	c = ctr_plan_spawn(plan, err);
	ctr_plan_free(plan);
	return c;
}

/* Nothing that is mounted for a container, or in it, may come back by a peer: mount_namespaces(7).
 */
static void spawn_from_shared_mounts(void)
{
	static const char script[] =
		"mkdir -p /mnt/x && mount -t tmpfs none /mnt/x && touch /mnt/x/y";
	ctr_spec *spec = shell(NULL, 0, script);
	char *before, *after, *difference;

	world_mkdir("shared");
	ck_assert_int_eq(mount("none", world_path("shared"), "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL), 0);
	ck_assert_int_eq(ctr_spec_add_bind(spec, world_path("shared"), "/mnt", 0, err), 0);
	ck_assert_int_eq(ctr_process_add_cap(ctr_spec_get_process(spec), "SYS_ADMIN", err), 0);
	before = leak_snapshot();
	wait_and_free(spawn_in_way(spec));
	after = leak_snapshot();
	difference = leak_difference(before, after);
	ck_assert_str_eq(difference, "");
	ck_assert_int_eq(world_count(world_path("shared/x")), 0);
	free(before);
	free(after);
	free(difference);
	ctr_spec_free(spec);
}

START_TEST(test_spawn__mounts_nothing_on_a_host_that_shares_its_mounts)
{
	way = _i;
	suite_need_root();
	suite_in_mounts(spawn_from_shared_mounts);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("spawn");
	TCase *tc = suite_case(s, "spawn");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_spawn__gives_the_exit_code, 0, 2);
	tcase_add_loop_test(tc, test_spawn__program_is_the_first_process_where_that_is_asked_for, 0,
			    2);
	tcase_add_loop_test(tc, test_spawn__program_is_the_child_of_an_init, 0, 2);
	tcase_add_loop_test(tc, test_spawn__there_is_no_init_in_a_pid_namespace_of_others, 0, 2);
	tcase_add_loop_test(tc, test_container_program_pid__is_the_programs, 0, 4);
	tcase_add_loop_test(tc, test_spawn__the_init_takes_no_place_of_the_limit, 0, 2);
	tcase_add_loop_test(tc, test_spawn__host_name_is_the_containers_own, 0, 2);
	tcase_add_loop_test(tc, test_spawn__domain_name_is_the_containers_own, 0, 2);
	tcase_add_loop_test(tc, test_spawn__environment_is_clean, 0, 2);
	tcase_add_loop_test(tc, test_spawn__no_descriptor_is_passed_unasked, 0, 2);
	tcase_add_loop_test(tc, test_spawn__refuses_directories_that_it_would_inherit, 0, 2);
	tcase_add_loop_test(tc, test_spawn__gives_a_directory_that_was_named_as_one, 0, 2);
	tcase_add_loop_test(tc, test_spawn__targets_may_be_any_number, 0, 2);
	tcase_add_loop_test(tc, test_spawn__descriptors_can_be_swapped, 0, 2);
	tcase_add_loop_test(tc, test_spawn__pids_limit_holds, 0, 2);
	tcase_add_loop_test(tc, test_spawn__ids_and_groups_are_set, 0, 2);
	tcase_add_loop_test(tc, test_spawn__mount_points_alone_are_made_in_the_root, 0, 2);
	tcase_add_loop_test(tc, test_spawn__layer_leaves_nothing_on_the_host, 0, 2);
	tcase_add_loop_test(tc, test_spawn__nothing_of_the_hosts_root_stays_mounted, 0, 2);
	tcase_add_loop_test(tc, test_spawn__host_root_is_read_only, 0, 2);
	tcase_add_loop_test(tc, test_spawn__kernel_settings_are_read_only, 0, 2);
	tcase_add_test(tc, test_spawn__tells_a_missing_program);
	tcase_add_loop_test(tc, test_wait__works_where_sigchld_is_ignored, 0, 4);
	tcase_add_loop_test(tc, test_wait__works_where_a_handler_reaps_every_child, 0, 4);
	tcase_add_loop_test(tc, test_wait__timeout_and_kill, 0, 2);
	tcase_add_loop_test(tc, test_wait__refuses_times_below_minus_one, 0, 2);
	tcase_add_loop_test(tc, test_free__ends_what_still_runs, 0, 2);
	tcase_add_loop_test(tc, test_wait__leaves_nobody_without_a_pid_namespace, 0, 2);
	tcase_add_loop_test(tc, test_tty__is_the_containers_own, 0, 2);
	tcase_add_loop_test(tc, test_tty__works_in_a_host_without_stdio, 0, 2);
	tcase_add_loop_test(tc, test_spawn__devices_of_the_host_keep_their_modes, 0, 2);
	tcase_add_loop_test(tc, test_plan_spawn__containers_share_no_files, 0, 2);
	tcase_add_loop_test(tc, test_plan_spawn_with__gives_each_container_its_own, 0, 2);
	tcase_add_loop_test(tc, test_plan_spawn_with__gives_arguments_and_variables_of_its_own, 0,
			    2);
	tcase_add_test(tc, test_plan_spawn_with__refuses_what_is_not_open);
	tcase_add_test(tc, test_plan_spawn_with__takes_directories_only_where_the_spec_named_one);
	tcase_add_test(tc, test_plan_spawn_with__refuses_what_the_plan_has_not);
	tcase_add_loop_test(tc, test_plan_spawn__refuses_a_program_that_became_a_magic_link, 0, 2);
	tcase_add_test(tc, test_spawn__looks_at_the_program_from_the_root);
	tcase_add_loop_test(tc, test_plan_spawn__shows_the_group, 0, 2);
	tcase_add_loop_test(tc, test_plan_spawn__works_from_many_threads, 0, 2);
	tcase_add_loop_test(tc, test_detach__is_refused_where_it_would_not_hold, 0, 2);
	tcase_add_loop_test(tc, test_spawn__relative_root_is_found_from_elsewhere, 0, 2);
	tcase_add_loop_test(tc, test_wait__removes_groups_in_the_containers_own, 0, 2);
	tcase_add_loop_test(tc, test_spawn__tells_what_bounds_a_resource_limit, 0, 2);
	tcase_add_loop_test(tc, test_spawn__the_init_takes_no_descriptor_of_the_limit, 0, 2);
	tcase_add_loop_test(tc, test_plan_spawn__works_where_the_caller_has_no_proc, 0, 2);
	tcase_add_loop_test(tc, test_new_session__is_the_default, 0, 2);
	tcase_add_loop_test(tc, test_new_session__can_be_the_callers, 0, 2);
	tcase_add_loop_test(tc, test_join_namespace_fd__shares_the_namespace, 0, 2);
	tcase_add_loop_test(tc, test_spawn__calling_thread_returns_from_joined_namespaces, 0, 2);
	tcase_add_loop_test(tc, test_spawn__mounts_nothing_on_a_host_that_shares_its_mounts, 0,
			    WAYS);
	return suite_run(s);
}
