/* SPDX-License-Identifier: MIT */
/* Jails as people make them, and the programs that run in them. */
#include <fcntl.h>
#include <minictr/jail.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cli/cli.h"
#include "support/json.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static char jail[PATH_MAX];

static void make(void)
{
	snprintf(jail, sizeof(jail), "%s", world_path("jail"));
}

/* The status must be 0, and standard error empty. */
static void done(const char *const *args)
{
	const int status = cli_run(args);

	ck_assert_msg(status == 0 && !*cli_err, "%d: %s", status, cli_err);
}

static void expect_words(const char *text, const char *const *words)
{
	for (; *words; words++)
		ck_assert_msg(strstr(text, *words), "no \"%s\" in: %s", *words, text);
}

/* Links where they can be, for there are many files; the shell's are copies. */
static void make_jail(const char *extras, const char *program)
{
	const int status =
		cli_run(CLI_ARGS("jail", "--files", "hardlink", "--with", extras, jail, program));

	if (status == CLI_OURS && strstr(cli_err, "another file system"))
		done(CLI_ARGS("jail", "--with", extras, jail, program));
	else
		ck_assert_msg(status == 0 && !*cli_err, "%d: %s", status, cli_err);
}

static void need(const char *program)
{
	if (access(program, X_OK) != 0)
		suite_skip(program);
}

/* ---- jails that work ---- */

START_TEST(test_jail__of_a_shell)
{
	suite_need_root();
	need("/bin/bash");
	done(CLI_ARGS("jail", "--with", "dev", jail, "/bin/bash"));
	cli_expect("/\n", CLI_ARGS("chroot", jail, "/bin/bash", "-c", "pwd"));
	cli_expect("/\n", CLI_ARGS("run", "--rootfs", jail, "--", "/bin/bash", "-c", "pwd"));
	cli_expect("/\n",
		   CLI_ARGS("run", "--read-only", "--rootfs", jail, "--", "bash", "-c", "pwd"));
	done(CLI_ARGS("jail", jail, "bash"));
	ck_assert_msg(strncmp(cli_out, "0 written (0 KiB), ", 19) == 0, "%s", cli_out);
}
END_TEST

START_TEST(test_jail__of_python)
{
	suite_need_root();
	need("/usr/bin/python3");
	make_jail("python3,dev", "/usr/bin/python3");
	cli_expect("True\n", CLI_ARGS("chroot", jail, "/usr/bin/python3", "-c",
				      "import ssl, sqlite3; print(bool(ssl.OPENSSL_VERSION))"));
}
END_TEST

START_TEST(test_jail__of_perl)
{
	suite_need_root();
	need("/usr/bin/perl");
	make_jail("perl,dev", "/usr/bin/perl");
	cli_expect("3", CLI_ARGS("run", "--rootfs", jail, "--", "perl", "-MPOSIX", "-e",
				 "print POSIX::floor(3.5)"));
}
END_TEST

START_TEST(test_jail__of_git)
{
	suite_need_root();
	need("/usr/bin/git");
	make_jail("git,dev", "/usr/bin/git");
	ck_assert_int_eq(cli_run(CLI_ARGS("chroot", jail, "/usr/bin/git", "init", "-q",
					  "--initial-branch=main", "/repository")),
			 0);
	ck_assert_str_eq(cli_err, "");
	ck_assert_str_eq(world_read(world_path("jail/repository/.git/HEAD")),
			 "ref: refs/heads/main\n");
}
END_TEST

START_TEST(test_jail__of_gcc)
{
	suite_need_root();
	need("/usr/bin/gcc");
	make_jail("gcc,dev", "/usr/bin/gcc");
	world_write(world_path("jail/hello.c"),
		    "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n", 0644);
	done(CLI_ARGS("chroot", jail, "/usr/bin/gcc", "-Wall", "-o", "/hello", "/hello.c"));
	cli_expect("hello\n", CLI_ARGS("chroot", jail, "/hello"));
}
END_TEST

