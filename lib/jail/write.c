/* SPDX-License-Identifier: MIT */
/*
 * Writes a jail by descriptors: each path is resolved below the jail's directory, and each
 * file comes under its name in one step, so that a program that runs there meets it whole.
 */
#include <errno.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/dirent.h"
#include "base/error.h"
#include "base/export.h"
#include "base/path.h"
#include "base/sys.h"
#include "jail/jail.h"
#include "jail/lock.h"

/* What a file is called until it is whole; that of a writer who was killed is replaced. */
#define NEW_NAME ".minictr-jail-new"
#define CHUNK 65536
#define PERMISSIONS 07777u
#define SET_IDS (S_ISUID | S_ISGID)
#define FLAGS (CTR_JAIL_KEEP_SETID | CTR_JAIL_PUBLIC)
#define CAPABILITY "security.capability" /* capabilities(7) */
#define CAPABILITY_SIZE 64		 /* there are some 24 bytes */
#define OVERFLOW_ID 65534u		 /* /proc/sys/kernel/overflowuid, and overflowgid */

struct writing {
	int root;   /* the jail's directory */
	int parent; /* the directory that is written to */
	uint32_t how;
	bool keep_setid;
	uint32_t uid; /* whose files are that can't be given away */
	bool gives;   /* the others can */
	ctr_error *err;
};

/* What stands between us and an entry, by the errno that it gives. */
static int refuse(const struct writing *w, const struct ctr__entry *entry, int r, const char *step)
{
	switch (-r) {
	case EISDIR:
	case ENOTDIR:
	case EEXIST:
	case ENOTEMPTY:
	case ELOOP:
		return ctr__error_set(w->err, CTR_E_STATE, -r, step, entry->path,
				      "something of another kind is in its place, below the jail's "
				      "directory");
	case EXDEV:
		return ctr__error_set(w->err, CTR_E_UNSUPPORTED, EXDEV, step, entry->path,
				      "the jail is on another file system than this file, so there "
				      "can be no link to it: copy it");
	default:
		return ctr__jail_error(w->err, r, step, entry->path);
	}
}

static const char *name_of(const struct ctr__entry *entry)
{
	return strrchr(entry->path, '/') + 1;
}

/* The directory that the entry is in, which is on the list before it. */
static int open_parent(const struct writing *w, const struct ctr__entry *entry)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%.*s/", (int)(name_of(entry) - entry->path - 1), entry->path);
	return ctr__path_open_plain(w->root, path, O_PATH | O_DIRECTORY);
}

/* ---- owner, permissions, times ---- */

static bool same_time(const struct statx *a, const struct statx *b)
{
	return a->stx_mtime.tv_sec == b->stx_mtime.tv_sec &&
	       a->stx_mtime.tv_nsec == b->stx_mtime.tv_nsec;
}

/* Whether a user namespace may have no id for the owner of this one: all of those are shown by it.
 */
static bool is_unknown(uint32_t id)
{
	return id == OVERFLOW_ID;
}

/* What a copy shall have. Set-ID bits of a directory make nobody more than he is. */
static struct statx wanted_of(const struct writing *w, const struct ctr__entry *entry)
{
	struct statx st = entry->st;

	st.stx_mode = entry->mode;
	if (!w->keep_setid && entry->kind == CTR_JAIL_FILE)
		st.stx_mode &= (uint16_t)~SET_IDS;
	return st;
}

/* Of what is in the jail's directory already, or is made there. */
static bool has_capabilities(const struct writing *w, const char *name)
{
	char path[64 + NAME_MAX], value[CAPABILITY_SIZE];

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", w->parent, name);
	return sys_lgetxattr(path, CAPABILITY, value, sizeof(value)) > 0;
}

/* The same of the host's file: also if it can't be read. */
static bool hosts_has_capabilities(const struct ctr__entry *entry)
{
	_cleanup_fd_ int fd = ctr__entry_open(entry, O_RDONLY);
	char value[CAPABILITY_SIZE];

	return fd < 0 || sys_fgetxattr(fd, CAPABILITY, value, sizeof(value)) > 0;
}

static bool is_executable(const struct statx *st)
{
	return st->stx_mode & 0111;
}

/* A further name would keep what makes a program more than its caller: that is copied. */
static bool is_to_link(const struct writing *w, const struct ctr__entry *entry)
{
	if (w->how != CTR_JAIL_HARDLINK || w->keep_setid)
		return w->how == CTR_JAIL_HARDLINK;
	if (entry->st.stx_mode & SET_IDS)
		return false;
	return !is_executable(&entry->st) || !hosts_has_capabilities(entry);
}

