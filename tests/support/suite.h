/* SPDX-License-Identifier: MIT */
/* What every test program shares: its main function and its fixtures. */
#ifndef TESTS_SUPPORT_SUITE_H
#define TESTS_SUPPORT_SUITE_H

#include <check.h>
#include <minictr.h>
#include <stdbool.h>

/*
 * A test case with the world and the leak check around each test, and a time
 * limit that only a hang reaches.
 */
TCase *suite_case(Suite *suite, const char *name);

/*
 * Runs it, one forked process a test, as CK_RUN_CASE and friends say: main()'s
 * result. As root, in a mount namespace and a pids control group of the
 * program's own, so that what others do on the machine is not taken for a leak.
 */
int suite_run(Suite *suite);

/* Whether the mounts are the program's own, so that no other process can change them. */
bool suite_has_own_mounts(void);

/* Prints "SKIPPED: why" and ends the current test as passed: for what a machine lacks. */
void suite_skip(const char *why) __attribute__((noreturn));

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SUITE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SUITE_SANITIZED 1
#endif
#endif

/* suite_skip() in a build whose programs need libraries, and /proc for what they look at. */
void suite_need_plain_programs(void);

/* suite_skip() unless the effective user is root. */
void suite_need_root(void);

/* suite_skip() in a build that counts lines: programs write the counts when they end. */
void suite_need_no_counts(void);

/* suite_skip() under valgrind, which makes and answers some calls by itself: execveat(2) for one.
 */
void suite_need_real_exec(void);

/* suite_skip() under valgrind, which has a processor of its own. */
void suite_need_real_processor(void);

/* suite_skip() under valgrind, in which a host that is interrupted often gets nowhere. */
void suite_need_real_signals(void);

/*
 * Whether this kernel keeps the status of a child that somebody else has waited for: Linux
 * 6.15 and later do.
 */
bool suite_has_second_status(void);

/*
 * How often to do what is done n times: less often where that takes long, under valgrind
 * and by MINICTR_TEST_PERCENT in the environment; at least once.
 */
int suite_rounds(int n);

/* Whether that is so: for tests that have many cases instead of many rounds. */
bool suite_is_slow(void);

/* Whether less than a tenth of the rounds is done: for tests that have many cases of many kinds. */
bool suite_is_slowest(void);

/*
 * Runs a function in a forked child, for what must not happen to the process
 * of the test: unshare, chroot, other ids. A failed assertion in it fails the
 * test with its own message, and so does any end but its return.
 */
void suite_in_child(void (*function)(void));

/* The same in a new mount namespace, all mounts private; needs root. */
void suite_in_mounts(void (*function)(void));

/* Directory of the pids control group that the tests are in; "" if there is none. */
const char *suite_cgroup(void);

/* The same for each hierarchy that the tests have a group in; "" for none, NULL at the end. */
const char *suite_group(size_t index);

/*
 * A caller that is killed can't remove its control groups, and nobody else knows of them:
 * empty, they are the one thing that stays. Removes them, and says how many there were.
 */
int suite_remove_groups(void);

/* The error must be of this kind and its message must have these words in it. */
void suite_expect_error(const ctr_error *err, int code, const char *words);

/* What gives a container these descriptors, by target, and these arguments, or NULL. */
ctr_given *suite_given(const int *fds, size_t n, char *const *args);

/* ctr_spec with rootfs (NULL: default) and arguments up to NULL; fails the test on error. */
ctr_spec *suite_spec(const char *rootfs, const char *program, ...) __attribute__((sentinel));

/* Spawns, waits and frees; standard output and error in *output (to be freed) if it is not NULL,
 * else they are left alone. The exit code, or 128 + signal. Fails the test if it can't be spawned.
 */
int suite_run_spec(ctr_spec *spec, char **output);

/*
 * Runs a host program with the arguments up to NULL: its exit code or 128 +
 * signal, standard output and error in *output (to be freed) if not NULL.
 * input, or nothing if it is NULL, is its standard input.
 */
int suite_run_command(char *const argv[], const char *input, char **output);

#endif
