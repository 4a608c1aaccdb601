/* SPDX-License-Identifier: MIT */
/*
 * What a jail has for a program against what the loader maps for it: the loader itself is
 * asked, in a container, by LD_TRACE_LOADED_OBJECTS (ld.so(8)).
 */
#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <minictr/jail.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

#define PROGRAMS 200
#define PATHS_MAX 512

/* A set of paths, or of names that nothing is found for. */
struct set {
	char *paths[PATHS_MAX];
	size_t n;
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void set_add(struct set *set, const char *path)
{
	for (size_t i = 0; i < set->n; i++)
		if (strcmp(set->paths[i], path) == 0)
			return;
	ck_assert_uint_lt(set->n, PATHS_MAX);
	set->paths[set->n++] = strdup(path);
}

/* All of it in one text, to be freed. */
static char *set_text(struct set *set)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	qsort(set->paths, set->n, sizeof(*set->paths), compare);
	for (size_t i = 0; i < set->n; i++) {
		fprintf(out, "%s\n", set->paths[i]);
		free(set->paths[i]);
	}
	fclose(out);
	set->n = 0;
	return text;
}

/* ---- what the loader says ---- */

static void add_line(struct set *set, char *line)
{
	char *arrow = strstr(line, " => "), *path = arrow ? arrow + 4 : line;
	char real[PATH_MAX];

	path[strcspn(path, "(")] = '\0';
	path[strlen(path) - 1] = '\0';
	if (strncmp(line, "linux-vdso", 10) == 0)
		return;
	if (strncmp(path, "not foun", 8) == 0) {
		*arrow = '\0';
		set_add(set, line);
		return;
	}
	ck_assert_msg(realpath(path, real) != NULL, "the loader says: %s", path);
	set_add(set, real);
}

/* The host's files, the directory for temporary ones with them. */
static char *ask_loader(const char *program)
{
	ctr_spec *spec = suite_spec(NULL, program, NULL);
	struct set set = { .n = 0 };
	char *output, *rest, *line;

	ck_assert_int_eq(ctr_spec_set_base_mounts(spec, CTR_BASE_ALL & ~CTR_BASE_TMP, NULL), 0);
	ck_assert_int_eq(ctr_process_set_env(ctr_spec_get_process(spec), "LD_TRACE_LOADED_OBJECTS",
					     "1", NULL),
			 0);
	suite_run_spec(spec, &output);
	rest = output;
	while ((line = strsep(&rest, "\n")))
		if (line[0] == '\t')
			add_line(&set, line + 1);
	free(output);
	return set_text(&set);
}

/* ---- what the jail has ---- */

static char *ask_jail(const char *program)
{
	ctr_error *err = ctr_error_new();
	ctr_jail *jail = ctr_jail_new(err);
	struct set set = { .n = 0 };
	char real[PATH_MAX];

	ck_assert_ptr_nonnull(jail);
	ck_assert_ptr_nonnull(realpath(program, real));
	ck_assert_msg(ctr_jail_add_program(jail, program, NULL, err) == 0, "%s",
		      ctr_error_message(err));
	for (size_t i = 0; i < ctr_jail_count(jail); i++) {
		const char *path = ctr_jail_path(jail, i);

		ck_assert_uint_ne(ctr_jail_kind(jail, i), CTR_JAIL_MISSING);
		if (ctr_jail_kind(jail, i) == CTR_JAIL_FILE && strcmp(path, real) != 0 &&
		    strcmp(path, "/etc/ld.so.cache") != 0)
			set_add(&set, path);
	}
	ctr_jail_free(jail);
	ctr_error_free(err);
	return set_text(&set);
}

static void check(const char *program)
{
	char *loaders = ask_loader(program), *ours = ask_jail(program);

	ck_assert_msg(strcmp(loaders, ours) == 0, "%s: the loader maps\n%sthe jail has\n%s",
		      program, loaders, ours);
	ck_assert_msg(*loaders, "%s: the loader says nothing", program);
	free(loaders);
	free(ours);
}

/* ---- programs of this machine ---- */

/* A dynamic one, made for this kind of machine. */
static bool is_dynamic(const char *path)
{
	Elf64_Ehdr header;
	bool answer = false;
	Elf64_Phdr h;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (pread(fd, &header, sizeof(header), 0) == (ssize_t)sizeof(header) &&
	    memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64)
		for (unsigned i = 0; i < header.e_phnum; i++)
			if (pread(fd, &h, sizeof(h), (off_t)(header.e_phoff + i * sizeof(h))) ==
				    (ssize_t)sizeof(h) &&
			    h.p_type == PT_INTERP)
				answer = true;
	close(fd);
	return answer;
}

