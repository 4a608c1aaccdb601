/* SPDX-License-Identifier: MIT */
/* What the parts of the compiler share. */
#ifndef CTR_COMPILE_COMPILE_H
#define CTR_COMPILE_COMPILE_H

#include <minictr/error.h>

#include "compile/index.h"
#include "compile/plan.h"
#include "compile/view.h"
#include "spec/spec.h"

/* A mount step that waits for its place in the plan. */
struct ctr__mount_item {
	struct ctr__step step;
	const char *target;
	bool per_run;	 /* made anew for each container, so not in the template */
	bool sealed;	 /* made read-only after what had to be made in it */
	bool needs_host; /* its source is out of reach once the template is joined */
};

/* Who the program is, as the container will number it. */
struct ctr__ids {
	uint32_t uid, gid;
	const uint32_t *groups; /* the plan's; none where setgroups(2) is denied */
	size_t n_groups;
	const char *home; /* absolute; stays as long as the plan */
};

/* A file system of the host's that is mounted below the default root. */
struct ctr__shown {
	const char *path;
	const char *note; /* why it is shown without an overlay; NULL: it is not */
	bool left_out; /* one that may wait for another machine or process, or tells of the host */
	bool plain;    /* one of the kernel's own, without an overlay */
	bool directory;
	bool covers; /* a device, socket or FIFO over a file that an overlay would show */
};

/* How the default root shows the host's files: root.c. */
struct ctr__host_root {
	bool overlay;	      /* through overlays */
	const char *note;     /* why not; NULL: it is, or there is another root */
	struct ctr__shown *v; /* with overlays only; parents first */
	size_t n;
};

struct ctr__compile {
	const ctr_spec *spec;
	const ctr_process *process; /* of spec */
	ctr_plan *plan;
	ctr_error *err;
	struct ctr__view view;
	struct ctr__mount_item *items;
	size_t n_items;
	struct ctr__index seals; /* of those that are made read-only later */
	struct ctr__host_root host;
	const char *may_block;		/* what may, for people; NULL: nothing */
	bool admin;			/* the caller has CAP_SYS_ADMIN */
	uint64_t permitted;		/* all capabilities that it has */
	bool privileged;		/* it is root, or has some capability */
	bool trees;			/* the parent makes the mounts of what is the host's */
	bool no_create;			/* the mount at hand must find its mount point */
	bool keep_groups;		/* setgroups(2) is denied: user_namespaces(7) */
	bool leave_groups;		/* but the caller may leave them before it is there */
	uint32_t inside;		/* CTR_NS_* that its user namespace owns */
	const ctr_idmap *map;		/* of its user namespace; NULL: none, or of one id alone */
	ctr_idmap joined_map;		/* that, if it joins one */
	bool empty_network;		/* a template shows one, in its sysfs */
	bool once;			/* for one container only: a template would not pay */
	struct ctr__step_caps caps;	/* what the program is to have of them */
	struct ctr__step_filter filter; /* of system calls; n 0: none */
	bool no_group;			/* the filter refuses setpgid(2) */
	bool no_clock;			/* and clock_gettime(2) */
	bool execveat;			/* the filter refuses execve(2), but not that */
	const char *program;		/* the path of its file; NULL: not known yet, or a copy */
	bool in_init;			/* from the INIT step on */
	bool gated;			/* from the GATE step on */
	struct ctr__ids user;		/* from ctr__compile_user() on */
};

/* Which namespaces are new, which are joined, and which of them the user namespace owns. */
int ctr__compile_namespaces(struct ctr__compile *c);

/* Whether a namespace is the caller's own, of a file in /proc/self/ns. */
bool ctr__compile_is_callers(const char *path, int fd);

/* Whether network namespaces can be made ahead for it. */
int ctr__compile_networks(struct ctr__compile *c);

bool ctr__compile_joins_pid_ns(const struct ctr__compile *c);

/* A copy of the descriptor of one that is joined; -1 with the error. */
int ctr__compile_dup_ns(struct ctr__compile *c, const struct ctr__ns *ns);

/* Has the user namespace that it joins, and what has to be joined before. */
int ctr__compile_join_user_ns(struct ctr__compile *c);

/* What makes another process of it: joined PID namespaces, or all that are inside a joined one. */
int ctr__compile_processes(struct ctr__compile *c);

/* Joins all others. */
int ctr__compile_joins(struct ctr__compile *c);

/* Finds out which control group it takes, whether this host has it, and its steps. */
int ctr__compile_group(struct ctr__compile *c);
int ctr__compile_group_steps(struct ctr__compile *c);

/* Looks at the root and at all mounts, and opens what they come from. */
int ctr__compile_mounts(struct ctr__compile *c);

/* Finds out what the default root shows, and how, if there is no other root. */
int ctr__compile_host_root(struct ctr__compile *c);

/* Whether a thing that the table of hidden.h has is hidden from this container. */
bool ctr__compile_hides(const struct ctr__compile *c, unsigned index);

