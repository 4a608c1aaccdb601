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
#include "jail/reference.h"
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

int ctr__jail_error(ctr_error *err, int r, const char *step, const char *path)
{
	if (r == -ENOMEM)
		return ctr__error_nomem(err);
	if (r == -ESTALE)
		return ctr__error_set(err, CTR_E_STATE, 0, step, path,
				      "it has changed since it was read");
	return ctr__error_sys(err, -r, step, path);
}

static int refuse_needed(const struct ctr__adding *a, const struct ctr__entry *needed_by,
			 const char *path, const char *what, int r, const char *why)
{
	if (why)
		return ctr__error_set(a->err, CTR_E_NOT_EXECUTABLE, -r, "add the program",
				      needed_by->path, "it needs the %s %s, which is left out: %s",
				      what, path, why);
	if (r == -ENOENT || r == -ENOTDIR)
		return ctr__error_set(a->err, CTR_E_NOT_EXECUTABLE, -r, "add the program",
				      needed_by->path, "it needs the %s %s, which does not exist",
				      what, path);
	return ctr__jail_error(a->err, r, "look at", path);
}

int ctr__needed_add(const struct ctr__adding *a, const struct ctr__entry *needed_by,
		    const char *path, const char *what, struct ctr__entry **entry)
{
	struct ctr__list *list = &a->jail->list;
	const char *why;
	int r = ctr__reference_add(a, path, CTR__REFERENCE_PROGRAM, entry, &why);

	if (why && a->lenient) {
		*entry = NULL;
		return ctr__reference_leave_out(a, path, needed_by, why);
	}
	if (is_absent(r) && a->lenient)
		r = ctr__list_add_absent(list, path, CTR_JAIL_MISSING, entry);
	if (r == 0)
		r = ctr__list_add_reason(list, *entry, needed_by, "%s", what);
	if (r < 0)
		return refuse_needed(a, needed_by, path, what, r, why);
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
	struct ctr__adding named = *a;
	_cleanup_fd_ int fd = -1;
	bool guarded;

	if (entry->kind != CTR_JAIL_FILE)
		return 0;
	ctr__writers_add(&named.writers, &a->jail->list, entry);
	guarded = !ctr__writers_is_empty(&named.writers);
	if (entry->examined && entry->lenient <= a->lenient && entry->guarded <= guarded)
		return 0;
	entry->examined = a->jail->list.call;
	entry->lenient = a->lenient;
	entry->guarded = guarded;
	ctr__places_add_file(&a->jail->places);
	fd = ctr__entry_open(entry, O_RDONLY);
	if (fd < 0)
		return ctr__jail_error(a->err, fd, "read the file", entry->path);
	return examine_header(&named, entry, fd);
}
