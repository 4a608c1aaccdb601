/* SPDX-License-Identifier: MIT */
#include "jail/jail.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/export.h"
#include "base/file.h"
#include "base/json_string.h"
#include "base/path.h"
#include "base/sys.h"
#include "jail/edges.h"
#include "jail/extra.h"
#include "jail/program.h"
#include "jail/reference.h"

#define CACHE_MAX (64 << 20)

/* ---- the object ---- */

/* A loader takes one that it does not know for none, and so do we. */
static int open_cache(ctr_jail *jail)
{
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, CTR__CACHE_PATH, O_RDONLY | O_CLOEXEC, 0);
	char *file = NULL;
	size_t size;
	int r = fd;

	if (fd == -ENOENT)
		return 0;
	if (fd >= 0)
		r = ctr__file_read(fd, CACHE_MAX, &file, &size);
	if (r == 0)
		r = ctr__cache_open(&jail->cache, file, size);
	return r == -EBADMSG ? 0 : r;
}

CTR_EXPORT ctr_jail *ctr_jail_new(ctr_error *err)
{
	ctr_jail *jail = calloc(1, sizeof(*jail));
	int r;

	if (!jail) {
		ctr__error_nomem(err);
		return NULL;
	}
	ctr__cpu_read(&jail->cpu);
	r = open_cache(jail);
	if (r < 0) {
		ctr__error_sys(err, -r, "read the loader's cache", CTR__CACHE_PATH);
		ctr_jail_free(jail);
		return NULL;
	}
	return jail;
}

CTR_EXPORT void ctr_jail_free(ctr_jail *jail)
{
	if (!jail)
		return;
	ctr__list_clear(&jail->list);
	ctr__names_clear(&jail->names);
	ctr__places_clear(&jail->places);
	ctr__cache_close(&jail->cache);
	free(jail);
}

/* ---- what is added ---- */

/* Each call that adds has a number, by which it is taken back if it fails. */
static size_t begin(ctr_jail *jail)
{
	jail->list.call++;
	ctr__places_begin(&jail->places);
	return jail->list.n;
}

static int end(ctr_jail *jail, size_t n, int r)
{
	if (r < 0)
		ctr__list_take_back(&jail->list, n);
	else
		ctr__list_settle(&jail->list);
	ctr__places_clear(&jail->places);
	return r;
}

static int refuse_program(const struct ctr__adding *a, const char *name, int errnum,
			  const char *hint)
{
	return ctr__error_set(a->err, errnum == EACCES ? CTR_E_NOT_EXECUTABLE : CTR_E_NOT_FOUND,
			      errnum, "add the program", name, "%s", hint);
}

static int add_program(const struct ctr__adding *a, const char *path)
{
	struct ctr__list *list = &a->jail->list;
	struct ctr__entry *entry;
	const char *why;
	int r = ctr__reference_add_named(a, path, &entry, &why);

	if (r == -ENOENT || r == -ENOTDIR)
		return refuse_program(a, path, -r, "there is no such file");
	if (why)
		return ctr__error_set(a->err, CTR_E_NOT_EXECUTABLE, -r, "add the program", path,
				      "a symbolic link of another user leads there, and %s: name "
				      "the path itself",
				      why);
	if (r < 0 && r != -EISDIR && r != -EOPNOTSUPP)
		return ctr__jail_error(a->err, r, "look at the program", path);
	if (r < 0 || entry->kind != CTR_JAIL_FILE)
		return refuse_program(a, path, EACCES,
				      "it is not a regular file: include it as a file, not as a "
				      "program");
	if (!(entry->st.stx_mode & 0111))
		return refuse_program(a, path, EACCES, "it is not executable: use chmod +x");
	if (ctr__examine(a, entry) < 0)
		return -1;
	if (ctr__list_add_reason(list, entry, NULL, "asked for") < 0)
		return ctr__error_nomem(a->err);
	return 0;
}

static int find_program(const struct ctr__adding *a, const char *name)
{
	char path[PATH_MAX];

	if (name[0] == '/')
		return add_program(a, name);
	if (ctr__program_search(a->search, name, path) == 0)
		return add_program(a, path);
	return ctr__error_set(a->err, CTR_E_NOT_FOUND, ENOENT, "add the program", name,
			      "it is in none of the directories of PATH, %s", a->search);
}

