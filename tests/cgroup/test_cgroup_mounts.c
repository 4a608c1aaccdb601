/* SPDX-License-Identifier: MIT */
/* Where hierarchies are mounted: by texts of mountinfo, and by mounts of the test's own. */
#include <errno.h>
#include <fcntl.h>
#include <libcgroup.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"
#include "cgroup/mounts.h"
#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static ctr_error *err;
static ctr_limits *limits;

static void make(void)
{
	err = ctr_error_new();
	limits = ctr_limits_new(err);
	ck_assert_int_eq(ctr_limits_set_pids_max(limits, 20, err), 0);
}

static void drop(void)
{
	ctr_limits_free(limits);
	ctr_error_free(err);
}

/* ---- texts ---- */

#define V1_ROOT "30 22 0:27 / /c rw - tmpfs tmpfs rw,mode=755\n"
#define CPU "31 30 0:28 / /c/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
#define MEMORY "32 30 0:29 / /c/memory rw - cgroup cgroup rw,memory\n"
#define NAMED "33 30 0:30 / /c/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
#define V2 "34 30 0:31 / /c/unified rw - cgroup2 cgroup2 rw,nsdelegate\n"

static const struct {
	const char *text, *controller, *path;
} choices[] = {
	{ "", "memory", NULL },
	{ "", CTR__CGROUP2, NULL },
	{ V1_ROOT CPU MEMORY NAMED V2, "memory", "/c/memory" },
	/* together */
	{ V1_ROOT CPU MEMORY NAMED V2, "cpu", "/c/cpu,cpuacct" },
	{ V1_ROOT CPU MEMORY NAMED V2, "cpuacct", "/c/cpu,cpuacct" },
	/* hybrid */
	{ V1_ROOT CPU MEMORY NAMED V2, CTR__CGROUP2, "/c/unified" },
	{ V1_ROOT CPU MEMORY NAMED, CTR__CGROUP2, NULL },
	{ V1_ROOT CPU MEMORY NAMED V2, "pids", NULL },
	/* part of a word, of a name, of another type */
	{ CPU, "cpua", NULL },
	{ NAMED, "systemd", NULL },
	{ NAMED, "name=systemd", "/c/systemd" },
	{ "1 0 0:1 / /a rw - cgroup x rw,name=memory\n", "memory", NULL },
	{ "1 0 0:1 / /a rw - cgroupx x rw,memory\n", "memory", NULL },
	{ "1 0 0:1 / /a rw - tmpfs - cgroup rw,memory\n", "memory", NULL },
	/* a mount point that is escaped */
	{ "1 0 0:1 / /a\\040b\\134\\011c rw - cgroup x rw,pids\n", "pids", "/a b\\\tc" },
	{ "1 0 0:1 / /a\\040b rw - cgroup2 x rw", CTR__CGROUP2, "/a b" },
	/* twice: one that can be written, or the first */
	{ "1 0 0:1 / /a ro - cgroup x rw,pids\n2 0 0:1 / /b rw - cgroup x rw,pids\n", "pids",
	  "/b" },
	{ "1 0 0:1 / /a rw - cgroup x ro,pids\n2 0 0:1 / /b rw - cgroup x rw,pids\n", "pids",
	  "/b" },
	{ "1 0 0:1 / /a rw - cgroup x rw,pids\n2 0 0:1 / /b rw - cgroup x rw,pids\n", "pids",
	  "/a" },
	{ "1 0 0:1 / /a ro - cgroup2 x rw\n2 0 0:1 / /b rw - cgroup2 x rw\n", CTR__CGROUP2, "/b" },
	/* all groups before a part of them */
	{ "1 0 0:1 /g /a rw - cgroup x rw,pids\n2 0 0:1 / /b ro - cgroup x rw,pids\n", "pids",
	  "/b" },
	{ "1 0 0:1 /../.. /a rw - cgroup x rw,pids\n2 0 0:1 /g /b ro - cgroup x rw,pids\n", "pids",
	  "/b" },
	{ "1 0 0:1 /g /a rw - cgroup x rw,pids\n", "pids", "/a" },
};

START_TEST(test_mounts_best__chooses)
{
	struct ctr__cgroup_mounts mounts = { 0 };
	const struct ctr__cgroup_mount *best;
	char *text = strdup(choices[_i].text);

	ck_assert_int_eq(ctr__cgroup_mounts_parse(&mounts, text), 0);
	best = ctr__cgroup_mounts_best(&mounts, choices[_i].controller);
	ck_assert_pstr_eq(best ? best->path : NULL, choices[_i].path);
	ctr__cgroup_mounts_clear(&mounts);
	free(text);
}
END_TEST

