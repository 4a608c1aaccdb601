/* SPDX-License-Identifier: MIT */
/*
 * Directories that somebody else can write, included by root: whatever they name, nothing that
 * their owner could not read comes into the jail, and no device.
 */
#include <elf.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <minictr/jail.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

#define MARK "nobody-else-may-read-this" /* what all secrets have in them */
#define OTHER 1234			 /* who owns the directory */
#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static ctr_error *err;
static char tree[PATH_MAX], secret[PATH_MAX], dir[PATH_MAX];

/* ---- files that a linker would not make ---- */

/* Both are made with the mark in them, so that a copy is seen. */
struct elf_names {
	const char *interpreter, *needed, *path;
	int64_t path_tag; /* DT_RUNPATH, DT_RPATH */
};

struct elf_file {
	Elf64_Ehdr header;
	Elf64_Phdr segments[3];
	Elf64_Dyn dynamic[6];
	char mark[64];
	char names[3][PATH_MAX];
};

static void write_bytes(const char *path, const void *data, size_t size, mode_t mode)
{
	FILE *out = fopen(path, "we");

	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(fwrite(data, size, 1, out), 1);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

static void set_name(struct elf_file *f, int index, const char *name)
{
	snprintf(f->names[index], PATH_MAX, "%s", name ? name : "");
}

static Elf64_Dyn name_entry(int64_t tag, int index)
{
	return (Elf64_Dyn){ tag, { (Elf64_Xword)index * PATH_MAX } };
}

static void write_elf(const char *path, const struct elf_names *names, const char *mark,
		      mode_t mode)
{
	static struct elf_file f;
	int n = 0;

	memset(&f, 0, sizeof(f));
	f.header = (Elf64_Ehdr){ .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
				 .e_type = ET_DYN,
				 .e_machine = EM_X86_64,
				 .e_version = 1,
				 .e_phoff = offsetof(struct elf_file, segments),
				 .e_ehsize = sizeof(f.header),
				 .e_phentsize = sizeof(f.segments[0]),
				 .e_phnum = names->interpreter ? 3 : 2 };
	f.segments[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_filesz = sizeof(f) };
	f.segments[1] = (Elf64_Phdr){ .p_type = PT_DYNAMIC,
				      .p_offset = offsetof(struct elf_file, dynamic),
				      .p_filesz = sizeof(f.dynamic) };
	if (names->interpreter)
		f.segments[2] = (Elf64_Phdr){ .p_type = PT_INTERP,
					      .p_offset = offsetof(struct elf_file, names),
					      .p_filesz = strlen(names->interpreter) + 1 };
	set_name(&f, 0, names->interpreter);
	set_name(&f, 1, names->needed);
	set_name(&f, 2, names->path);
	snprintf(f.mark, sizeof(f.mark), "%s", mark);
	f.dynamic[n++] = (Elf64_Dyn){ DT_STRTAB, { offsetof(struct elf_file, names) } };
	f.dynamic[n++] = (Elf64_Dyn){ DT_STRSZ, { sizeof(f.names) } };
	if (names->needed)
		f.dynamic[n++] = name_entry(DT_NEEDED, 1);
	if (names->path)
		f.dynamic[n++] = name_entry(names->path_tag, 2);
	write_bytes(path, &f, sizeof(f), mode);
}

/* ---- the world: what is the host's, and what is somebody's ---- */

static const char *in_tree(const char *name)
{
	return world_path("tree/%s", name);
}

static const char *in_secret(const char *name)
{
	return world_path("secret/%s", name);
}

static void make_secrets(void)
{
	static const struct elf_names none = { .needed = NULL };

	world_write(in_secret("key"), MARK, 0600);
	world_write(in_secret("readable"), MARK, 0644);
	world_write(in_secret("script"), "#!/bin/sh\n" MARK "\n", 0700);
	write_elf(in_secret("program"), &none, MARK, 0755);
	write_elf(in_secret("libsecret.so"), &none, MARK, 0755);
	world_write(world_path("public/key"), MARK, 0600);
	world_write(world_path("public/text"), MARK, 0755);
	write_elf(world_path("public/libkey.so"), &none, MARK, 0700);
	world_write(world_path("public/data"), MARK, 0644);
	ck_assert_int_eq(chmod(secret, 0700), 0);
}

static void begin(void)
{
	suite_need_root();
	err = ctr_error_new();
	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	world_mkdir("tree");
	world_mkdir("secret");
	world_mkdir("public");
	snprintf(tree, sizeof(tree), "%s", world_path("tree"));
	snprintf(secret, sizeof(secret), "%s", world_path("secret"));
	snprintf(dir, sizeof(dir), "%s", world_path("jail"));
	make_secrets();
}

static void end(void)
{
	ctr_error_free(err);
}

static int give_away(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)type, (void)ftw;
	if (st->st_nlink > 1 && !S_ISDIR(st->st_mode))
		return 0; /* a further name of another one's file */
	return lchown(path, OTHER, OTHER);
}

