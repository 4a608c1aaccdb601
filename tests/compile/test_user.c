/* SPDX-License-Identifier: MIT */
/* Users and groups by name, as the container's own files have them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static ctr_error *err;

static void make(void)
{
	err = ctr_error_new();
	world_rootfs("root");
	world_mkdir("root/home/bob");
	world_mkdir("root/toor");
	world_write(world_path("root/etc/passwd"),
		    "root:x:0:0:root:/root:/bin/sh\n"
		    "bob:x:1000:100:Bob:/home/bob:/bin/sh\n"
		    "nohome:x:1001:101:::\n"
		    "relative:x:1002:102::home:\n"
		    "toor:x:0:5::/toor:\n",
		    0644);
	world_write(world_path("root/etc/group"),
		    "root:x:0:root\n"
		    "wheel:x:10:root,bob\n"
		    "audio:x:11:bob,nohome\n"
		    "again:x:10:bob\n"
		    "users:x:100:\n"
		    "toors:x:12:toor\n",
		    0644);
}

static void drop(void)
{
	ctr_error_free(err);
}

static void check(int rc)
{
	ck_assert_msg(rc == 0, "%s", ctr_error_message(err));
}

static ctr_spec *spec_of(const char *user, const char *group)
{
	ctr_spec *spec = suite_spec(world_path("root"), "sh", "-c", "echo $HOME", NULL);

	check(ctr_process_set_user_name(ctr_spec_get_process(spec), user, group, err));
	return spec;
}

/* The line of the plan that begins with these words; it must have one. */
static const char *plan_line(const ctr_plan *plan, const char *words)
{
	static char line[1024];

	for (size_t i = 0; i < ctr_plan_count(plan); i++) {
		ctr_plan_describe(plan, i, line, sizeof(line));
		if (strncmp(line, words, strlen(words)) == 0)
			return line;
	}
	ck_abort_msg("no step \"%s\"", words);
	return NULL;
}

static void expect_ids(ctr_spec *spec, const char *expected)
{
	ctr_plan *plan = ctr_plan_compile(spec, err);

	ck_assert_msg(plan, "%s", ctr_error_message(err));
	ck_assert_str_eq(plan_line(plan, "become "), expected);
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}

static void expect_refusal(ctr_spec *spec, int code, const char *words)
{
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, code, words);
	ctr_spec_free(spec);
}

static void expect_home(ctr_spec *spec, const char *expected)
{
	char *output;

	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	ck_assert_str_eq(output, expected);
	free(output);
}

/* ---- setters ---- */

static const char *const bad_names[] = {
	"",	      "4294967295",
	"4294967296", "18446744073709551616",
	"-1",	      "+1",
	" 1",	      "1 ",
	"a b",	      "a:b",
	"a,b",	      "a\nb",
	"\x7f",	      "\t",
	"+bob",	      "-bob",
	"#bob",	      "99999999999999999999",
	"a\x01",      NULL,
};

