/* SPDX-License-Identifier: MIT */
#include "jail/search.h"

#include <elf.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/sys.h"
#include "jail/jail.h"

#define CONF_MAX 65536
#define CONF_DEPTH 8

/* One attempt to find a name. */
struct attempt {
	const struct ctr__search *search;
	const char *name;
	struct ctr__found *found;
};

/* "/lib/ld-musl-x86_64.so.1" has "/etc/ld-musl-x86_64.path"; another one's loader has none. */
static void find_conf(struct ctr__search *search, const char *loader)
{
	static const char start[] = "ld-musl-";
	const char *name = strrchr(loader, '/'), *dir = name;

	if (!name || strncmp(name + 1, start, sizeof(start) - 1) != 0)
		return;
	while (dir > loader && dir[-1] != '/')
		dir--; /* the directory that the loader's is in */
	snprintf(search->conf, sizeof(search->conf), "%.*setc/%.*s.path", (int)(dir - loader),
		 loader, (int)strcspn(name + 1, "."), name + 1);
}

void ctr__search_init(struct ctr__search *search, const struct ctr__cache *cache,
		      const struct ctr__cpu *cpu, struct ctr__places *places,
		      const struct ctr__elf_kind *kind, const char *loader, const char *real_loader)
{
	/* Of musl there are no such places, and of 32 bits no levels. */
	static const struct ctr__cpu none = { .platform = "" }, i386 = { .platform = "i686" };
	const char *end = strrchr(real_loader, '/'), *start = real_loader;

	*search =
		(struct ctr__search){ .cache = cache, .cpu = cpu, .places = places, .kind = *kind };
	find_conf(search, loader);
	if (search->conf[0])
		search->cpu = &none;
	else if (kind->machine == EM_386)
		search->cpu = &i386;
	if (strncmp(start, "/usr/", 5) == 0)
		start += 4;
	if (end > start)
		snprintf(search->lib, sizeof(search->lib), "%.*s", (int)(end - start - 1),
			 start + 1);
}

bool ctr__search_is_loader(const struct ctr__search *search, const char *name)
{
	static const char *const own[] = { "libc.",  "libpthread.", "librt.",  "libm.",
					   "libdl.", "libutil.",    "libxnet." };

	for (size_t i = 0; search->conf[0] && i < sizeof(own) / sizeof(own[0]); i++)
		if (strncmp(name, own[i], strlen(own[i])) == 0)
			return true;
	return false;
}

/* What a place says where the library is not, as opposed to the state of the machine. */
static bool is_absent(int r)
{
	return r == -ENOENT || r == -ENOTDIR || r == -EACCES || r == -ELOOP || r == -ENAMETOOLONG ||
	       r == -ENXIO || r == -EISDIR || r == -ENOEXEC || r == -EBADMSG;
}

/*
 * Only these are opened: of a device, or of a file of the kernel, that would do what its driver
 * does then. What was looked at is opened, whatever the path leads to by now; a host that has no
 * /proc opens the path again.
 */
