/* SPDX-License-Identifier: MIT */
/*
 * A setter that failed, and whose result nobody looked at: the spec can't be used, whatever
 * the setter was, until that is cleared. And a spec that there is none of.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cgroup/limits.h"
#include "support/suite.h"

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static ctr_error *err;
static int file; /* no directory */

/* ---- with what they refuse ---- */

static int process_add_arg(ctr_spec *s, ctr_error *e)
{
	return ctr_process_add_arg(ctr_spec_get_process(s), NULL, e);
}

static int process_set_args(ctr_spec *s, ctr_error *e)
{
	char empty[] = "";

	return ctr_process_set_args(ctr_spec_get_process(s), (char *[]){ empty, NULL }, e);
}

static int process_set_env(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_env(ctr_spec_get_process(s), "", "x", e);
}

static int process_unset_env(ctr_spec *s, ctr_error *e)
{
	return ctr_process_unset_env(ctr_spec_get_process(s), "A=B", e);
}

static int process_inherit_env(ctr_spec *s, ctr_error *e)
{
	return ctr_process_inherit_env(ctr_spec_get_process(s), "=", e);
}

static int process_set_cwd(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_cwd(ctr_spec_get_process(s), "tmp", e);
}

static int process_set_fd(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_fd(ctr_spec_get_process(s), -1, 0, e);
}

static int process_set_dir_fd(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_dir_fd(ctr_spec_get_process(s), 3, file, e);
}

static int process_set_umask(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_umask(ctr_spec_get_process(s), 01000, e);
}

static int process_set_rlimit(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_rlimit(ctr_spec_get_process(s), 7, 2, 1, e);
}

static int process_set_priority(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_priority(ctr_spec_get_process(s), 20, e);
}

static int spec_set_child(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_child(s, 7, e);
}

static int spec_set_setup_timeout_ms(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_setup_timeout_ms(s, 0, e);
}

static int spec_set_rootfs(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_rootfs(s, "", e);
}

static int spec_set_base_mounts(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_base_mounts(s, ~0u, e);
}

static int spec_add_bind(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_add_bind(s, "tmp", "/tmp", 0, e);
}

static int spec_add_tmpfs(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_add_tmpfs(s, "/tmp", 0, 010000, 0, e);
}

static int spec_add_proc(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_add_proc(s, "proc", 0, e);
}

static int spec_add_sysfs(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_add_sysfs(s, "sys", 0, e);
}

static int spec_add_devpts(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_add_devpts(s, "pts", 0, e);
}

static int spec_add_mqueue(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_add_mqueue(s, NULL, 0, e);
}

static int spec_add_cgroup(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_add_cgroup(s, "/", ~0u, e);
}

static int spec_add_dev(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_add_dev(s, "dev", e);
}

static int spec_add_mask(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_add_mask(s, "", e);
}

static int spec_set_namespace(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_namespace(s, 0, 0, e);
}

static int spec_join_namespace_fd(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_join_namespace_fd(s, CTR_NS_NET, -1, e);
}

static int spec_join_namespace_path(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_join_namespace_path(s, CTR_NS_NET, "/dev/null", e);
}

static int spec_set_hostname(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_hostname(s, "", e);
}

static int spec_set_domainname(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_domainname(s, "", e);
}

static int process_add_cap(ctr_spec *s, ctr_error *e)
{
	return ctr_process_add_cap(ctr_spec_get_process(s), "CAP", e);
}

static int process_drop_cap(ctr_spec *s, ctr_error *e)
{
	return ctr_process_drop_cap(ctr_spec_get_process(s), NULL, e);
}

static int process_add_ambient_cap(ctr_spec *s, ctr_error *e)
{
	return ctr_process_add_ambient_cap(ctr_spec_get_process(s), "", e);
}

static int spec_set_accounting(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_accounting(s, -1, e);
}

static int spec_set_cgroup_parent(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_cgroup_parent(s, "group", e);
}

static int spec_set_output_limit(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_output_limit(s, UINT64_MAX, e);
}

static int spec_set_wall_limit_ms(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_wall_limit_ms(s, UINT64_MAX, e);
}

static int spec_set_cpu_limit_ms(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_cpu_limit_ms(s, UINT64_MAX, e);
}

static int process_set_user(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_user(ctr_spec_get_process(s), UINT32_MAX, 0, e);
}

