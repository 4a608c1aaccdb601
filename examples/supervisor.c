/* SPDX-License-Identifier: 0BSD */
/*
 * Runs 100 containers at a time from one poll loop, as a build system, a judge or
 * a test runner does. It compiles one plan and spawns it again and again. The
 * pidfd of a container becomes readable when the container has ended.
 */
#include <minictr.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT 100

static ctr_plan *compile(ctr_error *err)
{
	ctr_spec *spec = ctr_spec_new(err);
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_plan *plan;

	ctr_process_add_arg(process, "sh", err);
	ctr_process_add_arg(process, "-c", err);
	ctr_process_add_arg(process, "exit $(($(od -An -N1 -tu1 /dev/urandom) % 3))", err);
	plan = ctr_plan_compile(spec, err);
	ctr_spec_free(spec);
	return plan;
}

/* Returns the number of containers that were started. */
static int start(const ctr_plan *plan, ctr_container **running, struct pollfd *fds, ctr_error *err)
{
	for (int i = 0; i < COUNT; i++) {
		running[i] = ctr_plan_spawn(plan, err);
		if (!running[i])
			return i;
		fds[i].fd = ctr_container_pidfd(running[i]);
		fds[i].events = POLLIN;
	}
	return COUNT;
}

/* Collects the result of every container that has ended; returns their number. */
static int collect(ctr_container **running, struct pollfd *fds, int codes[256], ctr_error *err)
{
	int ended = 0;

	for (int i = 0; i < COUNT; i++) {
		if (!fds[i].revents || ctr_container_wait(running[i], 0, err) != 1)
			continue;
		codes[ctr_container_exit_code(running[i]) & 255]++;
		ctr_container_free(running[i]);
		running[i] = NULL;
		fds[i].fd = -1; /* poll(2) ignores it from now on */
		fds[i].revents = 0;
		ended++;
	}
	return ended;
}

int main(void)
{
	static ctr_container *running[COUNT];
	static struct pollfd fds[COUNT];
	ctr_error *err = ctr_error_new();
	ctr_plan *plan = compile(err);
	int codes[256] = { 0 };
	int left = plan ? start(plan, running, fds, err) : 0;

	if (left < COUNT) {
		fprintf(stderr, "supervisor: %s\n", ctr_error_message(err));
		return 125;
	}
	while (left > 0 && poll(fds, COUNT, -1) > 0)
		left -= collect(running, fds, codes, err);

	printf("%d containers: %d said 0, %d said 1, %d said 2\n", COUNT, codes[0], codes[1],
	       codes[2]);
	ctr_plan_free(plan);
	ctr_error_free(err);
	return codes[0] + codes[1] + codes[2] == COUNT ? 0 : 1;
}