START_TEST(test_jail__by_an_ordinary_user)
{
	suite_need_root();
	suite_need_no_counts();
	need("/bin/bash");
	cli_use_way(CLI_AS_A_USER);
	done(CLI_ARGS("jail", jail, "/bin/bash"));
	cli_expect("/\n", CLI_ARGS("run", "--rootfs", jail, "--", "/bin/bash", "-c", "pwd"));
	ck_assert_int_eq(cli_run(CLI_ARGS("chroot", jail, "/bin/bash", "-c", "pwd")), CLI_OURS);
	expect_words(cli_err, CLI_ARGS("CAP_SYS_CHROOT", "minictr run --rootfs"));
}
END_TEST

static mode_t mode_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_mode & 07777;
}

START_TEST(test_jail__is_for_other_users_if_asked)
{
	suite_need_root();
	done(CLI_ARGS("jail", jail, "/bin/sh"));
	ck_assert_uint_eq(mode_of(jail), 0700);
	ck_assert_int_ne(cli_run(CLI_ARGS("run", "--rootfs", jail, "--user", "1000", "--",
					  "/bin/sh", "-c", ":")),
			 0);
	snprintf(jail, sizeof(jail), "%s", world_path("public"));
	done(CLI_ARGS("jail", "--public", jail, "/bin/sh"));
	ck_assert_uint_eq(mode_of(jail), 0755);
	done(CLI_ARGS("run", "--rootfs", jail, "--user", "1000", "--", "/bin/sh", "-c", ":"));
}
END_TEST

START_TEST(test_jail__has_no_set_user_id_program_unless_asked)
{
	char program[PATH_MAX];

	suite_need_root();
	snprintf(program, sizeof(program), "%s", world_path("su"));
	world_copy("/bin/busybox", program);
	ck_assert_int_eq(chmod(program, 04755), 0);
	done(CLI_ARGS("jail", jail, program));
	ck_assert_uint_eq(mode_of(world_path("jail%s", program)), 0755);
	done(CLI_ARGS("jail", "--keep-setid", jail, program));
	ck_assert_uint_eq(mode_of(world_path("jail%s", program)), 04755);
}
END_TEST

/* ---- a root that is one static program ---- */

/*
 * Twice for each way to start it. Mount points, and what the program makes, are made in the
 * root. The second time the root is read-only: it stays one file.
 */
START_TEST(test_single__works)
{
	static const char script[] =
		"b=/busybox; $b pwd; $b test -c /dev/null && echo dev; $b test -d /proc/1 && echo "
		"proc; $b cat /a/b/file; echo x >/x/y && echo written; { echo x >/made; } 2>&1 | "
		"$b grep -o 'Read-only file system'; exit 0";
	char root[PATH_MAX], volume[PATH_MAX + 8];
	const bool read_only = _i >= CLI_WAYS;

	suite_need_root();
	suite_need_no_counts();
	world_write(world_path("volume/file"), "volume\n", 0644);
	snprintf(volume, sizeof(volume), "%s:/a/b:ro", world_path("volume"));
	world_copy("/bin/busybox", world_path("single/busybox"));
	snprintf(root, sizeof(root), "%s", world_path("single"));
	cli_use_way(_i % CLI_WAYS);

	ck_assert_int_eq(cli_run(CLI_ARGS("run", read_only ? "--read-only" : "--init=false",
					  "--rootfs", root, "-v", volume, "--tmpfs", "/x", "-w",
					  "/x", "--", "/busybox", "sh", "-c", script)),
			 0);
	ck_assert_str_eq(cli_err, "");
	ck_assert_msg(strcmp(cli_out, read_only ? "/x\ndev\nproc\nvolume\nwritten\nRead-only file "
						  "system\n"
						: "/x\ndev\nproc\nvolume\nwritten\n") == 0,
		      "%s", cli_out);
	ck_assert_int_eq(world_count(root), read_only ? 1 : 7);
	ck_assert_int_eq(access(world_path("single/made"), F_OK), read_only ? -1 : 0);
}
END_TEST

/* ---- what is printed ---- */

