/* SPDX-License-Identifier: MIT */
#include "plan/launch.h"

#include <linux/prctl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/sys.h"
#include "base/wait.h"
#include "plan/channel.h"
#include "plan/fds.h"
#include "plan/helper.h"
#include "plan/image.h"
#include "plan/init.h"

#ifdef CTR_HAVE_VALGRIND
#include <valgrind/valgrind.h>
#endif

#define STACK_SIZE ((size_t)64 * 1024)
#define REAP_BOUND_MS 1000
#define ERRNO_END 4096
#define ORDER_SPARE ((size_t)2 << 20) /* for arguments and an environment, as execve(2) has it */
#define EXECUTION_MS 1000 /* execve(2) takes less, but on a file system that is in trouble */

#if defined(__x86_64__) || defined(__aarch64__)
#define CAN_SHARE true
#else
#define CAN_SHARE false
#endif

bool ctr__launch_can_share(void)
{
#ifdef CTR_HAVE_VALGRIND
	if (RUNNING_ON_VALGRIND)
		return false;
#endif
	return CAN_SHARE;
}

/*
 * One that is not in use is kept for the next launch: where another CPU has run the child, to
 * unmap it interrupts that one.
 */
static _Atomic(char *) spare_room;

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t room_size(void)
{
	return page_size() + STACK_SIZE + page_size();
}

static int room_map(char **base)
{
	const long at = sys_mmap(room_size(), PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_STACK | MAP_ANONYMOUS);
	int r;

	if (at < 0)
		return (int)at;
	r = sys_mprotect((char *)at, page_size(), PROT_NONE);
	if (r < 0)
		sys_munmap((char *)at, room_size());
	else
		*base = (char *)at;
	return r;
}

static int room_make(struct ctr__launch_room *room)
{
	int r = 0;

	*room = (struct ctr__launch_room){ .image.fd = -1 };
	room->base = atomic_exchange(&spare_room, NULL);
	if (!room->base)
		r = room_map(&room->base);
	if (r < 0)
		return r;
	room->stack_top = room->base + page_size() + STACK_SIZE;
	room->report = (struct ctr__report *)(void *)room->stack_top;
	*room->report = (struct ctr__report){ .step = -1 };
	return 0;
}

static void room_free(struct ctr__launch_room *room)
{
	char *other;

	ctr__image_free(&room->image);
	if (!room->base)
		return;
	other = atomic_exchange(&spare_room, room->base);
	if (other)
		sys_munmap(other, room_size());
	room->base = NULL;
}

/*
 * commit_creds() in the kernel clears the dumpable flag of the memory when ids
 * change (prctl(2), PR_SET_DUMPABLE), and the memory is the host's; it does not
 * where fs.suid_dumpable is 1, and then the new user could trace the child. The
 * flag is one for each process, so what has to be known about it is too: the
 * first of concurrent launches clears it and the last one restores it.
 */
static struct {
	pthread_mutex_t lock;
	pid_t pid; /* a forked copy of the process begins anew */
	unsigned users;
	int saved;
} dumpable = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void dumpable_hold(void)
{
	pid_t pid = sys_getpid();

	pthread_mutex_lock(&dumpable.lock);
	if (dumpable.pid != pid) {
		dumpable.pid = pid;
		dumpable.users = 0;
	}
	if (dumpable.users++ == 0) {
		dumpable.saved = sys_prctl(PR_GET_DUMPABLE, 0);
		sys_prctl(PR_SET_DUMPABLE, 0);
	}
	pthread_mutex_unlock(&dumpable.lock);
}

static void dumpable_release(void)
{
	pthread_mutex_lock(&dumpable.lock);
	if (--dumpable.users == 0 && sys_prctl(PR_GET_DUMPABLE, 0) != dumpable.saved)
		sys_prctl(PR_SET_DUMPABLE, (unsigned long)dumpable.saved);
	pthread_mutex_unlock(&dumpable.lock);
}

