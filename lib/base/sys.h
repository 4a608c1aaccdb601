/* SPDX-License-Identifier: MIT */
/*
 * Raw system calls: the result, or -errno. They touch neither errno nor any
 * other thread-local state, so a child that shares its parent's memory can
 * use them. All of the library's system calls pass through ctr__sys().
 */
#ifndef CTR_BASE_SYS_H
#define CTR_BASE_SYS_H

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct msghdr;
struct statfs;
struct rusage;

/* Newer than the headers that some builds have. */
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

#if defined(__x86_64__)
static inline long ctr__sys_machine(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}
#elif defined(__aarch64__)
static inline long ctr__sys_machine(long nr, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}
#else
/* Goes through errno, so no child walks its steps in memory that it shares. */
static inline long ctr__sys_machine(long nr, long a, long b, long c, long d, long e, long f)
{
	long ret = syscall(nr, a, b, c, d, e, f);

	return ret < 0 ? -errno : ret;
}
#endif

#ifdef CTR_FAULT
/* The fault injector's, see tests/fault: makes the call, or lets it fail. */
long ctr__sys(long nr, long a, long b, long c, long d, long e, long f);
/* For what can't be made there: 0, or -errno that it shall fail with. */
long ctr__sys_fault(long nr);
#else
static inline long ctr__sys_fault(long nr)
{
	(void)nr;
	return 0;
}

static inline long ctr__sys(long nr, long a, long b, long c, long d, long e, long f)
{
	return ctr__sys_machine(nr, a, b, c, d, e, f);
}
#endif

/*
 * clone3(2) for a child with a stack of its own, on which function is called; it must not
 * return. In C there is no way back from a call on another stack. With CLONE_CHILD_SETTID the
 * kernel itself writes to *tid, which is 0 before: a filter of system calls that the caller
 * is in can answer 0, and the caller is no child. It gets that 0.
 */
#if defined(__x86_64__)
static inline long ctr__sys_clone3_call(const struct clone_args *args, size_t size,
					int (*function)(void *), void *argument, const int32_t *tid)
{
	register int (*r8)(void *) __asm__("r8") = function;
	register void *r9 __asm__("r9") = argument;
	register uint64_t r10 __asm__("r10") = (uintptr_t)tid;
	long ret;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "cmpl $0, (%%r10)\n\t"
			 "je 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %%r9, %%rdi\n\t"
			 "call *%%r8\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(ret)
			 : "a"(SYS_clone3), "D"(args), "S"(size), "r"(r8), "r"(r9), "r"(r10)
			 : "rcx", "r11", "memory");
	return ret;
}
#elif defined(__aarch64__)
static inline long ctr__sys_clone3_call(const struct clone_args *args, size_t size,
					int (*function)(void *), void *argument, const int32_t *tid)
{
	register long x8 __asm__("x8") = SYS_clone3;
	register long x0 __asm__("x0") = (long)args;
	register long x1 __asm__("x1") = (long)size;
	register int (*x4)(void *) __asm__("x4") = function;
	register void *x5 __asm__("x5") = argument;
	register uint64_t x6 __asm__("x6") = (uintptr_t)tid;

	__asm__ volatile("svc 0\n\t"
			 "cbnz x0, 1f\n\t"
			 "ldr w6, [x6]\n\t"
			 "cbz w6, 1f\n\t"
			 "mov x29, xzr\n\t"
			 "mov x0, x5\n\t"
			 "blr x4\n\t"
			 "brk #0\n"
			 "1:"
			 : "+r"(x0), "+r"(x6)
			 : "r"(x8), "r"(x1), "r"(x4), "r"(x5)
			 : "x30", "memory");
	return x0;
}
#else
#define CTR_NO_CLONE3 /* but clone(2) as libc has it, with the flags that it knows */
static inline long ctr__sys_clone3_call(const struct clone_args *args, size_t size,
					int (*function)(void *), void *argument, const int32_t *tid)
{
	const int saved = errno;
	int r = clone(function, (void *)(uintptr_t)(args->stack + args->stack_size),
		      (int)args->flags, argument, (void *)(uintptr_t)args->pidfd, NULL,
		      (void *)(uintptr_t)args->child_tid);

	(void)size, (void)tid;
	r = r < 0 ? -errno : r;
	errno = saved;
	return r;
}
#endif

