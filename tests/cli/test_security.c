/* SPDX-License-Identifier: MIT */
/* Hostile roots, hostile callers, and what a container must not reach. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "cli/cli.h"
#include "support/leak.h"

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
	const char *name = kernel_dirs[_i / HOW_COUNT];
	const char *const words[] = { name };
	size_t before;

	replace_directory(name, _i % HOW_COUNT);
	before = cli_count_below(world_dir);
	ck_assert_int_eq(cli_run(CLI_RUN("echo", "ran")), CLI_OURS);
	cli_expect_line(words, 1);
	ck_assert_str_eq(cli_out, "");
	ck_assert_uint_eq(cli_count_below(world_dir), before);
}
END_TEST

START_TEST(test_root__a_fake_null_device_is_not_used)
{
	world_write(in_root("dev/null"), "fake\n", 0666);
	cli_expect("character special file 1:3\n0\n",
		   CLI_RUN("sh", "-c", "stat -c '%F %t:%T' /dev/null; wc -c </proc/keys"));
}
END_TEST

START_TEST(test_root__a_fake_null_device_is_not_standard_input)
{
	world_write(in_root("dev/null"), "fake\n", 0666);
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
	cli_expect("devpts\ntmpfs\n", CLI_RUN("sh", "-c",
					      "awk '$2 == \"/dev/pts\" || $2 == \"/dev/shm\" "
					      "{ print $3 }' /proc/mounts"));
	ck_assert_int_eq(world_count(world_path("outside")), 0);
}
END_TEST

START_TEST(test_root__a_fifo_as_passwd_holds_nobody)
{
	static const char *const names[] = { "etc/passwd", "etc/group" };

	for (int i = 0; i < COUNT(names); i++) {
		ck_assert_int_eq(unlink(in_root(names[i])), 0);
		ck_assert_int_eq(mkfifo(in_root(names[i]), 0666), 0);
	}
	cli_expect("ok\n", CLI_RUN("--user=1000:1000", "--", "echo", "ok"));
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
	lead_outside(_i);
	cli_expect("inside\n",
		   CLI_RUN("-v", world_path("data:/link/new"), "--", "ls", "/link/new"));
	cli_expect("inside\n", CLI_RUN("-v", world_path("data:/link"), "--", "ls", "/link"));
	ck_assert_int_eq(world_count(world_path("outside")), 1);
	ck_assert_int_eq(world_count(world_path("outside/below")), 0);
}
END_TEST

START_TEST(test_volume__over_what_a_link_seems_to_name_stays_in_the_root)
{
	lead_outside(_i);
	cli_expect("inside\n",
		   CLI_RUN("-v", world_path("data:/link/below"), "--", "ls", "/link/below"));
	ck_assert_int_eq(world_count(world_path("outside/below")), 0);
}
END_TEST

START_TEST(test_volume__with_dots_stays_in_the_root)
{
	world_mkdir("data/inside");
	world_mkdir("outside");
	cli_expect("inside\n",
		   CLI_RUN("-v", world_path("data:/../../mnt/../mnt"), "--", "ls", "/mnt"));
}
END_TEST

START_TEST(test_tmpfs__through_a_link_stays_in_the_root)
{
	lead_outside(_i);
	cli_expect("", CLI_RUN("--tmpfs=/link/below", "--", "touch", "/link/below/x"));
	ck_assert_int_eq(world_count(world_path("outside/below")), 0);
}
END_TEST

START_TEST(test_workdir__through_a_link_stays_in_the_root)
{
	const char *const words[] = { "/link", "does not exist in the container" };

	lead_outside(_i);
	ck_assert_int_eq(cli_run(CLI_RUN("-w", "/link", "--", "pwd")), CLI_OURS);
	cli_expect_line(words, 2);
}
END_TEST

START_TEST(test_program__through_a_link_stays_in_the_root)
{
	lead_outside(_i);
	world_copy("/bin/busybox", world_path("outside/busybox"));
	ck_assert_int_eq(cli_run(CLI_RUN("/link/busybox", "echo", "escaped")), CLI_NOT_FOUND);
	ck_assert_str_eq(cli_out, "");
}
END_TEST

START_TEST(test_mask__through_a_link_stays_in_the_root)
{
	lead_outside(_i);
	world_write(world_path("outside/file"), "host\n", 0644);
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

	ck_assert_int_eq(cli_run_as(CLI_RUN("-w", dirs[_i], "--", "echo", "ran"), &start),
			 CLI_OURS);
	ck_assert_str_eq(cli_out, "");
}
END_TEST

/* ---- a race ---- */

