/* SPDX-License-Identifier: MIT */
/* The init as process 1. Each test with the way the library chooses (0) and by the helper (1). */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;

static void make(void)
{
	err = ctr_error_new();
}

static void drop(void)
{
	ctr_error_free(err);
}

static ctr_spec *shell(int helper_child, const char *script)
{
	ctr_spec *spec = suite_spec(NULL, "sh", "-c", script, NULL);

	ck_assert_int_eq(
		ctr_spec_set_child(spec, helper_child ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err), 0);
	ck_assert_int_eq(ctr_process_set_init(ctr_spec_get_process(spec), 1, err), 0);
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

static void expect_output(ctr_spec *spec, const char *expected)
{
	char *output;

	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	ck_assert_str_eq(output, expected);
	free(output);
}

START_TEST(test_init__is_process_1_and_the_program_another)
{
	expect_output(shell(_i, "[ $$ != 1 ] && cat /proc/1/comm && ps -e -o comm= >/tmp/list && "
				"wc -l </tmp/list"),
		      "minictr-init\n3\n");
}
END_TEST

START_TEST(test_init__hands_on_the_exit_code)
{
	ctr_container *c = spawn(shell(_i, "exit 130"));

	wait_for(c);
	ck_assert_int_eq(ctr_container_exit_code(c), 130);
	ck_assert_int_eq(ctr_container_exit_signal(c), 0);
	ctr_container_free(c);
}
END_TEST

START_TEST(test_init__hands_on_the_signal)
{
	ctr_container *c = spawn(shell(_i, "(sleep 0 &); kill -9 $$"));

	wait_for(c);
	ck_assert_int_eq(ctr_container_exit_code(c), -1);
	ck_assert_int_eq(ctr_container_exit_signal(c), SIGKILL);
	ctr_container_free(c);
}
END_TEST

START_TEST(test_init__passes_signals_on)
{
	ctr_container *c = spawn(shell(_i, "sleep 100"));

	ck_assert_int_eq(ctr_container_send_signal(c, SIGTERM, err), 0);
	wait_for(c);
	ck_assert_int_eq(ctr_container_exit_signal(c), SIGTERM);
	ctr_container_free(c);
}
END_TEST

/* The init blocks all for itself. */
START_TEST(test_init__gives_the_program_the_signal_mask_of_the_spec)
{
	ctr_spec *spec = suite_spec(NULL, "grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status", NULL);
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(ctr_spec_set_child(spec, _i ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err), 0);
	ck_assert_int_eq(ctr_process_set_init(process, 1, err), 0);
	ck_assert_int_eq(ctr_process_set_signal_mask(process, 1u << (SIGUSR1 - 1), err), 0);
	expect_output(spec, "SigBlk:\t0000000000000200\nSigIgn:\t0000000000000000\n");
}
END_TEST

START_TEST(test_init__reaps_orphans)
{
	expect_output(shell(_i, "for i in 1 2 3 4 5; do (true & true) & done; wait; sleep 0.2; "
				"grep -l '^State:.*Z' /proc/[0-9]*/status | wc -l"),
		      "0\n");
}
END_TEST

/* What the init reports through is neither the program's nor its children's. */
START_TEST(test_init__keeps_its_descriptors_to_itself)
{
	expect_output(shell(_i, "ls /proc/self/fd | tr '\\n' ' '"), "0 1 2 3 ");
}
END_TEST

static int count_pidfds(pid_t pid)
{
	int n = 0;

	for (int fd = 0; fd < 64; fd++) {
		char path[64], target[64] = "";

		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
		if (readlink(path, target, sizeof(target) - 1) > 0)
			n += strstr(target, "pidfd") != NULL;
	}
	return n;
}

/* By pidfd_getfd(2) on a pidfd of the caller's the program would get what that has open. */
START_TEST(test_init__has_no_way_to_the_caller_where_it_can_be_traced)
{
	ctr_spec *spec = shell(_i % 2, "sleep 100");
	ctr_container *c;

	suite_need_root();
	if (_i / 2)
		ck_assert_int_eq(ctr_process_add_cap(ctr_spec_get_process(spec), "SYS_PTRACE", err),
				 0);
	c = spawn(spec);
	ck_assert_int_eq(count_pidfds(ctr_container_pid(c)), _i / 2 ? 0 : 1);
	ctr_container_free(c);
}
END_TEST

/* Its program may limit it: prlimit(2) asks for the same ids alone. */
/* What lies at an address of a process, as whoever may trace it can read. */
static bool has_text(int memory, off_t from, off_t to, const char *text)
{
	char *bytes = malloc((size_t)(to - from));
	const ssize_t n = pread(memory, bytes, (size_t)(to - from), from);
	const bool has = n > 0 && memmem(bytes, (size_t)n, text, strlen(text));

	free(bytes);
	return has;
}

static bool is_in_memory(pid_t pid, const char *text)
{
	unsigned long from, to;
	char path[64], line[512];
	bool found = false;
	FILE *maps;
	int memory;

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(memory, 0);
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	ck_assert_ptr_nonnull(maps);
	while (!found && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx r", &from, &to) == 2 && !strstr(line, "[v"))
			found = has_text(memory, (off_t)from, (off_t)to, text);
	fclose(maps);
	close(memory);
	return found;
}

/* The plan has them; the program's own arguments stay. */
START_TEST(test_init__has_no_path_of_the_host_in_its_memory)
{
	const char *host = world_path("a-path-of-the-host");
	ctr_spec *spec = shell(_i, "sleep 100; : what the program is called with");
	ctr_container *c;

	suite_need_root();
	ck_assert_int_eq(mkdir(host, 0755), 0);
	ck_assert_int_eq(ctr_spec_add_bind(spec, host, "/mnt", 0, err), 0);
	c = spawn(spec);
	ck_assert(is_in_memory(ctr_container_pid(c), "what the program is called with"));
	ck_assert(!is_in_memory(ctr_container_pid(c), "a-path-of-the-host"));
	ck_assert_int_eq(ctr_container_kill_all(c, err), 0);
	wait_for(c);
	ctr_container_free(c);
}
END_TEST

START_TEST(test_init__passes_signals_on_under_any_limit_on_descriptors)
{
	ctr_spec *spec = shell(_i % 2, "trap 'exit 9' TERM; prlimit --pid 1 --nofile=0:0; "
				       "echo ready; sleep 100 & wait");
	ctr_container *c;
	char line[16];
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(ctr_process_set_fd(ctr_spec_get_process(spec), 1, ends[1], err), 0);
	c = spawn(spec);
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], line, sizeof(line)), 6);
	ck_assert_int_eq(ctr_container_send_signal(c, SIGTERM, err), 0);
	wait_for(c);
	ck_assert_int_eq(ctr_container_exit_code(c), 9);
	close(ends[0]);
	ctr_container_free(c);
}
END_TEST

