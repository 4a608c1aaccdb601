/* SPDX-License-Identifier: MIT */
/* The interpreter, and the steps that have to do with the process itself. */
#include <asm/termbits.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/keyctl.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/path.h"
#include "base/sys.h"
#include "plan/run.h"

/* asm/ioctls.h; glibc's sys/ioctl.h has it only from some version on. */
#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441
#endif

#define SIGNALS 64

/* The rest of a line that begins with this word, or NULL; text ends in a NUL. */
static const char *line_with(const char *text, size_t length, const char *word)
{
	const size_t n = strlen(word);

	for (size_t i = 0; i + n <= length; i++)
		if ((i == 0 || text[i - 1] == '\n') && memcmp(text + i, word, n) == 0)
			return text + i + n;
	return NULL;
}

/* A number in hexadecimal that a line ends with; false: it is none, or goes on. */
static bool read_hex(const char *text, uint64_t *value)
{
	*value = 0;
	for (; *text && *text != '\n'; text++)
		*value = *value << 4 | (uint64_t)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
	return *text == '\n';
}

/*
 * Those that may have another action than the default. In a process that has executed the helper
 * they are ignored, and one file tells which, at the price of some ten calls of sigaction(2).
 */
static uint64_t other_signals(const struct ctr__run *run)
{
	char text[4096]; /* behind very many groups it is out of reach */
	const char *ignored;
	uint64_t signals;
	int n = -ENOENT;

	if (run->image_size)
		n = ctr__fd_read_file(AT_FDCWD, "/proc/self/status", text, sizeof(text));
	ignored = n < 0 ? NULL : line_with(text, (size_t)n, "SigIgn:\t");
	return ignored && read_hex(ignored, &signals) ? signals : UINT64_MAX;
}

/*
 * execve(2) sets handled signals to their default, but keeps ignored ones
 * ignored; and no handler of the parent's may run in memory that is shared.
 */