/* As set_owner() leaves it for this caller. */
static bool same_owner(const struct writing *w, const struct statx *is, const struct statx *wanted)
{
	const unsigned mode = is->stx_mode & PERMISSIONS, all = wanted->stx_mode & PERMISSIONS;

	if (is->stx_uid == wanted->stx_uid && is->stx_gid == wanted->stx_gid)
		return mode == all;
	if (w->gives && !is_unknown(wanted->stx_uid) && !is_unknown(wanted->stx_gid))
		return false;
	return is->stx_uid == w->uid && mode == (all & ~SET_IDS);
}

/*
 * Set-ID bits are for the owner that the host chose: with another one they would give away
 * what is his.
 */
static int set_owner(int fd, const struct statx *st)
{
	mode_t mode = st->stx_mode & PERMISSIONS;
	int r = sys_fchownat(fd, "", st->stx_uid, st->stx_gid, AT_EMPTY_PATH);

	if (r == -EPERM || r == -EINVAL) /* EINVAL: no such id in our user namespace */
		mode &= ~(mode_t)SET_IDS;
	else if (r < 0)
		return r;
	return sys_fchmod(fd, mode);
}

static int set_time(int fd, const struct statx *st)
{
	const struct timespec times[2] = {
		{ .tv_nsec = UTIME_OMIT },
		{ .tv_sec = st->stx_mtime.tv_sec, .tv_nsec = st->stx_mtime.tv_nsec },
	};

	return sys_futimens(fd, times);
}

/* ---- files ---- */

/* The next bytes of both, size of them if there are so many. */
static int copy_by_hand(int from, int to, long size)
{
	_cleanup_free_ char *room = malloc(CHUNK);
	long n, done;

	if (!room)
		return -ENOMEM;
	for (n = 1; n > 0 && size > 0; size -= n) {
		n = sys_read(from, room, size < CHUNK ? (size_t)size : CHUNK);
		for (long at = 0; at < n; at += done) {
			done = sys_write(to, room + at, (size_t)(n - at));
			if (done < 0)
				return (int)done;
		}
	}
	return n < 0 ? (int)n : 0;
}

static bool can_not(long r)
{
	return r == -EXDEV || r == -EINVAL || r == -EOPNOTSUPP || r == -ENOTTY || r == -ENOSYS ||
	       r == -EPERM;
}

/* The next bytes of both, and no more: somebody may append meanwhile. */
static int copy_some(int from, int to, long size)
{
	long r = 1, at = 0;

	while (r > 0 && at < size) {
		r = sys_copy_file_range(from, to,
					(size_t)(size - at < INT_MAX ? size - at : INT_MAX));
		at += r > 0 ? r : 0;
	}
	if (r < 0 && can_not(r) && at == 0)
		return copy_by_hand(from, to, size);
	return r < 0 ? (int)r : 0;
}

/* Where data begins, and where it ends; all is data where the file system can't tell. */
static bool find_data(int from, long at, long size, long *start, long *end)
{
	*start = sys_lseek(from, at, SEEK_DATA);
	if (*start == -ENXIO || *start >= size)
		return false;
	if (*start < at)
		*start = at;
	*end = sys_lseek(from, *start, SEEK_HOLE);
	if (*end <= *start || *end > size)
		*end = size;
	return true;
}

static int copy_parts(int from, int to, long size)
{
	long r = 0;

	for (long at = 0, start, end; r == 0 && find_data(from, at, size, &start, &end); at = end) {
		r = sys_lseek(from, start, SEEK_SET);
		if (r >= 0)
			r = sys_lseek(to, start, SEEK_SET);
		if (r >= 0)
			r = copy_some(from, to, end - start);
	}
	return r < 0 ? (int)r : sys_ftruncate(to, size);
}

static int copy_data(const struct writing *w, const struct ctr__entry *entry, int from, int to)
{
	const long size = (long)entry->st.stx_size;
	int r = sys_ioctl(to, FICLONE, (void *)(long)from);

	if (r == 0 || w->how == CTR_JAIL_REFLINK)
		return r;
	if (entry->st.stx_blocks >= (entry->st.stx_size + 511) / 512)
		return copy_some(from, to, size);
	return copy_parts(from, to, size);
}

