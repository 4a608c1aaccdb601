/* SPDX-License-Identifier: MIT */
/* What can only be read: who guards this host, what is around the caller, which ids it has. */
#include <errno.h>
#include <linux/capability.h>
#include <linux/prctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/parse.h"
#include "base/sys.h"
#include "plan/launch.h"
#include "primitives/caps.h"
#include "primitives/userns.h"
#include "probe/probe.h"

#define TEXT_MAX 512

/* A file as one line, escaped; false if it is not there or empty. */
static bool read_line(const char *path, char *line, size_t size)
{
	char text[TEXT_MAX];
	struct ctr__buf b;

	if (ctr__fd_read_file(AT_FDCWD, path, text, sizeof(text)) <= 0)
		return false;
	text[strcspn(text, "\n")] = '\0';
	ctr__buf_init(&b, line, size);
	ctr__buf_add_escaped(&b, text);
	return *line;
}

/* ---- security modules ---- */

/* As what the caller itself runs; an old kernel has one file for whoever is first. */
static void tell_label(const struct ctr__probing *p, uint32_t feature, const char *file)
{
	char label[TEXT_MAX];

	if (read_line(file, label, sizeof(label)) ||
	    read_line("/proc/self/attr/current", label, sizeof(label)))
		ctr__probe_works(p, feature, "the caller runs as %s", label);
	else
		ctr__probe_works(p, feature, "it is active; what the caller runs as can't be read");
}

static void look_for_apparmor(const struct ctr__probing *p)
{
	char text[TEXT_MAX];

	if (read_line("/sys/module/apparmor/parameters/enabled", text, sizeof(text)) &&
	    *text == 'Y')
		tell_label(p, CTR_FEATURE_APPARMOR, "/proc/self/attr/apparmor/current");
	else
		ctr__probe_fails(p, CTR_FEATURE_APPARMOR,
				 "containers do without; a host that has it is booted with it in "
				 "lsm=",
				 "/sys/module/apparmor says that it is not active");
}

static void look_for_selinux(const struct ctr__probing *p)
{
	char text[TEXT_MAX];

	if (read_line("/sys/fs/selinux/enforce", text, sizeof(text)))
		tell_label(p, CTR_FEATURE_SELINUX, "/proc/self/attr/selinux/current");
	else
		ctr__probe_fails(p, CTR_FEATURE_SELINUX,
				 "containers do without; a host that has it is booted with it in "
				 "lsm=, and has a policy",
				 "/sys/fs/selinux is not there");
}

/* Tried already; its number is known only to the kernel. */
static void number_landlock(const struct ctr__probing *p)
{
	struct ctr__finding *f = &p->probe->v[CTR_FEATURE_LANDLOCK];

	if (!f->works)
		return;
	f->value = ctr__sys_new(SYS_landlock_create_ruleset, 0, 0, 1 /* the version */, 0, 0);
	snprintf(f->why, sizeof(f->why), "a process restricted itself, by ABI %lld",
		 (long long)f->value);
}

/* ---- ranges of ids ---- */

static uint64_t sum_of(const struct ctr__id_ranges *ranges)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ranges->n; i++)
		sum += ranges->v[i].count;
	return sum;
}

/* Of users and of groups, the less; the caller's own id left out. */
static uint64_t count_ranges(void)
{
	ctr_idmap *map = ctr_idmap_new(NULL);
	uint64_t of_users = 0, of_groups = 0;

	if (ctr_idmap_add_ranges(map, NULL) == 0) {
		of_users = sum_of(&map->uids) - 1;
		of_groups = sum_of(&map->gids) - 1;
	}
	ctr_idmap_free(map);
	return of_users < of_groups ? of_users : of_groups;
}

static bool has_file_capability(const char *path)
{
	char value[64];

	return ctr__sys4(SYS_getxattr, (long)path, (long)"security.capability", (long)value,
			 sizeof(value)) > 0;
}

/* What makes a program gain rights: owned by root with the bit, or with a file capability. */
static bool is_privileged(const char *path)
{
	struct statx st;

	if (sys_statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &st) < 0 || !S_ISREG(st.stx_mode))
		return false;
	return (st.stx_mode & S_ISUID && st.stx_uid == 0) || has_file_capability(path);
}

static bool has_helper(const char *name)
{
	const char *path = ctr__mapping_helper(name);

	return path && is_privileged(path);
}

static const char *missing_helper(void)
{
	return !has_helper("newuidmap")	  ? "newuidmap"
	       : !has_helper("newgidmap") ? "newgidmap"
					  : NULL;
}

