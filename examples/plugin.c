/* SPDX-License-Identifier: 0BSD */
/*
 * "plugin PROGRAM [ARG...]" runs an untrusted plugin. Its only connection to the host is one
 * end of a socket, as descriptor 3. Lines of standard input are sent to the plugin, and its
 * answers are printed. It sees the host's files read-only. It has no network, no capabilities
 * and no user id of the host, and it may run for ten seconds.
 */
#include <minictr.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { THEIR_END = 3, SECONDS = 10 };

static ctr_spec *make_spec(char **argv, int socket, ctr_error *err)
{
	ctr_spec *spec = ctr_spec_new(err);
	ctr_process *process = ctr_spec_get_process(spec);

	if (!spec || ctr_process_drop_cap(process, "ALL", err) ||
	    ctr_spec_set_namespace(spec, CTR_NS_USER, CTR_NS_MODE_NEW, err) ||
	    ctr_process_set_fd(process, 0, -1, err) || ctr_process_set_fd(process, 1, -1, err) ||
	    ctr_process_set_fd(process, THEIR_END, socket, err) ||
	    ctr_process_set_args(process, argv, err) ||
	    ctr_spec_set_wall_limit_ms(spec, SECONDS * 1000, err)) {
		ctr_spec_free(spec);
		return NULL;
	}
	return spec;
}

/* Sends one line and reads one answer, until either side has no more. */
static void talk(int socket)
{
	char line[1024];
	ssize_t n;

	while (fgets(line, sizeof(line), stdin)) {
		if (send(socket, line, strlen(line), MSG_NOSIGNAL) < 0)
			return;
		n = read(socket, line, sizeof(line));
		if (n <= 0)
			return;
		fwrite(line, 1, (size_t)n, stdout);
	}
}

int main(int argc, char **argv)
{
	ctr_error *err = ctr_error_new();
	ctr_container *c = NULL;
	ctr_spec *spec;
	int ends[2];

	if (argc < 2)
		return fprintf(stderr, "usage: plugin PROGRAM [ARG...]\n"), 2;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return perror("socketpair"), 125;
	spec = make_spec(argv + 1, ends[1], err);
	if (spec)
		c = ctr_spawn(spec, err);
	ctr_spec_free(spec); /* this also closes its copy of the plugin's end */
	close(ends[1]);
	if (!c)
		return fprintf(stderr, "plugin: %s\n", ctr_error_message(err)), 125;
	talk(ends[0]);
	close(ends[0]);
	if (ctr_container_wait(c, -1, err) != 1)
		return fprintf(stderr, "plugin: %s\n", ctr_error_message(err)), 125;
	printf("plugin: %s\n", ctr_container_end_name(ctr_container_end(c)));
	ctr_container_free(c);
	ctr_error_free(err);
	return 0;
}
