/* SPDX-License-Identifier: MIT */
/*
 * What programs of a container may ask of the kernel: by name, in groups. What is in none
 * of them does not exist, ENOSYS, which is what a program that tries something new expects;
 * what exists but is not for containers is refused, EPERM. The build makes a table of their
 * numbers: seccomp_table.c.
 */
#ifndef CTR_PRIMITIVES_SECCOMP_NAMES_H
#define CTR_PRIMITIVES_SECCOMP_NAMES_H

#include <linux/capability.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>

#include "primitives/seccomp.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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

/* ---- by their arguments, seccomp.c ---- */

static const struct {
	const char *name;
	enum ctr__seccomp_call call;
	uint64_t caps; /* any of which allows it without a look at them */
} by_argument[] = {
	{ "ioctl", CTR__CALL_REQUEST, 0 },
	{ "fcntl", CTR__CALL_COMMAND, 0 },
	{ "socket", CTR__CALL_FAMILY, 0 },
	{ "socketpair", CTR__CALL_FAMILY, 0 },
	{ "personality", CTR__CALL_PERSONALITY, 0 },
	{ "clone", CTR__CALL_NAMESPACES, 1ull << CAP_SYS_ADMIN },
	{ "clone3", CTR__CALL_UNKNOWN, 1ull << CAP_SYS_ADMIN },
};

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
static inline int number_of(const char *name)
{
	for (size_t i = 0; i < COUNT(newer); i++)
		if (strcmp(newer[i].name, name) == 0)
			return newer[i].nr;
	return seccomp_syscall_resolve_name(name);
}

#endif
