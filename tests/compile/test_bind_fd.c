/* SPDX-License-Identifier: MIT */
/*
 * Binds whose source is a descriptor: the file that it has open, wherever that has gone. Ways as
 * in test_compile_mount.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"
#include "support/ways.h"
#include "support/world.h"

enum { NOBODY = 65534 };

static ctr_error *err;
static char root[PATH_MAX];
static uint32_t flags; /* of all binds of a test */

static void make(void)
{
	err = ctr_error_new();
	flags = 0;
	snprintf(root, sizeof(root), "%s", world_rootfs("root"));
	world_mkdir("root/host");
	world_mkdir("one");
	world_mkdir("two");
	world_write(world_path("one/file"), "one\n", 0644);
	world_write(world_path("two/file"), "two\n", 0644);
	world_write(world_path("root/mnt/x"), "", 0644);
}

static void drop(void)
{
	ctr_error_free(err);
}

static void done(int r)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

static int open_source(const char *path, int how)
{
	const int fd = open(path, how | O_CLOEXEC);

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	return fd;
}

/* Nothing of the caller's is needed any more after that. */
static void bind_and_close(ctr_spec *spec, int fd, const char *target)
{
	done(ctr_spec_add_bind_fd(spec, fd, target, flags, err));
	close(fd);
}

static void need_no_refusal(ctr_spec *spec)
{
	ctr_plan_free(ways_compile(spec));
}

/* ---- sources ---- */

START_TEST(test_bind_fd__of_a_directory)
{
	static const int how[] = { O_RDONLY, O_RDONLY | O_DIRECTORY, O_PATH };

	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		ctr_spec *spec =
			ways_shell(root, _i, "grep -q one /host/file && echo new >/host/new");

		bind_and_close(spec, open_source(world_path("one"), how[i]), "/host");
		ways_run(spec, _i);
		ck_assert_str_eq(world_read(world_path("one/new")), "new\n");
	}
}
END_TEST

START_TEST(test_bind_fd__of_a_file)
{
	static const int how[] = { O_RDONLY, O_RDWR, O_WRONLY, O_PATH };

	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		ctr_spec *spec = ways_shell(root, _i, "grep -q one /mnt/x");

		bind_and_close(spec, open_source(world_path("one/file"), how[i]), "/mnt/x");
		ways_run(spec, _i);
	}
}
END_TEST

START_TEST(test_bind_fd__on_a_file_system_of_each_container)
{
	ctr_spec *spec = suite_spec(NULL, "grep", "-q", "one", "/run/a/file", NULL);

	ways_choose(spec, _i);
	bind_and_close(spec, open_source(world_path("one"), O_PATH), "/run/a");
	ways_run(spec, _i);
}
END_TEST

START_TEST(test_bind_fd__of_the_hosts_root)
{
	char script[PATH_MAX];
	ctr_spec *spec;

	snprintf(script, sizeof(script), "grep -q one /host%s/file && test -d /host/proc/1",
		 world_path("one"));
	spec = ways_shell(root, _i, script);
	bind_and_close(spec, open_source("/", O_PATH), "/host");
	ways_run(spec, _i);
}
END_TEST

START_TEST(test_bind_fd__several_of_one_file)
{
	ctr_spec *spec = ways_shell(root, _i, "grep -q one /host/file && grep -q one /mnt/x");
	const int fd = open_source(world_path("one"), O_PATH);

	done(ctr_spec_add_bind_fd(spec, fd, "/host", CTR_MOUNT_READ_ONLY, err));
	done(ctr_spec_add_bind_fd(spec, fd, "/new", 0, err));
	close(fd);
	bind_and_close(spec, open_source(world_path("one/file"), O_PATH), "/mnt/x");
	ways_run(spec, _i);
}
END_TEST

/* ---- which file it is ---- */

/* What has taken its name is another file, and what is at its new place is it. */
START_TEST(test_bind_fd__follows_its_file)
{
	ctr_spec *spec = ways_shell(root, _i, "grep -q one /host/file");
	ctr_plan *plan;

	suite_need_root();
	bind_and_close(spec, open_source(world_path("one"), O_PATH), "/host");
	plan = ways_compile(spec);
	ck_assert_int_eq(rename(world_path("one"), world_path("moved")), 0);
	ck_assert_int_eq(rename(world_path("two"), world_path("one")), 0);
	ways_expect_success(ctr_plan_spawn(plan, err), err);
	ctr_plan_free(plan);
}
END_TEST

