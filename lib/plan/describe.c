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

static void add_options(struct ctr__buf *b, const struct ctr__step_mount *m)
{
	ctr__buf_add(b, " (");
	add_attrs(b, m->attrs);
	for (size_t i = 0; i < CTR__MOUNT_OPTIONS_MAX && m->options[i][0]; i++)
		ctr__buf_add(b, "%s%s%s%s", i || m->attrs ? "," : "", m->options[i][0],
			     m->options[i][1] ? "=" : "", m->options[i][1] ? m->options[i][1] : "");
	ctr__buf_add(b, ")");
}

static void add_mount(struct ctr__buf *b, const struct ctr__step_mount *m)
{
	ctr__buf_add(b, "mount %s on ", m->type);
	add_text(b, m->target);
	add_options(b, m);
}

static void add_bind(struct ctr__buf *b, const struct ctr__step_bind *bind)
{
	ctr__buf_add(b, "bind ");
	add_text(b, bind->source);
	ctr__buf_add(b, " on ");
	add_text(b, bind->target);
	ctr__buf_add(b, " (%s%s%s", bind->recursive ? "rbind" : "bind", bind->idmap ? ",idmap" : "",
		     bind->attrs ? "," : "");
	add_attrs(b, bind->attrs);
	ctr__buf_add(b, ")");
}

static void add_root(struct ctr__buf *b, const struct ctr__step_bind *bind)
{
	ctr__buf_add(b, "take ");
	add_text(b, bind->source);
	ctr__buf_add(b, " as the root file system");
	if (!bind->attrs && !bind->idmap)
		return;
	ctr__buf_add(b, " (%s", bind->idmap ? bind->attrs ? "idmap," : "idmap" : "");
	add_attrs(b, bind->attrs);
	ctr__buf_add(b, ")");
}

static void add_flags(struct ctr__buf *b, const struct ctr__step_flags *flags)
{
	ctr__buf_add(b, "set the flags of ");
	add_text(b, flags->target);
	ctr__buf_add(b, " (");
	add_attrs(b, flags->set);
	if (flags->clear)
		ctr__buf_add(b, "%snot ", flags->set ? ", " : "");
	add_attrs(b, flags->clear);
	ctr__buf_add(b, ")%s%s", flags->recursive ? ", with all below" : "",
		     flags->layer ? ", if it is that layer" : "");
}

static void add_propagation(struct ctr__buf *b, const struct ctr__step_flags *flags)
{
	static const struct word words[] = {
		{ MS_PRIVATE, "private" },
		{ MS_SLAVE, "slave" },
		{ MS_SHARED, "shared" },
		{ MS_UNBINDABLE, "unbindable" },
	};

	ctr__buf_add(b, "make mounts %s ", flags->recursive ? "from" : "at");
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

static void add_rlimit(struct ctr__buf *b, const struct ctr__step_rlimit *r)
{
	/* The names of getrlimit(2), by number, the same on x86 and Arm. */
	static const char *const names[] = {
		"cpu",	   "fsize", "data",  "stack",	   "core",     "rss",  "nproc",	 "nofile",
		"memlock", "as",    "locks", "sigpending", "msgqueue", "nice", "rtprio", "rttime",
	};

	ctr__buf_add(b, "set resource limit %s", names[r->resource]);
	if (r->inherited) {
		ctr__buf_add(b, " back to the caller's");
		return;
	}
	ctr__buf_add(b, " to ");
	add_limit(b, r->limit.rlim_cur);
	ctr__buf_add(b, ":");
	add_limit(b, r->limit.rlim_max);
}

static void add_ids(struct ctr__buf *b, const struct ctr__step_ids *ids)
{
	ctr__buf_add(b, "become uid %u gid %u, supplementary groups:", ids->uid, ids->gid);
	if (ids->keep_groups) {
		ctr__buf_add(b, " the caller's");
		return;
	}
	for (size_t i = 0; i < ids->n_groups; i++)
		ctr__buf_add(b, " %u", ids->groups[i]);
	if (!ids->n_groups)
		ctr__buf_add(b, " none");
}

static void add_caps(struct ctr__buf *b, const char *what, const struct ctr__step_caps *caps)
{
	ctr__buf_add(b, "%s", what);
	if (caps->names)
		ctr__buf_add(b, ": %s", caps->names);
}

static void add_landlock_rule(struct ctr__buf *b, const struct ctr__step_landlock *l)
{
	static const struct word words[] = {
		{ LANDLOCK_ACCESS_FS_READ_FILE, "read" },
		{ LANDLOCK_ACCESS_FS_WRITE_FILE, "write" },
		{ LANDLOCK_ACCESS_FS_EXECUTE, "execute" },
	};

	ctr__buf_add(b, "allow by landlock, below ");
	add_text(b, l->path);
	ctr__buf_add(b, ": ");
	add_words(b, words, sizeof(words) / sizeof(words[0]), l->rights);
}

static void add_landlock(struct ctr__buf *b, const struct ctr__step_landlock *l)
{
	ctr__buf_add(b, "refuse all other access to files by landlock%s",
		     l->scoped ? ", and signals and abstract sockets to outside" : "");
}

static void add_securebits(struct ctr__buf *b, uint32_t bits)
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

	ctr__buf_add(b, "set securebits ");
	add_words(b, words, sizeof(words) / sizeof(words[0]), bits);
	ctr__buf_add(b, "%s", bits ? "" : "none");
}

