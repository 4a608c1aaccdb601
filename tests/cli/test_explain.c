/* SPDX-License-Identifier: MIT */
/* explain and run --explain: the plan, one step a line, and nothing done. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "support/leak.h"

enum { TEXT_SIZE = 1 << 16 };

/* The output with its path of the world replaced by WORLD. */
static const char *output_without_world(void)
{
	static char text[TEXT_SIZE];
	size_t n = 0;

	for (const char *p = cli_out; *p && n < sizeof(text) - 8;) {
		if (strncmp(p, world_dir, strlen(world_dir)) == 0) {
			n += (size_t)snprintf(text + n, sizeof(text) - n, "WORLD");
			p += strlen(world_dir);
		} else {
			text[n++] = *p++;
		}
	}
	text[n] = '\0';
	return text;
}

#define EXPLAIN(...)                                                                               \
	CLI_ARGS("explain", "--rootfs", cli_root, "--child=helper", "--init", __VA_ARGS__)

/* What each container begins with. */
static const char golden_plain[] =
	"  1  clone a child that executes the helper (it becomes the init), create new namespaces: mount,pid,uts,ipc,net\n"
	"  2  set all signals to their default actions\n"
	"  3  reset real-time scheduling to the default\n"
	"  4  die when the parent does\n"
	"  5  dump no core while memory is shared\n"
	"  6  create new namespaces: cgroup\n"
	"  7  start a new session, without a controlling terminal\n"
	"  8  begin a session keyring of its own\n"
	"  9  set the umask to 0000\n"
	" 10  make mounts from / down private\n"
	" 11  take WORLD/root as the root file system (nodev)\n";

START_TEST(test_explain__golden_beginning)
{
	ck_assert_int_eq(cli_run(EXPLAIN("true")), 0);
	ck_assert_str_eq(cli_err, "");
	ck_assert_int_eq(strncmp(output_without_world(), golden_plain, strlen(golden_plain)), 0);
}
END_TEST

static const char golden_options[] =
	"clone a child that executes the helper (it becomes the init), create new namespaces: mount,pid,uts,ipc\n"
	"join a control group of its own (pids.max 21)\n"
	"take WORLD/root as the root file system (ro,nodev)\n"
	"bind WORLD/data on /mnt (rbind,ro,nosuid,nodev)\n"
	"mask /etc/passwd\n"
	"mount tmpfs on /home (nosuid,nodev,mode=0700,size=1048576)\n"
	"set the host name to box\n"
	"set the domain name to dom\n"
	"go to working directory /tmp\n"
	"set the nice value to 5\n"
	"set resource limit nofile to 64:128\n"
	"become uid 1000 gid 100, supplementary groups: 7\n"
	"set the umask to 0077\n"
	"execute /bin/echo as: echo a b c\n";

/* Each line of the expectation in this order; others may be between them. */
static void expect_lines_in_order(const char *expected)
{
	const char *at = output_without_world();

	for (const char *line = expected; *line; line += strcspn(line, "\n") + 1) {
		char wanted[256];

		snprintf(wanted, sizeof(wanted), "  %.*s\n", (int)strcspn(line, "\n"), line);
		ck_assert_msg(strstr(at, wanted), "no \"%s\" in: %s", wanted, at);
		at = strstr(at, wanted) + strlen(wanted) - 1;
	}
}

START_TEST(test_explain__golden_options)
{
	world_mkdir("data");
	ck_assert_int_eq(
		cli_run(EXPLAIN("--read-only", "--hostname=box", "--domainname=dom", "-w", "/tmp",
				"-u", "1000:100", "--group-add=7", "--nice=5", "--pids-limit=20",
				"--ulimit=nofile=64:128", "--umask=077", "--network=host", "-v",
				world_path("data:/mnt:ro"), "--tmpfs=/home:size=1m,mode=700",
				"--mask=/etc/passwd", "--", "echo", "a", "b c")),
		0);
	ck_assert_str_eq(cli_err, "");
	expect_lines_in_order(golden_options);
}
END_TEST

START_TEST(test_explain__numbers_its_lines)
{
	long wanted = 1;

	ck_assert_int_eq(cli_run(EXPLAIN("true")), 0);
	for (const char *line = cli_out; *line; line += strcspn(line, "\n") + 1) {
		char *end;

		ck_assert_int_eq(strtol(line, &end, 10), wanted++);
		ck_assert_int_eq(strncmp(end, "  ", 2), 0);
	}
	ck_assert_int_gt(wanted, 20);
}
END_TEST

START_TEST(test_explain__is_run_with_an_option)
{
	char *text;

	ck_assert_int_eq(cli_run(CLI_ARGS("explain", "--rootfs", cli_root, "--", "true")), 0);
	text = strdup(cli_out);
	cli_expect(text, CLI_RUN("--explain", "--", "true"));
	cli_expect(text, CLI_ARGS("explain", "--explain", "--rootfs", cli_root, "true"));
	free(text);
}
END_TEST

