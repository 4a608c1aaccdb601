/* SPDX-License-Identifier: MIT */
/* Root file systems that were made to lead out of the container, or to confuse its maker. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/cli.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A path in the root file system, on the host. */
static const char *in_root(const char *name)
{
	return world_path("root/%s", name);
}

static void link_in_root(const char *to, const char *name)
{
	ck_assert_int_eq(symlink(to, in_root(name)), 0);
}

/* "../../.." and so on up to the host's root, whatever the depth, then the path. */
static const char *climbing(const char *path)
{
	static char text[PATH_MAX + 64];

	snprintf(text, sizeof(text), "../../../../../../../../../../..%s", path);
	return text;
}

/* Each test is run in every way of starting: _i counts those, and within them the cases. */
#define CASE (_i / CLI_WAYS)

static void start_as(int i)
{
	cli_use_way(i % CLI_WAYS);
}

/* ---- hostile roots ---- */

static const char *const kernel_dirs[] = { "proc", "sys", "dev" };

enum { TO_ABSOLUTE, TO_RELATIVE, TO_ABOVE, TO_ITSELF, A_FILE, HOW_COUNT };

static void replace_directory(const char *name, int how)
{
	static const char *const targets[] = { "/tmp", "tmp", "../..", NULL };

	ck_assert_int_eq(rmdir(in_root(name)), 0);
	if (how == A_FILE)
		world_write(in_root(name), "", 0644);
	else
		link_in_root(how == TO_ITSELF ? name : targets[how], name);
}

START_TEST(test_root__proc_sys_dev_must_be_directories)
{
	const char *name = kernel_dirs[CASE / HOW_COUNT];
	const char *const words[] = { name };
	size_t before;

	replace_directory(name, CASE % HOW_COUNT);
	start_as(_i);
	before = cli_count_below(cli_root);
	ck_assert_int_eq(cli_run(CLI_RUN("echo", "ran")), CLI_OURS);
	cli_expect_line(words, 1);
	ck_assert_str_eq(cli_out, "");
	ck_assert_uint_eq(cli_count_below(cli_root), before);
}
END_TEST

START_TEST(test_root__a_fake_null_device_is_not_used)
{
	world_write(in_root("dev/null"), "fake\n", 0666);
	start_as(_i);
	cli_expect("character special file 1:3\n0\n",
		   CLI_RUN("sh", "-c", "stat -c '%F %t:%T' /dev/null; wc -c </proc/keys"));
}
END_TEST

START_TEST(test_root__a_fake_null_device_is_not_standard_input)
{
	world_write(in_root("dev/null"), "fake\n", 0666);
	start_as(_i);
	cli_expect("", CLI_RUN("cat"));
}
END_TEST

START_TEST(test_root__links_in_dev_are_not_followed)
{
	static const char *const names[] = { "pts", "shm", "mqueue", "console", "ptmx", "null" };
	char name[32];

	world_mkdir("outside");
	for (int i = 0; i < COUNT(names); i++) {
		snprintf(name, sizeof(name), "dev/%s", names[i]);
		link_in_root(world_path("outside"), name);
	}
	start_as(_i);
	cli_expect(CASE ? "devpts\r\ntmpfs\r\n" : "devpts\ntmpfs\n",
		   CLI_RUN(CASE ? "--tty" : "--rm", "--", "sh", "-c",
			   "awk '$2 == \"/dev/pts\" || $2 == \"/dev/shm\" "
			   "{ print $3 }' /proc/mounts"));
	ck_assert_int_eq(world_count(world_path("outside")), 0);
}
END_TEST

START_TEST(test_root__a_fifo_as_passwd_holds_nobody)
{
	static const char *const names[] = { "etc/passwd", "etc/group" };
	static const char *const users[] = { "root", "1000:1000", "0:root" };
	static const char *words[] = { "/etc/passwd", "it is not a regular file" };

	for (int i = 0; i < COUNT(names); i++) {
		ck_assert_int_eq(unlink(in_root(names[i])), 0);
		ck_assert_int_eq(mkfifo(in_root(names[i]), 0666), 0);
	}
	start_as(_i);
	cli_expect("ok\n", CLI_RUN("echo", "ok"));
	for (int i = 0; i < COUNT(users); i++) {
		ck_assert_int_eq(cli_run(CLI_RUN("--user", users[i], "--", "true")), CLI_OURS);
		cli_expect_line(words, COUNT(words));
	}
}
END_TEST