/*
 * vfork(2) for a child with a stack of its own, up to the address top, on which function is called;
 * it must not return. By clone(2), for filters that can't look into the arguments of clone3(2).
 */
#define CTR__VFORK_FLAGS (CLONE_VM | CLONE_VFORK | SIGCHLD)

#if defined(__x86_64__)
static inline long ctr__sys_vfork_call(void *top, int (*function)(void *), void *argument)
{
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = 0;
	register int (*r9)(void *) __asm__("r9") = function;
	register void *r12 __asm__("r12") = argument;
	long ret;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %%r12, %%rdi\n\t"
			 "call *%%r9\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(ret)
			 : "a"(SYS_clone), "D"((long)CTR__VFORK_FLAGS), "S"(top), "d"(0L), "r"(r10),
			   "r"(r8), "r"(r9), "r"(r12)
			 : "rcx", "r11", "memory");
	return ret;
}
#elif defined(__aarch64__)
static inline long ctr__sys_vfork_call(void *top, int (*function)(void *), void *argument)
{
	register long x8 __asm__("x8") = SYS_clone;
	register long x0 __asm__("x0") = CTR__VFORK_FLAGS;
	register void *x1 __asm__("x1") = top;
	register long x2 __asm__("x2") = 0;
	register long x3 __asm__("x3") = 0;
	register long x4 __asm__("x4") = 0;
	register int (*x5)(void *) __asm__("x5") = function;
	register void *x6 __asm__("x6") = argument;

	__asm__ volatile("svc 0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, xzr\n\t"
			 "mov x0, x6\n\t"
			 "blr x5\n\t"
			 "brk #0\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), "r"(x6)
			 : "x30", "memory");
	return x0;
}
#else
static inline long ctr__sys_vfork_call(void *top, int (*function)(void *), void *argument)
{
	const int saved = errno;
	long r = clone(function, top, CTR__VFORK_FLAGS, argument);

	r = r < 0 ? -errno : r;
	errno = saved;
	return r;
}
#endif

/*
 * Makes the call again when a signal has interrupted it, which then has done nothing: a host
 * may have handlers without SA_RESTART. Not for close(2), which has closed all the same, nor
 * for what waits for a time, which base/wait.h is for.
 */
static inline long ctr__sys_whole(long nr, long a, long b, long c, long d, long e)
{
	long r;

	do
		r = ctr__sys(nr, a, b, c, d, e, 0);
	while (r == -EINTR);
	return r;
}

static inline long ctr__sys0(long nr)
{
	return ctr__sys_whole(nr, 0, 0, 0, 0, 0);
}

static inline long ctr__sys1(long nr, long a)
{
	return ctr__sys_whole(nr, a, 0, 0, 0, 0);
}

static inline long ctr__sys2(long nr, long a, long b)
{
	return ctr__sys_whole(nr, a, b, 0, 0, 0);
}

static inline long ctr__sys3(long nr, long a, long b, long c)
{
	return ctr__sys_whole(nr, a, b, c, 0, 0);
}

static inline long ctr__sys4(long nr, long a, long b, long c, long d)
{
	return ctr__sys_whole(nr, a, b, c, d, 0);
}

static inline long ctr__sys5(long nr, long a, long b, long c, long d, long e)
{
	return ctr__sys_whole(nr, a, b, c, d, e);
}

/*
 * For calls that valgrind does not know, most before version 3.22: under it they are
 * made on the real processor. They must not block, nor write to memory.
 */
#ifdef CTR_HAVE_VALGRIND
#include <valgrind/valgrind.h>

static inline long ctr__sys_real(long thread, const long *args)
{
	(void)thread;
	return ctr__sys5(args[0], args[1], args[2], args[3], args[4], args[5]);
}

