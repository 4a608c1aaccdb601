/* SPDX-License-Identifier: MIT */
/* Device rules, lists of CPUs, and values of control groups: cgroup/limits.c. */
#include <stdlib.h>
#include <string.h>

#include "cgroup/limits.h"
#include "fuzz.h"

static ctr_error *err;

/* A rule prints as one that is read as the same. */
static void check_rule(const char *text)
{
	ctr_limits *limits = ctr_limits_new(NULL);
	char printed[CTR__DEVICE_TEXT_SIZE];

	if (fuzz_check(ctr_limits_allow_device(limits, text, err), err)) {
		const struct ctr__device_rule rule = limits->devices[0];

		fuzz_require(limits->n_devices == 1, "one rule is one");
		fuzz_require(fuzz_matches(text, "^(a|[bc] ([0-9]+|\\*):([0-9]+|\\*) [rwm]{1,3})$"),
			     "a rule has a type, numbers and what is allowed");
		fuzz_require(rule.major < 1 << 12 && rule.minor < 1 << 20,
			     "numbers are a device's");
		ctr__device_rule_text(&rule, printed);
		fuzz_require(ctr_limits_allow_device(limits, printed, NULL) == 0,
			     "a rule that is printed is one");
		fuzz_require(limits->n_devices == 1 && limits->devices[0].access == rule.access,
			     "a rule that is printed is the same");
	} else {
		fuzz_require(limits->n_devices == 0, "what is refused stores nothing");
	}
	ctr_limits_free(limits);
}

static void check_list(const char *text)
{
	ctr_limits *limits = ctr_limits_new(NULL);
	int outside;

	if (fuzz_check(ctr_limits_set_cpuset_cpus(limits, text, err), err)) {
		fuzz_require(fuzz_matches(text, "^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$"),
			     "a list has numbers and ranges");
		fuzz_require(strcmp(limits->cpuset_cpus, text) == 0, "a list is kept as it is");
		fuzz_require(ctr__cpu_list_outside(text, "0-8191") == -1, "CPUs are below 8192");
		outside = ctr__cpu_list_outside(text, "1-8191");
		fuzz_require(outside <= 0, "0 alone is not in 1-8191");
	} else {
		fuzz_require(!limits->cpuset_cpus, "what is refused stores nothing");
	}
	ctr_limits_free(limits);
}

/* FILE=VALUE, and words of lines that the library makes. */
static void check_value(char *text)
{
	ctr_limits *limits = ctr_limits_new(NULL);
	const char *file = strsep(&text, "=");

	if (fuzz_check(ctr_limits_set_value(limits, file, text ? text : "", err), err)) {
		fuzz_require(fuzz_matches(file, "^[A-Za-z0-9_-]+\\.[A-Za-z0-9._-]+$"),
			     "a file is a name in the group");
		fuzz_require(!fuzz_matches(file, "^(cgroup|freezer|cpuacct)\\."),
			     "not one of those that are ours");
		fuzz_require(limits->values.n == 1, "one value is one");
		fuzz_require(ctr_limits_set_value(limits, file, "other", NULL) == 0 &&
				     limits->values.n == 1,
			     "another value of a file replaces it");
	} else {
		fuzz_require(limits->values.n == 0, "what is refused stores nothing");
	}
	fuzz_require(fuzz_check(ctr_limits_set_rdma_max(limits, file, 1, 2, err), err) ==
			     fuzz_matches(file, "^[A-Za-z0-9._-]{1,64}$"),
		     "a device is a word");
	fuzz_check(ctr_limits_set_misc_max(limits, file, 1, err), err);
	ctr_limits_free(limits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	if (!err)
		err = ctr_error_new();
	check_rule(text);
	check_list(text);
	check_value(text);
	free(text);
	return 0;
}