static int process_add_group(ctr_spec *s, ctr_error *e)
{
	return ctr_process_add_group(ctr_spec_get_process(s), UINT32_MAX, e);
}

static int process_set_user_name(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_user_name(ctr_spec_get_process(s), "a:b", NULL, e);
}

static int process_add_group_name(ctr_spec *s, ctr_error *e)
{
	return ctr_process_add_group_name(ctr_spec_get_process(s), "", e);
}

static int spec_set_user_namespace(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_namespace(s, CTR_NS_USER, 9, e);
}

static int process_add_landlock_rule(ctr_spec *s, ctr_error *e)
{
	return ctr_process_add_landlock_rule(ctr_spec_get_process(s), "tmp", 1, e);
}

static int process_set_apparmor(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_apparmor(ctr_spec_get_process(s), "", e);
}

static int process_set_selinux(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_selinux(ctr_spec_get_process(s), "label", e);
}

static int process_set_securebits(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_securebits(ctr_spec_get_process(s), ~0u, e);
}

static int spec_unmask(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_unmask(s, "/", e);
}

static int process_set_seccomp(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_seccomp(ctr_spec_get_process(s), 9, e);
}

static int process_set_seccomp_json(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_seccomp_json(ctr_spec_get_process(s), "{", e);
}

static int process_set_seccomp_file(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_seccomp_file(ctr_spec_get_process(s), "", e);
}

static int process_set_seccomp_bpf(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_seccomp_bpf(ctr_spec_get_process(s), NULL, 1, e);
}

static int limits_set_memory_max(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_memory_max(ctr_spec_get_limits(s), 1, e);
}

static int limits_set_memory_low(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_memory_low(ctr_spec_get_limits(s), UINT64_MAX, e);
}

static int limits_set_swap_max(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_swap_max(ctr_spec_get_limits(s), UINT64_MAX - 1, e);
}

static int limits_set_pids_max(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_pids_max(ctr_spec_get_limits(s), UINT64_MAX, e);
}

static int limits_set_cpu_max(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_cpu_max(ctr_spec_get_limits(s), 0, 0, e);
}

static int limits_set_cpu_shares(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_cpu_shares(ctr_spec_get_limits(s), 1, e);
}

static int limits_set_io_weight(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_io_weight(ctr_spec_get_limits(s), 10001, e);
}

static int limits_set_cpuset_cpus(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_cpuset_cpus(ctr_spec_get_limits(s), "x", e);
}

static int limits_set_cpuset_mems(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_cpuset_mems(ctr_spec_get_limits(s), "", e);
}

static int limits_set_io_max(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_io_max(ctr_spec_get_limits(s), "x", 0, 1, e);
}

static int limits_set_hugetlb_max(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_hugetlb_max(ctr_spec_get_limits(s), 3, 1, e);
}

static int limits_set_value(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_value(ctr_spec_get_limits(s), "tasks", "1", e);
}

static int limits_set_rdma_max(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_rdma_max(ctr_spec_get_limits(s), "", 1, 1, e);
}

static int limits_set_misc_max(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_misc_max(ctr_spec_get_limits(s), "", 1, e);
}

static int limits_allow_device(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_allow_device(ctr_spec_get_limits(s), "x", e);
}

static int idmap_add_uids(ctr_spec *s, ctr_error *e)
{
	return ctr_idmap_add_uids(ctr_spec_get_idmap(s), 0, 0, 0, e);
}

static int idmap_add_gids(ctr_spec *s, ctr_error *e)
{
	return ctr_idmap_add_gids(ctr_spec_get_idmap(s), 0, 0, 0, e);
}

/* A map that has ranges takes no others. */
static int idmap_add_ranges(ctr_spec *s, ctr_error *e)
{
	ctr_idmap_add_uids(ctr_spec_get_idmap(s), 0, 1, 1, e);
	return ctr_idmap_add_ranges(ctr_spec_get_idmap(s), e);
}

/* ---- with what they take: these can not fail ---- */

static int process_set_signal_mask(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_signal_mask(ctr_spec_get_process(s), 1, e);
}

static int process_set_no_new_privs(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_no_new_privs(ctr_spec_get_process(s), 0, e);
}

static int process_set_init(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_init(ctr_spec_get_process(s), 1, e);
}

static int process_set_tty(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_tty(ctr_spec_get_process(s), 1, 1, 1, e);
}

static int process_set_new_session(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_new_session(ctr_spec_get_process(s), 1, e);
}