/* Hides what the default root has to hide; after the base mounts, before the spec's. */
int ctr__compile_hidden(struct ctr__compile *c);

/* Has names of hosts resolve: after what is hidden, before the spec's mounts. */
int ctr__compile_names(struct ctr__compile *c);

/* Binds a path of the host on the same path; path has to stay as long as this takes. */
int ctr__compile_bound(struct ctr__compile *c, char *path, uint32_t flags);

/* Shows a text as a file; name is a constant, and no other one's of this container. */
int ctr__compile_file(struct ctr__compile *c, const char *target, const char *name,
		      const char *text);

/* Adds a mask of a canonical path, and what the view has there from then on. */
int ctr__compile_mask(struct ctr__compile *c, const char *path, const struct ctr__view_entry *entry,
		      bool may_be_absent);

/* Has the container start from no mounts instead of the caller's, where it can. */
void ctr__compile_choose_blank(struct ctr__compile *c);

/* Adds their steps, in an order that lets a template hold what it can. */
int ctr__compile_mount_steps(struct ctr__compile *c);

/* Whether it has a user namespace of its own, and so which capabilities it can have. */
int ctr__compile_user_ns(struct ctr__compile *c);
int ctr__compile_check_user_ns(struct ctr__compile *c);

/* Who the program is, for which the mounts have to be known; and so what it has of those. */
int ctr__compile_user(struct ctr__compile *c);

/* What HOME is then: where that user can be. */
int ctr__compile_home(struct ctr__compile *c);

/* Whether its map of ids has those of the program; and the steps that make that map. */
int ctr__compile_check_mapped(struct ctr__compile *c);
int ctr__compile_map(struct ctr__compile *c);

/*
 * Of a file's capabilities those that the program will not have, as the options that give them,
 * "--cap-add NET_ADMIN --cap-add NET_RAW"; NULL: none.
 */
int ctr__compile_lacking(struct ctr__compile *c, uint64_t caps, const char **options);

/* Which capabilities the program is to have, of those permitted. */
int ctr__compile_caps(struct ctr__compile *c, uint64_t permitted);

/* Ids, capabilities, no_new_privs; and that they are what they should be. */
int ctr__compile_privileges(struct ctr__compile *c);
int ctr__compile_verify(struct ctr__compile *c);

/* Landlock, the label of a security module, securebits: if the spec has them. */
int ctr__compile_landlock(struct ctr__compile *c);
int ctr__compile_lsm(struct ctr__compile *c);
int ctr__compile_securebits(struct ctr__compile *c);

/*
 * Makes the filter of system calls, and finds out whether the container can be started behind
 * it; its step, where that is the last one before the program is executed, or at once.
 */
int ctr__compile_seccomp(struct ctr__compile *c);
int ctr__compile_filter(struct ctr__compile *c);
int ctr__compile_add_filter(struct ctr__compile *c);
bool ctr__compile_lets_measure(struct ctr__compile *c);

/* Signals, ids, namespaces that are joined: the steps before those for files. */
int ctr__compile_first_steps(struct ctr__compile *c);

/* The host name that the container gets; NULL: that of the UTS namespace which it is in. */
const char *ctr__compile_hostname(const ctr_spec *spec);

/* Steps after those for files. */
int ctr__compile_uts(struct ctr__compile *c);
int ctr__compile_cwd(struct ctr__compile *c);
int ctr__compile_process(struct ctr__compile *c);

/* Copies the program's descriptors; and adds the FDS or the CLOSE step, which place them. */
int ctr__compile_fds(struct ctr__compile *c);
int ctr__compile_fds_step(struct ctr__compile *c, enum ctr__step_kind kind);

/* Where a child of a pool waits: the first place of those that are asked for. */
int ctr__compile_gate(struct ctr__compile *c);

/* Whether the container may have a pidfd of the caller. */
bool ctr__compile_may_know_caller(const struct ctr__compile *c);

/* Finds the program; the last steps. */
int ctr__compile_exec(struct ctr__compile *c);

/* Whether the filter lets keyctl(2) through; -1 with the error. */
int ctr__compile_lets_keyctl(struct ctr__compile *c, bool *lets);

/* A step that has nothing but its kind. */
int ctr__compile_simple(struct ctr__compile *c, enum ctr__step_kind kind, unsigned modes);

int ctr__compile_umask(struct ctr__compile *c, uint32_t mask, unsigned modes);

int ctr__compile_add(struct ctr__compile *c, const struct ctr__step *step);

#ifdef CTR_MUTATE
/* Of a build that shows what each step is for: see tests/mutate. */
bool ctr__leaves_out(const struct ctr__step *step);
#else
static inline bool ctr__leaves_out(const struct ctr__step *step)
{
	(void)step;
	return false;
}
#endif

/* Remembers that the file system behind fd may wait for others. */
int ctr__compile_note_blocking(struct ctr__compile *c, int fd, const char *path);

#endif
