/* SPDX-License-Identifier: MIT */
/* Control groups without a container: on whatever layout this host has. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroup/cgroup.h"
#include "cgroup/device.h"
#include "cgroup/name.h"
#include "support/suite.h"
#include "support/world.h"

#define MIB (1ull << 20)

static ctr_error *err;
static ctr_limits *limits;
static ctr_cgroup *group;

static void make(void)
{
	suite_need_root();
	err = ctr_error_new();
	limits = ctr_limits_new(err);
	group = NULL;
}

static void drop(void)
{
	if (group) {
		ctr_cgroup_kill(group, NULL);
		ctr_cgroup_remove(group, NULL);
	}
	ctr_cgroup_free(group);
	ctr_limits_free(limits);
	ctr_error_free(err);
}

static void done(int r)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

static void create(const char *path, int accounting)
{
	group = ctr_cgroup_create(path, limits, accounting, err);
	ck_assert_msg(group != NULL, "%s", ctr_error_message(err));
}

static int members(void)
{
	return ctr_cgroup_list(group, NULL, 0, err);
}

/* ---- processes for it ---- */

static void join(void)
{
	if (ctr_cgroup_add(group, 0, NULL) < 0)
		_exit(99);
}

/* A child in the group that executes load with these arguments. */
static pid_t start_load(const char *what, const char *first, const char *second)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		join();
		execl(LOAD, "load", what, first, second, NULL);
		_exit(98);
	}
	return pid;
}

static int end_of(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static pid_t start_pausing(void)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

/* ---- making and removing ---- */

START_TEST(test_create__makes_what_remove_removes)
{
	create(NULL, 1);
	for (size_t i = 0; ctr_cgroup_path(group, i); i++)
		ck_assert_int_eq(access(ctr_cgroup_path(group, i), F_OK), 0);
	ck_assert_ptr_nonnull(ctr_cgroup_path(group, 0));
	ck_assert_int_eq(members(), 0);
	done(ctr_cgroup_remove(group, err));
	for (size_t i = 0; ctr_cgroup_path(group, i); i++)
		ck_assert_int_ne(access(ctr_cgroup_path(group, i), F_OK), 0);
	done(ctr_cgroup_remove(group, err));
}
END_TEST

static char *own_path(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "/minictr_test_%d", (int)getpid());
	return path;
}

START_TEST(test_create__takes_a_path)
{
	create(own_path(), 1);
	ck_assert_str_eq(strrchr(ctr_cgroup_path(group, 0), '/'), own_path());
	ck_assert_ptr_null(ctr_cgroup_create(own_path(), limits, 1, err));
	suite_expect_error(err, CTR_E_SYSTEM, "a group of this name exists");
	ck_assert_int_eq(ctr_error_errno(err), EEXIST);
	ck_assert_int_eq(access(ctr_cgroup_path(group, 0), F_OK), 0);
}
END_TEST

START_TEST(test_create__takes_a_name)
{
	char path[PATH_MAX];

	ck_assert_int_gt(ctr_cgroup_find("pids", path, sizeof(path), err), 0);
	ctr_limits_set_pids_max(limits, 7, err);
	create(own_path() + 1, 0);
	strcat(path, strcmp(path + strlen(path) - 1, "/") == 0 ? own_path() + 1 : own_path());
	ck_assert_str_eq(ctr_cgroup_path(group, 0), path);
	ck_assert_ptr_null(ctr_cgroup_path(group, 1));
}
END_TEST

static const char *const bad_names[] = { "",	 ".",	  "..",	      "a b",	 "-a",	".a",
					 "a/b",	 "/",	  "/../a",    "/a/../b", "//a", "/a/",
					 "a\nb", "/a//b", "\xc3\xa4", "/a/-b" };

START_TEST(test_create__refuses_what_is_no_name)
{
	ck_assert_ptr_null(ctr_cgroup_create(bad_names[_i], limits, 1, err));
	suite_expect_error(err, CTR_E_INVALID, "control group");
}
END_TEST

START_TEST(test_create__has_a_longest_name)
{
	char name[257];

	memset(name, 'a', 256);
	name[256] = '\0';
	ck_assert_ptr_null(ctr_cgroup_create(name, limits, 1, err));
	suite_expect_error(err, CTR_E_INVALID, "control group");
	name[255] = '\0';
	create(name, 1);
}
END_TEST

START_TEST(test_create__wants_a_purpose)
{
	ck_assert_ptr_null(ctr_cgroup_create(NULL, NULL, 0, err));
	suite_expect_error(err, CTR_E_INVALID, "set a limit or request accounting");
	ck_assert_ptr_null(ctr_cgroup_create(NULL, limits, 0, err));
	suite_expect_error(err, CTR_E_INVALID, "set a limit or request accounting");
}
END_TEST

START_TEST(test_create__wants_its_parent)
{
	ck_assert_ptr_null(ctr_cgroup_create("/minictr_no/group", limits, 1, err));
	suite_expect_error(err, CTR_E_SYSTEM, "the parent group does not exist");
}
END_TEST

/* A limit that the kernel refuses: the group was there, and is gone again. */
START_TEST(test_create__leaves_nothing_when_it_fails)
{
	char path[PATH_MAX];

	ck_assert_int_gt(ctr_cgroup_find("pids", path, sizeof(path) - 64, err), 0);
	done(ctr_limits_set_value(limits, "pids.max", "many", err));
	ck_assert_ptr_null(ctr_cgroup_create(own_path() + 1, limits, 1, err));
	suite_expect_error(err, CTR_E_SYSTEM, "pids.max");
	strcat(path, own_path());
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

static void create_as_nobody(void)
{
	ck_assert_int_eq(setegid(65534) | seteuid(65534), 0);
	ck_assert_ptr_null(ctr_cgroup_create(NULL, limits, 1, err));
	ck_assert_ptr_nonnull(ctr_error_hint(err));
	ck_assert_int_lt(ctr_cgroup_find("pids", NULL, 0, err), 0);
	ck_assert_ptr_nonnull(ctr_error_hint(err));
}

START_TEST(test_create__tells_who_may_not)
{
	suite_in_child(create_as_nobody);
}
END_TEST

/* ---- without root, in what was delegated ---- */

#define USER 1000

static const char *const delegated[] = { "", "/cgroup.procs", "/tasks", "/cgroup.subtree_control" };

/* As systemd does with Delegate=yes: the group is the user's to divide. */
static void delegate(const char *path)
{
	for (size_t i = 0; i < sizeof(delegated) / sizeof(delegated[0]); i++) {
		char file[PATH_MAX];

		snprintf(file, sizeof(file), "%s%s", path, delegated[i]);
		if (chown(file, USER, USER))
			ck_assert_int_eq(errno, ENOENT);
	}
}

static void move_into(const char *path)
{
	char file[PATH_MAX];
	int fd;

	snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	fd = open(file, O_WRONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "0", 1), 1);
	close(fd);
}

/* On v2 the user's processes are in a leaf of it. */
static void enter_delegated(void)
{
	for (size_t i = 0; ctr_cgroup_path(group, i); i++) {
		char leaf[PATH_MAX];

		delegate(ctr_cgroup_path(group, i));
		snprintf(leaf, sizeof(leaf), "%s/cgroup.type", ctr_cgroup_path(group, i));
		if (access(leaf, F_OK)) {
			move_into(ctr_cgroup_path(group, i));
			continue;
		}
		snprintf(leaf, sizeof(leaf), "%s/shell", ctr_cgroup_path(group, i));
		ck_assert_int_eq(mkdir(leaf, 0755), 0);
		delegate(leaf);
		move_into(leaf);
	}
	ck_assert_int_eq(setresgid(USER, USER, USER) | setresuid(USER, USER, USER), 0);
}