static int do_reset_signals(struct ctr__run *run, const struct ctr__step *step)
{
	const uint64_t others = other_signals(run);

	(void)step;
	for (int sig = 1; sig <= SIGNALS; sig++) {
		int r = 0;

		if (others >> (sig - 1) & 1 && sig != SIGKILL && sig != SIGSTOP)
			r = sys_sigaction_default(sig);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool is_real_time(int policy)
{
	switch (policy & ~SCHED_RESET_ON_FORK) {
	case SCHED_FIFO:
	case SCHED_RR:
	case SCHED_DEADLINE:
		return true;
	default:
		return false;
	}
}

bool ctr__is_real_time(void)
{
	const int policy = sys_sched_getscheduler();

	return policy >= 0 && is_real_time(policy);
}

/*
 * sched(7): it would come before all of the host that has only a nice value, and can't be in a
 * group with limits on CPU time. SCHED_BATCH and SCHED_IDLE come after others, and stay.
 */
static int do_scheduling(struct ctr__run *run, const struct ctr__step *step)
{
	const int policy = sys_sched_getscheduler();

	(void)run, (void)step;
	if (policy < 0)
		return policy;
	return is_real_time(policy) ? sys_sched_set_default() : 0;
}

/* In the host's /proc, so before there is a root; and of nothing but the process itself. */
static int write_own(const char *path, const char *text)
{
	return ctr__fd_write_file(AT_FDCWD, path, text);
}

/*
 * What a process may write for itself, user_namespaces(7): one line, of its own id; and of
 * its group only when nobody can leave groups that deny something.
 */
static int do_map_ids(struct ctr__run *run, const struct ctr__step *step)
{
	int r = write_own("/proc/self/setgroups", "deny");

	(void)run;
	if (r >= 0)
		r = write_own("/proc/self/uid_map", step->map.uids);
	return r < 0 ? r : write_own("/proc/self/gid_map", step->map.gids);
}

static int do_oom_score_adj(struct ctr__run *run, const struct ctr__step *step)
{
	(void)run;
	return write_own("/proc/self/oom_score_adj", step->name);
}

/* Until it is somebody there its files would have an owner that is nobody. */
static int do_await_ids(struct ctr__run *run, const struct ctr__step *step)
{
	const struct ctr__step_map *map = &step->map;
	int r = ctr__do_stop(run, step);

	if (r < 0 || map->keep_ids)
		return r;
	r = sys_setresgid(map->gid, map->gid, map->gid);
	return r < 0 ? r : sys_setresuid(map->uid, map->uid, map->uid);
}

/* The limit of the user namespace it is in, by its own right there: namespaces(7). */
static int do_no_user_ns(struct ctr__run *run, const struct ctr__step *step)
{
	(void)run, (void)step;
	return ctr__fd_write_file(AT_FDCWD, "/proc/sys/user/max_user_namespaces", "0");
}

/*
 * PR_SET_PDEATHSIG(2const): does nothing if the parent is already dead, and
 * getppid(2) says 0 to the first process of a PID namespace; so ask its pidfd.
 */
static int do_die_with_parent(struct ctr__run *run, const struct ctr__step *step)
{
	struct pollfd parent = { .fd = run->slots[CTR__SLOT_PARENT], .events = POLLIN };
	const struct timespec now = { 0 };
	int r = sys_prctl(PR_SET_PDEATHSIG, SIGKILL);

	(void)step;
	if (r < 0)
		return r;
	r = sys_poll(&parent, 1, &now);
	if (r < 0)
		return r;
	return r == 0 ? 0 : -ESRCH;
}

/* Before Linux 5.16 a dumping process takes all that share its memory with it. */
static int do_no_core_dump(struct ctr__run *run, const struct ctr__step *step)
{
	const struct rlimit64 none = { .rlim_cur = 0, .rlim_max = run->core.rlim_max };

	(void)step;
	return sys_prlimit(RLIMIT_CORE, &none, NULL);
}

static int do_new_session(struct ctr__run *run, const struct ctr__step *step)
{
	int r = sys_setsid();

	(void)run, (void)step;
	return r < 0 ? r : 0;
}

/* Without one of its own the container could use the keys of the caller's: keyrings(7). */
static int do_keyring(struct ctr__run *run, const struct ctr__step *step)
{
	long r = sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL);

	(void)run, (void)step;
	return r < 0 && r != -ENOSYS ? (int)r : 0; /* a kernel without keys has none to use */
}

void ctr__measure(struct ctr__mark *mark)
{
	sys_clock_gettime(CLOCK_MONOTONIC, &mark->at);
	sys_getrusage(RUSAGE_SELF, &mark->used);
}

/* "0" stands for the writer itself, whatever its number is elsewhere. */
static int do_join_cgroup(struct ctr__run *run, const struct ctr__step *step)
{
	long r = 0;

	(void)step;
	for (size_t i = 0; r >= 0 && i < run->n_groups; i++)
		r = sys_write(run->groups[i], "0", 1);
	if (run->report && run->n_groups)
		ctr__measure(&run->report->joined);
	return r < 0 ? (int)r : 0;
}

static int do_join_leaf(struct ctr__run *run, const struct ctr__step *step)
{
	long r = run->leaf < 0 ? 0 : sys_write(run->leaf, "0", 1);

	(void)step;
	return r < 0 ? (int)r : 0;
}

/*
 * A copy of a mount namespace has other mounts. If it is none, as where a filter that the caller
 * is in says so of a call that it has not let through, what follows would change the host's, and
 * its root.
 */
int ctr__unshare(unsigned long types)
{
	struct statx before = { 0 }, after = { 0 };
	int r = 0;

	if (types & CLONE_NEWNS)
		r = sys_statx(AT_FDCWD, "/", 0, STATX_MNT_ID, &before);
	if (r == 0)
		r = sys_unshare(types);
	if (r < 0 || !(types & CLONE_NEWNS))
		return r;
	r = sys_statx(AT_FDCWD, "/", 0, STATX_MNT_ID, &after);
	return r < 0 ? r : before.stx_mnt_id == after.stx_mnt_id ? -ENOTRECOVERABLE : 0;
}

static int do_unshare(struct ctr__run *run, const struct ctr__step *step)
{
	(void)run;
	return ctr__unshare(step->unshare);
}

/* Whoever gains capabilities does not die with the parent any more: commit_creds(). */
static int join_user_ns(struct ctr__run *run, const struct ctr__step *step)
{
	int death = 0, r = 0;

	if (step->setns.untraceable)
		r = run->image_size ? sys_prctl(PR_SET_DUMPABLE, 0) : -EINVAL;
	if (r >= 0)
		r = sys_prctl(PR_GET_PDEATHSIG, (unsigned long)&death);
	if (r >= 0)
		r = sys_setns(step->setns.fd, (int)step->setns.types);
	return r < 0 || !death ? r : do_die_with_parent(run, step);
}

static int do_setns(struct ctr__run *run, const struct ctr__step *step)
{
	if (step->setns.by_parent)
		return 0; /* it was born there */
	if (step->setns.types & CLONE_NEWUSER)
		return join_user_ns(run, step);
	return sys_setns(step->setns.fd, (int)step->setns.types);
}

static int keep(const struct ctr__run *run, int fd)
{
	int r;

	if (fd < 0)
		return fd;
	r = ctr__fd_send(run->slots[CTR__SLOT_CHANNEL], fd);
	sys_close(fd);
	return r;
}

/* Through the /proc of the caller, which is out of reach after pivot_root. */
static int do_keep_template(struct ctr__run *run, const struct ctr__step *step)
{
	(void)step;
	return keep(run, sys_openat(AT_FDCWD, "/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC, 0));
}

static int do_keep_network(struct ctr__run *run, const struct ctr__step *step)
{
	(void)step;
	return keep(run, sys_openat(AT_FDCWD, "/proc/self/ns/net", O_RDONLY | O_CLOEXEC, 0));
}

static int do_hostname(struct ctr__run *run, const struct ctr__step *step)
{
	(void)run;
	return sys_sethostname(step->name, strlen(step->name));
}

static int do_domainname(struct ctr__run *run, const struct ctr__step *step)
{
	(void)run;
	return sys_setdomainname(step->name, strlen(step->name));
}

static int do_loopback(struct ctr__run *run, const struct ctr__step *step)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int sock = sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r;

	(void)run, (void)step;
	if (sock < 0)
		return sock;
	r = sys_ioctl(sock, SIOCSIFFLAGS, &request);
	sys_close(sock);
	return r;
}

static int prepare_terminal(const struct ctr__run *run, const struct ctr__step_terminal *t,
			    int master, int slave)
{
	struct winsize size = { .ws_row = t->rows, .ws_col = t->columns };
	int r = sys_ioctl(slave, TIOCSWINSZ, &size);

	if (r >= 0)
		r = sys_fchown(slave, t->uid);
	if (r >= 0)
		r = ctr__fd_send(run->slots[CTR__SLOT_CHANNEL], master);
	if (r >= 0)
		r = sys_ioctl(slave, TIOCSCTTY, NULL);
	for (int fd = 0; r >= 0 && fd <= STDERR_FILENO; fd++)
		r = sys_dup3(slave, fd, 0);
	return r < 0 ? r : 0;
}

/* The slave is taken from the master itself: no path of the image is trusted. */
static int open_slave(int master, int fd_floor)
{
	int unlock = 0;
	int r = sys_ioctl(master, TIOCSPTLCK, &unlock);
	int slave;

	if (r < 0)
		return r;
	slave = (int)ctr__sys3(SYS_ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return ctr__fd_raise(slave, fd_floor);
}

static int do_terminal(struct ctr__run *run, const struct ctr__step *step)
{
	int master = ctr__path_open_plain(run->root, "/dev/pts/ptmx", O_RDWR | O_NOCTTY);
	int slave, r;

	if (master < 0)
		return master;
	slave = open_slave(master, step->terminal.fd_floor);
	r = slave < 0 ? slave : prepare_terminal(run, &step->terminal, master, slave);
	if (master > STDERR_FILENO)
		sys_close(master);
	ctr__fd_close(slave);
	return r;
}

/* getcwd(2): what lies outside of the root does not begin with a slash. */
static int check_inside(void)
{
	char cwd[PATH_MAX];
	long n = sys_getcwd(cwd, sizeof(cwd));

	if (n < 0)
		return (int)n;
	return cwd[0] == '/' ? 0 : -EXDEV;
}

/* Open descriptors of the host's are still there: no magic link may lead to one. */
static int do_chdir(struct ctr__run *run, const struct ctr__step *step)
{
	int dir = ctr__path_open(run->root, step->path, O_PATH | O_DIRECTORY);
	int r;

	if (dir < 0)
		return dir;
	r = sys_fchdir(dir);
	sys_close(dir);
	return r < 0 ? r : check_inside();
}

static int do_priority(struct ctr__run *run, const struct ctr__step *step)
{
	(void)run;
	return sys_setpriority(PRIO_PROCESS, 0, step->priority);
}

/* The caller's own core limit comes back, unless the spec has one. */
static int do_rlimit(struct ctr__run *run, const struct ctr__step *step)
{
	const struct ctr__step_rlimit *r = &step->rlimit;

	return sys_prlimit(r->resource, r->inherited ? &run->core : &r->limit, NULL);
}

static int do_ids(struct ctr__run *run, const struct ctr__step *step)
{
	const struct ctr__step_ids *ids = &step->ids;
	int r = ids->keep_groups ? 0 : sys_setgroups(ids->n_groups, ids->groups);

	(void)run;
	if (r < 0)
		return r;
	r = sys_setresgid(ids->gid, ids->gid, ids->gid);
	if (r < 0)
		return r;
	r = sys_setresuid(ids->uid, ids->uid, ids->uid);
	/* Where fs.suid_dumpable is 1 the new user could trace it. */
	return r < 0 || !run->image_size ? r : sys_prctl(PR_SET_DUMPABLE, 0);
}

/*
 * The bounding set is what root can come to have by executing something: capabilities(7). A
 * child changes its ids between this and do_caps(), and execve(2) clears what it keeps the
 * ambient ones by; a caller that lives on would keep all with any ids. What may not be dropped
 * need not be, if it is not there.
 */
static int drop_bound(unsigned cap)
{
	int r = sys_prctl(PR_CAPBSET_DROP, cap);

	if (r != -EPERM)
		return r;
	r = sys_prctl(PR_CAPBSET_READ, cap);
	return r <= 0 ? r : -EPERM;
}

static int do_cap_bound(struct ctr__run *run, const struct ctr__step *step)
{
	const struct ctr__step_caps *caps = &step->caps;
	int r = caps->ambient && !run->direct ? sys_prctl(PR_SET_KEEPCAPS, 1) : 0;

	for (unsigned cap = 0; r >= 0 && cap < 64; cap++)
		r = caps->bounding >> cap & 1 ? 0 : drop_bound(cap);
	/* behind the last one that the kernel has */
	return r == -EINVAL ? 0 : r;
}

static int do_caps(struct ctr__run *run, const struct ctr__step *step)
{
	const struct ctr__step_caps *caps = &step->caps;
	const struct ctr__caps_sets sets = {
		.effective = caps->permitted,
		.permitted = caps->permitted,
		.inheritable = caps->ambient,
	};
	int r = sys_capset(&sets);

	(void)run;
	if (r >= 0)
		r = sys_prctl2(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0);
	for (unsigned cap = 0; r >= 0 && cap < 64; cap++)
		if (caps->ambient >> cap & 1)
			r = sys_prctl2(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap);
	return r < 0 ? r : 0;
}

static bool all_are(const uint32_t ids[3], uint32_t id)
{
	return ids[0] == id && ids[1] == id && ids[2] == id;
}

static int as_expected(bool is)
{
	return is ? 0 : -ENOTRECOVERABLE;
}

static int verify_ids(const struct ctr__step_verify *v)
{
	uint32_t uids[3], gids[3];
	int r = sys_getresuid(uids);

	if (r >= 0)
		r = sys_getresgid(gids);
	return r < 0 ? r : as_expected(all_are(uids, v->ids.uid) && all_are(gids, v->ids.gid));
}

static bool has_group(const uint32_t *groups, size_t n, uint32_t group)
{
	for (size_t i = 0; i < n; i++)
		if (groups[i] == group)
			return true;
	return false;
}

/* Of very many their number alone: there is no room for them here. */
static int verify_groups(const struct ctr__step_verify *v)
{
	uint32_t groups[256];
	const size_t room = sizeof(groups) / sizeof(groups[0]);
	const bool look = v->ids.n_groups <= room;
	int n;

	if (v->ids.keep_groups)
		return 0;
	n = sys_getgroups(look ? room : 0, groups);
	if (n == -EINVAL && look)
		return -ENOTRECOVERABLE; /* there are more than that */
	if (n < 0)
		return n;
	if ((size_t)n != v->ids.n_groups)
		return -ENOTRECOVERABLE;
	for (size_t i = 0; look && i < v->ids.n_groups; i++)
		if (!has_group(groups, v->ids.n_groups, v->ids.groups[i]))
			return -ENOTRECOVERABLE;
	return 0;
}

static int verify_no_new_privs(const struct ctr__step_verify *v)
{
	int r = v->no_new_privs ? sys_prctl(PR_GET_NO_NEW_PRIVS, 0) : 1;

	return r < 0 ? r : as_expected(r == 1);
}

static int verify_sets(const struct ctr__step_verify *v)
{
	struct ctr__caps_sets sets;
	int r = sys_capget(&sets);

	return r < 0 ? r
		     : as_expected(sets.effective == v->caps.permitted &&
				   sets.permitted == v->caps.permitted &&
				   sets.inheritable == v->caps.ambient);
}

static int verify_bounding(const struct ctr__step_verify *v)
{
	for (unsigned cap = 0; cap < 64; cap++) {
		int has = v->caps.bounding >> cap & 1 ? 0 : sys_prctl(PR_CAPBSET_READ, cap);

		if (has == -EINVAL)
			return 0; /* behind the last one that the kernel has */
		if (has)
			return has < 0 ? has : -ENOTRECOVERABLE;
	}
	return 0;
}

static int check_root(const struct ctr__run *run)
{
	struct statx st;
	int r = sys_statx(AT_FDCWD, "/", 0, STATX_MNT_ID, &st);

	return r < 0 ? r : as_expected(st.stx_mnt_id == run->root_mount);
}

/*
 * What protects the host is read again: that a call has succeeded says little if another
 * one, of the kernel's or a module's, undid it.
 */
static int do_verify(struct ctr__run *run, const struct ctr__step *step)
{
	static int (*const checks[])(const struct ctr__step_verify *) = {
		verify_ids,  verify_groups,   verify_no_new_privs,
		verify_sets, verify_bounding, ctr__verify_securebits,
	};
	int r = check_root(run);

	if (r == 0)
		r = check_inside();
	for (size_t i = 0; r == 0 && i < sizeof(checks) / sizeof(checks[0]); i++)
		r = checks[i](&step->verify);
	return r;
}

/* The last calls before the program: those that compile/seccomp.c knows to pass. */
static int hand_over(const struct ctr__run *run, int listener)
{
	int r = ctr__fd_send(run->slots[CTR__SLOT_CHANNEL], listener);

	sys_close(listener);
	sys_close(run->slots[CTR__SLOT_CHANNEL]);
	return r;
}

/* That it holds is asked again, unless the filter refuses that too. */
static int do_seccomp(struct ctr__run *run, const struct ctr__step *step)
{
	const struct ctr__step_filter *filter = &step->filter;
	struct sock_fprog program = {
		.len = (unsigned short)filter->n,
		.filter = (struct sock_filter *)(uintptr_t)filter->v,
	};
	int r;

	if (run->report)
		ctr__measure(&run->report->execute);
	r = (int)ctr__sys_new(SYS_seccomp, SECCOMP_SET_MODE_FILTER, filter->flags, (long)&program,
			      0, 0);
	if (r < 0)
		return r;
	if (filter->listener)
		return hand_over(run, r);
	if (!filter->verify)
		return 0;
	return as_expected(sys_prctl(PR_GET_SECCOMP, 0) != SECCOMP_MODE_DISABLED);
}

static int do_no_new_privs(struct ctr__run *run, const struct ctr__step *step)
{
	(void)run, (void)step;
	return sys_prctl(PR_SET_NO_NEW_PRIVS, 1);
}

static int do_umask(struct ctr__run *run, const struct ctr__step *step)
{
	(void)run;
	sys_umask(step->umask);
	return 0;
}

static int do_signal_mask(struct ctr__run *run, const struct ctr__step *step)
{
	(void)run;
	return sys_sigprocmask(SIG_SETMASK, &step->signal_mask, NULL);
}

/*
 * execve(2) can't be told to leave magic links alone, and /proc/self/exe is still a file
 * of the host's here. Any other error is execve(2)'s own to tell.
 */
static int do_look(struct ctr__run *run, const struct ctr__step *step)
{
	int fd = ctr__path_open_unmagic(step->path, O_PATH);

	(void)run;
	ctr__fd_close(fd);
	return fd == -ELOOP ? fd : 0;
}

static int do_exec(struct ctr__run *run, const struct ctr__step *step)
{
	const struct ctr__step_exec *e = &step->exec;
	char *const *argv = run->argv ? run->argv : e->argv;
	char *const *envp = run->envp ? run->envp : e->envp;

	if (e->by_fd) /* close-on-exec, and a file that valgrind would want a path of */
		return (int)ctr__sys_new(SYS_execveat, e->fd, (long)"", (long)argv, (long)envp,
					 AT_EMPTY_PATH);
	if (e->at)
		return sys_execveat(AT_FDCWD, e->path, argv, envp, 0);
	return sys_execve(e->path, argv, envp);
}

int ctr__step_do(struct ctr__run *run, const struct ctr__step *step)
{
	static int (*const table[])(struct ctr__run *, const struct ctr__step *) = {
#define STEP(kind, executor, put, object, hint, calls, text, detail, rest)                         \
	[CTR__STEP_##kind] = (executor),
#include "plan/steps.def"
	};

	if (step->kind != CTR__STEP_MASK && step->kind != CTR__STEP_READ_ONLY)
		ctr__forget_mounted(run);
	if ((unsigned)step->kind >= CTR__STEP_COUNT)
		return -ENOSYS;
	return table[step->kind](run, step);
}

/* What is killed from when it is said to execute is taken for the program. */
static void begin_step(struct ctr__run *run, size_t i)
{
	const struct ctr__step *step = &run->steps[i];

	if ((step->kind == CTR__STEP_EXEC && step->exec.measure) ||
	    (step->kind == CTR__STEP_INIT && step->init.measure))
		ctr__measure(&run->report->execute);
	run->report->step = (int)i;
}

static int walk(struct ctr__run *run, size_t from)
{
	for (size_t i = from; i < run->n_steps; i++) {
		int r;

		if (!(run->steps[i].modes & run->mode))
			continue;
		begin_step(run, i);
		r = ctr__leaves_fds(&run->steps[i]) ? 0 : ctr__own_fds(run);
		if (r >= 0)
			r = ctr__step_do(run, &run->steps[i]);
		if (r < 0) {
			run->report->errnum = -r;
			return r;
		}
	}
	run->report->done = true;
	return 0;
}

int ctr__run_steps(struct ctr__run *run)
{
	return walk(run, 0);
}

int ctr__run_child(void *run)
{
	sys_exit(ctr__run_steps(run) < 0 ? 1 : 0);
}

int ctr__run_rest(struct ctr__run *run)
{
	sys_exit(walk(run, (size_t)run->report->step + 1) < 0 ? 1 : 0);
}
