/* SPDX-License-Identifier: MIT */
/* What root in a container must not get done, and that each attempt is one: it can be opened. */
#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/cli.h"

enum { REFUSED = 0, DONE = 1, NOT_THERE = 2, KILLED = CLI_SIGNAL + 31 }; /* SIGSYS */

/* The option that takes the protection away; NULL where success would do harm. */
static const struct {
	const char *name, *opened_by, *and_by;
} attacks[] = {
	{ "mount", "--cap-add=SYS_ADMIN", "--rm" },
	{ "remount", "--cap-add=SYS_ADMIN", "--rm" },
	{ "unmount", "--cap-add=SYS_ADMIN", "--rm" },
	{ "namespace", "--cap-add=SYS_ADMIN", "--rm" },
	{ "setns", "--cap-add=ALL", "--rm" },
	{ "bpf", "--cap-add=BPF", "--rm" },
	{ "perf_event_open", "--cap-add=PERFMON", "--cap-add=SYS_ADMIN" }, /* Debian: both */
	{ "packet", "--cap-add=NET_RAW", "--rm" },
	{ "raw", "--cap-add=NET_RAW", "--rm" },
	{ "syslog", "--cap-add=SYSLOG", "--rm" },
	{ "read_log", "--cap-add=SYSLOG", "--rm" },
	{ "settimeofday", "--cap-add=SYS_TIME", "--rm" },
	{ "reboot", NULL, "--rm" },
	{ "kexec", NULL, "--rm" },
	{ "init_module", NULL, "--rm" },
	{ "open_by_handle_at", NULL, "--rm" },
	{ "mknod", "--cap-add=MKNOD", "--rm" },
	{ "swapoff", NULL, "--rm" },
	{ "nice", "--cap-add=SYS_NICE", "--rm" },
	{ "acct", NULL, "--rm" },
	{ "keyring", "--keyring=host", "--security-opt=seccomp=unconfined" },
	{ "core_pattern", NULL, "--rm" },
	{ "release_agent", "--cap-add=SYS_ADMIN", "--rm" },
	{ "cgroup", "--mount=type=cgroup,dst=/sys/fs/cgroup", "--delegate" },
	{ "nested_proc", "--mount=type=bind,src=/proc,dst=/mnt", "--cap-add=SYS_ADMIN" },
	{ "nested_release_agent", NULL, "--rm" },
	{ "ptrace", NULL, "--rm" },
	{ "chroot", NULL, "--rm" },
	{ "user_namespace", "--cap-add=SYS_ADMIN", "--rm" },
	{ "user_clone", "--cap-add=SYS_ADMIN", "--rm" },
	{ "user_clone3", "--cap-add=SYS_ADMIN", "--security-opt=seccomp=unconfined" },
	{ "userfaultfd", NULL, "--rm" },
	{ "io_uring", "--security-opt=seccomp=unconfined", "--rm" },
	{ "tiocsti", NULL, "--rm" },
	{ "tioclinux", NULL, "--rm" },
	{ "lease", "--security-opt=seccomp=unconfined", "--rm" },
	{ "dnotify", "--security-opt=seccomp=unconfined", "--rm" },
	{ "delegation", "--security-opt=seccomp=unconfined", "--rm" },
	{ "keyctl", "--security-opt=seccomp=unconfined", "--rm" },
	{ "user_keyring", "--security-opt=seccomp=unconfined", "--rm" },
	{ "alg_socket", NULL, "--rm" },
	{ "vsock_pair", NULL, "--rm" },
	{ "int80", "--security-opt=seccomp=unconfined", "--rm" },
	{ "x32", NULL, "--rm" },
};

#define ATTACKS (int)(sizeof(attacks) / sizeof(attacks[0]))

static const char *const as[] = { "--user=0", "--user=1000:1000", "--init", "--cap-drop=ALL",
				  "--tty" };

#define USERS (int)(sizeof(as) / sizeof(as[0]))

/* A session keyring as a host's login has it, with a key. */
static void make(void)
{
	suite_need_root();
	world_copy(ATTACK, world_path("root/bin/attack"));
	ck_assert_int_ge(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL), 0);
	ck_assert_int_ge(
		syscall(SYS_add_key, "user", "minictr-attack", "x", 1, KEY_SPEC_SESSION_KEYRING),
		0);
}

