/* SPDX-License-Identifier: MIT */
/* Messages that were silent, named the wrong thing or gave numbers where there are names. */
#include <elf.h>
#include <endian.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "cli/cli.h"

static void write_bytes(const char *name, const char *bytes, size_t n)
{
	const char *path = world_path("root/bin/%s", name);
	int fd;

	unlink(path); /* a link to busybox */
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	ck_assert_int_eq(write(fd, bytes, n), (ssize_t)n);
	close(fd);
	ck_assert_int_eq(chmod(path, 0755), 0);
}

/* ---- programs ---- */

static const char *const short_names[] = { "cut", "ex", "e", "xec", "execute" };

START_TEST(test_message__has_the_name_of_a_program_that_is_part_of_execute)
{
	char text[64];
	const char *const words[] = { text };

	snprintf(text, sizeof(text), "execute \"%s\": ", short_names[_i]);
	unlink(world_path("root/usr/bin/%s", short_names[_i]));
	write_bytes(short_names[_i], "x\n", 2);
	ck_assert_int_eq(cli_run(CLI_RUN(short_names[_i])), CLI_NOT_EXECUTABLE);
	cli_expect_line(words, 1);
}
END_TEST

START_TEST(test_message__of_crlf_has_no_escapes)
{
	const char *const words[] = { "CR LF", "named \"/bin/sh\" with a CR" };

	world_write(world_path("root/bin/crlf"), "#!/bin/sh\r\n", 0755);
	ck_assert_int_eq(cli_run(CLI_RUN("crlf")), CLI_NOT_EXECUTABLE);
	cli_expect_line(words, 2);
	ck_assert_ptr_null(strstr(cli_err, "\\x"));
}
END_TEST

START_TEST(test_message__of_a_short_elf_file_says_that_it_is_cut)
{
	const char *const words[] = { "truncated or damaged" };

	write_bytes("short", ELFMAG "\2\1", (size_t)_i);
	ck_assert_int_eq(cli_run(CLI_RUN("short")), CLI_NOT_EXECUTABLE);
	cli_expect_line(words, 1);
}
END_TEST

static const struct {
	unsigned machine;
	const char *name;
} machines[] = {
	{ EM_X86_64, "it is for x86-64" },
	{ EM_AARCH64, "it is for aarch64" },
	{ EM_RISCV, "it is for riscv" },
	{ 65000, "it is for ELF machine 65000" },
};

/* Of the machines that tests run on, one is not foreign: the program is cut, and nothing else. */
START_TEST(test_message__of_another_machine_has_its_name)
{
	const char *const words[] = { machines[_i].name, "this one is " };
	Elf64_Ehdr header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
					   EV_CURRENT },
			      .e_type = ET_EXEC };

	header.e_machine = (Elf64_Half)machines[_i].machine;
#ifdef __x86_64__
	if (machines[_i].machine == EM_X86_64)
		return;
#elif defined(__aarch64__)
	if (machines[_i].machine == EM_AARCH64)
		return;
#endif
	write_bytes("foreign", (const char *)&header, sizeof(header));
	ck_assert_int_eq(cli_run(CLI_RUN("foreign")), CLI_NOT_EXECUTABLE);
	cli_expect_line(words, 2);
}
END_TEST

/* People expect "./a.out" to be the host's. */
static const struct {
	const char *program, *workdir, *words;
} relative[] = {
	{ "./a.out", "/", "working directory inside, /:" },
	{ "bin/a.out", "/usr", "working directory inside, /usr:" },
	{ "../a.out", "/usr/bin", "working directory inside, /usr/bin:" },
};

START_TEST(test_message__tells_where_a_relative_program_is_looked_for)
{
	const char *const words[] = { "No such file", relative[_i].words, "(-v)" };

	ck_assert_int_eq(cli_run(CLI_RUN("-w", relative[_i].workdir, relative[_i].program)),
			 CLI_NOT_FOUND);
	cli_expect_line(words, 3);
	ck_assert_int_eq(cli_run(CLI_RUN("-w", relative[_i].workdir, "/nosuch")), CLI_NOT_FOUND);
	ck_assert_ptr_null(strstr(cli_err, "(-v)"));
}
END_TEST