static int process_set_die_with_parent(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_die_with_parent(ctr_spec_get_process(s), 1, e);
}

static int spec_set_secure_execution(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_secure_execution(s, 1, e);
}

static int spec_set_read_only(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_read_only(s, 1, e);
}

static int process_set_keyring(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_keyring(ctr_spec_get_process(s), 1, e);
}

static int process_set_check_args(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_check_args(ctr_spec_get_process(s), 1, e);
}

static int spec_set_delegate(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_delegate(s, 1, e);
}

static int spec_set_cgroup(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_cgroup(s, NULL, e);
}

static int spec_set_rootfs_idmap(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_rootfs_idmap(s, 1, e);
}

static int spec_set_disable_userns(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_disable_userns(s, 1, e);
}

static int limits_set_oom_group(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_set_oom_group(ctr_spec_get_limits(s), 1, e);
}

static int limits_allow_default_devices(ctr_spec *s, ctr_error *e)
{
	return ctr_limits_allow_default_devices(ctr_spec_get_limits(s), e);
}

typedef int setter(ctr_spec *s, ctr_error *e);

static setter *const refusing[] = {
	spec_set_cgroup,
	process_add_arg,
	process_set_args,
	process_set_env,
	process_unset_env,
	process_inherit_env,
	process_set_cwd,
	process_set_fd,
	process_set_dir_fd,
	process_set_umask,
	process_set_rlimit,
	process_set_priority,
	spec_set_child,
	spec_set_setup_timeout_ms,
	spec_set_rootfs,
	spec_set_base_mounts,
	spec_add_bind,
	spec_add_tmpfs,
	spec_add_proc,
	spec_add_sysfs,
	spec_add_devpts,
	spec_add_mqueue,
	spec_add_cgroup,
	spec_add_dev,
	spec_add_mask,
	spec_set_namespace,
	spec_join_namespace_fd,
	spec_join_namespace_path,
	spec_set_hostname,
	spec_set_domainname,
	process_add_cap,
	process_drop_cap,
	process_add_ambient_cap,
	spec_set_accounting,
	spec_set_cgroup_parent,
	spec_set_output_limit,
	spec_set_wall_limit_ms,
	spec_set_cpu_limit_ms,
	process_set_user,
	process_add_group,
	process_set_user_name,
	process_add_group_name,
	spec_set_user_namespace,
	process_add_landlock_rule,
	process_set_apparmor,
	process_set_selinux,
	process_set_securebits,
	spec_unmask,
	process_set_seccomp,
	process_set_seccomp_json,
	process_set_seccomp_file,
	process_set_seccomp_bpf,
	limits_set_memory_max,
	limits_set_memory_low,
	limits_set_swap_max,
	limits_set_pids_max,
	limits_set_cpu_max,
	limits_set_cpu_shares,
	limits_set_io_weight,
	limits_set_cpuset_cpus,
	limits_set_cpuset_mems,
	limits_set_io_max,
	limits_set_hugetlb_max,
	limits_set_value,
	limits_set_rdma_max,
	limits_set_misc_max,
	limits_allow_device,
	idmap_add_uids,
	idmap_add_gids,
	idmap_add_ranges,
};

static setter *const taking[] = {
	process_set_signal_mask,   process_set_no_new_privs, process_set_init,
	process_set_tty,	   process_set_new_session,  process_set_die_with_parent,
	spec_set_secure_execution, spec_set_read_only,	     process_set_keyring,
	process_set_check_args,	   spec_set_delegate,	     spec_set_rootfs_idmap,
	spec_set_disable_userns,   limits_set_oom_group,     limits_allow_default_devices,
};

static void begin(void)
{
	err = ctr_error_new();
	file = memfd_create("file", MFD_CLOEXEC);
	ck_assert_int_ge(file, 0);
}

static void end(void)
{
	close(file);
	ctr_error_free(err);
}

static ctr_spec *new_spec(void)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	ck_assert_int_eq(ctr_spec_set_base_mounts(spec, 0, err), 0);
	return spec;
}

/* The first failure, and not a later one. */
static void expect_failed(const ctr_error *found, const ctr_error *first)
{
	ck_assert_int_ne(ctr_error_code(first), 0);
	ck_assert_int_eq(ctr_error_code(found), ctr_error_code(first));
	ck_assert_str_eq(ctr_error_message(found), ctr_error_message(first));
	ck_assert_str_eq(ctr_error_step(found), ctr_error_step(first));
}

