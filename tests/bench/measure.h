/* SPDX-License-Identifier: MIT */
/* Times subjects in turn, in rounds of changing order, so that each meets the same weather. */
#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

struct subject {
	const char *name;
	void (*run)(void *data);
	void *data;
	uint64_t *ns; /* measure()'s own */

	double median_us; /* filled by measure() */
};

uint64_t now_ns(void);

/*
 * Runs each a few times unmeasured and then so many rounds. Prints a table with
 * each one's ratio to the first; adds a line of JSON for each to the file that
 * BENCH_JSON in the environment names.
 */
void measure(const char *title, struct subject *subjects, size_t n, int rounds);

/* One more figure, for that file alone. */
void note(const char *table, const char *name, const char *what, double value);

/* Ends the program with "bench: what: why". */
void die(const char *what, const char *why) __attribute__((noreturn));

#endif
