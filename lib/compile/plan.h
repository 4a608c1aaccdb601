/* SPDX-License-Identifier: MIT */
/* A compiled plan: filled by compile.c, executed by spawn.c. */
#ifndef CTR_COMPILE_PLAN_H
#define CTR_COMPILE_PLAN_H

#include <minictr/plan.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "cgroup/cgroup.h"
#include "plan/steps.h"
#include "primitives/userns.h"
#include "spec/spec.h"

/* A mount namespace with what is the same for every container. */
struct ctr__template {
	pthread_mutex_t lock; /* held while it is made */
	atomic_int fd;	      /* -1 until then */
	bool has_network;     /* of its own, which its sysfs shows */
	int network;	      /* that, so that it stays; -1 until then */
};

/* Network namespaces that stand ready. */
struct ctr__networks {
	pthread_mutex_t lock;
	unsigned maker; /* the process that may use them, by ctr__maker() */
	int *ready;
	size_t n;
};

struct ctr_plan {
	struct ctr__steps steps;
	char *child_line;	  /* how the child is made, for people */
	unsigned long namespaces; /* CLONE_NEW* of each container, but for the mount namespace */

	struct ctr__fd *fds; /* one for each target of the FDS step; fd is owned */
	size_t n_fds;
	int fd_floor;
	int null_fd;
	int ns_fds[CTR__NS_COUNT];
	int *kept; /* descriptors of files that binds show */
	size_t n_kept;

	struct ctr__recipe recipe;	      /* of a control group for each container */
	ctr_cgroup *shared;		      /* or one for all of them, the caller's */
	uint64_t wall_limit_ms, cpu_limit_ms; /* 0: none */
	uint64_t output_limit;		      /* 0: none */
	uint32_t timeout_ms;
	const char *machine;	     /* of the program, static; NULL: not known */
	struct ctr__mapping mapping; /* uids NULL: none that the caller writes */
	int userns_fd;		     /* with that map, for idmapped mounts; -1: none */
	size_t n_trees;		     /* mounts to be made before each child is */
	size_t n_taken;		     /* and by the child, before there is a root */
	size_t n_layers;	     /* that there are only where no mount point can be made */
	bool cgroup;		     /* a group for each */
	bool process_group;	     /* or they are killed by their process group */
	bool cgroup_optional;	     /* without which it can do */
	bool own_pid_ns;
	bool init;	    /* comes before the program */
	bool own_user_ns;   /* another one than the caller's */
	bool joins_user_ns; /* namespaces are made by the child then, once it is in there */
	bool for_net_admin; /* it has one only because the caller lacks CAP_NET_ADMIN */
	bool share_memory;
	int program; /* a copy of what it executes, if that was given by a descriptor; or -1 */
	int blank;   /* a mount namespace to start from, borrowed; -1: a copy of the caller's */
	int helper;  /* the program that walks the steps otherwise; -1: they share memory */
	bool changes_ids;
	bool stoppable; /* by another user, while it is set up: it becomes that user */
	bool tty;
	bool listener; /* of the filter of system calls, for the host program */
	bool die_with_parent;

	/* NULL if the steps allow none. All else is as it was compiled. */
	struct ctr__template *template;

	/* NULL if its containers can't have one that was made before. */
	struct ctr__networks *networks;
};

/* One that is empty, for ctr_plan_free(); or NULL. */
ctr_plan *ctr__plan_new(void);

/* ctr_plan_compile(); once: for ctr_spawn(). */
ctr_plan *ctr__plan_compile(const ctr_spec *spec, bool once, ctr_error *err);

#endif
