/* SPDX-License-Identifier: MIT */
/*
 * The one resolver: opens paths of a container's inside its root, whatever
 * symbolic links it holds. Child-safe.
 */
#ifndef CTR_BASE_PATH_H
#define CTR_BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

bool ctr__path_is_absolute(const char *path);

/*
 * Opens path as if root were "/", with close-on-exec; magic links are not
 * followed. Returns a descriptor or -errno.
 */
int ctr__path_open(int root, const char *path, int flags);

/* The same, and -ELOOP if any component is a symbolic link. */
int ctr__path_open_plain(int root, const char *path, int flags);

/* An absolute path in the process's own root, whatever its working directory is. */
int ctr__path_open_unmagic(const char *path, int flags);

/* The same, and -ELOOP if any component is a symbolic link. */
int ctr__path_open_direct(const char *path, int flags);

/*
 * Opens a mount point (O_PATH), after making what is missing of it, component
 * by component: directories, and last a directory or an empty file. No
 * component may be a symbolic link. Returns a descriptor or -errno.
 */
int ctr__path_make(int root, const char *path, bool directory);

/*
 * Takes the next component off *path: its length (at most NAME_MAX) and where
 * it starts, 0 at the end, or -ENAMETOOLONG.
 */
int ctr__path_next(const char **path, const char **name);

#endif
