/* SPDX-License-Identifier: MIT */
/* What the files that compile mounts share. All give 0, or -1 with c->err, unless said. */
#ifndef CTR_COMPILE_MOUNTS_H
#define CTR_COMPILE_MOUNTS_H

#include "compile/compile.h"

/* Where a mount goes: its canonical path and what that lies on. */
struct ctr__place {
	const char *path;
	bool per_run;
};

/* ---- place.c ---- */

int ctr__compile_item(struct ctr__compile *c, const struct ctr__mount_item *item);
const struct ctr__mount_item *ctr__compile_last_item(const struct ctr__compile *c);

/* The file system that was mounted last is the same for all containers: a template may hold it. */
void ctr__compile_share_last(struct ctr__compile *c);

/* What the view has at target from then on. */
int ctr__compile_entry(struct ctr__compile *c, const char *target,
		       const struct ctr__view_entry *entry);

/* To be freed; NULL: out of memory. */
char *ctr__compile_join(const char *first, const char *second, const char *third);

/* Finds the mount point, and adds what makes it where there is none. what: for the error. */
int ctr__compile_place(struct ctr__compile *c, bool directory, const char *what, const char *target,
		       struct ctr__place *place);

/* After a mount on target: refuses it if target led elsewhere. */
int ctr__compile_refuse_link(struct ctr__compile *c, const char *target);

/* ---- fs.c ---- */

int ctr__compile_mount(struct ctr__compile *c, const struct ctr__step *step,
		       const struct ctr__place *place, enum ctr__view_kind kind, uint32_t flags);
int ctr__compile_tmpfs(struct ctr__compile *c, const char *target, uint64_t size_bytes,
		       uint32_t mode, uint32_t flags);
int ctr__compile_fs(struct ctr__compile *c, const char *what, const char *target, uint32_t flags,
		    void (*fill)(struct ctr__step *, const char *, uint32_t));
int ctr__compile_dev(struct ctr__compile *c, const char *target);

/* One of any type. */
int ctr__compile_other(struct ctr__compile *c, const struct ctr__mount *m);

/* ---- bind.c ---- */

/*
 * Opens a bind's source, or the root; fills in which file it is, and where. The descriptor
 * (O_PATH) or -1.
 */
int ctr__compile_source(struct ctr__compile *c, const char *what, const char *path,
			struct ctr__step_bind *bind);

/* Has the parent make the mount, where the child may not. */
void ctr__compile_choose_tree(struct ctr__compile *c, struct ctr__step_bind *bind, bool idmap);

int ctr__compile_bind(struct ctr__compile *c, const struct ctr__mount *m);

/* ---- mask.c ---- */

/* Hides or protects a path. */
int ctr__compile_protection(struct ctr__compile *c, enum ctr__step_kind kind, const char *target,
			    bool may_be_absent);

/* Adds the default protections of what lies below dir, in what was mounted last. */
int ctr__compile_guard(struct ctr__compile *c, const char *dir);

/* ---- hierarchies.c ---- */

int ctr__compile_cgroup(struct ctr__compile *c, const struct ctr__mount *m);

/* ---- kernel_fs.c ---- */

int ctr__compile_proc(struct ctr__compile *c, const struct ctr__mount *m);
int ctr__compile_sysfs(struct ctr__compile *c, const struct ctr__mount *m);
int ctr__compile_mqueue(struct ctr__compile *c, const struct ctr__mount *m);

/* Those that every container gets. */
int ctr__compile_base_proc(struct ctr__compile *c);
int ctr__compile_base_sys(struct ctr__compile *c);
int ctr__compile_base_mqueue(struct ctr__compile *c);

/* ---- base.c ---- */

/* The root, what the default root shows of the host, and what every container gets. */
int ctr__compile_first_mounts(struct ctr__compile *c);

#endif