START_TEST(test_process_set_user_name__refuses)
{
	const char *bad = bad_names[_i];
	ctr_spec *spec = spec_of("bob", "wheel");
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(ctr_process_set_user_name(process, bad, NULL, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "user");
	if (bad) {
		ck_assert_int_eq(ctr_process_set_user_name(process, "root", bad, err), -1);
		suite_expect_error(err, CTR_E_INVALID, "group");
	}
	ck_assert_int_eq(ctr_process_add_group_name(process, bad, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "supplementary group");
	ctr_spec_clear_error(spec);
	expect_ids(spec, "become uid 1000 gid 10, supplementary groups: 10 11");
}
END_TEST

START_TEST(test_process_set_user_name__refuses_long_names)
{
	ctr_spec *spec = suite_spec(world_path("root"), "true", NULL);
	ctr_process *process = ctr_spec_get_process(spec);
	char name[301];

	memset(name, 'n', sizeof(name));
	name[300] = '\0';
	ck_assert_int_eq(ctr_process_set_user_name(process, name, NULL, err), -1);
	name[256] = '\0';
	ck_assert_int_eq(ctr_process_set_user_name(process, name, NULL, err), -1);
	name[255] = '\0';
	ctr_spec_clear_error(spec);
	check(ctr_process_set_user_name(process, name, NULL, err));
	expect_refusal(spec, CTR_E_INVALID, "there is no such name in /etc/passwd");
}
END_TEST

START_TEST(test_process_set_user__forgets_names)
{
	ctr_spec *spec = spec_of("bob", "wheel");

	check(ctr_process_set_user(ctr_spec_get_process(spec), 7, 8, err));
	expect_ids(spec, "become uid 7 gid 8, supplementary groups: none");
}
END_TEST

START_TEST(test_spec_clone__has_names_of_its_own)
{
	ctr_spec *spec = spec_of("bob", "audio"), *copy;

	check(ctr_process_add_group_name(ctr_spec_get_process(spec), "users", err));
	copy = ctr_spec_clone(spec, err);
	ck_assert_ptr_nonnull(copy);
	ctr_spec_free(spec);
	expect_ids(copy, "become uid 1000 gid 11, supplementary groups: 10 11 100");
}
END_TEST

/* ---- what is found ---- */

static const struct {
	const char *user, *group, *ids, *home;
} found[] = {
	{ "bob", NULL, "uid 1000 gid 100, supplementary groups: 10 11", "/home/bob\n" },
	{ "1000", NULL, "uid 1000 gid 100, supplementary groups: 10 11", "/home/bob\n" },
	{ "0001000", NULL, "uid 1000 gid 100, supplementary groups: 10 11", "/home/bob\n" },
	{ "bob", "wheel", "uid 1000 gid 10, supplementary groups: 10 11", "/home/bob\n" },
	{ "bob", "77", "uid 1000 gid 77, supplementary groups: 10 11", "/home/bob\n" },
	{ "root", NULL, "uid 0 gid 0, supplementary groups: 0 10", "/root\n" },
	{ "0", NULL, "uid 0 gid 0, supplementary groups: 0 10", "/root\n" },
	{ "toor", NULL, "uid 0 gid 5, supplementary groups: 12", "/toor\n" },
	{ "nohome", NULL, "uid 1001 gid 101, supplementary groups: 11", "/\n" },
	{ "relative", NULL, "uid 1002 gid 102, supplementary groups: none", "/\n" },
	{ "7", NULL, "uid 7 gid 0, supplementary groups: none", "/\n" },
	{ "7", "users", "uid 7 gid 100, supplementary groups: none", "/\n" },
	{ "4294967294", "4294967294", "uid 4294967294 gid 4294967294, supplementary groups: none",
	  "/\n" },
};

START_TEST(test_plan_compile__finds_users)
{
	char line[128];

	suite_need_root();
	snprintf(line, sizeof(line), "become %s", found[_i].ids);
	expect_ids(spec_of(found[_i].user, found[_i].group), line);
	expect_home(spec_of(found[_i].user, found[_i].group), found[_i].home);
}
END_TEST

START_TEST(test_plan_compile__groups_are_had_once)
{
	ctr_spec *spec = spec_of("bob", NULL);
	ctr_process *process = ctr_spec_get_process(spec);

	check(ctr_process_add_group(process, 11, err));
	check(ctr_process_add_group(process, 500, err));
	check(ctr_process_add_group_name(process, "500", err));
	check(ctr_process_add_group_name(process, "users", err));
	check(ctr_process_add_group_name(process, "3", err));
	expect_ids(spec, "become uid 1000 gid 100, supplementary groups: 3 10 11 100 500");
}
END_TEST

START_TEST(test_spawn__has_the_ids_that_were_found)
{
	ctr_spec *spec =
		suite_spec(world_path("root"), "sh", "-c", "echo $(id -u) $(id -g) $(id -G)", NULL);

	suite_need_root();
	check(ctr_process_set_user_name(ctr_spec_get_process(spec), "bob", NULL, err));
	check(ctr_spec_set_child(spec, _i ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err));
	expect_home(spec, "1000 100 100 10 11\n");
}
END_TEST

START_TEST(test_env__home_of_the_caller_of_the_setter_stays)
{
	ctr_spec *spec = spec_of("bob", NULL);

	suite_need_root();
	check(ctr_process_set_env(ctr_spec_get_process(spec), "HOME", "/mine", err));
	expect_home(spec, "/mine\n");
}
END_TEST

/* Names decide about capabilities as numbers do. */
START_TEST(test_plan_compile__root_by_another_name_has_capabilities)
{
	ctr_spec *spec = spec_of("toor", NULL);
	ctr_plan *plan = ctr_plan_compile(spec, err);

	suite_need_root();
	ck_assert_ptr_nonnull(strstr(plan_line(plan, "keep capabilities: "), "CHOWN"));
	ctr_plan_free(plan);
	check(ctr_process_set_user_name(ctr_spec_get_process(spec), "bob", NULL, err));
	plan = ctr_plan_compile(spec, err);
	ck_assert_str_eq(plan_line(plan, "keep capabilities: "), "keep capabilities: none");
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}
END_TEST

/* ---- in a user namespace ---- */

START_TEST(test_plan_compile__a_user_namespace_of_one_id_has_no_listed_groups)
{
	ctr_spec *spec = spec_of("bob", NULL);

	check(ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err));
	expect_ids(spec, "become uid 1000 gid 100, supplementary groups: the caller's");
	spec = spec_of("bob", NULL);
	check(ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err));
	check(ctr_process_add_group_name(ctr_spec_get_process(spec), "wheel", err));
	expect_refusal(spec, CTR_E_INVALID,
		       "a user namespace with one id has no supplementary groups");
}
END_TEST