static void touch_memory(size_t size)
{
	volatile char *p = malloc(size);

	for (size_t i = 0; p && i < size; i += 4096)
		p[i] = 1;
}

static void use_as_user(void)
{
	ctr_usage *usage = ctr_usage_new(err);
	uint64_t kills;
	pid_t pid;

	enter_delegated();
	ctr_cgroup_free(group);
	done(ctr_limits_set_memory_max(limits, 32 * MIB, err));
	create(NULL, 1);
	pid = fork();
	if (pid == 0) {
		join();
		touch_memory(96 * MIB);
		_exit(0);
	}
	ck_assert_int_eq(end_of(pid), 137);
	done(ctr_cgroup_stats(group, usage, err));
	ck_assert_int_eq(ctr_usage_get(usage, CTR_USAGE_OOM_KILLS, &kills), 1);
	ck_assert_uint_eq(kills, 1);
	ctr_usage_free(usage);
	done(ctr_cgroup_remove(group, err));

	done(ctr_limits_allow_default_devices(limits, err));
	if (ctr_cgroup_find("pids", NULL, 0, err) == 2) {
		ck_assert_ptr_null(ctr_cgroup_create(NULL, limits, 1, err));
		suite_expect_error(err, CTR_E_SYSTEM, "a BPF program, which needs root");
	}
	ctr_cgroup_free(group);
}

START_TEST(test_create__without_root_where_it_is_delegated)
{
	create(own_path(), 1);
	suite_in_child(use_as_user);
}
END_TEST

