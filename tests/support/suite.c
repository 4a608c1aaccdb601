/* SPDX-License-Identifier: MIT */
#include "support/suite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef CTR_HAVE_VALGRIND
#include <valgrind/valgrind.h>
#endif

#include "support/leak.h"
#include "support/world.h"

#define HANG_SECONDS 300
#define PIDS_ROOT "/sys/fs/cgroup/pids"

static char cgroup[PATH_MAX];

TCase *suite_case(Suite *suite, const char *name)
{
	TCase *tests = tcase_create(name);

	tcase_set_timeout(tests, HANG_SECONDS);
	tcase_add_checked_fixture(tests, world_make, world_remove);
	tcase_add_checked_fixture(tests, leak_begin, leak_end);
	suite_add_tcase(suite, tests);
	return tests;
}

/* ---- a place of the program's own ---- */

static void own_mounts(void)
{
	if (unshare(CLONE_NEWNS) == 0)
		mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL);
}

/* The path of this process in the v1 pids hierarchy; false if there is none. */
static bool find_cgroup(char *path, size_t size)
{
	FILE *in = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX];
	bool found = false;

	while (in && !found && fgets(line, sizeof(line), in)) {
		const char *rest = strstr(line, ":pids:");

		line[strcspn(line, "\n")] = '\0';
		if (rest)
			found = snprintf(path, size, PIDS_ROOT "%s",
					 strcmp(rest + 6, "/") == 0 ? "" : rest + 6) < (int)size;
	}
	if (in)
		fclose(in);
	return found && access(path, W_OK) == 0;
}

static void move_to(const char *path)
{
	char file[PATH_MAX];
	int fd;

	snprintf(file, sizeof(file), "%.*s/cgroup.procs", PATH_MAX - 20, path);
	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		perror(file);
	if (fd >= 0)
		close(fd);
}

static bool own_cgroup(char *old, size_t size)
{
	if (!find_cgroup(old, size))
		return false;
	snprintf(cgroup, sizeof(cgroup), "%.*s/tests-%d", PATH_MAX - 32, old, (int)getpid());
	if (mkdir(cgroup, 0755)) {
		cgroup[0] = '\0';
		return false;
	}
	move_to(cgroup);
	return true;
}

