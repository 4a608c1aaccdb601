/* SPDX-License-Identifier: MIT */
/*
 * Programs by a descriptor: a copy of what it has open is executed, in a root that has no such
 * file. Ways as in test_compile_mount.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/ways.h"
#include "support/world.h"

enum { NOBODY = 65534, USER = 1000 };

static ctr_error *err;
static char root[PATH_MAX], program[PATH_MAX];
static int way;

static void make(void)
{
	suite_need_real_exec();
	err = ctr_error_new();
	world_rootfs("host");
	snprintf(program, sizeof(program), "%s", world_path("program"));
	world_copy(world_path("host/bin/busybox"), program);
	ck_assert_int_eq(chmod(program, 0755), 0);
	world_mkdir("root/proc");
	world_mkdir("root/dev");
	world_mkdir("root/sys");
	snprintf(root, sizeof(root), "%s", world_path("root"));
}

static void drop(void)
{
	ctr_error_free(err);
}

static void done(int r)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

static int open_program(const char *path, int how)
{
	const int fd = open(path, how | O_CLOEXEC);

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	return fd;
}

/* Nothing of the caller's is needed any more after that. */
static void take(ctr_spec *spec, const char *path, int how)
{
	const int fd = open_program(path, how);

	done(ctr_process_set_program_fd(ctr_spec_get_process(spec), fd, err));
	close(fd);
}

static ctr_spec *shell(int n, const char *script)
{
	ctr_spec *spec = ways_shell(root, n, script);

	take(spec, program, O_RDONLY);
	return spec;
}

static void expect_refusal(ctr_spec *spec, int code, int errnum, const char *words)
{
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, code, words);
	ck_assert_int_eq(ctr_error_errno(err), errnum);
	ctr_spec_free(spec);
}

/* ---- which program it is ---- */

START_TEST(test_program_fd__runs_where_the_root_has_no_such_file)
{
	static const int how[] = { O_RDONLY, O_PATH };

	for (size_t i = 0; i < 2; i++) {
		ctr_spec *spec = ways_shell(root, _i, "! test -e /bin && ! test -e /program");

		take(spec, program, how[i]);
		ways_run(spec, _i);
	}
}
END_TEST

START_TEST(test_program_fd__runs_in_the_default_root)
{
	ctr_spec *spec = suite_spec(NULL, "sh", "-c", "exit 0", NULL);

	ways_choose(spec, _i);
	take(spec, program, O_PATH);
	ways_run(spec, _i);
}
END_TEST

/* The applet is chosen by it. */
START_TEST(test_program_fd__has_the_first_argument_as_its_name)
{
	static const char *const names[] = { "true", "/no/such/true", "./true",
					     "/proc/self/fd/true" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ctr_spec *spec = suite_spec(root, names[i], NULL);

		take(spec, program, O_PATH);
		ways_run(spec, 0);
	}
}
END_TEST

START_TEST(test_program_fd__by_minus_one_is_the_first_argument_again)
{
	ctr_spec *spec = shell(0, "true");

	done(ctr_process_set_program_fd(ctr_spec_get_process(spec), -1, err));
	expect_refusal(spec, CTR_E_NOT_FOUND, ENOENT, "sh");
}
END_TEST

/* What the plan executes is what was there when it was compiled. */
START_TEST(test_program_fd__is_the_file_as_it_was_when_compiled)
{
	ctr_plan *plan = ways_compile(shell(_i, "exit 0"));
	const int fd = open_program(program, O_WRONLY | O_TRUNC);

	ck_assert_int_eq(write(fd, "#!/none\n", 8), 8);
	ways_expect_success(ctr_plan_spawn(plan, err), err);
	close(fd);
	ctr_plan_free(plan);
}
END_TEST

START_TEST(test_program_fd__deleted_file)
{
	ctr_spec *spec = shell(_i, "exit 0");

	ck_assert_int_eq(unlink(program), 0);
	ways_run(spec, _i);
}
END_TEST

START_TEST(test_program_fd__more_descriptors_than_its_own)
{
	ctr_spec *spec =
		shell(_i, "cd /proc/self/fd && for n in *; do test $n -lt 4 -o $n = 400 || "
			  "exit 1; done");

	done(ctr_process_set_fd(ctr_spec_get_process(spec), 400, 0, err));
	ways_run(spec, _i);
}
END_TEST

/* ---- what protects the host: CVE-2019-5736 ---- */

