/* SPDX-License-Identifier: MIT */
/* A host program that makes it hard: it is the same after its containers as before. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

#define USER 1000

static int helper_child_mode; /* CTR_CHILD_AUTO or CTR_CHILD_HELPER */

/* Who the host is, and whose user namespace the containers are in. */
static enum { ROOT, ROOT_IN_A_NAMESPACE, ORDINARY_USER, WAYS } way;

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
	ctr_process *process = ctr_spec_get_process(s);

	check(ctr_process_set_fd(process, 0, input, err), err);
	check(ctr_process_set_user(process, 1000, 1000, err), err);
	if (way == ROOT_IN_A_NAMESPACE)
		check(ctr_spec_set_namespace(s, CTR_NS_USER, CTR_NS_MODE_NEW, err), err);
	if (way != ORDINARY_USER) /* which has no group to make others in */
		check(ctr_limits_set_pids_max(ctr_spec_get_limits(s), 10, err), err);
	check(ctr_spec_set_child(s, helper_child_mode, err), err);
	/* Their parents, as the kernel sees it, are threads that end before them. */
	check(ctr_process_set_die_with_parent(process, 0, err), err);
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

/* Of a small machine's memory a part, so that it still has room for the containers. */
static size_t resident(void)
{
	const size_t all = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
	const size_t size = RESIDENT < all / 4 ? RESIDENT : all / 4;

	return helper_child_mode == CTR_CHILD_HELPER ? size / 8 : size;
}