static struct clone_args clone_args_of(const struct ctr__launch *launch, struct ctr__run *run,
				       int *pidfd)
{
	struct clone_args args = {
		.flags = launch->namespaces | CLONE_PIDFD | CLONE_CHILD_SETTID,
		.pidfd = (uintptr_t)pidfd,
		.child_tid = (uintptr_t)&run->tid,
	};

	if (run->fds_end)
		args.flags |= CLONE_FILES;
	if (launch->group_dir >= 0 && run->n_groups < launch->n_groups) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)launch->group_dir;
	}
	return args;
}

/* A vfork child: clone3(2) returns when it has executed something or ended. */
static int clone_vfork(struct clone_args *args, const struct ctr__launch_room *room,
		       int (*child)(void *), void *data, const int32_t *tid)
{
	long r = ctr__sys_fault(SYS_clone3);

	args->flags |= CLONE_VM | CLONE_VFORK;
	args->stack = (uintptr_t)(room->stack_top - STACK_SIZE);
	args->stack_size = STACK_SIZE;
	if (r == 0)
		r = ctr__sys_clone3_call(args, sizeof(*args), child, data, tid);
	return r ? (int)r : -ENOTRECOVERABLE;
}

static int clone_shared(struct ctr__launching *l)
{
	struct clone_args args = clone_args_of(&l->launch, &l->run, &l->pidfd);

	return clone_vfork(&args, &l->room, ctr__run_child, &l->run, &l->run.tid);
}

#ifdef CTR_HAVE_VALGRIND
/* Valgrind has neither clone3(2) nor children that share memory: a fork executes the helper. */
static int clone_in_valgrind(const struct clone_args *args, const int32_t *tid,
			     const struct ctr__image_start *start)
{
	/* The last two are in the other order on other machines; one of them is not asked for. */
	int pid = (int)ctr__sys5(SYS_clone, (long)args->flags, 0, (long)args->pidfd,
				 (long)args->child_tid, (long)args->child_tid);

	if (pid == 0 && *tid)
		ctr__image_child((void *)(uintptr_t)start);
	return pid ? pid : -ENOTRECOVERABLE;
}
#endif

static const char *name_of_helper(const struct ctr__launch *launch)
{
	for (size_t i = 0; i < launch->n_steps; i++)
		if (launch->steps[i].kind == CTR__STEP_INIT &&
		    launch->steps[i].modes & launch->mode)
			return CTR__INIT_NAME;
	return CTR__HELPER_NAME;
}

/* It leaves the caller's memory at once. */
static int clone_helper(struct ctr__launching *l)
{
	struct clone_args args = clone_args_of(&l->launch, &l->run, &l->pidfd);
	struct ctr__image_start start = {
		.image = &l->room.image,
		.run = &l->run,
		.helper = l->launch.helper,
		.name = name_of_helper(&l->launch),
	};

#ifdef CTR_HAVE_VALGRIND
	if (RUNNING_ON_VALGRIND)
		return clone_in_valgrind(&args, &l->run.tid, &start);
#endif
	return clone_vfork(&args, &l->room, ctr__image_child, &start, &l->run.tid);
}

static struct ctr__image_counts counts_of(const struct ctr__launch *launch)
{
	return (struct ctr__image_counts){
		.sources = launch->n_sources,
		.trees = launch->n_trees,
		.taken = launch->n_taken,
		.layered = launch->n_layers,
		.spare = launch->mode & CTR__MODE_POOLED ? ORDER_SPARE : 0,
	};
}

static unsigned fds_end(const struct ctr__launching *l)
{
	const struct ctr__image_counts counts = counts_of(&l->launch);
	const bool helper = !l->launch.share_memory;
	const unsigned end = ctr__fds_end(&l->run, &counts, helper);
	const int last = l->room.image.fd > l->launch.helper ? l->room.image.fd : l->launch.helper;

	return helper && last >= 0 && (unsigned)last >= end ? (unsigned)last + 1 : end;
}

