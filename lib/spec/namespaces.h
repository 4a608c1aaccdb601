/* SPDX-License-Identifier: MIT */
/* Which namespaces a container has: the part of a spec that namespaces.c fills. */
#ifndef CTR_SPEC_NAMESPACES_H
#define CTR_SPEC_NAMESPACES_H

#include <minictr/namespaces.h>
#include <stdbool.h>
#include <stdint.h>

#define CTR__NS_COUNT 6

struct ctr__ns {
	uint32_t kind; /* CTR_NS_* */
	int mode;      /* CTR_NS_MODE_*; ignored if fd is not negative */
	int fd;	       /* to join; -1 if none */
	char *origin;  /* of fd, for people */
};

struct ctr__namespaces {
	struct ctr__ns v[CTR__NS_COUNT];
	char *hostname;
	char *domainname;
	bool disable_userns;
};

/* Into one that is all zeros: all AUTO. */
void ctr__namespaces_init(struct ctr__namespaces *namespaces);

/* Into one that is as init leaves it; 0 or -errno, what was copied then is there to be cleared. */
int ctr__namespaces_copy(struct ctr__namespaces *to, const struct ctr__namespaces *from);

void ctr__namespaces_clear(struct ctr__namespaces *namespaces);

/* Whether it is for a container alone. Not for the user namespace, which AUTO says less about. */
static inline bool ctr__ns_is_new(const struct ctr__ns *ns)
{
	return ns->fd < 0 && ns->mode != CTR_NS_MODE_HOST;
}

/* The choice for one kind; NULL if the kind is not one of them. */
const struct ctr__ns *ctr__namespaces_find(const struct ctr__namespaces *namespaces, uint32_t kind);

#endif