START_TEST(test_list__tells_who_needs_what)
{
	need("/bin/bash");
	done(CLI_ARGS("jail", "--list", jail, "/bin/bash"));
	expect_words(cli_out, CLI_ARGS("bash\n    you: asked for\n", "/libc.so.6\n",
				       "bash: libc.so.6, by /etc/ld.so.cache\n", "bash: loader\n"));
	ck_assert_int_ne(access(jail, F_OK), 0);
	done(CLI_ARGS("jail", "--json", jail, "/bin/bash"));
	cli_out[strcspn(cli_out, "\n")] = '\0';
	ck_assert_msg(json_is_valid(cli_out), "%s", cli_out);
	expect_words(cli_out, CLI_ARGS("\"kind\":\"file\"", "\"needed_by\":null"));
	ck_assert_int_ne(access(jail, F_OK), 0);
}
END_TEST

START_TEST(test_list__has_what_an_included_directory_needs)
{
	world_write(world_path("tree/script"), "#!/nowhere/interpreter\n", 0755);
	done(CLI_ARGS("jail", "--list", "--include", world_path("tree"), jail));
	expect_words(cli_out,
		     CLI_ARGS("/tree/script\n    you: asked for\n",
			      "missing: /nowhere/interpreter\n", "/tree/script: interpreter\n"));
	done(CLI_ARGS("jail", "--include", world_path("tree"), jail));
	ck_assert_str_eq(cli_out, "1 written (0 KiB), 0 up to date, 1 not on this host: see "
				  "--list\n");
	ck_assert_str_eq(world_read(world_path("jail%s", world_path("tree/script"))),
			 "#!/nowhere/interpreter\n");
}
END_TEST

START_TEST(test_list__tells_what_is_left_out_and_why)
{
	world_write(world_path("tree/file"), "", 0644);
	world_write(world_path("outside"), "", 0644);
	ck_assert_int_eq(symlink("../outside", world_path("tree/link")), 0);
	done(CLI_ARGS("jail", "--list", "--include", world_path("tree"), jail));
	expect_words(cli_out, CLI_ARGS("/tree/link -> ../outside\n    you: asked for\n",
				       "\nleft out: ", "/outside\n    named by ",
				       "/tree/link: a link leads to it"));
	done(CLI_ARGS("jail", "--json", "--include", world_path("tree"), jail));
	expect_words(cli_out, CLI_ARGS("\"kind\":\"left-out\""));
	done(CLI_ARGS("jail", "--include", world_path("tree"), jail));
	ck_assert_str_eq(cli_out, "2 written (0 KiB), 0 up to date, 1 left out: see --list\n");
}
END_TEST

START_TEST(test_with__is_completed_by_all_extras)
{
	const char *name;

	done(CLI_ARGS("completion", "fish"));
	for (size_t i = 0; (name = ctr_jail_extra_name(i)); i++)
		ck_assert_msg(strstr(cli_out, name), "no %s in: %s", name, cli_out);
}
END_TEST

/* A name of a file can't make up lines, nor give orders to a terminal. */
START_TEST(test_list__has_no_control_characters_of_names)
{
	world_write(world_path("tree/a\nmissing: \033[2J"), "", 0644);
	done(CLI_ARGS("jail", "--list", "--include", world_path("tree"), jail));
	expect_words(cli_out, CLI_ARGS("/tree/a\\x0amissing: \\x1b[2J\n    you: asked for\n"));
	world_write(world_path("tree/\xc2\x9b"
			       "2J\xe2\x80\xae\xc3\xa9\x9b"),
		    "", 0644);
	done(CLI_ARGS("jail", "--list", "--include", world_path("tree"), jail));
	expect_words(
		cli_out,
		CLI_ARGS("/tree/\\xc2\\x9b2J\\xe2\\x80\\xae\xc3\xa9\\x9b\n    you: asked for\n"));
	/* In a message of the library, and in one of the command. */
	ck_assert_int_eq(cli_run(CLI_ARGS("jail", jail, "/no/\xc2\x9b\xe2\x80\xae")), CLI_OURS);
	expect_words(cli_err, CLI_ARGS("/no/\\xc2\\x9b\\xe2\\x80\\xae\""));
	ck_assert_int_eq(cli_run(CLI_ARGS("jail", "--files", "\xc2\x9b\x9b", jail)), CLI_OURS);
	expect_words(cli_err, CLI_ARGS("\\xc2\\x9b\\x9b\""));
}
END_TEST

/* ---- refusals ---- */

