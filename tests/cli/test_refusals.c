/* SPDX-License-Identifier: MIT */
/* Bad input: one line that names value, origin and cause, and nothing left on the host. */
#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "cli/cli.h"

struct refusal {
	int status;
	const char *words[2];
	const char *args[6]; /* of run; ROOT stands for the root file system, WORLD for the world */
};

/* What the host's bash names. */
#ifdef __aarch64__
#define LOADER "/lib/ld-linux-aarch64.so.1"
#else
#define LOADER "/lib64/ld-linux-x86-64.so.2"
#endif

#define PROGRAM "--rootfs", "ROOT"

static const struct refusal refusals[] = {
	{ 125, { "--rootfs", "empty" }, { "--rootfs", "", "true" } },
	{ 125, { "none", "No such file" }, { "--rootfs", "WORLD/none", "true" } },
	{ 125, { "file", "Not a directory" }, { "--rootfs", "WORLD/file", "true" } },
	{ 127, { "sh", "PATH" }, { "--rootfs", "WORLD/empty", "sh" } },
	{ 127, { "/bin/none", "no such file" }, { PROGRAM, "/bin/none" } },
	{ 126, { LOADER, "loader" }, { PROGRAM, "/bin/bash" } },
	{ 126, { "/bin/none", "interpreter" }, { PROGRAM, "/bin/script" } },
	{ 126, { "CR LF", "/bin/sh" }, { PROGRAM, "/bin/crlf" } },
	{ 126, { "truncated", "" }, { PROGRAM, "/bin/cut" } },
	{ 126, { "empty", "" }, { PROGRAM, "/bin/zero" } },
	{ 126, { "#!", "ELF" }, { PROGRAM, "/bin/text" } },
	{ 126, { "not executable", "" }, { PROGRAM, "/bin/plain" } },
	{ 126, { "directory", "" }, { PROGRAM, "/bin" } },
	{ 126, { "loop", "" }, { PROGRAM, "/bin/loop" } },
	{ 125, { "--pids-limit", "-5" }, { PROGRAM, "--pids-limit=-5", "true" } },
	{ 125, { "--pids-limit", "0x10" }, { PROGRAM, "--pids-limit=0x10", "true" } },
	{ 125, { "--pids-limit", "\" 1\"" }, { PROGRAM, "--pids-limit= 1", "true" } },
	{ 125, { "--pids-limit", "\"\"" }, { PROGRAM, "--pids-limit=", "true" } },
	{ 125, { "--pids-limit", "10Q" }, { PROGRAM, "--pids-limit=10Q", "true" } },
	{ 125,
	  { "--pids-limit", "18446744073709551617" },
	  { PROGRAM, "--pids-limit=18446744073709551617", "true" } },
	{ 125, { "--user", "4294967295" }, { PROGRAM, "--user=4294967295", "true" } },
	{ 125, { "--user", "99999999999" }, { PROGRAM, "--user=99999999999", "true" } },
	{ 125, { "user", "/etc/passwd" }, { PROGRAM, "--user=nobody-there", "true" } },
	{ 125,
	  { "--hostname", "64" },
	  { PROGRAM, "--hostname=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    "true" } },
	{ 125, { "absolute", "etc" }, { PROGRAM, "-v", "/etc:etc", "true" } },
	{ 125, { "/none", "No such file" }, { PROGRAM, "-v", "/none:/mnt", "true" } },
	{ 125, { "directory", "file" }, { PROGRAM, "-v", "/etc:/etc/passwd", "true" } },
	{ 125, { "10Q", "--tmpfs" }, { PROGRAM, "--tmpfs=/tmp:size=10Q", "true" } },
	{ 125, { "octal", "9" }, { PROGRAM, "--tmpfs=/tmp:mode=9", "true" } },
	{ 125, { "--ulimit", "hard limit" }, { PROGRAM, "--ulimit=nofile=2:1", "true" } },
	{ 125, { "working directory", "/none" }, { PROGRAM, "-w", "/none", "true" } },
	{ 125, { "--network", "bogus" }, { PROGRAM, "--network=bogus", "true" } },
	{ 125, { "--pid-limit", "--pids-limit" }, { PROGRAM, "--pid-limit=3", "true" } },
	{ 125, { "--env-file", "none" }, { PROGRAM, "--env-file=WORLD/none", "true" } },
	/* roots and programs */
	{ 127, { "/bin/true/x", "no such file" }, { PROGRAM, "/bin/true/x" } },
	{ 127, { "/bin/dangling", "no such file" }, { PROGRAM, "/bin/dangling" } },
	{ 125, { "CMD", "program" }, { PROGRAM, "" } },
	{ 126, { "named-pipe", "not a regular file" }, { PROGRAM, "/bin/named-pipe" } },
	{ 126, { "/bin/nested", "interpreters" }, { PROGRAM, "/bin/nested" } },
	{ 126, { "names no interpreter", "" }, { PROGRAM, "/bin/nameless" } },
	{ 126, { "within the 256 bytes", "long-script" }, { PROGRAM, "/bin/long-script" } },
	{ 126, { "/bin", "directory" }, { PROGRAM, "/bin/dir-script" } },
	{ 126, { "CR LF", "/usr/bin/env" }, { PROGRAM, "/bin/crlf-env" } },
	{ 126, { "truncated", "/bin/cut-script" }, { PROGRAM, "/bin/cut-script" } },
	{ 126, { "another kind of machine", "65535" }, { PROGRAM, "/bin/foreign" } },
	{ 126, { "not a program", "" }, { PROGRAM, "/bin/object" } },
	{ 126,
	  { "/mnt/script", "noexec" },
	  { PROGRAM, "--volume=WORLD/programs:/mnt:noexec", "/mnt/script" } },
	{ 127, { "PATH, /none", "true" }, { PROGRAM, "--env=PATH=/none", "true" } },
	{ 127, { "not set", "true" }, { PROGRAM, "--unsetenv=PATH", "true" } },
	/* numbers */
	{ 125, { "--pids-limit", "\"0\"" }, { PROGRAM, "--pids-limit=0", "true" } },
	{ 125, { "--pids-limit", "+1" }, { PROGRAM, "--pids-limit=+1", "true" } },
	{ 125, { "--pids-limit", "1.5" }, { PROGRAM, "--pids-limit=1.5", "true" } },
	{ 125, { "--pids-limit", "\"1 \"" }, { PROGRAM, "--pids-limit=1 ", "true" } },
	{ 125, { "--pids-limit", "4194305" }, { PROGRAM, "--pids-limit=4194305", "true" } },
	{ 125, { "--pids-limit", "unlimitd" }, { PROGRAM, "--pids-limit=unlimitd", "true" } },
	{ 125, { "--user", "4294967295" }, { PROGRAM, "--user=0:4294967295", "true" } },
	{ 125, { "--user", "-1" }, { PROGRAM, "--user=-1", "true" } },
	{ 125, { "user \"0x1\"", "/etc/passwd" }, { PROGRAM, "--user=0x1", "true" } },
	{ 125, { "--user", "\"\"" }, { PROGRAM, "--user=", "true" } },
	{ 125, { "--user", "\"\"" }, { PROGRAM, "--user=1:", "true" } },
	{ 125, { "--user", "2:3" }, { PROGRAM, "--user=1:2:3", "true" } },
	{ 125, { "--group-add", "4294967295" }, { PROGRAM, "--group-add=4294967295", "true" } },
	{ 125, { "--user", "a b" }, { PROGRAM, "--user=a b", "true" } },
	{ 125, { "--user", "+root" }, { PROGRAM, "--user=+root", "true" } },
	{ 125, { "--user", "\\x0a" }, { PROGRAM, "--user=root\nx", "true" } },
	{ 125, { "--group-add", "a,b" }, { PROGRAM, "--group-add=a,b", "true" } },
	{ 125, { "--group-add", "\"\"" }, { PROGRAM, "--group-add=", "true" } },
	{ 125, { "group \"wheel\"", "" }, { PROGRAM, "--group-add=wheel", "true" } },
	{ 125, { "group \"wheel\"", "" }, { PROGRAM, "--user=0:wheel", "true" } },
	{ 125, { "--umask", "8" }, { PROGRAM, "--umask=8", "true" } },
	{ 125, { "--umask", "1000" }, { PROGRAM, "--umask=1000", "true" } },
	{ 125, { "--umask", "-1" }, { PROGRAM, "--umask=-1", "true" } },
	{ 125, { "--umask", "u=rwx" }, { PROGRAM, "--umask=u=rwx", "true" } },
	{ 125,
	  { "--umask", "0777777777777777777777777" },
	  { PROGRAM, "--umask=0777777777777777777777777", "true" } },
	{ 125, { "--nice", "20" }, { PROGRAM, "--nice=20", "true" } },
	{ 125, { "--nice", "-21" }, { PROGRAM, "--nice=-21", "true" } },
	{ 125, { "--nice", "+5" }, { PROGRAM, "--nice=+5", "true" } },
	{ 125, { "--nice", "\"-\"" }, { PROGRAM, "--nice=-", "true" } },
	{ 125, { "--ulimit", "nofile" }, { PROGRAM, "--ulimit=nofile", "true" } },
	{ 125, { "--ulimit", "nofiles" }, { PROGRAM, "--ulimit=nofiles=3", "true" } },
	{ 125, { "--ulimit", "1k" }, { PROGRAM, "--ulimit=core=1k", "true" } },
	{ 125, { "--ulimit", "-2" }, { PROGRAM, "--ulimit=core=-2", "true" } },
	{ 125, { "--ulimit", "2:3" }, { PROGRAM, "--ulimit=core=1:2:3", "true" } },
	{ 125,
	  { "--ulimit", "18446744073709551615" },
	  { PROGRAM, "--ulimit=core=18446744073709551615", "true" } },
	{ 125, { "--setup-timeout", "\"0\"" }, { PROGRAM, "--setup-timeout=0", "true" } },
	{ 125, { "--setup-timeout", "2147484" }, { PROGRAM, "--setup-timeout=2147484", "true" } },
	{ 125, { "--tmpfs", "-1" }, { PROGRAM, "--tmpfs=/mnt:size=-1", "true" } },
	{ 125, { "--tmpfs", "\"0\"" }, { PROGRAM, "--tmpfs=/mnt:size=0", "true" } },
	{ 125, { "--tmpfs", "0x10" }, { PROGRAM, "--tmpfs=/mnt:size=0x10", "true" } },
	{ 125, { "--tmpfs", "1kb" }, { PROGRAM, "--tmpfs=/mnt:size=1kb", "true" } },
	{ 125, { "--tmpfs", "1 k" }, { PROGRAM, "--tmpfs=/mnt:size=1 k", "true" } },
	{ 125, { "--tmpfs", "9999999999t" }, { PROGRAM, "--tmpfs=/mnt:size=9999999999t", "true" } },
	{ 125, { "--tmpfs", "10000" }, { PROGRAM, "--tmpfs=/mnt:mode=10000", "true" } },
	/* names */
	{ 125, { "--hostname", "host name" }, { PROGRAM, "--hostname=", "true" } },
	{ 125, { "--hostname", "a b" }, { PROGRAM, "--hostname=a b", "true" } },
	{ 125, { "--hostname", "a\\x0ab" }, { PROGRAM, "--hostname=a\nb", "true" } },
	{ 125, { "--domainname", "a/b" }, { PROGRAM, "--domainname=a/b", "true" } },
	{ 125, { "host name", "UTS" }, { PROGRAM, "--uts=host", "--hostname=x", "true" } },
	{ 125, { "--network", "/none" }, { PROGRAM, "--network=ns:/none", "true" } },
	{ 125, { "--network", "/etc/passwd" }, { PROGRAM, "--network=ns:/etc/passwd", "true" } },
	{ 125,
	  { "--network", "/proc/self/ns/uts" },
	  { PROGRAM, "--network=ns:/proc/self/ns/uts", "true" } },
	{ 125, { "--pid", "none" }, { PROGRAM, "--pid=none", "true" } },
	{ 125, { "--cgroupns", "ns:/x" }, { PROGRAM, "--cgroupns=ns:/x", "true" } },
	{ 125, { "--child", "vfork" }, { PROGRAM, "--child=vfork", "true" } },
	{ 125, { "--security-opt", "bogus" }, { PROGRAM, "--security-opt=bogus", "true" } },
	/* mounts */
	{ 125, { "--volume", "SRC:DST" }, { PROGRAM, "-v", "/etc", "true" } },
	{ 125, { "--volume", "empty" }, { PROGRAM, "-v", ":/mnt", "true" } },
	{ 125, { "--volume", "--mount" }, { PROGRAM, "-v", "/etc:/mnt:ro:x", "true" } },
	{ 125, { "bind on \"/\"", "below /" }, { PROGRAM, "-v", "/etc:/", "true" } },
	{ 125, { "file", "directory" }, { PROGRAM, "-v", "/etc/passwd:/etc", "true" } },
	{ 125,
	  { "/bin/true/x", "Not a directory" },
	  { PROGRAM, "-v", "/etc:/bin/true/x", "true" } },
	{ 125, { "/tmp/loop/x", "symbolic links" }, { PROGRAM, "-v", "/etc:/tmp/loop/x", "true" } },
	{ 125, { "/etc/passwd", "directory" }, { PROGRAM, "--tmpfs=/etc/passwd", "true" } },
	{ 125, { "absolute", "mnt" }, { PROGRAM, "--tmpfs=mnt", "true" } },
	{ 125, { "nfs", "no type of mount" }, { PROGRAM, "--mount=type=nfs,dst=/mnt", "true" } },
	{ 125,
	  { "create=some", "create=none" },
	  { PROGRAM, "--mount=type=tmpfs,dst=/mnt,create=some", "true" } },
	{ 125, { "--mount", "source" }, { PROGRAM, "--mount=type=bind,dst=/mnt", "true" } },
	{ 125, { "--mount", "type is missing" }, { PROGRAM, "--mount=dst=/mnt", "true" } },
	{ 125, { "--mount", "99" }, { PROGRAM, "--mount=type=bind,src-fd=99,dst=/mnt", "true" } },
	{ 125, { "--mount", "x" }, { PROGRAM, "--mount=type=bind,src-fd=x,dst=/mnt", "true" } },
	{ 125,
	  { "--mount", "given twice" },
	  { PROGRAM, "--mount=type=bind,src-fd=0,src=/,dst=/mnt", "true" } },
	{ 125, { "only a bind" }, { PROGRAM, "--mount=type=tmpfs,src-fd=0,dst=/mnt", "true" } },
	{ 125, { "--mount", "target is missing" }, { PROGRAM, "--mount=type=tmpfs", "true" } },
	{ 125, { "--mount", "relative" }, { PROGRAM, "--mount=type=tmpfs,dst=mnt", "true" } },
	{ 125, { "bogus", "unknown" }, { PROGRAM, "--mount=type=tmpfs,dst=/mnt,bogus=1", "true" } },
	{ 125,
	  { "siez", "mean size?" },
	  { PROGRAM, "--mount=type=tmpfs,dst=/mnt,siez=1", "true" } },
	{ 125, { "type", "twice" }, { PROGRAM, "--mount=type=tmpfs,type=proc,dst=/mnt", "true" } },
	{ 125, { "target", "twice" }, { PROGRAM, "--mount=type=tmpfs,dst=/a,target=/b", "true" } },
	{ 125,
	  { "source", "twice" },
	  { PROGRAM, "--mount=type=bind,src=/etc,source=/etc,dst=/mnt", "true" } },
	{ 125,
	  { "only a tmpfs", "size" },
	  { PROGRAM, "--mount=type=bind,src=/etc,dst=/mnt,size=1k", "true" } },
	{ 125, { "only a bind", "src" }, { PROGRAM, "--mount=type=proc,src=/x,dst=/mnt", "true" } },
	{ 125, { "quote", "--mount" }, { PROGRAM, "--mount=type=tmpfs,\"dst=/mnt", "true" } },
	{ 125,
	  { "field is empty", "--mount" },
	  { PROGRAM, "--mount=type=tmpfs,,dst=/mnt", "true" } },
	{ 125, { "maybe", "true or false" }, { PROGRAM, "--tmpfs=/mnt:ro=maybe", "true" } },
	{ 125, { "--mask", "absolute" }, { PROGRAM, "--mask=etc", "true" } },
	{ 125, { "mask", "below /" }, { PROGRAM, "--mask=/", "true" } },
	/* environment, directory, descriptors */
	{ 125, { "--env", "name is missing" }, { PROGRAM, "--env==x", "true" } },
	{ 125, { "--unsetenv", "A=1" }, { PROGRAM, "--unsetenv=A=1", "true" } },
	{ 125, { "env:2", "blank in the name" }, { PROGRAM, "--env-file=WORLD/env", "true" } },
	{ 125, { "env-crlf:1", "CR LF" }, { PROGRAM, "--env-file=WORLD/env-crlf", "true" } },
	{ 125, { "env-name:3", "no name" }, { PROGRAM, "--env-file=WORLD/env-name", "true" } },
	{ 125,
	  { "env-unset:2", "not have this variable" },
	  { PROGRAM, "--env-file=WORLD/env-unset", "true" } },
	{ 125, { "empty", "it is a directory" }, { PROGRAM, "--env-file=WORLD/empty", "true" } },
	{ 125, { "/dev/zero", "larger than 1 MiB" }, { PROGRAM, "--env-file=/dev/zero", "true" } },
	{ 125, { "--workdir", "absolute" }, { PROGRAM, "-w", "tmp", "true" } },
	{ 125, { "/etc/passwd", "Not a directory" }, { PROGRAM, "-w", "/etc/passwd", "true" } },
	{ 125, { "--pass-fd", "99" }, { PROGRAM, "--pass-fd=99", "true" } },
	{ 125, { "--pass-fd", "65536" }, { PROGRAM, "--pass-fd=0:65536", "true" } },
	{ 125, { "--pass-fd", "\"folder\"" }, { PROGRAM, "--pass-fd=0:5:folder", "true" } },
	{ 125, { "--pass-fd", "expected a directory" }, { PROGRAM, "--pass-fd=0:5:dir", "true" } },
	{ 125, { "--error-fd", "99" }, { PROGRAM, "--error-fd=99", "true" } },
	{ 125, { "--error-fd", "writing" }, { PROGRAM, "--error-fd=0", "true" } },
};

/* A file in the bin directory of the root. */
static const char *in_bin(const char *name)
{
	return world_path("root/bin/%s", name);
}

/* The busybox with the two bytes at offset overwritten. */
static void make_patched(const char *name, off_t offset, uint16_t value)
{
	int fd;

	world_copy("/bin/busybox", in_bin(name));
	fd = open(in_bin(name), O_WRONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, &value, sizeof(value), offset), sizeof(value));
	close(fd);
	ck_assert_int_eq(chmod(in_bin(name), 0755), 0);
}

static void make_scripts(void)
{
	char long_line[300] = "#!";

	world_write(in_bin("script"), "#!/bin/none\n", 0755);
	world_write(in_bin("crlf"), "#!/bin/sh\r\necho\r\n", 0755);
	world_write(in_bin("crlf-env"), "#!/usr/bin/env\r\n", 0755);
	world_write(in_bin("nested"), "#!/bin/nested\n", 0755);
	world_write(in_bin("nameless"), "#! \n", 0755);
	memset(long_line + 2, '/', sizeof(long_line) - 3);
	world_write(in_bin("long-script"), long_line, 0755);
	world_write(in_bin("dir-script"), "#!/bin\n", 0755);
	world_write(in_bin("cut-script"), "#!/bin/cut\n", 0755);
	world_write(in_bin("text"), "hello\n", 0755);
	world_write(in_bin("plain"), "#!/bin/sh\n", 0644);
	world_write(world_path("programs/script"), "#!/bin/sh\n", 0755);
}

static void make_binaries(void)
{
	world_copy("/bin/bash", in_bin("bash"));
	ck_assert_int_eq(chmod(in_bin("bash"), 0755), 0);
	world_write(in_bin("cut"), "\177ELF\2\1\1", 0755);
	world_write(in_bin("zero"), "", 0755);
	make_patched("foreign", offsetof(Elf64_Ehdr, e_machine), 65535);
	make_patched("object", offsetof(Elf64_Ehdr, e_type), ET_REL);
	ck_assert_int_eq(mkfifo(in_bin("named-pipe"), 0755), 0);
}

static void make_bad_files(void)
{
	world_write(world_path("file"), "x", 0644);
	world_mkdir("empty");
	make_scripts();
	make_binaries();
	ck_assert_int_eq(symlink("loop", in_bin("loop")), 0);
	ck_assert_int_eq(symlink("loop", world_path("root/tmp/loop")), 0);
	ck_assert_int_eq(symlink("/none", in_bin("dangling")), 0);
	world_write(world_path("env"), "A=1\nB C=2\n", 0644);
	world_write(world_path("env-crlf"), "A=1\r\n", 0644);
	world_write(world_path("env-name"), "# comment\n\n=1\n", 0644);
	world_write(world_path("env-unset"), "A=1\nMINICTR_TESTS_DO_NOT_SET_IT\n", 0644);
}

/* With ROOT and WORLD replaced. */
static const char *real(const char *arg, char *room, size_t size)
{
	const char *at = strstr(arg, "WORLD");

	if (strcmp(arg, "ROOT") == 0)
		return cli_root;
	if (!at)
		return arg;
	snprintf(room, size, "%.*s%s%s", (int)(at - arg), arg, world_dir, at + strlen("WORLD"));
	return room;
}

START_TEST(test_run__refuses)
{
	const struct refusal *r = &refusals[_i];
	static char rooms[6][PATH_MAX + 64];
	const char *args[8] = { "run" };
	size_t before;

	make_bad_files();
	for (int i = 0; i < 6 && r->args[i]; i++)
		args[i + 1] = real(r->args[i], rooms[i], sizeof(rooms[i]));
	before = cli_count_below(world_dir);
	ck_assert_int_eq(cli_run(args), r->status);
	cli_expect_line(r->words, 2);
	ck_assert_uint_eq(cli_count_below(world_dir), before);
}
END_TEST

/* Wherever a copy was broken off, it is told before anything is run. */
START_TEST(test_run__refuses_a_program_cut_at)
{
	static const off_t lengths[] = { 5, 16, 63, 64, 100, 119, 120, 200, 512, 4096, 100000 };
	const char *const words[] = { "/bin/cut", "truncated" };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		world_copy("/bin/busybox", in_bin("cut"));
		ck_assert_int_eq(truncate(in_bin("cut"), lengths[i]), 0);
		ck_assert_int_eq(chmod(in_bin("cut"), 0755), 0);
		ck_assert_int_eq(cli_run(CLI_RUN("/bin/cut")), CLI_NOT_EXECUTABLE);
		cli_expect_line(words, 2);
	}
}
END_TEST

