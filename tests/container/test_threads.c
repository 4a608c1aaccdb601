/* SPDX-License-Identifier: MIT */
/*
 * What may run in other threads beside a wait that blocks. It is also built with
 * ThreadSanitizer: the preset tsan.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

/*
 * The library maps and unmaps memory by raw system calls, which ThreadSanitizer does not see: it
 * takes what one thread unmapped and another one got for the same memory.
 */
const char *__tsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void)
{
	return "race:room_make\n";
}

const char *__tsan_default_options(void);
__attribute__((visibility("default"))) const char *__tsan_default_options(void)
{
	return "halt_on_error=1";
}

#define THREADS 8
#define ROUNDS 20

static ctr_container *container;
static ctr_limits *limits;
static atomic_bool over;

static void make(void)
{
	suite_need_root();
	world_rootfs("root");
}

/* All that is allowed beside a wait, until it is over; failures are that it has ended. */
static void *use(void *number)
{
	ctr_error *err = ctr_error_new();
	ctr_usage *usage = ctr_usage_new(err);

	while (!atomic_load(&over)) {
		ctr_container_stats(container, usage, err);
		ctr_container_freeze(container, err);
		ctr_container_thaw(container, err);
		ctr_container_update(container, limits, err);
		ctr_container_time_left_ms(container);
		ctr_container_send_signal(container, 0, err);
		ctr_container_send_signal_all(container, 0, err);
		if (number)
			ctr_container_kill_all(container, err);
	}
	ctr_usage_free(usage);
	ctr_error_free(err);
	return NULL;
}

/* Each thread has what it starts to itself, and all of them have the plan. */
static void *start_many(void *plan)
{
	ctr_error *err = ctr_error_new();

	for (int i = 0; i < suite_rounds(ROUNDS); i++) {
		ctr_container *c = ctr_plan_spawn(plan, err);

		ck_assert_msg(c, "%s", ctr_error_message(err));
		ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
		ck_assert_int_eq(ctr_container_exit_code(c), 7);
		ctr_container_free(c);
	}
	ctr_error_free(err);
	return NULL;
}

static void start_threads(pthread_t *threads, void *(*function)(void *), void *argument)
{
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, function, argument), 0);
}

static void join_threads(const pthread_t *threads)
{
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
}

/* It ends at its limit on time, or is killed by one of the threads. */
static void wait_beside(bool killed)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec = suite_spec(world_path("root"), "/bin/sleep", "1000", NULL);
	ctr_usage *usage = ctr_usage_new(err);
	pthread_t threads[THREADS];
	uint64_t wall;

	limits = ctr_limits_new(err);
	ck_assert_int_eq(ctr_limits_set_pids_max(limits, 10, err), 0);
	ck_assert_int_eq(ctr_spec_set_accounting(spec, CTR_ACCOUNTING_ON, err), 0);
	ck_assert_int_eq(ctr_spec_set_wall_limit_ms(spec, killed ? 60000 : 300, err), 0);
	container = ctr_spawn(spec, err);
	ck_assert_msg(container, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
	atomic_store(&over, false);
	start_threads(threads, use, killed ? container : NULL);
	ck_assert_msg(ctr_container_wait(container, -1, err) == 1, "%s", ctr_error_message(err));
	ck_assert_uint_eq(ctr_container_end(container),
			  killed ? CTR_END_SIGNALLED : CTR_END_WALL_LIMIT);
	usleep(10000);
	atomic_store(&over, true);
	join_threads(threads);
	ck_assert_int_eq(ctr_container_stats(container, usage, err), 0);
	ck_assert_int_eq(ctr_usage_get(usage, CTR_USAGE_WALL_US, &wall), 1);
	ctr_container_free(container);
	ctr_limits_free(limits);
	ctr_usage_free(usage);
	ctr_error_free(err);
}

static void use_beside(void)
{
	wait_beside(false);
}

static void kill_beside(void)
{
	wait_beside(true);
}

static void start_at_the_same_time(void)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec = suite_spec(world_path("root"), "/bin/sh", "-c", "exit 7", NULL);
	ctr_plan *plan = ctr_plan_compile(spec, err);
	pthread_t threads[THREADS];

	ck_assert_msg(plan, "%s", ctr_error_message(err));
	start_threads(threads, start_many, plan);
	join_threads(threads);
	ctr_plan_free(plan);
	ctr_spec_free(spec);
	ctr_error_free(err);
}

/* In a child each, for ThreadSanitizer starts a thread of its own with the first one. */
START_TEST(test_wait__others_may_use_the_container_meanwhile)
{
	suite_in_child(use_beside);
}
END_TEST

START_TEST(test_wait__others_may_kill_the_container_meanwhile)
{
	suite_in_child(kill_beside);
}
END_TEST

START_TEST(test_plan__is_for_many_threads)
{
	suite_in_child(start_at_the_same_time);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("threads");
	TCase *tc = suite_case(s, "threads");

	tcase_add_checked_fixture(tc, make, NULL);
	tcase_add_test(tc, test_wait__others_may_use_the_container_meanwhile);
	tcase_add_test(tc, test_wait__others_may_kill_the_container_meanwhile);
	tcase_add_test(tc, test_plan__is_for_many_threads);
	return suite_run(s);
}
