/* SPDX-License-Identifier: MIT */
/*
 * Every system call and allocation of a spawn fails once, with each errno that
 * it can fail with, and every process dies once at each of them; or a share of
 * that, which MINICTR_FAULT_SHARE says. Whatever
 * happens: a clear error, or a container that is like any other; nothing left
 * behind, the caller as it was, and the next spawn works.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <minictr/jail.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fault/fault.h"
#include "support/leak.h"
#include "support/suite.h"
#include "support/world.h"

#define TEXT_MAX 65536
#define DEADLINE_S 3000 /* for thousands of faults: a hang ends in one of them */

static ctr_error *err;
static char jailed[PATH_MAX], jail_dir[PATH_MAX]; /* of a jail */
static int output = -1;				  /* where the container writes its fingerprint */
static char expected[TEXT_MAX];			  /* that of a container that nothing happened to */
static char fingerprint[TEXT_MAX];

/* ---- the containers ---- */

static void check(int r)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

/* The program tells its namespaces from those it is given. */
static ctr_spec *new_spec(const char *rootfs, const char *program)
{
	static const char *const names[] = { "mnt", "pid", "uts", "ipc", "net", "cgroup", "user" };
	ctr_spec *spec = suite_spec(rootfs, program, NULL);
	ctr_process *process = ctr_spec_get_process(spec);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[64], link[64] = "";

		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		ck_assert_int_gt(readlink(path, link, sizeof(link) - 1), 0);
		check(ctr_process_add_arg(process, link, err));
	}
	check(ctr_process_set_fd(process, 3, output, err));
	return spec;
}

static void add_bind_fd(ctr_spec *spec, const char *target)
{
	const int fd = open(world_path("bin"), O_PATH | O_CLOEXEC);

	check(ctr_spec_add_bind_fd(spec, fd, target, CTR_MOUNT_READ_ONLY, err));
	close(fd);
}

static ctr_spec *default_spec(void)
{
	ctr_spec *spec = new_spec(NULL, "/mnt/fingerprint");

	check(ctr_spec_add_bind(spec, world_path("bin"), "/mnt", 0, err));
	return spec;
}

static ctr_spec *full_spec(void)
{
	ctr_spec *spec = new_spec(world_path("root"), "fingerprint");
	ctr_process *process = ctr_spec_get_process(spec);

	check(ctr_spec_set_read_only(spec, 1, err));
	check(ctr_spec_add_bind(spec, world_path("bin"), "/new/volume", CTR_MOUNT_READ_ONLY, err));
	check(ctr_spec_add_bind(spec, world_path("link"), "/new/link", CTR_MOUNT_READ_ONLY, err));
	add_bind_fd(spec, "/new/by-fd");
	check(ctr_spec_add_bind(spec, "/", "/new/host",
				CTR_MOUNT_READ_ONLY | CTR_MOUNT_NOT_RECURSIVE, err));
	check(ctr_spec_add_tmpfs(spec, "/tmp", 65536, 01777, CTR_MOUNT_NOEXEC, err));
	check(ctr_spec_add_mask(spec, "/etc/passwd", err));
	check(ctr_spec_set_hostname(spec, "box", err));
	check(ctr_spec_set_domainname(spec, "domain", err));
	check(ctr_process_set_cwd(process, "/tmp", err));
	check(ctr_process_set_user(process, 1000, 100, err));
	check(ctr_process_add_group(process, 7, err));
	check(ctr_process_set_rlimit(process, 7, 64, 64, err));
	check(ctr_process_set_priority(process, 3, err));
	check(ctr_process_set_umask(process, 027, err));
	check(ctr_process_set_signal_mask(process, 1u << (SIGUSR1 - 1), err));
	check(ctr_process_set_env(process, "NAME", "value", err));
	check(ctr_process_set_env(process, "PATH", "/new/volume:/bin", err));
	check(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 20, err));
	check(ctr_limits_set_memory_max(ctr_spec_get_limits(spec), 64 << 20, err));
	check(ctr_limits_set_cpuset_cpus(ctr_spec_get_limits(spec), "0", err));
	return spec;
}

