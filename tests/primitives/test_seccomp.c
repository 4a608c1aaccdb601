/* SPDX-License-Identifier: MIT */
/* Filters: what is refused of a profile, what one does to calls, and in the calling process. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "primitives/effect.h"
#include "primitives/seccomp.h"
#include "primitives/seccomp_table.h"
#include "support/arm32.h"
#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define MARK 99 /* an errno that no call here gives by itself */
#define HIGH 0x100000000ull

static const char *format(const char *text, ...) __attribute__((format(printf, 1, 2)));
static const char *format(const char *text, ...)
{
	static char rooms[4][4096];
	static unsigned next;
	char *room = rooms[next++ % 4];
	va_list args;

	va_start(args, text);
	vsnprintf(room, sizeof(rooms[0]), text, args);
	va_end(args);
	return room;
}

/* ---- what is refused ---- */

#define IN_RULE(what)                                                                              \
	"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],"               \
	"\"action\":\"SCMP_ACT_ALLOW\"},{" what "}]}"
#define IN_NAMED_RULE(what) IN_RULE("\"names\":[\"getpgid\"],\"action\":\"SCMP_ACT_ERRNO\"," what)
#define IN_ARG(what) IN_NAMED_RULE("\"args\":[{" what "}]")
#define ON_TOP(what) "{\"defaultAction\":\"SCMP_ACT_ALLOW\"," what "}"

