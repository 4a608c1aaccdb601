/* SPDX-License-Identifier: MIT */
#include "plan/launch.h"

#include <linux/prctl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/sys.h"
#include "base/wait.h"
#include "plan/helper.h"
#include "plan/image.h"
#include "plan/init.h"

#ifdef CTR_HAVE_VALGRIND
#include <valgrind/valgrind.h>
#endif

#define STACK_SIZE ((size_t)64 * 1024)
#define REAP_BOUND_MS 1000
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

/* Guard page, stack, and on top what both sides look at; or, for the helper, the image. */
struct room {
	char *base;
	size_t size;
	char *stack_top;
	struct ctr__report *report;
	struct ctr__image_file image;
};

static int room_make(struct room *room)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	long r;

	*room = (struct room){ .size = page + STACK_SIZE + page, .image.fd = -1 };
	r = sys_mmap(room->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_STACK | MAP_ANONYMOUS);
	if (r < 0)
		return (int)r;
	room->base = (char *)r;
	room->stack_top = room->base + room->size - page;
	room->report = (struct ctr__report *)(void *)room->stack_top;
	*room->report = (struct ctr__report){ .step = -1 };
	return sys_mprotect(room->base, page, PROT_NONE);
}

static void room_free(struct room *room)
{
	ctr__image_free(&room->image);
	if (room->base)
		sys_munmap(room->base, room->size);
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

	if (launch->group_dir >= 0 && run->n_groups < launch->n_groups) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)launch->group_dir;
	}
	return args;
}

/* A vfork child: clone3(2) returns when it has executed something or ended. */
static int clone_vfork(struct clone_args *args, const struct room *room, int (*child)(void *),
		       void *data, const int32_t *tid)
{
	long r = ctr__sys_fault(SYS_clone3);

	args->flags |= CLONE_VM | CLONE_VFORK;
	args->stack = (uintptr_t)(room->stack_top - STACK_SIZE);
	args->stack_size = STACK_SIZE;
	if (r == 0)
		r = ctr__sys_clone3_call(args, sizeof(*args), child, data, tid);
	return r ? (int)r : -ENOTRECOVERABLE;
}

