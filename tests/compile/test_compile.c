/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "compile/plan.h"
#include "plan/blank.h"
#include "plan/launch.h"
#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;

static void make(void)
{
	err = ctr_error_new();
}

static void drop(void)
{
	ctr_error_free(err);
}

/* The whole plan, with the path of the world replaced by WORLD. */
static char *plan_text(const ctr_plan *plan)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < ctr_plan_count(plan); i++) {
		char line[2048], *at;

		ctr_plan_describe(plan, i, line, sizeof(line));
		at = strstr(line, world_dir);
		if (at)
			fprintf(out, "%.*sWORLD%s\n", (int)(at - line), line,
				at + strlen(world_dir));
		else
			fprintf(out, "%s\n", line);
	}
	fclose(out);
	return text;
}

static ctr_plan *compile(ctr_spec *spec)
{
	ctr_plan *plan = ctr_plan_compile(spec, err);

	ck_assert_msg(plan, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
	return plan;
}

static void expect_refusal(ctr_spec *spec, int code, const char *words)
{
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, code, words);
	ctr_spec_free(spec);
}

static ctr_spec *bare_spec(const char *rootfs)
{
	ctr_spec *spec = suite_spec(rootfs, "sh", NULL);

	ck_assert_int_eq(ctr_spec_set_base_mounts(spec, 0, err), 0);
	ck_assert_int_eq(ctr_spec_set_child(spec, CTR_CHILD_HELPER, err), 0);
	return spec;
}

#define DEFAULT_CAPS                                                                               \
	"CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE "            \
	"SYS_CHROOT SETFCAP"

START_TEST(test_plan_compile__golden_smallest)
{
	ctr_spec *spec = bare_spec(world_rootfs("root"));
	ctr_plan *plan;
	char *text;

	ck_assert_int_eq(ctr_process_set_init(ctr_spec_get_process(spec), 1, err), 0);
	plan = compile(spec);
	text = plan_text(plan);
	ck_assert_str_eq(
		text,
		"clone a child that executes the helper (it becomes the init), create new namespaces: "
		"mount,pid,uts,ipc,net\n"
		"set all signals to their default actions\n"
		"reset real-time scheduling to the default\n"
		"die when the parent does\n"
		"dump no core while memory is shared\n"
		"create new namespaces: cgroup\n"
		"start a new session, without a controlling terminal\n"
		"begin a session keyring of its own\n"
		"set the umask to 0000\n"
		"make mounts from / down private\n"
		"take WORLD/root as the root file system (nodev)\n"
		"make it the root and let go of the old one\n"
		"set the host name to container\n"
		"bring up the loopback interface\n"
		"place descriptors 0 1 2\n"
		"set resource limit core back to the caller's\n"
		"limit what can be gained by executing to capabilities: " DEFAULT_CAPS "\n"
		"become uid 0 gid 0, supplementary groups: none\n"
		"keep capabilities: " DEFAULT_CAPS "\n"
		"never gain privileges (no_new_privs)\n"
		"set the umask to 0022\n"
		"set the signal mask to 0x0\n"
		"verify ids, capabilities, no_new_privs, the root and the working directory\n"
		"close all other descriptors\n"
		"look at /bin/sh once more, through no link of the kernel's\n"
		"filter system calls\n"
		"become the init, and start the program from it\n"
		"execute /bin/sh as: sh\n");
	free(text);
	ctr_plan_free(plan);
}
END_TEST

