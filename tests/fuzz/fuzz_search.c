/* SPDX-License-Identifier: MIT */
/*
 * Where the loader finds a library: jail/search.c, against a list of all places in the order of
 * ld.so(8), of which the first that has the library counts. The input is text: see take_case().
 * Libraries lie in a tree that is made once; "@" in the input stands for its directory.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "jail/cache.h"
#include "jail/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- the tree ---- */

static char tree[] = "/tmp/fuzz_search.XXXXXX";

static const char *in_tree(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", tree, name);
	return path;
}

static void put_file(const char *name, const void *data, size_t size)
{
	int fd = open(in_tree(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	fuzz_require(fd >= 0 && write(fd, data, size) == (ssize_t)size, "a file is written");
	close(fd);
}

static void put_library(const char *name, uint16_t machine)
{
	Elf64_Ehdr header = { .e_type = ET_DYN, .e_machine = machine };

	memcpy(header.e_ident, ELFMAG, SELFMAG);
	header.e_ident[EI_CLASS] = ELFCLASS64;
	header.e_ident[EI_DATA] = ELFDATA2LSB;
	put_file(name, &header, sizeof(header));
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *place)
{
	(void)st;
	(void)type;
	(void)place;
	return remove(path);
}

static void remove_tree(void)
{
	nftw(tree, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* liba is in many places, others in one; of "bad" nothing is a library for this loader. */
static void make_tree(void)
{
	static const char *const dirs[] = { "a",
					    "b",
					    "bad",
					    "bad/libdir.so",
					    "cpu",
					    "cpu/glibc-hwcaps",
					    "cpu/glibc-hwcaps/best",
					    "cpu/glibc-hwcaps/good",
					    "lib",
					    "lib/glibc-hwcaps",
					    "lib/glibc-hwcaps/good",
					    "lib/sub",
					    "etc",
					    "plat",
					    "plats" };
	static const char *const libraries[] = { "a/liba.so",
						 "a/libonly.so",
						 "b/liba.so",
						 "b/libb.so",
						 "bad/libok.so",
						 "cpu/liba.so",
						 "cpu/libc.so",
						 "cpu/glibc-hwcaps/best/libc.so",
						 "cpu/glibc-hwcaps/good/liba.so",
						 "cpu/glibc-hwcaps/good/libc.so",
						 "lib/liba.so",
						 "lib/libdef.so",
						 "lib/glibc-hwcaps/good/libl.so",
						 "lib/sub/libsub.so",
						 "plat/libp.so",
						 "plats/libq.so" };

	fuzz_require(mkdtemp(tree), "there is a directory");
	atexit(remove_tree);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		fuzz_require(mkdir(in_tree(dirs[i]), 0755) == 0, "a directory is made");
	for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
		put_library(libraries[i], EM_X86_64);
	put_library("bad/liba.so", EM_AARCH64);
	put_file("bad/libb.so", "text", 4);
	fuzz_require(mkfifo(in_tree("bad/libc.so"), 0644) == 0, "a FIFO is made");
	fuzz_require(symlink("nowhere", in_tree("bad/libdef.so")) == 0 &&
			     symlink("../a/libonly.so", in_tree("b/liblink.so")) == 0,
		     "a link is made");
}

/* ---- the cache, in the form of glibc 2.2 and later ---- */

#define MAGIC "glibc-ld.so.cache1.1"

struct cache_file {
	char magic[sizeof(MAGIC) - 1];
	uint32_t entries, strings, flags, extensions, unused[3];
	struct {
		int32_t flags;
		uint32_t name, path, os_version;
		uint64_t hwcap;
	} entry[6];
	char text[4096];
};

static const char *const cached[6][2] = {
	{ "liba.so", "b/liba.so" },	  { "libb.so", "b/libb.so" },
	{ "libc.so", "bad/libc.so" },	  { "libsub.so", "lib/sub/libsub.so" },
	{ "libdef.so", "lib/libdef.so" }, { "libl.so", "lib/glibc-hwcaps/good/libl.so" },
};

static void open_cache(struct ctr__cache *cache)
{
	struct cache_file *file = calloc(1, sizeof(*file));
	size_t used = 0;

	fuzz_require(file, "there is memory");
	memcpy(file->magic, MAGIC, sizeof(file->magic));
	file->entries = 6;
	for (size_t i = 0; i < 6; i++) {
		const size_t text = offsetof(struct cache_file, text);

		file->entry[i].flags = 0x0303; /* x86-64, of 64 bits */
		file->entry[i].name = (uint32_t)(text + used);
		used += (size_t)sprintf(file->text + used, "%s", cached[i][0]) + 1;
		file->entry[i].path = (uint32_t)(text + used);
		used += (size_t)sprintf(file->text + used, "%s/%s", tree, cached[i][1]) + 1;
	}
	fuzz_require(ctr__cache_open(cache, (char *)file, sizeof(*file) - 1) == 0,
		     "the cache is one");
}

/* ---- the input ---- */

struct object {
	char *rpath, *runpath; /* NULL: none */
};

struct search_case {
	char *name;
	bool musl, no_defaults, has_cache, has_conf, bad_conf;
	struct object own, above;
	char *conf; /* what musl's path file says */
};

/* A line, "@" replaced; NULL if it is empty and may be none. */
static char *take_line(char **rest, bool optional)
{
	const char *line = strsep(rest, "\n");
	char *text;
	size_t size;
	FILE *out;

	if (!line || (optional && !*line))
		return optional ? NULL : strdup("");
	out = open_memstream(&text, &size);
	fuzz_require(out, "there is memory");
	for (; *line; line++)
		if (*line == '@')
			fputs(tree, out);
		else
			fputc(*line, out);
	fclose(out);
	return text;
}

/* A runpath replaces the rpath: elf.h. */
static struct object take_object(char **rest)
{
	struct object o = { .rpath = take_line(rest, true) };

	o.runpath = take_line(rest, true);
	if (o.runpath) {
		free(o.rpath);
		o.rpath = NULL;
	}
	return o;
}

/*
 * Lines: the name; letters, m: musl's loader, d: no default places, c: there is a cache, p: there
 * is a path file, b: one that is no file; rpath and runpath of what needs the library, and of what
 * is above that; the path file, with ";" for its newlines.
 */
static struct search_case take_case(char *text)
{
	struct search_case c = { .name = take_line(&text, false) };
	const char *letters = text ? strsep(&text, "\n") : "";

	c.musl = strchr(letters, 'm');
	c.no_defaults = strchr(letters, 'd');
	c.has_cache = strchr(letters, 'c');
	c.bad_conf = strchr(letters, 'b');
	c.has_conf = !c.bad_conf && strchr(letters, 'p');
	c.own = take_object(&text);
	c.above = take_object(&text);
	c.conf = take_line(&text, false);
	for (char *p = c.conf; *p; p++)
		if (*p == ';')
			*p = '\n';
	return c;
}

static void clear_case(struct search_case *c)
{
	free(c->name);
	free(c->own.rpath);
	free(c->own.runpath);
	free(c->above.rpath);
	free(c->above.runpath);
	free(c->conf);
}

/* ---- the list of places ---- */

struct model {
	const struct search_case *c;
	char path[PATH_MAX]; /* the first that has it; empty: none yet */
	enum ctr__search_by by;
};

static const char *const levels[] = { "best", "good", NULL };

static bool is_library(const char *path)
{
	Elf64_Ehdr header;
	struct stat st;
	FILE *file;
	size_t n;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	file = fopen(path, "re");
	n = file ? fread(&header, 1, sizeof(header), file) : 0;
	if (file)
		fclose(file);
	return n >= sizeof(Elf32_Ehdr) && memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
	       header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_ident[EI_DATA] == ELFDATA2LSB &&
	       header.e_machine == EM_X86_64 &&
	       (header.e_type == ET_DYN || header.e_type == ET_EXEC);
}

static void consider(struct model *m, const char *path, enum ctr__search_by by)
{
	if (m->path[0] || path[0] != '/' || strlen(path) >= PATH_MAX || !is_library(path))
		return;
	strcpy(m->path, path);
	m->by = by;
}

static void consider_dir(struct model *m, const char *dir, enum ctr__search_by by)
{
	char *path;

	for (size_t i = 0; !m->c->musl && levels[i]; i++) {
		fuzz_require(asprintf(&path, "%s/glibc-hwcaps/%s/%s", dir, levels[i], m->c->name) >
				     0,
			     "there is memory");
		consider(m, path, by);
		free(path);
	}
	fuzz_require(asprintf(&path, "%s/%s", dir, m->c->name) > 0, "there is memory");
	consider(m, path, by);
	free(path);
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '_';
}

/* How long a token is, "$NAME" or "${NAME}", that the text begins with: 0 if it does not. */
static size_t token(const char *text, const char *name)
{
	char bare[32], braced[32];

	snprintf(bare, sizeof(bare), "$%s", name);
	snprintf(braced, sizeof(braced), "${%s}", name);
	if (strncmp(text, braced, strlen(braced)) == 0)
		return strlen(braced);
	return strncmp(text, bare, strlen(bare)) == 0 && !is_word(text[strlen(bare)]) ? strlen(bare)
										      : 0;
}

static char *expand(const struct model *m, const char *origin, const char *text)
{
	const char *const tokens[][2] = { { "ORIGIN", origin },
					  { "LIB", tree + 1 },
					  { "PLATFORM", m->c->musl ? "" : "plat" } };
	char *result;
	size_t size;
	FILE *out = open_memstream(&result, &size);

	fuzz_require(out, "there is memory");
	while (*text) {
		size_t n = 0;

		for (size_t i = 0; !n && i < 3; i++) {
			n = token(text, tokens[i][0]);
			if (n)
				fprintf(out, "%s%s", tokens[i][1], i == 1 ? "/lib" : "");
		}
		if (!n)
			fputc(text[n++], out);
		text += n;
	}
	fclose(out);
	return result;
}

/* origin: NULL if tokens mean nothing there. */
static void consider_list(struct model *m, const char *list, const char *separators,
			  const char *origin, enum ctr__search_by by)
{
	char *copy = strdup(list ? list : ""), *rest = copy, *item;

	fuzz_require(copy, "there is memory");
	while ((item = strsep(&rest, separators))) {
		char *dir = origin ? expand(m, origin, item) : strdup(item);

		fuzz_require(dir, "there is memory");
		if (dir[0] == '/' && strlen(dir) < PATH_MAX)
			consider_dir(m, dir, by);
		free(dir);
	}
	free(copy);
}

static char *default_list(const struct search_case *c)
{
	char *list;

	if (c->musl)
		return strdup("/lib:/usr/local/lib:/usr/lib");
	fuzz_require(asprintf(&list, "%s/lib:/usr%s/lib:/lib:/usr/lib", tree, tree) > 0,
		     "there is memory");
	return list;
}

/* Whether a path lies below one of the directories; directly: in it, or in its levels. */
static bool is_below_defaults(const struct search_case *c, const char *path, bool directly)
{
	char *list = default_list(c), *rest = list, *dir;
	bool found = false;

	while (!found && (dir = strsep(&rest, ":"))) {
		const size_t n = strlen(dir);
		const char *name = path + n + 1;

		if (strncmp(path, dir, n) != 0 || path[n] != '/')
			continue;
		if (strncmp(name, "glibc-hwcaps/", 13) == 0 && strchr(name + 13, '/'))
			name = strchr(name + 13, '/') + 1;
		found = !directly || !strchr(name, '/');
	}
	free(list);
	return found;
}

static void consider_cache(struct model *m)
{
	char path[PATH_MAX];

	for (size_t i = 0; m->c->has_cache && i < 6; i++) {
		if (strcmp(m->c->name, cached[i][0]) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", tree, cached[i][1]);
		if (!m->c->no_defaults || !is_below_defaults(m->c, path, false))
			consider(m, path, CTR__BY_CACHE);
	}
}

#define OWN_ORIGIN "/nowhere"

static void list_by_musl(struct model *m)
{
	const struct search_case *c = m->c;
	char *defaults = default_list(c);

	consider_list(m, c->own.runpath, ":", OWN_ORIGIN, CTR__BY_RUNPATH);
	consider_list(m, c->own.rpath, ":", OWN_ORIGIN, CTR__BY_RPATH);
	consider_list(m, c->above.runpath, ":", tree, CTR__BY_RUNPATH);
	consider_list(m, c->above.rpath, ":", tree, CTR__BY_RPATH);
	if (c->has_conf)
		consider_list(m, c->conf, ":\n", NULL, CTR__BY_CONF);
	else if (!c->bad_conf)
		consider_list(m, defaults, ":", NULL, CTR__BY_DEFAULT);
	free(defaults);
}

static void list_by_glibc(struct model *m)
{
	const struct search_case *c = m->c;
	char *defaults = default_list(c);

	if (!c->own.runpath) {
		consider_list(m, c->own.rpath, ":", OWN_ORIGIN, CTR__BY_RPATH);
		consider_list(m, c->above.rpath, ":", tree, CTR__BY_RPATH);
	}
	consider_list(m, c->own.runpath, ":", OWN_ORIGIN, CTR__BY_RUNPATH);
	consider_cache(m);
	if (!c->no_defaults)
		consider_list(m, defaults, ":", NULL, CTR__BY_DEFAULT);
	free(defaults);
}

static void list_places(struct model *m)
{
	if (strchr(m->c->name, '/'))
		consider(m, m->c->name, CTR__BY_PATH);
	else if (m->c->musl)
		list_by_musl(m);
	else
		list_by_glibc(m);
}

/* ---- the search ---- */

static int search(const struct search_case *c, struct ctr__found *found)
{
	static const struct ctr__cpu cpu = { { "best", "good" }, "plat" };
	static const struct ctr__elf_kind kind = { EM_X86_64, ELFCLASS64, ELFDATA2LSB };
	const struct ctr__elf above_elf = { .rpath = c->above.rpath, .runpath = c->above.runpath };
	const struct ctr__elf elf = { .rpath = c->own.rpath,
				      .runpath = c->own.runpath,
				      .no_default_places = c->no_defaults };
	const struct ctr__loaded above = { .elf = &above_elf, .origin = tree };
	const struct ctr__loaded own = { .elf = &elf, .origin = OWN_ORIGIN, .above = &above };
	char *loader = strdup(in_tree(c->musl ? "lib/ld-musl-x86_64.so.1" : "lib/ld.so"));
	struct ctr__cache cache = { 0 };
	struct ctr__places places = { 0 };
	struct ctr__search s;
	int r;

	fuzz_require(loader, "there is memory");
	if (c->has_cache)
		open_cache(&cache);
	ctr__places_begin(&places);
	ctr__search_init(&s, &cache, &cpu, &places, &kind, loader, loader);
	r = ctr__search_find(&s, &own, c->name, found);
	ctr__places_clear(&places);
	ctr__cache_close(&cache);
	free(loader);
	return r;
}

#define CONF "etc/ld-musl-x86_64.path"

static void put_conf(const struct search_case *c)
{
	remove(in_tree(CONF));
	if (c->has_conf)
		put_file(CONF, c->conf, strlen(c->conf));
	if (c->bad_conf)
		fuzz_require(mkdir(in_tree(CONF), 0755) == 0, "a directory is made");
}

/* From there, so that a relative place would be one of the tree. */
static int search_in_tree(const struct search_case *c, struct ctr__found *found)
{
	int here = open(".", O_PATH | O_CLOEXEC), r;

	fuzz_require(here >= 0 && chdir(tree) == 0, "the tree can be entered");
	r = search(c, found);
	fuzz_require(fchdir(here) == 0, "it can be left");
	close(here);
	return r;
}

static void check(const struct search_case *c)
{
	struct model m = { .c = c };
	struct ctr__found found;
	int r;

	put_conf(c);
	list_places(&m);
	r = search_in_tree(c, &found);
	fuzz_require(r == (m.path[0] ? 0 : -ENOENT), "it is found where the list has it");
	if (r < 0)
		return;
	fuzz_require(strcmp(found.path, m.path) == 0, "it is the first of the list");
	fuzz_require(found.by == m.by, "it is said how it was found");
	if (!c->musl && m.by == CTR__BY_CACHE)
		fuzz_require(found.in_default == is_below_defaults(c, m.path, true),
			     "it is said whether the cache is needed");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool made;
	char *text = fuzz_text(data, size);
	struct search_case c;

	if (!made)
		make_tree();
	made = true;
	c = take_case(text);
	check(&c);
	clear_case(&c);
	free(text);
	return 0;
}