/*
 * The child begins with the caller's table of descriptors: ctr__leaves_fds(). If there is no
 * number beyond those that it needs, it begins with a copy.
 */
static void share_fds(struct ctr__launching *l)
{
	const int parent = l->run.slots[CTR__SLOT_PARENT];
	const unsigned end = fds_end(l);
	int beyond = parent;

	if ((unsigned)parent < end)
		beyond = l->beyond = ctr__fd_dup(parent, (int)end);
	if (beyond < 0)
		return;
	l->run.fds_end = end;
	l->run.beyond = beyond;
}

static int clone_entered(struct ctr__launching *l)
{
	const struct ctr__launch *launch = &l->launch;
	int r = launch->enter ? launch->enter(launch->enter_data) : 0;

	if (r < 0)
		return r;
	if (ctr__launch_can_share())
		share_fds(l);
	r = launch->share_memory ? clone_shared(l) : clone_helper(l);
	ctr__fd_close(ctr__fd_take(&l->beyond));
	if (launch->leave)
		launch->leave(launch->enter_data);
	return r;
}

/* ---- the end of a child ---- */

static int collect(int pidfd, siginfo_t *info)
{
	int r;

	*info = (siginfo_t){ 0 };
	do
		r = sys_waitid(P_PIDFD, pidfd, info, WEXITED | WNOHANG | __WALL, NULL);
	while (r == -EINTR);
	return r;
}

/* Not for ever if it is stuck in the kernel, or if a tracer was told first and does not let go. */
int ctr__reap(int pidfd)
{
	const int64_t end = ctr__now_ms() + REAP_BOUND_MS;
	siginfo_t info;

	if (ctr__wait_readable(pidfd, REAP_BOUND_MS) == 0)
		return -ETIMEDOUT;
	while (collect(pidfd, &info) == 0 && info.si_pid == 0) {
		if (!ctr__left_ms(end))
			return -ETIMEDOUT;
		ctr__pause_ms(1);
	}
	return info.si_code == CLD_EXITED ? info.si_status : -EINTR;
}

static void reap_or_leave(struct ctr__launching *l, int pidfd)
{
	if (ctr__reap(pidfd) == -ETIMEDOUT && l->left < 0)
		l->left = pidfd;
	else
		sys_close(pidfd);
}

static bool is_child(int pidfd)
{
	siginfo_t info = { 0 };

	return sys_waitid(P_PIDFD, pidfd, &info, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL) == 0;
}

/* Whether there is still one of the group that the child leads. */
static bool reap_of_group(pid_t group)
{
	siginfo_t info = { 0 };

	return sys_waitid(P_PGID, group, &info, WEXITED | WNOHANG | __WALL, NULL) == 0;
}

/*
 * A successor that was not handed over is in the group that the helper leads, and makes none
 * itself. By the pidfd, for the number may be another's where nobody waits for children; before
 * Linux 6.9 by the number, which is ours while the helper has not been waited for.
 */
static void end_group(const struct ctr__launching *l, int pidfd)
{
	const int64_t end = ctr__now_ms() + REAP_BOUND_MS;
	const bool has_ended = ctr__wait_readable(pidfd, REAP_BOUND_MS) > 0;
	const bool is_ours = is_child(pidfd);

	if (sys_pidfd_signal_group(pidfd, SIGKILL) == -EINVAL && is_ours)
		sys_kill(-l->pid, SIGKILL);
	while (has_ended && is_ours && reap_of_group(l->pid) && ctr__left_ms(end) > 0)
		ctr__pause_ms(1);
}

static bool may_have_successor(const struct ctr__launching *l)
{
	return l->point < l->launch.n_steps &&
	       l->launch.steps[l->point].kind == CTR__STEP_SUCCESSOR;
}

