/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "primitives/effect.h"
#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define UNCHANGED UINT32_MAX /* what setresuid(2) takes for "leave it" */
#define GROUPS_MAX 65536

/* A line of /proc/thread-self/status, without its name and blanks. */
static const char *status_of(const char *name)
{
	const char *line = strstr(world_read("/proc/thread-self/status"), name);
	static char value[1024];

	ck_assert_ptr_nonnull(line);
	line += strlen(name);
	line += strspn(line, " \t");
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(line, "\n"), line);
	return value;
}

/* ---- ctr_set_no_new_privs() ---- */

TEST_IN_CHILD(test_set_no_new_privs__sets_it)
{
	ck_assert_str_eq(status_of("\nNoNewPrivs:"), "0");
	effect_done(ctr_set_no_new_privs(err));
	ck_assert_str_eq(status_of("\nNoNewPrivs:"), "1");
}

TEST_IN_CHILD(test_set_no_new_privs__may_be_set_again)
{
	effect_done(ctr_set_no_new_privs(err));
	effect_done(ctr_set_no_new_privs(err));
	ck_assert_str_eq(status_of("\nNoNewPrivs:"), "1");
}

TEST_IN_CHILD(test_set_no_new_privs__needs_no_privileges)
{
	effect_drop_privileges();
	effect_done(ctr_set_no_new_privs(err));
	ck_assert_str_eq(status_of("\nNoNewPrivs:"), "1");
}

TEST_IN_CHILD(test_set_no_new_privs__is_inherited)
{
	pid_t child;
	int status;

	effect_done(ctr_set_no_new_privs(err));
	child = fork();
	if (child == 0)
		_exit(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(WEXITSTATUS(status), 1);
}

/* The effect: a set-user-ID program gains nothing. */
TEST_IN_CHILD(test_set_no_new_privs__set_user_id_gains_nothing)
{
	char program[PATH_MAX], option[] = "-u", *output;
	char *const argv[] = { program, option, NULL };

	world_mkdir("suid"); /* /tmp may be mounted nosuid */
	ck_assert_int_eq(mount("tmpfs", world_path("suid"), "tmpfs", 0, "mode=0755"), 0);
	snprintf(program, sizeof(program), "%s", world_path("suid/id"));
	world_copy("/usr/bin/id", program);
	ck_assert_int_eq(chmod(program, 04755), 0);
	effect_drop_privileges();
	if (at)
		effect_done(ctr_set_no_new_privs(err));
	ck_assert_int_eq(suite_run_command(argv, NULL, &output), 0);
	ck_assert_str_eq(output, at ? "1000\n" : "0\n");
	free(output);
}

/* ---- ctr_set_ids() ---- */

TEST_IN_CHILD(test_set_ids__sets_all_of_them)
{
	effect_done(ctr_set_ids(1000, 100, NULL, 0, err));
	ck_assert_str_eq(status_of("\nUid:"), "1000\t1000\t1000\t1000");
	ck_assert_str_eq(status_of("\nGid:"), "100\t100\t100\t100");
}

TEST_IN_CHILD(test_set_ids__no_groups_is_none)
{
	static const gid_t groups[] = { 4, 24 };

	ck_assert_int_eq(setgroups(2, groups), 0);
	effect_done(ctr_set_ids(1000, 100, NULL, 0, err));
	ck_assert_int_eq(getgroups(0, NULL), 0);
}

TEST_IN_CHILD(test_set_ids__groups_are_those_and_no_others)
{
	static const gid_t before[] = { 4, 24 };
	static const uint32_t groups[] = { 7, 70000, 4294967294 };

	ck_assert_int_eq(setgroups(2, before), 0);
	effect_done(ctr_set_ids(1000, 100, groups, 3, err));
	ck_assert_str_eq(status_of("\nGroups:"), "7 70000 4294967294 ");
}

TEST_IN_CHILD(test_set_ids__takes_the_most_groups)
{
	uint32_t *groups = calloc(GROUPS_MAX, sizeof(*groups));

	for (uint32_t i = 0; i < GROUPS_MAX; i++)
		groups[i] = i;
	effect_done(ctr_set_ids(1000, 100, groups, GROUPS_MAX, err));
	ck_assert_int_eq(getgroups(0, NULL), GROUPS_MAX);
	free(groups);
}

TEST_IN_CHILD(test_set_ids__takes_the_largest_ids)
{
	effect_done(ctr_set_ids(4294967294, 4294967293, NULL, 0, err));
	ck_assert_uint_eq(getuid(), 4294967294);
	ck_assert_uint_eq(getgid(), 4294967293);
}

TEST_IN_CHILD(test_set_ids__there_is_no_way_back)
{
	effect_done(ctr_set_ids(1000, 100, NULL, 0, err));
	ck_assert_int_eq(setresuid(0, 0, 0), -1);
	ck_assert_int_eq(setresgid(0, 0, 0), -1);
	ck_assert_int_eq(setgroups(0, NULL), -1);
}

TEST_IN_CHILD(test_set_ids__another_user_has_no_capabilities)
{
	effect_done(ctr_set_ids(1000, 100, NULL, 0, err));
	ck_assert_str_eq(status_of("\nCapEff:"), "0000000000000000");
	ck_assert_str_eq(status_of("\nCapPrm:"), "0000000000000000");
}

TEST_IN_CHILD(test_set_ids__root_may_stay_root)
{
	effect_done(ctr_set_ids(0, 0, NULL, 0, err));
	ck_assert_str_eq(status_of("\nUid:"), "0\t0\t0\t0");
	ck_assert_str_ne(status_of("\nCapEff:"), "0000000000000000");
}

static void *set_in_thread(void *unused)
{
	effect_done(ctr_set_ids(1000, 100, NULL, 0, err));
	ck_assert_str_eq(status_of("\nUid:"), "1000\t1000\t1000\t1000");
	return unused;
}

TEST_IN_CHILD(test_set_ids__is_for_the_calling_thread)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, set_in_thread, NULL), 0);
	pthread_join(thread, NULL);
	ck_assert_str_eq(status_of("\nUid:"), "0\t0\t0\t0");
}

