/* SPDX-License-Identifier: MIT */
/*
 * What the loader loads for a program, in its order: the program, then what each object
 * needs, breadth first. A name that one of them already has is not looked for again.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "jail/edges.h"
#include "jail/jail.h"
#include "jail/reference.h"
#include "jail/search.h"

struct object {
	struct ctr__loaded loaded;
	struct ctr__entry *entry;
	char *origin;	/* owned, see struct ctr__loaded */
	bool has_rpath; /* or one of those above */
};

struct closure {
	struct ctr__adding *a; /* its writers are those of all objects */
	struct ctr__search search;
	struct object **objects; /* each stays where it is: others point to it */
	size_t n;
	struct object *loader; /* one of them; NULL: there is none */
	unsigned long id;      /* what is in it bears this */
};

/* Objects are found again in other closures: each is read once. 0 or -errno. */
static int read_elf(struct ctr__entry *entry)
{
	_cleanup_fd_ int fd = -1;
	int r;

	if (entry->elf)
		return 0;
	fd = ctr__entry_open(entry, O_RDONLY);
	if (fd < 0)
		return fd;
	entry->elf = calloc(1, sizeof(*entry->elf));
	if (!entry->elf)
		return -ENOMEM;
	r = ctr__elf_read(fd, entry->elf);
	if (r < 0) {
		free(entry->elf);
		entry->elf = NULL;
	}
	return r;
}

static bool is_no_elf(int r)
{
	return r == -EBADMSG || r == -ENOEXEC;
}

static int refuse_elf(const struct ctr__adding *a, const struct ctr__entry *entry, int r)
{
	if (!is_no_elf(r))
		return ctr__jail_error(a->err, r, "read the ELF file", entry->path);
	return ctr__error_set(a->err, CTR_E_NOT_EXECUTABLE, ENOEXEC, "read the ELF file",
			      entry->path, "it is truncated or damaged");
}

static void object_free(struct object *o)
{
	free(o->origin);
	free(o);
}

/* path: as the loader has it, which may lead over links. NULL when out of memory. */
static struct object *object_new(struct ctr__entry *entry, const char *path,
				 const struct object *above)
{
	const char *slash = strrchr(path, '/');
	struct object *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->entry = entry;
	o->has_rpath = entry->elf->rpath || (above && above->has_rpath);
	o->origin = strndup(path, slash > path ? (size_t)(slash - path) : 1);
	o->loaded = (struct ctr__loaded){
		.elf = entry->elf,
		.origin = o->origin,
		.above = above ? &above->loaded : NULL,
	};
	if (o->origin)
		return o;
	object_free(o);
	return NULL;
}

static void closure_clear(struct closure *c)
{
	for (size_t i = 0; i < c->n; i++)
		object_free(c->objects[i]);
	free(c->objects);
}

/* The first object that has a name is found by it. */
static int give_name(struct closure *c, struct object *o, const char *text)
{
	struct ctr__name *name = ctr__name_get(&c->a->jail->names, text);

	if (!name)
		return -ENOMEM;
	if (name->closure != c->id)
		name->object = o;
	name->closure = c->id;
	return 0;
}

static int append(struct closure *c, struct object *o)
{
	struct object **grown = reallocarray(c->objects, c->n + 1, sizeof(struct object *));

	if (!grown) {
		object_free(o);
		return -ENOMEM;
	}
	c->objects = grown;
	c->objects[c->n++] = o;
	o->entry->closure = c->id;
	return 0;
}

static int add_object(struct closure *c, struct ctr__entry *entry, const char *name,
		      const char *path, const struct object *above)
{
	struct object *o;
	int r = read_elf(entry);

	if (is_no_elf(r) && c->a->lenient)
		return 0; /* it is on the list, and what it is is its own affair */
	if (r < 0)
		return refuse_elf(c->a, entry, r);
	o = object_new(entry, path, above);
	if (!o || append(c, o) < 0 || give_name(c, o, name) < 0 ||
	    (entry->elf->soname && give_name(c, o, entry->elf->soname) < 0))
		return ctr__error_nomem(c->a->err);
	ctr__writers_add(&c->a->writers, &c->a->jail->list, entry);
	return 0;
}

static struct object *find_name(const struct closure *c, const struct ctr__name *name)
{
	if (c->loader && ctr__search_is_loader(&c->search, name->text))
		return c->loader;
	return name->closure == c->id ? name->object : NULL;
}

static int refuse_missing(const struct closure *c, const struct object *by, const char *name)
{
	struct ctr__found found;
	struct ctr__entry *entry;

	if (c->a->lenient) {
		if (ctr__list_add_absent(&c->a->jail->list, name, CTR_JAIL_MISSING, &entry) < 0 ||
		    ctr__list_add_reason(&c->a->jail->list, entry, by->entry, "library") < 0)
			return ctr__error_nomem(c->a->err);
		return 0;
	}
	if (!by->entry->elf->no_default_places && ctr__search_conf(&c->search, name, &found) == 0)
		return ctr__error_set(
			c->a->err, CTR_E_NOT_EXECUTABLE, ENOENT, "find the library", name,
			"%s needs it; %s exists, but the loader's cache does not list "
			"it: run ldconfig",
			by->entry->path, found.path);
	return ctr__error_set(c->a->err, CTR_E_NOT_EXECUTABLE, ENOENT, "find the library", name,
			      "%s needs it, and it is in none of the places where its loader "
			      "looks",
			      by->entry->path);
}