/*
 * Its exit status says nothing: where the caller ignores SIGCHLD the kernel keeps none of what
 * has executed the helper.
 */
static void put_to_end(struct ctr__launching *l)
{
	const int pidfd = ctr__fd_take(&l->pidfd);

	if (pidfd < 0)
		return;
	sys_pidfd_send_signal(pidfd, SIGKILL);
	if (may_have_successor(l))
		end_group(l, pidfd);
	reap_or_leave(l, pidfd);
}

/* ---- what became of it ---- */

/* A child that shares memory writes its report where it is read. */
static int read_report(struct ctr__launching *l)
{
	return l->channel < 0 ? 0 : ctr__image_report(&l->room.image, l->room.report);
}

/* The helper writes it, and the helper could have been traced. */
static int step_of(const struct ctr__launching *l)
{
	const int step = l->room.report->step;

	return step >= 0 && (size_t)step < l->launch.n_steps ? step : -1;
}

static int errnum_of(const struct ctr__launching *l)
{
	const int errnum = l->room.report->errnum;

	return errnum >= 0 && errnum < ERRNO_END ? errnum : EPROTO;
}

static bool has_begun_to_execute(const struct ctr__launching *l)
{
	const int step = step_of(l);

	return step >= 0 && l->launch.steps[step].kind == CTR__STEP_EXEC;
}

static void hand_over(struct ctr__launching *l, struct ctr__outcome *outcome)
{
	outcome->kind = CTR__OUTCOME_DONE;
	outcome->pid = l->pid;
	outcome->program = l->program;
	outcome->pidfd = ctr__fd_take(&l->pidfd);
	outcome->joined = l->room.report->joined;
	outcome->execute = l->room.report->execute;
}

static void judge(struct ctr__launching *l, struct ctr__outcome *outcome)
{
	const bool executed = has_begun_to_execute(l);

	outcome->step = step_of(l);
	outcome->errnum = errnum_of(l);
	if (executed && !outcome->errnum) {
		hand_over(l, outcome);
		return;
	}
	if (outcome->errnum)
		outcome->kind = CTR__OUTCOME_FAILED;
	else
		outcome->kind = l->room.report->done ? CTR__OUTCOME_DONE : CTR__OUTCOME_KILLED;
	put_to_end(l);
}

static bool is_stopped(int pidfd)
{
	siginfo_t info = { 0 };
	int r = sys_waitid(P_PIDFD, pidfd, &info, WSTOPPED | WNOHANG | WNOWAIT | __WALL, NULL);

	return r == 0 && info.si_pid;
}

/* The end of one that did nothing wrong but to be late; or that did. */
static void end_as(struct ctr__launching *l, enum ctr__outcome_kind kind,
		   struct ctr__outcome *outcome)
{
	outcome->kind = kind;
	outcome->step = step_of(l);
	put_to_end(l);
}

/* ---- stops ---- */

/* What came of waiting for it. */
enum event {
	EVENT_NONE,
	EVENT_SUCCESSOR, /* another process is the child now */
	EVENT_STOP,
	EVENT_END, /* of the channel: it has executed, or ended */
	EVENT_LIE,
};

static void find_point(struct ctr__launching *l, size_t from)
{
	const struct ctr__launch *launch = &l->launch;

	for (l->point = from; l->point < launch->n_steps; l->point++)
		if (launch->steps[l->point].modes & launch->mode &&
		    ctr__step_speaks(&launch->steps[l->point]))
			return;
}

/* The successor is the child from then on; the one that said so ends. */
static int take_over(struct ctr__launching *l, pid_t pid, int pidfd)
{
	const int first = l->pidfd;
	int r;

	l->pid = pid;
	l->pidfd = pidfd;
	find_point(l, l->point + 1);
	r = ctr__channel_answer(l->channel);
	reap_or_leave(l, first);
	return r < 0 ? r : EVENT_SUCCESSOR;
}

