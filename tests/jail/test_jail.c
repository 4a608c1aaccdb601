/* SPDX-License-Identifier: MIT */
/* The list, what is refused, and what is written where; test_closure.c has the libraries. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <minictr/jail.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "support/json.h"
#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;
static ctr_jail *jail;
static char host[PATH_MAX], dir[PATH_MAX];

static void begin(void)
{
	err = ctr_error_new();
	jail = ctr_jail_new(err);
	ck_assert_ptr_nonnull(jail);
	world_mkdir("host");
	world_mkdir("outside");
	snprintf(host, sizeof(host), "%s", world_path("host"));
	snprintf(dir, sizeof(dir), "%s", world_path("jail"));
}

static void end(void)
{
	ctr_jail_free(jail);
	ctr_error_free(err);
}

static void done(int r)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

/* The list as text, to be freed. */
static char *list(void)
{
	const size_t size = ctr_jail_json(jail, NULL, 0) + 1;
	char *text = malloc(size);

	ck_assert_uint_eq(ctr_jail_json(jail, text, size), size - 1);
	ck_assert_msg(json_is_valid(text), "%s", text);
	return text;
}

/* A refusal leaves the list as it was. */
static void refused(int (*add)(const char *name), const char *name, int code, const char *words)
{
	char *before = list(), *after;

	ctr_error_clear(err);
	ck_assert_int_eq(add(name), -1);
	suite_expect_error(err, code, words);
	after = list();
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}

static int add_program(const char *name)
{
	return ctr_jail_add_program(jail, name, NULL, err);
}

static int add_path(const char *path)
{
	return ctr_jail_add_path(jail, path, err);
}

static int add_extra(const char *name)
{
	return ctr_jail_add_extra(jail, name, err);
}

static const char *host_path(const char *name)
{
	return world_path("host/%s", name);
}

static void host_file(const char *name, const char *text, mode_t mode)
{
	world_write(host_path(name), text, mode);
	ck_assert_int_eq(chmod(host_path(name), mode), 0);
}

static void host_script(const char *name, const char *first_line)
{
	char text[PATH_MAX + 64];

	snprintf(text, sizeof(text), "%s\nexit 0\n", first_line);
	host_file(name, text, 0755);
}

/* The index of an entry, or the count if it is not on the list. */
static size_t find(const char *path)
{
	size_t i = 0;

	while (i < ctr_jail_count(jail) && strcmp(ctr_jail_path(jail, i), path) != 0)
		i++;
	return i;
}

static bool has(const char *path)
{
	return find(path) < ctr_jail_count(jail);
}

static void expect_reason(const char *path, const char *needed_by, const char *why)
{
	const size_t index = find(path);

	for (size_t i = 0; i < ctr_jail_reason_count(jail, index); i++) {
		const char *by = ctr_jail_needed_by(jail, index, i);

		if (strcmp(ctr_jail_reason(jail, index, i), why) == 0 &&
		    (by ? needed_by && strcmp(by, needed_by) == 0 : !needed_by))
			return;
	}
	ck_abort_msg("%s is not needed by %s as %s: %s", path, needed_by ? needed_by : "us", why,
		     list());
}

/* Listed as what does not come, once, with words of the reason. */
static void expect_left_out(const char *path, const char *needed_by, const char *words)
{
	const size_t index = find(path);
	const char *by = ctr_jail_needed_by(jail, index, 0);

	ck_assert_msg(ctr_jail_kind(jail, index) == CTR_JAIL_LEFT_OUT, "%s: %s", path, list());
	ck_assert_msg(strstr(ctr_jail_reason(jail, index, 0), words) != NULL, "%s", list());
	ck_assert_msg(by ? needed_by && strcmp(by, needed_by) == 0 : !needed_by, "%s", list());
}

static const char *in_jail(const char *host_name)
{
	return world_path("jail%s", host_path(host_name));
}

/* ---- programs ---- */

START_TEST(test_program__is_refused_by_what_is_wrong)
{
	char no_interpreter[PATH_MAX];

	host_file("plain", "text", 0644);
	host_file("cut", "\177ELF\2\1\1", 0755);
	host_script("no-interpreter", "#!/nowhere/sh");
	host_script("no-env", "#!/usr/bin/env no-such-interpreter");
	world_mkdir("host/directory");
	snprintf(no_interpreter, sizeof(no_interpreter), "%s", host_path("no-interpreter"));

	refused(add_program, NULL, CTR_E_INVALID, "absolute path");
	refused(add_program, "", CTR_E_INVALID, "absolute path");
	refused(add_program, "bin/sh", CTR_E_INVALID, "bin/sh");
	refused(add_program, "sh", CTR_E_INVALID, "sh");
	refused(add_program, "/nowhere/sh", CTR_E_NOT_FOUND, "/nowhere/sh");
	refused(add_program, host_path("plain"), CTR_E_NOT_EXECUTABLE, "chmod +x");
	refused(add_program, host_path("directory"), CTR_E_NOT_EXECUTABLE, "regular file");
	refused(add_program, "/", CTR_E_NOT_EXECUTABLE, "regular file");
	refused(add_program, host_path("plain/below"), CTR_E_NOT_FOUND, "below");
	refused(add_program, host_path("cut"), CTR_E_NOT_EXECUTABLE, "damaged");
	refused(add_program, no_interpreter, CTR_E_NOT_EXECUTABLE, "/nowhere/sh");
	refused(add_program, host_path("no-env"), CTR_E_NOT_EXECUTABLE, "no-such-interpreter");
}
END_TEST

START_TEST(test_program__is_looked_for_in_a_path)
{
	char search[2 * PATH_MAX];

	host_file("a/tool", "not executable", 0644);
	host_script("b/tool", "#!/bin/sh");
	snprintf(search, sizeof(search), "relative:%s:%s:%s", host_path("none"), host_path("a"),
		 host_path("b"));
	done(ctr_jail_add_program(jail, "tool", search, err));
	ck_assert(has(host_path("b/tool")));
	ck_assert(!has(host_path("a/tool")));
	ck_assert_int_eq(ctr_jail_add_program(jail, "no-such-tool", search, err), -1);
	suite_expect_error(err, CTR_E_NOT_FOUND, "no-such-tool");
}
END_TEST

static const struct {
	const char *line, *needs;
} scripts[] = {
	{ "#!/bin/sh", "/bin/sh" },
	{ "#! /bin/sh -e", "/bin/sh" },
	{ "#!\t/bin/sh\t", "/bin/sh" },
	{ "#!/usr/bin/env sh", "/usr/bin/env" },
	{ "#!/usr/bin/env sh", "/bin/sh" },
	{ "#!/usr/bin/env -S A=b -u C sh -e", "/bin/sh" },
	{ "#!/usr/bin/env -Ssh -e", "/bin/sh" },
	{ "#!/usr/bin/env /bin/sh", "/bin/sh" },
};

START_TEST(test_program__a_script_brings_its_interpreter)
{
	char real[PATH_MAX];

	host_script("script", scripts[_i].line);
	done(add_program(host_path("script")));
	ck_assert_ptr_nonnull(realpath(scripts[_i].needs, real));
	ck_assert_msg(has(real), "%s needs %s", scripts[_i].line, real);
}
END_TEST

START_TEST(test_program__a_circle_of_interpreters_ends)
{
	char first[PATH_MAX + 2], second[PATH_MAX + 2];

	snprintf(first, sizeof(first), "#!%s", host_path("first"));
	snprintf(second, sizeof(second), "#!%s", host_path("second"));
	host_script("first", second);
	host_script("second", first);
	done(add_program(host_path("first")));
	expect_reason(host_path("first"), host_path("second"), "interpreter");
	expect_reason(host_path("first"), NULL, "asked for");
}
END_TEST

/* ---- paths ---- */

