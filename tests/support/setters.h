/* SPDX-License-Identifier: MIT */
/* The setters of a spec and of its parts, each with arguments: the rows of setters.def. */
#ifndef TESTS_SETTERS_H
#define TESTS_SETTERS_H

#include <minictr.h>
#include <stdbool.h>

struct setter_objects {
	ctr_spec *spec;
	ctr_process *process;
	ctr_limits *limits;
	ctr_idmap *idmap;
};

struct setter {
	const char *name; /* without "ctr_" */
	/* With arguments that it takes, NULL: such need more around them; and that it refuses. */
	int (*take)(const struct setter_objects *objects, ctr_error *err);
	int (*refuse)(const struct setter_objects *objects, ctr_error *err); /* NULL: none */
	bool shown; /* by the plan, after take */
};

extern const struct setter setters[];
extern const int setters_count;

/* On a spec, or on none; what the setter returns. */
int setters_take(const struct setter *setter, ctr_spec *spec, ctr_error *err);
int setters_refuse(const struct setter *setter, ctr_spec *spec, ctr_error *err);

#endif
