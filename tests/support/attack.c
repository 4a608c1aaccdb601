/* SPDX-License-Identifier: MIT */
/*
 * What a program in a container must not get done: "attack WHAT" tries it, static, so that
 * it runs in any root. Exits with 0 if it was refused, 1 if it was not, 2 if this kernel does
 * not have it. Arguments are such that what is not refused does no harm.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <mqueue.h>
#include <net/ethernet.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "support/arm32.h"

static long try_mount(void)
{
	return mount("none", "/", "tmpfs", 0, NULL);
}

static long try_remount(void)
{
	return mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND, NULL);
}

static long try_unmount(void)
{
	return umount2("/proc/sys", MNT_DETACH);
}

static long try_namespace(void)
{
	return unshare(CLONE_NEWNS);
}

static long try_setns(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : setns(fd, 0);
}

static long try_bpf(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1
	};

	return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
}

static long try_perf(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof(attr),
					.config = PERF_COUNT_SW_CPU_CLOCK };

	return syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0); /* all processes of a CPU */
}

static long try_packet(void)
{
	return socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
}

static long try_raw(void)
{
	return socket(AF_INET, SOCK_RAW, 1);
}

static long try_syslog(void)
{
	return syscall(SYS_syslog, 10, NULL, 0); /* SYSLOG_ACTION_SIZE_BUFFER */
}

static long try_read_log(void)
{
	char text[16];

	return syscall(SYS_syslog, 3, text, sizeof(text)); /* SYSLOG_ACTION_READ_ALL */
}

static long try_time(void)
{
	const struct timezone zone = { 0, 0 };

	return settimeofday(NULL, &zone);
}

static long try_reboot(void)
{
	return syscall(SYS_reboot, 0, 0, 0, NULL); /* these numbers are none */
}

static long try_kexec(void)
{
	return syscall(SYS_kexec_load, 0, 0, NULL, ~0ul);
}

static long try_module(void)
{
	return syscall(SYS_init_module, NULL, 0, "");
}

static long try_handle(void)
{
	struct {
		struct file_handle head;
		char rest[8];
	} handle = { .head = { .handle_bytes = 8, .handle_type = 1 } };

	return open_by_handle_at(AT_FDCWD, &handle.head, O_RDONLY);
}

static long try_mknod(void)
{
	return mknod("/tmp/disk", S_IFBLK | 0600, makedev(8, 0));
}

static long try_swap(void)
{
	return syscall(SYS_swapoff, "/none");
}

static long try_nice(void)
{
	errno = 0;
	return nice(-5) == -1 && errno ? -1 : 0;
}

static long try_acct(void)
{
	return syscall(SYS_acct, "/none");
}

/* The session keyring of whoever started the container, in which there is a key. */
static long try_keyring(void)
{
	long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user",
			   "minictr-attack", 0);

	if (key < 0)
		return -1;
	return 0;
}

static long try_core_pattern(void)
{
	return open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC);
}

