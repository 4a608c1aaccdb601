/* SPDX-License-Identifier: MIT */
/*
 * Landlock, labels, securebits and unmasking in containers. What is seen from inside is seen
 * with both kinds of child, once in one go (0, 1), once through a plan's template (2, 3).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/securebits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

enum { R = CTR_LANDLOCK_READ, W = CTR_LANDLOCK_WRITE, X = CTR_LANDLOCK_EXECUTE };

static ctr_error *err;
static const char *root;

static void make(void)
{
	err = ctr_error_new();
	root = world_rootfs("root");
	world_mkdir("root/data/deep");
	world_write(world_path("root/data/file"), "data\n", 0644);
}

static void drop(void)
{
	ctr_error_free(err);
}

static void need_landlock(void)
{
	if (ctr_landlock_abi(err) < 0)
		suite_skip(ctr_error_message(err));
}

static ctr_spec *shell(int way, const char *script)
{
	ctr_spec *spec = suite_spec(root, "sh", "-c", script, NULL);

	ck_assert_int_eq(ctr_spec_set_child(spec, way % 2 ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, err),
			 0);
	return spec;
}

static void allow(ctr_spec *spec, const char *path, uint32_t access)
{
	ck_assert_msg(
		ctr_process_add_landlock_rule(ctr_spec_get_process(spec), path, access, err) == 0,
		"%s", ctr_error_message(err));
}

static ctr_container *start(ctr_spec *spec, int way)
{
	ctr_plan *plan = ctr_plan_compile(spec, err);
	ctr_container *c;

	ck_assert_msg(plan, "%s", ctr_error_message(err));
	c = way < 2 ? ctr_spawn(spec, err) : ctr_plan_spawn(plan, err);
	ctr_plan_free(plan);
	return c;
}

/* The output goes through a file of the host's, which is open before anything is confined. */
static void expect_output(ctr_spec *spec, int way, const char *expected)
{
	ctr_process *process = ctr_spec_get_process(spec);

	FILE *file = fopen(world_path("out"), "w");
	ctr_container *c;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(ctr_process_set_fd(process, 1, fileno(file), err), 0);
	ck_assert_int_eq(ctr_process_set_fd(process, 2, fileno(file), err), 0);
	fclose(file);
	c = start(spec, way);
	ck_assert_msg(c, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
	ck_assert_str_eq(world_read(world_path("out")), expected);
	ctr_container_free(c);
	ctr_spec_free(spec);
}

static void expect_refusal(ctr_spec *spec, int code, int errnum, const char *words)
{
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, code, words);
	ck_assert_int_eq(ctr_error_errno(err), errnum);
	ctr_spec_free(spec);
}

/* ---- landlock ---- */

START_TEST(test_landlock_rule__allows_what_it_says)
{
	ctr_spec *spec =
		shell(_i, "cat /data/file; echo x >/data/file; ls /etc; echo x >/tmp/x; "
			  "mv /tmp/x /tmp/deep/y; cat /tmp/deep/y; mv /tmp/deep/y /data/y");

	need_landlock();
	ck_assert_int_eq(ctr_spec_add_tmpfs(spec, "/tmp", 0, 01777, 0, err), 0);
	ck_assert_int_eq(ctr_spec_add_tmpfs(spec, "/tmp/deep", 0, 01777, 0, err), 0);
	allow(spec, "/bin", R | X);
	allow(spec, "/data", R);
	allow(spec, "/tmp", R | W);
	expect_output(spec, _i,
		      "data\n"
		      "sh: can't create /data/file: Permission denied\n"
		      "ls: can't open '/etc': Permission denied\n"
		      "x\n"
		      "mv: can't create '/data/y': Permission denied\n");
	ck_assert_str_eq(world_read(world_path("root/data/file")), "data\n");
}
END_TEST

/* A rule for a directory counts for what is mounted below it, and no rule for what covers it. */
START_TEST(test_landlock_rule__counts_for_mounts_below)
{
	ctr_spec *spec = shell(_i, "cat /data/deep/file; echo x >/data/deep/new");

	need_landlock();
	world_mkdir("outside");
	world_write(world_path("outside/file"), "outside\n", 0644);
	ck_assert_int_eq(ctr_spec_add_bind(spec, world_path("outside"), "/data/deep", 0, err), 0);
	allow(spec, "/bin", R | X);
	allow(spec, "/data", R);
	expect_output(spec, _i,
		      "outside\n"
		      "sh: can't create /data/deep/new: Permission denied\n");
}
END_TEST