/* Where all is slow each attack is tried in one of the ways: another one than its neighbours. */
static int ways(void)
{
	return suite_is_slowest() ? 1 : CLI_WAYS;
}

static void expect_refused(const char *option, const char *name)
{
	int status = cli_run(CLI_RUN(option, "--", "attack", name));

	ck_assert_msg(status == REFUSED || status == NOT_THERE || status == KILLED,
		      "%s %s: %d %s%s", option, name, status, cli_out, cli_err);
}

START_TEST(test_attack__is_refused)
{
	const int n = _i / ways();

	cli_use_way(_i % CLI_WAYS);
	expect_refused(as[n / ATTACKS], attacks[n % ATTACKS].name);
}
END_TEST

/* What the filter is not alone in refusing. */
static const char *const twice[] = {
	"mount",
	"remount",
	"unmount",
	"bpf",
	"perf_event_open",
	"packet",
	"raw",
	"syslog",
	"read_log",
	"settimeofday",
	"reboot",
	"kexec",
	"init_module",
	"open_by_handle_at",
	"mknod",
	"swapoff",
	"nice",
	"acct",
	"core_pattern",
	"release_agent",
	"cgroup",
	"nested_proc",
	"nested_release_agent",
	"keyring",
	"ptrace",
};

#define TWICE (int)(sizeof(twice) / sizeof(twice[0]))

START_TEST(test_attack__is_refused_without_a_filter)
{
	cli_use_way(_i % CLI_WAYS);
	expect_refused("--security-opt=seccomp=unconfined", twice[_i / ways()]);
}
END_TEST

/* CVE-2023-25809: the host's tree was shown writable, for want of a namespace. */
static const char *const shared[] = { "--cgroupns=host", "--network=host", "--ipc=host" };
static const char *const settings[] = { "cgroup", "core_pattern", "release_agent", "remount" };

#define SHARED (int)(sizeof(shared) / sizeof(shared[0]))
#define SETTINGS (int)(sizeof(settings) / sizeof(settings[0]))

START_TEST(test_attack__is_refused_where_namespaces_are_the_hosts)
{
	const int n = _i / CLI_WAYS;

	cli_use_way(_i % CLI_WAYS);
	expect_refused(shared[n % SHARED], settings[n / SHARED]);
}
END_TEST

/* CVE-2016-8659, CVE-2016-9962: its processes are seen there, and minictr's own among them. */
START_TEST(test_attack__on_processes_of_the_host_is_refused)
{
	static const char *const scripts[] = { "cat /proc/$PPID/environ", "cat /proc/$PPID/maps",
					       "ls /proc/$PPID/root/",
					       "readlink /proc/$PPID/fd/1" };

	expect_refused("--pid=host", "ptrace");
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		ck_assert_int_ne(cli_run(CLI_RUN("--pid=host", "--", "sh", "-c", scripts[i])), 0);
		ck_assert_str_eq(cli_out, "");
	}
}
END_TEST

START_TEST(test_attack__is_one)
{
	const char *name = attacks[_i].name;
	int status;

	if (!attacks[_i].opened_by)
		return;
	status = cli_run(CLI_RUN(attacks[_i].opened_by, attacks[_i].and_by, "--", "attack", name));
	ck_assert_msg(status == DONE || status == NOT_THERE, "%s: %d %s%s", name, status, cli_out,
		      cli_err);
}
END_TEST

/* The list here is the list there. */
START_TEST(test_attacks__are_all)
{
	char names[1024] = "";

	for (int i = 0; i < ATTACKS; i++) {
		strcat(names, attacks[i].name);
		strcat(names, "\n");
	}
	cli_expect(names, CLI_RUN("attack"));
}
END_TEST

/* ---- the sets ---- */

#define SETS "--", "sh", "-c", "grep Cap /proc/self/status"
#define NONE "0000000000000000"
#define DEFAULT "00000000800405fb"

