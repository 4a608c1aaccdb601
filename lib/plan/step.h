/* SPDX-License-Identifier: MIT */
/*
 * A step: one thing that the child does on its way to the program, as data.
 * steps.def lists the kinds; exec.c does a step, describe.c says it. A primitive
 * of the public interface is one step done in the calling process: direct.c.
 */
#ifndef CTR_PLAN_STEP_H
#define CTR_PLAN_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/fd.h"

struct sock_filter;

/* Which runs a step is part of. */
#define CTR__MODE_ONESHOT (1u << 0)  /* everything, in one child */
#define CTR__MODE_TEMPLATE (1u << 1) /* a child that only builds the shared mounts */
#define CTR__MODE_JOINED (1u << 2)   /* everything, on a copy of those mounts */
#define CTR__MODE_POOLED (1u << 3)   /* added to one of a container: it waits to be taken */
#define CTR__MODE_RUN (CTR__MODE_ONESHOT | CTR__MODE_JOINED)
#define CTR__MODE_BUILD (CTR__MODE_ONESHOT | CTR__MODE_TEMPLATE)
#define CTR__MODE_ALL (CTR__MODE_ONESHOT | CTR__MODE_TEMPLATE | CTR__MODE_JOINED)

enum ctr__step_kind {
#define STEP(kind, executor, put, object, hint, calls, text, detail, rest) CTR__STEP_##kind,
#include "plan/steps.def"
	CTR__STEP_COUNT,
};

struct ctr__step_setns {
	int fd;
	unsigned long types; /* CLONE_NEW* */
	const char *origin;  /* for the description: a path or "descriptor" */
	bool by_parent;	     /* whose thread is in it while it makes the child: enter.h */
	bool untraceable;    /* from then on: processes in it are not to see what the child has */
};

/*
 * A process that goes on in the place of the helper, as joining a PID namespace takes, or making
 * one in a user namespace that is joined: after SETNS or UNSHARE and before NEW_SESSION.
 * JOIN_CGROUP behind it is done by that process alone.
 */
struct ctr__step_successor {
	bool leaves_parent; /* the PID namespace is another one than the caller's */
};

struct ctr__step_bind {
	const char *source;	/* of the host: without links and "..", if it was looked at */
	const char *target;	/* not for ROOT */
	struct ctr__file_id id; /* what source was when it was looked at; ino 0: not looked at */
	uint64_t attrs;		/* MOUNT_ATTR_* to set */
	bool recursive;
	bool directory;
	bool overlay;	  /* shown through a read-only overlay: exec_overlay.c */
	bool may_be_gone; /* a source that is gone by now needs no mount */
	bool idmap;	  /* owners by the map of this user namespace */
	int userns;
	size_t tree;	   /* not 0: a mount that the parent has made of source, run.h */
	size_t taken;	   /* not 0: one that a TAKE step makes, before the root covers source */
	const char *note;  /* what is to be known about it, for people; NULL: nothing */
	const char *given; /* what the caller calls source, for people; NULL: by its path */
	bool by_fd;	   /* the parent makes the mount of what fd has open, and not of source */
	int fd;
};

#define CTR__MOUNT_OPTIONS_MAX 4

/*
 * Of a tmpfs that nobody gave a size, as a part of the memory. The kernel would give each half
 * of it, so that two of them, filled, leave the host none.
 */
#define CTR__TMPFS_SIZE "20%"

struct ctr__step_mount {
	const char *type;
	const char *target;
	uint64_t attrs; /* MOUNT_ATTR_* */
	const char *options[CTR__MOUNT_OPTIONS_MAX][2];
	const char *source;	      /* NULL: the type */
	const char *const (*more)[2]; /* options beyond those; no value: NULL */
	size_t n_more;
};

/* Covers a directory, so that names can be made in what is not to be, or cannot be, changed. */
struct ctr__step_layer {
	const char *path;
	/* Not NULL: try to make this in the directory itself, and cover it only where one may not.
	 */
	const char *instead;
	bool directory; /* of instead: not a file */
	size_t number;	/* from 1; with instead, for what is done to the layer alone */
};

