/* SPDX-License-Identifier: MIT */
/* Which namespaces a container has: the steps that make or join those it is not born into. */
#include <errno.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/maker.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "primitives/namespace.h"

/* One that can't be looked at is taken for another. */
static bool is_same(int dirfd, const char *path, int fd)
{
	const int flags = *path ? 0 : AT_EMPTY_PATH;
	struct statx one, other;

	return sys_statx(dirfd, path, flags, STATX_INO, &one) == 0 &&
	       sys_statx(fd, "", AT_EMPTY_PATH, STATX_INO, &other) == 0 &&
	       ctr__same_file(&one, &other);
}

bool ctr__compile_is_callers(const char *path, int fd)
{
	return is_same(AT_FDCWD, path, fd);
}

/* ---- who owns them ---- */

/* Whether a user namespace is another one, or was made in it. The kernel tells of none above. */
static bool is_below(int fd, int top)
{
	_cleanup_fd_ int at = ctr__fd_dup(fd, 0);

	while (at >= 0 && !is_same(at, "", top)) {
		const int parent = sys_ioctl(at, NS_GET_PARENT, NULL);

		sys_close(at);
		at = parent;
	}
	return at >= 0;
}

/* Where the container joins a user namespace, the mounts of other ones that it joins too. */
static bool is_inside(const struct ctr__compile *c, int fd)
{
	const int user_ns = ctr__spec_ns(c->spec, CTR_NS_USER)->fd;
	_cleanup_fd_ int owner = user_ns < 0 ? -1 : sys_ioctl(fd, NS_GET_USERNS, NULL);

	return owner >= 0 && is_below(owner, user_ns);
}

bool ctr__compile_joins_pid_ns(const struct ctr__compile *c)
{
	return ctr__spec_ns(c->spec, CTR_NS_PID)->fd >= 0;
}

int ctr__compile_dup_ns(struct ctr__compile *c, const struct ctr__ns *ns)
{
	const int copy = ctr__fd_dup(ns->fd, 0);

	return copy < 0 ? ctr__error_sys(c->err, -copy, "duplicate a descriptor", ns->origin)
			: copy;
}

static int keep_joined(struct ctr__compile *c, size_t i)
{
	const struct ctr__ns *ns = &c->spec->namespaces.v[i];

	c->plan->ns_fds[i] = ctr__compile_dup_ns(c, ns);
	if (c->plan->ns_fds[i] < 0)
		return -1;
	if (ns->kind != CTR_NS_USER && is_inside(c, ns->fd))
		c->inside |= ns->kind;
	return 0;
}

int ctr__compile_namespaces(struct ctr__compile *c)
{
	const uint32_t later = CTR_NS_CGROUP | CTR_NS_USER; /* group.c and userns.c decide */

	for (size_t i = 0; i < CTR__NS_COUNT; i++) {
		const struct ctr__ns *ns = &c->spec->namespaces.v[i];

		if (ns->fd >= 0 && keep_joined(c, i))
			return -1;
		if (!ctr__ns_is_new(ns) || ns->kind & later)
			continue;
		c->plan->namespaces |= ctr__ns_clone_flags(ns->kind);
		c->inside |= ns->kind;
	}
	c->plan->own_pid_ns = c->plan->namespaces & CLONE_NEWPID;
	c->plan->joins_user_ns = ctr__spec_ns(c->spec, CTR_NS_USER)->fd >= 0;
	return 0;
}

/* ---- the steps ---- */

static int add_join(struct ctr__compile *c, size_t i)
{
	const struct ctr__ns *ns = &c->spec->namespaces.v[i];
	struct ctr__step step = { .kind = CTR__STEP_SETNS, .modes = CTR__MODE_RUN };

	step.setns.fd = c->plan->ns_fds[i];
	step.setns.types = ctr__ns_clone_flags(ns->kind);
	/* It takes CAP_SYS_ADMIN where the namespace belongs, which is outside. */
	step.setns.by_parent = c->plan->own_user_ns && !c->plan->joins_user_ns;
	step.setns.untraceable = ns->kind == CTR_NS_USER;
	step.setns.origin = ctr__steps_strdup(&c->plan->steps, ns->origin);
	return step.setns.origin ? ctr__compile_add(c, &step) : ctr__error_nomem(c->err);
}