static inline long ctr__sys_new(long nr, long a, long b, long c, long d, long e)
{
	const long args[] = { nr, a, b, c, d, e };

	if (!RUNNING_ON_VALGRIND)
		return ctr__sys5(nr, a, b, c, d, e);
	return (long)VALGRIND_NON_SIMD_CALL1(ctr__sys_real, args);
}
#else
static inline long ctr__sys_new(long nr, long a, long b, long c, long d, long e)
{
	return ctr__sys5(nr, a, b, c, d, e);
}
#endif

/* ---- files ---- */

static inline int sys_openat(int dir, const char *path, int flags, mode_t mode)
{
	return (int)ctr__sys4(SYS_openat, dir, (long)path, flags, mode);
}

static inline int sys_openat2(int dir, const char *path, const struct open_how *how)
{
	return (int)ctr__sys_new(SYS_openat2, dir, (long)path, (long)how, sizeof(*how), 0);
}

static inline int sys_close(int fd)
{
	return (int)ctr__sys(SYS_close, fd, 0, 0, 0, 0, 0);
}

static inline int sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	return (int)ctr__sys3(SYS_close_range, first, last, flags);
}

static inline long sys_read(int fd, void *buf, size_t n)
{
	return ctr__sys3(SYS_read, fd, (long)buf, (long)n);
}

static inline long sys_pread(int fd, void *buf, size_t n, uint64_t offset)
{
	return ctr__sys4(SYS_pread64, fd, (long)buf, (long)n, (long)offset);
}

static inline long sys_write(int fd, const void *buf, size_t n)
{
	return ctr__sys3(SYS_write, fd, (long)buf, (long)n);
}

static inline int sys_fcntl(int fd, int cmd, long arg)
{
	return (int)ctr__sys3(SYS_fcntl, fd, cmd, arg);
}

static inline int sys_dup3(int from, int to, int flags)
{
	return (int)ctr__sys3(SYS_dup3, from, to, flags);
}

static inline int sys_pipe2(int fds[2], int flags)
{
	return (int)ctr__sys2(SYS_pipe2, (long)fds, flags);
}

static inline long sys_pwrite(int fd, const void *buf, size_t n, uint64_t offset)
{
	return ctr__sys4(SYS_pwrite64, fd, (long)buf, (long)n, (long)offset);
}

static inline int sys_statx(int dir, const char *path, int flags, unsigned mask, struct statx *st)
{
	return (int)ctr__sys5(SYS_statx, dir, (long)path, flags, mask, (long)st);
}

/* By the effective ids, other than access(2). */
static inline int sys_access(const char *path, int mode)
{
	return (int)ctr__sys_new(SYS_faccessat2, AT_FDCWD, (long)path, mode, AT_EACCESS, 0);
}

static inline int sys_fstatfs(int fd, struct statfs *st)
{
	return (int)ctr__sys2(SYS_fstatfs, fd, (long)st);
}

static inline long sys_readlinkat(int dir, const char *path, char *buf, size_t n)
{
	return ctr__sys4(SYS_readlinkat, dir, (long)path, (long)buf, (long)n);
}

static inline long sys_getdents64(int fd, void *buf, size_t n)
{
	return ctr__sys3(SYS_getdents64, fd, (long)buf, (long)n);
}

static inline int sys_mkdirat(int dir, const char *path, mode_t mode)
{
	return (int)ctr__sys3(SYS_mkdirat, dir, (long)path, mode);
}

static inline int sys_symlinkat(const char *to, int dir, const char *path)
{
	return (int)ctr__sys3(SYS_symlinkat, (long)to, dir, (long)path);
}

static inline int sys_fchownat(int dir, const char *path, uint32_t uid, uint32_t gid, int flags)
{
	return (int)ctr__sys5(SYS_fchownat, dir, (long)path, uid, gid, flags);
}

/* The owner of an open file; its group stays. */
static inline int sys_fchown(int fd, uint32_t uid)
{
	return (int)ctr__sys3(SYS_fchown, fd, uid, (uint32_t)-1);
}

static inline int sys_memfd_create(const char *name, unsigned flags)
{
	return (int)ctr__sys2(SYS_memfd_create, (long)name, flags);
}

