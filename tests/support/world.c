/* SPDX-License-Identifier: MIT */
#include "support/world.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/sys.h"
#include "support/suite.h"

#define BUSYBOX "/bin/busybox"

char world_dir[PATH_MAX];
static char base_dir[PATH_MAX];

static void give_up(const char *what, const char *path)
{
	ck_abort_msg("world: %s %s: %s", what, path, strerror(errno));
}

/* Never into a mount: a bind left behind by a failed test shows files of the host's. */
static int open_here(int dir, const char *name)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS,
	};

	return sys_openat2(dir, name, &how);
}

static void remove_entry(int dir, const char *name);

static void remove_entries(int fd)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *e;

	if (!dir) {
		close(fd);
		return;
	}
	while ((e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			remove_entry(dirfd(dir), e->d_name);
	closedir(dir);
}

static void remove_entry(int dir, const char *name)
{
	int fd;

	if (unlinkat(dir, name, 0) == 0)
		return;
	fd = open_here(dir, name);
	if (fd < 0)
		return;
	remove_entries(fd);
	unlinkat(dir, name, AT_REMOVEDIR);
}

static void remove_tree(const char *path)
{
	char parent[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd;

	snprintf(parent, sizeof(parent), "%.*s", (int)(slash - path), path);
	fd = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	remove_entry(fd, slash + 1);
	close(fd);
}

static void make_unique(char *path)
{
	if (!mkdtemp(path) || chmod(path, 0755))
		give_up("make", path);
}

static const char *tmp_dir(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir ? dir : "/tmp";
}

static bool on_disk, mounted;

void world_use_disk(void)
{
	on_disk = true;
}

/*
 * A tmpfs can be bound with other owners since Linux 6.3, and has the extended attributes of
 * users since 6.6.
 */
static bool tmpfs_will_do(void)
{
	struct utsname name;
	int major, minor;

	return uname(&name) == 0 && sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
	       major * 100 + minor >= 606;
}

void world_begin(void)
{
	snprintf(base_dir, sizeof(base_dir), "%.2048s/minictr-test-XXXXXX", tmp_dir());
	if (!mkdtemp(base_dir) || chmod(base_dir, 0755)) {
		perror(base_dir);
		exit(EXIT_FAILURE);
	}
	mounted = !on_disk && !getenv("TMPDIR") && suite_has_own_mounts() && tmpfs_will_do() &&
		  mount("worlds", base_dir, "tmpfs", 0, "mode=0755") == 0;
}

void world_end(void)
{
	if (mounted)
		umount2(base_dir, MNT_DETACH);
	remove_tree(base_dir);
	base_dir[0] = '\0';
}

void world_make(void)
{
	snprintf(world_dir, sizeof(world_dir), "%.2048s/XXXXXX",
		 base_dir[0] ? base_dir : tmp_dir());
	make_unique(world_dir);
}

void world_remove(void)
{
	struct stat st;

	remove_tree(world_dir);
	ck_assert_msg(lstat(world_dir, &st) != 0, "%s can't be removed", world_dir);
	world_dir[0] = '\0';
}

static void place(char *to, size_t size, const char *path)
{
	size_t n = strlen(world_dir);
	int length;

	if (strncmp(path, world_dir, n) == 0 && (path[n] == '/' || path[n] == '\0'))
		length = snprintf(to, size, "%s", path);
	else
		length = snprintf(to, size, "%s/%s", world_dir, path + strspn(path, "/"));
	ck_assert_msg((size_t)length < size, "world: a path is too long");
}

static void placev(char *to, size_t size, const char *format, va_list args)
{
	char text[PATH_MAX];

	ck_assert_int_lt(vsnprintf(text, sizeof(text), format, args), PATH_MAX);
	place(to, size, text);
}

const char *world_path(const char *format, ...)
{
	static char paths[4][PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 4];
	va_list args;

	va_start(args, format);
	placev(path, PATH_MAX, format, args);
	va_end(args);
	return path;
}

/* Makes what is missing of the directories above the last component of path. */
static void make_parents(char *path)
{
	for (char *p = path + strlen(world_dir) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (mkdir(path, 0755) == 0)
			chmod(path, 0755); /* whatever the umask */
		else if (errno != EEXIST)
			give_up("make", path);
		*p = '/';
	}
}

static void make_directory(char *path)
{
	make_parents(path);
	if (mkdir(path, 0755) == 0)
		chmod(path, 0755);
	else if (errno != EEXIST)
		give_up("make", path);
}

void world_mkdir(const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;

	va_start(args, format);
	placev(path, sizeof(path), format, args);
	va_end(args);
	make_directory(path);
}

static int create(const char *path, mode_t mode)
{
	char full[PATH_MAX];
	int fd;

	place(full, sizeof(full), path);
	make_parents(full);
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || fchmod(fd, mode))
		give_up("write", full);
	return fd;
}

void world_write(const char *path, const char *text, mode_t mode)
{
	int fd = create(path, mode);
	size_t n = strlen(text);

	if (write(fd, text, n) != (ssize_t)n)
		give_up("write", path);
	close(fd);
}

void world_copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n;
	int out;

	if (in < 0 || fstat(in, &st))
		give_up("read", from);
	out = create(to, st.st_mode & 07777);
	while ((n = sendfile(out, in, NULL, 1 << 20)) > 0)
		;
	if (n < 0)
		give_up("copy", from);
	close(in);
	close(out);
}

