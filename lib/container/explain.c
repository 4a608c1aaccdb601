/* SPDX-License-Identifier: MIT */
#include "container/explain.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/sys.h"
#include "primitives/mount.h"
#include "primitives/userns.h"

#define TEXT_SIZE 1024

static const char *clone_hint(int errnum)
{
	switch (errnum) {
	case EPERM:
		return "creating these namespaces needs root (CAP_SYS_ADMIN), and may be forbidden "
		       "inside another container";
	case ENOSPC:
	case EUSERS:
		return "there are too many namespaces: see /proc/sys/user/max_*_namespaces";
	case EAGAIN:
		if (sys_sched_getscheduler() == SCHED_DEADLINE)
			return "a thread with SCHED_DEADLINE cannot create processes: set "
			       "SCHED_FLAG_RESET_ON_FORK with sched_setattr(2)";
		return "there are too many processes: see ulimit -u and the pids.max of the "
		       "caller's control group";
	case ENOENT:
	case ENODEV:
		return "the control group was removed";
	case ENOTRECOVERABLE:
		return "the kernel has created no child: a filter of system calls "
		       "around the caller answered in its place";
	case EFBIG:
		return "the caller's limit on the size of files is smaller than the "
		       "helper: see ulimit -f";
	case ENOSYS:
		return "clone3(2) is not available to the caller, as under the seccomp"
		       " filter of another container";
	case EBUSY:
		return "the control group has enabled controllers for its child "
		       "groups, so it cannot contain processes: see "
		       "cgroup.subtree_control";
	case EACCES:
		return "the caller may not modify the control group, or the nearest "
		       "group above both it and the caller";
	case EINVAL:
		return "the kernel lacks a kind of namespace, or is older than Linux 5.14";
	default:
		return NULL;
	}
}

static const char net_admin_hint[] = "the caller does not have CAP_NET_ADMIN, so a new network "
				     "namespace needs a user namespace, which is forbidden here: "
				     "give the caller NET_ADMIN, or use --network host";

int ctr__explain_clone(const ctr_plan *plan, int errnum, ctr_error *err)
{
	const char *off = plan->own_user_ns ? ctr__userns_off(errnum) : NULL;

	if (!off && plan->for_net_admin && errnum == EPERM)
		off = net_admin_hint;
	if (off)
		return ctr__error_set(err, CTR_E_UNSUPPORTED, errnum, plan->child_line, NULL, "%s",
				      off);
	return ctr__error_set(err, errnum == ENOMEM ? CTR_E_NOMEM : CTR_E_SYSTEM, errnum,
			      plan->child_line, NULL, clone_hint(errnum) ? "%s" : NULL,
			      clone_hint(errnum));
}

static const char *exec_hint(int errnum)
{
	switch (errnum) {
	case ENOENT:
		return "the file, or the interpreter that it names, is not in the root file system";
	case EACCES:
		return "the user of the container may not execute it, or may not enter a directory "
		       "that leads to it";
	case E2BIG:
		return "the arguments and the environment are too large, for the kernel or for the "
		       "memory limit of the control group";
	case ENOMEM:
		return "there is not enough memory, or the memory limit of the control group is "
		       "too small";
	case ETXTBSY:
		return "the file is open for writing";
	case ENOEXEC:
		return "the kernel does not know this kind of file, or can't run it on this "
		       "machine";
	case ELOOP:
		return "the path has a loop of symbolic links, or leads out of the "
		       "container through a magic link such as /proc/self/exe";
	case EAGAIN:
		return "the user of the container has too many processes: see the resource limit "
		       "nproc";
	default:
		return NULL;
	}
}

/* What is true of the file, as opposed to the state that the host is in. */
static int exec_code(int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
		return CTR_E_NOT_FOUND;
	case EACCES:
	case EPERM:
	case ENOEXEC:
	case ELOOP:
	case EISDIR:
	case ELIBBAD:
	case EINVAL:
	case ETXTBSY:
	case ENAMETOOLONG:
		return CTR_E_NOT_EXECUTABLE;
	case ENOMEM:
		return CTR_E_NOMEM;
	default:
		return CTR_E_SYSTEM;
	}
}

/* Of EXEC, or of LOOK before it. */
static int explain_exec(const struct ctr__step *step, const char *path, int errnum, ctr_error *err)
{
	const char *lacks = step->kind == CTR__STEP_EXEC ? step->exec.lacks : NULL;
	const char *hint = exec_hint(errnum);

	if (errnum == EPERM && lacks)
		return ctr__error_set(err, CTR_E_NOT_EXECUTABLE, errnum, "execute", path,
				      "the file has capabilities that the container does not "
				      "have: give them with %s, or remove them from the file with "
				      "setcap -r",
				      lacks);
	return ctr__error_set(err, exec_code(errnum), errnum, "execute", path, hint ? "%s" : NULL,
			      hint);
}