static void list_programs(const char *dir, struct set *set)
{
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char path[PATH_MAX], real[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		if (set->n < PATHS_MAX && realpath(path, real) && access(real, X_OK) == 0 &&
		    strncmp(real, "/usr/", 5) == 0 && is_dynamic(real))
			set_add(set, real);
		free(names[i]);
	}
	free(names);
}

START_TEST(test_closure__is_what_the_loader_maps_for_programs_of_this_machine)
{
	const size_t wanted = (size_t)suite_rounds(PROGRAMS);
	struct set set = { .n = 0 };

	suite_need_root();
	list_programs("/usr/sbin", &set);
	list_programs("/usr/bin", &set);
	ck_assert_uint_ge(set.n, PROGRAMS);
	/* Evenly among all of them. */
	for (size_t i = 0; i < wanted; i++)
		check(set.paths[i * set.n / wanted]);
	free(set_text(&set));
}
END_TEST

/* ---- programs that use the less usual rules ---- */

static const char *const fixtures[] = {
	"rpath",     "runpath-of-library", "loaded-already", "same-file",
	"token-lib", "token-platform",	   "level",	     "wrong-kind",
	"by-path",   "elsewhere/by-link",  "of/token-ends",  "token-in-name",
	"filter",    "auxiliary",
};

START_TEST(test_closure__is_what_the_loader_maps_by_each_rule)
{
	char path[PATH_MAX];

	suite_need_root();
	if (strcmp(fixtures[_i], "token-platform") == 0 || strcmp(fixtures[_i], "level") == 0 ||
	    strcmp(fixtures[_i], "token-in-name") == 0)
		suite_need_real_processor();
	snprintf(path, sizeof(path), "%s/%s", FIXTURES, fixtures[_i]);
	check(path);
}
END_TEST

static const struct {
	const char *name, *library, *by;
} missing[] = {
	{ "bad-runpath", "libleaf.so", "deep/libbranch.so" },
	{ "bad-rpath-hidden", "libleaf.so", "deep/libother.so" },
	{ "bad-no-default-places", "libc.so.6", "bad-no-default-places" },
	{ "bad-missing", "libleaf.so", "bad-missing" },
};

/* The loader does not find it either. */
START_TEST(test_closure__tells_which_library_is_missing_and_to_whom)
{
	ctr_error *err = ctr_error_new();
	ctr_jail *jail = ctr_jail_new(err);
	char path[PATH_MAX], *loaders;

	suite_need_root();
	snprintf(path, sizeof(path), "%s/%s", FIXTURES, missing[_i].name);
	loaders = ask_loader(path);
	ck_assert_msg(strstr(loaders, missing[_i].library), "the loader maps %s", loaders);
	ck_assert_int_eq(ctr_jail_add_program(jail, path, NULL, err), -1);
	suite_expect_error(err, CTR_E_NOT_EXECUTABLE, missing[_i].library);
	suite_expect_error(err, CTR_E_NOT_EXECUTABLE, missing[_i].by);
	ck_assert_uint_eq(ctr_jail_count(jail), 0);
	free(loaders);
	ctr_jail_free(jail);
	ctr_error_free(err);
}
END_TEST

/* ---- what is by chance in a directory ---- */

static const char *const odd[] = { "odd-loader-link", "odd-loader-directory", "odd-loader-text",
				   "odd-library" };

/* It comes as it is. That it can't be run is said to who asks for it by name. */
START_TEST(test_closure__of_odd_files_in_a_directory_is_no_error)
{
	ctr_error *err = ctr_error_new();
	ctr_jail *jail = ctr_jail_new(err);
	char path[PATH_MAX];
	bool file = false;

	snprintf(path, sizeof(path), "%s/odd/%s", FIXTURES, odd[_i]);
	ck_assert_msg(ctr_jail_add_path(jail, path, err) == 0, "%s", ctr_error_message(err));
	ck_assert_int_eq(ctr_jail_add_program(jail, path, NULL, err), -1);
	snprintf(path, sizeof(path), "%s/odd/libodd.so", FIXTURES);
	ck_assert_msg(ctr_jail_add_path(jail, path, err) == 0, "%s", ctr_error_message(err));
	for (size_t i = 0; i < ctr_jail_count(jail); i++)
		file |= strcmp(ctr_jail_path(jail, i), path) == 0 &&
			ctr_jail_kind(jail, i) == CTR_JAIL_FILE;
	ck_assert(file);
	ctr_jail_free(jail);
	ctr_error_free(err);
}
END_TEST