enum { LAUNCHES = 50 };

static _Noreturn void exchange_for_ever(const char *a, const char *b)
{
	for (;;)
		syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 2 /* RENAME_EXCHANGE */);
}

static bool is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

static pid_t start_exchange(void)
{
	char a[PATH_MAX], b[PATH_MAX];
	pid_t pid;

	snprintf(a, sizeof(a), "%s", in_root("race"));
	snprintf(b, sizeof(b), "%s", in_root("link"));
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		exchange_for_ever(a, b);
	CLI_UNTIL(is_link(a));
	return pid;
}

static void end_process(pid_t pid)
{
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

/* Whatever it sees of the race it writes nowhere but into the volume and the root. */
START_TEST(test_race__of_a_directory_with_a_link_does_not_lead_outside)
{
	char *before, *after, *difference;
	pid_t racer;

	lead_outside(_i);
	world_mkdir("root/race/below");
	before = leak_snapshot();
	racer = start_exchange();
	for (int i = 0; i < LAUNCHES; i++) {
		int status = cli_run(
			CLI_RUN("-v", world_path("data:/race/below"), "--tmpfs", "/race/new", "--",
				"sh", "-c", "touch /race/below/x /race/new/x 2>/dev/null; exit 0"));

		ck_assert_msg(status == 0 || status == CLI_OURS, "%d: %s", status, cli_err);
	}
	end_process(racer);
	after = leak_snapshot();
	difference = leak_difference(before, after);
	ck_assert_str_eq(difference, "");
	ck_assert_int_eq(world_count(world_path("outside")), 1);
	ck_assert_int_eq(world_count(world_path("outside/below")), 0);
	free(before);
	free(after);
	free(difference);
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

	snprintf(path, sizeof(path), "%s", world_path("%s", odd_names[_i]));
	ck_assert_int_eq(rename(cli_root, path), 0);
	cli_expect("ok\n", CLI_ARGS("run", "--rootfs", path, "--", "echo", "ok"));
}
END_TEST

START_TEST(test_names__of_a_root_with_a_layer)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", world_path("%s", odd_names[_i]));
	ck_assert_int_eq(rename(cli_root, path), 0);
	cli_expect("ok\n",
		   CLI_ARGS("run", "--rootfs", path, "--tmpfs=/new/dir", "--", "echo", "ok"));
}
END_TEST

START_TEST(test_names__in_a_root_with_a_layer)
{
	char script[256];

	world_write(world_path("root/%s", odd_names[_i]), "content\n", 0644);
	snprintf(script, sizeof(script), "cd /; ls | grep -c new; cat -- \"$1\"");
	cli_expect("1\ncontent\n",
		   CLI_RUN("--tmpfs=/new/dir", "--", "sh", "-c", script, "sh", odd_names[_i]));
}
END_TEST

START_TEST(test_names__of_a_mount)
{
	char arg[2 * PATH_MAX];

	world_write(world_path("%s/file", odd_names[_i]), "content\n", 0644);
	if (strpbrk(odd_names[_i], "\""))
		return;
	snprintf(arg, sizeof(arg), "type=bind,\"src=%s\",\"dst=/%s\"",
		 world_path("%s", odd_names[_i]), odd_names[_i]);
	cli_expect("content\n", CLI_RUN("--mount", arg, "--", "sh", "-c", "cd /; cat \"./$1/file\"",
					"sh", odd_names[_i]));
}
END_TEST

START_TEST(test_names__that_are_missing_are_told_in_one_line)
{
	const char *const words[] = { "No such file" };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", world_path("%s", odd_names[_i]));
	ck_assert_int_eq(cli_run(CLI_ARGS("run", "--rootfs", path, "--", "true")), CLI_OURS);
	cli_expect_line(words, 1);
}
END_TEST

/* ---- hostile callers ---- */

static void leak_descriptors(void *data)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	(void)data;
	if (fd < 0 || dup2(fd, 57) < 0 || dup2(fd, 900) < 0)
		_exit(99);
}

