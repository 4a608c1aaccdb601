/* SPDX-License-Identifier: MIT */
/* A host program that makes it hard: it is the same after its containers as before. */
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "support/leak.h"
#include "support/suite.h"
#include "support/world.h"

#define TICKERS 50
#define SPAWNERS 8
#define CONTAINERS 64
#define RESIDENT (2ul << 30) /* less for fork(2), which copies the tables of all of it */
#define DEADLINE_S 60

static int fork_child_mode; /* CTR_CHILD_AUTO or CTR_CHILD_FORK */

static void check(int r, const ctr_error *err)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

/* ---- threads that do something else meanwhile ---- */

static atomic_ulong ticks[TICKERS];
static atomic_bool stop;

static void *tick(void *own)
{
	atomic_ulong *count = own;

	while (!atomic_load(&stop)) {
		atomic_fetch_add(count, 1);
		usleep(1000);
	}
	return NULL;
}

static bool all_have_ticked_since(const unsigned long *then)
{
	for (int i = 0; i < TICKERS; i++)
		if (atomic_load(&ticks[i]) == then[i])
			return false;
	return true;
}

/* None of them waits for what a spawn may have left locked, stopped or blocked. */
static void expect_ticking(void)
{
	unsigned long then[TICKERS];
	const time_t began = time(NULL);

	for (int i = 0; i < TICKERS; i++)
		then[i] = atomic_load(&ticks[i]);
	while (!all_have_ticked_since(then)) {
		ck_assert_msg(time(NULL) - began < DEADLINE_S, "a thread has stalled");
		usleep(1000);
	}
}

/* ---- the containers ---- */

static ctr_container *containers[CONTAINERS];
static ctr_spec *spec;
static atomic_int failures;

static void *spawn_some(void *first)
{
	ctr_error *err = ctr_error_new();

	for (int i = *(int *)first; i < CONTAINERS; i += SPAWNERS) {
		ctr_spec *own = ctr_spec_clone(spec, err); /* specs are for one thread at a time */

		containers[i] = own ? ctr_spawn(own, err) : NULL;
		if (!containers[i]) {
			fprintf(stderr, "%s\n", ctr_error_message(err));
			atomic_fetch_add(&failures, 1);
		}
		ctr_spec_free(own);
	}
	ctr_error_free(err);
	return NULL;
}

/* They read until the pipe's other end is closed: so all of them run at once. */
static ctr_spec *new_spec(int input, ctr_error *err)
{
	ctr_spec *s = suite_spec(NULL, "sh", "-c", "read -r line; exit 5", NULL);

	check(ctr_spec_set_fd(s, 0, input, err), err);
	check(ctr_spec_set_user(s, 1000, 1000, err), err);
	check(ctr_limits_set_pids_max(ctr_spec_get_limits(s), 10, err), err);
	check(ctr_spec_set_child(s, fork_child_mode, err), err);
	/* Their parents, as the kernel sees it, are threads that end before them. */
	check(ctr_spec_set_die_with_parent(s, 0, err), err);
	return s;
}

static void spawn_all_at_once(void)
{
	pthread_t threads[SPAWNERS];
	int first[SPAWNERS];

	for (int i = 0; i < SPAWNERS; i++) {
		first[i] = i;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, spawn_some, &first[i]), 0);
	}
	for (int i = 0; i < SPAWNERS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	ck_assert_int_eq(atomic_load(&failures), 0);
}

static void expect_all_running(ctr_error *err)
{
	for (int i = 0; i < CONTAINERS; i++)
		ck_assert_int_eq(ctr_container_wait(containers[i], 0, err), 0);
}

static void expect_all_end(ctr_error *err)
{
	for (int i = 0; i < CONTAINERS; i++) {
		ck_assert_msg(ctr_container_wait(containers[i], -1, err) == 1, "%s",
			      ctr_error_message(err));
		ck_assert_int_eq(ctr_container_exit_code(containers[i]), 5);
		ctr_container_free(containers[i]);
	}
}