static inline int sys_ioctl(int fd, unsigned long request, void *arg)
{
	return (int)ctr__sys3(SYS_ioctl, fd, (long)request, (long)arg);
}

/* -EINTR is for the caller to see, who knows what is left of the time. */
static inline int sys_poll(struct pollfd *fds, unsigned n, const struct timespec *timeout)
{
	return (int)ctr__sys(SYS_ppoll, (long)fds, n, (long)timeout, 0, 0, 0);
}

static inline long sys_getrandom(void *buf, size_t n, unsigned flags)
{
	return ctr__sys3(SYS_getrandom, (long)buf, (long)n, flags);
}

/* ---- sockets ---- */

static inline int sys_socket(int domain, int type, int protocol)
{
	return (int)ctr__sys3(SYS_socket, domain, type, protocol);
}

static inline int sys_socketpair(int domain, int type, int protocol, int fds[2])
{
	return (int)ctr__sys4(SYS_socketpair, domain, type, protocol, (long)fds);
}

static inline int sys_setsockopt(int fd, int level, int name, const void *value, size_t size)
{
	return (int)ctr__sys5(SYS_setsockopt, fd, level, name, (long)value, (long)size);
}

static inline long sys_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return ctr__sys3(SYS_sendmsg, fd, (long)msg, flags);
}

static inline long sys_recvmsg(int fd, struct msghdr *msg, int flags)
{
	return ctr__sys3(SYS_recvmsg, fd, (long)msg, flags);
}

/* ---- mounts and roots ---- */

static inline int sys_open_tree(int dir, const char *path, unsigned flags)
{
	return (int)ctr__sys_new(SYS_open_tree, dir, (long)path, flags, 0, 0);
}

static inline int sys_move_mount(int from, const char *from_path, int to, const char *to_path,
				 unsigned flags)
{
	return (int)ctr__sys_new(SYS_move_mount, from, (long)from_path, to, (long)to_path, flags);
}

static inline int sys_mount_setattr(int dir, const char *path, unsigned flags,
				    const struct mount_attr *attr)
{
	return (int)ctr__sys_new(SYS_mount_setattr, dir, (long)path, flags, (long)attr,
				 sizeof(*attr));
}

static inline int sys_fsopen(const char *name, unsigned flags)
{
	return (int)ctr__sys_new(SYS_fsopen, (long)name, flags, 0, 0, 0);
}

static inline int sys_fsconfig(int fd, unsigned cmd, const char *key, const char *value)
{
	return (int)ctr__sys_new(SYS_fsconfig, fd, cmd, (long)key, (long)value, 0);
}

static inline int sys_fsmount(int fd, unsigned flags, unsigned attr)
{
	return (int)ctr__sys_new(SYS_fsmount, fd, flags, attr, 0, 0);
}

static inline int sys_umount2(const char *path, int flags)
{
	return (int)ctr__sys2(SYS_umount2, (long)path, flags);
}

static inline int sys_pivot_root(const char *new_root, const char *put_old)
{
	return (int)ctr__sys2(SYS_pivot_root, (long)new_root, (long)put_old);
}

static inline int sys_chroot(const char *path)
{
	return (int)ctr__sys1(SYS_chroot, (long)path);
}

static inline int sys_fchdir(int fd)
{
	return (int)ctr__sys1(SYS_fchdir, fd);
}

static inline int sys_chdir(const char *path)
{
	return (int)ctr__sys1(SYS_chdir, (long)path);
}

static inline int sys_unlinkat(int dir, const char *path, int flags)
{
	return (int)ctr__sys3(SYS_unlinkat, dir, (long)path, flags);
}

static inline int sys_renameat(int from, const char *from_path, int to, const char *to_path)
{
	return (int)ctr__sys5(SYS_renameat2, from, (long)from_path, to, (long)to_path, 0);
}

static inline int sys_linkat(int from, const char *from_path, int to, const char *to_path,
			     int flags)
{
	return (int)ctr__sys5(SYS_linkat, from, (long)from_path, to, (long)to_path, flags);
}

static inline int sys_mknodat(int dir, const char *path, mode_t mode, unsigned device)
{
	return (int)ctr__sys4(SYS_mknodat, dir, (long)path, mode, (long)device);
}

