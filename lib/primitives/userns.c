/* SPDX-License-Identifier: MIT */
/* Maps of ids as they are written: by the caller, or by newuidmap(1) for it. */
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/export.h"
#include "base/file.h"
#include "base/passwd.h"
#include "base/subid.h"
#include "base/sys.h"
#include "base/wait.h"
#include "plan/launch.h"
#include "primitives/caps.h"
#include "primitives/idmap.h"
#include "primitives/userns.h"

#define FILE_MAX ((size_t)1 << 20) /* more than any such file has */
#define MAP_TEXT_MAX 4096	   /* user_namespaces(7): less than a page */
#define HELPER_TIMEOUT_MS 30000
#define MESSAGE_MAX 256

/* Of users and of groups: what differs. */
struct kind {
	const char *what, *file, *map, *helper;
	int cap; /* with it the caller may write the map itself */
};

static const struct kind users = {
	"user ids", "/etc/subuid", "uid_map", "newuidmap", CAP_SETUID,
};
static const struct kind groups = {
	"group ids", "/etc/subgid", "gid_map", "newgidmap", CAP_SETGID,
};

const char *ctr__userns_off(int errnum)
{
	static const struct {
		const char *file, off;
		const char *hint;
	} switches[] = {
		{ "/proc/sys/user/max_user_namespaces", '0',
		  "user namespaces are switched off: see /proc/sys/user/max_user_namespaces" },
		{ "/proc/sys/kernel/unprivileged_userns_clone", '0',
		  "user namespaces are for root only: see "
		  "/proc/sys/kernel/unprivileged_userns_clone" },
		{ "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1',
		  "AppArmor forbids user namespaces to programs without a "
		  "profile: see "
		  "/proc/sys/kernel/apparmor_restrict_unprivileged_userns" },
	};
	const bool refused =
		errnum == EPERM || errnum == EACCES || errnum == ENOSPC || errnum == EUSERS;
	char text[16];

	for (size_t i = 0; refused && i < sizeof(switches) / sizeof(switches[0]); i++)
		if (ctr__fd_read_file(AT_FDCWD, switches[i].file, text, sizeof(text)) > 0 &&
		    text[0] == switches[i].off && text[1] == '\n')
			return switches[i].hint;
	return NULL;
}

/* ---- what /etc/subuid and /etc/subgid give ---- */

/* A file of the host's administrator's, whole; the caller frees it. None is as good as empty. */
static int read_whole(const char *path, char **text, size_t *length, ctr_error *err)
{
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	int r = fd < 0 ? fd : ctr__file_read(fd, FILE_MAX, text, length);

	if (r == -ENOENT) {
		*length = 0;
		*text = strdup("");
		return *text ? 0 : ctr__error_nomem(err);
	}
	if (r == -ENOMEM)
		return ctr__error_nomem(err);
	return r < 0 ? ctr__error_sys(err, -r, "read", path) : 0;
}

/* The range that has an id; NULL: none has. */
static const struct ctr__id_range *find_range(const struct ctr__id_ranges *given, uint64_t outside)
{
	for (size_t i = 0; i < given->n; i++)
		if (outside - given->v[i].outside < given->v[i].count)
			return &given->v[i];
	return NULL;
}

/* Ranges that follow one another are as good as one: so newuidmap(1) has it. */
static bool is_covered(const struct ctr__id_ranges *given, const struct ctr__id_range *asked,
		       uint32_t own)
{
	const uint64_t end = (uint64_t)asked->outside + asked->count;
	const struct ctr__id_range *range;
	uint64_t next = asked->outside;

	if (asked->count == 1 && asked->outside == own)
		return true;
	while (next < end && (range = find_range(given, next)) != NULL)
		next = (uint64_t)range->outside + range->count;
	return next >= end;
}

/* The caller's line in the host's own file, in text, which is to be freed; empty without one. */
static int find_caller(struct ctr__passwd *entry, char **text, ctr_error *err)
{
	struct ctr__span file;

	*entry = (struct ctr__passwd){ 0 };
	if (read_whole("/etc/passwd", text, &file.n, err))
		return -1;
	file.at = *text;
	ctr__passwd_find_uid(file, geteuid(), entry);
	return 0;
}

static int copy_field(struct ctr__span field, char **copy, ctr_error *err)
{
	*copy = field.n ? strndup(field.at, field.n) : strdup("");
	return *copy ? 0 : ctr__error_nomem(err);
}