static void add_filter(struct ctr__buf *b, const struct ctr__step_filter *filter)
{
	ctr__buf_add(b, "filter system calls");
	if (filter->origin) {
		ctr__buf_add(b, " by ");
		add_text(b, filter->origin);
	}
	if (filter->listener)
		ctr__buf_add(b, ", and hand its listener to the caller");
}

static void add_fds(struct ctr__buf *b, const struct ctr__step_fds *fds)
{
	ctr__buf_add(b, "place descriptors");
	for (size_t i = 0; i < fds->n; i++)
		ctr__buf_add(b, " %d", fds->targets[i]);
	ctr__buf_add(b, "%s", fds->n ? "" : " none");
}

static void add_exec(struct ctr__buf *b, const struct ctr__step_exec *e)
{
	ctr__buf_add(b, "execute ");
	add_text(b, e->path);
	for (char *const *arg = e->argv; *arg; arg++) {
		ctr__buf_add(b, arg == e->argv ? " as: " : " ");
		add_text(b, *arg);
	}
}

/* The path comes between the two. */
static void add_path(struct ctr__buf *b, const char *before, const char *path, const char *after)
{
	ctr__buf_add(b, "%s ", before);
	add_text(b, path);
	ctr__buf_add(b, "%s", after);
}

static void add_layer(struct ctr__buf *b, const struct ctr__step_layer *l)
{
	if (l->instead) {
		add_path(b, "make the mount point", l->instead,
			 l->directory ? " (a directory)" : " (a file)");
		add_path(b, ", or, where that is refused, cover", l->path, " with a layer");
		return;
	}
	add_path(b, "cover", l->path, " with a layer for new mount points");
}

static void add_paths_step(struct ctr__buf *b, const struct ctr__step *step)
{
	switch (step->kind) {
	case CTR__STEP_DEV:
		add_path(b, "mount a minimal /dev on", step->path, " (nosuid,noexec)");
		return;
	case CTR__STEP_MASK:
		add_path(b, "mask", step->path, "");
		return;
	case CTR__STEP_READ_ONLY:
		add_path(b, "make", step->path, " read-only");
		return;
	case CTR__STEP_UNCOVER:
		add_path(b, "unmount what is mounted on", step->path, "");
		return;
	case CTR__STEP_UNMOUNT:
		add_path(b, "unmount", step->path, "");
		return;
	case CTR__STEP_LOOK:
		add_path(b, "look at", step->path, " once more, through no link of the kernel's");
		return;
	case CTR__STEP_CHROOT:
		add_path(b, "change the root directory to", step->path, "");
		return;
	default:
		add_path(b, "go to working directory", step->path, "");
		return;
	}
}

static const char *fixed_text(enum ctr__step_kind kind)
{
	switch (kind) {
	case CTR__STEP_RESET_SIGNALS:
		return "set all signals to their default actions";
	case CTR__STEP_NO_USER_NS:
		return "allow no user namespaces inside";
	case CTR__STEP_DIE_WITH_PARENT:
		return "die when the parent does";
	case CTR__STEP_NO_CORE_DUMP:
		return "dump no core while memory is shared";
	case CTR__STEP_NEW_SESSION:
		return "start a new session, without a controlling terminal";
	case CTR__STEP_KEEP_TEMPLATE:
		return "keep the mount namespace as a template";
	case CTR__STEP_JOIN_TEMPLATE:
		return "start from a copy of the template's mounts";
	case CTR__STEP_PIVOT_ROOT:
		return "make it the root and let go of the old one";
	case CTR__STEP_LOOPBACK:
		return "bring up the loopback interface";
	case CTR__STEP_TERMINAL:
		return "open a terminal from /dev/pts as descriptors 0 1 2";
	case CTR__STEP_JOIN_LEAF:
		return "join the group in it that processes of a divided one are in";
	case CTR__STEP_KEYRING:
		return "begin a session keyring of its own";
	case CTR__STEP_VERIFY:
		return "verify ids, capabilities, no_new_privs, the root and the working directory";
	case CTR__STEP_CLOSE:
		return "close all other descriptors";
	case CTR__STEP_NO_NEW_PRIVS:
		return "never gain privileges (no_new_privs)";
	default:
		return NULL;
	}
}