static char problem[2 * PATH_MAX];

static int look(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	static char text[1 << 17];
	FILE *in;
	size_t n;

	(void)type, (void)ftw;
	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode) && !S_ISLNK(st->st_mode))
		return snprintf(problem, sizeof(problem), "%s is a device", path), 1;
	if (!S_ISREG(st->st_mode))
		return 0;
	in = fopen(path, "re");
	ck_assert_ptr_nonnull(in);
	n = fread(text, 1, sizeof(text), in);
	fclose(in);
	if (memmem(text, n, MARK, strlen(MARK)))
		return snprintf(problem, sizeof(problem), "%s has the secret", path), 1;
	return 0;
}

static const char *const kernels[] = { "proc", "sys", "dev" };

/* All that is below the jail's directory. */
static void expect_nothing_of_the_host(void)
{
	ck_assert_msg(nftw(dir, look, 16, FTW_PHYS) == 0, "%s", problem);
	for (int i = 0; i < COUNT(kernels); i++)
		ck_assert_int_ne(access(world_path("jail/%s", kernels[i]), F_OK), 0);
}

static void remove_jail(void)
{
	char rm[] = "rm", option[] = "-rf", *args[] = { rm, option, dir, NULL };

	ck_assert_int_eq(suite_run_command(args, NULL, NULL), 0);
}

/* What root does: 0 if it has worked. */
static int include(uint32_t how)
{
	ctr_jail *jail = ctr_jail_new(err);
	int r;

	ck_assert_ptr_nonnull(jail);
	ctr_error_clear(err);
	r = ctr_jail_add_path(jail, tree, err);
	if (r == 0)
		r = ctr_jail_write(jail, dir, how, err);
	ctr_jail_free(jail);
	return r;
}

/* ---- ways to name a file of the host ---- */

/* SECRET, TREE and PUBLIC stand for the directories. */
static const char *expand(const char *form, char text[PATH_MAX])
{
	static const char *const names[] = { "SECRET", "TREE", "PUBLIC" };
	const char *values[] = { secret, tree, world_path("public") };
	const char *at;

	for (int i = 0; i < COUNT(names); i++) {
		at = strstr(form, names[i]);
		if (!at)
			continue;
		snprintf(text, PATH_MAX, "%.*s%s%s", (int)(at - form), form, values[i],
			 at + strlen(names[i]));
		return text;
	}
	snprintf(text, PATH_MAX, "%s", form);
	return text;
}

enum kind { LINK, HARDLINK, DEVICE, SCRIPT, INTERPRETER, NEEDED, RUNPATH, RPATH, MUSL };

