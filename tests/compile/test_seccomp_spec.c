/* SPDX-License-Identifier: MIT */
/* Filters of a spec's own: loaded, refused, and with somebody who is asked. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "compile/plan.h"
#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* How a container may be made: these bits of a loop's number. */
enum { HELPER = 1, INIT = 2, TTY = 4, WAYS = 8 };

#define RULES(rules) "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[" rules "]}"
#define MKDIR(action) "{\"names\":[\"mkdir\",\"mkdirat\"],\"action\":\"SCMP_ACT_" action "\"}"
#define RULE(name, action) "{\"names\":[\"" name "\"],\"action\":\"SCMP_ACT_" action "\"}"

static ctr_error *err;

static void make(void)
{
	err = ctr_error_new();
}

static void drop(void)
{
	ctr_error_free(err);
}

static void check(int r)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

static ctr_spec *made_so(ctr_spec *spec, int way)
{
	ctr_process *process = ctr_spec_get_process(spec);

	check(ctr_spec_set_child(spec, way & HELPER ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err));
	check(ctr_process_set_init(process, way & INIT, err));
	if (way & TTY)
		check(ctr_process_set_tty(process, 1, 24, 80, err));
	return spec;
}

static ctr_spec *mkdir_spec(int way)
{
	return made_so(suite_spec(world_rootfs("root"), "mkdir", "/tmp/x", NULL), way);
}

/* ---- actions ---- */

static const struct {
	const char *rule;
	int status;
	const char *output;
} actions[] = {
	{ MKDIR("ALLOW"), 0, "" },
	{ MKDIR("LOG"), 0, "" },
	{ MKDIR("ERRNO"), 1, "Operation not permitted" },
	{ "{\"names\":[\"mkdir\",\"mkdirat\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":5}", 1,
	  "Input/output error" },
	{ MKDIR("TRACE"), 1, "Function not implemented" },
	{ MKDIR("TRAP"), 128 + SIGSYS, "" },
	{ MKDIR("KILL"), 128 + SIGSYS, "" },
	{ MKDIR("KILL_THREAD"), 128 + SIGSYS, "" },
	{ MKDIR("KILL_PROCESS"), 128 + SIGSYS, "" },
};

START_TEST(test_json__actions_are_done)
{
	const int at = _i / 4, way = _i % 4;
	ctr_spec *spec = mkdir_spec(way);
	char text[512], *output;

	snprintf(text, sizeof(text), RULES("%s"), actions[at].rule);
	check(ctr_process_set_seccomp_json(ctr_spec_get_process(spec), text, err));
	ck_assert_int_eq(suite_run_spec(spec, &output), actions[at].status);
	ck_assert_msg(strstr(output, actions[at].output), "%s", output);
	free(output);
}
END_TEST

START_TEST(test_json__is_for_the_bounding_set)
{
	static const char text[] =
		RULES("{\"names\":[\"mkdir\",\"mkdirat\"],\"action\":\"SCMP_ACT_ERRNO\","
		      "\"excludes\":{\"caps\":[\"CAP_CHOWN\"]}}");

	ctr_spec *spec = mkdir_spec(0);
	ctr_process *process = ctr_spec_get_process(spec);

	check(ctr_process_set_seccomp_json(process, text, err));
	if (_i)
		check(ctr_process_drop_cap(process, "CHOWN", err));
	ck_assert_int_eq(suite_run_spec(spec, NULL), _i);
}
END_TEST

/* The file has been read: it may go, and so may the directory that its name was from. */
START_TEST(test_file__is_read_at_once)
{
	ctr_spec *spec = mkdir_spec(_i), *clone;
	int cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	world_write(world_path("profile.json"), RULES(MKDIR("ERRNO")), 0600);
	ck_assert_int_eq(chdir(world_dir), 0);
	check(ctr_process_set_seccomp_file(ctr_spec_get_process(spec), "profile.json", err));
	ck_assert_int_eq(fchdir(cwd), 0);
	close(cwd);
	ck_assert_int_eq(unlink(world_path("profile.json")), 0);
	clone = ctr_spec_clone(spec, err);
	ck_assert_ptr_nonnull(clone);
	ck_assert_int_eq(suite_run_spec(spec, NULL), 1);
	ck_assert_int_eq(suite_run_spec(clone, NULL), 1);
}
END_TEST