/* Opened while the container is being made, by who may go there. */
START_TEST(test_landlock_rule__for_who_could_not_open_it)
{
	ctr_spec *spec = shell(_i, "cat /data/file; id -u; cat /closed/file");

	need_landlock();
	world_mkdir("root/closed");
	world_write(world_path("root/closed/file"), "closed\n", 0644);
	ck_assert_int_eq(chmod(world_path("root/closed"), 0700), 0);
	ck_assert_int_eq(ctr_process_set_user(ctr_spec_get_process(spec), 1000, 1000, err), 0);
	allow(spec, "/bin", R | X);
	allow(spec, "/data", R);
	allow(spec, "/closed/file", R);
	expect_output(spec, _i, "data\n1000\ncat: can't open '/closed/file': Permission denied\n");
}
END_TEST

START_TEST(test_landlock_rule__with_an_init_and_without_no_new_privs)
{
	ctr_spec *spec = shell(_i, "echo ran; cat /data/file");
	ctr_process *process = ctr_spec_get_process(spec);

	need_landlock();
	allow(spec, "/bin", R | X);
	ck_assert_int_eq(ctr_process_set_init(process, 1, err), 0);
	ck_assert_int_eq(ctr_process_set_no_new_privs(process, 0, err), 0);
	expect_output(spec, _i, "ran\ncat: can't open '/data/file': Permission denied\n");
}
END_TEST

/* What it takes to set it up is not the program's. */
START_TEST(test_landlock_rule__with_hardly_a_descriptor)
{
	ctr_spec *spec = shell(_i, "echo ran; echo x >/data/file");

	need_landlock();
	allow(spec, "/", R | X);
	ck_assert_int_eq(
		ctr_process_set_rlimit(ctr_spec_get_process(spec), RLIMIT_NOFILE, 4, 4, err), 0);
	expect_output(spec, _i, "ran\nsh: can't create /data/file: Permission denied\n");
}
END_TEST

START_TEST(test_landlock_rule__in_a_user_namespace)
{
	ctr_spec *spec = shell(_i, "echo ran; cat /data/file");

	need_landlock();
	allow(spec, "/bin", R | X);
	ck_assert_int_eq(ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err), 0);
	expect_output(spec, _i, "ran\ncat: can't open '/data/file': Permission denied\n");
}
END_TEST

START_TEST(test_landlock_rule__of_the_root_and_of_devices)
{
	ctr_spec *spec = shell(_i, "cat /data/file >/dev/null && cat /proc/self/comm; "
				   "echo x >/data/file");

	need_landlock();
	allow(spec, "/", R | X);
	allow(spec, "/dev/null", W);
	expect_output(spec, _i, "cat\nsh: can't create /data/file: Permission denied\n");
}
END_TEST

/* A link of the image's leads somewhere in the image: never to the host's /etc. */
START_TEST(test_landlock_rule__through_a_link_stays_in_the_root)
{
	ctr_spec *spec = shell(_i, "cat /etc/mark; cat /data/file");

	need_landlock();
	world_write(world_path("root/etc/mark"), "inside\n", 0644);
	ck_assert_int_eq(symlink("../../../../../etc", world_path("root/link")), 0);
	allow(spec, "/bin", R | X);
	allow(spec, "/link", R);
	expect_output(spec, _i, "inside\ncat: can't open '/data/file': Permission denied\n");
}
END_TEST

/* Even of root that sees the host's processes, with CAP_KILL. */
START_TEST(test_landlock_rule__signals_stay_inside)
{
	ctr_spec *spec;
	char script[128], expected[128];

	need_landlock();
	if (ctr_landlock_abi(err) < 6)
		suite_skip("this kernel's landlock knows nothing of signals");
	snprintf(script, sizeof(script), "kill -0 %d; kill -0 $$ && echo itself", (int)getpid());
	snprintf(expected, sizeof(expected),
		 "sh: can't kill pid %d: Operation not permitted\nitself\n", (int)getpid());
	spec = shell(_i, script);
	ck_assert_int_eq(ctr_spec_set_namespace(spec, CTR_NS_PID, CTR_NS_MODE_HOST, err), 0);
	allow(spec, "/bin", R | X);
	expect_output(spec, _i, expected);
}
END_TEST

