/* SPDX-License-Identifier: MIT */
/* Paths of the host stay the host's, whatever links and ".." they go through. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "cli.h"

#define DESCRIPTOR 29

/* How often "../" leads to "/" from any directory of the world, and goes on there. */
#define UP "../../../../../../../../../../../../../../../../"

static char volume[3 * PATH_MAX];

/* The same path in the root file system has other text. */
static void make_host_file(void)
{
	world_write(world_path("srv/file"), "host\n", 0644);
	world_mkdir("srv/below");
	world_write(world_path("root%s/file", world_path("srv")), "image\n", 0644);
	world_mkdir("root%s", world_path("srv/below"));
	world_mkdir("root/host");
	world_mkdir("root/x");
	world_write(world_path("root/mnt/x"), "", 0644);
	world_mkdir("run");
}

/* A path of the host in a container that has the host's root there, or behind what leads to it. */
static const char *below(const char *before, const char *path)
{
	static char text[2][3 * PATH_MAX];
	static unsigned next;
	char *to = text[next++ % 2];

	snprintf(to, sizeof(text[0]), "%s%s", before, path);
	return to;
}

static const char *volume_of(const char *source, const char *target)
{
	snprintf(volume, sizeof(volume), "%s:%s", source, target);
	return volume;
}

/* ---- the root of the host ---- */

START_TEST(test_bind__of_the_hosts_root_shows_it_with_all_below)
{
	const char *file;

	make_host_file();
	cli_use_way(_i);
	file = world_path("srv/file");
	cli_expect("host\n/host/proc/uptime\n",
		   CLI_RUN("-v", "/:/host:ro", "--", "sh", "-c",
			   "cat /host$0; ls /host/proc/uptime; ! test -e /host/image", file));
	cli_expect("host\n", CLI_RUN("-v", "/.//:/host:ro", "--", "cat", below("/host", file)));
}
END_TEST

START_TEST(test_bind__of_the_hosts_root_can_be_written)
{
	make_host_file();
	cli_use_way(_i);
	cli_expect("", CLI_RUN("-v", "/:/host", "--", "sh", "-c", "echo new >/host$0",
			       world_path("srv/new")));
	ck_assert_str_eq(world_read(world_path("srv/new")), "new\n");
	ck_assert_int_eq(access(world_path("root%s", world_path("srv/new")), F_OK), -1);
}
END_TEST

START_TEST(test_bind__of_the_hosts_root_in_the_default_root)
{
	make_host_file();
	cli_use_way(_i);
	cli_expect("host\n", CLI_ARGS("run", "-v", "/:/mnt:ro", "--", "cat",
				      below("/mnt", world_path("srv/file"))));
}
END_TEST

START_TEST(test_bind__of_the_hosts_root_in_two_places)
{
	const char *file;

	make_host_file();
	world_mkdir("root/two");
	cli_use_way(_i);
	file = world_path("srv/file");
	cli_expect("host\nhost\nread-only\n",
		   CLI_RUN("-v", "/:/host:ro", "-v", "/:/two", "--", "sh", "-c",
			   "cat /host$0 /two$0; echo new >/two$0; { echo x >/host$0; } 2>/dev/null "
			   "|| echo read-only",
			   file));
	ck_assert_str_eq(world_read(file), "new\n");
}
END_TEST

/* ---- links and ".." ---- */

static void link_to(const char *text, const char *name)
{
	ck_assert_int_eq(symlink(text, world_path("srv/%s", name)), 0);
}

START_TEST(test_bind__source_passes_the_root)
{
	static const char *const names[] = { "relative", "absolute", "chain", "directory/file" };
	const char *dots;

	make_host_file();
	link_to(below(UP, world_path("srv/file")), "relative");
	link_to(below("/../", world_path("srv/file")), "absolute");
	link_to("relative", "chain");
	link_to(below(UP, world_path("srv")), "directory");
	cli_use_way(_i);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		cli_expect("host\n",
			   CLI_RUN("-v", volume_of(world_path("srv/%s", names[i]), "/mnt/x:ro"),
				   "--", "cat", "/mnt/x"));
	dots = below(world_path("srv/%s", UP), world_path("srv/file"));
	cli_expect("host\n", CLI_RUN("-v", volume_of(dots, "/mnt/x:ro"), "--", "cat", "/mnt/x"));
}
END_TEST

START_TEST(test_rootfs__path_passes_the_root)
{
	make_host_file();
	link_to(below(UP, cli_root), "tree");
	cli_use_way(_i);
	cli_expect("localhost\n", CLI_ARGS("run", "--rootfs", world_path("srv/tree"), "--", "cat",
					   "/etc/hostname"));
}
END_TEST

/* ---- descriptors ---- */

static void give_descriptor(void *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0 || dup2(fd, DESCRIPTOR) < 0)
		_exit(97);
}