/* A change of the owner takes them, so they come after it; some callers may not set them. */
static int copy_capabilities(const struct writing *w, int from, int to)
{
	char value[CAPABILITY_SIZE];
	long n;
	int r;

	if (!w->keep_setid)
		return 0;
	n = sys_fgetxattr(from, CAPABILITY, value, sizeof(value));
	if (n <= 0)
		return 0;
	r = sys_fsetxattr(to, CAPABILITY, value, (size_t)n);
	return r == -EPERM || r == -EOPNOTSUPP ? 0 : r;
}

/* -ESTALE if it is not as it was when it was added. */
static int check_source(const struct ctr__entry *entry, int fd)
{
	const struct statx *was = &entry->st;
	struct statx is;
	int r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &is);

	if (r < 0)
		return r;
	if (same_time(&is, was) && is.stx_size == was->stx_size && is.stx_mode == was->stx_mode &&
	    is.stx_uid == was->stx_uid && is.stx_gid == was->stx_gid)
		return 0;
	return -ESTALE;
}

static int fill(const struct writing *w, const struct ctr__entry *entry, int from, int to)
{
	const struct statx wanted = wanted_of(w, entry);
	int r = copy_data(w, entry, from, to);

	if (r < 0 && w->how == CTR_JAIL_REFLINK && can_not(r))
		return ctr__error_set(
			w->err, CTR_E_UNSUPPORTED, -r, "share the blocks of", entry->path,
			"the two are not on one file system that supports this: copy it");
	if (r == 0)
		r = check_source(entry, from);
	if (r == 0)
		r = set_owner(to, &wanted);
	if (r == 0)
		r = copy_capabilities(w, from, to);
	if (r == 0)
		r = set_time(to, &wanted);
	return r < 0 ? refuse(w, entry, r, "copy the file") : 0;
}

/* The file that was looked at when it was added, and no other. */
static int open_source(const struct writing *w, const struct ctr__entry *entry)
{
	int fd = ctr__entry_open(entry, O_RDONLY);
	int r = fd < 0 ? fd : check_source(entry, fd);

	if (r == 0)
		return fd;
	ctr__fd_close(fd);
	return ctr__jail_error(w->err, r, "read the file", entry->path);
}