static void expect_sets(const char *inheritable, const char *permitted, const char *bounding,
			const char *ambient)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "CapInh:\t%s\nCapPrm:\t%s\nCapEff:\t%s\nCapBnd:\t%s\nCapAmb:\t%s\n", inheritable,
		 permitted, permitted, bounding, ambient);
	ck_assert_str_eq(cli_out, text);
}

START_TEST(test_caps__of_root_are_few)
{
	ck_assert_int_eq(cli_run(CLI_RUN(SETS)), 0);
	expect_sets(NONE, DEFAULT, DEFAULT, NONE);
	ck_assert_int_eq(cli_run(CLI_RUN("--init", SETS)), 0);
	expect_sets(NONE, DEFAULT, DEFAULT, NONE);
}
END_TEST

/* CVE-2022-29162: nothing is inheritable. */
START_TEST(test_caps__of_a_user_are_none)
{
	ck_assert_int_eq(cli_run(CLI_RUN("--user", "1000", SETS)), 0);
	expect_sets(NONE, NONE, DEFAULT, NONE);
}
END_TEST

static const struct {
	const char *options[3];
	const char *bounding;
} choices[] = {
	{ { "--cap-drop=ALL", "--rm", "--rm" }, NONE },
	{ { "--cap-drop=all", "--cap-add=cap_chown", "--rm" }, "0000000000000001" },
	{ { "--cap-add=chown", "--cap-drop=ALL", "--rm" }, "0000000000000001" },
	{ { "--cap-add=NET_ADMIN", "--cap-drop=CAP_KILL", "--rm" }, "00000000800415db" },
	{ { "--cap-drop=KILL", "--cap-drop=SETUID", "--cap-drop=MKNOD" }, "000000008004055b" },
};

START_TEST(test_caps__are_what_was_chosen)
{
	const char *const *o = choices[_i].options;

	ck_assert_int_eq(cli_run(CLI_RUN(o[0], o[1], o[2], SETS)), 0);
	expect_sets(NONE, choices[_i].bounding, choices[_i].bounding, NONE);
}
END_TEST

/* As docker combines them: see cap_opt.c. */
static const struct {
	const char *options[4];
	bool all;      /* all that the caller has, without these */
	uint64_t caps; /* else these */
} combinations[] = {
	{ { "--cap-drop=ALL", "--cap-add=ALL", "--rm", "--rm" }, true, 0 },
	{ { "--cap-add=ALL", "--cap-drop=ALL", "--rm", "--rm" }, true, 0 },
	{ { "--cap-add=ALL", "--cap-drop=ALL", "--cap-drop=CHOWN", "--rm" }, true, 0x1 },
	{ { "--cap-drop=CHOWN", "--cap-drop=ALL", "--cap-add=ALL", "--rm" }, true, 0x1 },
	{ { "--cap-add=ALL", "--cap-add=CHOWN", "--cap-drop=CHOWN", "--rm" }, true, 0x1 },
	{ { "--cap-add=ALL", "--cap-drop=CHOWN", "--cap-drop=KILL", "--rm" }, true, 0x21 },
	{ { "--cap-drop=ALL", "--cap-drop=CHOWN", "--cap-add=CHOWN", "--rm" }, false, 0x1 },
	{ { "--cap-drop=ALL", "--cap-add=KILL", "--cap-add=CHOWN", "--rm" }, false, 0x21 },
	{ { "--cap-drop=CHOWN", "--cap-add=CHOWN", "--rm", "--rm" }, false, 0x800405fb },
	{ { "--cap-add=CHOWN", "--cap-drop=CHOWN", "--cap-drop=KILL", "--rm" }, false, 0x800405db },
};

static uint64_t bounding_set(const char *status)
{
	const char *at = strstr(status, "CapBnd:");

	ck_assert_ptr_nonnull(at);
	return strtoull(at + strlen("CapBnd:"), NULL, 16);
}

START_TEST(test_caps__are_combined_as_docker_does)
{
	const char *const *o = combinations[_i].options;
	const uint64_t ours = bounding_set(world_read("/proc/self/status"));
	const uint64_t caps = combinations[_i].caps;

	ck_assert_int_eq(cli_run(CLI_RUN(o[0], o[1], o[2], o[3], "cat", "/proc/self/status")), 0);
	ck_assert_uint_eq(bounding_set(cli_out), combinations[_i].all ? ours & ~caps : caps);
}
END_TEST

