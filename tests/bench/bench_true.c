/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_true [time | wait]: what the benchmark spawns, a static program that ends without
 * delay. With "time" it writes when it ends, as now_ns() has it; with "wait" it never ends.
 */
#include <stdint.h>
#include <time.h>
#include <unistd.h>

static int tell_time(void)
{
	struct timespec t;
	uint64_t ns;

	clock_gettime(CLOCK_MONOTONIC, &t);
	ns = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	return write(1, &ns, sizeof(ns)) != sizeof(ns);
}

int main(int argc, char **argv)
{
	const char what = argc > 1 ? *argv[1] : '\0';

	while (what == 'w')
		pause();
	return what == 't' ? tell_time() : 0;
}