/* What that file calls the caller; "" if it does not. To be freed. */
static int caller_name(char **name, ctr_error *err)
{
	_cleanup_free_ char *text = NULL;
	struct ctr__passwd entry;

	return find_caller(&entry, &text, err) ? -1 : copy_field(entry.name, name, err);
}

int ctr__caller_home(char **home, ctr_error *err)
{
	_cleanup_free_ char *text = NULL;
	struct ctr__passwd entry;

	return find_caller(&entry, &text, err) ? -1 : copy_field(entry.home, home, err);
}

/* The caller's ranges of a kind, from inside 1 on. */
static int read_given(const struct kind *kind, struct ctr__id_ranges *given, ctr_error *err)
{
	_cleanup_free_ char *text = NULL, *name = NULL;
	struct ctr__subid line;
	const char *p, *end;
	uint64_t inside = 1;
	size_t length = 0;

	if (caller_name(&name, err) || read_whole(kind->file, &text, &length, err))
		return -1;
	for (p = text, end = text + length; ctr__subid_next(&p, end, &line);) {
		const struct ctr__id_range range = { (uint32_t)inside, line.first, line.count };

		if (!ctr__subid_is_of(&line, geteuid(), *name ? name : NULL) ||
		    !ctr__id_ranges_take(given, &range))
			continue; /* of somebody else, or there already, by name and by number */
		if (ctr__id_ranges_append(given, &range))
			return ctr__error_nomem(err);
		inside += line.count;
	}
	return 0;
}

static int refuse_none(const struct kind *kind, ctr_error *err)
{
	return ctr__error_set(err, CTR_E_UNSUPPORTED, 0, "map", kind->what,
			      "%s grants none to user id %u: see usermod(8), --add-subuids "
			      "and --add-subgids",
			      kind->file, geteuid());
}

static int refuse_range(const struct kind *kind, const struct ctr__id_range *asked,
			const struct ctr__id_ranges *given, ctr_error *err)
{
	char what[64];

	snprintf(what, sizeof(what), "%s from %u to %u", kind->what, asked->outside,
		 asked->outside + asked->count - 1);
	if (!given->n)
		return ctr__error_set(err, CTR_E_UNSUPPORTED, EPERM, "map", what,
				      "the caller may not map them: %s grants none to user id %u",
				      kind->file, geteuid());
	return ctr__error_set(err, CTR_E_UNSUPPORTED, EPERM, "map", what,
			      "the caller may not map them: %s grants %u to %u to user id %u",
			      kind->file, given->v[0].outside,
			      given->v[0].outside + given->v[0].count - 1, geteuid());
}

static int check_given(const struct kind *kind, const struct ctr__id_ranges *asked, uint32_t own,
		       ctr_error *err)
{
	struct ctr__id_ranges given = { 0 };
	int r = read_given(kind, &given, err);

	for (size_t i = 0; r == 0 && i < asked->n; i++)
		if (!is_covered(&given, &asked->v[i], own))
			r = refuse_range(kind, &asked->v[i], &given, err);
	free(given.v);
	return r;
}

static int add_given(const struct kind *kind, struct ctr__id_ranges *ranges, uint32_t own,
		     ctr_error *err)
{
	const struct ctr__id_range self = { 0, own, 1 };

	if (ctr__id_ranges_append(ranges, &self))
		return ctr__error_nomem(err);
	if (read_given(kind, ranges, err))
		return -1;
	return ranges->n > 1 ? 0 : refuse_none(kind, err);
}

CTR_EXPORT int ctr_idmap_add_ranges(ctr_idmap *map, ctr_error *err)
{
	ctr_idmap made = { 0 };

	if (ctr__idmap_begin(map, &err))
		return -1;
	if (!ctr__idmap_is_empty(map))
		return ctr__error_set(err, CTR_E_INVALID, 0, "map of ids", NULL,
				      "it already has ranges, expected an empty map");
	if (add_given(&users, &made.uids, geteuid(), err) ||
	    add_given(&groups, &made.gids, getegid(), err)) {
		ctr__idmap_clear(&made);
		return -1;
	}
	map->uids = made.uids;
	map->gids = made.gids;
	return 0;
}

/* ---- a mapping ---- */