/*
 * It is a child of ours in the group of the helper, which no other child is in. The process that
 * is open is asked, for before that the number may have become another's.
 */
static bool is_successor(const struct ctr__launching *l, pid_t pid, int pidfd)
{
	return pid != l->pid && is_child(pidfd) && sys_getpgid(pid) == l->pid;
}

static int heed_successor(struct ctr__launching *l, pid_t pid)
{
	int pidfd = sys_pidfd_open(pid, 0);
	int r;

	if (pidfd == -ESRCH) /* where the caller ignores SIGCHLD */
		return EVENT_END;
	if (pidfd < 0)
		return pidfd == -EINVAL ? EVENT_LIE : pidfd;
	r = is_successor(l, pid, pidfd) ? sys_setpgid(pid, sys_getpgid(0)) : EVENT_LIE;
	if (r == 0) /* it is in our group again */
		return take_over(l, pid, pidfd);
	sys_close(pidfd);
	return r;
}

/* At a gate behind the init it is the program, which the init has told of before. */
static pid_t speaker(struct ctr__launching *l, const struct ctr__step *step)
{
	if (step->kind != CTR__STEP_GATE || !step->gate.behind_init)
		return l->pid;
	if (!l->program)
		l->program = ctr__fd_receive_sender(l->launch.status);
	return l->program;
}

static int heed(struct ctr__launching *l, const struct ctr__word *word, pid_t from)
{
	const struct ctr__step *step = &l->launch.steps[l->point];

	if (l->point >= l->launch.n_steps || word->step != (int32_t)l->point ||
	    from != speaker(l, step))
		return EVENT_LIE;
	if (step->kind == CTR__STEP_SUCCESSOR)
		return heed_successor(l, word->pid);
	return word->pid ? EVENT_LIE : EVENT_STOP;
}

static int hear(struct ctr__launching *l)
{
	struct ctr__word word;
	pid_t from;
	int r = ctr__channel_receive(l->channel, &from, &word);

	if (r == -EAGAIN)
		return EVENT_NONE;
	if (r == -EPROTO)
		return EVENT_LIE;
	if (r <= 0)
		return r < 0 ? r : EVENT_END;
	return heed(l, &word, from);
}

/*
 * The channel closes when the child executes the program or ends, unless another
 * thread forked meanwhile: its child has a copy. So a child that came to its
 * last step some time ago has executed.
 */
static int await_event(struct ctr__launching *l, int64_t deadline)
{
	for (;;) {
		const int64_t left = ctr__left_ms(deadline);
		int event = read_report(l);
		const bool begun = has_begun_to_execute(l);
		int ready;

		if (event < 0)
			return event;
		ready = ctr__wait_either(l->channel, l->pidfd,
					 left < EXECUTION_MS ? left : EXECUTION_MS);
		event = ready < 0 ? ready : hear(l);
		if (event == EVENT_SUCCESSOR)
			continue;
		if (event != EVENT_NONE)
			return event;
		/* It has ended with nothing left to be heard, or executed. */
		if (ready == 2 || (ready == 0 && begun))
			return EVENT_END;
		if (left == 0)
			return EVENT_NONE;
	}
}

static void settle(struct ctr__launching *l, int event, struct ctr__outcome *outcome)
{
	switch (event) {
	case EVENT_STOP:
		outcome->kind = CTR__OUTCOME_WAITS;
		outcome->step = (int)l->point;
		outcome->pid = l->pid;
		l->waits = true;
		break;
	case EVENT_END:
		judge(l, outcome);
		break;
	case EVENT_LIE:
		end_as(l, CTR__OUTCOME_LIED, outcome);
		break;
	default:
		end_as(l, is_stopped(l->pidfd) ? CTR__OUTCOME_STOPPED : CTR__OUTCOME_TIMEOUT,
		       outcome);
	}
}