/* All of these kinds that are joined. */
static int add_joins(struct ctr__compile *c, uint32_t kinds)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < CTR__NS_COUNT; i++) {
		const struct ctr__ns *ns = &c->spec->namespaces.v[i];

		if (ns->fd >= 0 && ns->kind & kinds)
			r = add_join(c, i);
	}
	return r;
}

/* The first process of a new PID namespace has a parent outside, too. */
static int add_successor(struct ctr__compile *c)
{
	const int fd = ctr__spec_ns(c->spec, CTR_NS_PID)->fd;
	struct ctr__step step = { .kind = CTR__STEP_SUCCESSOR, .modes = CTR__MODE_RUN };

	step.successor.leaves_parent =
		c->plan->own_pid_ns || !ctr__compile_is_callers("/proc/self/ns/pid", fd);
	return ctr__compile_add(c, &step);
}

static int add_ids(struct ctr__compile *c, const struct ctr__step_ids *ids)
{
	const struct ctr__step step = {
		.kind = CTR__STEP_IDS,
		.modes = CTR__MODE_RUN,
		.ids = *ids,
	};

	return ctr__compile_add(c, &step);
}

/* Until it is somebody there its files would have an owner that is nobody. */
int ctr__compile_join_user_ns(struct ctr__compile *c)
{
	const struct ctr__step_ids callers = { .uid = geteuid(), .gid = getegid() };
	const struct ctr__step_ids first = {
		.uid = ctr__id_ranges_first(ctr__idmap_uids(c->map)),
		.gid = ctr__id_ranges_first(ctr__idmap_gids(c->map)),
		.keep_groups = true,
	};

	if (c->leave_groups && add_ids(c, &callers))
		return -1;
	if (add_joins(c, ~(c->inside | CTR_NS_USER)) || add_joins(c, CTR_NS_USER))
		return -1;
	return add_ids(c, &first);
}

static int make_inside(struct ctr__compile *c)
{
	const struct ctr__step unshare = {
		.kind = CTR__STEP_UNSHARE,
		.modes = CTR__MODE_RUN,
		.unshare = c->plan->namespaces | CLONE_NEWNS,
	};

	if (add_joins(c, c->inside) || ctr__compile_add(c, &unshare))
		return -1;
	return c->plan->own_pid_ns || ctr__compile_joins_pid_ns(c) ? add_successor(c) : 0;
}

static int refuse_pid_ns(struct ctr__compile *c)
{
	return ctr__error_set(
		c->err, CTR_E_UNSUPPORTED, EPERM, "join the PID namespace",
		ctr__spec_ns(c->spec, CTR_NS_PID)->origin,
		"it belongs to another user namespace than the container: as root, use the "
		"host's user namespace; or join its user namespace, too");
}

/* The new process is to be the leader of a session and so on: it comes before the steps for that.
 */
int ctr__compile_processes(struct ctr__compile *c)
{
	if (c->plan->joins_user_ns)
		return make_inside(c);
	if (!ctr__compile_joins_pid_ns(c))
		return 0;
	if (c->plan->own_user_ns)
		return refuse_pid_ns(c);
	return add_joins(c, CTR_NS_PID) || add_successor(c) ? -1 : 0;
}

int ctr__compile_joins(struct ctr__compile *c)
{
	return c->plan->joins_user_ns ? 0 : add_joins(c, ~(uint32_t)CTR_NS_PID);
}

/* One that is made ahead belongs to the caller's user namespace. A container with another one is
 * compiled as if it were the only one, and gets none.
 */
int ctr__compile_networks(struct ctr__compile *c)
{
	struct ctr__networks *networks;

	if (c->once || !(c->plan->namespaces & CLONE_NEWNET))
		return 0;
	networks = calloc(1, sizeof(*networks));
	if (!networks)
		return ctr__error_nomem(c->err);
	pthread_mutex_init(&networks->lock, NULL);
	networks->maker = ctr__maker();
	c->plan->networks = networks;
	return 0;
}