/* ---- file capabilities ---- */

/* As setcap(8) writes them: effective, the second version of the attribute. */
static void give_capabilities(const char *path, uint32_t low, uint32_t high)
{
	struct vfs_cap_data caps = {
		.magic_etc = htole32(VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE),
		.data = { { .permitted = htole32(low) }, { .permitted = htole32(high) } },
	};

	suite_need_root();
	if (setxattr(path, "security.capability", &caps, sizeof(caps), 0))
		suite_skip("files can't have capabilities here");
}

static void make_ping(void)
{
	unlink(world_path("root/bin/ping")); /* a link to busybox */
	unlink(world_path("root/bin/script"));
	world_copy(world_path("root/bin/busybox"), world_path("root/bin/ping"));
	give_capabilities(world_path("root/bin/ping"), 1u << CAP_NET_RAW, 0);
	world_write(world_path("root/bin/script"), "#!/bin/ping\n", 0755);
}

static const char *const pings[] = { "ping", "/bin/ping", "/bin/script" };

START_TEST(test_message__names_the_capability_of_a_file)
{
	const char *const words[] = { "Operation not permitted", "--cap-add NET_RAW,",
				      "setcap -r" };

	make_ping();
	ck_assert_int_eq(cli_run(CLI_RUN(pings[_i])), CLI_NOT_EXECUTABLE);
	cli_expect_line(words, 3);
	ck_assert_int_eq(cli_run(CLI_RUN("--init", pings[_i])), CLI_NOT_EXECUTABLE);
	cli_expect_line(words, 3);
}
END_TEST

/* What the message says helps. */
START_TEST(test_message__of_a_file_with_capabilities_is_right)
{
	make_ping();
	ck_assert_int_eq(cli_run(CLI_RUN("--cap-add", "NET_RAW", "ping", "--help")), 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "BusyBox"));
}
END_TEST

START_TEST(test_message__names_all_capabilities_of_a_file)
{
	const char *const words[] = { "--cap-add NET_ADMIN --cap-add NET_RAW --cap-add "
				      "CHECKPOINT_RESTORE," };

	make_ping();
	give_capabilities(world_path("root/bin/ping"),
			  1u << CAP_NET_RAW | 1u << CAP_NET_ADMIN | 1u << CAP_CHOWN,
			  1u << (CAP_CHECKPOINT_RESTORE - 32));
	ck_assert_int_eq(cli_run(CLI_RUN("ping")), CLI_NOT_EXECUTABLE);
	cli_expect_line(words, 1);
}
END_TEST

/* ---- the host ---- */

static void close_input(void *unused)
{
	(void)unused;
	close(STDIN_FILENO);
}