START_TEST(test_mounts_parse__undoes_escapes_of_the_root)
{
	char text[] = "1 0 0:1 /a\\040b /c rw - cgroup x rw,pids\n";
	struct ctr__cgroup_mounts mounts = { 0 };

	ck_assert_int_eq(ctr__cgroup_mounts_parse(&mounts, text), 0);
	ck_assert_uint_eq(mounts.n, 1);
	ck_assert_str_eq(mounts.v[0].root, "/a b");
	ctr__cgroup_mounts_clear(&mounts);
}
END_TEST

static const struct {
	const char *root, *group, *below;
} parts[] = {
	{ "/", "/", "/" },	{ "/", "/a/b", "/a/b" }, { "/a", "/a", "/" },
	{ "/a", "/a/b", "/b" }, { "/a", "/ab", NULL },	 { "/a/b", "/a", NULL },
	{ "/a", "/", NULL },	{ "/../b", "/b", NULL },
};

START_TEST(test_below__is_the_part_that_is_mounted)
{
	ck_assert_pstr_eq(ctr__cgroup_below(parts[_i].root, parts[_i].group), parts[_i].below);
}
END_TEST

/* ---- mounts ---- */

/* Where pids is, until the next call; "" where it is not. */
static const char *place(void)
{
	static _Thread_local char path[PATH_MAX];
	struct ctr__cgroup_mount mount = { 0 };
	int r = ctr__cgroup_mount_find("pids", &mount);

	snprintf(path, sizeof(path), "%s", r > 0 ? mount.path : "");
	ctr__cgroup_mount_clear(&mount);
	ck_assert_int_ge(r, 0);
	return path;
}

/* No other place has it afterwards. */
static void leave_only(const char *wanted)
{
	char path[PATH_MAX];

	while (strcpy(path, place()) && *path && strcmp(path, wanted) != 0)
		ck_assert_int_eq(umount2(path, MNT_DETACH), 0);
}

static void bind_at(const char *from, const char *to)
{
	world_mkdir("%s", to);
	ck_assert_int_eq(mount(from, world_path("%s", to), NULL, MS_BIND | MS_REC, NULL), 0);
}

static bool begins_with(const char *path, const char *with)
{
	return path && strncmp(path, with, strlen(with)) == 0 && path[strlen(with)] == '/';
}

/* In the only place there is, a group is made and removed. */
static void expect_group_in(const char *mount)
{
	ctr_cgroup *group = ctr_cgroup_create(NULL, limits, 0, err);

	ck_assert_msg(group, "%s", ctr_error_message(err));
	ck_assert_msg(begins_with(ctr_cgroup_path(group, 0), mount), "%s is not in %s",
		      ctr_cgroup_path(group, 0), mount);
	ck_assert_int_eq(ctr_cgroup_remove(group, err), 0);
	ctr_cgroup_free(group);
}

static void expect_none(const char *words)
{
	ck_assert_ptr_null(ctr_cgroup_create(NULL, limits, 0, err));
	suite_expect_error(err, CTR_E_UNSUPPORTED, words);
}

static void move_it(void)
{
	ck_assert_str_ne(place(), "");
	bind_at(place(), "a b\\c");
	leave_only(world_path("a b\\c"));
	expect_group_in(world_path("a b\\c"));
}

START_TEST(test_find__follows_a_mount)
{
	suite_in_mounts(move_it);
}
END_TEST

static void cover_it(void)
{
	char path[PATH_MAX];

	bind_at(place(), "other");
	leave_only(world_path("other"));
	strcpy(path, place());
	ck_assert_int_eq(mount("none", path, "tmpfs", 0, NULL), 0);
	ck_assert_str_eq(place(), "");
	expect_none("not mounted here");
	ck_assert_int_eq(umount(path), 0);
	expect_group_in(path);
}

START_TEST(test_find__leaves_out_what_is_covered)
{
	suite_in_mounts(cover_it);
}
END_TEST

/* A file of a group is of the same type, and is no hierarchy. */
static void bind_a_file(void)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/cgroup.procs", place());
	world_write(world_path("file"), "", 0644);
	ck_assert_int_eq(mount(path, world_path("file"), NULL, MS_BIND, NULL), 0);
	leave_only(world_path("file"));
	ck_assert_str_eq(place(), "");
	expect_none("not mounted here");
}

START_TEST(test_find__takes_directories_alone)
{
	suite_in_mounts(bind_a_file);
}
END_TEST