START_TEST(test_path__links_on_the_way_are_kept)
{
	host_file("real/dir/file", "x", 0644);
	ck_assert_int_eq(symlink("real", host_path("relative")), 0);
	ck_assert_int_eq(symlink(host_path("relative/dir/../dir/file"), host_path("absolute")), 0);
	done(add_path(host_path("absolute")));
	ck_assert_uint_eq(ctr_jail_kind(jail, find(host_path("absolute"))), CTR_JAIL_LINK);
	ck_assert_str_eq(ctr_jail_target(jail, find(host_path("relative"))), "real");
	ck_assert_uint_eq(ctr_jail_kind(jail, find(host_path("real/dir"))), CTR_JAIL_DIRECTORY);
	ck_assert_uint_eq(ctr_jail_size_bytes(jail, find(host_path("real/dir/file"))), 1);
	expect_reason(host_path("real/dir/file"), NULL, "asked for");

	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_str_eq(world_read(in_jail("real/dir/file")), "x");
	ck_assert_str_eq(world_read(in_jail("relative/dir/file")), "x");
}
END_TEST

/* A shared object of a class that there is not. */
static void write_class(const char *path, unsigned char class)
{
	const Elf64_Ehdr header = { .e_ident = { 0x7f, 'E', 'L', 'F', class, ELFDATA2LSB, 1 },
				    .e_type = ET_DYN };
	FILE *out = fopen(path, "we");

	ck_assert_uint_eq(fwrite(&header, sizeof(header), 1, out), 1);
	ck_assert_int_eq(fclose(out), 0);
}

START_TEST(test_path__a_directory_comes_whole)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	host_file("tree/a/file", "1", 0644);
	host_file("tree/data.so", "\177ELF somebody's data", 0644);
	write_class(host_path("tree/class.so"), 7);
	host_script("tree/script", "#!/nowhere/interpreter");
	host_file("beside/file", "2", 0644);
	ck_assert_int_eq(symlink("nowhere", host_path("tree/dangling")), 0);
	ck_assert_int_eq(symlink("../beside", host_path("tree/to-directory")), 0);
	ck_assert_int_eq(symlink("../beside/file", host_path("tree/to-file")), 0);
	ck_assert_int_eq(mkfifo(host_path("tree/fifo"), 0600), 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", host_path("tree/s"));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);

	done(add_path(host_path("tree")));
	ck_assert(has(host_path("tree/a/file")));
	ck_assert(has(host_path("tree/data.so")));
	ck_assert(has(host_path("tree/dangling")));
	ck_assert(has(host_path("tree/to-directory")));
	/* A link that leads out of it is the link alone, and that is said. */
	ck_assert_uint_eq(ctr_jail_kind(jail, find(host_path("tree/to-file"))), CTR_JAIL_LINK);
	expect_left_out(host_path("beside"), host_path("tree/to-directory"),
			"out of the directory");
	expect_left_out(host_path("beside/file"), host_path("tree/to-file"),
			"out of the directory");
	ck_assert(!has(host_path("tree/fifo")));
	ck_assert(!has(host_path("tree/s")));
	ck_assert_uint_eq(ctr_jail_kind(jail, find("/nowhere/interpreter")), CTR_JAIL_MISSING);
	expect_reason("/nowhere/interpreter", host_path("tree/script"), "interpreter");
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_int_ne(access(world_path("jail/nowhere"), F_OK), 0);
	ck_assert_int_ne(access(in_jail("beside"), F_OK), 0);
}
END_TEST

/* Each path has to be named; what came that way is not said to be left out. */
START_TEST(test_path__what_is_left_out_may_be_asked_for)
{
	char interpreter[PATH_MAX], line[PATH_MAX + 2];

	suite_need_root();
	host_file("beside/interpreter", "no program", 0755);
	snprintf(interpreter, sizeof(interpreter), "%s", host_path("beside/interpreter"));
	snprintf(line, sizeof(line), "#!%s", interpreter);
	host_script("tree/script", line);
	ck_assert_int_eq(symlink("/dev/null", host_path("tree/device")), 0);
	ck_assert_int_eq(mknod(host_path("tree/zero"), S_IFCHR | 0666, makedev(1, 5)), 0);
	done(add_path(host_path("tree")));
	expect_left_out(interpreter, host_path("tree/script"), "ELF file or script");
	expect_left_out("/dev/null", host_path("tree/device"), "out of the directory");
	expect_left_out(host_path("tree/zero"), NULL, "a device");

	done(add_path(interpreter));
	done(add_path("/dev/null"));
	done(add_path(host_path("tree/zero")));
	ck_assert_uint_eq(ctr_jail_kind(jail, find(interpreter)), CTR_JAIL_FILE);
	ck_assert_uint_eq(ctr_jail_kind(jail, find("/dev/null")), CTR_JAIL_DEVICE);
	ck_assert_uint_eq(ctr_jail_kind(jail, find(host_path("tree/zero"))), CTR_JAIL_DEVICE);
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_str_eq(world_read(in_jail("beside/interpreter")), "no program");
}
END_TEST

/* Others may leave a link where root names a path. */
START_TEST(test_path__links_of_others_lead_to_what_those_may_read)
{
	suite_need_root();
	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	host_file("closed/key", "x", 0600);
	host_file("theirs/file", "x", 0600);
	host_file("open/file", "x", 0644);
	ck_assert_int_eq(chown(host_path("theirs"), 1234, 1234), 0);
	ck_assert_int_eq(chown(host_path("theirs/file"), 1234, 1234), 0);
	ck_assert_int_eq(symlink("closed", host_path("dir")), 0);
	ck_assert_int_eq(symlink("closed/key", host_path("file")), 0);
	ck_assert_int_eq(symlink("open/file", host_path("good")), 0);
	ck_assert_int_eq(symlink("theirs", host_path("own")), 0);
	ck_assert_int_eq(symlink("/dev/null", host_path("device")), 0);
	ck_assert_int_eq(lchown(host_path("dir"), 1234, 1234), 0);
	ck_assert_int_eq(lchown(host_path("file"), 1234, 1234), 0);
	ck_assert_int_eq(lchown(host_path("good"), 1234, 1234), 0);
	ck_assert_int_eq(lchown(host_path("own"), 1234, 1234), 0);
	ck_assert_int_eq(lchown(host_path("device"), 1234, 1234), 0);

	refused(add_path, host_path("dir"), CTR_E_INVALID, "link of another user");
	refused(add_path, host_path("dir/key"), CTR_E_INVALID, "link of another user");
	refused(add_path, host_path("file"), CTR_E_INVALID, "may not read it");
	refused(add_path, host_path("device"), CTR_E_INVALID, "below /proc, /sys or /dev");
	refused(add_program, host_path("file"), CTR_E_NOT_EXECUTABLE, "link of another user");
	done(add_path(host_path("good")));
	done(add_path(host_path("own")));
	ck_assert(has(host_path("open/file")));
	ck_assert(has(host_path("theirs/file")));
}
END_TEST

/* Unlike what a directory has by chance, a program that is asked for is told of. */
START_TEST(test_program__is_told_what_its_owner_may_not_name)
{
	char line[PATH_MAX + 2];

	suite_need_root();
	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	host_script("closed/interpreter", "#!/bin/sh");
	ck_assert_int_eq(chmod(host_path("closed"), 0700), 0);
	snprintf(line, sizeof(line), "#!%s", host_path("closed/interpreter"));
	host_script("script", line);
	ck_assert_int_eq(chown(host_path("script"), 1234, 1234), 0);
	refused(add_program, host_path("script"), CTR_E_NOT_EXECUTABLE, "may not read it");
	done(add_path(host_path("closed/interpreter")));
	done(add_program(host_path("script")));
}
END_TEST

static void include_as_user(void)
{
	ck_assert_int_eq(setresgid(1000, 1000, 1000), 0);
	ck_assert_int_eq(setresuid(1000, 1000, 1000), 0);
	done(add_path(host_path("tree")));
	expect_left_out(host_path("closed/interpreter"), host_path("tree/script"),
			"cannot be read");
	ck_assert(has(host_path("tree/file")));
	ck_assert_int_eq(add_program(host_path("tree/script")), -1);
	suite_expect_error(err, CTR_E_NOT_EXECUTABLE, "cannot be read");
}