/* The usual places, and no others: what runs as root is not looked for in the caller's PATH. */
const char *ctr__mapping_helper(const char *name)
{
	static const char *const paths[] = { "/usr/bin/newuidmap", "/usr/bin/newgidmap",
					     "/usr/local/bin/newuidmap",
					     "/usr/local/bin/newgidmap" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (strcmp(strrchr(paths[i], '/') + 1, name) == 0 &&
		    sys_access(paths[i], X_OK) == 0)
			return paths[i];
	return NULL;
}

static int choose_helper(const struct kind *kind, const struct ctr__id_ranges *asked, uint32_t own,
			 const char **helper, ctr_error *err)
{
	struct ctr__caps_sets sets;
	int r = sys_capget(&sets);

	if (r < 0)
		return ctr__error_sys(err, -r, "read the caller's capabilities", NULL);
	if (sets.effective >> kind->cap & 1)
		return 0;
	if (check_given(kind, asked, own, err))
		return -1;
	*helper = ctr__mapping_helper(kind->helper);
	if (*helper)
		return 0;
	return ctr__error_set(
		err, CTR_E_UNSUPPORTED, 0, "map", kind->what,
		"users other than root need %s(1) for it, which is not installed (Debian "
		"package: uidmap)",
		kind->helper);
}

static char *text_of(const struct ctr__id_ranges *ranges)
{
	const size_t size = ranges->n * sizeof("4294967295 4294967295 4294967295") + 1;
	char *text = malloc(size);
	size_t used = 0;

	for (size_t i = 0; text && i < ranges->n; i++)
		used += (size_t)snprintf(text + used, size - used, "%u %u %u\n",
					 ranges->v[i].inside, ranges->v[i].outside,
					 ranges->v[i].count);
	return text;
}

int ctr__mapping_make(struct ctr__mapping *mapping, const ctr_idmap *map, ctr_error *err)
{
	const struct ctr__id_ranges *uids, *gids;

	*mapping = (struct ctr__mapping){ 0 };
	if (!map)
		return ctr__error_missing(err, "map of ids");
	if (ctr__error_check(map->failed, err))
		return -1;
	uids = ctr__idmap_uids(map);
	gids = ctr__idmap_gids(map);
	if (ctr__idmap_is_empty(map))
		return ctr__error_set(err, CTR_E_INVALID, 0, "map of ids", NULL,
				      "it is empty, expected at least one range");
	if (choose_helper(&users, uids, geteuid(), &mapping->uid_helper, err) ||
	    choose_helper(&groups, gids, getegid(), &mapping->gid_helper, err))
		return -1;
	mapping->uids = text_of(uids);
	mapping->gids = text_of(gids);
	if (!mapping->uids || !mapping->gids) {
		ctr__mapping_clear(mapping);
		return ctr__error_nomem(err);
	}
	if (strlen(mapping->uids) < MAP_TEXT_MAX && strlen(mapping->gids) < MAP_TEXT_MAX)
		return 0;
	ctr__mapping_clear(mapping);
	return ctr__error_set(err, CTR_E_INVALID, 0, "map of ids", NULL,
			      "it is longer than the %d bytes that the kernel accepts: use "
			      "fewer ranges",
			      MAP_TEXT_MAX - 1);
}

void ctr__mapping_clear(struct ctr__mapping *mapping)
{
	free(mapping->uids);
	free(mapping->gids);
	*mapping = (struct ctr__mapping){ 0 };
}

/* A child of ours that came to no good end. */
static int explain_child(const struct ctr__outcome *outcome, const char *step, const char *object,
			 ctr_error *err)
{
	if (outcome->kind == CTR__OUTCOME_FAILED)
		return ctr__error_sys(err, outcome->errnum, step, object);
	if (outcome->kind == CTR__OUTCOME_TIMEOUT || outcome->kind == CTR__OUTCOME_STOPPED)
		return ctr__error_set(err, CTR_E_TIMEOUT, 0, step, object,
				      "it took too long, and was killed");
	return ctr__error_set(err, CTR_E_KILLED, 0, step, object, "the child was killed");
}

/* ---- newuidmap and newgidmap ---- */

/* Its words: the process, and each number of the map. They lie in text, which is cut up. */
static char **make_words(const char *helper, char *pid, char *text)
{
	size_t n = 3;
	char **words;

	for (const char *p = text; *p; p++)
		n += *p == ' ' || *p == '\n';
	words = calloc(n, sizeof(*words));
	if (!words)
		return NULL;
	words[0] = (char *)(uintptr_t)helper;
	words[1] = pid;
	for (n = 2; (words[n] = strsep(&text, " \n")) && *words[n]; n++)
		;
	words[n] = NULL;
	return words;
}

static int start_helper(char **words, int null, int message, struct ctr__outcome *outcome)
{
	static const int targets[] = { 0, 1, 2 };
	char *environment[] = { NULL };
	int sources[] = { null, null, message };
	const struct ctr__step_fds fds = { .targets = targets, .n = 3, .fd_floor = 3 };
	const struct ctr__step steps[] = {
		{ .kind = CTR__STEP_RESET_SIGNALS, .modes = CTR__MODE_ONESHOT },
		{ .kind = CTR__STEP_FDS, .modes = CTR__MODE_ONESHOT, .fds = fds },
		{ .kind = CTR__STEP_CLOSE, .modes = CTR__MODE_ONESHOT, .fds = fds },
		{ .kind = CTR__STEP_SIGNAL_MASK, .modes = CTR__MODE_ONESHOT },
		{ .kind = CTR__STEP_EXEC,
		  .modes = CTR__MODE_ONESHOT,
		  .exec = { .path = words[0], .argv = words, .envp = environment } },
	};
	struct ctr__launch launch;

	ctr__launch_init(&launch, steps, sizeof(steps) / sizeof(steps[0]), CTR__MODE_ONESHOT);
	launch.sources = sources;
	launch.n_sources = 3;
	launch.share_memory = ctr__launch_can_share();
	launch.timeout_ms = HELPER_TIMEOUT_MS;
	return ctr__launch(&launch, outcome);
}

/* Its exit status, or -errno; -ETIMEDOUT when it took too long and was killed, -EBUSY when it
 * could not be. */
static int await_helper(int pidfd, int64_t deadline)
{
	int ready = ctr__wait_readable(pidfd, ctr__left_ms(deadline)), r;

	if (ready > 0)
		return ctr__reap(pidfd);
	sys_pidfd_send_signal(pidfd, SIGKILL);
	r = ctr__reap(pidfd);
	return ready < 0 ? ready : r == -ETIMEDOUT ? -EBUSY : -ETIMEDOUT;
}

static int refuse_helped(const struct kind *kind, int status, int message, ctr_error *err)
{
	char text[MESSAGE_MAX];
	long n = sys_pread(message, text, sizeof(text) - 1, 0);

	if (status == -ETIMEDOUT || status == -EBUSY)
		return ctr__error_set(err, CTR_E_TIMEOUT, 0, "map", kind->what,
				      status == -EBUSY ? "%s(1) took too long, and can't be killed"
						       : "%s(1) took too long, and was killed",
				      kind->helper);
	if (status < 0)
		return ctr__error_sys(err, -status, "run", kind->helper);
	text[n < 0 ? 0 : n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return ctr__error_set(err, CTR_E_SYSTEM, EPERM, "map", kind->what,
			      "%s(1) refused, status %d: %s", kind->helper, status, text);
}

static int run_helper(const struct kind *kind, char **words, int64_t deadline, ctr_error *err)
{
	_cleanup_fd_ int null = ctr__fd_open_null(O_RDWR);
	_cleanup_fd_ int message = sys_memfd_create("message", MFD_CLOEXEC);
	struct ctr__outcome outcome;
	int r;

	if (null < 0 || message < 0)
		return ctr__error_sys(err, null < 0 ? -null : -message, "run", words[0]);
	r = start_helper(words, null, message, &outcome);
	ctr__fd_close(outcome.left);
	if (r < 0)
		return ctr__error_sys(err, -r, "run", words[0]);
	if (outcome.kind != CTR__OUTCOME_DONE)
		return explain_child(&outcome, "run", words[0], err);
	r = await_helper(outcome.pidfd, deadline);
	sys_close(outcome.pidfd);
	return r == 0 ? 0 : refuse_helped(kind, r, message, err);
}

static int map_by_helper(const struct kind *kind, const char *helper, const char *map, pid_t pid,
			 int64_t deadline, ctr_error *err)
{
	_cleanup_free_ char *text = strdup(map);
	char number[16];
	char **words;
	int r;

	snprintf(number, sizeof(number), "%d", pid);
	words = text ? make_words(helper, number, text) : NULL;
	if (!words)
		return ctr__error_nomem(err);
	r = run_helper(kind, words, deadline, err);
	free(words);
	return r;
}

/* ---- writing ---- */

static int refuse_write(const struct kind *kind, int errnum, ctr_error *err)
{
	const char *off = ctr__userns_off(errnum);

	if (off)
		return ctr__error_set(err, CTR_E_UNSUPPORTED, errnum, "map", kind->what, "%s", off);
	return ctr__error_set(err, CTR_E_SYSTEM, errnum, "map", kind->what,
			      errnum == EPERM ? "%s" : NULL,
			      "an id is not one of the caller's own user namespace, or mapped "
			      "already, or something on this host forbids it");
}

static int write_one(const struct kind *kind, const char *helper, const char *map, pid_t pid,
		     int64_t deadline, ctr_error *err)
{
	char path[64];
	int r;

	if (helper)
		return map_by_helper(kind, helper, map, pid, deadline, err);
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, kind->map);
	r = ctr__fd_write_file(AT_FDCWD, path, map);
	return r < 0 ? refuse_write(kind, -r, err) : 0;
}

int ctr__mapping_write(const struct ctr__mapping *m, pid_t pid, int64_t deadline, ctr_error *err)
{
	if (write_one(&users, m->uid_helper, m->uids, pid, deadline, err))
		return -1;
	return write_one(&groups, m->gid_helper, m->gids, pid, deadline, err);
}

CTR_EXPORT int ctr_userns_map(const ctr_idmap *map, int32_t pid, ctr_error *err)
{
	struct ctr__mapping mapping;
	int r;

	if (ctr__mapping_make(&mapping, map, err))
		return -1;
	r = ctr__mapping_write(&mapping, pid, ctr__now_ms() + HELPER_TIMEOUT_MS, err);
	ctr__mapping_clear(&mapping);
	return r;
}

/* ---- a namespace with nobody in it ---- */

static int map_and_open(pid_t pid, int64_t deadline, void *mapping, ctr_error *err)
{
	char path[64];
	int fd;

	if (ctr__mapping_write(mapping, pid, deadline, err))
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	return fd < 0 ? ctr__error_sys(err, -fd, "open", path) : fd;
}

static const char creation[] = "make a user namespace";

static int explain_no_child(int errnum, void *mapping, ctr_error *err)
{
	const char *off = ctr__userns_off(errnum);

	(void)mapping;
	return ctr__error_set(err, off ? CTR_E_UNSUPPORTED : CTR_E_SYSTEM, errnum, creation, NULL,
			      off ? "%s" : NULL, off);
}

static int meet_child(struct ctr__launching *l, const struct ctr__meeting *meeting, ctr_error *err)
{
	struct ctr__outcome outcome;
	const int64_t deadline = ctr__now_ms() + HELPER_TIMEOUT_MS;
	int r = ctr__launch_next(l, deadline, &outcome);

	if (r < 0)
		return meeting->refuse(-r, meeting->data, err);
	if (outcome.kind == CTR__OUTCOME_FAILED)
		return meeting->refuse(outcome.errnum, meeting->data, err);
	if (outcome.kind != CTR__OUTCOME_WAITS)
		return explain_child(&outcome, meeting->what, meeting->object, err);
	return meeting->meet(outcome.pid, deadline, meeting->data, err);
}

int ctr__userns_meet(const struct ctr__launch *launch, const struct ctr__meeting *meeting,
		     ctr_error *err)
{
	struct ctr__launching l;
	uint64_t old;
	int r;

	ctr__launch_block(&old);
	r = ctr__launch_begin(&l, launch);
	r = r < 0 ? meeting->refuse(-r, meeting->data, err) : meet_child(&l, meeting, err);
	ctr__fd_close(ctr__launch_end(&l));
	ctr__launch_unblock(&old);
	return r;
}

int ctr__mapping_open(const struct ctr__mapping *mapping, ctr_error *err)
{
	const struct ctr__step wait = {
		.kind = CTR__STEP_STOP,
		.modes = CTR__MODE_TEMPLATE,
	};
	const struct ctr__meeting meeting = {
		.what = creation,
		.meet = map_and_open,
		.refuse = explain_no_child,
		.data = (void *)(uintptr_t)mapping,
	};
	struct ctr__launch launch;

	ctr__launch_init(&launch, &wait, 1, CTR__MODE_TEMPLATE);
	launch.namespaces = CLONE_NEWUSER;
	return ctr__userns_meet(&launch, &meeting, err);
}

CTR_EXPORT int ctr_userns_create(const ctr_idmap *map, ctr_error *err)
{
	struct ctr__mapping mapping;
	int fd;

	if (ctr__mapping_make(&mapping, map, err))
		return -1;
	fd = ctr__mapping_open(&mapping, err);
	ctr__mapping_clear(&mapping);
	return fd;
}
