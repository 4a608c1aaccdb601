/* SPDX-License-Identifier: MIT */
/*
 * A call that says that it was done, and was not: as when another module of the kernel's, or
 * a filter that the caller is in, undoes it. The program must not be executed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define ANY UINT32_MAX

static ctr_error *err;

/* The call, and its first argument, that does nothing and says 0 from now on. */
static const struct lie {
	const char *name;
	uint32_t nr, argument;
	uint32_t user; /* who the program is to be */
} lies[] = {
	{ "bounding set", SYS_prctl, PR_CAPBSET_DROP, 0 },
	{ "capability sets", SYS_capset, ANY, 0 },
	{ "no_new_privs", SYS_prctl, PR_SET_NO_NEW_PRIVS, 1000 },
	{ "user id", SYS_setresuid, ANY, 1000 },
	{ "group id", SYS_setresgid, ANY, 1000 },
	{ "supplementary groups", SYS_setgroups, ANY, 1000 },
	{ "root", SYS_pivot_root, ANY, 1000 },
};

static const struct lie *lie;
static const char *root_of_all; /* NULL: the default one */
static int child;

static void read_mounts(char text[4096])
{
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, 4095);

	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	close(fd);
}

static void begin_to_lie(void)
{
	const struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, lie->nr, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | (lie->argument == ANY ? BPF_JGE : BPF_JEQ) | BPF_K,
			 lie->argument == ANY ? 0 : lie->argument, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {
		.len = COUNT(insns),
		.filter = (struct sock_filter *)(uintptr_t)insns,
	};

	ck_assert_int_eq(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), 0);
}

static void spawn_among_lies(void)
{
	ctr_spec *spec = suite_spec(world_rootfs("root"), "touch", "/tmp/ran", NULL);
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_container *c;

	ck_assert_int_eq(ctr_process_set_user(process, lie->user, lie->user, err), 0);
	ck_assert_int_eq(ctr_process_add_group(process, 7, err), 0);
	begin_to_lie();
	c = ctr_spawn(spec, err);
	ck_assert_msg(!c, "the program ran with another %s", lie->name);
	ck_assert_msg(strstr(ctr_error_step(err), "verify"), "%s: %s", lie->name,
		      ctr_error_message(err));
	ck_assert_int_eq(ctr_error_errno(err), ENOTRECOVERABLE);
	suite_expect_error(err, CTR_E_SYSTEM, "something undid it");
	ck_assert_int_ne(access(world_path("root/tmp/ran"), F_OK), 0);
	ctr_spec_free(spec);
}

/*
 * A caller that takes itself for the child would exchange its own root, and that of all others:
 * the mounts are not the host's here.
 */
static void clone_among_lies(void)
{
	ctr_spec *spec = suite_spec(root_of_all, "true", NULL);
	char before[4096], after[4096];

	ck_assert_int_eq(ctr_spec_set_child(spec, child, err), 0);
	read_mounts(before);
	begin_to_lie();
	ck_assert_ptr_null(ctr_spawn(spec, err));
	ck_assert_int_eq(ctr_error_errno(err), ENOTRECOVERABLE);
	suite_expect_error(err, CTR_E_SYSTEM, "a filter of system calls around the caller");
	read_mounts(after);
	ck_assert_str_eq(before, after);
	ctr_spec_free(spec);
}

START_TEST(test_clone__sees_a_child_that_is_none)
{
	static const struct lie none = { "child", SYS_clone3, ANY, 0 };

	lie = &none;
	root_of_all = _i & 1 ? world_rootfs("root") : NULL;
	child = _i & 2 ? CTR_CHILD_HELPER : CTR_CHILD_AUTO;
	suite_in_mounts(clone_among_lies);
}
END_TEST

static void unshare_among_lies(void)
{
	char before[4096], after[4096];

	read_mounts(before);
	begin_to_lie();
	ck_assert_int_eq(ctr_unshare(CTR_NS_MOUNT, err), -1);
	ck_assert_int_eq(ctr_error_errno(err), ENOTRECOVERABLE);
	read_mounts(after);
	ck_assert_str_eq(before, after);
}

