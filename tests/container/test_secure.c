/* SPDX-License-Identifier: MIT */
/* A host program with rights that its user does not have: set-user-ID root, run by nobody. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

enum { NOBODY = 65534 };

static char program[PATH_MAX];
static char output[4096];

/* In a mount of the test's own, for that of the world may have the flag nosuid. */
static void install(mode_t mode)
{
	ck_assert_int_eq(mount("none", world_path("suid"), "tmpfs", 0, "mode=0755"), 0);
	snprintf(program, sizeof(program), "%s", world_path("suid/secure"));
	world_copy(SECURE, program);
	ck_assert_int_eq(chown(program, 0, 0), 0);
	ck_assert_int_eq(chmod(program, mode), 0);
	ck_assert_int_eq(chmod(world_dir, 0755), 0);
}

static void become_caller(int to, uid_t uid, char *const argv[])
{
	dup2(to, STDOUT_FILENO);
	dup2(to, STDERR_FILENO);
	if (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)
		_exit(98);
	execv(program, argv);
	_exit(99);
}

static int run_as(uid_t uid, const char *word, const char *more)
{
	char *const argv[] = { strdup("secure"), strdup(word), more ? strdup(more) : NULL, NULL };
	int ends[2], status;
	size_t length = 0;
	ssize_t n;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0)
		become_caller(ends[1], uid, argv);
	close(ends[1]);
	while ((n = read(ends[0], output + length, sizeof(output) - 1 - length)) > 0)
		length += (size_t)n;
	output[length] = '\0';
	close(ends[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	for (int i = 0; i < 3; i++)
		free(argv[i]);
	return WEXITSTATUS(status);
}

static void expect_refusal(const char *more)
{
	char start[32];

	snprintf(start, sizeof(start), "secure 1, code %d: ", CTR_E_STATE);
	ck_assert_msg(run_as(NOBODY, "plain", more) == 1, "%s", output);
	ck_assert_msg(strstr(output, start) == output, "%s", output);
	ck_assert_msg(strstr(output, "ctr_spec_set_secure_execution"), "%s", output);
}

static void refuse(void)
{
	install(04755);
	expect_refusal(NULL);
	expect_refusal("plan");
}

START_TEST(test_secure__set_user_id_program_is_refused)
{
	suite_need_root();
	suite_need_no_counts();
	world_mkdir("suid");
	suite_in_mounts(refuse);
}
END_TEST

static void allow(void)
{
	install(04755);
	ck_assert_msg(run_as(NOBODY, "allow", NULL) == 0, "%s", output);
	ck_assert_str_eq(output, "secure 1, code 0: \n");
	ck_assert_msg(run_as(NOBODY, "allow", "plan") == 0, "%s", output);
}

START_TEST(test_secure__set_user_id_program_can_say_that_it_knows)
{
	suite_need_root();
	suite_need_no_counts();
	world_mkdir("suid");
	suite_in_mounts(allow);
}
END_TEST

static void run_by_root(void)
{
	install(04755);
	ck_assert_msg(run_as(0, "plain", NULL) == 0, "%s", output);
	ck_assert_str_eq(output, "secure 0, code 0: \n");
}

/* The bit means nothing where nothing is gained. */
START_TEST(test_secure__program_that_gains_nothing_is_as_any)
{
	suite_need_root();
	suite_need_no_counts();
	world_mkdir("suid");
	suite_in_mounts(run_by_root);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("secure");
	TCase *tc = suite_case(s, "secure");

	tcase_add_test(tc, test_secure__set_user_id_program_is_refused);
	tcase_add_test(tc, test_secure__set_user_id_program_can_say_that_it_knows);
	tcase_add_test(tc, test_secure__program_that_gains_nothing_is_as_any);
	return suite_run(s);
}
