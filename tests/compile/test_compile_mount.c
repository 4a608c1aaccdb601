/* SPDX-License-Identifier: MIT */
/*
 * Mounts in the order they were asked for, one over another, seen from inside.
 * Each test runs with both kinds of child, once in one go (0, 1), once through
 * a plan's template where it has one (2, 3).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;
static const char *root;

static void make(void)
{
	err = ctr_error_new();
	root = world_rootfs("root");
	world_mkdir("data");
	world_write(world_path("data/file"), "data\n", 0644);
}

static void drop(void)
{
	ctr_error_free(err);
}

static ctr_spec *shell(int way, const char *script)
{
	ctr_spec *spec = suite_spec(root, "sh", "-c", script, NULL);

	ck_assert_int_eq(ctr_spec_set_child(spec, way % 2 ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err),
			 0);
	return spec;
}

static void bind(ctr_spec *spec, const char *source, const char *target, uint32_t flags)
{
	ck_assert_msg(ctr_spec_add_bind(spec, source, target, flags, err) == 0, "%s",
		      ctr_error_message(err));
}

static void tmpfs(ctr_spec *spec, const char *target)
{
	ck_assert_int_eq(ctr_spec_add_tmpfs(spec, target, 0, 0755, 0, err), 0);
}

/* The output goes through a file of the host's, for plans and single runs alike. */
static void expect_output(ctr_spec *spec, int way, const char *expected)
{
	ctr_process *process = ctr_spec_get_process(spec);

	FILE *out = fopen(world_path("out"), "w");
	ctr_container *c;
	ctr_plan *plan;

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(ctr_process_set_fd(process, 1, fileno(out), err), 0);
	ck_assert_int_eq(ctr_process_set_fd(process, 2, fileno(out), err), 0);
	fclose(out);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	c = way < 2 ? ctr_spawn(spec, err) : ctr_plan_spawn(plan, err);
	ck_assert_msg(c, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	ck_assert_str_eq(world_read(world_path("out")), expected);
	ctr_container_free(c);
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}

/* The layer that holds the first one's mount point is read-only, not what covers it later. */
START_TEST(test_mounts__writable_bind_covers_a_layer)
{
	ctr_spec *spec = shell(_i, "echo new >/etc/new && cat /etc/new; ls /etc");

	ck_assert_int_eq(ctr_spec_set_read_only(spec, 1, err), 0);
	bind(spec, world_path("data"), "/etc/missing", 0);
	bind(spec, world_path("data"), "/etc", 0);
	expect_output(spec, _i, "new\nfile\nnew\n");
}
END_TEST

START_TEST(test_mounts__layer_over_a_read_only_root_is_read_only)
{
	ctr_spec *spec = shell(_i, "touch /x /etc/x /new/x; ls /new; cat /etc/data/file");

	ck_assert_int_eq(ctr_spec_set_read_only(spec, 1, err), 0);
	bind(spec, world_path("data"), "/new/data", 0);
	bind(spec, world_path("data"), "/etc/data", 0);
	expect_output(spec, _i,
		      "touch: /x: Read-only file system\n"
		      "touch: /etc/x: Read-only file system\n"
		      "touch: /new/x: Read-only file system\n"
		      "data\ndata\n");
}
END_TEST

START_TEST(test_mounts__volume_over_the_parent_of_a_made_mount_point)
{
	ctr_spec *spec = shell(_i, "ls /new");

	ck_assert_int_eq(ctr_spec_set_read_only(spec, 1, err), 0);
	bind(spec, world_path("data"), "/new/a/b", 0);
	bind(spec, world_path("data"), "/new", 0);
	expect_output(spec, _i, "file\n");
}
END_TEST

START_TEST(test_mounts__tmpfs_over_dev_has_nothing_in_it)
{
	ctr_spec *spec = shell(_i, "ls -A /dev");

	tmpfs(spec, "/dev");
	tmpfs(spec, "/dev/shm");
	tmpfs(spec, "/dev/here/too");
	expect_output(spec, _i, "here\nshm\n");
}
END_TEST

START_TEST(test_mounts__file_bind_again_after_its_directory_was_covered)
{
	ctr_spec *spec = shell(_i, "cat /tmp/a; ls /tmp");

	tmpfs(spec, "/tmp");
	bind(spec, world_path("data/file"), "/tmp/a", 0);
	tmpfs(spec, "/tmp");
	bind(spec, world_path("data/file"), "/tmp/a", 0);
	expect_output(spec, _i, "data\na\n");
}
END_TEST

START_TEST(test_mounts__bind_below_a_bind_below_a_layer)
{
	ctr_spec *spec = shell(_i, "cat /etc/one/file /etc/two/file");

	ck_assert_int_eq(ctr_spec_set_read_only(spec, 1, err), 0);
	bind(spec, world_path("data"), "/etc/one", 0);
	bind(spec, world_path("data/file"), "/etc/one/file", CTR_MOUNT_READ_ONLY);
	bind(spec, world_path("data"), "/etc/two", 0);
	expect_output(spec, _i, "data\ndata\n");
}
END_TEST

/* The layer at /etc is made after the bind: it shows the bind, and does not stand for it. */
START_TEST(test_mounts__writable_bind_below_a_layer_is_not_covered)
{
	ctr_spec *spec = shell(_i, "true");

	world_mkdir("root/etc/old");
	bind(spec, world_path("data"), "/etc/old", 0);
	bind(spec, world_path("data"), "/etc/new", 0);
	tmpfs(spec, "/etc/old/none");
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "create it in the source");
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_mounts__masked_program_is_refused)
{
	ctr_spec *spec = suite_spec(root, "/bin/sh", NULL);

	ck_assert_int_eq(ctr_spec_add_mask(spec, _i % 2 ? "/bin" : "/bin/sh", err), 0);
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	if (_i % 2)
		suite_expect_error(err, CTR_E_NOT_FOUND, "no such file");
	else
		suite_expect_error(err, CTR_E_NOT_EXECUTABLE, "/bin/sh is hidden by a mask");
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_mounts__nothing_is_made_in_a_mask)
{
	ctr_spec *spec = suite_spec(root, "/bin/sh", NULL);

	ck_assert_int_eq(ctr_spec_add_mask(spec, "/etc", err), 0);
	bind(spec, world_path("data"), "/etc/data", 0);
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "/etc/data");
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_mounts__program_may_be_a_bind_of_a_single_file)
{
	ctr_spec *spec = suite_spec(root, "/bin/tool", NULL);

	world_write(world_path("tool"), "#!/no/shell\n", 0755);
	bind(spec, world_path("tool"), "/bin/tool", 0);
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_NOT_EXECUTABLE, "interpreter /no/shell");
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_mounts__minimal_dev_may_lie_in_a_tmpfs)
{
	ctr_spec *spec = shell(_i, "ls /tmp/dev; echo x >/tmp/dev/null; touch /tmp/dev/x");

	tmpfs(spec, "/tmp");
	ck_assert_int_eq(ctr_spec_add_dev(spec, "/tmp/dev", err), 0);
	expect_output(spec, _i,
		      "fd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\n"
		      "urandom\nzero\ntouch: /tmp/dev/x: Read-only file system\n");
}
END_TEST

