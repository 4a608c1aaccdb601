/* SPDX-License-Identifier: MIT */
/* What minictr says of the host that it is on. */
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "support/json.h"
#include "support/leak.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct cli_start user = { .prepare = cli_become_user };

static void make(void)
{
	world_mkdir("counts");
	ck_assert_int_eq(chmod(world_path("counts"), 0777), 0);
}

/* The line of the text that is about a feature. */
static const char *line_of(const char *text, const char *name)
{
	static char line[2048];
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), "\n  %-18s ", name);
	at = strstr(text, key);
	ck_assert_msg(at, "no line of %s in: %s", name, text);
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at + 1, "\n"), at + 1);
	return line;
}

static void expect_word(const char *name, const char *word)
{
	const char *line = line_of(cli_out, name);

	ck_assert_msg(strncmp(line + 21, word, strlen(word)) == 0, "not \"%s\": %s", word, line);
}

static bool runs(const struct cli_start *start)
{
	return cli_run_as(CLI_ARGS("run", "--", "true"), start) == 0;
}

/* ---- what it says ---- */

START_TEST(test_doctor__says_whether_run_works)
{
	const bool can = runs(NULL);

	ck_assert_int_eq(cli_run(CLI_ARGS("doctor")), can ? 0 : 1);
	ck_assert_str_eq(cli_err, "");
	expect_word("run", can ? "works" : "missing");
	ck_assert_int_eq(cli_run(CLI_ARGS("doctor", "--json")), can ? 0 : 1);
}
END_TEST

START_TEST(test_doctor__says_whether_run_works_for_a_user)
{
	bool can;

	suite_need_root();
	can = runs(&user);
	ck_assert_int_eq(cli_run_as(CLI_ARGS("doctor"), &user), can ? 0 : 1);
	ck_assert_str_eq(cli_err, "");
	expect_word("run", can ? "works" : "missing");
	expect_word("user_namespace", can ? "works" : "missing");
	expect_word("idmapped_root", "missing");
}
END_TEST

START_TEST(test_doctor__tells_of_every_feature_once)
{
	ck_assert_int_ge(cli_run(CLI_ARGS("doctor")), 0);
	for (uint32_t i = 0; ctr_probe_name(i); i++) {
		const char *line = line_of(cli_out, ctr_probe_name(i));

		ck_assert_msg(strncmp(line + 21, "works   ", 8) == 0 ||
				      strncmp(line + 21, "missing ", 8) == 0,
			      "%s", line);
		ck_assert_uint_gt(strlen(line), 29);
	}
}
END_TEST

/* Titles at the margin, features indented by two, hints under what they are about. */
START_TEST(test_doctor__groups_and_indents)
{
	size_t titles = 0, features = 0;

	suite_need_root();
	ck_assert_int_ge(cli_run_as(CLI_ARGS("doctor"), &user), 0);
	for (const char *line = cli_out; *line; line += strcspn(line, "\n") + 1) {
		const size_t indent = strspn(line, " ");

		titles += indent == 0 && *line != '\n';
		features += indent == 2;
		ck_assert_msg(indent == 0 || indent == 2 || indent == 31, "%.60s", line);
	}
	ck_assert_uint_eq(titles, 11);
	ck_assert_uint_eq(features, CTR_FEATURE_INOTIFY + 1);
}
END_TEST

START_TEST(test_doctor__knows_the_group_of_every_feature)
{
	cli_run(CLI_ARGS("doctor"));
	ck_assert_msg(!strstr(cli_out, "\nOthers\n"), "%s", cli_out);
}
END_TEST

START_TEST(test_doctor_json__is_one_object)
{
	const char *at;
	size_t n = 0;

	ck_assert_int_ge(cli_run(CLI_ARGS("doctor", "--json")), 0);
	ck_assert_str_eq(cli_err, "");
	ck_assert_uint_eq(strcspn(cli_out, "\n"), strlen(cli_out) - 1);
	cli_out[strlen(cli_out) - 1] = '\0';
	ck_assert_msg(json_is_valid(cli_out), "%s", cli_out);
	for (at = cli_out; (at = strstr(at, "{\"name\":\"")); at++, n++)
		ck_assert_int_eq(strncmp(at + 9, ctr_probe_name((uint32_t)n),
					 strlen(ctr_probe_name((uint32_t)n))),
				 0);
	ck_assert_uint_eq(n, CTR_FEATURE_INOTIFY + 1);
	for (at = cli_out, n = 0; (at = strstr(at, ",\"hint\":")); at++)
		n++;
	ck_assert_uint_eq(n, CTR_FEATURE_INOTIFY + 1);
}
END_TEST

START_TEST(test_doctor__answers)
{
	ck_assert_int_eq(cli_run(CLI_ARGS("doctor", "--help")), 0);
	ck_assert_ptr_nonnull(strstr(cli_out, "Usage: minictr doctor [OPTIONS]"));
	ck_assert_ptr_nonnull(strstr(cli_out, "The exit status is 0"));
	for (const char *line = cli_out; *line; line += strcspn(line, "\n") + 1)
		ck_assert_uint_le(strcspn(line, "\n"), 80);
	cli_expect(cli_out, CLI_ARGS("doctor", "-h"));
	cli_expect(cli_out, CLI_ARGS("help", "doctor"));
}
END_TEST

/* ---- what it refuses ---- */