START_TEST(test_bind_fd__of_a_deleted_file_is_refused)
{
	ctr_spec *spec = ways_shell(root, _i, "true");
	const int fd = open_source(world_path("one/file"), O_PATH);

	ck_assert_int_eq(unlink(world_path("one/file")), 0);
	bind_and_close(spec, fd, "/mnt/x");
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_INVALID, "deleted");
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_bind_fd__of_a_file_that_is_deleted_later)
{
	ctr_spec *spec = ways_shell(root, _i, "true");
	ctr_plan *plan;

	suite_need_root();
	bind_and_close(spec, open_source(world_path("one/file"), O_PATH), "/mnt/x");
	plan = ways_compile(spec);
	ck_assert_int_eq(unlink(world_path("one/file")), 0);
	ck_assert_ptr_null(ctr_plan_spawn(plan, err));
	suite_expect_error(err, CTR_E_SYSTEM, "was deleted");
	ctr_plan_free(plan);
}
END_TEST

/* What is mounted on it comes along, unless that is not wanted. */
static void cover_source(void)
{
	ctr_spec *with = ways_shell(root, 0, "grep -q two /host/file"),
		 *alone = ways_shell(root, 0, "grep -q one /host/file");
	const int fd = open_source(world_path("one"), O_PATH);

	ck_assert_int_eq(mount(world_path("two"), world_path("one"), "", MS_BIND, NULL), 0);
	done(ctr_spec_add_bind_fd(with, fd, "/host", 0, err));
	flags = CTR_MOUNT_NOT_RECURSIVE;
	bind_and_close(alone, fd, "/host");
	ways_run(with, 0);
	ways_run(alone, 0);
}

START_TEST(test_bind_fd__of_a_covered_directory)
{
	suite_in_mounts(cover_source);
}
END_TEST

/* ---- flags ---- */

START_TEST(test_bind_fd__read_only)
{
	ctr_spec *spec = ways_shell(root, _i, "! echo new >/host/new && test -e /host/file");

	flags = CTR_MOUNT_READ_ONLY;
	bind_and_close(spec, open_source(world_path("one"), O_RDONLY), "/host");
	ways_run(spec, _i);
}
END_TEST

START_TEST(test_bind_fd__no_execution)
{
	ctr_spec *spec = ways_shell(root, _i, "! /host/program 2>/dev/null");

	world_write(world_path("one/program"), "#!/bin/sh\n", 0755);
	flags = CTR_MOUNT_NOEXEC;
	bind_and_close(spec, open_source(world_path("one"), O_PATH), "/host");
	ways_run(spec, _i);
}
END_TEST

static int way;

static void show_below(void)
{
	ctr_spec *spec = ways_shell(root, way, "test -e /host/below/x"), *alone;

	world_mkdir("one/below");
	ck_assert_int_eq(mount("none", world_path("one/below"), "tmpfs", 0, NULL), 0);
	world_write(world_path("one/below/x"), "", 0644);
	bind_and_close(spec, open_source(world_path("one"), O_PATH), "/host");
	ways_run(spec, way);
	alone = ways_shell(root, way, "test -e /host/file && ! test -e /host/below/x");
	flags = CTR_MOUNT_NOT_RECURSIVE;
	bind_and_close(alone, open_source(world_path("one"), O_PATH), "/host");
	ways_run(alone, way);
}

START_TEST(test_bind_fd__with_what_is_mounted_below)
{
	way = _i;
	suite_in_mounts(show_below);
}
END_TEST

/* What is mounted in the container does not appear on the host, where that mount is shared. */
static void mount_inside(void)
{
	ctr_spec *spec = ways_shell(root, way, "test -e /host/below/file");

	ck_assert_int_eq(mount(world_path("one"), world_path("one"), "", MS_BIND, NULL), 0);
	ck_assert_int_eq(mount("", world_path("one"), "", MS_SHARED, NULL), 0);
	world_mkdir("one/below");
	bind_and_close(spec, open_source(world_path("one"), O_PATH), "/host");
	bind_and_close(spec, open_source(world_path("two"), O_PATH), "/host/below");
	ways_run(spec, way);
	ck_assert_int_eq(access(world_path("one/below/file"), F_OK), -1);
}

