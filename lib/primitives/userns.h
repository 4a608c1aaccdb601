/* SPDX-License-Identifier: MIT */
#ifndef CTR_PRIMITIVES_USERNS_H
#define CTR_PRIMITIVES_USERNS_H

#include <sys/types.h>

#include "plan/launch.h"
#include "primitives/idmap.h"

/*
 * Which switch of this host keeps the caller from user namespaces, if errnum is one that such
 * a switch gives; NULL: none that can be read.
 */
const char *ctr__userns_off(int errnum);

/* The home of the caller by the host's /etc/passwd, the caller of this frees it; "": none. */
int ctr__caller_home(char **home, ctr_error *err);

/* A map, ready to be written for one process after the other. */
struct ctr__mapping {
	char *uids, *gids;	/* as the kernel takes them: user_namespaces(7) */
	const char *uid_helper; /* a program that may write them; NULL: the caller may */
	const char *gid_helper;
};

/* newuidmap or newgidmap, where such a program usually is; NULL: nowhere. */
const char *ctr__mapping_helper(const char *name);

/* Refuses what is not the caller's to map. */
int ctr__mapping_make(struct ctr__mapping *mapping, const ctr_idmap *map, ctr_error *err);
void ctr__mapping_clear(struct ctr__mapping *mapping);

/*
 * For a process that nobody else reaps. By ctr__now_ms() not later than the deadline, which is for
 * the programs that write.
 */
int ctr__mapping_write(const struct ctr__mapping *mapping, pid_t pid, int64_t deadline,
		       ctr_error *err);

/* A user namespace with these ids and nobody in it: a descriptor, or -1. */
int ctr__mapping_open(const struct ctr__mapping *mapping, ctr_error *err);

/* With a child that waits at its first stop, for which it is there. */
struct ctr__meeting {
	const char *what, *object; /* that it is for, for errors */
	/* What ctr__userns_meet() returns. By ctr__now_ms() not later than the deadline. */
	int (*meet)(pid_t pid, int64_t deadline, void *data, ctr_error *err);
	int (*refuse)(int errnum, void *data, ctr_error *err); /* it could not be there: -1 */
	void *data;
};

int ctr__userns_meet(const struct ctr__launch *launch, const struct ctr__meeting *meeting,
		     ctr_error *err);

/*
 * Which ids a user namespace has, numbered outside as the caller numbers them, and whether it
 * denies setgroups(2): a child enters it for that. Into an empty map, which stays empty if there
 * are none yet.
 */
int ctr__userns_read(int fd, const char *origin, ctr_idmap *map, bool *denies_groups,
		     ctr_error *err);

#endif