START_TEST(test_remove__waits_and_tells_who_is_busy)
{
	pid_t pid = start_pausing();

	create(NULL, 1);
	done(ctr_cgroup_add(group, pid, err));
	ck_assert_int_eq(ctr_cgroup_remove(group, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "processes or groups are left in it");
	ck_assert_int_eq(ctr_error_errno(err), EBUSY);
	kill(pid, SIGKILL);
	ck_assert_int_eq(end_of(pid), 137);
	done(ctr_cgroup_remove(group, err));
}
END_TEST

START_TEST(test_remove__takes_groups_inside_along)
{
	create(NULL, 1);
	for (size_t i = 0; ctr_cgroup_path(group, i); i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/inside", ctr_cgroup_path(group, i));
		ck_assert_int_eq(mkdir(path, 0755), 0);
		strcat(path, "/deeper");
		ck_assert_int_eq(mkdir(path, 0755), 0);
	}
	done(ctr_cgroup_remove(group, err));
	ck_assert_int_ne(access(ctr_cgroup_path(group, 0), F_OK), 0);
}
END_TEST

START_TEST(test_open__finds_what_was_made)
{
	pid_t pid = start_pausing();
	ctr_cgroup *other;

	done(ctr_limits_set_pids_max(limits, 33, err));
	create(own_path(), 1);
	done(ctr_cgroup_add(group, pid, err));
	other = ctr_cgroup_open(own_path(), err);
	ck_assert_ptr_nonnull(other);
	ck_assert_int_eq(ctr_cgroup_list(other, NULL, 0, err), 1);
	done(ctr_cgroup_kill(other, err));
	ck_assert_int_eq(end_of(pid), 137);
	done(ctr_cgroup_remove(other, err));
	ck_assert_int_ne(access(ctr_cgroup_path(group, 0), F_OK), 0);
	ctr_cgroup_free(other);
}
END_TEST

static const char *const bad_paths[] = { NULL,	  "",	"/",   "a",   "/../a", "//a",  "/a/..",
					 "/a//b", "/.", "/./", "/a/", "/a/.",  "/./a", "/.." };

START_TEST(test_open__refuses_what_is_no_path)
{
	ck_assert_ptr_null(ctr_cgroup_open(bad_paths[_i], err));
	suite_expect_error(err, CTR_E_INVALID, "control group");
}
END_TEST

START_TEST(test_open__takes_dots_in_names)
{
	char path[64];
	ctr_cgroup *other;

	snprintf(path, sizeof(path), "/minictr..test.%d", (int)getpid());
	create(path, 1);
	other = ctr_cgroup_open(path, err);
	ck_assert_msg(other, "%s", ctr_error_message(err));
	ctr_cgroup_free(other);
}
END_TEST

START_TEST(test_open__tells_that_there_is_none)
{
	ck_assert_ptr_null(ctr_cgroup_open("/minictr_no", err));
	suite_expect_error(err, CTR_E_SYSTEM, "/minictr_no");
	ck_assert_int_eq(ctr_error_errno(err), ENOENT);
}
END_TEST

/* ---- where ---- */

START_TEST(test_find__tells_version_and_place)
{
	char path[PATH_MAX];
	int version = ctr_cgroup_find("memory", path, sizeof(path), err);

	ck_assert_msg(version == 1 || version == 2, "%s", ctr_error_message(err));
	ck_assert_int_eq(access(path, W_OK), 0);
	ck_assert_int_eq(ctr_cgroup_find("io", NULL, 0, err), version);
	ck_assert_int_eq(ctr_cgroup_find("blkio", NULL, 0, err), version);
	ck_assert_int_eq(ctr_cgroup_find("memory", path, 3, err), -1);
	ck_assert_int_eq(ctr_error_errno(err), ENAMETOOLONG);
}
END_TEST

START_TEST(test_find__tells_what_there_is_not)
{
	ck_assert_int_eq(ctr_cgroup_find("nonsense", NULL, 0, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "nonsense");
	ck_assert_int_eq(ctr_cgroup_find("", NULL, 0, err), -1);
	ck_assert_int_eq(ctr_cgroup_find(NULL, NULL, 0, err), -1);
	ck_assert_int_eq(ctr_cgroup_find("net_prio", NULL, 0, err), -1);
	suite_expect_error(err, CTR_E_UNSUPPORTED, "not mounted");
}
END_TEST

/* ---- members ---- */

START_TEST(test_list__knows_all)
{
	pid_t pids[3], listed[3] = { 0 };

	create(NULL, 1);
	for (int i = 0; i < 3; i++) {
		pids[i] = start_pausing();
		done(ctr_cgroup_add(group, pids[i], err));
	}
	ck_assert_int_eq(ctr_cgroup_list(group, listed, 2, err), 3);
	ck_assert_int_eq(listed[2], 0);
	ck_assert_int_eq(ctr_cgroup_list(group, listed, 3, err), 3);
	for (int i = 0; i < 3; i++)
		ck_assert(listed[i] == pids[0] || listed[i] == pids[1] || listed[i] == pids[2]);
	done(ctr_cgroup_send_signal(group, SIGUSR1, err));
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(end_of(pids[i]), 128 + SIGUSR1);
	ck_assert_int_eq(members(), 0);
}
END_TEST

START_TEST(test_add__tells_why_not)
{
	create(NULL, 1);
	ck_assert_int_eq(ctr_cgroup_add(group, -1, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "\"-1\"");
	ck_assert_int_eq(ctr_cgroup_add(group, 4194303, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "move a process");
	ck_assert_int_eq(ctr_error_errno(err), ESRCH);
	done(ctr_cgroup_remove(group, err));
	ck_assert_int_eq(ctr_cgroup_add(group, 0, err), -1);
	ck_assert_int_eq(ctr_error_errno(err), ENODEV);
}
END_TEST

static unsigned long long count_of(const char *path)
{
	unsigned long long n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		ck_assert_int_ge(read(fd, &n, sizeof(n)), 0);
		close(fd);
	}
	return n;
}

/* Of a v1 controller that has a hierarchy for itself; NULL where there is none. */
static const char *path_in(const char *controller)
{
	static char path[PATH_MAX + 64];

	if (ctr_cgroup_find(controller, path, PATH_MAX, err) != 1)
		return NULL;
	*strstr(path, controller) = '\0';
	snprintf(path + strlen(path), 64, "%s%s", controller, own_path());
	return path;
}

static const char *root_of(const char *controller)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", path_in(controller));
	*strrchr(path, '/') = '\0';
	return path;
}

/* The group, and in the cpuset hierarchy one of its path that has no CPUs: none may join. */
static bool open_with_a_full_one(void)
{
	const char *cpuset = path_in("cpuset");

	if (!cpuset)
		return false; /* one hierarchy, in which a move is done or not */
	create(own_path(), 1);
	ctr_cgroup_free(group);
	ck_assert_int_eq(mkdir(cpuset, 0755), 0);
	group = ctr_cgroup_open(own_path(), err);
	ck_assert_msg(group != NULL, "%s", ctr_error_message(err));
	return true;
}

static char *groups_of(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	return strdup(world_read(path));
}

START_TEST(test_add__leaves_a_process_where_it_was_if_one_hierarchy_refuses)
{
	pid_t pid;
	char *before, *after;

	if (!open_with_a_full_one())
		return;
	pid = start_pausing();
	before = groups_of(pid);
	ck_assert_int_eq(ctr_cgroup_add(group, pid, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "cpuset");
	ck_assert_int_eq(ctr_error_errno(err), ENOSPC);
	ck_assert_str_eq(ctr_error_hint(err), "");
	after = groups_of(pid);
	ck_assert_str_eq(before, after);
	ck_assert_int_eq(members(), 0);
	kill(pid, SIGKILL);
	ck_assert_int_eq(end_of(pid), 137);
	free(before);
	free(after);
}
END_TEST

static void add_itself(void)
{
	char *before = groups_of(getpid()), *after;

	ck_assert_int_eq(ctr_cgroup_add(group, 0, err), -1);
	ck_assert_int_eq(ctr_error_errno(err), ENOSPC);
	after = groups_of(getpid());
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}

START_TEST(test_add__leaves_the_caller_where_it_was_too)
{
	if (open_with_a_full_one())
		suite_in_child(add_itself);
}
END_TEST

/* The groups are the user's, but not those that it comes from. */
static void add_as_user(void)
{
	ck_assert_int_eq(setresgid(USER, USER, 0) | setresuid(USER, USER, 0), 0);
	ck_assert_int_eq(ctr_cgroup_add(group, 0, err), -1);
	ck_assert_int_eq(ctr_error_errno(err), ENOSPC);
	suite_expect_error(err, CTR_E_SYSTEM, "the process could not be moved back out of /");
	ck_assert_int_eq(setresuid(0, 0, 0) | setresgid(0, 0, 0), 0);
}

START_TEST(test_add__says_what_it_could_not_take_back)
{
	char file[PATH_MAX];

	if (!open_with_a_full_one())
		return;
	for (size_t i = 0; ctr_cgroup_path(group, i); i++) {
		snprintf(file, sizeof(file), "%s/cgroup.procs", ctr_cgroup_path(group, i));
		ck_assert_int_eq(chown(file, USER, USER), 0);
	}
	suite_in_child(add_as_user);
}
END_TEST

/* ---- processes that are in one of the hierarchies only ---- */

static void put_into(const char *path, pid_t pid)
{
	char file[PATH_MAX], text[16];
	int fd;

	snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	snprintf(text, sizeof(text), "%d", (int)pid);
	fd = open(file, O_WRONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_gt(write(fd, text, strlen(text)), 0);
	close(fd);
}

/* The _i-th hierarchy; NULL when there are not that many. */
static const char *create_and_choose(int index)
{
	create(own_path(), 1);
	return ctr_cgroup_path(group, (size_t)index);
}

#define MOST_HIERARCHIES 6

START_TEST(test_list__knows_what_is_in_one_hierarchy)
{
	pid_t pid, listed = 0;
	const char *path = create_and_choose(_i);

	if (!path)
		return;
	pid = start_pausing();
	put_into(path, pid);
	ck_assert_int_eq(ctr_cgroup_list(group, &listed, 1, err), 1);
	ck_assert_int_eq(listed, pid);
	kill(pid, SIGKILL);
	ck_assert_int_eq(end_of(pid), 137);
}
END_TEST

/* Writes a byte for each SIGRTMIN that it gets. */
static pid_t start_counting(int out)
{
	pid_t pid;
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	while (pid == 0 && sigwait(&set, &sig) == 0)
		if (write(out, "x", 1) != 1)
			_exit(97);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return pid;
}

/* How many bytes come, with time for one too many. */
static int count_bytes(int fd, int expected)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	char byte;
	int n = 0;

	while (poll(&pollfd, 1, n < expected ? 5000 : 50) > 0 && read(fd, &byte, 1) == 1)
		n++;
	return n;
}

START_TEST(test_signal__reaches_each_once)
{
	const char *path = create_and_choose(_i);
	int ends[2];
	pid_t pids[2];

	if (!path)
		return;
	ck_assert_int_eq(pipe(ends), 0);
	for (int i = 0; i < 2; i++)
		pids[i] = start_counting(ends[1]);
	put_into(path, pids[0]);
	done(ctr_cgroup_add(group, pids[1], err));
	done(ctr_cgroup_send_signal(group, SIGRTMIN, err));
	ck_assert_int_eq(count_bytes(ends[0], 2), 2);
	for (int i = 0; i < 2; i++) {
		kill(pids[i], SIGKILL);
		ck_assert_int_eq(end_of(pids[i]), 137);
	}
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(test_kill__ends_what_is_in_one_hierarchy)
{
	const char *path = create_and_choose(_i);
	siginfo_t info = { 0 };
	pid_t pid;

	if (!path)
		return;
	pid = start_pausing();
	put_into(path, pid);
	done(ctr_cgroup_kill(group, err));
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);
	kill(pid, SIGKILL);
	ck_assert_int_eq(end_of(pid), 137);
	ck_assert_int_eq(info.si_pid, pid);
}
END_TEST

/* What can't be removed everywhere is removed nowhere. */
START_TEST(test_remove__leaves_all_of_it_while_one_hierarchy_is_busy)
{
	const char *path = create_and_choose(_i);
	pid_t pid;

	if (!path)
		return;
	pid = start_pausing();
	put_into(path, pid);
	ck_assert_int_eq(ctr_cgroup_remove(group, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "processes or groups are left in it");
	ck_assert_int_eq(ctr_error_errno(err), EBUSY);
	ck_assert_str_eq(ctr_error_object(err), path);
	for (size_t i = 0; ctr_cgroup_path(group, i); i++)
		ck_assert_int_eq(access(ctr_cgroup_path(group, i), F_OK), 0);
	kill(pid, SIGKILL);
	ck_assert_int_eq(end_of(pid), 137);
	done(ctr_cgroup_remove(group, err));
}
END_TEST

static bool can_stop(const char *path)
{
	char file[PATH_MAX];

	snprintf(file, sizeof(file), "%s/freezer.state", path);
	if (access(file, F_OK) == 0)
		return true;
	snprintf(file, sizeof(file), "%s/cgroup.freeze", path);
	return access(file, F_OK) == 0;
}

START_TEST(test_freeze__tells_of_what_it_can_not_stop)
{
	const char *path = create_and_choose(_i);
	char *words;
	pid_t pid;

	if (!path)
		return;
	pid = start_pausing();
	put_into(path, pid);
	if (can_stop(path)) {
		done(ctr_cgroup_freeze(group, err));
	} else {
		ck_assert_int_eq(ctr_cgroup_freeze(group, err), -1);
		ck_assert_int_gt(asprintf(&words, "process %d is in this group", (int)pid), 0);
		suite_expect_error(err, CTR_E_TIMEOUT, words);
		ck_assert_str_eq(ctr_error_object(err), path);
		ck_assert(!ctr__cgroup_is_frozen(group));
		free(words);
	}
	done(ctr_cgroup_kill(group, err));
	kill(pid, SIGKILL);
	ck_assert_int_eq(end_of(pid), 137);
}
END_TEST

/* As on hybrid hosts, where a group can have a freezer of each version. */
START_TEST(test_freeze__stops_in_both_versions)
{
	const char *file = world_path("count");
	char unified[PATH_MAX];
	unsigned long long n;
	pid_t pid;

	if (!path_in("freezer") || ctr_cgroup_find("cgroup2", unified, 4000, err) != 2)
		return;
	if (access(strcat(unified, "/cgroup.type"), F_OK) == 0)
		return; /* not the root: the path would be another one */
	snprintf(strrchr(unified, '/'), 64, "%s", own_path());
	create(own_path(), 1);
	ctr_cgroup_free(group);
	ck_assert(mkdir(unified, 0755) == 0 || errno == EEXIST);
	group = ctr_cgroup_open(own_path(), err);
	ck_assert_msg(group != NULL, "%s", ctr_error_message(err));
	pid = start_load("count", file, NULL);
	while (count_of(file) == 0)
		usleep(1000);
	if (_i) /* v1's freezer alone would not reach it then */
		put_into(root_of("freezer"), pid);
	for (int i = 0; i < 3; i++) {
		n = count_of(file);
		while (count_of(file) < n + 10)
			usleep(1000);
		done(ctr_cgroup_freeze(group, err));
		n = count_of(file);
		usleep(50000);
		ck_assert_uint_eq(count_of(file), n);
		ck_assert(ctr__cgroup_is_frozen(group));
		done(ctr_cgroup_thaw(group, err));
	}
	done(ctr_cgroup_freeze(group, err));
	done(ctr_cgroup_kill(group, err));
	ck_assert_int_eq(end_of(pid), 137);
}
END_TEST

START_TEST(test_signal__refuses_what_is_none)
{
	create(NULL, 1);
	ck_assert_int_eq(ctr_cgroup_send_signal(group, 65, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "signal \"65\"");
	ck_assert_int_eq(ctr_cgroup_send_signal(group, -1, err), -1);
	done(ctr_cgroup_send_signal(group, 0, err));
}
END_TEST

START_TEST(test_kill__ends_what_forks_without_pause)
{
	pid_t pid;

	create(NULL, 1);
	pid = start_load("flee", "8", NULL);
	while (members() < 8)
		usleep(1000);
	done(ctr_cgroup_kill(group, err));
	ck_assert_int_eq(end_of(pid), 137);
	ck_assert_int_eq(members(), 0);
}
END_TEST

START_TEST(test_kill__ends_what_is_frozen)
{
	pid_t pid = start_pausing();

	create(NULL, 1);
	done(ctr_cgroup_add(group, pid, err));
	done(ctr_cgroup_freeze(group, err));
	done(ctr_cgroup_kill(group, err));
	ck_assert_int_eq(end_of(pid), 137);
}
END_TEST

/* Where the container of a group that is delegated can do that. */
static void make_inside(char path[PATH_MAX], const char *name)
{
	for (size_t i = 0; ctr_cgroup_path(group, i); i++) {
		snprintf(path, PATH_MAX, "%s/freezer.state", ctr_cgroup_path(group, i));
		if (access(path, F_OK) == 0)
			break;
		snprintf(path, PATH_MAX, "%s/cgroup.freeze", ctr_cgroup_path(group, i));
		if (access(path, F_OK) == 0)
			break;
	}
	snprintf(strrchr(path, '/'), 64, "/%s", name);
	ck_assert_int_eq(mkdir(path, 0755), 0);
}

static void write_below(const char *dir, const char *file, const char *text)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return; /* of the other version */
	ck_assert_int_gt(write(fd, text, strlen(text)), 0);
	close(fd);
}

START_TEST(test_kill__ends_what_is_frozen_in_a_group_inside)
{
	char inside[PATH_MAX], text[16];
	pid_t pid = start_pausing();

	create(NULL, 1);
	done(ctr_cgroup_add(group, pid, err));
	make_inside(inside, "inside");
	snprintf(text, sizeof(text), "%d", (int)pid);
	write_below(inside, "cgroup.procs", text);
	write_below(inside, "freezer.state", "FROZEN");
	write_below(inside, "cgroup.freeze", "1");
	done(ctr_cgroup_kill(group, err));
	ck_assert_int_eq(end_of(pid), 137);
}
END_TEST

START_TEST(test_remove__takes_many_groups_inside_each_other_along)
{
	char path[PATH_MAX], text[16], *end;
	pid_t pid = start_pausing();

	create(NULL, 1);
	make_inside(path, "i");
	end = path + strlen(path);
	for (int i = 1; i < 80; i++, end += 2) {
		strcpy(end, "/i");
		ck_assert_int_eq(mkdir(path, 0755), 0);
	}
	snprintf(text, sizeof(text), "%d", (int)pid);
	write_below(path, "cgroup.procs", text);
	ck_assert_int_eq(members(), 1);
	done(ctr_cgroup_kill(group, err));
	ck_assert_int_eq(end_of(pid), 137);
	done(ctr_cgroup_remove(group, err));
	ck_assert_int_ne(access(ctr_cgroup_path(group, 0), F_OK), 0);
}
END_TEST

/* ---- groups inside each other, deeper than a path can be ---- */

/* The hierarchy of the group that can freeze. */
static int open_frozen_one(void)
{
	for (size_t i = 0; ctr_cgroup_path(group, i); i++) {
		int dir = open(ctr_cgroup_path(group, i), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		ck_assert_int_ge(dir, 0);
		if (faccessat(dir, "freezer.state", F_OK, 0) == 0 ||
		    faccessat(dir, "cgroup.freeze", F_OK, 0) == 0)
			return dir;
		close(dir);
	}
	ck_abort_msg("no freezer");
}

/* Goes down from dir, which is closed, making what is not there: the deepest. */
static int dig(int dir, int depth)
{
	for (int i = 0; i < depth; i++) {
		int next;

		ck_assert(mkdirat(dir, "in", 0755) == 0 || errno == EEXIST);
		next = openat(dir, "in", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ck_assert_int_ge(next, 0);
		close(dir);
		dir = next;
	}
	return dir;
}

static void write_in(int dir, const char *file, const char *text)
{
	int fd = openat(dir, file, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return; /* of the other version */
	ck_assert_int_gt(write(fd, text, strlen(text)), 0);
	close(fd);
}

/* Each level has a second group, and the deepest a frozen process. */
static void make_deep(int depth, pid_t pid)
{
	int dir = open_frozen_one(), deepest;
	char text[16];

	for (int i = 0; i < depth; i += 8) {
		dir = dig(dir, i ? 8 : 0);
		ck_assert_int_eq(mkdirat(dir, "second", 0755), 0);
	}
	deepest = dig(dir, 1);
	snprintf(text, sizeof(text), "%d", (int)pid);
	write_in(deepest, "cgroup.procs", text);
	write_in(deepest, "freezer.state", "FROZEN");
	write_in(deepest, "cgroup.freeze", "1");
	close(deepest);
}

/* How many more descriptors there may be than are open; the limit before. */
static rlim_t leave_descriptors(int more)
{
	int lowest = open("/", O_PATH | O_CLOEXEC);
	struct rlimit limit;
	rlim_t before;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	before = limit.rlim_cur;
	limit.rlim_cur = (rlim_t)(lowest + more);
	close(lowest);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	return before;
}

static void restore_descriptors(rlim_t before)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = before;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

#define DEEP 600 /* of 3 characters each: less than PATH_MAX, and more than descriptors */
#define FEW 4

START_TEST(test_kill__needs_few_descriptors_however_deep)
{
	pid_t pid = start_pausing();
	rlim_t before;

	create(NULL, 1);
	make_deep(DEEP, pid);
	before = leave_descriptors(FEW);
	ck_assert_int_eq(members(), 1);
	done(ctr_cgroup_kill(group, err));
	ck_assert_int_eq(end_of(pid), 137);
	done(ctr_cgroup_remove(group, err));
	restore_descriptors(before);
	ck_assert_int_ne(access(ctr_cgroup_path(group, 0), F_OK), 0);
}
END_TEST

static double cpu_seconds(void)
{
	struct timespec t;

	ck_assert_int_eq(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds_to_remove(int depth)
{
	double before;

	create(NULL, 1);
	close(dig(open_frozen_one(), depth));
	before = cpu_seconds();
	done(ctr_cgroup_remove(group, err));
	before = cpu_seconds() - before;
	ctr_cgroup_free(group);
	group = NULL;
	return before;
}

/* Eight times as many took 64 times as long. */
START_TEST(test_remove__needs_no_descriptor)
{
	rlim_t before;

	create(NULL, 1);
	before = leave_descriptors(0);
	done(ctr_cgroup_remove(group, err));
	restore_descriptors(before);
	ck_assert_int_ne(access(ctr_cgroup_path(group, 0), F_OK), 0);
}
END_TEST

/* Of a virtual machine it is also what others of its host have used. */
static double least_seconds_to_remove(int depth)
{
	double least = seconds_to_remove(depth);

	for (int i = 0; i < 2; i++) {
		const double seconds = seconds_to_remove(depth);

		least = seconds < least ? seconds : least;
	}
	return least;
}

START_TEST(test_remove__takes_time_as_the_number_of_groups_inside)
{
	const double few = least_seconds_to_remove(DEEP / 4),
		     many = least_seconds_to_remove(DEEP * 2);

	ck_assert_double_lt(many, 24 * few + 0.05);
}
END_TEST

START_TEST(test_freeze__stops_and_thaw_lets_go_on)
{
	const char *file = world_path("count");
	unsigned long long n;
	pid_t pid;

	create(NULL, 1);
	pid = start_load("count", file, NULL);
	while (count_of(file) < 10)
		usleep(1000);
	done(ctr_cgroup_freeze(group, err));
	n = count_of(file);
	usleep(50000);
	ck_assert_uint_eq(count_of(file), n);
	done(ctr_cgroup_thaw(group, err));
	while (count_of(file) <= n)
		usleep(1000);
	done(ctr_cgroup_kill(group, err));
	ck_assert_int_eq(end_of(pid), 137);
}
END_TEST

START_TEST(test_freeze__needs_its_hierarchy)
{
	if (ctr_cgroup_find("pids", NULL, 0, err) == 2)
		return; /* any group can be frozen */
	done(ctr_limits_set_pids_max(limits, 5, err));
	create(NULL, 0);
	ck_assert_int_eq(ctr_cgroup_freeze(group, err), -1);
	suite_expect_error(err, CTR_E_STATE, "no hierarchy that can freeze");
	ck_assert_int_eq(ctr_cgroup_thaw(group, err), -1);
	suite_expect_error(err, CTR_E_STATE, "no hierarchy that can freeze");
}
END_TEST

/* ---- limits and numbers ---- */

START_TEST(test_limits__hold_for_members)
{
	ctr_usage *usage = ctr_usage_new(err);
	uint64_t value;

	done(ctr_limits_set_memory_max(limits, 32 * MIB, err));
	create(NULL, 1);
	ck_assert_int_eq(end_of(start_load("touch", "16", NULL)), 0);
	ck_assert_int_eq(end_of(start_load("touch", "64", NULL)), 137);
	done(ctr_cgroup_stats(group, usage, err));
	ck_assert_int_eq(ctr_usage_get(usage, CTR_USAGE_OOM_KILLS, &value), 1);
	ck_assert_uint_eq(value, 1);
	ck_assert_int_eq(ctr_usage_get(usage, CTR_USAGE_CPU_US, &value), 1);
	ck_assert_uint_gt(value, 0);
	ck_assert_int_eq(ctr_usage_get(usage, CTR_USAGE_WALL_US, &value), 0);
	ctr_usage_free(usage);
}
END_TEST

static uint64_t limit(uint32_t what)
{
	uint64_t value = 0;

	done(ctr_cgroup_get_limit(group, what, &value, err));
	return value;
}

/* Where a group may have controllers that it was not made for. */
static bool is_v2(void)
{
	return ctr_cgroup_find("pids", NULL, 0, err) == 2;
}

START_TEST(test_get_limit__tells_what_update_set)
{
	create(NULL, 1);
	ck_assert_uint_eq(limit(CTR_LIMIT_MEMORY_MAX), UINT64_MAX);
	ck_assert_uint_eq(limit(CTR_LIMIT_PIDS_MAX), UINT64_MAX);
	ck_assert_uint_eq(limit(CTR_LIMIT_CPU_QUOTA_US), UINT64_MAX);
	ck_assert_uint_eq(limit(CTR_LIMIT_CPU_PERIOD_US), 100000);
	ck_assert_uint_eq(limit(CTR_LIMIT_CPU_SHARES), 1024);

	done(ctr_limits_set_memory_max(limits, 64 * MIB, err));
	done(ctr_limits_set_memory_low(limits, 16 * MIB, err));
	done(ctr_limits_set_pids_max(limits, 12, err));
	done(ctr_limits_set_cpu_max(limits, 25000, 50000, err));
	done(ctr_limits_set_cpu_shares(limits, 2048, err));
	done(ctr_cgroup_update(group, limits, err));
	ck_assert_uint_eq(limit(CTR_LIMIT_MEMORY_MAX), 64 * MIB);
	ck_assert_uint_eq(limit(CTR_LIMIT_MEMORY_LOW), 16 * MIB);
	ck_assert_uint_eq(limit(CTR_LIMIT_PIDS_MAX), 12);
	ck_assert_uint_eq(limit(CTR_LIMIT_CPU_QUOTA_US), 25000);
	ck_assert_uint_eq(limit(CTR_LIMIT_CPU_PERIOD_US), 50000);
	ck_assert_uint_le(limit(CTR_LIMIT_CPU_SHARES), 2048 + 32);
	ck_assert_uint_ge(limit(CTR_LIMIT_CPU_SHARES), 2048 - 32);
}
END_TEST

START_TEST(test_update__leaves_what_is_not_set)
{
	char cpus[64], mems[64];
	ctr_limits *more = ctr_limits_new(err);

	done(ctr_limits_set_memory_max(limits, 64 * MIB, err));
	done(ctr_limits_set_swap_max(limits, 32 * MIB, err));
	done(ctr_limits_set_cpuset_cpus(limits, "0", err));
	create(NULL, 1);
	for (uint64_t max = 16 * MIB; max <= 256 * MIB; max *= 4) {
		done(ctr_limits_set_memory_max(more, max, err));
		done(ctr_cgroup_update(group, more, err));
		ck_assert_uint_eq(limit(CTR_LIMIT_MEMORY_MAX), max);
		ck_assert_uint_eq(limit(CTR_LIMIT_SWAP_MAX), 32 * MIB);
	}
	done(ctr_limits_set_cpuset_mems(more, "0", err));
	done(ctr_cgroup_update(group, more, err));
	ck_assert_int_gt(ctr_cgroup_get_value(group, "cpuset.cpus", cpus, sizeof(cpus), err), 0);
	ck_assert_int_gt(ctr_cgroup_get_value(group, "cpuset.mems", mems, sizeof(mems), err), 0);
	ck_assert_str_eq(cpus, "0\n");
	ck_assert_str_eq(mems, "0\n");
	ctr_limits_free(more);
}
END_TEST

/* ---- an update that fails at a later file ---- */

static const char *const limit_files[] = {
	"memory.limit_in_bytes",
	"memory.memsw.limit_in_bytes",
	"memory.soft_limit_in_bytes",
	"memory.max",
	"memory.low",
	"memory.swap.max",
	"cpu.shares",
	"cpu.weight",
	"cpu.max",
	"cpu.cfs_quota_us",
	"cpu.cfs_period_us",
	"cpuset.cpus",
	"devices.list",
	"blkio.throttle.read_bps_device",
	"io.max",
};

/* What all of them say, to be freed. */
static char *all_limits(void)
{
	char text[4096], *all = NULL;
	size_t size;
	FILE *out = open_memstream(&all, &size);

	for (size_t i = 0; i < sizeof(limit_files) / sizeof(limit_files[0]); i++)
		if (ctr_cgroup_get_value(group, limit_files[i], text, sizeof(text), NULL) >= 0)
			fprintf(out, "%s: %s", limit_files[i], text);
	fclose(out);
	return all;
}

/* The first disk; NULL if it can't be named here. */
static const char *find_disk(void)
{
	FILE *in = fopen("/proc/partitions", "re");
	static char device[128];
	char line[256], name[64] = "";

	while (in && !*name && fgets(line, sizeof(line), in))
		if (sscanf(line, "%*u %*u %*u %63s", name) != 1)
			*name = '\0';
	if (in)
		fclose(in);
	snprintf(device, sizeof(device), "/dev/%s", name);
	return *name && access(device, F_OK) == 0 ? device : NULL;
}

/* On v1 device rules have a hierarchy that a group without some is not in. */
static void set_many(uint64_t factor, bool devices)
{
	done(ctr_limits_set_memory_max(limits, factor * 32 * MIB, err));
	done(ctr_limits_set_memory_low(limits, factor * 8 * MIB, err));
	done(ctr_limits_set_swap_max(limits, factor * 16 * MIB, err));
	done(ctr_limits_set_cpu_max(limits, factor * 10000, factor * 20000, err));
	done(ctr_limits_set_cpu_shares(limits, factor * 512, err));
	if (devices)
		done(ctr_limits_allow_device(limits, "c 1:3 rwm", err));
	if (devices && factor > 1)
		done(ctr_limits_allow_device(limits, "c 1:5 rwm", err));
	if (find_disk())
		done(ctr_limits_set_io_max(limits, find_disk(), CTR_IO_READ_BPS, factor * MIB,
					   err));
}

START_TEST(test_update__leaves_all_as_it_was_when_it_fails)
{
	char *before, *after;

	if (_i)
		set_many(1, true); /* else what is changed had no limit */
	create(NULL, 1);
	before = all_limits();
	set_many(2, _i);
	done(ctr_limits_set_value(limits, "pids.max", "many", err));
	ck_assert_int_eq(ctr_cgroup_update(group, limits, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "pids.max");
	ck_assert_int_eq(ctr_error_errno(err), EINVAL);
	ck_assert_str_eq(ctr_error_hint(err), "");
	after = all_limits();
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}
END_TEST

/* A file that can't be read can't be set back. */
START_TEST(test_update__says_what_it_could_not_set_back)
{
	static const char file[] = "memory.force_empty";

	if (is_v2())
		return; /* all its files of limits can be read */
	create(NULL, 1);
	done(ctr_limits_set_value(limits, file, "0", err));
	done(ctr_limits_set_value(limits, "pids.max", "many", err));
	ck_assert_int_eq(ctr_cgroup_update(group, limits, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "pids.max");
	suite_expect_error(err, CTR_E_SYSTEM, file);
	suite_expect_error(err, CTR_E_SYSTEM, "could not be restored");
}
END_TEST

START_TEST(test_update__of_a_removed_group_is_told)
{
	done(ctr_limits_set_pids_max(limits, 12, err));
	create(NULL, 0);
	done(ctr_cgroup_remove(group, err));
	ck_assert_int_eq(ctr_cgroup_update(group, limits, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "the control group was removed");
	ck_assert_int_eq(ctr_error_errno(err), ENODEV);
}
END_TEST

START_TEST(test_get_limit__refuses)
{
	uint64_t value;

	done(ctr_limits_set_pids_max(limits, 12, err));
	create(NULL, 0);
	ck_assert_int_eq(ctr_cgroup_get_limit(group, 99, &value, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "\"99\"");
	if (is_v2())
		return;
	ck_assert_int_eq(ctr_cgroup_get_limit(group, CTR_LIMIT_MEMORY_MAX, &value, err), -1);
	suite_expect_error(err, CTR_E_STATE, "memory.");
}
END_TEST

START_TEST(test_update__wants_the_hierarchy)
{
	if (is_v2())
		return;
	done(ctr_limits_set_pids_max(limits, 12, err));
	create(NULL, 0);
	done(ctr_limits_set_memory_max(limits, 64 * MIB, err));
	ck_assert_int_eq(ctr_cgroup_update(group, limits, err), -1);
	ck_assert_ptr_nonnull(ctr_error_hint(err));
}
END_TEST

START_TEST(test_get_value__reads_a_file)
{
	char text[16];

	done(ctr_limits_set_pids_max(limits, 12, err));
	create(NULL, 0);
	ck_assert_int_eq(ctr_cgroup_get_value(group, "pids.max", text, sizeof(text), err), 3);
	ck_assert_str_eq(text, "12\n");
	ck_assert_int_eq(ctr_cgroup_get_value(group, "pids.max", text, 2, err), 1);
	ck_assert_str_eq(text, "1");
}
END_TEST

static const char *const bad_files[] = { NULL, "", ".", "..", "../pids.max", "/etc/passwd", "a/b" };

START_TEST(test_get_value__refuses_what_is_no_file)
{
	char text[16];

	create(NULL, 1);
	ck_assert_int_eq(ctr_cgroup_get_value(group, bad_files[_i], text, 16, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "file of a control group");
	ck_assert_int_eq(ctr_cgroup_get_value(group, "no.such", text, 16, err), -1);
	suite_expect_error(err, CTR_E_STATE, "no.such");
}
END_TEST

/* ---- devices ---- */

static bool can_open(const char *path, int flags)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		join();
		_exit(open(path, flags | O_CLOEXEC) >= 0 ? 0 : errno);
	}
	switch (end_of(pid)) {
	case 0:
		return true;
	case EPERM:
		return false;
	default:
		ck_abort_msg("%s can't be opened for another reason", path);
	}
}

START_TEST(test_devices__are_those_that_are_allowed)
{
	done(ctr_limits_allow_default_devices(limits, err));
	create(NULL, 1);
	ck_assert(can_open("/dev/null", O_RDWR));
	ck_assert(can_open("/dev/urandom", O_RDONLY));
	ck_assert(!can_open("/dev/kmsg", O_RDONLY));

	done(ctr_limits_allow_device(limits, "c 1:11 r", err));
	done(ctr_cgroup_update(group, limits, err));
	ck_assert(can_open("/dev/null", O_RDWR));
	ck_assert(can_open("/dev/kmsg", O_RDONLY));
	ck_assert(!can_open("/dev/kmsg", O_WRONLY));
}
END_TEST

START_TEST(test_devices__without_defaults)
{
	done(ctr_limits_allow_device(limits, "c 1:5 r", err));
	create(NULL, 0);
	ck_assert(can_open("/dev/zero", O_RDONLY));
	ck_assert(!can_open("/dev/zero", O_RDWR));
	ck_assert(!can_open("/dev/null", O_RDONLY));
}
END_TEST

/* v1 takes them for one rule; the program of v2 must not want one that allows both. */
START_TEST(test_devices__rules_of_the_same_device_add_up)
{
	done(ctr_limits_allow_device(limits, "c 1:3 r", err));
	done(ctr_limits_allow_device(limits, "c 1:3 w", err));
	create(NULL, 0);
	ck_assert(can_open("/dev/null", O_RDWR));
	ck_assert(!can_open("/dev/zero", O_RDONLY));
}
END_TEST

START_TEST(test_devices__all)
{
	done(ctr_limits_allow_device(limits, "a", err));
	create(NULL, 0);
	ck_assert(can_open("/dev/null", O_RDWR));
	ck_assert(can_open("/dev/kmsg", O_RDONLY));
}
END_TEST

START_TEST(test_devices__as_many_rules_as_there_may_be)
{
	char rule[32];

	for (int i = 0; i < CTR__DEVICE_RULES_MAX - 1; i++) {
		snprintf(rule, sizeof(rule), "c 240:%d rwm", i);
		done(ctr_limits_allow_device(limits, rule, err));
	}
	done(ctr_limits_allow_device(limits, "c 1:3 rw", err));
	create(NULL, 0);
	ck_assert(can_open("/dev/null", O_RDWR));
	ck_assert(!can_open("/dev/zero", O_RDWR));
	done(ctr_limits_allow_device(limits, "c 1:3 r", err));
	ck_assert_int_eq(ctr_limits_allow_device(limits, "c 1:5 r", err), -1);
	suite_expect_error(err, CTR_E_INVALID, "256 at most");
}
END_TEST

/* The kernel takes the longest program, on any layout. */
START_TEST(test_device_program__is_accepted)
{
	struct ctr__device_rule rules[CTR__DEVICE_RULES_MAX];
	int fd;

	for (int i = 0; i < CTR__DEVICE_RULES_MAX; i++)
		rules[i] = (struct ctr__device_rule){ 'c', i, i, 7 };
	fd = ctr__device_program_load(rules, CTR__DEVICE_RULES_MAX);
	ck_assert_int_ge(fd, 0);
	close(fd);
	fd = ctr__device_program_load(rules, 0);
	ck_assert_int_ge(fd, 0);
	close(fd);
}
END_TEST

/* ---- what a dead caller left ---- */

/* A group with a name of its own, of a process that has ended; the path is to be freed. */
static char *left_behind(bool busy)
{
	char path[PATH_MAX] = "";
	int ends[2];
	pid_t pid;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		group = ctr_cgroup_create(NULL, NULL, 1, err);
		if (!group || (busy && ctr_cgroup_add(group, start_pausing(), err) < 0))
			_exit(1);
		_exit(dprintf(ends[1], "%s", ctr_cgroup_path(group, 0)) < 0);
	}
	ck_assert_int_eq(end_of(pid), 0);
	ck_assert_int_gt(read(ends[0], path, sizeof(path) - 1), 0);
	close(ends[0]);
	close(ends[1]);
	return strdup(path);
}

START_TEST(test_gc__removes_what_is_left)
{
	char *left = left_behind(false);
	uint64_t removed, busy;

	create(NULL, 1);
	ck_assert_int_eq(access(left, F_OK), 0);
	done(ctr_cgroup_gc(0, &removed, &busy, err));
	ck_assert_uint_ge(removed, 1);
	ck_assert_int_ne(access(left, F_OK), 0);
	ck_assert_int_eq(access(ctr_cgroup_path(group, 0), F_OK), 0);
	free(left);
}
END_TEST

START_TEST(test_gc__needs_few_descriptors_however_deep)
{
	char *left = left_behind(true);
	rlim_t before;
	int dir = open(left, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_ge(dir, 0);
	close(dig(dir, DEEP));
	before = leave_descriptors(FEW + 4);
	done(ctr_cgroup_gc(1, NULL, NULL, err));
	restore_descriptors(before);
	ck_assert_int_ne(access(left, F_OK), 0);
	free(left);
}
END_TEST

START_TEST(test_gc__leaves_processes_unless_told)
{
	char *left = left_behind(true);
	uint64_t busy;

	done(ctr_cgroup_gc(0, NULL, &busy, err));
	ck_assert_uint_ge(busy, 1);
	ck_assert_int_eq(access(left, F_OK), 0);
	done(ctr_cgroup_gc(1, NULL, NULL, err));
	ck_assert_int_ne(access(left, F_OK), 0);
	free(left);
}
END_TEST

static void *live_on(void *unused)
{
	for (;;)
		pause();
	return unused;
}

/* proc_pid_stat(5) then shows a zombie, while the process lives. */
START_TEST(test_gc__leaves_those_of_a_process_whose_first_thread_has_ended)
{
	char path[PATH_MAX] = "", name[64];
	int ends[2];
	pid_t pid;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		pthread_t second;

		group = ctr_cgroup_create(NULL, NULL, 1, err);
		if (!group || pthread_create(&second, NULL, live_on, NULL))
			_exit(1);
		dprintf(ends[1], "%s", ctr_cgroup_path(group, 0));
		syscall(SYS_exit, 0); /* of this thread; pthread_exit(3) needs libgcc_s */
	}
	ck_assert_int_gt(read(ends[0], path, sizeof(path) - 1), 0);
	snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
	while (!strstr(world_read(name), ") Z "))
		usleep(1000);
	done(ctr_cgroup_gc(0, NULL, NULL, err));
	ck_assert_int_eq(access(path, F_OK), 0);
	kill(pid, SIGKILL);
	ck_assert_int_eq(end_of(pid), 137);
	done(ctr_cgroup_gc(0, NULL, NULL, err));
	ck_assert_int_ne(access(path, F_OK), 0);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(test_name__of_a_living_process_is_not_dead)
{
	char name[CTR__CGROUP_NAME_SIZE], *p;

	done(ctr__cgroup_name(name, sizeof(name), err));
	ck_assert(!ctr__cgroup_name_is_dead(name));
	p = strrchr(name, '-') - 1; /* of the time when it was started */
	*p = *p == '9' ? '8' : (char)(*p + 1);
	ck_assert(ctr__cgroup_name_is_dead(name));
}
END_TEST

/* Times of another time namespace say nothing here. */
START_TEST(test_name__of_another_time_namespace_is_not_judged)
{
	unsigned long long pid_ns, time_ns;
	char name[CTR__CGROUP_NAME_SIZE];

	done(ctr__cgroup_name(name, sizeof(name), err));
	ck_assert_int_eq(sscanf(name, "minictr-%llu-%llu-", &pid_ns, &time_ns), 2);
	snprintf(name, sizeof(name), "minictr-%llu-%llu-4194303-1-0123456789abcdef", pid_ns,
		 time_ns);
	ck_assert(ctr__cgroup_name_is_dead(name));
	snprintf(name, sizeof(name), "minictr-%llu-%llu-4194303-1-0123456789abcdef", pid_ns,
		 time_ns + 1);
	ck_assert(!ctr__cgroup_name_is_dead(name));
}
END_TEST

static const char *const other_names[] = {
	"",
	"minictr-",
	"minictr-1-2-3-4",
	"minictr-4-4-4194303-5-0123456789abcdef", /* of another PID namespace */
	"minictr-0-0-4194303-0-0123456789abcdef",
	"minictr--1-2-3-4-0123456789abcdef",
	"minictr-1-1-99999999999999999999-3-0123456789abcdef",
	"minictr-1-2-3-4-0123456789abcde",
	"other-1-2-3-4-0123456789abcdef",
};

START_TEST(test_name__of_others_is_not_judged)
{
	ck_assert(!ctr__cgroup_name_is_dead(other_names[_i]));
}
END_TEST

static void add_making_tests(TCase *tc)
{
	tcase_add_test(tc, test_create__makes_what_remove_removes);
	tcase_add_test(tc, test_create__takes_a_path);
	tcase_add_test(tc, test_create__takes_a_name);
	tcase_add_loop_test(tc, test_create__refuses_what_is_no_name, 0,
			    sizeof(bad_names) / sizeof(bad_names[0]));
	tcase_add_test(tc, test_create__has_a_longest_name);
	tcase_add_test(tc, test_create__wants_a_purpose);
	tcase_add_test(tc, test_create__wants_its_parent);
	tcase_add_test(tc, test_create__leaves_nothing_when_it_fails);
	tcase_add_test(tc, test_create__tells_who_may_not);
	tcase_add_test(tc, test_create__without_root_where_it_is_delegated);
	tcase_add_test(tc, test_remove__waits_and_tells_who_is_busy);
	tcase_add_test(tc, test_remove__takes_groups_inside_along);
	tcase_add_test(tc, test_open__finds_what_was_made);
	tcase_add_loop_test(tc, test_open__refuses_what_is_no_path, 0,
			    sizeof(bad_paths) / sizeof(bad_paths[0]));
	tcase_add_test(tc, test_open__takes_dots_in_names);
	tcase_add_test(tc, test_open__tells_that_there_is_none);
	tcase_add_test(tc, test_find__tells_version_and_place);
	tcase_add_test(tc, test_find__tells_what_there_is_not);
}

static void add_using_tests(TCase *tc)
{
	tcase_add_test(tc, test_list__knows_all);
	tcase_add_test(tc, test_add__tells_why_not);
	tcase_add_test(tc, test_add__leaves_a_process_where_it_was_if_one_hierarchy_refuses);
	tcase_add_test(tc, test_add__leaves_the_caller_where_it_was_too);
	tcase_add_test(tc, test_add__says_what_it_could_not_take_back);
	tcase_add_loop_test(tc, test_list__knows_what_is_in_one_hierarchy, 0, MOST_HIERARCHIES);
	tcase_add_loop_test(tc, test_signal__reaches_each_once, 0, MOST_HIERARCHIES);
	tcase_add_loop_test(tc, test_kill__ends_what_is_in_one_hierarchy, 0, MOST_HIERARCHIES);
	tcase_add_loop_test(tc, test_remove__leaves_all_of_it_while_one_hierarchy_is_busy, 0,
			    MOST_HIERARCHIES);
	tcase_add_loop_test(tc, test_freeze__tells_of_what_it_can_not_stop, 0, MOST_HIERARCHIES);
	tcase_add_loop_test(tc, test_freeze__stops_in_both_versions, 0, 2);
	tcase_add_test(tc, test_signal__refuses_what_is_none);
	tcase_add_loop_test(tc, test_kill__ends_what_forks_without_pause, 0, 20);
	tcase_add_test(tc, test_kill__ends_what_is_frozen);
	tcase_add_test(tc, test_kill__ends_what_is_frozen_in_a_group_inside);
	tcase_add_test(tc, test_remove__takes_many_groups_inside_each_other_along);
	tcase_add_test(tc, test_remove__needs_no_descriptor);
	tcase_add_test(tc, test_kill__needs_few_descriptors_however_deep);
	tcase_add_test(tc, test_remove__takes_time_as_the_number_of_groups_inside);
	tcase_add_test(tc, test_freeze__stops_and_thaw_lets_go_on);
	tcase_add_test(tc, test_freeze__needs_its_hierarchy);
	tcase_add_test(tc, test_limits__hold_for_members);
	tcase_add_test(tc, test_get_limit__tells_what_update_set);
	tcase_add_test(tc, test_update__leaves_what_is_not_set);
	tcase_add_loop_test(tc, test_update__leaves_all_as_it_was_when_it_fails, 0, 2);
	tcase_add_test(tc, test_update__says_what_it_could_not_set_back);
	tcase_add_test(tc, test_update__of_a_removed_group_is_told);
	tcase_add_test(tc, test_get_limit__refuses);
	tcase_add_test(tc, test_update__wants_the_hierarchy);
	tcase_add_test(tc, test_get_value__reads_a_file);
	tcase_add_loop_test(tc, test_get_value__refuses_what_is_no_file, 0,
			    sizeof(bad_files) / sizeof(bad_files[0]));
	tcase_add_test(tc, test_devices__are_those_that_are_allowed);
	tcase_add_test(tc, test_devices__without_defaults);
	tcase_add_test(tc, test_devices__rules_of_the_same_device_add_up);
	tcase_add_test(tc, test_devices__all);
	tcase_add_test(tc, test_devices__as_many_rules_as_there_may_be);
	tcase_add_test(tc, test_device_program__is_accepted);
	tcase_add_test(tc, test_gc__removes_what_is_left);
	tcase_add_test(tc, test_gc__needs_few_descriptors_however_deep);
	tcase_add_test(tc, test_gc__leaves_processes_unless_told);
	tcase_add_test(tc, test_gc__leaves_those_of_a_process_whose_first_thread_has_ended);
	tcase_add_test(tc, test_name__of_another_time_namespace_is_not_judged);
	tcase_add_test(tc, test_name__of_a_living_process_is_not_dead);
	tcase_add_loop_test(tc, test_name__of_others_is_not_judged, 0,
			    sizeof(other_names) / sizeof(other_names[0]));
}

int main(void)
{
	Suite *s = suite_create("cgroup");
	TCase *tc = suite_case(s, "cgroup");

	tcase_add_checked_fixture(tc, make, drop);
	add_making_tests(tc);
	add_using_tests(tc);
	return suite_run(s);
}
