/* SPDX-License-Identifier: MIT */
/* Each in a mount namespace of its own, judged by mountinfo and by what files do. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plan/direct.h"
#include "primitives/effect.h"
#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define ALL_FLAGS 0x3fu

static char source[PATH_MAX], target[PATH_MAX], file[PATH_MAX], empty[PATH_MAX];

static void make(void)
{
	effect_begin();
	world_mkdir("source/sub");
	world_mkdir("target");
	world_write(world_path("source/file"), "text", 0644);
	world_write(world_path("empty"), "", 0644);
	snprintf(source, sizeof(source), "%s", world_path("source"));
	snprintf(target, sizeof(target), "%s", world_path("target"));
	snprintf(file, sizeof(file), "%s", world_path("source/file"));
	snprintf(empty, sizeof(empty), "%s", world_path("empty"));
}

static void old_mount(const char *path, unsigned long flags)
{
	ck_assert_int_eq(mount("tmpfs", path, "tmpfs", flags, NULL), 0);
}

/* 0, or why a file can't be made there. */
static int try_to_make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static struct stat stat_of(const char *path)
{
	struct stat st;

	ck_assert_msg(lstat(path, &st) == 0, "%s: %s", path, strerror(errno));
	return st;
}

/* ---- flags, for each kind of mount ---- */

static const struct {
	uint32_t flags;
	const char *expected;
} flag_samples[] = {
	{ 0, "rw,nosuid,nodev" },
	{ CTR_MOUNT_READ_ONLY, "ro,nosuid,nodev" },
	{ CTR_MOUNT_NOEXEC, "rw,nosuid,nodev,noexec" },
	{ CTR_MOUNT_NOSYMFOLLOW, "rw,nosuid,nodev,nosymfollow" },
	{ CTR_MOUNT_ALLOW_SUID, "rw,nodev" },
	{ CTR_MOUNT_ALLOW_DEV, "rw,nosuid" },
	{ CTR_MOUNT_NOT_RECURSIVE, "rw,nosuid,nodev" },
	{ ALL_FLAGS, "ro,noexec,nosymfollow" },
};

TEST_IN_CHILD(test_mount_bind__has_the_flags)
{
	effect_done(ctr_mount_bind(source, target, flag_samples[at].flags, err));
	ck_assert_str_eq(effect_flags(target), flag_samples[at].expected);
}

TEST_IN_CHILD(test_mount_tmpfs__has_the_flags)
{
	effect_done(ctr_mount_tmpfs(target, 0, 0755, flag_samples[at].flags, err));
	ck_assert_str_eq(effect_flags(target), flag_samples[at].expected);
}

static int mount_tmpfs(const char *path, uint32_t flags, ctr_error *e)
{
	return ctr_mount_tmpfs(path, 0, 0755, flags, e);
}

static int mount_bind(const char *path, uint32_t flags, ctr_error *e)
{
	return ctr_mount_bind(source, path, flags, e);
}

static int mount_dev(const char *path, uint32_t flags, ctr_error *e)
{
	(void)flags;
	return ctr_mount_dev(path, e);
}

static int mask(const char *path, uint32_t flags, ctr_error *e)
{
	(void)flags;
	return ctr_mount_mask(path, e);
}

static int unmount(const char *path, uint32_t flags, ctr_error *e)
{
	(void)flags;
	return ctr_unmount(path, e);
}

static int set_read_only(const char *path, uint32_t flags, ctr_error *e)
{
	(void)flags;
	return ctr_mount_set_flags(path, CTR_MOUNT_READ_ONLY, 0, e);
}

static int set_private(const char *path, uint32_t flags, ctr_error *e)
{
	(void)flags;
	return ctr_mount_set_propagation(path, CTR_PROPAGATION_PRIVATE, 0, e);
}

static const struct {
	int (*call)(const char *path, uint32_t flags, ctr_error *e);
	const char *type;
	const char *flags;  /* without any asked for; NULL: it takes none */
	const char *what;   /* what a message calls the path */
	bool not_on_a_file; /* it refuses a file */
} kinds[] = {
	{ ctr_mount_proc, "proc", "rw,nosuid,nodev,noexec", "proc target", true },
	{ ctr_mount_sysfs, "sysfs", "rw,nosuid,nodev,noexec", "sysfs target", true },
	{ ctr_mount_devpts, "devpts", "rw,nosuid,noexec", "devpts target", true },
	{ ctr_mount_mqueue, "mqueue", "rw,nosuid,nodev,noexec", "mqueue target", true },
	{ mount_tmpfs, "tmpfs", "rw,nosuid,nodev", "tmpfs target", true },
	{ mount_bind, "", "", "bind target", true },
	{ mount_dev, "tmpfs", NULL, "dev target", true },
	{ mask, "tmpfs", NULL, "mask target", false },
	{ unmount, NULL, NULL, "mount point", true },
	{ set_read_only, NULL, NULL, "mount point", true },
	{ set_private, NULL, NULL, "mount point", true },
};

#define KINDS_OF_THE_KERNELS 5
#define KINDS_WITH_FLAGS 6

TEST_IN_CHILD(test_mount_kind__is_mounted)
{
	int before = effect_mounts();

	effect_done(kinds[at].call(target, 0, err));
	ck_assert_str_eq(effect_type(target), kinds[at].type);
	ck_assert_str_eq(effect_flags(target), kinds[at].flags);
	ck_assert_int_eq(effect_mounts(), before + 1);
}

TEST_IN_CHILD(test_mount_kind__may_be_read_only)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "ro%s", kinds[at].flags + 2);
	effect_done(kinds[at].call(target, CTR_MOUNT_READ_ONLY, err));
	ck_assert_str_eq(effect_flags(target), expected);
}

TEST_IN_CHILD(test_mount_kind__follows_an_ordinary_link)
{
	ck_assert_int_eq(symlink(target, world_path("link")), 0);
	effect_done(kinds[at].call(world_path("link"), 0, err));
	ck_assert_str_eq(effect_type(target), kinds[at].type);
}

/* ---- what every kind refuses ---- */

