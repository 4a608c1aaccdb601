/* SPDX-License-Identifier: 0BSD */
/*
 * "03-time SECONDS CMD [ARG...]" executes CMD as if the machine had been started that many
 * seconds earlier. Offsets can be set only while the namespace has no process, so the program
 * does not use clone3(2): unshare(2) creates the namespace for later children only.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_offset(const char *seconds)
{
	int fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	int written = dprintf(fd, "boottime %s 0\n", seconds);
	close(fd);
	return written < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	int status;

	if (argc < 3)
		return fprintf(stderr, "usage: 03-time SECONDS CMD [ARG...]\n"), 2;
	if (unshare(CLONE_NEWTIME) || set_offset(argv[1]))
		return perror("time namespace"), 125;
	pid_t pid = fork();
	if (pid < 0)
		return perror("fork"), 125;
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		return perror(argv[2]), 127;
	}
	if (waitpid(pid, &status, 0) != pid)
		return perror("waitpid"), 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
