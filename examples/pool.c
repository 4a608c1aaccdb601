/* SPDX-License-Identifier: 0BSD */
/*
 * A judge that keeps 8 containers ready: "pool CMD [ARG...]" reads names of files, one in each
 * line, and runs CMD with each file as its input. It prints the result of each, and the time from
 * taking a container to its end.
 */
#include <fcntl.h>
#include <minictr.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { READY = 8, WALL_MS = 3000 };

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The exit status of pool itself: 0 if all were run, 125 if one could not be. */
static int fail(const char *what, const ctr_error *err)
{
	fprintf(stderr, "pool: %s: %s\n", what, ctr_error_message(err));
	return 125;
}

static ctr_plan *make_plan(char **argv, ctr_error *err)
{
	ctr_spec *spec = ctr_spec_new(err);
	ctr_plan *plan = NULL;

	if (spec && !ctr_process_set_args(ctr_spec_get_process(spec), argv, err) &&
	    !ctr_spec_set_wall_limit_ms(spec, WALL_MS, err))
		plan = ctr_plan_compile(spec, err);
	ctr_spec_free(spec);
	return plan;
}

/* While the program runs, another container is made ready in the place of the one taken. */
static int run(ctr_pool *pool, ctr_given *given, const char *name, ctr_error *err)
{
	const int input = open(name, O_RDONLY | O_CLOEXEC);
	const long began = now_us();
	ctr_container *c = NULL;
	int r = -1;

	if (ctr_given_set_fd(given, 0, input, err) == 0)
		c = ctr_pool_take(pool, given, err);
	if (c && ctr_pool_refill(pool, 1, err) >= 0 && ctr_container_wait(c, -1, err) == 1) {
		printf("%s: %s, exit code %d, %ld us\n", name,
		       ctr_container_end_name(ctr_container_end(c)), ctr_container_exit_code(c),
		       now_us() - began);
		r = 0;
	}
	ctr_container_free(c);
	if (input >= 0)
		close(input);
	return r;
}

static int run_all(ctr_pool *pool, ctr_given *given, ctr_error *err)
{
	char name[4096];

	while (fgets(name, sizeof(name), stdin)) {
		name[strcspn(name, "\n")] = '\0';
		if (run(pool, given, name, err))
			return fail(name, err);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return fprintf(stderr, "usage: pool CMD [ARG...]\n"), 2;
	ctr_error *err = ctr_error_new();
	ctr_plan *plan = make_plan(argv + 1, err);
	ctr_pool *pool = plan ? ctr_pool_new(plan, READY, err) : NULL;
	ctr_given *given = ctr_given_new(err);
	const int result = pool ? run_all(pool, given, err) : fail(argv[1], err);

	ctr_given_free(given);
	ctr_pool_free(pool);
	ctr_plan_free(plan);
	ctr_error_free(err);
	return result;
}
