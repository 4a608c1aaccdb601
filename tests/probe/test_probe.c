/* SPDX-License-Identifier: MIT */
/* What a probe says, against the same tried by hand: with libc's calls, in a child. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plan/launch.h"
#include "support/json.h"
#include "support/leak.h"
#include "support/suite.h"
#include "support/world.h"

#define USER 1000
#define NEW_TIME 0x80
#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static ctr_probe *probe_now(void)
{
	ctr_error *err = ctr_error_new();
	ctr_probe *probe = ctr_probe_new(err);

	ck_assert_msg(probe, "%s", ctr_error_message(err));
	ctr_error_free(err);
	return probe;
}

static void expect_works(const ctr_probe *probe, uint32_t feature, bool works)
{
	const char *hint = ctr_probe_hint(probe, feature);

	ck_assert_msg(ctr_probe_get(probe, feature) == works, "%s is %s: %s (%s)",
		      ctr_probe_name(feature), works ? "missing" : "there",
		      ctr_probe_why(probe, feature), hint ? hint : "no hint");
}

/* It does not work, and both texts have these words; NULL: none. */
static void expect_missing(const ctr_probe *probe, uint32_t feature, const char *why,
			   const char *words)
{
	const char *hint = ctr_probe_hint(probe, feature);

	expect_works(probe, feature, false);
	ck_assert_msg(strstr(ctr_probe_why(probe, feature), why), "no \"%s\" in: %s", why,
		      ctr_probe_why(probe, feature));
	if (words)
		ck_assert_msg(hint && strstr(hint, words), "no \"%s\" in: %s", words,
			      hint ? hint : "no hint");
}

/* ---- the object ---- */

START_TEST(test_probe__has_a_name_for_each_feature)
{
	uint32_t n = 0;

	for (; ctr_probe_name(n); n++)
		for (uint32_t k = 0; k < n; k++)
			ck_assert_str_ne(ctr_probe_name(n), ctr_probe_name(k));
	ck_assert_uint_eq(n, CTR_FEATURE_INOTIFY + 1);
	ck_assert_ptr_null(ctr_probe_name(UINT32_MAX));
	ck_assert_str_eq(ctr_probe_name(CTR_FEATURE_RUN), "run");
	ck_assert_str_eq(ctr_probe_name(CTR_FEATURE_LANDLOCK), "landlock");
}
END_TEST

START_TEST(test_probe__tells_of_each_feature)
{
	ctr_probe *probe = probe_now();

	for (uint32_t i = 0; ctr_probe_name(i); i++) {
		const char *why = ctr_probe_why(probe, i), *hint = ctr_probe_hint(probe, i);

		ck_assert_msg(*why && !strchr(why, '\n'), "%s: \"%s\"", ctr_probe_name(i), why);
		if (ctr_probe_get(probe, i) == 1)
			ck_assert_ptr_null(hint);
		else
			ck_assert_int_eq(ctr_probe_get(probe, i), 0);
	}
	ctr_probe_free(probe);
}
END_TEST

START_TEST(test_probe__knows_no_other_feature)
{
	ctr_probe *probe = probe_now();
	const uint32_t others[] = { CTR_FEATURE_INOTIFY + 1, UINT32_MAX };

	for (int i = 0; i < COUNT(others); i++) {
		ck_assert_int_eq(ctr_probe_get(probe, others[i]), -1);
		ck_assert_int_eq(ctr_probe_value(probe, others[i]), -1);
		ck_assert_ptr_null(ctr_probe_why(probe, others[i]));
		ck_assert_ptr_null(ctr_probe_hint(probe, others[i]));
	}
	ctr_probe_free(probe);
	ctr_probe_free(NULL);
}
END_TEST

static void expect_in_json(const char *json, const ctr_probe *probe, uint32_t feature)
{
	char key[128];

	snprintf(key, sizeof(key), "{\"name\":\"%s\",\"works\":%s,\"why\":\"",
		 ctr_probe_name(feature), ctr_probe_get(probe, feature) ? "true" : "false");
	ck_assert_msg(strstr(json, key), "no %s in %s", key, json);
}

