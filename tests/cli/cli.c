/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { TEXT_SIZE = 1 << 20, DEADLINE_MS = 20000, ARGS_MAX = 64 };

char cli_out[TEXT_SIZE], cli_err[TEXT_SIZE];
char cli_root[PATH_MAX];

static int way; /* enum cli_way */

static void make_root(void)
{
	way = CLI_AS_ROOT;
	snprintf(cli_root, sizeof(cli_root), "%s", world_rootfs("root"));
}

TCase *cli_case(Suite *suite, const char *name)
{
	TCase *tc = suite_case(suite, name);

	tcase_add_checked_fixture(tc, make_root, NULL);
	return tc;
}

/* ---- ways ---- */

void cli_become_user(void *unused)
{
	(void)unused;
	/* Where a build that counts lines can write them: what root's runs wrote is root's. */
	setenv("GCOV_PREFIX", world_path("counts"), 1);
	if (setgroups(0, NULL) || setresgid(CLI_USER, CLI_USER, CLI_USER) ||
	    setresuid(CLI_USER, CLI_USER, CLI_USER))
		_exit(98);
}

static bool has_user_namespaces(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (way == CLI_AS_A_USER)
			cli_become_user(NULL);
		_exit(unshare(CLONE_NEWUSER) ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status == 0;
}

static int give_entry(const char *path, const struct stat *st, int type, struct FTW *place)
{
	(void)st;
	(void)type;
	(void)place;
	return lchown(path, CLI_USER, CLI_USER);
}

void cli_use_way(int chosen)
{
	suite_need_root();
	way = chosen;
	if (way != CLI_AS_ROOT && !has_user_namespaces())
		suite_skip("this kernel lets nobody, or no ordinary user, make a user namespace");
	if (way == CLI_AS_A_USER)
		ck_assert_int_eq(nftw(world_dir, give_entry, 16, FTW_PHYS | FTW_MOUNT), 0);
}

/* ---- start ---- */

static int memory_file(const char *text)
{
	int fd = memfd_create("cli", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static int open_input(const struct cli_start *start)
{
	if (start->input)
		return memory_file(start->input);
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void become_minictr(const struct cli *cli, int in, const char *const *args,
			   const struct cli_start *start)
{
	int program;
	char *argv[ARGS_MAX] = { strdup("minictr") };
	int n = 1;

	for (int i = 0; args[i] && n + 2 < ARGS_MAX; i++) {
		argv[n++] = strdup(args[i]);
		if (i == 0 && way == CLI_AS_ROOT_IN_A_NAMESPACE && strcmp(args[0], "run") == 0)
			argv[n++] = strdup("--userns=auto");
	}
	if (dup2(in, 0) < 0 || dup2(cli->out, 1) < 0 || dup2(cli->err, 2) < 0)
		_exit(99);
	/* Whoever it becomes may not enter the directories that lead there. */
	program = fcntl(open(MINICTR_PROGRAM, O_PATH | O_CLOEXEC), F_DUPFD_CLOEXEC, 100);
	if (start->prepare)
		start->prepare(start->data);
	if (way == CLI_AS_A_USER)
		cli_become_user(NULL);
	fexecve(program, argv, environ);
	_exit(99);
}

void cli_start(struct cli *cli, const char *const *args, const struct cli_start *start)
{
	static const struct cli_start plain;
	int in;

	start = start ? start : &plain;
	in = open_input(start);
	cli->out = memory_file("");
	cli->err = memory_file("");
	cli->pid = fork();
	ck_assert_int_ge(cli->pid, 0);
	if (cli->pid == 0)
		become_minictr(cli, in, args, start);
	close(in);
}

/* ---- end ---- */

/* The offset is shared with whoever writes: leave it alone. */
static void read_back(int fd, char *text)
{
	ssize_t n = pread(fd, text, TEXT_SIZE - 1, 0);

	ck_assert_int_ge(n, 0);
	text[n] = '\0';
}

void cli_await(const struct cli *cli, const char *text)
{
	for (int turn = 0;; turn++) {
		read_back(cli->out, cli_out);
		if (strstr(cli_out, text))
			return;
		read_back(cli->err, cli_err);
		ck_assert_msg(turn < DEADLINE_MS, "\"%s\" never came, but: %s%s", text, cli_out,
			      cli_err);
		usleep(1000);
	}
}

static bool ends_in_time(pid_t pid)
{
	struct pollfd watch = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	int n;

	ck_assert_int_ge(watch.fd, 0);
	n = poll(&watch, 1, DEADLINE_MS);
	close(watch.fd);
	return n == 1;
}

int cli_finish(struct cli *cli)
{
	bool in_time = ends_in_time(cli->pid);
	int status;

	if (!in_time)
		kill(cli->pid, SIGKILL);
	ck_assert_int_eq(waitpid(cli->pid, &status, 0), cli->pid);
	read_back(cli->out, cli_out);
	read_back(cli->err, cli_err);
	close(cli->out);
	close(cli->err);
	ck_assert_msg(in_time, "minictr did not end; it said: %s%s", cli_out, cli_err);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int cli_run_as(const char *const *args, const struct cli_start *start)
{
	struct cli cli;

	cli_start(&cli, args, start);
	return cli_finish(&cli);
}

int cli_run(const char *const *args)
{
	return cli_run_as(args, NULL);
}

/* ---- demands ---- */

void cli_expect_as(const char *output, const char *const *args, const struct cli_start *start)
{
	int status = cli_run_as(args, start);

	ck_assert_msg(status == 0, "exit status %d: %s", status, cli_err);
	ck_assert_str_eq(cli_err, "");
	ck_assert_str_eq(cli_out, output);
}

void cli_expect(const char *output, const char *const *args)
{
	cli_expect_as(output, args, NULL);
}

void cli_expect_line(const char *const *words, size_t n)
{
	const char *newline = strchr(cli_err, '\n');

	ck_assert_msg(newline && newline[1] == '\0', "not one line: \"%s\"", cli_err);
	ck_assert_msg(strncmp(cli_err, "minictr", strlen("minictr")) == 0, "whose is it: %s",
		      cli_err);
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(!words[i] || strstr(cli_err, words[i]), "no \"%s\" in: %s", words[i],
			      cli_err);
}

/* ---- looking around ---- */

static size_t entries;

static int count_entry(const char *path, const struct stat *st, int type, struct FTW *place)
{
	(void)path;
	(void)st;
	(void)type;
	(void)place;
	entries++;
	return 0;
}

size_t cli_count_below(const char *path)
{
	entries = 0;
	ck_assert_int_eq(nftw(path, count_entry, 16, FTW_PHYS | FTW_MOUNT), 0);
	return entries - 1;
}

static pid_t read_child(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	return atoi(world_read(path));
}

pid_t cli_child(const struct cli *cli)
{
	pid_t child;

	CLI_UNTIL((child = read_child(cli->pid)) > 0);
	return child;
}

char cli_state(pid_t pid)
{
	char path[64];
	const char *end;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	end = strrchr(world_read(path), ')');
	return end ? end[2] : '\0';
}
