/* SPDX-License-Identifier: MIT */
/* --landlock, --securebits and the words of --security-opt that are about files and labels. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "cli/cli.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void need_landlock(void)
{
	if (ctr_landlock_abi(NULL) < 0)
		suite_skip("this kernel has no landlock that will do");
}

static void expect_refusal(const char *const *args, const char *words)
{
	ck_assert_int_eq(cli_run(args), CLI_OURS);
	cli_expect_line(&words, 1);
	ck_assert_str_eq(cli_out, "");
}

/* ---- --landlock ---- */

static const struct {
	const char *value, *output;
} rules[] = {
	{ "/home", "read\n" },	    /* rx */
	{ "/home:r", "read\n" },    /* the same, for what is no program */
	{ "/home:w", "written\n" }, /* cat(1) can't read then */
	{ "/home:rw", "read\nwritten\n" },
	{ "/home:xwr", "read\nwritten\n" },
	{ "/home/file:w", "written\n" },
	{ "/home:x", "" },
	{ "/etc:rw", "" },
};

START_TEST(test_landlock__allows_what_follows_the_colon)
{
	need_landlock();
	world_mkdir("root/home");
	world_write(world_path("root/home/file"), "", 0644);
	cli_run(CLI_RUN("--landlock=/bin", "--landlock", rules[_i].value, "--", "sh", "-c",
			"cat /home/file && echo read; echo >/home/file && echo written"));
	ck_assert_str_eq(cli_out, rules[_i].output);
}
END_TEST

START_TEST(test_landlock__a_path_may_have_colons)
{
	need_landlock();
	world_mkdir("root/a:b");
	world_write(world_path("root/a:b/file"), "here\n", 0644);
	cli_expect("here\n",
		   CLI_RUN("--landlock=/bin", "--landlock=/a:b:r", "--", "cat", "/a:b/file"));
}
END_TEST

START_TEST(test_landlock__refuses_bad_values)
{
	static const char *const values[] = { "/:",   "/:q",  "/:rr",  "/:rwxr", "/:r ",
					      "/a:b", "/:RX", "/:r,w", ":r",	 "" };
	static const char *const words[] = {
		"PATH[:r|w|x...]",  "PATH[:r|w|x...]",	"PATH[:r|w|x...]", "PATH[:r|w|x...]",
		"PATH[:r|w|x...]",  "PATH[:r|w|x...]",	"PATH[:r|w|x...]", "PATH[:r|w|x...]",
		"an absolute path", "an absolute path",
	};

	expect_refusal(CLI_RUN("--landlock", values[_i], "--", "true"), words[_i]);
}
END_TEST

START_TEST(test_landlock__refuses_what_is_missing_and_programs_outside)
{
	const char *words[] = { "/bin/sh", "no landlock rule allows" };

	need_landlock();
	expect_refusal(CLI_RUN("--landlock=/nowhere", "--", "true"),
		       "/nowhere\": No such file or directory; it does not exist in the container");
	ck_assert_int_eq(cli_run(CLI_RUN("--landlock=/etc", "--", "/bin/sh")), CLI_NOT_EXECUTABLE);
	cli_expect_line(words, 2);
}
END_TEST

START_TEST(test_landlock__is_told_by_explain)
{
	need_landlock();
	ck_assert_int_eq(cli_run(CLI_RUN("--explain", "--landlock=/bin", "--landlock=/tmp:rw",
					 "--securebits=noroot,noroot-locked", "--", "sh")),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_out, "allow by landlock, below /bin: read,execute\n"));
	ck_assert_ptr_nonnull(strstr(cli_out, "allow by landlock, below /tmp: read,write\n"));
	ck_assert_ptr_nonnull(strstr(cli_out, "refuse all other access to files by landlock"));
	ck_assert_ptr_nonnull(strstr(cli_out, "set securebits noroot,noroot_locked\n"));
}
END_TEST

/* Whoever starts it: an ordinary user, in a user namespace. */
static void become_user(void *data)
{
	(void)data;
	if (setgid(1000) || setuid(1000))
		_exit(99);
}