static long try_release_agent(void)
{
	static const char *const places[] = { "/sys/fs/cgroup/memory/release_agent",
					      "/sys/fs/cgroup/pids/release_agent",
					      "/sys/fs/cgroup/release_agent" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (open(places[i], O_WRONLY | O_CLOEXEC) >= 0)
			return 0;
	if (mount("none", "/tmp", "cgroup", 0, "memory") == 0)
		return 0;
	if (errno == EINVAL) /* for who may mount: this kernel has no such hierarchy of v1 */
		errno = ENOSYS;
	return -1;
}

/* Whatever there is of control groups: to open a file for writing is enough to see. */
static int writes_group(const char *path, int depth)
{
	struct dirent *e;
	char name[512];
	DIR *dir;
	int n = 0;

	snprintf(name, sizeof(name), "%.400s/cgroup.procs", path);
	n += open(name, O_WRONLY | O_CLOEXEC) >= 0;
	snprintf(name, sizeof(name), "%.400s/attack", path);
	if (mkdir(name, 0700) == 0) {
		rmdir(name);
		n++;
	}
	dir = depth ? opendir(path) : NULL;
	while (dir && (e = readdir(dir))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%.200s/%.200s", path, e->d_name);
		n += writes_group(name, depth - 1);
	}
	if (dir)
		closedir(dir);
	return n;
}

static long try_cgroup(void)
{
	if (writes_group("/sys/fs/cgroup", 3))
		return 0;
	errno = EROFS;
	return -1;
}

/* The errno of what a child does, for what must not happen to this process. */
static long in_child(long (*attempt)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(attempt() < 0 ? errno : 0);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	errno = WIFSIGNALED(status) ? EPERM : WEXITSTATUS(status);
	return errno ? -1 : 0;
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!write(fd, text, strlen(text));
	close(fd);
}

/* Root of a user namespace within this one. */
static int nest(int flags)
{
	char uids[32], gids[32];

	snprintf(uids, sizeof(uids), "0 %u 1", getuid());
	snprintf(gids, sizeof(gids), "0 %u 1", getgid());
	if (unshare(CLONE_NEWUSER | flags))
		return -1;
	write_text("/proc/self/setgroups", "deny");
	write_text("/proc/self/uid_map", uids);
	write_text("/proc/self/gid_map", gids);
	return 0;
}

static long mount_proc(void)
{
	if (mount("none", "/tmp", "proc", 0, NULL))
		return -1;
	return open("/tmp/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC);
}

static long nested_proc(void)
{
	return nest(CLONE_NEWNS | CLONE_NEWPID) ? -1 : in_child(mount_proc);
}

/* A proc of its own has no masks: it is for who sees an unmasked one already. */
static long try_nested_proc(void)
{
	return in_child(nested_proc);
}

static long nested_release_agent(void)
{
	char text[256];
	ssize_t n;
	int fd;

	if (nest(CLONE_NEWNS | CLONE_NEWCGROUP))
		return -1;
	if (mount("none", "/tmp", "cgroup", 0, "memory"))
		return -1;
	fd = open("/tmp/release_agent", O_RDWR | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	return n < 0 ? -1 : write(fd, text, (size_t)n);
}

static long try_nested_release_agent(void)
{
	return in_child(nested_release_agent);
}

static long try_trace(void)
{
	return ptrace(PTRACE_SEIZE, getppid() ? getppid() : 1, NULL, NULL);
}

static long try_chroot_escape(void)
{
	struct stat root, up;

	if (stat("/", &root) || mkdir("/tmp/jail", 0700) || chroot("/tmp/jail"))
		return -1;
	for (int i = 0; i < 64; i++)
		if (chdir(".."))
			return -1;
	if (stat(".", &up))
		return -1;
	return root.st_ino == up.st_ino && root.st_dev == up.st_dev ? -1 : 0;
}

static long try_user_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static long try_user_clone(void)
{
	long r = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (r == 0)
		_exit(0);
	return r;
}

static long try_user_clone3(void)
{
	struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
	long r = syscall(SYS_clone3, &args, sizeof(args));

	if (r == 0)
		_exit(0);
	return r;
}

static long try_userfaultfd(void)
{
	return syscall(SYS_userfaultfd, 0);
}

static long try_io_uring(void)
{
	char params[120] = { 0 };

	return syscall(SYS_io_uring_setup, 1, params);
}

/* With bits above those that the kernel reads too. Another error than EPERM is the kernel's own. */
static long try_request(long call, int fd, unsigned long request, void *argument)
{
	long low = syscall(call, fd, request, argument), high;

	if (low >= 0 || errno != EPERM)
		return 0;
	high = syscall(call, fd, request | 1ul << 32, argument);
	return high >= 0 || errno != EPERM ? 0 : -1;
}

static long try_terminal(unsigned long request)
{
	char c = 'x';

	return try_request(SYS_ioctl, 0, request, &c);
}

static long try_tiocsti(void)
{
	return try_terminal(0x5412);
}

static long try_tioclinux(void)
{
	return try_terminal(0x541c);
}

static long try_lease(void)
{
	int fd = open("/bin/attack", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : try_request(SYS_fcntl, fd, F_SETLEASE, (void *)F_RDLCK);
}

static long try_dnotify(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	signal(SIGIO, SIG_IGN);
	return fd < 0 ? -1 : try_request(SYS_fcntl, fd, F_NOTIFY, (void *)DN_CREATE);
}

/* F_SETDELEG, with a struct delegation. Before Linux 6.19 there is none. */
static long try_delegation(void)
{
	struct {
		uint32_t flags;
		uint16_t type, pad;
	} delegation = { .type = F_RDLCK };
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || try_request(SYS_fcntl, fd, 1040, &delegation) < 0)
		return -1;
	if (errno != EINVAL)
		return 0;
	errno = ENOSYS;
	return -1;
}

static long try_keyctl(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
}

/* The user keyring is not the container's own: linked here, its keys can be read. */
static long try_user_keyring(void)
{
	return syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING);
}

static long try_alg(void)
{
	return socket(AF_ALG, SOCK_SEQPACKET, 0);
}

/* AF_VSOCK, which many kernels have: EAFNOSUPPORT is what the filter, or its absence, says. */
static long try_vsock_pair(void)
{
	int pair[2];

	if (socketpair(AF_VSOCK, SOCK_STREAM, 0, pair) == 0)
		return 0;
	return errno == EAFNOSUPPORT ? -1 : 0;
}

#ifdef __x86_64__
/* What a kernel that has such calls switched off answers. */
static void have_no_int80(int sig)
{
	(void)sig;
	_exit(2);
}
#endif

/* getpid(2) as a 32-bit program asks for it, and as one of x32. */
static long try_int80(void)
{
#ifdef __x86_64__
	long r;

	signal(SIGSEGV, have_no_int80);
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "memory");
	if (r > 0)
		return r;
#elif defined(__aarch64__)
	arm32_execute(); /* exits with 1 if it was not refused */
	if (errno != ENOEXEC)
		return -1;
#endif
	errno = ENOSYS;
	return -1;
}

static long try_x32(void)
{
#ifdef __x86_64__
	return syscall(0x40000000 | SYS_getpid);
#else
	errno = ENOSYS;
	return -1;
#endif
}

/* What nobody refuses: the terminal is the caller's, who has to put it right. */
static void spoil_terminal(int fd)
{
	const struct winsize size = { .ws_row = 1, .ws_col = 1 };
	struct termios mode;

	if (tcgetattr(fd, &mode) < 0)
		return;
	mode.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
	mode.c_cc[VINTR] = 'x';
	tcsetattr(fd, TCSANOW, &mode);
	ioctl(fd, TIOCSWINSZ, &size);
	ioctl(fd, TIOCEXCL);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	tcflow(fd, TCOOFF);
}

static int spoil_terminals(void)
{
	for (int fd = 0; fd <= 2; fd++)
		spoil_terminal(fd);
	return 0;
}

static const struct {
	const char *name;
	long (*attempt)(void);
} attacks[] = {
	{ "mount", try_mount },
	{ "remount", try_remount },
	{ "unmount", try_unmount },
	{ "namespace", try_namespace },
	{ "setns", try_setns },
	{ "bpf", try_bpf },
	{ "perf_event_open", try_perf },
	{ "packet", try_packet },
	{ "raw", try_raw },
	{ "syslog", try_syslog },
	{ "read_log", try_read_log },
	{ "settimeofday", try_time },
	{ "reboot", try_reboot },
	{ "kexec", try_kexec },
	{ "init_module", try_module },
	{ "open_by_handle_at", try_handle },
	{ "mknod", try_mknod },
	{ "swapoff", try_swap },
	{ "nice", try_nice },
	{ "acct", try_acct },
	{ "keyring", try_keyring },
	{ "core_pattern", try_core_pattern },
	{ "release_agent", try_release_agent },
	{ "cgroup", try_cgroup },
	{ "nested_proc", try_nested_proc },
	{ "nested_release_agent", try_nested_release_agent },
	{ "ptrace", try_trace },
	{ "chroot", try_chroot_escape },
	{ "user_namespace", try_user_namespace },
	{ "user_clone", try_user_clone },
	{ "user_clone3", try_user_clone3 },
	{ "userfaultfd", try_userfaultfd },
	{ "io_uring", try_io_uring },
	{ "tiocsti", try_tiocsti },
	{ "tioclinux", try_tioclinux },
	{ "lease", try_lease },
	{ "dnotify", try_dnotify },
	{ "delegation", try_delegation },
	{ "keyctl", try_keyctl },
	{ "user_keyring", try_user_keyring },
	{ "alg_socket", try_alg },
	{ "vsock_pair", try_vsock_pair },
	{ "int80", try_int80 },
	{ "x32", try_x32 },
};

#define ATTACKS (sizeof(attacks) / sizeof(attacks[0]))

/* ---- what is held until SIGTERM ---- */

static int take_lock(int fd, int command)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	return fcntl(fd, command, &lock);
}