static int make_copy(const struct writing *w, const struct ctr__entry *entry)
{
	_cleanup_fd_ int from = open_source(w, entry);
	_cleanup_fd_ int to = -1;

	if (from < 0)
		return -1;
	to = sys_openat(w->parent, NEW_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
	if (to < 0)
		return ctr__error_sys(w->err, -to, "make the file", entry->path);
	return fill(w, entry, from, to);
}

/* A link to the file that is open has no way to lead to another one. */
static int make_hardlink(const struct writing *w, const struct ctr__entry *entry)
{
	_cleanup_fd_ int from = open_source(w, entry);
	char path[32];
	int r;

	if (from < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", from);
	r = sys_linkat(AT_FDCWD, path, w->parent, NEW_NAME, AT_SYMLINK_FOLLOW);
	if (r == -EPERM)
		return ctr__error_set(w->err, CTR_E_SYSTEM, EPERM, "link to the file", entry->path,
				      "users may only link to files that they own or could write: "
				      "see fs.protected_hardlinks in proc(5)");
	return r < 0 ? refuse(w, entry, r, "link to the file") : 0;
}

/*
 * What was made under the name for new ones, to be given its owner: a user that may write to the
 * directory may have put a further name of another file there. -EEXIST if that is so.
 */
static int open_new(const struct writing *w, mode_t type, unsigned device)
{
	_cleanup_fd_ int fd = ctr__path_open_plain(w->parent, NEW_NAME, O_PATH | O_NOFOLLOW);
	struct statx st;
	int r;

	if (fd < 0)
		return fd;
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);
	if (r < 0)
		return r;
	if ((st.stx_mode & S_IFMT) != type ||
	    makedev(st.stx_rdev_major, st.stx_rdev_minor) != device)
		return -EEXIST;
	return ctr__fd_take(&fd);
}

static int make_link(const struct writing *w, const struct ctr__entry *entry)
{
	_cleanup_fd_ int fd = -1;
	int r = sys_symlinkat(entry->target, w->parent, NEW_NAME);

	if (r == 0)
		r = fd = open_new(w, S_IFLNK, 0);
	if (r < 0)
		return refuse(w, entry, r, "make the link");
	/* Whose it is gives nobody anything, so it may fail. */
	sys_fchownat(fd, "", entry->st.stx_uid, entry->st.stx_gid, AT_EMPTY_PATH);
	return 0;
}

static int make_device(const struct writing *w, const struct ctr__entry *entry)
{
	const unsigned device =
		(unsigned)makedev(entry->st.stx_rdev_major, entry->st.stx_rdev_minor);
	_cleanup_fd_ int fd = -1;
	char path[32];
	int r = sys_mknodat(w->parent, NEW_NAME, S_IFCHR | 0600, device);

	if (r == -EPERM)
		return ctr__error_set(
			w->err, CTR_E_SYSTEM, EPERM, "make the device", entry->path,
			"that needs CAP_MKNOD in the first user namespace; a container "
			"has its own /dev");
	if (r == 0)
		r = fd = open_new(w, S_IFCHR, device);
	if (r >= 0)
		r = sys_fchownat(fd, "", entry->st.stx_uid, entry->st.stx_gid, AT_EMPTY_PATH);
	/* Opening a device for its descriptor would do what its driver does then. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (r == 0)
		r = sys_fchmodat(AT_FDCWD, path, entry->mode & PERMISSIONS);
	return r < 0 ? refuse(w, entry, r, "make the device") : 0;
}

/* ---- what is there already ---- */

static bool is_linked(const struct writing *w, const struct ctr__entry *entry)
{
	char target[PATH_MAX];
	long n = sys_readlinkat(w->parent, name_of(entry), target, sizeof(target));

	return n == (long)strlen(entry->target) && memcmp(target, entry->target, (size_t)n) == 0;
}

/* The host's own file where a part of the host is mounted, as opposed to a hard link to it. */
static bool is_mounted(const struct writing *w, const struct ctr__entry *entry,
		       const struct statx *st)
{
	struct statx ours, hosts;
	char path[PATH_MAX];

	if (st->stx_attributes & STATX_ATTR_MOUNT_ROOT)
		return true;
	snprintf(path, sizeof(path), "%.*s/", (int)(name_of(entry) - entry->path - 1), entry->path);
	return sys_statx(w->parent, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &ours) == 0 &&
	       sys_statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &hosts) == 0 &&
	       ctr__same_file(&ours, &hosts);
}

static bool same_capabilities(const struct writing *w, const struct ctr__entry *entry)
{
	const bool wanted = w->keep_setid && hosts_has_capabilities(entry);

	return has_capabilities(w, name_of(entry)) == wanted;
}

/* A file that is not the host's own. */
static bool is_copy(const struct writing *w, const struct ctr__entry *entry, const struct statx *st,
		    const struct statx *wanted)
{
	if (st->stx_size != wanted->stx_size || !same_time(st, wanted) ||
	    !same_owner(w, st, wanted))
		return false;
	return !is_executable(st) || same_capabilities(w, entry);
}

static bool is_there(const struct writing *w, const struct ctr__entry *entry)
{
	const struct statx all = wanted_of(w, entry), *wanted = &all;
	struct statx st;

	if (entry->kind == CTR_JAIL_LINK)
		return is_linked(w, entry);
	if (sys_statx(w->parent, name_of(entry), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &st) < 0 ||
	    (st.stx_mode & S_IFMT) != (wanted->stx_mode & S_IFMT))
		return false;
	if (entry->kind == CTR_JAIL_DEVICE)
		return st.stx_rdev_major == wanted->stx_rdev_major &&
		       st.stx_rdev_minor == wanted->stx_rdev_minor && same_owner(w, &st, wanted);
	if (ctr__same_file(&st, wanted))
		return is_to_link(w, entry) || is_mounted(w, entry, &st);
	return !is_to_link(w, entry) && is_copy(w, entry, &st, wanted);
}

static int make_new(const struct writing *w, const struct ctr__entry *entry)
{
	if (entry->kind == CTR_JAIL_LINK)
		return make_link(w, entry);
	if (entry->kind == CTR_JAIL_DEVICE)
		return make_device(w, entry);
	return is_to_link(w, entry) ? make_hardlink(w, entry) : make_copy(w, entry);
}

static int replace(const struct writing *w, struct ctr__entry *entry)
{
	int r;

	if (is_there(w, entry)) {
		entry->state = CTR_JAIL_UP_TO_DATE;
		return 0;
	}
	sys_unlinkat(w->parent, NEW_NAME, 0);
	r = make_new(w, entry);
	if (r == 0) {
		r = sys_renameat(w->parent, NEW_NAME, w->parent, name_of(entry));
		r = r < 0 ? refuse(w, entry, r, "put in its place") : 0;
	}
	if (r < 0)
		sys_unlinkat(w->parent, NEW_NAME, 0);
	else
		entry->state = CTR_JAIL_WRITTEN;
	return r;
}

/* ---- directories ---- */

/* 0, or -EEXIST for one that is not. */
static int check_empty(int fd)
{
	_Alignas(struct ctr__dirent) char room[512];
	long n = sys_getdents64(fd, room, sizeof(room));

	for (long at = 0; at < n; at += ctr__dirent_at(room, at)->length)
		if (!ctr__is_dots(ctr__dirent_at(room, at)->name))
			return -EEXIST;
	return n < 0 ? (int)n : 0;
}

/*
 * The directory that has just been made: a user that may write to the one above it may have put
 * another in its place, which must not be given to him. An empty one of ours is as good.
 */
static int open_made(const struct writing *w, struct ctr__entry *entry)
{
	_cleanup_fd_ int fd =
		ctr__path_open_plain(w->parent, name_of(entry), O_RDONLY | O_DIRECTORY);
	struct statx st;
	int r;

	if (fd < 0)
		return fd;
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);
	if (r == 0 && (st.stx_uid != w->uid || st.stx_mode & 077))
		r = -EEXIST;
	if (r == 0)
		r = check_empty(fd);
	if (r < 0)
		return r;
	entry->made = ctr__file_id_of(&st);
	return ctr__fd_take(&fd);
}