/* As the attack goes: the file is busy no more when another program has taken its place. */
START_TEST(test_program_fd__can_not_be_written_from_inside)
{
	static const char *const how[] = { ">", ">>", "1<>" };
	char script[256], before[64], after[64];
	const int fd = open_program(program, O_RDONLY);

	world_copy(program, world_path("root/bin/sh"));
	ck_assert_int_eq(chmod(world_path("root/bin/sh"), 0755), 0);
	ck_assert_int_eq(read(fd, before, sizeof(before)), sizeof(before));
	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		ctr_spec *spec;

		snprintf(script, sizeof(script),
			 "exec 9</proc/self/exe; exec /bin/sh -c 'test -e /proc/self/fd/9 && ! { "
			 "echo x %s/proc/self/fd/9; } 2>/dev/null'",
			 how[i]);
		spec = shell(_i, script);
		done(ctr_process_add_cap(ctr_spec_get_process(spec), "ALL", err));
		ways_run(spec, _i);
	}
	ck_assert_int_eq(pread(fd, after, sizeof(after), 0), sizeof(after));
	ck_assert(memcmp(before, after, sizeof(before)) == 0);
	close(fd);
}
END_TEST

/* Neither a path of the host nor its inode: nothing to change its owner or its mode by. */
START_TEST(test_program_fd__is_not_the_file_of_the_host)
{
	ctr_spec *spec = shell(_i, "test $(stat -L -c %d:%i /proc/$$/exe) != $0");
	char id[64];
	struct stat st;

	ck_assert_int_eq(stat(program, &st), 0);
	snprintf(id, sizeof(id), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	done(ctr_process_add_arg(ctr_spec_get_process(spec), id, err));
	ways_run(spec, _i);
}
END_TEST

/* ---- who may execute it ---- */

START_TEST(test_program_fd__without_the_permission_is_refused)
{
	ctr_spec *spec;

	ck_assert_int_eq(chmod(program, 0644), 0);
	spec = shell(0, "true");
	expect_refusal(spec, CTR_E_NOT_EXECUTABLE, EACCES, "not executable");
}
END_TEST

static ctr_spec *as_user(int n)
{
	ctr_spec *spec = shell(n, "exit 0");

	done(ctr_process_set_user(ctr_spec_get_process(spec), USER, USER, err));
	return spec;
}

START_TEST(test_program_fd__of_another_user_is_refused_to_this_one)
{
	ctr_spec *spec;

	suite_need_root();
	ck_assert_int_eq(chmod(program, 0700), 0);
	spec = as_user(_i);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_NOT_EXECUTABLE, "may not execute it");
	ck_assert_int_eq(ctr_error_errno(err), EACCES);
	ctr_spec_free(spec);
	ck_assert_int_eq(chown(program, USER, USER), 0);
	ways_run(as_user(_i), _i);
}
END_TEST

START_TEST(test_program_fd__set_user_id_means_nothing)
{
	ctr_spec *spec;

	suite_need_root();
	ck_assert_int_eq(chmod(program, 04755), 0);
	spec = shell(_i, "test $(id -u) = 1000");
	done(ctr_process_set_user(ctr_spec_get_process(spec), USER, USER, err));
	done(ctr_process_set_no_new_privs(ctr_spec_get_process(spec), 0, err));
	ways_run(spec, _i);
}
END_TEST

