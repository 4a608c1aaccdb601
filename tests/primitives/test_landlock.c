/* SPDX-License-Identifier: MIT */
/* What landlock's rules let a process do with files, each thing tried under each set of rights. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "primitives/effect.h"
#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

enum {
	R = CTR_LANDLOCK_READ,
	W = CTR_LANDLOCK_WRITE,
	X = CTR_LANDLOCK_EXECUTE,
	NEVER = 1 << 8,
	ALWAYS = 0,
	ABI_IOCTL_DEV = 5,
	ABI_SCOPE = 6,
};

static char in[PATH_MAX], out[PATH_MAX];

/* "in" is what a rule is about, "out" what none is. */
static void make(void)
{
	static const char *const sides[] = { "in", "out" };

	err = ctr_error_new();
	if (ctr_landlock_abi(err) < 0)
		suite_skip(ctr_error_message(err));
	for (int i = 0; i < COUNT(sides); i++) {
		world_mkdir("%s/a", sides[i]);
		world_mkdir("%s/b", sides[i]);
		world_mkdir("%s/empty", sides[i]);
		world_write(world_path("%s/a/file", sides[i]), "text\n", 0644);
		world_copy("/bin/busybox", world_path("%s/busybox", sides[i]));
		ck_assert_int_eq(chmod(world_path("%s/busybox", sides[i]), 0755), 0);
	}
	snprintf(in, sizeof(in), "%s", world_path("in"));
	snprintf(out, sizeof(out), "%s", world_path("out"));
}

static void drop(void)
{
	ctr_error_free(err);
}

static void restrict_to(const char *path, uint32_t access)
{
	ck_assert_int_eq(ctr_set_no_new_privs(err), 0);
	ck_assert_msg(ctr_landlock_restrict(&path, &access, 1, err) == 0, "%s",
		      ctr_error_message(err));
}

/* ---- what is tried: 0 or errno ---- */

static const char *side; /* in or out */

static const char *path_of(const char *name)
{
	static char paths[2][PATH_MAX + 64];
	static unsigned next;
	char *path = paths[next++ % 2];

	snprintf(path, sizeof(paths[0]), "%s/%s", side, name);
	return path;
}

static int done(int r)
{
	return r < 0 ? errno : 0;
}

static int opened(const char *name, int flags)
{
	int fd = open(path_of(name), flags | O_CLOEXEC, 0644);
	int r = done(fd);

	if (fd >= 0)
		close(fd);
	return r;
}

static int try_read(void)
{
	return opened("a/file", O_RDONLY);
}

static int try_list(void)
{
	return opened("a", O_RDONLY | O_DIRECTORY);
}

static int try_write(void)
{
	return opened("a/file", O_WRONLY);
}

static int try_open_to_truncate(void)
{
	return opened("a/file", O_RDONLY | O_TRUNC);
}

static int try_truncate(void)
{
	return done(truncate(path_of("a/file"), 1));
}

static int try_create(void)
{
	return opened("a/new", O_WRONLY | O_CREAT | O_EXCL);
}

static int try_mkdir(void)
{
	return done(mkdir(path_of("a/new"), 0755));
}

static int try_rmdir(void)
{
	return done(rmdir(path_of("empty")));
}

static int try_unlink(void)
{
	return done(unlink(path_of("a/file")));
}

static int try_symlink(void)
{
	return done(symlink("x", path_of("a/new")));
}

static int try_fifo(void)
{
	return done(mkfifo(path_of("a/new"), 0644));
}

static int try_socket(void)
{
	return done(mknod(path_of("a/new"), S_IFSOCK | 0644, 0));
}

static int try_rename(void)
{
	return done(rename(path_of("a/file"), path_of("a/new")));
}

static int try_rename_across(void)
{
	return done(rename(path_of("a/file"), path_of("b/file")));
}

static int try_link_across(void)
{
	return done(link(path_of("a/file"), path_of("b/file")));
}

/* What overlayfs calls a whiteout: the one device file that takes no capability. */
static int try_device(void)
{
	return done(mknod(path_of("a/new"), S_IFCHR | 0644, makedev(0, 0)));
}