/* Its owner must be able to fill it first: see restrict_directory(). */
static int make_directory(const struct writing *w, struct ctr__entry *entry)
{
	struct statx st = wanted_of(w, entry);
	_cleanup_fd_ int fd = -1;
	int r = sys_mkdirat(w->parent, name_of(entry), 0700);

	if (r == 0)
		r = fd = open_made(w, entry);
	st.stx_mode |= 0700;
	if (r >= 0)
		r = set_owner(fd, &st);
	return r < 0 ? refuse(w, entry, r, "make the directory") : 0;
}

/* -EPERM for somebody else's, who would read there what the host's does not show to him. */
static int check_owner(const struct writing *w, const struct ctr__entry *entry, int fd)
{
	struct statx st;
	int r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);

	if (r < 0 || st.stx_uid == 0 || st.stx_uid == w->uid || st.stx_uid == entry->st.stx_uid)
		return r;
	return -EPERM;
}

/* One that is there stays as it is: it may be the user's own. */
static int write_directory(const struct writing *w, struct ctr__entry *entry)
{
	_cleanup_fd_ int fd = ctr__path_open_plain(w->root, entry->path, O_PATH | O_DIRECTORY);
	const int r = fd < 0 ? fd : check_owner(w, entry, fd);

	if (fd >= 0 && r == -EPERM)
		return ctr__error_set(w->err, CTR_E_STATE, EPERM, "write to the directory",
				      entry->path,
				      "in the jail it belongs to another user than on the host");
	if (r == 0) {
		entry->state = CTR_JAIL_UP_TO_DATE;
		return 0;
	}
	if (r != -ENOENT)
		return refuse(w, entry, r, "make the directory");
	if (make_directory(w, entry) < 0)
		return -1;
	entry->state = CTR_JAIL_WRITTEN;
	return 0;
}

/* The one that was made, whatever has its name by now. */
static int open_written(const struct writing *w, const struct ctr__entry *entry)
{
	_cleanup_fd_ int fd = ctr__path_open_plain(w->root, entry->path, O_RDONLY | O_DIRECTORY);
	struct ctr__file_id id;
	struct statx st;
	int r;

	if (fd < 0)
		return fd;
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);
	id = ctr__file_id_of(&st);
	if (r == 0 && !ctr__file_id_equal(&id, &entry->made))
		r = -EEXIST;
	return r < 0 ? r : ctr__fd_take(&fd);
}

static int restrict_directory(const struct writing *w, const struct ctr__entry *entry)
{
	const struct statx wanted = wanted_of(w, entry);
	_cleanup_fd_ int fd = -1;
	int r;

	if (entry->kind != CTR_JAIL_DIRECTORY || entry->state != CTR_JAIL_WRITTEN ||
	    (entry->st.stx_mode & 0700) == 0700)
		return 0;
	r = fd = open_written(w, entry);
	if (fd >= 0)
		r = set_owner(fd, &wanted);
	return r < 0 ? refuse(w, entry, r, "set the permissions of") : 0;
}

/* ---- all of it ---- */

