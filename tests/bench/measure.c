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

/* Where lines of JSON go; NULL: nowhere. */
static FILE *open_json(void)
{
	const char *path = getenv("BENCH_JSON");

	return path ? fopen(path, "a") : NULL;
}

static const char *program(void)
{
	const char *name = getenv("BENCH_PROGRAM");

	return name ? name : "G";
}

int figure(const char *table, const char *name, double value, double at_least, double at_most)
{
	const int good = value >= at_least && (at_most < 0 || value <= at_most);
	FILE *json = open_json();

	if (!json) {
		printf("  %-38s %10.4f %10.4f %10.4f%s\n", name, value, at_least, at_most,
		       good ? "" : "  out of bounds");
		return !good;
	}
	fprintf(json,
		"{\"table\":\"%s\",\"program\":\"%s\",\"name\":\"%s\",\"value\":%.4f,"
		"\"at_least\":%.4f,\"at_most\":%.4f}\n",
		table, program(), name, value, at_least, at_most);
	fclose(json);
	return !good;
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

static void write_json(FILE *json, const char *title, const struct subject *subjects, size_t n,
		       int rounds)
{
	for (size_t k = 0; k < n; k++)
		fprintf(json,
			"{\"table\":\"%s\",\"program\":\"%s\",\"name\":\"%s\","
			"\"median_us\":%.1f,\"p99_us\":%.1f,\"ratio\":%.3f,\"rounds\":%d}\n",
			title, program(), subjects[k].name, subjects[k].median_us,
			percentile_us(&subjects[k], rounds, 99),
			subjects[k].median_us / subjects[0].median_us, rounds);
}

static void print(const char *title, const struct subject *subjects, size_t n, int rounds)
{
	printf("\n%-40s %10s %10s %8s\n", title, "median us", "p99 us", "ratio");
	for (size_t k = 0; k < n; k++)
		printf("  %-38s %10.0f %10.0f %8.2f\n", subjects[k].name, subjects[k].median_us,
		       percentile_us(&subjects[k], rounds, 99),
		       subjects[k].median_us / subjects[0].median_us);
	fflush(stdout);
}

static void report(const char *title, const struct subject *subjects, size_t n, int rounds)
{
	FILE *json = open_json();

	if (!json) {
		print(title, subjects, n, rounds);
		return;
	}
	write_json(json, title, subjects, n, rounds);
	fclose(json);
	fprintf(stderr, "measured: %s (%s)\n", title, program());
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

static uint64_t sample(const struct subject *s)
{
	const uint64_t began = now_ns();

	if (s->sample)
		return s->sample(s->data);
	s->run(s->data);
	return now_ns() - began;
}

static void run_rounds(struct subject *subjects, size_t *order, size_t n, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		shuffle(order, n);
		for (size_t k = 0; k < n; k++) {
			struct subject *s = &subjects[order[k]];

			s->ns[i] = sample(s);
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
			sample(&subjects[k]);
	}
	run_rounds(subjects, order, n, rounds);
	for (size_t k = 0; k < n; k++) {
		qsort(subjects[k].ns, (size_t)rounds, sizeof(uint64_t), by_value);
		subjects[k].median_us = percentile_us(&subjects[k], rounds, 50);
	}
	report(title, subjects, n, rounds);
	for (size_t k = 0; k < n; k++)
		free(subjects[k].ns);
	free(order);
}
