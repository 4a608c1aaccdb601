/* SPDX-License-Identifier: MIT */
/*
 * Joining PID, user and time namespaces: another process than the helper becomes the program, and
 * the caller is its parent.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/wait.h"
#include "plan/channel.h"
#include "plan/helper.h"
#include "plan/launch.h"
#include "support/altered.h"
#include "support/suite.h"

#define BOUND_MS 20000
#define STEPS_MAX 8

/* ---- somebody to join ---- */

struct target {
	pid_t pid; /* the first process of its PID namespace, or one of the others */
	unsigned long types;
	const char *map; /* of user ids and of group ids */
	bool by_user;	 /* the owner of the user namespace is not root */
};

static int started[2];

static void live(const struct target *target)
{
	if (target->by_user && (setgid(65534) || setuid(65534) || unshare(CLONE_NEWUSER)))
		_exit(1);
	(void)!write(started[1], "x", 1);
	for (;;)
		pause();
}

static void write_map(pid_t pid, const char *name, const char *map)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	ck_assert_int_eq(ctr__fd_write_file(AT_FDCWD, path, map), 0);
}

/* In the new user namespace before the others, so that it owns them. */
static void begin_target(struct target *target)
{
	const unsigned long flags =
		target->by_user ? 0 : target->types & ~(unsigned long)CLONE_NEWTIME;
	int own = -1;
	char byte;

	ck_assert_int_eq(pipe2(started, O_CLOEXEC), 0);
	if (target->types & CLONE_NEWTIME) {
		own = open("/proc/self/ns/time", O_RDONLY | O_CLOEXEC);
		ck_assert_int_eq(unshare(CLONE_NEWTIME), 0);
	}
	/* valgrind knows no clone3(2) */
	target->pid = (pid_t)ctr__sys5(SYS_clone, (long)flags | SIGCHLD, 0, 0, 0, 0);
	ck_assert_int_ge(target->pid, 0);
	if (target->pid == 0)
		live(target);
	ck_assert_int_eq(read(started[0], &byte, 1), 1);
	close(started[0]);
	close(started[1]);
	/* Older kernels let no child share memory that is born into another time namespace. */
	if (own >= 0)
		ck_assert_int_eq(setns(own, CLONE_NEWTIME) | close(own), 0);
	if (!target->map)
		return;
	write_map(target->pid, "uid_map", target->map);
	write_map(target->pid, "gid_map", target->map);
}

static void end_target(const struct target *target)
{
	kill(target->pid, SIGKILL);
	ck_assert_int_eq(waitpid(target->pid, NULL, 0), target->pid);
}

static int open_namespace(pid_t pid, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static void name_namespace(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	long n;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, name);
	n = readlink(path, text, size - 1);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
}

/* ---- a launch ---- */

static struct ctr__step steps[STEPS_MAX];
static size_t n_steps;
static struct ctr__launching under_way;
static struct ctr__outcome seen;
static int outputs[1] = { -1 }; /* what is the program's standard output */

static void add(struct ctr__step step)
{
	ck_assert_uint_lt(n_steps, STEPS_MAX);
	step.modes = CTR__MODE_ONESHOT;
	steps[n_steps++] = step;
}

static void add_setns(int fd, unsigned long types)
{
	add((struct ctr__step){ .kind = CTR__STEP_SETNS, .setns = { .fd = fd, .types = types } });
}

static void add_successor(void)
{
	add((struct ctr__step){ .kind = CTR__STEP_SUCCESSOR,
				.successor = { .leaves_parent = true } });
}

static void add_stop(void)
{
	add((struct ctr__step){ .kind = CTR__STEP_STOP });
}

static void add_output(void)
{
	static const int targets[] = { STDOUT_FILENO };

	add((struct ctr__step){ .kind = CTR__STEP_FDS,
				.fds = { .targets = targets, .n = 1, .fd_floor = 3 } });
}

static void add_shell(const char *script)
{
	static char name[] = "sh", option[] = "-c";
	static char *argv[4], *envp[1];

	argv[0] = name;
	argv[1] = option;
	argv[2] = (char *)(uintptr_t)script;
	add((struct ctr__step){ .kind = CTR__STEP_EXEC,
				.exec = { .path = "/bin/sh", .argv = argv, .envp = envp } });
}

