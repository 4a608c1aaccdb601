/* SPDX-License-Identifier: MIT */
#include "container/identity.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/sys.h"
#include "cgroup/limits.h"

void ctr__identity_init(struct ctr__identity *id)
{
	*id = (struct ctr__identity){ .pidfd = -1, .peak_fd = -1 };
}

void ctr__identity_clear(struct ctr__identity *id)
{
	ctr__fd_close(id->pidfd);
	ctr__fd_close(id->peak_fd);
	ctr_cgroup_free(id->cgroup);
}

/* ---- its processes ---- */

int ctr__identity_send_signal(const struct ctr__identity *id, int sig, ctr_error *err)
{
	char text[32];
	int r = sys_pidfd_send_signal(id->pidfd, sig);

	if (r >= 0)
		return 0;
	snprintf(text, sizeof(text), "signal %d", sig);
	return ctr__error_set(err, CTR_E_SYSTEM, -r, "send to the container", text,
			      r == -ESRCH ? "it has ended" : NULL);
}

/*
 * Its process group by the pidfd, for another one may have the number by now. Before Linux 6.9
 * by the number, which nobody else has while the first process has not been waited for.
 */
void ctr__identity_kill_process_group(const struct ctr__identity *id)
{
	siginfo_t info = { 0 };
	int r = id->process_group ? sys_pidfd_signal_group(id->pidfd, SIGKILL) : 0;

	if (r != -EINVAL)
		return;
	r = sys_waitid(P_PIDFD, id->pidfd, &info, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL);
	if (r >= 0)
		sys_kill(-id->pid, SIGKILL);
}

int ctr__identity_kill(const struct ctr__identity *id, ctr_error *err)
{
	int r;

	ctr__identity_kill_process_group(id);
	r = sys_pidfd_send_signal(id->pidfd, SIGKILL);
	return r < 0 && r != -ESRCH ? ctr__error_sys(err, -r, "kill the container", NULL) : 0;
}

/* The death of a PID namespace's first process is the death of all in it. */
int ctr__identity_kill_rest(const struct ctr__identity *id, ctr_error *err)
{
	if (!id->cgroup)
		return 0;
	ctr__cgroup_thaw_to_die(id->cgroup);
	return id->own_pid_ns ? 0 : ctr_cgroup_kill(id->cgroup, err);
}

/* ---- its group ---- */

static int need_group(const struct ctr__identity *id, const char *step, ctr_error *err)
{
	if (id->cgroup)
		return 0;
	return ctr__error_set(err, CTR_E_STATE, 0, step, NULL,
			      "it has no control group: switch accounting on in its spec");
}

int ctr__identity_freeze(const struct ctr__identity *id, ctr_error *err)
{
	if (need_group(id, "freeze the container", err))
		return -1;
	return ctr_cgroup_freeze(id->cgroup, err);
}

int ctr__identity_thaw(const struct ctr__identity *id, ctr_error *err)
{
	if (need_group(id, "thaw the container", err))
		return -1;
	return ctr_cgroup_thaw(id->cgroup, err);
}

int ctr__identity_send_signal_all(const struct ctr__identity *id, int sig, ctr_error *err)
{
	if (need_group(id, "signal all in the container", err))
		return -1;
	return ctr_cgroup_send_signal(id->cgroup, sig, err);
}

int ctr__identity_update(const struct ctr__identity *id, const ctr_limits *limits, ctr_error *err)
{
	ctr_limits with;

	if (need_group(id, "change the container's limits", err))
		return -1;
	if (!limits)
		return ctr__error_missing(err, "limits");
	with = ctr__limits_with_init(limits, id->own_cgroup && id->init);
	return ctr_cgroup_update(id->cgroup, &with, err);
}
