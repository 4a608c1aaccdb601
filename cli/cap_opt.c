/* SPDX-License-Identifier: MIT */
/* Capabilities as docker takes them: what is dropped and what is added, in any order. */
#include <string.h>
#include <strings.h>

#include "print.h"
#include "run.h"

static const uint64_t all = UINT64_MAX;

static int read_caps(struct run *run, const struct opt *opt, const char *value, uint64_t *caps)
{
	int number;

	if (strcasecmp(value, "ALL") == 0) {
		*caps = all;
		return 0;
	}
	number = ctr_caps_number(value, run->err);
	if (number < 0)
		return print_refusal(opt->name, value,
				     "expected a name such as CAP_NET_ADMIN, or ALL");
	*caps |= 1ull << number;
	return 0;
}

int opt_add_cap(struct run *run, const struct opt *opt, const char *value)
{
	return read_caps(run, opt, value, &run->caps_added);
}

int opt_drop_cap(struct run *run, const struct opt *opt, const char *value)
{
	return read_caps(run, opt, value, &run->caps_dropped);
}

int opt_add_ambient_cap(struct run *run, const struct opt *opt, const char *value)
{
	return read_caps(run, opt, value, &run->caps_ambient);
}

static int apply(struct run *run, const char *option, uint64_t caps,
		 int (*set)(ctr_spec *spec, const char *name, ctr_error *err))
{
	const struct opt opt = { .name = option };

	if (caps == all)
		return opt_check(run, &opt, set(run->spec, "ALL", run->err));
	for (int i = 0; i < 64; i++)
		if (caps >> i & 1 &&
		    opt_check(run, &opt, set(run->spec, ctr_caps_name(i), run->err)) < 0)
			return OPT_REFUSED;
	return 0;
}

/* All but some, or none but some, or the default ones without some and with others. */
int opt_finish_caps(struct run *run)
{
	const bool adds_all = run->caps_added == all;

	if (adds_all && apply(run, "--cap-add", all, ctr_spec_add_cap) < 0)
		return OPT_REFUSED;
	if (apply(run, "--cap-drop", run->caps_dropped, ctr_spec_drop_cap) < 0)
		return OPT_REFUSED;
	if (!adds_all && apply(run, "--cap-add", run->caps_added, ctr_spec_add_cap) < 0)
		return OPT_REFUSED;
	return apply(run, "--cap-ambient", run->caps_ambient, ctr_spec_add_ambient_cap);
}
