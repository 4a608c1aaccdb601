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
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef CTR_HAVE_VALGRIND
#include <seccomp.h>
#include <valgrind/valgrind.h>
#endif

#include "base/sys.h"
#include "support/leak.h"
#include "support/world.h"

#define HANG_SECONDS 300

/* One for each v1 hierarchy that a container may have a group in. */
static struct group {
	const char *controller;
	char old[PATH_MAX], path[PATH_MAX]; /* "": none */
} groups[] = {
	{ .controller = "pids" },    { .controller = "memory" }, { .controller = "cpu" },
	{ .controller = "cpuacct" }, { .controller = "cpuset" }, { .controller = "blkio" },
	{ .controller = "freezer" },
};

#define GROUPS (sizeof(groups) / sizeof(groups[0]))

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

static bool has_own_mounts;

static void own_mounts(void)
{
	has_own_mounts = unshare(CLONE_NEWNS) == 0 &&
			 mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0;
}

bool suite_has_own_mounts(void)
{
	return has_own_mounts;
}

/* The path of this process in a v1 hierarchy; false if there is none. */
static bool find_cgroup(const char *controller, char *path, size_t size)
{
	FILE *in = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX], key[32];
	bool found = false;

	snprintf(key, sizeof(key), ":%s:", controller);
	while (in && !found && fgets(line, sizeof(line), in)) {
		const char *rest = strstr(line, key);

		line[strcspn(line, "\n")] = '\0';
		if (!rest)
			continue;
		rest += strlen(key);
		found = snprintf(path, size, "/sys/fs/cgroup/%s%s", controller,
				 strcmp(rest, "/") == 0 ? "" : rest) < (int)size;
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

/* A new group of cpuset has no CPU until it is given some. */
static void copy_file(const char *from, const char *to, const char *name)
{
	char path[PATH_MAX], text[4096] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%.2048s/%s", from, name);
	file = fopen(path, "re");
	if (!file)
		return;
	(void)!fgets(text, sizeof(text), file);
	fclose(file);
	snprintf(path, sizeof(path), "%.2048s/%s", to, name);
	file = fopen(path, "we");
	if (!file)
		return;
	fputs(text, file);
	fclose(file);
}

static bool own_cgroup(struct group *group)
{
	if (!find_cgroup(group->controller, group->old, sizeof(group->old)))
		return false;
	snprintf(group->path, sizeof(group->path), "%.2048s/tests-%d", group->old, (int)getpid());
	if (mkdir(group->path, 0755)) {
		group->path[0] = '\0';
		return false;
	}
	copy_file(group->old, group->path, "cpuset.cpus");
	copy_file(group->old, group->path, "cpuset.mems");
	move_to(group->path);
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
	return groups[0].path;
}

const char *suite_group(size_t index)
{
	return index < GROUPS ? groups[index].path : NULL;
}

static int remove_groups_in(const char *path)
{
	DIR *dir = *path ? opendir(path) : NULL;
	const struct dirent *e;
	int n = 0;

	while (dir && (e = readdir(dir)))
		if (strncmp(e->d_name, "minictr-", 8) == 0)
			n += unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR) == 0;
	if (dir)
		closedir(dir);
	return n;
}

int suite_remove_groups(void)
{
	int n = 0;

	for (size_t i = 0; i < GROUPS; i++)
		n += remove_groups_in(groups[i].path);
	return n;
}

/* Valgrind does not know seccomp(2), so libseccomp takes the kernel for an old one. */
static void know_seccomp(void)
{
#ifdef CTR_HAVE_VALGRIND
	if (RUNNING_ON_VALGRIND)
		seccomp_api_set(6);
#endif
}

int suite_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	bool moved[GROUPS];
	int failed;

	know_seccomp();
	own_mounts();
	for (size_t i = 0; i < GROUPS; i++)
		moved[i] = own_cgroup(&groups[i]);
	world_begin();
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	world_end();
	for (size_t i = 0; i < GROUPS; i++) {
		if (!moved[i])
			continue;
		move_to(groups[i].old);
		remove_cgroup(groups[i].path);
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

void suite_need_plain_programs(void)
{
#ifdef SUITE_SANITIZED
	suite_skip("sanitized programs need /proc and their libraries");
#endif
}

void suite_need_no_counts(void)
{
#ifdef MINICTR_COVERAGE
	suite_skip("the counts of lines are to be written");
#endif
}

void suite_need_real_exec(void)
{
#ifdef CTR_HAVE_VALGRIND
	if (RUNNING_ON_VALGRIND)
		suite_skip("valgrind makes and answers some calls by itself");
#endif
}

void suite_need_real_processor(void)
{
#ifdef CTR_HAVE_VALGRIND
	if (RUNNING_ON_VALGRIND)
		suite_skip("valgrind's processor is another one than that of containers");
#endif
}

void suite_need_real_signals(void)
{
#ifdef CTR_HAVE_VALGRIND
	if (RUNNING_ON_VALGRIND)
		suite_skip("valgrind takes too long for a signal");
#endif
}

static int percent(void)
{
	const char *text = getenv("MINICTR_TEST_PERCENT");

#ifdef CTR_HAVE_VALGRIND
	if (RUNNING_ON_VALGRIND)
		return 1;
#endif
	return text ? atoi(text) : 100;
}

int suite_rounds(int n)
{
	int some = n * percent() / 100;

	return some > 0 ? some : 1;
}

/* linux/pidfd.h of Linux 6.15: PIDFD_GET_INFO, and PIDFD_INFO_EXIT in its mask. */
struct info {
	uint64_t mask;
	char rest[56];
};

bool suite_has_second_status(void)
{
	struct info info = { .mask = 1 << 3 };
	pid_t pid = fork();
	int pidfd, r;

	if (pid == 0)
		_exit(0);
	pidfd = sys_pidfd_open(pid, 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	r = ioctl(pidfd, _IOWR(0xff, 11, struct info), &info);
	close(pidfd);
	return r == 0 && (info.mask & 1 << 3);
}

bool suite_is_slow(void)
{
	return percent() < 100;
}

bool suite_is_slowest(void)
{
	return percent() < 10;
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

ctr_given *suite_given(const int *fds, size_t n, char *const *args)
{
	ctr_error *err = ctr_error_new();
	ctr_given *given = ctr_given_new(err);
	int r = ctr_given_set_args(given, args, err);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = ctr_given_set_fd(given, (int)i, fds[i], err);
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
	ctr_error_free(err);
	return given;
}

ctr_spec *suite_spec(const char *rootfs, const char *program, ...)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec = ctr_spec_new(err);
	va_list args;

	ck_assert_msg(spec && ctr_spec_set_rootfs(spec, rootfs, err) == 0, "%s",
		      ctr_error_message(err));
	va_start(args, program);
	for (const char *arg = program; arg; arg = va_arg(args, const char *))
		ck_assert_msg(ctr_process_add_arg(ctr_spec_get_process(spec), arg, err) == 0, "%s",
			      ctr_error_message(err));
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
	sig = ctr_container_exit_signal(container);
	code = ctr_container_exit_code(container);
	ctr_container_free(container);
	ctr_error_free(err);
	return sig ? 128 + sig : code;
}

int suite_run_spec(ctr_spec *spec, char **output)
{
	ctr_process *process = ctr_spec_get_process(spec);
	int file = -1;
	int result;

	if (output) {
		file = output_file("output");
		ck_assert_int_eq(ctr_process_set_fd(process, 1, file, NULL), 0);
		ck_assert_int_eq(ctr_process_set_fd(process, 2, file, NULL), 0);
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