START_TEST(test_caller__descriptors_do_not_reach_the_program)
{
	const struct cli_start start = { .prepare = leak_descriptors };

	/* 3 is the directory that ls reads. */
	cli_expect_as("0\n1\n2\n3\n", CLI_RUN("ls", "/proc/self/fd"), &start);
	cli_expect_as("0\n1\n2\n3\n", CLI_RUN("--init", "ls", "/proc/self/fd"), &start);
}
END_TEST

START_TEST(test_caller__descriptors_do_not_reach_the_init)
{
	const struct cli_start start = { .prepare = leak_descriptors };

	ck_assert_int_eq(cli_run_as(CLI_RUN("--init", "ls", "-l", "/proc/1/fd"), &start), 0);
	ck_assert_ptr_null(strstr(cli_out, "57 ->"));
	ck_assert_ptr_null(strstr(cli_out, "900 ->"));
	ck_assert_ptr_null(strstr(cli_out, "-> /\n"));
}
END_TEST

static void go_outside(void *data)
{
	if (chdir(data) < 0)
		_exit(99);
}

START_TEST(test_caller__working_directory_is_not_the_programs)
{
	const struct cli_start start = { .prepare = go_outside, .data = world_dir };

	cli_expect_as("/\n/\n", CLI_RUN("sh", "-c", "pwd; readlink /proc/self/cwd"), &start);
}
END_TEST

static void close_some(void *data)
{
	for (int fd = 0; fd < 3; fd++)
		if (*(int *)data & 1 << fd)
			close(fd);
}

/* Where it can't print it tells by its status. */
static const char check_stdio[] = "for fd in 0 1 2; do\n"
				  "  test -e /proc/self/fd/$fd || exit 90\n"
				  "  [ $(( $1 >> fd & 1 )) = 0 ] && continue\n"
				  "  [ \"$(readlink /proc/$$/fd/$fd)\" = /dev/null ] || exit 91\n"
				  "  [ \"$(stat -L -c %t:%T /proc/$$/fd/$fd)\" = 1:3 ] || exit 92\n"
				  "done\n"
				  "exit 7\n";

START_TEST(test_caller__closed_stdio_becomes_dev_null)
{
	int closed = _i;
	const struct cli_start start = { .prepare = close_some, .data = &closed };
	char number[4];

	world_write(in_root("dev/null"), "fake\n", 0666);
	snprintf(number, sizeof(number), "%d", closed);
	ck_assert_int_eq(cli_run_as(CLI_RUN("sh", "-c", check_stdio, "sh", number), &start), 7);
}
END_TEST

static void limit_descriptors(void *data)
{
	const struct rlimit limit = { *(rlim_t *)data, *(rlim_t *)data };

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		_exit(99);
}

START_TEST(test_caller__few_descriptors_are_enough_or_told)
{
	rlim_t limit = (rlim_t)_i;
	const struct cli_start start = { .prepare = limit_descriptors, .data = &limit };
	const char *const *args =
		CLI_RUN("--pids-limit=5", "-v", "/etc:/made", "--init", "--", "/bin/echo", "ok");
	const char *newline;
	int status;

#ifdef MINICTR_COVERAGE
	suite_skip("the counts of lines are written through a descriptor too");
#endif
	status = cli_run_as(args, &start);
	newline = strchr(cli_err, '\n');

	if (status == 0) {
		ck_assert_str_eq(cli_out, "ok\n");
		ck_assert_str_eq(cli_err, "");
		return;
	}
	ck_assert_int_ge(status, CLI_OURS);
	ck_assert_int_le(status, CLI_NOT_FOUND);
	ck_assert_str_eq(cli_out, "");
	ck_assert_msg(newline && !newline[1], "not one line: \"%s\"", cli_err);
}
END_TEST

START_TEST(test_caller__thirty_two_descriptors_are_enough)
{
	rlim_t limit = 32;
	const struct cli_start start = { .prepare = limit_descriptors, .data = &limit };

	cli_expect_as("ok\n",
		      CLI_RUN("--pids-limit=5", "-v", "/etc:/made", "--init", "--", "echo", "ok"),
		      &start);
}
END_TEST