/* What fails changes nothing, and what follows replaces. */
START_TEST(test_setters__replace_each_other)
{
	static const struct sock_filter kill[] = { BPF_STMT(BPF_RET | BPF_K,
							    SECCOMP_RET_KILL_PROCESS) };
	ctr_spec *spec = mkdir_spec(0);
	ctr_process *process = ctr_spec_get_process(spec);

	check(ctr_process_set_seccomp_bpf(process, kill, 1, err));
	check(ctr_process_set_seccomp_json(process, RULES(MKDIR("ERRNO")), err));
	ck_assert_int_eq(ctr_process_set_seccomp_json(process, "{}", err), -1);
	ck_assert_int_eq(ctr_process_set_seccomp_json(process, NULL, err), -1);
	ck_assert_int_eq(ctr_process_set_seccomp_file(process, NULL, err), -1);
	ck_assert_int_eq(ctr_process_set_seccomp_file(process, "", err), -1);
	ck_assert_int_eq(ctr_process_set_seccomp_file(process, world_path("none"), err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "open the seccomp profile");
	ck_assert_int_eq(ctr_process_set_seccomp_bpf(process, NULL, 1, err), -1);
	ck_assert_int_eq(ctr_process_set_seccomp_bpf(process, kill, 0, err), -1);
	ck_assert_int_eq(ctr_process_set_seccomp_bpf(process, kill, 4097, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "\"4097\": expected 1 to 4096");
	ck_assert_int_eq(ctr_process_set_seccomp(process, 3, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "expected CTR_SECCOMP_DEFAULT");
	ctr_spec_clear_error(spec);
	ck_assert_int_eq(suite_run_spec(ctr_spec_clone(spec, err), NULL), 1);
	check(ctr_process_set_seccomp(process, CTR_SECCOMP_LOG, err));
	ck_assert_int_eq(suite_run_spec(spec, NULL), 0);
}
END_TEST

/* A filter that allows few calls: nothing of ours is among them but what the start needs. */
START_TEST(test_json__a_short_list_is_enough)
{
	static const char text[] =
		"{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\",\"syscalls\":[{\"names\":["
		"\"execveat\",\"exit_group\",\"brk\",\"mmap\",\"mprotect\",\"munmap\",\"read\","
		"\"write\",\"openat\",\"close\",\"fstat\",\"newfstatat\",\"lseek\",\"fcntl\","
		"\"arch_prctl\",\"set_tid_address\",\"set_robust_list\",\"rseq\",\"getrandom\","
		"\"prlimit64\",\"readlink\",\"readlinkat\",\"getuid\",\"setgid\",\"setuid\","
		"\"uname\",\"ioctl\",\"writev\",\"prctl\"],\"action\":\"SCMP_ACT_ALLOW\"}]}";
	ctr_spec *spec = suite_spec(world_rootfs("root"), "echo", "here", NULL);
	char *output;

	suite_need_real_exec(); /* valgrind calls what it likes */
	check(ctr_process_set_seccomp_json(ctr_spec_get_process(spec), text, err));
	check(ctr_spec_set_child(spec, _i ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err));
	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	ck_assert_str_eq(output, "here\n");
	free(output);
}
END_TEST

/*
 * As people write them by hand, after strace(1) of a program: with execve, and without
 * execveat, close_range and what else a launcher may use.
 */
#define BY_HAND(action, execution)                                                                 \
	"{\"defaultAction\":\"SCMP_ACT_" action "\",\"architectures\":[\"SCMP_ARCH_X86_64\","      \
	"\"SCMP_ARCH_AARCH64\"],\"syscalls\":[{\"names\":[\"" execution "\",\"exit_group\","       \
	"\"exit\",\"brk\",\"mmap\",\"mprotect\",\"munmap\",\"read\",\"write\",\"open\","           \
	"\"openat\",\"close\",\"fstat\",\"newfstatat\",\"lseek\",\"access\",\"arch_prctl\","       \
	"\"set_tid_address\",\"set_robust_list\",\"rseq\",\"getrandom\",\"prlimit64\","            \
	"\"readlink\",\"readlinkat\",\"getuid\",\"setgid\",\"setuid\",\"uname\",\"ioctl\","        \
	"\"writev\",\"prctl\"],\"action\":\"SCMP_ACT_ALLOW\"}]}"

static const char *const by_hand[] = {
	BY_HAND("ERRNO", "execve"), BY_HAND("KILL", "execve"),	  BY_HAND("KILL_PROCESS", "execve"),
	BY_HAND("TRAP", "execve"),  BY_HAND("ERRNO", "execveat"), BY_HAND("KILL", "execveat"),
};

enum { BY_HAND_COUNT = sizeof(by_hand) / sizeof(by_hand[0]) };

START_TEST(test_json__execve_or_execveat_is_enough)
{
	ctr_spec *spec = suite_spec(world_rootfs("root"), "echo", "here", NULL);
	char *output;

	suite_need_real_exec(); /* valgrind calls what it likes */
	check(ctr_process_set_seccomp_json(ctr_spec_get_process(spec), by_hand[_i / 2], err));
	check(ctr_spec_set_child(spec, _i % 2 ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err));
	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	ck_assert_str_eq(output, "here\n");
	free(output);
}
END_TEST

START_TEST(test_bpf__is_loaded)
{
	static const struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
#ifdef SYS_mkdir
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdir, 1, 0),
#endif
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EDQUOT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	ctr_spec *spec = mkdir_spec(_i);
	char *output;

	check(ctr_process_set_seccomp_bpf(ctr_spec_get_process(spec), program,
					  sizeof(program) / sizeof(*program), err));
	ck_assert_int_eq(suite_run_spec(spec, &output), 1);
	ck_assert_msg(strstr(output, "quota exceeded"), "%s", output);
	free(output);
}
END_TEST

/* The kernel's word, with its cause. */
START_TEST(test_bpf__what_is_no_program_is_told)
{
	static const struct sock_filter programs[][2] = {
		{ BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), BPF_STMT(BPF_LD | BPF_IMM, 0) },
		{ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
		  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) },
	};
	ctr_spec *spec = mkdir_spec(_i & HELPER);

	check(ctr_process_set_seccomp_bpf(ctr_spec_get_process(spec), programs[_i / 2], 2, err));
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "the kernel does not accept this program");
	ck_assert_int_eq(ctr_error_errno(err), EINVAL);
	ctr_spec_free(spec);
}
END_TEST