static const struct way {
	enum kind kind;
	const char *named;
	const char *link; /* of a link "link" that is made in the tree first */
} ways[] = {
	{ LINK, "SECRET/key", NULL },
	{ LINK, "../secret/key", NULL },
	{ LINK, "./../tree/../secret/./key", NULL },
	{ LINK, "PUBLIC/key", NULL },
	{ LINK, "PUBLIC/data", NULL },
	{ LINK, "SECRET", NULL },
	{ LINK, "SECRET/", NULL },
	{ LINK, "link", "SECRET/key" },
	{ LINK, "link/key", "SECRET" },
	{ LINK, "/proc/self/environ", NULL },
	{ LINK, "/proc/self/rootSECRET/key", NULL },
	{ LINK, "/proc/self/cwd", NULL },
	{ LINK, "/sys/kernel/notes", NULL },
	{ LINK, "/dev/null", NULL },
	{ HARDLINK, "SECRET/key", NULL },
	{ HARDLINK, "PUBLIC/key", NULL },
	{ DEVICE, "null", NULL },
	{ SCRIPT, "#!SECRET/key", NULL },
	{ SCRIPT, "#!SECRET/script", NULL },
	{ SCRIPT, "#! SECRET/program -x", NULL },
	{ SCRIPT, "#!PUBLIC/key", NULL },
	{ SCRIPT, "#!PUBLIC/text", NULL },
	{ SCRIPT, "#!PUBLIC/data", NULL },
	{ SCRIPT, "#!/proc/self/environ", NULL },
	{ SCRIPT, "#!/proc/self/exe", NULL },
	{ SCRIPT, "#!/dev/null", NULL },
	{ SCRIPT, "#!/proc/self/rootSECRET/script", NULL },
	{ SCRIPT, "#!TREE/../secret/script", NULL },
	{ SCRIPT, "#!TREE/link", "SECRET/script" },
	{ SCRIPT, "#!TREE/link/program", "SECRET" },
	{ SCRIPT, "#!/usr/bin/env SECRET/key", NULL },
	{ SCRIPT, "#!/usr/bin/env -S A=b SECRET/script", NULL },
	{ INTERPRETER, "SECRET/key", NULL },
	{ INTERPRETER, "SECRET/program", NULL },
	{ INTERPRETER, "PUBLIC/key", NULL },
	{ INTERPRETER, "PUBLIC/text", NULL },
	{ INTERPRETER, "/proc/self/environ", NULL },
	{ INTERPRETER, "/dev/null", NULL },
	{ INTERPRETER, "TREE/link", "SECRET/program" },
	{ NEEDED, "SECRET/libsecret.so", NULL },
	{ NEEDED, "PUBLIC/libkey.so", NULL },
	{ NEEDED, "TREE/link", "SECRET/libsecret.so" },
	{ NEEDED, "/proc/self/rootSECRET/libsecret.so", NULL },
	{ RUNPATH, "SECRET", NULL },
	{ RUNPATH, "$ORIGIN/../secret", NULL },
	{ RUNPATH, "$ORIGIN/link", "SECRET" },
	{ RUNPATH, "/proc/self/rootSECRET", NULL },
	{ RPATH, "SECRET", NULL },
	{ RPATH, "TREE/link", "../secret" },
	{ MUSL, "SECRET/key", NULL },
	{ MUSL, "PUBLIC/key", NULL },
};

/* A loader of the tree's own, whose file of places is a link. */
static void make_musl(const char *named)
{
	const struct elf_names none = { .needed = NULL };
	char loader[PATH_MAX];
	const struct elf_names program = { .interpreter = loader, .needed = "libx.so" };

	snprintf(loader, sizeof(loader), "%s", in_tree("lib/ld-musl-x86_64.so.1"));
	world_mkdir("tree/lib");
	world_mkdir("tree/etc");
	write_elf(loader, &none, "", 0755);
	ck_assert_int_eq(symlink(named, in_tree("etc/ld-musl-x86_64.path")), 0);
	write_elf(in_tree("a"), &program, "", 0755);
}

static void make_elf(enum kind kind, const char *named)
{
	const struct elf_names names[] = {
		[INTERPRETER] = { .interpreter = named },
		[NEEDED] = { .needed = named },
		[RUNPATH] = { .needed = "libsecret.so", .path = named, .path_tag = DT_RUNPATH },
		[RPATH] = { .needed = "libsecret.so", .path = named, .path_tag = DT_RPATH },
	};

	write_elf(in_tree("a"), &names[kind], "", 0755);
}

static void make_way(const struct way *way)
{
	char named[PATH_MAX], link[PATH_MAX];

	if (way->link)
		ck_assert_int_eq(symlink(expand(way->link, link), in_tree("link")), 0);
	expand(way->named, named);
	switch (way->kind) {
	case LINK:
		ck_assert_int_eq(symlink(named, in_tree("a")), 0);
		break;
	case HARDLINK:
		ck_assert_int_eq(linkat(AT_FDCWD, named, AT_FDCWD, in_tree("a"), 0), 0);
		break;
	case DEVICE:
		ck_assert_int_eq(mknod(in_tree("a"), S_IFCHR | 0666, makedev(1, 3)), 0);
		break;
	case SCRIPT:
		world_write(in_tree("a"), named, 0755);
		break;
	case MUSL:
		make_musl(named);
		break;
	default:
		make_elf(way->kind, named);
	}
}

START_TEST(test_hostile__names_nothing_of_the_host_into_the_jail)
{
	make_way(&ways[_i]);
	ck_assert_int_eq(nftw(tree, give_away, 16, FTW_PHYS), 0);
	ck_assert_msg(include(CTR_JAIL_COPY) == 0, "%s", ctr_error_message(err));
	expect_nothing_of_the_host();
	remove_jail();
	ck_assert_msg(include(CTR_JAIL_HARDLINK) == 0, "%s", ctr_error_message(err));
	expect_nothing_of_the_host();
}
END_TEST

