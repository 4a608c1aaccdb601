/* SPDX-License-Identifier: MIT */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/strv.h"
#include "base/sys.h"
#include "jail/jail.h"
#include "jail/program.h"
#include "jail/script.h"

/* What execve(2) looks at: BINPRM_BUF_SIZE, linux/binfmts.h. */
#define HEADER_SIZE 256
#define INTERPRETERS_MAX 5 /* of scripts that are each other's: ELOOP above, execve(2) */

/* What is said about the path, as opposed to the state of the machine. */
static bool is_absent(int r)
{
	return r == -ENOENT || r == -ENOTDIR || r == -EACCES || r == -ELOOP || r == -EISDIR ||
	       r == -ENAMETOOLONG || r == -EOPNOTSUPP;
}

static int refuse_needed(const struct ctr__adding *a, const struct ctr__entry *needed_by,
			 const char *path, const char *what, int r)
{
	if (r == -ENOENT || r == -ENOTDIR)
		return ctr__error_set(a->err, CTR_E_NOT_EXECUTABLE, -r, "add the program",
				      needed_by->path, "it needs the %s %s, which is not there",
				      what, path);
	if (r == -EISDIR || r == -EOPNOTSUPP)
		return ctr__error_set(
			a->err, CTR_E_NOT_EXECUTABLE, EACCES, "add the program", needed_by->path,
			"it needs the %s %s, which is not a regular file", what, path);
	return ctr__error_sys(a->err, -r, "look at", path);
}

int ctr__needed_add(const struct ctr__adding *a, const struct ctr__entry *needed_by,
		    const char *path, const char *what, struct ctr__entry **entry)
{
	struct ctr__list *list = &a->jail->list;
	int r = ctr__list_add(list, path, entry);

	if (r == 0 && (*entry)->kind != CTR_JAIL_FILE)
		r = -EISDIR;
	if (is_absent(r) && a->lenient)
		r = ctr__list_add_missing(list, path, entry);
	if (r == 0)
		r = ctr__list_add_reason(list, *entry, needed_by, "%s", what);
	if (r < 0)
		return refuse_needed(a, needed_by, path, what, r);
	if ((*entry)->kind == CTR_JAIL_MISSING)
		*entry = NULL;
	return 0;
}

static int add_interpreter(const struct ctr__adding *a, const struct ctr__entry *script,
			   const char *path, const char *what)
{
	struct ctr__adding deeper = *a;
	struct ctr__entry *entry;

	if (path[0] != '/')
		return 0; /* from the working directory, which nobody knows */
	if (ctr__needed_add(a, script, path, what, &entry) < 0)
		return -1;
	return entry && ++deeper.depth < INTERPRETERS_MAX ? ctr__examine(&deeper, entry) : 0;
}

/* What env(1) is to look for. */
static int add_searched(const struct ctr__adding *a, const struct ctr__entry *script,
			const char *name)
{
	_cleanup_free_ char *path = NULL; /* one for each interpreter would fill the stack */

	if (strchr(name, '/'))
		return add_interpreter(a, script, name, "interpreter");
	path = malloc(PATH_MAX);
	if (!path)
		return ctr__error_nomem(a->err);
	if (ctr__program_search(a->search, name, path) == 0)
		return add_interpreter(a, script, path, "interpreter, by env");
	if (a->lenient)
		return 0;
	return ctr__error_set(a->err, CTR_E_NOT_EXECUTABLE, ENOENT, "add the program", script->path,
			      "its interpreter \"%s\" is in none of the directories of PATH, %s",
			      name, a->search);
}

static int examine_script(const struct ctr__adding *a, const struct ctr__entry *script,
			  char *header)
{
	struct ctr__script s;

	if (!ctr__script_parse(header, &s))
		return 0;
	if (add_interpreter(a, script, s.interpreter, "interpreter") < 0)
		return -1;
	return s.searched ? add_searched(a, script, s.searched) : 0;
}

/* The kernel would not execute it, so it is data: nobody asks that of a program. */
static int refuse_format(const struct ctr__adding *a, const struct ctr__entry *entry)
{
	if (a->lenient)
		return 0;
	return ctr__error_set(a->err, CTR_E_NOT_EXECUTABLE, ENOEXEC, "add the program", entry->path,
			      "it begins neither with \"#!\" nor as an ELF program");
}

static int examine_header(const struct ctr__adding *a, struct ctr__entry *entry, int fd)
{
	char header[HEADER_SIZE + 1];
	struct ctr__elf_kind kind;
	long n = sys_pread(fd, header, HEADER_SIZE, 0);

	if (n < 0)
		return ctr__error_sys(a->err, (int)-n, "read the file", entry->path);
	header[n] = '\0';
	if (n >= 2 && memcmp(header, "#!", 2) == 0)
		return entry->st.stx_mode & 0111 ? examine_script(a, entry, header) : 0;
	/* Object files and core dumps are ELF files too. */
	if (ctr__elf_read_kind(fd, &kind) == -ENOEXEC)
		return refuse_format(a, entry);
	return ctr__closure_add(a, entry);
}

int ctr__examine(const struct ctr__adding *a, struct ctr__entry *entry)
{
	_cleanup_fd_ int fd = -1;

	if (entry->kind != CTR_JAIL_FILE || (entry->examined && entry->lenient <= a->lenient))
		return 0;
	entry->examined = a->jail->list.call;
	entry->lenient = a->lenient;
	fd = sys_openat(AT_FDCWD, entry->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
	if (fd < 0)
		return ctr__error_sys(a->err, -fd, "read the file", entry->path);
	return examine_header(a, entry, fd);
}
