/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draft.h"
#include "exposed.h"
#include "hidden.h"
#include "host_path.h"
#include "print.h"
#include "suggest.h"

enum { DEFAULT_TMPFS_MODE = 01777, LARGEST_MODE = 07777 };

/* What a type of mount takes besides its target. */
enum { TAKES_SOURCE = 1, TAKES_SIZE = 2, TAKES_FLAGS = 4 };

struct mount {
	const struct opt *opt;
	const char *value; /* of the option, as it was given */
	const struct mount_type *type;
	const char *source; /* a path */
	int source_fd;	    /* or a descriptor; -1: none */
	const char *target;
	uint64_t size_bytes;
	uint32_t mode;
	uint32_t flags;
	bool has_size; /* or a mode */
};

struct mount_type {
	const char *name;
	unsigned int takes;
	int (*add)(struct draft *draft, const struct mount *mount);
	int (*add_plain)(ctr_spec *spec, const char *target, uint32_t flags, ctr_error *err);
};

static int refuse(const struct mount *mount, const char *cause)
{
	return print_refusal(mount->opt->name, mount->value, "%s", cause);
}

/* ---- types ---- */

static int add_bind_fd(struct draft *draft, const struct mount *mount)
{
	char path[32];
	int rc = opt_check(draft, mount->opt,
			   ctr_spec_add_bind_fd(draft->spec, mount->source_fd, mount->target,
						mount->flags, draft->err));

	if (rc < 0 || mount->flags & CTR_MOUNT_READ_ONLY)
		return rc;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", mount->source_fd);
	return exposed_note(draft, mount->opt, path);
}

static int add_bind(struct draft *draft, const struct mount *mount)
{
	char *source;
	int rc;

	if (mount->source_fd >= 0)
		return add_bind_fd(draft, mount);
	source = host_path(mount->opt, mount->source);
	if (!source)
		return OPT_REFUSED;
	rc = opt_check(
		draft, mount->opt,
		ctr_spec_add_bind(draft->spec, source, mount->target, mount->flags, draft->err));
	if (rc == 0 && !(mount->flags & CTR_MOUNT_READ_ONLY))
		rc = exposed_note(draft, mount->opt, source);
	free(source);
	return rc;
}

static int add_tmpfs(struct draft *draft, const struct mount *mount)
{
	int rc = ctr_spec_add_tmpfs(draft->spec, mount->target, mount->size_bytes, mount->mode,
				    mount->flags, draft->err);

	return opt_check(draft, mount->opt, rc);
}

static int add_plain(struct draft *draft, const struct mount *mount)
{
	int rc = mount->type->add_plain(draft->spec, mount->target, mount->flags, draft->err);

	return opt_check(draft, mount->opt, rc);
}

static int add_dev(struct draft *draft, const struct mount *mount)
{
	return opt_check(draft, mount->opt,
			 ctr_spec_add_dev(draft->spec, mount->target, draft->err));
}

static const struct mount_type mount_types[] = {
	{ "bind", TAKES_SOURCE | TAKES_FLAGS, add_bind, NULL },
	{ "tmpfs", TAKES_SIZE | TAKES_FLAGS, add_tmpfs, NULL },
	{ "proc", TAKES_FLAGS, add_plain, ctr_spec_add_proc },
	{ "sysfs", TAKES_FLAGS, add_plain, ctr_spec_add_sysfs },
	{ "devpts", TAKES_FLAGS, add_plain, ctr_spec_add_devpts },
	{ "mqueue", TAKES_FLAGS, add_plain, ctr_spec_add_mqueue },
	{ "cgroup", TAKES_FLAGS, add_plain, ctr_spec_add_cgroup },
	{ "dev", 0, add_dev, NULL },
	{ NULL, 0, NULL, NULL },
};

static const struct mount_type *find_type(const char *name)
{
	for (const struct mount_type *type = mount_types; type->name; type++)
		if (strcmp(type->name, name) == 0)
			return type;
	return NULL;
}

/* ---- fields ---- */

static int set_type(struct draft *draft, struct mount *mount, const char *text)
{
	(void)draft;
	if (mount->type)
		return refuse(mount, "the type is given twice");
	mount->type = find_type(text);
	if (mount->type)
		return 0;
	return print_refusal(mount->opt->name, mount->value,
			     "%s is no type of mount, expected bind, tmpfs, proc, sysfs, "
			     "devpts, mqueue, cgroup or dev",
			     text);
}

