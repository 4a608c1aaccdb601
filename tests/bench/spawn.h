/* SPDX-License-Identifier: MIT */
/* What benchmarks of spawns have in common. */
#ifndef TESTS_BENCH_SPAWN_H
#define TESTS_BENCH_SPAWN_H

#include <minictr.h>

/* Each ends the program when it fails. */

void fail(const char *what, const ctr_error *err) __attribute__((noreturn));

/* A spec for the program in a root of its own. */
ctr_spec *make_spec(const char *root, const char *program);

/* As little isolation as the floor of bench_spawn has. */
void make_bare(ctr_spec *spec);

ctr_plan *make_plan(const ctr_spec *spec);

/* Start a container and wait for its end, as run() of a subject. */
void run_spawn(void *spec);
void run_plan(void *plan);

#endif
