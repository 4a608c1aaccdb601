/* SPDX-License-Identifier: 0BSD */
/* Four threads run 100 containers from one plan, without a lock: a plan does not change. */
#include <minictr.h>
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, EACH = 25 };

static ctr_plan *plan;

static ctr_plan *compile(ctr_error *err)
{
	ctr_spec *spec = ctr_spec_new(err);
	ctr_plan *compiled = NULL;

	if (spec && !ctr_process_add_arg(ctr_spec_get_process(spec), "true", err))
		compiled = ctr_plan_compile(spec, err);
	ctr_spec_free(spec);
	return compiled;
}

/* Each thread has its own error object and its own containers. */
static void *work(void *well)
{
	ctr_error *err = ctr_error_new();

	for (int i = 0; i < EACH; i++) {
		ctr_container *c = ctr_plan_spawn(plan, err);

		if (c && ctr_container_wait(c, -1, err) == 1)
			*(int *)well += ctr_container_exit_code(c) == 0;
		ctr_container_free(c);
	}
	if (ctr_error_code(err) != CTR_E_NONE)
		fprintf(stderr, "07-threads: %s\n", ctr_error_message(err));
	ctr_error_free(err);
	return NULL;
}

int main(void)
{
	ctr_error *err = ctr_error_new();
	pthread_t threads[THREADS];
	int well[THREADS] = { 0 }, sum = 0;

	plan = compile(err);
	if (!plan)
		return fprintf(stderr, "07-threads: %s\n", ctr_error_message(err)), 125;
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, &well[i]))
			return fprintf(stderr, "07-threads: no thread\n"), 125;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		sum += well[i];
	}
	printf("%d threads: %d containers exited with 0\n", THREADS, sum);
	ctr_plan_free(plan);
	ctr_error_free(err);
	return sum == THREADS * EACH ? 0 : 1;
}