static const struct {
	const char *args[6];
	const char *words[3];
} refusals[] = {
	{ { "jail" }, { "expected DIR PROGRAM" } },
	{ { "jail", "DIR" }, { "expected DIR PROGRAM" } },
	{ { "jail", "DIR", "no-such-program" }, { "no-such-program", "PATH", "none of the" } },
	{ { "jail", "DIR", "/no/such/program" }, { "/no/such/program", "no such file" } },
	{ { "jail", "DIR", "/etc" }, { "/etc", "regular file" } },
	{ { "jail", "DIR", "/etc/passwd" }, { "/etc/passwd", "chmod +x" } },
	{ { "jail", "--with", "locale,nonsense", "DIR", "sh" }, { "--with", "nonsense", "tz" } },
	{ { "jail", "--with", "", "DIR", "sh" }, { "--with", "expected some of" } },
	{ { "jail", "--include", "/no/such", "DIR" }, { "--include", "/no/such" } },
	{ { "jail", "--files", "move", "DIR", "sh" }, { "--files", "move", "hardlink" } },
	{ { "jail", "--lists", "DIR", "sh" }, { "--lists", "mean --list?" } },
	{ { "jail", "/", "/bin/sh" }, { "jail directory", "host's root" } },
	{ { "chroot" }, { "expected DIR CMD" } },
	{ { "chroot", "DIR" }, { "expected DIR CMD" } },
	{ { "chroot", "--userspec", "DIR", "sh" }, { "--userspec", "unknown option" } },
	{ { "chroot", "/no/such", "sh" }, { "/no/such", "No such file or directory" } },
};

START_TEST(test_jail__refuses)
{
	const char *args[7] = { 0 };
	size_t n = 0;

	for (; refusals[_i].args[n]; n++)
		args[n] = strcmp(refusals[_i].args[n], "DIR") == 0 ? jail : refusals[_i].args[n];
	ck_assert_int_eq(cli_run(args), CLI_OURS);
	cli_expect_line(refusals[_i].words, 3);
	ck_assert_str_eq(cli_out, "");
	ck_assert_int_ne(access(jail, F_OK), 0);
}
END_TEST

/* ---- the plain chroot ---- */

static void make_null(void)
{
	ck_assert_int_eq(mknod(world_path("root/dev/null"), S_IFCHR | 0666, makedev(1, 3)), 0);
}

START_TEST(test_chroot__exits_as_the_program_does)
{
	suite_need_root();
	ck_assert_int_eq(cli_run(CLI_ARGS("chroot", cli_root, "sh", "-c", "exit 7")), 7);
	ck_assert_int_eq(cli_run(CLI_ARGS("chroot", "--", cli_root, "/bin/sh", "-c", "kill $$")),
			 -15);
	make_null();
	cli_expect("-c\n", CLI_ARGS("chroot", cli_root, "/bin/echo", "-c"));
}
END_TEST

/* git and ssh fail without it, and say so in words of their own. */
START_TEST(test_chroot__warns_of_a_root_without_dev_null)
{
	suite_need_root();
	ck_assert_int_eq(cli_run(CLI_ARGS("chroot", cli_root, "/bin/echo", "ran")), 0);
	ck_assert_str_eq(cli_out, "ran\n");
	expect_words(cli_err, CLI_ARGS("/dev/null", "minictr jail --with dev", "CAP_MKNOD"));
	world_write(world_path("root/dev/null"), "", 0666);
	ck_assert_int_eq(cli_run(CLI_ARGS("chroot", cli_root, "/bin/echo", "ran")), 0);
	expect_words(cli_err, CLI_ARGS("/dev/null", "minictr jail --with dev"));
}
END_TEST