START_TEST(test_probe_json__is_what_the_others_say)
{
	ctr_probe *probe = probe_now();
	const size_t n = ctr_probe_json(probe, NULL, 0);
	char *json = malloc(n + 1);

	ck_assert_uint_eq(ctr_probe_json(probe, json, n + 1), n);
	ck_assert_uint_eq(strlen(json), n);
	ck_assert_msg(json_is_valid(json), "%s", json);
	ck_assert_ptr_null(strchr(json, '\n'));
	ck_assert_int_eq(strncmp(json, "{\"features\":[{\"name\":\"run\",", 27), 0);
	for (uint32_t i = 0; ctr_probe_name(i); i++)
		expect_in_json(json, probe, i);
	free(json);
	ctr_probe_free(probe);
}
END_TEST

START_TEST(test_probe_json__is_cut_where_the_room_ends)
{
	ctr_probe *probe = probe_now();
	char text[16] = "0123456789abcde";

	ck_assert_uint_gt(ctr_probe_json(probe, text, 9), 1000);
	ck_assert_str_eq(text, "{\"featur");
	ck_assert_int_eq(text[9], '9');
	ck_assert_uint_gt(ctr_probe_json(probe, text, 1), 1000);
	ck_assert_str_eq(text, "");
	ctr_probe_free(probe);
}
END_TEST

/* ---- by hand ---- */

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		_exit(errno);
	close(fd);
}

/* In a user namespace the process has no id until it is given one. */
static void enter(int flags)
{
	char uids[32], gids[32];

	snprintf(uids, sizeof(uids), "0 %d 1", (int)geteuid());
	snprintf(gids, sizeof(gids), "0 %d 1", (int)getegid());
	if (unshare(flags))
		_exit(errno);
	if (!(flags & CLONE_NEWUSER))
		return;
	write_text("/proc/self/setgroups", "deny");
	write_text("/proc/self/uid_map", uids);
	write_text("/proc/self/gid_map", gids);
}

static int await(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* What differs from feature to feature; ends with an errno. */
struct hand {
	uint32_t feature;
	int flags; /* to unshare */
	const char *type, *options;
	bool in_user_ns;
};

static int mount_by_hand(const struct hand *h)
{
	const char *options = h->options;

	if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL))
		return errno;
	if (strcmp(h->type, "bind") == 0)
		return mount("/", "/proc", "none", MS_BIND | MS_REC, NULL) ? errno : 0;
	if (strcmp(h->type, "overlay") == 0) {
		if (mount("none", "/proc", "tmpfs", 0, NULL) || mkdir("/proc/l", 0755) ||
		    mkdir("/proc/u", 0755) || mkdir("/proc/w", 0755))
			return errno;
		options = "lowerdir=/proc/l,upperdir=/proc/u,workdir=/proc/w";
	}
	return mount("none", "/proc", h->type, 0, options) ? errno : 0;
}

static void do_by_hand(const struct hand *h, bool user_ns)
{
	pid_t pid;

	enter(h->flags | (user_ns ? CLONE_NEWUSER : 0));
	if (!h->type)
		_exit(0);
	if (!(h->flags & CLONE_NEWPID))
		_exit(mount_by_hand(h));
	pid = fork();
	if (pid == 0)
		_exit(mount_by_hand(h));
	_exit(await(pid));
}

static const struct hand hands[] = {
	{ CTR_FEATURE_NS_MOUNT, CLONE_NEWNS, NULL, NULL, false },
	{ CTR_FEATURE_NS_PID, CLONE_NEWPID, NULL, NULL, false },
	{ CTR_FEATURE_NS_UTS, CLONE_NEWUTS, NULL, NULL, false },
	{ CTR_FEATURE_NS_IPC, CLONE_NEWIPC, NULL, NULL, false },
	{ CTR_FEATURE_NS_NET, CLONE_NEWNET, NULL, NULL, false },
	{ CTR_FEATURE_NS_CGROUP, CLONE_NEWCGROUP, NULL, NULL, false },
	{ CTR_FEATURE_NS_TIME, NEW_TIME, NULL, NULL, false },
	{ CTR_FEATURE_NS_USER, CLONE_NEWUTS, NULL, NULL, true },
	{ CTR_FEATURE_PROC, CLONE_NEWNS | CLONE_NEWPID, "proc", NULL, false },
	{ CTR_FEATURE_SYSFS, CLONE_NEWNS | CLONE_NEWNET, "sysfs", NULL, false },
	{ CTR_FEATURE_TMPFS, CLONE_NEWNS, "tmpfs", NULL, false },
	{ CTR_FEATURE_DEVPTS, CLONE_NEWNS, "devpts", "newinstance", false },
	{ CTR_FEATURE_MQUEUE, CLONE_NEWNS | CLONE_NEWIPC, "mqueue", NULL, false },
	{ CTR_FEATURE_OVERLAY, CLONE_NEWNS, "overlay", NULL, false },
	{ CTR_FEATURE_BIND, CLONE_NEWNS, "bind", NULL, false },
	{ CTR_FEATURE_USERNS_PROC, CLONE_NEWNS | CLONE_NEWPID, "proc", NULL, true },
	{ CTR_FEATURE_USERNS_SYSFS, CLONE_NEWNS | CLONE_NEWNET, "sysfs", NULL, true },
	{ CTR_FEATURE_USERNS_TMPFS, CLONE_NEWNS, "tmpfs", NULL, true },
	{ CTR_FEATURE_USERNS_OVERLAY, CLONE_NEWNS, "overlay", NULL, true },
};