static const uint32_t with_a_bad_one[] = { 1, UNCHANGED };

static const struct {
	uint32_t uid, gid;
	size_t n_groups;
	const char *words;
} bad_ids[] = {
	{ UNCHANGED, 100, 0, "user id" },
	{ 1000, UNCHANGED, 0, "group id" },
	{ 1000, 100, 2, "supplementary group" },
};

TEST_IN_CHILD(test_set_ids__refuses_the_id_that_means_unchanged)
{
	effect_note();
	effect_refused(ctr_set_ids(bad_ids[at].uid, bad_ids[at].gid, with_a_bad_one,
				   bad_ids[at].n_groups, err),
		       CTR_E_INVALID, 0, bad_ids[at].words);
	ck_assert_str_eq(ctr_error_object(err), "4294967295");
}

/* Nothing is read through the pointer: there is not that much behind it. */
TEST_IN_CHILD(test_set_ids__refuses_too_many_groups)
{
	static const size_t sizes[] = { GROUPS_MAX + 1, SIZE_MAX, (size_t)1 << 32 };

	effect_note();
	effect_refused(ctr_set_ids(1000, 100, with_a_bad_one, sizes[at], err), CTR_E_INVALID, 0,
		       "expected at most 65536");
}

TEST_IN_CHILD(test_set_ids__needs_privileges)
{
	effect_drop_privileges();
	effect_note();
	effect_refused(ctr_set_ids(1001, 1000, NULL, 0, err), CTR_E_SYSTEM, EPERM,
		       "become uid 1001 gid 1000, supplementary groups: none");
}

/* The user id is the last to be set. */
TEST_IN_CHILD(test_set_ids__changes_nothing_when_the_last_of_them_is_refused)
{
	static const gid_t before[] = { 4, 24 };
	static const uint32_t groups[] = { 7 };

	ck_assert_int_eq(setgroups(2, before), 0);
	ck_assert_int_eq(setresgid(3, 4, 5), 0);
	if (at)
		effect_deny(SYS_setresgid, EPERM);
	else
		effect_deny(SYS_setresuid, EAGAIN);
	effect_note();
	effect_refused(ctr_set_ids(1000, 100, groups, 1, err), CTR_E_SYSTEM, at ? EPERM : EAGAIN,
		       "become uid 1000 gid 100");
	ck_assert_str_eq(status_of("\nGid:"), "3\t4\t5\t4");
	ck_assert_str_eq(status_of("\nGroups:"), "4 24 ");
}

TEST_IN_CHILD(test_set_ids__takes_a_null_error)
{
	ck_assert_int_eq(ctr_set_ids(UNCHANGED, 0, NULL, 0, NULL), -1);
	effect_drop_privileges();
	ck_assert_int_eq(ctr_set_ids(0, 0, NULL, 0, NULL), -1);
}

int main(void)
{
	Suite *s = suite_create("process");
	TCase *tc = suite_case(s, "process");

	tcase_add_checked_fixture(tc, effect_begin, effect_end);
	tcase_add_test(tc, test_set_no_new_privs__sets_it);
	tcase_add_test(tc, test_set_no_new_privs__may_be_set_again);
	tcase_add_test(tc, test_set_no_new_privs__needs_no_privileges);
	tcase_add_test(tc, test_set_no_new_privs__is_inherited);
	tcase_add_loop_test(tc, test_set_no_new_privs__set_user_id_gains_nothing, 0, 2);
	tcase_add_test(tc, test_set_ids__sets_all_of_them);
	tcase_add_test(tc, test_set_ids__no_groups_is_none);
	tcase_add_test(tc, test_set_ids__groups_are_those_and_no_others);
	tcase_add_test(tc, test_set_ids__takes_the_most_groups);
	tcase_add_test(tc, test_set_ids__takes_the_largest_ids);
	tcase_add_test(tc, test_set_ids__there_is_no_way_back);
	tcase_add_test(tc, test_set_ids__another_user_has_no_capabilities);
	tcase_add_test(tc, test_set_ids__root_may_stay_root);
	tcase_add_test(tc, test_set_ids__is_for_the_calling_thread);
	tcase_add_loop_test(tc, test_set_ids__refuses_the_id_that_means_unchanged, 0,
			    COUNT(bad_ids));
	tcase_add_loop_test(tc, test_set_ids__refuses_too_many_groups, 0, 3);
	tcase_add_test(tc, test_set_ids__needs_privileges);
	tcase_add_loop_test(tc, test_set_ids__changes_nothing_when_the_last_of_them_is_refused, 0,
			    2);
	tcase_add_test(tc, test_set_ids__takes_a_null_error);
	return suite_run(s);
}