/* ---- links at mount points and working directories ---- */

static void lead_outside(bool relative)
{
	world_mkdir("outside/below");
	world_mkdir("data/inside");
	link_in_root(relative ? climbing(world_path("outside")) : world_path("outside"), "link");
}

START_TEST(test_volume__through_a_link_stays_in_the_root)
{
	lead_outside(CASE);
	start_as(_i);
	cli_expect("inside\n",
		   CLI_RUN("-v", world_path("data:/link/new"), "--", "ls", "/link/new"));
	cli_expect("inside\n", CLI_RUN("-v", world_path("data:/link"), "--", "ls", "/link"));
	ck_assert_int_eq(world_count(world_path("outside")), 1);
	ck_assert_int_eq(world_count(world_path("outside/below")), 0);
}
END_TEST

START_TEST(test_volume__over_what_a_link_seems_to_name_stays_in_the_root)
{
	lead_outside(CASE);
	start_as(_i);
	cli_expect("inside\n",
		   CLI_RUN("-v", world_path("data:/link/below"), "--", "ls", "/link/below"));
	ck_assert_int_eq(world_count(world_path("outside/below")), 0);
}
END_TEST

START_TEST(test_volume__with_dots_stays_in_the_root)
{
	world_mkdir("data/inside");
	world_mkdir("outside");
	start_as(_i);
	cli_expect("inside\n",
		   CLI_RUN("-v", world_path("data:/../../mnt/../mnt"), "--", "ls", "/mnt"));
}
END_TEST

START_TEST(test_tmpfs__through_a_link_stays_in_the_root)
{
	lead_outside(CASE);
	start_as(_i);
	cli_expect("", CLI_RUN("--tmpfs=/link/below", "--", "touch", "/link/below/x"));
	ck_assert_int_eq(world_count(world_path("outside/below")), 0);
}
END_TEST

START_TEST(test_workdir__through_a_link_stays_in_the_root)
{
	const char *const words[] = { "/link", "does not exist in the container" };

	lead_outside(CASE);
	start_as(_i);
	ck_assert_int_eq(cli_run(CLI_RUN("-w", "/link", "--", "pwd")), CLI_OURS);
	cli_expect_line(words, 2);
}
END_TEST

START_TEST(test_program__through_a_link_stays_in_the_root)
{
	lead_outside(CASE);
	world_copy("/bin/busybox", world_path("outside/busybox"));
	start_as(_i);
	ck_assert_int_eq(cli_run(CLI_RUN("/link/busybox", "echo", "escaped")), CLI_NOT_FOUND);
	ck_assert_str_eq(cli_out, "");
}
END_TEST

START_TEST(test_mask__through_a_link_stays_in_the_root)
{
	lead_outside(CASE);
	world_write(world_path("outside/file"), "host\n", 0644);
	start_as(_i);
	cli_expect("ok\n", CLI_RUN("--mask=/link/file", "--", "echo", "ok"));
	ck_assert_str_eq(world_read(world_path("outside/file")), "host\n");
}
END_TEST

static void open_the_host(void *data)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	(void)data;
	if (fd < 0 || dup2(fd, 57) < 0)
		_exit(99);
}

START_TEST(test_workdir__is_not_found_through_proc)
{
	static const char *const dirs[] = { "/proc/self/fd/57", "/proc/1/root", "/proc/self/cwd" };
	const struct cli_start start = { .prepare = open_the_host };

	start_as(_i);
	ck_assert_int_eq(cli_run_as(CLI_RUN("-w", dirs[CASE], "--", "echo", "ran"), &start),
			 CLI_OURS);
	ck_assert_str_eq(cli_out, "");
}
END_TEST

/* ---- names ---- */