static const struct {
	const char *text, *words;
} bad[] = {
	/* not JSON */
	{ "", "line 1 is not JSON: unexpected end of data" },
	{ "{", "line 1 is not JSON" },
	{ "\n\n{\"defaultAction\":\n SCMP_ACT_ALLOW}", "line 4 is not JSON" },
	{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\"} x", "is not JSON" },
	{ "{'defaultAction':'SCMP_ACT_ALLOW'}", "is not JSON" },
	{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",}", "is not JSON" },
	{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\" /* all */}", "is not JSON" },
	{ "{\"defaultAction\":\"\xff\"}", "is not JSON" },
	{ "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]", "nesting too deep" },
	{ IN_NAMED_RULE("\"errnoRet\":NaN"), "errnoRet \"NaN\": expected a whole number" },
	{ IN_NAMED_RULE("\"errnoRet\":Infinity"), "errnoRet \"Infinity\": expected a whole" },
	/* the top */
	{ "null", "seccomp profile \"null\": expected an object" },
	{ "[]", "seccomp profile \"[]\": expected an object" },
	{ "7", "seccomp profile \"7\": expected an object" },
	{ "{}", "seccomp profile: defaultAction \"null\": expected a string" },
	{ "{\"defaultAction\":1}", "seccomp profile: defaultAction \"1\": expected a string" },
	{ "{\"defaultAction\":\"\"}", "defaultAction \"\": expected a string that is not empty" },
	{ "{\"defaultAction\":\"SCMP_ACT_\\u0000\"}", "without NUL" },
	{ "{\"defaultAction\":\"ALLOW\"}",
	  "defaultAction \"ALLOW\": expected one of SCMP_ACT_ALLOW, SCMP_ACT_ERRNO, SCMP_ACT_KILL, "
	  "SCMP_ACT_KILL_THREAD, SCMP_ACT_KILL_PROCESS, SCMP_ACT_TRAP, SCMP_ACT_TRACE, "
	  "SCMP_ACT_LOG, SCMP_ACT_NOTIFY" },
	{ "{\"defaultAction\":\"scmp_act_allow\"}", "expected one of SCMP_ACT_ALLOW" },
	{ ON_TOP("\"defaultErrnoRet\":1"),
	  "defaultErrnoRet \"1\": expected none: SCMP_ACT_ERRNO and SCMP_ACT_TRACE have one" },
	{ "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":4096}",
	  "defaultErrnoRet \"4096\": expected a whole number from 0 to 4095" },
	{ ON_TOP("\"syscall\":[]"), "syscall \"[]\": expected no such key, but defaultAction" },
	{ ON_TOP("\"syscalls\":{}"), "syscalls \"{}\": expected an array" },
	{ ON_TOP("\"syscalls\":[7]"), "syscalls[0] \"7\": expected an object" },
	{ ON_TOP("\"syscalls\":[null]"), "syscalls[0] \"null\": expected an object" },
	{ ON_TOP("\"listenerPath\":\"/run/x\""), "ctr_container_take_seccomp_fd()" },
	{ ON_TOP("\"listenerMetadata\":\"x\""), "ctr_container_take_seccomp_fd()" },
	/* architectures */
	{ ON_TOP("\"architectures\":[\"X86\"]"),
	  "architectures[0] \"X86\": expected one of SCMP_ARCH_X86_64" },
	{ ON_TOP("\"architectures\":\"SCMP_ARCH_X86\""), "architectures \"SCMP_ARCH_X86\": expected"
							 " an array" },
	{ ON_TOP("\"archMap\":[{\"architecture\":\"amd64\"}]"),
	  "archMap[0].architecture \"amd64\"" },
	{ ON_TOP("\"archMap\":[{}]"), "archMap[0].architecture \"null\": expected a string" },
	{ ON_TOP("\"archMap\":[{\"architecture\":\"SCMP_ARCH_X86\",\"subArchitectures\":[\"x\"]}]"),
	  "archMap[0].subArchitectures[0] \"x\"" },
	{ ON_TOP("\"archMap\":[{\"arch\":\"SCMP_ARCH_X86\"}]"),
	  "archMap[0].arch \"SCMP_ARCH_X86\": "
	  "expected no such key" },
	{ ON_TOP("\"architectures\":[\"SCMP_ARCH_X86\"],"
		 "\"archMap\":[{\"architecture\":\"SCMP_ARCH_X86\"}]"),
	  "expected either this or architectures, not both" },
	/* flags */
	{ ON_TOP("\"flags\":[\"SECCOMP_FILTER_FLAG_NEW_LISTENER\"]"),
	  "flags[0] \"SECCOMP_FILTER_FLAG_NEW_LISTENER\": expected one of SECCOMP_FILTER_FLAG_LOG" },
	{ ON_TOP("\"flags\":[1]"), "flags[0] \"1\": expected a string" },
	/* rules */
	{ IN_RULE("\"action\":\"SCMP_ACT_ERRNO\""),
	  "syscalls[1].names \"null\": expected an array" },
	{ IN_RULE("\"names\":[\"read\"]"), "syscalls[1].action \"null\": expected a string" },
	{ IN_RULE("\"names\":[\"read\"],\"action\":\"SCMP_ACT_DENY\""),
	  "syscalls[1].action \"SCMP_ACT_DENY\": expected one of" },
	{ IN_RULE("\"names\":\"read\",\"action\":\"SCMP_ACT_ERRNO\""),
	  "syscalls[1].names \"read\": expected an array" },
	{ IN_RULE("\"names\":[\"read\",2],\"action\":\"SCMP_ACT_ERRNO\""),
	  "syscalls[1].names[1] \"2\": expected a string" },
	{ IN_RULE("\"names\":[\"\"],\"action\":\"SCMP_ACT_ERRNO\""),
	  "syscalls[1].names[0] \"\": expected a string that is not empty" },
	{ IN_RULE("\"names\":[\"read\"],\"name\":\"read\",\"action\":\"SCMP_ACT_ERRNO\""),
	  "syscalls[1].name \"read\": expected either this or names, not both" },
	{ IN_NAMED_RULE("\"errno\":1"), "syscalls[1].errno \"1\": expected no such key" },
	{ IN_NAMED_RULE("\"errnoRet\":-1"),
	  "syscalls[1].errnoRet \"-1\": expected a whole number from 0 to 4095" },
	{ IN_NAMED_RULE("\"errnoRet\":1.0"), "errnoRet \"1.0\": expected a whole number" },
	{ IN_NAMED_RULE("\"errnoRet\":\"EPERM\""), "errnoRet \"EPERM\": expected a whole number" },
	{ IN_RULE("\"names\":[\"read\"],\"action\":\"SCMP_ACT_TRACE\",\"errnoRet\":65536"),
	  "errnoRet \"65536\": expected a whole number from 0 to 65535" },
	{ IN_RULE("\"names\":[\"read\"],\"action\":\"SCMP_ACT_KILL\",\"errnoRet\":1"),
	  "syscalls[1].errnoRet \"1\": expected none" },
	/* arguments */
	{ IN_NAMED_RULE("\"args\":{}"), "syscalls[1].args \"{}\": expected an array" },
	{ IN_ARG(""), "syscalls[1].args[0].index \"null\": expected a whole number from 0 to 5" },
	{ IN_ARG("\"index\":6,\"value\":1,\"op\":\"SCMP_CMP_EQ\""), "args[0].index \"6\"" },
	{ IN_ARG("\"index\":-1,\"value\":1,\"op\":\"SCMP_CMP_EQ\""), "args[0].index \"-1\"" },
	{ IN_ARG("\"index\":0,\"op\":\"SCMP_CMP_EQ\""), "args[0].value \"null\"" },
	{ IN_ARG("\"index\":0,\"value\":-1,\"op\":\"SCMP_CMP_EQ\""), "args[0].value \"-1\"" },
	{ IN_ARG("\"index\":0,\"value\":18446744073709551616,\"op\":\"SCMP_CMP_EQ\""),
	  "line 1 has a number above 18446744073709551615" },
	{ IN_ARG("\"index\":0,\"value\":1e3,\"op\":\"SCMP_CMP_EQ\""), "expected a whole number" },
	{ IN_ARG("\"index\":0,\"value\":1,\"valueTwo\":-2,\"op\":\"SCMP_CMP_MASKED_EQ\""),
	  "args[0].valueTwo \"-2\"" },
	{ IN_ARG("\"index\":0,\"value\":1"), "args[0].op \"null\": expected a string" },
	{ IN_ARG("\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_XX\""),
	  "seccomp profile: syscalls[1].args[0].op \"SCMP_CMP_XX\": expected one of SCMP_CMP_NE, "
	  "SCMP_CMP_LT, SCMP_CMP_LE, SCMP_CMP_EQ, SCMP_CMP_GE, SCMP_CMP_GT, SCMP_CMP_MASKED_EQ" },
	{ IN_ARG("\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\",\"mask\":1"),
	  "args[0].mask \"1\": expected no such key, but index, value, valueTwo, op" },
	/* conditions */
	{ IN_NAMED_RULE("\"includes\":[]"), "syscalls[1].includes \"[]\": expected an object" },
	{ IN_NAMED_RULE("\"includes\":{\"cap\":[]}"), "includes.cap \"[]\": expected no such key" },
	{ IN_NAMED_RULE("\"includes\":{\"caps\":[\"CAP_SYS_ROOT\"]}"),
	  "includes.caps[0] \"CAP_SYS_ROOT\": expected a capability" },
	{ IN_NAMED_RULE("\"excludes\":{\"arches\":[\"x86_64\"]}"),
	  "excludes.arches[0] \"x86_64\": expected one of amd64" },
	{ IN_NAMED_RULE("\"includes\":{\"minKernel\":4.8}"),
	  "minKernel \"4.8\": expected a string" },
	{ IN_NAMED_RULE("\"includes\":{\"minKernel\":\"4\"}"), "expected a version such as 4.8" },
	{ IN_NAMED_RULE("\"includes\":{\"minKernel\":\"4.8.1\"}"), "expected a version" },
	{ IN_NAMED_RULE("\"includes\":{\"minKernel\":\"4.x\"}"), "expected a version" },
	{ IN_NAMED_RULE("\"includes\":{\"minKernel\":\"0.0\"}"), "expected a version" },
	{ IN_NAMED_RULE("\"includes\":{\"minKernel\":\"4.256\"}"), "expected a version" },
};