/* What is there and can't be taken: entry is NULL where that is no error. */
static int refuse_reference(const struct closure *c, const struct ctr__entry *by, const char *path,
			    int r, const char *why, struct ctr__entry **entry)
{
	*entry = NULL;
	if (!why)
		return ctr__jail_error(c->a->err, r, "look at", path);
	if (c->a->lenient)
		return ctr__reference_leave_out(c->a, path, by, why);
	return ctr__error_set(c->a->err, CTR_E_NOT_EXECUTABLE, -r, "add the library", path,
			      "%s needs it, and it is left out: %s", by->path, why);
}

static int add_reference(const struct closure *c, const struct ctr__entry *by, const char *path,
			 enum ctr__reference what, struct ctr__entry **entry)
{
	const char *why;
	int r = ctr__reference_add(c->a, path, what, entry, &why);

	return r == 0 ? 0 : refuse_reference(c, by, path, r, why, entry);
}

/* Without this file the jail's loader would not find it again. */
static int keep_file(const struct closure *c, const char *path, const struct ctr__entry *library)
{
	struct ctr__list *list = &c->a->jail->list;
	struct ctr__entry *entry;

	if (add_reference(c, library, path, CTR__REFERENCE_FILE, &entry) < 0)
		return -1;
	if (entry && ctr__list_add_reason(list, entry, library, "tells the loader where it is") < 0)
		return ctr__error_nomem(c->a->err);
	return 0;
}

static int keep_places(const struct closure *c, const struct ctr__found *found,
		       const struct ctr__entry *library)
{
	if (found->by == CTR__BY_CACHE && !found->in_default)
		return keep_file(c, CTR__CACHE_PATH, library);
	return found->by == CTR__BY_CONF ? keep_file(c, c->search.conf, library) : 0;
}

/* Whether what a search finds for an object does not depend on what it is needed by. */
static bool is_its_own(const struct closure *c, const struct object *by)
{
	return !c->search.conf[0] && (by->entry->elf->runpath || !by->has_rpath);
}

/* Another name of the same file is not loaded twice. */
static int load(struct closure *c, struct ctr__entry *entry, const char *name, const char *path,
		const struct object *by)
{
	return entry->closure == c->id ? 0 : add_object(c, entry, name, path, by);
}

static int add_loaded(struct closure *c, const struct object *by, struct ctr__edge *edge,
		      struct ctr__entry *entry, const char *name)
{
	if (edge->loaded == entry)
		return 0;
	if (ctr__list_add_reason(&c->a->jail->list, entry, by->entry, "%s, loaded already", name) <
	    0)
		return ctr__error_nomem(c->a->err);
	edge->loaded = entry;
	return 0;
}

static int add_missing(struct closure *c, const struct object *by, struct ctr__edge *edge,
		       const char *name, bool optional)
{
	edge->missing = is_its_own(c, by);
	return optional ? 0 : refuse_missing(c, by, name);
}

static int add_found(struct closure *c, const struct object *by, struct ctr__edge *edge,
		     const char *name, const struct ctr__found *found)
{
	struct ctr__entry *entry;

	if (add_reference(c, by->entry, found->path, CTR__REFERENCE_LIBRARY, &entry) < 0)
		return -1;
	if (!entry)
		return 0;
	if (ctr__list_add_reason(&c->a->jail->list, entry, by->entry, "%s, %s", name,
				 ctr__search_by_name(found->by)) < 0)
		return ctr__error_nomem(c->a->err);
	if (keep_places(c, found, entry) < 0)
		return -1;
	if (is_its_own(c, by) && !edge->path) {
		edge->path = strdup(found->path);
		edge->found = edge->path ? entry : NULL;
	}
	return load(c, entry, name, found->path, by);
}

/* NULL: it is too long, or there is no memory for it. */
static struct ctr__name *name_of(struct closure *c, const struct object *by,
				 const struct ctr__edge *edge, const char *text)
{
	char name[PATH_MAX];

	if (edge->name)
		return edge->name;
	if (ctr__search_expand(&c->search, &by->loaded, text, name) < 0)
		return NULL;
	return ctr__name_get(&c->a->jail->names, name);
}

/* A small file can have libraries looked for in more places than all of a distribution. */
static int refuse_costly(const struct closure *c, const struct object *by, const char *name)
{
	static const char why[] = "the search for it would cover too many places";

	if (c->a->lenient)
		return ctr__reference_leave_out(c->a, name, by->entry, why);
	return ctr__error_set(c->a->err, CTR_E_NOT_EXECUTABLE, E2BIG, "find the library", name,
			      "%s needs it: %s", by->entry->path, why);
}

