/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_RUN_H
#define MINICTR_CLI_RUN_H

#include <minictr.h>
#include <stdbool.h>
#include <time.h>

#include "opt.h"
#include "out_file.h"

enum tty_choice { TTY_AUTO, TTY_ON, TTY_OFF };

/* Capabilities that options have named. */
struct cap_list {
	bool all;	/* by the word ALL */
	uint64_t named; /* bits */
};

/* What the options of run have come to. */
struct run {
	ctr_spec *spec;
	ctr_error *err;
	const char *command; /* the name it was called by: run or explain */
	enum tty_choice tty;
	bool explain;
	bool init;
	bool host_pid;
	bool device_rules;
	bool user_chosen;   /* by --user */
	bool term_chosen;   /* an option was about the variable TERM */
	bool filter_chosen; /* of system calls, and another one than the default */
	time_t began;	    /* before the launch */

	/* What is only known together; the texts are for refusals, NULL: not given. */
	const char *memory, *memory_swap, *cpus, *quota, *period;
	const char *timeout, *cpu_time, *output_limit;
	const char *userns; /* the last --userns */
	struct out_file report;
	struct hidden *mounts;	 /* see hidden.c */
	struct exposed *exposed; /* see exposed.h */
	struct cap_list caps_added, caps_dropped, caps_ambient;
	uint64_t memory_bytes, memory_swap_bytes, cpu_quota_us, cpu_period_us;
};

extern const struct opt run_options[];

/* Remember a mount, and say on standard error which ones a later one hides. */
int hidden_note(struct run *run, const struct opt *opt, const char *value, const char *target);
void hidden_warn(const struct run *run);
void hidden_free(struct run *run);

/* An absolute path without "." and empty components; one with ".." stays as it is. */
void simplify_path(char *path);

/* Setters of options that have a file of their own. */
int opt_set_env(struct run *run, const struct opt *opt, const char *value);
int opt_read_env_file(struct run *run, const struct opt *opt, const char *value);
int opt_unset_env(struct run *run, const struct opt *opt, const char *value);
int opt_add_volume(struct run *run, const struct opt *opt, const char *value);
int opt_add_mount(struct run *run, const struct opt *opt, const char *value);
int opt_add_tmpfs(struct run *run, const struct opt *opt, const char *value);
int opt_set_ulimit(struct run *run, const struct opt *opt, const char *value);
int opt_set_pids_limit(struct run *run, const struct opt *opt, const char *value);
int opt_set_memory(struct run *run, const struct opt *opt, const char *value);
int opt_set_memory_reservation(struct run *run, const struct opt *opt, const char *value);
int opt_set_memory_swap(struct run *run, const struct opt *opt, const char *value);
int opt_set_cpus(struct run *run, const struct opt *opt, const char *value);
int opt_set_cpu_quota(struct run *run, const struct opt *opt, const char *value);
int opt_set_cpu_period(struct run *run, const struct opt *opt, const char *value);
int opt_set_cpu_shares(struct run *run, const struct opt *opt, const char *value);
int opt_set_cpuset_cpus(struct run *run, const struct opt *opt, const char *value);
int opt_set_cpuset_mems(struct run *run, const struct opt *opt, const char *value);
int opt_set_blkio_weight(struct run *run, const struct opt *opt, const char *value);
int opt_set_device_rate(struct run *run, const struct opt *opt, const char *value);
int opt_set_timeout(struct run *run, const struct opt *opt, const char *value);
int opt_set_cpu_time(struct run *run, const struct opt *opt, const char *value);
int opt_set_oom_group(struct run *run, const struct opt *opt, const char *value);
int opt_set_hugetlb_limit(struct run *run, const struct opt *opt, const char *value);
int opt_allow_device(struct run *run, const struct opt *opt, const char *value);
int opt_set_rdma_limit(struct run *run, const struct opt *opt, const char *value);
int opt_set_misc_limit(struct run *run, const struct opt *opt, const char *value);
int opt_set_output_limit(struct run *run, const struct opt *opt, const char *value);
int opt_set_delegate(struct run *run, const struct opt *opt, const char *value);
int opt_set_cgroup_conf(struct run *run, const struct opt *opt, const char *value);
int opt_set_nice(struct run *run, const struct opt *opt, const char *value);

int opt_set_userns(struct run *run, const struct opt *opt, const char *value);
int opt_add_uidmap(struct run *run, const struct opt *opt, const char *value);
int opt_add_gidmap(struct run *run, const struct opt *opt, const char *value);
int opt_set_rootfs_idmap(struct run *run, const struct opt *opt, const char *value);
int opt_set_disable_userns(struct run *run, const struct opt *opt, const char *value);

int opt_set_security(struct run *run, const struct opt *opt, const char *value);
int opt_set_user(struct run *run, const struct opt *opt, const char *value);
int opt_add_group(struct run *run, const struct opt *opt, const char *value);

int opt_add_cap(struct run *run, const struct opt *opt, const char *value);
int opt_drop_cap(struct run *run, const struct opt *opt, const char *value);
int opt_add_landlock(struct run *run, const struct opt *opt, const char *value);
int opt_set_securebits(struct run *run, const struct opt *opt, const char *value);
/* What follows such a word of --security-opt; NULL: nothing. */
int opt_set_apparmor(struct run *run, const struct opt *opt, char *value);
int opt_set_label(struct run *run, const struct opt *opt, char *value);
int opt_mask_paths(struct run *run, const struct opt *opt, char *value);
int opt_unmask(struct run *run, const struct opt *opt, const char *value);
int opt_unmask_paths(struct run *run, const struct opt *opt, char *value);
int opt_add_ambient_cap(struct run *run, const struct opt *opt, const char *value);

/* What those of resource_opt.c, cap_opt.c and userns_opt.c come to, after the last of them. */
int opt_finish_resources(struct run *run);
int opt_finish_userns(struct run *run);
int opt_finish_caps(struct run *run);

/* -1 with a message that blames @opt, if @rc says that the library refused. */
int opt_check(struct run *run, const struct opt *opt, int rc);
int opt_read_number(struct run *run, const struct opt *opt, const char *text, uint64_t max,
		    uint64_t *number);
/* Hands @value on in two parts; the second is NULL when there is no @separator. */
int opt_split(struct run *run, const struct opt *opt, const char *value, const char *separator,
	      int (*set)(struct run *run, const struct opt *opt, char *first, char *second));
bool opt_is_unlimited(const char *text); /* "-1" or "unlimited" */
int opt_read_octal(const struct opt *opt, const char *text, uint32_t max, uint32_t *number);

#endif
