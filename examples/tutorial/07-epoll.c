/* SPDX-License-Identifier: 0BSD */
/*
 * "07-epoll CMD [ARG...]" runs CMD in a container for at most half a second, in an event loop
 * of epoll(7). The loop has three kinds of event: output, the end, and the time limit.
 */
#include <fcntl.h>
#include <minictr.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

static ctr_container *start(char **argv, int output, ctr_error *err)
{
	ctr_spec *spec = ctr_spec_new(err);
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_container *c;

	ctr_process_set_args(process, argv, err);
	ctr_process_set_fd(process, 1, output, err);
	ctr_spec_set_wall_limit_ms(spec, 500, err);
	c = ctr_spawn(spec, err);
	ctr_spec_free(spec);
	return c;
}

/* Forwards the available output. Returns 0 at its end. */
static int show(int output)
{
	char text[4096];
	ssize_t n = read(output, text, sizeof(text));

	return n > 0 && write(STDOUT_FILENO, text, (size_t)n) == n;
}

static int loop(ctr_container *c, int output, ctr_error *err)
{
	int fds[] = { output, ctr_container_event_fd(c, err) }, left = 2,
	    epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN };

	for (int i = 0; i < 2; i++) {
		event.data.fd = fds[i];
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event))
			return perror("epoll_ctl"), -1;
	}
	while (left > 0) {
		if (epoll_wait(epoll, &event, 1, -1) != 1)
			return perror("epoll_wait"), -1;
		if (event.data.fd == output && show(output))
			continue;
		/* It has ended, or its time is up. In that case it is killed, and will end soon. */
		if (event.data.fd != output && ctr_container_wait(c, 0, err) == 0)
			continue;
		epoll_ctl(epoll, EPOLL_CTL_DEL, event.data.fd, NULL);
		left--;
	}
	return ctr_container_wait(c, 0, err);
}

int main(int argc, char **argv)
{
	ctr_error *err = ctr_error_new();
	ctr_container *c;
	int ends[2];

	if (argc < 2 || pipe2(ends, O_CLOEXEC))
		return fprintf(stderr, "usage: 07-epoll CMD [ARG...]\n"), 2;
	c = start(argv + 1, ends[1], err);
	close(ends[1]); /* otherwise the output would never end */
	if (!c || loop(c, ends[0], err) != 1)
		return fprintf(stderr, "07-epoll: %s\n", ctr_error_message(err)), 125;
	printf("%s, exit code %d\n", ctr_container_end_name(ctr_container_end(c)),
	       ctr_container_exit_code(c));
	ctr_container_free(c);
	return 0;
}