static ctr_spec *terminal_spec(void)
{
	ctr_spec *spec = default_spec();
	ctr_process *process = ctr_spec_get_process(spec);

	check(ctr_process_set_init(process, 1, err));
	check(ctr_process_set_tty(process, 1, 25, 80, err));
	return spec;
}

static ctr_cgroup *group;

static ctr_spec *shared_spec(void)
{
	ctr_spec *spec = default_spec();

	group = ctr_cgroup_create(NULL, NULL, 1, err);
	ck_assert_msg(group, "%s", ctr_error_message(err));
	check(ctr_spec_set_cgroup(spec, group, err));
	return spec;
}

/* Where there is cgroup v2 it is in a hierarchy of that as well. */
static ctr_spec *delegated_spec(void)
{
	ctr_spec *spec = default_spec();

	check(ctr_spec_add_cgroup(spec, "/sys/fs/cgroup", 0, err));
	check(ctr_spec_set_delegate(spec, 1, err));
	check(ctr_limits_allow_default_devices(ctr_spec_get_limits(spec), err));
	if (ctr_cgroup_find("hugetlb", NULL, 0, err) > 0)
		check(ctr_limits_set_hugetlb_max(ctr_spec_get_limits(spec), 2 << 20, 2 << 20, err));
	return spec;
}

/* It asks about a call that is not made. */
static ctr_spec *listener_spec(void)
{
	static const struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sync, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	ctr_spec *spec = terminal_spec();

	check(ctr_process_set_seccomp_bpf(ctr_spec_get_process(spec), program,
					  sizeof(program) / sizeof(*program), err));
	return spec;
}

static ctr_spec *user_spec(void)
{
	ctr_spec *spec = default_spec();

	check(ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err));
	check(ctr_spec_set_namespace(spec, CTR_NS_NET, CTR_NS_MODE_HOST, err));
	return spec;
}

/* The root does not have it. */
static ctr_spec *program_fd_spec(void)
{
	ctr_spec *spec = new_spec(NULL, "fingerprint");
	const int fd = open(world_path("bin/fingerprint"), O_PATH | O_CLOEXEC);

	check(ctr_process_set_program_fd(ctr_spec_get_process(spec), fd, err));
	close(fd);
	return spec;
}

/* The caller maps its ids, and makes its mounts, one of them with other owners. */
static ctr_spec *mapped_spec(void)
{
	ctr_spec *spec = new_spec(NULL, "/mnt/fingerprint");
	ctr_process *process = ctr_spec_get_process(spec);

	check(ctr_spec_add_bind(spec, world_path("bin"), "/mnt", CTR_MOUNT_IDMAP, err));
	check(ctr_idmap_add_uids(ctr_spec_get_idmap(spec), 0, 100000, 65536, err));
	check(ctr_process_set_user(process, 1000, 100, err));
	check(ctr_process_add_group(process, 7, err));
	check(ctr_spec_set_disable_userns(spec, 1, err));
	return spec;
}

static ctr_spec *confined_spec(void)
{
	const uint32_t use = CTR_LANDLOCK_READ | CTR_LANDLOCK_EXECUTE;
	ctr_spec *spec = default_spec();
	ctr_process *process = ctr_spec_get_process(spec);

	if (ctr_landlock_abi(err) >= 0) {
		check(ctr_process_add_landlock_rule(process, "/", use, err));
		check(ctr_process_add_landlock_rule(process, "/tmp", use | CTR_LANDLOCK_WRITE,
						    err));
	}
	check(ctr_process_set_securebits(process, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, err));
	check(ctr_process_set_apparmor(process, "unconfined", err));
	check(ctr_spec_unmask(spec, "/proc/keys", err));
	return spec;
}

/* In the host's PID namespace, so only a control group holds it together. */
static ctr_spec *joined_spec(void)
{
	ctr_spec *spec = default_spec();

	check(ctr_spec_set_namespace(spec, CTR_NS_PID, CTR_NS_MODE_HOST, err));
	check(ctr_spec_set_namespace(spec, CTR_NS_CGROUP, CTR_NS_MODE_HOST, err));
	check(ctr_spec_join_namespace_path(spec, CTR_NS_NET, "/proc/self/ns/net", err));
	check(ctr_spec_join_namespace_path(spec, CTR_NS_IPC, "/proc/self/ns/ipc", err));
	return spec;
}

