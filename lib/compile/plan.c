/* SPDX-License-Identifier: MIT */
/* A plan as an object: its end, and its text. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/export.h"
#include "base/fd.h"
#include "compile/plan.h"
#include "plan/step.h"

ctr_plan *ctr__plan_new(void)
{
	ctr_plan *plan = calloc(1, sizeof(*plan));

	if (!plan)
		return NULL;
	plan->null_fd = plan->blank = plan->program = plan->helper = plan->userns_fd = -1;
	for (size_t i = 0; i < CTR__NS_COUNT; i++)
		plan->ns_fds[i] = -1;
	return plan;
}

static void template_free(struct ctr__template *template)
{
	if (!template)
		return;
	ctr__fd_close(atomic_load(&template->fd));
	ctr__fd_close(template->network);
	pthread_mutex_destroy(&template->lock);
	free(template);
}

static void networks_free(struct ctr__networks *networks)
{
	if (!networks)
		return;
	for (size_t i = 0; i < networks->n; i++)
		ctr__fd_close(networks->ready[i]);
	pthread_mutex_destroy(&networks->lock);
	free(networks->ready);
	free(networks);
}

CTR_EXPORT void ctr_plan_free(ctr_plan *plan)
{
	if (!plan)
		return;
	template_free(plan->template);
	networks_free(plan->networks);
	ctr__fd_close(plan->null_fd);
	ctr__fd_close(plan->program);
	ctr__fd_close(plan->helper);
	ctr__fd_close(plan->userns_fd);
	ctr__mapping_clear(&plan->mapping);
	for (size_t i = 0; i < CTR__NS_COUNT; i++)
		ctr__fd_close(plan->ns_fds[i]);
	for (size_t i = 0; i < plan->n_fds; i++)
		ctr__fd_close(plan->fds[i].fd);
	for (size_t i = 0; i < plan->n_kept; i++)
		ctr__fd_close(plan->kept[i]);
	free(plan->kept);
	free(plan->fds);
	ctr__recipe_clear(&plan->recipe);
	ctr_cgroup_free(plan->shared);
	ctr__steps_clear(&plan->steps);
	free(plan);
}

/* ---- for people ---- */

CTR_EXPORT size_t ctr_plan_count(const ctr_plan *plan)
{
	size_t n = 1;

	for (size_t i = 0; i < plan->steps.n; i++)
		n += (plan->steps.v[i].modes & CTR__MODE_ONESHOT) != 0;
	return n;
}

CTR_EXPORT size_t ctr_plan_describe(const ctr_plan *plan, size_t index, char *text, size_t size)
{
	struct ctr__buf b;

	if (index == 0) {
		ctr__buf_init(&b, text, size);
		ctr__buf_add_escaped(&b, plan->child_line); /* it may name a path */
		return b.len;
	}
	for (size_t i = 0; i < plan->steps.n; i++)
		if ((plan->steps.v[i].modes & CTR__MODE_ONESHOT) && --index == 0)
			return ctr__step_describe_line(&plan->steps.v[i], text, size);
	if (size)
		text[0] = '\0';
	return 0;
}