static inline int sys_fchmod(int fd, mode_t mode)
{
	return (int)ctr__sys2(SYS_fchmod, fd, mode);
}

/* Follows a symbolic link, as that of a descriptor in /proc is one. */
static inline int sys_fchmodat(int dir, const char *path, mode_t mode)
{
	return (int)ctr__sys3(SYS_fchmodat, dir, (long)path, mode);
}

/* Of an open file. */
static inline int sys_futimens(int fd, const struct timespec times[2])
{
	return (int)ctr__sys4(SYS_utimensat, fd, 0, (long)times, 0);
}

static inline long sys_copy_file_range(int from, int to, size_t n)
{
	return ctr__sys_new(SYS_copy_file_range, from, 0, to, 0, (long)n);
}

static inline long sys_getxattr(const char *path, const char *name, void *value, size_t n)
{
	return ctr__sys4(SYS_getxattr, (long)path, (long)name, (long)value, (long)n);
}

static inline long sys_lgetxattr(const char *path, const char *name, void *value, size_t n)
{
	return ctr__sys4(SYS_lgetxattr, (long)path, (long)name, (long)value, (long)n);
}

static inline long sys_fgetxattr(int fd, const char *name, void *value, size_t n)
{
	return ctr__sys4(SYS_fgetxattr, fd, (long)name, (long)value, (long)n);
}

static inline int sys_fsetxattr(int fd, const char *name, const void *value, size_t n)
{
	return (int)ctr__sys5(SYS_fsetxattr, fd, (long)name, (long)value, (long)n, 0);
}

static inline long sys_lseek(int fd, long offset, int whence)
{
	return ctr__sys3(SYS_lseek, fd, offset, whence);
}

static inline int sys_ftruncate(int fd, long size)
{
	return (int)ctr__sys2(SYS_ftruncate, fd, size);
}

static inline int sys_flock(int fd, int operation)
{
	return (int)ctr__sys2(SYS_flock, fd, operation);
}

/* ---- namespaces ---- */

static inline int sys_unshare(unsigned long flags)
{
	return (int)ctr__sys1(SYS_unshare, (long)flags);
}

static inline int sys_setns(int fd, int type)
{
	return (int)ctr__sys2(SYS_setns, fd, type);
}

static inline int sys_sethostname(const char *name, size_t n)
{
	return (int)ctr__sys2(SYS_sethostname, (long)name, (long)n);
}

static inline int sys_setdomainname(const char *name, size_t n)
{
	return (int)ctr__sys_new(SYS_setdomainname, (long)name, (long)n, 0, 0, 0);
}

/* ---- memory ---- */

/* The address, never negative in user space, or -errno. */
static inline long sys_mmap(size_t size, int protection, int flags)
{
	return ctr__sys(SYS_mmap, 0, (long)size, protection, flags, -1, 0);
}

/* Of a file, to read and write, from its beginning on; at: where, if flags say so. */
static inline long sys_mmap_fd(uintptr_t at, size_t size, int flags, int fd)
{
	return ctr__sys(SYS_mmap, (long)at, (long)size, PROT_READ | PROT_WRITE, flags, fd, 0);
}

static inline int sys_mprotect(void *base, size_t size, int protection)
{
	return (int)ctr__sys3(SYS_mprotect, (long)base, (long)size, protection);
}

static inline int sys_munmap(void *base, size_t size)
{
	return (int)ctr__sys2(SYS_munmap, (long)base, (long)size);
}

static inline int sys_madvise(void *base, size_t size, int advice)
{
	return (int)ctr__sys3(SYS_madvise, (long)base, (long)size, advice);
}

/* ---- processes ---- */

/* For a child: other code has clock.h. */
static inline int sys_clock_gettime(int clock, struct timespec *t)
{
	return (int)ctr__sys2(SYS_clock_gettime, clock, (long)t);
}

static inline int sys_prctl(int op, unsigned long arg)
{
	return (int)ctr__sys5(SYS_prctl, op, (long)arg, 0, 0, 0);
}