START_TEST(test_plan_compile__golden_everything)
{
	ctr_spec *spec = bare_spec(world_rootfs("root"));
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_plan *plan;
	char *text;

	ck_assert_int_eq(ctr_process_set_init(process, 0, err), 0);
	ck_assert_int_eq(ctr_process_add_arg(process, "-c", err), 0);
	ck_assert_int_eq(ctr_spec_set_read_only(spec, 1, err), 0);
	ck_assert_int_eq(ctr_spec_set_hostname(spec, "box", err), 0);
	ck_assert_int_eq(ctr_spec_set_domainname(spec, "dom", err), 0);
	ck_assert_int_eq(ctr_process_set_cwd(process, "/tmp", err), 0);
	ck_assert_int_eq(ctr_process_set_user(process, 1000, 100, err), 0);
	ck_assert_int_eq(ctr_process_add_group(process, 7, err), 0);
	ck_assert_int_eq(ctr_process_set_priority(process, 5, err), 0);
	ck_assert_int_eq(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 20, err), 0);
	ck_assert_int_eq(ctr_process_set_rlimit(process, 7, 64, UINT64_MAX, err), 0);
	ck_assert_int_eq(ctr_process_set_signal_mask(process, 2, err), 0);
	ck_assert_int_eq(ctr_process_set_fd(process, 9, 0, err), 0);
	ck_assert_int_eq(ctr_spec_add_proc(spec, "/proc", 0, err), 0);
	ck_assert_int_eq(ctr_spec_add_tmpfs(spec, "/tmp", 4096, 0700, CTR_MOUNT_NOEXEC, err), 0);
	ck_assert_int_eq(ctr_spec_add_bind(spec, "/etc", "/new/etc", CTR_MOUNT_READ_ONLY, err), 0);
	ck_assert_int_eq(ctr_spec_add_mask(spec, "/etc/passwd", err), 0);
	ck_assert_int_eq(ctr_spec_set_namespace(spec, CTR_NS_NET, CTR_NS_MODE_HOST, err), 0);
	plan = compile(spec);
	text = plan_text(plan);
	ck_assert_str_eq(
		text,
		"clone a child that executes the helper (memory is not shared), create new namespaces: mount,pid,uts,ipc\n"
		"set all signals to their default actions\n"
		"reset real-time scheduling to the default\n"
		"die when the parent does\n"
		"dump no core while memory is shared\n"
		"join a control group of its own (pids.max 20)\n"
		"create new namespaces: cgroup\n"
		"start a new session, without a controlling terminal\n"
		"begin a session keyring of its own\n"
		"set the umask to 0000\n"
		"make mounts from / down private\n"
		"take WORLD/root as the root file system (ro,nodev)\n"
		"cover / with a layer for new mount points\n"
		"make the mount point /new/etc (a directory)\n"
		"bind /etc on /new/etc (rbind,ro,nosuid,nodev)\n"
		"mask /etc/passwd\n"
		"set the flags of / (ro)\n"
		"mount proc on /proc (nosuid,nodev,noexec)\n"
		"mount tmpfs on /tmp (nosuid,nodev,noexec,mode=0700,size=4096)\n"
		"make it the root and let go of the old one\n"
		"set the host name to box\n"
		"set the domain name to dom\n"
		"go to working directory /tmp\n"
		"set the nice value to 5\n"
		"place descriptors 0 1 2 9\n"
		"set resource limit core back to the caller's\n"
		"set resource limit nofile to 64:unlimited\n"
		"limit what can be gained by executing to capabilities: " DEFAULT_CAPS "\n"
		"become uid 1000 gid 100, supplementary groups: 7\n"
		"die when the parent does\n"
		"keep capabilities: none\n"
		"never gain privileges (no_new_privs)\n"
		"set the umask to 0022\n"
		"set the signal mask to 0x2\n"
		"verify ids, capabilities, no_new_privs, the root and the working directory\n"
		"close all other descriptors\n"
		"look at /bin/sh once more, through no link of the kernel's\n"
		"filter system calls\n"
		"execute /bin/sh as: sh -c\n");
	free(text);
	ctr_plan_free(plan);
}
END_TEST

START_TEST(test_plan_describe__says_nothing_beyond_the_end)
{
	ctr_plan *plan = compile(bare_spec(world_rootfs("root")));
	char text[8] = "x";

	ck_assert_uint_eq(ctr_plan_describe(plan, ctr_plan_count(plan), text, sizeof(text)), 0);
	ck_assert_str_eq(text, "");
	ck_assert_uint_gt(ctr_plan_describe(plan, 1, NULL, 0), 10);
	ctr_plan_free(plan);
}
END_TEST

/* An overlay would go on showing what it has looked up once: each container has its own. */
START_TEST(test_plan_compile__default_root_has_no_template)
{
	ctr_plan *plan = compile(suite_spec(NULL, "true", NULL));

	if (!strstr(world_read("/proc/filesystems"), "\toverlay\n")) {
		ctr_plan_free(plan);
		suite_skip("this kernel has no overlayfs");
	}
	ck_assert_ptr_null(plan->template);
	ctr_plan_free(plan);
}
END_TEST

