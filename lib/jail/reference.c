/* SPDX-License-Identifier: MIT */
#include "jail/reference.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"

/* Why a path is not taken: what follows it is said by the callers. */
#define OF_KERNEL "it is a file of the kernel: below /proc, /sys or /dev"
#define NO_FILE "it is not a regular file"
#define NOT_PROGRAM "it is not an executable ELF file or script"
#define NOT_LIBRARY "it is not an ELF file"
#define UNREADABLE "it cannot be read"
#define NOT_THEIRS "a user with write access to the file that names it may not read it"

static bool is_below(const char *path, const char *dir)
{
	const size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static bool is_in_kernel_place(const char *path)
{
	return is_below(path, "/proc") || is_below(path, "/sys") || is_below(path, "/dev");
}

bool ctr__is_of_kernel(int fd)
{
	static const uint32_t magics[] = {
		PROC_SUPER_MAGIC,   SYSFS_MAGIC,    CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
		DEBUGFS_MAGIC,	    TRACEFS_MAGIC,  SECURITYFS_MAGIC,	SELINUX_MAGIC,
		DEVPTS_SUPER_MAGIC, PSTOREFS_MAGIC, EFIVARFS_MAGIC,	BINFMTFS_MAGIC,
		NSFS_MAGIC,	    BPF_FS_MAGIC,
	};
	struct statfs st;

	if (sys_fstatfs(fd, &st) < 0)
		return false;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if ((uint32_t)st.f_type == magics[i])
			return true;
	return false;
}

/* One refusal: nothing of the path stays on the list. */
static int refuse(int r, const char **why, const char *text)
{
	*why = text;
	return r;
}

static bool is_no_elf(long r)
{
	return r == -ENOEXEC || r == -EBADMSG;
}

static int check_program(const struct ctr__entry *entry, int fd, const char **why)
{
	struct ctr__elf_kind kind;
	char start[2];
	long n = ctr__elf_read_kind(fd, &kind);

	if (!(entry->st.stx_mode & 0111))
		return refuse(-EACCES, why, NOT_PROGRAM);
	if (!is_no_elf(n))
		return (int)n;
	n = sys_pread(fd, start, sizeof(start), 0);
	if (n < 0)
		return (int)n;
	if (n == (long)sizeof(start) && memcmp(start, "#!", sizeof(start)) == 0)
		return 0;
	return refuse(-EACCES, why, NOT_PROGRAM);
}

static int check_library(int fd, const char **why)
{
	struct ctr__elf_kind kind;
	int r = ctr__elf_read_kind(fd, &kind);

	return is_no_elf(r) ? refuse(-EACCES, why, NOT_LIBRARY) : r;
}

static int check_content(const struct ctr__entry *entry, enum ctr__reference what, const char **why)
{
	_cleanup_fd_ int fd = ctr__entry_open(entry, O_RDONLY);

	if (fd == -EACCES || fd == -EPERM)
		return refuse(fd, why, UNREADABLE);
	if (fd < 0)
		return fd;
	if (ctr__is_of_kernel(fd))
		return refuse(-EACCES, why, OF_KERNEL);
	switch (what) {
	case CTR__REFERENCE_PROGRAM:
		return check_program(entry, fd, why);
	case CTR__REFERENCE_LIBRARY:
		return check_library(fd, why);
	default:
		return 0;
	}
}

/* n: where what the path has brought begins. */
static int check(const struct ctr__adding *a, const struct ctr__entry *entry,
		 enum ctr__reference what, size_t n, const char **why)
{
	const struct ctr__list *list = &a->jail->list;

	for (size_t i = n; i < list->n; i++)
		if (is_in_kernel_place(list->entries[i]->path))
			return refuse(-EACCES, why, OF_KERNEL);
	if (entry->kind != CTR_JAIL_FILE)
		return refuse(-EISDIR, why, NO_FILE);
	if (!ctr__writers_can_reach(&a->writers, list, n))
		return refuse(-EACCES, why, NOT_THEIRS);
	/* What is on the list already has come in by another way. */
	if (n < list->n && !ctr__writers_can_read(&a->writers, list, entry))
		return refuse(-EACCES, why, NOT_THEIRS);
	return check_content(entry, what, why);
}

int ctr__reference_add(const struct ctr__adding *a, const char *path, enum ctr__reference what,
		       struct ctr__entry **entry, const char **why)
{
	struct ctr__list *list = &a->jail->list;
	const size_t n = list->n;
	int r = ctr__list_add(list, path, entry, NULL);

	*why = NULL;
	if (r == -EISDIR || r == -EOPNOTSUPP)
		r = refuse(r, why, NO_FILE);
	if (r == 0)
		r = check(a, *entry, what, n, why);
	if (r < 0)
		ctr__list_cut(list, n);
	return r;
}

/* A link may have been put there by somebody to be followed by another one. */
static int check_links(const struct ctr__adding *a, const struct ctr__entry *entry,
		       const struct ctr__links *links, size_t n, const char **why)
{
	const struct ctr__list *list = &a->jail->list;
	struct ctr__adding linked = *a;

	for (size_t i = 0; i < links->n; i++)
		ctr__writers_add(&linked.writers, list, links->followed[i]);
	if (ctr__writers_is_empty(&linked.writers))
		return 0;
	if (entry->kind == CTR_JAIL_DIRECTORY)
		return ctr__writers_own(&linked.writers, entry) ? 0
								: refuse(-EACCES, why, NOT_THEIRS);
	return check(&linked, entry, CTR__REFERENCE_FILE, n, why);
}

int ctr__reference_add_named(const struct ctr__adding *a, const char *path,
			     struct ctr__entry **entry, const char **why)
{
	struct ctr__list *list = &a->jail->list;
	const size_t n = list->n;
	struct ctr__links links;
	int r = ctr__list_add(list, path, entry, &links);

	*why = NULL;
	return r < 0 ? r : check_links(a, *entry, &links, n, why);
}

int ctr__reference_leave_out(const struct ctr__adding *a, const char *path,
			     const struct ctr__entry *needed_by, const char *why)
{
	struct ctr__list *list = &a->jail->list;
	struct ctr__entry *entry;

	if (ctr__list_add_absent(list, path, CTR_JAIL_LEFT_OUT, &entry) < 0 ||
	    ctr__list_add_reason(list, entry, needed_by, "%s", why) < 0)
		return ctr__error_nomem(a->err);
	return 0;
}