/* Where fs.protected_hardlinks is off, any user may give root's files a name there. */
START_TEST(test_hostile__a_sticky_directory_names_nothing_of_the_host)
{
	static const mode_t modes[] = { 01777, 01775, 0777 };

	ck_assert_int_eq(chown(tree, 0, 100), 0);
	ck_assert_int_eq(chmod(tree, modes[_i]), 0);
	ck_assert_int_eq(link(in_secret("key"), in_tree("a")), 0);
	ck_assert_msg(include(CTR_JAIL_COPY) == 0, "%s", ctr_error_message(err));
	expect_nothing_of_the_host();
}
END_TEST

/* ---- the same while it is read ---- */

static void exchange(const char *one, const char *other)
{
	for (;;)
		if (renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) != 0)
			_exit(1);
}

#define ROUNDS 400

/* How many runs there were in which the jail was made. */
static int race(const char *other, void (*check)(void))
{
	char one[PATH_MAX], two[PATH_MAX];
	int made = 0;
	pid_t child;

	snprintf(one, sizeof(one), "%s", in_tree("d"));
	snprintf(two, sizeof(two), "%s", in_tree(other));
	child = fork();
	if (child == 0)
		exchange(one, two);
	/* On a busy machine the other process may have all of the time for a while. */
	for (int i = 0; i < suite_rounds(ROUNDS) || (!made && i < 50 * ROUNDS); i++) {
		made += include(CTR_JAIL_COPY) == 0;
		if (access(dir, F_OK) == 0) {
			check();
			remove_jail();
		}
	}
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	return made;
}

START_TEST(test_hostile__a_directory_exchanged_with_a_link_brings_nothing)
{
	world_write(in_tree("d/key"), "own", 0644);
	world_write(in_tree("d/readable"), "own", 0644);
	ck_assert_int_eq(symlink(secret, in_tree("link")), 0);
	ck_assert_int_eq(nftw(tree, give_away, 16, FTW_PHYS), 0);
	ck_assert_int_gt(race("link", expect_nothing_of_the_host), 0);
}
END_TEST

/* What only root could enter is not below a directory that all can enter. */
static void expect_closed(void)
{
	struct stat st;
	const char *below[] = { "d", "closed" };

	for (int i = 0; i < COUNT(below); i++) {
		if (access(world_path("jail%s/%s/secret", tree, below[i]), F_OK) != 0)
			continue;
		ck_assert_int_eq(stat(world_path("jail%s/%s", tree, below[i]), &st), 0);
		ck_assert_uint_eq(st.st_mode & 07777, 0700);
	}
}

START_TEST(test_hostile__a_directory_exchanged_with_another_stays_closed)
{
	world_write(in_tree("d/own"), "own", 0644);
	world_write(in_tree("closed/secret"), MARK, 0644);
	ck_assert_int_eq(nftw(tree, give_away, 16, FTW_PHYS), 0);
	ck_assert_int_eq(chown(in_tree("closed"), 0, 0), 0);
	ck_assert_int_eq(chmod(in_tree("closed"), 0700), 0);
	ck_assert_int_gt(race("closed", expect_closed), 0);
}
END_TEST

/* ---- what small files cost ---- */

#define NEEDED 256
#define PLACES 8000
#define FOUND 40 /* of those that are needed */
#define LIBRARIES 200

/* A library that needs many others, and looks for them in many places. */
static void write_costly(const char *path, const char *runpath, int needed, const char *form)
{
	static struct {
		Elf64_Ehdr header;
		Elf64_Phdr segments[2];
		Elf64_Dyn dynamic[NEEDED + 4];
		char names[NEEDED * 16 + 65536];
	} f;
	size_t at = NEEDED * 16;

	memset(&f, 0, sizeof(f));
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
	f.dynamic[0] = (Elf64_Dyn){ DT_STRTAB, { offsetof(typeof(f), names) } };
	f.dynamic[1] = (Elf64_Dyn){ DT_STRSZ, { sizeof(f.names) } };
	f.dynamic[2] = (Elf64_Dyn){ DT_RUNPATH, { at } };
	snprintf(f.names + at, 65536, "%s", runpath);
	for (int i = 0; i < needed; i++) {
		snprintf(f.names + (ptrdiff_t)i * 16, 16, form, i);
		f.dynamic[3 + i] = (Elf64_Dyn){ DT_NEEDED, { (Elf64_Xword)i * 16 } };
	}
	write_bytes(path, &f, sizeof(f), 0755);
}