static void hide_null(void)
{
	const struct cli_start start = { .input = "", .prepare = close_input };
	const char *const words[] = { "/dev/null", "No such file or directory" };

	ck_assert_int_eq(mount("none", "/dev", "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(cli_run_as(CLI_ARGS("version"), &start), CLI_OURS);
	cli_expect_line(words, 2);
}

START_TEST(test_message__of_a_closed_stream_without_dev_null)
{
	suite_need_root();
	suite_in_mounts(hide_null);
}
END_TEST

static void run_without_proc(void)
{
	const char *const words[] = { "this may need /proc, which is not mounted here",
				      "mount -t proc" };

	ck_assert_int_eq(mount("none", "/proc", "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(cli_run(CLI_RUN("--userns=auto", "true")), CLI_OURS);
	cli_expect_line(words, 2);
	ck_assert_int_eq(cli_run(CLI_RUN("-m", "100m", "true")), CLI_OURS);
	cli_expect_line(words, 2);
	ck_assert_int_eq(cli_run(CLI_RUN("--network=ns:/proc/self/ns/net", "true")), CLI_OURS);
	cli_expect_line(words, 2);
}

START_TEST(test_message__names_a_missing_proc)
{
	suite_need_root();
	suite_need_plain_programs();
	suite_in_mounts(run_without_proc);
}
END_TEST

/* As chroot(8) makes it: a directory that is no mount point. */
static void enter_plain_directory(void *root)
{
	if (chroot(root) < 0 || chdir("/") < 0)
		_exit(98);
}

START_TEST(test_message__tells_of_a_chroot)
{
	const struct cli_start start = { .prepare = enter_plain_directory, .data = cli_root };
	const char *const words[] = { "is not a mount point, as in a chroot", "mount --bind" };

	suite_need_root();
	suite_need_plain_programs();
	suite_need_no_counts();
	ck_assert_int_eq(mknod(world_path("root/dev/null"), S_IFCHR | 0666, 0x103), 0);
	ck_assert_int_eq(cli_run_as(CLI_ARGS("run", "--rootfs", "/", "true"), &start), CLI_OURS);
	cli_expect_line(words, 2);
}
END_TEST

/* ---- roots and namespaces of others ---- */

START_TEST(test_message__names_the_root_that_a_user_may_not_enter)
{
	const char *const words[] = { "enter the root file system", cli_root,
				      "execute permission (x)" };

	suite_need_root();
	cli_use_way(CLI_AS_A_USER);
	ck_assert_int_eq(chown(cli_root, 1234, 1234), 0);
	ck_assert_int_eq(chmod(cli_root, 0700), 0);
	ck_assert_int_eq(cli_run(CLI_RUN("true")), CLI_OURS);
	cli_expect_line(words, 3);
	ck_assert_ptr_null(strstr(cli_err, "/dev"));
}
END_TEST

START_TEST(test_message__tells_that_root_of_a_namespace_may_not_enter)
{
	const char *const words[] = { "may not enter the root file system" };

	suite_need_root();
	cli_use_way(CLI_AS_ROOT_IN_A_NAMESPACE);
	ck_assert_int_eq(chown(cli_root, 1234, 1234), 0);
	ck_assert_int_eq(chmod(cli_root, 0700), 0);
	ck_assert_int_eq(cli_run(CLI_RUN("true")), CLI_OURS);
	cli_expect_line(words, 1);
}
END_TEST

START_TEST(test_message__of_a_namespace_that_is_another_users)
{
	const char *const words[] = { "/proc/1/ns/net", "trace the process" };
	const char *const kind[] = { "expected the file of a network namespace" };
	char arg[PATH_MAX + 16];

	suite_need_root();
	world_write(world_path("secret"), "", 0600);
	cli_use_way(CLI_AS_A_USER);
	ck_assert_int_eq(chown(world_path("secret"), 0, 0), 0);
	ck_assert_int_eq(cli_run(CLI_RUN("--network=ns:/proc/1/ns/net", "true")), CLI_OURS);
	cli_expect_line(words, 2);
	snprintf(arg, sizeof(arg), "--network=ns:%s", world_path("secret"));
	ck_assert_int_eq(cli_run(CLI_RUN(arg, "true")), CLI_OURS);
	cli_expect_line(kind, 1);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
	Suite *s = suite_create("messages");
	TCase *tc = cli_case(s, "messages");

	tcase_add_loop_test(tc, test_message__has_the_name_of_a_program_that_is_part_of_execute, 0,
			    COUNT(short_names));
	tcase_add_test(tc, test_message__of_crlf_has_no_escapes);
	tcase_add_loop_test(tc, test_message__of_a_short_elf_file_says_that_it_is_cut, 1, 7);
	tcase_add_loop_test(tc, test_message__of_another_machine_has_its_name, 0, COUNT(machines));
	tcase_add_loop_test(tc, test_message__tells_where_a_relative_program_is_looked_for, 0,
			    COUNT(relative));
	tcase_add_loop_test(tc, test_message__names_the_capability_of_a_file, 0, COUNT(pings));
	tcase_add_test(tc, test_message__of_a_file_with_capabilities_is_right);
	tcase_add_test(tc, test_message__names_all_capabilities_of_a_file);
	tcase_add_test(tc, test_message__of_a_closed_stream_without_dev_null);
	tcase_add_test(tc, test_message__names_a_missing_proc);
	tcase_add_test(tc, test_message__tells_of_a_chroot);
	tcase_add_test(tc, test_message__names_the_root_that_a_user_may_not_enter);
	tcase_add_test(tc, test_message__tells_that_root_of_a_namespace_may_not_enter);
	tcase_add_test(tc, test_message__of_a_namespace_that_is_another_users);
	return suite_run(s);
}
