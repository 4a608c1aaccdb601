/* SPDX-License-Identifier: MIT */
/*
 * The container's files as they will be, looked at before it exists: the root
 * file system and what is mounted on it, in order. So mount points, the
 * program and its interpreters are found as the container will find them.
 */
#ifndef CTR_COMPILE_VIEW_H
#define CTR_COMPILE_VIEW_H

#include <limits.h>
#include <minictr/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strv.h"
#include "compile/index.h"

enum ctr__view_kind {
	CTR__VIEW_TREE,	  /* files of the host's, through a descriptor */
	CTR__VIEW_EMPTY,  /* a file system that starts empty: names can be made in it */
	CTR__VIEW_LAYER,  /* covers a directory: shows its entries, names can be made in it */
	CTR__VIEW_OPAQUE, /* can't be looked into beforehand: proc, sysfs */
	CTR__VIEW_MADE,	  /* an entry made to be mounted on */
	CTR__VIEW_MASKED, /* hidden: an empty directory or a /dev/null */
};

struct ctr__view_entry {
	enum ctr__view_kind kind;
	char *target; /* owned, canonical; "" is the root */
	int fd;	      /* TREE: owned */
	bool directory;
	bool noexec;
	bool read_only;
	bool per_run;	    /* its file system is made anew for each container */
	bool overlay;	    /* TREE: sockets and FIFOs in it lead nowhere */
	const char *hidden; /* what of the host's is hidden here, for people; NULL: nothing */
	bool may_block;	    /* hidden, and not to be looked at on the host either */
};

/* A path below which landlock lets things be done. */
struct ctr__view_rule {
	const char *path; /* canonical; not owned */
	bool known;	  /* it is there; else it lies in what can't be looked into */
	uint32_t access;  /* CTR_LANDLOCK_* */
};

struct ctr__view {
	struct ctr__view_entry *v;
	size_t n;
	struct ctr__index shown;	    /* of v, all but the layers */
	struct ctr__index layers;	    /* which show what was there before */
	const struct ctr__view_rule *rules; /* not owned */
	size_t n_rules;			    /* 0: there is no landlock */
};

enum ctr__view_state {
	CTR__VIEW_FOUND,
	CTR__VIEW_MISSING, /* path exists, rest does not */
	CTR__VIEW_UNKNOWN, /* below an opaque file system */
};

struct ctr__view_hit {
	enum ctr__view_state state;
	char path[PATH_MAX]; /* canonical: no links, no dots; "" is the root */
	char rest[PATH_MAX]; /* MISSING only: what follows path, without a leading slash */
	int fd;		     /* O_PATH, the caller's to close; -1 if there is none yet */
	bool directory;
	const struct ctr__view_entry *owner; /* what path lies on */
};

/* Takes entry's fd over, also on failure, and copies target. 0 or -errno. */
int ctr__view_add(struct ctr__view *view, const char *target, const struct ctr__view_entry *entry);

/* Looks up an absolute path; links are followed. 0 with a hit, or -errno. */
int ctr__view_find(const struct ctr__view *view, const char *path, struct ctr__view_hit *hit);

/* What hides a path that was found MISSING, because it is the host's; NULL: nothing does. */
const char *ctr__view_hides(const struct ctr__view *view, const struct ctr__view_hit *hit);

/*
 * Refuses, at @step, a path that was not found because it is one of the host's that is hidden.
 * 0 if it is not, or -1 with an error of that code and the volume that would show it.
 */
int ctr__view_refuse_hidden(const struct ctr__view *view, const struct ctr__view_hit *hit, int code,
			    const char *step, const char *object, ctr_error *err);

/* Whether landlock lets a canonical path be executed, and so read. */
bool ctr__view_may_execute(const struct ctr__view *view, const char *path);

/*
 * Opens for reading what was found, and nothing that may have taken its place: its own
 * descriptor, opened again through the caller's /proc.
 */
int ctr__view_open(const struct ctr__view_hit *hit);

void ctr__view_clear(struct ctr__view *view);

/* Whether path is dir or lies below it; both canonical. */
bool ctr__path_is_below(const char *path, const char *dir);

#endif