static void *spawn_in_thread(void *script)
{
	return spawn(shell(0, script));
}

/* Not by the first thread, whose end the kernel has a signal for. */
static ctr_container *spawn_by_thread(const char *script)
{
	pthread_t thread;
	void *c;

	ck_assert_int_eq(pthread_create(&thread, NULL, spawn_in_thread, (void *)(uintptr_t)script),
			 0);
	ck_assert_int_eq(pthread_join(thread, &c), 0);
	return c;
}

static void die_with_container(void)
{
	spawn_by_thread("prlimit --pid 1 --nofile=0:0; echo $$; sleep 100");
	kill(getpid(), SIGKILL);
}

/* The program's output is a pipe whose end tells that all of the container are gone. */
START_TEST(test_init__ends_with_the_caller_whatever_the_program_does)
{
	int ends[2], status;
	char text[64];
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		die_with_container();
	}
	close(ends[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	while (read(ends[0], text, sizeof(text)) > 0)
		;
	close(ends[0]);
}
END_TEST

static void outlive_thread(void)
{
	ctr_container *c = spawn_by_thread("sleep 100");

	ck_assert_int_eq(ctr_container_wait(c, 200, err), 0);
	ctr_container_free(c);
}

START_TEST(test_init__outlives_the_thread_that_spawned)
{
	suite_in_child(outlive_thread); /* threads leave a signal handler in their process */
}
END_TEST

START_TEST(test_init__does_not_wait_for_what_the_program_left)
{
	ctr_container *c = spawn(shell(_i, "sleep 1000 & exit 3"));

	wait_for(c);
	ck_assert_int_eq(ctr_container_exit_code(c), 3);
	ctr_container_free(c);
}
END_TEST

/* Without a PID namespace nothing but the signal set by prctl(2) ends the program with it. */
START_TEST(test_init__takes_the_program_with_it)
{
	ctr_spec *spec = shell(_i, "echo $$; sleep 1000");
	int ends[2];
	char text[32] = "";
	ctr_container *c;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(ctr_process_set_fd(ctr_spec_get_process(spec), 1, ends[1], err), 0);
	ck_assert_int_eq(ctr_spec_set_namespace(spec, CTR_NS_PID, CTR_NS_MODE_HOST, err), 0);
	close(ends[1]);
	c = spawn(spec);
	ck_assert_int_gt(read(ends[0], text, sizeof(text) - 1), 0);
	ck_assert_int_eq(ctr_container_send_signal(c, SIGKILL, err), 0);
	wait_for(c);
	ck_assert_int_eq(ctr_container_exit_signal(c), SIGKILL);
	ck_assert_int_eq(read(ends[0], text, 1), 0); /* nobody has the pipe any more */
	ctr_container_free(c);
	close(ends[0]);
}
END_TEST

START_TEST(test_init__tells_why_the_program_does_not_run)
{
	ctr_spec *spec = suite_spec(world_rootfs("root"), "/bin/hidden", NULL);
	ctr_process *process = ctr_spec_get_process(spec);

	world_write(world_path("root/bin/hidden"), "#!/bin/sh\n", 0755);
	ck_assert_int_eq(chmod(world_path("root/bin"), 0700), 0);
	ck_assert_int_eq(ctr_process_set_user(process, 1000, 1000, err), 0);
	ck_assert_int_eq(ctr_process_set_init(process, 1, err), 0);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_NOT_EXECUTABLE, "may not execute it");
	ctr_spec_free(spec);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("init");
	TCase *tc = suite_case(s, "init");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_init__is_process_1_and_the_program_another, 0, 2);
	tcase_add_loop_test(tc, test_init__hands_on_the_exit_code, 0, 2);
	tcase_add_loop_test(tc, test_init__hands_on_the_signal, 0, 2);
	tcase_add_loop_test(tc, test_init__passes_signals_on, 0, 2);
	tcase_add_loop_test(tc, test_init__gives_the_program_the_signal_mask_of_the_spec, 0, 2);
	tcase_add_loop_test(tc, test_init__reaps_orphans, 0, 2);
	tcase_add_loop_test(tc, test_init__keeps_its_descriptors_to_itself, 0, 2);
	tcase_add_loop_test(tc, test_init__has_no_way_to_the_caller_where_it_can_be_traced, 0, 4);
	tcase_add_loop_test(tc, test_init__has_no_path_of_the_host_in_its_memory, 0, 2);
	tcase_add_loop_test(tc, test_init__passes_signals_on_under_any_limit_on_descriptors, 0, 2);
	tcase_add_test(tc, test_init__ends_with_the_caller_whatever_the_program_does);
	tcase_add_test(tc, test_init__outlives_the_thread_that_spawned);
	tcase_add_loop_test(tc, test_init__does_not_wait_for_what_the_program_left, 0, 2);
	tcase_add_loop_test(tc, test_init__takes_the_program_with_it, 0, 2);
	tcase_add_loop_test(tc, test_init__tells_why_the_program_does_not_run, 0, 2);
	return suite_run(s);
}