/* ---- what must pass ---- */

#define ASKED "it sends "
#define REFUSED "it refuses "

static const struct {
	const char *text;
	int way;
	bool gains; /* no_new_privs is off */
	const char *words;
} unstartable[] = {
	{ RULES(RULE("execve", "ERRNO") "," RULE("execveat", "ERRNO")), 0, false,
	  REFUSED "execve," },
	{ RULES(RULE("execve", "NOTIFY") "," RULE("execveat", "NOTIFY")), 0, false,
	  ASKED "execve to the listener" },
	{ "{\"defaultAction\":\"SCMP_ACT_KILL\"}", 0, false, REFUSED "execve," },
	{ BY_HAND("ERRNO", "execve"), INIT, false, REFUSED "rt_sigprocmask" },
	{ RULES(RULE("epoll_pwait", "NOTIFY")), INIT, false, ASKED "epoll_pwait" },
	{ RULES(RULE("sendmsg", "NOTIFY")), 0, false, ASKED "sendmsg" },
	{ RULES(RULE("sendmsg", "ERRNO") "," MKDIR("NOTIFY")), 0, false, REFUSED "sendmsg" },
	{ RULES(RULE("close", "NOTIFY")), 0, false, ASKED "close" },
	{ RULES(RULE("exit_group", "NOTIFY")), 0, false, ASKED "exit_group" },
	/* of one descriptor, which may be ours */
	{ RULES("{\"names\":[\"close\"],\"action\":\"SCMP_ACT_NOTIFY\",\"args\":[{\"index\":0,"
		"\"value\":7,\"op\":\"SCMP_CMP_EQ\"}]}"),
	  0, false, ASKED "close" },
	{ RULES(RULE("clone", "NOTIFY")), INIT, false, ASKED "clone" },
	{ RULES(RULE("epoll_ctl", "ERRNO")), INIT, false, REFUSED "epoll_ctl" },
	{ RULES(RULE("write", "KILL")), INIT, false, REFUSED "write" },
	{ RULES(RULE("setpgid", "ERRNO")), INIT | TTY, false, REFUSED "setpgid" },
	{ RULES(RULE("setresuid", "ERRNO")), 0, true, REFUSED "setresuid" },
	{ RULES(MKDIR("NOTIFY")), 0, true, "leave no_new_privs on" },
	{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":["
	  "\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"]}",
	  0, false, "needs a rule with SCMP_ACT_NOTIFY" },
};

