/* SPDX-License-Identifier: 0BSD */
/*
 * "02-pivot DIR CMD [ARG...]" creates a mount namespace, makes DIR its root, unmounts all other
 * mounts, and executes CMD there.
 */
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static int pivot(const char *dir)
{
	/* A copy of all mounts. Changes to it do not affect the host. */
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	/* The new root has to be a mount. */
	if (mount(dir, dir, NULL, MS_BIND | MS_REC, NULL) || chdir(dir))
		return -1;
	/* The old root ends up on top of the new one: no directory is needed for it. */
	if (syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH))
		return -1;
	return chdir("/");
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return fprintf(stderr, "usage: 02-pivot DIR CMD [ARG...]\n"), 2;
	if (pivot(argv[1]))
		return perror("02-pivot"), 125;
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