/* It runs without, though the loader's list says that it is not found. */
START_TEST(test_closure__an_auxiliary_library_may_be_missing)
{
	char path[PATH_MAX], *args[] = { path, NULL }, *ours;

	snprintf(path, sizeof(path), "%s/auxiliary-missing", FIXTURES);
	ck_assert_int_eq(suite_run_command(args, NULL, NULL), 0);
	ours = ask_jail(path);
	ck_assert_ptr_nonnull(strstr(ours, "/libalone.so\n"));
	free(ours);
}
END_TEST

/* ---- programs that need nobody ---- */

START_TEST(test_closure__of_a_static_program_is_empty)
{
	static const char *const names[] = { "static", "static-pie" };
	char path[PATH_MAX], *ours;

	snprintf(path, sizeof(path), "%s/%s", FIXTURES, names[_i]);
	ours = ask_jail(path);
	ck_assert_str_eq(ours, "");
	free(ours);
}
END_TEST

/* ---- the jail's own loader ---- */

static void expect_found(const char *root, const char *program)
{
	ctr_spec *spec = suite_spec(root, program, NULL);
	char *output;

	ck_assert_int_eq(ctr_process_set_env(ctr_spec_get_process(spec), "LD_TRACE_LOADED_OBJECTS",
					     "1", NULL),
			 0);
	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	ck_assert_msg(!strstr(output, "not found") && strstr(output, "libc.so"), "%s: %s", program,
		      output);
	free(output);
}

START_TEST(test_closure__is_enough_for_the_loader_in_the_jail)
{
	ctr_error *err = ctr_error_new();
	ctr_jail *jail = ctr_jail_new(err);
	char paths[sizeof(fixtures) / sizeof(fixtures[0])][PATH_MAX];
	const size_t n = sizeof(fixtures) / sizeof(fixtures[0]);

	suite_need_root();
	suite_need_real_processor();
	for (size_t i = 0; i < n; i++) {
		snprintf(paths[i], PATH_MAX, "%s/%s", FIXTURES, fixtures[i]);
		ck_assert_int_eq(ctr_jail_add_program(jail, paths[i], NULL, err), 0);
	}
	ck_assert_msg(ctr_jail_write(jail, world_path("jail"), CTR_JAIL_COPY, err) == 0, "%s",
		      ctr_error_message(err));
	for (size_t i = 0; i < n; i++)
		expect_found(world_path("jail"), paths[i]);
	ctr_jail_free(jail);
	ctr_error_free(err);
}
END_TEST

/* ---- programs of 32 bits ---- */

static bool has_file(const ctr_jail *jail, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/narrow/%s", FIXTURES, name);
	for (size_t i = 0; i < ctr_jail_count(jail); i++)
		if (strcmp(ctr_jail_path(jail, i), path) == 0)
			return true;
	return false;
}

START_TEST(test_closure__of_32_bits_is_by_what_their_loader_has)
{
	ctr_jail *jail = ctr_jail_new(NULL);

	if (access(FIXTURES "/narrow/program", F_OK) != 0)
		suite_skip("another kind of machine");
	ck_assert_int_eq(ctr_jail_add_path(jail, FIXTURES "/narrow/program", NULL), 0);
	ck_assert(has_file(jail, "levels/liblevel.so"));
	ck_assert(has_file(jail, "i686/libplatform.so"));
	ck_assert(!has_file(jail, "levels/glibc-hwcaps/x86-64-v2/liblevel.so"));
	ctr_jail_free(jail);
}
END_TEST

/* ---- musl's loader ---- */