/* 1: the rest is left out, too. */
static int add_needed(struct closure *c, const struct object *by, struct ctr__edge *edge,
		      const char *text, bool optional)
{
	struct ctr__name *name = name_of(c, by, edge, text);
	struct ctr__found found;
	struct object *known;
	int r;

	if (!name)
		return optional ? 0 : refuse_missing(c, by, text);
	known = find_name(c, name);
	if (known)
		return add_loaded(c, by, edge, known->entry, name->text);
	if (is_its_own(c, by) && edge->found)
		return load(c, edge->found, name->text, edge->path, by);
	if (is_its_own(c, by) && edge->missing && (optional || c->a->lenient))
		return 0;
	r = ctr__search_find(&c->search, &by->loaded, name->text, &found);
	if (r == -E2BIG)
		return refuse_costly(c, by, name->text) < 0 ? -1 : 1;
	if (r == -ENOENT)
		return add_missing(c, by, edge, name->text, optional);
	if (r < 0)
		return ctr__error_sys(c->a->err, -r, "look for the library", name->text);
	return add_found(c, by, edge, name->text, &found);
}

/* Where the machine's programs usually have theirs: for shared objects, which name none. */
static const char *usual_loader(const struct ctr__elf_kind *kind)
{
	const bool wide = kind->class == ELFCLASS64;

	switch (kind->machine) {
	case EM_X86_64:
		return wide ? "/lib64/ld-linux-x86-64.so.2" : "/libx32/ld-linux-x32.so.2";
	case EM_386:
		return "/lib/ld-linux.so.2";
	case EM_AARCH64:
		return "/lib/ld-linux-aarch64.so.1";
	default:
		return NULL;
	}
}

static int add_loader(struct closure *c, const struct ctr__entry *program)
{
	const struct ctr__elf *elf = program->elf;
	const char *path = elf->interpreter ? elf->interpreter : usual_loader(&elf->kind);
	struct ctr__entry *loader = NULL;

	if (path && path[0] != '/')
		path = NULL; /* from the working directory, which nobody knows */
	if (path && ctr__needed_add(c->a, program, path, "loader", &loader) < 0)
		return -1;
	ctr__search_init(&c->search, &c->a->jail->cache, &c->a->jail->cpu, &c->a->jail->places,
			 &elf->kind, loader ? path : "", loader ? loader->path : "/lib/");
	if (!loader)
		return 0;
	if (add_object(c, loader, path, path, NULL) < 0)
		return -1;
	c->loader = c->n > 1 ? c->objects[1] : NULL;
	return 0;
}

/* What is remembered of an object, if it was found where it is now, for the same loader. */
static struct ctr__edges *edges_of(const struct closure *c, const struct object *o)
{
	const struct ctr__entry *loader = c->loader ? c->loader->entry : NULL;
	struct ctr__entry *entry = o->entry;

	if (entry->edges && ctr__edges_hold(entry->edges, o->origin, loader))
		return entry->edges;
	ctr__edges_free(entry->edges);
	entry->edges = ctr__edges_new(&c->a->jail->names, entry->elf, o->origin, loader);
	return entry->edges;
}

static int add_needs(struct closure *c, const struct object *by)
{
	const struct ctr__elf *elf = by->entry->elf;
	struct ctr__edges *edges = edges_of(c, by);
	int r = 0;

	if (!edges)
		return ctr__error_nomem(c->a->err);
	for (size_t i = 0; r == 0 && i < edges->n; i++) {
		const bool optional = i >= elf->needed.n;
		const char *text =
			optional ? elf->auxiliary.v[i - elf->needed.n] : elf->needed.v[i];

		if (ctr__places_spend(&c->a->jail->places, CTR__COST_NAME))
			r = add_needed(c, by, &edges->v[i], text, optional);
		else
			r = refuse_costly(c, by, text) < 0 ? -1 : 1;
	}
	return r;
}

static int close_over(struct closure *c, struct ctr__entry *program)
{
	int r = 0;

	if (add_object(c, program, program->path, program->path, NULL) < 0 ||
	    add_loader(c, program) < 0)
		return -1;
	for (size_t i = 0; r == 0 && i < c->n; i++)
		r = add_needs(c, c->objects[i]);
	return r < 0 ? r : 0;
}

int ctr__closure_add(const struct ctr__adding *a, struct ctr__entry *program)
{
	struct ctr__adding own = *a;
	struct closure c = { .a = &own, .id = ++a->jail->closures };
	int r = read_elf(program);

	if (is_no_elf(r) && a->lenient)
		return 0; /* somebody's data */
	if (r < 0)
		return refuse_elf(a, program, r);
	if (!program->elf->interpreter && program->elf->needed.n == 0)
		return 0; /* static: it needs nobody */
	r = close_over(&c, program);
	closure_clear(&c);
	return r;
}