START_TEST(test_bind_fd__mounts_do_not_spread_to_the_host)
{
	way = _i;
	suite_in_mounts(mount_inside);
}
END_TEST

/* ---- detached mounts ---- */

static int new_tmpfs(void)
{
	const int context = sys_fsopen("tmpfs", FSOPEN_CLOEXEC);
	int fd;

	ck_assert_int_ge(context, 0);
	ck_assert_int_eq(sys_fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL), 0);
	fd = sys_fsmount(context, FSMOUNT_CLOEXEC, 0);
	ck_assert_int_ge(fd, 0);
	close(context);
	return fd;
}

/* Linux 6.15 and later: the kernel says so itself. */
static bool can_clone(int mount)
{
	const int fd =
		sys_open_tree(mount, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void expect_detached(int fd, int n)
{
	ctr_spec *spec = ways_shell(root, n, "grep -q one /host/file");
	const bool can = can_clone(fd);

	bind_and_close(spec, fd, "/host");
	if (can) {
		ways_run(spec, n);
		return;
	}
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_INVALID, "has no path");
	ctr_spec_free(spec);
}

START_TEST(test_bind_fd__of_a_detached_mount)
{
	int fd, file;

	suite_need_root();
	fd = new_tmpfs();
	file = openat(fd, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	ck_assert_int_eq(write(file, "one\n", 4), 4);
	close(file);
	expect_detached(fd, _i);
	fd = sys_open_tree(AT_FDCWD, world_path("one"), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	expect_detached(fd, _i);
}
END_TEST

/* ---- user namespaces ---- */

START_TEST(test_bind_fd__in_a_user_namespace)
{
	ctr_spec *spec = ways_shell(root, _i, "grep -q one /host/file");

	done(ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err));
	bind_and_close(spec, open_source(world_path("one"), O_PATH), "/host");
	ways_run(spec, _i);
}
END_TEST

/* The host's flags stay locked, as with a path: mount_namespaces(7). */
static void remount_inside(void)
{
	ctr_spec *spec = ways_shell(root, way,
				    "! mount -o remount,bind,rw /host 2>/dev/null && ! touch "
				    "/host/new 2>/dev/null && test -e /host/file");
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(mount(world_path("one"), world_path("one"), "", MS_BIND, NULL), 0);
	ck_assert_int_eq(mount("", world_path("one"), "", MS_REMOUNT | MS_BIND | MS_RDONLY, NULL),
			 0);
	done(ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err));
	done(ctr_process_add_cap(process, "SYS_ADMIN", err));
	done(ctr_process_set_seccomp(process, CTR_SECCOMP_NONE, err));
	bind_and_close(spec, open_source(world_path("one"), O_PATH), "/host");
	ways_run(spec, way);
}

START_TEST(test_bind_fd__flags_of_the_host_stay_in_a_user_namespace)
{
	way = _i;
	suite_in_mounts(remount_inside);
}
END_TEST

static void map(ctr_spec *spec)
{
	done(ctr_idmap_add_uids(ctr_spec_get_idmap(spec), 0, 100000, 65536, err));
	done(ctr_idmap_add_gids(ctr_spec_get_idmap(spec), 0, 100000, 65536, err));
}

START_TEST(test_bind_fd__in_a_user_namespace_with_a_map)
{
	ctr_spec *spec = ways_shell(root, _i, "test $(stat -c %u /host/file) = 65534");

	suite_need_root();
	map(spec);
	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	bind_and_close(spec, open_source(world_path("one"), O_PATH), "/host");
	ways_run(spec, _i);
}
END_TEST

static ctr_spec *mapped(int n)
{
	ctr_spec *spec = ways_shell(root, n, "test $(stat -c %u /host/file) = 0");

	map(spec);
	return spec;
}

/* Where a path can be mapped: not all file systems know how. */
START_TEST(test_bind_fd__with_mapped_owners_as_by_path)
{
	ctr_spec *path = mapped(_i), *spec = mapped(_i);
	ctr_container *c;

	suite_need_root();
	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	done(ctr_spec_add_bind(path, world_path("one"), "/host", CTR_MOUNT_IDMAP, err));
	flags = CTR_MOUNT_IDMAP;
	bind_and_close(spec, open_source(world_path("one"), O_PATH), "/host");
	c = ctr_spawn(path, err);
	ctr_spec_free(path);
	if (c) {
		ways_expect_success(c, err);
		ways_run(spec, _i);
		return;
	}
	suite_expect_error(err, CTR_E_SYSTEM, "idmapped");
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "idmapped");
	ctr_spec_free(spec);
}
END_TEST