static int open_regular(const char *path)
{
	_cleanup_fd_ int place = sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	char self[32];
	struct statx st;
	int r = place;

	if (place >= 0)
		r = sys_statx(place, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (r < 0)
		return r;
	if (!S_ISREG(st.stx_mode) || ctr__is_of_kernel(place))
		return -ENOEXEC;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", place);
	r = sys_openat(AT_FDCWD, self, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
	if (r != -ENOENT)
		return r;
	return sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
}

/* The loader passes over files of another kind: -ENOENT, as for what is not there. */
static int check(const struct attempt *a, const char *path)
{
	_cleanup_fd_ int fd = open_regular(path);
	struct ctr__elf_kind kind;
	int r = fd < 0 ? fd : ctr__elf_read_kind(fd, &kind);

	if (r < 0)
		return is_absent(r) ? -ENOENT : r;
	return ctr__elf_kind_equal(&kind, &a->search->kind) ? 0 : -ENOENT;
}

static int try(const struct attempt *a, const char *dir, const char *level)
{
	char *path = a->found->path;
	int n;

	n = level ? snprintf(path, PATH_MAX, "%s/glibc-hwcaps/%s/%s", dir, level, a->name)
		  : snprintf(path, PATH_MAX, "%s/%s", dir, a->name);
	return n < PATH_MAX ? check(a, path) : -ENOENT;
}

static bool has_levels(const struct attempt *a, const char *dir)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/glibc-hwcaps", dir) < PATH_MAX &&
	       !ctr__places_is_absent(a->search->places, path);
}

/* A file that is made for the processor comes before the one that is for all. */
static int try_dir(const struct attempt *a, const char *dir)
{
	const char *const *level = a->search->cpu->levels;
	int r;

	if (!ctr__places_spend(a->search->places, CTR__COST_PLACE))
		return -E2BIG;
	if (dir[0] != '/')
		return -ENOENT; /* from the working directory, which nobody knows */
	if (ctr__places_is_absent(a->search->places, dir))
		return -ENOENT;
	for (; *level && has_levels(a, dir); level++) {
		r = try(a, dir, *level);
		if (r != -ENOENT)
			return r;
	}
	return try(a, dir, NULL);
}

/* ---- places that have tokens in them ---- */

static bool is_of_name(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* The length of "NAME" or "{NAME}", or 0. */
static size_t is_token(const char *text, const char *name)
{
	const size_t n = strlen(name);
	const bool braced = text[0] == '{';

	text += braced;
	if (strncmp(text, name, n) != 0)
		return 0;
	if (braced)
		return text[n] == '}' ? n + 2 : 0;
	return is_of_name(text[n]) ? 0 : n;
}

static size_t add_token(struct ctr__buf *b, const char *text, const struct attempt *a,
			const struct ctr__loaded *object)
{
	size_t n;

	if ((n = is_token(text, "ORIGIN")))
		ctr__buf_add(b, "%s", object->origin);
	else if ((n = is_token(text, "LIB")))
		ctr__buf_add(b, "%s", a->search->lib);
	else if ((n = is_token(text, "PLATFORM")))
		ctr__buf_add(b, "%s", a->search->cpu->platform);
	else
		ctr__buf_add(b, "$");
	return n;
}

/* -ENAMETOOLONG if it does not fit. */
static int expand(const struct attempt *a, const struct ctr__loaded *object, const char *text,
		  size_t length, char to[PATH_MAX])
{
	struct ctr__buf b;

	ctr__buf_init(&b, to, PATH_MAX);
	while (length) {
		size_t n = 1;

		if (*text == '$')
			n += add_token(&b, text + 1, a, object);
		else
			ctr__buf_add(&b, "%c", *text);
		n = n < length ? n : length;
		text += n;
		length -= n;
	}
	return b.len < b.size ? 0 : -ENAMETOOLONG;
}

static int try_list(const struct attempt *a, const struct ctr__loaded *object, const char *list,
		    enum ctr__search_by by)
{
	char dir[PATH_MAX];
	int r;

	for (size_t n; list && *list; list += n + (list[n] == ':')) {
		n = strcspn(list, ":");
		r = expand(a, object, list, n, dir) < 0 ? -ENOENT : try_dir(a, dir);
		a->found->by = by;
		if (r != -ENOENT)
			return r;
	}
	return -ENOENT;
}

/* Not where the object has a runpath: then none of those above it counts either. */
static int try_rpaths(const struct attempt *a, const struct ctr__loaded *object)
{
	int r;

	if (object->elf->runpath)
		return -ENOENT;
	for (const struct ctr__loaded *o = object; o; o = o->above) {
		r = try_list(a, o, o->elf->rpath, CTR__BY_RPATH);
		if (r != -ENOENT)
			return r;
	}
	return -ENOENT;
}

/* ---- places that are known ---- */

static bool is_below(const char *path, const char *dir)
{
	const size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/';
}

/* Those of Debian, which has them by machine first; elsewhere the first two are all. */
static const char *default_dir(const struct ctr__search *search, size_t index, char dir[PATH_MAX])
{
	static const char *const forms[] = { "/%s", "/usr/%s", "/lib", "/usr/lib" };

	if (index >= sizeof(forms) / sizeof(forms[0]))
		return NULL;
	snprintf(dir, PATH_MAX, forms[index], search->lib);
	return dir;
}

/* Found there by a reader that knows that directory alone, and not what others are below it. */
static bool is_in(const char *path, const char *dir)
{
	static const char levels[] = "glibc-hwcaps/";
	const char *name = path + strlen(dir) + 1;

	if (!is_below(path, dir))
		return false;
	if (strncmp(name, levels, sizeof(levels) - 1) == 0) {
		name += sizeof(levels) - 1;
		name += strcspn(name, "/") + 1;
	}
	return !strchr(name, '/');
}

static bool is_default(const struct attempt *a, bool (*is)(const char *path, const char *dir))
{
	char dir[PATH_MAX];

	for (size_t i = 0; default_dir(a->search, i, dir); i++)
		if (is(a->found->path, dir))
			return true;
	return false;
}

static int try_cache(const struct attempt *a, bool no_default_places)
{
	const struct ctr__search *s = a->search;
	const char *path;
	int r;

	if (!ctr__places_spend(s->places, CTR__COST_PLACE))
		return -E2BIG;
	path = ctr__cache_find(s->cache, s->cpu, &s->kind, a->name);
	if (!path || snprintf(a->found->path, PATH_MAX, "%s", path) >= PATH_MAX)
		return -ENOENT;
	r = check(a, path);
	if (r < 0)
		return r;
	if (no_default_places && is_default(a, is_below))
		return -ENOENT;
	a->found->in_default = is_default(a, is_in);
	a->found->by = CTR__BY_CACHE;
	return 0;
}

static int try_defaults(const struct attempt *a)
{
	char dir[PATH_MAX];
	int r;

	a->found->by = CTR__BY_DEFAULT;
	a->found->in_default = true;
	for (size_t i = 0; default_dir(a->search, i, dir); i++) {
		r = try_dir(a, dir);
		if (r != -ENOENT)
			return r;
	}
	return -ENOENT;
}

static int try_path(const struct attempt *a)
{
	a->found->by = CTR__BY_PATH;
	if (snprintf(a->found->path, PATH_MAX, "%s", a->name) >= PATH_MAX)
		return -ENOENT;
	return a->name[0] == '/' ? check(a, a->name) : -ENOENT;
}

int ctr__search_expand(const struct ctr__search *search, const struct ctr__loaded *object,
		       const char *name, char to[PATH_MAX])
{
	const struct attempt a = { .search = search };

	return expand(&a, object, name, strlen(name), to);
}

/* What tells a loader, or ldconfig(8), where to look. */
static int read_conf(const char *path, char **text, size_t *size)
{
	_cleanup_fd_ int fd = open_regular(path);

	return fd < 0 ? fd : ctr__file_read(fd, CONF_MAX, text, size);
}

/* ---- musl's loader ---- */

/* Its rpaths and runpaths are the same, and count for all below. */
static int try_musl_paths(const struct attempt *a, const struct ctr__loaded *object)
{
	int r = -ENOENT;

	for (const struct ctr__loaded *o = object; r == -ENOENT && o; o = o->above)
		r = o->elf->runpath ? try_list(a, o, o->elf->runpath, CTR__BY_RUNPATH)
				    : try_list(a, o, o->elf->rpath, CTR__BY_RPATH);
	return r;
}

static int try_places(const struct attempt *a, char *list, enum ctr__search_by by)
{
	int r = -ENOENT;
	char *dir;

	while (r == -ENOENT && (dir = strsep(&list, ":\n")))
		r = try_dir(a, dir);
	a->found->by = by;
	return r;
}

static int try_musl_places(const struct attempt *a)
{
	char usual[] = "/lib:/usr/local/lib:/usr/lib";
	_cleanup_free_ char *text = NULL;
	size_t size;
	int r = read_conf(a->search->conf, &text, &size);

	if (r == 0)
		return try_places(a, text, CTR__BY_CONF);
	return r == -ENOENT ? try_places(a, usual, CTR__BY_DEFAULT) : -ENOENT;
}

static int find_by_musl(const struct attempt *a, const struct ctr__loaded *object)
{
	int r = try_musl_paths(a, object);

	return r == -ENOENT ? try_musl_places(a) : r;
}

int ctr__search_find(const struct ctr__search *search, const struct ctr__loaded *object,
		     const char *name, struct ctr__found *found)
{
	const struct attempt a = { .search = search, .name = name, .found = found };
	const bool no_default_places = object->elf->no_default_places;
	int r;

	found->in_default = false;
	if (strchr(name, '/'))
		return try_path(&a);
	if (search->conf[0])
		return find_by_musl(&a, object);
	r = try_rpaths(&a, object);
	if (r == -ENOENT)
		r = try_list(&a, object, object->elf->runpath, CTR__BY_RUNPATH);
	if (r == -ENOENT)
		r = try_cache(&a, no_default_places);
	if (r == -ENOENT && !no_default_places)
		r = try_defaults(&a);
	return r;
}

/* ---- places that the loader may come to know ---- */

static int try_conf(const struct attempt *a, const char *pattern, int depth);

static int try_conf_line(const struct attempt *a, char *line, int depth)
{
	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t");
	for (size_t n = strlen(line); n && strchr(" \t\r/", line[n - 1]); n--)
		line[n - 1] = '\0';
	if (strncmp(line, "include", 7) == 0 && strchr(" \t", line[7]) && line[7])
		return try_conf(a, line + 7 + strspn(line + 7, " \t"), depth + 1);
	return try_dir(a, line);
}

static int try_conf_file(const struct attempt *a, const char *path, int depth)
{
	_cleanup_free_ char *text = NULL;
	char *rest, *line;
	size_t size;

	if (read_conf(path, &text, &size) < 0)
		return -ENOENT;
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (try_conf_line(a, line, depth) == 0)
			return 0;
	return -ENOENT;
}

/* Files include others, by patterns; a name without a slash is one of /etc. */
static int try_conf(const struct attempt *a, const char *pattern, int depth)
{
	char path[PATH_MAX];
	int r = -ENOENT;
	glob_t files;

	if (depth > CONF_DEPTH ||
	    snprintf(path, sizeof(path), "%s%s", pattern[0] == '/' ? "" : "/etc/", pattern) >=
		    PATH_MAX ||
	    glob(path, 0, NULL, &files) != 0)
		return -ENOENT;
	for (size_t i = 0; r < 0 && i < files.gl_pathc; i++)
		r = try_conf_file(a, files.gl_pathv[i], depth);
	globfree(&files);
	return r;
}

int ctr__search_conf(const struct ctr__search *search, const char *name, struct ctr__found *found)
{
	const struct attempt a = { .search = search, .name = name, .found = found };

	return strchr(name, '/') || search->conf[0] ? -ENOENT : try_conf(&a, "/etc/ld.so.conf", 0);
}

const char *ctr__search_by_name(enum ctr__search_by by)
{
	static const char *const names[] = {
		[CTR__BY_PATH] = "by its path",
		[CTR__BY_RPATH] = "by the rpath",
		[CTR__BY_RUNPATH] = "by the runpath",
		[CTR__BY_CACHE] = ("by " CTR__CACHE_PATH),
		[CTR__BY_CONF] = "by the loader's path file",
		[CTR__BY_DEFAULT] = "in a default place",
	};

	return names[by];
}