TEST_IN_CHILD(test_mount_kind__refuses_a_path_that_is_not_absolute)
{
	static const char *const paths[] = { NULL, "", "target", "./target", " /target" };
	const char *path = paths[at % 5];

	ck_assert_int_eq(chdir(world_dir), 0);
	effect_note();
	effect_refused(kinds[at / 5].call(path, 0, err), CTR_E_INVALID, 0, "an absolute path");
	ck_assert_str_eq(ctr_error_step(err), kinds[at / 5].what);
	ck_assert_str_eq(ctr_error_object(err), path ? path : "NULL");
}

TEST_IN_CHILD(test_mount_kind__refuses_unknown_flags)
{
	static const uint32_t flags[] = { 1u << 6, 1u << 31, ALL_FLAGS | 1u << 7 };

	effect_note();
	effect_refused(kinds[at / 3].call(target, flags[at % 3], err), CTR_E_INVALID, 0,
		       "mount flags");
}

static void refuse_path(const char *path, int errnum)
{
	effect_note();
	effect_refused(kinds[at].call(path, 0, err), CTR_E_SYSTEM, errnum, path);
	ck_assert_str_eq(ctr_error_object(err), path);
}

TEST_IN_CHILD(test_mount_kind__refuses_a_missing_target)
{
	refuse_path(world_path("none"), ENOENT);
}

TEST_IN_CHILD(test_mount_kind__refuses_a_loop)
{
	ck_assert_int_eq(symlink("loop", world_path("loop")), 0);
	refuse_path(world_path("loop/x"), ELOOP);
}

TEST_IN_CHILD(test_mount_kind__refuses_a_component_too_long)
{
	char path[PATH_MAX + 300];

	snprintf(path, sizeof(path), "%s/", target);
	memset(path + strlen(path), 'x', 256);
	path[strlen(target) + 257] = '\0';
	refuse_path(path, ENAMETOOLONG);
}

/* Through a descriptor that somebody left open it could be any directory of the host's. */
TEST_IN_CHILD(test_mount_kind__refuses_magic_links)
{
	char path[64];
	int fd = open(target, O_PATH | O_CLOEXEC);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	refuse_path(path, kinds[at].call == unmount ? EINVAL : ELOOP); /* UMOUNT_NOFOLLOW */
	close(fd);
}

TEST_IN_CHILD(test_mount_kind__refuses_a_file)
{
	if (!kinds[at].not_on_a_file)
		return;
	effect_note();
	ck_assert_int_eq(kinds[at].call(empty, 0, err), -1);
	effect_refused(-1, CTR_E_SYSTEM, ctr_error_errno(err) == EINVAL ? EINVAL : ENOTDIR, empty);
}

TEST_IN_CHILD(test_mount_kind__needs_privileges)
{
	old_mount(target, 0);
	effect_drop_privileges();
	refuse_path(target, EPERM);
}

TEST_IN_CHILD(test_mount_kind__takes_a_null_error)
{
	ck_assert_int_eq(kinds[at].call("relative", 0, NULL), -1);
	ck_assert_int_eq(kinds[at].call(world_path("none"), 0, NULL), -1);
}

/* ---- ctr_mount_bind() ---- */

TEST_IN_CHILD(test_mount_bind__shows_a_directory)
{
	effect_done(ctr_mount_bind(source, target, 0, err));
	ck_assert_str_eq(world_read(world_path("target/file")), "text");
	world_write(world_path("target/new"), "new", 0644);
	ck_assert_str_eq(world_read(world_path("source/new")), "new");
}

TEST_IN_CHILD(test_mount_bind__shows_a_file)
{
	effect_done(ctr_mount_bind(file, empty, 0, err));
	ck_assert_str_eq(world_read(empty), "text");
}

TEST_IN_CHILD(test_mount_bind__source_may_be_relative)
{
	ck_assert_int_eq(chdir(source), 0);
	effect_done(ctr_mount_bind(".", target, 0, err));
	ck_assert_str_eq(world_read(world_path("target/file")), "text");
}

TEST_IN_CHILD(test_mount_bind__source_may_be_a_descriptor)
{
	int fd = open(source, O_PATH | O_CLOEXEC);
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	effect_done(ctr_mount_bind(path, target, 0, err));
	ck_assert_str_eq(world_read(world_path("target/file")), "text");
	close(fd);
}

/* bubblewrap's and runc's bind remounts have lost these (SECURITY.md, "Mounts"). */
TEST_IN_CHILD(test_mount_bind__keeps_the_flags_of_the_source)
{
	static const uint32_t flags[] = {
		0,
		CTR_MOUNT_ALLOW_SUID | CTR_MOUNT_ALLOW_DEV,
		CTR_MOUNT_READ_ONLY | CTR_MOUNT_ALLOW_SUID | CTR_MOUNT_ALLOW_DEV,
	};

	old_mount(source, MS_NOSUID | MS_NODEV | MS_NOEXEC);
	effect_done(ctr_mount_bind(source, target, flags[at], err));
	ck_assert_str_eq(effect_flags(target),
			 at == 2 ? "ro,nosuid,nodev,noexec" : "rw,nosuid,nodev,noexec");
}

TEST_IN_CHILD(test_mount_bind__source_keeps_its_flags)
{
	old_mount(source, 0);
	effect_done(ctr_mount_bind(source, target, CTR_MOUNT_READ_ONLY | CTR_MOUNT_NOEXEC, err));
	ck_assert_str_eq(effect_flags(source), "rw");
	ck_assert_int_eq(try_to_make(world_path("source/new")), 0);
}

TEST_IN_CHILD(test_mount_bind__read_only_can_not_be_written)
{
	effect_done(ctr_mount_bind(source, target, CTR_MOUNT_READ_ONLY, err));
	ck_assert_int_eq(try_to_make(world_path("target/new")), EROFS);
	ck_assert_int_eq(try_to_make(world_path("target/file")), EROFS);
}

