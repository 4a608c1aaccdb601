/* SPDX-License-Identifier: MIT */
/* Bad input: one line that names value, origin and cause, and nothing left on the host. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"

struct refusal {
	int status;
	const char *words[2];
	const char *args[6]; /* of run; ROOT stands for the root file system, WORLD for the world */
};

#define PROGRAM "--rootfs", "ROOT"

static const struct refusal refusals[] = {
	{ 125, { "--rootfs", "empty" }, { "--rootfs", "", "true" } },
	{ 125, { "none", "No such file" }, { "--rootfs", "WORLD/none", "true" } },
	{ 125, { "file", "Not a directory" }, { "--rootfs", "WORLD/file", "true" } },
	{ 127, { "sh", "PATH" }, { "--rootfs", "WORLD/empty", "sh" } },
	{ 127, { "/bin/none", "no such file" }, { PROGRAM, "/bin/none" } },
	{ 126, { "/lib64/ld-linux-x86-64.so.2", "loader" }, { PROGRAM, "/bin/bash" } },
	{ 126, { "/bin/none", "interpreter" }, { PROGRAM, "/bin/script" } },
	{ 126, { "CR LF", "/bin/sh" }, { PROGRAM, "/bin/crlf" } },
	{ 126, { "truncated", "" }, { PROGRAM, "/bin/cut" } },
	{ 126, { "empty", "" }, { PROGRAM, "/bin/zero" } },
	{ 126, { "#!", "ELF" }, { PROGRAM, "/bin/text" } },
	{ 126, { "not executable", "" }, { PROGRAM, "/bin/plain" } },
	{ 126, { "directory", "" }, { PROGRAM, "/bin" } },
	{ 126, { "circle", "" }, { PROGRAM, "/bin/loop" } },
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
	{ 125, { "--user", "root" }, { PROGRAM, "--user=root", "true" } },
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
};

static void make_bad_programs(void)
{
	char path[PATH_MAX + 32];

	world_write(world_path("file"), "x", 0644);
	world_mkdir("empty");
#define IN_ROOT(name) (snprintf(path, sizeof(path), "%s/bin/%s", cli_root, name), path)
	world_copy("/bin/bash", IN_ROOT("bash"));
	chmod(path, 0755);
	world_write(IN_ROOT("script"), "#!/bin/none\n", 0755);
	world_write(IN_ROOT("crlf"), "#!/bin/sh\r\necho\r\n", 0755);
	world_write(IN_ROOT("cut"), "\177ELF\2\1\1", 0755);
	world_write(IN_ROOT("zero"), "", 0755);
	world_write(IN_ROOT("text"), "hello\n", 0755);
	world_write(IN_ROOT("plain"), "#!/bin/sh\n", 0644);
	ck_assert_int_eq(symlink("loop", IN_ROOT("loop")), 0);
#undef IN_ROOT
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

	make_bad_programs();
	for (int i = 0; i < 6 && r->args[i]; i++)
		args[i + 1] = real(r->args[i], rooms[i], sizeof(rooms[i]));
	before = cli_count_below(world_dir);
	ck_assert_int_eq(cli_run(args), r->status);
	cli_expect_line(r->words, 2);
	ck_assert_uint_eq(cli_count_below(world_dir), before);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("refusals");
	TCase *tc = cli_case(s, "refusals");

	tcase_add_loop_test(tc, test_run__refuses, 0,
			    (int)(sizeof(refusals) / sizeof(refusals[0])));
	return suite_run(s);
}