static void begin(void)
{
	struct ctr__launch launch;

	ctr__launch_init(&launch, steps, n_steps, CTR__MODE_ONESHOT);
	launch.sources = outputs;
	launch.n_sources = outputs[0] >= 0;
	ck_assert_int_eq(ctr__launch_begin(&under_way, &launch), 0);
}

static int next(void)
{
	return ctr__launch_next(&under_way, ctr__now_ms() + BOUND_MS, &seen);
}

static void expect(enum ctr__outcome_kind kind, int step)
{
	ck_assert_int_eq(next(), 0);
	ck_assert_msg(seen.kind == kind && seen.step == step,
		      "outcome %d at step %d, errno %d: expected %d at %d", seen.kind, seen.step,
		      seen.errnum, kind, step);
	if (kind != CTR__OUTCOME_DONE)
		ck_assert_int_eq(seen.pidfd, -1);
}

static void end(void)
{
	ck_assert_int_eq(ctr__launch_end(&under_way), -1);
}

static int status_of_program(void)
{
	siginfo_t info = { 0 };

	ck_assert_int_eq(waitid(P_PIDFD, (id_t)seen.pidfd, &info, WEXITED), 0);
	ck_assert_int_eq(info.si_pid, seen.pid);
	close(seen.pidfd);
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

/* And what it writes. */
static void run_program(char *output, size_t size)
{
	size_t used = 0;
	int ends[2];
	long n;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	outputs[0] = ends[1];
	begin();
	expect(CTR__OUTCOME_DONE, (int)n_steps - 1);
	end();
	close(ends[1]);
	while ((n = read(ends[0], output + used, size - 1 - used)) > 0)
		used += (size_t)n;
	output[used] = '\0';
	close(ends[0]);
}

/* ---- PID namespaces ---- */

static struct target first = { .types = CLONE_NEWPID };
static int pid_ns;

static void join_first(void)
{
	suite_need_root();
	begin_target(&first);
	pid_ns = open_namespace(first.pid, "pid");
	add_setns(pid_ns, CLONE_NEWPID);
	add_successor();
}

static void leave_first(void)
{
	close(pid_ns);
	end_target(&first);
}

static void in_first(void)
{
	char expected[64], output[256];

	join_first();
	add_output();
	add_shell("readlink /proc/self/ns/pid; exit 7");
	run_program(output, sizeof(output));
	ck_assert_int_eq(status_of_program(), 7);
	name_namespace(first.pid, "pid", expected, sizeof(expected));
	strcat(expected, "\n");
	ck_assert_str_eq(output, expected);
	leave_first();
}

START_TEST(test_join__program_is_in_the_pid_namespace)
{
	in_first();
}
END_TEST

static void as_first_process(void)
{
	ck_assert_int_eq(getpid(), 1);
	ck_assert_int_eq(mount("proc", "/proc", "proc", 0, NULL), 0);
	in_first();
}

static void in_own_pid_namespace(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWPID), 0);
	suite_in_child(as_first_process);
}

/* clone(2) refuses CLONE_PARENT to such a process, but the helper is none. */
START_TEST(test_join__works_for_a_caller_that_is_process_1)
{
	suite_in_mounts(in_own_pid_namespace);
}
END_TEST