START_TEST(test_setter__that_failed_is_not_forgotten)
{
	ctr_spec *spec = new_spec();
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_error *first = ctr_error_new();

	ck_assert_int_eq(refusing[_i](spec, first), -1);
	ck_assert_int_eq(ctr_process_set_umask(process, 0, err), 0);
	ck_assert_int_eq(ctr_process_set_priority(process, 99, err), -1);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	expect_failed(err, first);
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	ck_assert_ptr_null(ctr_spec_clone(spec, err));
	ck_assert_int_eq(ctr_spec_check(spec, err), -1);
	expect_failed(err, first);

	ctr_spec_clear_error(spec);
	ctr_error_clear(err);
	ctr_spec_free(ctr_spec_clone(spec, err));
	ck_assert_msg(ctr_error_code(err) == 0, "%s", ctr_error_message(err));
	ctr_error_free(first);
	ctr_spec_free(spec);
}
END_TEST

/* As a caller does that has no error object, and looks at nothing but the end. */
START_TEST(test_setter__that_failed_unseen_is_told_at_the_end)
{
	ctr_spec *spec = new_spec();
	ctr_error *first = ctr_error_new();

	ck_assert_int_eq(refusing[_i](spec, NULL), -1);
	ck_assert_int_eq(refusing[_i](spec, first), -1);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	expect_failed(err, first);
	ck_assert_ptr_null(ctr_spawn(spec, NULL));
	ctr_error_free(first);
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_setter__of_no_spec_fails)
{
	setter *const set = _i < COUNT(refusing) ? refusing[_i] : taking[_i - COUNT(refusing)];

	ck_assert_int_eq(set(NULL, NULL), -1);
	ck_assert_int_eq(set(NULL, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "\"NULL\": it could not be made");
}
END_TEST

START_TEST(test_setter__that_can_not_fail_does_not)
{
	ctr_spec *spec = new_spec();

	ck_assert_int_eq(taking[_i](spec, err), 0);
	ctr_spec_free(spec);
}
END_TEST

/* The error of what could not be made says why, and stays. */
START_TEST(test_spec__that_could_not_be_made_ends_in_its_own_error)
{
	ck_assert_int_eq(ctr_parse_number("x", "memory", 0, 1, &(uint64_t){ 0 }, err), -1);
	ck_assert_int_eq(ctr_process_add_arg(NULL, "true", err), -1);
	ck_assert_ptr_null(ctr_spec_get_limits(NULL));
	ck_assert_ptr_null(ctr_spec_clone(NULL, err));
	ck_assert_ptr_null(ctr_plan_compile(NULL, err));
	ck_assert_int_eq(ctr_spec_check(NULL, err), -1);
	ck_assert_ptr_null(ctr_spawn(NULL, err));
	suite_expect_error(err, CTR_E_INVALID, "memory \"x\"");
	ctr_spec_clear_error(NULL);
}
END_TEST

/* The parts of a spec have its error: the first failure of any of them is told, and cleared. */
START_TEST(test_clear_error__is_for_a_spec_and_its_parts)
{
	ctr_spec *spec = new_spec();
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(limits_set_memory_max(spec, NULL), -1);
	ck_assert_int_eq(idmap_add_uids(spec, NULL), -1);
	ck_assert_int_eq(ctr_process_set_umask(process, 01000, NULL), -1);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_INVALID, "memory limit");
	ck_assert_ptr_null(ctr_process_clone(process, err));
	suite_expect_error(err, CTR_E_INVALID, "memory limit");
	ctr_process_clear_error(process);
	ctr_process_clear_error(NULL);
	ck_assert_int_eq(ctr_process_set_umask(process, 01000, NULL), -1);
	ck_assert_int_eq(limits_set_memory_max(spec, NULL), -1);
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_INVALID, "umask");
	ctr_limits_clear_error(ctr_spec_get_limits(spec));
	ck_assert_int_eq(idmap_add_uids(spec, NULL), -1);
	ck_assert_int_eq(ctr_spec_check(spec, err), -1);
	ctr_idmap_clear_error(ctr_spec_get_idmap(spec));
	ctr_error_clear(err);
	ctr_process_free(ctr_process_clone(process, err));
	ck_assert_msg(ctr_error_code(err) == 0, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
}
END_TEST

/* The group that could not be made has its limits in it: the error says why, not that it is NULL.
 */
