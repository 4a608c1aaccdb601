/* SPDX-License-Identifier: MIT */
/* A test's own world: a temporary directory with root file systems in it. */
#ifndef TESTS_SUPPORT_WORLD_H
#define TESTS_SUPPORT_WORLD_H

#include <limits.h>
#include <stdarg.h>
#include <sys/types.h>

/* The directory, made by world_make(); removed with all in it by world_remove(). */
extern char world_dir[PATH_MAX];

void world_make(void);
void world_remove(void);

/*
 * All worlds of a program lie in one directory, for a test that fails leaves its own. A tmpfs of
 * the program's is mounted there, which takes a sixth of the time of a disk: ext4 is slow in
 * making files where others have just been removed. With TMPDIR in the environment the worlds
 * are there, on whatever file system that is.
 */
void world_begin(void);
void world_end(void);

/* Before suite_run(): the program's tests need the page cache, or more than memory. */
void world_use_disk(void);

/*
 * A path below world_dir, printf-like; valid until the fourth call after it.
 * One that begins with world_dir already is left as it is, here and below.
 */
const char *world_path(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Makes a directory, mode 0755, and those above it. */
void world_mkdir(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Makes a file, or overwrites it, in a directory that is made if need be. */
void world_write(const char *path, const char *text, mode_t mode);

/* The content and the permission bits; from is any path of the host. */
void world_copy(const char *from, const char *to);

/*
 * An Alpine-like tree in world_dir/name: static busybox as sh, ps, ls, and so
 * on, /etc/passwd, and empty proc, dev, sys, tmp, run, root. Returns its path.
 */
const char *world_rootfs(const char *name);

/* Text of a file; "" if it can't be read. Valid until the next call. */
const char *world_read(const char *path);

/* Number of entries of a directory, "." and ".." left out; -1 if it can't be read. */
int world_count(const char *path);

#endif
