/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "primitives/effect.h"
#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define USER 1000

/* ---- ranges ---- */

static const struct {
	uint32_t inside, outside, count;
	const char *words;
} bad[] = {
	{ 0, 0, 0, "\"0:0:0\": expected at least one id" },
	{ 4294967295, 0, 1, "none above 4294967294" },
	{ 0, 4294967295, 1, "none above 4294967294" },
	{ 1, 1, 4294967295, "none above 4294967294" },
	{ 10, 7, 1, "ids that no other range has" },
	{ 19, 7, 1, "ids that no other range has" },
	{ 5, 7, 6, "ids that no other range has" },
	{ 0, 109, 1, "ids that no other range has" },
	{ 0, 0, 4294967294, "ids that no other range has" },
};

START_TEST(test_idmap_add__refuses_what_is_no_range)
{
	ctr_idmap *map = ctr_idmap_new(NULL);

	ck_assert_int_eq(ctr_idmap_add_uids(map, 10, 100, 10, NULL), 0);
	ck_assert_int_eq(ctr_idmap_add_gids(map, 10, 100, 10, NULL), 0);
	ck_assert_int_eq(
		ctr_idmap_add_uids(map, bad[_i].inside, bad[_i].outside, bad[_i].count, err), -1);
	suite_expect_error(err, CTR_E_INVALID, bad[_i].words);
	ck_assert_int_eq(
		ctr_idmap_add_gids(map, bad[_i].inside, bad[_i].outside, bad[_i].count, err), -1);
	suite_expect_error(err, CTR_E_INVALID, bad[_i].words);
	ctr_idmap_free(map);
}
END_TEST

START_TEST(test_idmap_add__takes_what_lies_side_by_side)
{
	ctr_idmap *map = ctr_idmap_new(NULL);

	ck_assert_int_eq(ctr_idmap_add_uids(map, 10, 100, 10, err), 0);
	ck_assert_int_eq(ctr_idmap_add_uids(map, 0, 110, 10, err), 0);
	ck_assert_int_eq(ctr_idmap_add_uids(map, 20, 90, 10, err), 0);
	ck_assert_int_eq(ctr_idmap_add_uids(map, 30, 120, 4294967295 - 120, err), 0);
	ctr_idmap_free(map);
}
END_TEST