START_TEST(test_caps__all_but_one)
{
	char *end;
	unsigned long long caps;

	ck_assert_int_eq(cli_run(CLI_RUN("--cap-add", "ALL", "--cap-drop", "SYS_ADMIN", "--", "sh",
					 "-c", "awk '/CapBnd/ { print $2 }' /proc/self/status")),
			 0);
	caps = strtoull(cli_out, &end, 16);
	ck_assert_int_eq(caps >> 21 & 1, 0);
	ck_assert_int_eq(caps >> 12 & 1, 1); /* NET_ADMIN */
}
END_TEST

START_TEST(test_caps__ambient_ones_are_the_users)
{
	ck_assert_int_eq(
		cli_run(CLI_RUN("--user", "1000", "--cap-ambient", "NET_BIND_SERVICE", SETS)), 0);
	expect_sets("0000000000000400", "0000000000000400", DEFAULT, "0000000000000400");
}
END_TEST

static const char *const bad_names[] = { "", "CAP_", "NET", "CAP_NET_ADMINX", "ALLX", "12", "a,b" };

START_TEST(test_caps__refuses_what_is_no_name)
{
	const char *words[] = { "expected a name such as CAP_NET_ADMIN" };

	ck_assert_int_eq(cli_run(CLI_RUN("--cap-add", bad_names[_i], "true")), 125);
	cli_expect_line(words, 1);
	ck_assert_int_eq(cli_run(CLI_RUN("--cap-drop", bad_names[_i], "true")), 125);
	ck_assert_int_eq(cli_run(CLI_RUN("--cap-ambient", bad_names[_i], "true")), 125);
}
END_TEST

static void give_one_up(void)
{
	ck_assert_int_eq(ctr_caps_limit(~(1ull << 25), 0, NULL), 0);
	ck_assert_int_eq(cli_run(CLI_RUN("--cap-add", "SYS_TIME", "true")), 125);
	ck_assert_ptr_nonnull(strstr(cli_err, "the caller does not have this capability"));
	cli_expect("", CLI_RUN("--cap-add", "ALL", "true"));
}

/* A caller that has given one up can't hand it on. */
START_TEST(test_caps__of_the_caller_are_the_most)
{
	suite_in_child(give_one_up);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("attacks");
	TCase *tc = cli_case(s, "attacks");

	tcase_add_checked_fixture(tc, make, NULL);
	tcase_add_loop_test(tc, test_attack__is_refused, 0,
			    ATTACKS * ways() * (suite_is_slow() ? 1 : USERS));
	tcase_add_loop_test(tc, test_attack__is_refused_without_a_filter, 0, TWICE * ways());
	tcase_add_loop_test(tc, test_attack__is_refused_where_namespaces_are_the_hosts, 0,
			    SHARED * SETTINGS * CLI_WAYS);
	tcase_add_test(tc, test_attack__on_processes_of_the_host_is_refused);
	tcase_add_loop_test(tc, test_attack__is_one, 0, ATTACKS);
	tcase_add_test(tc, test_attacks__are_all);
	tcase_add_test(tc, test_caps__of_root_are_few);
	tcase_add_test(tc, test_caps__of_a_user_are_none);
	tcase_add_loop_test(tc, test_caps__are_what_was_chosen, 0,
			    sizeof(choices) / sizeof(choices[0]));
	tcase_add_test(tc, test_caps__all_but_one);
	tcase_add_test(tc, test_caps__ambient_ones_are_the_users);
	tcase_add_loop_test(tc, test_caps__refuses_what_is_no_name, 0,
			    sizeof(bad_names) / sizeof(bad_names[0]));
	tcase_add_test(tc, test_caps__of_the_caller_are_the_most);

	tc = cli_case(s, "combinations");
	tcase_add_loop_test(tc, test_caps__are_combined_as_docker_does, 0,
			    (int)(sizeof(combinations) / sizeof(combinations[0])));
	return suite_run(s);
}
