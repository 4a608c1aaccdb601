/* SPDX-License-Identifier: MIT */
#include "support/plan.h"

#include <linux/filter.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compile/plan.h"
#include "spec/spec.h"

/* The number of a descriptor is another one in each plan; the file is the same. */
static void dump_fd(FILE *out, const char *what, int fd)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		fprintf(out, "  %s: none\n", what);
	else
		fprintf(out, "  %s: %lx:%lu\n", what, (unsigned long)st.st_dev,
			(unsigned long)st.st_ino);
}

/* ---- steps ---- */

static void dump_caps(FILE *out, const struct ctr__step_caps *caps)
{
	fprintf(out, "  caps %llx %llx %llx\n", (unsigned long long)caps->bounding,
		(unsigned long long)caps->permitted, (unsigned long long)caps->ambient);
}

static void dump_ids(FILE *out, const struct ctr__step_ids *ids)
{
	fprintf(out, "  ids %u %u %d", ids->uid, ids->gid, ids->keep_groups);
	for (size_t i = 0; i < ids->n_groups; i++)
		fprintf(out, " %u", ids->groups[i]);
	fprintf(out, "\n");
}

static void dump_verify(FILE *out, const struct ctr__step_verify *verify)
{
	dump_caps(out, &verify->caps);
	dump_ids(out, &verify->ids);
	fprintf(out, "  securebits %x %d no_new_privs %d\n", verify->securebits,
		verify->has_securebits, verify->no_new_privs);
}

static void dump_filter(FILE *out, const struct ctr__step_filter *filter)
{
	fprintf(out, "  filter %x %d %d\n", filter->flags, filter->listener, filter->verify);
	for (size_t i = 0; i < filter->n; i++)
		fprintf(out, "  %x %u %u %x\n", filter->v[i].code, filter->v[i].jt, filter->v[i].jf,
			filter->v[i].k);
}

static void dump_bind(FILE *out, const struct ctr__step_bind *bind)
{
	fprintf(out, "  bind %llu attrs %llx tree %zu\n", (unsigned long long)bind->id.ino,
		(unsigned long long)bind->attrs, bind->tree);
}

static void dump_exec(FILE *out, const struct ctr__step_exec *exec)
{
	for (char *const *p = exec->envp; *p; p++)
		fprintf(out, "  %s\n", *p);
}

static void dump_details(FILE *out, const struct ctr__step *step)
{
	switch (step->kind) {
	case CTR__STEP_TERMINAL:
		fprintf(out, "  %u %u %u\n", step->terminal.uid, step->terminal.rows,
			step->terminal.columns);
		return;
	case CTR__STEP_CAPS:
	case CTR__STEP_CAP_BOUND:
		dump_caps(out, &step->caps);
		return;
	case CTR__STEP_VERIFY:
		dump_verify(out, &step->verify);
		return;
	case CTR__STEP_SECCOMP:
		dump_filter(out, &step->filter);
		return;
	case CTR__STEP_ROOT:
	case CTR__STEP_BIND:
		dump_bind(out, &step->bind);
		return;
	case CTR__STEP_LANDLOCK_RULE:
	case CTR__STEP_LANDLOCK:
		fprintf(out, "  %d %llx %llx %llx\n", step->landlock.plain,
			(unsigned long long)step->landlock.rights,
			(unsigned long long)step->landlock.handled,
			(unsigned long long)step->landlock.scoped);
		return;
	case CTR__STEP_SETNS:
		dump_fd(out, "namespace", step->setns.fd);
		return;
	case CTR__STEP_EXEC:
		dump_exec(out, &step->exec);
		return;
	default:
		return;
	}
}

static void dump_step(FILE *out, const struct ctr__step *step)
{
	size_t size = ctr__step_describe_line(step, NULL, 0) + 1;
	char *text = malloc(size);

	if (!text)
		return;
	ctr__step_describe_line(step, text, size);
	fprintf(out, "%s\n  modes %x\n", text, step->modes);
	dump_details(out, step);
	free(text);
}