START_TEST(test_run__refuses_an_env_file_that_has_no_end)
{
	const char *const words[] = { "--env-file", "1 MiB" };
	char *text = malloc((1 << 20) + 2);

	memset(text, 'a', (1 << 20) + 1);
	text[(1 << 20) + 1] = '\0';
	world_write(world_path("env"), text, 0644);
	free(text);
	ck_assert_int_eq(cli_run(CLI_RUN("--env-file", world_path("env"), "true")), CLI_OURS);
	cli_expect_line(words, 2);
}
END_TEST

/* A noexec mount of the host's stays one in a container. */
static void run_on_noexec_root(void)
{
	const char *const words[] = { "/bin/busybox", "noexec" };
	char root[PATH_MAX];

	snprintf(root, sizeof(root), "%s", world_path("noexec"));
	ck_assert_int_eq(mount("none", root, "tmpfs", MS_NOEXEC, NULL), 0);
	world_rootfs("noexec");
	ck_assert_int_eq(cli_run(CLI_ARGS("run", "--rootfs", root, "/bin/busybox")),
			 CLI_NOT_EXECUTABLE);
	cli_expect_line(words, 2);
}

START_TEST(test_run__refuses_a_program_on_a_noexec_root)
{
	world_mkdir("noexec");
	suite_in_mounts(run_on_noexec_root);
}
END_TEST

