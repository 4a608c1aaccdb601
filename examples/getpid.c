/* SPDX-License-Identifier: 0BSD */
/*
 * Makes a system call by its number, without the C library's function for it. The result is the
 * same as that of getpid(2). As process 1 of a PID namespace, the program prints 1.
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	long raw = syscall(SYS_getpid);

	printf("process id: %ld (system call %d), getpid() says %d\n", raw, SYS_getpid, getpid());
	return raw == getpid() ? 0 : 1;
}
