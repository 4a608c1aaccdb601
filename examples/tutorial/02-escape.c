/* SPDX-License-Identifier: 0BSD */
/*
 * "02-escape CMD [ARG...]" leaves the chroot that it runs in, if it is root there and the
 * root directory is that of a chroot, and executes CMD outside.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int escape(void)
{
	int jail = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (jail < 0 || (mkdir("/deeper", 0700) && errno != EEXIST))
		return -1;
	/* The root moves below the directory that is open, so that one is outside now. */
	if (chroot("/deeper") || fchdir(jail))
		return -1;
	/* ".." stops at the root of the process, which is not on this way up. */
	for (int i = 0; i < 1000; i++)
		if (chdir(".."))
			return -1;
	if (chroot("."))
		return -1;
	return unlinkat(jail, "deeper", AT_REMOVEDIR);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return fprintf(stderr, "usage: 02-escape CMD [ARG...]\n"), 2;
	if (escape())
		return perror("02-escape"), 125;
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