static int write_entry(struct writing *w, struct ctr__entry *entry)
{
	_cleanup_fd_ int parent = -1;

	if (entry->kind == CTR_JAIL_MISSING || entry->kind == CTR_JAIL_LEFT_OUT)
		return 0;
	parent = open_parent(w, entry);
	if (parent < 0)
		return refuse(w, entry, parent, "open the directory of");
	w->parent = parent;
	return entry->kind == CTR_JAIL_DIRECTORY ? write_directory(w, entry) : replace(w, entry);
}

static int write_all(struct writing *w, const struct ctr__list *list)
{
	for (size_t i = 0; i < list->n; i++)
		list->entries[i]->state = CTR_JAIL_UNTOUCHED;
	for (size_t i = 0; i < list->n; i++)
		if (write_entry(w, list->entries[i]) < 0)
			return -1;
	for (size_t i = list->n; i > 0; i--)
		if (restrict_directory(w, list->entries[i - 1]) < 0)
			return -1;
	return 0;
}

/* The host's own root would have its files replaced by themselves. */
static int check_root(const struct writing *w, const char *dir)
{
	struct statx ours, hosts;
	int r = sys_statx(w->root, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &ours);

	if (r == 0)
		r = sys_statx(AT_FDCWD, "/", 0, STATX_BASIC_STATS, &hosts);
	if (r < 0)
		return ctr__error_sys(w->err, -r, "look at the jail's directory", dir);
	if (!ctr__same_file(&ours, &hosts))
		return 0;
	return ctr__error_value(w->err, "jail directory", dir,
				"a directory other than the host's root");
}

/* A directory that was added whole would have, in the jail, the jail, and so on. */
static int check_inside(const struct writing *w, const struct ctr__list *list, const char *dir)
{
	struct statx ours;
	int r = sys_statx(w->root, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &ours);

	if (r < 0)
		return ctr__error_sys(w->err, -r, "look at the jail's directory", dir);
	for (size_t i = 0; i < list->n; i++)
		if (list->entries[i]->kind == CTR_JAIL_DIRECTORY &&
		    ctr__same_file(&list->entries[i]->st, &ours))
			return ctr__error_value(w->err, "jail directory", dir,
						"one that is not part of the jail itself");
	return 0;
}

static int open_root(struct writing *w, const char *dir, bool public)
{
	const mode_t mode = w->uid == 0 && !public ? 0700 : 0755;
	int r = sys_mkdirat(AT_FDCWD, dir, mode);

	if (r < 0 && r != -EEXIST)
		return ctr__error_sys(w->err, -r, "make the jail's directory", dir);
	w->root = sys_openat(AT_FDCWD, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (w->root < 0)
		return ctr__error_sys(w->err, -w->root, "open the jail's directory", dir);
	if (check_root(w, dir) < 0)
		return -1;
	return 0;
}

static int lock_root(const struct writing *w, struct ctr__lock *lock, const char *dir)
{
	struct statx st;
	int r = sys_statx(w->root, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);

	if (r == 0)
		r = ctr__lock_take(lock, w->root, &st);
	if (r == -EAGAIN)
		return ctr__error_set(w->err, CTR_E_STATE, EAGAIN, "lock the jail's directory", dir,
				      "another call is writing to it");
	return r < 0 ? ctr__error_sys(w->err, -r, "lock the jail's directory", dir) : 0;
}

CTR_EXPORT int ctr_jail_write(ctr_jail *jail, const char *dir, uint32_t how, ctr_error *err)
{
	struct writing w = {
		.root = -1,
		.how = how & ~(uint32_t)FLAGS,
		.keep_setid = how & CTR_JAIL_KEEP_SETID,
		.uid = geteuid(),
		.err = err,
	};
	struct ctr__lock lock = { .dir = -1, .fd = -1 };
	struct ctr__caps_sets caps;
	int r;

	if (!dir || !*dir)
		return ctr__error_value(err, "jail directory", dir, "a path");
	if (w.how > CTR_JAIL_HARDLINK)
		return ctr__error_number(err, "way to make files", how, "CTR_JAIL_COPY, ...");
	w.gives = sys_capget(&caps) == 0 && caps.effective & UINT64_C(1) << CAP_CHOWN;
	r = open_root(&w, dir, how & CTR_JAIL_PUBLIC);
	if (r == 0)
		r = lock_root(&w, &lock, dir);
	if (r == 0)
		r = check_inside(&w, &jail->list, dir);
	if (r == 0)
		r = write_all(&w, &jail->list);
	ctr__lock_release(&lock);
	ctr__fd_close(w.root);
	return r;
}
