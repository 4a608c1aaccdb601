/* SPDX-License-Identifier: MIT */
/* The control group: found out about when a spec is compiled, made at each spawn. */
#include <sched.h>

#include "base/buf.h"
#include "base/error.h"
#include "compile/compile.h"
#include "primitives/mount.h"

/* Whether the program sees its group, or divides it. */
static bool is_shown(const ctr_spec *spec)
{
	if (spec->resources.delegate)
		return true;
	for (size_t i = 0; i < spec->mounts.n; i++)
		if (spec->mounts.v[i].kind == CTR__MOUNT_CGROUP)
			return true;
	return false;
}

/* What is "/" in it is up to the cgroup namespace: it must not be the host's. */
static int check_shown(struct ctr__compile *c)
{
	const struct ctr__ns *ns = ctr__spec_ns(c->spec, CTR_NS_CGROUP);

	if (!is_shown(c->spec))
		return 0;
	if (ctr__ns_is_new(ns))
		return 0;
	return ctr__error_set(c->err, CTR_E_INVALID, 0, "show the control group", NULL,
			      "without a new cgroup namespace the container would see all "
			      "groups of the host");
}

static int refuse_shared(struct ctr__compile *c, const char *why)
{
	return ctr__error_set(c->err, CTR_E_INVALID, 0, "use the control group",
			      ctr_cgroup_path(c->spec->resources.cgroup, 0), "%s", why);
}

static int prepare_shared(struct ctr__compile *c)
{
	uint64_t used;

	if (!c->plan->own_pid_ns)
		return refuse_shared(c,
				     "a container without a PID namespace needs its own group, "
				     "because only the group shows which processes belong to it");
	if (!ctr__limits_is_empty(&c->spec->resources.limits))
		return refuse_shared(c, "the group has its own limits: set them with "
					"ctr_cgroup_update(), not in the spec");
	if (c->spec->resources.cgroup_parent)
		return refuse_shared(c,
				     "the group exists already: a parent is only for new groups");
	if (c->spec->resources.cpu_limit_ms &&
	    !ctr__cgroup_counts(c->spec->resources.cgroup, CTR_USAGE_CPU_US, &used))
		return refuse_shared(
			c, "the group does not count CPU time: create it with accounting");
	if (!ctr__cgroup_can_join(c->spec->resources.cgroup))
		return refuse_shared(
			c, "the caller may read the group, but not move processes into it");
	if (c->spec->resources.delegate)
		return refuse_shared(c,
				     "several containers may use the group, and one of them would "
				     "change it for all");
	c->plan->shared = ctr__cgroup_use(c->spec->resources.cgroup);
	return 0;
}

static bool needs_group(const struct ctr__compile *c)
{
	const ctr_spec *spec = c->spec;

	return !ctr__limits_is_empty(&spec->resources.limits) ||
	       spec->resources.accounting == CTR_ACCOUNTING_ON || is_shown(spec) ||
	       spec->resources.cpu_limit_ms;
}

static int refuse_no_session(struct ctr__compile *c)
{
	return ctr__error_set(c->err, CTR_E_UNSUPPORTED, 0, "share the PID namespace", NULL,
			      "the container's processes could not be found: the caller "
			      "cannot create a control group, and without a new session they "
			      "are in the caller's process group");
}

/* A look that fails says no, so one no is not believed: a call may fail once for want of memory. */
#define LOOKS 2

static bool can_have_members(struct ctr__compile *c)
{
	struct ctr__recipe *recipe = &c->plan->recipe;

	if (!ctr__layout_ready(NULL) && !ctr__recipe_add_members(recipe, NULL) &&
	    ctr__layout_can_make(&recipe->layout))
		return true;
	ctr__layout_clear(&recipe->layout);
	return false;
}

/*
 * Without a PID namespace a group tells who belongs to the container. A caller that can't make
 * one has the process group of the first process, which leads a session.
 */
static int use_members(struct ctr__compile *c)
{
	for (int i = 0; i < LOOKS && !c->plan->cgroup; i++)
		c->plan->cgroup = can_have_members(c);
	if (c->plan->cgroup)
		return 0;
	c->plan->process_group = c->process->attr.new_session;
	return c->plan->process_group ? 0 : refuse_no_session(c);
}

/* Tried on another recipe, for a failure leaves part of it. */
static bool can_have_accounting(const struct ctr__compile *c)
{
	struct ctr__recipe trial = { .layout.wanted_parent = c->spec->resources.cgroup_parent };
	int r = ctr__layout_ready(NULL) ? -1 : ctr__recipe_add_accounting(&trial, NULL);
	const bool found = r == 0 && ctr__layout_can_make(&trial.layout);

	trial.layout.wanted_parent = NULL;
	ctr__recipe_clear(&trial);
	return found;
}