START_TEST(test_landlock__needs_no_root)
{
	const struct cli_start start = { .prepare = become_user };

	need_landlock();
	suite_need_root();
	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	cli_run_as(CLI_RUN("--landlock=/bin", "--", "sh", "-c", "echo ran; cat /etc/passwd"),
		   &start);
	if (strstr(cli_err, "user namespaces"))
		suite_skip("there are no user namespaces here");
	ck_assert_str_eq(cli_out, "ran\n");
	ck_assert_ptr_nonnull(strstr(cli_err, "Permission denied"));
}
END_TEST

/* ---- --securebits ---- */

START_TEST(test_securebits__takes_the_names_of_setpriv)
{
	static const char *const values[] = {
		"noroot,noroot_locked",
		"noroot-locked,noroot",
		"noroot,no_setuid_fixup,no_setuid_fixup_locked,keep_caps_locked",
		"noroot,no_cap_ambient_raise,no-cap-ambient-raise-locked",
	};

	cli_expect("CapEff:\t0000000000000000\n", CLI_RUN("--securebits", values[_i], "--", "grep",
							  "CapEff", "/proc/self/status"));
}
END_TEST

START_TEST(test_securebits__refuses_others)
{
	static const char *const values[] = { "",	 "keep_caps", "root",  "noroot,",
					      ",noroot", "+noroot",   "NOROOT" };

	expect_refusal(CLI_RUN("--securebits", values[_i], "--", "true"), "expected names such as");
}
END_TEST

/* ---- --security-opt ---- */

START_TEST(test_mask__hides_paths)
{
	world_write(world_path("root/etc/one"), "1\n", 0644);
	world_write(world_path("root/etc/two"), "2\n", 0644);
	cli_expect("", CLI_RUN("--security-opt", "mask=/etc/one:/etc/two", "--", "cat", "/etc/one",
			       "/etc/two"));
}
END_TEST

static const char kernel_mounts[] =
	"awk '$2 ~ \"^/(proc|sys)/\" { print $2 }' /proc/mounts | grep -cE '/(keys|sys|firmware)$'";

START_TEST(test_unmask__shows_paths)
{
	cli_expect("3\n", CLI_RUN("sh", "-c", kernel_mounts));
	cli_expect("1\n", CLI_RUN("--security-opt", "unmask=/proc/keys:/sys/firmware", "--", "sh",
				  "-c", kernel_mounts));
	ck_assert_int_eq(
		cli_run(CLI_RUN("--security-opt=unmask=ALL", "--", "sh", "-c", kernel_mounts)), 1);
	ck_assert_str_eq(cli_out, "0\n");
}
END_TEST

static const struct {
	const char *value, *words;
} bad_words[] = {
	{ "mask", "expected mask=PATH" },
	{ "mask=", "expected mask=PATH" },
	{ "mask=etc", "an absolute path" },
	{ "mask=/etc::/tmp", "an absolute path" },
	{ "mask=/proc/s*", "there are no patterns" },
	{ "unmask", "expected unmask=ALL" },
	{ "unmask=", "expected unmask=ALL" },
	{ "unmask=all", "expected one of /proc/acpi" },
	{ "unmask=/etc", "expected one of /proc/acpi" },
	{ "unmask=/proc/*", "there are no patterns" },
	{ "apparmor", "expected apparmor=PROFILE" },
	{ "apparmor=", "expected apparmor=PROFILE" },
	{ "label", "expected label=USER:ROLE:TYPE" },
	{ "label=", "expected label=USER:ROLE:TYPE" },
	{ "label=type:container_t", "expected USER:ROLE:TYPE[:LEVEL]" },
	{ "label:type:container_t", "expected USER:ROLE:TYPE[:LEVEL]" },
};

START_TEST(test_security_opt__refuses_bad_words)
{
	expect_refusal(CLI_RUN("--security-opt", bad_words[_i].value, "--", "true"),
		       bad_words[_i].words);
}
END_TEST