/* ---- callers without CAP_SYS_ADMIN ---- */

static void become_nobody(void)
{
	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	ck_assert_int_eq(chown(world_path("one"), NOBODY, NOBODY), 0);
	ck_assert_int_eq(chown(world_dir, NOBODY, NOBODY), 0);
	ck_assert_int_eq(setgid(NOBODY), 0);
	ck_assert_int_eq(setuid(NOBODY), 0);
	ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 1), 0); /* else its /proc/self is root's */
}

static void run_rootless(void)
{
	ctr_spec *spec = ways_shell(root, way, "grep -q one /host/file && grep -q one /mnt/x");

	become_nobody();
	bind_and_close(spec, open_source(world_path("one"), O_PATH), "/host");
	bind_and_close(spec, open_source(world_path("one/file"), O_RDONLY), "/mnt/x");
	ways_run(spec, way);
	flags = CTR_MOUNT_READ_ONLY;
	spec = ways_shell(root, way, "! echo new >/host/new");
	bind_and_close(spec, open_source(world_path("one"), O_PATH), "/host");
	ways_run(spec, way);
}

START_TEST(test_bind_fd__rootless)
{
	suite_need_root();
	way = _i;
	suite_in_child(run_rootless);
}
END_TEST

static void exchange_rootless(void)
{
	ctr_spec *spec = ways_shell(root, way, "true");
	ctr_plan *plan;

	become_nobody();
	bind_and_close(spec, open_source(world_path("one"), O_PATH), "/host");
	plan = ways_compile(spec);
	ck_assert_int_eq(rename(world_path("one"), world_path("moved")), 0);
	ck_assert_ptr_null(ctr_plan_spawn(plan, err));
	suite_expect_error(err, CTR_E_SYSTEM, "has been moved since the spec was compiled");
	ck_assert_int_eq(symlink("moved", world_path("one")), 0);
	ck_assert_ptr_null(ctr_plan_spawn(plan, err));
	suite_expect_error(err, CTR_E_SYSTEM, "has been moved since the spec was compiled");
	ck_assert_int_eq(unlink(world_path("one")), 0);
	ck_assert_int_eq(mkdir(world_path("one"), 0755), 0);
	ck_assert_ptr_null(ctr_plan_spawn(plan, err));
	suite_expect_error(err, CTR_E_SYSTEM, "has been moved since the spec was compiled");
	ctr_plan_free(plan);
}

/* Another file is never shown. */
START_TEST(test_bind_fd__rootless_of_a_file_that_was_moved)
{
	suite_need_root();
	way = _i;
	suite_in_child(exchange_rootless);
}
END_TEST

/* An inode number is not given to another file while the plan has this one open. */
static void delete_rootless(void)
{
	ctr_spec *spec = ways_shell(root, 0, "true");
	ctr_plan *plan;

	become_nobody();
	ck_assert_int_eq(mkdir(world_path("empty"), 0755), 0);
	bind_and_close(spec, open_source(world_path("empty"), O_PATH), "/host");
	plan = ways_compile(spec);
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(rmdir(world_path("empty")), 0);
		ck_assert_int_eq(mkdir(world_path("empty"), 0755), 0);
		if (i % 20 == 0)
			ck_assert_ptr_null(ctr_plan_spawn(plan, err));
	}
	ctr_plan_free(plan);
}

START_TEST(test_bind_fd__rootless_of_a_file_that_was_deleted)
{
	suite_need_root();
	suite_in_child(delete_rootless);
}
END_TEST

static void refuse_pathless(void)
{
	const int fd = memfd_create("x", MFD_CLOEXEC);
	ctr_spec *spec = ways_shell(root, 0, "true");

	become_nobody();
	bind_and_close(spec, fd, "/mnt/x");
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_INVALID, "has no path");
	ctr_spec_free(spec);
}

START_TEST(test_bind_fd__rootless_without_a_path_is_refused)
{
	suite_need_root();
	suite_in_child(refuse_pathless);
}
END_TEST

/* ---- what is refused ---- */