static int try_execute(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execl(path_of("busybox"), "true", NULL);
		_exit(errno);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static int try_stat(void)
{
	struct stat st;

	return done(stat(path_of("a/file"), &st));
}

static const struct {
	const char *name;
	int (*attempt)(void);
	int needs;
} attempts[] = {
	{ "read", try_read, R },
	{ "list", try_list, R },
	{ "write", try_write, W },
	{ "open to truncate", try_open_to_truncate, R | W },
	{ "truncate", try_truncate, W },
	{ "create", try_create, W },
	{ "mkdir", try_mkdir, W },
	{ "rmdir", try_rmdir, W },
	{ "unlink", try_unlink, W },
	{ "symlink", try_symlink, W },
	{ "fifo", try_fifo, W },
	{ "socket", try_socket, W },
	{ "rename", try_rename, W },
	{ "rename across", try_rename_across, W },
	{ "link across", try_link_across, W },
	{ "device", try_device, NEVER },
	{ "execute", try_execute, R | X },
	{ "stat", try_stat, ALWAYS },
};

static int current;

static bool is_refusal(int errnum)
{
	return errnum == EACCES || errnum == EXDEV;
}

static void attempt_under_rights(void)
{
	const int access = current % 7 + 1, needs = attempts[current / 7].needs;
	int (*attempt)(void) = attempts[current / 7].attempt;
	int result;

	restrict_to(in, (uint32_t)access);
	side = out;
	result = attempt();
	ck_assert_msg(needs == ALWAYS ? result == 0 : is_refusal(result), "%s outside: errno %d",
		      attempts[current / 7].name, result);
	side = in;
	result = attempt();
	ck_assert_msg((needs & access) == needs ? result == 0 : is_refusal(result),
		      "%s with %d: errno %d", attempts[current / 7].name, access, result);
}

START_TEST(test_landlock__allows_what_the_rule_says_and_nothing_else)
{
	if (attempts[_i / 7].attempt == try_execute)
		suite_need_real_exec();
	current = _i;
	suite_in_child(attempt_under_rights);
}
END_TEST

/* Each of them can be done without landlock: else the test above would say little. */
static void attempt_freely(void)
{
	side = in;
	ck_assert_int_eq(attempts[current].attempt(), 0);
}

START_TEST(test_landlock__without_it_all_can_be_done)
{
	current = _i;
	suite_in_child(attempt_freely);
}
END_TEST

/* ---- rules ---- */

static void move_between_rules(void)
{
	const char *paths[] = { in, out };
	const uint32_t access[] = { R | W, current ? R | W : R };
	char from[PATH_MAX + 8], to[PATH_MAX + 8];

	ck_assert_int_eq(ctr_set_no_new_privs(err), 0);
	ck_assert_int_eq(ctr_landlock_restrict(paths, access, 2, err), 0);
	snprintf(from, sizeof(from), "%s/a/file", in);
	snprintf(to, sizeof(to), "%s/b/file", out);
	if (current)
		ck_assert_int_eq(done(rename(from, to)), 0);
	else
		ck_assert(is_refusal(done(rename(from, to))));
}

START_TEST(test_landlock__files_move_between_what_may_be_written)
{
	current = _i;
	suite_in_child(move_between_rules);
}
END_TEST

static void rule_for_a_file(void)
{
	char path[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s/a/file", in);
	restrict_to(path, R | W | X);
	side = in;
	ck_assert_int_eq(try_read(), 0);
	ck_assert_int_eq(try_write(), 0);
	ck_assert_int_eq(try_truncate(), 0);
	ck_assert_int_eq(try_list(), EACCES);
	ck_assert_int_eq(try_unlink(), EACCES);
}

START_TEST(test_landlock__a_rule_may_be_for_one_file)
{
	suite_in_child(rule_for_a_file);
}
END_TEST

static void rule_through_a_link(void)
{
	restrict_to(world_path("link"), R);
	side = in;
	ck_assert_int_eq(try_read(), 0);
	side = out;
	ck_assert_int_eq(try_read(), EACCES);
}

START_TEST(test_landlock__links_to_a_path_are_followed)
{
	ck_assert_int_eq(symlink(in, world_path("link")), 0);
	suite_in_child(rule_through_a_link);
}
END_TEST

static void no_rule(void)
{
	int held = open(world_path("in/a/file"), O_RDONLY | O_CLOEXEC);
	char byte;

	ck_assert_int_eq(ctr_set_no_new_privs(err), 0);
	ck_assert_msg(ctr_landlock_restrict(NULL, NULL, 0, err) == 0, "%s", ctr_error_message(err));
	ck_assert_int_lt(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(read(held, &byte, 1), 1);
	close(held);
}

START_TEST(test_landlock__no_rule_allows_nothing_but_what_is_open)
{
	suite_in_child(no_rule);
}
END_TEST

static void restrict_twice(void)
{
	restrict_to(in, R | W);
	restrict_to(in, R);
	side = in;
	ck_assert_int_eq(try_read(), 0);
	ck_assert_int_eq(try_write(), EACCES);
}

START_TEST(test_landlock__a_second_time_only_takes_away)
{
	suite_in_child(restrict_twice);
}
END_TEST

static void count_descriptors(void)
{
	int before = world_count("/proc/self/fd");

	restrict_to("/", R);
	ck_assert_int_eq(world_count("/proc/self/fd"), before);
	ck_assert_int_eq(
		ctr_landlock_restrict((const char *[]){ "/nowhere" }, (uint32_t[]){ R }, 1, err),
		-1);
	ck_assert_int_eq(world_count("/proc/self/fd"), before);
}

START_TEST(test_landlock__leaves_no_descriptor)
{
	suite_in_child(count_descriptors);
}
END_TEST

static void mount_something(void)
{
	restrict_to("/", R | W | X);
	ck_assert_int_eq(done(mount("tmpfs", in, "tmpfs", 0, NULL)), EPERM);
	ck_assert_int_eq(ctr_mount_tmpfs(in, 0, 0755, 0, err), -1);
	ck_assert_int_eq(ctr_error_errno(err), EPERM);
}

START_TEST(test_landlock__nothing_can_be_mounted)
{
	suite_need_root();
	suite_in_mounts(mount_something);
}
END_TEST

static void control_a_device(void)
{
	int number, fd;

	restrict_to("/dev", current ? R | W : R);
	fd = open("/dev/ptmx", O_RDONLY | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(done(ioctl(fd, TIOCGPTN, &number)), current ? 0 : EACCES);
	close(fd);
}

START_TEST(test_landlock__ioctl_on_devices_is_writing)
{
	if (ctr_landlock_abi(err) < ABI_IOCTL_DEV)
		suite_skip("this kernel's landlock knows nothing of ioctl(2)");
	if (access("/dev/ptmx", R_OK))
		suite_skip("no /dev/ptmx");
	current = _i;
	suite_in_child(control_a_device);
}
END_TEST

/* ---- what lies outside ---- */

static int connect_to(const struct sockaddr_un *address, socklen_t size)
{
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = done(connect(sock, (const struct sockaddr *)address, size));

	close(sock);
	return r;
}

static void reach_outside(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const socklen_t size = offsetof(struct sockaddr_un, sun_path) + 24;
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path + 1, 23, "minictr-test-%d", (int)getpid());
	ck_assert_int_eq(bind(sock, (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(listen(sock, 1), 0);
	ck_assert_int_eq(connect_to(&address, size), 0);
	ck_assert_int_eq(done(kill(getppid(), 0)), 0);
	restrict_to("/", R | W | X);
	ck_assert_int_eq(connect_to(&address, size), EPERM);
	ck_assert_int_eq(done(kill(getppid(), 0)), EPERM);
	ck_assert_int_eq(done(kill(getpid(), 0)), 0);
	close(sock);
}

START_TEST(test_landlock__signals_and_abstract_sockets_stay_inside)
{
	if (ctr_landlock_abi(err) < ABI_SCOPE)
		suite_skip("this kernel's landlock knows nothing of signals and sockets");
	suite_in_child(reach_outside);
}
END_TEST

/* ---- refusals ---- */

static const struct {
	const char *path;
	uint32_t access;
	int code, errnum;
	const char *words;
} bad[] = {
	{ NULL, R, CTR_E_INVALID, 0, "landlock path \"NULL\": expected an absolute path" },
	{ "", R, CTR_E_INVALID, 0, "an absolute path" },
	{ "in", R, CTR_E_INVALID, 0, "landlock path \"in\": expected an absolute path" },
	{ "/", 0, CTR_E_INVALID, 0, "a rule that allows nothing: leave it out" },
	{ "/", 8, CTR_E_INVALID, 0, "0x8" },
	{ "/", UINT32_MAX, CTR_E_INVALID, 0, "0xfffffff8" },
	{ "/nowhere", R, CTR_E_SYSTEM, ENOENT, "allow by landlock, below /nowhere: read" },
};

static void refuse(void)
{
	const char *paths[] = { "/", bad[current].path };
	const uint32_t access[] = { R, bad[current].access };

	ck_assert_int_eq(ctr_set_no_new_privs(err), 0);
	ck_assert_int_eq(ctr_landlock_restrict(paths, access, 2, err), -1);
	suite_expect_error(err, bad[current].code, bad[current].words);
	ck_assert_int_eq(ctr_error_errno(err), bad[current].errnum);
	side = in;
	ck_assert_int_eq(try_write(), 0);
	ck_assert_int_eq(ctr_landlock_restrict(paths, access, 2, NULL), -1);
}

START_TEST(test_landlock__refuses_and_restricts_nothing)
{
	current = _i;
	suite_in_child(refuse);
}
END_TEST

/* The call that shows that it holds may be answered by another filter. */
static void restrict_below_a_filter(void)
{
	static const int answers[] = { ENOSYS, EACCES, EPERM };

	effect_deny(SYS_pivot_root, answers[current]);
	restrict_to(in, R);
	side = out;
	ck_assert_int_eq(try_read(), EACCES);
	side = in;
	ck_assert_int_eq(try_read(), 0);
	ck_assert_int_eq(try_write(), EACCES);
}

START_TEST(test_landlock__restricts_and_says_so_where_pivot_root_is_filtered)
{
	current = _i;
	suite_in_child(restrict_below_a_filter);
}
END_TEST

static void refuse_without_no_new_privs(void)
{
	const char *path = in;
	const uint32_t access = R;

	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	ck_assert_int_eq(ctr_set_ids(1000, 1000, NULL, 0, err), 0);
	ck_assert_int_eq(ctr_landlock_restrict(&path, &access, 1, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "refuse all other access to files by landlock");
	ck_assert_int_eq(ctr_error_errno(err), EPERM);
	side = out;
	ck_assert_int_eq(try_read(), 0);
	restrict_to(in, R); /* no_new_privs is all that it takes */
	ck_assert_int_eq(try_read(), EACCES);
}

START_TEST(test_landlock__needs_no_new_privs_but_no_privileges)
{
	suite_need_root();
	suite_in_child(refuse_without_no_new_privs);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("landlock");
	TCase *tc = suite_case(s, "landlock");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_landlock__allows_what_the_rule_says_and_nothing_else, 0,
			    7 * COUNT(attempts));
	tcase_add_loop_test(tc, test_landlock__without_it_all_can_be_done, 0, COUNT(attempts));
	tcase_add_loop_test(tc, test_landlock__files_move_between_what_may_be_written, 0, 2);
	tcase_add_test(tc, test_landlock__a_rule_may_be_for_one_file);
	tcase_add_test(tc, test_landlock__links_to_a_path_are_followed);
	tcase_add_test(tc, test_landlock__no_rule_allows_nothing_but_what_is_open);
	tcase_add_test(tc, test_landlock__a_second_time_only_takes_away);
	tcase_add_test(tc, test_landlock__leaves_no_descriptor);
	tcase_add_test(tc, test_landlock__nothing_can_be_mounted);
	tcase_add_loop_test(tc, test_landlock__ioctl_on_devices_is_writing, 0, 2);
	tcase_add_test(tc, test_landlock__signals_and_abstract_sockets_stay_inside);
	tcase_add_loop_test(tc, test_landlock__refuses_and_restricts_nothing, 0, COUNT(bad));
	tcase_add_loop_test(tc, test_landlock__restricts_and_says_so_where_pivot_root_is_filtered,
			    0, 3);
	tcase_add_test(tc, test_landlock__needs_no_new_privs_but_no_privileges);
	return suite_run(s);
}