static double cpu_seconds(void)
{
	struct rusage use;

	ck_assert_int_eq(getrusage(RUSAGE_SELF, &use), 0);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

/* Much more than it takes, and much less than it took. */
static void expect_cheap(double begin)
{
	const double seconds = cpu_seconds() - begin;

	if (!suite_is_slow())
		ck_assert_msg(seconds < 5.0, "%.1f seconds", seconds);
}

/* Directories that are not there, and one that is there under as many names. */
START_TEST(test_hostile__a_file_can_not_have_libraries_looked_for_for_ever)
{
	const struct elf_names none = { .needed = NULL };
	static char runpath[65536];
	char program[PATH_MAX];
	ctr_jail *jail = ctr_jail_new(err);
	const double begun = cpu_seconds();
	size_t n = 0, left_out = 0;

	for (int i = 0; i < PLACES; i++)
		n += (size_t)snprintf(runpath + n, sizeof(runpath) - n,
				      "%s:", _i ? "/././." : "/n");
	snprintf(runpath + n, sizeof(runpath) - n, "$ORIGIN");
	for (int i = 0; i < FOUND; i++)
		write_elf(world_path("tree/libnone-%d.so", i), &none, "", 0755);
	snprintf(program, sizeof(program), "%s", in_tree("a"));
	write_costly(program, runpath, NEEDED, "libnone-%d.so");
	ck_assert_int_eq(ctr_jail_add_path(jail, tree, err), 0);
	for (size_t i = 0; i < ctr_jail_count(jail); i++)
		left_out += ctr_jail_kind(jail, i) == CTR_JAIL_LEFT_OUT &&
			    strstr(ctr_jail_reason(jail, i, 0), "too many places");
	ck_assert_uint_eq(left_out, 1);
	ck_assert_int_eq(ctr_jail_add_program(jail, program, NULL, err), -1);
	suite_expect_error(err, CTR_E_NOT_EXECUTABLE, "too many places");
	expect_cheap(begun);
	ctr_jail_free(jail);
}
END_TEST

START_TEST(test_hostile__libraries_that_need_each_other_are_read_once)
{
	const int n = suite_is_slow() ? 20 : LIBRARIES;
	ctr_jail *jail = ctr_jail_new(err);
	const double begun = cpu_seconds();
	size_t files = 0;

	for (int i = 0; i < n; i++) {
		char name[32];

		snprintf(name, sizeof(name), "lib%d.so", i);
		write_costly(in_tree(name), "$ORIGIN", n, "lib%d.so");
	}
	ck_assert_int_eq(ctr_jail_add_path(jail, tree, err), 0);
	for (size_t i = 0; i < ctr_jail_count(jail); i++) {
		ck_assert_uint_ne(ctr_jail_kind(jail, i), CTR_JAIL_LEFT_OUT);
		ck_assert_uint_ne(ctr_jail_kind(jail, i), CTR_JAIL_MISSING);
		if (strncmp(ctr_jail_path(jail, i), tree, strlen(tree)) != 0 ||
		    ctr_jail_kind(jail, i) != CTR_JAIL_FILE)
			continue;
		files++;
		/* Each needs it, and it was found, or loaded already. */
		ck_assert_uint_ge(ctr_jail_reason_count(jail, i), (size_t)n);
	}
	ck_assert_uint_eq(files, (size_t)n);
	expect_cheap(begun);
	ctr_jail_free(jail);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hostile");
	TCase *tc = suite_case(suite, "hostile");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(tc, test_hostile__names_nothing_of_the_host_into_the_jail, 0,
			    COUNT(ways));
	tcase_add_loop_test(tc, test_hostile__a_sticky_directory_names_nothing_of_the_host, 0, 3);
	tcase_add_test(tc, test_hostile__a_directory_exchanged_with_a_link_brings_nothing);
	tcase_add_test(tc, test_hostile__a_directory_exchanged_with_another_stays_closed);
	tcase_add_loop_test(tc, test_hostile__a_file_can_not_have_libraries_looked_for_for_ever, 0,
			    2);
	tcase_add_test(tc, test_hostile__libraries_that_need_each_other_are_read_once);
	world_use_disk(); /* for hard links to the host's files */
	return suite_run(suite);
}