static void mount_noexec(void)
{
	ctr_spec *spec;

	ck_assert_int_eq(mount(program, program, NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(mount(NULL, program, NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL), 0);
	spec = shell(0, "true");
	expect_refusal(spec, CTR_E_NOT_EXECUTABLE, EACCES, "noexec");
}

START_TEST(test_program_fd__on_a_mount_without_execution_is_refused)
{
	suite_in_mounts(mount_noexec);
}
END_TEST

/* ---- files that are no programs ---- */

static void expect_not_executable(const char *path, int errnum, const char *words)
{
	ctr_spec *spec = ways_shell(root, 0, "true");

	take(spec, path, O_PATH);
	expect_refusal(spec, CTR_E_NOT_EXECUTABLE, errnum, words);
}

START_TEST(test_program_fd__refuses_what_is_no_program)
{
	world_write(world_path("script"), "#!/bin/sh\nexit 0\n", 0755);
	world_write(world_path("empty"), "", 0755);
	world_write(world_path("text"), "text\n", 0755);
	expect_not_executable(world_path("script"), ENOEXEC, "it is a script");
	expect_not_executable(world_path("empty"), ENOEXEC, "empty");
	expect_not_executable(world_path("text"), ENOEXEC, "nor as an ELF file");
	expect_not_executable(world_dir, EACCES, "not a regular file");
	expect_not_executable("/dev/null", EACCES, "not a regular file");
}
END_TEST

/* Every test program is linked with the C library of the host, which the root does not have. */
START_TEST(test_program_fd__refuses_one_whose_loader_is_not_in_the_root)
{
	expect_not_executable("/proc/self/exe", ENOENT, "it needs the loader");
}
END_TEST

START_TEST(test_program_fd__refuses_what_is_not_open)
{
	const int fd = open_program("/", O_PATH);
	ctr_process *process = ctr_process_new(err);

	close(fd);
	ck_assert_int_eq(ctr_process_set_program_fd(process, fd, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "an open descriptor");
	ck_assert_int_eq(ctr_process_set_program_fd(process, -2, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "an open descriptor");
	ctr_process_free(process);
}
END_TEST

START_TEST(test_program_fd__needs_a_name_for_it)
{
	ctr_spec *spec = ctr_spec_new(err);

	take(spec, program, O_PATH);
	expect_refusal(spec, CTR_E_INVALID, 0, "first argument");
}
END_TEST

/* ---- filters of system calls ---- */

static const char filter_text[] = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": "
				  "[{\"names\": [\"%s\"], \"action\": \"SCMP_ACT_ERRNO\"}]}";

static ctr_spec *filtered(int n, const char *refused)
{
	ctr_spec *spec = shell(n, "exit 0");
	char text[256];

	snprintf(text, sizeof(text), filter_text, refused);
	done(ctr_process_set_seccomp_json(ctr_spec_get_process(spec), text, err));
	return spec;
}

START_TEST(test_program_fd__needs_execveat_alone_of_a_filter)
{
	ways_run(filtered(_i, "execve"), _i);
	expect_refusal(filtered(_i, "execveat"), CTR_E_INVALID, 0, "refuses execveat");
}
END_TEST

START_TEST(test_program_fd__without_a_filter)
{
	ctr_spec *spec = shell(_i, "exit 0");

	done(ctr_process_set_seccomp(ctr_spec_get_process(spec), CTR_SECCOMP_NONE, err));
	done(ctr_process_set_init(ctr_spec_get_process(spec), 0, err));
	ways_run(spec, _i);
}
END_TEST

/* ---- user namespaces ---- */

static void run_rootless(void)
{
	ctr_spec *spec;

	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	ck_assert_int_eq(setgid(NOBODY), 0);
	ck_assert_int_eq(setuid(NOBODY), 0);
	ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 1), 0); /* else its /proc/self is root's */
	spec = shell(way, "! { echo x >/proc/self/exe; } 2>/dev/null");
	ways_run(spec, way);
}

START_TEST(test_program_fd__rootless)
{
	suite_need_root();
	way = _i;
	suite_in_child(run_rootless);
}
END_TEST

static void read_nothing(void)
{
	ctr_spec *spec = ways_shell(root, 0, "true");

	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	ck_assert_int_eq(chmod(program, 0711), 0);
	ck_assert_int_eq(setgid(NOBODY), 0);
	ck_assert_int_eq(setuid(NOBODY), 0);
	take(spec, program, O_PATH);
	expect_refusal(spec, CTR_E_NOT_EXECUTABLE, EACCES, "may not read it");
}

START_TEST(test_program_fd__that_the_caller_can_not_read_is_refused)
{
	suite_need_root();
	suite_in_child(read_nothing);
}
END_TEST

START_TEST(test_program_fd__in_a_user_namespace_with_a_map)
{
	ctr_spec *spec = shell(_i, "test $(id -u) = 0");

	suite_need_root();
	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	done(ctr_idmap_add_uids(ctr_spec_get_idmap(spec), 0, 100000, 65536, err));
	done(ctr_idmap_add_gids(ctr_spec_get_idmap(spec), 0, 100000, 65536, err));
	ways_run(spec, _i);
}
END_TEST

/* ---- where memory files can't be executed ---- */

/* The switch is one for each PID namespace, and can't be taken back there. False: an old kernel. */
static bool forbid_memory_files(void)
{
	const int fd = open("/proc/sys/vm/memfd_noexec", O_WRONLY | O_CLOEXEC);
	const bool forbidden = fd >= 0 && write(fd, "2", 1) == 1;

	if (fd >= 0)
		close(fd);
	return forbidden;
}

static void run_from_tmpfs(void)
{
	ctr_spec *spec;

	if (!forbid_memory_files())
		return;
	spec = shell(way, "! { echo x >/proc/self/exe; } 2>/dev/null");
	ways_run(spec, way);
}

static void refuse_without_place(void)
{
	ctr_spec *spec;

	if (!forbid_memory_files())
		return;
	ck_assert_int_eq(setgid(NOBODY), 0);
	ck_assert_int_eq(setuid(NOBODY), 0);
	spec = shell(0, "true");
	expect_refusal(spec, CTR_E_UNSUPPORTED, EACCES, "vm.memfd_noexec");
}

static void (*first_process)(void);

static void in_own_pid_namespace(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWPID), 0);
	suite_in_child(first_process);
}