static void expect_refusal(int fd, const char *words)
{
	ctr_spec *spec = ways_shell(root, 0, "true");

	ck_assert_int_eq(ctr_spec_add_bind_fd(spec, fd, "/host", 0, err), -1);
	suite_expect_error(err, CTR_E_INVALID, words);
	ctr_spec_clear_error(spec);
	need_no_refusal(spec);
}

START_TEST(test_bind_fd__refuses_what_is_not_open)
{
	const int fd = open_source("/", O_PATH);

	close(fd);
	expect_refusal(fd, "an open descriptor");
	expect_refusal(-1, "an open descriptor");
	expect_refusal(-100, "an open descriptor");
}
END_TEST

START_TEST(test_bind_fd__refuses_what_is_no_file)
{
	int ends[2], link;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	expect_refusal(ends[0], "a file or a directory");
	close(ends[0]);
	close(ends[1]);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	expect_refusal(ends[0], "a file or a directory");
	close(ends[0]);
	close(ends[1]);
	ck_assert_int_eq(symlink("one", world_path("link")), 0);
	link = open_source(world_path("link"), O_PATH | O_NOFOLLOW);
	expect_refusal(link, "a file or a directory");
	close(link);
}
END_TEST

START_TEST(test_bind_fd__refuses_targets_and_flags_as_a_bind_does)
{
	const int fd = open_source("/", O_PATH);
	ctr_spec *spec = ways_shell(root, 0, "true");

	ck_assert_int_eq(ctr_spec_add_bind_fd(spec, fd, "host", 0, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "bind target");
	ck_assert_int_eq(ctr_spec_add_bind_fd(spec, fd, NULL, 0, err), -1);
	ck_assert_int_eq(ctr_spec_add_bind_fd(spec, fd, "/host", 1u << 31, err), -1);
	ctr_error_clear(err);
	ck_assert_int_eq(ctr_spec_add_bind_fd(NULL, fd, "/host", 0, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "spec");
	ctr_spec_free(spec);
	close(fd);
}
END_TEST

START_TEST(test_bind_fd__refuses_a_file_in_memory)
{
	const int fd = memfd_create("x", MFD_CLOEXEC);
	ctr_spec *spec = ways_shell(root, 0, "true");

	bind_and_close(spec, fd, "/mnt/x");
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_INVALID, "has no path");
	ctr_spec_free(spec);
}
END_TEST

static void have_other_mounts(int ready)
{
	if (unshare(CLONE_NEWNS) || write(ready, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

START_TEST(test_bind_fd__refuses_another_mount_namespace)
{
	ctr_spec *spec = ways_shell(root, 0, "true");
	char byte, path[2 * PATH_MAX];
	int ready[2];
	pid_t pid;

	suite_need_root();
	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0)
		have_other_mounts(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	snprintf(path, sizeof(path), "/proc/%d/root%s", (int)pid, world_path("one"));
	bind_and_close(spec, open_source(path, O_PATH), "/host");
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_INVALID, "another mount namespace");
	ctr_spec_free(spec);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	close(ready[0]);
	close(ready[1]);
}
END_TEST

/* ---- as with a path ---- */

static ctr_spec *with_proc(bool by_fd, const char *program)
{
	ctr_spec *spec = suite_spec(root, program, NULL);
	const int fd = open_source("/proc", O_PATH);

	if (by_fd)
		done(ctr_spec_add_bind_fd(spec, fd, "/host", 0, err));
	else
		done(ctr_spec_add_bind(spec, "/proc", "/host", 0, err));
	close(fd);
	return spec;
}

/* The links of the kernel's in the host's proc lead to no program, however it came there. */
START_TEST(test_bind_fd__of_the_hosts_proc_is_treated_as_by_path)
{
	static const char *const programs[] = { "/host/self/exe", "/host/1/exe",
						"/host/self/root/bin/sh", "/host/self/fd/0" };
	char message[1024];

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		ctr_spec *path = with_proc(false, programs[i]), *fd = with_proc(true, programs[i]);
		ctr_container *c = ctr_spawn(path, err);
		int code;

		ck_assert_ptr_null(c);
		code = ctr_error_code(err);
		snprintf(message, sizeof(message), "%s", ctr_error_message(err));
		ck_assert_ptr_null(ctr_spawn(fd, err));
		ck_assert_int_eq(ctr_error_code(err), code);
		ck_assert_str_eq(ctr_error_message(err), message);
		ctr_spec_free(path);
		ctr_spec_free(fd);
	}
}
END_TEST

START_TEST(test_bind_fd__of_a_device_needs_the_flag)
{
	ctr_spec *spec = ways_shell(root, 0, "true");

	bind_and_close(spec, open_source("/dev/zero", O_PATH), "/mnt/x");
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_INVALID, "it is a device");
	ctr_spec_free(spec);
	spec = ways_shell(root, 0, "test $(wc -c </mnt/x) = 0");
	bind_and_close(spec, open_source("/dev/null", O_PATH), "/mnt/x");
	ways_run(spec, 0);
}
END_TEST

/* ---- for people ---- */

static bool plan_has(const ctr_plan *plan, const char *words)
{
	char line[2048];

	for (size_t i = 0; i < ctr_plan_count(plan); i++) {
		ctr_plan_describe(plan, i, line, sizeof(line));
		if (strstr(line, words))
			return true;
	}
	return false;
}

START_TEST(test_bind_fd__is_described_by_path_and_number)
{
	ctr_spec *spec = ways_shell(root, 0, "true");
	const int fd = open_source(world_path("one"), O_PATH);
	char text[PATH_MAX + 64];
	ctr_plan *plan;

	snprintf(text, sizeof(text), "bind %s (descriptor %d) on /host (rbind,", world_path("one"),
		 fd);
	bind_and_close(spec, fd, "/host");
	plan = ways_compile(spec);
	ck_assert(plan_has(plan, text));
	ctr_plan_free(plan);
}
END_TEST

static void describe_covered(void)
{
	ctr_spec *spec = ways_shell(root, 0, "true");
	const int fd = open_source(world_path("one"), O_PATH);
	char text[64];
	ctr_plan *plan;

	ck_assert_int_eq(mount("none", world_path("one"), "tmpfs", 0, NULL), 0);
	snprintf(text, sizeof(text), "bind descriptor %d on /host (rbind,", fd);
	bind_and_close(spec, fd, "/host");
	plan = ways_compile(spec);
	ck_assert(plan_has(plan, text));
	ctr_plan_free(plan);
}

START_TEST(test_bind_fd__without_a_path_is_described_by_number)
{
	suite_in_mounts(describe_covered);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bind_fd");
	TCase *tc = suite_case(s, "bind_fd");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_bind_fd__of_a_directory, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__of_a_file, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__on_a_file_system_of_each_container, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__of_the_hosts_root, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__several_of_one_file, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__follows_its_file, 0, 2);
	tcase_add_loop_test(tc, test_bind_fd__of_a_deleted_file_is_refused, 0, 2);
	tcase_add_loop_test(tc, test_bind_fd__of_a_file_that_is_deleted_later, 0, 2);
	tcase_add_test(tc, test_bind_fd__of_a_covered_directory);
	tcase_add_loop_test(tc, test_bind_fd__read_only, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__no_execution, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__with_what_is_mounted_below, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__mounts_do_not_spread_to_the_host, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__of_a_detached_mount, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__in_a_user_namespace, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__flags_of_the_host_stay_in_a_user_namespace, 0, 2);
	tcase_add_loop_test(tc, test_bind_fd__in_a_user_namespace_with_a_map, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__with_mapped_owners_as_by_path, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__rootless, 0, WAYS);
	tcase_add_loop_test(tc, test_bind_fd__rootless_of_a_file_that_was_moved, 0, 2);
	tcase_add_test(tc, test_bind_fd__rootless_of_a_file_that_was_deleted);
	tcase_add_test(tc, test_bind_fd__rootless_without_a_path_is_refused);
	tcase_add_test(tc, test_bind_fd__refuses_what_is_not_open);
	tcase_add_test(tc, test_bind_fd__refuses_what_is_no_file);
	tcase_add_test(tc, test_bind_fd__refuses_targets_and_flags_as_a_bind_does);
	tcase_add_test(tc, test_bind_fd__refuses_a_file_in_memory);
	tcase_add_test(tc, test_bind_fd__refuses_another_mount_namespace);
	tcase_add_test(tc, test_bind_fd__of_the_hosts_proc_is_treated_as_by_path);
	tcase_add_test(tc, test_bind_fd__of_a_device_needs_the_flag);
	tcase_add_test(tc, test_bind_fd__is_described_by_path_and_number);
	tcase_add_test(tc, test_bind_fd__without_a_path_is_described_by_number);
	return suite_run(s);
}