static void expect_as_by_hand(const ctr_probe *probe, bool privileged)
{
	for (int i = 0; i < COUNT(hands); i++) {
		const struct hand *h = &hands[i];
		pid_t pid = fork();
		int errnum;

		if (pid == 0)
			do_by_hand(h, h->in_user_ns || !privileged);
		errnum = await(pid);
		ck_assert_msg((errnum == 0) == ctr_probe_get(probe, h->feature),
			      "%s by hand: %s; the probe: %s", ctr_probe_name(h->feature),
			      strerror(errnum), ctr_probe_why(probe, h->feature));
	}
}

START_TEST(test_probe__agrees_with_trying_as_root)
{
	ctr_probe *probe;

	suite_need_root();
	probe = probe_now();
	expect_as_by_hand(probe, true);
	ctr_probe_free(probe);
}
END_TEST

static void become_user(void)
{
	if (setresgid(USER, USER, USER) || setresuid(USER, USER, USER))
		_exit(98);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* as one is that was executed */
}

static void as_user(void)
{
	ctr_probe *probe;

	become_user();
	probe = probe_now();
	ck_assert_int_eq(prctl(PR_GET_DUMPABLE), 1);
	expect_as_by_hand(probe, false);
	ctr_probe_free(probe);
}

START_TEST(test_probe__agrees_with_trying_as_a_user)
{
	suite_need_root();
	suite_in_child(as_user);
}
END_TEST

static int new_user_ns_as_nobody(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(98);
		_exit(unshare(CLONE_NEWUSER) || unshare(CLONE_NEWUTS) || sethostname("a", 1));
	}
	return await(pid);
}

START_TEST(test_probe__tries_user_namespaces_as_another_user)
{
	ctr_probe *probe;

	suite_need_root();
	probe = probe_now();
	expect_works(probe, CTR_FEATURE_USERNS_FOR_USERS, new_user_ns_as_nobody() == 0);
	ctr_probe_free(probe);
}
END_TEST

/* ---- a container ---- */

START_TEST(test_probe__says_whether_containers_run)
{
	ctr_probe *probe;

	suite_need_root();
	probe = probe_now();
	ck_assert_int_eq(suite_run_spec(suite_spec(NULL, "sh", "-c", "exit 0", NULL), NULL), 0);
	expect_works(probe, CTR_FEATURE_RUN, true);
	ctr_probe_free(probe);
}
END_TEST

/* ---- what is switched off ---- */

static void without_user_namespaces(void)
{
	ctr_probe *probe;

	enter(CLONE_NEWUSER);
	write_text("/proc/sys/user/max_user_namespaces", "0");
	probe = probe_now();
	expect_missing(probe, CTR_FEATURE_NS_USER, "No space left",
		       "/proc/sys/user/max_user_namespaces");
	expect_missing(probe, CTR_FEATURE_USERNS_PROC, "No space left",
		       "/proc/sys/user/max_user_namespaces");
	expect_missing(probe, CTR_FEATURE_IDMAP, "no user namespace",
		       "/proc/sys/user/max_user_namespaces");
	expect_works(probe, CTR_FEATURE_NS_MOUNT, true);
	expect_missing(probe, CTR_FEATURE_UNCONFINED, "a user namespace", NULL);
	ctr_probe_free(probe);
}

START_TEST(test_probe__names_the_switch_of_user_namespaces)
{
	suite_need_root();
	suite_need_real_processor(); /* valgrind 3.19 dies of SIGSEGV there, and says nothing */
	suite_in_child(without_user_namespaces);
}
END_TEST