static inline int sys_prctl2(int op, unsigned long a, unsigned long b)
{
	return (int)ctr__sys5(SYS_prctl, op, (long)a, (long)b, 0, 0);
}

/* Of the calling thread; capabilities(7). */
struct ctr__caps_sets {
	uint64_t effective, permitted, inheritable;
};

static inline int sys_capget(struct ctr__caps_sets *sets)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0, 0, 0 } };
	int r = (int)ctr__sys2(SYS_capget, (long)&header, (long)data);

	sets->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	sets->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	sets->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return r;
}

static inline int sys_capset(const struct ctr__caps_sets *s)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	const struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
		{ (uint32_t)s->effective, (uint32_t)s->permitted, (uint32_t)s->inheritable },
		{ (uint32_t)(s->effective >> 32), (uint32_t)(s->permitted >> 32),
		  (uint32_t)(s->inheritable >> 32) },
	};

	return (int)ctr__sys2(SYS_capset, (long)&header, (long)data);
}

static inline long sys_keyctl(int op, const void *arg)
{
	return ctr__sys2(SYS_keyctl, op, (long)arg);
}

static inline int sys_getresuid(uint32_t ids[3])
{
	return (int)ctr__sys3(SYS_getresuid, (long)&ids[0], (long)&ids[1], (long)&ids[2]);
}

static inline int sys_getresgid(uint32_t ids[3])
{
	return (int)ctr__sys3(SYS_getresgid, (long)&ids[0], (long)&ids[1], (long)&ids[2]);
}

static inline long sys_getcwd(char *path, size_t size)
{
	return ctr__sys2(SYS_getcwd, (long)path, (long)size);
}

static inline int sys_prlimit(int resource, const struct rlimit64 *set, struct rlimit64 *old)
{
	return (int)ctr__sys4(SYS_prlimit64, 0, resource, (long)set, (long)old);
}

/* Of another process. */
static inline int sys_prlimit_of(int pid, int resource, const struct rlimit64 *set)
{
	return (int)ctr__sys4(SYS_prlimit64, pid, resource, (long)set, 0);
}

static inline int sys_sigprocmask(int how, const uint64_t *set, uint64_t *old)
{
	return (int)ctr__sys4(SYS_rt_sigprocmask, how, (long)set, (long)old, sizeof(*set));
}

/* struct sigaction as the kernel has it is all zeros for SIG_DFL. */
static inline int sys_sigaction_default(int sig)
{
	const unsigned long zeros[4] = { 0 };

	return (int)ctr__sys4(SYS_rt_sigaction, sig, (long)zeros, 0, sizeof(uint64_t));
}

/* A descriptor that is readable when one of the signals is pending. */
static inline int sys_signalfd(const uint64_t *signals)
{
	return (int)ctr__sys4(SYS_signalfd4, -1, (long)signals, sizeof(*signals), O_CLOEXEC);
}

static inline int sys_setsid(void)
{
	return (int)ctr__sys0(SYS_setsid);
}

static inline int sys_setpriority(int which, int who, int priority)
{
	return (int)ctr__sys3(SYS_setpriority, which, who, priority);
}

static inline int sys_sched_getscheduler(void)
{
	return (int)ctr__sys1(SYS_sched_getscheduler, 0);
}

/* SCHED_OTHER; the nice value stays. */
static inline int sys_sched_set_default(void)
{
	const int priority = 0; /* struct sched_param */

	return (int)ctr__sys3(SYS_sched_setscheduler, 0, SCHED_OTHER, (long)&priority);
}

static inline int sys_setgroups(size_t n, const uint32_t *groups)
{
	return (int)ctr__sys2(SYS_setgroups, (long)n, (long)groups);
}

static inline int sys_getgroups(size_t n, uint32_t *groups)
{
	return (int)ctr__sys2(SYS_getgroups, (long)n, (long)groups);
}

static inline int sys_setresgid(uint32_t r, uint32_t e, uint32_t s)
{
	return (int)ctr__sys3(SYS_setresgid, r, e, s);
}

static inline int sys_setresuid(uint32_t r, uint32_t e, uint32_t s)
{
	return (int)ctr__sys3(SYS_setresuid, r, e, s);
}

