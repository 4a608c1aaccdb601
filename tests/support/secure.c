/* SPDX-License-Identifier: MIT */
/*
 * A host program that is installed set-user-ID: starts "true" in a container and tells what came
 * of it. "secure allow" says beforehand that it knows what it is.
 */
#include <minictr.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

static ctr_container *start(ctr_spec *spec, int by_plan, ctr_error *err)
{
	ctr_plan *plan;
	ctr_container *container;

	if (!by_plan)
		return ctr_spawn(spec, err);
	plan = ctr_plan_compile(spec, err);
	container = plan ? ctr_plan_spawn(plan, err) : NULL;
	ctr_plan_free(plan);
	return container;
}

int main(int argc, char **argv)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec = ctr_spec_new(err);
	ctr_container *container;

	if (!spec || ctr_process_add_arg(ctr_spec_get_process(spec), "true", err) < 0)
		return 2;
	if (argc > 1 && strcmp(argv[1], "allow") == 0 &&
	    ctr_spec_set_secure_execution(spec, 1, err) < 0)
		return 2;
	container = start(spec, argc > 2, err);
	if (container)
		ctr_container_wait(container, -1, err);
	printf("secure %d, code %d: %s\n", getauxval(AT_SECURE) != 0, ctr_error_code(err),
	       ctr_error_message(err));
	ctr_container_free(container);
	ctr_spec_free(spec);
	ctr_error_free(err);
	return !container;
}
