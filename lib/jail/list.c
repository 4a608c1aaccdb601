/* SPDX-License-Identifier: MIT */
#include "jail/list.h"

#include <limits.h>
#include <minictr/jail.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/sys.h"
#include "jail/acl.h"
#include "jail/edges.h"

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct ctr__entry *)a)->path, ((const struct ctr__entry *)b)->path);
}

static void entry_free(struct ctr__entry *entry)
{
	for (size_t i = 0; i < entry->n_reasons; i++)
		free(entry->reasons[i].text);
	if (entry->elf)
		ctr__elf_clear(entry->elf);
	free(entry->elf);
	ctr__edges_free(entry->edges);
	free(entry->reasons);
	free(entry->target);
	free(entry->path);
	free(entry);
}

static struct ctr__entry *find(void *const *tree, const char *path)
{
	struct ctr__entry key = { 0 };
	void *node;

	/* It is only compared with, never written to. */
	memcpy(&key.path, &path, sizeof(path));
	node = tfind(&key, tree, compare);
	return node ? *(struct ctr__entry **)node : NULL;
}

struct ctr__entry *ctr__list_find(const struct ctr__list *list, const char *path)
{
	return find(&list->by_path, path);
}

/* What is absent is in other trees: it is a name, which may be the path of another entry. */
static void **tree_of(struct ctr__list *list, uint32_t kind)
{
	if (kind == CTR_JAIL_LEFT_OUT)
		return &list->left_out;
	return kind == CTR_JAIL_MISSING ? &list->missing : &list->by_path;
}

static struct ctr__entry *append(struct ctr__list *list, const char *path, uint32_t kind)
{
	struct ctr__entry **grown, *entry;

	grown = reallocarray(list->entries, list->n + 1, sizeof(struct ctr__entry *));
	if (!grown)
		return NULL;
	list->entries = grown;
	entry = calloc(1, sizeof(*entry));
	if (entry)
		entry->path = strdup(path);
	if (!entry || !entry->path || !tsearch(entry, tree_of(list, kind), compare)) {
		if (entry)
			entry_free(entry);
		return NULL;
	}
	entry->kind = kind;
	list->entries[list->n++] = entry;
	return entry;
}

/* ---- the way to a path ---- */

/* A path while it is resolved: what is done has no links in it. Too large for a stack. */
struct way {
	char done[PATH_MAX];
	char rest[PATH_MAX];
	char next[PATH_MAX]; /* what one of them becomes */
	struct ctr__links links;
};

static int kind_of(const struct statx *st)
{
	switch (st->stx_mode & S_IFMT) {
	case S_IFDIR:
		return CTR_JAIL_DIRECTORY;
	case S_IFREG:
		return CTR_JAIL_FILE;
	case S_IFLNK:
		return CTR_JAIL_LINK;
	case S_IFCHR:
		return CTR_JAIL_DEVICE;
	default:
		return -EOPNOTSUPP;
	}
}

static int read_target(int fd, char **text)
{
	char target[PATH_MAX];
	long n = sys_readlinkat(fd, "", target, sizeof(target));

	if (n < 0)
		return (int)n;
	if (n == 0 || n == (long)sizeof(target))
		return -ENAMETOOLONG;
	*text = strndup(target, (size_t)n);
	return *text ? 0 : -ENOMEM;
}

int ctr__entry_open(const struct ctr__entry *entry, int flags)
{
	const int waits = flags & O_PATH ? 0 : O_NONBLOCK;
	_cleanup_fd_ int fd = ctr__path_open_direct(entry->path, flags | O_NOFOLLOW | waits);
	struct statx st;
	int r;

	if (fd < 0)
		return fd == -ELOOP ? -ESTALE : fd;
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);
	if (r < 0)
		return r;
	return ctr__same_file(&st, &entry->st) ? ctr__fd_take(&fd) : -ESTALE;
}

static struct ctr__entry *find_parent(const struct ctr__list *list, const char *path)
{
	char above[PATH_MAX];

	snprintf(above, sizeof(above), "%.*s", (int)(strrchr(path, '/') - path), path);
	return ctr__list_find(list, above);
}

