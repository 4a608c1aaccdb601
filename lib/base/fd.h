/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_FD_H
#define CTR_BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/stat.h>

/* Descriptors: results are a descriptor or 0, or -errno. */

/* Closes fd unless it is negative. */
void ctr__fd_close(int fd);

/* The descriptor, which *fd then no longer owns. */
int ctr__fd_take(int *fd);

/* Whether it is open, and meant to be inherited: not close-on-exec, as all of ours are. */
int ctr__fd_is_inheritable(int fd);

/* A duplicate that is close-on-exec, at least min, and never 0, 1 or 2. */
int ctr__fd_dup(int fd, int min);

/* Takes fd: itself if it is at least min and none of 0, 1 and 2, or else a duplicate that is. */
int ctr__fd_raise(int fd, int min);

/* Whether it is a directory, opened for reading or as a mere path: 1, 0 or -errno. */
int ctr__fd_is_directory(int fd);

/* Opens /dev/null, and makes sure that it is: character device 1:3. */
int ctr__fd_open_null(int flags);

/* Writes all of text to a file below dir; one write, as control files need. */
int ctr__fd_write_file(int dir, const char *name, const char *text);

/* Reads a file below dir, as much as there is room for, and a NUL behind: its length. */
int ctr__fd_read_file(int dir, const char *name, char *text, size_t size);

/* Whether the file system behind fd may wait for a network or a user process. */
int ctr__fd_may_block(int fd, bool *may_block);

/* Hands a descriptor through a socket; child-safe. */
int ctr__fd_send(int sock, int fd);

/* Receives one, which is none of 0, 1 and 2; -EPIPE when the other side closed without sending. */
int ctr__fd_receive(int sock);

/* Receives a byte, and by SO_PASSCRED its sender: the pid of that, or -errno. */
int ctr__fd_receive_sender(int sock);

/* Which file this is, whatever name it has. */
struct ctr__file_id {
	uint64_t ino;
	uint32_t dev_major, dev_minor;
};

struct ctr__file_id ctr__file_id_of(const struct statx *st);

/* Of two that were looked at with STATX_INO. */
bool ctr__same_file(const struct statx *a, const struct statx *b);
bool ctr__file_id_equal(const struct ctr__file_id *a, const struct ctr__file_id *b);

#endif