START_TEST(test_mounts__layer_looks_like_what_it_covers)
{
	ctr_spec *spec =
		shell(_i, "stat -c '%a %u %g' /opt; ls -l /opt | awk 'NR > 1 {print $1, $NF}'; "
			  "cat /opt/kept/file");

	world_mkdir("root/opt");
	world_mkdir("root/opt/kept");
	world_write(world_path("root/opt/kept/file"), "kept\n", 0640);
	ck_assert_int_eq(symlink("kept/file", world_path("root/opt/link")), 0);
	ck_assert_int_eq(chown(world_path("root/opt"), 12, 34), 0);
	ck_assert_int_eq(chmod(world_path("root/opt"), 0751), 0);
	bind(spec, world_path("data"), "/opt/.//new/./dir/", 0);
	expect_output(spec, _i,
		      "751 12 34\n"
		      "drwxr-xr-x kept\n"
		      "lrwxrwxrwx kept/file\n"
		      "drwxr-xr-x new\n"
		      "kept\n");
}
END_TEST

/* More options than any named mount has, and a source. */
START_TEST(test_mounts__any_type_can_have_any_options)
{
	static const char *const options[][2] = {
		{ "mode", "0751" }, { "uid", "12" },	   { "gid", "34" },
		{ "size", "64k" },  { "nr_inodes", "50" }, { "huge", "never" },
	};
	ctr_spec *spec = shell(_i, "grep ' /mnt ' /proc/mounts; stat -c '%a %u %g' /mnt");

	ck_assert_int_eq(ctr_spec_add_mount(spec, "tmpfs", "word", "/mnt", CTR_MOUNT_NOEXEC, err),
			 0);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		ck_assert_int_eq(ctr_spec_add_mount_option(spec, options[i][0], options[i][1], err),
				 0);
	expect_output(spec, _i,
		      "word /mnt tmpfs rw,nosuid,nodev,noexec,relatime,size=64k,nr_inodes=50,"
		      "mode=751,uid=12,gid=34 0 0\n"
		      "751 12 34\n");
}
END_TEST