struct ctr__step_flags {
	const char *target;
	size_t layer;	      /* not 0: only if there is that layer */
	uint64_t set, clear;  /* MOUNT_ATTR_* */
	uint64_t propagation; /* MS_*, 0: unchanged */
	bool recursive;
};

struct ctr__step_target {
	const char *path;
	bool directory;
};

/* A read-only file of the container's own, mounted on a file that is there. */
struct ctr__step_file {
	const char *target;
	const char *name; /* in the stage: one for each file of a container */
	const char *text;
	size_t length;
};

struct ctr__step_terminal {
	uint32_t uid;
	uint16_t rows, columns;
	int fd_floor; /* descriptors from here on are free */
};

/* As user_namespaces(7) has it: inside, outside, how many; for AWAIT_IDS as words. */
struct ctr__step_map {
	const char *uids, *gids;
	uint32_t uid, gid; /* AWAIT_IDS: who to be from then on */
	bool keep_ids;	   /* or to stay who it is */
};

struct ctr__step_ids {
	uint32_t uid, gid;
	bool keep_groups; /* setgroups(2) is denied: user_namespaces(7) */
	const uint32_t *groups;
	size_t n_groups;
};

/* Sets of capabilities as bits, after the ids are set. */
struct ctr__step_caps {
	uint64_t bounding;
	uint64_t permitted; /* and effective */
	uint64_t ambient;   /* and inheritable */
	const char *names;  /* of the bounding set, for people */
};

/* A filter of system calls: linux/filter.h. */
struct ctr__step_filter {
	const struct sock_filter *v;
	size_t n;
	unsigned flags;	    /* SECCOMP_FILTER_FLAG_* */
	bool listener;	    /* one of them asks for a listener: hand it over */
	bool verify;	    /* it lets the question through whether there is one */
	const char *origin; /* for people; NULL: the default one */
};

/* A path for LANDLOCK_RULE; what the rule set is about for both: linux/landlock.h. */
struct ctr__step_landlock {
	const char *path;
	bool plain;	 /* path has no symbolic links: none may come in between */
	uint64_t rights; /* LANDLOCK_ACCESS_FS_*, below path */
	uint64_t handled;
	uint64_t scoped; /* LANDLOCK_SCOPE_* */
};

#define CTR__LSM_LABEL_MAX 1023

/* A label for what is executed next. */
struct ctr__step_lsm {
	const char *file;  /* in the caller's /proc */
	const char *text;  /* what is written there */
	const char *label; /* in it: the label alone */
	size_t n_verified; /* how much of the label the kernel shows as it was written */
};

/* What must be so when the program is executed. */
struct ctr__step_verify {
	struct ctr__step_caps caps;
	struct ctr__step_ids ids;
	uint32_t securebits;
	bool has_securebits;
	bool no_new_privs;
};

struct ctr__step_rlimit {
	int resource;
	bool inherited; /* back to the caller's, for RLIMIT_CORE */
	struct rlimit64 limit;
};

/* For FDS and CLOSE. Where a program's descriptors come from is known at each spawn: run.h. */
struct ctr__step_fds {
	const int *targets; /* ascending */
	size_t n;
	int fd_floor;	   /* above all targets */
	bool keep_channel; /* CLOSE: to hand a listener over */
	bool keep_parent;  /* CLOSE: for an init to die with */
	bool keep_program; /* CLOSE: to execute it */
	int program;
};

/* Waits to be taken from a pool, and then has what it was given there: exec_gate.c. */
struct ctr__step_gate {
	struct ctr__step_fds fds;
	bool terminal;	     /* 0 to 2 are one: nothing takes their place */
	bool behind_init;    /* it is the program that waits, and not process 1 */
	bool measure;	     /* the filter of system calls lets it ask for the time */
	const char *program; /* which must be the same file still; NULL: it can't change */
};

/* Becomes the init of the container: what follows is done by its child, the program. */
struct ctr__step_init {
	bool tty;	  /* the program gets the terminal */
	bool group;	  /* the program leads a process group of its own */
	bool clock;	  /* the filter of system calls lets it ask for the time */
	bool measure;	  /* and for what it has used */
	bool with_parent; /* it sees the end of the caller's process */
};

