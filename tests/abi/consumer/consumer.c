/* SPDX-License-Identifier: MIT */
/* What a program of somebody else's does with the library; C and C++. */
#include <minictr.h>
#include <stdio.h>

static int version_is_the_headers(void)
{
	char wanted[32];
	int n = snprintf(wanted, sizeof(wanted), "%d.%d.%d", CTR_VERSION_MAJOR, CTR_VERSION_MINOR,
			 CTR_VERSION_PATCH);
	const char *version = ctr_version();

	for (int i = 0; i <= n; i++)
		if (version[i] != wanted[i])
			return 0;
	return 1;
}

static int plan_has_steps(void)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec = ctr_spec_new(err);
	ctr_plan *plan = NULL;
	int good;

	if (spec && !ctr_process_add_arg(ctr_spec_get_process(spec), "true", err))
		plan = ctr_plan_compile(spec, err);
	good = plan && ctr_plan_count(plan) > 0;
	if (!good)
		fprintf(stderr, "consumer: %s\n", ctr_error_message(err));
	ctr_plan_free(plan);
	ctr_spec_free(spec);
	ctr_error_free(err);
	return good;
}

int main(void)
{
	if (!version_is_the_headers()) {
		fprintf(stderr, "consumer: ctr_version() is %s\n", ctr_version());
		return 1;
	}
	return plan_has_steps() ? 0 : 1;
}