/* The classic: what is mounted below a read-only bind could be written. */
TEST_IN_CHILD(test_mount_bind__read_only_with_all_below)
{
	old_mount(world_path("source/sub"), 0);
	effect_done(ctr_mount_bind(source, target, CTR_MOUNT_READ_ONLY, err));
	ck_assert_str_eq(effect_flags(world_path("target/sub")), "ro,nosuid,nodev");
	ck_assert_int_eq(try_to_make(world_path("target/sub/new")), EROFS);
	ck_assert_str_eq(effect_flags(world_path("source/sub")), "rw");
	ck_assert_int_eq(try_to_make(world_path("source/sub/new")), 0);
}

TEST_IN_CHILD(test_mount_bind__flags_of_what_is_below_are_kept)
{
	old_mount(world_path("source/sub"), MS_NOEXEC | MS_RDONLY);
	effect_done(ctr_mount_bind(source, target, CTR_MOUNT_ALLOW_SUID, err));
	ck_assert_str_eq(effect_flags(world_path("target/sub")), "ro,nodev,noexec");
}

TEST_IN_CHILD(test_mount_bind__not_recursive_leaves_out_what_is_below)
{
	old_mount(world_path("source/sub"), 0);
	world_write(world_path("source/sub/file"), "hidden", 0644);
	effect_done(ctr_mount_bind(source, target, CTR_MOUNT_NOT_RECURSIVE, err));
	ck_assert_str_eq(effect_type(world_path("target/sub")), "");
	ck_assert_int_eq(world_count(world_path("target/sub")), 0);
}

/* access(2) asks what execve(2) would; valgrind does not survive one that fails. */
TEST_IN_CHILD(test_mount_bind__noexec_runs_nothing)
{
	world_copy("/bin/true", world_path("source/true"));
	effect_done(ctr_mount_bind(source, target, at ? CTR_MOUNT_NOEXEC : 0, err));
	ck_assert_int_eq(access(world_path("target/true"), X_OK), at ? -1 : 0);
}