START_TEST(test_profile__refuses_what_is_none)
{
	struct ctr__profile profile;

	ck_assert_int_eq(ctr__seccomp_profile(bad[_i].text, NULL, 0, NULL, err), -1);
	suite_expect_error(err, CTR_E_INVALID, bad[_i].words);
	ck_assert_int_eq(ctr__seccomp_profile(bad[_i].text, NULL, 0, &profile, err), -1);
	suite_expect_error(err, CTR_E_INVALID, bad[_i].words);
}
END_TEST

START_TEST(test_profile__errors_name_the_file)
{
	ck_assert_int_eq(ctr__seccomp_profile("{}", "/etc/p.json", 0, NULL, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "seccomp profile /etc/p.json: defaultAction");
}
END_TEST

/* One more than the most. */
START_TEST(test_profile__is_bounded)
{
	const size_t size = 1024 * 1024;
	char *text = malloc(size + 2);
	const char *few = "{\"defaultAction\":\"SCMP_ACT_ALLOW\"}";

	memset(text, ' ', size + 1);
	text[size + 1] = '\0';
	memcpy(text, few, strlen(few));
	ck_assert_int_eq(ctr__seccomp_profile(text, NULL, 0, NULL, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "expected at most 1 MiB");
	text[size] = '\0';
	effect_done(ctr__seccomp_profile(text, NULL, 0, NULL, err));
	free(text);
}
END_TEST

/* ---- what a filter comes to ---- */

static unsigned outcomes(const char *text, uint64_t caps, const struct ctr__call *call)
{
	struct ctr__profile profile;
	unsigned result;

	ck_assert_msg(ctr__seccomp_profile(text, NULL, caps, &profile, err) == 0, "%s",
		      ctr_error_message(err));
	ck_assert_int_eq(ctr__seccomp_outcomes(profile.insns, profile.n, call, &result), 0);
	free(profile.insns);
	return result;
}

static unsigned outcome_of(const char *condition, uint64_t caps)
{
	const struct ctr__call call = { SYS_getpgid, 0, { 0 } };

	return outcomes(format("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":["
			       "\"getpgid\"],\"action\":\"SCMP_ACT_ALLOW\",%s}]}",
			       condition),
			caps, &call);
}

#ifdef __x86_64__
#define MACHINE "amd64"
#define OTHER "arm64"
#else
#define MACHINE "arm64"
#define OTHER "amd64"
#endif

#define CAPS(a, b) "{\"caps\":[\"CAP_" a "\",\"CAP_" b "\"]}"
#define ADMIN (1ull << 21)
#define NICE (1ull << 23)

static const struct {
	const char *condition;
	uint64_t caps;
	bool applies;
} conditions[] = {
	{ "\"includes\":{}", 0, true },
	{ "\"includes\":null,\"excludes\":null,\"args\":null", 0, true },
	{ "\"comment\":\"x\"", 0, true },
	{ "\"includes\":" CAPS("SYS_ADMIN", "SYS_NICE"), ADMIN, false },
	{ "\"includes\":" CAPS("SYS_ADMIN", "SYS_NICE"), ADMIN | NICE, true },
	{ "\"excludes\":" CAPS("SYS_ADMIN", "SYS_NICE"), 0, true },
	{ "\"excludes\":" CAPS("SYS_ADMIN", "SYS_NICE"), NICE, false },
	{ "\"includes\":{\"arches\":[\"" OTHER "\",\"" MACHINE "\"]}", 0, true },
	{ "\"includes\":{\"arches\":[\"" OTHER "\"]}", 0, false },
	{ "\"excludes\":{\"arches\":[\"" OTHER "\"]}", 0, true },
	{ "\"excludes\":{\"arches\":[\"" OTHER "\",\"" MACHINE "\"]}", 0, false },
	{ "\"includes\":{\"minKernel\":\"4.8\"}", 0, true },
	{ "\"includes\":{\"minKernel\":\"255.0\"}", 0, false },
	{ "\"excludes\":{\"minKernel\":\"4.8\"}", 0, false },
	{ "\"excludes\":{\"minKernel\":\"255.0\"}", 0, true },
	{ "\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]},\"excludes\":{\"caps\":[\"CAP_SYS_NICE\"]}",
	  ADMIN, true },
	{ "\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]},\"excludes\":{\"caps\":[\"CAP_SYS_NICE\"]}",
	  ADMIN | NICE, false },
};

START_TEST(test_profile__conditions_hold)
{
	const unsigned expected = conditions[_i].applies ? CTR__MAY_PASS : CTR__MAY_REFUSE;

	ck_assert_msg(outcome_of(conditions[_i].condition, conditions[_i].caps) == expected, "%s",
		      conditions[_i].condition);
}
END_TEST

/* The running kernel's own version is enough, the next one is too much. */
START_TEST(test_profile__kernels_are_compared_as_numbers)
{
	struct utsname host;
	int major, minor;

	ck_assert_int_eq(uname(&host), 0);
	ck_assert_int_eq(sscanf(host.release, "%d.%d", &major, &minor), 2);
	for (int more = 0; more < 2; more++)
		ck_assert_uint_eq(outcome_of(format("\"includes\":{\"minKernel\":\"%d.%d\"}", major,
						    minor + more),
					     0),
				  more ? CTR__MAY_REFUSE : CTR__MAY_PASS);
}
END_TEST

START_TEST(test_profile__skips_unknown_names)
{
	const struct ctr__call call = { SYS_read, 0, { 0 } };

	ck_assert_uint_eq(outcomes("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":"
				   "[\"nosuchcall\",\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
				   0, &call),
			  CTR__MAY_PASS);
}
END_TEST

/* The whole form at once, from a file of the corpus. */
START_TEST(test_profile__takes_the_whole_form)
{
	static const struct {
		struct ctr__call call;
		uint64_t caps;
		unsigned outcomes;
	} cases[] = {
		{ { SYS_read, 0, { 0 } }, 0, CTR__MAY_PASS },
		{ { SYS_mount, 0, { 0 } }, 0, CTR__MAY_REFUSE },
		{ { SYS_mount, 0, { 0 } }, ADMIN, CTR__MAY_PASS },
		{ { SYS_clone, 1, { 0x02000000 } }, 0, CTR__MAY_REFUSE },
		{ { SYS_clone, 1, { SIGCHLD } }, 0, CTR__MAY_PASS },
		{ { SYS_clone, 0, { 0 } }, 0, CTR__MAY_PASS | CTR__MAY_REFUSE },
		{ { SYS_clone, 0, { 0 } }, ADMIN, CTR__MAY_PASS },
		{ { SYS_mkdirat, 0, { 0 } }, 0, CTR__MAY_NOTIFY },
		{ { SYS_sync, 0, { 0 } }, 0, CTR__MAY_PASS },
		{ { SYS_personality, 1, { 8 } }, 0, CTR__MAY_PASS },
		{ { SYS_personality, 1, { 9 } }, 0, CTR__MAY_REFUSE },
	};
	char *text;

	effect_done(ctr__seccomp_read(CORPUS "/everything.json", &text, err));
	for (int i = 0; i < COUNT(cases); i++)
		ck_assert_msg(outcomes(text, cases[i].caps, &cases[i].call) == cases[i].outcomes,
			      "case %d", i);
	free(text);
}
END_TEST

/* Programs that no compiler makes: each path counts, and jumps out of it are refusals. */
START_TEST(test_outcomes__of_a_program_by_hand)
{
	static const struct {
		struct sock_filter insns[4];
		size_t n;
		unsigned outcomes;
	} programs[] = {
		{ { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_LOG) }, 1, CTR__MAY_PASS },
		{ { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF) }, 1, CTR__MAY_NOTIFY },
		{ { BPF_STMT(BPF_RET | BPF_K, 0) }, 1, CTR__MAY_REFUSE },
		{ { BPF_STMT(BPF_LD | BPF_IMM, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_A, 0) },
		  2,
		  CTR__MAY_PASS },
		{ { BPF_STMT(BPF_LD | BPF_MEM, 0), BPF_STMT(BPF_RET | BPF_A, 0) },
		  2,
		  CTR__MAY_PASS | CTR__MAY_NOTIFY | CTR__MAY_REFUSE },
		{ { BPF_STMT(BPF_LDX | BPF_IMM, 0), BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0),
		    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) },
		  3,
		  CTR__MAY_REFUSE },
		{ { BPF_STMT(BPF_LDX | BPF_MEM, 0), BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0),
		    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) },
		  3,
		  CTR__MAY_PASS | CTR__MAY_REFUSE },
		{ { BPF_STMT(BPF_LDX | BPF_IMM, 2), BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0),
		    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) },
		  3,
		  CTR__MAY_PASS },
		{ { BPF_STMT(BPF_JMP | BPF_JA, 7) }, 1, CTR__MAY_REFUSE },
		{ { BPF_STMT(BPF_LD | BPF_IMM, 3) }, 1, CTR__MAY_REFUSE },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 8), /* where it is called from */
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
		    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF) },
		  4,
		  CTR__MAY_PASS | CTR__MAY_NOTIFY },
		{ { BPF_STMT(BPF_LDX | BPF_IMM, 5), BPF_STMT(BPF_MISC | BPF_TXA, 0),
		    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_X, 0, 0, 9),
		    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) },
		  4,
		  CTR__MAY_PASS },
	};
	const struct ctr__call call = { SYS_read, 0, { 0 } };

	for (int i = 0; i < COUNT(programs); i++) {
		unsigned result;

		ck_assert_int_eq(
			ctr__seccomp_outcomes(programs[i].insns, programs[i].n, &call, &result), 0);
		ck_assert_msg(result == programs[i].outcomes, "program %d: %u", i, result);
	}
}
END_TEST