START_TEST(test_unshare__sees_a_mount_namespace_that_is_none)
{
	static const struct lie none = { "mount namespace", SYS_unshare, ANY, 0 };

	lie = &none;
	suite_in_mounts(unshare_among_lies);
}
END_TEST

/* By ctr_spawn(), from an empty namespace, and by a plan, from its template. */
static void join_among_lies(void)
{
	ctr_spec *spec = suite_spec(root_of_all, "true", NULL);
	ctr_plan *plan = ctr_plan_compile(spec, err);
	char before[4096], after[4096];

	ck_assert_ptr_nonnull(plan);
	ctr_container_free(ctr_spawn(spec, err)); /* the first has a copy of the host's mounts */
	ctr_container_free(child ? ctr_plan_spawn(plan, err) : ctr_spawn(spec, err));
	read_mounts(before);
	begin_to_lie();
	ck_assert_ptr_null(child ? ctr_plan_spawn(plan, err) : ctr_spawn(spec, err));
	ck_assert_int_eq(ctr_error_errno(err), ENOTRECOVERABLE);
	suite_expect_error(err, CTR_E_SYSTEM, "something undid it");
	read_mounts(after);
	ck_assert_str_eq(before, after);
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}

/* Or those that others start from, too. */
START_TEST(test_join__sees_mounts_that_are_still_the_hosts)
{
	static const struct lie joins[] = {
		{ "mount namespace", SYS_setns, ANY, 0 },
		{ "copy of it", SYS_unshare, ANY, 0 },
	};

	lie = &joins[_i / 2];
	root_of_all = world_rootfs("root");
	child = _i % 2;
	suite_in_mounts(join_among_lies);
}
END_TEST

/* The host would lose its descriptors to a child that takes the host's table for its own. */
static void own_fds_among_lies(void)
{
	ctr_spec *spec = suite_spec(root_of_all, "true", NULL);
	const int above = fcntl(STDIN_FILENO, F_DUPFD, 100);

	ck_assert_int_eq(ctr_spec_set_child(spec, child, err), 0);
	ck_assert_int_eq(ctr_process_set_fd(ctr_spec_get_process(spec), 50, -1, err), 0);
	begin_to_lie();
	ck_assert_ptr_null(ctr_spawn(spec, err));
	ck_assert_int_eq(ctr_error_errno(err), ENOTRECOVERABLE);
	suite_expect_error(err, CTR_E_SYSTEM, "something undid it");
	ck_assert_int_eq(fcntl(above, F_GETFD), 0);
	ck_assert_int_lt(fcntl(50, F_GETFD), 0);
	ctr_spec_free(spec);
}

START_TEST(test_fds__sees_a_table_that_is_still_the_hosts)
{
	static const struct lie none = { "table of descriptors", SYS_close_range, ANY, 0 };

	lie = &none;
	root_of_all = world_rootfs("root");
	child = _i ? CTR_CHILD_HELPER : CTR_CHILD_AUTO;
	suite_in_child(own_fds_among_lies);
}
END_TEST

START_TEST(test_verify__sees_a_call_that_did_nothing)
{
	lie = &lies[_i];
	suite_in_child(spawn_among_lies);
}
END_TEST

static void make(void)
{
	suite_need_root();
	suite_need_real_exec(); /* valgrind answers some of these calls by itself */
	err = ctr_error_new();
}

static void drop(void)
{
	ctr_error_free(err);
}

int main(void)
{
	Suite *s = suite_create("verify");
	TCase *tc = suite_case(s, "verify");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_clone__sees_a_child_that_is_none, 0, 4);
	tcase_add_test(tc, test_unshare__sees_a_mount_namespace_that_is_none);
	tcase_add_loop_test(tc, test_fds__sees_a_table_that_is_still_the_hosts, 0, 2);
	tcase_add_loop_test(tc, test_verify__sees_a_call_that_did_nothing, 0, COUNT(lies));
	tcase_add_loop_test(tc, test_join__sees_mounts_that_are_still_the_hosts, 0, 4);
	return suite_run(s);
}