/*
 * The first process of a PID namespace to join: no child of ours, for those are counted. It ends
 * with the pipe. The numbers below 10 are taken, which a fingerprint tells apart.
 */
static int keeper[2] = { -1, -1 };

static void live_in_namespace(int started)
{
	char c;

	signal(SIGCHLD, SIG_IGN);
	for (int i = 0; i < 10; i++)
		if (fork() == 0)
			_exit(0);
	close(keeper[1]);
	(void)!write(started, "", 1);
	close(started);
	(void)!read(keeper[0], &c, 1);
	_exit(0);
}

static pid_t make_namespace(void)
{
	int from_child[2], started[2];
	pid_t pid = -1, child;
	char c;

	ck_assert(pipe2(keeper, O_CLOEXEC) == 0 && pipe2(from_child, O_CLOEXEC) == 0 &&
		  pipe2(started, O_CLOEXEC) == 0);
	child = fork();
	if (child == 0) {
		pid = unshare(CLONE_NEWPID) == 0 ? fork() : -1;
		if (pid == 0)
			live_in_namespace(started[1]);
		_exit(write(from_child[1], &pid, sizeof(pid)) != sizeof(pid));
	}
	close(started[1]);
	ck_assert_int_eq(read(from_child[0], &pid, sizeof(pid)), sizeof(pid));
	ck_assert_int_eq(read(started[0], &c, 1), 1);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	close(started[0]);
	close(from_child[0]);
	close(from_child[1]);
	close(keeper[0]);
	return pid;
}

/* For who joins one the helper becomes a parent, and its child the program. */
static ctr_spec *joined_pid_spec(void)
{
	ctr_spec *spec = default_spec();
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)make_namespace());
	check(ctr_spec_join_namespace_path(spec, CTR_NS_PID, path, err));
	return spec;
}

/* So it does for namespaces that are made in a joined user namespace. */
static ctr_spec *joined_user_spec(void)
{
	ctr_idmap *map = ctr_idmap_new(err);
	ctr_spec *spec = default_spec();
	int fd;

	check(ctr_idmap_add_uids(map, 0, 100000, 65536, err));
	fd = ctr_userns_create(map, err);
	ck_assert_msg(fd >= 0, "%s", ctr_error_message(err));
	check(ctr_spec_join_namespace_fd(spec, CTR_NS_USER, fd, err));
	close(fd);
	ctr_idmap_free(map);
	return spec;
}

enum outcome { CONTAINER, ERROR, HARMED };

static enum outcome spawn_one(void);
static enum outcome spawn_two(void);
static enum outcome use_group(void);
static enum outcome make_jail(void);

static const struct kind {
	const char *name;
	ctr_spec *(*make)(void);
	enum outcome (*run)(void);
} kinds[] = {
	{ "all defaults", default_spec, spawn_one },
	{ "much asked for", full_spec, spawn_one },
	{ "init and terminal", terminal_spec, spawn_one },
	{ "namespaces joined", joined_spec, spawn_one },
	{ "two of a plan", default_spec, spawn_two },
	{ "in a group that is there", shared_spec, spawn_one },
	{ "its group delegated", delegated_spec, spawn_one },
	{ "in a user namespace", user_spec, spawn_one },
	{ "with a range of ids", mapped_spec, spawn_one },
	{ "confined further", confined_spec, spawn_one },
	{ "with a listener", listener_spec, spawn_one },
	{ "program by a descriptor", program_fd_spec, spawn_one },
	{ "a group alone", default_spec, use_group },
	{ "a jail", default_spec, make_jail },
	{ "a PID namespace joined", joined_pid_spec, spawn_one },
	{ "a user namespace joined", joined_user_spec, spawn_one },
};

