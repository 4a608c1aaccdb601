/* SPDX-License-Identifier: MIT */
/*
 * The plan image: a run with all that its steps refer to, as one flat file in memory for the
 * helper, which has none of the caller's. It is mapped at one address there, so pointers in it
 * hold as they are. Both sides come from one build of the library; the layout says so.
 */
#ifndef CTR_PLAN_IMAGE_H
#define CTR_PLAN_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/sys.h"
#include "plan/run.h"

/*
 * Where a static program, its stack and what the kernel adds never lie: behind the heap of one
 * that is linked at a low address, and far below where mmap(2) begins.
 */
#define CTR__IMAGE_ADDRESS ((uintptr_t)0x100000000)

#define CTR__IMAGE_LAYOUT                                                                          \
	(0x6d63747200000000 | sizeof(struct ctr__image) << 16 | sizeof(struct ctr__step))

struct ctr__image {
	uint64_t layout; /* CTR__IMAGE_LAYOUT */
	uint64_t size;
	const int *
		fds; /* all that the run needs: close-on-exec is off while the helper is executed */
	size_t n_fds;
	struct ctr__image_caps {
		struct ctr__caps_sets sets; /* which execve(2) changes: put back by the helper */
		bool ambient; /* and it is to leave all of them: they were made ambient */
	} caps;
	struct ctr__run run;
	struct ctr__report report; /* of that run, for the caller too */
};

/* How many entries the run's arrays have. */
struct ctr__image_counts {
	size_t sources, trees, taken, layered;
	size_t spare; /* bytes behind all else, for ctr__image_add_texts() */
};

/*
 * The caller does not map it: where a child has run on another CPU, to unmap something interrupts
 * that one.
 */
struct ctr__image_file {
	int fd;			 /* close-on-exec */
	struct ctr__image *copy; /* of what was written */
	size_t size;		 /* of that */
	size_t spare;		 /* behind it */
	size_t used;		 /* of both */
};

/* Returns 0, or -errno with nothing made. */
int ctr__image_make(struct ctr__image_file *image, const struct ctr__run *run,
		    const struct ctr__image_counts *counts);

/* What the helper has said of itself so far; 0, or -errno. */
int ctr__image_report(const struct ctr__image_file *image, struct ctr__report *report);

/*
 * Adds a list of texts that ends in a NULL, for a helper that runs: where it has that is stored
 * in *there. 0, -E2BIG: the spare room is too small, or another -errno.
 */
int ctr__image_add_texts(struct ctr__image_file *image, char *const *list, uint64_t *there);
void ctr__image_free(struct ctr__image_file *image);

/* What makes a child the helper, while it still shares the caller's memory. */
struct ctr__image_start {
	const struct ctr__image_file *image;
	struct ctr__run *run; /* the caller's: of its table of descriptors */
	int helper;	      /* the program */
	const char *name;     /* as others see it */
};

/* The life of such a child, for clone(2): takes a struct ctr__image_start, never returns. */
int ctr__image_child(void *start);

#endif
