/* SPDX-License-Identifier: MIT */
#include "base/fd.h"

#include <linux/magic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "base/sys.h"

void ctr__fd_close(int fd)
{
	if (fd >= 0)
		sys_close(fd);
}

int ctr__fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

int ctr__fd_dup(int fd, int min)
{
	return sys_fcntl(fd, F_DUPFD_CLOEXEC, min > STDERR_FILENO ? min : STDERR_FILENO + 1);
}

int ctr__fd_raise(int fd, int min)
{
	int raised;

	if (fd < 0 || (fd >= min && fd > STDERR_FILENO))
		return fd;
	raised = ctr__fd_dup(fd, min);
	sys_close(fd);
	return raised;
}

int ctr__fd_is_inheritable(int fd)
{
	int flags = sys_fcntl(fd, F_GETFD, 0);

	if (flags < 0)
		return flags == -EBADF ? 0 : flags;
	return !(flags & FD_CLOEXEC);
}

int ctr__fd_is_directory(int fd)
{
	struct statx st;
	int r = sys_statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &st);

	return r < 0 ? r : S_ISDIR(st.stx_mode);
}

int ctr__fd_open_null(int flags)
{
	int fd = sys_openat(AT_FDCWD, "/dev/null", flags | O_CLOEXEC, 0);
	struct statx st;
	int r;

	if (fd < 0)
		return fd;
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (r == 0 && (!S_ISCHR(st.stx_mode) || st.stx_rdev_major != 1 || st.stx_rdev_minor != 3))
		r = -ENODEV;
	if (r < 0) {
		sys_close(fd);
		return r;
	}
	return fd;
}

int ctr__fd_write_file(int dir, const char *name, const char *text)
{
	int fd = sys_openat(dir, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0);
	const size_t size = strlen(text);
	long n;

	if (fd < 0)
		return fd;
	n = sys_write(fd, text, size);
	sys_close(fd);
	if (n < 0)
		return (int)n;
	return (size_t)n == size ? 0 : -EIO;
}

int ctr__fd_read_file(int dir, const char *name, char *text, size_t size)
{
	int fd = sys_openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
	size_t length = 0;
	long n;

	if (fd < 0)
		return fd;
	do {
		n = sys_read(fd, text + length, size - 1 - length);
		length += n > 0 ? (size_t)n : 0;
	} while (n > 0 && length < size - 1);
	sys_close(fd);
	text[length] = '\0';
	return n < 0 ? (int)n : (int)length;
}

int ctr__fd_may_block(int fd, bool *may_block)
{
	/* CEPH, CIFS, SMB2, 9P and AFS are not all in linux/magic.h. */
	static const unsigned long slow[] = {
		NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, 0xff534d42, 0xfe534d42,	  V9FS_MAGIC,
		0x65735546,	 0x00c36400,	  0x6b414653, AFS_SUPER_MAGIC,	  CODA_SUPER_MAGIC,
		0x47504653,	 0x0bd00bd0,	  0x19830326, AUTOFS_SUPER_MAGIC,
	};
	struct statfs st;
	int r = sys_fstatfs(fd, &st);

	if (r < 0)
		return r;
	*may_block = false;
	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++)
		*may_block |= (uint32_t)st.f_type == (uint32_t)slow[i];
	return 0;
}

int ctr__fd_send(int sock, int fd)
{
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .header = {
			      .cmsg_len = CMSG_LEN(sizeof(int)),
			      .cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_RIGHTS,
		      } };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(sizeof(int)),
	};
	long n;

	*(int *)(void *)CMSG_DATA(&control.header) = fd;
	n = sys_sendmsg(sock, &msg, MSG_NOSIGNAL);
	return n < 0 ? (int)n : 0;
}

/* A byte, and what comes with it: of that type and size, or -EPIPE, -EMFILE. */
static int receive_with(int sock, int type, void *value, size_t size)
{
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(struct ucred))]; /* the largest */
	} control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(size),
	};
	const struct cmsghdr *header;
	long n = sys_recvmsg(sock, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (n < 0)
		return (int)n;
	header = CMSG_FIRSTHDR(&msg);
	if (n == 0 || !header || header->cmsg_type != type)
		return (msg.msg_flags & MSG_CTRUNC) ? -EMFILE : -EPIPE;
	memcpy(value, CMSG_DATA(header), size);
	return 0;
}

int ctr__fd_receive(int sock)
{
	int fd = -1;
	int r = receive_with(sock, SCM_RIGHTS, &fd, sizeof(fd));

	return r < 0 ? r : ctr__fd_raise(fd, 0);
}

int ctr__fd_receive_sender(int sock)
{
	struct ucred sender = { 0 };
	int r = receive_with(sock, SCM_CREDENTIALS, &sender, sizeof(sender));

	return r < 0 ? r : sender.pid;
}

struct ctr__file_id ctr__file_id_of(const struct statx *st)
{
	return (struct ctr__file_id){
		.ino = st->stx_ino,
		.dev_major = st->stx_dev_major,
		.dev_minor = st->stx_dev_minor,
	};
}

bool ctr__same_file(const struct statx *a, const struct statx *b)
{
	const struct ctr__file_id id = ctr__file_id_of(a), other = ctr__file_id_of(b);

	return ctr__file_id_equal(&id, &other);
}

bool ctr__file_id_equal(const struct ctr__file_id *a, const struct ctr__file_id *b)
{
	return a->ino == b->ino && a->dev_major == b->dev_major && a->dev_minor == b->dev_minor;
}