START_TEST(test_plan_compile__a_root_of_its_own_has_a_template)
{
	ctr_plan *plan = compile(suite_spec(world_rootfs("root"), "sh", NULL));

	ck_assert_ptr_nonnull(plan->template);
	ctr_plan_free(plan);
}
END_TEST

static ctr_cgroup *use_group(ctr_spec *spec)
{
	ctr_cgroup *group;
	char path[64];

	snprintf(path, sizeof(path), "/minictr_test_%d", (int)getpid());
	group = ctr_cgroup_create(path, NULL, 1, err);
	ck_assert_msg(group != NULL, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_spec_set_cgroup(spec, group, err), 0);
	return group;
}

/* ctr_spawn() copies what it shows of the host, and not all of the host's mounts. */
START_TEST(test_plan_compile__for_one_container_starts_from_no_mounts)
{
	ctr_cgroup *group = NULL;
	ctr_spec *spec = suite_spec(world_rootfs("root"), "sh", NULL);
	ctr_plan *plan;
	char *text;

	if (!ctr__launch_can_share())
		suite_skip("no child shares memory here");
	ck_assert_int_eq(ctr_spec_add_bind(spec, "/etc", "/root", 0, err), 0);
	if (_i == 1) /* they come with rules of their own: no node can be made */
		ck_assert_int_eq(
			ctr_limits_allow_device(ctr_spec_get_limits(spec), "c 1:3 rw", err), 0);
	else if (_i == 2)
		ck_assert_int_eq(ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err),
				 0);
	else if (_i == 3) /* what it has of such rules is not known */
		ck_assert_int_eq(ctr_spec_set_cgroup_parent(spec, "/parent", err), 0);
	else if (_i == 4)
		group = use_group(spec);
	ctr__blank_of_many(); /* it is not the first of the process */
	plan = ctr__plan_compile(spec, true, err);
	ck_assert_msg(plan != NULL, "%s", ctr_error_message(err));
	text = plan_text(plan);
	ck_assert_int_eq(plan->blank >= 0, _i == 0);
	ck_assert_int_eq(strstr(text, "start from an empty mount namespace\n") != NULL, _i == 0);
	ck_assert_int_eq(strstr(text, "private") != NULL, _i != 0);
	ck_assert_int_eq(strstr(text, "copy /etc for a bind on /root\n") != NULL, _i == 0);
	free(text);
	ctr_plan_free(plan);
	ctr_spec_free(spec);
	if (group)
		ck_assert_int_eq(ctr_cgroup_remove(group, err), 0);
	ctr_cgroup_free(group);
}
END_TEST

static unsigned modes_of_sysfs(const ctr_plan *plan)
{
	for (size_t i = 0; i < plan->steps.n; i++) {
		const struct ctr__step *step = &plan->steps.v[i];

		if (step->kind == CTR__STEP_MOUNT && strcmp(step->mount.type, "sysfs") == 0)
			return step->modes;
	}
	return 0;
}

/* It shows one network: not where that is the host's, nor where it can be changed from within. */
START_TEST(test_plan_compile__shares_sysfs_where_the_network_is_new_and_stays)
{
	ctr_spec *spec = suite_spec(world_rootfs("root"), "sh", NULL);
	ctr_plan *plan;

	if (_i == 1)
		ck_assert_int_eq(ctr_spec_set_namespace(spec, CTR_NS_NET, CTR_NS_MODE_HOST, err),
				 0);
	else if (_i == 2)
		ck_assert_int_eq(ctr_process_add_cap(ctr_spec_get_process(spec), "NET_ADMIN", err),
				 0);
	plan = ctr_plan_compile(spec, err);
	ck_assert_ptr_nonnull(plan);
	ck_assert_ptr_nonnull(plan->template);
	ck_assert_uint_eq(modes_of_sysfs(plan), _i == 0 ? CTR__MODE_BUILD : CTR__MODE_RUN);
	ck_assert_int_eq(plan->template->has_network, _i == 0);
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}
END_TEST

/* Its source is the host's, which the template has let go of. */
START_TEST(test_plan_compile__no_template_for_a_bind_on_a_tmpfs)
{
	ctr_spec *spec = suite_spec(world_rootfs("root"), "sh", NULL);
	ctr_plan *plan;

	ck_assert_int_eq(ctr_spec_add_tmpfs(spec, "/tmp", 0, 01777, 0, err), 0);
	ck_assert_int_eq(ctr_spec_add_bind(spec, "/etc", "/tmp/etc", 0, err), 0);
	plan = compile(spec);
	ck_assert_ptr_null(plan->template);
	ctr_plan_free(plan);
}
END_TEST