START_TEST(test_security_opt__labels_that_no_module_is_there_for)
{
	if (!*world_read("/proc/self/attr/apparmor/current"))
		expect_refusal(CLI_RUN("--security-opt=apparmor=box", "--", "true"),
			       "this host does not run AppArmor");
	else
		expect_refusal(CLI_RUN("--security-opt=apparmor=minictr-no-such", "--", "true"),
			       "apparmor_parser(8)");
	if (!strstr(world_read("/proc/filesystems"), "selinuxfs"))
		expect_refusal(CLI_RUN("--security-opt=label=u:r:t:s0", "--", "true"),
			       "this host does not run SELinux");
	cli_expect("ran\n", CLI_RUN("--security-opt=apparmor=unconfined", "--", "echo", "ran"));
}
END_TEST

/* ---- files ---- */

/* What is mounted below a source is as read-only as the volume, at any depth. */
START_TEST(test_volume__read_only_all_the_way_down)
{
	const char *const deep[] = { "data/a", "data/a/b", "data/a/b/c" };

	suite_need_root();
	world_mkdir("data");
	for (int i = 0; i < COUNT(deep); i++) {
		world_mkdir("%s", deep[i]);
		ck_assert_int_eq(mount("tmpfs", world_path("%s", deep[i]), "tmpfs", 0, NULL), 0);
	}
	cli_run(CLI_RUN("-v", world_path("data:/mnt:ro"), "--", "sh", "-c",
			"for d in /mnt /mnt/a /mnt/a/b /mnt/a/b/c; do touch $d/x; done; "
			"grep ' /mnt' /proc/mounts | grep -vc ' ro,nosuid,nodev'"));
	ck_assert_str_eq(cli_out, "0\n");
	for (int i = COUNT(deep) - 1; i >= 0; i--) {
		ck_assert_int_eq(world_count(world_path("%s", deep[i])),
				 i + 1 < COUNT(deep) ? 1 : 0);
		ck_assert_int_eq(umount(world_path("%s", deep[i])), 0);
	}
}
END_TEST

/* The default root: every mount of the host's that is shown is read-only and nodev. */
START_TEST(test_default_root__has_no_writable_mount_of_the_hosts)
{
	cli_expect("/dev/mqueue\n/dev/pts\n/dev/shm\n/proc\n/run\n/tmp\n",
		   CLI_ARGS("run", "sh", "-c",
			    "tac /proc/mounts | awk '!seen[$2]++ && $4 !~ /^ro/ { print $2 }' | "
			    "sort"));
}
END_TEST

START_TEST(test_tmpfs__has_a_bound)
{
	cli_expect("bounded\nbounded\nbounded\n",
		   CLI_ARGS("run", "--tmpfs", "/mnt", "sh", "-c",
			    "total=$(awk '/MemTotal/ { print $2 }' /proc/meminfo)\n"
			    "for dir in /tmp /run /mnt; do\n"
			    "size=$(df -k $dir | awk 'NR == 2 { print $2 }')\n"
			    "[ $size -le $((total / 5 + 4096)) ] && echo bounded\n"
			    "done"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cli_confine");
	TCase *tc = cli_case(s, "confine");

	tcase_add_loop_test(tc, test_landlock__allows_what_follows_the_colon, 0, COUNT(rules));
	tcase_add_test(tc, test_landlock__a_path_may_have_colons);
	tcase_add_loop_test(tc, test_landlock__refuses_bad_values, 0, 10);
	tcase_add_test(tc, test_landlock__refuses_what_is_missing_and_programs_outside);
	tcase_add_test(tc, test_landlock__is_told_by_explain);
	tcase_add_test(tc, test_landlock__needs_no_root);
	tcase_add_loop_test(tc, test_securebits__takes_the_names_of_setpriv, 0, 4);
	tcase_add_loop_test(tc, test_securebits__refuses_others, 0, 7);
	tcase_add_test(tc, test_mask__hides_paths);
	tcase_add_test(tc, test_unmask__shows_paths);
	tcase_add_loop_test(tc, test_security_opt__refuses_bad_words, 0, COUNT(bad_words));
	tcase_add_test(tc, test_security_opt__labels_that_no_module_is_there_for);
	tcase_add_test(tc, test_volume__read_only_all_the_way_down);
	tcase_add_test(tc, test_default_root__has_no_writable_mount_of_the_hosts);
	tcase_add_test(tc, test_tmpfs__has_a_bound);
	return suite_run(s);
}