/* What the init needs and the default filter refuses would be a start that fails. */
START_TEST(test_default__log_refuses_nothing)
{
	const struct ctr__call calls[] = {
		{ SYS_mount, 0, { 0 } },	   { SYS_io_uring_setup, 0, { 0 } },
		{ SYS_clone3, 0, { 0 } },	   { SYS_clone, 1, { 0x10000000 } },
		{ SYS_socket, 1, { AF_ALG } },	   { SYS_ioctl, 2, { 0, TIOCSTI } },
		{ SYS_personality, 1, { 4 } },	   { SYS_fcntl, 2, { 0, F_SETLEASE } },
		{ SYS_socketpair, 1, { AF_ALG } }, { 9999, 0, { 0 } },
	};
	unsigned result;

	for (int log = 0; log < 2; log++) {
		struct sock_filter *insns;
		size_t n;

		ck_assert_int_eq(ctr__seccomp_build(ctr_caps_default(), log, &insns, &n), 0);
		for (int i = 0; i < COUNT(calls); i++) {
			ck_assert_int_eq(ctr__seccomp_outcomes(insns, n, &calls[i], &result), 0);
			ck_assert_msg(result == (log ? CTR__MAY_PASS : CTR__MAY_REFUSE),
				      "call %d, log %d: %u", i, log, result);
		}
		free(insns);
	}
}
END_TEST

