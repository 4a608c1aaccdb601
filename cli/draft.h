/* SPDX-License-Identifier: MIT */
/*
 * What the options of a container have come to so far, whatever command takes them: the target of
 * all tables that are declared here.
 */
#ifndef MINICTR_CLI_DRAFT_H
#define MINICTR_CLI_DRAFT_H

#include <minictr.h>
#include <stdbool.h>

#include "opt.h"

enum tty_choice { TTY_AUTO, TTY_ON, TTY_OFF };

/* Capabilities that options have named. */
struct cap_list {
	bool all;	/* by the word ALL */
	uint64_t named; /* bits */
};

struct caps {
	struct cap_list added, dropped, ambient;
};

/* What is only known together; the texts are for refusals, NULL: not given. */
struct resources {
	const char *memory, *memory_swap, *cpus, *quota, *period;
	uint64_t memory_bytes, memory_swap_bytes, cpu_quota_us, cpu_period_us;
	bool device_rules; /* there is one */
};

struct draft {
	ctr_spec *spec;
	ctr_process *process; /* of the spec */
	ctr_limits *limits;   /* the same */
	ctr_error *err;

	struct hidden *mounts;	    /* see hidden.h */
	struct exposed *exposed;    /* see exposed.h */
	struct resources resources; /* limits of the group */
	struct caps caps;
	enum tty_choice tty;
	bool host_pid;	    /* it has no PID namespace of its own */
	bool user_chosen;   /* by --user */
	bool term_chosen;   /* an option was about the variable TERM */
	bool filter_chosen; /* of system calls, and another one than the default */
	const char *userns; /* the last --userns; NULL: not given */
	const char *timeout, *cpu_time, *output_limit; /* the same, for messages */
};

/* -1 without a spec, and then draft->err says why. To be ended in any case. */
int draft_start(struct draft *draft);
void draft_end(struct draft *draft);

/* What options come to only together, after the last of them; -1 with a message. */
int draft_finish(struct draft *draft);

/* ---- the themes: each table lies below its setters, X_options[] in X_opt.c ---- */

extern const struct opt cap_options[], env_options[], launch_options[], limit_options[],
	mask_options[], mount_options[], namespace_options[], process_options[], resource_options[],
	security_options[], terminal_options[], userns_options[];
extern const struct opt group_options[]; /* in resource_opt.c: where the group lies */

/* For draft_finish(). */
int opt_finish_resources(struct draft *draft);
int opt_finish_caps(struct draft *draft);
int opt_finish_userns(struct draft *draft);

/* The path of a namespace to join, of an option's value; NULL: it is another value. */
const char *opt_joined(const char *value);
int opt_join(struct draft *draft, const struct opt *opt, const char *path);

/* For the command, if the draft is to have a terminal. */
bool opt_wants_tty(const struct draft *draft);
int opt_finish_terminal(struct draft *draft);

/* Words of --security-opt, and what follows; NULL: nothing. */
int opt_mask_paths(struct draft *draft, const struct opt *opt, char *value);
int opt_unmask_paths(struct draft *draft, const struct opt *opt, char *value);

/* ---- for their setters ---- */

/* Setters that serve several options: they call opt->set_text, or opt->set_switch. */
int opt_set_text(void *target, const struct opt *opt, const char *value);
int opt_set_switch(void *target, const struct opt *opt, const char *value);

/* -1 with a message that blames @opt, if @rc says that the library refused. */
int opt_check(struct draft *draft, const struct opt *opt, int rc);
int opt_read_number(struct draft *draft, const struct opt *opt, const char *text, uint64_t max,
		    uint64_t *number);

/* The number of a descriptor, and of one that the caller has passed. */
int opt_read_fd(struct draft *draft, const struct opt *opt, const char *text, int *fd);
int opt_read_inherited_fd(struct draft *draft, const struct opt *opt, const char *text, int *fd);

/* Hands @value on in two parts; the second is NULL when there is no @separator. */
int opt_split(struct draft *draft, const struct opt *opt, const char *value, const char *separator,
	      int (*set)(struct draft *draft, const struct opt *opt, char *first, char *second));

#endif