int ctr__launch_order(struct ctr__launching *l, char *const *argv, char *const *envp,
		      const int *fds, size_t n_fds, bool joined)
{
	int r = 0;

	l->order = (struct ctr__order){ .joined = joined };
	l->order_fds = fds;
	l->n_order_fds = n_fds;
	if (argv)
		r = ctr__image_add_texts(&l->room.image, argv, &l->order.argv);
	if (r == 0 && envp)
		r = ctr__image_add_texts(&l->room.image, envp, &l->order.envp);
	return r;
}

static int go_on(struct ctr__launching *l)
{
	bool ordered;

	if (!l->waits)
		return 0;
	ordered = l->launch.steps[l->point].kind == CTR__STEP_GATE;
	l->waits = false;
	find_point(l, l->point + 1);
	return ordered ? ctr__channel_order(l->channel, &l->order, l->order_fds, l->n_order_fds)
		       : ctr__channel_answer(l->channel);
}

int ctr__launch_next(struct ctr__launching *l, int64_t deadline, struct ctr__outcome *outcome)
{
	int event, r;

	*outcome = (struct ctr__outcome){ .step = -1, .pidfd = -1, .left = -1 };
	if (l->pidfd < 0)
		return -ESRCH;
	r = l->channel < 0 ? EVENT_END : go_on(l);
	if (r == 0)
		r = await_event(l, deadline);
	event = r;
	if (r >= 0)
		r = read_report(l);
	if (r < 0) {
		put_to_end(l);
		return r;
	}
	settle(l, event, outcome);
	return 0;
}

/* ---- the beginning ---- */

/* The image has the numbers of all descriptors, so it is made last. */
static int clone_with_image(struct ctr__launching *l)
{
	const struct ctr__image_counts counts = counts_of(&l->launch);
	int r = ctr__image_make(&l->room.image, &l->run, &counts);

	return r < 0 ? r : clone_entered(l);
}

static int clone_with_channel(struct ctr__launching *l)
{
	int ends[2];
	int r = ctr__channel_open(ends, l->launch.fd_floor);

	if (r < 0)
		return r;
	l->channel = ends[0];
	l->run.slots[CTR__SLOT_LAUNCH] = ends[1];
	find_point(l, 0);
	r = clone_with_image(l);
	sys_close(ends[1]);
	return r;
}

static int clone_with_helper(struct ctr__launching *l)
{
	int made = -1, r;

	if (l->launch.helper < 0)
		l->launch.helper = made = ctr__helper_open(0);
	r = l->launch.helper < 0 ? l->launch.helper : clone_with_channel(l);
	ctr__fd_close(made);
	return r;
}

static int clone_sharing(struct ctr__launching *l)
{
	int pid;

	if (l->launch.changes_ids)
		dumpable_hold();
	pid = clone_entered(l);
	if (l->launch.changes_ids)
		dumpable_release();
	return pid;
}

void ctr__launch_block(uint64_t *old)
{
	const uint64_t all = UINT64_MAX;

	sys_sigprocmask(SIG_SETMASK, &all, old);
}

void ctr__launch_unblock(const uint64_t *old)
{
	sys_sigprocmask(SIG_SETMASK, old, NULL);
}

/* No handler of the host's may run in the child, where it would share its memory. */
static int clone_blocked(struct ctr__launching *l)
{
	uint64_t old;
	int pid;

	ctr__launch_block(&old);
	pid = l->launch.share_memory ? clone_sharing(l) : clone_with_helper(l);
	ctr__launch_unblock(&old);
	return pid;
}

/* This process, for the child to see that it still lives. */
static int open_self(int fd_floor)
{
	return ctr__fd_raise(sys_pidfd_open(sys_getpid(), 0), fd_floor);
}

static bool has_successor(const struct ctr__launch *launch)
{
	for (size_t i = 0; i < launch->n_steps; i++)
		if (launch->steps[i].kind == CTR__STEP_SUCCESSOR &&
		    launch->steps[i].modes & launch->mode)
			return true;
	return false;
}