START_TEST(test_explain__can_be_switched_off)
{
	cli_expect("ran\n", CLI_RUN("--explain", "--explain=false", "--", "echo", "ran"));
	cli_expect("ran\n", CLI_ARGS("explain", "--explain=false", "--rootfs", cli_root, "--",
				     "echo", "ran"));
}
END_TEST

START_TEST(test_explain__runs_nothing)
{
	world_mkdir("data");
	ck_assert_int_eq(
		cli_run(EXPLAIN("-v", world_path("data:/mnt"), "--", "touch", "/mnt/ran", "/ran")),
		0);
	ck_assert_int_eq(world_count(world_path("data")), 0);
	ck_assert_int_ne(access(world_path("root/ran"), F_OK), 0);
}
END_TEST

START_TEST(test_explain__makes_nothing_on_the_host)
{
	char *before = leak_snapshot(), *after, *difference;
	size_t entries = cli_count_below(world_dir);

	ck_assert_int_eq(cli_run(EXPLAIN("-v", "/etc:/made/here", "--tmpfs=/made/too",
					 "--pids-limit=5", "--hostname=box", "--init", "true")),
			 0);
	after = leak_snapshot();
	difference = leak_difference(before, after);
	ck_assert_str_eq(difference, "");
	ck_assert_uint_eq(cli_count_below(world_dir), entries);
	free(before);
	free(after);
	free(difference);
}
END_TEST

static void reader_gone(void *data)
{
	int ends[2];

	(void)data;
	if (pipe(ends) < 0 || dup2(ends[1], 1) < 0)
		_exit(99);
	close(ends[0]);
	close(ends[1]);
}

START_TEST(test_explain__ends_by_sigpipe_when_nobody_reads)
{
	const struct cli_start start = { .prepare = reader_gone };

	ck_assert_int_eq(cli_run_as(EXPLAIN("true"), &start), -SIGPIPE);
}
END_TEST

static void disk_full(void *data)
{
	int fd = open("/dev/full", O_WRONLY);

	(void)data;
	if (fd < 0 || dup2(fd, 1) < 0)
		_exit(99);
	close(fd);
}

START_TEST(test_explain__tells_when_it_can_t_write)
{
	const struct cli_start start = { .prepare = disk_full };
	const char *const words[] = { "standard output", "No space left" };

	ck_assert_int_eq(cli_run_as(EXPLAIN("true"), &start), CLI_OURS);
	cli_expect_line(words, 2);
}
END_TEST

/* ---- the same error as run ---- */

static const struct {
	const char *args[4];
} wrong[] = {
	{ { "no-such-program" } },
	{ { "/none" } },
	{ { "/bin" } },
	{ { "/etc/passwd" } },
	{ { "-v", "/none:/mnt", "true" } },
	{ { "-v", "/etc:/etc/passwd", "true" } },
	{ { "-w", "/none", "true" } },
	{ { "--pids-limit", "0", "true" } },
	{ { "--no-such-option", "true" } },
	{ { "--uts=host", "--hostname=box", "true" } },
	{ { "--init" } },
};

/* What was said behind the name of the command. */
static char *said(void)
{
	const char *colon = strchr(cli_err, ':');

	ck_assert_ptr_nonnull(colon);
	return strdup(colon);
}

START_TEST(test_explain__fails_as_run_does)
{
	const char *const *a = wrong[_i].args;
	int status = cli_run(CLI_RUN(a[0], a[1], a[2]));
	char *text = said();

	ck_assert_int_ge(status, CLI_OURS);
	ck_assert_int_eq(cli_run(CLI_ARGS("explain", "--rootfs", cli_root, a[0], a[1], a[2])),
			 status);
	ck_assert_str_eq(strchr(cli_err, ':'), text);
	ck_assert_str_eq(cli_out, "");
	ck_assert_int_eq(strncmp(cli_err, "minictr explain:", 16), 0);
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("explain");
	TCase *tc = cli_case(s, "explain");

	tcase_add_test(tc, test_explain__golden_beginning);
	tcase_add_test(tc, test_explain__golden_options);
	tcase_add_test(tc, test_explain__numbers_its_lines);
	tcase_add_test(tc, test_explain__is_run_with_an_option);
	tcase_add_test(tc, test_explain__can_be_switched_off);
	tcase_add_test(tc, test_explain__runs_nothing);
	tcase_add_test(tc, test_explain__makes_nothing_on_the_host);
	tcase_add_test(tc, test_explain__ends_by_sigpipe_when_nobody_reads);
	tcase_add_test(tc, test_explain__tells_when_it_can_t_write);
	tcase_add_loop_test(tc, test_explain__fails_as_run_does, 0,
			    (int)(sizeof(wrong) / sizeof(wrong[0])));
	return suite_run(s);
}