TEST_IN_CHILD(test_mount_bind__devices_need_a_flag)
{
	int fd;

	ck_assert_int_eq(mknod(world_path("source/null"), S_IFCHR | 0666, makedev(1, 3)), 0);
	effect_done(ctr_mount_bind(source, target, at ? CTR_MOUNT_ALLOW_DEV : 0, err));
	fd = open(world_path("target/null"), O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(fd >= 0, at);
	if (fd >= 0)
		close(fd);
}

TEST_IN_CHILD(test_mount_bind__nosymfollow_follows_none)
{
	ck_assert_int_eq(symlink("file", world_path("source/link")), 0);
	effect_done(ctr_mount_bind(source, target, CTR_MOUNT_NOSYMFOLLOW, err));
	ck_assert_str_eq(world_read(world_path("target/link")), "");
	ck_assert_int_eq(errno, ELOOP);
}

TEST_IN_CHILD(test_mount_bind__refuses_no_source)
{
	static const char *const paths[] = { NULL, "" };

	effect_note();
	effect_refused(ctr_mount_bind(paths[at], target, 0, err), CTR_E_INVALID, 0, "bind source");
}

TEST_IN_CHILD(test_mount_bind__refuses_a_missing_source)
{
	char expected[2 * PATH_MAX + 32];

	snprintf(expected, sizeof(expected), "bind %s/none on %s ", source, target);
	effect_note();
	effect_refused(ctr_mount_bind(world_path("source/none"), target, 0, err), CTR_E_SYSTEM,
		       ENOENT, expected);
}

TEST_IN_CHILD(test_mount_bind__refuses_a_file_on_a_directory)
{
	effect_note();
	ck_assert_int_eq(ctr_mount_bind(file, target, 0, err), -1);
	effect_refused(-1, CTR_E_SYSTEM, ctr_error_errno(err) == EINVAL ? EINVAL : ENOTDIR, target);
}

/* ---- ctr_mount_tmpfs() ---- */

TEST_IN_CHILD(test_mount_tmpfs__is_empty)
{
	world_write(world_path("target/file"), "below", 0644);
	effect_done(ctr_mount_tmpfs(target, 0, 0755, 0, err));
	ck_assert_int_eq(world_count(target), 0);
}

TEST_IN_CHILD(test_mount_tmpfs__has_the_size)
{
	struct statfs st;

	effect_done(ctr_mount_tmpfs(target, 1 << 20, 0755, 0, err));
	ck_assert_int_eq(statfs(target, &st), 0);
	ck_assert_uint_eq((uint64_t)st.f_blocks * (uint64_t)st.f_bsize, 1 << 20);
}

TEST_IN_CHILD(test_mount_tmpfs__holds_no_more)
{
	char page[4096] = { 0 };
	int fd, n = 0;

	effect_done(ctr_mount_tmpfs(target, 4 * sizeof(page), 0755, 0, err));
	fd = open(world_path("target/file"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	while (n < 100 && write(fd, page, sizeof(page)) == sizeof(page))
		n++;
	ck_assert_int_eq(errno, ENOSPC);
	close(fd);
	ck_assert_int_le(n, 4);
}

TEST_IN_CHILD(test_mount_tmpfs__takes_the_largest_size)
{
	effect_done(ctr_mount_tmpfs(target, INT64_MAX, 0755, 0, err));
	ck_assert_str_eq(effect_type(target), "tmpfs");
}

TEST_IN_CHILD(test_mount_tmpfs__has_the_mode)
{
	static const uint32_t modes[] = { 0, 0700, 0755, 01777, 02770, 07777 };

	effect_done(ctr_mount_tmpfs(target, 0, modes[at], 0, err));
	ck_assert_uint_eq(stat_of(target).st_mode & 07777, modes[at]);
}

TEST_IN_CHILD(test_mount_tmpfs__refuses_other_modes)
{
	static const uint32_t modes[] = { 010000, 0100755, UINT32_MAX };
	static const char *const texts[] = { "010000", "0100755", "037777777777" };

	effect_note();
	effect_refused(ctr_mount_tmpfs(target, 0, modes[at], 0, err), CTR_E_INVALID, 0,
		       "at most 07777");
	ck_assert_str_eq(ctr_error_object(err), texts[at]);
}

/* ---- proc, sysfs, devpts, mqueue: whose they are ---- */

TEST_IN_CHILD(test_mount_proc__shows_the_pid_namespace)
{
	pid_t child;
	int status;

	effect_done(ctr_unshare(CTR_NS_PID, err));
	child = fork();
	if (child == 0) {
		char self[16] = "";

		effect_done(ctr_mount_proc(target, 0, err));
		ck_assert_int_eq(readlink(world_path("target/self"), self, sizeof(self) - 1), 1);
		ck_assert_str_eq(self, "1");
		ck_assert_int_ne(access(world_path("target/2"), F_OK), 0);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

TEST_IN_CHILD(test_mount_sysfs__shows_the_network_namespace)
{
	effect_done(ctr_unshare(CTR_NS_NET, err));
	effect_done(ctr_mount_sysfs(target, 0, err));
	ck_assert_int_eq(access(world_path("target/class/net/lo"), F_OK), 0);
	ck_assert_int_ne(access(world_path("target/class/net/eth0"), F_OK), 0);
}

TEST_IN_CHILD(test_mount_mqueue__shows_the_ipc_namespace)
{
	effect_done(ctr_mount_mqueue(target, 0, err));
	ck_assert_int_eq(try_to_make(world_path("target/mine")), 0);
	effect_done(ctr_unshare(CTR_NS_IPC, err));
	world_mkdir("second");
	effect_done(ctr_mount_mqueue(world_path("second"), 0, err));
	ck_assert_int_eq(world_count(world_path("second")), 0);
	ck_assert_int_eq(unlink(world_path("target/mine")), 0);
}

TEST_IN_CHILD(test_mount_devpts__is_new)
{
	effect_done(ctr_mount_devpts(target, 0, err));
	ck_assert_int_eq(world_count(target), 1);
	ck_assert_uint_eq(stat_of(world_path("target/ptmx")).st_mode, S_IFCHR | 0666);
	ck_assert_uint_eq(stat_of(world_path("target/ptmx")).st_rdev, makedev(5, 2));
}

TEST_IN_CHILD(test_mount_devpts__makes_terminals)
{
	int master, unlock = 0;

	effect_done(ctr_mount_devpts(target, 0, err));
	master = open(world_path("target/ptmx"), O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(master, 0);
	ck_assert_int_eq(ioctl(master, TIOCSPTLCK, &unlock), 0);
	ck_assert_uint_eq(stat_of(world_path("target/0")).st_mode, S_IFCHR | 0620);
	close(master);
	ck_assert_int_eq(world_count(target), 1);
}

TEST_IN_CHILD(test_mount_devpts__two_know_nothing_of_each_other)
{
	int master;

	world_mkdir("second");
	effect_done(ctr_mount_devpts(target, 0, err));
	effect_done(ctr_mount_devpts(world_path("second"), 0, err));
	master = open(world_path("target/ptmx"), O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_eq(world_count(target), 2);
	ck_assert_int_eq(world_count(world_path("second")), 1);
	close(master);
}

/* ---- ctr_mount_dev() ---- */

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static const char *names_in(const char *path)
{
	static char names[512];
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, by_name);

	names[0] = '\0';
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.')
			snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s ",
				 entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return names;
}

TEST_IN_CHILD(test_mount_dev__holds_what_a_program_needs)
{
	effect_done(ctr_mount_dev(target, err));
	ck_assert_str_eq(names_in(target), "fd full mqueue null ptmx pts random shm stderr stdin "
					   "stdout tty urandom zero ");
}

static const struct {
	const char *name;
	unsigned major, minor;
} devices[] = {
	{ "null", 1, 3 },   { "zero", 1, 5 },	 { "full", 1, 7 },
	{ "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
};

/* In an odd round as a caller that may make no nodes: they are binds of the caller's then. */
static void make_dev_as(int way)
{
	if (way % 2)
		effect_deny(SYS_mknodat, EPERM);
	effect_done(ctr_mount_dev(target, err));
}

TEST_IN_CHILD(test_mount_dev__devices_are_what_they_are_called)
{
	const int which = at / 2;
	struct stat st;

	make_dev_as(at);
	st = stat_of(world_path("target/%s", devices[which].name));
	ck_assert(S_ISCHR(st.st_mode));
	ck_assert_uint_eq(st.st_rdev, makedev(devices[which].major, devices[which].minor));
	ck_assert_str_eq(effect_flags(world_path("target/%s", devices[which].name)),
			 at % 2 ? "ro,nosuid,noexec" : "");
}

/* Whatever the caller's umask is; and none is a file that the host has. */
TEST_IN_CHILD(test_mount_dev__nodes_are_its_own)
{
	const char *path = world_path("target/%s", devices[at].name);
	char hosts[32];
	struct stat st;

	snprintf(hosts, sizeof(hosts), "/dev/%s", devices[at].name);
	umask(077);
	effect_done(ctr_mount_dev(target, err));
	st = stat_of(path);
	ck_assert_uint_eq(st.st_mode, S_IFCHR | 0666);
	ck_assert_uint_eq(st.st_uid, 0);
	ck_assert_uint_eq(st.st_gid, 0);
	ck_assert_uint_eq(st.st_dev, stat_of(target).st_dev);
	ck_assert_uint_ne(st.st_dev, stat_of(hosts).st_dev);
}

/* Where SELinux is to confine the program: its rules name devices by the labels of the host's. */
TEST_IN_CHILD(test_mount_dev__binds_devices_if_the_step_says_so)
{
	const struct ctr__step step = { .kind = CTR__STEP_DEV, .path = target, .binds = true };

	effect_done(ctr__step_direct(&step, target, err));
	ck_assert_uint_eq(stat_of(world_path("target/null")).st_dev, stat_of("/dev/null").st_dev);
}

/* A filter that says so does not make one. */
TEST_IN_CHILD(test_mount_dev__believes_no_node_that_is_not_there)
{
	effect_deny(SYS_mknodat, 0);
	effect_note();
	effect_refused(ctr_mount_dev(target, err), CTR_E_SYSTEM, ENOENT, target);
}

TEST_IN_CHILD(test_mount_dev__devices_work)
{
	char bytes[4] = "abc";
	int fd;

	make_dev_as(at);
	fd = open(world_path("target/null"), O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	ck_assert_int_eq(read(fd, bytes, 1), 0);
	close(fd);
	fd = open(world_path("target/zero"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(read(fd, bytes, 4), 4);
	ck_assert_mem_eq(bytes, "\0\0\0", 4);
	close(fd);
}

static const char *const dev_links[][2] = {
	{ "fd", "/proc/self/fd" },	 { "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" }, { "stderr", "/proc/self/fd/2" },
	{ "ptmx", "pts/ptmx" },
};

TEST_IN_CHILD(test_mount_dev__links_lead_where_they_should)
{
	char text[64] = "";

	effect_done(ctr_mount_dev(target, err));
	ck_assert_int_gt(readlink(world_path("target/%s", dev_links[at][0]), text, sizeof(text)),
			 0);
	ck_assert_str_eq(text, dev_links[at][1]);
}

/* The nodes are the host's own, or those of all containers of a plan: nothing may change them. */
TEST_IN_CHILD(test_mount_dev__is_read_only)
{
	make_dev_as(at);
	ck_assert_str_eq(effect_flags(target), "ro,nosuid,noexec");
	ck_assert_int_eq(try_to_make(world_path("target/new")), EROFS);
	ck_assert_int_eq(chmod(world_path("target/null"), 0600), -1);
	ck_assert_int_eq(errno, EROFS);
	ck_assert_int_eq(chown(world_path("target/null"), 1, 1), -1);
	ck_assert_int_eq(errno, EROFS);
	ck_assert_int_eq(mknod(world_path("target/kmsg"), S_IFCHR | 0600, makedev(1, 11)), -1);
	ck_assert_int_eq(errno, at % 2 ? EPERM : EROFS);
	ck_assert_uint_eq(stat_of("/dev/null").st_mode & 07777, 0666);
}

TEST_IN_CHILD(test_mount_dev__has_room_for_mounts)
{
	effect_done(ctr_mount_dev(target, err));
	effect_done(ctr_mount_devpts(world_path("target/pts"), 0, err));
	effect_done(ctr_mount_tmpfs(world_path("target/shm"), 0, 01777, 0, err));
	effect_done(ctr_mount_mqueue(world_path("target/mqueue"), 0, err));
	ck_assert_uint_eq(stat_of(world_path("target/pts/ptmx")).st_mode, S_IFCHR | 0666);
}

/* A device that is another one: nothing of /dev may be left. */
TEST_IN_CHILD(test_mount_dev__refuses_a_false_device)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/%s", devices[at].name);
	ck_assert_int_eq(mount(at ? "/dev/null" : "/dev/zero", path, "none", MS_BIND, NULL), 0);
	effect_deny(SYS_mknodat, EPERM);
	effect_note();
	effect_refused(ctr_mount_dev(target, err), CTR_E_SYSTEM, ENODEV, target);
}

/* What is missing, a link or a file there: the tree was half done by then. */
TEST_IN_CHILD(test_mount_dev__refuses_a_host_without_devices)
{
	old_mount("/dev", 0);
	if (at == 1)
		ck_assert_int_eq(symlink("/proc/self/fd/0", "/dev/null"), 0);
	else if (at == 2)
		ck_assert_int_eq(try_to_make("/dev/null"), 0);
	effect_deny(SYS_mknodat, at == 3 ? EACCES : EPERM);
	effect_note();
	effect_refused(ctr_mount_dev(target, err), CTR_E_SYSTEM,
		       at == 1 || at == 2 ? ENODEV : ENOENT, target);
}

/* ---- ctr_mount_set_flags() ---- */

TEST_IN_CHILD(test_mount_set_flags__sets_and_clears)
{
	static const struct {
		uint32_t flag;
		const char *expected;
	} samples[] = {
		{ CTR_MOUNT_READ_ONLY, "ro" },
		{ CTR_MOUNT_NOEXEC, "rw,noexec" },
		{ CTR_MOUNT_NOSYMFOLLOW, "rw,nosymfollow" },
	};

	old_mount(target, 0);
	effect_done(ctr_mount_set_flags(target, samples[at].flag, 0, err));
	ck_assert_str_eq(effect_flags(target), samples[at].expected);
	effect_done(ctr_mount_set_flags(target, 0, samples[at].flag, err));
	ck_assert_str_eq(effect_flags(target), "rw");
}

TEST_IN_CHILD(test_mount_set_flags__does_both_at_once)
{
	old_mount(target, MS_RDONLY);
	effect_done(ctr_mount_set_flags(target, CTR_MOUNT_NOEXEC, CTR_MOUNT_READ_ONLY, err));
	ck_assert_str_eq(effect_flags(target), "rw,noexec");
}

/* A remount by mount(2) loses them. */
TEST_IN_CHILD(test_mount_set_flags__keeps_the_others)
{
	old_mount(target, MS_NOSUID | MS_NODEV | MS_NOEXEC);
	effect_done(ctr_mount_set_flags(target, CTR_MOUNT_READ_ONLY, 0, err));
	ck_assert_str_eq(effect_flags(target), "ro,nosuid,nodev,noexec");
}

TEST_IN_CHILD(test_mount_set_flags__nothing_to_do_is_fine)
{
	old_mount(target, MS_NOSUID);
	effect_done(ctr_mount_set_flags(target, 0, 0, err));
	ck_assert_str_eq(effect_flags(target), "rw,nosuid");
}

TEST_IN_CHILD(test_mount_set_flags__reaches_what_is_below)
{
	old_mount(target, 0);
	world_mkdir("target/sub");
	old_mount(world_path("target/sub"), 0);
	effect_done(ctr_mount_set_flags(
		target, CTR_MOUNT_READ_ONLY | (at ? CTR_MOUNT_NOT_RECURSIVE : 0), 0, err));
	ck_assert_str_eq(effect_flags(target), "ro");
	ck_assert_str_eq(effect_flags(world_path("target/sub")), at ? "rw" : "ro");
}

TEST_IN_CHILD(test_mount_set_flags__refuses_bad_bits)
{
	static const uint32_t bits[][2] = {
		{ CTR_MOUNT_ALLOW_SUID, 0 },
		{ CTR_MOUNT_ALLOW_DEV, 0 },
		{ 0, CTR_MOUNT_ALLOW_SUID },
		{ 0, CTR_MOUNT_ALLOW_DEV },
		{ 0, CTR_MOUNT_NOT_RECURSIVE },
		{ 1u << 6, 0 },
		{ 0, 1u << 31 },
		{ CTR_MOUNT_READ_ONLY, CTR_MOUNT_READ_ONLY },
		{ CTR_MOUNT_READ_ONLY | CTR_MOUNT_NOEXEC, CTR_MOUNT_NOEXEC },
	};

	old_mount(target, 0);
	effect_note();
	effect_refused(ctr_mount_set_flags(target, bits[at][0], bits[at][1], err), CTR_E_INVALID, 0,
		       "mount flags");
}

TEST_IN_CHILD(test_mount_set_flags__refuses_what_is_no_mount_point)
{
	effect_note();
	effect_refused(ctr_mount_set_flags(target, CTR_MOUNT_READ_ONLY, 0, err), CTR_E_SYSTEM,
		       EINVAL, "set the flags of ");
}

/* A file open for writing would become a hole in the mount. */
TEST_IN_CHILD(test_mount_set_flags__refuses_read_only_while_written)
{
	int fd;

	old_mount(target, 0);
	fd = open(world_path("target/file"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	effect_note();
	effect_refused(ctr_mount_set_flags(target, CTR_MOUNT_READ_ONLY, 0, err), CTR_E_SYSTEM,
		       EBUSY, target);
	close(fd);
}

/* ---- ctr_mount_set_propagation() ---- */

static const struct {
	uint32_t propagation;
	const char *from_private, *from_shared;
} propagations[] = {
	{ CTR_PROPAGATION_PRIVATE, "", "" },
	{ CTR_PROPAGATION_SLAVE, "", "master" },
	{ CTR_PROPAGATION_SHARED, "shared", "shared" },
	{ CTR_PROPAGATION_UNBINDABLE, "unbindable", "unbindable" },
};

TEST_IN_CHILD(test_mount_set_propagation__of_a_private_mount)
{
	old_mount(target, 0);
	effect_done(ctr_mount_set_propagation(target, propagations[at].propagation, 0, err));
	ck_assert_str_eq(effect_propagation(target), propagations[at].from_private);
}

/* A slave needs a peer that stays shared. */
TEST_IN_CHILD(test_mount_set_propagation__of_a_shared_mount)
{
	old_mount(source, 0);
	ck_assert_int_eq(mount("none", source, "none", MS_SHARED, NULL), 0);
	ck_assert_int_eq(mount(source, target, "none", MS_BIND, NULL), 0);
	effect_done(ctr_mount_set_propagation(target, propagations[at].propagation, 0, err));
	ck_assert_str_eq(effect_propagation(target), propagations[at].from_shared);
	ck_assert_str_eq(effect_propagation(source), "shared");
}

TEST_IN_CHILD(test_mount_set_propagation__reaches_what_is_below_if_asked)
{
	old_mount(target, 0);
	world_mkdir("target/sub");
	old_mount(world_path("target/sub"), 0);
	effect_done(ctr_mount_set_propagation(target, CTR_PROPAGATION_SHARED, at, err));
	ck_assert_str_eq(effect_propagation(target), "shared");
	ck_assert_str_eq(effect_propagation(world_path("target/sub")), at ? "shared" : "");
}

TEST_IN_CHILD(test_mount_set_propagation__keeps_the_flags)
{
	old_mount(target, MS_RDONLY | MS_NOEXEC);
	effect_done(ctr_mount_set_propagation(target, CTR_PROPAGATION_SHARED, 0, err));
	ck_assert_str_eq(effect_flags(target), "ro,noexec");
}

TEST_IN_CHILD(test_mount_set_propagation__private_mounts_stay_here)
{
	world_mkdir("target/sub");
	old_mount(source, 0);
	world_mkdir("source/sub");
	ck_assert_int_eq(mount("none", source, "none", MS_SHARED, NULL), 0);
	ck_assert_int_eq(mount(source, target, "none", MS_BIND, NULL), 0);
	if (at)
		effect_done(ctr_mount_set_propagation(target, CTR_PROPAGATION_PRIVATE, 0, err));
	old_mount(world_path("source/sub"), 0);
	ck_assert_str_eq(effect_type(world_path("target/sub")), at ? "" : "tmpfs");
}

TEST_IN_CHILD(test_mount_set_propagation__refuses_unknown_ones)
{
	static const uint32_t values[] = { 0, 5, 1u << 18, UINT32_MAX };

	old_mount(target, 0);
	effect_note();
	effect_refused(ctr_mount_set_propagation(target, values[at], 0, err), CTR_E_INVALID, 0,
		       "propagation");
}

TEST_IN_CHILD(test_mount_set_propagation__refuses_what_is_no_mount_point)
{
	effect_note();
	effect_refused(ctr_mount_set_propagation(target, CTR_PROPAGATION_SLAVE, at, err),
		       CTR_E_SYSTEM, EINVAL, at ? "make mounts from " : "make mounts at ");
}

/* ---- ctr_mount_mask() ---- */

TEST_IN_CHILD(test_mount_mask__directory_is_empty_and_read_only)
{
	effect_done(ctr_mount_mask(source, err));
	ck_assert_int_eq(world_count(source), 0);
	ck_assert_str_eq(effect_flags(source), "ro,nosuid,nodev,noexec");
	ck_assert_int_eq(try_to_make(world_path("source/new")), EROFS);
	ck_assert_uint_eq(stat_of(source).st_mode, S_IFDIR | 0555);
}

TEST_IN_CHILD(test_mount_mask__file_is_the_null_device)
{
	effect_done(ctr_mount_mask(file, err));
	ck_assert_str_eq(world_read(file), "");
	ck_assert_uint_eq(stat_of(file).st_rdev, makedev(1, 3));
	ck_assert_str_eq(effect_flags(file), "ro,nosuid,noexec");
}

TEST_IN_CHILD(test_mount_mask__writing_to_a_file_does_nothing)
{
	int fd;

	effect_done(ctr_mount_mask(file, err));
	fd = open(file, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
	effect_done(ctr_unmount(file, err));
	ck_assert_str_eq(world_read(file), "text");
}

TEST_IN_CHILD(test_mount_mask__hides_what_a_link_leads_to)
{
	ck_assert_int_eq(symlink("source/file", world_path("link")), 0);
	effect_done(ctr_mount_mask(world_path("link"), err));
	ck_assert_uint_eq(stat_of(file).st_rdev, makedev(1, 3));
}

TEST_IN_CHILD(test_mount_mask__hides_a_fifo)
{
	ck_assert_int_eq(mkfifo(world_path("fifo"), 0600), 0);
	effect_done(ctr_mount_mask(world_path("fifo"), err));
	ck_assert_uint_eq(stat_of(world_path("fifo")).st_rdev, makedev(1, 3));
}

TEST_IN_CHILD(test_mount_mask__more_than_one)
{
	effect_done(ctr_mount_mask(source, err));
	effect_done(ctr_mount_mask(target, err));
	effect_done(ctr_mount_mask(target, err));
	effect_done(ctr_unmount(source, err));
	ck_assert_int_eq(world_count(source), 2);
	ck_assert_int_eq(world_count(target), 0);
}

/* Of a file mounted over it, or from an image, anybody could read what is "hidden". */
TEST_IN_CHILD(test_mount_mask__refuses_a_false_null_device)
{
	ck_assert_int_eq(mount(at ? "/dev/zero" : empty, "/dev/null", "none", MS_BIND, NULL), 0);
	effect_note();
	effect_refused(ctr_mount_mask(file, err), CTR_E_SYSTEM, ENODEV, "mask ");
}

/* ---- ctr_unmount() ---- */

TEST_IN_CHILD(test_unmount__takes_it_away)
{
	int before = effect_mounts();

	effect_done(ctr_mount_bind(source, target, 0, err));
	effect_done(ctr_unmount(target, err));
	ck_assert_int_eq(effect_mounts(), before);
	ck_assert_int_eq(world_count(target), 0);
}

TEST_IN_CHILD(test_unmount__takes_the_topmost)
{
	effect_done(ctr_mount_bind(source, target, 0, err));
	old_mount(target, 0);
	effect_done(ctr_unmount(target, err));
	ck_assert_str_eq(world_read(world_path("target/file")), "text");
}

TEST_IN_CHILD(test_unmount__takes_all_that_is_below)
{
	int before = effect_mounts();

	old_mount(target, 0);
	world_mkdir("target/sub");
	old_mount(world_path("target/sub"), 0);
	effect_done(ctr_unmount(target, err));
	ck_assert_int_eq(effect_mounts(), before);
}

TEST_IN_CHILD(test_unmount__detaches_what_is_in_use)
{
	int fd;

	old_mount(target, 0);
	fd = open(world_path("target/file"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	effect_done(ctr_unmount(target, err));
	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
	ck_assert_str_eq(effect_type(target), "");
}

/* Where a link leads is for whoever owns it to say. */
TEST_IN_CHILD(test_unmount__does_not_follow_a_link)
{
	old_mount(target, 0);
	ck_assert_int_eq(symlink(target, world_path("link")), 0);
	effect_note();
	effect_refused(ctr_unmount(world_path("link"), err), CTR_E_SYSTEM, EINVAL, "unmount ");
}

TEST_IN_CHILD(test_unmount__refuses_what_is_no_mount_point)
{
	effect_note();
	effect_refused(ctr_unmount(target, err), CTR_E_SYSTEM, EINVAL, "unmount ");
	ck_assert_str_eq(ctr_error_object(err), target);
}

static void add_kind_tests(TCase *tc)
{
	const int all = COUNT(kinds);

	tcase_add_loop_test(tc, test_mount_kind__is_mounted, 0, KINDS_OF_THE_KERNELS);
	tcase_add_loop_test(tc, test_mount_kind__may_be_read_only, 0, KINDS_OF_THE_KERNELS);
	tcase_add_loop_test(tc, test_mount_kind__follows_an_ordinary_link, 0, KINDS_OF_THE_KERNELS);
	tcase_add_loop_test(tc, test_mount_kind__refuses_a_path_that_is_not_absolute, 0, 5 * all);
	tcase_add_loop_test(tc, test_mount_kind__refuses_unknown_flags, 0, 3 * KINDS_WITH_FLAGS);
	tcase_add_loop_test(tc, test_mount_kind__refuses_a_missing_target, 0, all);
	tcase_add_loop_test(tc, test_mount_kind__refuses_a_loop, 0, all);
	tcase_add_loop_test(tc, test_mount_kind__refuses_a_component_too_long, 0, all);
	tcase_add_loop_test(tc, test_mount_kind__refuses_magic_links, 0, all);
	tcase_add_loop_test(tc, test_mount_kind__refuses_a_file, 0, all);
	tcase_add_loop_test(tc, test_mount_kind__needs_privileges, 0, all);
	tcase_add_loop_test(tc, test_mount_kind__takes_a_null_error, 0, all);
}

static void add_bind_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_mount_bind__has_the_flags, 0, COUNT(flag_samples));
	tcase_add_test(tc, test_mount_bind__shows_a_directory);
	tcase_add_test(tc, test_mount_bind__shows_a_file);
	tcase_add_test(tc, test_mount_bind__source_may_be_relative);
	tcase_add_test(tc, test_mount_bind__source_may_be_a_descriptor);
	tcase_add_loop_test(tc, test_mount_bind__keeps_the_flags_of_the_source, 0, 3);
	tcase_add_test(tc, test_mount_bind__source_keeps_its_flags);
	tcase_add_test(tc, test_mount_bind__read_only_can_not_be_written);
	tcase_add_test(tc, test_mount_bind__read_only_with_all_below);
	tcase_add_test(tc, test_mount_bind__flags_of_what_is_below_are_kept);
	tcase_add_test(tc, test_mount_bind__not_recursive_leaves_out_what_is_below);
	tcase_add_loop_test(tc, test_mount_bind__noexec_runs_nothing, 0, 2);
	tcase_add_loop_test(tc, test_mount_bind__devices_need_a_flag, 0, 2);
	tcase_add_test(tc, test_mount_bind__nosymfollow_follows_none);
	tcase_add_loop_test(tc, test_mount_bind__refuses_no_source, 0, 2);
	tcase_add_test(tc, test_mount_bind__refuses_a_missing_source);
	tcase_add_test(tc, test_mount_bind__refuses_a_file_on_a_directory);
}

static void add_new_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_mount_tmpfs__has_the_flags, 0, COUNT(flag_samples));
	tcase_add_test(tc, test_mount_tmpfs__is_empty);
	tcase_add_test(tc, test_mount_tmpfs__has_the_size);
	tcase_add_test(tc, test_mount_tmpfs__holds_no_more);
	tcase_add_test(tc, test_mount_tmpfs__takes_the_largest_size);
	tcase_add_loop_test(tc, test_mount_tmpfs__has_the_mode, 0, 6);
	tcase_add_loop_test(tc, test_mount_tmpfs__refuses_other_modes, 0, 3);
	tcase_add_test(tc, test_mount_proc__shows_the_pid_namespace);
	tcase_add_test(tc, test_mount_sysfs__shows_the_network_namespace);
	tcase_add_test(tc, test_mount_mqueue__shows_the_ipc_namespace);
	tcase_add_test(tc, test_mount_devpts__is_new);
	tcase_add_test(tc, test_mount_devpts__makes_terminals);
	tcase_add_test(tc, test_mount_devpts__two_know_nothing_of_each_other);
	tcase_add_test(tc, test_mount_dev__holds_what_a_program_needs);
	tcase_add_loop_test(tc, test_mount_dev__devices_are_what_they_are_called, 0,
			    2 * COUNT(devices));
	tcase_add_loop_test(tc, test_mount_dev__nodes_are_its_own, 0, COUNT(devices));
	tcase_add_test(tc, test_mount_dev__binds_devices_if_the_step_says_so);
	tcase_add_test(tc, test_mount_dev__believes_no_node_that_is_not_there);
	tcase_add_loop_test(tc, test_mount_dev__devices_work, 0, 2);
	tcase_add_loop_test(tc, test_mount_dev__links_lead_where_they_should, 0, COUNT(dev_links));
	tcase_add_loop_test(tc, test_mount_dev__is_read_only, 0, 2);
	tcase_add_test(tc, test_mount_dev__has_room_for_mounts);
	tcase_add_loop_test(tc, test_mount_dev__refuses_a_false_device, 0, COUNT(devices));
	tcase_add_loop_test(tc, test_mount_dev__refuses_a_host_without_devices, 0, 4);
}

static void add_change_tests(TCase *tc)
{
	const int all = COUNT(propagations);

	tcase_add_loop_test(tc, test_mount_set_flags__sets_and_clears, 0, 3);
	tcase_add_test(tc, test_mount_set_flags__does_both_at_once);
	tcase_add_test(tc, test_mount_set_flags__keeps_the_others);
	tcase_add_test(tc, test_mount_set_flags__nothing_to_do_is_fine);
	tcase_add_loop_test(tc, test_mount_set_flags__reaches_what_is_below, 0, 2);
	tcase_add_loop_test(tc, test_mount_set_flags__refuses_bad_bits, 0, 9);
	tcase_add_test(tc, test_mount_set_flags__refuses_what_is_no_mount_point);
	tcase_add_test(tc, test_mount_set_flags__refuses_read_only_while_written);
	tcase_add_loop_test(tc, test_mount_set_propagation__of_a_private_mount, 0, all);
	tcase_add_loop_test(tc, test_mount_set_propagation__of_a_shared_mount, 0, all);
	tcase_add_loop_test(tc, test_mount_set_propagation__reaches_what_is_below_if_asked, 0, 2);
	tcase_add_test(tc, test_mount_set_propagation__keeps_the_flags);
	tcase_add_loop_test(tc, test_mount_set_propagation__private_mounts_stay_here, 0, 2);
	tcase_add_loop_test(tc, test_mount_set_propagation__refuses_unknown_ones, 0, 4);
	tcase_add_loop_test(tc, test_mount_set_propagation__refuses_what_is_no_mount_point, 0, 2);
}

static void add_mask_tests(TCase *tc)
{
	tcase_add_test(tc, test_mount_mask__directory_is_empty_and_read_only);
	tcase_add_test(tc, test_mount_mask__file_is_the_null_device);
	tcase_add_test(tc, test_mount_mask__writing_to_a_file_does_nothing);
	tcase_add_test(tc, test_mount_mask__hides_what_a_link_leads_to);
	tcase_add_test(tc, test_mount_mask__hides_a_fifo);
	tcase_add_test(tc, test_mount_mask__more_than_one);
	tcase_add_loop_test(tc, test_mount_mask__refuses_a_false_null_device, 0, 2);
	tcase_add_test(tc, test_unmount__takes_it_away);
	tcase_add_test(tc, test_unmount__takes_the_topmost);
	tcase_add_test(tc, test_unmount__takes_all_that_is_below);
	tcase_add_test(tc, test_unmount__detaches_what_is_in_use);
	tcase_add_test(tc, test_unmount__does_not_follow_a_link);
	tcase_add_test(tc, test_unmount__refuses_what_is_no_mount_point);
}

int main(void)
{
	Suite *s = suite_create("mount");
	TCase *tc = suite_case(s, "mount");

	tcase_add_checked_fixture(tc, make, effect_end);
	add_kind_tests(tc);
	add_bind_tests(tc);
	add_new_tests(tc);
	add_change_tests(tc);
	add_mask_tests(tc);
	return suite_run(s);
}