static void as_first(void (*function)(void))
{
	suite_need_root();
	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	first_process = function;
	suite_in_child(in_own_pid_namespace);
}

START_TEST(test_program_fd__where_no_memory_file_can_be_executed)
{
	way = _i;
	as_first(run_from_tmpfs);
}
END_TEST

START_TEST(test_program_fd__has_no_place_without_privileges)
{
	as_first(refuse_without_place);
}
END_TEST

/* ---- for people ---- */

START_TEST(test_program_fd__is_described_by_its_number)
{
	ctr_spec *spec = ways_shell(root, 0, "true");
	const int fd = open_program(program, O_PATH);
	char line[1024], text[64];
	ctr_plan *plan;

	snprintf(text, sizeof(text), "execute descriptor %d as: sh -c true", fd);
	done(ctr_process_set_program_fd(ctr_spec_get_process(spec), fd, err));
	close(fd);
	plan = ways_compile(spec);
	ctr_plan_describe(plan, ctr_plan_count(plan) - 1, line, sizeof(line));
	ck_assert_str_eq(line, text);
	ctr_plan_free(plan);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("program_fd");
	TCase *tc = suite_case(s, "program_fd");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_program_fd__runs_where_the_root_has_no_such_file, 0, WAYS);
	tcase_add_loop_test(tc, test_program_fd__runs_in_the_default_root, 0, WAYS);
	tcase_add_test(tc, test_program_fd__has_the_first_argument_as_its_name);
	tcase_add_test(tc, test_program_fd__by_minus_one_is_the_first_argument_again);
	tcase_add_loop_test(tc, test_program_fd__is_the_file_as_it_was_when_compiled, 0, 2);
	tcase_add_loop_test(tc, test_program_fd__deleted_file, 0, WAYS);
	tcase_add_loop_test(tc, test_program_fd__more_descriptors_than_its_own, 0, WAYS);
	tcase_add_loop_test(tc, test_program_fd__can_not_be_written_from_inside, 0, WAYS);
	tcase_add_loop_test(tc, test_program_fd__is_not_the_file_of_the_host, 0, WAYS);
	tcase_add_test(tc, test_program_fd__without_the_permission_is_refused);
	tcase_add_loop_test(tc, test_program_fd__of_another_user_is_refused_to_this_one, 0, WAYS);
	tcase_add_loop_test(tc, test_program_fd__set_user_id_means_nothing, 0, WAYS);
	tcase_add_test(tc, test_program_fd__on_a_mount_without_execution_is_refused);
	tcase_add_test(tc, test_program_fd__refuses_what_is_no_program);
	tcase_add_test(tc, test_program_fd__refuses_one_whose_loader_is_not_in_the_root);
	tcase_add_test(tc, test_program_fd__refuses_what_is_not_open);
	tcase_add_test(tc, test_program_fd__needs_a_name_for_it);
	tcase_add_loop_test(tc, test_program_fd__needs_execveat_alone_of_a_filter, 0, WAYS);
	tcase_add_loop_test(tc, test_program_fd__without_a_filter, 0, WAYS);
	tcase_add_loop_test(tc, test_program_fd__rootless, 0, WAYS);
	tcase_add_test(tc, test_program_fd__that_the_caller_can_not_read_is_refused);
	tcase_add_loop_test(tc, test_program_fd__in_a_user_namespace_with_a_map, 0, WAYS);
	tcase_add_loop_test(tc, test_program_fd__where_no_memory_file_can_be_executed, 0, WAYS);
	tcase_add_test(tc, test_program_fd__has_no_place_without_privileges);
	tcase_add_test(tc, test_program_fd__is_described_by_its_number);
	return suite_run(s);
}