struct ctr__entry *ctr__list_parent(const struct ctr__list *list, const struct ctr__entry *entry)
{
	return find_parent(list, entry->path);
}

/* What is there now, in the directory that was listed; no link is followed. */
static int open_place(const struct ctr__list *list, const char *path)
{
	const struct ctr__entry *above = find_parent(list, path);
	_cleanup_fd_ int dir = -1;

	if (!above)
		return ctr__path_open_direct(path, O_PATH | O_NOFOLLOW);
	dir = ctr__entry_open(above, O_PATH | O_DIRECTORY);
	if (dir < 0)
		return dir;
	return ctr__path_open_plain(dir, strrchr(path, '/') + 1, O_PATH | O_NOFOLLOW);
}

int ctr__list_add_name(struct ctr__list *list, const char *path, struct ctr__entry **entry)
{
	_cleanup_free_ char *target = NULL;
	_cleanup_fd_ int fd = -1;
	struct statx st;
	int r, kind;

	*entry = ctr__list_find(list, path);
	if (*entry)
		return 0;
	fd = open_place(list, path);
	if (fd < 0)
		return fd;
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);
	if (r < 0)
		return r;
	kind = kind_of(&st);
	if (kind < 0)
		return kind;
	if (kind == CTR_JAIL_LINK)
		r = read_target(fd, &target);
	if (r < 0)
		return r;
	*entry = append(list, path, (uint32_t)kind);
	if (!*entry)
		return -ENOMEM;
	(*entry)->st = st;
	(*entry)->mode = st.stx_mode;
	if (kind != CTR_JAIL_LINK)
		(*entry)->acl = ctr__acl_narrow(fd, path, &(*entry)->mode);
	if (target)
		(*entry)->target = ctr__text_take(&target);
	return 0;
}

/* The rest of the way goes on from the link's text. */
static int follow(struct way *w, const struct ctr__entry *link)
{
	const char *target = link->target;

	if (w->links.n == CTR__LINKS_MAX)
		return -ELOOP;
	w->links.followed[w->links.n++] = link;
	if (snprintf(w->next, sizeof(w->next), "%s/%s", target, w->rest) >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(w->rest, w->next, strlen(w->next) + 1);
	if (target[0] == '/')
		w->done[0] = '\0';
	return 0;
}

static bool is_name(const char *part, int length, const char *name)
{
	return strlen(name) == (size_t)length && memcmp(part, name, (size_t)length) == 0;
}

static void go_up(struct way *w)
{
	char *slash = strrchr(w->done, '/');

	if (slash)
		*slash = '\0';
}

static bool has_more(const char *rest)
{
	return rest[strspn(rest, "/")] != '\0';
}

/* One component: entry is what is there now, NULL for the root. */
static int go_on(struct ctr__list *list, struct way *w, struct ctr__entry **entry)
{
	const char *rest = w->rest, *part;
	const int length = ctr__path_next(&rest, &part);
	const char *path = w->next;
	int r;

	if (length < 0)
		return length;
	if (snprintf(w->next, sizeof(w->next), "%s/%.*s", w->done, length, part) >= PATH_MAX)
		return -ENAMETOOLONG;
	memmove(w->rest, rest, strlen(rest) + 1);
	if (is_name(path + strlen(w->done) + 1, length, "."))
		return 0;
	if (is_name(path + strlen(w->done) + 1, length, "..")) {
		go_up(w);
		*entry = w->done[0] ? ctr__list_find(list, w->done) : NULL;
		return 0;
	}
	r = ctr__list_add_name(list, path, entry);
	if (r < 0)
		return r;
	if ((*entry)->kind == CTR_JAIL_LINK)
		return follow(w, *entry);
	memcpy(w->done, path, strlen(path) + 1);
	return (*entry)->kind != CTR_JAIL_DIRECTORY && has_more(w->rest) ? -ENOTDIR : 0;
}

/*
 * Where a host has merged these into /usr, programs and people go on to name them: each
 * comes with the directory that it leads to.
 */
static int add_merged(struct ctr__list *list, const char *path)
{
	static const char *const names[] = { "bin", "sbin", "lib", "lib32", "lib64", "libx32" };
	char target[PATH_MAX], link[16];
	struct ctr__entry *entry;
	long n;

	if (strncmp(path, "/usr/", 5) != 0)
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!is_name(path + 5, (int)strcspn(path + 5, "/"), names[i]))
			continue;
		snprintf(link, sizeof(link), "/%s", names[i]);
		n = sys_readlinkat(AT_FDCWD, link, target, sizeof(target));
		if (n <= 4 || memcmp(target + (target[0] == '/'), "usr/", 4) != 0)
			return 0;
		return ctr__list_add_name(list, link, &entry);
	}
	return 0;
}