static inline int sys_umask(mode_t mask)
{
	return (int)ctr__sys1(SYS_umask, mask);
}

static inline int sys_execve(const char *path, char *const *argv, char *const *envp)
{
	return (int)ctr__sys3(SYS_execve, (long)path, (long)argv, (long)envp);
}

static inline int sys_execveat(int dir, const char *path, char *const *argv, char *const *envp,
			       int flags)
{
	return (int)ctr__sys5(SYS_execveat, dir, (long)path, (long)argv, (long)envp, flags);
}

static inline int sys_getrusage(int who, struct rusage *usage)
{
	return (int)ctr__sys2(SYS_getrusage, who, (long)usage);
}

static inline pid_t sys_getpid(void)
{
	return (pid_t)ctr__sys0(SYS_getpid);
}

static inline pid_t sys_gettid(void)
{
	return (pid_t)ctr__sys0(SYS_gettid);
}

static inline pid_t sys_getppid(void)
{
	return (pid_t)ctr__sys0(SYS_getppid);
}

/* 0: a leader that the caller's PID namespace does not have. */
static inline pid_t sys_getpgid(pid_t pid)
{
	return (pid_t)ctr__sys1(SYS_getpgid, pid);
}

static inline int sys_setpgid(pid_t pid, pid_t group)
{
	return (int)ctr__sys2(SYS_setpgid, pid, group);
}

/* As fork(2) is: a child of its own memory goes on here too, and gets 0. */
static inline int sys_clone3(const struct clone_args *args)
{
	return (int)ctr__sys2(SYS_clone3, (long)args, sizeof(*args));
}

static inline int sys_kill(pid_t pid, int sig)
{
	return (int)ctr__sys2(SYS_kill, pid, sig);
}

static inline int sys_pidfd_open(pid_t pid, unsigned flags)
{
	return (int)ctr__sys_new(SYS_pidfd_open, pid, flags, 0, 0, 0);
}

/* The mount namespace of a process, PIDFD_GET_MNT_NAMESPACE: ioctl_pidfd(2), Linux 6.11. */
static inline int sys_pidfd_get_mnt_ns(int pidfd)
{
	return (int)ctr__sys3(SYS_ioctl, pidfd, 0xff03, 0);
}

static inline int sys_pidfd_send_signal(int pidfd, int sig)
{
	return (int)ctr__sys_new(SYS_pidfd_send_signal, pidfd, sig, 0, 0, 0);
}

/* To all of the process group that it leads or has led, PIDFD_SIGNAL_PROCESS_GROUP: Linux 6.9. */
static inline int sys_pidfd_signal_group(int pidfd, int sig)
{
	return (int)ctr__sys_new(SYS_pidfd_send_signal, pidfd, sig, 0, 1 << 2, 0);
}

static inline int sys_epoll_create1(int flags)
{
	return (int)ctr__sys1(SYS_epoll_create1, flags);
}

/* To be told that fd is readable. */
static inline int sys_epoll_add(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data = { .fd = fd } };

	return (int)ctr__sys4(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, fd, (long)&event);
}

/* In milliseconds, -1: without a bound; -EINTR is for the caller to see. */
static inline int sys_epoll_wait(int epoll, struct epoll_event *events, int n, int timeout_ms)
{
	return (int)ctr__sys(SYS_epoll_pwait, epoll, (long)events, n, timeout_ms, 0,
			     sizeof(uint64_t));
}

static inline int sys_timerfd_create(int clock, int flags)
{
	return (int)ctr__sys2(SYS_timerfd_create, clock, flags);
}

static inline int sys_timerfd_settime(int timer, const struct itimerspec *in)
{
	return (int)ctr__sys4(SYS_timerfd_settime, timer, 0, (long)in, 0);
}

static inline int sys_waitid(int type, int id, siginfo_t *info, int options, struct rusage *usage)
{
	return (int)ctr__sys5(SYS_waitid, type, id, (long)info, options, (long)usage);
}

static inline _Noreturn void sys_exit(int code)
{
	for (;;)
		ctr__sys1(SYS_exit_group, code);
}

#endif