START_TEST(test_landlock_rule__a_path_that_is_missing_is_refused)
{
	static const char *const paths[] = { "/nowhere", "/data/nowhere/deeper", "/tmp/new" };
	ctr_spec *spec = shell(0, "true");

	need_landlock();
	ck_assert_int_eq(ctr_spec_add_tmpfs(spec, "/tmp", 0, 01777, 0, err), 0);
	allow(spec, "/", R | X);
	allow(spec, paths[_i], R);
	expect_refusal(spec, CTR_E_SYSTEM, ENOENT, "it does not exist in the container");
	ck_assert_str_eq(ctr_error_object(err), paths[_i]);
}
END_TEST

/* What can't be looked into beforehand is found missing by the child. */
START_TEST(test_landlock_rule__a_path_of_proc_that_is_missing_is_refused)
{
	ctr_spec *spec = shell(_i, "true");

	need_landlock();
	allow(spec, "/", R | X);
	allow(spec, "/proc/nothing", R);
	ck_assert_ptr_null(start(spec, _i));
	suite_expect_error(err, CTR_E_SYSTEM, "allow by landlock, below /proc/nothing: read");
	ck_assert_int_eq(ctr_error_errno(err), ENOENT);
	ctr_spec_free(spec);
}
END_TEST

static const struct {
	const char *path;
	uint32_t access;
	bool runs;
} programs[] = {
	{ "/", R | W, false },
	{ "/", X, false },
	{ "/data", R | X, false },
	{ "/bi", R | X, false }, /* is there, and is not what /bin begins with */
	{ "/bin", R | X, true },
	{ "/bin/busybox", R | X, true }, /* which is what /bin/sh leads to */
	{ "/", R | X, true },
};

START_TEST(test_landlock_rule__the_program_must_be_allowed_to_run)
{
	ctr_spec *spec = shell(0, "true");

	need_landlock();
	world_mkdir("root/bi");
	allow(spec, programs[_i].path, programs[_i].access);
	if (programs[_i].runs)
		expect_output(spec, 0, "");
	else
		expect_refusal(spec, CTR_E_NOT_EXECUTABLE, EACCES, "to be read and executed");
}
END_TEST

START_TEST(test_landlock_rule__rights_of_several_rules_add_up)
{
	ctr_spec *spec = shell(_i, "echo ran");

	need_landlock();
	allow(spec, "/", R);
	allow(spec, "/bin", X);
	expect_output(spec, _i, "ran\n");
}
END_TEST

START_TEST(test_landlock_rule__interpreters_must_be_allowed_to_run)
{
	ctr_spec *spec = suite_spec(root, "/data/script", NULL);

	need_landlock();
	world_write(world_path("root/data/script"), "#!/bin/sh\n", 0755);
	allow(spec, "/data", R | X);
	expect_refusal(spec, CTR_E_NOT_EXECUTABLE, EACCES, "no landlock rule allows /bin/sh");
}
END_TEST

static const struct {
	const char *path;
	uint32_t access;
	const char *words;
} bad_rules[] = {
	{ NULL, R, "landlock path \"NULL\"" },
	{ "data", R, "expected an absolute path" },
	{ "/data", 0, "a rule that allows nothing" },
	{ "/data", 16, "0x10" },
};

START_TEST(test_landlock_rule__refuses_what_makes_no_sense)
{
	ctr_spec *spec = shell(0, "true");

	ck_assert_int_eq(ctr_process_add_landlock_rule(ctr_spec_get_process(spec),
						       bad_rules[_i].path, bad_rules[_i].access,
						       err),
			 -1);
	suite_expect_error(err, CTR_E_INVALID, bad_rules[_i].words);
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_landlock_rule__a_kernel_that_is_too_old_is_refused)
{
	ctr_spec *spec = shell(0, "true");

	if (ctr_landlock_abi(err) >= 0)
		suite_skip("this kernel has it");
	suite_expect_error(err, CTR_E_UNSUPPORTED, "look for landlock");
	allow(spec, "/", R | X);
	expect_refusal(spec, CTR_E_UNSUPPORTED, ctr_error_errno(err), "look for landlock");
}
END_TEST