/* ---- the host ---- */

static atomic_int children_reported;

static void on_child(int sig)
{
	(void)sig;
	atomic_fetch_add(&children_reported, 1);
}

static void become_difficult(void)
{
	static const gid_t groups[] = { 4, 1000, 70000 };
	struct sigaction action = { .sa_handler = on_child, .sa_flags = SA_RESTART };
	sigset_t blocked;
	const size_t size = fork_child_mode == CTR_CHILD_FORK ? RESIDENT / 8 : RESIDENT;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	ck_assert_ptr_ne(memory, MAP_FAILED);
	memory[size - 1] = 1;
	ck_assert_int_eq(sigaction(SIGCHLD, &action, NULL), 0);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGRTMIN + 3);
	ck_assert_int_eq(sigprocmask(SIG_BLOCK, &blocked, NULL), 0);
	ck_assert_int_eq(setgroups(3, groups), 0);
	ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 0), 0);
}

static void start_ticking(pthread_t threads[TICKERS])
{
	for (int i = 0; i < TICKERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, tick, &ticks[i]), 0);
}

static void spawn_from_a_difficult_host(void)
{
	ctr_error *err = ctr_error_new();
	pthread_t tickers[TICKERS];
	char *before, *after, *difference;
	int pipe_ends[2];

	become_difficult();
	start_ticking(tickers);
	before = leak_snapshot();

	ck_assert_int_eq(pipe2(pipe_ends, O_CLOEXEC), 0);
	spec = new_spec(pipe_ends[0], err);
	close(pipe_ends[0]);
	spawn_all_at_once();
	expect_ticking();
	expect_all_running(err);
	close(pipe_ends[1]);
	expect_all_end(err);
	expect_ticking();
	ctr_spec_free(spec);
	ck_assert_int_gt(atomic_load(&children_reported), 0);

	after = leak_snapshot();
	difference = leak_difference(before, after);
	ck_assert_msg(!*difference, "the host has changed:\n%s", difference);
	free(before);
	free(after);
	free(difference);
	atomic_store(&stop, true);
	for (int i = 0; i < TICKERS; i++)
		ck_assert_int_eq(pthread_join(tickers[i], NULL), 0);
	ctr_error_free(err);
}

START_TEST(test_host__is_the_same_after_64_containers_at_once)
{
	suite_need_root();
	fork_child_mode = _i;
	suite_in_child(spawn_from_a_difficult_host);
}
END_TEST

/* ---- many in a row ---- */

static void spawn_in_a_row(int n, ctr_error *err)
{
	for (int i = 0; i < n; i++) {
		ctr_container *c = ctr_spawn(spec, err);

		ck_assert_msg(c && ctr_container_wait(c, -1, err) == 1, "%s",
			      ctr_error_message(err));
		ck_assert_int_eq(ctr_container_exit_code(c), 0);
		ctr_container_free(c);
	}
}

#define WARM_UP 250 /* until libcgroup and the C library keep what they keep once */
#define MEASURED 100

/* Less than a pointer for each: malloc(3)'s own caches come and go by some 100 bytes. */
START_TEST(test_host__keeps_no_memory_of_its_containers)
{
	ctr_error *err = ctr_error_new();
	size_t before;

	suite_need_root();
	spec = suite_spec(NULL, "true", NULL);
	check(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 10, err), err);
	check(ctr_spec_set_child(spec, _i, err), err);
	spawn_in_a_row(WARM_UP, err);
	before = mallinfo2().uordblks;
	spawn_in_a_row(MEASURED, err);
	ck_assert_uint_lt(mallinfo2().uordblks, before + MEASURED * sizeof(void *));
	ctr_spec_free(spec);
	ctr_error_free(err);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("host");
	TCase *tc = suite_case(s, "host");

	tcase_add_loop_test(tc, test_host__is_the_same_after_64_containers_at_once, 0, 2);
	tcase_add_loop_test(tc, test_host__keeps_no_memory_of_its_containers, 0, 2);
	return suite_run(s);
}
