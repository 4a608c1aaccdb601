/* SPDX-License-Identifier: MIT */
/* The program: who it is, where it begins, and what it is handed. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "draft.h"
#include "exposed.h"
#include "print.h"

enum { LARGEST_UMASK = 0777 };

/* ---- user and group, by names or numbers: the library finds out ---- */

static int refuse_empty(const struct opt *opt)
{
	return print_refusal(opt->name, "", "expected %s", opt->argument);
}

static int set_user_and_group(struct draft *draft, const struct opt *opt, char *user, char *group)
{
	if (!*user || (group && !*group))
		return refuse_empty(opt);
	draft->user_chosen = true;
	return opt_check(draft, opt,
			 ctr_process_set_user_name(draft->process, user, group, draft->err));
}

static int set_user(void *target, const struct opt *opt, const char *value)
{
	return opt_split(target, opt, value, ":", set_user_and_group);
}

static int add_group(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	if (!*value)
		return refuse_empty(opt);
	return opt_check(draft, opt, ctr_process_add_group_name(draft->process, value, draft->err));
}

/* ---- umask ---- */

static int set_umask(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	uint32_t mask;

	if (opt_read_octal(opt, value, LARGEST_UMASK, &mask) < 0)
		return OPT_REFUSED;
	return opt_check(draft, opt, ctr_process_set_umask(draft->process, mask, draft->err));
}

/* ---- descriptors ---- */

static bool is_directory(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The program can make links in it, too. */
static int give_directory(struct draft *draft, const struct opt *opt, int target, int source)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", source);
	if (exposed_note(draft, opt, path) < 0)
		return OPT_REFUSED;
	return opt_check(draft, opt,
			 ctr_process_set_dir_fd(draft->process, target, source, draft->err));
}

/* A directory is passed only where the option says that it is one. */
static int give_fd(struct draft *draft, const struct opt *opt, int target, int source,
		   bool directory)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", source);
	if (directory)
		return give_directory(draft, opt, target, source);
	if (is_directory(source))
		return print_refusal(
			opt->name, text,
			"it is a directory, from which the program can open files "
			"outside its root: show it with --volume, or write %d:%d:dir to "
			"pass it",
			source, target);
	return opt_check(draft, opt,
			 ctr_process_set_fd(draft->process, target, source, draft->err));
}

static int pass_fd(struct draft *draft, const struct opt *opt, char *source_text, char *rest)
{
	const char *target_text = strsep(&rest, ":");
	int target, source;

	if (opt_read_inherited_fd(draft, opt, source_text, &source) < 0)
		return OPT_REFUSED;
	target = source;
	if (target_text && opt_read_fd(draft, opt, target_text, &target) < 0)
		return OPT_REFUSED;
	if (rest && strcmp(rest, "dir") != 0)
		return print_refusal(opt->name, rest, "expected %s", opt->argument);
	return give_fd(draft, opt, target, source, rest);
}

static int set_pass_fd(void *target, const struct opt *opt, const char *value)
{
	return opt_split(target, opt, value, ":", pass_fd);
}

/* Options of docker's that have another form here. */
static const struct opt_foreign foreign[] = {
	{ "--entrypoint", "name the program after the options" },
	{ NULL, NULL },
};

static int set_cwd(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	return opt_check(draft, opt, ctr_process_set_cwd(draft->process, value, draft->err));
}

static int set_init(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	bool enabled;

	if (opt_read_bool(opt, value, &enabled) < 0)
		return OPT_REFUSED;
	return opt_check(draft, opt, ctr_process_set_init(draft->process, enabled, draft->err));
}

const struct opt process_options[] = {
	{ .name = "--workdir",
	  .letter = 'w',
	  .argument = "DIR",
	  .help = "working directory inside",
	  .set = set_cwd },
	{ .name = "--user",
	  .letter = 'u',
	  .argument = "NAME|UID[:GROUP|GID]",
	  .help = "user and group: numbers, or names that the\n"
		  "container's /etc/passwd and group have",
	  .set = set_user },
	{ .name = "--group-add",
	  .argument = "GROUP|GID",
	  .help = "add a supplementary group, by name or number",
	  .set = add_group },
	{ .name = "--umask",
	  .argument = "OCTAL",
	  .help = "file mode creation mask (default 0022)",
	  .set = set_umask },
	{ .name = "--init",
	  .help = "run a small init as PID 1 (the default), which\n"
		  "forwards signals and reaps orphans; or the program",
	  .set = set_init },
	{ .name = "--pass-fd",
	  .argument = "FD[:N[:dir]]",
	  .help = "pass open descriptor FD to the program, as number N;\n"
		  "a directory, from which files outside the root can\n"
		  "be opened, only with :dir",
	  .set = set_pass_fd },
	{ .name = NULL, .foreign = foreign },
};