static void set_variables(void *data)
{
	(void)data;
	setenv("SECRET", "1", 1);
	setenv("LD_PRELOAD", "", 1);
	setenv("PATH", "/evil", 1);
	setenv("HOME", "/evil", 1);
	setenv("TERM", "evil", 1);
}

START_TEST(test_caller__environment_does_not_reach_the_program)
{
	const struct cli_start start = { .prepare = set_variables };

	cli_expect_as("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
		      "HOME=/root\n",
		      CLI_RUN("env"), &start);
}
END_TEST

static void mask_all_modes(void *data)
{
	(void)data;
	umask(0777);
}

/* What it makes on the way is for the container's user to pass. */
START_TEST(test_caller__umask_makes_no_closed_mount_points)
{
	const struct cli_start start = { .prepare = mask_all_modes };

	world_write(world_path("data/file"), "content\n", 0644);
	cli_expect_as("content\n",
		      CLI_RUN("--user=1000", "-v", world_path("data:/made/there"), "--tmpfs=/tmp/x",
			      "--", "cat", "/made/there/file"),
		      &start);
}
END_TEST

static void join_groups(void *data)
{
	const gid_t groups[] = { 7, 8, 9 };

	(void)data;
	if (setgroups(3, groups) < 0)
		_exit(99);
}

START_TEST(test_caller__groups_do_not_reach_the_program)
{
	const struct cli_start start = { .prepare = join_groups };

	cli_expect_as("0\n", CLI_RUN("id", "-G"), &start);
	cli_expect_as("100 5\n", CLI_RUN("--user=1:100", "--group-add=5", "id", "-G"), &start);
}
END_TEST

static void lower_core_limit(void *data)
{
	const struct rlimit limit = { 4096, 8192 };

	(void)data;
	if (setrlimit(RLIMIT_CORE, &limit) < 0)
		_exit(99);
}

START_TEST(test_caller__core_limit_is_given_back)
{
	const struct cli_start start = { .prepare = lower_core_limit };

	cli_expect_as("4096 8192\n",
		      CLI_RUN("awk", "/Max core/ { print $5, $6 }", "/proc/self/limits"), &start);
}
END_TEST

/* ---- mounts ---- */

static void mount_tmpfs(const char *path, unsigned long flags)
{
	ck_assert_int_eq(mount("none", path, "tmpfs", flags, NULL), 0);
}

static void try_read_only_root(void)
{
	mount_tmpfs(in_root("mnt"), 0);
	cli_expect("", CLI_RUN("touch", "/mnt/x", "/x"));
	ck_assert_int_eq(cli_run(CLI_RUN("--read-only", "touch", "/y")), 1);
	ck_assert_ptr_nonnull(strstr(cli_err, "Read-only"));
	ck_assert_int_eq(cli_run(CLI_RUN("--read-only", "touch", "/mnt/y")), 1);
	ck_assert_ptr_nonnull(strstr(cli_err, "Read-only"));
	ck_assert_int_ne(access(in_root("mnt/y"), F_OK), 0);
}

START_TEST(test_read_only__root_has_no_writable_submount)
{
	suite_in_mounts(try_read_only_root);
}
END_TEST

static void try_read_only_volume(void)
{
	mount_tmpfs(world_path("data/sub"), 0);
	cli_expect("", CLI_RUN("-v", world_path("data:/mnt"), "--", "touch", "/mnt/sub/x"));
	ck_assert_int_eq(
		cli_run(CLI_RUN("-v", world_path("data:/mnt:ro"), "--", "touch", "/mnt/sub/y")), 1);
	ck_assert_ptr_nonnull(strstr(cli_err, "Read-only"));
}

START_TEST(test_read_only__volume_has_no_writable_submount)
{
	world_mkdir("data/sub");
	suite_in_mounts(try_read_only_volume);
}
END_TEST

/* The flags of the mount on /mnt and below, one a line, sorted. */
static const char *const flags_of_mnt[] = { "sh", "-c",
					    "awk '$2 ~ \"^/mnt\" { print $4 }' /proc/mounts |"
					    "tr , '\\n' | grep -E '^(no|ro)' | grep -v atime |"
					    "sort | uniq -c | sed 's/^ *//'" };

#define FLAGS_OF_MNT flags_of_mnt[0], flags_of_mnt[1], flags_of_mnt[2]

