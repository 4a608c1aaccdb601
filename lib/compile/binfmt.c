/* SPDX-License-Identifier: MIT */
#include "compile/binfmt.h"

#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/dirent.h"
#include "base/sys.h"

/* A handler has a file, and so has the whole; what can't be read is not judged. */
static bool is_enabled(int dir, const char *name)
{
	char text[16];

	return ctr__fd_read_file(dir, name, text, sizeof(text)) < 0 ||
	       strncmp(text, "enabled", 7) == 0;
}

/* All other names are those of handlers. */
static bool is_handler(const char *name)
{
	static const char *const others[] = { ".", "..", "register", "status" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(name, others[i]) == 0)
			return false;
	return true;
}

static bool has_handler_in(int dir, const char *records, long n)
{
	const struct ctr__dirent *r;

	for (long at = 0; at < n; at += r->length) {
		r = ctr__dirent_at(records, at);
		if (is_handler(r->name) && is_enabled(dir, r->name))
			return true;
	}
	return false;
}

bool ctr__binfmt_has_handler(void)
{
	_Alignas(struct ctr__dirent) char room[1024];
	_cleanup_fd_ int dir = sys_openat(AT_FDCWD, "/proc/sys/fs/binfmt_misc",
					  O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	bool found = false;
	long n;

	if (dir < 0 || !is_enabled(dir, "status"))
		return false;
	while (!found && (n = sys_getdents64(dir, room, sizeof(room))) > 0)
		found = has_handler_in(dir, room, n);
	return found;
}