/* One file that can't be had is no reason to refuse all others. */
START_TEST(test_path__an_interpreter_that_can_not_be_read_is_left_out)
{
	char line[PATH_MAX + 2];

	suite_need_root();
	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	host_file("closed/interpreter", "#!/bin/sh", 0711);
	host_file("tree/file", "x", 0644);
	snprintf(line, sizeof(line), "#!%s", host_path("closed/interpreter"));
	host_script("tree/script", line);
	suite_in_child(include_as_user);
}
END_TEST

static const char *const odd_interpreters[] = {
	"/etc/passwd/below", "/", "/etc", "/dev/null", "CIRCLE", "DANGLING",
};

/* What somebody's files name is no reason to refuse all of a directory. */
START_TEST(test_path__what_its_files_name_may_be_anything)
{
	const char *named = odd_interpreters[_i];
	char line[PATH_MAX + 2], script[PATH_MAX];

	ck_assert_int_eq(symlink("CIRCLE", host_path("CIRCLE")), 0);
	ck_assert_int_eq(symlink("nowhere", host_path("DANGLING")), 0);
	snprintf(line, sizeof(line), "#!%s", named[0] == '/' ? named : host_path(named));
	host_script("tree/script", line);
	snprintf(script, sizeof(script), "%s", host_path("tree/script"));
	done(add_path(host_path("tree")));
	ck_assert(has(script));

	ctr_error_clear(err);
	ck_assert_int_eq(add_program(script), -1);
	suite_expect_error(err, named[0] == 'C' ? CTR_E_SYSTEM : CTR_E_NOT_EXECUTABLE, line + 2);
}
END_TEST

/* Whoever asks for a program is told what it lacks, also if it is there with a directory. */
START_TEST(test_path__does_not_vouch_for_a_program)
{
	char script[PATH_MAX], text[PATH_MAX];

	host_script("tree/script", "#!/nowhere/interpreter");
	host_file("tree/text", "text", 0755);
	snprintf(script, sizeof(script), "%s", host_path("tree/script"));
	snprintf(text, sizeof(text), "%s", host_path("tree/text"));
	done(add_path(host_path("tree")));
	refused(add_program, script, CTR_E_NOT_EXECUTABLE, "/nowhere/interpreter");
	refused(add_program, script, CTR_E_NOT_EXECUTABLE, "/nowhere/interpreter");
	refused(add_program, text, CTR_E_NOT_EXECUTABLE, "begins neither");
}
END_TEST

#define NAMES 20000

/* A library that needs as many others as it has letters in a name: they are all its ends. */
static void write_many_names(const char *path)
{
	static struct {
		Elf64_Ehdr header;
		Elf64_Phdr segments[2];
		char names[NAMES + 2];
		Elf64_Dyn dynamic[NAMES + 3];
	} f;
	FILE *out = fopen(path, "we");

	f.header = (Elf64_Ehdr){ .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
				 .e_type = ET_DYN,
				 .e_machine = EM_X86_64,
				 .e_version = 1,
				 .e_phoff = offsetof(typeof(f), segments),
				 .e_ehsize = sizeof(f.header),
				 .e_phentsize = sizeof(f.segments[0]),
				 .e_phnum = 2 };
	f.segments[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_filesz = sizeof(f) };
	f.segments[1] = (Elf64_Phdr){ .p_type = PT_DYNAMIC,
				      .p_offset = offsetof(typeof(f), dynamic),
				      .p_filesz = sizeof(f.dynamic) };
	memset(f.names + 1, 'x', NAMES);
	f.dynamic[0] = (Elf64_Dyn){ DT_STRTAB, { offsetof(typeof(f), names) } };
	f.dynamic[1] = (Elf64_Dyn){ DT_STRSZ, { sizeof(f.names) } };
	for (Elf64_Xword i = 0; i < NAMES; i++)
		f.dynamic[2 + i] = (Elf64_Dyn){ DT_NEEDED, { 1 + i } };
	ck_assert_uint_eq(fwrite(&f, sizeof(f), 1, out), 1);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(path, 0755), 0);
}

/* A small file, and gigabytes of names. */
START_TEST(test_path__a_file_can_not_have_more_names_than_any_library)
{
	write_many_names(host_path("many"));
	done(add_path(host_path("many")));
	for (size_t i = 0; i < ctr_jail_count(jail); i++)
		ck_assert_uint_ne(ctr_jail_kind(jail, i), CTR_JAIL_MISSING);
	refused(add_program, host_path("many"), CTR_E_NOT_EXECUTABLE, "damaged");
}
END_TEST

#define DEPTH 1950

/* As deep as a path can be told: what is needed for each level is not on the stack. */
START_TEST(test_path__a_directory_may_be_deep)
{
	const int depth = suite_rounds(DEPTH);
	int fd = open(host, O_PATH | O_CLOEXEC), next;
	struct rlimit was, room;

	ck_assert_int_eq(getrlimit(RLIMIT_STACK, &was), 0);
	room = (struct rlimit){ 4 << 20, was.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_STACK, &room), 0);
	for (int i = 0; i < depth; i++) {
		ck_assert_int_eq(mkdirat(fd, "d", 0755), 0);
		next = openat(fd, "d", O_PATH | O_CLOEXEC);
		ck_assert_int_ge(next, 0);
		close(fd);
		fd = next;
	}
	close(fd);
	done(add_path(host_path("d")));
	ck_assert_uint_ge(ctr_jail_count(jail), (size_t)depth);
	ck_assert_int_eq(setrlimit(RLIMIT_STACK, &was), 0);
}
END_TEST

/* Opening a device may do what nobody asked for, so what is no file is not opened. */
START_TEST(test_path__what_is_no_file_is_not_opened)
{
	int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char event[sizeof(struct inotify_event) + NAME_MAX + 1];

	world_copy(FIXTURES "/not-a-file", host_path("not-a-file"));
	ck_assert_int_eq(mkfifo(host_path("not-a-file.so"), 0600), 0);
	ck_assert_int_ge(inotify_add_watch(watch, host_path("not-a-file.so"), IN_OPEN), 0);
	done(add_path(host_path("not-a-file")));
	ck_assert_uint_eq(ctr_jail_kind(jail, find("not-a-file.so")), CTR_JAIL_MISSING);
	ck_assert_int_eq(read(watch, event, sizeof(event)), -1);
	ck_assert_int_eq(errno, EAGAIN);
	close(watch);
}
END_TEST

static void flip_link(void)
{
	for (;;) {
		(void)!symlink("nowhere", host_path("tree/link"));
		unlink(host_path("tree/link"));
	}
}