START_TEST(test_compile__refuses_what_could_not_start)
{
	ctr_spec *spec = mkdir_spec(unstartable[_i].way);
	ctr_process *process = ctr_spec_get_process(spec);

	check(ctr_process_set_seccomp_json(process, unstartable[_i].text, err));
	check(ctr_process_set_no_new_privs(process, !unstartable[_i].gains, err));
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_INVALID, unstartable[_i].words);
	ctr_spec_free(spec);
}
END_TEST

static const struct {
	const char *rule;
	int way;
} startable[] = {
	{ RULE("clone", "ERRNO"), 0 },
	{ RULE("sendmsg", "ERRNO"), 0 },
	{ RULE("setpgid", "ERRNO"), INIT },
	{ RULE("execve", "KILL"), 0 },
	{ "{\"names\":[\"prctl\"],\"action\":\"SCMP_ACT_KILL\",\"args\":[{\"index\":0,\"value\":21,"
	  "\"op\":\"SCMP_CMP_EQ\"}]}", /* PR_GET_SECCOMP */
	  0 },
	{ "{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_NOTIFY\",\"args\":[{\"index\":0,"
	  "\"value\":268435456,\"valueTwo\":268435456,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}",
	  INIT },
};

START_TEST(test_compile__takes_what_starts)
{
	ctr_spec *spec = mkdir_spec(startable[_i].way);
	char text[512];

	snprintf(text, sizeof(text), RULES("%s"), startable[_i].rule);
	check(ctr_process_set_seccomp_json(ctr_spec_get_process(spec), text, err));
	ck_assert_int_eq(suite_run_spec(spec, NULL), 0);
}
END_TEST

START_TEST(test_json__holds_without_no_new_privs)
{
	ctr_spec *spec = mkdir_spec(_i);
	ctr_process *process = ctr_spec_get_process(spec);

	suite_need_root();
	check(ctr_process_set_seccomp_json(process, RULES(MKDIR("ERRNO")), err));
	check(ctr_process_set_no_new_privs(process, 0, err));
	ck_assert_int_eq(suite_run_spec(spec, NULL), 1);
}
END_TEST