CTR_EXPORT int ctr_jail_add_program(ctr_jail *jail, const char *name, const char *search,
				    ctr_error *err)
{
	const struct ctr__adding a = {
		.jail = jail,
		.search = search ? search : CTR__USUAL_PATH,
		.err = err,
	};
	size_t n;

	if (!name || !*name || (name[0] != '/' && (!search || strchr(name, '/'))))
		return ctr__error_value(err, "program", name,
					"an absolute path, or a name to look for");
	n = begin(jail);
	return end(jail, n, find_program(&a, name));
}

CTR_EXPORT int ctr_jail_add_path(ctr_jail *jail, const char *path, ctr_error *err)
{
	const struct ctr__adding a = {
		.jail = jail,
		.search = CTR__USUAL_PATH,
		.lenient = true,
		.err = err,
	};
	size_t n;

	if (!ctr__path_is_absolute(path))
		return ctr__error_value(err, "path", path, "an absolute path");
	n = begin(jail);
	return end(jail, n, ctr__tree_add(&a, path, "asked for"));
}

/* ---- extras ---- */

static int add_directory_alone(const struct ctr__adding *a, const char *path)
{
	struct ctr__entry *entry;
	int r = ctr__list_add(&a->jail->list, path, &entry, NULL);

	return r < 0 ? ctr__error_sys(a->err, -r, "look at", path) : 0;
}

static int add_match(const struct ctr__adding *a, const char *path, const char *reason)
{
	const size_t n = strlen(path);

	if (path[n - 1] == '/')
		return add_directory_alone(a, path);
	return ctr__tree_add(a, path, reason);
}

/* How many paths there were, or -1. */
static int add_pattern(const struct ctr__adding *a, const char *pattern, const char *reason)
{
	glob_t paths;
	int r = glob(pattern, 0, NULL, &paths), n;

	if (r == GLOB_NOMATCH)
		return 0;
	if (r != 0)
		return r == GLOB_NOSPACE ? ctr__error_nomem(a->err)
					 : ctr__error_sys(a->err, EIO, "look for", pattern);
	n = (int)paths.gl_pathc;
	for (int i = 0; r == 0 && i < n; i++)
		r = add_match(a, paths.gl_pathv[i], reason);
	globfree(&paths);
	return r < 0 ? r : n;
}

static int add_extra(const struct ctr__adding *a, const struct ctr__extra *extra)
{
	char reason[64];
	int found = 0;

	snprintf(reason, sizeof(reason), "part of %s", extra->name);
	for (const char *const *p = extra->patterns; *p; p++) {
		int n = add_pattern(a, *p, reason);

		if (n < 0)
			return -1;
		found += n;
	}
	if (!found)
		return ctr__error_set(a->err, CTR_E_NOT_FOUND, ENOENT, "add the extra", extra->name,
				      "this host has none of these files");
	return 0;
}

CTR_EXPORT int ctr_jail_add_extra(ctr_jail *jail, const char *name, ctr_error *err)
{
	const struct ctr__adding a = {
		.jail = jail,
		.search = CTR__USUAL_PATH,
		.lenient = true,
		.follows = true,
		.err = err,
	};
	const struct ctr__extra *extra = ctr__extras;
	size_t n;

	while (name && extra->name && strcmp(extra->name, name) != 0)
		extra++;
	if (!name || !extra->name)
		return ctr__error_value(err, "extra", name, "one of ctr_jail_extra_name()");
	n = begin(jail);
	return end(jail, n, add_extra(&a, extra));
}

/* Whether an index is one of the table's. */
static bool is_extra(size_t index)
{
	size_t n = 0;

	while (n < index && ctr__extras[n].name)
		n++;
	return n == index;
}

CTR_EXPORT const char *ctr_jail_extra_name(size_t index)
{
	return is_extra(index) ? ctr__extras[index].name : NULL;
}

CTR_EXPORT const char *ctr_jail_extra_summary(size_t index)
{
	return is_extra(index) ? ctr__extras[index].summary : NULL;
}

/* ---- what it has ---- */

static const struct ctr__entry *get(const ctr_jail *jail, size_t index)
{
	return index < jail->list.n ? jail->list.entries[index] : NULL;
}

static const struct ctr__reason *get_reason(const ctr_jail *jail, size_t index, size_t reason)
{
	const struct ctr__entry *entry = get(jail, index);

	return entry && reason < entry->n_reasons ? &entry->reasons[reason] : NULL;
}