/* The kernel reads 32 bits of these: what is in the others makes no difference. */
START_TEST(test_default__refuses_requests_by_32_bits)
{
	static const struct {
		int nr;
		uint32_t request;
		unsigned outcomes;
	} cases[] = {
		{ SYS_ioctl, TIOCSTI, CTR__MAY_REFUSE },
		{ SYS_ioctl, TIOCLINUX, CTR__MAY_REFUSE },
		{ SYS_ioctl, TIOCGWINSZ, CTR__MAY_PASS },
		{ SYS_ioctl, F_SETLEASE, CTR__MAY_PASS },
		{ SYS_fcntl, F_SETLEASE, CTR__MAY_REFUSE },
		{ SYS_fcntl, F_NOTIFY, CTR__MAY_REFUSE },
		{ SYS_fcntl, 1040, CTR__MAY_REFUSE },
		{ SYS_fcntl, F_GETLEASE, CTR__MAY_PASS },
		{ SYS_fcntl, F_SETFD, CTR__MAY_PASS },
		{ SYS_fcntl, F_SETSIG, CTR__MAY_PASS },
		{ SYS_fcntl, F_SETOWN, CTR__MAY_PASS },
		{ SYS_fcntl, F_SETOWN_EX, CTR__MAY_PASS },
		{ SYS_fcntl, F_OFD_SETLK, CTR__MAY_PASS },
		{ SYS_fcntl, F_ADD_SEALS, CTR__MAY_PASS },
		{ SYS_fcntl, TIOCSTI, CTR__MAY_PASS },
	};
	static const uint64_t above[] = { 0, HIGH, UINT64_MAX << 32 };
	struct sock_filter *insns;
	unsigned result;
	size_t n;

	ck_assert_int_eq(ctr__seccomp_build(ctr_caps_default(), false, &insns, &n), 0);
	for (int i = 0; i < COUNT(cases); i++)
		for (int j = 0; j < COUNT(above); j++) {
			const struct ctr__call call = { cases[i].nr,
							2,
							{ 0, above[j] | cases[i].request } };

			ck_assert_int_eq(ctr__seccomp_outcomes(insns, n, &call, &result), 0);
			ck_assert_msg(result == cases[i].outcomes, "case %d, above %d: %u", i, j,
				      result);
		}
	free(insns);
}
END_TEST

/* Of a pair of sockets as of one, and by the 32 bits that the kernel reads. */
START_TEST(test_default__families_are_few)
{
	static const uint64_t above[] = { 0, HIGH, UINT64_MAX << 32 };
	struct sock_filter *insns;
	size_t n;

	ck_assert_int_eq(ctr__seccomp_build(ctr_caps_default(), false, &insns, &n), 0);
	for (uint64_t family = 0; family < 64; family++) {
		const bool usual = family == AF_UNIX || family == AF_INET || family == AF_INET6 ||
				   family == AF_NETLINK || family == AF_PACKET;

		for (int j = 0; j < 2 * COUNT(above); j++) {
			const struct ctr__call call = { j % 2 ? SYS_socket : SYS_socketpair,
							1,
							{ above[j / 2] | family } };
			unsigned result;

			ck_assert_int_eq(ctr__seccomp_outcomes(insns, n, &call, &result), 0);
			ck_assert_msg(result == (usual ? CTR__MAY_PASS : CTR__MAY_REFUSE),
				      "family %d, %d: %u", (int)family, j, result);
		}
	}
	free(insns);
}
END_TEST

/* -1 asks which one it is: compared in 32 bits, as the kernel reads it. */
START_TEST(test_default__personalities_are_few)
{
	static const struct {
		uint64_t persona;
		unsigned outcomes;
	} cases[] = {
		{ 0, CTR__MAY_PASS },	       { 8, CTR__MAY_PASS },
		{ 0x20000, CTR__MAY_PASS },    { 0x20008, CTR__MAY_PASS },
		{ UINT32_MAX, CTR__MAY_PASS }, { UINT64_MAX, CTR__MAY_PASS },
		{ HIGH | 8, CTR__MAY_PASS },   { 4, CTR__MAY_REFUSE },
		{ 0x40000, CTR__MAY_REFUSE },  { 0x400000, CTR__MAY_REFUSE },
		{ HIGH | 4, CTR__MAY_REFUSE }, { UINT32_MAX - 1, CTR__MAY_REFUSE },
	};
	struct sock_filter *insns;
	unsigned result;
	size_t n;

	ck_assert_int_eq(ctr__seccomp_build(ctr_caps_default(), false, &insns, &n), 0);
	for (int i = 0; i < COUNT(cases); i++) {
		const struct ctr__call call = { SYS_personality, 1, { cases[i].persona } };

		ck_assert_int_eq(ctr__seccomp_outcomes(insns, n, &call, &result), 0);
		ck_assert_msg(result == cases[i].outcomes, "case %d: %u", i, result);
	}
	free(insns);
}
END_TEST

/* Calls that came with Linux 5.1 and later, which have the same number on all machines. */
static const struct {
	const char *name;
	int nr;
} newer[] = {
	{ "pidfd_send_signal", 424 },
	{ "pidfd_open", 434 },
	{ "close_range", 436 },
	{ "openat2", 437 },
	{ "faccessat2", 439 },
	{ "epoll_pwait2", 441 },
	{ "landlock_create_ruleset", 444 },
	{ "landlock_add_rule", 445 },
	{ "landlock_restrict_self", 446 },
	{ "memfd_secret", 447 },
	{ "process_mrelease", 448 },
	{ "futex_waitv", 449 },
	{ "cachestat", 451 },
	{ "fchmodat2", 452 },
	{ "map_shadow_stack", 453 },
	{ "futex_wake", 454 },
	{ "futex_wait", 455 },
	{ "futex_requeue", 456 },
	{ "mseal", 462 },
	{ "setxattrat", 463 },
	{ "getxattrat", 464 },
	{ "listxattrat", 465 },
	{ "removexattrat", 466 },
};

/* Wrapped by the linker: with oldest, a libseccomp that knows none of those. */
static bool oldest;

int __real_seccomp_syscall_resolve_name(const char *name);
int __wrap_seccomp_syscall_resolve_name(const char *name);
int __wrap_seccomp_syscall_resolve_name(const char *name)
{
	const int nr = __real_seccomp_syscall_resolve_name(name);

	return oldest && nr >= newer[0].nr ? __NR_SCMP_ERROR : nr;
}

