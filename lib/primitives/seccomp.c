/* SPDX-License-Identifier: MIT */
/*
 * What programs of a container may ask of the kernel: by name, in groups. What is in none
 * of them does not exist, ENOSYS, which is what a program that tries something new expects;
 * what exists but is not for containers is refused, EPERM.
 */
#include "primitives/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#ifndef F_SETDELEG /* Linux 6.19 */
#define F_SETDELEG 1040
#endif

/* ---- always allowed ---- */

static const char files[] =
	"access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 "
	"faccessat faccessat2 fadvise64 fallocate fanotify_mark fchdir fchmod fchmodat "
	"fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fremovexattr "
	"fsetxattr fstat fstatfs fsync ftruncate futimesat getcwd getdents getdents64 "
	"getxattr getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch "
	"lchown lgetxattr link linkat listxattr listxattrat llistxattr lremovexattr lseek "
	"lsetxattr lstat mkdir mkdirat mknod mknodat name_to_handle_at newfstatat open openat "
	"openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readlink "
	"readlinkat readv removexattr removexattrat rename renameat renameat2 rmdir sendfile "
	"setxattr setxattrat splice stat statfs statx symlink symlinkat sync sync_file_range "
	"syncfs tee truncate umask unlink unlinkat utime utimensat utimes vmsplice write "
	"writev ioctl";

static const char memory[] =
	"brk cachestat madvise map_shadow_stack membarrier memfd_create memfd_secret mincore "
	"mlock mlock2 mlockall mmap mprotect mremap mseal msync munlock munlockall munmap "
	"pkey_alloc pkey_free pkey_mprotect process_mrelease remap_file_pages";

static const char processes[] =
	"arch_prctl capget capset execve execveat exit exit_group fork futex futex_requeue "
	"futex_wait futex_waitv futex_wake get_robust_list get_thread_area getcpu getegid "
	"geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority getresgid "
	"getresuid getrlimit getrusage getsid gettid getuid ioprio_get ioprio_set kill "
	"landlock_add_rule landlock_create_ruleset landlock_restrict_self modify_ldt "
	"pidfd_open pidfd_send_signal prctl prlimit64 process_vm_readv process_vm_writev "
	"ptrace rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn "
	"rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max "
	"sched_get_priority_min sched_getaffinity sched_getattr sched_getparam "
	"sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr "
	"sched_setparam sched_setscheduler sched_yield seccomp set_robust_list "
	"set_thread_area set_tid_address setfsgid setfsuid setgid setgroups setpgid "
	"setpriority setregid setresgid setresuid setreuid setrlimit setsid setuid "
	"sigaltstack tgkill tkill vfork wait4 waitid pause restart_syscall";

static const char time_and_events[] =
	"alarm clock_adjtime adjtimex clock_getres clock_gettime clock_nanosleep epoll_create "
	"epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait "
	"epoll_wait_old eventfd eventfd2 getitimer gettimeofday io_cancel io_destroy "
	"io_getevents io_pgetevents io_setup io_submit nanosleep pipe pipe2 poll ppoll "
	"pselect6 select setitimer signalfd signalfd4 time timer_create timer_delete "
	"timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime "
	"timerfd_settime times";

static const char sockets_and_ipc[] =
	"accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom "
	"recvmmsg recvmsg sendmmsg sendmsg sendto setsockopt shutdown mq_getsetattr mq_notify "
	"mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd semctl "
	"semget semop semtimedop shmat shmctl shmdt shmget";

static const char information[] = "getrandom sysinfo uname";

static const char *const always[] = {
	files, memory, processes, time_and_events, sockets_and_ipc, information,
};

/* ---- with a capability, and otherwise refused ---- */

