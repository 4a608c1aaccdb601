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

/* The default container, with or without an init, in the network of the host or its own. */
ctr_spec *make_full(const char *root, const char *program, int init, int network);

/* One more argument of the program. */
void add_argument(ctr_spec *spec, const char *argument);

ctr_plan *make_plan(const ctr_spec *spec);

/* Start a container and wait for its end, as run() of a subject. */
void run_spawn(void *spec);
void run_plan(void *plan);

/* What it is compared with: posix_spawn(3) and waitpid(2) of a program of the host, by its path. */
void run_posix_spawn(void *path);

#endif