static void not_dumpable(void)
{
	ctr_probe *probe;

	become_user();
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	probe = probe_now();
	if (ctr__launch_can_share()) /* what executes the helper may be dumped */
		expect_missing(probe, CTR_FEATURE_NS_USER, "Permission denied", "PR_SET_DUMPABLE");
	ctr_probe_free(probe);
}

START_TEST(test_probe__tells_a_caller_that_may_not_be_dumped)
{
	suite_need_root();
	suite_in_child(not_dumpable);
}
END_TEST

static void masked_proc(void)
{
	ctr_probe *probe;

	ck_assert_int_eq(mount("none", "/proc/bus", "tmpfs", MS_RDONLY, NULL), 0);
	probe = probe_now();
	expect_as_by_hand(probe, true);
	expect_missing(probe, CTR_FEATURE_USERNS_PROC, "not permitted", "mounted over parts");
	expect_works(probe, CTR_FEATURE_PROC, true);
	ctr_probe_free(probe);
}

START_TEST(test_probe__finds_a_masked_proc)
{
	suite_in_mounts(masked_proc);
}
END_TEST

/* Who may make devices needs none of the host's. */
static void lose_mknod(void)
{
	struct ctr__caps_sets sets;

	ck_assert_int_eq(sys_capget(&sets), 0);
	sets.effective &= ~(UINT64_C(1) << CAP_MKNOD);
	sets.permitted &= ~(UINT64_C(1) << CAP_MKNOD);
	ck_assert_int_eq(sys_capset(&sets), 0);
}

static void wrong_device(void)
{
	ctr_probe *probe;

	lose_mknod();
	ck_assert_int_eq(mount("/dev/zero", "/dev/null", "none", MS_BIND, NULL), 0);
	probe = probe_now();
	expect_missing(probe, CTR_FEATURE_DEVICES, "No such device", "null, zero");
	expect_works(probe, CTR_FEATURE_RUN, false);
	ctr_probe_free(probe);
}

START_TEST(test_probe__finds_a_device_that_is_another_one)
{
	suite_in_mounts(wrong_device);
}
END_TEST

static void read_only_groups(void)
{
	char place[PATH_MAX];
	ctr_probe *probe;
	char *end;

	if (ctr_cgroup_find("pids", place, sizeof(place), NULL) < 0)
		return;
	for (end = strchr(place + strlen("/sys/fs/cgroup"), '\0');
	     mount("none", place, "none", MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
	     *(end = strrchr(place, '/')) = '\0')
		ck_assert_uint_gt(strlen(place), strlen("/sys/fs/cgroup"));
	probe = probe_now();
	expect_missing(probe, CTR_FEATURE_CGROUP_PIDS, "Read-only file system", "");
	ctr_probe_free(probe);
}

START_TEST(test_probe__finds_groups_that_can_not_be_made)
{
	suite_in_mounts(read_only_groups);
}
END_TEST

/* The switch is one for each PID namespace, and can't be taken back there. */
static void as_first_process(void)
{
	int fd = open("/proc/sys/vm/memfd_noexec", O_WRONLY | O_CLOEXEC);
	ctr_probe *probe;

	if (fd < 0 || write(fd, "2", 1) != 1)
		return; /* an older kernel */
	close(fd);
	probe = probe_now();
	expect_missing(probe, CTR_FEATURE_MEMFD_EXEC, "Permission denied", "memfd_noexec");
	expect_works(probe, CTR_FEATURE_CLONE3, true);
	ctr_probe_free(probe);
}

static void in_own_pid_namespace(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWPID), 0);
	suite_in_child(as_first_process);
}

START_TEST(test_probe__finds_memory_files_that_can_not_be_executed)
{
	suite_need_root();
	suite_need_real_exec();
	suite_in_child(in_own_pid_namespace);
}
END_TEST

/* ---- filters of others ---- */

/* Refuses one system call of this process and of all after it. */
static void refuse_call(unsigned nr, int errnum)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)errnum),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { .len = COUNT(filter), .filter = filter };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void without_clone3(void)
{
	ctr_probe *probe;

	refuse_call(SYS_clone3, ENOSYS);
	probe = probe_now();
	expect_missing(probe, CTR_FEATURE_CLONE3, "not implemented", "clone3(2) is not available");
	expect_missing(probe, CTR_FEATURE_OPENAT2, "not tried", NULL);
	expect_missing(probe, CTR_FEATURE_IDMAP, "not tried", NULL);
	expect_missing(probe, CTR_FEATURE_RUN, "not implemented", "clone3(2) is not available");
	expect_missing(probe, CTR_FEATURE_UNCONFINED, "a filter of system calls", NULL);
	ctr_probe_free(probe);
}

