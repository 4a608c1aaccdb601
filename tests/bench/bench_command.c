/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_command TITLE ROUNDS NAME COMMAND [ARGUMENT...] [';' NAME ...]
 *
 * What whole commands cost, in turn. "@" in an argument stands for a number
 * that is new each time, for commands that want a name. Each must succeed.
 * The command "ctr_spawn ROOT PROGRAM" is that call, in this process.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/measure.h"
#include "bench/spawn.h"

#define SUBJECTS_MAX 16
#define ARGUMENTS_MAX 4096

struct command {
	char *name;
	char **argv;
};

static void fill_numbers(char **from, char **to, char (*room)[64])
{
	static unsigned number;
	size_t i;

	number++;
	for (i = 0; from[i]; i++) {
		char *at = strchr(from[i], '@');

		to[i] = from[i];
		if (!at)
			continue;
		snprintf(*room, sizeof(*room), "%.*s%u-%d", (int)(at - from[i]), from[i], number,
			 (int)getpid());
		to[i] = *room++;
	}
	to[i] = NULL;
}

static void run(void *data)
{
	const struct command *c = data;
	static char *argv[ARGUMENTS_MAX];
	static char room[8][64];
	int status;
	pid_t pid;

	fill_numbers(c->argv, argv, room);
	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ))
		die(argv[0], "can't be executed");
	if (waitpid(pid, &status, 0) != pid || status != 0)
		die(c->name, "failed");
}

/* In the default container but for its network, of which many commands make none. */
static ctr_spec *make_call(const char *root, const char *program)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec = make_spec(root, program);

	if (ctr_spec_set_namespace(spec, CTR_NS_NET, CTR_NS_MODE_HOST, err))
		fail("spec", err);
	ctr_error_free(err);
	return spec;
}

static struct subject make_subject(struct command *c)
{
	if (c->argv[0] && strcmp(c->argv[0], "ctr_spawn") == 0 && c->argv[1] && c->argv[2])
		return (struct subject){ .name = c->name,
					 .run = run_spawn,
					 .data = make_call(c->argv[1], c->argv[2]) };
	return (struct subject){ .name = c->name, .run = run, .data = c };
}

int main(int argc, char **argv)
{
	static struct command commands[SUBJECTS_MAX];
	static struct subject subjects[SUBJECTS_MAX];
	size_t n = 0;

	for (int i = 3; i < argc && n < SUBJECTS_MAX; n++) {
		commands[n].name = argv[i++];
		commands[n].argv = &argv[i];
		while (i < argc && strcmp(argv[i], ";") != 0)
			i++;
		if (i < argc)
			argv[i++] = NULL;
		subjects[n] = make_subject(&commands[n]);
	}
	if (n == 0) {
		fprintf(stderr, "usage: bench_command TITLE ROUNDS NAME COMMAND... [';' ...]\n");
		return 2;
	}
	measure(argv[1], subjects, n, atoi(argv[2]));
	return 0;
}