START_TEST(test_mounts__what_the_kernel_does_not_know_is_refused)
{
	ctr_spec *spec = shell(_i, "true");

	ck_assert_int_eq(ctr_spec_add_mount(spec, "tmpfs", NULL, "/mnt", 0, err), 0);
	ck_assert_int_eq(ctr_spec_add_mount_option(spec, "nosuchoption", NULL, err), 0);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "mount tmpfs on");
	ctr_spec_free(spec);
	spec = shell(_i, "true");
	ck_assert_int_eq(ctr_spec_add_mount(spec, "nosuchtype", NULL, "/mnt", 0, err), 0);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "mount nosuchtype on");
	ctr_spec_free(spec);
	spec = shell(_i, "true");
	ck_assert_int_eq(ctr_spec_add_mount(spec, "ext4", "/nosuchdisk", "/mnt", 0, err), 0);
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_SYSTEM, "look at the source of the mount \"/nosuchdisk\"");
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_mounts__an_option_belongs_to_the_mount_before_it)
{
	ctr_spec *spec = shell(0, "true");

	ck_assert_int_eq(ctr_spec_add_mount_option(spec, "size", "1m", err), -1);
	suite_expect_error(err, CTR_E_INVALID, "ctr_spec_add_mount() comes before it");
	ctr_spec_clear_error(spec);
	ck_assert_int_eq(ctr_spec_add_mount(spec, "tmpfs", NULL, "/mnt", 0, err), 0);
	tmpfs(spec, "/tmp");
	ck_assert_int_eq(ctr_spec_add_mount_option(spec, "size", "1m", err), -1);
	ctr_spec_free(spec);
}
END_TEST

/* The null device of the container's /dev is covered by then. */
START_TEST(test_mounts__a_file_is_masked_after_dev_was_covered)
{
	ctr_spec *spec = shell(_i, "wc -c </root/file; test -c /root/file && echo device");

	bind(spec, world_path("data"), "/root", CTR_MOUNT_READ_ONLY);
	tmpfs(spec, "/dev");
	ck_assert_int_eq(ctr_spec_add_mask(spec, "/root/file", err), 0);
	expect_output(spec, _i, "0\ndevice\n");
}
END_TEST

/* ---- the sysfs of a template ---- */

static const char list_interfaces[] = "ls /sys/class/net";