static const char *const odd_names[] = {
	"a:b",	"a,b", "a b", "a\nb",	 "a\tb", "\xff\xfe", "a\\b",
	"a\"b", "$x",  "-rf", "a\\040b", "%s%n", "#x",	     "\x1b[31m",
};

START_TEST(test_names__of_a_root)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", world_path("%s", odd_names[CASE]));
	ck_assert_int_eq(rename(cli_root, path), 0);
	start_as(_i);
	cli_expect("ok\n", CLI_ARGS("run", "--rootfs", path, "--", "echo", "ok"));
}
END_TEST

START_TEST(test_names__of_a_root_with_a_layer)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", world_path("%s", odd_names[CASE]));
	ck_assert_int_eq(rename(cli_root, path), 0);
	start_as(_i);
	cli_expect("ok\n", CLI_ARGS("run", "--read-only", "--rootfs", path, "--tmpfs=/new/dir",
				    "--", "echo", "ok"));
}
END_TEST

START_TEST(test_names__in_a_root_with_a_layer)
{
	char script[256];

	world_write(world_path("root/%s", odd_names[CASE]), "content\n", 0644);
	start_as(_i);
	snprintf(script, sizeof(script), "cd /; ls | grep -c new; cat -- \"$1\"");
	cli_expect("1\ncontent\n", CLI_RUN("--read-only", "--tmpfs=/new/dir", "--", "sh", "-c",
					   script, "sh", odd_names[CASE]));
}
END_TEST

START_TEST(test_names__of_a_mount)
{
	char arg[2 * PATH_MAX];

	world_write(world_path("%s/file", odd_names[CASE]), "content\n", 0644);
	if (strpbrk(odd_names[CASE], "\""))
		return;
	start_as(_i);
	snprintf(arg, sizeof(arg), "type=bind,\"src=%s\",\"dst=/%s\"",
		 world_path("%s", odd_names[CASE]), odd_names[CASE]);
	cli_expect("content\n", CLI_RUN("--mount", arg, "--", "sh", "-c", "cd /; cat \"./$1/file\"",
					"sh", odd_names[CASE]));
}
END_TEST

START_TEST(test_names__that_are_missing_are_told_in_one_line)
{
	const char *const words[] = { "No such file" };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", world_path("%s", odd_names[CASE]));
	start_as(_i);
	ck_assert_int_eq(cli_run(CLI_ARGS("run", "--rootfs", path, "--", "true")), CLI_OURS);
	cli_expect_line(words, 1);
}
END_TEST

/* ---- files of the host's by links of the kernel's ---- */

static const struct {
	const char *name, *text; /* a script, or a link if there is none */
	const char *to;
} ways_to_the_launcher[] = {
	{ "exe", NULL, "/proc/self/exe" },	     { "relative", NULL, "../proc/1/exe" },
	{ "thread", NULL, "/proc/thread-self/exe" }, { "twice", NULL, "/bin/exe" },
	{ "script", "#!/proc/self/exe\n", NULL },    { "up", "#!../../proc/self/exe run\n", NULL },
	{ "here", "#!proc/self/exe\n", NULL },	     { "by-link", "#!/bin/exe\n", NULL },
};

/* CVE-2019-5736: executed there, the launcher could be overwritten. */
START_TEST(test_exe__of_the_launcher_is_not_executed_inside)
{
	const char *const words[] = { "is in a kernel file system such as proc" };
	const char *name = world_path("root/bin/%s", ways_to_the_launcher[CASE].name);
	const char *text = ways_to_the_launcher[CASE].text;

	link_in_root("/proc/self/exe", "bin/exe");
	if (text)
		world_write(name, text, 0755);
	else if (CASE > 0)
		link_in_root(ways_to_the_launcher[CASE].to, name + strlen(cli_root) + 1);
	start_as(_i);
	ck_assert_int_eq(cli_run(CLI_RUN(name + strlen(cli_root), "--version")),
			 CLI_NOT_EXECUTABLE);
	cli_expect_line(words, 1);
	ck_assert_str_eq(cli_out, "");
}
END_TEST