static const struct hidden {
	unsigned nr;
	int errnum;
	uint32_t feature;
	const char *why, *hint;
} hidden[] = {
	{ SYS_openat2, ENOSYS, CTR_FEATURE_OPENAT2, "not implemented", "older than Linux 5.14" },
	{ SYS_close_range, EPERM, CTR_FEATURE_CLOSE_RANGE, "not permitted", NULL },
	{ SYS_pidfd_send_signal, ENOSYS, CTR_FEATURE_PIDFD, "not implemented", "filter" },
	{ SYS_landlock_restrict_self, ENOSYS, CTR_FEATURE_LANDLOCK, "not implemented",
	  "CONFIG_SECURITY_LANDLOCK" },
	{ SYS_landlock_create_ruleset, EOPNOTSUPP, CTR_FEATURE_LANDLOCK, "not supported", "lsm=" },
	{ SYS_seccomp, EINVAL, CTR_FEATURE_SECCOMP, "Invalid argument", "CONFIG_SECCOMP_FILTER" },
	{ SYS_seccomp, EBUSY, CTR_FEATURE_SECCOMP_NOTIFY, "busy", "one only" },
	{ SYS_fsopen, EPERM, CTR_FEATURE_TMPFS, "not permitted", "mounting needs root" },
	{ SYS_fsopen, ENODEV, CTR_FEATURE_OVERLAY, "No such device", NULL },
	{ SYS_open_tree, ENOSYS, CTR_FEATURE_BIND, "not implemented", "filter" },
	{ SYS_mount_setattr, EINVAL, CTR_FEATURE_IDMAP, "Invalid argument", NULL },
	{ SYS_execveat, EACCES, CTR_FEATURE_MEMFD_EXEC, "Permission denied", "memfd_noexec" },
	{ SYS_memfd_create, ENOSYS, CTR_FEATURE_MEMFD_EXEC, "not implemented", "filter" },
	{ SYS_unshare, EPERM, CTR_FEATURE_NS_IPC, "not permitted", "CAP_SYS_ADMIN" },
};

static int current;

static void with_hidden(void)
{
	const struct hidden *h = &hidden[current];
	ctr_probe *probe;

	refuse_call(h->nr, h->errnum);
	probe = probe_now();
	expect_missing(probe, h->feature, h->why, h->hint);
	ctr_probe_free(probe);
}

START_TEST(test_probe__finds_what_a_filter_hides)
{
	suite_need_root();
	suite_need_real_exec();
	current = _i;
	suite_in_child(with_hidden);
}
END_TEST

START_TEST(test_probe__tries_nothing_without_children)
{
	suite_need_root();
	suite_need_real_exec(); /* which has a clone(2) of its own for clone3(2) */
	suite_in_child(without_clone3);
}
END_TEST

/* It kills what makes the call: a child, which the caller is not. */
static void with_deadly_filter(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_landlock_create_ruleset, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { .len = COUNT(filter), .filter = filter };
	ctr_probe *probe;

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
	probe = probe_now();
	expect_missing(probe, CTR_FEATURE_LANDLOCK, "the child was killed", "kills for it");
	expect_works(probe, CTR_FEATURE_OPENAT2, true);
	ctr_probe_free(probe);
}

START_TEST(test_probe__survives_a_filter_that_kills)
{
	suite_need_root();
	suite_need_real_exec();
	suite_in_child(with_deadly_filter);
}
END_TEST

/* ---- what is counted for each user ---- */

static void without_inotify(void)
{
	int fds[512], n = 0;
	ctr_probe *probe;

	become_user();
	while (n < COUNT(fds) && (fds[n] = inotify_init1(IN_CLOEXEC)) >= 0)
		n++;
	probe = probe_now();
	ck_assert_int_ge(n, 1);
	if (n < COUNT(fds))
		expect_missing(probe, CTR_FEATURE_INOTIFY, "Too many open files", "--user");
	ctr_probe_free(probe);
	while (n > 0)
		close(fds[--n]);
	probe = probe_now();
	expect_works(probe, CTR_FEATURE_INOTIFY, true);
	ck_assert_int_eq(ctr_probe_value(probe, CTR_FEATURE_INOTIFY),
			 atoi(world_read("/proc/sys/fs/inotify/max_user_instances")));
	ctr_probe_free(probe);
}