static void add_process_step(struct ctr__buf *b, const struct ctr__step *step)
{
	switch (step->kind) {
	case CTR__STEP_MAP_IDS:
		ctr__buf_add(b, "map user ids (%s) and group ids (%s)", step->map.uids,
			     step->map.gids);
		return;
	case CTR__STEP_AWAIT_IDS:
		ctr__buf_add(b, "wait until the caller has mapped user ids (%s) and group ids (%s)",
			     step->map.uids, step->map.gids);
		return;
	case CTR__STEP_CAP_BOUND:
		add_caps(b, "limit what can be gained by executing to capabilities", &step->caps);
		return;
	case CTR__STEP_SECCOMP:
		add_filter(b, &step->filter);
		return;
	case CTR__STEP_CAPS:
		add_caps(b, "keep capabilities", &step->caps);
		return;
	case CTR__STEP_PRIORITY:
		ctr__buf_add(b, "set the nice value to %d", step->priority);
		return;
	case CTR__STEP_SECUREBITS:
		add_securebits(b, step->securebits);
		return;
	case CTR__STEP_LANDLOCK_RULE:
		add_landlock_rule(b, &step->landlock);
		return;
	case CTR__STEP_LANDLOCK:
		add_landlock(b, &step->landlock);
		return;
	case CTR__STEP_LSM:
		add_path(b, "put what is executed under the label", step->lsm.label, "");
		return;
	case CTR__STEP_FDS:
		add_fds(b, &step->fds);
		return;
	case CTR__STEP_RLIMIT:
		add_rlimit(b, &step->rlimit);
		return;
	case CTR__STEP_IDS:
		add_ids(b, &step->ids);
		return;
	case CTR__STEP_UMASK:
		ctr__buf_add(b, "set the umask to %04o", step->umask);
		return;
	case CTR__STEP_SIGNAL_MASK:
		ctr__buf_add(b, "set the signal mask to 0x%llx",
			     (unsigned long long)step->signal_mask);
		return;
	case CTR__STEP_EXEC:
		add_exec(b, &step->exec);
		return;
	case CTR__STEP_TRY:
		ctr__buf_add(b, "%s", step->try.what);
		return;
	default:
		add_paths_step(b, step);
		return;
	}
}

static void add_step(struct ctr__buf *b, const struct ctr__step *step)
{
	switch (step->kind) {
	case CTR__STEP_JOIN_CGROUP:
		ctr__buf_add(b, "join ");
		add_text(b, step->name);
		return;
	case CTR__STEP_UNSHARE:
		ctr__buf_add(b, "create new namespaces: ");
		add_namespaces(b, step->unshare);
		return;
	case CTR__STEP_SETNS:
		ctr__buf_add(b, "join namespaces: ");
		add_namespaces(b, step->setns.types);
		ctr__buf_add(b, " (");
		add_text(b, step->setns.origin);
		ctr__buf_add(b, ")");
		return;
	case CTR__STEP_PROPAGATION:
		add_propagation(b, &step->flags);
		return;
	case CTR__STEP_MAKE_TARGET:
		add_path(b, "make the mount point", step->target.path,
			 step->target.directory ? " (a directory)" : " (a file)");
		return;
	case CTR__STEP_LAYER:
		add_layer(b, &step->layer);
		return;
	case CTR__STEP_SET_FLAGS:
		add_flags(b, &step->flags);
		return;
	case CTR__STEP_TAKE:
		add_path(b, "copy", step->bind.source, "");
		add_path(b, " for a bind on", step->bind.target, "");
		return;
	case CTR__STEP_ROOT:
		add_root(b, &step->bind);
		return;
	case CTR__STEP_BIND:
		add_bind(b, &step->bind);
		return;
	case CTR__STEP_MOUNT:
		add_mount(b, &step->mount);
		return;
	case CTR__STEP_HOSTNAME:
		add_path(b, "set the host name to", step->name, "");
		return;
	case CTR__STEP_DOMAINNAME:
		add_path(b, "set the domain name to", step->name, "");
		return;
	default:
		add_process_step(b, step);
		return;
	}
}

static size_t describe(const struct ctr__step *step, char *text, size_t size, bool escape)
{
	const char *fixed = fixed_text(step->kind);
	struct ctr__buf b;

	ctr__buf_init(&b, text, size);
	b.escape = escape;
	if (fixed)
		ctr__buf_add(&b, "%s", fixed);
	else
		add_step(&b, step);
	if (step->hidden_by)
		add_path(&b, ", hidden by what is mounted on", step->hidden_by, " later");
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