/* Hoisted into the template it would no longer cover what is below. */
START_TEST(test_plan_compile__no_template_for_a_bind_over_a_tmpfs)
{
	ctr_spec *spec = bare_spec(world_rootfs("root"));
	ctr_plan *plan;

	ck_assert_int_eq(ctr_spec_add_tmpfs(spec, "/root/a", 0, 0755, 0, err), 0);
	ck_assert_int_eq(ctr_spec_add_bind(spec, "/etc", "/root", 0, err), 0);
	plan = compile(spec);
	ck_assert_ptr_null(plan->template);
	ctr_plan_free(plan);
}
END_TEST

/* A layer is read-only, so that containers can share it; it may not be there at all. */
START_TEST(test_plan_compile__template_with_a_mount_point_to_make)
{
	ctr_spec *spec = bare_spec(world_rootfs("root"));
	ctr_plan *plan;
	char *text;

	ck_assert_int_eq(ctr_spec_add_bind(spec, "/etc", "/new", 0, err), 0);
	plan = compile(spec);
	text = plan_text(plan);
	ck_assert_ptr_nonnull(plan->template);
	ck_assert_ptr_nonnull(strstr(text, "make the mount point /new (a directory), or, where "
					   "that is refused, cover / with a layer\n"));
	ck_assert_ptr_nonnull(strstr(text, "set the flags of / (ro), if it is that layer\n"));
	free(text);
	ctr_plan_free(plan);
}
END_TEST

START_TEST(test_plan_compile__refuses_no_program)
{
	expect_refusal(ctr_spec_new(err), CTR_E_INVALID, "program");
}
END_TEST

START_TEST(test_plan_compile__refuses_to_rename_the_host)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	ck_assert_int_eq(ctr_spec_set_hostname(spec, "box", err), 0);
	ck_assert_int_eq(ctr_spec_set_namespace(spec, CTR_NS_UTS, CTR_NS_MODE_HOST, err), 0);
	expect_refusal(spec, CTR_E_INVALID, "a new UTS namespace");
}
END_TEST

START_TEST(test_plan_compile__refuses_a_missing_root)
{
	expect_refusal(suite_spec(world_path("none"), "sh", NULL), CTR_E_SYSTEM,
		       "open the root file system");
}
END_TEST

START_TEST(test_plan_compile__refuses_a_file_as_root)
{
	world_write(world_path("file"), "x", 0644);
	expect_refusal(suite_spec(world_path("file"), "sh", NULL), CTR_E_SYSTEM, "Not a directory");
}
END_TEST

START_TEST(test_plan_compile__refuses_a_missing_source)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	ck_assert_int_eq(ctr_spec_add_bind(spec, world_path("none"), "/mnt", 0, err), 0);
	expect_refusal(spec, CTR_E_SYSTEM, "bind source");
}
END_TEST

START_TEST(test_plan_compile__refuses_a_directory_on_a_file)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	ck_assert_int_eq(ctr_spec_add_bind(spec, "/etc", "/etc/passwd", 0, err), 0);
	expect_refusal(spec, CTR_E_SYSTEM, "a directory can't be mounted on a file");
}
END_TEST

START_TEST(test_plan_compile__refuses_the_root_as_target)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	ck_assert_int_eq(ctr_spec_add_tmpfs(spec, "/etc/..", 0, 0755, 0, err), 0);
	expect_refusal(spec, CTR_E_INVALID, "a path below /");
}
END_TEST

/* What a program makes directly in a covered directory would be lost. */
START_TEST(test_plan_compile__refuses_a_new_entry_in_a_writable_bind)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	world_mkdir("data");
	ck_assert_int_eq(ctr_spec_add_bind(spec, world_path("data"), "/mnt", 0, err), 0);
	ck_assert_int_eq(ctr_spec_add_tmpfs(spec, "/mnt/cache", 0, 0755, 0, err), 0);
	expect_refusal(spec, CTR_E_SYSTEM, "create it in the source");
	ck_assert_int_eq(world_count(world_path("data")), 0);
}
END_TEST