/* ---- where the files come from ---- */

START_TEST(test_plan_compile__looks_into_binds)
{
	ctr_spec *spec = spec_of("carol", "chess");

	world_write(world_path("data/passwd"), "carol:x:5:6:::\n", 0644);
	world_write(world_path("data/group"), "chess:x:8:\nlist:x:9:carol\n", 0644);
	check(ctr_spec_add_bind(spec, world_path("data/passwd"), "/etc/passwd", 0, err));
	check(ctr_spec_add_bind(spec, world_path("data/group"), "/etc/group", 0, err));
	expect_ids(spec, "become uid 5 gid 8, supplementary groups: 9");
	spec = spec_of("carol", NULL);
	check(ctr_spec_add_bind(spec, world_path("data"), "/etc", 0, err));
	expect_ids(spec, "become uid 5 gid 6, supplementary groups: 9");
	spec = spec_of("bob", NULL);
	check(ctr_spec_add_bind(spec, world_path("data"), "/etc", 0, err));
	expect_refusal(spec, CTR_E_INVALID,
		       "user \"bob\": there is no such name in /etc/passwd of the "
		       "container");
}
END_TEST

static void cover_with_tmpfs(ctr_spec *spec)
{
	check(ctr_spec_add_tmpfs(spec, "/etc", 0, 0755, 0, err));
}

static void cover_with_mask(ctr_spec *spec)
{
	check(ctr_spec_add_mask(spec, "/etc/passwd", err));
	check(ctr_spec_add_mask(spec, "/etc/group", err));
}

static void cover_nothing(ctr_spec *spec)
{
	(void)spec;
}

static void keep_files(void)
{
}

static void remove_files(void)
{
	ck_assert_int_eq(unlink(world_path("root/etc/passwd")), 0);
	ck_assert_int_eq(unlink(world_path("root/etc/group")), 0);
}

static void lead_into_proc(void)
{
	remove_files();
	ck_assert_int_eq(symlink("/proc/1/root/etc/passwd", world_path("root/etc/passwd")), 0);
	ck_assert_int_eq(symlink("/proc/1/root/etc/group", world_path("root/etc/group")), 0);
}

static const struct {
	void (*prepare)(void);
	void (*cover)(ctr_spec *spec);
	const char *words;
} absent[] = {
	{ keep_files, cover_with_tmpfs, "the container has no /etc/%s to look it up in" },
	{ keep_files, cover_with_mask, "the container's /etc/%s is masked" },
	{ lead_into_proc, cover_nothing, "the container's /etc/%s is in a file system that" },
	{ remove_files, cover_nothing, "the container has no /etc/%s to look it up in" },
};