static void look_for_ranges(const struct ctr__probing *p)
{
	const uint32_t feature = CTR_FEATURE_ID_RANGES, uid = geteuid();
	const char *missing = missing_helper();
	uint64_t count;

	if (p->privileged) {
		ctr__probe_works(p, feature, "the caller may map any ids itself");
		return;
	}
	count = count_ranges();
	p->probe->v[feature].value = (int64_t)count;
	if (missing)
		ctr__probe_fails(p, feature,
				 "install the package uidmap, or shadow-utils: the program has to "
				 "be set-user-ID root, or have a file capability",
				 "there is no %s that gains the rights it needs", missing);
	else if (sys_prctl(PR_GET_NO_NEW_PRIVS, 0) == 1)
		ctr__probe_fails(p, feature, "start it from a process without no_new_privs",
				 "the caller has no_new_privs, so newuidmap gains no rights");
	else if (count == 0)
		ctr__probe_fails(p, feature,
				 "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "
				 "gives a user some",
				 "/etc/subuid or /etc/subgid has none for user %u", uid);
	else
		ctr__probe_works(p, feature, "/etc/subuid and /etc/subgid have %llu for user %u",
				 (unsigned long long)count, uid);
}

/* ---- what is around the caller ---- */

/* The first namespaces of a system have fixed numbers: include/linux/proc_ns.h. */
static bool is_in_other(const char *link, const char *first)
{
	char target[64];
	long n = sys_readlinkat(AT_FDCWD, link, target, sizeof(target) - 1);

	if (n < 0)
		return false;
	target[n] = '\0';
	return strcmp(target, first) != 0;
}

static void add(struct ctr__buf *b, bool is, const char *what)
{
	if (is)
		ctr__buf_add(b, "%s%s", b->len ? ", " : "", what);
}

static void look_around(const struct ctr__probing *p)
{
	char text[TEXT_MAX];
	struct ctr__buf b;

	ctr__buf_init(&b, text, sizeof(text));
	add(&b, is_in_other("/proc/self/ns/user", "user:[4026531837]"), "a user namespace");
	add(&b, is_in_other("/proc/self/ns/pid", "pid:[4026531836]"), "a PID namespace");
	add(&b, sys_prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN) == 0,
	    "no CAP_SYS_ADMIN in the bounding set");
	add(&b, sys_prctl(PR_GET_NO_NEW_PRIVS, 0) == 1, "no_new_privs");
	add(&b, sys_prctl(PR_GET_SECCOMP, 0) > 0, "a filter of system calls");
	if (b.len)
		ctr__probe_fails(p, CTR_FEATURE_UNCONFINED,
				 "what does not work here may be for what is around: it has to "
				 "allow it",
				 "the caller is in: %s", text);
	else
		ctr__probe_works(p, CTR_FEATURE_UNCONFINED,
				 "the caller is in the first user and PID namespace, without a "
				 "filter of system calls");
}

static void look_at_sharing(const struct ctr__probing *p)
{
	if (ctr__launch_can_share())
		ctr__probe_works(p, CTR_FEATURE_SHARED_CHILD,
				 "children share the caller's memory until they execute");
	else
		ctr__probe_fails(p, CTR_FEATURE_SHARED_CHILD,
				 "nothing is missing, but a spawn takes a little longer: it is for "
				 "x86-64 and aarch64",
				 "this build always executes the helper");
}

/* Containers of the caller's use up what the caller has: inotify(7), user_namespaces(7). */
static int64_t most_inotify(void)
{
	char line[TEXT_MAX];
	const char *text = line;
	uint64_t most;

	if (!read_line("/proc/sys/fs/inotify/max_user_instances", line, sizeof(line)) ||
	    !ctr__take_digits(&text, &most) || *text || most > INT64_MAX)
		return -1;
	return (int64_t)most;
}

static void look_at_inotify(const struct ctr__probing *p)
{
	const uint32_t feature = CTR_FEATURE_INOTIFY;
	_cleanup_fd_ int fd = inotify_init1(IN_CLOEXEC);
	const int errnum = errno;
	const int64_t most = most_inotify();

	p->probe->v[feature].value = most;
	if (fd < 0)
		ctr__probe_fails(p, feature,
				 "containers of this user may have taken all: give them another "
				 "user with --user, see minictr-security(7)",
				 "make an instance: %s", ctr__error_text(errnum));
	else if (most < 0)
		ctr__probe_works(p, feature, "made an instance");
	else
		ctr__probe_works(p, feature,
				 "made an instance; user %u may have %lld, those of containers "
				 "included that have no other --user",
				 geteuid(), (long long)most);
}

void ctr__probe_host(const struct ctr__probing *p)
{
	look_at_inotify(p);
	number_landlock(p);
	look_for_apparmor(p);
	look_for_selinux(p);
	look_for_ranges(p);
	look_at_sharing(p);
	look_around(p);
}