static const struct {
	int cap;
	const char *name;
} with_cap[] = {
	{ CAP_SYS_ADMIN, "bpf" },
	{ CAP_BPF, "bpf" },
	{ CAP_SYS_ADMIN, "fanotify_init" },
	{ CAP_SYS_ADMIN, "fsconfig" },
	{ CAP_SYS_ADMIN, "fsmount" },
	{ CAP_SYS_ADMIN, "fsopen" },
	{ CAP_SYS_ADMIN, "fspick" },
	{ CAP_SYS_ADMIN, "mount" },
	{ CAP_SYS_ADMIN, "mount_setattr" },
	{ CAP_SYS_ADMIN, "move_mount" },
	{ CAP_SYS_ADMIN, "open_tree" },
	{ CAP_SYS_ADMIN, "perf_event_open" },
	{ CAP_PERFMON, "perf_event_open" },
	{ CAP_SYS_ADMIN, "pivot_root" },
	{ CAP_SYS_ADMIN, "quotactl" },
	{ CAP_SYS_ADMIN, "quotactl_fd" },
	{ CAP_SYS_ADMIN, "setdomainname" },
	{ CAP_SYS_ADMIN, "sethostname" },
	{ CAP_SYS_ADMIN, "setns" },
	{ CAP_SYS_ADMIN, "umount2" },
	{ CAP_SYS_ADMIN, "unshare" },
	{ CAP_SYS_ADMIN, "syslog" },
	{ CAP_SYSLOG, "syslog" },
	{ CAP_DAC_READ_SEARCH, "open_by_handle_at" },
	{ CAP_SYS_BOOT, "reboot" },
	{ CAP_SYS_CHROOT, "chroot" },
	{ CAP_SYS_MODULE, "delete_module" },
	{ CAP_SYS_MODULE, "init_module" },
	{ CAP_SYS_MODULE, "finit_module" },
	{ CAP_SYS_PACCT, "acct" },
	{ CAP_SYS_PTRACE, "kcmp" },
	{ CAP_SYS_PTRACE, "pidfd_getfd" },
	{ CAP_SYS_PTRACE, "process_madvise" },
	{ CAP_SYS_RAWIO, "ioperm" },
	{ CAP_SYS_RAWIO, "iopl" },
	{ CAP_SYS_TIME, "clock_settime" },
	{ CAP_SYS_TIME, "settimeofday" },
	{ CAP_SYS_TTY_CONFIG, "vhangup" },
	{ CAP_SYS_NICE, "get_mempolicy" },
	{ CAP_SYS_NICE, "mbind" },
	{ CAP_SYS_NICE, "set_mempolicy" },
	{ CAP_SYS_NICE, "set_mempolicy_home_node" },
};

#define WITH_CAP COUNT(with_cap)

/* Never: rings run calls that no filter sees; the rest is old, or of the whole machine. */
static const char never[] =
	"io_uring_enter io_uring_register io_uring_setup userfaultfd add_key request_key "
	"kexec_load kexec_file_load swapon swapoff migrate_pages move_pages lookup_dcookie "
	"nfsservctl _sysctl uselib sysfs ustat vserver create_module get_kernel_syms "
	"query_module";

/* ---- by their arguments ---- */

/* AF_PACKET takes CAP_NET_RAW. Others have hardly a use in a container, and many bugs. */
static const uint32_t families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET };

/* Those of Linux, with and without the layouts of old programs; and the question for it. */
static const uint32_t personalities[] = { 0, 8, 0x20000, 0x20008, 0xffffffff };

#define NAMESPACES                                                                                 \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |             \
	 CLONE_NEWPID | CLONE_NEWNET)

static const uint64_t namespaces[] = {
	CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
	CLONE_NEWUSER, CLONE_NEWPID,	CLONE_NEWNET,
};

/* ioctl(2): typing into the caller's terminal. */
static const uint32_t requests[] = { TIOCSTI, TIOCLINUX };

/*
 * fcntl(2): leases and delegations, for which a descriptor that only reads is enough. A process
 * that opens the file for writing, on the host too, then waits until the container gives it up,
 * for /proc/sys/fs/lease-break-time at most, and the container can take the next one. dnotify,
 * which inotify(7) has replaced, holds directories of the host without a limit on their number.
 * F_SETSIG and F_SETOWN_EX choose the signal for either, but for O_ASYNC too, which programs need.
 */
static const uint32_t commands[] = { F_SETLEASE, F_NOTIFY, F_SETDELEG };

/* Calls that are refused with some values of an argument; only: with all but these. */
static const struct condition {
	uint32_t nr;
	unsigned arg;
	bool only;
	int errnum;
	const uint32_t *values;
	size_t n;
} conditions[] = {
	{ SYS_ioctl, 1, false, EPERM, requests, COUNT(requests) },
	{ SYS_fcntl, 1, false, EPERM, commands, COUNT(commands) },
	{ SYS_socket, 0, true, EAFNOSUPPORT, families, COUNT(families) },
	{ SYS_socketpair, 0, true, EAFNOSUPPORT, families, COUNT(families) },
	{ SYS_personality, 0, true, ENOSYS, personalities, COUNT(personalities) },
};

/* Whose architecture and call it is; of each condition its call, a load, values, the answer. */
#define HEAD                                                                                       \
	(3 + 3 * COUNT(conditions) + COUNT(requests) + COUNT(commands) + 2 * COUNT(families) +     \
	 COUNT(personalities))

/* ---- numbers ---- */

/*
 * Calls that are newer than Linux 5.0 have the same number on all machines but Alpha. libseccomp
 * knows those that there were when it was released.
 */