CTR_EXPORT size_t ctr_jail_count(const ctr_jail *jail)
{
	return jail->list.n;
}

CTR_EXPORT const char *ctr_jail_path(const ctr_jail *jail, size_t index)
{
	const struct ctr__entry *entry = get(jail, index);

	return entry ? entry->path : NULL;
}

CTR_EXPORT uint32_t ctr_jail_kind(const ctr_jail *jail, size_t index)
{
	const struct ctr__entry *entry = get(jail, index);

	return entry ? entry->kind : CTR_JAIL_MISSING;
}

CTR_EXPORT const char *ctr_jail_target(const ctr_jail *jail, size_t index)
{
	const struct ctr__entry *entry = get(jail, index);

	return entry ? entry->target : NULL;
}

CTR_EXPORT uint64_t ctr_jail_size_bytes(const ctr_jail *jail, size_t index)
{
	const struct ctr__entry *entry = get(jail, index);

	return entry && entry->kind == CTR_JAIL_FILE ? entry->st.stx_size : 0;
}

CTR_EXPORT uint32_t ctr_jail_state(const ctr_jail *jail, size_t index)
{
	const struct ctr__entry *entry = get(jail, index);

	return entry ? entry->state : CTR_JAIL_UNTOUCHED;
}

CTR_EXPORT size_t ctr_jail_reason_count(const ctr_jail *jail, size_t index)
{
	const struct ctr__entry *entry = get(jail, index);

	return entry ? entry->n_reasons : 0;
}

CTR_EXPORT const char *ctr_jail_reason(const ctr_jail *jail, size_t index, size_t reason)
{
	const struct ctr__reason *r = get_reason(jail, index, reason);

	return r ? r->text : NULL;
}

CTR_EXPORT const char *ctr_jail_needed_by(const ctr_jail *jail, size_t index, size_t reason)
{
	const struct ctr__reason *r = get_reason(jail, index, reason);

	return r && r->needed_by ? r->needed_by->path : NULL;
}

/* ---- JSON ---- */

static void add_reasons(struct ctr__buf *b, const struct ctr__entry *entry)
{
	ctr__buf_add(b, ",\"reasons\":[");
	for (size_t i = 0; i < entry->n_reasons; i++) {
		const struct ctr__reason *r = &entry->reasons[i];

		ctr__buf_add(b, "%s{\"needed_by\":", i ? "," : "");
		if (r->needed_by)
			ctr__json_add_string(b, r->needed_by->path);
		else
			ctr__buf_add(b, "null");
		ctr__buf_add(b, ",\"why\":");
		ctr__json_add_string(b, r->text);
		ctr__buf_add(b, "}");
	}
	ctr__buf_add(b, "]}");
}

static void add_json(struct ctr__buf *b, const struct ctr__entry *entry)
{
	static const char *const kinds[] = {
		[CTR_JAIL_DIRECTORY] = "directory", [CTR_JAIL_FILE] = "file",
		[CTR_JAIL_LINK] = "link",	    [CTR_JAIL_DEVICE] = "device",
		[CTR_JAIL_MISSING] = "missing",	    [CTR_JAIL_LEFT_OUT] = "left-out",
	};

	ctr__buf_add(b, "{\"path\":");
	ctr__json_add_string(b, entry->path);
	ctr__buf_add(b, ",\"kind\":\"%s\"", kinds[entry->kind]);
	if (entry->target) {
		ctr__buf_add(b, ",\"target\":");
		ctr__json_add_string(b, entry->target);
	}
	if (entry->kind == CTR_JAIL_FILE)
		ctr__buf_add(b, ",\"size\":%llu", (unsigned long long)entry->st.stx_size);
	add_reasons(b, entry);
}

CTR_EXPORT size_t ctr_jail_json(const ctr_jail *jail, char *text, size_t size)
{
	struct ctr__buf b;

	ctr__buf_init(&b, text, size);
	ctr__buf_add(&b, "{\"entries\":[");
	for (size_t i = 0; i < jail->list.n; i++) {
		ctr__buf_add(&b, "%s", i ? "," : "");
		add_json(&b, jail->list.entries[i]);
	}
	ctr__buf_add(&b, "]}");
	return b.len;
}