/* What looks at the calls that each kind makes behind the filter. */
static const char *const checks[] = {
#define STEP(kind, executor, put, object, hint, calls, text, detail, rest)                         \
	[CTR__STEP_##kind] = #calls,
#include "plan/steps.def"
};

/* Whether compile/seccomp.c looks at them, for a container that is made in this way. */
static bool is_looked_at(const char *what, int way, bool gains)
{
	return (!strcmp(what, "to_give_up_privileges") && gains) ||
	       (!strcmp(what, "by_init") && way & INIT) || !strcmp(what, "to_hand_over") ||
	       !strcmp(what, "at_gate") || !strcmp(what, "check_execution");
}

/* Adds to done the kinds that come behind the filter, or hand its listener over. */
static void look_behind_filter(int way, bool gains, bool *done)
{
	ctr_spec *spec = made_so(suite_spec(NULL, "true", NULL), way);
	ctr_process *process = ctr_spec_get_process(spec);
	bool behind = false;
	ctr_plan *plan;

	check(ctr_process_set_no_new_privs(process, !gains, err));
	check(ctr_process_set_user(process, 1000, 1000, err));
	check(ctr_process_set_die_with_parent(process, 1, err));
	check(ctr_process_set_securebits(process, SECBIT_NOROOT, err));
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	for (size_t i = 0; i < plan->steps.n; i++) {
		const enum ctr__step_kind kind = plan->steps.v[i].kind;

		behind = behind || kind == CTR__STEP_SECCOMP;
		if (!behind)
			continue;
		ck_assert_msg(is_looked_at(checks[kind], way, gains), "kind %d: %s", (int)kind,
			      checks[kind]);
		done[kind] = true;
	}
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}

START_TEST(test_compile__knows_which_steps_come_behind_the_filter)
{
	bool done[CTR__STEP_COUNT] = { false };

	suite_need_root();
	for (int way = 0; way < WAYS; way++) {
		look_behind_filter(way, false, done);
		look_behind_filter(way, true, done);
	}
	for (int kind = 0; kind < CTR__STEP_COUNT; kind++)
		ck_assert_msg(done[kind] == !!strcmp(checks[kind], "NONE"), "kind %d: %s", kind,
			      checks[kind]);
}
END_TEST

/* Each of them takes an instruction at least. */
START_TEST(test_compile__refuses_what_comes_to_too_much)
{
	const size_t size = 1024 * 1024;
	char *text = malloc(size);
	size_t n = (size_t)snprintf(text, size,
				    "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[");
	ctr_spec *spec = mkdir_spec(0);

	for (int i = 0; i < 4200; i++)
		n += (size_t)snprintf(
			text + n, size - n,
			"%s{\"names\":[\"ioctl\"],\"action\":\"SCMP_ACT_ERRNO\","
			"\"args\":[{\"index\":1,\"value\":%d,\"op\":\"SCMP_CMP_EQ\"}]}",
			i ? "," : "", i);
	snprintf(text + n, size - n, "]}");
	check(ctr_process_set_seccomp_json(ctr_spec_get_process(spec), text, err));
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_INVALID, "instructions, and the kernel accepts 4096");
	ctr_spec_free(spec);
	free(text);
}
END_TEST

/* ---- who is asked ---- */

static ctr_container *spawn(ctr_spec *spec)
{
	ctr_container *c = ctr_spawn(spec, err);

	ck_assert_msg(c, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
	return c;
}

static void end(ctr_container *c, int code)
{
	ck_assert_msg(ctr_container_wait(c, -1, err) == 1, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_container_exit_code(c), code);
	ctr_container_free(c);
}

/* Answers until the container has ended: how often. */
static int answer(const ctr_container *c, int listener, int error)
{
	struct pollfd p[] = { { .fd = listener, .events = POLLIN },
			      { .fd = ctr_container_pidfd(c), .events = POLLIN } };
	int n = 0;

	while (poll(p, 2, 20000) > 0 && (p[0].revents & POLLIN)) {
		struct seccomp_notif asked = { 0 };
		struct seccomp_notif_resp said = { 0 };

		ck_assert_int_eq(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked), 0);
		said.id = asked.id;
		said.error = -error;
		said.flags = error ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		ck_assert_int_eq(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &said), 0);
		n++;
	}
	ck_assert_msg(p[0].revents & POLLHUP || p[1].revents & POLLIN, "it still runs");
	return n;
}