/* Ends what a failed test has left running, and removes the groups, deepest first. */
static void remove_cgroup(const char *path)
{
	char text[PATH_MAX];
	struct dirent *e;
	FILE *members;
	DIR *dir;
	int pid;

	snprintf(text, sizeof(text), "%.*s/cgroup.procs", PATH_MAX - 20, path);
	members = fopen(text, "re");
	while (members && fscanf(members, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	if (members)
		fclose(members);
	dir = opendir(path);
	while (dir && (e = readdir(dir))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		snprintf(text, sizeof(text), "%.2048s/%s", path, e->d_name);
		remove_cgroup(text);
	}
	if (dir)
		closedir(dir);
	for (int i = 0; i < 1000 && rmdir(path) && errno == EBUSY; i++)
		usleep(1000);
}

const char *suite_cgroup(void)
{
	return cgroup;
}

int suite_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	char old[PATH_MAX];
	bool moved;
	int failed;

	own_mounts();
	moved = own_cgroup(old, sizeof(old));
	world_begin();
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	world_end();
	if (moved) {
		move_to(old);
		remove_cgroup(cgroup);
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- the course of a test ---- */

void suite_skip(const char *why)
{
	printf("SKIPPED: %s\n", why);
	fflush(stdout);
	world_remove(); /* exit(3) passes the fixtures by */
	exit(EXIT_SUCCESS);
}

void suite_need_root(void)
{
	if (geteuid() != 0)
		suite_skip("needs root");
}

void suite_need_real_exec(void)
{
#ifdef CTR_HAVE_VALGRIND
	if (RUNNING_ON_VALGRIND)
		suite_skip("valgrind can't execute a memory file");
#endif
}

static int result_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		ck_assert_int_eq(errno, EINTR);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* What _exit(2) passes by. Where the child has another root it is lost. */
static void keep_coverage(void)
{
#ifdef MINICTR_COVERAGE
	extern void __gcov_dump(void);

	__gcov_dump();
#endif
}

void suite_in_child(void (*function)(void))
{
	pid_t pid;
	int result;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		function();
		fflush(NULL);
		keep_coverage();
		_exit(EXIT_SUCCESS);
	}
	result = result_of(pid);
	ck_assert_msg(result == 0, "the child of the test ended with %d", result);
}

static void (*in_mounts)(void);

static void enter_mounts(void)
{
	ctr_error *err = ctr_error_new();

	ck_assert_msg(ctr_unshare(CTR_NS_MOUNT, err) == 0, "%s", ctr_error_message(err));
	ck_assert_msg(ctr_mount_set_propagation("/", CTR_PROPAGATION_PRIVATE, 1, err) == 0, "%s",
		      ctr_error_message(err));
	ctr_error_free(err);
	in_mounts();
}

void suite_in_mounts(void (*function)(void))
{
	suite_need_root();
	in_mounts = function;
	suite_in_child(enter_mounts);
}

void suite_expect_error(const ctr_error *err, int code, const char *words)
{
	const char *message = ctr_error_message(err);

	ck_assert_msg(ctr_error_code(err) == code, "error code %d instead of %d: %s",
		      ctr_error_code(err), code, message);
	ck_assert_msg(strstr(message, words), "\"%s\" is not in: %s", words, message);
}

/* ---- programs ---- */

ctr_spec *suite_spec(const char *rootfs, const char *program, ...)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec = ctr_spec_new(err);
	va_list args;

	ck_assert_msg(spec && ctr_spec_set_rootfs(spec, rootfs, err) == 0, "%s",
		      ctr_error_message(err));
	va_start(args, program);
	for (const char *arg = program; arg; arg = va_arg(args, const char *))
		ck_assert_msg(ctr_spec_add_arg(spec, arg, err) == 0, "%s", ctr_error_message(err));
	va_end(args);
	ctr_error_free(err);
	return spec;
}

/* A file, not a pipe: nobody has to read while the program runs. */
static int output_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_APPEND), 0);
	return fd;
}

static char *take_output(int fd)
{
	struct stat st;
	char *text;

	ck_assert_int_eq(fstat(fd, &st), 0);
	text = calloc(1, (size_t)st.st_size + 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(pread(fd, text, (size_t)st.st_size, 0), st.st_size);
	close(fd);
	return text;
}

static int spawn_and_wait(const ctr_spec *spec)
{
	ctr_error *err = ctr_error_new();
	ctr_container *container = ctr_spawn(spec, err);
	int sig, code;

	ck_assert_msg(container, "%s", ctr_error_message(err));
	ck_assert_msg(ctr_container_wait(container, -1, err) == 1, "%s", ctr_error_message(err));
	sig = ctr_container_signal(container);
	code = ctr_container_exit_code(container);
	ctr_container_free(container);
	ctr_error_free(err);
	return sig ? 128 + sig : code;
}

int suite_run_spec(ctr_spec *spec, char **output)
{
	int file = -1;
	int result;

	if (output) {
		file = output_file("output");
		ck_assert_int_eq(ctr_spec_set_fd(spec, 1, file, NULL), 0);
		ck_assert_int_eq(ctr_spec_set_fd(spec, 2, file, NULL), 0);
	}
	result = spawn_and_wait(spec);
	ctr_spec_free(spec);
	if (output)
		*output = take_output(file);
	return result;
}

static int input_file(const char *text)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	if (text)
		ck_assert_int_eq(pwrite(fd, text, strlen(text), 0), (ssize_t)strlen(text));
	return fd;
}

int suite_run_command(char *const argv[], const char *input, char **output)
{
	int in = input_file(input), out = output ? output_file("output") : -1;
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int result;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (output) {
		posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
		posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	}
	result = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	ck_assert_msg(result == 0, "%s: %s", argv[0], strerror(result));
	posix_spawn_file_actions_destroy(&actions);
	close(in);
	result = result_of(pid);
	if (output)
		*output = take_output(out);
	return result;
}