static bool has_source(const struct mount *mount)
{
	return mount->source || mount->source_fd >= 0;
}

static int set_source(struct draft *draft, struct mount *mount, const char *text)
{
	(void)draft;
	if (has_source(mount))
		return refuse(mount, "the source is given twice");
	mount->source = text;
	return 0;
}

static int set_source_fd(struct draft *draft, struct mount *mount, const char *text)
{
	if (has_source(mount))
		return refuse(mount, "the source is given twice");
	return opt_read_inherited_fd(draft, mount->opt, text, &mount->source_fd);
}

static int set_target(struct draft *draft, struct mount *mount, const char *text)
{
	(void)draft;
	if (mount->target)
		return refuse(mount, "the target is given twice");
	mount->target = text;
	return 0;
}

static int set_size(struct draft *draft, struct mount *mount, const char *text)
{
	const struct opt *opt = mount->opt;

	mount->has_size = true;
	return opt_check(
		draft, opt,
		ctr_parse_size(text, opt->name, 1, INT64_MAX, &mount->size_bytes, draft->err));
}

static int set_mode(struct draft *draft, struct mount *mount, const char *text)
{
	(void)draft;
	mount->has_size = true;
	return opt_read_octal(mount->opt, text, LARGEST_MODE, &mount->mode);
}

static int set_create(struct draft *draft, struct mount *mount, const char *text)
{
	(void)draft;
	if (strcmp(text, "none") != 0)
		return print_refusal(mount->opt->name, mount->value,
				     "create=%s is unknown, expected create=none", text);
	mount->flags |= CTR_MOUNT_NO_CREATE;
	return 0;
}

static const struct field {
	const char *name;
	int (*set)(struct draft *draft, struct mount *mount, const char *text);
} fields[] = {
	{ "type", set_type },
	{ "src", set_source },
	{ "source", set_source },
	{ "src-fd", set_source_fd },
	{ "dst", set_target },
	{ "target", set_target },
	{ "destination", set_target },
	{ "size", set_size },
	{ "tmpfs-size", set_size },
	{ "mode", set_mode },
	{ "tmpfs-mode", set_mode },
	{ "create", set_create },
	{ NULL, NULL },
};

/* Words that stand alone, or with "=true" or "=false". */
static const struct flag {
	const char *name;
	uint32_t set;
	uint32_t clear;
} flags[] = {
	{ "ro", CTR_MOUNT_READ_ONLY, 0 },
	{ "readonly", CTR_MOUNT_READ_ONLY, 0 },
	{ "rw", 0, CTR_MOUNT_READ_ONLY },
	{ "noexec", CTR_MOUNT_NOEXEC, 0 },
	{ "exec", 0, CTR_MOUNT_NOEXEC },
	{ "suid", CTR_MOUNT_ALLOW_SUID, 0 },
	{ "nosuid", 0, CTR_MOUNT_ALLOW_SUID },
	{ "dev", CTR_MOUNT_ALLOW_DEV, 0 },
	{ "nodev", 0, CTR_MOUNT_ALLOW_DEV },
	{ "nosymfollow", CTR_MOUNT_NOSYMFOLLOW, 0 },
	{ "idmap", CTR_MOUNT_IDMAP, 0 },
	{ "bind-recursive", 0, CTR_MOUNT_NOT_RECURSIVE },
	{ "bind-nonrecursive", CTR_MOUNT_NOT_RECURSIVE, 0 },
	{ NULL, 0, 0 },
};

static const struct field *find_field(const char *name)
{
	for (const struct field *field = fields; field->name; field++)
		if (strcmp(field->name, name) == 0)
			return field;
	return NULL;
}

static const struct flag *find_flag(const char *name)
{
	for (const struct flag *flag = flags; flag->name; flag++)
		if (strcmp(flag->name, name) == 0)
			return flag;
	return NULL;
}