START_TEST(test_probe__tells_whose_inotify_instances_are_taken)
{
	suite_need_root();
	suite_in_mounts(without_inotify);
}
END_TEST

/* ---- ranges of ids ---- */

/* Its own files in place of the host's, and helpers that gain rights. */
static void put_over(const char *path, const char *text)
{
	world_write("file", text, 0644);
	if (access(path, F_OK))
		suite_skip("this host has no list of id ranges, or no newuidmap");
	ck_assert_int_eq(mount(world_path("file"), path, "none", MS_BIND, NULL), 0);
	ck_assert_int_eq(unlink(world_path("file")), 0);
}

static const struct ranges {
	const char *uids, *gids;
	long long count;
} ranges[] = {
	{ "u:100000:65536\n", "u:100000:65536\n", 65536 },
	{ "1000:100000:65536\n", "u:100000:65536\n", 65536 },
	{ "u:100000:10\nv:1:5\nu:200000:20\n", "u:100000:65536\n", 30 },
	{ "u:100000:65536\n", "u:100000:7", 7 },
	{ "", "u:100000:65536\n", 0 },
	{ "uu:100000:65536\n", "u:100000:65536\n", 0 },
	{ "v:100000:65536\n10000:1:2\n100:1:2\n", "u:100000:65536\n", 0 },
	{ "u\n:1:2\n\nu:\nu:1\nu:1:\nu::5\nu:x:5\nu:1:x\n", "u:100000:65536\n", 0 },
	{ "u:4294967295:1\nu:1:99999999999999999999\nu:4294967290:9\n", "u:1:2\n", 0 },
	{ "u:18446744073709551615:1\nu:-1:5\nu: 1:5\n", "u:1:2\n", 0 },
};

static void with_ranges(void)
{
	const struct ranges *r = &ranges[current];
	ctr_probe *probe;

	put_over("/etc/passwd", "x\nroot:x:0:0::/:\nv:x:1001:\nu:x:1000:1000::/home:\n");
	put_over("/etc/subuid", r->uids);
	put_over("/etc/subgid", r->gids);
	become_user();
	probe = probe_now();
	ck_assert_int_eq(ctr_probe_value(probe, CTR_FEATURE_ID_RANGES), r->count);
	if (r->count == 0)
		expect_missing(probe, CTR_FEATURE_ID_RANGES, "for user 1000", "usermod");
	else
		expect_works(probe, CTR_FEATURE_ID_RANGES, true);
	ctr_probe_free(probe);
}

START_TEST(test_probe__counts_the_ranges_of_ids)
{
	suite_need_root();
	if (access("/usr/bin/newuidmap", X_OK) || access("/etc/subuid", F_OK) ||
	    access("/etc/subgid", F_OK))
		suite_skip("this host has no newuidmap");
	current = _i;
	suite_in_mounts(with_ranges);
}
END_TEST

static void without_rights(void)
{
	ctr_probe *probe;

	world_write("plain", "#!/bin/sh\n", 0755);
	ck_assert_int_eq(mount(world_path("plain"), "/usr/bin/newgidmap", "none", MS_BIND, NULL),
			 0);
	become_user();
	probe = probe_now();
	expect_missing(probe, CTR_FEATURE_ID_RANGES, "newgidmap", "set-user-ID root");
	ctr_probe_free(probe);
}

START_TEST(test_probe__looks_whether_newgidmap_gains_rights)
{
	suite_need_root();
	if (access("/usr/bin/newgidmap", X_OK))
		suite_skip("this host has no newgidmap");
	suite_in_mounts(without_rights);
}
END_TEST

/* ---- control groups ---- */

START_TEST(test_probe__agrees_with_making_groups)
{
	static const struct {
		uint32_t feature;
		const char *controller;
	} features[] = {
		{ CTR_FEATURE_CGROUP_MEMORY, "memory" }, { CTR_FEATURE_CGROUP_PIDS, "pids" },
		{ CTR_FEATURE_CGROUP_CPU, "cpu" },	 { CTR_FEATURE_CGROUP_CPUSET, "cpuset" },
		{ CTR_FEATURE_CGROUP_IO, "io" },	 { CTR_FEATURE_CGROUP_KILL, "cgroup2" },
		{ CTR_FEATURE_CGROUP_CLONE, "cgroup2" },
	};
	ctr_probe *probe = probe_now();

	for (int i = 0; i < COUNT(features); i++) {
		char place[PATH_MAX], path[PATH_MAX + 8];
		bool can = ctr_cgroup_find(features[i].controller, place, sizeof(place), NULL) > 0;

		if (can) {
			snprintf(path, sizeof(path), "%s/probe", place);
			can = mkdir(path, 0755) == 0;
		}
		if (can)
			ck_assert_int_eq(rmdir(path), 0);
		expect_works(probe, features[i].feature, can);
		if (can)
			ck_assert_ptr_nonnull(
				strstr(ctr_probe_why(probe, features[i].feature), place));
	}
	ctr_probe_free(probe);
}
END_TEST

