/* SPDX-License-Identifier: MIT */
/* Whether a program can run on a root; what containers make of the same is in test_compile.c. */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;
static char root[PATH_MAX], path[PATH_MAX];

static void begin(void)
{
	err = ctr_error_new();
	snprintf(root, sizeof(root), "%s", world_rootfs("root"));
}

static void end(void)
{
	ctr_error_free(err);
}

static void expect(const char *name, const char *search, const char *found)
{
	ck_assert_msg(ctr_program_find(root, name, search, path, sizeof(path), err) == 0, "%s",
		      ctr_error_message(err));
	ck_assert_str_eq(path, found);
}

static void refused(const char *name, const char *search, int code, const char *words)
{
	ctr_error_clear(err);
	ck_assert_int_eq(ctr_program_find(root, name, search, path, sizeof(path), err), -1);
	suite_expect_error(err, code, words);
}

START_TEST(test_program_find__as_a_process_there_would)
{
	expect("/bin/sh", NULL, "/bin/sh");
	expect("bin/sh", NULL, "/bin/sh");
	expect("sh", "/nowhere:/bin", "/bin/sh");
	ck_assert_int_eq(symlink("/bin/busybox", world_path("root/absolute")), 0);
	expect("/absolute", NULL, "/absolute");
	ck_assert_int_eq(ctr_program_find(root, "/bin/sh", NULL, NULL, 0, err), 0);
}
END_TEST

START_TEST(test_program_find__says_what_is_wrong)
{
	char small[4];

	world_write(world_path("root/script"), "#!/bin/none\n", 0755);
	world_write(world_path("root/data"), "x", 0644);
	refused("/script", NULL, CTR_E_NOT_EXECUTABLE, "/bin/none");
	refused("/data", NULL, CTR_E_NOT_EXECUTABLE, "chmod +x");
	refused("/bin", NULL, CTR_E_NOT_EXECUTABLE, "is a directory");
	refused("/bin/none", NULL, CTR_E_NOT_FOUND, "/bin/none");
	refused("none", "/bin", CTR_E_NOT_FOUND, "/bin");
	refused("sh", NULL, CTR_E_INVALID, "PATH");
	refused("sh", "", CTR_E_INVALID, "PATH");
	refused("", NULL, CTR_E_INVALID, "program");
	refused(NULL, NULL, CTR_E_INVALID, "program");
	ck_assert_int_eq(ctr_program_find(root, "/bin/sh", NULL, small, sizeof(small), err), -1);
	suite_expect_error(err, CTR_E_INVALID, "/bin/sh");
	ck_assert_int_eq(ctr_program_find("/no/root", "/bin/sh", NULL, NULL, 0, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "/no/root");
	ck_assert_int_eq(ctr_program_find(NULL, "/bin/sh", NULL, NULL, 0, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "root directory");
}
END_TEST

#define FORMATS "/proc/sys/fs/binfmt_misc"

/* In place of the host's, which is not ours to register a handler in. */
static void fake_formats(const char *status, const char *handler)
{
	ck_assert_int_eq(mount(world_path("formats"), FORMATS, "none", MS_BIND, NULL), 0);
	world_write(world_path("formats/register"), "", 0200);
	world_write(world_path("formats/status"), status, 0644);
	if (handler)
		world_write(world_path("formats/a-format"), handler, 0644);
}

static void find_other_formats(void)
{
	static const struct {
		const char *status, *handler;
		bool runs;
	} cases[] = {
		{ "enabled\n", "enabled\ninterpreter /bin/sh\nflags: \n", true },
		{ "enabled\n", NULL, false },
		{ "enabled\n", "disabled\ninterpreter /bin/sh\nflags: \n", false },
		{ "disabled\n", "enabled\ninterpreter /bin/sh\nflags: \n", false },
	};

	world_mkdir("formats");
	world_write(world_path("root/other"), "\x7fother format", 0755);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_formats(cases[i].status, cases[i].handler);
		if (cases[i].runs)
			expect("/other", NULL, "/other");
		else
			refused("/other", NULL, CTR_E_NOT_EXECUTABLE, "begins neither");
		ck_assert_int_eq(umount2(FORMATS, 0), 0);
		unlink(world_path("formats/a-format"));
	}
}

/* A handler of binfmt_misc has to be there, and it and the whole switched on. */
START_TEST(test_program_find__leaves_other_formats_to_a_handler)
{
	if (access(FORMATS, F_OK))
		suite_skip("this kernel has no binfmt_misc");
	suite_in_mounts(find_other_formats);
}
END_TEST

START_TEST(test_program_find__does_not_look_outside)
{
	world_write(world_path("tool"), "#!/bin/sh\n", 0755);
	ck_assert_int_eq(symlink("../tool", world_path("root/relative")), 0);
	ck_assert_int_eq(symlink(world_path("tool"), world_path("root/absolute")), 0);
	refused("/relative", NULL, CTR_E_NOT_FOUND, "/relative");
	refused("/absolute", NULL, CTR_E_NOT_FOUND, "/absolute");
	refused("/../tool", NULL, CTR_E_NOT_FOUND, "tool");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("program");
	TCase *tc = suite_case(suite, "program");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, test_program_find__as_a_process_there_would);
	tcase_add_test(tc, test_program_find__says_what_is_wrong);
	tcase_add_test(tc, test_program_find__leaves_other_formats_to_a_handler);
	tcase_add_test(tc, test_program_find__does_not_look_outside);
	return suite_run(suite);
}
