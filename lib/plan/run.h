/* SPDX-License-Identifier: MIT */
/*
 * One execution of steps. What is declared here runs in a child that may
 * share its parent's memory: raw system calls only, no allocation, no lock,
 * neither errno nor thread-local storage.
 */
#ifndef CTR_PLAN_RUN_H
#define CTR_PLAN_RUN_H

#include <stddef.h>
#include <sys/resource.h>
#include <time.h>

#include "plan/step.h"

/* Descriptors that are made anew for each run. */
enum ctr__slot {
	CTR__SLOT_PARENT,   /* pidfd of the parent */
	CTR__SLOT_TEMPLATE, /* the mount namespace to start from */
	CTR__SLOT_CHANNEL,  /* socket to hand a descriptor to the parent */
	CTR__SLOT_LAUNCH,   /* the helper's end of the channel to the parent: channel.h */
	CTR__SLOT_STATUS,   /* socket that an init tells the program's end through */
	CTR__SLOT_SIGNALS,  /* signalfd(2) of that init, of all signals */
	CTR__SLOT_EVENTS,   /* epoll(7) of that init */
	CTR__SLOT_COUNT,
};

/* What a child had used at some time; all 0: that is not known. */
struct ctr__mark {
	struct timespec at; /* CLOCK_MONOTONIC */
	struct rusage used;
};

/* How far a child came; read by the parent when it has executed or died. */
struct ctr__report {
	volatile int step;	  /* index of the last one begun, -1 before the first */
	volatile int errnum;	  /* why it failed; 0 if it did not */
	volatile int done;	  /* all steps were walked, and none executed anything */
	struct ctr__mark joined;  /* its control groups, of those that have to be joined */
	struct ctr__mark execute; /* about to execute the program, or to load the last filter */
};

struct ctr__run {
	int32_t tid; /* the child's own, by the kernel; 0: there is none */
	const struct ctr__step *steps;
	size_t n_steps;
	unsigned mode; /* one CTR__MODE_* */
	int slots[CTR__SLOT_COUNT];
	int *sources;	   /* for the FDS step, one for each target */
	char *const *argv; /* for the program, in the place of the EXEC step's; NULL: not */
	char *const *envp; /* the same */
	const int *groups; /* the files to join the control group by */
	size_t n_groups;
	const int *trees;     /* mounts that the parent has made: the one of a step is tree - 1 */
	int *taken;	      /* room for those of the TAKE steps: taken - 1 */
	bool *layered;	      /* room for which layers there are: number - 1 */
	int leaf;	      /* the file to join the leaf of it by; -1: none */
	struct rlimit64 core; /* to return to before the program runs */
	struct ctr__report *report;
	bool main_thread;  /* the one that made the child is its process's first */
	size_t image_size; /* of what all this is in: image.h; 0: the child is not the helper */
	char *early;	   /* of it, what no step from the init on refers to */
	size_t early_size;
	unsigned fds_end; /* behind all descriptors that are needed; 0: the child has its table */
	int beyond;	  /* one from there on; -1: there is none */

	/* of the child's own */
	int host;	     /* the "/" that the root has covered; -1: nothing covers it */
	int devices;	     /* the /dev of that, or -errno */
	int root;	     /* the tree that becomes "/" */
	uint64_t root_mount; /* its id: statx(2), stx_mnt_id */
	int covered;	     /* how many trees that were to become it lie below it */
	bool blank;	     /* the "/" below it is an empty one, and the host is out of reach */
	int empty;	     /* the directory that masks show; -1: none yet */
	int null;	     /* the null device that they show; -1: none yet */
	int stage;	     /* where overlays and files are made; -1: nowhere yet */
	int mounted;	     /* the tree attached last, while only parts of it are hidden; or -1 */
	const char *mounted_at;
	int ruleset; /* of landlock; -1: none yet */
	bool direct; /* not a child: targets must exist and may be symbolic links */
};

/* Does one step. Returns 0 or -errno. */
int ctr__step_do(struct ctr__run *run, const struct ctr__step *step);

/* Does all of the run's mode; the last one of a container does not return. */
int ctr__run_steps(struct ctr__run *run);

/* The same as the life of a child, for clone(2): takes a struct ctr__run, never returns. */
int ctr__run_child(void *run);

/* And the rest of it, from the step on that follows the one under way: never returns. */
int ctr__run_rest(struct ctr__run *run);

/*
 * A detached mount of a bind's source, with its flags; or -errno. The source is opened
 * below the directory host, or, if that is negative, as any path of the process.
 */
int ctr__bind_clone(int host, const struct ctr__step_bind *bind);

/* A new file system, not yet attached anywhere; or -errno. */
int ctr__fs_new(const struct ctr__step_mount *m);

/* A detached read-only mount of a new file; or -errno. */
int ctr__file_new(struct ctr__run *run, const struct ctr__step_file *file);

/* A detached overlay of a detached mount, which is taken over; or -errno. */
int ctr__overlay_new(struct ctr__run *run, int tree, uint64_t attrs);

/* Whether the calling thread comes before all that have only a nice value. */
bool ctr__is_real_time(void);

/* Whatever is mounted next may cover what was attached last. */
void ctr__forget_mounted(struct ctr__run *run);

/* The executors of exec_mount.c, for exec.c's table. */
/* unshare(2), and -ENOTRECOVERABLE if it says that it made a mount namespace and did not. */
int ctr__unshare(unsigned long types);

int ctr__do_join_blank(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_join_template(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_set_flags(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_take(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_root(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_layer(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_make_target(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_bind(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_mount(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_dev(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_file(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_mask(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_read_only(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_uncover(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_unmount(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_pivot_root(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_chroot(struct ctr__run *run, const struct ctr__step *step);

/* Those of exec_stop.c. The last one returns in the successor, or if it fails. */
int ctr__do_stop(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_successor(struct ctr__run *run, const struct ctr__step *step);

/* Says to the one that launches it where it is; waits for an answer that can be read then. */
int ctr__stop_say(const struct ctr__run *run, int pid);
int ctr__stop_await(const struct ctr__run *run);

/* Those of exec_fds.c. */
int ctr__do_fds(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_close(struct ctr__run *run, const struct ctr__step *step);

/* Whether a child that has the caller's table of descriptors may do it: it leaves them alone. */
bool ctr__leaves_fds(const struct ctr__step *step);

/* Gives such a child a table of its own, with no more than it needs. 0, or -errno. */
int ctr__own_fds(struct ctr__run *run);

/* The one of exec_gate.c. */
int ctr__do_gate(struct ctr__run *run, const struct ctr__step *step);

/* The one of exec_init.c: 0 in the program's process, and the init's own does not return. */
int ctr__do_init(struct ctr__run *run, const struct ctr__step *step);

/* The one of exec_try.c. */
int ctr__do_try(struct ctr__run *run, const struct ctr__step *step);

/* Closes all descriptors but these, of which negative ones are none. */
int ctr__close_others(const int *kept, size_t n);

/* For what a child has used up to now: it is not the program's use. */
void ctr__measure(struct ctr__mark *mark);

/* The same of exec_confine.c, and what the VERIFY step asks of it. */
int ctr__do_landlock_rule(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_landlock(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_lsm(struct ctr__run *run, const struct ctr__step *step);
int ctr__do_securebits(struct ctr__run *run, const struct ctr__step *step);
int ctr__verify_securebits(const struct ctr__step_verify *v);

#endif