#define KINDS (int)(sizeof(kinds) / sizeof(kinds[0]))
#define SHARED (KINDS - 2)   /* those whose child may share memory */
#define SPAWNING (KINDS - 4) /* those of them that have a child, which may be the helper */
#define HELPER_ALONE (2 * KINDS - 2)

static const struct kind *kind;
static bool helper;
static ctr_spec *spec;

static void make(void)
{
	err = ctr_error_new();
	output = memfd_create("output", MFD_CLOEXEC);
	ck_assert_int_ge(output, 0);
	world_rootfs("root");
	world_mkdir("bin");
	ck_assert_int_eq(symlink("bin", world_path("link")), 0);
	world_copy(FINGERPRINT, world_path("bin/fingerprint"));
	snprintf(jailed, sizeof(jailed), "%s", world_path("bin/fingerprint"));
	snprintf(jail_dir, sizeof(jail_dir), "%s", world_path("jail"));
}

static void drop(void)
{
	if (keeper[1] >= 0)
		close(keeper[1]);
	keeper[1] = -1;
	ctr_spec_free(spec);
	if (group)
		check(ctr_cgroup_remove(group, err));
	ctr_cgroup_free(group);
	group = NULL;
	close(output);
	ctr_error_free(err);
}

static void choose(int i)
{
	kind = &kinds[i % KINDS];
	helper = i >= KINDS;
	spec = kind->make();
	check(ctr_spec_set_child(spec, helper ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err));
	if (!helper)
		check(ctr_process_set_init(ctr_spec_get_process(spec), 0, err));
}

/* ---- one run ---- */

static enum outcome finish(ctr_container *c)
{
	int r, code;

	if (!c)
		return ERROR;
	r = ctr_container_wait(c, -1, err);
	code = ctr_container_exit_code(c);
	ctr_container_free(c);
	if (r != 1)
		return ERROR;
	return code == 0 ? CONTAINER : HARMED;
}

static enum outcome spawn_one(void)
{
	return finish(ctr_spawn(spec, err));
}

static enum outcome spawn_two(void)
{
	ctr_plan *plan = ctr_plan_compile(spec, err);
	enum outcome outcome = ERROR;

	if (plan)
		outcome = finish(ctr_plan_spawn(plan, err));
	if (outcome == CONTAINER) {
		(void)!ftruncate(output, 0);
		lseek(output, 0, SEEK_SET);
		outcome = finish(ctr_plan_spawn(plan, err));
	}
	ctr_plan_free(plan);
	return outcome;
}

static int set_limits(ctr_limits *limits)
{
	return ctr_limits_set_pids_max(limits, 20, err) ||
	       ctr_limits_set_memory_max(limits, 64 << 20, err) ||
	       ctr_limits_set_cpuset_cpus(limits, "0", err) ||
	       ctr_limits_allow_default_devices(limits, err);
}

static int use(ctr_cgroup *alone, const ctr_limits *limits, ctr_usage *usage)
{
	uint64_t max;

	return ctr_cgroup_update(alone, limits, err) < 0 ||
	       ctr_cgroup_get_limit(alone, CTR_LIMIT_PIDS_MAX, &max, err) < 0 ||
	       ctr_cgroup_list(alone, NULL, 0, err) < 0 ||
	       ctr_cgroup_stats(alone, usage, err) < 0 || ctr_cgroup_freeze(alone, err) < 0 ||
	       ctr_cgroup_thaw(alone, err) < 0 || ctr_cgroup_send_signal(alone, SIGUSR1, err) < 0 ||
	       ctr_cgroup_kill(alone, err) < 0;
}

/* What could not be removed can be once more: that is the caller's to do. */
static enum outcome use_group(void)
{
	ctr_limits *limits = ctr_limits_new(err);
	ctr_usage *usage = limits ? ctr_usage_new(err) : NULL;
	ctr_cgroup *alone = NULL;
	enum outcome outcome = ERROR;

