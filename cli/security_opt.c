/* SPDX-License-Identifier: MIT */
/* What confines a program beyond namespaces, capabilities and limits. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "host_path.h"
#include "print.h"

static int set_keyring(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	const bool own = strcmp(value, "private") == 0;

	if (!own && strcmp(value, "host") != 0)
		return print_refusal(opt->name, value, "expected %s", opt->argument);
	return opt_check(draft, opt, ctr_process_set_keyring(draft->process, own, draft->err));
}

/* ---- landlock ---- */

/* "r", "rw" and so on; 0 if it is nothing of that kind. */
static uint32_t read_access(const char *text)
{
	static const char letters[] = "rwx";
	static const uint32_t bits[] = { CTR_LANDLOCK_READ, CTR_LANDLOCK_WRITE,
					 CTR_LANDLOCK_EXECUTE };
	uint32_t access = 0;

	for (; *text; text++) {
		const char *letter = strchr(letters, *text);

		if (!letter || (access & bits[letter - letters]))
			return 0;
		access |= bits[letter - letters];
	}
	return access;
}

/* What follows the last colon, so that a path may have others. */
static int set_landlock(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	char *path = strdup(value), *colon = path ? strrchr(path, ':') : NULL;
	uint32_t access = CTR_LANDLOCK_READ | CTR_LANDLOCK_EXECUTE;
	int rc;

	if (!path)
		return print_failure(opt->name, value, ENOMEM);
	if (colon) {
		*colon = '\0';
		access = read_access(colon + 1);
	}
	if (!access)
		rc = print_refusal(opt->name, value, "expected %s", opt->argument);
	else
		rc = opt_check(
			draft, opt,
			ctr_process_add_landlock_rule(draft->process, path, access, draft->err));
	free(path);
	return rc;
}

static int set_no_new_privileges(struct draft *draft, const struct opt *opt, char *value)
{
	bool enabled = true;

	if (value && opt_read_bool(opt, value, &enabled) < 0)
		return OPT_REFUSED;
	return opt_check(draft, opt,
			 ctr_process_set_no_new_privs(draft->process, enabled, draft->err));
}

/* ---- seccomp ---- */

static int set_profile(struct draft *draft, const struct opt *opt, const char *value)
{
	char *path = host_path(opt, value);
	int rc;

	if (!path)
		return OPT_REFUSED;
	rc = opt_check(draft, opt, ctr_process_set_seccomp_file(draft->process, path, draft->err));
	free(path);
	return rc;
}

static int set_seccomp(struct draft *draft, const struct opt *opt, char *value)
{
	static const struct {
		const char *name;
		uint32_t mode;
	} modes[] = {
		{ "default", CTR_SECCOMP_DEFAULT },
		{ "log", CTR_SECCOMP_LOG },
		{ "unconfined", CTR_SECCOMP_NONE },
	};

	if (!value || !*value)
		return print_refusal(opt->name, "seccomp",
				     "expected seccomp=FILE, default, log or unconfined");
	draft->filter_chosen = strcmp(value, modes[0].name) != 0;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(modes[i].name, value) == 0)
			return opt_check(
				draft, opt,
				ctr_process_set_seccomp(draft->process, modes[i].mode, draft->err));
	return set_profile(draft, opt, value);
}

/* ---- labels ---- */

static int set_apparmor(struct draft *draft, const struct opt *opt, char *value)
{
	if (!value || !*value)
		return print_refusal(opt->name, "apparmor", "expected apparmor=PROFILE");
	return opt_check(draft, opt, ctr_process_set_apparmor(draft->process, value, draft->err));
}

static int set_label(struct draft *draft, const struct opt *opt, char *value)
{
	if (!value || !*value)
		return print_refusal(opt->name, "label", "expected label=USER:ROLE:TYPE[:LEVEL]");
	if (strcmp(value, "disable") == 0) /* no label is asked for */
		return opt_check(draft, opt,
				 ctr_process_set_selinux(draft->process, NULL, draft->err));
	return opt_check(draft, opt, ctr_process_set_selinux(draft->process, value, draft->err));
}

/* ---- --security-opt KEY[=VALUE] or KEY:VALUE, as docker has it ---- */

static const struct {
	const char *name;
	int (*set)(struct draft *draft, const struct opt *opt, char *value);
} keys[] = {
	{ "no-new-privileges", set_no_new_privileges },
	{ "seccomp", set_seccomp },
	{ "apparmor", set_apparmor },
	{ "label", set_label },
	{ "mask", opt_mask_paths },
	{ "unmask", opt_unmask_paths },
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

static int refuse_key(const struct opt *opt, const char *name)
{
	char names[256];
	int n = 0;

	for (size_t i = 0; i < KEYS; i++)
		n += snprintf(names + n, sizeof(names) - (size_t)n, "%s%s", i ? ", " : "",
			      keys[i].name);
	return print_refusal(opt->name, name, "expected one of %s", names);
}

static int set_key(struct draft *draft, const struct opt *opt, char *name, char *value)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return keys[i].set(draft, opt, value);
	return refuse_key(opt, name);
}

static int set_security_opt(void *target, const struct opt *opt, const char *value)
{
	return opt_split(target, opt, value, "=:", set_key); /* docker takes both */
}

/* Options of docker's that have another form here. */
static const struct opt_foreign foreign[] = {
	{ "--privileged",
	  "choose what is needed: --cap-add ALL, --security-opt seccomp=unconfined, "
	  "--security-opt unmask=ALL" },
	{ NULL, NULL },
};

const struct opt security_options[] = {
	{ .name = "--keyring",
	  .argument = "private|host",
	  .help = "session keyring: its own or the host's",
	  .set = set_keyring },
	{ .name = "--landlock",
	  .argument = "PATH[:r|w|x...]",
	  .words = "PATH",
	  .help = "allow access only to files below PATH: read, write\n"
		  "and execute them (default rx)",
	  .set = set_landlock },
	{ .name = "--security-opt",
	  .argument = "KEY[=VALUE]",
	  .words = "no-new-privileges|no-new-privileges=false|seccomp=default|"
		   "seccomp=log|seccomp=unconfined|seccomp=FILE|apparmor=|label=|"
		   "mask=PATH|unmask=ALL|unmask=PATH",
	  .help = "no-new-privileges[=BOOL]: set-user-ID programs gain\n"
		  "nothing (default); seccomp=FILE, default, log or\n"
		  "unconfined: filter of system calls;\n"
		  "apparmor=PROFILE, label=CONTEXT: the host's policy;\n"
		  "mask=PATH[:PATH...], unmask=ALL|PATH[:PATH...]: hide\n"
		  "more or fewer files than by default",
	  .set = set_security_opt },
	{ .name = NULL, .foreign = foreign },
};