static int clone_shared(const struct ctr__launch *launch, struct ctr__run *run,
			const struct room *room, int *pidfd)
{
	struct clone_args args = clone_args_of(launch, run, pidfd);

	return clone_vfork(&args, room, ctr__run_child, run, &run->tid);
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
static int clone_helper(const struct ctr__launch *launch, struct ctr__run *run,
			const struct room *room, int *pidfd)
{
	struct clone_args args = clone_args_of(launch, run, pidfd);
	struct ctr__image_start start = {
		.map = room->image.map,
		.fd = room->image.fd,
		.helper = launch->helper,
		.name = name_of_helper(launch),
	};

#ifdef CTR_HAVE_VALGRIND
	if (RUNNING_ON_VALGRIND)
		return clone_in_valgrind(&args, &run->tid, &start);
#endif
	return clone_vfork(&args, room, ctr__image_child, &start, &run->tid);
}

/* The helper writes it, and the helper could have been traced. */
static int step_of(const struct ctr__launch *launch, const struct ctr__report *report)
{
	const int step = report->step;

	return step >= 0 && (size_t)step < launch->n_steps ? step : -1;
}

static bool has_begun_to_execute(const struct ctr__launch *launch, const struct ctr__report *report)
{
	const int step = step_of(launch, report);

	return step >= 0 && launch->steps[step].kind == CTR__STEP_EXEC;
}

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

/*
 * Takes the child's pidfd. Its exit status says nothing: where the caller ignores SIGCHLD the
 * kernel keeps none of what has executed the helper.
 */
static void reap_outcome(struct ctr__outcome *outcome)
{
	if (ctr__reap(outcome->pidfd) == -ETIMEDOUT)
		outcome->left = outcome->pidfd;
	else
		sys_close(outcome->pidfd);
	outcome->pidfd = -1;
}

static void judge(const struct ctr__launch *launch, const struct ctr__report *report,
		  struct ctr__outcome *outcome)
{
	const bool ended_by_us = outcome->kind == CTR__OUTCOME_TIMEOUT ||
				 outcome->kind == CTR__OUTCOME_STOPPED ||
				 outcome->kind == CTR__OUTCOME_UNPREPARED;
	const bool executed = has_begun_to_execute(launch, report);

	outcome->step = step_of(launch, report);
	outcome->errnum = report->errnum;
	if (!ended_by_us && !report->errnum && executed) {
		outcome->kind = CTR__OUTCOME_DONE;
		outcome->joined = report->joined;
		outcome->execute = report->execute;
		return;
	}

	reap_outcome(outcome);
	if (ended_by_us)
		return;
	if (report->errnum)
		outcome->kind = CTR__OUTCOME_FAILED;
	else
		outcome->kind = report->done ? CTR__OUTCOME_DONE : CTR__OUTCOME_KILLED;
}

static int clone_entered(const struct ctr__launch *launch, struct ctr__run *run,
			 const struct room *room, int *pidfd)
{
	int r = launch->enter ? launch->enter(launch->enter_data) : 0;

	if (r < 0)
		return r;
	r = launch->share_memory ? clone_shared(launch, run, room, pidfd)
				 : clone_helper(launch, run, room, pidfd);
	if (launch->leave)
		launch->leave(launch->enter_data);
	return r;
}

static int launch_shared(const struct ctr__launch *launch, struct ctr__run *run,
			 const struct room *room, struct ctr__outcome *outcome)
{
	int pid;

	if (launch->changes_ids)
		dumpable_hold();
	pid = clone_entered(launch, run, room, &outcome->pidfd);
	if (launch->changes_ids)
		dumpable_release();
	return pid;
}

/* Ends a child that nothing is to be learnt from. */
static void abandon(struct ctr__outcome *outcome)
{
	sys_pidfd_send_signal(outcome->pidfd, SIGKILL);
	reap_outcome(outcome);
}

static bool is_stopped(int pidfd)
{
	siginfo_t info = { 0 };
	int r = sys_waitid(P_PIDFD, pidfd, &info, WSTOPPED | WNOHANG | WNOWAIT | __WALL, NULL);

	return r == 0 && info.si_pid;
}

/*
 * The pipe closes when the child executes the program or ends, unless another
 * thread forked meanwhile: its child has a copy. So a child that came to its
 * last step some time ago has executed. Returns 1 then, 0: out of time, or -errno.
 */
static int await_pipe(const struct ctr__launch *launch, const struct ctr__report *report, int pipe)
{
	const int64_t end = ctr__now_ms() + launch->timeout_ms;
	int64_t left;
	int r;

	do {
		const bool begun = has_begun_to_execute(launch, report);

		left = ctr__left_ms(end);
		r = ctr__wait_readable(pipe, left < EXECUTION_MS ? left : EXECUTION_MS);
		if (r == 0 && begun)
			r = 1;
	} while (r == 0 && left > 0);
	return r;
}

static int await_execution(const struct ctr__launch *launch, const struct ctr__run *run, int pipe,
			   struct ctr__outcome *outcome)
{
	int r = await_pipe(launch, run->report, pipe);

	if (r > 0)
		return 0;
	if (r < 0) {
		abandon(outcome);
		return r;
	}
	outcome->kind = is_stopped(outcome->pidfd) ? CTR__OUTCOME_STOPPED : CTR__OUTCOME_TIMEOUT;
	sys_pidfd_send_signal(outcome->pidfd, SIGKILL);
	return 0;
}

/* What the parent has to do for the child, which then goes on; or is killed. */
static int prepare(const struct ctr__launch *launch, int go, pid_t pid,
		   struct ctr__outcome *outcome)
{
	long n;

	if (launch->prepare(launch->prepare_data, pid) < 0) {
		sys_pidfd_send_signal(outcome->pidfd, SIGKILL);
		outcome->kind = CTR__OUTCOME_UNPREPARED;
		return 0;
	}
	n = sys_write(go, "", 1);
	if (n == 1)
		return 0;
	abandon(outcome);
	return n < 0 ? (int)n : -EIO;
}

/* executed: the parent's end of that pipe; go: of the one that the child waits for. */
static int run_helper(const struct ctr__launch *launch, struct ctr__run *run,
		      const struct room *room, int executed, int go, struct ctr__outcome *outcome)
{
	int pid = clone_entered(launch, run, room, &outcome->pidfd);
	int r;

	sys_close(ctr__fd_take(&run->slots[CTR__SLOT_EXECUTED]));
	if (pid < 0)
		return pid;
	r = launch->prepare ? prepare(launch, go, pid, outcome) : 0;
	if (r == 0 && outcome->kind != CTR__OUTCOME_UNPREPARED)
		r = await_execution(launch, run, executed, outcome);
	return r < 0 ? r : pid;
}

/* The image has the numbers of all descriptors, so it is made last. */
static int launch_image(const struct ctr__launch *launch, struct ctr__run *run, struct room *room,
			int executed, int go, struct ctr__outcome *outcome)
{
	const struct ctr__image_counts counts = {
		.sources = launch->n_sources,
		.trees = launch->n_trees,
		.taken = launch->n_taken,
		.layered = launch->n_layers,
	};
	int r = ctr__image_make(&room->image, run, &counts);

	if (r < 0)
		return r;
	room->report = run->report;
	return run_helper(launch, run, room, executed, go, outcome);
}

static int launch_prepared(const struct ctr__launch *launch, struct ctr__run *run,
			   struct room *room, int executed, struct ctr__outcome *outcome)
{
	int go[2] = { -1, -1 };
	int r = launch->prepare ? sys_pipe2(go, O_CLOEXEC) : 0;

	if (r < 0)
		return r;
	run->slots[CTR__SLOT_GO] = go[0];
	r = launch_image(launch, run, room, executed, go[1], outcome);
	ctr__fd_close(go[0]);
	ctr__fd_close(go[1]);
	return r;
}

static int launch_helper(const struct ctr__launch *launch, struct ctr__run *run, struct room *room,
			 struct ctr__outcome *outcome)
{
	int ends[2];
	int r = sys_pipe2(ends, O_CLOEXEC);

	if (r < 0)
		return r;
	r = run->slots[CTR__SLOT_EXECUTED] = ctr__fd_raise(ends[1], launch->fd_floor);
	if (r >= 0)
		r = launch_prepared(launch, run, room, ends[0], outcome);
	ctr__fd_close(run->slots[CTR__SLOT_EXECUTED]);
	sys_close(ends[0]);
	return r;
}

/* No handler of the host's may run in the child, where it would share its memory. */
static int launch_blocked(const struct ctr__launch *launch, struct ctr__run *run, struct room *room,
			  struct ctr__outcome *outcome)
{
	const uint64_t all = UINT64_MAX;
	uint64_t old;
	int pid;

	sys_sigprocmask(SIG_SETMASK, &all, &old);
	if (launch->share_memory)
		pid = launch_shared(launch, run, room, outcome);
	else
		pid = launch_helper(launch, run, room, outcome);
	sys_sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

/* This process, for the child to see that it still lives. */
static int open_self(int fd_floor)
{
	return ctr__fd_raise(sys_pidfd_open(sys_getpid(), 0), fd_floor);
}

/* A real-time process can't be born into a group: it joins one when it is that no more. */
static bool can_be_born_into(const struct ctr__launch *launch)
{
#ifdef CTR_HAVE_VALGRIND /* which has no clone3(2) */
	if (RUNNING_ON_VALGRIND)
		return false;
#endif
#ifdef CTR_NO_CLONE3
	return false;
#endif
	return launch->group_dir >= 0 && !ctr__is_real_time();
}

static int launch_in(const struct ctr__launch *launch, struct room *room,
		     struct ctr__outcome *outcome)
{
	struct ctr__run run = {
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
		.report = room->report,
		.host = -1,
		.devices = -1,
		.root = -1,
		.empty = -1,
		.stage = -1,
		.ruleset = -1,
		.mounted = -1,
		.main_thread = !launch->share_memory && sys_gettid() == sys_getpid(),
	};
	int pid;

	for (int i = 0; i < CTR__SLOT_COUNT; i++)
		run.slots[i] = launch->slots[i];
	pid = sys_prlimit(RLIMIT_CORE, NULL, &run.core);
	if (pid < 0)
		return pid;
	run.slots[CTR__SLOT_PARENT] = open_self(launch->fd_floor);
	if (run.slots[CTR__SLOT_PARENT] < 0)
		return run.slots[CTR__SLOT_PARENT];

	pid = launch_blocked(launch, &run, room, outcome);
	sys_close(run.slots[CTR__SLOT_PARENT]);
	if (pid < 0)
		return pid;

	outcome->pid = pid;
	judge(launch, room->report, outcome);
	return 0;
}

void ctr__launch_init(struct ctr__launch *launch, const struct ctr__step *steps, size_t n_steps,
		      unsigned mode)
{
	*launch = (struct ctr__launch){
		.steps = steps,
		.n_steps = n_steps,
		.mode = mode,
		.leaf = -1,
		.group_dir = -1,
		.fd_floor = STDERR_FILENO + 1,
		.helper = -1,
	};
	for (int i = 0; i < CTR__SLOT_COUNT; i++)
		launch->slots[i] = -1;
}

static int launch_with(const struct ctr__launch *launch, struct ctr__outcome *outcome)
{
	struct room room;
	int r = room_make(&room);

	if (r == 0)
		r = launch_in(launch, &room, outcome);
	room_free(&room);
	return r;
}

int ctr__launch(const struct ctr__launch *launch, struct ctr__outcome *outcome)
{
	struct ctr__launch with = *launch;
	int r;

	*outcome = (struct ctr__outcome){ .pidfd = -1, .left = -1 };
	if (launch->share_memory || launch->helper >= 0)
		return launch_with(launch, outcome);
	with.helper = ctr__helper_open(0);
	if (with.helper < 0)
		return with.helper;
	r = launch_with(&with, outcome);
	sys_close(with.helper);
	return r;
}