START_TEST(test_closure__of_musl_is_enough_for_its_loader)
{
	static const char *const names[] = { "runpath", "conf" };
	ctr_error *err = ctr_error_new();
	ctr_jail *jail = ctr_jail_new(err);
	char path[PATH_MAX];

	suite_need_root();
	snprintf(path, sizeof(path), "%s/musl/%s", FIXTURES, names[_i]);
	if (access(path, X_OK) != 0)
		suite_skip("musl-gcc");
	ck_assert_msg(ctr_jail_add_program(jail, path, NULL, err) == 0, "%s",
		      ctr_error_message(err));
	ck_assert_msg(ctr_jail_write(jail, world_path("jail"), CTR_JAIL_COPY, err) == 0, "%s",
		      ctr_error_message(err));
	ck_assert_int_eq(suite_run_spec(suite_spec(world_path("jail"), path, NULL), NULL), 0);
	for (size_t i = 0; i < ctr_jail_count(jail); i++)
		ck_assert_str_ne(ctr_jail_path(jail, i), "/etc/ld.so.cache");
	ctr_jail_free(jail);
	ctr_error_free(err);
}
END_TEST

/* ---- the loader's cache ---- */

/* That of a machine whose cache knows a place below a default one, as Debian's does for fakeroot.
 */
static void mount_cache(const char *place)
{
	char ldconfig[] = "/sbin/ldconfig", to[] = "-C", from[] = "-f", cache[PATH_MAX],
	     conf[PATH_MAX], text[2 * PATH_MAX];
	char *args[] = { ldconfig, to, cache, from, conf, NULL };

	snprintf(text, sizeof(text), "%s/deep/libleaf.so", FIXTURES);
	world_copy(text, world_path("place/libleaf.so"));
	ck_assert_int_eq(mount(world_path("place"), place, "none", MS_BIND, NULL), 0);
	snprintf(conf, sizeof(conf), "%s", world_path("ld.so.conf"));
	snprintf(text, sizeof(text), "%.*s\n%s\n", (int)(strrchr(place, '/') - place), place,
		 place);
	world_write(conf, text, 0644);
	snprintf(cache, sizeof(cache), "%s", world_path("ld.so.cache"));
	ck_assert_int_eq(suite_run_command(args, NULL, NULL), 0);
	ck_assert_int_eq(mount(cache, "/etc/ld.so.cache", "none", MS_BIND, NULL), 0);
}

static void use_cache(void)
{
	ctr_error *err = ctr_error_new();
	char program[PATH_MAX];
	ctr_jail *jail;
	glob_t places;

	ck_assert_int_eq(glob("/usr/lib/*/gconv", 0, NULL, &places), 0);
	mount_cache(places.gl_pathv[0]);
	globfree(&places);
	snprintf(program, sizeof(program), "%s/bad-missing", FIXTURES);
	jail = ctr_jail_new(err);
	ck_assert_msg(ctr_jail_add_program(jail, program, NULL, err) == 0, "%s",
		      ctr_error_message(err));
	ck_assert_msg(ctr_jail_write(jail, world_path("jail"), CTR_JAIL_COPY, err) == 0, "%s",
		      ctr_error_message(err));
	expect_found(world_path("jail"), program);
	ctr_jail_free(jail);
	ctr_error_free(err);
}

START_TEST(test_closure__brings_the_cache_where_it_is_needed_to_find_a_library)
{
	suite_need_root();
	suite_in_mounts(use_cache);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("closure");
	TCase *tc = suite_case(suite, "closure");

	tcase_add_test(tc, test_closure__is_what_the_loader_maps_for_programs_of_this_machine);
	tcase_add_loop_test(tc, test_closure__is_what_the_loader_maps_by_each_rule, 0,
			    sizeof(fixtures) / sizeof(fixtures[0]));
	tcase_add_loop_test(tc, test_closure__tells_which_library_is_missing_and_to_whom, 0,
			    sizeof(missing) / sizeof(missing[0]));
	tcase_add_loop_test(tc, test_closure__of_odd_files_in_a_directory_is_no_error, 0,
			    sizeof(odd) / sizeof(odd[0]));
	tcase_add_test(tc, test_closure__an_auxiliary_library_may_be_missing);
	tcase_add_loop_test(tc, test_closure__of_a_static_program_is_empty, 0, 2);
	tcase_add_test(tc, test_closure__is_enough_for_the_loader_in_the_jail);
	tcase_add_test(tc, test_closure__of_32_bits_is_by_what_their_loader_has);
	tcase_add_loop_test(tc, test_closure__of_musl_is_enough_for_its_loader, 0, 2);
	tcase_add_test(tc, test_closure__brings_the_cache_where_it_is_needed_to_find_a_library);
	return suite_run(suite);
}