/* ---- why a step failed: NULL where that is not known ---- */

static const char *mount_hint(const struct ctr__step *step, int errnum)
{
	(void)step;
	switch (errnum) {
	case ESTALE:
		return "another file took its place while the container was being set "
		       "up";
	case ELOOP:
		return "a symbolic link took the place of a file or directory while "
		       "the container was being set up";
	case ENODEV:
		return "the kernel does not support this file system, or a device file"
		       " of the host is not the expected device";
	case EPERM:
		return "mounting needs root (CAP_SYS_ADMIN), and may be forbidden inside another "
		       "container";
	case EACCES:
		return "the caller may not enter the root file system or a directory "
		       "in it on the way, or a security module forbids this";
	case ENOSPC:
		return "there are too many mounts: see /proc/sys/fs/mount-max";
	default:
		return NULL;
	}
}

/* Of a bind by a descriptor. */
static const char *given_hint(const struct ctr__step *step, int errnum)
{
	if (step->bind.by_fd)
		return errnum == ENOENT ? "the file that the descriptor has open was deleted, and "
					  "the kernel mounts no such file"
					: NULL;
	if (errnum != ENOENT && errnum != ENOTDIR && errnum != ELOOP && errnum != ESTALE)
		return NULL;
	return "the file that is open has been moved since the spec was compiled: without "
	       "CAP_SYS_ADMIN, and in a user namespace with one id, it is mounted by its path";
}

static const char *bind_hint(const struct ctr__step *step, int errnum)
{
	if (step->bind.idmap && ctr__mount_idmap_hint(errnum))
		return ctr__mount_idmap_hint(errnum);
	if (step->bind.given && given_hint(step, errnum))
		return given_hint(step, errnum);
	return mount_hint(step, errnum);
}

/* mount_too_revealing() in the kernel: mount_namespaces(7). */
static const char *new_fs_hint(const struct ctr__step *step, int errnum)
{
	const char *type = step->mount.type;

	if (errnum == EPERM && (strcmp(type, "proc") == 0 || strcmp(type, "sysfs") == 0))
		return "mounting needs root (CAP_SYS_ADMIN); in a user namespace the "
		       "kernel also refuses this if parts of the caller's own mount "
		       "are hidden or read-only, as inside another container";
	return mount_hint(step, errnum);
}

static const char *propagation_hint(const struct ctr__step *step, int errnum)
{
	(void)step;
	return errnum == EINVAL ? "the caller's / is not a mount point, as in a chroot: bind the "
				  "directory to itself before entering it (mount --bind DIR DIR),"
				  " or start outside of it"
				: NULL;
}

static const char *rlimit_hint(const struct ctr__step *step, int errnum)
{
	if (errnum != EPERM)
		return NULL;
	if (step->rlimit.resource == RLIMIT_NOFILE)
		return "only root can raise the hard limit, and not above "
		       "/proc/sys/fs/nr_open";
	return "only root can raise the hard limit";
}

static const char *map_hint(const struct ctr__step *step, int errnum)
{
	(void)step;
	if (errnum == EACCES)
		return "the caller is not dumpable, so its /proc/self belongs to root:"
		       " see prctl(2), PR_SET_DUMPABLE";
	return errnum == EPERM
		       ? "something on this host forbids user namespaces: a security module, "
			 "or another container"
		       : NULL;
}

/* proc_oom_score_adj(5): EACCES is the kernel's word for a value that is too low. */
static const char *oom_score_adj_hint(const struct ctr__step *step, int errnum)
{
	(void)step;
	return errnum == EACCES ? "without CAP_SYS_RESOURCE on the host it can only be raised from "
				  "what the caller's is"
				: NULL;
}

static const char *lsm_hint(const struct ctr__step *step, int errnum)
{
	(void)step;
	switch (errnum) {
	case ENOENT:
		return "the kernel has no such profile: load it with "
		       "apparmor_parser(8)";
	case EINVAL:
		return "the loaded policy has no such context";
	case EACCES:
	case EPERM:
		return "the caller's own policy does not allow it to choose this one";
	case ENOTRECOVERABLE:
		return "it was accepted, but another label is reported as pending";
	default:
		return NULL;
	}
}