static bool wants_accounting(const struct ctr__compile *c)
{
	if (c->spec->resources.accounting == CTR_ACCOUNTING_ON || is_shown(c->spec))
		return true;
	if (c->spec->resources.accounting != CTR_ACCOUNTING_AUTO)
		return false;
	for (int i = 0; i < LOOKS; i++)
		if (can_have_accounting(c))
			return true;
	return false;
}

int ctr__compile_group(struct ctr__compile *c)
{
	struct ctr__recipe *recipe = &c->plan->recipe;
	const bool counts = !c->spec->resources.cgroup && wants_accounting(c);
	const struct ctr_limits limits =
		ctr__limits_with_init(&c->spec->resources.limits, c->plan->init);

	if (check_shown(c))
		return -1;
	if (c->spec->resources.cgroup)
		return prepare_shared(c);
	if (!needs_group(c) && !counts && c->plan->own_pid_ns)
		return 0;
	if (!needs_group(c) && !counts && !c->spec->resources.cgroup_parent)
		return use_members(c);
	c->plan->cgroup_optional = !needs_group(c) && c->plan->own_pid_ns;
	recipe->layout.wanted_parent = c->spec->resources.cgroup_parent;
	if (ctr__layout_ready(c->err))
		return -1;
	if (ctr__recipe_add_limits(recipe, &limits, c->err))
		return -1;
	if (counts && ctr__recipe_add_accounting(recipe, c->err))
		return -1;
	if (is_shown(c->spec) && ctr__recipe_add_shown(recipe, c->err))
		return -1;
	if (c->spec->resources.cpu_limit_ms && ctr__recipe_add_cpu_time(recipe, c->err))
		return -1;
	/* Without a PID namespace only a group tells who belongs to the container. */
	if (!c->plan->own_pid_ns && ctr__recipe_add_members(recipe, c->err))
		return -1;
	recipe->delegate = c->spec->resources.delegate;
	recipe->layout.wanted_parent = NULL; /* the spec's, which may go before the plan */
	c->plan->cgroup = recipe->layout.n;
	if (is_shown(c->spec) && !c->plan->cgroup)
		return ctr__error_set(c->err, CTR_E_UNSUPPORTED, 0, "show the control group", NULL,
				      "no cgroup hierarchy is mounted on this host");
	return 0;
}

/* What is written to the group's files. */
static void add_settings(struct ctr__buf *b, const struct ctr__recipe *recipe)
{
	for (size_t i = 0; i < recipe->n_settings; i++)
		ctr__buf_add(b, "%s%s %s", i ? ", " : "", recipe->settings[i].file,
			     recipe->settings[i].text);
	if (recipe->has_devices)
		ctr__buf_add(b, "%sdevice rules", recipe->n_settings ? ", " : "");
	else if (!recipe->n_settings)
		ctr__buf_add(b, "no limit");
}

/* For people. */
static const char *name_group(struct ctr__compile *c)
{
	char text[1024];
	struct ctr__buf b;

	ctr__buf_init(&b, text, sizeof(text));
	if (c->plan->shared) {
		ctr__buf_add(&b, "the control group %s", ctr_cgroup_path(c->plan->shared, 0));
	} else {
		ctr__buf_add(&b, "a control group of its own (");
		add_settings(&b, &c->plan->recipe);
		ctr__buf_add(&b, ")");
	}
	return ctr__steps_strdup(&c->plan->steps, text);
}

/* After the control group has been joined, so that "/" is that group: cgroup_namespaces(7). */
int ctr__compile_group_steps(struct ctr__compile *c)
{
	const struct ctr__ns *ns = ctr__spec_ns(c->spec, CTR_NS_CGROUP);
	const bool joins = c->plan->cgroup || c->plan->shared;
	const struct ctr__step join = {
		.kind = CTR__STEP_JOIN_CGROUP,
		.modes = CTR__MODE_RUN,
		.name = joins ? name_group(c) : NULL,
	};
	const struct ctr__step unshare = {
		.kind = CTR__STEP_UNSHARE,
		.modes = CTR__MODE_RUN,
		.unshare = CLONE_NEWCGROUP,
	};
	const struct ctr__step leaf = { .kind = CTR__STEP_JOIN_LEAF, .modes = CTR__MODE_RUN };

	if (joins && !join.name)
		return ctr__error_nomem(c->err);
	if (joins && ctr__compile_add(c, &join))
		return -1;
	if (ctr__ns_is_new(ns) && ctr__compile_add(c, &unshare))
		return -1;
	return c->spec->resources.delegate && ctr__compile_add(c, &leaf) ? -1 : 0;
}
