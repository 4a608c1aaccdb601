/* SPDX-License-Identifier: MIT */
/*
 * What a plan takes of the host: the file that was looked at, or an error. Ways as in
 * test_compile_mount.c.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;
static const char *root;

static void make(void)
{
	err = ctr_error_new();
	root = world_rootfs("root");
	world_mkdir("root/host");
	world_mkdir("one");
	world_mkdir("two");
	world_write(world_path("one/file"), "one\n", 0644);
	world_write(world_path("two/file"), "two\n", 0644);
}

static void drop(void)
{
	ctr_error_free(err);
}

static ctr_spec *shell(int way, const char *script)
{
	ctr_spec *spec = suite_spec(root, "sh", "-c", script, world_dir, NULL);

	ck_assert_int_eq(ctr_spec_set_child(spec, way % 2 ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err),
			 0);
	return spec;
}

static ctr_plan *compile(ctr_spec *spec)
{
	ctr_plan *plan = ctr_plan_compile(spec, err);

	ck_assert_msg(plan, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
	return plan;
}

static void bind(ctr_spec *spec, const char *source, const char *target)
{
	ck_assert_int_eq(ctr_spec_add_bind(spec, source, target, 0, err), 0);
}

static void expect_exit(const ctr_plan *plan, int code)
{
	ctr_container *c = ctr_plan_spawn(plan, err);

	ck_assert_msg(c, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	ck_assert_int_eq(ctr_container_exit_code(c), code);
	ctr_container_free(c);
}

static void expect_refusal(ctr_spec *spec, int code, const char *words)
{
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, code, words);
	ctr_spec_free(spec);
}

/* By a template where the plan has one, and by one child where /tmp is new for each. */
START_TEST(test_source__hosts_root_in_each_container_of_a_plan)
{
	ctr_spec *spec = shell(_i, "test -e /host$0/one/file && test -e $1/host$0/two/file");
	ctr_plan *plan;

	ck_assert_int_eq(ctr_process_add_arg(ctr_spec_get_process(spec), _i < 2 ? "" : "/tmp", err),
			 0);
	if (_i >= 2)
		ck_assert_int_eq(ctr_spec_add_tmpfs(spec, "/tmp", 0, 0755, 0, err), 0);
	bind(spec, "/", "/host");
	if (_i >= 2)
		bind(spec, "/", "/tmp/host");
	plan = compile(spec);
	for (int i = 0; i < 3; i++)
		expect_exit(plan, 0);
	ctr_plan_free(plan);
}
END_TEST

/* A link is followed once, when the plan is compiled. */
START_TEST(test_source__link_that_changes_its_target)
{
	ctr_spec *spec = shell(_i, "grep -q one /host/file");
	ctr_plan *plan;

	ck_assert_int_eq(symlink("one", world_path("link")), 0);
	bind(spec, world_path("link"), "/host");
	plan = compile(spec);
	ck_assert_int_eq(unlink(world_path("link")), 0);
	ck_assert_int_eq(symlink("two", world_path("link")), 0);
	expect_exit(plan, 0);
	ctr_plan_free(plan);
}
END_TEST

static void put_directory(void)
{
	ck_assert_int_eq(rename(world_path("two"), world_path("one")), 0);
}

static void put_file(void)
{
	world_write(world_path("one"), "", 0644);
}

/* To the very same file. */
static void put_link(void)
{
	ck_assert_int_eq(symlink("old", world_path("one")), 0);
}

START_TEST(test_source__replaced_after_the_look)
{
	static void (*const put[])(void) = { put_directory, put_file, put_link };
	ctr_spec *spec = shell(_i, "true");
	ctr_plan *plan;

	bind(spec, world_path("one"), "/host");
	plan = compile(spec);
	ck_assert_int_eq(rename(world_path("one"), world_path("old")), 0);
	put[_i / 2]();
	ck_assert_ptr_null(ctr_plan_spawn(plan, err));
	suite_expect_error(err, CTR_E_SYSTEM,
			   _i / 2 == 2 ? "a symbolic link took the place"
				       : "another file took its place");
	ctr_plan_free(plan);
}
END_TEST

START_TEST(test_source__in_the_root_file_system_itself)
{
	ctr_spec *spec = shell(_i, "test -e /host/hostname");
	ctr_plan *plan;

	bind(spec, world_path("root/etc"), "/host");
	plan = compile(spec);
	expect_exit(plan, 0);
	ctr_plan_free(plan);
}
END_TEST

/* A child has them open one after the other. */
START_TEST(test_source__many_need_few_descriptors)
{
	struct rlimit limit, few;
	ctr_spec *spec = shell(_i, "test -e /host/299/file");
	char path[32];
	ctr_plan *plan;

	for (int i = 0; i < 300; i++) {
		snprintf(path, sizeof(path), "/host/%d", i);
		world_mkdir("root%s", path);
		bind(spec, world_path("one"), path);
	}
	plan = compile(spec);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	few = limit;
	few.rlim_cur = 50;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	expect_exit(plan, 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ctr_plan_free(plan);
}
END_TEST

static void have_other_mounts(int ready)
{
	if (unshare(CLONE_NEWNS) || write(ready, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

START_TEST(test_source__of_another_mount_namespace)
{
	ctr_spec *spec = shell(0, "true");
	int ready[2];
	char byte, path[2 * PATH_MAX];
	pid_t pid;

	suite_need_root();
	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0)
		have_other_mounts(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	snprintf(path, sizeof(path), "/proc/%d/root%s", (int)pid, world_path("one"));
	bind(spec, path, "/host");
	expect_refusal(spec, CTR_E_INVALID, "another mount namespace");
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	close(ready[0]);
	close(ready[1]);
}
END_TEST

static void be_without_proc(void)
{
	ctr_spec *plain = shell(0, "true"), *link = shell(0, "true"), *dots = shell(0, "true");

	ck_assert_int_eq(mount("none", "/proc", "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(symlink("one", world_path("link")), 0);
	bind(plain, world_path("one/."), "/host");
	ctr_plan_free(compile(plain));
	bind(link, world_path("link"), "/host");
	expect_refusal(link, CTR_E_SYSTEM, "/proc");
	bind(dots, world_path("one/../two"), "/host");
	expect_refusal(dots, CTR_E_SYSTEM, "/proc");
}

START_TEST(test_source__without_proc)
{
	suite_in_mounts(be_without_proc);
}
END_TEST

START_TEST(test_source__that_is_not_there)
{
	ctr_spec *spec = shell(0, "true");

	ck_assert_int_eq(symlink("none", world_path("link")), 0);
	bind(spec, world_path(_i ? "link" : "one/none"), "/host");
	expect_refusal(spec, CTR_E_SYSTEM, "No such file or directory");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("source");
	TCase *tc = suite_case(s, "source");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_source__hosts_root_in_each_container_of_a_plan, 0, 4);
	tcase_add_loop_test(tc, test_source__link_that_changes_its_target, 0, 2);
	tcase_add_loop_test(tc, test_source__replaced_after_the_look, 0, 6);
	tcase_add_loop_test(tc, test_source__in_the_root_file_system_itself, 0, 2);
	tcase_add_loop_test(tc, test_source__many_need_few_descriptors, 0, 2);
	tcase_add_test(tc, test_source__of_another_mount_namespace);
	tcase_add_test(tc, test_source__without_proc);
	tcase_add_loop_test(tc, test_source__that_is_not_there, 0, 2);
	return suite_run(s);
}