static const char *seccomp_hint(const struct ctr__step *step, int errnum)
{
	switch (errnum) {
	case EBUSY:
		return "the filter of a container around the caller already has a "
		       "listener, and there can be only one";
	case EMFILE:
		return "the container's resource limit nofile leaves no descriptor for the "
		       "listener";
	case EINVAL:
		return step->filter.origin
			       ? "the kernel does not accept this program: it ends without a "
				 "result, jumps too far, or has an instruction that filters "
				 "cannot use"
			       : NULL;
	case EACCES:
		return "without CAP_SYS_ADMIN this needs no_new_privs";
	default:
		return NULL;
	}
}

static const char *setns_hint(const struct ctr__step *step, int errnum)
{
	if (errnum == EINVAL && step->setns.types & CLONE_NEWPID)
		return "a PID namespace can be joined only from itself or from one "
		       "above it";
	if (errnum == EINVAL && step->setns.types & CLONE_NEWUSER)
		return "the caller is in this user namespace already";
	if (errnum != EPERM)
		return NULL;
	return step->setns.by_parent
		       ? "the calling thread enters it before it creates the user "
			 "namespace, which needs CAP_SYS_ADMIN in the caller's user "
			 "namespace and in the one that owns it"
		       : "joining it needs CAP_SYS_ADMIN in the caller's user namespace "
			 "and in the one that owns it";
}

static const char *parent_hint(const struct ctr__step *step, int errnum)
{
	(void)step;
	return errnum == ESRCH ? "the parent has died" : NULL;
}

static const char *gate_hint(const struct ctr__step *step, int errnum)
{
	switch (errnum) {
	case ESTALE:
		return "the file of the program was replaced at this moment";
	case EMFILE:
		return "the container's resource limit nofile leaves no room for its descriptors";
	default:
		return parent_hint(step, errnum);
	}
}

static const char *successor_hint(const struct ctr__step *step, int errnum)
{
	switch (errnum) {
	case ENOMEM:
		return "the first process of the PID namespace has ended, or there is not enough "
		       "memory";
	case EAGAIN:
		return clone_hint(errnum);
	case ESRCH:
		return parent_hint(step, errnum);
	default:
		return NULL;
	}
}

static const char *no_user_ns_hint(const struct ctr__step *step, int errnum)
{
	(void)step;
	return errnum == EROFS || errnum == ENOENT
		       ? "/proc/sys/user/max_user_namespaces can't be written here, as "
			 "inside another container"
		       : NULL;
}

static const char *loopback_hint(const struct ctr__step *step, int errnum)
{
	(void)step;
	return errnum == EPERM ? "the caller does not have CAP_NET_ADMIN, which is needed "
				 "without a user namespace: give the caller NET_ADMIN, or use "
				 "--userns auto or --network host"
			       : NULL;
}

static const char *init_hint(const struct ctr__step *step, int errnum)
{
	(void)step;
	if (errnum == EAGAIN)
		return "there are too many processes: see the resource limit nproc, which counts "
		       "the init too, and the limit of the control group";
	return exec_hint(errnum);
}

static const char *pivot_root_hint(const struct ctr__step *step, int errnum)
{
	(void)step;
	return errnum == EINVAL ? "the caller's own root is an initramfs, which cannot be "
				  "replaced"
				: NULL;
}

static const char *fds_hint(const struct ctr__step *step, int errnum)
{
	(void)step;
	return errnum == EBADF || errnum == EMFILE
		       ? "a target is above the limit on open descriptors: see ulimit -n"
		       : NULL;
}

static const char *ids_hint(const struct ctr__step *step, int errnum)
{
	(void)step;
	return errnum == EPERM ? "changing to another user needs root" : NULL;
}

static const char *rule_hint(const struct ctr__step *step, int errnum)
{
	return errnum == ELOOP ? mount_hint(step, errnum) : NULL;
}

static const char *cgroup_hint(const struct ctr__step *step, int errnum)
{
	(void)step;
	return errnum == ENODEV ? "the control group was removed" : NULL;
}

/* ---- what it failed on ---- */

static const char *source_object(const struct ctr__step *step)
{
	return step->bind.source;
}

static const char *bind_object(const struct ctr__step *step)
{
	return step->bind.target;
}

static const char *mount_object(const struct ctr__step *step)
{
	return step->mount.target;
}

static const char *target_object(const struct ctr__step *step)
{
	return step->target.path;
}

static const char *file_object(const struct ctr__step *step)
{
	return step->file.target;
}

static const char *layer_object(const struct ctr__step *step)
{
	return step->layer.instead ? step->layer.instead : step->layer.path;
}

static const char *path_object(const struct ctr__step *step)
{
	return step->path;
}

static const char *rule_object(const struct ctr__step *step)
{
	return step->landlock.path;
}

