/* SPDX-License-Identifier: MIT */
/* Text of an image, and names of files, in what minictr prints: a terminal obeys none of it. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cli/cli.h"

/* C1 as UTF-8 and as a byte, a mark that turns the text around, one that ends a line, a BOM. */
#define HOSTILE                                                                                    \
	"a\xc2\x9b"                                                                                \
	"31mb\x9b"                                                                                 \
	"2Jc\xe2\x80\xae"                                                                          \
	"d\xe2\x80\xa8"                                                                            \
	"e\xef\xbb\xbf"                                                                            \
	"f\xc3\x9f"
#define SHOWN "a\\xc2\\x9b31mb\\x9b2Jc\\xe2\\x80\\xaed\\xe2\\x80\\xa8e\\xef\\xbb\\xbff\xc3\x9f"
#define JSON "a\\u009b31mb\\ufffd2Jc\\u202ed\\u2028e\\ufefff\xc3\x9f"

static void expect_shown(const char *text, const char *shown)
{
	static const char *const obeyed[] = { "\x9b", "\xe2\x80\xae", "\xe2\x80\xa8",
					      "\xef\xbb\xbf" };

	ck_assert_msg(strstr(text, shown), "no %s in: %s", shown, text);
	for (size_t i = 0; i < sizeof(obeyed) / sizeof(obeyed[0]); i++)
		ck_assert_msg(!strstr(text, obeyed[i]), "a terminal obeys: %s", text);
}

START_TEST(test_message__shows_the_name_of_a_program)
{
	ck_assert_int_eq(cli_run(CLI_RUN("/bin/" HOSTILE)), CLI_NOT_FOUND);
	expect_shown(cli_err, SHOWN);
}
END_TEST

START_TEST(test_message__shows_an_interpreter_of_the_image)
{
	world_write(world_path("root/bin/script"), "#!/bin/" HOSTILE "\n", 0755);
	ck_assert_int_eq(cli_run(CLI_RUN("/bin/script")), CLI_NOT_EXECUTABLE);
	expect_shown(cli_err, SHOWN);
}
END_TEST

START_TEST(test_message__shows_what_the_command_was_given)
{
	ck_assert_int_eq(cli_run(CLI_RUN("--network", HOSTILE, "true")), CLI_OURS);
	expect_shown(cli_err, SHOWN);
	ck_assert_int_eq(cli_run(CLI_RUN("--" HOSTILE, "true")), CLI_OURS);
	expect_shown(cli_err, SHOWN);
	ck_assert_int_eq(cli_run(CLI_ARGS(HOSTILE)), CLI_OURS);
	expect_shown(cli_err, SHOWN);
}
END_TEST

static void write_errors_to_9(void *data)
{
	if (dup2(*(int *)data, 9) < 0)
		_exit(99);
}

START_TEST(test_error_fd__shows_names_in_json)
{
	int fd = open(world_path("json"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	const struct cli_start start = { .prepare = write_errors_to_9, .data = &fd };

	ck_assert_int_eq(cli_run_as(CLI_RUN("--error-fd=9", "/bin/" HOSTILE), &start),
			 CLI_NOT_FOUND);
	expect_shown(world_read(world_path("json")), JSON);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_assert_int_eq(cli_run_as(CLI_RUN("--error-fd=9", "--network", HOSTILE, "true"), &start),
			 CLI_OURS);
	expect_shown(world_read(world_path("json")), JSON);
	close(fd);
}
END_TEST

START_TEST(test_explain__shows_paths_and_arguments)
{
	world_mkdir("%s", HOSTILE);
	ck_assert_int_eq(cli_run(CLI_ARGS("explain", "--rootfs", cli_root, "-v",
					  world_path("%s:/mnt/%s", HOSTILE, HOSTILE), "--", "echo",
					  HOSTILE)),
			 0);
	expect_shown(cli_out, SHOWN);
}
END_TEST

START_TEST(test_jail__shows_names_in_its_list_and_in_json)
{
	world_write(world_path("tree/" HOSTILE), "", 0644);
	ck_assert_int_eq(
		cli_run(CLI_ARGS("jail", "--list", "--include", world_path("tree"), "JAIL")), 0);
	expect_shown(cli_out, SHOWN);
	ck_assert_int_eq(
		cli_run(CLI_ARGS("jail", "--json", "--include", world_path("tree"), "JAIL")), 0);
	expect_shown(cli_out, JSON);
	ck_assert_int_eq(cli_run(CLI_ARGS("jail", "JAIL", "/none/" HOSTILE)), CLI_OURS);
	expect_shown(cli_err, SHOWN);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("escape");
	TCase *tc = cli_case(s, "escape");

	tcase_add_test(tc, test_message__shows_the_name_of_a_program);
	tcase_add_test(tc, test_message__shows_an_interpreter_of_the_image);
	tcase_add_test(tc, test_message__shows_what_the_command_was_given);
	tcase_add_test(tc, test_error_fd__shows_names_in_json);
	tcase_add_test(tc, test_explain__shows_paths_and_arguments);
	tcase_add_test(tc, test_jail__shows_names_in_its_list_and_in_json);
	return suite_run(s);
}