START_TEST(test_default__knows_what_libseccomp_does_not)
{
	struct sock_filter *insns;
	unsigned result;
	size_t n;

	ck_assert_int_eq(ctr__seccomp_build(ctr_caps_default(), false, &insns, &n), 0);
	for (int i = 0; i < COUNT(newer); i++) {
		const struct ctr__call call = { newer[i].nr, 0, { 0 } };
		const int nr = seccomp_syscall_resolve_name(newer[i].name);

		ck_assert_msg(nr < 0 || nr == newer[i].nr, "%s is %d", newer[i].name, nr);
		ck_assert_int_eq(ctr__seccomp_outcomes(insns, n, &call, &result), 0);
		ck_assert_msg(result == CTR__MAY_PASS, "%s: %u", newer[i].name, result);
	}
	free(insns);
}
END_TEST

/* The table that the build has made is the one that any other build makes. */
START_TEST(test_default__is_the_same_with_every_libseccomp)
{
	struct ctr__seccomp_table table;
	int r;

	oldest = _i;
	r = ctr__seccomp_make_table(&table);
	oldest = false;
	ck_assert_int_eq(r, 0);
	ck_assert_uint_eq(table.n, ctr__seccomp_table.n);
	for (size_t i = 0; i < table.n; i++) {
		ck_assert_uint_eq(table.ranges[i].first, ctr__seccomp_table.ranges[i].first);
		ck_assert_uint_eq(table.ranges[i].call, ctr__seccomp_table.ranges[i].call);
		ck_assert_uint_eq(table.ranges[i].caps, ctr__seccomp_table.ranges[i].caps);
	}
	ctr__seccomp_free_table(&table);
}
END_TEST

/* ---- the file ---- */

