/* SPDX-License-Identifier: MIT */
/* Finds the program in the container's files and tells why it could not run. */
#ifndef CTR_COMPILE_PROGRAM_H
#define CTR_COMPILE_PROGRAM_H

#include <minictr/error.h>
#include <stdbool.h>
#include <stdint.h>

#include "compile/view.h"

/* What its file says; of a script, what that of its interpreter does. Nothing where it is unread.
 */
struct ctr__program_info {
	const char *machine; /* what it is made for, static; NULL: not known */
	uint64_t caps;	     /* capabilities(7) of the file that must be had to execute it */
	bool seen;	     /* an ELF file was found */
};

/*
 * name: an absolute path, a path relative to cwd, or a name to look for in
 * search (a PATH value; may be NULL). path: room for PATH_MAX bytes, what to
 * execute. 0, or -1 with CTR_E_NOT_FOUND or CTR_E_NOT_EXECUTABLE. fd: O_PATH,
 * of the file, or -1 if it can't be looked at beforehand. info: filled on success; may be NULL.
 */
int ctr__program_find(const struct ctr__view *view, const char *name, const char *cwd,
		      const char *search, char *path, int *fd, struct ctr__program_info *info,
		      ctr_error *err);

/*
 * A copy of the program that fd has open, which nobody can write, close-on-exec and at least min:
 * sealed.h. name: what the program is called in an error; in_memory: what the copy is called.
 */
int ctr__program_copy_fd(const struct ctr__view *view, const char *name, const char *in_memory,
			 int fd, int min, struct ctr__program_info *info, ctr_error *err);

/* Whether it names a descriptor of the process that opens it: /proc/self/fd/9, /dev/stdin. */
bool ctr__program_is_descriptor(const char *name);

#endif