static void try_weakened_volume(void)
{
	mount_tmpfs(world_path("data"), MS_NOSUID | MS_NODEV | MS_NOEXEC);
	cli_expect("1 nodev\n1 noexec\n1 nosuid\n",
		   CLI_RUN("-v", world_path("data:/mnt:suid,dev,exec,rw"), "--", FLAGS_OF_MNT));
}

START_TEST(test_volume__keeps_the_flags_of_its_source)
{
	world_mkdir("data");
	suite_in_mounts(try_weakened_volume);
}
END_TEST

static void try_volume_flags(void)
{
	mount_tmpfs(world_path("data/sub"), 0);
	cli_expect("2 nodev\n2 nosuid\n",
		   CLI_RUN("-v", world_path("data:/mnt"), "--", FLAGS_OF_MNT));
	cli_expect("2 nodev\n2 noexec\n2 nosuid\n2 ro\n",
		   CLI_RUN("-v", world_path("data:/mnt:ro,noexec"), "--", FLAGS_OF_MNT));
}

START_TEST(test_volume__flags_hold_for_submounts)
{
	world_mkdir("data/sub");
	suite_in_mounts(try_volume_flags);
}
END_TEST

/* On the host's files: id needs its libraries, and a busybox gives up what it gains. */
static void expect_set_user_id(const char *output, const char *volume, const char *option)
{
	world_copy("/usr/bin/id", world_path("data/id"));
	ck_assert_int_eq(chmod(world_path("data/id"), 04755), 0);
	cli_expect(output, CLI_ARGS("run", "--user=1000", "-v", world_path("%s", volume), option,
				    "--", "/tmp/data/id", "-u"));
}

#define NEW_PRIVILEGES "--security-opt=no-new-privileges=false"

START_TEST(test_volume__set_user_id_gains_nothing_without_suid)
{
	expect_set_user_id("1000\n", "data:/tmp/data", NEW_PRIVILEGES);
}
END_TEST

START_TEST(test_volume__set_user_id_gains_nothing_without_new_privileges)
{
	expect_set_user_id("1000\n", "data:/tmp/data:suid", "--rm");
}
END_TEST

START_TEST(test_volume__set_user_id_gains_where_both_are_asked_for)
{
	expect_set_user_id("0\n", "data:/tmp/data:suid", NEW_PRIVILEGES);
}
END_TEST

START_TEST(test_root__device_nodes_do_not_work)
{
	static const char *const places[] = { "/", "/mnt", "/home" };
	char script[128];

	world_mkdir("data");
	snprintf(script, sizeof(script), "mknod %s/zero c 1 5 && head -c 1 %s/zero", places[_i],
		 places[_i]);
	ck_assert_int_ne(cli_run(CLI_RUN("-v", world_path("data:/mnt"), "--tmpfs=/home",
					 "--cap-add=MKNOD", "--", "sh", "-c", script)),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "zero: Permission denied"));
}
END_TEST

START_TEST(test_dev__is_read_only)
{
	ck_assert_int_ne(cli_run(CLI_RUN("mknod", "/dev/disk", "c", "1", "5")), 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "Read-only"));
	ck_assert_int_ne(cli_run(CLI_RUN("chmod", "0", "/dev/null")), 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "Read-only"));
}
END_TEST

/* Changes to a mount of the host's do not come in, nor those of a container out. */
static void try_shared_propagation(void)
{
	char *before, *after, *difference;

	mount_tmpfs(world_path("shared"), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL), 0);
	before = leak_snapshot();
	cli_expect("",
		   CLI_RUN("-v", world_path("shared:/mnt"), "--cap-add=SYS_ADMIN", "--", "sh", "-c",
			   "mkdir /mnt/x && mount -t tmpfs none /mnt/x && touch /mnt/x/y"));
	after = leak_snapshot();
	difference = leak_difference(before, after);
	ck_assert_str_eq(difference, "");
	ck_assert_int_eq(world_count(world_path("shared/x")), 0);
	free(before);
	free(after);
	free(difference);
}

START_TEST(test_mounts__do_not_propagate_to_a_shared_host)
{
	world_mkdir("shared");
	suite_in_mounts(try_shared_propagation);
}
END_TEST