START_TEST(test_bind__source_is_a_descriptor)
{
	static const char *const directories[] = { "/proc/self/fd/29", "/dev/fd/29",
						   "/proc/thread-self/fd/29",
						   "/proc/self/fd/29/." };
	char path[PATH_MAX];
	struct cli_start start = { .prepare = give_descriptor, .data = path };

	make_host_file();
	cli_use_way(_i);
	snprintf(path, sizeof(path), "%s", world_path("srv"));
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		cli_expect_as(
			"host\n",
			CLI_RUN("-v", volume_of(directories[i], "/x:ro"), "--", "cat", "/x/file"),
			&start);
	cli_expect_as("host\n",
		      CLI_RUN("-v", "/proc/self/fd/29/file:/mnt/x:ro", "--", "cat", "/mnt/x"),
		      &start);
	snprintf(path, sizeof(path), "%s", world_path("srv/file"));
	cli_expect_as("host\n", CLI_RUN("-v", "/proc/self/fd/29:/mnt/x:ro", "--", "cat", "/mnt/x"),
		      &start);
}
END_TEST

#define BY_DESCRIPTOR(target, ...) "--mount", "type=bind,src-fd=29,dst=" target __VA_ARGS__

START_TEST(test_mount__source_is_a_descriptor)
{
	char path[PATH_MAX];
	struct cli_start start = { .prepare = give_descriptor, .data = path };

	make_host_file();
	cli_use_way(_i);
	snprintf(path, sizeof(path), "%s", world_path("srv"));
	cli_expect_as("host\nnew\n",
		      CLI_RUN(BY_DESCRIPTOR("/x"), "--", "sh", "-c",
			      "cat /x/file; echo new >/x/file; cat /x/file"),
		      &start);
	cli_expect_as("new\nread-only\n",
		      CLI_RUN(BY_DESCRIPTOR("/x", ",ro"), "--", "sh", "-c",
			      "cat /x/file; { echo x >/x/file; } 2>/dev/null || echo read-only"),
		      &start);
	snprintf(path, sizeof(path), "%s", world_path("srv/file"));
	cli_expect_as("new\n", CLI_RUN(BY_DESCRIPTOR("/mnt/x"), "--", "cat", "/mnt/x"), &start);
}
END_TEST

/* The program itself gets no descriptor of it. */
START_TEST(test_mount__source_is_not_passed)
{
	char path[PATH_MAX];
	struct cli_start start = { .prepare = give_descriptor, .data = path };

	make_host_file();
	cli_use_way(_i);
	snprintf(path, sizeof(path), "%s", world_path("srv"));
	cli_expect_as("0\n1\n2\n3\n", CLI_RUN(BY_DESCRIPTOR("/x"), "--", "ls", "/proc/self/fd"),
		      &start);
}
END_TEST

static void give_memory_file(void *unused)
{
	(void)unused;
	if (dup2(memfd_create("x", 0), DESCRIPTOR) < 0)
		_exit(97);
}

static void give_deleted_file(void *path)
{
	give_descriptor(path);
	if (unlink(path))
		_exit(97);
}

static void give_pipe(void *unused)
{
	int ends[2];

	(void)unused;
	if (pipe(ends) || dup2(ends[0], DESCRIPTOR) < 0)
		_exit(97);
}

START_TEST(test_bind__descriptor_without_a_path_is_refused)
{
	static void (*const give[])(void *) = { give_memory_file, give_deleted_file, give_pipe };
	char path[PATH_MAX];
	struct cli_start start = { .prepare = give[_i], .data = path };

	make_host_file();
	snprintf(path, sizeof(path), "%s", world_path("srv/file"));
	ck_assert_int_eq(cli_run_as(CLI_RUN("-v", "/proc/self/fd/29:/mnt/x", "--", "true"), &start),
			 CLI_OURS);
	cli_expect_line((const char *const[]){ "/proc/self/fd/29", "has no path", "deleted" }, 3);
}
END_TEST

START_TEST(test_program__by_descriptor_is_refused)
{
	static const char *const names[] = { "/proc/self/fd/29",    "/proc/thread-self/fd/29",
					     "/dev/fd/29",	    "/dev/stdin",
					     "//proc/./self/fd/29", "/proc/1/fd/29" };
	char path[PATH_MAX];
	struct cli_start start = { .prepare = give_descriptor, .data = path };

	snprintf(path, sizeof(path), "%s", world_path("root/bin/busybox"));
	ck_assert_int_eq(cli_run_as(CLI_RUN("--", names[_i]), &start), CLI_NOT_EXECUTABLE);
	cli_expect_line((const char *const[]){ names[_i], "leads to a descriptor", "path" }, 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("host_paths");
	TCase *tc = cli_case(s, "host_paths");

	tcase_add_loop_test(tc, test_bind__of_the_hosts_root_shows_it_with_all_below, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_bind__of_the_hosts_root_can_be_written, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_bind__of_the_hosts_root_in_the_default_root, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_bind__of_the_hosts_root_in_two_places, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_bind__source_passes_the_root, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_rootfs__path_passes_the_root, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_bind__source_is_a_descriptor, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_mount__source_is_a_descriptor, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_mount__source_is_not_passed, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_bind__descriptor_without_a_path_is_refused, 0, 3);
	tcase_add_loop_test(tc, test_program__by_descriptor_is_refused, 0, 6);
	return suite_run(s);
}