/* JSON for those who start minictr; the line stays as it is. */
static void write_json_to_9(void *data)
{
	if (dup2(*(int *)data, 9) < 0)
		_exit(99);
}

START_TEST(test_run__error_fd_gets_a_line_of_json)
{
	const char *const words[] = { "no-such-program" };
	int fd = open(world_path("json"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	const struct cli_start start = { .prepare = write_json_to_9, .data = &fd };
	const char *json;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
		cli_run_as(CLI_ARGS("run", "--error-fd=9", "--rootfs", cli_root, "no-such-program"),
			   &start),
		CLI_NOT_FOUND);
	cli_expect_line(words, 1);
	json = world_read(world_path("json"));
	ck_assert_ptr_eq(strstr(json, "{\"code\":\"not_found\",\"errno\":2,"), json);
	ck_assert_str_eq(json + strlen(json) - 2, "}\n");
	close(fd);
}
END_TEST

static void put_directory_on(void *data)
{
	const int *fds = data;

	if (dup2(open("/", fds[1] | O_DIRECTORY), fds[0]) != fds[0])
		_exit(99);
}

/* With standard error a directory there is nobody to tell, but the status. */
START_TEST(test_run__refuses_a_directory_as)
{
	int fds[] = { _i / 2, _i % 2 ? O_PATH : O_RDONLY };
	const struct cli_start start = { .prepare = put_directory_on, .data = fds };
	const char *const words[] = { "it is a directory", "descriptor" };

	ck_assert_int_eq(cli_run_as(CLI_RUN("sh", "-c", "echo ran >/tmp/ran"), &start), CLI_OURS);
	if (fds[0] != STDERR_FILENO)
		cli_expect_line(words, 2);
}
END_TEST

START_TEST(test_run__passes_a_directory_that_is_named_as_one)
{
	int fds[] = { 5, O_RDONLY };
	const struct cli_start start = { .prepare = put_directory_on, .data = fds };
	const char *const words[] = { "it is a directory", "5:7:dir" };

	ck_assert_int_eq(cli_run_as(CLI_RUN("--pass-fd=5:7", "true"), &start), CLI_OURS);
	cli_expect_line(words, 2);
	cli_expect_as(
		"yes\n",
		CLI_RUN("--pass-fd=5:7:dir", "sh", "-c", "[ -d /proc/self/fd/7 ] && echo yes"),
		&start);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("refusals");
	TCase *tc = cli_case(s, "refusals");

	tcase_add_loop_test(tc, test_run__refuses, 0,
			    (int)(sizeof(refusals) / sizeof(refusals[0])));
	tcase_add_test(tc, test_run__refuses_a_program_cut_at);
	tcase_add_test(tc, test_run__refuses_an_env_file_that_has_no_end);
	tcase_add_test(tc, test_run__refuses_a_program_on_a_noexec_root);
	tcase_add_test(tc, test_run__error_fd_gets_a_line_of_json);
	tcase_add_loop_test(tc, test_run__refuses_a_directory_as, 0, 6);
	tcase_add_test(tc, test_run__passes_a_directory_that_is_named_as_one);
	return suite_run(s);
}
