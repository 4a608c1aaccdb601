/* SPDX-License-Identifier: MIT */
#include "bench/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define WARM_UP 10

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void note(const char *table, const char *name, const char *what, double value)
{
	const char *path = getenv("BENCH_JSON");
	FILE *json = path ? fopen(path, "a") : NULL;

	if (!json)
		return;
	fprintf(json, "{\"table\":\"%s\",\"name\":\"%s\",\"%s\":%.4f}\n", table, name, what, value);
	fclose(json);
}

void die(const char *what, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", what, why);
	exit(1);
}

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double percentile_us(const struct subject *s, int rounds, int percent)
{
	return (double)s->ns[(long)rounds * percent / 100] / 1000;
}

static void print(const char *title, const struct subject *subjects, size_t n, int rounds)
{
	const char *path = getenv("BENCH_JSON");
	FILE *json = path ? fopen(path, "a") : NULL;
	const double first = subjects[0].median_us;

	printf("\n%-40s %10s %10s %8s\n", title, "median us", "p99 us", "ratio");
	for (size_t k = 0; k < n; k++) {
		const double median = subjects[k].median_us;
		const double p99 = percentile_us(&subjects[k], rounds, 99);

		printf("  %-38s %10.0f %10.0f %8.2f\n", subjects[k].name, median, p99,
		       median / first);
		if (json)
			fprintf(json,
				"{\"table\":\"%s\",\"name\":\"%s\",\"median_us\":%.1f,\"p99_us\":%."
				"1f,"
				"\"ratio\":%.3f,\"rounds\":%d}\n",
				title, subjects[k].name, median, p99, median / first, rounds);
	}
	fflush(stdout);
	if (json)
		fclose(json);
}

/* What one leaves to be done later must not fall on the same one each time. */
static void shuffle(size_t *order, size_t n)
{
	for (size_t i = n - 1; i > 0; i--) {
		const size_t other = (size_t)rand() % (i + 1), kept = order[i];

		order[i] = order[other];
		order[other] = kept;
	}
}

static void run_rounds(struct subject *subjects, size_t *order, size_t n, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		shuffle(order, n);
		for (size_t k = 0; k < n; k++) {
			struct subject *s = &subjects[order[k]];
			const uint64_t began = now_ns();

			s->run(s->data);
			s->ns[i] = now_ns() - began;
		}
	}
}

void measure(const char *title, struct subject *subjects, size_t n, int rounds)
{
	size_t *order = calloc(n, sizeof(*order));

	if (!order)
		die(title, "out of memory");
	for (size_t k = 0; k < n; k++) {
		order[k] = k;
		subjects[k].ns = calloc((size_t)rounds, sizeof(uint64_t));
		if (!subjects[k].ns)
			die(title, "out of memory");
		for (int i = 0; i < WARM_UP && i < rounds; i++)
			subjects[k].run(subjects[k].data);
	}
	run_rounds(subjects, order, n, rounds);
	for (size_t k = 0; k < n; k++) {
		qsort(subjects[k].ns, (size_t)rounds, sizeof(uint64_t), by_value);
		subjects[k].median_us = percentile_us(&subjects[k], rounds, 50);
	}
	print(title, subjects, n, rounds);
	for (size_t k = 0; k < n; k++)
		free(subjects[k].ns);
	free(order);
}