static ctr_spec *covered(int at, const char *user, const char *group)
{
	ctr_spec *spec = spec_of(user, group);

	absent[at].cover(spec);
	return spec;
}

static void expect_absent(int at, ctr_spec *spec, const char *file)
{
	char words[128];

	snprintf(words, sizeof(words), absent[at].words, file);
	expect_refusal(spec, CTR_E_INVALID, words);
}

/* A name needs the file, a number does not. */
START_TEST(test_plan_compile__names_need_the_files)
{
	suite_need_root();
	absent[_i].prepare();
	expect_absent(_i, covered(_i, "bob", NULL), "passwd");
	expect_absent(_i, covered(_i, "7", "wheel"), "group");
	expect_ids(covered(_i, "1000", "100"),
		   "become uid 1000 gid 100, supplementary groups: none");
	expect_ids(covered(_i, "1000", NULL), "become uid 1000 gid 0, supplementary groups: none");
}
END_TEST

/* ---- limits ---- */

/* n groups that list the user. */
static void write_groups(uint32_t n)
{
	FILE *out = fopen(world_path("root/etc/group"), "w");

	ck_assert_ptr_nonnull(out);
	for (uint32_t i = 0; i < n; i++)
		fprintf(out, "g::%u:bob\n", i);
	fclose(out);
}

START_TEST(test_plan_compile__as_many_groups_as_the_kernel_takes)
{
	ctr_plan *plan;
	ctr_spec *spec;

	suite_need_root();
	write_groups(65536);
	spec = spec_of("bob", NULL);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	ctr_plan_free(plan);
	check(ctr_process_add_group(ctr_spec_get_process(spec), 65536, err));
	expect_refusal(spec, CTR_E_INVALID, "there are 65537, including those in /etc/group");
}
END_TEST

START_TEST(test_plan_compile__a_file_has_a_limit)
{
	static char text[(1 << 20) + 2];

	memset(text, '\n', (1 << 20) + 1);
	memcpy(text, "bob:x:3:4:::\n", 13);
	text[1 << 20] = '\0';
	world_write(world_path("root/etc/passwd"), text, 0644);
	expect_ids(spec_of("bob", NULL), "become uid 3 gid 4, supplementary groups: 10 11");
	text[1 << 20] = '\n';
	world_write(world_path("root/etc/passwd"), text, 0644);
	expect_refusal(spec_of("bob", NULL), CTR_E_INVALID, "it is larger than 1048576 bytes");
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_loop_test(tests, test_process_set_user_name__refuses, 0, COUNT(bad_names));
	tcase_add_test(tests, test_process_set_user_name__refuses_long_names);
	tcase_add_test(tests, test_process_set_user__forgets_names);
	tcase_add_test(tests, test_spec_clone__has_names_of_its_own);
	tcase_add_loop_test(tests, test_plan_compile__finds_users, 0, COUNT(found));
	tcase_add_test(tests, test_plan_compile__groups_are_had_once);
	tcase_add_loop_test(tests, test_spawn__has_the_ids_that_were_found, 0, 2);
	tcase_add_test(tests, test_env__home_of_the_caller_of_the_setter_stays);
	tcase_add_test(tests, test_plan_compile__root_by_another_name_has_capabilities);
	tcase_add_test(tests, test_plan_compile__a_user_namespace_of_one_id_has_no_listed_groups);
	tcase_add_test(tests, test_plan_compile__looks_into_binds);
	tcase_add_loop_test(tests, test_plan_compile__names_need_the_files, 0, COUNT(absent));
	tcase_add_test(tests, test_plan_compile__as_many_groups_as_the_kernel_takes);
	tcase_add_test(tests, test_plan_compile__a_file_has_a_limit);
}

int main(void)
{
	Suite *suite = suite_create("user");
	TCase *tests = suite_case(suite, "user");

	tcase_add_checked_fixture(tests, make, drop);
	add_tests(tests);
	return suite_run(suite);
}