/* ---- labels ---- */

static bool has_apparmor(void)
{
	return *world_read("/proc/self/attr/apparmor/current") != '\0';
}

static bool has_selinux(void)
{
	return strstr(world_read("/proc/filesystems"), "\tselinuxfs\n");
}

START_TEST(test_apparmor__a_host_without_it_is_refused)
{
	ctr_spec *spec = shell(0, "true");

	if (has_apparmor())
		suite_skip("this host has AppArmor");
	ck_assert_int_eq(ctr_process_set_apparmor(ctr_spec_get_process(spec), "minictr", err), 0);
	expect_refusal(spec, CTR_E_UNSUPPORTED, 0, "this host does not run AppArmor");
}
END_TEST

START_TEST(test_apparmor__unconfined_is_what_a_host_without_it_has)
{
	ctr_spec *spec = shell(_i, "echo ran");
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(ctr_process_set_apparmor(process, "unconfined", err), 0);
	ck_assert_int_eq(ctr_process_set_init(process, 1, err), 0);
	expect_output(spec, _i, "ran\n");
}
END_TEST

START_TEST(test_apparmor__a_profile_that_is_not_loaded_is_refused)
{
	ctr_spec *spec = shell(_i, "true");

	if (!has_apparmor())
		suite_skip("this host has no AppArmor");
	ck_assert_int_eq(ctr_process_set_apparmor(ctr_spec_get_process(spec),
						  "minictr-no-such-profile", err),
			 0);
	ck_assert_ptr_null(start(spec, _i));
	suite_expect_error(err, CTR_E_SYSTEM, "load it with apparmor_parser(8)");
	ck_assert_int_eq(ctr_error_errno(err), ENOENT);
	ck_assert_str_eq(ctr_error_object(err), "minictr-no-such-profile");
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_selinux__a_host_without_it_is_refused)
{
	ctr_spec *spec = shell(0, "true");

	if (has_selinux())
		suite_skip("this host has SELinux");
	ck_assert_int_eq(ctr_process_set_selinux(ctr_spec_get_process(spec),
						 "system_u:system_r:container_t:s0", err),
			 0);
	expect_refusal(spec, CTR_E_UNSUPPORTED, 0, "this host does not run SELinux");
}
END_TEST

