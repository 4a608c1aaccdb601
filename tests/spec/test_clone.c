/* SPDX-License-Identifier: MIT */
/*
 * A clone of a spec compiles to the same plan, for each setter by itself and for all
 * together. tests/abi/callers.sh wants each of them here. What command lines come to is
 * compared by tests/fuzz/fuzz_options.c.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "support/plan.h"
#include "support/setters.h"
#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;
static ctr_cgroup *group;

static void done(int r)
{
	ck_assert_msg(r >= 0, "%s", ctr_error_message(err));
}

/* ---- the program ---- */

static void set_args(ctr_spec *s)
{
	char name[] = "true", argument[] = "";

	done(ctr_process_set_args(ctr_spec_get_process(s), (char *[]){ name, argument, NULL },
				  err));
}

static void set_program_fd(ctr_spec *s)
{
	const int fd = open(world_path("root/bin/busybox"), O_PATH | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	done(ctr_process_set_program_fd(ctr_spec_get_process(s), fd, err));
	close(fd);
}

static void inherit_env(ctr_spec *s)
{
	setenv("CLONED", "value", 1);
	done(ctr_process_inherit_env(ctr_spec_get_process(s), "CLONED", err));
}

static void set_fd(ctr_spec *s)
{
	const int fd = open("/proc/version", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	done(ctr_process_set_fd(ctr_spec_get_process(s), 7, fd, err));
	close(fd);
}

static void set_dir_fd(ctr_spec *s)
{
	const int fd = open("/", O_PATH | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	done(ctr_process_set_dir_fd(ctr_spec_get_process(s), 8, fd, err));
	close(fd);
}

static void set_no_fd(ctr_spec *s)
{
	done(ctr_process_set_fd(ctr_spec_get_process(s), 0, -1, err));
}

static void set_init(ctr_spec *s)
{
	done(ctr_process_set_init(ctr_spec_get_process(s), 0, err));
}

static void set_rootfs(ctr_spec *s)
{
	done(ctr_spec_set_rootfs(s, world_rootfs("other"), err));
}

static void add_bind_fd(ctr_spec *s)
{
	const int fd = open("/proc", O_PATH | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	done(ctr_spec_add_bind_fd(s, fd, "/tmp", CTR_MOUNT_READ_ONLY, err));
	close(fd);
}

static void add_mount_option(ctr_spec *s)
{
	done(ctr_spec_add_mount(s, "tmpfs", "word", "/tmp", CTR_MOUNT_NOEXEC, err));
	done(ctr_spec_add_mount_option(s, "size", "1m", err));
	done(ctr_spec_add_mount_option(s, "noswap", NULL, err));
}

static void set_child(ctr_spec *s)
{
	done(ctr_spec_set_child(s, CTR_CHILD_HELPER, err));
}

/* ---- ids and privileges ---- */

/* What was asked for by name, the caller must have. */
static void add_all_caps(ctr_spec *s)
{
	done(ctr_process_add_cap(ctr_spec_get_process(s), "ALL", err));
}

static void add_ambient_cap(ctr_spec *s)
{
	ctr_process *process = ctr_spec_get_process(s);

	done(ctr_process_set_user(process, 7, 8, err));
	done(ctr_process_add_ambient_cap(process, "NET_BIND_SERVICE", err));
}

static void set_apparmor(ctr_spec *s)
{
	done(ctr_process_set_apparmor(ctr_spec_get_process(s), "profile", err));
}

static void set_selinux(ctr_spec *s)
{
	done(ctr_process_set_selinux(ctr_spec_get_process(s), "u:r:t", err));
}

static void add_landlock_rule(ctr_spec *s)
{
	ctr_process *process = ctr_spec_get_process(s);

	done(ctr_process_add_landlock_rule(process, "/", CTR_LANDLOCK_READ | CTR_LANDLOCK_EXECUTE,
					   err));
	done(ctr_process_add_landlock_rule(process, "/tmp", CTR_LANDLOCK_WRITE, err));
}

static const char profile[] = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": "
			      "[\"sync\"], \"action\": \"SCMP_ACT_ERRNO\"}]}";

static void set_seccomp_file(ctr_spec *s)
{
	world_write(world_path("profile"), profile, 0644);
	done(ctr_process_set_seccomp_file(ctr_spec_get_process(s), world_path("profile"), err));
}

static void set_seccomp_bpf(ctr_spec *s)
{
	static const struct sock_filter all[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	done(ctr_process_set_seccomp_bpf(ctr_spec_get_process(s), all, 1, err));
}

/* ---- the user namespace ---- */

static void set_userns(ctr_spec *s)
{
	done(ctr_spec_set_namespace(s, CTR_NS_USER, CTR_NS_MODE_NEW, err));
	done(ctr_spec_set_base_mounts(s, 0, err));
}

static void add_ids(ctr_spec *s)
{
	ctr_idmap *map = ctr_spec_get_idmap(s);

	done(ctr_idmap_add_uids(map, 0, 100000, 1000, err));
	done(ctr_idmap_add_gids(map, 0, 200000, 2000, err));
}

static void add_ranges(ctr_spec *s)
{
	if (ctr_idmap_add_ranges(ctr_spec_get_idmap(s), err) == 0)
		return;
	ctr_idmap_clear_error(ctr_spec_get_idmap(s)); /* this caller has none */
	add_ids(s);
}

static void set_rootfs_idmap(ctr_spec *s)
{
	add_ids(s);
	done(ctr_spec_set_rootfs_idmap(s, 1, err));
}

static void set_disable_userns(ctr_spec *s)
{
	add_ids(s);
	done(ctr_spec_set_disable_userns(s, 1, err));
}

/* ---- files ---- */

/* ---- namespaces ---- */

static void join_namespace_fd(ctr_spec *s)
{
	const int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	done(ctr_spec_join_namespace_fd(s, CTR_NS_NET, fd, err));
	close(fd);
}

/* ---- the control group ---- */

static void set_cgroup(ctr_spec *s)
{
	group = ctr_cgroup_create(NULL, NULL, 1, err);
	ck_assert_msg(group, "%s", ctr_error_message(err));
	done(ctr_spec_set_cgroup(s, group, err));
}

static void set_cgroup_parent(ctr_spec *s)
{
	done(ctr_spec_set_accounting(s, 1, err));
	done(ctr_spec_set_cgroup_parent(s, "/", err));
}

static void set_swap_max(ctr_spec *s)
{
	done(ctr_limits_set_memory_max(ctr_spec_get_limits(s), 64 << 20, err));
	done(ctr_limits_set_swap_max(ctr_spec_get_limits(s), 0, err));
}

static void set_io_max(ctr_spec *s)
{
	const char *device = world_path("disk");

	if (mknod(device, S_IFBLK | 0600, makedev(7, 0)))
		suite_skip("device nodes can't be made here");
	done(ctr_limits_set_io_max(ctr_spec_get_limits(s), device, CTR_IO_READ_BPS, 1 << 20, err));
}

/* ---- all of them ---- */

static void (*const special[])(ctr_spec *) = {
	set_program_fd,	  add_mount_option,  set_args,		 set_rootfs,
	add_bind_fd,	  set_child,	     inherit_env,	 set_fd,
	set_dir_fd,	  set_no_fd,	     set_init,		 add_all_caps,
	add_ambient_cap,  set_apparmor,	     set_selinux,	 add_landlock_rule,
	set_seccomp_file, set_seccomp_bpf,   set_userns,	 add_ids,
	add_ranges,	  set_rootfs_idmap,  set_disable_userns, join_namespace_fd,
	set_cgroup,	  set_cgroup_parent, set_swap_max,	 set_io_max,
};

#define SPECIAL (int)(sizeof(special) / sizeof(special[0]))

/* Number i of the rows that a plan shows, or NULL. */
static const struct setter *row(int i)
{
	for (int k = 0; k < setters_count; k++)
		if (setters[k].shown && i-- == 0)
			return &setters[k];
	return NULL;
}

static int count_all(void)
{
	int n = 0;

	while (row(n))
		n++;
	return SPECIAL + n;
}

/* Number i of all. */
static void set(int i, ctr_spec *spec)
{
	if (i < SPECIAL)
		special[i](spec);
	else
		done(setters_take(row(i - SPECIAL), spec, err));
}

/* Where there is an init by default the helper is executed anyway; or there is none. */
static bool is_shown(int i)
{
	return i >= SPECIAL || (special[i] != set_child && special[i] != set_init);
}

static void begin(void)
{
	suite_need_root();
	err = ctr_error_new();
	world_rootfs("root");
}

static void end(void)
{
	if (group)
		done(ctr_cgroup_remove(group, err));
	ctr_cgroup_free(group);
	ctr_error_free(err);
}

static ctr_spec *clone_of(const ctr_spec *spec)
{
	ctr_spec *copy = ctr_spec_clone(spec, err);

	ck_assert_msg(copy, "%s", ctr_error_message(err));
	return copy;
}

/* The texts are longer than a message can be: the first line that differs is told. */
static void expect_same(const char *found, const char *expected)
{
	size_t n;

	while (*found && *found == *expected) {
		n = strcspn(expected, "\n");
		if (strncmp(found, expected, n + 1) != 0)
			break;
		found += n + (expected[n] == '\n');
		expected += n + (expected[n] == '\n');
	}
	ck_assert_msg(strcmp(found, expected) == 0, "\"%.*s\" instead of \"%.*s\"",
		      (int)strcspn(found, "\n"), found, (int)strcspn(expected, "\n"), expected);
}

START_TEST(test_spec_clone__keeps_what_each_setter_sets)
{
	ctr_spec *spec = suite_spec(world_path("root"), "/bin/sh", NULL), *copy;
	char *before = plan_dump_spec(spec), *expected, *found;

	set(_i, spec);
	expected = plan_dump_spec(spec);
	ck_assert_msg(!is_shown(_i) || strcmp(before, expected) != 0,
		      "the plan does not show what setter %d sets", _i);
	copy = clone_of(spec);
	ctr_spec_free(spec); /* nothing of it is needed any more */
	found = plan_dump_spec(copy);
	expect_same(found, expected);
	ctr_spec_free(copy);
	free(before);
	free(expected);
	free(found);
}
END_TEST

/* Neither is the other's: what is set later on one of them is not seen on the other. */
START_TEST(test_spec_clone__shares_nothing)
{
	ctr_spec *spec = suite_spec(world_path("root"), "/bin/sh", NULL), *copy = clone_of(spec);
	char *before = plan_dump_spec(copy), *after;

	set(_i, spec);
	after = plan_dump_spec(copy);
	expect_same(after, before);
	ctr_spec_free(spec);
	ctr_spec_free(copy);
	free(before);
	free(after);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("clone");
	TCase *tests = suite_case(s, "clone");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_loop_test(tests, test_spec_clone__keeps_what_each_setter_sets, 0, count_all());
	tcase_add_loop_test(tests, test_spec_clone__shares_nothing, 0, count_all());
	return suite_run(s);
}