static const char *label_object(const struct ctr__step *step)
{
	return step->lsm.label;
}

static const char *name_object(const struct ctr__step *step)
{
	return step->name;
}

static const char *program_object(const struct ctr__step *step)
{
	return step->gate.program;
}

static const char *exec_object(const struct ctr__step *step)
{
	return step->exec.path;
}

/* ---- all kinds ---- */

static const char *step_hint(const struct ctr__step *step, int errnum)
{
	static const char *(*const table[])(const struct ctr__step *, int) = {
#define STEP(kind, executor, put, object, hint, calls, text, detail, rest)                         \
	[CTR__STEP_##kind] = (hint),
#include "plan/steps.def"
	};

	if (errnum == ENOMEM && step->kind != CTR__STEP_SUCCESSOR)
		return "there is not enough memory, or the memory limit of the control group is "
		       "too small for the set-up of a container";
	return table[step->kind] ? table[step->kind](step, errnum) : NULL;
}

/* Of any step, for it may come with a call that is not the step's own: ctr__own_fds(). */
static const char *undone_hint(int errnum)
{
	return errnum == ENOTRECOVERABLE
		       ? "it was set, but is not in effect: something undid it, such as "
			 "a security module"
		       : NULL;
}

static const char *step_object(const struct ctr__step *step)
{
	static const char *(*const table[])(const struct ctr__step *) = {
#define STEP(kind, executor, put, object, hint, calls, text, detail, rest)                         \
	[CTR__STEP_##kind] = (object),
#include "plan/steps.def"
	};

	return table[step->kind] ? table[step->kind](step) : NULL;
}

int ctr__explain_step(const struct ctr__step *step, int errnum, ctr_error *err)
{
	const char *object = step_object(step);
	const char *hint = step_hint(step, errnum);
	char text[TEXT_SIZE];

	if (!hint)
		hint = undone_hint(errnum);
	if (step->kind == CTR__STEP_EXEC || step->kind == CTR__STEP_LOOK)
		return explain_exec(step, object, errnum, err);
	ctr__step_describe(step, text, sizeof(text));
	return ctr__error_set(err, errnum == ENOMEM ? CTR_E_NOMEM : CTR_E_SYSTEM, errnum, text,
			      object, hint ? "%s" : NULL, hint);
}

static int explain_helper(int errnum, ctr_error *err)
{
	const char *hint = undone_hint(errnum);

	if (errnum == EPERM)
		hint = "a securebit keeps the caller's capabilities from the helper, "
		       "or something forbids the execution";
	else if (errnum == ENOMEM)
		hint = exec_hint(errnum);
	return ctr__error_set(err, errnum == ENOMEM ? CTR_E_NOMEM : CTR_E_SYSTEM, errnum,
			      "execute the helper", NULL, hint ? "%s" : NULL, hint);
}

int ctr__explain_outcome(const ctr_plan *plan, const struct ctr__outcome *outcome, ctr_error *err)
{
	char text[TEXT_SIZE] = "begin the set-up";

	if (outcome->kind == CTR__OUTCOME_FAILED && outcome->step < 0)
		return explain_helper(outcome->errnum, err);
	if (outcome->kind == CTR__OUTCOME_FAILED)
		return ctr__explain_step(&plan->steps.v[outcome->step], outcome->errnum, err);
	if (outcome->step >= 0)
		ctr__step_describe(&plan->steps.v[outcome->step], text, sizeof(text));
	if (outcome->kind == CTR__OUTCOME_STOPPED)
		return ctr__error_set(err, CTR_E_TIMEOUT, 0, text, NULL,
				      "the child was stopped by a signal for %u ms, and was "
				      "killed: any process with the container's user id can send "
				      "one",
				      plan->timeout_ms);
	if (outcome->kind == CTR__OUTCOME_TIMEOUT)
		return ctr__error_set(err, CTR_E_TIMEOUT, 0, text, NULL,
				      "the set-up took longer than %u ms, and the child was killed",
				      plan->timeout_ms);
	if (outcome->kind == CTR__OUTCOME_LIED)
		return ctr__error_set(err, CTR_E_KILLED, 0, text, NULL,
				      "the child reported a state that is impossible, and was "
				      "killed: a process that may trace the child has altered it");
	return ctr__error_set(
		err, CTR_E_KILLED, 0, text, NULL,
		"the child was killed during its set-up, perhaps for the memory limit "
		"of the control group");
}

const char *ctr__explain_namespaces(int errnum)
{
	return clone_hint(errnum);
}

const char *ctr__explain_hint(const struct ctr__step *step, int errnum)
{
	return step_hint(step, errnum);
}