/* As in Alpine: absolute links, and which directory has which. */
static const char *const bin[] = {
	"ash",	  "base64",   "cat",	  "chgrp",	"chmod", "chown",   "cp",     "date",
	"dd",	  "df",	      "dmesg",	  "echo",	"false", "fsync",   "getopt", "grep",
	"gunzip", "gzip",     "hostname", "kill",	"link",	 "ln",	    "ls",     "mkdir",
	"mknod",  "mktemp",   "mount",	  "mountpoint", "mv",	 "netstat", "nice",   "pidof",
	"ping",	  "printenv", "ps",	  "pwd",	"rm",	 "rmdir",   "sed",    "setpriv",
	"sh",	  "sleep",    "stat",	  "stty",	"sync",	 "tar",	    "touch",  "true",
	"umount", "uname",    "usleep",	  "watch",
};
static const char *const usr_bin[] = {
	"[",   "awk",	"basename", "cmp",  "cut",    "diff",	  "dirname",  "du",
	"env", "expr",	"find",	    "free", "head",   "id",	  "install",  "ipcs",
	"nc",  "nohup", "nproc",    "od",   "printf", "readlink", "realpath", "renice",
	"seq", "sort",	"tail",	    "tee",  "test",   "time",	  "timeout",  "tr",
	"tty", "uniq",	"uptime",   "wc",   "which",  "whoami",	  "xargs",    "yes",
};
static const char *const sbin[] = { "chroot", "ifconfig", "ip", "pivot_root", "route", "sysctl" };

static void link_applets(const char *root, const char *dir, const char *const *names, size_t n)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < n; i++) {
		place(path, sizeof(path), world_path("%s/%s/%s", root, dir, names[i]));
		if (symlink(BUSYBOX, path))
			give_up("link", path);
	}
}

#define LINK_APPLETS(root, dir, names)                                                             \
	link_applets(root, dir, names, sizeof(names) / sizeof((names)[0]))

static void write_accounts(const char *root)
{
	world_write(world_path("%s/etc/passwd", root),
		    "root:x:0:0:root:/root:/bin/sh\n"
		    "daemon:x:2:2:daemon:/sbin:/sbin/nologin\n"
		    "user:x:1000:1000:User:/home/user:/bin/sh\n"
		    "nobody:x:65534:65534:nobody:/:/sbin/nologin\n",
		    0644);
	world_write(world_path("%s/etc/group", root),
		    "root:x:0:root\ndaemon:x:2:\nuser:x:1000:\nnobody:x:65534:\n", 0644);
	world_write(world_path("%s/etc/hostname", root), "localhost\n", 0644);
	world_write(world_path("%s/etc/hosts", root), "127.0.0.1 localhost\n", 0644);
}

const char *world_rootfs(const char *name)
{
	static const char *const dirs[] = { "bin", "usr/bin", "sbin", "etc",  "proc",	   "dev",
					    "sys", "tmp",     "run",  "root", "home/user", "mnt" };
	char root[PATH_MAX];

	place(root, sizeof(root), name);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		world_mkdir("%s/%s", root, dirs[i]);
	if (chmod(world_path("%s/tmp", root), 01777) || chmod(world_path("%s/root", root), 0700) ||
	    chown(world_path("%s/home/user", root), 1000, 1000))
		give_up("set up", root);
	world_copy(BUSYBOX, world_path("%s" BUSYBOX, root));
	LINK_APPLETS(root, "bin", bin);
	LINK_APPLETS(root, "usr/bin", usr_bin);
	LINK_APPLETS(root, "sbin", sbin);
	write_accounts(root);
	return world_path("%s", root);
}

const char *world_read(const char *path)
{
	static char *text;
	static size_t room;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size = 0;
	ssize_t n = fd < 0 ? -1 : 1;

	while (n > 0) {
		if (room - size < 4096) {
			room += 65536;
			text = realloc(text, room);
			ck_assert_ptr_nonnull(text);
		}
		n = read(fd, text + size, room - size - 1);
		size += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return "";
	text[size] = '\0';
	return text;
}

int world_count(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	if (!dir)
		return -1;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}