static int refuse_field(const struct mount *mount, const char *name)
{
	struct suggestion s;

	suggest_start(&s, name);
	for (const struct field *field = fields; field->name; field++)
		suggest_consider(&s, field->name);
	for (const struct flag *flag = flags; flag->name; flag++)
		suggest_consider(&s, flag->name);
	if (s.best)
		return print_refusal(mount->opt->name, mount->value,
				     "%s is unknown, did you mean %s?", name, s.best);
	return print_refusal(mount->opt->name, mount->value, "%s is unknown", name);
}

static int apply_flag(struct mount *mount, const struct flag *flag, const char *answer)
{
	bool on = true;

	if (answer && opt_read_bool(mount->opt, answer, &on) < 0)
		return OPT_REFUSED;
	mount->flags &= ~(on ? flag->clear : flag->set);
	mount->flags |= on ? flag->set : flag->clear;
	return 0;
}

static int apply_field(struct draft *draft, struct mount *mount, char *text)
{
	const char *name = strsep(&text, "=");
	const struct field *field = find_field(name);
	const struct flag *flag = find_flag(name);

	if (flag)
		return apply_flag(mount, flag, text);
	if (!field)
		return refuse_field(mount, name);
	if (!text)
		return print_refusal(mount->opt->name, mount->value,
				     "%s has no value, expected %s=...", name, name);
	return field->set(draft, mount, text);
}

/* ---- the whole ---- */

static const char *mount_fault(const struct mount *mount)
{
	unsigned int takes = mount->type->takes;

	if (!mount->target)
		return "the target is missing, expected dst=PATH";
	if (mount->target[0] != '/')
		return "the target is relative, expected an absolute path";
	if (!has_source(mount) && takes & TAKES_SOURCE)
		return "the source is missing, expected src=PATH";
	if (has_source(mount) && !(takes & TAKES_SOURCE))
		return "only a bind has a source";
	if (mount->has_size && !(takes & TAKES_SIZE))
		return "only a tmpfs has a size and a mode";
	if (mount->flags && !(takes & TAKES_FLAGS))
		return "a mount of type dev has no further options";
	return NULL;
}

static int add_mount(struct draft *draft, const struct mount *mount)
{
	const char *fault;

	if (!mount->type)
		return refuse(mount, "the type is missing, expected type=bind or another");
	fault = mount_fault(mount);
	if (fault)
		return refuse(mount, fault);
	if (mount->type->add(draft, mount) < 0)
		return OPT_REFUSED;
	return hidden_note(draft, mount->opt, mount->value, mount->target);
}

/* What docker sets the labels of a volume's files by; files are not changed here. */
static bool is_relabel(const struct mount *mount, const char *word)
{
	return mount->type->takes & TAKES_SOURCE &&
	       (strcmp(word, "z") == 0 || strcmp(word, "Z") == 0);
}

static int apply_relabel(const struct mount *mount)
{
	if (access("/sys/fs/selinux/enforce", F_OK) < 0)
		return 0;
	return refuse(mount, "SELinux is active, and minictr does not change the labels of files: "
			     "set them by chcon(1), and leave z and Z out");
}

static int apply_word(struct draft *draft, struct mount *mount, char *word)
{
	if (*word == '\0')
		return refuse(mount, "an option is empty");
	return is_relabel(mount, word) ? apply_relabel(mount) : apply_field(draft, mount, word);
}

/* Fields after the last ':' of --volume and --tmpfs; @text may be NULL. */
static int apply_words(struct draft *draft, struct mount *mount, char *text)
{
	while (text) {
		if (apply_word(draft, mount, strsep(&text, ",")) < 0)
			return OPT_REFUSED;
	}
	return 0;
}

static int add_volume(struct draft *draft, struct mount *mount, char *text)
{
	char *words = text;

	mount->type = find_type("bind");
	mount->source = strsep(&words, ":");
	mount->target = strsep(&words, ":");
	if (!mount->target)
		return refuse(mount, "expected SRC:DST");
	if (words && strchr(words, ':'))
		return refuse(mount, "more than two \":\", use --mount for such names");
	if (apply_words(draft, mount, words) < 0)
		return OPT_REFUSED;
	return add_mount(draft, mount);
}

static int add_tmpfs_mount(struct draft *draft, struct mount *mount, char *text)
{
	char *words = text;

	mount->type = find_type("tmpfs");
	mount->target = strsep(&words, ":");
	if (apply_words(draft, mount, words) < 0)
		return OPT_REFUSED;
	return add_mount(draft, mount);
}