/* The device number of /sys in a container: each network namespace has a sysfs of its own. */
static unsigned long sysfs_of(ctr_plan *plan)
{
	unsigned long device;
	ctr_container *c;

	unlink(world_path("data/device"));
	c = ctr_plan_spawn(plan, err);
	ck_assert_msg(c != NULL, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	ctr_container_free(c);
	device = strtoul(world_read(world_path("data/device")), NULL, 10);
	ck_assert_uint_ne(device, 0);
	return device;
}

static ctr_plan *device_plan(int way)
{
	ctr_spec *spec = shell(way, "stat -c %d /sys >/data/device");
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_plan *plan;

	world_mkdir("root/data");
	bind(spec, world_path("data"), "/data", 0);
	if (way >= 2)
		ck_assert_int_eq(ctr_process_add_cap(process, "NET_ADMIN", err), 0);
	plan = ctr_plan_compile(spec, err);
	ck_assert_ptr_nonnull(plan);
	ctr_spec_free(spec);
	return plan;
}

/* One for all containers that can't change it, and else one for each; but never the host's. */
START_TEST(test_sysfs__is_shared_by_containers_but_not_with_the_host)
{
	ctr_plan *plan = device_plan(_i);
	const unsigned long first = sysfs_of(plan), second = sysfs_of(plan);
	struct stat host;

	ck_assert_int_eq(stat("/sys", &host), 0);
	ck_assert_uint_ne(first, host.st_dev);
	if (_i < 2)
		ck_assert_uint_eq(first, second);
	ctr_plan_free(plan);
}
END_TEST

/* Also long after the child has ended that has made it. */
START_TEST(test_sysfs__of_a_template_has_the_loopback_interface)
{
	ctr_spec *spec = shell(_i, "ls /sys/class/net >/data/list");
	ctr_container *c;
	ctr_plan *plan;

	world_mkdir("root/data");
	bind(spec, world_path("data"), "/data", 0);
	plan = ctr_plan_compile(spec, err);
	ck_assert_ptr_nonnull(plan);
	ctr_spec_free(spec);
	for (int i = 0; i < 2; i++) {
		unlink(world_path("data/list"));
		c = ctr_plan_spawn(plan, err);
		ck_assert_msg(c != NULL, "%s", ctr_error_message(err));
		ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
		ctr_container_free(c);
		ck_assert_str_eq(world_read(world_path("data/list")), "lo\n");
		usleep(300000);
	}
	ctr_plan_free(plan);
}
END_TEST

START_TEST(test_sysfs__shows_its_network_to_who_can_change_that)
{
	ctr_spec *spec = shell(_i, list_interfaces);

	ck_assert_int_eq(ctr_process_add_cap(ctr_spec_get_process(spec), "NET_ADMIN", err), 0);
	expect_output(spec, _i, "lo\n");
}
END_TEST

START_TEST(test_sysfs__shows_its_network_if_it_is_asked_for)
{
	ctr_spec *spec = shell(_i, list_interfaces);

	ck_assert_int_eq(ctr_spec_add_sysfs(spec, "/sys", 0, err), 0);
	expect_output(spec, _i, "lo\n");
}
END_TEST

/* What it is guarded by is in the template too. */
START_TEST(test_sysfs__is_read_only_and_guarded)
{
	expect_output(shell(_i, "ls /sys/firmware | wc -l; grep -c ' /sys sysfs ro,' /proc/mounts"),
		      _i, "0\n1\n");
}
END_TEST

START_TEST(test_sysfs__of_the_host_goes_with_its_network)
{
	ctr_spec *spec = shell(_i, "ls -d /sys/class/net/lo");

	ck_assert_int_eq(ctr_spec_set_namespace(spec, CTR_NS_NET, CTR_NS_MODE_HOST, err), 0);
	expect_output(spec, _i, "/sys/class/net/lo\n");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("compile_mount");
	TCase *tc = suite_case(s, "compile_mount");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_mounts__writable_bind_covers_a_layer, 0, 4);
	tcase_add_loop_test(tc, test_mounts__layer_over_a_read_only_root_is_read_only, 0, 4);
	tcase_add_loop_test(tc, test_mounts__volume_over_the_parent_of_a_made_mount_point, 0, 4);
	tcase_add_loop_test(tc, test_mounts__tmpfs_over_dev_has_nothing_in_it, 0, 4);
	tcase_add_loop_test(tc, test_mounts__file_bind_again_after_its_directory_was_covered, 0, 4);
	tcase_add_loop_test(tc, test_mounts__bind_below_a_bind_below_a_layer, 0, 4);
	tcase_add_test(tc, test_mounts__writable_bind_below_a_layer_is_not_covered);
	tcase_add_loop_test(tc, test_mounts__masked_program_is_refused, 0, 2);
	tcase_add_test(tc, test_mounts__nothing_is_made_in_a_mask);
	tcase_add_test(tc, test_mounts__program_may_be_a_bind_of_a_single_file);
	tcase_add_loop_test(tc, test_mounts__minimal_dev_may_lie_in_a_tmpfs, 0, 4);
	tcase_add_loop_test(tc, test_mounts__layer_looks_like_what_it_covers, 0, 4);
	tcase_add_loop_test(tc, test_mounts__any_type_can_have_any_options, 0, 4);
	tcase_add_loop_test(tc, test_mounts__what_the_kernel_does_not_know_is_refused, 0, 2);
	tcase_add_test(tc, test_mounts__an_option_belongs_to_the_mount_before_it);
	tcase_add_loop_test(tc, test_mounts__a_file_is_masked_after_dev_was_covered, 0, 4);
	tcase_add_loop_test(tc, test_sysfs__is_shared_by_containers_but_not_with_the_host, 0, 4);
	tcase_add_loop_test(tc, test_sysfs__of_a_template_has_the_loopback_interface, 0, 2);
	tcase_add_loop_test(tc, test_sysfs__shows_its_network_to_who_can_change_that, 0, 4);
	tcase_add_loop_test(tc, test_sysfs__shows_its_network_if_it_is_asked_for, 0, 4);
	tcase_add_loop_test(tc, test_sysfs__is_read_only_and_guarded, 0, 4);
	tcase_add_loop_test(tc, test_sysfs__of_the_host_goes_with_its_network, 0, 4);
	return suite_run(s);
}