/* Only so many lines, and so many bytes, are taken by the kernel. */
START_TEST(test_idmap_add__bounds_its_length)
{
	ctr_idmap *map = ctr_idmap_new(NULL);

	for (uint32_t i = 0; i < 340; i++)
		ck_assert_int_eq(ctr_idmap_add_uids(map, i * 2, 1000000 + i * 2, 1, err), 0);
	ck_assert_int_eq(ctr_idmap_add_uids(map, 1000, 1, 1, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "at most 340 ranges");
	ctr_idmap_clear_error(map);
	ck_assert_int_eq(ctr_userns_create(map, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "use fewer ranges");
	ctr_idmap_free(map);
}
END_TEST

START_TEST(test_idmap__must_not_be_empty)
{
	ctr_idmap *map = ctr_idmap_new(NULL);

	ck_assert_int_eq(ctr_userns_create(map, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "it is empty");
	ck_assert_int_eq(ctr_userns_map(map, getpid(), err), -1);
	suite_expect_error(err, CTR_E_INVALID, "it is empty");
	ctr_idmap_free(map);
	ctr_idmap_free(NULL);
}
END_TEST

/* ---- namespaces ---- */

static ctr_idmap *new_map(void)
{
	ctr_idmap *map = ctr_idmap_new(err);

	ck_assert_int_eq(ctr_idmap_add_uids(map, 0, 300000, 1000, err), 0);
	ck_assert_int_eq(ctr_idmap_add_uids(map, 1000, 400000, 5, err), 0);
	return map;
}

/* A process of ours in a user namespace of its own, that ends when it is killed. */
static pid_t start_in_userns(void)
{
	int ready[2];
	char c;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER) == 0)
			(void)!write(ready[1], "", 1);
		pause();
		_exit(1);
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
	return pid;
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

static const char *map_of(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return world_read(path);
}

/* Those of users are those of groups where there are no others. */
TEST_IN_CHILD(test_userns_map__maps)
{
	ctr_idmap *map = new_map();
	pid_t pid = start_in_userns();
	const char *expected = "         0     300000       1000\n"
			       "      1000     400000          5\n";

	effect_done(ctr_userns_map(map, pid, err));
	ck_assert_str_eq(map_of(pid, "uid_map"), expected);
	ck_assert_str_eq(map_of(pid, "gid_map"), expected);
	ck_assert_str_eq(map_of(pid, "setgroups"), "allow\n");
	ck_assert_int_eq(ctr_userns_map(map, pid, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "mapped already");
	stop(pid);
	ctr_idmap_free(map);
}

TEST_IN_CHILD(test_userns_map__of_a_process_that_is_not_there_is_told)
{
	ctr_idmap *map = new_map();
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_eq(ctr_userns_map(map, pid, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "No such file");
	ctr_idmap_free(map);
}

TEST_IN_CHILD(test_userns_create__is_joined_with_its_ids)
{
	ctr_idmap *map = new_map();
	int fd = ctr_userns_create(map, err);

	ck_assert_msg(fd >= 0, "%s", ctr_error_message(err));
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	effect_done(ctr_setns(fd, CTR_NS_USER, err));
	close(fd);
	ck_assert_str_eq(world_read("/proc/self/uid_map"), "         0     300000       1000\n"
							   "      1000     400000          5\n");
	ck_assert_int_eq(setuid(0), 0);
	ctr_idmap_free(map);
}

TEST_IN_CHILD(test_userns_create__that_is_switched_off_is_told)
{
	ctr_idmap *map = ctr_idmap_new(err);
	int fd;

	ck_assert_int_eq(ctr_idmap_add_uids(map, 0, 0, 1, err), 0);
	ck_assert_int_eq(unshare(CLONE_NEWUSER), 0);
	fd = open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		suite_skip("this host's sysctl can't be written");
	close(fd);
	ck_assert_int_eq(ctr_userns_create(map, err), -1);
	suite_expect_error(err, CTR_E_UNSUPPORTED, "/proc/sys/user/max_user_namespaces");
	ctr_idmap_free(map);
}

/* ---- by newuidmap(1) ---- */

static void replace(const char *path, const char *name, const char *text)
{
	world_write(name, text, 0644);
	ck_assert_int_eq(mount(world_path("%s", name), path, "none", MS_BIND, NULL), 0);
}

/* As the host's administrator would have it. */
static void give(const char *text)
{
	replace("/etc/passwd", "passwd", "root:x:0:0::/:\nalice:x:1000:1000::/:\n");
	replace("/etc/subuid", "subuid", text);
	replace("/etc/subgid", "subgid", text);
	if (access("/usr/bin/newuidmap", X_OK))
		suite_skip("newuidmap is not installed");
}

static const char *const givers[] = {
	"alice:300000:2000\n",
	"1000:300000:2000\n",
	"bob:1:7\nalice:bad:1\nalice:500000:10\nalice:300000:2000\n",
	"alice:301000:1000\nalice:300000:1000\n",
	"alice:300000:2000\n1000:300000:2000\n",
};

TEST_IN_CHILD(test_userns_map__is_helped_for_what_is_given)
{
	ctr_idmap *map = ctr_idmap_new(err);
	pid_t pid;

	give(givers[at]);
	effect_drop_privileges();
	ck_assert_int_eq(ctr_idmap_add_uids(map, 0, USER, 1, err), 0);
	ck_assert_int_eq(ctr_idmap_add_uids(map, 1, 300000, 2000, err), 0);
	pid = start_in_userns();
	effect_done(ctr_userns_map(map, pid, err));
	ck_assert_str_eq(map_of(pid, "uid_map"), "         0       1000          1\n"
						 "         1     300000       2000\n");
	ck_assert_str_eq(map_of(pid, "gid_map"), map_of(pid, "uid_map"));
	stop(pid);
	ctr_idmap_free(map);
}

TEST_IN_CHILD(test_idmap_add_ranges__takes_all_that_is_given)
{
	ctr_idmap *map = ctr_idmap_new(err);
	pid_t pid;

	give(givers[2]);
	effect_drop_privileges();
	effect_done(ctr_idmap_add_ranges(map, err));
	ck_assert_int_eq(ctr_idmap_add_ranges(map, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "it already has ranges");
	ctr_idmap_clear_error(map);
	pid = start_in_userns();
	effect_done(ctr_userns_map(map, pid, err));
	ck_assert_str_eq(map_of(pid, "uid_map"), "         0       1000          1\n"
						 "         1     500000         10\n"
						 "        11     300000       2000\n");
	stop(pid);
	ctr_idmap_free(map);
}

/* By name and by number it is given once; what is given twice can be mapped once. */
TEST_IN_CHILD(test_idmap_add_ranges__takes_nothing_twice)
{
	ctr_idmap *map = ctr_idmap_new(err);
	pid_t pid;

	give(givers[4]);
	effect_drop_privileges();
	effect_done(ctr_idmap_add_ranges(map, err));
	pid = start_in_userns();
	effect_done(ctr_userns_map(map, pid, err));
	stop(pid);
	ctr_idmap_free(map);
}

TEST_IN_CHILD(test_idmap_add_ranges__believes_no_part_of_a_file)
{
	const size_t size = (1 << 20) + 100;
	ctr_idmap *map = ctr_idmap_new(err);
	char *text = malloc(size + 1);

	memset(text, '#', size);
	memcpy(text + size - 24, "\nalice:300000:65536\n", 21);
	text[size] = '\0';
	give(text);
	free(text);
	effect_drop_privileges();
	ck_assert_int_eq(ctr_idmap_add_ranges(map, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "File too large");
	ctr_idmap_free(map);
}

static const struct {
	const char *given;
	uint32_t first, count;
	const char *words;
} refusals[] = {
	{ "bob:300000:5\n", 300000, 1, "/etc/subuid grants none to user id 1000" },
	{ "alice:300000:5\n", 299999, 1, "grants 300000 to 300004 to user id 1000" },
	{ "alice:300000:5\n", 300000, 6, "user ids from 300000 to 300005" },
	{ "alice:300000:5\n", 300004, 2, "the caller may not map them" },
	{ "alice:300000:5\n", 0, 1, "user ids from 0 to 0" },
	{ "alice:300000:5\n", USER, 2, "user ids from 1000 to 1001" },
};

TEST_IN_CHILD(test_userns_map__refuses_what_is_not_given)
{
	ctr_idmap *map = ctr_idmap_new(err);
	pid_t pid;

	give(refusals[at].given);
	effect_drop_privileges();
	ck_assert_int_eq(ctr_idmap_add_uids(map, 5, refusals[at].first, refusals[at].count, err),
			 0);
	pid = start_in_userns();
	ck_assert_int_eq(ctr_userns_map(map, pid, err), -1);
	suite_expect_error(err, CTR_E_UNSUPPORTED, refusals[at].words);
	ck_assert_str_eq(map_of(pid, "uid_map"), "");
	stop(pid);
	ctr_idmap_free(map);
}

TEST_IN_CHILD(test_idmap_add_ranges__of_who_has_none_is_told)
{
	ctr_idmap *map = ctr_idmap_new(err);

	give("bob:300000:5\n");
	effect_drop_privileges();
	ck_assert_int_eq(ctr_idmap_add_ranges(map, err), -1);
	suite_expect_error(err, CTR_E_UNSUPPORTED, "usermod(8)");
	ctr_idmap_free(map);
}

TEST_IN_CHILD(test_userns_map__without_the_helper_is_told)
{
	ctr_idmap *map = ctr_idmap_new(err);

	give("alice:300000:5\n");
	ck_assert_int_eq(mount("tmpfs", "/usr/bin", "tmpfs", 0, NULL), 0);
	effect_drop_privileges();
	ck_assert_int_eq(ctr_idmap_add_uids(map, 0, 300000, 5, err), 0);
	ck_assert_int_eq(ctr_userns_map(map, getpid(), err), -1);
	suite_expect_error(err, CTR_E_UNSUPPORTED, "newuidmap(1) for it, which is not installed");
	ctr_idmap_free(map);
}

/* It knows better than we do, and its words are told. */
TEST_IN_CHILD(test_userns_map__what_the_helper_says_is_told)
{
	ctr_idmap *map = ctr_idmap_new(err);

	give("alice:300000:5\n");
	effect_drop_privileges();
	ck_assert_int_eq(ctr_idmap_add_uids(map, 0, 300000, 5, err), 0);
	ck_assert_int_eq(ctr_userns_map(map, 1, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "newuidmap(1) refused, status 1: newuidmap: ");
	ctr_idmap_free(map);
}

static void slow_down(const char *path, const char *name)
{
	world_write(name, "#!/bin/sh\nsleep 0.7\n", 0755);
	ck_assert_int_eq(mount(world_path("%s", name), path, "none", MS_BIND, NULL), 0);
}

/* Each takes less than there is, and both take more. */
TEST_IN_CHILD(test_userns__one_bound_is_for_all_that_a_spawn_waits_for)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	give("alice:300000:5\n");
	slow_down("/usr/bin/newuidmap", "slow-uids");
	slow_down("/usr/bin/newgidmap", "slow-gids");
	effect_drop_privileges();
	ck_assert_int_eq(ctr_idmap_add_uids(ctr_spec_get_idmap(spec), 0, 300000, 5, err), 0);
	ck_assert_int_eq(ctr_spec_set_setup_timeout_ms(spec, 1000, err), 0);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_TIMEOUT, "newgidmap(1) took too long, and was killed");
	ctr_spec_free(spec);
}

/* ---- idmapped mounts ---- */

/* Since Linux 6.3. Before, the tests' own directory has to do, which may be on ext4. */
static bool has_idmapped_tmpfs(void)
{
	struct utsname host;
	int major, minor;

	ck_assert_int_eq(uname(&host), 0);
	ck_assert_int_eq(sscanf(host.release, "%d.%d", &major, &minor), 2);
	return major > 6 || (major == 6 && minor >= 3);
}

TEST_IN_CHILD(test_mount_bind_idmapped__shows_and_stores_owners)
{
	ctr_idmap *map = new_map();
	int userns = ctr_userns_create(map, err);
	struct stat st;

	world_mkdir("from");
	world_mkdir("to");
	if (has_idmapped_tmpfs())
		ck_assert_int_eq(mount("tmpfs", world_path("from"), "tmpfs", 0, NULL), 0);
	world_write("from/five", "", 0644);
	ck_assert_int_eq(chown(world_path("from/five"), 5, 1001), 0);
	effect_done(ctr_mount_bind_idmapped(world_path("from"), world_path("to"), 0, userns, err));
	ck_assert_int_eq(stat(world_path("to/five"), &st), 0);
	ck_assert_uint_eq(st.st_uid, 300005);
	ck_assert_uint_eq(st.st_gid, 400001);
	ck_assert_int_eq(chown(world_path("to/five"), 300000, 300001), 0);
	ck_assert_int_eq(stat(world_path("from/five"), &st), 0);
	ck_assert_uint_eq(st.st_uid, 0);
	ck_assert_uint_eq(st.st_gid, 1);
	ck_assert_int_eq(chown(world_path("to/five"), 5, 5), -1);
	ck_assert_int_eq(errno, EOVERFLOW);
	close(userns);
	ctr_idmap_free(map);
}

static const struct {
	const char *source, *target;
	uint32_t flags;
	const char *userns; /* NULL: one that will do */
	int code, errnum;
	const char *words;
} bad_mounts[] = {
	{ "", "/mnt", 0, NULL, CTR_E_INVALID, 0, "bind source" },
	{ "/tmp", "mnt", 0, NULL, CTR_E_INVALID, 0, "bind target" },
	{ "/tmp", "/mnt", 1u << 31, NULL, CTR_E_INVALID, 0, "mount flags" },
	{ "/tmp", "/mnt", 0, "/proc/self/ns/net", CTR_E_INVALID, 0,
	  "the file of a user namespace" },
	{ "/nowhere", "/mnt", 0, NULL, CTR_E_SYSTEM, ENOENT, "make an idmapped mount on" },
	{ "/proc", "/mnt", 0, NULL, CTR_E_UNSUPPORTED, EINVAL, "does not support idmapped mounts" },
};

TEST_IN_CHILD(test_mount_bind_idmapped__refuses)
{
	ctr_idmap *map = new_map();
	int userns = bad_mounts[at].userns ? open(bad_mounts[at].userns, O_RDONLY | O_CLOEXEC)
					   : ctr_userns_create(map, err);

	effect_note();
	effect_refused(ctr_mount_bind_idmapped(bad_mounts[at].source, bad_mounts[at].target,
					       bad_mounts[at].flags, userns, err),
		       bad_mounts[at].code, bad_mounts[at].errnum, bad_mounts[at].words);
	close(userns);
	ctr_idmap_free(map);
}

int main(void)
{
	Suite *s = suite_create("userns");
	TCase *tc = suite_case(s, "userns");

	tcase_add_checked_fixture(tc, effect_begin, effect_end);
	tcase_add_checked_fixture(tc, suite_need_root, NULL);
	tcase_add_loop_test(tc, test_idmap_add__refuses_what_is_no_range, 0, COUNT(bad));
	tcase_add_test(tc, test_idmap_add__takes_what_lies_side_by_side);
	tcase_add_test(tc, test_idmap_add__bounds_its_length);
	tcase_add_test(tc, test_idmap__must_not_be_empty);
	tcase_add_test(tc, test_userns_map__maps);
	tcase_add_test(tc, test_userns_map__of_a_process_that_is_not_there_is_told);
	tcase_add_test(tc, test_userns_create__is_joined_with_its_ids);
	tcase_add_test(tc, test_userns_create__that_is_switched_off_is_told);
	tcase_add_loop_test(tc, test_userns_map__is_helped_for_what_is_given, 0, COUNT(givers));
	tcase_add_test(tc, test_idmap_add_ranges__takes_all_that_is_given);
	tcase_add_test(tc, test_idmap_add_ranges__takes_nothing_twice);
	tcase_add_test(tc, test_idmap_add_ranges__believes_no_part_of_a_file);
	tcase_add_loop_test(tc, test_userns_map__refuses_what_is_not_given, 0, COUNT(refusals));
	tcase_add_test(tc, test_idmap_add_ranges__of_who_has_none_is_told);
	tcase_add_test(tc, test_userns_map__without_the_helper_is_told);
	tcase_add_test(tc, test_userns_map__what_the_helper_says_is_told);
	tcase_add_test(tc, test_userns__one_bound_is_for_all_that_a_spawn_waits_for);
	tcase_add_test(tc, test_mount_bind_idmapped__shows_and_stores_owners);
	tcase_add_loop_test(tc, test_mount_bind_idmapped__refuses, 0, COUNT(bad_mounts));
	return suite_run(s);
}