static const struct {
	const char *args[4];
	const char *words[3];
} refusals[] = {
	{ { "doctor", "--jsn" }, { "minictr doctor", "--jsn", "mean --json?" } },
	{ { "doctor", "--zzzzzzz" }, { "--zzzzzzz", "unknown option" } },
	{ { "doctor", "-j" }, { "-j", "unknown option" } },
	{ { "doctor", "--json=maybe" }, { "--json", "maybe", "true or false" } },
	{ { "doctor", "--json", "now" }, { "now", "unexpected argument" } },
	{ { "doctor", "--", "now" }, { "now", "unexpected argument" } },
	{ { "docter" }, { "docter", "mean doctor?" } },
};

START_TEST(test_doctor__refuses)
{
	ck_assert_int_eq(cli_run(refusals[_i].args), CLI_OURS);
	ck_assert_str_eq(cli_out, "");
	cli_expect_line(refusals[_i].words, 3);
}
END_TEST

static void write_to_a_full_disk(void *data)
{
	(void)data;
	dup2(open("/dev/full", O_WRONLY), 1);
}

START_TEST(test_doctor__tells_that_nobody_can_read_it)
{
	const struct cli_start start = { .prepare = write_to_a_full_disk };
	const char *const words[] = { "standard output", "No space left" };

	ck_assert_int_eq(cli_run_as(CLI_ARGS("doctor"), &start), CLI_OURS);
	cli_expect_line(words, 2);
}
END_TEST

/* ---- where nothing works ---- */

/* Ours has no clone3(2) for those inside. */
START_TEST(test_doctor__says_so_in_a_container)
{
	suite_need_root();
	ck_assert_int_eq(cli_run(CLI_ARGS("run", "-v", MINICTR_PROGRAM ":/tmp/minictr", "--",
					  "/tmp/minictr", "doctor")),
			 1);
	expect_word("run", "missing");
	expect_word("clone3", "missing make a child: Function not implemented");
	expect_word("openat2", "missing not tried");
	expect_word("unconfined", "missing the caller is in: a PID namespace");
	ck_assert_ptr_nonnull(strstr(cli_out, "clone3(2) is not available to the caller"));
}
END_TEST

/* One that lets all calls through: what is still missing is what is mounted and delegated. */
START_TEST(test_doctor__says_what_is_left_in_an_open_container)
{
	int status;

	suite_need_root();
	status = cli_run(CLI_ARGS("run", "--cap-add", "ALL", "--security-opt", "seccomp=unconfined",
				  "-v", MINICTR_PROGRAM ":/tmp/minictr", "--", "/tmp/minictr",
				  "doctor"));
	ck_assert_int_eq(status, 0);
	expect_word("run", "works");
	expect_word("userns_proc", "missing");
	ck_assert_ptr_nonnull(strstr(cli_out, "unmasked /proc"));
}
END_TEST

static void drop_capabilities(void *data)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = { 0 };

	(void)data;
	if (syscall(SYS_capset, &header, none))
		_exit(98);
}

static void in_no_more_namespaces(void)
{
	const struct cli_start start = { .prepare = drop_capabilities };
	const char *const switch_name = "user namespaces are switched off: see "
					"/proc/sys/user/max_user_namespaces";
	int fd;

	ck_assert_int_eq(unshare(CLONE_NEWUSER), 0);
	fd = open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		return; /* not ours to switch off here */
	close(fd);
	ck_assert_int_eq(cli_run_as(CLI_ARGS("doctor"), &start), 1);
	expect_word("run", "missing");
	expect_word("user_namespace", "missing");
	ck_assert_ptr_nonnull(
		strstr(line_of(cli_out, "run") ? strstr(cli_out, "  run") : "", switch_name));
	ck_assert_int_eq(cli_run_as(CLI_ARGS("doctor", "--json"), &start), 1);
	ck_assert_ptr_nonnull(strstr(cli_out, switch_name));
}

START_TEST(test_doctor__names_the_switch_of_user_namespaces)
{
	suite_need_root();
	suite_in_child(in_no_more_namespaces);
}
END_TEST

START_TEST(test_doctor__leaves_nothing)
{
	char *before, *after, *difference;

	suite_need_root();
	before = leak_snapshot();
	for (int i = 0; i < 3; i++) {
		ck_assert_int_ge(cli_run(CLI_ARGS("doctor")), 0);
		ck_assert_int_ge(cli_run_as(CLI_ARGS("doctor"), &user), 0);
	}
	after = leak_snapshot();
	difference = leak_difference(before, after);
	ck_assert_str_eq(difference, "");
	free(before);
	free(after);
	free(difference);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("doctor");
	TCase *tc = cli_case(s, "doctor");

	tcase_add_checked_fixture(tc, make, NULL);
	tcase_add_test(tc, test_doctor__says_whether_run_works);
	tcase_add_test(tc, test_doctor__says_whether_run_works_for_a_user);
	tcase_add_test(tc, test_doctor__tells_of_every_feature_once);
	tcase_add_test(tc, test_doctor__groups_and_indents);
	tcase_add_test(tc, test_doctor__knows_the_group_of_every_feature);
	tcase_add_test(tc, test_doctor_json__is_one_object);
	tcase_add_test(tc, test_doctor__answers);
	tcase_add_loop_test(tc, test_doctor__refuses, 0, COUNT(refusals));
	tcase_add_test(tc, test_doctor__tells_that_nobody_can_read_it);
	tcase_add_test(tc, test_doctor__says_so_in_a_container);
	tcase_add_test(tc, test_doctor__says_what_is_left_in_an_open_container);
	tcase_add_test(tc, test_doctor__names_the_switch_of_user_namespaces);
	tcase_add_test(tc, test_doctor__leaves_nothing);
	return suite_run(s);
}
