/* SPDX-License-Identifier: 0BSD */
/*
 * "07-uv CMD [ARG...]" runs CMD in three containers at once, in an event loop of libuv.
 */
#include <minictr.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

enum { COUNT = 3 };

struct job {
	uv_poll_t end;
	ctr_container *container;
	ctr_error *err;
};

/* It has ended, or its time is up. In that case it is killed, and this is called again. */
static void on_event(uv_poll_t *handle, int status, int events)
{
	struct job *job = handle->data;
	int r = status ? -1 : ctr_container_wait(job->container, 0, job->err);

	(void)events;
	if (r == 0)
		return;
	if (r == 1)
		printf("%s, exit code %d\n",
		       ctr_container_end_name(ctr_container_end(job->container)),
		       ctr_container_exit_code(job->container));
	else
		fprintf(stderr, "07-uv: %s\n", ctr_error_message(job->err));
	uv_close((uv_handle_t *)handle, NULL); /* this ends the loop */
}

static ctr_plan *compile(char **argv, ctr_error *err)
{
	ctr_spec *spec = ctr_spec_new(err);
	ctr_plan *plan;

	ctr_process_set_args(ctr_spec_get_process(spec), argv, err);
	ctr_spec_set_wall_limit_ms(spec, 500, err);
	plan = ctr_plan_compile(spec, err);
	ctr_spec_free(spec);
	return plan;
}

static int start(struct job *job, uv_loop_t *loop, const ctr_plan *plan, ctr_error *err)
{
	job->err = err;
	job->container = ctr_plan_spawn(plan, err);
	if (!job->container)
		return -1;
	job->end.data = job;
	return uv_poll_init(loop, &job->end, ctr_container_event_fd(job->container, job->err)) ||
	       uv_poll_start(&job->end, UV_READABLE, on_event);
}

int main(int argc, char **argv)
{
	ctr_error *err = ctr_error_new();
	ctr_plan *plan = argc > 1 ? compile(argv + 1, err) : NULL;
	uv_loop_t *loop = uv_default_loop();
	struct job jobs[COUNT];

	for (int i = 0; i < COUNT; i++)
		if (!plan || start(&jobs[i], loop, plan, err))
			return fprintf(stderr, "07-uv: %s\n", ctr_error_message(err)), 125;
	uv_run(loop, UV_RUN_DEFAULT);
	for (int i = 0; i < COUNT; i++)
		ctr_container_free(jobs[i].container);
	ctr_plan_free(plan);
	ctr_error_free(err);
	return uv_loop_close(loop) ? 1 : 0;
}