static void ask(int way, int error, int code)
{
	ctr_spec *spec = mkdir_spec(way);
	ctr_container *c;
	int listener;

	check(ctr_process_set_seccomp_json(ctr_spec_get_process(spec), RULES(MKDIR("NOTIFY")),
					   err));
	c = spawn(spec);
	listener = ctr_container_take_seccomp_fd(c);
	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(fcntl(listener, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(ctr_container_take_seccomp_fd(c), -1);
	ck_assert_int_eq(answer(c, listener, error), 1);
	end(c, code);
	close(listener);
}

START_TEST(test_listener__refuses_for_the_host_program)
{
	ask(_i, EPERM, 1);
}
END_TEST

START_TEST(test_listener__lets_through_for_the_host_program)
{
	ask(_i, 0, 0);
}
END_TEST

/* Each has its own, also when they come from one plan. */
START_TEST(test_listener__is_one_for_each_container)
{
	ctr_spec *spec = mkdir_spec(_i);
	ctr_container *both[2];
	ctr_plan *plan;
	int listeners[2];

	check(ctr_process_set_seccomp_json(ctr_spec_get_process(spec), RULES(MKDIR("NOTIFY")),
					   err));
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	for (int i = 0; i < 2; i++) {
		both[i] = ctr_plan_spawn(plan, err);
		ck_assert_msg(both[i], "%s", ctr_error_message(err));
		listeners[i] = ctr_container_take_seccomp_fd(both[i]);
		ck_assert_int_ge(listeners[i], 0);
	}
	for (int i = 1; i >= 0; i--) {
		ck_assert_int_eq(answer(both[i], listeners[i], i ? EPERM : 0), 1);
		end(both[i], i);
		close(listeners[i]);
	}
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}
END_TEST

/* Each number in turn is a target, so it also hits those that the library uses. */
START_TEST(test_listener__is_not_for_the_program)
{
	for (int target = 3; target < 20; target++) {
		ctr_spec *spec =
			suite_spec(NULL, "sh", "-c", "ls -v /proc/self/fd | tr '\\n' ' '", NULL);
		char expected[64], *output;

		check(ctr_spec_set_child(spec, _i ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err));
		check(ctr_process_set_fd(ctr_spec_get_process(spec), target, -1, err));
		check(ctr_process_set_seccomp_json(ctr_spec_get_process(spec),
						   RULES(RULE("sync", "NOTIFY")), err));
		ck_assert_int_eq(suite_run_spec(spec, &output), 0);
		/* One more is the directory that ls reads. */
		snprintf(expected, sizeof(expected), target == 3 ? "0 1 2 3 4 " : "0 1 2 3 %d ",
			 target);
		ck_assert_str_eq(output, expected);
		free(output);
	}
}
END_TEST

/* Nobody takes it: the program waits until the container is freed, and no longer. */
START_TEST(test_listener__ends_with_the_container)
{
	ctr_spec *spec = mkdir_spec(_i);
	ctr_container *c;

	check(ctr_process_set_seccomp_json(ctr_spec_get_process(spec), RULES(MKDIR("NOTIFY")),
					   err));
	c = spawn(spec);
	ck_assert_int_eq(ctr_container_wait(c, 100, err), 0);
	ctr_container_free(c);
}
END_TEST

START_TEST(test_listener__there_is_none_without_a_question)
{
	ctr_spec *spec = mkdir_spec(_i);
	ctr_container *c;

	check(ctr_process_set_seccomp_json(ctr_spec_get_process(spec), RULES(MKDIR("ERRNO")), err));
	c = spawn(spec);
	ck_assert_int_eq(ctr_container_take_seccomp_fd(c), -1);
	end(c, 1);
}
END_TEST

START_TEST(test_listener__needs_a_descriptor)
{
	ctr_spec *spec = mkdir_spec(_i);
	ctr_process *process = ctr_spec_get_process(spec);

	suite_need_real_exec(); /* whose own descriptors raise the limit */
	check(ctr_process_set_seccomp_json(process, RULES(MKDIR("NOTIFY")), err));
	check(ctr_process_set_rlimit(process, RLIMIT_NOFILE, 3, 3, err));
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "nofile leaves no descriptor for the listener");
	ctr_spec_free(spec);
}
END_TEST

/* As in a container of somebody who listens: the kernel allows one. */
static void listen_twice(void)
{
	static const struct sock_filter asks[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sync, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 4, .filter = (struct sock_filter *)(uintptr_t)asks };
	ctr_spec *spec = mkdir_spec(0);
	int outer = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				 SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);

	ck_assert_int_ge(outer, 0);
	check(ctr_process_set_seccomp_json(ctr_spec_get_process(spec), RULES(MKDIR("NOTIFY")),
					   err));
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "already has a listener");
	ck_assert_int_eq(ctr_error_errno(err), EBUSY);
	ctr_spec_free(spec);
	close(outer);
}