START_TEST(test_plan_compile__refuses_links_in_place_of_proc_dev_sys)
{
	static const char *const names[] = { "proc", "dev", "sys" };
	static const char *const links[] = { "/tmp", "../../tmp", "/none", "tmp/none" };
	const char *root = world_rootfs("root");
	char path[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s/%s", root, names[_i / 4]);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(symlink(links[_i % 4], path), 0);
	expect_refusal(suite_spec(root, "sh", NULL), CTR_E_INVALID, "symbolic link");
}
END_TEST

START_TEST(test_plan_compile__refuses_a_missing_cwd)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	ck_assert_int_eq(ctr_process_set_cwd(ctr_spec_get_process(spec), "/tmp/none", err), 0);
	expect_refusal(spec, CTR_E_SYSTEM, "working directory");
}
END_TEST

START_TEST(test_plan_compile__refuses_a_terminal_without_dev)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	ck_assert_int_eq(ctr_spec_set_base_mounts(spec, CTR_BASE_PROC, err), 0);
	ck_assert_int_eq(ctr_process_set_tty(ctr_spec_get_process(spec), 1, 0, 0, err), 0);
	expect_refusal(spec, CTR_E_INVALID, "/dev/pts");
}
END_TEST

START_TEST(test_plan_compile__refuses_a_terminal_and_a_descriptor_0)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(ctr_process_set_tty(process, 1, 0, 0, err), 0);
	ck_assert_int_eq(ctr_process_set_fd(process, 0, -1, err), 0);
	expect_refusal(spec, CTR_E_INVALID, "descriptor 0");
}
END_TEST

static void compile_with_64_descriptors(void)
{
	struct rlimit limit;
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	ck_assert_int_eq(ctr_process_set_fd(ctr_spec_get_process(spec), 63, 0, err), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = 64;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	expect_refusal(spec, CTR_E_SYSTEM, "target 63 is above the caller's limit");
}

START_TEST(test_plan_compile__refuses_a_descriptor_above_the_limit)
{
	suite_in_child(compile_with_64_descriptors);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("compile");
	TCase *tc = suite_case(s, "compile");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_test(tc, test_plan_compile__golden_smallest);
	tcase_add_test(tc, test_plan_compile__golden_everything);
	tcase_add_test(tc, test_plan_describe__says_nothing_beyond_the_end);
	tcase_add_test(tc, test_plan_compile__default_root_has_no_template);
	tcase_add_test(tc, test_plan_compile__a_root_of_its_own_has_a_template);
	tcase_add_loop_test(tc, test_plan_compile__for_one_container_starts_from_no_mounts, 0, 5);
	tcase_add_loop_test(tc, test_plan_compile__shares_sysfs_where_the_network_is_new_and_stays,
			    0, 3);
	tcase_add_test(tc, test_plan_compile__no_template_for_a_bind_on_a_tmpfs);
	tcase_add_test(tc, test_plan_compile__no_template_for_a_bind_over_a_tmpfs);
	tcase_add_test(tc, test_plan_compile__template_with_a_mount_point_to_make);
	tcase_add_test(tc, test_plan_compile__refuses_no_program);
	tcase_add_test(tc, test_plan_compile__refuses_to_rename_the_host);
	tcase_add_test(tc, test_plan_compile__refuses_a_missing_root);
	tcase_add_test(tc, test_plan_compile__refuses_a_file_as_root);
	tcase_add_test(tc, test_plan_compile__refuses_a_missing_source);
	tcase_add_test(tc, test_plan_compile__refuses_a_directory_on_a_file);
	tcase_add_test(tc, test_plan_compile__refuses_the_root_as_target);
	tcase_add_test(tc, test_plan_compile__refuses_a_new_entry_in_a_writable_bind);
	tcase_add_loop_test(tc, test_plan_compile__refuses_links_in_place_of_proc_dev_sys, 0, 12);
	tcase_add_test(tc, test_plan_compile__refuses_a_missing_cwd);
	tcase_add_test(tc, test_plan_compile__refuses_a_terminal_without_dev);
	tcase_add_test(tc, test_plan_compile__refuses_a_terminal_and_a_descriptor_0);
	tcase_add_test(tc, test_plan_compile__refuses_a_descriptor_above_the_limit);
	return suite_run(s);
}