	if (usage && set_limits(limits) == 0)
		alone = ctr_cgroup_create(NULL, limits, 1, err);
	if (alone && use(alone, limits, usage) == 0)
		outcome = CONTAINER;
	if (alone && ctr_cgroup_remove(alone, outcome == CONTAINER ? err : NULL) < 0) {
		outcome = ERROR;
		ctr_cgroup_remove(alone, NULL);
	}
	ctr_cgroup_free(alone);
	ctr_usage_free(usage);
	ctr_limits_free(limits);
	return outcome;
}

/* What is left of it would be there for the next. */
static void remove_jail(void)
{
	char rm[] = "rm", option[] = "-rf", *args[] = { rm, option, jail_dir, NULL };

	ck_assert_int_eq(suite_run_command(args, NULL, NULL), 0);
}

static int fill_jail(ctr_jail *jail)
{
	return ctr_jail_add_program(jail, "/bin/sh", NULL, err) < 0 ||
	       ctr_jail_add_path(jail, jailed, err) < 0 ||
	       ctr_jail_write(jail, jail_dir, CTR_JAIL_COPY, err) < 0;
}

static bool is_whole(void)
{
	struct stat host, copy;

	return stat(jailed, &host) == 0 && stat(world_path("jail%s", jailed), &copy) == 0 &&
	       host.st_size == copy.st_size && access(world_path("jail/bin/sh"), X_OK) == 0;
}

/* Each call that fails ends it; whether a further one goes on is test_jail.c's to see. */
static enum outcome make_jail(void)
{
	ctr_jail *jail = ctr_jail_new(err);
	const bool done = jail && fill_jail(jail) == 0;
	enum outcome outcome = ERROR;

	ctr_jail_free(jail);
	fault_end();
	if (done)
		outcome = is_whole() ? CONTAINER : HARMED;
	remove_jail();
	return outcome;
}

/* A call: the n-th of the caller, or of its children. */
struct place {
	enum fault_side side;
	long n;
};

static const struct place nowhere, everywhere = { .n = FAULT_COUNT };

static enum outcome run(struct place at, int errnum)
{
	enum outcome outcome;
	ssize_t n;

	(void)!ftruncate(output, 0);
	lseek(output, 0, SEEK_SET);
	ctr_error_clear(err);
	fault_begin(at.side, at.n, errnum);
	outcome = kind->run();
	fault_end();
	n = pread(output, fingerprint, sizeof(fingerprint) - 1, 0);
	fingerprint[n < 0 ? 0 : n] = '\0';
	return outcome;
}

static const char *describe(struct place at, int errnum)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s, %s child: call %ld of the %s, %s, %s", kind->name,
		 helper ? "helper" : "shared", at.n, at.side == FAULT_CHILD ? "child" : "parent",
		 fault_name(fault->nr), errnum == FAULT_KILL ? "kill" : strerrorname_np(errnum));
	return text;
}

/* All of them are told: the first one is seldom the most telling. */
static int complaints;