static const struct {
	const char *name;
	unsigned major, minor;
} devices[] = {
	{ "null", 1, 3 },   { "zero", 1, 5 },	 { "full", 1, 7 },
	{ "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
};

START_TEST(test_jail__with_dev_has_the_usual_devices)
{
	struct stat st, host;
	mode_t before;

	suite_need_root();
	before = umask(077);
	done(CLI_ARGS("jail", "--with", "dev", jail));
	umask(before);
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		ck_assert_int_eq(stat(world_path("jail/dev/%s", devices[i].name), &st), 0);
		ck_assert(S_ISCHR(st.st_mode));
		ck_assert_uint_eq(st.st_rdev, makedev(devices[i].major, devices[i].minor));
		ck_assert_int_eq(st.st_mode & 0777, 0666);
		ck_assert_int_eq(
			stat(world_path("jail/dev/%s", devices[i].name) + strlen(jail), &host), 0);
		ck_assert_uint_eq(st.st_uid, host.st_uid);
		ck_assert_uint_eq(st.st_gid, host.st_gid);
	}
}
END_TEST

static void give_mknod_up(void *unused)
{
	(void)unused;
	cli_become_user(NULL);
}

START_TEST(test_jail__with_dev_tells_what_it_takes)
{
	const struct cli_start start = { .prepare = give_mknod_up };

	suite_need_root();
	ck_assert_int_eq(chmod(world_dir, 0777), 0);
	ck_assert_int_eq(cli_run_as(CLI_ARGS("jail", "--with", "dev", jail), &start), CLI_OURS);
	expect_words(cli_err, CLI_ARGS("/dev/null", "CAP_MKNOD"));
}
END_TEST

/* The message of chroot(8) for all of these is "No such file or directory". */
START_TEST(test_chroot__says_what_is_missing)
{
	suite_need_root();
	need("/bin/bash");
	ck_assert_int_eq(cli_run(CLI_ARGS("chroot", cli_root, "/bin/none")), CLI_NOT_FOUND);
	expect_words(cli_err, CLI_ARGS("/bin/none", "no such file in the root"));
	ck_assert_int_eq(cli_run(CLI_ARGS("chroot", cli_root, "none")), CLI_NOT_FOUND);
	expect_words(cli_err, CLI_ARGS("none", "PATH"));

	world_copy("/bin/bash", world_path("%s/bin/bash", cli_root));
	ck_assert_int_eq(cli_run(CLI_ARGS("chroot", cli_root, "/bin/bash", "-c", "pwd")),
			 CLI_NOT_EXECUTABLE);
	expect_words(cli_err, CLI_ARGS("/bin/bash", "it needs the loader", "ld-"));

	world_write(world_path("%s/script", cli_root), "#!/bin/none\n", 0755);
	ck_assert_int_eq(cli_run(CLI_ARGS("chroot", cli_root, "/script")), CLI_NOT_EXECUTABLE);
	expect_words(cli_err, CLI_ARGS("/script", "it needs the interpreter /bin/none"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cli_jail");
	TCase *tc = cli_case(suite, "jail");

	tcase_add_checked_fixture(tc, make, NULL);
	tcase_add_test(tc, test_jail__of_a_shell);
	tcase_add_test(tc, test_jail__of_python);
	tcase_add_test(tc, test_jail__of_perl);
	tcase_add_test(tc, test_jail__of_git);
	tcase_add_test(tc, test_jail__of_gcc);
	tcase_add_test(tc, test_jail__by_an_ordinary_user);
	tcase_add_test(tc, test_jail__is_for_other_users_if_asked);
	tcase_add_test(tc, test_jail__has_no_set_user_id_program_unless_asked);
	tcase_add_loop_test(tc, test_single__works, 0, 2 * CLI_WAYS);
	tcase_add_test(tc, test_list__tells_who_needs_what);
	tcase_add_test(tc, test_list__has_what_an_included_directory_needs);
	tcase_add_test(tc, test_list__tells_what_is_left_out_and_why);
	tcase_add_test(tc, test_with__is_completed_by_all_extras);
	tcase_add_test(tc, test_list__has_no_control_characters_of_names);
	tcase_add_loop_test(tc, test_jail__refuses, 0, COUNT(refusals));
	tcase_add_test(tc, test_chroot__exits_as_the_program_does);
	tcase_add_test(tc, test_chroot__says_what_is_missing);
	tcase_add_test(tc, test_chroot__warns_of_a_root_without_dev_null);
	tcase_add_test(tc, test_jail__with_dev_has_the_usual_devices);
	tcase_add_test(tc, test_jail__with_dev_tells_what_it_takes);
	return suite_run(suite);
}
