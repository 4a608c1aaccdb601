/* SPDX-License-Identifier: MIT */
/* Times subjects in turn, in rounds of changing order, so that each meets the same weather. */
#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

struct subject {
	const char *name;
	void (*run)(void *data);	/* what is timed, */
	uint64_t (*sample)(void *data); /* or, if it is there, what times itself: nanoseconds */
	void *data;
	uint64_t *ns; /* measure()'s own */

	double median_us; /* filled by measure() */
};

uint64_t now_ns(void);

/*
 * Runs each a few times unmeasured and then so many rounds. Adds a line of JSON for each to the
 * file that BENCH_JSON in the environment names, with the program that BENCH_PROGRAM names;
 * report.py makes tables of them. Without that file it prints a table, with the ratio of each
 * to the first.
 */
void measure(const char *title, struct subject *subjects, size_t n, int rounds);

/* One more figure, with its bounds; 0: whether it is within them. */
int figure(const char *table, const char *name, double value, double at_least, double at_most);

#define NO_BOUND -1.0 /* at_most */

/* Ends the program with "bench: what: why". */
void die(const char *what, const char *why) __attribute__((noreturn));

#endif