START_TEST(test_probe__knows_which_version_is_mounted)
{
	const char *mounts = world_read("/proc/self/mounts");
	const int v1 = strstr(mounts, " cgroup rw") || strstr(mounts, " cgroup ro");
	const int v2 = !!strstr(mounts, " cgroup2 ");
	ctr_probe *probe = probe_now();

	expect_works(probe, CTR_FEATURE_CGROUP, v1 || v2);
	ck_assert_int_eq(ctr_probe_value(probe, CTR_FEATURE_CGROUP), v1 || v2 ? v1 + 2 * v2 : -1);
	ctr_probe_free(probe);
}
END_TEST

/* What a group that others are made in is divided into, and how many entries it has. */
static char *look_at_place(const char *controller)
{
	char place[PATH_MAX], path[PATH_MAX + 32];
	char *text = NULL;

	if (ctr_cgroup_find(controller, place, sizeof(place), NULL) < 0)
		return strdup("none");
	snprintf(path, sizeof(path), "%.*s/cgroup.subtree_control", PATH_MAX, place);
	ck_assert_int_ge(
		asprintf(&text, "%s: %d entries, %s", place, world_count(place), world_read(path)),
		0);
	return text;
}

/* On v2 controllers are given to groups inside: whoever takes one back may take it from others. */
START_TEST(test_probe__leaves_the_groups_above_as_they_were)
{
	static const char *const controllers[] = { "memory", "pids", "cpu",
						   "cpuset", "io",   "cgroup2" };
	char *before[COUNT(controllers)];

	for (int i = 0; i < COUNT(controllers); i++)
		before[i] = look_at_place(controllers[i]);
	ctr_probe_free(probe_now());
	for (int i = 0; i < COUNT(controllers); i++) {
		char *after = look_at_place(controllers[i]);

		ck_assert_str_eq(after, before[i]);
		free(after);
		free(before[i]);
	}
}
END_TEST

/* ---- the host program ---- */

static volatile sig_atomic_t signals;

static void count_signal(int sig)
{
	(void)sig;
	signals++;
}