START_TEST(test_mounts__of_the_host_are_gone)
{
	cli_expect("0\n",
		   CLI_RUN("sh", "-c",
			   "awk -v w=\"$1\" 'index($5, w) == 1' /proc/self/mountinfo | wc -l", "sh",
			   world_dir));
	ck_assert_int_ne(cli_run(CLI_RUN("umount", "/")), 0);
}
END_TEST

/* ---- the kernel's interfaces ---- */

static const char *const settings[] = {
	"/proc/sys/kernel/core_pattern",  "/proc/sys/kernel/hostname",
	"/proc/sys/vm/drop_caches",	  "/proc/sys/kernel/modprobe",
	"/proc/irq/default_smp_affinity", "/sys/kernel/profiling",
	"/sys/kernel/mm/ksm/run",	  "/sys/kernel/uevent_helper",
};

/* To open is enough to see, and harmless where it should succeed. */
START_TEST(test_kernel__settings_can_not_be_written)
{
	char *before = strdup(world_read(settings[_i]));

	ck_assert_int_ne(cli_run(CLI_RUN("sh", "-c", ": >\"$1\"", "sh", settings[_i])), 0);
	ck_assert_msg(strstr(cli_err, "Read-only") || strstr(cli_err, "nonexistent"), "%s",
		      cli_err);
	ck_assert_str_eq(world_read(settings[_i]), before);
	free(before);
}
END_TEST

static const char *const secrets[] = {
	"/proc/kcore",	    "/proc/keys",	 "/proc/timer_list",
	"/proc/interrupts", "/proc/sched_debug", "/proc/timer_stats",
	"/proc/acpi",	    "/proc/scsi",	 "/sys/firmware",
};

/* Nothing to be seen, whether this kernel has it or not. */
START_TEST(test_kernel__secrets_are_masked)
{
	cli_expect("0\n",
		   CLI_RUN("sh", "-c",
			   "if [ -d $1 ]; then ls $1; elif [ -e $1 ]; then cat $1; fi | wc -c",
			   "sh", secrets[_i]));
}
END_TEST

START_TEST(test_kernel__processes_of_the_host_are_not_seen)
{
	cli_expect("1 /proc/1\n", CLI_RUN("sh", "-c", "set -- /proc/[0-9]*; echo $# $1"));
}
END_TEST

START_TEST(test_kernel__a_fresh_proc_has_read_only_settings)
{
	ck_assert_int_ne(cli_run(CLI_RUN("--mount=type=proc,dst=/mnt,ro", "--", "sh", "-c",
					 ": >/mnt/sys/kernel/core_pattern")),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "Read-only"));
}
END_TEST

/* CVE-2019-5736: process 1 is the container's own program, never a file of the host's. */
START_TEST(test_exe__is_none_of_the_hosts)
{
	cli_expect("/bin/busybox\n", CLI_RUN("readlink", "/proc/1/exe"));
	ck_assert_int_ne(cli_run(CLI_RUN("--init", "--", "readlink", "/proc/1/exe")), 0);
	ck_assert_int_eq(
		cli_run(CLI_RUN("--init", "--cap-add=SYS_PTRACE", "--", "readlink", "/proc/1/exe")),
		0);
	ck_assert_ptr_eq(strstr(cli_out, "/memfd:"), cli_out);
}
END_TEST

/* ---- networks ---- */

/* This program is also what looks for a way out, inside: "probe KIND NAME". */
static int connects(int family, const struct sockaddr *address, socklen_t size)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = fd < 0 ? -1 : connect(fd, address, size);

	if (fd >= 0)
		close(fd);
	return r == 0;
}

static socklen_t abstract_address(struct sockaddr_un *address, const char *name)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "%s", name);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
}

static int probe(const char *kind, const char *name)
{
	const struct sockaddr_in tcp = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(name)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sockaddr_un local;
	socklen_t size = abstract_address(&local, name);

	if (strcmp(kind, "tcp") == 0)
		return connects(AF_INET, (const void *)&tcp, sizeof(tcp)) ? 11 : 12;
	return connects(AF_UNIX, (const void *)&local, size) ? 11 : 12;
}

enum { REACHED = 11, NOT_REACHED = 12 };