__attribute__((format(printf, 3, 4))) static void complain(struct place at, int errnum,
							   const char *format, ...)
{
	va_list args;

	complaints++;
	printf("%s: ", describe(at, errnum));
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

/* The host's devices are shown then. */
static bool may_make_no_device(int errnum)
{
	return fault->nr == SYS_mknodat && (errnum == EPERM || errnum == EACCES);
}

static void expect_unharmed(struct place at, int errnum)
{
	char *difference = leak_difference(expected, fingerprint);

	/* That a file is not there is believed: what lacks a mount point gets a layer, or has it
	 * made. */
	if (*difference && !(fault->nr == SYS_openat2 && errnum == ENOENT) &&
	    !may_make_no_device(errnum))
		complain(at, errnum, "the container is another:\n%s", difference);
	free(difference);
}

/* The errno as it came, in one line that begins with what was being done. */
static void expect_clear_error(struct place at, int errnum)
{
	const char *message = ctr_error_message(err);

	if (ctr_error_code(err) == 0 || !*message || strchr(message, '\n'))
		complain(at, errnum, "no clear error: %s", message);
	else if (ctr_error_errno(err) != errnum)
		complain(at, errnum, "another errno: %s", message);
}

static void expect_outcome(enum outcome outcome, struct place at, int errnum)
{
	if (outcome == HARMED)
		complain(at, errnum, "the program ended otherwise: %s", fingerprint);
	else if (outcome == CONTAINER)
		expect_unharmed(at, errnum);
	else if (errnum != FAULT_KILL)
		expect_clear_error(at, errnum);
}

/* What has changed is told once. */
static void expect_same_host(char **before, struct place at, int errnum)
{
	char *after = leak_snapshot();
	char *difference = leak_difference(*before, after);

	if (*difference)
		complain(at, errnum, "the host has changed:\n%s", difference);
	free(difference);
	free(*before);
	*before = after;
}

static long counted[FAULT_SIDES];

/* Finds out which calls there are when nothing happens, and what the container is then. */
static void count(void)
{
	/* The first one finds out what the later ones know. */
	ck_assert_msg(run(nowhere, 0) == CONTAINER, "%s: %s", ctr_error_message(err), fingerprint);
	ck_assert_msg(run(everywhere, 0) == CONTAINER, "%s: %s", ctr_error_message(err),
		      fingerprint);
	strcpy(expected, fingerprint);
	for (int side = 0; side < FAULT_SIDES; side++) {
		counted[side] = fault->n[side];
		ck_assert_int_lt(counted[side], FAULT_CALLS_MAX);
	}
	ck_assert_msg(run(nowhere, 0) == CONTAINER, "%s: %s", ctr_error_message(err), fingerprint);
	ck_assert_str_eq(fingerprint, expected);
}

/* The next one of those that were counted; false after the last. */
static bool next_place(struct place *at)
{
	while (at->side < FAULT_SIDES && ++at->n > counted[at->side])
		*at = (struct place){ .side = at->side + 1 };
	return at->side < FAULT_SIDES;
}

/* ---- which of them ---- */

static unsigned long share = 1, seed; /* one in so many; with the same seed, the same ones */

static unsigned long number_of(const char *name, const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (!*end && number)
		return number;
	fprintf(stderr, "%s=%s: expected a number from 1 on\n", name, text);
	exit(2);
}

/* MINICTR_FAULT_SHARE in the environment, and MINICTR_FAULT_SEED to see a failure again. */
static void read_share(void)
{
	const char *text = getenv("MINICTR_FAULT_SHARE"), *again = getenv("MINICTR_FAULT_SEED");
	uint32_t drawn;

	if (!text)
		return;
	share = number_of("MINICTR_FAULT_SHARE", text);
	if (getrandom(&drawn, sizeof(drawn), 0) != sizeof(drawn))
		abort();
	seed = again ? number_of("MINICTR_FAULT_SEED", again) : drawn + 1ul;
	printf("one fault in %lu is tried: MINICTR_FAULT_SEED=%lu\n", share, seed);
}

/* By what it is, and not by how many were drawn before. */
static bool is_drawn(struct place at, int errnum)
{
	const unsigned long what[] = { seed, (unsigned long)(kind - kinds), at.side,
				       (unsigned long)at.n, (unsigned long)errnum };
	uint64_t hash = 0;

	for (size_t i = 0; i < sizeof(what) / sizeof(what[0]); i++) {
		hash = (hash ^ what[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return hash % share == 0;
}

/* ---- all of them ---- */

static struct {
	long faults, unharmed, not_met;
	double slowest_ms;
	char slowest[256];
} sum;

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void note(double began, enum outcome outcome, struct place at, int errnum)
{
	const double ms = now_ms() - began;

	sum.faults++;
	sum.unharmed += outcome == CONTAINER;
	if (ms <= sum.slowest_ms)
		return;
	sum.slowest_ms = ms;
	snprintf(sum.slowest, sizeof(sum.slowest), "%s", describe(at, errnum));
}

static void print_sum(void)
{
	printf("%s, %s child: %ld calls of the caller and %ld of the child, %ld faults, %ld "
	       "unharmed, %ld errors, %ld calls not met; slowest %.0f ms (%s)\n",
	       kind->name, helper ? "helper" : "shared", counted[FAULT_PARENT],
	       counted[FAULT_CHILD], sum.faults, sum.unharmed, sum.faults - sum.unharmed,
	       sum.not_met, sum.slowest_ms, sum.slowest);
	fflush(stdout);
}

/*
 * After each fault, or where a share is tried after ten of them: what a fault has broken stays
 * so. It takes as long as the fault itself.
 */
static void expect_next_spawn(struct place at, int errnum)
{
	static int since;

	if (share > 1 && ++since < 10)
		return;
	since = 0;
	if (run(nowhere, 0) != CONTAINER)
		complain(at, errnum, "and the next spawn, after the last %d faults: %s",
			 share > 1 ? 10 : 1, ctr_error_message(err));
}

static void fail_with(struct place at, int errnum, char **before)
{
	const double began = now_ms();
	const enum outcome outcome = run(at, errnum);

	if (!fault->hit) {
		sum.not_met++;
		return;
	}
	note(began, outcome, at, errnum);
	expect_outcome(outcome, at, errnum);
	expect_same_host(before, at, errnum);
	expect_next_spawn(at, errnum);
}

static const int *errnos_of(struct place at)
{
	return fault_errnos(at.side, fault->calls[at.side][at.n]);
}

/* Where a process waits it makes more calls or fewer, which moves those that come after. */
START_TEST(test_spawn__survives_every_error)
{
	char *before;

	choose(_i);
	count();
	before = leak_snapshot();
	for (struct place at = nowhere; next_place(&at);)
		for (const int *e = errnos_of(at); *e; e++)
			if (is_drawn(at, *e))
				fail_with(at, *e, &before);
	ck_assert_msg(run(nowhere, 0) == CONTAINER, "%s", ctr_error_message(err));
	print_sum();
	free(before);
	ck_assert_msg(complaints == 0, "%d complaints", complaints);
}
END_TEST

/* ---- deaths ---- */

enum end { END_CONTAINER, END_KILLED, END_OTHER };

/* In a process of its own: it is the caller, so it may die too. */
static void run_to_an_end(struct place at)
{
	const struct rlimit none = { 0 };
	enum outcome outcome;

	setrlimit(RLIMIT_CORE, &none);
	outcome = run(at, FAULT_KILL);
	if (outcome == CONTAINER && strcmp(fingerprint, expected) == 0)
		_exit(END_CONTAINER);
	if (outcome == ERROR && ctr_error_code(err) == CTR_E_KILLED)
		_exit(END_KILLED);
	/*
	 * What a child that only prepares something had to do is done when it exits, and a child
	 * that keeps a namespace only waits for its end.
	 */
	if (outcome == CONTAINER && (fault->nr == SYS_exit_group || fault->nr == SYS_ppoll))
		_exit(END_KILLED);
	/*
	 * A death in the middle of execve(2) is as good as the program's own, and so is that of an
	 * init which has just started it and closes what it does not need.
	 */
	if (outcome == HARMED &&
	    (fault->nr == SYS_execve || fault->nr == SYS_execveat || fault->nr == SYS_close_range))
		_exit(END_KILLED);
	fprintf(stderr, "%s\n", outcome == ERROR ? ctr_error_message(err) : fingerprint);
	_exit(END_OTHER);
}

/* Whoever the dead caller left behind ends up with us, a subreaper, and must end by itself. */
static bool all_end(void)
{
	for (int i = 0; i < 10000; i++) {
		pid_t pid = waitpid(-1, NULL, WNOHANG | __WALL);

		if (pid < 0)
			return errno == ECHILD;
		if (pid == 0)
			usleep(1000);
	}
	return false;
}

static struct {
	long of_caller, of_child, groups;
} deaths;

/*
 * Nobody else knows of the groups that a dead caller had. Those of other tests of the machine are
 * busy for a moment, when their callers have just died.
 */
static void sweep(struct place at)
{
	uint64_t removed, busy = 1;

	for (int i = 0; i < 250 && busy; i++) {
		if (ctr_cgroup_gc(0, &removed, &busy, err) < 0) {
			complain(at, FAULT_KILL, "%s", ctr_error_message(err));
			return;
		}
		deaths.groups += (long)removed;
		if (busy)
			usleep(20000);
	}
	if (busy)
		complain(at, FAULT_KILL, "groups are left");
}

static void kill_at(struct place at, char **before)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		run_to_an_end(at);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (!fault->hit)
		return;
	deaths.of_child += at.side == FAULT_CHILD;
	deaths.of_caller += at.side == FAULT_PARENT;
	if (!all_end())
		complain(at, FAULT_KILL, "somebody lives on");
	if (at.side == FAULT_CHILD && (!WIFEXITED(status) || WEXITSTATUS(status) != END_KILLED))
		complain(at, FAULT_KILL, "no clear error, status %x", (unsigned)status);
	if (at.side == FAULT_PARENT)
		sweep(at);
	expect_same_host(before, at, FAULT_KILL);
}

START_TEST(test_spawn__survives_every_death)
{
	char *before;

	choose(_i);
	count();
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	before = leak_snapshot();
	for (struct place at = nowhere; next_place(&at);)
		if (is_drawn(at, FAULT_KILL))
			kill_at(at, &before);
	printf("%s, %s child: %ld deaths of the child, %ld of the caller, which left %ld groups\n",
	       kind->name, helper ? "helper" : "shared", deaths.of_child, deaths.of_caller,
	       deaths.groups);
	fflush(stdout);
	free(before);
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
	ck_assert_msg(complaints == 0, "%d complaints", complaints);
}
END_TEST

/* ---- what must not be believed ---- */

/* That these are not there is no reason to go on without their protection. */
static bool lacks_protection(void)
{
	static const char *const paths[] = {
		" /proc/sys ",	      " /proc/bus ",	 " /proc/fs ", " /proc/irq ",
		" /proc/interrupts ", " /sys/firmware ", " /home ",    " /root ",
		" /etc/shadow ",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (strstr(expected, paths[i]) && !strstr(fingerprint, paths[i]))
			return true;
	return false;
}

START_TEST(test_spawn__absence_of_what_is_protected_is_an_error)
{
	long tried = 0;

	choose(_i);
	count();
	ck_assert_ptr_nonnull(strstr(expected, " /proc/sys "));
	for (struct place at = nowhere; next_place(&at);) {
		const short nr = fault->calls[at.side][at.n];

		if (nr != SYS_openat2 && nr != SYS_statx)
			continue;
		tried++;
		if (run(at, ENOENT) == CONTAINER && lacks_protection())
			complain(at, ENOENT, "a protection is missing");
	}
	ck_assert_int_gt(tried, 20);
	ck_assert_msg(complaints == 0, "%d complaints", complaints);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fault");
	TCase *shared = suite_case(s, "shared"), *helpers = suite_case(s, "helper");
	TCase *killed = suite_case(s, "killed"), *absent = suite_case(s, "absent");

	read_share();
	fault_init();
	tcase_set_timeout(shared, DEADLINE_S);
	tcase_set_timeout(helpers, DEADLINE_S);
	tcase_set_timeout(killed, DEADLINE_S);
	tcase_add_checked_fixture(shared, make, drop);
	tcase_add_checked_fixture(helpers, make, drop);
	tcase_add_checked_fixture(killed, make, drop);
	tcase_add_checked_fixture(absent, make, drop);
	tcase_add_loop_test(absent, test_spawn__absence_of_what_is_protected_is_an_error, 0, 4);
	tcase_add_loop_test(shared, test_spawn__survives_every_error, 0, SHARED);
	tcase_add_loop_test(helpers, test_spawn__survives_every_error, KINDS, KINDS + SPAWNING);
	tcase_add_loop_test(helpers, test_spawn__survives_every_error, HELPER_ALONE, 2 * KINDS);
	tcase_add_loop_test(killed, test_spawn__survives_every_death, 0, SHARED);
	tcase_add_loop_test(killed, test_spawn__survives_every_death, KINDS, KINDS + SPAWNING);
	tcase_add_loop_test(killed, test_spawn__survives_every_death, HELPER_ALONE, 2 * KINDS);
	return suite_run(s);
}