START_TEST(test_label__null_takes_it_back)
{
	ctr_spec *spec = shell(0, "true");
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(ctr_process_set_apparmor(process, "minictr", err), 0);
	ck_assert_int_eq(ctr_process_set_apparmor(process, NULL, err), 0);
	ck_assert_int_eq(ctr_process_set_selinux(process, "u:r:t", err), 0);
	ck_assert_int_eq(ctr_process_set_selinux(process, NULL, err), 0);
	ck_assert_msg(ctr_spec_check(spec, err) == 0, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_label__bad_ones_are_refused)
{
	static const char *const profiles[] = { "", "a\nb", "a\x7f", " a", "a " };
	static const char *const contexts[] = { "",	"u",	"u:r",	   "disable", "u::t",
						":r:t", "u:r:", "u:r::s0", "u:r:t\n" };
	ctr_spec *spec = shell(0, "true");
	ctr_process *process = ctr_spec_get_process(spec);
	char large[1025];

	memset(large, 'a', 1024);
	large[1024] = '\0';
	for (int i = 0; i < COUNT(profiles); i++) {
		ck_assert_int_eq(ctr_process_set_apparmor(process, profiles[i], err), -1);
		suite_expect_error(err, CTR_E_INVALID, "AppArmor profile");
	}
	for (int i = 0; i < COUNT(contexts); i++) {
		ck_assert_int_eq(ctr_process_set_selinux(process, contexts[i], err), -1);
		suite_expect_error(err, CTR_E_INVALID, "expected USER:ROLE:TYPE[:LEVEL]");
	}
	ck_assert_int_eq(ctr_process_set_apparmor(process, large, err), -1);
	ck_assert_int_eq(ctr_process_set_apparmor(process, large + 1, err), 0);
	ctr_spec_free(spec);
}
END_TEST

/* ---- securebits ---- */

static const char caps[] = "grep -E 'Cap(Prm|Eff|Amb)' /proc/self/status";

#define NO_CAPS "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapAmb:\t0000000000000000\n"
#define CHOWN_ONLY                                                                                 \
	"CapPrm:\t0000000000000001\nCapEff:\t0000000000000001\nCapAmb:\t0000000000000001\n"

START_TEST(test_securebits__noroot_makes_root_a_user_as_others)
{
	ctr_spec *spec = shell(_i, caps);

	ck_assert_int_eq(ctr_process_set_securebits(ctr_spec_get_process(spec),
						    SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, err),
			 0);
	expect_output(spec, _i, NO_CAPS);
}
END_TEST

START_TEST(test_securebits__noroot_leaves_the_ambient_ones)
{
	ctr_spec *spec = shell(_i, caps);
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(
		ctr_process_set_securebits(process, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, err), 0);
	ck_assert_int_eq(ctr_process_add_ambient_cap(process, "CHOWN", err), 0);
	expect_output(spec, _i, CHOWN_ONLY);
}
END_TEST

/* Those that change what a change of ids does to capabilities: another user has none still. */
START_TEST(test_securebits__another_user_gains_nothing)
{
	ctr_spec *spec = shell(_i, caps);
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(
		ctr_process_set_securebits(
			process, (SECURE_ALL_BITS | SECURE_ALL_LOCKS) & ~SECBIT_KEEP_CAPS, err),
		0);
	ck_assert_int_eq(ctr_process_set_user(process, 1000, 1000, err), 0);
	expect_output(spec, _i, NO_CAPS);
}
END_TEST

START_TEST(test_securebits__locked_keep_caps_and_ambient_go_together)
{
	ctr_spec *spec = shell(_i, caps);
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(ctr_process_set_securebits(process, SECBIT_KEEP_CAPS_LOCKED, err), 0);
	ck_assert_int_eq(ctr_process_add_ambient_cap(process, "CHOWN", err), 0);
	ck_assert_int_eq(ctr_process_set_user(process, 1000, 1000, err), 0);
	expect_output(spec, _i, CHOWN_ONLY);
}
END_TEST

START_TEST(test_securebits__no_ambient_raise_with_ambient_is_refused)
{
	ctr_spec *spec = shell(0, caps);
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(ctr_process_set_securebits(process, SECBIT_NO_CAP_AMBIENT_RAISE, err), 0);
	ck_assert_int_eq(ctr_process_add_ambient_cap(process, "CHOWN", err), 0);
	expect_refusal(spec, CTR_E_INVALID, 0, "no_cap_ambient_raise");
}
END_TEST

START_TEST(test_securebits__bad_ones_are_refused)
{
	ctr_spec *spec = shell(0, caps);
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(ctr_process_set_securebits(process, 1u << 8, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "0x100");
	ck_assert_int_eq(ctr_process_set_securebits(process, SECBIT_NOROOT | SECBIT_KEEP_CAPS, err),
			 -1);
	suite_expect_error(err, CTR_E_INVALID, "keep_caps");
	ctr_spec_free(spec);
}
END_TEST

/* ---- masks ---- */

static const char protections[] =
	"awk '$2 ~ \"^/(proc|sys)/\" { print $2, substr($4, 1, 2) }' /proc/mounts | "
	"grep -E 'proc/sys |keys|firmware' | sort";

START_TEST(test_unmask__leaves_out_what_it_names)
{
	ctr_spec *spec = shell(_i, protections);

	ck_assert_int_eq(ctr_spec_unmask(spec, "/proc/keys", err), 0);
	ck_assert_int_eq(ctr_spec_unmask(spec, "/sys/firmware", err), 0);
	expect_output(spec, _i, "/proc/sys ro\n");
}
END_TEST

START_TEST(test_unmask__null_is_all)
{
	ctr_spec *spec =
		shell(_i, "grep -cE ' /(proc|sys)/' /proc/mounts; test -w /proc/sys/kernel/sem && "
			  "echo writable");

	ck_assert_int_eq(ctr_spec_unmask(spec, NULL, err), 0);
	expect_output(spec, _i, "0\nwritable\n");
}
END_TEST

START_TEST(test_unmask__others_are_refused_with_the_list)
{
	static const char *const paths[] = { "", "/proc", "/proc/keys/", "/proc/s*", "proc/keys" };
	ctr_spec *spec = shell(0, "true");

	for (int i = 0; i < COUNT(paths); i++) {
		ck_assert_int_eq(ctr_spec_unmask(spec, paths[i], err), -1);
		suite_expect_error(err, CTR_E_INVALID, "expected one of /proc/acpi");
		ck_assert_ptr_nonnull(strstr(ctr_error_message(err), "/proc/sysrq-trigger"));
	}
	ctr_spec_free(spec);
}
END_TEST

/* The default root's /sys is the host's: what tells of its hardware is hidden there too. */
START_TEST(test_masks__firmware_of_the_default_root)
{
	ctr_spec *spec = suite_spec(NULL, "sh", "-c", "ls /sys/firmware", NULL);
	char *output;

	if (access("/sys/firmware", F_OK))
		suite_skip("this host has no /sys/firmware");
	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	ck_assert_str_eq(output, "");
	free(output);
}
END_TEST

/* A way to lose nosuid, nodev and noexec would be to remount for read-only. */
START_TEST(test_masks__read_only_parts_keep_their_flags)
{
	ctr_spec *spec =
		shell(_i, "awk '$2 ~ \"^/(proc|sys)($|/)\" && $4 !~ /nosuid.*noexec/ { print }' "
			  "/proc/mounts; awk '$2 == \"/proc/sys\" { print substr($4, 1, 23) }' "
			  "/proc/mounts");

	expect_output(spec, _i, "ro,nosuid,nodev,noexec,\n");
}
END_TEST

/* ---- tmpfs ---- */

START_TEST(test_tmpfs__without_a_size_has_a_fifth_of_the_memory)
{
	ctr_spec *spec = shell(_i, "total=$(awk '/MemTotal/ { print $2 }' /proc/meminfo); "
				   "for m in /mnt /etc; do "
				   "size=$(df -k $m | awk 'NR == 2 { print $2 }'); "
				   "test $size -le $((total / 5 + 4096)) && "
				   "test $size -gt $((total / 6)) && echo $m; done");

	world_mkdir("data");
	ck_assert_int_eq(ctr_spec_set_read_only(spec, 1, err), 0);
	ck_assert_int_eq(ctr_spec_add_tmpfs(spec, "/mnt", 0, 0755, 0, err), 0);
	ck_assert_int_eq(ctr_spec_add_tmpfs(spec, "/etc/new", 4096, 0755, 0, err), 0);
	expect_output(spec, _i, "/mnt\n/etc\n");
}
END_TEST

/* ---- all of it ---- */

START_TEST(test_spec_clone__copies_what_confines)
{
	ctr_spec *spec = shell(0, "echo x >/data/x; grep -c ' /proc/keys ' /proc/mounts"), *copy;
	ctr_process *process = ctr_spec_get_process(spec);

	need_landlock();
	allow(spec, "/", R | X);
	ck_assert_int_eq(ctr_process_set_apparmor(process, "unconfined", err), 0);
	ck_assert_int_eq(ctr_process_set_securebits(process, SECBIT_NOROOT, err), 0);
	ck_assert_int_eq(ctr_spec_unmask(spec, "/proc/keys", err), 0);
	copy = ctr_spec_clone(spec, err);
	ck_assert_ptr_nonnull(copy);
	ctr_spec_free(spec);
	expect_output(copy, 0, "sh: can't create /data/x: Permission denied\n0\n");
}
END_TEST

START_TEST(test_confine__is_told_step_by_step)
{
	static const char *const lines[] = {
		"allow by landlock, below /bin: read,execute",
		"refuse all other access to files by landlock",
		"limit what can be gained",
		"set securebits noroot,noroot_locked",
		"become uid 0",
	};
	ctr_spec *spec = shell(0, "true");
	ctr_plan *plan;
	char text[1024];
	int found = 0;

	need_landlock();
	allow(spec, "/bin", R | X);
	ck_assert_int_eq(ctr_process_set_securebits(ctr_spec_get_process(spec),
						    SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, err),
			 0);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	for (size_t i = 0; i < ctr_plan_count(plan) && found < COUNT(lines); i++) {
		ctr_plan_describe(plan, i, text, sizeof(text));
		found += strncmp(text, lines[found], strlen(lines[found])) == 0;
	}
	ck_assert_int_eq(found, COUNT(lines));
	ctr_plan_free(plan);
	ctr_spec_free(spec);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("confine");
	TCase *tc = suite_case(s, "confine");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_landlock_rule__allows_what_it_says, 0, 4);
	tcase_add_loop_test(tc, test_landlock_rule__counts_for_mounts_below, 0, 4);
	tcase_add_loop_test(tc, test_landlock_rule__for_who_could_not_open_it, 0, 4);
	tcase_add_loop_test(tc, test_landlock_rule__with_an_init_and_without_no_new_privs, 0, 4);
	tcase_add_loop_test(tc, test_landlock_rule__with_hardly_a_descriptor, 0, 4);
	tcase_add_loop_test(tc, test_landlock_rule__in_a_user_namespace, 0, 2);
	tcase_add_loop_test(tc, test_landlock_rule__of_the_root_and_of_devices, 0, 4);
	tcase_add_loop_test(tc, test_landlock_rule__through_a_link_stays_in_the_root, 0, 4);
	tcase_add_loop_test(tc, test_landlock_rule__signals_stay_inside, 0, 4);
	tcase_add_loop_test(tc, test_landlock_rule__a_path_that_is_missing_is_refused, 0, 3);
	tcase_add_loop_test(tc, test_landlock_rule__a_path_of_proc_that_is_missing_is_refused, 0,
			    4);
	tcase_add_loop_test(tc, test_landlock_rule__the_program_must_be_allowed_to_run, 0,
			    COUNT(programs));
	tcase_add_loop_test(tc, test_landlock_rule__rights_of_several_rules_add_up, 0, 4);
	tcase_add_test(tc, test_landlock_rule__interpreters_must_be_allowed_to_run);
	tcase_add_loop_test(tc, test_landlock_rule__refuses_what_makes_no_sense, 0,
			    COUNT(bad_rules));
	tcase_add_test(tc, test_landlock_rule__a_kernel_that_is_too_old_is_refused);
	tcase_add_test(tc, test_apparmor__a_host_without_it_is_refused);
	tcase_add_loop_test(tc, test_apparmor__unconfined_is_what_a_host_without_it_has, 0, 4);
	tcase_add_loop_test(tc, test_apparmor__a_profile_that_is_not_loaded_is_refused, 0, 4);
	tcase_add_test(tc, test_selinux__a_host_without_it_is_refused);
	tcase_add_test(tc, test_label__null_takes_it_back);
	tcase_add_test(tc, test_label__bad_ones_are_refused);
	tcase_add_loop_test(tc, test_securebits__noroot_makes_root_a_user_as_others, 0, 4);
	tcase_add_loop_test(tc, test_securebits__noroot_leaves_the_ambient_ones, 0, 4);
	tcase_add_loop_test(tc, test_securebits__another_user_gains_nothing, 0, 4);
	tcase_add_loop_test(tc, test_securebits__locked_keep_caps_and_ambient_go_together, 0, 4);
	tcase_add_test(tc, test_securebits__no_ambient_raise_with_ambient_is_refused);
	tcase_add_test(tc, test_securebits__bad_ones_are_refused);
	tcase_add_loop_test(tc, test_unmask__leaves_out_what_it_names, 0, 4);
	tcase_add_loop_test(tc, test_unmask__null_is_all, 0, 4);
	tcase_add_test(tc, test_unmask__others_are_refused_with_the_list);
	tcase_add_test(tc, test_masks__firmware_of_the_default_root);
	tcase_add_loop_test(tc, test_masks__read_only_parts_keep_their_flags, 0, 4);
	tcase_add_loop_test(tc, test_tmpfs__without_a_size_has_a_fifth_of_the_memory, 0, 4);
	tcase_add_test(tc, test_spec_clone__copies_what_confines);
	tcase_add_test(tc, test_confine__is_told_step_by_step);
	return suite_run(s);
}