/* What can't be seen beforehand: the host's /proc, and a file where its link seems to lead. */
START_TEST(test_exe__of_the_launcher_is_not_executed_by_a_volume_of_proc)
{
	const char *const words[] = { "symbolic links" };

	link_in_root("/host/self/exe", "bin/exe");
	world_copy("/bin/busybox", world_path("root%s", MINICTR_PROGRAM));
	start_as(_i);
	ck_assert_int_eq(cli_run(CLI_RUN("-v/proc:/host", "--", "/bin/exe", "--version")),
			 CLI_NOT_EXECUTABLE);
	cli_expect_line(words, 1);
	ck_assert_str_eq(cli_out, "");
}
END_TEST

/* ---- what in a root is believed ---- */

/* CVE-2019-16884, CVE-2025-52881: a volume over /proc, full of what a launcher might write. */
START_TEST(test_proc__that_is_a_volume_is_written_by_nobody)
{
	static const char *const names[] = {
		"self/attr/exec",      "self/attr/keycreate", "self/uid_map",
		"self/gid_map",	       "self/setgroups",      "self/oom_score_adj",
		"self/timerslack_ns",  "self/loginuid",	      "thread-self/attr/exec",
		"sys/kernel/hostname", "1/attr/current",      "self/attr/apparmor/exec",
	};
	struct timespec before[COUNT(names)];
	struct stat st;

	for (int i = 0; i < COUNT(names); i++)
		world_write(world_path("data/%s", names[i]), "fake\n", 0666);
	start_as(_i);
	for (int i = 0; i < COUNT(names); i++) {
		ck_assert_int_eq(stat(world_path("data/%s", names[i]), &st), 0);
		before[i] = st.st_ctim;
	}
	cli_expect("fake\n", CLI_RUN("-v", world_path("data:/proc"), CASE ? "--init" : "--rm",
				     "--hostname=box", "--", "cat", "/proc/self/uid_map"));
	for (int i = 0; i < COUNT(names); i++) {
		ck_assert_int_eq(stat(world_path("data/%s", names[i]), &st), 0);
		ck_assert_msg(memcmp(&before[i], &st.st_ctim, sizeof(before[i])) == 0,
			      "%s was written", names[i]);
	}
}
END_TEST

/* Watches opened files, of which a path that is only looked up is none. */
static int watch(const char *const *dirs, int n)
{
	int watcher = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	ck_assert_int_ge(watcher, 0);
	for (int i = 0; i < n; i++)
		ck_assert_int_ge(inotify_add_watch(watcher, in_root(dirs[i]), IN_OPEN | IN_CREATE),
				 0);
	return watcher;
}

/* Names of files that were opened or made, in order; directories are left out. */
static void read_watch(int watcher, char *names, size_t size)
{
	_Alignas(struct inotify_event) char room[4096];
	ssize_t n;

	names[0] = '\0';
	while ((n = read(watcher, room, sizeof(room))) > 0) {
		for (const char *p = room; p < room + n;) {
			const struct inotify_event *e = (const void *)p;

			if (e->len && !(e->mask & IN_ISDIR) && !strstr(names, e->name))
				snprintf(names + strlen(names), size - strlen(names), "%s ",
					 e->name);
			p += sizeof(*e) + e->len;
		}
	}
	close(watcher);
}

/*
 * CVE-2026-40226: settings that lie in an image are not the caller's. Whatever they are
 * called: no file is opened but the program.
 */
START_TEST(test_root__no_file_but_the_program_is_opened)
{
	static const char *const dirs[] = { ".", "etc", "bin", "run", "root", "dev", "usr/bin" };
	static const char *const names[] = { "minictr.json",	  ".minictr",
					     "config.json",	  "etc/minictr.conf",
					     "etc/ld.so.preload", "run/minictr.json" };
	char seen[1024];
	int watcher;

	for (int i = 0; i < COUNT(names); i++)
		world_write(in_root(names[i]), "{}\n", 0644);
	start_as(_i);
	watcher = watch(dirs, COUNT(dirs));
	cli_expect("ok\n", CLI_RUN("echo", "ok"));
	read_watch(watcher, seen, sizeof(seen));
	ck_assert_str_eq(seen, "busybox ");
}
END_TEST