/* ---- the group ---- */

/* The rules of a program are known by the tag that the kernel gives it: bpftool-prog(8). */
static void dump_devices(FILE *out, const struct ctr__recipe *recipe)
{
	char path[64], line[256];
	FILE *in;

	if (!recipe->has_devices)
		return;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", recipe->devices);
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in))
		if (strncmp(line, "prog_tag:", 9) == 0)
			fprintf(out, "  %s", line);
	if (in)
		fclose(in);
}

static void dump_group(FILE *out, const ctr_plan *plan)
{
	const struct ctr__recipe *recipe = &plan->recipe;

	fprintf(out, "group %d (optional %d), or process group %d, shared %s\n", plan->cgroup,
		plan->cgroup_optional, plan->process_group,
		plan->shared ? ctr_cgroup_path(plan->shared, 0) : "none");
	if (!plan->cgroup)
		return;
	fprintf(out, "  delegate %d\n", recipe->delegate);
	for (size_t i = 0; i < recipe->layout.n; i++)
		fprintf(out, "  in %s%s\n", recipe->layout.v[i].mount, recipe->layout.v[i].parent);
	for (size_t i = 0; i < recipe->n_settings; i++)
		fprintf(out, "  %zu %s %s\n", recipe->settings[i].hierarchy,
			recipe->settings[i].file, recipe->settings[i].text);
	dump_devices(out, recipe);
}

/* ---- the whole ---- */

static void dump_fds(FILE *out, const ctr_plan *plan)
{
	for (size_t i = 0; i < plan->n_fds; i++) {
		fprintf(out, "descriptor %d from %d\n", plan->fds[i].target, plan->fds[i].source);
		dump_fd(out, "file", plan->fds[i].fd);
	}
}

static void dump_numbers(FILE *out, const ctr_plan *plan)
{
	fprintf(out, "namespaces %lx, bound %u ms\n", plan->namespaces, plan->timeout_ms);
	fprintf(out, "limits %llu %llu %llu\n", (unsigned long long)plan->wall_limit_ms,
		(unsigned long long)plan->cpu_limit_ms, (unsigned long long)plan->output_limit);
	fprintf(out, "ids %s / %s, idmapped mounts %d, trees %zu\n",
		plan->mapping.uids ? plan->mapping.uids : "none",
		plan->mapping.gids ? plan->mapping.gids : "none", plan->userns_fd >= 0,
		plan->n_trees);
	fprintf(out, "taken %zu, layers %zu, stoppable %d\n", plan->n_taken, plan->n_layers,
		plan->stoppable);
	fprintf(out, "init %d tty %d listener %d die with parent %d shared memory %d\n", plan->init,
		plan->tty, plan->listener, plan->die_with_parent, plan->share_memory);
}

char *plan_dump(const ctr_plan *plan)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, "%s\n", plan->child_line);
	for (size_t i = 0; i < plan->steps.n; i++)
		dump_step(out, &plan->steps.v[i]);
	dump_fds(out, plan);
	dump_group(out, plan);
	dump_numbers(out, plan);
	fclose(out);
	return text;
}

/* What only decides whether there is a plan. */
static char *dump_conditions(const ctr_spec *spec, const char *rest)
{
	char *text;

	return asprintf(&text, "secure execution %d, arguments checked %d\n%s",
			spec->secure_execution, spec->process.program.check_args, rest) < 0
		       ? NULL
		       : text;
}

char *plan_dump_spec(const ctr_spec *spec)
{
	ctr_error *err = ctr_error_new();
	ctr_plan *plan = ctr_plan_compile(spec, err);
	char *rest = plan ? plan_dump(plan) : strdup(ctr_error_message(err));
	char *text = rest ? dump_conditions(spec, rest) : NULL;

	free(rest);
	ctr_plan_free(plan);
	ctr_error_free(err);
	return text;
}
