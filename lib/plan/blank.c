/* SPDX-License-Identifier: MIT */
/*
 * A mount namespace without mounts. What a copy of one costs depends on how many it has, and
 * those of the host can be many.
 */
#include "plan/blank.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>

#include "base/fd.h"
#include "base/maker.h"
#include "base/sys.h"
#include "plan/keep.h"

#define TIMEOUT_MS 10000

/*
 * Of the process: a copy of it makes another one. A host program may have closed the descriptor,
 * or have left the user namespace that owns what it leads to, so both are looked at each time.
 */
static struct {
	pthread_mutex_t lock;
	unsigned maker; /* 0: there is none */
	int fd;
	uint64_t inode, owner;
	unsigned asked; /* the process that has started a container before */
} kept = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int inode_of(int dir, const char *path, uint64_t *inode)
{
	struct statx st;
	int r = sys_statx(dir, path, *path ? 0 : AT_EMPTY_PATH, STATX_INO, &st);

	*inode = r < 0 ? 0 : st.stx_ino;
	return r;
}

/* No file can be made in it, even by one that makes it writable. */
static int make_tmpfs(uint64_t attrs)
{
	const struct ctr__step_mount m = {
		.type = "tmpfs",
		.attrs = attrs | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
		.options = { { "mode", "0555" }, { "size", "4k" }, { "nr_inodes", "2" } },
	};

	return ctr__fs_new(&m);
}

/* A container that starts there can bind no device of the host's: it must be able to make some. */
static int try_node(void)
{
	int dir = make_tmpfs(0);
	int r = dir < 0 ? dir : sys_mknodat(dir, "null", S_IFCHR | 0600, 1 << 8 | 3);

	ctr__fd_close(dir);
	return r;
}

static int make_with(int tree)
{
	static const struct ctr__step steps[] = {
		{ .kind = CTR__STEP_RESET_SIGNALS, .modes = CTR__MODE_TEMPLATE },
		{ .kind = CTR__STEP_NO_CORE_DUMP, .modes = CTR__MODE_TEMPLATE },
		{ .kind = CTR__STEP_PROPAGATION,
		  .modes = CTR__MODE_TEMPLATE,
		  .flags = { .target = "/", .propagation = MS_PRIVATE, .recursive = true } },
		{ .kind = CTR__STEP_KEEP_TEMPLATE, .modes = CTR__MODE_TEMPLATE },
		{ .kind = CTR__STEP_ROOT, .modes = CTR__MODE_TEMPLATE, .bind = { .tree = 1 } },
		{ .kind = CTR__STEP_PIVOT_ROOT, .modes = CTR__MODE_TEMPLATE },
	};
	struct ctr__outcome outcome;
	struct ctr__launch l;
	int fd, r;

	ctr__launch_init(&l, steps, sizeof(steps) / sizeof(steps[0]), CTR__MODE_TEMPLATE);
	l.namespaces = CLONE_NEWNS;
	l.trees = &tree;
	l.n_trees = 1;
	l.share_memory = true;
	l.timeout_ms = TIMEOUT_MS;
	r = ctr__keep(&l, &fd, 1, &outcome);
	ctr__fd_close(outcome.left);
	return r < 0 ? r : fd;
}

static int make(void)
{
	int tree, r = try_node();

	if (r < 0)
		return r;
	tree = make_tmpfs(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV);
	r = tree < 0 ? tree : make_with(tree);
	ctr__fd_close(tree);
	return r;
}

static bool is_kept(uint64_t owner)
{
	uint64_t inode;

	return kept.maker == ctr__maker() && kept.owner == owner &&
	       inode_of(kept.fd, "", &inode) == 0 && inode == kept.inode;
}

static int get(uint64_t owner)
{
	int fd, r;

	if (is_kept(owner))
		return kept.fd;
	fd = make();
	if (fd < 0)
		return fd;
	r = inode_of(fd, "", &kept.inode);
	if (r < 0) {
		sys_close(fd);
		return r;
	}
	/* What an earlier one was is not closed: by now the number may be another file's. */
	kept.fd = fd;
	kept.owner = owner;
	kept.maker = ctr__maker();
	return fd;
}

int ctr__blank(void)
{
	uint64_t owner;
	int r;

	if (!ctr__launch_can_share()) /* valgrind, or a processor without it */
		return -ENOSYS;
	r = inode_of(AT_FDCWD, "/proc/self/ns/user", &owner);
	if (r < 0)
		return r;
	pthread_mutex_lock(&kept.lock);
	r = get(owner);
	pthread_mutex_unlock(&kept.lock);
	return r;
}

static bool is_first(void)
{
	const unsigned maker = ctr__maker();
	bool first;

	pthread_mutex_lock(&kept.lock);
	first = kept.asked != maker;
	kept.asked = maker;
	pthread_mutex_unlock(&kept.lock);
	return first;
}

/* Making it takes longer than one container has of it. */
int ctr__blank_of_many(void)
{
	return is_first() ? -EAGAIN : ctr__blank();
}
