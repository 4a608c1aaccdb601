/* SPDX-License-Identifier: 0BSD */
/*
 * Runs a program as a judge or a CI runner does: "judge INPUT OUTPUT CMD [ARG...]"
 * gives it 1 s of CPU time, 3 s of wall time, 64 MiB of memory without swap, 16
 * processes and 1 MiB of output, and prints the verdict as JSON.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <minictr.h>
#include <stdio.h>
#include <sys/stat.h>

enum { MIB = 1 << 20, CPU_MS = 1000, WALL_MS = 3000, MEMORY = 64 * MIB, PIDS = 16, OUTPUT = MIB };

/* The exit status of judge itself: 0 for a verdict, 125 if there is none. */
static int fail(const char *what, const ctr_error *err)
{
	fprintf(stderr, "judge: %s: %s\n", what, ctr_error_message(err));
	return 125;
}

static int set_limits(ctr_spec *spec, ctr_error *err)
{
	ctr_limits *limits = ctr_spec_get_limits(spec);

	if (ctr_limits_set_memory_max(limits, MEMORY, err) ||
	    ctr_limits_set_swap_max(limits, 0, err) || ctr_limits_set_pids_max(limits, PIDS, err))
		return -1;
	return ctr_spec_set_cpu_limit_ms(spec, CPU_MS, err) ||
	       ctr_spec_set_wall_limit_ms(spec, WALL_MS, err) ||
	       ctr_spec_set_output_limit(spec, OUTPUT, err) ||
	       ctr_spec_set_accounting(spec, 1, err);
}

/* Runs the program as nobody; of the caller's files it has only these two. */
static ctr_spec *make_spec(char **argv, int input, int output, ctr_error *err)
{
	ctr_spec *spec = ctr_spec_new(err);
	ctr_process *process = ctr_spec_get_process(spec);

	if (!spec || set_limits(spec, err) || ctr_process_set_user(process, 65534, 65534, err) ||
	    ctr_process_set_fd(process, 0, input, err) ||
	    ctr_process_set_fd(process, 1, output, err) ||
	    ctr_process_set_args(process, argv, err)) {
		ctr_spec_free(spec);
		return NULL;
	}
	return spec;
}

/* A program that ignores SIGXFSZ continues, and so does its parent: the size shows it. */
static const char *verdict(const ctr_container *c, int output)
{
	struct stat st;

	if (fstat(output, &st) == 0 && st.st_size >= OUTPUT)
		return "output_limit";
	return ctr_container_end_name(ctr_container_end(c));
}

static void print_verdict(const ctr_container *c, int output, const ctr_usage *usage)
{
	uint64_t value;

	printf("{\"verdict\":\"%s\",\"exit_code\":%d,\"signal\":%d", verdict(c, output),
	       ctr_container_exit_code(c), ctr_container_exit_signal(c));
	for (uint32_t what = 0; ctr_usage_name(what); what++)
		if (ctr_usage_get(usage, what, &value))
			printf(",\"%s\":%" PRIu64, ctr_usage_name(what), value);
	printf("}\n");
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return fprintf(stderr, "usage: judge INPUT OUTPUT CMD [ARG...]\n"), 2;
	ctr_error *err = ctr_error_new();
	int input = open(argv[1], O_RDONLY | O_CLOEXEC);
	int output = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (input < 0 || output < 0)
		return perror(input < 0 ? argv[1] : argv[2]), 125;
	ctr_spec *spec = make_spec(argv + 3, input, output, err);
	ctr_container *c = spec ? ctr_spawn(spec, err) : NULL;
	ctr_usage *usage = ctr_usage_new(err);
	if (!c || !usage || ctr_container_wait(c, -1, err) != 1 ||
	    ctr_container_stats(c, usage, err))
		return fail(argv[3], err);
	print_verdict(c, output, usage);
	ctr_usage_free(usage);
	ctr_container_free(c);
	ctr_spec_free(spec);
	ctr_error_free(err);
	return 0;
}
