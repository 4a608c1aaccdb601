/* SPDX-License-Identifier: MIT */
/*
 * Capabilities as docker combines them, whatever the order of the options (TweakCapabilities() of
 * its oci/caps): with ALL added, all but those that are dropped by name; with ALL dropped, those
 * that are added; else the default ones without those that are dropped, and those that are added.
 */
#include <string.h>
#include <strings.h>

#include "print.h"
#include "run.h"

static const uint64_t all = UINT64_MAX;

static int read_caps(struct run *run, const struct opt *opt, const char *value,
		     struct cap_list *caps)
{
	int number;

	if (strcasecmp(value, "ALL") == 0) {
		caps->all = true;
		return 0;
	}
	number = ctr_caps_number(value, run->err);
	if (number < 0)
		return print_refusal(opt->name, value,
				     "expected a name such as CAP_NET_ADMIN, or ALL");
	caps->named |= 1ull << number;
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

int opt_finish_caps(struct run *run)
{
	const struct cap_list *add = &run->caps_added, *drop = &run->caps_dropped;

	if (add->all) {
		if (apply(run, "--cap-add", all, ctr_spec_add_cap) < 0 ||
		    apply(run, "--cap-drop", drop->named, ctr_spec_drop_cap) < 0)
			return OPT_REFUSED;
	} else if (apply(run, "--cap-drop", drop->all ? all : drop->named, ctr_spec_drop_cap) < 0 ||
		   apply(run, "--cap-add", add->named, ctr_spec_add_cap) < 0) {
		return OPT_REFUSED;
	}
	return apply(run, "--cap-ambient", run->caps_ambient.all ? all : run->caps_ambient.named,
		     ctr_spec_add_ambient_cap);
}