/* Another file system of the same kind, whose mount may get the id that the first had. */
static void replace_it(void)
{
	char path[PATH_MAX];

	strcpy(path, place());
	bind_at(path, "kept");
	leave_only(world_path("kept"));
	mkdir(path, 0755);
	ck_assert_int_eq(mount("none", path, "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(mount(path, world_path("kept"), NULL, MS_MOVE, NULL), 0);
	ck_assert_str_eq(place(), "");
}

START_TEST(test_find__notices_what_took_its_place)
{
	suite_in_mounts(replace_it);
}
END_TEST

/* It is held while it is mounted nowhere. */
static void take_all(void)
{
	const int tree = sys_open_tree(AT_FDCWD, place(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	ck_assert_int_ge(tree, 0);
	leave_only("");
	expect_none("not mounted here");
	expect_none("not mounted here"); /* what is kept says so too */
	world_mkdir("new");
	ck_assert_int_eq(
		sys_move_mount(tree, "", AT_FDCWD, world_path("new"), MOVE_MOUNT_F_EMPTY_PATH), 0);
	close(tree);
	expect_group_in(world_path("new"));
}

START_TEST(test_find__sees_what_is_mounted_later)
{
	suite_in_mounts(take_all);
}
END_TEST

static void unmount_everything(void)
{
	static const char *const controllers[] = { CTR__CGROUP2, "memory", "cpu",  "cpuacct",
						   "blkio",	 "io",	   "pids", "freezer" };
	struct ctr__cgroup_mount mount = { 0 };
	ctr_spec *spec;

	for (int i = 0; i < COUNT(controllers); i++)
		while (ctr__cgroup_mount_find(controllers[i], &mount) > 0) {
			ck_assert_int_eq(umount2(mount.path, MNT_DETACH), 0);
			ctr__cgroup_mount_clear(&mount);
		}
	expect_none("not mounted here");
	spec = suite_spec(NULL, "true", NULL);
	ck_assert_int_eq(ctr_spec_set_accounting(spec, CTR_ACCOUNTING_AUTO, err), 0);
	ck_assert_int_eq(suite_run_spec(spec, NULL), 0);
}

START_TEST(test_find__takes_a_host_that_has_none)
{
	suite_in_mounts(unmount_everything);
}
END_TEST

/* ---- a part of a hierarchy ---- */

/* The directory of a group of all hierarchies in that of pids, and what its path begins with. */
static const char *path_in(const ctr_cgroup *group, const char *mount)
{
	for (size_t i = 0; ctr_cgroup_path(group, i); i++)
		if (begins_with(ctr_cgroup_path(group, i), mount))
			return ctr_cgroup_path(group, i);
	ck_abort_msg("no group in %s", mount);
}

static ctr_cgroup *outer;
static char outer_name[64];

static void make_outer(void)
{
	snprintf(outer_name, sizeof(outer_name), "/minictr_part_%d", (int)getpid());
	outer = ctr_cgroup_create(outer_name, limits, 0, err);
	ck_assert_msg(outer, "%s", ctr_error_message(err));
}

static void remove_outer(void)
{
	ck_assert_int_eq(ctr_cgroup_remove(outer, err), 0);
	ctr_cgroup_free(outer);
}

static void use_part(void)
{
	char path[PATH_MAX];
	ctr_cgroup *group;

	bind_at(path_in(outer, strcpy(path, place())), "part");
	leave_only(world_path("part"));
	ck_assert_ptr_null(ctr_cgroup_create(NULL, limits, 0, err));
	suite_expect_error(err, CTR_E_SYSTEM, "own group is not visible from here");
	ck_assert_ptr_null(ctr_cgroup_create("/elsewhere", limits, 0, err));
	suite_expect_error(err, CTR_E_SYSTEM, "are mounted here");
	snprintf(path, sizeof(path), "%s/in", outer_name);
	group = ctr_cgroup_create(path, limits, 0, err);
	ck_assert_msg(group, "%s", ctr_error_message(err));
	ck_assert_str_eq(ctr_cgroup_path(group, 0), world_path("part/in"));
	ck_assert_int_eq(ctr_cgroup_remove(group, err), 0);
	ctr_cgroup_free(group);
	ck_assert_int_eq(ctr_cgroup_add(outer, 0, err), 0);
	expect_group_in(world_path("part"));
}

START_TEST(test_find__takes_a_part_of_a_hierarchy)
{
	if (ctr_cgroup_find("pids", NULL, 0, err) == 2)
		return; /* a group with processes can't divide itself there */
	make_outer();
	suite_in_mounts(use_part);
	remove_outer();
}
END_TEST

/* On the same path, of the same device: only the id of the mount tells them apart. */
static void cover_with_part(void)
{
	struct ctr__cgroup_mount found = { 0 };
	char path[PATH_MAX];

	strcpy(path, place());
	ck_assert_int_eq(mount(path_in(outer, path), path, NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(ctr__cgroup_mount_find("pids", &found), 1);
	ck_assert_str_eq(found.path, path);
	ck_assert_str_ne(found.root, "/");
	ctr__cgroup_mount_clear(&found);
}

START_TEST(test_find__tells_a_part_from_what_it_covers)
{
	make_outer();
	suite_in_mounts(cover_with_part);
	remove_outer();
}
END_TEST

static void enter_namespace(void)
{
	ck_assert_str_ne(place(), "");
	ck_assert_int_eq(ctr_cgroup_add(outer, 0, err), 0);
	ck_assert_int_eq(unshare(CLONE_NEWCGROUP), 0);
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0); /* what is kept is of the namespace before */
	ck_assert_int_eq(ctr__cgroup_mount_find("pids", NULL), -EXDEV);
	expect_none("outside of the caller's cgroup namespace");
}

START_TEST(test_find__tells_of_mounts_outside_of_the_namespace)
{
	make_outer();
	suite_in_mounts(enter_namespace);
	remove_outer();
}
END_TEST

/* ---- threads and copies ---- */

static void *in_own_mounts(void *found)
{
	ck_assert_int_eq(unshare(CLONE_FS | CLONE_NEWNS), 0);
	ck_assert_str_ne(place(), "");
	leave_only("");
	snprintf(found, PATH_MAX, "%s", place());
	return NULL;
}

static void with_a_thread(void)
{
	char before[PATH_MAX], found[PATH_MAX] = "?";
	pthread_t thread;

	strcpy(before, place());
	ck_assert_str_ne(before, "");
	ck_assert_int_eq(pthread_create(&thread, NULL, in_own_mounts, found), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_str_eq(found, "");
	ck_assert_str_eq(place(), before);
}

START_TEST(test_find__is_of_the_calling_thread)
{
	suite_in_mounts(with_a_thread);
}
END_TEST

static atomic_bool stop;

static void *look_all_the_time(void *nothing)
{
	while (!atomic_load(&stop))
		ctr__cgroup_mount_find("pids", NULL);
	return nothing;
}

/* A copy has no other thread that could give a lock back. */
static void fork_often(void)
{
	pthread_t thread;
	int status;

	ck_assert_int_eq(pthread_create(&thread, NULL, look_all_the_time, NULL), 0);
	for (int i = 0; i < suite_rounds(200); i++) {
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			alarm(60);
			_exit(ctr__cgroup_mount_find("pids", NULL) == 1 ? 0 : 1);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_int_eq(status, 0);
	}
	atomic_store(&stop, true);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

START_TEST(test_find__works_in_a_copy_of_a_busy_process)
{
#ifdef SUITE_SANITIZED
	return; /* the allocator of a sanitizer may have a lock that nobody gives back */
#endif
	suite_in_child(fork_often);
}
END_TEST

/* ---- libcgroup ---- */

static bool libcgroup_has_started(void)
{
	char *path = NULL;
	int r = cgroup_get_subsys_mount_point("pids", &path);

	free(path);
	return r != ECGROUPNOTINITIALIZED;
}

static void use_groups(void)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	ck_assert_int_eq(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 20, err), 0);
	ck_assert_int_eq(ctr_spec_set_accounting(spec, CTR_ACCOUNTING_ON, err), 0);
	ck_assert_int_eq(suite_run_spec(spec, NULL), 0);
	ck_assert(!libcgroup_has_started());
	ck_assert_int_eq(ctr_cgroup_gc(0, NULL, NULL, err), 0);
	ck_assert(libcgroup_has_started());
}

START_TEST(test_spawn__does_not_start_libcgroup)
{
	suite_in_child(use_groups);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cgroup_mounts");
	TCase *tc = tcase_create("texts");

	tcase_add_loop_test(tc, test_mounts_best__chooses, 0, COUNT(choices));
	tcase_add_test(tc, test_mounts_parse__undoes_escapes_of_the_root);
	tcase_add_loop_test(tc, test_below__is_the_part_that_is_mounted, 0, COUNT(parts));
	suite_add_tcase(s, tc);

	tc = suite_case(s, "mounts");
	tcase_add_checked_fixture(tc, suite_need_root, NULL);
	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_test(tc, test_find__follows_a_mount);
	tcase_add_test(tc, test_find__leaves_out_what_is_covered);
	tcase_add_test(tc, test_find__takes_directories_alone);
	tcase_add_test(tc, test_find__notices_what_took_its_place);
	tcase_add_test(tc, test_find__sees_what_is_mounted_later);
	tcase_add_test(tc, test_find__takes_a_host_that_has_none);
	tcase_add_test(tc, test_find__takes_a_part_of_a_hierarchy);
	tcase_add_test(tc, test_find__tells_a_part_from_what_it_covers);
	tcase_add_test(tc, test_find__tells_of_mounts_outside_of_the_namespace);
	tcase_add_test(tc, test_find__is_of_the_calling_thread);
	tcase_add_test(tc, test_find__works_in_a_copy_of_a_busy_process);
	tcase_add_test(tc, test_spawn__does_not_start_libcgroup);
	return suite_run(s);
}