/* Executing something brings the signal back: clone(2). */
START_TEST(test_probe__raises_no_more_signals_than_containers_do)
{
	const struct sigaction count = { .sa_handler = count_signal }, none = { 0 };

	sigaction(SIGCHLD, &count, NULL);
	for (int i = 0; i < 3; i++)
		ctr_probe_free(probe_now());
	sigaction(SIGCHLD, &none, NULL);
	if (ctr__launch_can_share()) /* else each trial executes the helper */
		ck_assert_int_le(signals, 3 * 3);
	ck_assert_int_eq(waitpid(-1, NULL, __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(test_probe__works_where_children_are_not_waited_for)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN }, none = { 0 };
	ctr_probe *probe;

	suite_need_root();
	sigaction(SIGCHLD, &ignore, NULL);
	probe = probe_now();
	sigaction(SIGCHLD, &none, NULL);
	expect_works(probe, CTR_FEATURE_RUN, true);
	expect_works(probe, CTR_FEATURE_CLONE3, true);
	expect_works(probe, CTR_FEATURE_NS_UTS, true);
	ctr_probe_free(probe);
}
END_TEST

START_TEST(test_probe__leaves_nothing_however_often)
{
	char *before = leak_snapshot(), *after, *difference;

	for (int i = 0; i < 5; i++)
		ctr_probe_free(probe_now());
	after = leak_snapshot();
	difference = leak_difference(before, after);
	ck_assert_str_eq(difference, "");
	free(before);
	free(after);
	free(difference);
}
END_TEST

static void *probe_in_thread(void *data)
{
	ctr_probe **probe = data;

	*probe = ctr_probe_new(NULL);
	return NULL;
}

static void in_threads(void)
{
	pthread_t threads[4];
	ctr_probe *probes[4];

	for (int i = 0; i < COUNT(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, probe_in_thread, &probes[i]), 0);
	for (int i = 0; i < COUNT(threads); i++) {
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
		ck_assert_ptr_nonnull(probes[i]);
	}
	for (uint32_t f = 0; ctr_probe_name(f); f++)
		for (int i = 1; i < COUNT(threads); i++)
			ck_assert_msg(ctr_probe_get(probes[i], f) == ctr_probe_get(probes[0], f),
				      "%s: %s, but: %s", ctr_probe_name(f),
				      ctr_probe_why(probes[i], f), ctr_probe_why(probes[0], f));
	for (int i = 0; i < COUNT(threads); i++)
		ctr_probe_free(probes[i]);
}

/* In a process of its own, for a thread leaves a handler of the C library's. */
START_TEST(test_probe__can_be_made_in_many_threads)
{
	suite_in_child(in_threads);
}
END_TEST

static void with_few_descriptors(void)
{
	const struct rlimit few = { (rlim_t)current, (rlim_t)current };
	ctr_probe *probe;
	char *before = leak_snapshot(), *after, *difference;
	struct rlimit old;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ few.rlim_cur, old.rlim_max }),
			 0);
	probe = ctr_probe_new(NULL);
	ck_assert_ptr_nonnull(probe);
	for (uint32_t f = 0; ctr_probe_name(f); f++)
		ck_assert_ptr_nonnull(ctr_probe_why(probe, f));
	ctr_probe_free(probe);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	after = leak_snapshot();
	difference = leak_difference(before, after);
	ck_assert_str_eq(difference, "");
	free(before);
	free(after);
	free(difference);
}

START_TEST(test_probe__survives_few_descriptors)
{
	suite_need_real_exec(); /* valgrind has its own */
	current = _i;
	suite_in_child(with_few_descriptors);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("probe");
	TCase *tc = suite_case(s, "probe");

	tcase_add_test(tc, test_probe__has_a_name_for_each_feature);
	tcase_add_test(tc, test_probe__tells_of_each_feature);
	tcase_add_test(tc, test_probe__knows_no_other_feature);
	tcase_add_test(tc, test_probe_json__is_what_the_others_say);
	tcase_add_test(tc, test_probe_json__is_cut_where_the_room_ends);

	tcase_add_test(tc, test_probe__agrees_with_trying_as_root);
	tcase_add_test(tc, test_probe__agrees_with_trying_as_a_user);
	tcase_add_test(tc, test_probe__tries_user_namespaces_as_another_user);
	tcase_add_test(tc, test_probe__says_whether_containers_run);

	tcase_add_test(tc, test_probe__names_the_switch_of_user_namespaces);
	tcase_add_test(tc, test_probe__tells_a_caller_that_may_not_be_dumped);
	tcase_add_test(tc, test_probe__finds_a_masked_proc);
	tcase_add_test(tc, test_probe__finds_a_device_that_is_another_one);
	tcase_add_test(tc, test_probe__finds_groups_that_can_not_be_made);
	tcase_add_test(tc, test_probe__finds_memory_files_that_can_not_be_executed);
	tcase_add_loop_test(tc, test_probe__finds_what_a_filter_hides, 0, COUNT(hidden));
	tcase_add_test(tc, test_probe__tries_nothing_without_children);
	tcase_add_test(tc, test_probe__survives_a_filter_that_kills);

	tcase_add_loop_test(tc, test_probe__counts_the_ranges_of_ids, 0, COUNT(ranges));
	tcase_add_test(tc, test_probe__looks_whether_newgidmap_gains_rights);

	tcase_add_test(tc, test_probe__agrees_with_making_groups);
	tcase_add_test(tc, test_probe__knows_which_version_is_mounted);
	tcase_add_test(tc, test_probe__leaves_the_groups_above_as_they_were);

	tcase_add_test(tc, test_probe__raises_no_more_signals_than_containers_do);
	tcase_add_test(tc, test_probe__works_where_children_are_not_waited_for);
	tcase_add_test(tc, test_probe__leaves_nothing_however_often);
	tcase_add_test(tc, test_probe__can_be_made_in_many_threads);
	tcase_add_loop_test(tc, test_probe__survives_few_descriptors, 3, 14);
	tcase_add_test(tc, test_probe__tells_whose_inotify_instances_are_taken);
	return suite_run(s);
}