static int take(const char *what, int fd)
{
	if (strcmp(what, "read-lease") == 0)
		return fcntl(fd, F_SETLEASE, F_RDLCK);
	if (strcmp(what, "write-lease") == 0)
		return fcntl(fd, F_SETLEASE, F_WRLCK);
	if (strcmp(what, "flock") == 0)
		return flock(fd, LOCK_EX | LOCK_NB);
	return take_lock(fd, strcmp(what, "posix-lock") == 0 ? F_SETLK : F_OFD_SETLK);
}

static void end(int unused)
{
	(void)unused;
	_exit(0);
}

static int stay(void)
{
	fflush(stdout);
	for (;;)
		pause();
}

static int hold(const char *what, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	signal(SIGTERM, end);
	signal(SIGIO, SIG_IGN); /* so a broken lease is not given up */
	printf("%s: %s\n", what, fd < 0 || take(what, fd) < 0 ? strerror(errno) : "held");
	return stay();
}

static int make_one(const char *what, int n)
{
	char name[32];

	if (strcmp(what, "inotify") == 0)
		return inotify_init1(IN_CLOEXEC);
	snprintf(name, sizeof(name), "/attack-%d", n);
	return mq_open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600, NULL);
}

static int hold_all(const char *what)
{
	int n = 0;

	signal(SIGTERM, end);
	while (make_one(what, n) >= 0)
		n++;
	printf("%d, then %s\n", n, strerror(errno));
	return stay();
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "spoil-terminals") == 0)
		return spoil_terminals();
	if (argc == 3 && strcmp(argv[1], "hold-all") == 0)
		return hold_all(argv[2]);
	if (argc == 4 && strcmp(argv[1], "hold") == 0)
		return hold(argv[2], argv[3]);
	for (size_t i = 0; i < ATTACKS; i++) {
		if (argc == 1)
			puts(attacks[i].name);
		else if (strcmp(attacks[i].name, argv[1]) == 0) {
			long r = attacks[i].attempt();

			printf("%s: %s\n", argv[1], r < 0 ? strerror(errno) : "done");
			if (r >= 0)
				return 1;
			return errno == ENOSYS ? 2 : 0;
		}
	}
	return argc == 1 ? 0 : 3;
}