/*
 * Cuts the next field off @rest, as CSV has it: one in double quotes may hold
 * commas, and quotes as "". Returns NULL for a quote that does not end the field.
 */
static char *next_csv_field(char **rest)
{
	char *field = *rest, *from = field + 1, *to = field;

	if (*field != '"')
		return strsep(rest, ",");
	while (*from && (from[0] != '"' || from[1] == '"')) {
		from += *from == '"';
		*to++ = *from++;
	}
	if (*from != '"' || !strchr(",", from[1]))
		return NULL;
	*rest = from[1] ? from + 2 : NULL;
	*to = '\0';
	return field;
}

static int add_csv_mount(struct draft *draft, struct mount *mount, char *text)
{
	while (text) {
		char *field = next_csv_field(&text);

		if (!field)
			return refuse(mount, "a double quote is not closed at a field's end");
		if (*field == '\0')
			return refuse(mount, "a field is empty");
		if (apply_field(draft, mount, field) < 0)
			return OPT_REFUSED;
	}
	return add_mount(draft, mount);
}

static int parse_mount(struct draft *draft, const struct opt *opt, const char *value,
		       int (*parse)(struct draft *draft, struct mount *mount, char *text))
{
	struct mount mount = {
		.opt = opt,
		.value = value,
		.source_fd = -1,
		.mode = DEFAULT_TMPFS_MODE,
	};
	char *text = strdup(value);
	int rc;

	if (!text)
		return print_failure(opt->name, value, ENOMEM);
	rc = parse(draft, &mount, text);
	free(text);
	return rc;
}

/* ---- options ---- */

static int set_rootfs(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	char *path = host_path(opt, value);
	int rc;

	if (!path)
		return OPT_REFUSED;
	rc = opt_check(draft, opt, ctr_spec_set_rootfs(draft->spec, path, draft->err));
	if (rc == 0)
		rc = exposed_note(draft, opt, path);
	free(path);
	return rc;
}

static int set_volume(void *target, const struct opt *opt, const char *value)
{
	return parse_mount(target, opt, value, add_volume);
}

static int set_mount(void *target, const struct opt *opt, const char *value)
{
	return parse_mount(target, opt, value, add_csv_mount);
}

static int set_tmpfs(void *target, const struct opt *opt, const char *value)
{
	return parse_mount(target, opt, value, add_tmpfs_mount);
}

/* Options of docker's that have another form here. */
static const struct opt_foreign foreign[] = {
	{ "--device", "show the device as a volume: -v /dev/X:/dev/X:dev" },
	{ "--gpus", "show each device file as a volume: -v /dev/X:/dev/X:dev" },
	{ "--shm-size", "mount it with a size: --tmpfs /dev/shm:size=N" },
	{ "--add-host", "show a file of names: -v FILE:/etc/hosts:ro" },
	{ "--dns", "show a file of name servers: -v FILE:/etc/resolv.conf:ro" },
	{ NULL, NULL },
};

const struct opt mount_options[] = {
	{ .name = "--rootfs",
	  .argument = "DIR",
	  .help = "root directory (default: the host's, read-only)",
	  .set = set_rootfs },
	{ .name = "--read-only",
	  .help = "make the root file system read-only",
	  .set = opt_set_switch,
	  .set_switch = ctr_spec_set_read_only },
	{ .name = "--volume",
	  .letter = 'v',
	  .argument = "SRC:DST[:ro,...]",
	  .words = "PATH",
	  .help = "show the host's SRC as DST",
	  .set = set_volume },
	{ .name = "--mount",
	  .argument = "type=TYPE,dst=DST[,...]",
	  .words = "type=bind,|type=tmpfs,|type=proc,|type=sysfs,|"
		   "type=devpts,|type=mqueue,|type=cgroup,|type=dev,",
	  .help = "mount a bind (with src=SRC or src-fd=FD), tmpfs,\n"
		  "proc, sysfs, devpts, mqueue, cgroup or dev on DST",
	  .set = set_mount },
	{ .name = "--tmpfs",
	  .argument = "DST[:size=N,...]",
	  .help = "mount an empty file system in memory",
	  .set = set_tmpfs },
	{ .name = NULL, .foreign = foreign },
};