/* ---- a host on which nothing can be made ---- */

static int chosen;

static void set_attr(const char *path, unsigned flags, const struct mount_attr *attr)
{
	ck_assert_int_eq(syscall(SYS_mount_setattr, AT_FDCWD, path, flags, attr, sizeof(*attr)), 0);
}

/* But for /proc: a map of ids is written there. */
static void with_a_read_only_host(void)
{
	const struct mount_attr set = { .attr_set = MOUNT_ATTR_RDONLY };
	const struct mount_attr clear = { .attr_clr = MOUNT_ATTR_RDONLY };

	start_as(chosen);
	set_attr("/", AT_RECURSIVE, &set);
	set_attr("/proc", 0, &clear);
	cli_expect("ok\n", CLI_RUN("--init", "--tmpfs=/new/dir", "--mask=/etc/passwd",
				   "--hostname=box", "-v/etc:/made/etc", "--", "echo", "ok"));
}

/* CVE-2019-12439: no temporary directory of a name that others could know or take. */
START_TEST(test_host__needs_no_place_to_write)
{
	suite_need_no_counts(); /* which need one */
	chosen = _i;
	suite_in_mounts(with_a_read_only_host);
}
END_TEST

static void add_root_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_root__proc_sys_dev_must_be_directories, 0,
			    CLI_WAYS * COUNT(kernel_dirs) * HOW_COUNT);
	tcase_add_loop_test(tc, test_root__a_fake_null_device_is_not_used, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_root__a_fake_null_device_is_not_standard_input, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_root__links_in_dev_are_not_followed, 0, CLI_WAYS * 2);
	tcase_add_loop_test(tc, test_root__a_fifo_as_passwd_holds_nobody, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_exe__of_the_launcher_is_not_executed_inside, 0,
			    CLI_WAYS * COUNT(ways_to_the_launcher));
	tcase_add_loop_test(tc, test_exe__of_the_launcher_is_not_executed_by_a_volume_of_proc, 0,
			    CLI_WAYS);
	tcase_add_loop_test(tc, test_proc__that_is_a_volume_is_written_by_nobody, 0, CLI_WAYS * 2);
	tcase_add_loop_test(tc, test_root__no_file_but_the_program_is_opened, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_host__needs_no_place_to_write, 0, CLI_WAYS);
}

static void add_link_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_volume__through_a_link_stays_in_the_root, 0, CLI_WAYS * 2);
	tcase_add_loop_test(tc, test_volume__over_what_a_link_seems_to_name_stays_in_the_root, 0,
			    CLI_WAYS * 2);
	tcase_add_loop_test(tc, test_volume__with_dots_stays_in_the_root, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_tmpfs__through_a_link_stays_in_the_root, 0, CLI_WAYS * 2);
	tcase_add_loop_test(tc, test_workdir__through_a_link_stays_in_the_root, 0, CLI_WAYS * 2);
	tcase_add_loop_test(tc, test_program__through_a_link_stays_in_the_root, 0, CLI_WAYS * 2);
	tcase_add_loop_test(tc, test_mask__through_a_link_stays_in_the_root, 0, CLI_WAYS * 2);
	tcase_add_loop_test(tc, test_workdir__is_not_found_through_proc, 0, CLI_WAYS * 3);
}

static void add_name_tests(TCase *tc)
{
	const int n = CLI_WAYS * (suite_is_slow() ? 3 : COUNT(odd_names));

	tcase_add_loop_test(tc, test_names__of_a_root, 0, n);
	tcase_add_loop_test(tc, test_names__of_a_root_with_a_layer, 0, n);
	tcase_add_loop_test(tc, test_names__in_a_root_with_a_layer, 0, n);
	tcase_add_loop_test(tc, test_names__of_a_mount, 0, n);
	tcase_add_loop_test(tc, test_names__that_are_missing_are_told_in_one_line, 0, n);
}

int main(void)
{
	Suite *s = suite_create("hostile_root");
	TCase *tc = cli_case(s, "hostile_root");

	add_root_tests(tc);
	add_link_tests(tc);
	add_name_tests(tc);
	return suite_run(s);
}