START_TEST(test_listener__there_can_be_one_only)
{
	suite_need_root();
	suite_need_real_exec(); /* which does not know the call */
	suite_in_child(listen_twice);
}
END_TEST

/* ---- the default one ---- */

/* By the default one the call does not get as far as to the kernel's own answer. */
START_TEST(test_log__refuses_nothing)
{
	static const char script[] = "grep '^Seccomp:' /proc/self/status; unshare -U true";
	static const struct {
		uint32_t mode;
		const char *state;
		int status;
	} modes[] = {
		{ CTR_SECCOMP_DEFAULT, "Seccomp:\t2", 1 },
		{ CTR_SECCOMP_NONE, "Seccomp:\t0", 0 },
		{ CTR_SECCOMP_LOG, "Seccomp:\t2", 0 },
	};
	char *output;

	suite_need_root();
	for (int i = 0; i < COUNT(modes); i++) {
		ctr_spec *spec = suite_spec(NULL, "sh", "-c", script, NULL);

		check(ctr_spec_set_child(spec, _i ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err));
		check(ctr_process_set_seccomp(ctr_spec_get_process(spec), modes[i].mode, err));
		ck_assert_int_eq(suite_run_spec(spec, &output), modes[i].status);
		ck_assert_msg(strstr(output, modes[i].state), "%s", output);
		free(output);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("seccomp_spec");
	TCase *tc = suite_case(s, "seccomp_spec");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_json__actions_are_done, 0, COUNT(actions) * 4);
	tcase_add_loop_test(tc, test_json__is_for_the_bounding_set, 0, 2);
	tcase_add_loop_test(tc, test_file__is_read_at_once, 0, 2);
	tcase_add_test(tc, test_setters__replace_each_other);
	tcase_add_loop_test(tc, test_json__a_short_list_is_enough, 0, 2);
	tcase_add_loop_test(tc, test_json__execve_or_execveat_is_enough, 0, 2 * BY_HAND_COUNT);
	tcase_add_loop_test(tc, test_bpf__is_loaded, 0, 2);
	tcase_add_loop_test(tc, test_bpf__what_is_no_program_is_told, 0, 4);
	tcase_add_loop_test(tc, test_compile__refuses_what_could_not_start, 0, COUNT(unstartable));
	tcase_add_loop_test(tc, test_compile__takes_what_starts, 0, COUNT(startable));
	tcase_add_loop_test(tc, test_json__holds_without_no_new_privs, 0, 2);
	tcase_add_test(tc, test_compile__knows_which_steps_come_behind_the_filter);
	tcase_add_test(tc, test_compile__refuses_what_comes_to_too_much);
	tcase_add_loop_test(tc, test_listener__refuses_for_the_host_program, 0, WAYS);
	tcase_add_loop_test(tc, test_listener__lets_through_for_the_host_program, 0, WAYS);
	tcase_add_loop_test(tc, test_listener__is_one_for_each_container, 0, 2);
	tcase_add_loop_test(tc, test_listener__is_not_for_the_program, 0, 2);
	tcase_add_loop_test(tc, test_listener__ends_with_the_container, 0, 2);
	tcase_add_loop_test(tc, test_listener__there_is_none_without_a_question, 0, 2);
	tcase_add_loop_test(tc, test_listener__needs_a_descriptor, 0, 2);
	tcase_add_test(tc, test_listener__there_can_be_one_only);
	tcase_add_loop_test(tc, test_log__refuses_nothing, 0, 2);
	return suite_run(s);
}