static void unwaited(void)
{
	siginfo_t info;

	signal(SIGCHLD, SIG_IGN);
	suite_need_root();
	begin_target(&first);
	pid_ns = open_namespace(first.pid, "pid");
	add_setns(pid_ns, CLONE_NEWPID);
	add_successor();
	add_shell("exit 7");
	begin();
	expect(CTR__OUTCOME_DONE, 2);
	end();
	ck_assert_int_eq(ctr__wait_readable(seen.pidfd, BOUND_MS), 1);
	ck_assert_int_eq(waitid(P_PIDFD, (id_t)seen.pidfd, &info, WEXITED), -1);
	close(seen.pidfd);
	kill(first.pid, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

START_TEST(test_join__works_where_children_are_not_waited_for)
{
	suite_in_child(unwaited);
}
END_TEST

static int field_of_stat(pid_t pid, int field)
{
	char path[64], text[1024];
	const char *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	ck_assert_int_gt(ctr__fd_read_file(AT_FDCWD, path, text, sizeof(text)), 0);
	p = strrchr(text, ')');
	for (int i = 2; i < field; i++)
		p = strchr(p + 1, ' ');
	return atoi(p + 1);
}

START_TEST(test_join__caller_is_the_parent)
{
	join_first();
	add_shell("kill -STOP $$");
	begin();
	expect(CTR__OUTCOME_DONE, 2);
	end();
	ck_assert_int_eq(field_of_stat(seen.pid, 4), getpid());
	ck_assert_int_eq(field_of_stat(seen.pid, 5), getpgid(0));
	ck_assert_int_eq(field_of_stat(seen.pid, 6), getsid(0));
	kill(seen.pid, SIGKILL);
	ck_assert_int_eq(status_of_program(), 128 + SIGKILL);
	leave_first();
}
END_TEST

/* It is the successor that stops, fails and is late, and that has the parent-death signal. */
START_TEST(test_join__stops_in_the_successor)
{
	pid_t helper;

	join_first();
	add_stop();
	add((struct ctr__step){ .kind = CTR__STEP_CHROOT, .path = "/none/such" });
	begin();
	helper = under_way.pid;
	expect(CTR__OUTCOME_WAITS, 2);
	ck_assert_int_ne(seen.pid, helper);
	ck_assert_int_eq(kill(helper, 0), -1);
	expect(CTR__OUTCOME_FAILED, 3);
	ck_assert_int_eq(seen.errnum, ENOENT);
	ck_assert_int_eq(kill(under_way.pid, 0), -1);
	end();
	leave_first();
}
END_TEST

START_TEST(test_join__ends_a_successor_that_is_stopped)
{
	join_first();
	add_stop();
	begin();
	expect(CTR__OUTCOME_WAITS, 2);
	kill(seen.pid, SIGSTOP);
	ck_assert_int_eq(ctr__launch_next(&under_way, ctr__now_ms() + 200, &seen), 0);
	ck_assert_int_eq(seen.kind, CTR__OUTCOME_STOPPED);
	end();
	leave_first();
}
END_TEST

/* Before the helper has moved, at its stop, and when its successor has one. */
START_TEST(test_join__ends_anywhere)
{
	suite_need_root();
	add_stop();
	join_first();
	add_stop();
	begin();
	if (_i > 0)
		expect(CTR__OUTCOME_WAITS, 0);
	if (_i > 1)
		expect(CTR__OUTCOME_WAITS, 3);
	end();
	leave_first();
}
END_TEST

/* The channel of a caller that has died; that of one that ends while its program runs. */
static int told[2];

static void be_caller(bool runs)
{
	begin();
	expect(runs ? CTR__OUTCOME_DONE : CTR__OUTCOME_WAITS, runs ? 4 : 3);
	ck_assert_int_eq(write(told[1], &seen.pid, sizeof(seen.pid)), sizeof(seen.pid));
	pause();
}

START_TEST(test_join__successor_ends_with_its_caller)
{
	pid_t caller, child;
	int pidfd;

	suite_need_root();
	ck_assert_int_eq(pipe2(told, O_CLOEXEC), 0);
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	add((struct ctr__step){ .kind = CTR__STEP_DIE_WITH_PARENT });
	join_first();
	if (_i == 0)
		add_stop();
	else
		add((struct ctr__step){ .kind = CTR__STEP_UMASK });
	add_shell("sleep 1000");
	caller = fork();
	ck_assert_int_ge(caller, 0);
	if (caller == 0)
		be_caller(_i);
	ck_assert_int_eq(read(told[0], &child, sizeof(child)), sizeof(child));
	pidfd = sys_pidfd_open(child, 0);
	ck_assert_int_ge(pidfd, 0);
	kill(caller, SIGKILL);
	ck_assert_int_eq(ctr__wait_readable(pidfd, BOUND_MS), 1);
	/* Before the first process of its namespace, which ends after all others have been waited
	 * for. */
	ck_assert_int_eq(waitpid(caller, NULL, 0), caller);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	leave_first();
	close(pidfd);
	close(told[0]);
	close(told[1]);
}
END_TEST

/* The namespace is still there, for somebody has it open. */
START_TEST(test_join__fails_in_a_dead_namespace)
{
	join_first();
	end_target(&first);
	add_shell("exit 7");
	begin();
	expect(CTR__OUTCOME_FAILED, 1);
	ck_assert_int_eq(seen.errnum, ENOMEM);
	end();
	close(pid_ns);
}
END_TEST

START_TEST(test_join__fails_where_there_is_none)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	add_setns(null, CLONE_NEWPID);
	add_successor();
	begin();
	expect(CTR__OUTCOME_FAILED, 0);
	ck_assert_int_eq(seen.errnum, EINVAL);
	end();
	close(null);
}
END_TEST

/* A filter that answers for setns(2), say. */
START_TEST(test_join__notices_that_nothing_was_joined)
{
	add_successor();
	add_shell("exit 7");
	begin();
	expect(CTR__OUTCOME_FAILED, 0);
	ck_assert_int_eq(seen.errnum, ENOTRECOVERABLE);
	end();
}
END_TEST

START_TEST(test_join__needs_a_helper)
{
	struct ctr__launch launch;

	if (!ctr__launch_can_share())
		return;
	add_successor();
	ctr__launch_init(&launch, steps, n_steps, CTR__MODE_ONESHOT);
	launch.share_memory = true;
	ck_assert_int_eq(ctr__launch(&launch, &seen), 0);
	ck_assert_int_eq(seen.kind, CTR__OUTCOME_FAILED);
	ck_assert_int_eq(seen.errnum, EINVAL);
}
END_TEST

/* The caller can't take the pidfd: the successor must not go on without it. */
static void without_descriptors(void)
{
	struct rlimit limit;
	int lowest;

	add_stop();
	join_first();
	add_shell("exit 7");
	begin();
	expect(CTR__OUTCOME_WAITS, 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);
	close(lowest);
	limit.rlim_cur = (rlim_t)lowest;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(next(), -EMFILE);
	end();
	leave_first();
	ck_assert_int_eq(waitpid(-1, NULL, __WALL), -1);
}

START_TEST(test_join__fails_without_a_descriptor)
{
	suite_need_real_exec(); /* it keeps descriptors above the limit for itself */
	suite_in_child(without_descriptors);
}
END_TEST

/* ---- user and time namespaces ---- */

START_TEST(test_join__user_namespace_has_its_ids)
{
	static const struct ctr__step_ids ids = { .uid = 5, .gid = 6 };
	struct target target = { .types = CLONE_NEWUSER | CLONE_NEWPID, .map = "0 100000 10" };
	int user, pid;
	char output[256];

	suite_need_root();
	begin_target(&target);
	user = open_namespace(target.pid, "user");
	pid = open_namespace(target.pid, "pid");
	add((struct ctr__step){ .kind = CTR__STEP_DIE_WITH_PARENT });
	add_setns(user, CLONE_NEWUSER);
	add_setns(pid, CLONE_NEWPID);
	add_successor();
	add((struct ctr__step){ .kind = CTR__STEP_IDS, .ids = ids });
	add_output();
	add_shell("id -u; id -g; cat /proc/self/uid_map");
	run_program(output, sizeof(output));
	ck_assert_int_eq(status_of_program(), 0);
	ck_assert_str_eq(output, "5\n6\n         0     100000         10\n");
	close(user);
	close(pid);
	end_target(&target);
}
END_TEST

#define DEATH_PRINTER "death"

/* This program, executed in its own way. */
static void add_this_program(void)
{
	static char path[4096], name[] = DEATH_PRINTER;
	static char *argv[] = { name, NULL }, *envp[] = { NULL };

	ck_assert_int_gt(readlink("/proc/self/exe", path, sizeof(path) - 1), 0);
	add((struct ctr__step){ .kind = CTR__STEP_EXEC,
				.exec = { .path = path, .argv = argv, .envp = envp } });
}

static int print_death(void)
{
	int death = 0;

	prctl(PR_GET_PDEATHSIG, &death);
	return printf("%d", death) > 0 ? 0 : 1;
}

/* The kernel forgets that a process dies with its parent, where that gains by joining. */
START_TEST(test_join__still_dies_with_the_parent)
{
	struct target target = { .types = CLONE_NEWUSER, .by_user = true };
	char output[256];
	int user;

	suite_need_root();
	begin_target(&target);
	user = open_namespace(target.pid, "user");
	add((struct ctr__step){ .kind = CTR__STEP_DIE_WITH_PARENT });
	add_setns(user, CLONE_NEWUSER);
	if (_i)
		add((struct ctr__step){ .kind = CTR__STEP_SUCCESSOR });
	add_output();
	add_this_program();
	run_program(output, sizeof(output));
	ck_assert_int_eq(status_of_program(), 0);
	ck_assert_str_eq(output, "9");
	close(user);
	end_target(&target);
}
END_TEST

/* The owner of what /proc has of a process is its user, unless it can't be traced: proc(5). */
static void expect_owner(uid_t uid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/environ", seen.pid);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_uid, uid);
}

/* Its owner has all capabilities there, as who joins it: no change that the kernel hides it for. */
static void hidden_from_the_namespace(void)
{
	struct target target = { .types = CLONE_NEWUSER, .by_user = true };
	int user;

	begin_target(&target);
	user = open_namespace(target.pid, "user");
	ck_assert_int_eq(setgroups(0, NULL) | setgid(65534) | setuid(65534), 0);
	add_stop();
	add((struct ctr__step){
		.kind = CTR__STEP_SETNS,
		.setns = { .fd = user, .types = CLONE_NEWUSER, .untraceable = true } });
	add_stop();
	begin();
	expect(CTR__OUTCOME_WAITS, 0);
	expect_owner(65534);
	expect(CTR__OUTCOME_WAITS, 2);
	expect_owner(0);
	end();
	close(user);
	end_target(&target);
}

START_TEST(test_join__can_not_be_traced_from_the_user_namespace)
{
	suite_need_root();
	suite_need_real_exec(); /* valgrind's clone has no helper */
	suite_in_child(hidden_from_the_namespace);
}
END_TEST

static void in_time_namespace(void)
{
	struct target target = { .types = CLONE_NEWTIME };
	char expected[64], output[256];
	int fd;

	begin_target(&target);
	fd = open_namespace(target.pid, "time");
	add_setns(fd, CLONE_NEWTIME);
	add_output();
	add_shell("readlink /proc/self/ns/time");
	run_program(output, sizeof(output));
	ck_assert_int_eq(status_of_program(), 0);
	name_namespace(target.pid, "time", expected, sizeof(expected));
	strcat(expected, "\n");
	ck_assert_str_eq(output, expected);
	close(fd);
	end_target(&target);
}

START_TEST(test_join__time_namespace_needs_no_successor)
{
	suite_need_root();
	suite_in_child(in_time_namespace);
}
END_TEST

/* ---- a helper that was altered ---- */

enum lie {
	LIE_ITSELF,
	LIE_OTHER_CHILD,
	LIE_STRANGER,
	LIE_NO_NUMBER,
	LIE_STOP,
	LIE_BY_SUCCESSOR,
	DIE_SILENTLY,
};

/* In the first two umasks: what to do, and another process. */
struct lies {
	uint32_t which, other;
};

static void say(int channel, int pid)
{
	const struct ctr__word word = { .step = 2, .pid = pid };

	(void)!write(channel, &word, sizeof(word));
}

/* The real one waits for its end. */
static void make_successor(int channel, bool speaks)
{
	const struct clone_args args = { .flags = CLONE_PARENT };
	const int helper = getpid();

	setpgid(0, 0);
	if (sys_clone3(&args) != 0)
		return;
	if (speaks)
		say(channel, helper + 1);
	for (;;)
		pause();
}

static void lie(const struct lies *l, int channel)
{
	switch ((enum lie)l->which) {
	case LIE_ITSELF:
		setpgid(0, 0);
		say(channel, getpid());
		break;
	case LIE_OTHER_CHILD:
	case LIE_STRANGER:
		say(channel, (int)l->other);
		break;
	case LIE_NO_NUMBER:
		say(channel, -1);
		break;
	case LIE_STOP:
		say(channel, 0);
		break;
	case LIE_BY_SUCCESSOR:
		make_successor(channel, true);
		break;
	case DIE_SILENTLY:
		make_successor(channel, false);
		_exit(0);
	}
	for (;;)
		pause();
}

/* This program, executed as the helper. */
static int lie_as_helper(int fd)
{
	struct ctr__image *image = altered_image(fd);
	const struct ctr__step *lying;
	struct lies l;

	if (!image)
		return 1;
	lying = altered_steps(image);
	l = (struct lies){ lying[0].umask, lying[1].umask };
	lie(&l, image->run.slots[CTR__SLOT_LAUNCH]);
	return 1;
}

static void begin_lying(enum lie which, pid_t other)
{
	struct ctr__launch launch;

	add((struct ctr__step){ .kind = CTR__STEP_UMASK, .umask = which });
	add((struct ctr__step){ .kind = CTR__STEP_UMASK, .umask = (uint32_t)other });
	add_successor();
	ctr__launch_init(&launch, steps, n_steps, CTR__MODE_ONESHOT);
	altered_begin(&under_way, &launch);
}

/* And whoever else it names lives on. */
START_TEST(test_join__believes_no_forged_successor)
{
	siginfo_t info = { 0 };
	pid_t other;

	suite_need_real_exec();
	other = fork();
	if (other == 0)
		for (;;)
			pause();
	begin_lying((enum lie)_i, _i == LIE_STRANGER ? getppid() : other);
	expect(CTR__OUTCOME_LIED, -1);
	end();
	ck_assert_int_eq(waitid(P_PID, (id_t)other, &info, WEXITED | WNOHANG), 0);
	ck_assert_int_eq(info.si_pid, 0);
	ck_assert_int_eq(getpgid(other), getpgid(0));
	kill(other, SIGKILL);
	ck_assert_int_eq(waitpid(other, NULL, 0), other);
	ck_assert_int_eq(waitpid(-1, NULL, __WALL), -1);
}
END_TEST

/* Nobody has said that there is a successor. */
START_TEST(test_join__finds_a_successor_of_a_dead_helper)
{
	suite_need_real_exec();
	begin_lying(DIE_SILENTLY, 0);
	expect(CTR__OUTCOME_KILLED, -1);
	end();
	ck_assert_int_eq(waitpid(-1, NULL, __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s;
	TCase *tc;

	if (argc == 2 && strcmp(argv[0], CTR__HELPER_NAME) == 0)
		return lie_as_helper(atoi(argv[1]));
	if (argc == 1 && strcmp(argv[0], DEATH_PRINTER) == 0)
		return print_death();
	s = suite_create("join");
	tc = suite_case(s, "join");
	tcase_add_test(tc, test_join__program_is_in_the_pid_namespace);
	tcase_add_test(tc, test_join__works_for_a_caller_that_is_process_1);
	tcase_add_test(tc, test_join__works_where_children_are_not_waited_for);
	tcase_add_test(tc, test_join__caller_is_the_parent);
	tcase_add_test(tc, test_join__stops_in_the_successor);
	tcase_add_test(tc, test_join__ends_a_successor_that_is_stopped);
	tcase_add_loop_test(tc, test_join__ends_anywhere, 0, 3);
	tcase_add_loop_test(tc, test_join__successor_ends_with_its_caller, 0, 2);
	tcase_add_test(tc, test_join__fails_in_a_dead_namespace);
	tcase_add_test(tc, test_join__fails_where_there_is_none);
	tcase_add_test(tc, test_join__notices_that_nothing_was_joined);
	tcase_add_test(tc, test_join__needs_a_helper);
	tcase_add_test(tc, test_join__fails_without_a_descriptor);
	tcase_add_test(tc, test_join__user_namespace_has_its_ids);
	tcase_add_loop_test(tc, test_join__still_dies_with_the_parent, 0, 2);
	tcase_add_test(tc, test_join__can_not_be_traced_from_the_user_namespace);
	tcase_add_test(tc, test_join__time_namespace_needs_no_successor);
	tcase_add_loop_test(tc, test_join__believes_no_forged_successor, LIE_ITSELF, DIE_SILENTLY);
	tcase_add_test(tc, test_join__finds_a_successor_of_a_dead_helper);
	return suite_run(s);
}