START_TEST(test_cgroup__that_could_not_be_made_is_no_other_one)
{
	ctr_spec *spec = new_spec();
	ctr_limits *limits = ctr_limits_new(err);
	ctr_cgroup *group;

	ck_assert_int_eq(ctr_limits_set_memory_max(limits, 1, err), -1);
	group = ctr_cgroup_create(NULL, limits, 0, err);
	ck_assert_int_eq(ctr_spec_set_cgroup(spec, group, err), -1);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_INVALID, "memory limit \"1\"");
	ctr_limits_free(limits);
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_use__of_what_is_not_there_fails)
{
	ck_assert_int_eq(ctr_userns_create(NULL, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "map of ids \"NULL\"");
	ctr_error_clear(err);
	ck_assert_int_eq(ctr_userns_map(NULL, getpid(), err), -1);
	ctr_error_clear(err);
	ck_assert_ptr_null(ctr_plan_spawn(NULL, err));
	suite_expect_error(err, CTR_E_INVALID, "plan \"NULL\"");
	ck_assert_ptr_null(ctr_plan_spawn(ctr_plan_compile(NULL, NULL), NULL));
}
END_TEST

/* A rule that is there already is as it was before the call that failed. */
START_TEST(test_allow_default_devices__changes_nothing_when_it_fails)
{
	ctr_spec *spec = new_spec();
	ctr_limits *limits = ctr_spec_get_limits(spec);
	char rule[32];

	ck_assert_int_eq(ctr_limits_allow_device(limits, "c 1:3 r", err), 0);
	for (int i = 0; i < 250; i++) {
		snprintf(rule, sizeof(rule), "c 200:%d r", i);
		ck_assert_int_eq(ctr_limits_allow_device(limits, rule, err), 0);
	}
	ck_assert_int_eq(ctr_limits_allow_default_devices(limits, err), -1);
	ck_assert_uint_eq(limits->n_devices, 251);
	ck_assert_uint_eq(limits->devices[0].access, BPF_DEVCG_ACC_READ);
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_limits__alone_that_failed_are_not_used)
{
	ctr_limits *limits = ctr_limits_new(err);

	ck_assert_int_eq(ctr_limits_set_pids_max(limits, 7, err), 0);
	ck_assert_int_eq(ctr_limits_set_memory_max(limits, 1, NULL), -1);
	ck_assert_ptr_null(ctr_cgroup_create(NULL, limits, 0, err));
	suite_expect_error(err, CTR_E_INVALID, "memory limit \"1\"");
	ctr_limits_clear_error(limits);
	ctr_limits_clear_error(NULL);
	ctr_limits_free(limits);
}
END_TEST

START_TEST(test_idmap__alone_that_failed_is_not_used)
{
	ctr_idmap *map = ctr_idmap_new(err);

	ck_assert_int_eq(ctr_idmap_add_uids(map, 0, 1000, 1, err), 0);
	ck_assert_int_eq(ctr_idmap_add_gids(map, 0, 1000, 0, NULL), -1);
	ck_assert_int_eq(ctr_userns_create(map, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "range of group ids");
	ctr_idmap_clear_error(map);
	ctr_idmap_clear_error(NULL);
	ctr_idmap_free(map);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("failed");
	TCase *tc = suite_case(suite, "failed");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(tc, test_setter__that_failed_is_not_forgotten, 0, COUNT(refusing));
	tcase_add_loop_test(tc, test_setter__that_failed_unseen_is_told_at_the_end, 0,
			    COUNT(refusing));
	tcase_add_loop_test(tc, test_setter__of_no_spec_fails, 0, COUNT(refusing) + COUNT(taking));
	tcase_add_loop_test(tc, test_setter__that_can_not_fail_does_not, 0, COUNT(taking));
	tcase_add_test(tc, test_spec__that_could_not_be_made_ends_in_its_own_error);
	tcase_add_test(tc, test_clear_error__is_for_a_spec_and_its_parts);
	tcase_add_test(tc, test_cgroup__that_could_not_be_made_is_no_other_one);
	tcase_add_test(tc, test_use__of_what_is_not_there_fails);
	tcase_add_test(tc, test_allow_default_devices__changes_nothing_when_it_fails);
	tcase_add_test(tc, test_limits__alone_that_failed_are_not_used);
	tcase_add_test(tc, test_idmap__alone_that_failed_is_not_used);
	return suite_run(suite);
}