static void become_difficult(void)
{
	static const gid_t groups[] = { 4, 1000, 70000 };
	struct sigaction action = { .sa_handler = on_child, .sa_flags = SA_RESTART };
	sigset_t blocked;
	const size_t size = resident();
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
	if (way == ORDINARY_USER) {
		ck_assert_int_eq(setresgid(USER, USER, USER), 0);
		ck_assert_int_eq(setresuid(USER, USER, USER), 0);
	}
	/* Whose /proc/self is not its own can map no ids, and is told so: see test_rootless.c. */
	ck_assert_int_eq(prctl(PR_SET_DUMPABLE, way == ORDINARY_USER), 0);
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
	helper_child_mode = _i % 2;
	way = _i / 2;
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

#define WARM_UP 250 /* until this library and the C library keep what they keep once */
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

#define MANY 2000

static int namespaces; /* CTR_USERNS_* */

static void spawn_many(void)
{
	ctr_error *err = ctr_error_new();
	ctr_plan *plan;
	char *before, *after, *difference;

	spec = suite_spec(world_path("root"), "/bin/load", "cpus", NULL);
	check(ctr_spec_set_child(spec, helper_child_mode, err), err);
	check(ctr_spec_set_namespace(spec, CTR_NS_USER, namespaces, err), err);
	check(ctr_process_set_fd(ctr_spec_get_process(spec), 1,
				 open("/dev/null", O_WRONLY | O_CLOEXEC), err),
	      err);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	free(leak_snapshot()); /* which keeps something itself, the first time */
	before = leak_snapshot();
	for (int i = 0; i < suite_rounds(MANY); i++) {
		ctr_container *c = ctr_plan_spawn(plan, err);

		ck_assert_msg(c && ctr_container_wait(c, -1, err) == 1, "%d: %s", i,
			      ctr_error_message(err));
		ck_assert_int_eq(ctr_container_exit_code(c), 0);
		ctr_container_free(c);
		/* The one descriptor of a template is made by the first. */
		if (i == 0 && !namespaces) {
			free(before);
			before = leak_snapshot();
		}
	}
	after = leak_snapshot();
	difference = leak_difference(before, after);
	ck_assert_str_eq(difference, "");
	free(before);
	free(after);
	free(difference);
	ctr_plan_free(plan);
	ctr_spec_free(spec);
	ctr_error_free(err);
}

START_TEST(test_host__starts_2000_short_lived_containers_in_a_row)
{
	suite_need_root();
	helper_child_mode = _i % 2;
	namespaces = _i / 2 ? CTR_NS_MODE_NEW : CTR_NS_MODE_AUTO;
	world_rootfs("root");
	world_copy(LOAD, world_path("root/bin/load"));
	suite_in_child(spawn_many);
}
END_TEST

/* ---- a number that is another process's by now ---- */

static volatile sig_atomic_t reaped;

static void reap_all(int sig)
{
	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		reaped = 1;
}

/* A process with this number. */
static pid_t take_number(pid_t number)
{
	struct clone_args args = {
		.exit_signal = 0,
		.set_tid = (uint64_t)(uintptr_t)&number,
		.set_tid_size = 1,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		for (;;)
			pause();
	return (pid_t)pid;
}

static void signal_after_reuse(void)
{
	const struct sigaction action = { .sa_handler = reap_all, .sa_flags = SA_RESTART };
	ctr_error *err = ctr_error_new();
	ctr_container *c;
	pid_t number, other;

	ck_assert_int_eq(sigaction(SIGCHLD, &action, NULL), 0);
	spec = suite_spec(NULL, "true", NULL);
	check(ctr_spec_set_child(spec, helper_child_mode, err), err);
	c = ctr_spawn(spec, err);
	ck_assert_msg(c, "%s", ctr_error_message(err));
	number = ctr_container_pid(c);
	while (!reaped)
		usleep(1000);
	other = take_number(number);
	if (other < 0 && errno == ENOSYS)
		printf("SKIPPED: valgrind does not know clone3(2)\n");
	else
		ck_assert_int_eq(other, number);
	ctr_container_send_signal(c, SIGKILL, err);
	ctr_container_kill_all(c, err);
	ctr_container_free(c);
	if (other > 0) {
		usleep(20000);
		ck_assert_int_eq(waitpid(other, NULL, WNOHANG | __WALL), 0);
		kill(other, SIGKILL);
		ck_assert_int_eq(waitpid(other, NULL, __WALL), other);
	}
	ctr_spec_free(spec);
	ctr_error_free(err);
}

START_TEST(test_host__signals_no_process_that_took_the_number)
{
	suite_need_root();
	helper_child_mode = _i;
	suite_in_child(signal_after_reuse);
}
END_TEST

/* ---- output ---- */

/* A pipe that is full holds the program, not its host. */
START_TEST(test_host__is_not_held_by_output_that_nobody_reads)
{
	ctr_error *err = ctr_error_new();
	ctr_container *c;
	int ends[2];

	suite_need_root();
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	spec = suite_spec(NULL, "sh", "-c", "while :; do echo 0123456789012345678901234; done",
			  NULL);
	check(ctr_spec_set_child(spec, _i, err), err);
	check(ctr_process_set_fd(ctr_spec_get_process(spec), 1, ends[1], err), err);
	check(ctr_spec_set_wall_limit_ms(spec, 300, err), err);
	c = ctr_spawn(spec, err);
	ck_assert_msg(c, "%s", ctr_error_message(err));
	close(ends[1]);
	ck_assert_msg(ctr_container_wait(c, 20000, err) == 1, "%s", ctr_error_message(err));
	ck_assert_uint_eq(ctr_container_end(c), CTR_END_WALL_LIMIT);
	ctr_container_free(c);
	close(ends[0]);
	ctr_spec_free(spec);
	ctr_error_free(err);
}
END_TEST

/* Its process group would be the caller's, and no control group may be made. */
static void compile_without_a_session(void)
{
	ctr_error *err = ctr_error_new();

	ck_assert_int_eq(setgroups(0, NULL), 0);
	ck_assert_int_eq(setresgid(USER, USER, USER), 0);
	ck_assert_int_eq(setresuid(USER, USER, USER), 0);
	spec = suite_spec(NULL, "true", NULL);
	check(ctr_spec_set_namespace(spec, CTR_NS_PID, CTR_NS_MODE_HOST, err), err);
	check(ctr_process_set_new_session(ctr_spec_get_process(spec), 0, err), err);
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_UNSUPPORTED, "new session");
	ctr_spec_free(spec);
	ctr_error_free(err);
}

START_TEST(test_host__whose_processes_nothing_tells_apart_is_refused)
{
	suite_need_root();
	suite_in_child(compile_without_a_session);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("host");
	TCase *tc = suite_case(s, "host");

	tcase_add_loop_test(tc, test_host__is_the_same_after_64_containers_at_once, 0,
			    2 * (suite_is_slow() ? 1 : WAYS));
	tcase_add_loop_test(tc, test_host__keeps_no_memory_of_its_containers, 0, 2);
	tcase_add_loop_test(tc, test_host__starts_2000_short_lived_containers_in_a_row, 0, 4);
	tcase_add_loop_test(tc, test_host__signals_no_process_that_took_the_number, 0, 2);
	tcase_add_loop_test(tc, test_host__is_not_held_by_output_that_nobody_reads, 0, 2);
	tcase_add_test(tc, test_host__whose_processes_nothing_tells_apart_is_refused);
	return suite_run(s);
}