int ctr__list_add(struct ctr__list *list, const char *path, struct ctr__entry **entry,
		  struct ctr__links *links)
{
	_cleanup_free_ struct way *w = NULL;
	int r = 0;

	if (strlen(path) >= sizeof(w->rest))
		return -ENAMETOOLONG;
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	memcpy(w->rest, path, strlen(path) + 1);
	*entry = NULL;
	while (r == 0 && has_more(w->rest))
		r = go_on(list, w, entry);
	if (links)
		*links = w->links;
	if (r < 0)
		return r;
	return *entry ? add_merged(list, (*entry)->path) : -EISDIR;
}

int ctr__list_add_absent(struct ctr__list *list, const char *name, uint32_t kind,
			 struct ctr__entry **entry)
{
	*entry = find(tree_of(list, kind), name);
	if (!*entry)
		*entry = append(list, name, kind);
	return *entry ? 0 : -ENOMEM;
}

/* ---- reasons ---- */

static bool has_reason(const struct ctr__entry *entry, const struct ctr__entry *needed_by,
		       const char *text)
{
	for (size_t i = 0; i < entry->n_reasons; i++)
		if (entry->reasons[i].needed_by == needed_by &&
		    strcmp(entry->reasons[i].text, text) == 0)
			return true;
	return false;
}

int ctr__list_add_reason(const struct ctr__list *list, struct ctr__entry *entry,
			 const struct ctr__entry *needed_by, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	struct ctr__reason *grown;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		text = NULL;
		return -ENOMEM;
	}
	if (has_reason(entry, needed_by, text))
		return 0;
	grown = reallocarray(entry->reasons, entry->n_reasons + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	entry->reasons = grown;
	grown[entry->n_reasons++] =
		(struct ctr__reason){ needed_by, ctr__text_take(&text), list->call };
	return 0;
}

static void drop_reasons(struct ctr__entry *entry, unsigned call)
{
	size_t kept = 0;

	for (size_t i = 0; i < entry->n_reasons; i++) {
		if (entry->reasons[i].call == call)
			free(entry->reasons[i].text);
		else
			entry->reasons[kept++] = entry->reasons[i];
	}
	entry->n_reasons = kept;
}

void ctr__list_cut(struct ctr__list *list, size_t n)
{
	while (list->n > n) {
		struct ctr__entry *entry = list->entries[--list->n];

		tdelete(entry, tree_of(list, entry->kind), compare);
		entry_free(entry);
	}
}

void ctr__list_settle(struct ctr__list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct ctr__entry *entry = list->entries[i];

		if (entry->kind == CTR_JAIL_LEFT_OUT && ctr__list_find(list, entry->path)) {
			tdelete(entry, &list->left_out, compare);
			entry_free(entry);
			continue;
		}
		list->entries[kept++] = entry;
	}
	list->n = kept;
}

void ctr__list_take_back(struct ctr__list *list, size_t n)
{
	ctr__list_cut(list, n);
	for (size_t i = 0; i < n; i++) {
		drop_reasons(list->entries[i], list->call);
		if (list->entries[i]->examined == list->call)
			list->entries[i]->examined = 0;
		/* They may lead to what is gone, or have reasons that are. */
		ctr__edges_free(list->entries[i]->edges);
		list->entries[i]->edges = NULL;
	}
}

void ctr__list_clear(struct ctr__list *list)
{
	ctr__list_cut(list, 0);
	free(list->entries);
	*list = (struct ctr__list){ 0 };
}