static const struct {
	const char *name;
	int nr;
} newer[] = {
	{ "pidfd_send_signal", 424 },
	{ "io_uring_setup", 425 },
	{ "io_uring_enter", 426 },
	{ "io_uring_register", 427 },
	{ "open_tree", 428 },
	{ "move_mount", 429 },
	{ "fsopen", 430 },
	{ "fsconfig", 431 },
	{ "fsmount", 432 },
	{ "fspick", 433 },
	{ "pidfd_open", 434 },
	{ "clone3", 435 },
	{ "close_range", 436 },
	{ "openat2", 437 },
	{ "pidfd_getfd", 438 },
	{ "faccessat2", 439 },
	{ "process_madvise", 440 },
	{ "epoll_pwait2", 441 },
	{ "mount_setattr", 442 },
	{ "quotactl_fd", 443 },
	{ "landlock_create_ruleset", 444 },
	{ "landlock_add_rule", 445 },
	{ "landlock_restrict_self", 446 },
	{ "memfd_secret", 447 },
	{ "process_mrelease", 448 },
	{ "futex_waitv", 449 },
	{ "set_mempolicy_home_node", 450 },
	{ "cachestat", 451 },
	{ "fchmodat2", 452 },
	{ "map_shadow_stack", 453 },
	{ "futex_wake", 454 },
	{ "futex_wait", 455 },
	{ "futex_requeue", 456 },
	{ "mseal", 462 },
	{ "setxattrat", 463 },
	{ "getxattrat", 464 },
	{ "listxattrat", 465 },
	{ "removexattrat", 466 },
};

/* Negative: this machine does not have it. */
static int number_of(const char *name)
{
	for (size_t i = 0; i < COUNT(newer); i++)
		if (strcmp(newer[i].name, name) == 0)
			return newer[i].nr;
	return seccomp_syscall_resolve_name(name);
}

/* ---- rules ---- */

/* What is being made: for which capabilities, and whether it only tells what it would refuse. */
struct making {
	scmp_filter_ctx ctx;
	uint64_t caps;
	bool log;
};

static bool has(uint64_t caps, int cap)
{
	return caps >> cap & 1;
}

uint64_t ctr__seccomp_relevant(uint64_t caps)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < WITH_CAP; i++)
		mask |= 1ull << with_cap[i].cap;
	return caps & mask;
}

static uint32_t refused(const struct making *m, int errnum)
{
	return m->log ? SCMP_ACT_LOG : SCMP_ACT_ERRNO((uint32_t)errnum);
}

/* Where it only tells, that is what happens to all that has no rule. */
static bool needs_rule(const struct making *m, uint32_t action)
{
	return !m->log || action != SCMP_ACT_LOG;
}

/* A name that this machine does not know needs no rule. */
static int add(const struct making *m, uint32_t action, const char *name)
{
	int nr = number_of(name);
	int r;

	if (nr < 0 || !needs_rule(m, action))
		return 0;
	r = seccomp_rule_add(m->ctx, action, nr, 0);
	return r == -EEXIST ? 0 : r;
}

static int add_list(const struct making *m, uint32_t action, const char *names)
{
	char name[32];
	int r = 0;

	while (r == 0 && *names) {
		const size_t n = strcspn(names, " ");

		snprintf(name, sizeof(name), "%.*s", (int)n, names);
		r = add(m, action, name);
		names += n + (names[n] == ' ');
	}
	return r;
}

static bool is_allowed(uint64_t caps, const char *name)
{
	for (size_t i = 0; i < WITH_CAP; i++)
		if (has(caps, with_cap[i].cap) && strcmp(with_cap[i].name, name) == 0)
			return true;
	return false;
}

static int add_with_caps(const struct making *m)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < WITH_CAP; i++)
		if (has(m->caps, with_cap[i].cap))
			r = add(m, SCMP_ACT_ALLOW, with_cap[i].name);
	for (size_t i = 0; r == 0 && i < WITH_CAP; i++)
		if (!is_allowed(m->caps, with_cap[i].name))
			r = add(m, refused(m, EPERM), with_cap[i].name);
	return r;
}

/* An argument of a call, as libseccomp takes a comparison with it. */
static int add_if(const struct making *m, uint32_t action, const char *name, enum scmp_compare op,
		  uint64_t a, uint64_t b)
{
	const struct scmp_arg_cmp first = { .arg = 0, .op = op, .datum_a = a, .datum_b = b };
	int nr = number_of(name);

	if (nr < 0 || !needs_rule(m, action))
		return 0;
	return seccomp_rule_add_array(m->ctx, action, nr, 1, &first);
}

