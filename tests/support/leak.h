/* SPDX-License-Identifier: MIT */
/*
 * What a test must leave as it found it: open descriptors, children, threads,
 * mounts, control groups, working directory, umask, signal mask and
 * dispositions, dumpable flag, ids, capabilities, resource limits, namespaces
 * and host name of the process.
 */
#ifndef TESTS_SUPPORT_LEAK_H
#define TESTS_SUPPORT_LEAK_H

/* Check fixtures: a suite adds both to each of its test cases. */
void leak_begin(void);
void leak_end(void); /* fails the test with a line for each difference */

/* The state now, one fact a line, for a test's own comparisons; to be freed. */
char *leak_snapshot(void);

/* The lines that only one of two snapshots has, "" if none; to be freed. */
char *leak_difference(const char *before, const char *after);

#endif