/* On the host's files, for it needs its libraries. */
static int probe_inside(const char *network, const char *kind, const char *name)
{
	char self[PATH_MAX], volume[PATH_MAX + 64];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt(n, 0);
	self[n] = '\0';
	snprintf(volume, sizeof(volume), "type=bind,src=%s,dst=/run/probe,ro", self);
	return cli_run(CLI_ARGS("run", "--network", network, "--mount", volume, "--", "/run/probe",
				"probe", kind, name));
}

START_TEST(test_network__abstract_sockets_of_the_host_are_out_of_reach)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;
	char name[64];
	socklen_t size;

	snprintf(name, sizeof(name), "minictr-test-%d", getpid());
	size = abstract_address(&address, name);
	ck_assert_int_eq(bind(fd, (const void *)&address, size), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	ck_assert_int_eq(probe_inside("host", "abstract", name), REACHED);
	ck_assert_int_eq(probe_inside("none", "abstract", name), NOT_REACHED);
	close(fd);
}
END_TEST

START_TEST(test_network__loopback_of_the_host_is_out_of_reach)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);
	char port[16];

	ck_assert_int_eq(bind(fd, (const void *)&address, size), 0);
	ck_assert_int_eq(getsockname(fd, (void *)&address, &size), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	snprintf(port, sizeof(port), "%d", ntohs(address.sin_port));
	ck_assert_int_eq(probe_inside("host", "tcp", port), REACHED);
	ck_assert_int_eq(probe_inside("none", "tcp", port), NOT_REACHED);
	close(fd);
}
END_TEST

START_TEST(test_network__loopback_of_its_own_is_up)
{
	cli_expect("ok\n", CLI_RUN("--cap-add=NET_RAW", "--", "sh", "-c",
				   "ping -c 1 127.0.0.1 >/dev/null && echo ok"));
}
END_TEST

/* ---- the host is as it was ---- */

static const struct {
	const char *args[4];
	int status;
} changes[] = {
	{ { "--hostname=evil", "true" }, 0 },
	{ { "hostname", "evil" }, 1 },
	{ { "--cap-add=SYS_ADMIN", "hostname", "evil" }, 0 },
	{ { "--pids-limit=3", "true" }, 0 },
	{ { "--pids-limit=3", "/bin/none" }, CLI_NOT_FOUND },
	{ { "--tmpfs=/new/dir", "true" }, 0 },
	{ { "--tmpfs=/new/dir", "--workdir=/none", "true" }, CLI_OURS },
	{ { "--pids-limit=3", "--ulimit=nofile=9999999999", "true" }, CLI_OURS },
	{ { "mount", "-t", "tmpfs", "/mnt" }, -1 },
	{ { "--nice=19", "--umask=777", "true" }, 0 },
};

START_TEST(test_host__is_as_it_was)
{
	const char *const *a = changes[_i].args;
	char *before = leak_snapshot(), *after, *difference;
	size_t entries = cli_count_below(world_dir);
	int status = cli_run(CLI_RUN(a[0], a[1], a[2], a[3]));

	ck_assert_msg(changes[_i].status < 0 || status == changes[_i].status, "status %d: %s",
		      status, cli_err);
	after = leak_snapshot();
	difference = leak_difference(before, after);
	ck_assert_str_eq(difference, "");
	ck_assert_uint_eq(cli_count_below(world_dir), entries);
	free(before);
	free(after);
	free(difference);
}
END_TEST

