/* SPDX-License-Identifier: MIT */
/* One line a step: for error messages, --explain and the curious. */
#include <linux/landlock.h>
#include <linux/mount.h>
#include <linux/securebits.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>

#include "base/buf.h"
#include "base/sys.h"
#include "plan/step.h"

/* Text from outside: as it is in an error, which escapes it itself, else on one line. */
static void add_text(struct ctr__buf *b, const char *text)
{
	if (b->escape)
		ctr__buf_add_escaped(b, text);
	else
		ctr__buf_add(b, "%s", text);
}

struct word {
	uint64_t bit;
	const char *text;
};

static void add_words(struct ctr__buf *b, const struct word *words, size_t n, uint64_t bits)
{
	const char *comma = "";

	for (size_t i = 0; i < n; i++) {
		if (!(bits & words[i].bit))
			continue;
		ctr__buf_add(b, "%s%s", comma, words[i].text);
		comma = ",";
	}
}

static void add_attrs(struct ctr__buf *b, uint64_t attrs)
{
	static const struct word words[] = {
		{ MOUNT_ATTR_RDONLY, "ro" },
		{ MOUNT_ATTR_NOSUID, "nosuid" },
		{ MOUNT_ATTR_NODEV, "nodev" },
		{ MOUNT_ATTR_NOEXEC, "noexec" },
		{ MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow" },
	};

	add_words(b, words, sizeof(words) / sizeof(words[0]), attrs);
}

static void add_namespaces(struct ctr__buf *b, unsigned long flags)
{
	static const struct word words[] = {
		{ CLONE_NEWNS, "mount" },  { CLONE_NEWPID, "pid" },
		{ CLONE_NEWUTS, "uts" },   { CLONE_NEWIPC, "ipc" },
		{ CLONE_NEWNET, "net" },   { CLONE_NEWCGROUP, "cgroup" },
		{ CLONE_NEWUSER, "user" }, { 0x00000080 /* CLONE_NEWTIME */, "time" },
	};

	add_words(b, words, sizeof(words) / sizeof(words[0]), flags);
}

static void add_option(struct ctr__buf *b, const char *const option[2], bool first)
{
	ctr__buf_add(b, first ? "" : ",");
	add_text(b, option[0]);
	if (!option[1])
		return;
	ctr__buf_add(b, "=");
	add_text(b, option[1]);
}

static void add_options(struct ctr__buf *b, const struct ctr__step_mount *m)
{
	size_t n = 0;

	ctr__buf_add(b, " (");
	add_attrs(b, m->attrs);
	for (; n < CTR__MOUNT_OPTIONS_MAX && m->options[n][0]; n++)
		add_option(b, m->options[n], n == 0 && !m->attrs);
	for (size_t i = 0; i < m->n_more; i++)
		add_option(b, m->more[i], n + i == 0 && !m->attrs);
	ctr__buf_add(b, ")");
}

static void add_mount(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct ctr__step_mount *m = &step->mount;

	add_text(b, m->type);
	if (m->source) {
		ctr__buf_add(b, " of ");
		add_text(b, m->source);
	}
	ctr__buf_add(b, " on ");
	add_text(b, m->target);
	add_options(b, m);
}

/* What a root or a bind of the default root's does about sockets and FIFOs. */
static void add_isolation(struct ctr__buf *b, const struct ctr__step_bind *bind)
{
	if (bind->note)
		ctr__buf_add(b,
			     "; FIFOs, and sockets that are not masked, stay reachable in it, "
			     "for %s",
			     bind->note);
}

static void add_bind(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct ctr__step_bind *bind = &step->bind;

	ctr__buf_add(b, bind->overlay ? "show by an overlay " : "bind ");
	add_text(b, bind->source);
	if (bind->given && strcmp(bind->given, bind->source) != 0)
		ctr__buf_add(b, " (%s)", bind->given);
	ctr__buf_add(b, " on ");
	add_text(b, bind->target);
	ctr__buf_add(b, " (%s%s%s", bind->recursive ? "rbind" : "bind", bind->idmap ? ",idmap" : "",
		     bind->attrs ? "," : "");
	add_attrs(b, bind->attrs);
	ctr__buf_add(b, ")");
	add_isolation(b, bind);
}

static void add_copy(struct ctr__buf *b, const struct ctr__step *step)
{
	add_text(b, step->bind.source);
	ctr__buf_add(b, " for a bind on ");
	add_text(b, step->bind.target);
}

static void add_root(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct ctr__step_bind *bind = &step->bind;

	add_text(b, bind->source);
	ctr__buf_add(b, " as the root file system%s", bind->overlay ? ", by an overlay" : "");
	if (!bind->attrs && !bind->idmap)
		return;
	ctr__buf_add(b, " (%s", bind->idmap ? bind->attrs ? "idmap," : "idmap" : "");
	add_attrs(b, bind->attrs);
	ctr__buf_add(b, ")");
	add_isolation(b, bind);
}

static void add_flags(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct ctr__step_flags *flags = &step->flags;

	add_text(b, flags->target);
	ctr__buf_add(b, " (");
	add_attrs(b, flags->set);
	if (flags->clear)
		ctr__buf_add(b, "%snot ", flags->set ? ", " : "");
	add_attrs(b, flags->clear);
	ctr__buf_add(b, ")%s%s", flags->recursive ? ", with all below" : "",
		     flags->layer ? ", if it is that layer" : "");
}

static void add_propagation(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct ctr__step_flags *flags = &step->flags;
	static const struct word words[] = {
		{ MS_PRIVATE, "private" },
		{ MS_SLAVE, "slave" },
		{ MS_SHARED, "shared" },
		{ MS_UNBINDABLE, "unbindable" },
	};

	ctr__buf_add(b, "%s ", flags->recursive ? "from" : "at");
	add_text(b, flags->target);
	ctr__buf_add(b, "%s ", flags->recursive ? " down" : "");
	add_words(b, words, sizeof(words) / sizeof(words[0]), flags->propagation);
}

static void add_limit(struct ctr__buf *b, uint64_t value)
{
	if (value == UINT64_MAX)
		ctr__buf_add(b, "unlimited");
	else
		ctr__buf_add(b, "%llu", (unsigned long long)value);
}

static void add_rlimit(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct ctr__step_rlimit *r = &step->rlimit;
	/* The names of getrlimit(2), by number, the same on x86 and Arm. */
	static const char *const names[] = {
		"cpu",	   "fsize", "data",  "stack",	   "core",     "rss",  "nproc",	 "nofile",
		"memlock", "as",    "locks", "sigpending", "msgqueue", "nice", "rtprio", "rttime",
	};

	ctr__buf_add(b, "%s", names[r->resource]);
	if (r->inherited) {
		ctr__buf_add(b, " back to the caller's");
		return;
	}
	ctr__buf_add(b, " to ");
	add_limit(b, r->limit.rlim_cur);
	ctr__buf_add(b, ":");
	add_limit(b, r->limit.rlim_max);
}

static void add_ids(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct ctr__step_ids *ids = &step->ids;

	ctr__buf_add(b, "uid %u gid %u, supplementary groups:", ids->uid, ids->gid);
	if (ids->keep_groups) {
		ctr__buf_add(b, " the caller's");
		return;
	}
	for (size_t i = 0; i < ids->n_groups; i++)
		ctr__buf_add(b, " %u", ids->groups[i]);
	if (!ids->n_groups)
		ctr__buf_add(b, " none");
}

static void add_caps(struct ctr__buf *b, const struct ctr__step *step)
{
	if (step->caps.names)
		ctr__buf_add(b, ": %s", step->caps.names);
}

static void add_landlock_rule(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct ctr__step_landlock *l = &step->landlock;
	static const struct word words[] = {
		{ LANDLOCK_ACCESS_FS_READ_FILE, "read" },
		{ LANDLOCK_ACCESS_FS_WRITE_FILE, "write" },
		{ LANDLOCK_ACCESS_FS_EXECUTE, "execute" },
	};

	add_text(b, l->path);
	ctr__buf_add(b, ": ");
	add_words(b, words, sizeof(words) / sizeof(words[0]), l->rights);
}

static void add_landlock(struct ctr__buf *b, const struct ctr__step *step)
{
	ctr__buf_add(b, "%s",
		     step->landlock.scoped ? ", and signals and abstract sockets to outside" : "");
}

static void add_securebits(struct ctr__buf *b, const struct ctr__step *step)
{
	/* The names of setpriv(1). */
	static const struct word words[] = {
		{ SECBIT_NOROOT, "noroot" },
		{ SECBIT_NOROOT_LOCKED, "noroot_locked" },
		{ SECBIT_NO_SETUID_FIXUP, "no_setuid_fixup" },
		{ SECBIT_NO_SETUID_FIXUP_LOCKED, "no_setuid_fixup_locked" },
		{ SECBIT_KEEP_CAPS_LOCKED, "keep_caps_locked" },
		{ SECBIT_NO_CAP_AMBIENT_RAISE, "no_cap_ambient_raise" },
		{ SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED, "no_cap_ambient_raise_locked" },
	};

	add_words(b, words, sizeof(words) / sizeof(words[0]), step->securebits);
	ctr__buf_add(b, "%s", step->securebits ? "" : "none");
}

static void add_filter(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct ctr__step_filter *filter = &step->filter;

	if (filter->origin) {
		ctr__buf_add(b, " by ");
		add_text(b, filter->origin);
	}
	if (filter->listener)
		ctr__buf_add(b, ", and hand its listener to the caller");
}

static void add_fds(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct ctr__step_fds *fds = &step->fds;

	for (size_t i = 0; i < fds->n; i++)
		ctr__buf_add(b, " %d", fds->targets[i]);
	ctr__buf_add(b, "%s", fds->n ? "" : " none");
}

static void add_gate_fds(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct ctr__step fds = { .fds = step->gate.fds };

	add_fds(b, &fds);
}

static void add_exec(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct ctr__step_exec *e = &step->exec;

	add_text(b, e->path);
	for (char *const *arg = e->argv; *arg; arg++) {
		ctr__buf_add(b, arg == e->argv ? " as: " : " ");
		add_text(b, *arg);
	}
}

static void add_path(struct ctr__buf *b, const struct ctr__step *step)
{
	add_text(b, step->path);
}

static void add_layer(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct ctr__step_layer *l = &step->layer;

	if (!l->instead) {
		ctr__buf_add(b, "cover ");
		add_text(b, l->path);
		ctr__buf_add(b, " with a layer for new mount points");
		return;
	}
	ctr__buf_add(b, "make the mount point ");
	add_text(b, l->instead);
	ctr__buf_add(b, " (a %s), or, where that is refused, cover ",
		     l->directory ? "directory" : "file");
	add_text(b, l->path);
	ctr__buf_add(b, " with a layer");
}

static void add_name(struct ctr__buf *b, const struct ctr__step *step)
{
	add_text(b, step->name);
}

static void add_note(struct ctr__buf *b, const struct ctr__step *step)
{
	if (step->name)
		ctr__buf_add(b, "; %s", step->name);
}

static void add_file(struct ctr__buf *b, const struct ctr__step *step)
{
	add_text(b, step->file.target);
}

static void add_target(struct ctr__buf *b, const struct ctr__step *step)
{
	add_text(b, step->target.path);
	ctr__buf_add(b, "%s", step->target.directory ? " (a directory)" : " (a file)");
}

static void add_label(struct ctr__buf *b, const struct ctr__step *step)
{
	add_text(b, step->lsm.label);
}

static void add_map(struct ctr__buf *b, const struct ctr__step *step)
{
	ctr__buf_add(b, "user ids (%s) and group ids (%s)", step->map.uids, step->map.gids);
}

static void add_unshare(struct ctr__buf *b, const struct ctr__step *step)
{
	add_namespaces(b, step->unshare);
}

static void add_setns(struct ctr__buf *b, const struct ctr__step *step)
{
	add_namespaces(b, step->setns.types);
	ctr__buf_add(b, " (");
	add_text(b, step->setns.origin);
	ctr__buf_add(b, step->setns.by_parent ? "), by the calling thread" : ")");
}

static void add_priority(struct ctr__buf *b, const struct ctr__step *step)
{
	ctr__buf_add(b, "%d", step->priority);
}

static void add_umask(struct ctr__buf *b, const struct ctr__step *step)
{
	ctr__buf_add(b, "%04o", step->umask);
}

static void add_signal_mask(struct ctr__buf *b, const struct ctr__step *step)
{
	ctr__buf_add(b, "0x%llx", (unsigned long long)step->signal_mask);
}

static void add_try(struct ctr__buf *b, const struct ctr__step *step)
{
	ctr__buf_add(b, "%s", step->try.what);
}

/* ---- all kinds ---- */

/* What add says comes between the two texts. */
static const struct description {
	const char *before;
	void (*add)(struct ctr__buf *b, const struct ctr__step *step); /* NULL: nothing */
	const char *after;					       /* NULL: nothing */
} descriptions[] = {
#define STEP(kind, executor, put, object, hint, calls, text, detail, rest)                         \
	[CTR__STEP_##kind] = { .before = (text), .add = (detail), .after = (rest) },
#include "plan/steps.def"
};

static void add_description(struct ctr__buf *b, const struct ctr__step *step)
{
	const struct description *d = &descriptions[step->kind];

	ctr__buf_add(b, "%s", d->before);
	if (d->add)
		d->add(b, step);
	if (d->after)
		ctr__buf_add(b, "%s", d->after);
}

static size_t describe(const struct ctr__step *step, char *text, size_t size, bool escape)
{
	struct ctr__buf b;

	ctr__buf_init(&b, text, size);
	b.escape = escape;
	if ((unsigned)step->kind >= CTR__STEP_COUNT) {
		ctr__buf_add(&b, "do a step of unknown kind %u", (unsigned)step->kind);
		return b.len;
	}
	add_description(&b, step);
	if (step->hidden_by) {
		ctr__buf_add(&b, ", hidden by what is mounted on ");
		add_text(&b, step->hidden_by);
		ctr__buf_add(&b, " later");
	}
	return b.len;
}

size_t ctr__step_describe(const struct ctr__step *step, char *text, size_t size)
{
	return describe(step, text, size, false);
}

size_t ctr__step_describe_line(const struct ctr__step *step, char *text, size_t size)
{
	return describe(step, text, size, true);
}