/*
 * A real-time process can't be born into a group: it joins one when it is that no more. A
 * successor joins what is for it alone.
 */
static bool can_be_born_into(const struct ctr__launch *launch)
{
#ifdef CTR_HAVE_VALGRIND /* which has no clone3(2) */
	if (RUNNING_ON_VALGRIND)
		return false;
#endif
#ifdef CTR_NO_CLONE3
	return false;
#endif
	return launch->group_dir >= 0 && !ctr__is_real_time() && !has_successor(launch);
}

static void fill_run(struct ctr__launching *l)
{
	const struct ctr__launch *launch = &l->launch;

	l->run = (struct ctr__run){
		.steps = launch->steps,
		.n_steps = launch->n_steps,
		.mode = launch->mode,
		.sources = launch->sources,
		.argv = launch->argv,
		.envp = launch->envp,
		.groups = launch->groups,
		.trees = launch->trees,
		.taken = launch->taken,
		.layered = launch->layered,
		.n_groups = launch->n_groups - (can_be_born_into(launch) ? 1 : 0),
		.leaf = launch->leaf,
		.report = l->room.report,
		.host = -1,
		.devices = -1,
		.root = -1,
		.empty = -1,
		.null = -1,
		.stage = -1,
		.ruleset = -1,
		.mounted = -1,
		.main_thread = !launch->share_memory && sys_gettid() == sys_getpid(),
	};
	for (int i = 0; i < CTR__SLOT_COUNT; i++)
		l->run.slots[i] = launch->slots[i];
}

static int make_child(struct ctr__launching *l)
{
	int *parent = &l->run.slots[CTR__SLOT_PARENT];
	int r;

	fill_run(l);
	r = sys_prlimit(RLIMIT_CORE, NULL, &l->run.core);
	if (r < 0)
		return r;
	*parent = open_self(l->launch.fd_floor);
	if (*parent < 0)
		return *parent;
	r = clone_blocked(l);
	sys_close(*parent);
	if (r < 0)
		return r;
	l->pid = r;
	return 0;
}

int ctr__launch_begin(struct ctr__launching *l, const struct ctr__launch *launch)
{
	int r;

	*l = (struct ctr__launching){
		.launch = *launch, .beyond = -1, .channel = -1, .pidfd = -1, .left = -1
	};
	r = room_make(&l->room);
	if (r == 0)
		r = make_child(l);
	if (r < 0)
		ctr__launch_end(l);
	return r;
}

int ctr__launch_end(struct ctr__launching *l)
{
	put_to_end(l);
	ctr__fd_close(ctr__fd_take(&l->channel));
	room_free(&l->room);
	return ctr__fd_take(&l->left);
}

/* ---- all at once ---- */

void ctr__launch_init(struct ctr__launch *launch, const struct ctr__step *steps, size_t n_steps,
		      unsigned mode)
{
	*launch = (struct ctr__launch){
		.steps = steps,
		.n_steps = n_steps,
		.mode = mode,
		.leaf = -1,
		.group_dir = -1,
		.status = -1,
		.fd_floor = STDERR_FILENO + 1,
		.helper = -1,
	};
	for (int i = 0; i < CTR__SLOT_COUNT; i++)
		launch->slots[i] = -1;
}

int ctr__launch(const struct ctr__launch *launch, struct ctr__outcome *outcome)
{
	struct ctr__launching l;
	uint64_t old;
	int r;

	*outcome = (struct ctr__outcome){ .pidfd = -1, .left = -1 };
	ctr__launch_block(&old);
	r = ctr__launch_begin(&l, launch);
	if (r == 0)
		r = ctr__launch_next(&l, ctr__now_ms() + launch->timeout_ms, outcome);
	outcome->left = ctr__launch_end(&l);
	ctr__launch_unblock(&old);
	return r;
}