/* clone(2) by its flags; those of clone3(2) lie in memory, which no filter can read. */
static int add_clone(const struct making *m)
{
	int r;

	if (has(m->caps, CAP_SYS_ADMIN)) {
		r = add(m, SCMP_ACT_ALLOW, "clone");
		return r < 0 ? r : add(m, SCMP_ACT_ALLOW, "clone3");
	}
	r = add_if(m, SCMP_ACT_ALLOW, "clone", SCMP_CMP_MASKED_EQ, NAMESPACES, 0);
	for (size_t i = 0; r == 0 && i < COUNT(namespaces); i++)
		r = add_if(m, refused(m, EPERM), "clone", SCMP_CMP_MASKED_EQ, namespaces[i],
			   namespaces[i]);
	return r;
}

/* What the head refuses of these is refused before. */
static int add_conditions(const struct making *m)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(conditions); i++)
		if (conditions[i].only)
			r = seccomp_rule_add(m->ctx, SCMP_ACT_ALLOW, (int)conditions[i].nr, 0);
	return r;
}

static int add_rules(const struct making *m)
{
	int r = seccomp_attr_set(m->ctx, SCMP_FLTATR_ACT_BADARCH,
				 m->log ? SCMP_ACT_LOG : SCMP_ACT_KILL_PROCESS);

	if (r == 0)
		r = seccomp_attr_set(m->ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree */
	for (size_t i = 0; r == 0 && i < COUNT(always); i++)
		r = add_list(m, SCMP_ACT_ALLOW, always[i]);
	if (r == 0)
		r = add_with_caps(m);
	if (r == 0)
		r = add_list(m, refused(m, EPERM), never);
	if (r == 0)
		r = add_clone(m);
	return r == 0 ? add_conditions(m) : r;
}

/* ---- the program ---- */

#define LOWER_HALF (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0)

/* What libseccomp made, behind so many instructions of ours. */
static int read_program(scmp_filter_ctx ctx, size_t head, struct sock_filter **insns, size_t *n)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	off_t size;
	int r;

	if (fd < 0)
		return -errno;
	r = seccomp_export_bpf(ctx, fd);
	size = r == 0 ? lseek(fd, 0, SEEK_CUR) : 0;
	*n = head + (size_t)size / sizeof(**insns);
	*insns = r == 0 ? calloc(*n, sizeof(**insns)) : NULL;
	if (r == 0 && !*insns)
		r = -ENOMEM;
	if (r == 0 && pread(fd, *insns + head, (size_t)size, 0) != size)
		r = -EIO;
	close(fd);
	if (r < 0) {
		free(*insns);
		*insns = NULL;
	}
	return r;
}

int ctr__seccomp_export(scmp_filter_ctx ctx, struct sock_filter **insns, size_t *n)
{
	return read_program(ctx, 0, insns, n);
}

static struct sock_filter load_word(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

static struct sock_filter is_equal(uint32_t value, size_t yes, size_t no)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, (uint8_t)yes,
					    (uint8_t)no);
}

/* end: where the head ends, for what it does not refuse. */
static struct sock_filter *put_condition(struct sock_filter *to, const struct sock_filter *end,
					 const struct condition *c, uint32_t action)
{
	const struct sock_filter *answer = to + 2 + c->n;

	*to = is_equal(c->nr, 0, (size_t)(answer - to));
	to++;
	*to++ = load_word(offsetof(struct seccomp_data, args[c->arg]) + LOWER_HALF);
	for (size_t i = 0; i < c->n; i++, to++) {
		const size_t to_answer = (size_t)(answer - to - 1), to_end = (size_t)(end - to - 1);

		*to = c->only ? is_equal(c->values[i], to_end, 0)
			      : is_equal(c->values[i], to_answer, i + 1 < c->n ? 0 : to_end);
	}
	*to++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
	return to;
}

/*
 * Before libseccomp's. The kernel reads 32 bits of these arguments, and so does this;
 * libseccomp would compare 64 (CVE-2019-10063). Another architecture has other numbers.
 */
static void put_head(const struct making *m, struct sock_filter *insns)
{
	const struct sock_filter *end = insns + HEAD;
	struct sock_filter *to = insns;

	*to++ = load_word(offsetof(struct seccomp_data, arch));
	*to++ = is_equal(seccomp_arch_native(), 0, HEAD - 2);
	*to++ = load_word(offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < COUNT(conditions); i++)
		to = put_condition(to, end, &conditions[i], refused(m, conditions[i].errnum));
}

int ctr__seccomp_build(uint64_t caps, bool log, struct sock_filter **insns, size_t *n)
{
	struct making m = {
		.ctx = seccomp_init(log ? SCMP_ACT_LOG : SCMP_ACT_ERRNO(ENOSYS)),
		.caps = caps,
		.log = log,
	};
	int r = m.ctx ? add_rules(&m) : -ENOMEM;

	*insns = NULL;
	if (r == 0)
		r = read_program(m.ctx, HEAD, insns, n);
	if (r == 0 && *insns)
		put_head(&m, *insns);
	seccomp_release(m.ctx);
	return r;
}