static void add_root_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_root__proc_sys_dev_must_be_directories, 0,
			    COUNT(kernel_dirs) * HOW_COUNT);
	tcase_add_test(tc, test_root__a_fake_null_device_is_not_used);
	tcase_add_test(tc, test_root__a_fake_null_device_is_not_standard_input);
	tcase_add_test(tc, test_root__links_in_dev_are_not_followed);
	tcase_add_test(tc, test_root__a_fifo_as_passwd_holds_nobody);
	tcase_add_loop_test(tc, test_volume__through_a_link_stays_in_the_root, 0, 2);
	tcase_add_loop_test(tc, test_volume__over_what_a_link_seems_to_name_stays_in_the_root, 0,
			    2);
	tcase_add_test(tc, test_volume__with_dots_stays_in_the_root);
	tcase_add_loop_test(tc, test_tmpfs__through_a_link_stays_in_the_root, 0, 2);
	tcase_add_loop_test(tc, test_workdir__through_a_link_stays_in_the_root, 0, 2);
	tcase_add_loop_test(tc, test_program__through_a_link_stays_in_the_root, 0, 2);
	tcase_add_loop_test(tc, test_mask__through_a_link_stays_in_the_root, 0, 2);
	tcase_add_loop_test(tc, test_workdir__is_not_found_through_proc, 0, 3);
	tcase_add_loop_test(tc, test_race__of_a_directory_with_a_link_does_not_lead_outside, 0, 2);
	tcase_add_loop_test(tc, test_names__of_a_root, 0, COUNT(odd_names));
	tcase_add_loop_test(tc, test_names__of_a_root_with_a_layer, 0, COUNT(odd_names));
	tcase_add_loop_test(tc, test_names__in_a_root_with_a_layer, 0, COUNT(odd_names));
	tcase_add_loop_test(tc, test_names__of_a_mount, 0, COUNT(odd_names));
	tcase_add_loop_test(tc, test_names__that_are_missing_are_told_in_one_line, 0,
			    COUNT(odd_names));
}

static void add_caller_tests(TCase *tc)
{
	tcase_add_test(tc, test_caller__descriptors_do_not_reach_the_program);
	tcase_add_test(tc, test_caller__descriptors_do_not_reach_the_init);
	tcase_add_test(tc, test_caller__working_directory_is_not_the_programs);
	tcase_add_loop_test(tc, test_caller__closed_stdio_becomes_dev_null, 0, 8);
	tcase_add_loop_test(tc, test_caller__few_descriptors_are_enough_or_told, 3, 33);
	tcase_add_test(tc, test_caller__thirty_two_descriptors_are_enough);
	tcase_add_test(tc, test_caller__environment_does_not_reach_the_program);
	tcase_add_test(tc, test_caller__umask_makes_no_closed_mount_points);
	tcase_add_test(tc, test_caller__groups_do_not_reach_the_program);
	tcase_add_test(tc, test_caller__core_limit_is_given_back);
}

static void add_mount_tests(TCase *tc)
{
	tcase_add_test(tc, test_read_only__root_has_no_writable_submount);
	tcase_add_test(tc, test_read_only__volume_has_no_writable_submount);
	tcase_add_test(tc, test_volume__keeps_the_flags_of_its_source);
	tcase_add_test(tc, test_volume__flags_hold_for_submounts);
	tcase_add_test(tc, test_volume__set_user_id_gains_nothing_without_suid);
	tcase_add_test(tc, test_volume__set_user_id_gains_nothing_without_new_privileges);
	tcase_add_test(tc, test_volume__set_user_id_gains_where_both_are_asked_for);
	tcase_add_loop_test(tc, test_root__device_nodes_do_not_work, 0, 3);
	tcase_add_test(tc, test_dev__is_read_only);
	tcase_add_test(tc, test_mounts__do_not_propagate_to_a_shared_host);
	tcase_add_test(tc, test_mounts__of_the_host_are_gone);
}

static void add_kernel_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_kernel__settings_can_not_be_written, 0, COUNT(settings));
	tcase_add_loop_test(tc, test_kernel__secrets_are_masked, 0, COUNT(secrets));
	tcase_add_test(tc, test_kernel__processes_of_the_host_are_not_seen);
	tcase_add_test(tc, test_kernel__a_fresh_proc_has_read_only_settings);
	tcase_add_test(tc, test_exe__is_none_of_the_hosts);
	tcase_add_test(tc, test_network__abstract_sockets_of_the_host_are_out_of_reach);
	tcase_add_test(tc, test_network__loopback_of_the_host_is_out_of_reach);
	tcase_add_test(tc, test_network__loopback_of_its_own_is_up);
	tcase_add_loop_test(tc, test_host__is_as_it_was, 0, COUNT(changes));
}

int main(int argc, char **argv)
{
	Suite *s;
	TCase *tc;

	if (argc == 4 && strcmp(argv[1], "probe") == 0)
		return probe(argv[2], argv[3]);
	s = suite_create("security");
	tc = cli_case(s, "security");
	add_root_tests(tc);
	add_caller_tests(tc);
	add_mount_tests(tc);
	add_kernel_tests(tc);
	return suite_run(s);
}