struct ctr__step_exec {
	const char *path;
	char *const *argv;
	char *const *envp;
	bool by_fd; /* what fd has open, by execveat(2); path only tells people */
	int fd;
	bool at;      /* path by execveat(2): the filter of system calls refuses execve(2) */
	bool measure; /* the filter lets pass what that takes */
	/* Options that give what the file's capabilities ask for, for people; NULL: it has all. */
	const char *lacks;
};

/* Something that no other step does, for a probe: exec_try.c. */
enum ctr__try {
	CTR__TRY_PIDFD,
	CTR__TRY_OPENAT2,
	CTR__TRY_CLOSE_RANGE,
	CTR__TRY_OVERLAY_DIRS, /* in the tmpfs that is on CTR__TRY_DIR */
	CTR__TRY_SEND_USER_NS, /* the one that it is in, through the socket fd */
	CTR__TRY_IDMAP_TMPFS,  /* a mount with the ids of the user namespace fd */
	CTR__TRY_IDMAP_ROOT,
	CTR__TRY_SECCOMP,
	CTR__TRY_SECCOMP_NOTIFY,
	CTR__TRY_LANDLOCK,
	CTR__TRY_COUNT,
};

#define CTR__TRY_DIR "/proc"

struct ctr__step_try {
	enum ctr__try which;
	const char *what; /* for people */
	int fd;		  /* for it to use; 0: none */
};

struct ctr__step {
	enum ctr__step_kind kind;
	unsigned modes;	       /* CTR__MODE_* */
	bool may_be_absent;    /* MASK, READ_ONLY: a path that is not there needs neither */
	bool binds;	       /* DEV: the caller's devices, and no nodes of its own */
	const char *hidden_by; /* BIND, MOUNT: where a later one covers it, for people; or NULL */
	union {
		const char *name;      /* HOSTNAME, DOMAINNAME; JOIN_CGROUP: which one;
					  STOP: what the caller does meanwhile;
					  NEW_SESSION, KEYRING: what else is to be said, or NULL */
		const char *path;      /* CHDIR, CHROOT, LOOK, DEV, MASK, READ_ONLY, UNCOVER,
					  UNMOUNT */
		unsigned long unshare; /* CLONE_NEW* */
		uint64_t signal_mask;
		uint32_t umask;
		uint32_t securebits; /* SECBIT_* */
		int priority;
		struct ctr__step_setns setns;
		struct ctr__step_successor successor;
		struct ctr__step_bind bind; /* ROOT, BIND, TAKE */
		struct ctr__step_mount mount;
		struct ctr__step_target target; /* MAKE_TARGET */
		struct ctr__step_layer layer;
		struct ctr__step_file file;
		struct ctr__step_flags flags; /* SET_FLAGS, PROPAGATION */
		struct ctr__step_terminal terminal;
		struct ctr__step_map map; /* MAP_IDS, AWAIT_IDS */
		struct ctr__step_ids ids;
		struct ctr__step_caps caps; /* CAP_BOUND, CAPS */
		struct ctr__step_verify verify;
		struct ctr__step_filter filter; /* SECCOMP */
		struct ctr__step_landlock landlock;
		struct ctr__step_lsm lsm;
		struct ctr__step_rlimit rlimit;
		struct ctr__step_fds fds;
		struct ctr__step_gate gate;
		struct ctr__step_init init;
		struct ctr__step_exec exec;
		struct ctr__step_try try;
	};
};

/* Whether the child waits there for the one that launches it: launch.h. */
static inline bool ctr__step_is_stop(const struct ctr__step *step)
{
	return step->kind == CTR__STEP_STOP || step->kind == CTR__STEP_AWAIT_IDS ||
	       step->kind == CTR__STEP_GATE;
}

/* Whether it says something to that one: all stops, and what makes a successor. */
static inline bool ctr__step_speaks(const struct ctr__step *step)
{
	return ctr__step_is_stop(step) || step->kind == CTR__STEP_SUCCESSOR;
}

/* What it does, in words for an error, which escapes them; the length as snprintf gives it. */
size_t ctr__step_describe(const struct ctr__step *step, char *text, size_t size);

/* The same as one line, whatever is in names and paths. */
size_t ctr__step_describe_line(const struct ctr__step *step, char *text, size_t size);

#endif
