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
#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;
static ctr_cgroup *group;

static void done(int r)
{
	ck_assert_msg(r >= 0, "%s", ctr_error_message(err));
}

/* ---- the program ---- */

static void add_arg(ctr_spec *s)
{
	done(ctr_process_add_arg(ctr_spec_get_process(s), "argument", err));
}

static void set_env(ctr_spec *s)
{
	done(ctr_process_set_env(ctr_spec_get_process(s), "NAME", "value", err));
}

static void unset_env(ctr_spec *s)
{
	done(ctr_process_unset_env(ctr_spec_get_process(s), "HOME", err));
}

static void inherit_env(ctr_spec *s)
{
	setenv("CLONED", "value", 1);
	done(ctr_process_inherit_env(ctr_spec_get_process(s), "CLONED", err));
}

static void set_cwd(ctr_spec *s)
{
	done(ctr_process_set_cwd(ctr_spec_get_process(s), "/tmp", err));
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

static void set_secure_execution(ctr_spec *s)
{
	done(ctr_spec_set_secure_execution(s, 1, err));
}

static void set_check_args(ctr_spec *s)
{
	done(ctr_process_set_check_args(ctr_spec_get_process(s), 1, err));
}

static void set_no_fd(ctr_spec *s)
{
	done(ctr_process_set_fd(ctr_spec_get_process(s), 0, -1, err));
}

static void set_umask(ctr_spec *s)
{
	done(ctr_process_set_umask(ctr_spec_get_process(s), 077, err));
}

static void set_rlimit(ctr_spec *s)
{
	done(ctr_process_set_rlimit(ctr_spec_get_process(s), RLIMIT_NOFILE, 32, 64, err));
}

static void set_priority(ctr_spec *s)
{
	done(ctr_process_set_priority(ctr_spec_get_process(s), 5, err));
}

static void set_signal_mask(ctr_spec *s)
{
	done(ctr_process_set_signal_mask(ctr_spec_get_process(s), 2, err));
}

static void set_no_new_privs(ctr_spec *s)
{
	done(ctr_process_set_no_new_privs(ctr_spec_get_process(s), 0, err));
}

static void set_init(ctr_spec *s)
{
	done(ctr_process_set_init(ctr_spec_get_process(s), 0, err));
}

static void set_tty(ctr_spec *s)
{
	done(ctr_process_set_tty(ctr_spec_get_process(s), 1, 25, 81, err));
}

static void set_new_session(ctr_spec *s)
{
	done(ctr_process_set_new_session(ctr_spec_get_process(s), 0, err));
}

static void set_die_with_parent(ctr_spec *s)
{
	done(ctr_process_set_die_with_parent(ctr_spec_get_process(s), 0, err));
}

static void set_child(ctr_spec *s)
{
	done(ctr_spec_set_child(s, CTR_CHILD_HELPER, err));
}

static void set_setup_timeout(ctr_spec *s)
{
	done(ctr_spec_set_setup_timeout_ms(s, 1234, err));
}

/* ---- ids and privileges ---- */

static void set_user(ctr_spec *s)
{
	done(ctr_process_set_user(ctr_spec_get_process(s), 7, 8, err));
}

static void add_group(ctr_spec *s)
{
	done(ctr_process_add_group(ctr_spec_get_process(s), 9, err));
}

static void set_user_name(ctr_spec *s)
{
	done(ctr_process_set_user_name(ctr_spec_get_process(s), "7", "8", err));
}

static void add_group_name(ctr_spec *s)
{
	done(ctr_process_add_group_name(ctr_spec_get_process(s), "9", err));
}

static void add_cap(ctr_spec *s)
{
	done(ctr_process_add_cap(ctr_spec_get_process(s), "NET_RAW", err));
}

/* What was asked for by name, the caller must have. */
static void add_all_caps(ctr_spec *s)
{
	done(ctr_process_add_cap(ctr_spec_get_process(s), "ALL", err));
}

static void drop_cap(ctr_spec *s)
{
	done(ctr_process_drop_cap(ctr_spec_get_process(s), "CHOWN", err));
}

static void add_ambient_cap(ctr_spec *s)
{
	ctr_process *process = ctr_spec_get_process(s);

	done(ctr_process_set_user(process, 7, 8, err));
	done(ctr_process_add_ambient_cap(process, "NET_BIND_SERVICE", err));
}

static void set_keyring(ctr_spec *s)
{
	done(ctr_process_set_keyring(ctr_spec_get_process(s), 0, err));
}

static void set_securebits(ctr_spec *s)
{
	done(ctr_process_set_securebits(ctr_spec_get_process(s), SECBIT_NOROOT, err));
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

static void set_seccomp(ctr_spec *s)
{
	done(ctr_process_set_seccomp(ctr_spec_get_process(s), CTR_SECCOMP_NONE, err));
}

static const char profile[] = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": "
			      "[\"sync\"], \"action\": \"SCMP_ACT_ERRNO\"}]}";

static void set_seccomp_json(ctr_spec *s)
{
	done(ctr_process_set_seccomp_json(ctr_spec_get_process(s), profile, err));
}

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

static void set_rootfs(ctr_spec *s)
{
	done(ctr_spec_set_rootfs(s, world_rootfs("other"), err));
}

static void set_read_only(ctr_spec *s)
{
	done(ctr_spec_set_read_only(s, 1, err));
}

static void set_base_mounts(ctr_spec *s)
{
	done(ctr_spec_set_base_mounts(s, CTR_BASE_PROC, err));
}

static void add_bind(ctr_spec *s)
{
	done(ctr_spec_add_bind(s, "/proc", "/tmp", CTR_MOUNT_READ_ONLY, err));
}

static void add_tmpfs(ctr_spec *s)
{
	done(ctr_spec_add_tmpfs(s, "/tmp", 65536, 0700, CTR_MOUNT_NOEXEC, err));
}

static void add_proc(ctr_spec *s)
{
	done(ctr_spec_add_proc(s, "/tmp", 0, err));
}

static void add_sysfs(ctr_spec *s)
{
	done(ctr_spec_add_sysfs(s, "/tmp", 0, err));
}

static void add_devpts(ctr_spec *s)
{
	done(ctr_spec_add_devpts(s, "/tmp", 0, err));
}

static void add_mqueue(ctr_spec *s)
{
	done(ctr_spec_add_mqueue(s, "/tmp", 0, err));
}

static void add_cgroup(ctr_spec *s)
{
	done(ctr_spec_add_cgroup(s, "/tmp", 0, err));
}

static void add_dev(ctr_spec *s)
{
	done(ctr_spec_add_dev(s, "/tmp", err));
}

static void add_mask(ctr_spec *s)
{
	done(ctr_spec_add_mask(s, "/tmp", err));
}

static void unmask(ctr_spec *s)
{
	done(ctr_spec_unmask(s, "/proc/keys", err));
}

/* ---- namespaces ---- */

static void set_namespace(ctr_spec *s)
{
	done(ctr_spec_set_namespace(s, CTR_NS_IPC, CTR_NS_MODE_HOST, err));
}

static void join_namespace_fd(ctr_spec *s)
{
	const int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	done(ctr_spec_join_namespace_fd(s, CTR_NS_NET, fd, err));
	close(fd);
}

static void join_namespace_path(ctr_spec *s)
{
	done(ctr_spec_join_namespace_path(s, CTR_NS_UTS, "/proc/self/ns/uts", err));
}

static void set_hostname(ctr_spec *s)
{
	done(ctr_spec_set_hostname(s, "box", err));
}

static void set_domainname(ctr_spec *s)
{
	done(ctr_spec_set_domainname(s, "domain", err));
}

/* ---- the control group ---- */

static void set_accounting(ctr_spec *s)
{
	done(ctr_spec_set_accounting(s, 1, err));
}

static void set_wall_limit(ctr_spec *s)
{
	done(ctr_spec_set_wall_limit_ms(s, 60001, err));
}

static void set_cpu_limit(ctr_spec *s)
{
	done(ctr_spec_set_cpu_limit_ms(s, 60002, err));
}

static void set_output_limit(ctr_spec *s)
{
	done(ctr_spec_set_output_limit(s, 60003, err));
}

static void set_cgroup(ctr_spec *s)
{
	group = ctr_cgroup_create(NULL, NULL, 1, err);
	ck_assert_msg(group, "%s", ctr_error_message(err));
	done(ctr_spec_set_cgroup(s, group, err));
}

static void set_delegate(ctr_spec *s)
{
	done(ctr_spec_set_delegate(s, 1, err));
}

static void set_cgroup_parent(ctr_spec *s)
{
	done(ctr_spec_set_accounting(s, 1, err));
	done(ctr_spec_set_cgroup_parent(s, "/", err));
}

static void set_pids_max(ctr_spec *s)
{
	done(ctr_limits_set_pids_max(ctr_spec_get_limits(s), 20, err));
}

static void set_memory_max(ctr_spec *s)
{
	done(ctr_limits_set_memory_max(ctr_spec_get_limits(s), 64 << 20, err));
}

static void set_memory_low(ctr_spec *s)
{
	done(ctr_limits_set_memory_low(ctr_spec_get_limits(s), 32 << 20, err));
}

static void set_swap_max(ctr_spec *s)
{
	done(ctr_limits_set_memory_max(ctr_spec_get_limits(s), 64 << 20, err));
	done(ctr_limits_set_swap_max(ctr_spec_get_limits(s), 0, err));
}

static void set_oom_group(ctr_spec *s)
{
	done(ctr_limits_set_oom_group(ctr_spec_get_limits(s), 1, err));
}

static void set_cpu_max(ctr_spec *s)
{
	done(ctr_limits_set_cpu_max(ctr_spec_get_limits(s), 50000, 100000, err));
}

static void set_cpu_shares(ctr_spec *s)
{
	done(ctr_limits_set_cpu_shares(ctr_spec_get_limits(s), 512, err));
}

static void set_cpuset_cpus(ctr_spec *s)
{
	done(ctr_limits_set_cpuset_cpus(ctr_spec_get_limits(s), "0", err));
}

static void set_cpuset_mems(ctr_spec *s)
{
	done(ctr_limits_set_cpuset_mems(ctr_spec_get_limits(s), "0", err));
}

static void set_io_weight(ctr_spec *s)
{
	done(ctr_limits_set_io_weight(ctr_spec_get_limits(s), 500, err));
}

static void set_io_max(ctr_spec *s)
{
	const char *device = world_path("disk");

	if (mknod(device, S_IFBLK | 0600, makedev(7, 0)))
		suite_skip("device nodes can't be made here");
	done(ctr_limits_set_io_max(ctr_spec_get_limits(s), device, CTR_IO_READ_BPS, 1 << 20, err));
}

static void set_hugetlb_max(ctr_spec *s)
{
	done(ctr_limits_set_hugetlb_max(ctr_spec_get_limits(s), 2 << 20, 2 << 20, err));
}

static void set_rdma_max(ctr_spec *s)
{
	done(ctr_limits_set_rdma_max(ctr_spec_get_limits(s), "mlx5_0", 1, 1, err));
}

static void set_misc_max(ctr_spec *s)
{
	done(ctr_limits_set_misc_max(ctr_spec_get_limits(s), "sev", 1, err));
}

static void allow_device(ctr_spec *s)
{
	done(ctr_limits_allow_device(ctr_spec_get_limits(s), "c 10:229 rwm", err));
}

static void allow_default_devices(ctr_spec *s)
{
	done(ctr_limits_allow_default_devices(ctr_spec_get_limits(s), err));
}

static void set_value(ctr_spec *s)
{
	done(ctr_limits_set_value(ctr_spec_get_limits(s), "pids.max", "30", err));
}

/* ---- all of them ---- */

static void (*const setters[])(ctr_spec *) = {
	add_arg,
	set_env,
	unset_env,
	inherit_env,
	set_cwd,
	set_fd,
	set_dir_fd,
	set_no_fd,
	set_secure_execution,
	set_check_args,
	set_umask,
	set_rlimit,
	set_priority,
	set_signal_mask,
	set_no_new_privs,
	set_init,
	set_tty,
	set_new_session,
	set_die_with_parent,
	set_child,
	set_setup_timeout,
	set_user,
	add_group,
	set_user_name,
	add_group_name,
	add_cap,
	add_all_caps,
	drop_cap,
	add_ambient_cap,
	set_keyring,
	set_securebits,
	set_apparmor,
	set_selinux,
	add_landlock_rule,
	set_seccomp,
	set_seccomp_json,
	set_seccomp_file,
	set_seccomp_bpf,
	set_userns,
	add_ids,
	add_ranges,
	set_rootfs_idmap,
	set_disable_userns,
	set_rootfs,
	set_read_only,
	set_base_mounts,
	add_bind,
	add_tmpfs,
	add_proc,
	add_sysfs,
	add_devpts,
	add_mqueue,
	add_cgroup,
	add_dev,
	add_mask,
	unmask,
	set_namespace,
	join_namespace_fd,
	join_namespace_path,
	set_hostname,
	set_domainname,
	set_accounting,
	set_wall_limit,
	set_cpu_limit,
	set_output_limit,
	set_cgroup,
	set_delegate,
	set_cgroup_parent,
	set_pids_max,
	set_memory_max,
	set_memory_low,
	set_swap_max,
	set_oom_group,
	set_cpu_max,
	set_cpu_shares,
	set_cpuset_cpus,
	set_cpuset_mems,
	set_io_weight,
	set_io_max,
	set_hugetlb_max,
	set_rdma_max,
	set_misc_max,
	allow_device,
	allow_default_devices,
	set_value,
};

#define SETTERS (int)(sizeof(setters) / sizeof(setters[0]))

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

	setters[_i](spec);
	expected = plan_dump_spec(spec);
	/* Where there is an init by default the helper is executed anyway; or there is none. */
	ck_assert_msg(setters[_i] == set_child || setters[_i] == set_init ||
			      strcmp(before, expected) != 0,
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

	setters[_i](spec);
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
	tcase_add_loop_test(tests, test_spec_clone__keeps_what_each_setter_sets, 0, SETTERS);
	tcase_add_loop_test(tests, test_spec_clone__shares_nothing, 0, SETTERS);
	return suite_run(s);
}
