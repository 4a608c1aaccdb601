/* SPDX-License-Identifier: MIT */
/* What is found out about the host, and how: one file for each kind of question. */
#ifndef CTR_PROBE_PROBE_H
#define CTR_PROBE_PROBE_H

#include <minictr/probe.h>
#include <stdbool.h>

#define CTR__FEATURES 47

struct ctr__finding {
	bool works;
	int64_t value; /* -1: none */
	char why[512];
	char hint[512]; /* "": none */
};

struct ctr_probe {
	struct ctr__finding v[CTR__FEATURES];
};

/* While it is found out. */
struct ctr__probing {
	ctr_probe *probe;
	ctr_error *err;	 /* scratch */
	bool privileged; /* containers of the caller's have no user namespace by default */
	char uids[32];	 /* the caller's, as the user 0 of a user namespace */
	char gids[32];
	int user_ns;  /* one of the caller's; -1: none could be made */
	int inner_ns; /* one inside it */
};

/* What a feature does; the finding is there from the beginning, and does not work. */
void ctr__probe_works(const struct ctr__probing *p, uint32_t feature, const char *why, ...)
	__attribute__((format(printf, 3, 4)));
void ctr__probe_fails(const struct ctr__probing *p, uint32_t feature, const char *hint,
		      const char *why, ...) __attribute__((format(printf, 4, 5)));

/* The same by an error of the library's own. */
void ctr__probe_error(const struct ctr__probing *p, uint32_t feature, const ctr_error *err);

/* Namespaces, file systems, system calls, and a whole container: try.c. */
void ctr__probe_children(struct ctr__probing *p);

/* Control groups: group.c. */
void ctr__probe_groups(const struct ctr__probing *p);

/* What is read, for it can't be tried: host.c. */
void ctr__probe_host(const struct ctr__probing *p);

/* A child cloned into the group whose directory that is: 0 or -errno. */
int ctr__probe_clone_into(int group_dir);

#endif