START_TEST(test_read__refuses_what_is_no_plain_file)
{
	char *text = NULL;

	world_mkdir("dir");
	ck_assert_int_eq(ctr__seccomp_read(world_path("dir"), &text, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "expected a regular file");
	ck_assert_int_eq(ctr__seccomp_read("/dev/zero", &text, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "expected a regular file");
	ck_assert_int_eq(mkfifo(world_path("fifo"), 0600), 0);
	ck_assert_int_eq(ctr__seccomp_read(world_path("fifo"), &text, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "expected a regular file");
	ck_assert_int_eq(ctr__seccomp_read(world_path("none"), &text, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "No such file");
	world_write(world_path("big"), "", 0600);
	ck_assert_int_eq(truncate(world_path("big"), 1024 * 1024 + 1), 0);
	ck_assert_int_eq(ctr__seccomp_read(world_path("big"), &text, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "expected at most 1 MiB");
	ck_assert_int_eq(truncate(world_path("big"), 3), 0);
	ck_assert_int_eq(ctr__seccomp_read(world_path("big"), &text, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "NUL");
	ck_assert_ptr_null(text);
}
END_TEST

/* ---- in the calling process ---- */

static void load(const char *text)
{
	effect_done(ctr_set_no_new_privs(err));
	effect_done(ctr_seccomp_load_json(text, 0, err));
}

static void load_rule(const char *args)
{
	load(format("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"getpgid\"],"
		    "\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":%d%s}]}",
		    MARK, args));
}

/* Whether a rule is for a call with these arguments. */
static bool is_marked(const uint64_t args[6])
{
	errno = 0;
	syscall(SYS_getpgid, args[0], args[1], args[2], args[3], args[4], args[5]);
	return errno == MARK;
}

static const struct {
	const char *op;
	uint64_t value, two;
	uint64_t yes[3], no[3];
} comparisons[] = {
	{ "NE", 5, 0, { 4, 6, HIGH + 5 }, { 5, 5, 5 } },
	{ "EQ", 5, 0, { 5, 5, 5 }, { 4, 6, HIGH + 5 } },
	{ "LT", 5, 0, { 0, 4, 4 }, { 5, 6, HIGH } },
	{ "LE", 5, 0, { 0, 4, 5 }, { 6, HIGH, UINT64_MAX } },
	{ "GT", 5, 0, { 6, HIGH, UINT64_MAX }, { 0, 4, 5 } },
	{ "GE", 5, 0, { 5, 6, HIGH }, { 0, 4, 4 } },
	{ "LT", HIGH, 0, { 0, HIGH - 1, 5 }, { HIGH, HIGH + 1, UINT64_MAX } },
	{ "GE", HIGH + 5, 0, { HIGH + 5, HIGH + 6, 2 * HIGH }, { 5, HIGH, HIGH + 4 } },
	{ "EQ", UINT64_MAX, 0, { UINT64_MAX, UINT64_MAX, UINT64_MAX }, { 0, UINT32_MAX, HIGH } },
	{ "MASKED_EQ", 0xf0, 0x30, { 0x30, 0x3f, HIGH + 0x35 }, { 0x20, 0x70, 0xf0 } },
	{ "MASKED_EQ", 0xf0, 0, { 0, 0x0f, HIGH }, { 0x10, 0x80, 0xf0 } },
	/* How to compare 32 bits, as the kernel reads an int. */
	{ "MASKED_EQ", UINT32_MAX, 5, { 5, HIGH + 5, UINT64_MAX << 32 | 5 }, { 4, 6, HIGH } },
};

#define COMPARISONS COUNT(comparisons)

TEST_IN_CHILD(test_load_json__compares_arguments)
{
	const int index = at % 6;
	uint64_t args[6] = { 0 };

	at /= 6;
	load_rule(format(",\"args\":[{\"index\":%d,\"value\":%llu,\"valueTwo\":%llu,"
			 "\"op\":\"SCMP_CMP_%s\"}]",
			 index, (unsigned long long)comparisons[at].value,
			 (unsigned long long)comparisons[at].two, comparisons[at].op));
	for (int i = 0; i < 3; i++) {
		args[index] = comparisons[at].yes[i];
		ck_assert_msg(is_marked(args), "%s: yes %d", comparisons[at].op, i);
		args[index] = comparisons[at].no[i];
		ck_assert_msg(!is_marked(args), "%s: no %d", comparisons[at].op, i);
	}
}

#define ARG(index, op, value)                                                                      \
	"{\"index\":" #index ",\"op\":\"SCMP_CMP_" op "\",\"value\":" #value "}"

TEST_IN_CHILD(test_load_json__all_arguments_of_a_rule_count)
{
	load_rule(",\"args\":[" ARG(0, "EQ", 1) "," ARG(3, "GT", 5) "]");
	ck_assert(is_marked((const uint64_t[6]){ 1, 0, 0, 6 }));
	ck_assert(!is_marked((const uint64_t[6]){ 1, 0, 0, 5 }));
	ck_assert(!is_marked((const uint64_t[6]){ 2, 0, 0, 6 }));
}

/* As runc has it: a rule for each. */
TEST_IN_CHILD(test_load_json__any_of_a_repeated_argument_is_enough)
{
	load_rule(",\"args\":[" ARG(0, "EQ", 1) "," ARG(0, "EQ", 3) "," ARG(2, "EQ", 7) "]");
	ck_assert(is_marked((const uint64_t[6]){ 1 }));
	ck_assert(is_marked((const uint64_t[6]){ 3 }));
	ck_assert(is_marked((const uint64_t[6]){ 0, 0, 7 }));
	ck_assert(!is_marked((const uint64_t[6]){ 2 }));
}

TEST_IN_CHILD(test_load_json__takes_the_old_form)
{
	load("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"name\":\"getpgid\","
	     "\"action\":\"SCMP_ACT_ERRNO\",\"args\":[]}]}");
	errno = 0;
	ck_assert_int_eq(getpgid(0), -1);
	ck_assert_int_eq(errno, EPERM);
}

/* In a process of its own: its end as wait(2) has it. */
static int status_after(void (*body)(void))
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		body();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

static const char *action, *more = "";

static void load_action(void)
{
	load(format("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"getpgid\"],"
		    "\"action\":\"%s\"}]%s}",
		    action, more));
}

static void *call(void *unused)
{
	syscall(SYS_getpgid, 0);
	return unused;
}

/* The main thread, if it still lives, says so. */
static void call_in_a_thread(void)
{
	pthread_t thread;

	load_action();
	pthread_create(&thread, NULL, call, NULL);
	pthread_join(thread, NULL);
	_exit(42);
}

static const struct {
	const char *action;
	int status;
} ends[] = {
	{ "SCMP_ACT_ALLOW", 42 << 8 }, { "SCMP_ACT_LOG", 42 << 8 },
	{ "SCMP_ACT_ERRNO", 42 << 8 }, { "SCMP_ACT_TRACE", 42 << 8 },
	{ "SCMP_ACT_KILL", 42 << 8 },  { "SCMP_ACT_KILL_THREAD", 42 << 8 },
	{ "SCMP_ACT_TRAP", SIGSYS },   { "SCMP_ACT_KILL_PROCESS", SIGSYS },
};

START_TEST(test_load_json__actions_differ_in_what_they_end)
{
	action = ends[_i].action;
	suite_need_real_exec(); /* valgrind has signals of its own */
	ck_assert_msg((status_after(call_in_a_thread) & ~0x80) == ends[_i].status, "%s", action);
}
END_TEST

enum { CALLED = 1, NOT_HERE = 44 };

static void call_as_another_architecture(void)
{
#ifdef __x86_64__
	int result;
#endif

	load_action();
#ifdef __x86_64__
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory"); /* getpid */
	_exit(result > 0 ? CALLED : 0);
#elif defined(__aarch64__)
	arm32_execute();
#endif
	_exit(NOT_HERE);
}

static void call_unfiltered(void)
{
#ifdef __x86_64__
	signal(SIGSEGV, SIG_DFL); /* a sanitizer would exit with a status of its own */
	__asm__ volatile("int $0x80" : : "a"(20) : "memory");
	_exit(CALLED);
#elif defined(__aarch64__)
	arm32_execute();
#endif
	_exit(NOT_HERE);
}

/* The kernel may have them switched off. */
static void need_32_bit_calls(void)
{
	suite_need_real_exec();
	if (status_after(call_unfiltered) != CALLED << 8)
		suite_skip("this machine executes no 32-bit programs");
}

START_TEST(test_load_json__other_architectures_are_closed)
{
	need_32_bit_calls();
	action = "SCMP_ACT_ERRNO";
	ck_assert_int_eq(status_after(call_as_another_architecture) & 0x7f, SIGSYS);
	more = ",\"architectures\":[\"SCMP_ARCH_X86\",\"SCMP_ARCH_ARM\"]";
	ck_assert_int_eq(status_after(call_as_another_architecture), CALLED << 8);
}
END_TEST

#ifdef __x86_64__
/* Numbers that are other calls for a 32-bit program, with arguments that we look at. */
static const struct {
	int nr, first, second;
} others[] = {
	{ SYS_ioctl, 0, TIOCSTI },     { SYS_fcntl, 0, F_SETLEASE }, { SYS_socket, AF_ALG, 0 },
	{ SYS_socketpair, AF_ALG, 0 }, { SYS_personality, 4, 0 },
};

static int other;

static void call_with_arguments(void)
{
	int result;

	effect_done(ctr_seccomp_load_default(ctr_caps_default(), err));
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(others[other].nr), "b"(others[other].first),
			   "c"(others[other].second)
			 : "memory");
	_exit(42);
}

START_TEST(test_load_default__ends_calls_of_other_architectures)
{
	need_32_bit_calls();
	other = _i;
	ck_assert_int_eq(status_after(call_with_arguments) & 0x7f, SIGSYS);
}
END_TEST
#endif

TEST_IN_CHILD(test_load__needs_rights)
{
	effect_drop_privileges();
	effect_note();
	effect_refused(ctr_seccomp_load_default(0, err), CTR_E_SYSTEM, EACCES,
		       "it needs CAP_SYS_ADMIN or no_new_privs");
	effect_done(ctr_set_no_new_privs(err));
	effect_done(ctr_seccomp_load_default(0, err));
	ck_assert_int_eq(syscall(SYS_io_uring_setup, 1, NULL), -1);
	ck_assert_int_eq(errno, EPERM);
}

TEST_IN_CHILD(test_load__capabilities_are_enough)
{
	effect_done(ctr_seccomp_load_default(ctr_caps_default(), err));
	ck_assert_int_eq(syscall(SYS_io_uring_setup, 1, NULL), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(syscall(9999), -1);
	ck_assert_int_eq(errno, ENOSYS);
}

static int pair_errno(int family)
{
	int pair[2];

	errno = 0;
	if (socketpair(family, SOCK_STREAM, 0, pair) == 0) {
		close(pair[0]);
		close(pair[1]);
	}
	return errno;
}

/* That of AF_INET is the kernel's own answer: it has no pairs. */
TEST_IN_CHILD(test_load_default__pairs_have_few_families)
{
	effect_done(ctr_seccomp_load_default(ctr_caps_default(), err));
	ck_assert_int_eq(pair_errno(AF_UNIX), 0);
	ck_assert_int_eq(pair_errno(AF_INET), EOPNOTSUPP);
	ck_assert_int_eq(pair_errno(AF_VSOCK), EAFNOSUPPORT);
	ck_assert_int_eq(pair_errno(AF_TIPC), EAFNOSUPPORT);
}

TEST_IN_CHILD(test_load_default__personality_can_be_asked)
{
	effect_done(ctr_seccomp_load_default(ctr_caps_default(), err));
	ck_assert_int_eq(syscall(SYS_personality, 0xffffffffl), 0);
	ck_assert_int_eq(syscall(SYS_personality, -1l), 0);
	ck_assert_int_eq(syscall(SYS_personality, 4l), -1);
	ck_assert_int_eq(errno, ENOSYS);
}

TEST_IN_CHILD(test_load_bpf__does_it)
{
	static const struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | MARK),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	effect_done(ctr_seccomp_load_bpf(program, 4, err));
	ck_assert(is_marked((const uint64_t[6]){ 0 }));
}

TEST_IN_CHILD(test_load_bpf__refuses_what_can_not_be_one)
{
	static const struct sock_filter asks[] = { BPF_STMT(BPF_RET | BPF_K,
							    SECCOMP_RET_USER_NOTIF) };
	static const struct sock_filter endless[] = { BPF_STMT(BPF_LD | BPF_IMM, 0) };

	effect_note();
	effect_refused(ctr_seccomp_load_bpf(NULL, 1, err), CTR_E_INVALID, 0, "NULL");
	effect_note();
	effect_refused(ctr_seccomp_load_bpf(asks, 0, err), CTR_E_INVALID, 0, "1 to 4096");
	effect_note();
	effect_refused(ctr_seccomp_load_bpf(asks, 4097, err), CTR_E_INVALID, 0, "1 to 4096");
	effect_note();
	effect_refused(ctr_seccomp_load_bpf(asks, 1, err), CTR_E_INVALID, 0,
		       "the calling process has no listener to answer");
	effect_note();
	effect_refused(ctr_seccomp_load_bpf(endless, 1, err), CTR_E_SYSTEM, EINVAL, "filter");
	effect_note();
	effect_refused(ctr_seccomp_load_json(NULL, 0, err), CTR_E_INVALID, 0, "text in JSON");
}

int main(void)
{
	Suite *s = suite_create("seccomp");
	TCase *tc = suite_case(s, "seccomp");

	tcase_add_checked_fixture(tc, effect_begin, effect_end);
	tcase_add_loop_test(tc, test_profile__refuses_what_is_none, 0, COUNT(bad));
	tcase_add_test(tc, test_profile__errors_name_the_file);
	tcase_add_test(tc, test_profile__is_bounded);
	tcase_add_loop_test(tc, test_profile__conditions_hold, 0, COUNT(conditions));
	tcase_add_test(tc, test_profile__kernels_are_compared_as_numbers);
	tcase_add_test(tc, test_profile__skips_unknown_names);
	tcase_add_test(tc, test_profile__takes_the_whole_form);
	tcase_add_test(tc, test_outcomes__of_a_program_by_hand);
	tcase_add_test(tc, test_default__log_refuses_nothing);
	tcase_add_test(tc, test_default__refuses_requests_by_32_bits);
	tcase_add_test(tc, test_default__families_are_few);
	tcase_add_test(tc, test_default__personalities_are_few);
	tcase_add_test(tc, test_default__knows_what_libseccomp_does_not);
	tcase_add_loop_test(tc, test_default__is_the_same_with_every_libseccomp, 0, 2);
	tcase_add_test(tc, test_load_default__pairs_have_few_families);
	tcase_add_test(tc, test_load_default__personality_can_be_asked);
	tcase_add_test(tc, test_read__refuses_what_is_no_plain_file);
	tcase_add_loop_test(tc, test_load_json__compares_arguments, 0, COMPARISONS * 6);
	tcase_add_test(tc, test_load_json__all_arguments_of_a_rule_count);
	tcase_add_test(tc, test_load_json__any_of_a_repeated_argument_is_enough);
	tcase_add_test(tc, test_load_json__takes_the_old_form);
	tcase_add_loop_test(tc, test_load_json__actions_differ_in_what_they_end, 0, COUNT(ends));
	tcase_add_test(tc, test_load_json__other_architectures_are_closed);
#ifdef __x86_64__
	tcase_add_loop_test(tc, test_load_default__ends_calls_of_other_architectures, 0,
			    COUNT(others));
#endif
	tcase_add_test(tc, test_load__needs_rights);
	tcase_add_test(tc, test_load__capabilities_are_enough);
	tcase_add_test(tc, test_load_bpf__does_it);
	tcase_add_test(tc, test_load_bpf__refuses_what_can_not_be_one);
	return suite_run(s);
}