/* One that is gone before it was read is not half there. */
START_TEST(test_path__links_have_a_target_whatever_happens_meanwhile)
{
	pid_t child;

	world_mkdir("host/tree");
	child = fork();
	if (child == 0)
		flip_link();
	for (int i = 0; i < suite_rounds(3000); i++) {
		ctr_jail_free(jail);
		jail = ctr_jail_new(err);
		add_path(host_path("tree"));
		for (size_t k = 0; k < ctr_jail_count(jail); k++)
			if (ctr_jail_kind(jail, k) == CTR_JAIL_LINK)
				ck_assert_ptr_nonnull(ctr_jail_target(jail, k));
	}
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

START_TEST(test_path__is_refused_by_what_is_wrong)
{
	ck_assert_int_eq(symlink("circle", host_path("circle")), 0);
	ck_assert_int_eq(symlink("nowhere", host_path("dangling")), 0);
	ck_assert_int_eq(mkfifo(host_path("fifo"), 0600), 0);
	refused(add_path, NULL, CTR_E_INVALID, "absolute path");
	refused(add_path, "etc", CTR_E_INVALID, "etc");
	refused(add_path, "/", CTR_E_INVALID, "root directory");
	refused(add_path, host_path("none"), CTR_E_NOT_FOUND, "none");
	refused(add_path, host_path("dangling"), CTR_E_NOT_FOUND, "dangling");
	refused(add_path, host_path("circle"), CTR_E_SYSTEM, "circle");
	refused(add_path, host_path("fifo"), CTR_E_INVALID, "fifo");
}
END_TEST

/* ---- extras ---- */

START_TEST(test_extra__has_a_name_and_a_summary)
{
	size_t n = 0;

	for (const char *name; (name = ctr_jail_extra_name(n)); n++) {
		ck_assert_str_ne(ctr_jail_extra_summary(n), "");
		for (size_t i = 0; i < n; i++)
			ck_assert_str_ne(name, ctr_jail_extra_name(i));
	}
	ck_assert_uint_gt(n, 5);
	ck_assert_ptr_null(ctr_jail_extra_summary(n));
	ck_assert_ptr_null(ctr_jail_extra_name(n + 1));
	refused(add_extra, "no such", CTR_E_INVALID, "no such");
	refused(add_extra, NULL, CTR_E_INVALID, "extra");
}
END_TEST

START_TEST(test_extra__devices_are_devices)
{
	struct stat st;

	suite_need_root();
	done(add_extra("dev"));
	expect_reason("/dev/null", NULL, "part of dev");
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_int_eq(stat(world_path("jail/dev/null"), &st), 0);
	ck_assert(S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
	ck_assert_uint_eq(st.st_mode & 07777, 0666);
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_uint_eq(ctr_jail_state(jail, find("/dev/null")), CTR_JAIL_UP_TO_DATE);
}
END_TEST

/* ---- what is written ---- */

START_TEST(test_write__keeps_permissions_owners_and_times)
{
	struct stat was, is;

	suite_need_root();
	host_file("deep/setuid", "x", 0755);
	ck_assert_int_eq(chown(host_path("deep/setuid"), 1234, 5678), 0);
	ck_assert_int_eq(chmod(host_path("deep/setuid"), 06711), 0);
	ck_assert_int_eq(chmod(host_path("deep"), 01500), 0);
	done(add_path(host_path("deep/setuid")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY | CTR_JAIL_KEEP_SETID, err));

	ck_assert_int_eq(stat(host_path("deep/setuid"), &was), 0);
	ck_assert_int_eq(stat(in_jail("deep/setuid"), &is), 0);
	ck_assert_uint_eq(is.st_mode, was.st_mode);
	ck_assert_uint_eq(is.st_uid, 1234);
	ck_assert_uint_eq(is.st_gid, 5678);
	ck_assert(is.st_mtim.tv_sec == was.st_mtim.tv_sec &&
		  is.st_mtim.tv_nsec == was.st_mtim.tv_nsec);
	ck_assert_int_eq(stat(in_jail("deep"), &is), 0);
	ck_assert_uint_eq(is.st_mode & 07777, 01500);
}
END_TEST

static mode_t mode_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

/* CAP_NET_RAW, permitted and effective: struct vfs_cap_data of linux/capability.h. */
static const uint32_t net_raw[5] = { 0x02000001, 1 << 13, 0, 0, 0 };

static bool has_capability(const char *path)
{
	char value[64];

	return getxattr(path, "security.capability", value, sizeof(value)) > 0;
}

/* What makes a program more than its caller, in the order in which they are tried. */
static void expect_rights(uint32_t flags, mode_t mode, bool capability)
{
	struct stat host_st, st;

	done(ctr_jail_write(jail, dir, flags, err));
	ck_assert_uint_eq(mode_of(in_jail("tree/setid")), mode);
	ck_assert_int_eq(has_capability(in_jail("tree/ping")), capability);
	ck_assert_uint_eq(mode_of(in_jail("tree/ping")), 0755);
	ck_assert_int_eq(stat(host_path("tree/plain"), &host_st), 0);
	ck_assert_int_eq(stat(in_jail("tree/plain"), &st), 0);
	ck_assert_int_eq(host_st.st_ino == st.st_ino, (flags & 0xff) == CTR_JAIL_HARDLINK);
	done(ctr_jail_write(jail, dir, flags, err));
	for (size_t i = 0; i < ctr_jail_count(jail); i++)
		ck_assert_uint_eq(ctr_jail_state(jail, i), CTR_JAIL_UP_TO_DATE);
	ck_assert_uint_eq(mode_of(host_path("tree/setid")), 06755);
	ck_assert(has_capability(host_path("tree/ping")));
}

/* They would be every local user's, and stay when the host's program has been mended. */
START_TEST(test_write__drops_set_id_bits_and_capabilities_unless_asked)
{
	suite_need_root();
	host_file("tree/setid", "x", 0755);
	ck_assert_int_eq(chmod(host_path("tree/setid"), 06755), 0);
	host_file("tree/ping", "x", 0755);
	ck_assert_int_eq(setxattr(host_path("tree/ping"), "security.capability", net_raw,
				  sizeof(net_raw), 0),
			 0);
	host_file("tree/plain", "x", 0755);
	done(add_path(host_path("tree")));
	expect_rights(CTR_JAIL_COPY, 0755, false);
	expect_rights(CTR_JAIL_COPY | CTR_JAIL_KEEP_SETID, 06755, true);
	expect_rights(CTR_JAIL_COPY, 0755, false);
	expect_rights(CTR_JAIL_HARDLINK | CTR_JAIL_KEEP_SETID, 06755, true);
	expect_rights(CTR_JAIL_HARDLINK, 0755, false);
}
END_TEST

START_TEST(test_write__a_jail_of_root_is_for_root_unless_asked)
{
	suite_need_root();
	host_file("a", "1", 0644);
	done(add_path(host_path("a")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_uint_eq(mode_of(dir), 0700);
	ck_assert_int_eq(chmod(dir, 0711), 0);
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY | CTR_JAIL_PUBLIC, err));
	ck_assert_uint_eq(mode_of(dir), 0711); /* one that was there is the user's */
	done(ctr_jail_write(jail, world_path("public"), CTR_JAIL_COPY | CTR_JAIL_PUBLIC, err));
	ck_assert_uint_eq(mode_of(world_path("public")), 0755);
}
END_TEST

/* An access list as the kernel has it: linux/posix_acl_xattr.h. */
static void set_acl(const char *path, const uint16_t (*entries)[2], size_t n)
{
	struct {
		uint32_t version;
		struct {
			uint16_t tag, rights;
			uint32_t id;
		} entries[8];
	} acl = { .version = 2 };

	for (size_t i = 0; i < n; i++) {
		acl.entries[i].tag = entries[i][0];
		acl.entries[i].rights = entries[i][1];
		acl.entries[i].id = entries[i][0] == 0x02 || entries[i][0] == 0x08 ? 1234 : -1u;
	}
	if (setxattr(path, "system.posix_acl_access", &acl, 4 + 8 * n, 0) != 0 &&
	    errno == EOPNOTSUPP)
		suite_skip("this file system has no access lists");
	ck_assert_uint_eq(getxattr(path, "system.posix_acl_access", &acl, sizeof(acl)), 4 + 8 * n);
}

enum { OWNER = 0x01, USER = 0x02, GROUP_OWNER = 0x04, GROUP = 0x08, MASK = 0x10, OTHERS = 0x20 };

static const struct {
	mode_t shown, copied;
	size_t n;
	uint16_t entries[6][2];
} acls[] = {
	/* The group itself may nothing: what the mode shows is the mask. */
	{ 0664,
	  0604,
	  5,
	  { { OWNER, 6 }, { USER, 6 }, { GROUP_OWNER, 0 }, { MASK, 6 }, { OTHERS, 4 } } },
	{ 0640,
	  0640,
	  5,
	  { { OWNER, 6 }, { USER, 6 }, { GROUP_OWNER, 6 }, { MASK, 4 }, { OTHERS, 0 } } },
	/* A user or a group that may less than all others. */
	{ 0644,
	  0600,
	  5,
	  { { OWNER, 6 }, { USER, 0 }, { GROUP_OWNER, 4 }, { MASK, 4 }, { OTHERS, 4 } } },
	{ 0644,
	  0640,
	  5,
	  { { OWNER, 6 }, { GROUP_OWNER, 4 }, { GROUP, 0 }, { MASK, 4 }, { OTHERS, 4 } } },
};

/* A copy has no access list, so its permissions say no more than that. */
START_TEST(test_write__a_copy_is_no_wider_than_an_access_list)
{
	host_file("tree/file", "x", 0600);
	set_acl(host_path("tree/file"), acls[_i].entries, acls[_i].n);
	ck_assert_uint_eq(mode_of(host_path("tree/file")), acls[_i].shown);
	done(add_path(host_path("tree")));
	for (int i = 0; i < 2; i++) {
		done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
		ck_assert_uint_eq(mode_of(in_jail("tree/file")), acls[_i].copied);
	}
	ck_assert_uint_eq(ctr_jail_state(jail, find(host_path("tree/file"))), CTR_JAIL_UP_TO_DATE);
}
END_TEST

START_TEST(test_write__a_directory_is_no_wider_than_an_access_list)
{
	static const uint16_t entries[][2] = {
		{ OWNER, 7 }, { USER, 7 }, { GROUP_OWNER, 0 }, { MASK, 7 }, { OTHERS, 0 }
	};

	host_file("tree/file", "x", 0644);
	set_acl(host_path("tree"), entries, 5);
	ck_assert_uint_eq(mode_of(host_path("tree")), 0770);
	done(add_path(host_path("tree")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_uint_eq(mode_of(in_jail("tree")), 0700);
}
END_TEST

static void write_as_user(void)
{
	struct stat st;

	ck_assert_int_eq(setresgid(1000, 1000, 1000), 0);
	ck_assert_int_eq(setresuid(1000, 1000, 1000), 0);
	for (int i = 0; i < 2; i++) {
		done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
		ck_assert_int_eq(stat(in_jail("deep/setuid"), &st), 0);
		ck_assert_uint_eq(st.st_mode & 07777, 0755);
		ck_assert_uint_eq(st.st_uid, 1000);
		ck_assert_int_eq(stat(in_jail("deep"), &st), 0);
		ck_assert_uint_eq(st.st_mode & 07777, 0555);
	}
	ck_assert_uint_eq(ctr_jail_state(jail, find(host_path("deep/setuid"))),
			  CTR_JAIL_UP_TO_DATE);
}

/* A set-user-ID file of the user's own would let others be the user. */
START_TEST(test_write__an_ordinary_user_passes_no_set_id_bits_on)
{
	suite_need_root();
	host_file("deep/setuid", "x", 0755);
	ck_assert_int_eq(chmod(host_path("deep/setuid"), 06755), 0);
	ck_assert_int_eq(chmod(host_path("deep"), 0555), 0);
	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	world_mkdir("jail");
	ck_assert_int_eq(chown(dir, 1000, 1000), 0);
	done(add_path(host_path("deep/setuid")));
	suite_in_child(write_as_user);
}
END_TEST

START_TEST(test_write__brings_up_to_date)
{
	struct timespec times[2];
	struct stat st;

	host_file("a", "1", 0644);
	host_file("b", "2", 0644);
	ck_assert_int_eq(symlink("a", host_path("link")), 0);
	done(add_path(host_path("link")));
	done(add_path(host_path("b")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	for (size_t i = 0; i < ctr_jail_count(jail); i++)
		ck_assert_uint_eq(ctr_jail_state(jail, i), CTR_JAIL_WRITTEN);

	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	for (size_t i = 0; i < ctr_jail_count(jail); i++)
		ck_assert_uint_eq(ctr_jail_state(jail, i), CTR_JAIL_UP_TO_DATE);

	/* Changed at the same time, gone, of another kind; and one that is nobody's business. */
	world_write(in_jail("a"), "changed", 0644);
	ck_assert_int_eq(stat(host_path("a"), &st), 0);
	times[0] = times[1] = st.st_mtim;
	ck_assert_int_eq(utimensat(AT_FDCWD, in_jail("a"), times, 0), 0);
	ck_assert_int_eq(unlink(in_jail("b")), 0);
	ck_assert_int_eq(unlink(in_jail("link")), 0);
	world_write(in_jail("link"), "a file", 0644);
	world_write(in_jail("users"), "own", 0644);
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_uint_eq(ctr_jail_state(jail, find(host_path("a"))), CTR_JAIL_WRITTEN);
	ck_assert_uint_eq(ctr_jail_state(jail, find(host_path("b"))), CTR_JAIL_WRITTEN);
	ck_assert_str_eq(world_read(in_jail("link")), "1");
	ck_assert_str_eq(world_read(in_jail("b")), "2");
	ck_assert_str_eq(world_read(in_jail("users")), "own");
}
END_TEST

START_TEST(test_write__brings_owners_up_to_date)
{
	struct stat st;

	suite_need_root();
	host_file("a", "1", 0644);
	done(add_path(host_path("a")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_int_eq(chown(host_path("a"), 1234, 5678), 0);
	ctr_jail_free(jail);
	jail = ctr_jail_new(err);
	done(add_path(host_path("a")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_int_eq(stat(in_jail("a"), &st), 0);
	ck_assert_uint_eq(st.st_uid, 1234);
	ck_assert_uint_eq(st.st_gid, 5678);
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_uint_eq(ctr_jail_state(jail, find(host_path("a"))), CTR_JAIL_UP_TO_DATE);
}
END_TEST

START_TEST(test_write__a_file_that_has_changed_is_refused)
{
	host_file("a", "1", 0644);
	done(add_path(host_path("a")));
	ck_assert_int_eq(unlink(host_path("a")), 0);
	host_file("a", "another one", 0644);
	ck_assert_int_eq(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err), -1);
	suite_expect_error(err, CTR_E_STATE, "changed");
	ck_assert_int_ne(access(in_jail("a"), F_OK), 0);
	ck_assert_int_eq(world_count(world_path("jail%s", host)), 0);
}
END_TEST

START_TEST(test_write__is_refused_by_what_is_wrong)
{
	host_file("a", "1", 0644);
	done(add_path(host_path("a")));
	ck_assert_int_eq(ctr_jail_write(jail, NULL, CTR_JAIL_COPY, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "jail directory");
	ck_assert_int_eq(ctr_jail_write(jail, "", CTR_JAIL_COPY, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "jail directory");
	ck_assert_int_eq(ctr_jail_write(jail, dir, 3, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "3");
	ck_assert_int_eq(ctr_jail_write(jail, "/", CTR_JAIL_COPY, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "host's root");
	ck_assert_int_eq(ctr_jail_write(jail, host_path("none/jail"), CTR_JAIL_COPY, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "none/jail");
	ck_assert_int_eq(ctr_jail_write(jail, host_path("a"), CTR_JAIL_COPY, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "Not a directory");
}
END_TEST

/* What each user who can open a file may hold is no lock of ours. */
START_TEST(test_write__is_not_held_up_by_locks_of_others)
{
	int held[2];

	host_file("a", "1", 0644);
	done(add_path(host_path("a")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	held[0] = open(dir, O_RDONLY | O_CLOEXEC);
	held[1] = open(in_jail("a"), O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(flock(held[i], LOCK_EX), 0);
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_int_eq(world_count(dir), 1);
	for (int i = 0; i < 2; i++)
		close(held[i]);
}
END_TEST

static void write_without_run(void)
{
	int held;

	/* Others can make files there, so it is of no use. */
	ck_assert_int_eq(mount("none", "/run", "tmpfs", 0, "mode=0777"), 0);
	ck_assert_int_eq(
		symlink(world_path("outside/victim"), world_path("jail/.minictr-jail-lock")), 0);
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_int_eq(world_count(world_path("outside")), 0);
	ck_assert_int_eq(world_count("/run"), 0);
	ck_assert_int_eq(world_count(dir), 1);

	world_write(world_path("jail/.minictr-jail-lock"), "", 0666);
	ck_assert_int_eq(chown(world_path("jail/.minictr-jail-lock"), 1234, 1234), 0);
	held = open(world_path("jail/.minictr-jail-lock"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(flock(held, LOCK_EX), 0);
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_int_eq(world_count(dir), 1);
	close(held);
}

START_TEST(test_write__locks_in_the_directory_where_there_is_no_other_place)
{
	suite_need_root();
	host_file("a", "1", 0644);
	done(add_path(host_path("a")));
	world_mkdir("jail");
	suite_in_mounts(write_without_run);
}
END_TEST

static void write_again_and_again(void)
{
	for (;;)
		ctr_jail_write(jail, dir, CTR_JAIL_COPY, err);
}

START_TEST(test_write__one_at_a_time)
{
	bool refused_once = false;
	pid_t child;

	for (int i = 0; i < 200; i++)
		host_file(world_path("host/tree/%d", i) + strlen(host) + 1, "x", 0644);
	done(add_path(host_path("tree")));
	child = fork();
	if (child == 0)
		write_again_and_again();
	for (int i = 0; i < 20000 && !refused_once; i++)
		if (ctr_jail_write(jail, dir, CTR_JAIL_COPY, err) < 0) {
			suite_expect_error(err, CTR_E_STATE, "another call is writing to it");
			refused_once = true;
		}
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert(refused_once);
	/* A writer that was killed holds nothing. */
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
}
END_TEST

START_TEST(test_write__into_what_was_added_is_refused)
{
	host_file("tree/a", "1", 0644);
	world_mkdir("host/tree/jail");
	done(add_path(host_path("tree")));
	ck_assert_int_eq(ctr_jail_write(jail, host_path("tree/jail"), CTR_JAIL_COPY, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "part of the jail itself");
	ck_assert_int_eq(world_count(host_path("tree/jail")), 0);
}
END_TEST

START_TEST(test_write__a_thing_of_another_kind_stays)
{
	host_file("d/a", "1", 0644);
	done(add_path(host_path("d/a")));
	world_mkdir("jail%s/d/a/full", host);
	ck_assert_int_eq(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err), -1);
	suite_expect_error(err, CTR_E_STATE, "another kind");
	ck_assert_int_eq(world_count(in_jail("d")), 1);
	ck_assert_int_eq(rmdir(in_jail("d/a/full")), 0);
	ck_assert_int_eq(rmdir(in_jail("d/a")), 0);
	ck_assert_int_eq(rmdir(in_jail("d")), 0);
	world_write(in_jail("d"), "a file", 0644);
	done(ctr_jail_write(jail, world_path("other"), CTR_JAIL_COPY, err));
	ck_assert_uint_eq(ctr_jail_state(jail, find(host_path("d/a"))), CTR_JAIL_WRITTEN);
	ck_assert_int_eq(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err), -1);
	suite_expect_error(err, CTR_E_STATE, "another kind");
	ck_assert_uint_eq(ctr_jail_state(jail, find(host_path("d/a"))), CTR_JAIL_UNTOUCHED);
	ck_assert_str_eq(world_read(in_jail("d")), "a file");
}
END_TEST

/* ---- a hostile directory ---- */

/* What it holds on the way to the file d/a of the host: a link to a place, by that place's name. */
static void plant(const char *place, const char *target)
{
	char above[PATH_MAX];

	snprintf(above, sizeof(above), "jail%s", host_path(place));
	*strrchr(above, '/') = '\0';
	world_mkdir("%s", above);
	ck_assert_int_eq(symlink(target, in_jail(place)), 0);
}

static const struct {
	const char *place, *target;
} traps[] = {
	{ "d", "OUTSIDE" },
	{ "d", "../../../../../../../../../../../OUTSIDE" },
	{ "d", "../../../../../../../../../../../../.." },
	{ "d/a", "OUTSIDE/victim" },
	{ "d/.minictr-jail-new", "OUTSIDE/victim" },
	{ "d/.minictr-jail-new", "OUTSIDE/new" },
	{ "d", "/proc/self/cwd" },
	{ "d", "/proc/self/root" },
};

START_TEST(test_write__nothing_outside_whatever_links_lie_in_the_jail)
{
	const uint32_t how = (uint32_t)(_i % 2 ? CTR_JAIL_HARDLINK : CTR_JAIL_COPY);
	const char *form = traps[_i / 2].target, *name = strstr(form, "OUTSIDE");
	char target[PATH_MAX];
	int home = open(".", O_PATH | O_CLOEXEC);
	struct stat st;

	host_file("d/a", "new", 0644);
	done(add_path(host_path("d/a")));
	world_write(world_path("outside/victim"), "old", 0644);
	snprintf(target, sizeof(target), "%.*s%s%s", name ? (int)(name - form) : (int)strlen(form),
		 form, name ? world_path("outside") : "", name ? name + strlen("OUTSIDE") : "");
	plant(traps[_i / 2].place, target);
	ck_assert_int_eq(chdir(world_path("outside")), 0);

	/* It may work in the jail or not; outside nothing happens. */
	ctr_jail_write(jail, dir, how, err);
	ck_assert_str_eq(world_read(world_path("outside/victim")), "old");
	ck_assert_int_eq(world_count(world_path("outside")), 1);
	ck_assert_int_eq(world_count(world_dir), 3);
	if (strchr(traps[_i / 2].place, '/')) {
		ck_assert_str_eq(world_read(in_jail("d/a")), "new");
		ck_assert_int_eq(lstat(in_jail("d/a"), &st), 0);
		ck_assert(S_ISREG(st.st_mode));
		ck_assert_int_eq(world_count(in_jail("d")), 1);
	}
	ck_assert_int_eq(fchdir(home), 0);
	close(home);
}
END_TEST

/* Who may write to a directory of the jail could have its files replace those beside it. */
START_TEST(test_write__a_link_in_the_jail_is_not_followed)
{
	host_file("tree/own/a", "new", 0644);
	done(add_path(host_path("tree/own/a")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	world_write(in_jail("other/a"), "old", 0644);
	ck_assert_int_eq(rename(in_jail("tree/own"), in_jail("tree/moved")), 0);
	ck_assert_int_eq(symlink("../other", in_jail("tree/own")), 0);

	ck_assert_int_eq(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err), -1);
	suite_expect_error(err, CTR_E_STATE, "something of another kind is in its place");
	ck_assert_str_eq(world_read(in_jail("other/a")), "old");
	ck_assert_int_eq(world_count(in_jail("other")), 1);
}
END_TEST

/* What is private on the host would be readable to who owns the directory in the jail. */
START_TEST(test_write__a_directory_of_another_user_in_the_jail_is_refused)
{
	suite_need_root();
	host_file("tree/private/key", "secret", 0644);
	done(add_path(host_path("tree/private/key")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_int_eq(rename(in_jail("tree/private"), in_jail("tree/old")), 0);
	ck_assert_int_eq(mkdir(in_jail("tree/private"), 0755), 0);
	ck_assert_int_eq(chown(in_jail("tree/private"), 1234, 1234), 0);

	ck_assert_int_eq(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err), -1);
	suite_expect_error(err, CTR_E_STATE, "belongs to another user than on the host");
	ck_assert_int_eq(world_count(in_jail("tree/private")), 0);
}
END_TEST

#define RACE_ROUNDS 300

/* Until it is killed: the directory of the jail's file, a link to outside, and so on. */
static void exchange(const char *directory, const char *link)
{
	for (;;)
		if (renameat2(AT_FDCWD, directory, AT_FDCWD, link, RENAME_EXCHANGE) != 0)
			_exit(1);
}

START_TEST(test_write__race_of_directory_and_link_stays_inside)
{
	char directory[PATH_MAX], link[PATH_MAX];
	int written = 0;
	pid_t pid;

	host_file("d/e/a", "new", 0644);
	done(add_path(host_path("d/e/a")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	world_mkdir("outside/e");
	snprintf(directory, sizeof(directory), "%s", in_jail("d"));
	snprintf(link, sizeof(link), "%s", in_jail("link"));
	ck_assert_int_eq(symlink(world_path("outside"), link), 0);
	pid = fork();
	if (pid == 0)
		exchange(directory, link);
	/* On a busy machine the other process may have all of the time for a while. */
	for (int i = 0; i < suite_rounds(RACE_ROUNDS) || (!written && i < 50 * RACE_ROUNDS); i++) {
		unlink(in_jail("d/e/a"));
		written += ctr_jail_write(jail, dir, CTR_JAIL_COPY, err) == 0;
	}
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_eq(world_count(world_path("outside/e")), 0);
	ck_assert_int_eq(world_count(world_path("outside")), 1);
	ck_assert_int_gt(written, 0);
}
END_TEST

/* The key's directory is called private again, and there is no other. */
static void part(const char *new, const char *private)
{
	char key[PATH_MAX + 4], rm[] = "rm", option[] = "-rf", name[PATH_MAX];
	char *args[] = { rm, option, name, NULL };

	snprintf(key, sizeof(key), "%s/key", private);
	if (access(key, F_OK) != 0)
		ck_assert_int_eq(renameat2(AT_FDCWD, new, AT_FDCWD, private, RENAME_EXCHANGE), 0);
	snprintf(name, sizeof(name), "%s", new);
	ck_assert_int_eq(suite_run_command(args, NULL, NULL), 0);
}

/*
 * A directory that is closed at the end is the one that was made: another one that has its name
 * by then, root's own, must not be given to the user that owns it on the host.
 */
START_TEST(test_write__a_directory_exchanged_with_a_new_one_is_not_given_away)
{
	char new[PATH_MAX], private[PATH_MAX];
	struct stat st;
	int fd;

	suite_need_root();
	host_file("tree/new/f", "new", 0644);
	ck_assert_int_eq(chown(host_path("tree/new"), 1234, 1234), 0);
	ck_assert_int_eq(chmod(host_path("tree/new"), 0555), 0);
	done(add_path(host_path("tree/new/f")));
	done(add_path("/usr/bin/env"));
	world_write(in_jail("tree/private/key"), "secret", 0644);
	ck_assert_int_eq(chmod(in_jail("tree/private"), 0700), 0);
	snprintf(new, sizeof(new), "%s", in_jail("tree/new"));
	snprintf(private, sizeof(private), "%s", in_jail("tree/private"));
	fd = open(private, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < suite_rounds(RACE_ROUNDS); i++) {
		pid_t pid = fork();

		if (pid == 0)
			for (;;)
				renameat2(AT_FDCWD, new, AT_FDCWD, private, RENAME_EXCHANGE);
		ctr_jail_write(jail, dir, CTR_JAIL_COPY, err);
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		ck_assert_int_eq(fstat(fd, &st), 0);
		ck_assert_uint_eq(st.st_uid, 0);
		ck_assert_uint_eq(st.st_mode & 07777, 0700);
		part(new, private);
	}
	close(fd);
}
END_TEST

/* Puts a further name of a file outside where new files are made. */
static void swap(const char *victim, const char *place)
{
	int fd = open(place, O_PATH | O_CLOEXEC);

	for (;;) {
		(void)!linkat(AT_FDCWD, victim, fd, ".other", 0);
		renameat(fd, ".other", fd, ".minictr-jail-new");
	}
}

/*
 * While it is made, too: who may write there may swap what is about to be given away: a
 * link, or a device.
 */
START_TEST(test_write__nothing_outside_is_given_away)
{
	char victim[PATH_MAX], place[PATH_MAX], made[PATH_MAX];
	pid_t child;
	struct stat st;

	suite_need_root();
	world_write(world_path("outside/victim"), "secret", 0600);
	snprintf(victim, sizeof(victim), "%s", world_path("outside/victim"));
	world_mkdir("host/tree");
	ck_assert_int_eq(symlink("nowhere", host_path("tree/link")), 0);
	ck_assert_int_eq(lchown(host_path("tree/link"), 1234, 1234), 0);
	done(_i ? add_path("/dev/null") : add_path(host_path("tree")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	snprintf(made, sizeof(made), "%s", _i ? world_path("jail/dev/null") : in_jail("tree/link"));
	snprintf(place, sizeof(place), "%.*s", (int)(strrchr(made, '/') - made), made);
	child = fork();
	if (child == 0)
		swap(victim, place);
	for (int i = 0; i < suite_rounds(3000); i++) {
		unlink(made);
		ctr_jail_write(jail, dir, CTR_JAIL_COPY, err);
	}
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert_int_eq(stat(victim, &st), 0);
	ck_assert_uint_eq(st.st_uid, 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

static void write_over_the_host(void)
{
	struct stat was, is;

	world_mkdir("jail%s", host_path("tree"));
	world_write(in_jail("file"), "", 0644);
	ck_assert_int_eq(mount(host_path("tree"), in_jail("tree"), "none", MS_BIND, NULL), 0);
	ck_assert_int_eq(mount(host_path("file"), in_jail("file"), "none", MS_BIND, NULL), 0);
	ck_assert_int_eq(stat(host_path("tree/a"), &was), 0);
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_int_eq(stat(host_path("tree/a"), &is), 0);
	ck_assert_uint_eq(was.st_ino, is.st_ino);
	ck_assert_uint_eq(ctr_jail_state(jail, find(host_path("tree/a"))), CTR_JAIL_UP_TO_DATE);
	ck_assert_uint_eq(ctr_jail_state(jail, find(host_path("file"))), CTR_JAIL_UP_TO_DATE);
}

/* Replaced by a copy of itself the host's file would lose what a copy has not: its rights. */
START_TEST(test_write__leaves_the_host_alone_where_it_is_mounted)
{
	suite_need_root();
	host_file("tree/a", "1", 0644);
	host_file("file", "2", 0644);
	done(add_path(host_path("tree")));
	done(add_path(host_path("file")));
	suite_in_mounts(write_over_the_host);
}
END_TEST

/* ---- other ways to make files ---- */

START_TEST(test_write__hard_links_are_the_hosts_files)
{
	struct stat was, is;

	host_file("a", "1", 0644);
	done(add_path(host_path("a")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	done(ctr_jail_write(jail, dir, CTR_JAIL_HARDLINK, err));
	ck_assert_int_eq(stat(host_path("a"), &was), 0);
	ck_assert_int_eq(stat(in_jail("a"), &is), 0);
	ck_assert_uint_eq(was.st_ino, is.st_ino);
	done(ctr_jail_write(jail, dir, CTR_JAIL_HARDLINK, err));
	ck_assert_uint_eq(ctr_jail_state(jail, find(host_path("a"))), CTR_JAIL_UP_TO_DATE);

	/* A copy is one again: who writes it does not write the host's. */
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_int_eq(stat(in_jail("a"), &is), 0);
	ck_assert_uint_ne(was.st_ino, is.st_ino);
}
END_TEST

static void write_elsewhere(void)
{
	char other[PATH_MAX];

	world_mkdir("other");
	snprintf(other, sizeof(other), "%s", world_path("other"));
	ck_assert_int_eq(mount("none", other, "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(ctr_jail_write(jail, other, CTR_JAIL_HARDLINK, err), -1);
	suite_expect_error(err, CTR_E_UNSUPPORTED, "another file system");
	ck_assert_int_eq(ctr_jail_write(jail, other, CTR_JAIL_REFLINK, err), -1);
	suite_expect_error(err, CTR_E_UNSUPPORTED, "copy it");
	ck_assert_int_eq(world_count(world_path("other%s", host)), 0);
	done(ctr_jail_write(jail, other, CTR_JAIL_COPY, err));
	ck_assert_str_eq(world_read(world_path("other%s", host_path("a"))), "1");
	ck_assert_int_eq(umount(other), 0);
}

START_TEST(test_write__to_another_file_system_it_can_only_copy)
{
	host_file("a", "1", 0644);
	done(add_path(host_path("a")));
	suite_in_mounts(write_elsewhere);
}
END_TEST

/* More than one read's worth, on file systems that can and that can't copy by themselves. */
START_TEST(test_write__copies_all_bytes)
{
	char *big = malloc(300001), *is;
	int fd;

	for (int i = 0; i < 300000; i++)
		big[i] = (char)('a' + i % 23);
	big[300000] = '\0';
	host_file("big", big, 0644);
	host_file("empty", "", 0644);
	done(add_path(host_path("big")));
	done(add_path(host_path("empty")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	is = calloc(1, 300002);
	fd = open(in_jail("big"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(read(fd, is, 300001), 300000);
	close(fd);
	ck_assert_str_eq(is, big);
	ck_assert_str_eq(world_read(in_jail("empty")), "");
	ck_assert_int_eq(access(in_jail("empty"), F_OK), 0);
	free(big);
	free(is);
}
END_TEST

#define SPARSE_SIZE (1LL << 33)

/* As large as a disk, and there is nothing in it but at three places. */
START_TEST(test_write__a_sparse_file_stays_sparse)
{
	static const off_t places[] = { 0, 1 << 30, SPARSE_SIZE - 1 };
	char c;
	struct stat st;
	int fd;

	host_file("sparse", "", 0644);
	fd = open(host_path("sparse"), O_WRONLY | O_CLOEXEC);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(pwrite(fd, "x", 1, places[i]), 1);
	close(fd);
	host_file("hole", "", 0644);
	ck_assert_int_eq(truncate(host_path("hole"), 1 << 20), 0);
	done(add_path(host_path("sparse")));
	done(add_path(host_path("hole")));
	done(ctr_jail_write(jail, dir, CTR_JAIL_COPY, err));
	ck_assert_int_eq(stat(in_jail("sparse"), &st), 0);
	ck_assert_int_eq(st.st_size, SPARSE_SIZE);
	ck_assert_int_lt(st.st_blocks, 4096);
	fd = open(in_jail("sparse"), O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < 3; i++)
		ck_assert(pread(fd, &c, 1, places[i]) == 1 && c == 'x');
	ck_assert(pread(fd, &c, 1, 12345) == 1 && c == '\0');
	close(fd);
	ck_assert_int_eq(stat(in_jail("hole"), &st), 0);
	ck_assert_int_eq(st.st_size, 1 << 20);
}
END_TEST

static void grow(const char *path)
{
	static const char text[65536] = "more";
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	for (int i = 0;; i++)
		if (write(fd, text, sizeof(text)) < 0 || (i % 8 == 7 && ftruncate(fd, 0) != 0))
			_exit(1);
}

/* Somebody appends to it: it is what was looked at, or it is refused. */
START_TEST(test_write__a_file_that_grows_has_the_size_that_was_looked_at)
{
	pid_t child;
	struct stat st;

	host_file("log", "text", 0644);
	child = fork();
	if (child == 0)
		grow(host_path("log"));
	for (int i = 0; i < suite_rounds(100); i++) {
		ctr_jail_free(jail);
		jail = ctr_jail_new(err);
		done(add_path(host_path("log")));
		if (ctr_jail_write(jail, dir, CTR_JAIL_COPY, err) < 0) {
			suite_expect_error(err, CTR_E_STATE, "changed");
			continue;
		}
		ck_assert_int_eq(stat(in_jail("log"), &st), 0);
		ck_assert_uint_eq((uint64_t)st.st_size,
				  ctr_jail_size_bytes(jail, find(host_path("log"))));
	}
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

/* ---- the getters ---- */

START_TEST(test_get__beyond_the_end_there_is_nothing)
{
	ck_assert_uint_eq(ctr_jail_count(jail), 0);
	ck_assert_ptr_null(ctr_jail_path(jail, 0));
	ck_assert_ptr_null(ctr_jail_target(jail, 0));
	ck_assert_uint_eq(ctr_jail_kind(jail, 0), CTR_JAIL_MISSING);
	ck_assert_uint_eq(ctr_jail_state(jail, 0), CTR_JAIL_UNTOUCHED);
	ck_assert_uint_eq(ctr_jail_size_bytes(jail, 0), 0);
	ck_assert_uint_eq(ctr_jail_reason_count(jail, 0), 0);
	ck_assert_ptr_null(ctr_jail_reason(jail, 0, 0));
	ck_assert_ptr_null(ctr_jail_needed_by(jail, 0, 0));
	ctr_jail_free(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jail");
	TCase *tc = suite_case(suite, "jail");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, test_program__is_refused_by_what_is_wrong);
	tcase_add_test(tc, test_program__is_looked_for_in_a_path);
	tcase_add_loop_test(tc, test_program__a_script_brings_its_interpreter, 0,
			    sizeof(scripts) / sizeof(scripts[0]));
	tcase_add_test(tc, test_program__a_circle_of_interpreters_ends);
	tcase_add_test(tc, test_path__links_on_the_way_are_kept);
	tcase_add_test(tc, test_path__a_directory_comes_whole);
	tcase_add_test(tc, test_path__what_is_left_out_may_be_asked_for);
	tcase_add_test(tc, test_path__links_of_others_lead_to_what_those_may_read);
	tcase_add_test(tc, test_path__an_interpreter_that_can_not_be_read_is_left_out);
	tcase_add_test(tc, test_program__is_told_what_its_owner_may_not_name);
	tcase_add_loop_test(tc, test_path__what_its_files_name_may_be_anything, 0,
			    sizeof(odd_interpreters) / sizeof(odd_interpreters[0]));
	tcase_add_test(tc, test_path__does_not_vouch_for_a_program);
	tcase_add_test(tc, test_path__a_file_can_not_have_more_names_than_any_library);
	tcase_add_test(tc, test_path__a_directory_may_be_deep);
	tcase_add_test(tc, test_path__what_is_no_file_is_not_opened);
	tcase_add_test(tc, test_path__links_have_a_target_whatever_happens_meanwhile);
	tcase_add_test(tc, test_path__is_refused_by_what_is_wrong);
	tcase_add_test(tc, test_extra__has_a_name_and_a_summary);
	tcase_add_test(tc, test_extra__devices_are_devices);
	tcase_add_test(tc, test_write__keeps_permissions_owners_and_times);
	tcase_add_test(tc, test_write__drops_set_id_bits_and_capabilities_unless_asked);
	tcase_add_test(tc, test_write__a_jail_of_root_is_for_root_unless_asked);
	tcase_add_loop_test(tc, test_write__a_copy_is_no_wider_than_an_access_list, 0,
			    sizeof(acls) / sizeof(acls[0]));
	tcase_add_test(tc, test_write__a_directory_is_no_wider_than_an_access_list);
	tcase_add_test(tc, test_write__an_ordinary_user_passes_no_set_id_bits_on);
	tcase_add_test(tc, test_write__brings_up_to_date);
	tcase_add_test(tc, test_write__brings_owners_up_to_date);
	tcase_add_test(tc, test_write__a_file_that_has_changed_is_refused);
	tcase_add_test(tc, test_write__is_refused_by_what_is_wrong);
	tcase_add_test(tc, test_write__is_not_held_up_by_locks_of_others);
	tcase_add_test(tc, test_write__locks_in_the_directory_where_there_is_no_other_place);
	tcase_add_test(tc, test_write__one_at_a_time);
	tcase_add_test(tc, test_write__into_what_was_added_is_refused);
	tcase_add_test(tc, test_write__a_thing_of_another_kind_stays);
	tcase_add_loop_test(tc, test_write__nothing_outside_whatever_links_lie_in_the_jail, 0,
			    2 * sizeof(traps) / sizeof(traps[0]));
	tcase_add_test(tc, test_write__a_link_in_the_jail_is_not_followed);
	tcase_add_test(tc, test_write__a_directory_exchanged_with_a_new_one_is_not_given_away);
	tcase_add_test(tc, test_write__a_directory_of_another_user_in_the_jail_is_refused);
	tcase_add_test(tc, test_write__race_of_directory_and_link_stays_inside);
	tcase_add_loop_test(tc, test_write__nothing_outside_is_given_away, 0, 2);
	tcase_add_test(tc, test_write__leaves_the_host_alone_where_it_is_mounted);
	tcase_add_test(tc, test_write__hard_links_are_the_hosts_files);
	tcase_add_test(tc, test_write__to_another_file_system_it_can_only_copy);
	tcase_add_test(tc, test_write__copies_all_bytes);
	tcase_add_test(tc, test_write__a_sparse_file_stays_sparse);
	tcase_add_test(tc, test_write__a_file_that_grows_has_the_size_that_was_looked_at);
	tcase_add_test(tc, test_get__beyond_the_end_there_is_nothing);
	return suite_run(suite);
}
