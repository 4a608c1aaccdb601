/* SPDX-License-Identifier: MIT */
#include "spec/spec.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/export.h"
#include "base/parse.h"
#include "base/path.h"
#include "base/sys.h"
#include "primitives/caps.h"
#include "primitives/mount.h"
#include "primitives/namespace.h"

#define SETUP_TIMEOUT_MS 30000
#define TIME_LIMIT_MAX_MS 31536000000 /* a year */

/* ---- the object ---- */

/* In the place of one for that target, if there is one. */
static int put_fd(ctr_spec *spec, const struct ctr__spec_fd *fd)
{
	struct ctr__spec_fd *grown;
	size_t at = spec->n_fds;

	for (size_t i = 0; i < spec->n_fds; i++)
		if (spec->fds[i].target == fd->target) {
			ctr__fd_close(spec->fds[i].fd);
			spec->fds[i] = *fd;
			return 0;
		}
	grown = reallocarray(spec->fds, spec->n_fds + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	spec->fds = grown;
	for (; at > 0 && grown[at - 1].target > fd->target; at--)
		grown[at] = grown[at - 1];
	grown[at] = *fd;
	spec->n_fds++;
	return 0;
}

static void set_defaults(ctr_spec *spec)
{
	static const uint32_t kinds[CTR__SPEC_NS_COUNT] = { CTR_NS_PID, CTR_NS_UTS, CTR_NS_IPC,
							    CTR_NS_NET, CTR_NS_CGROUP };

	for (size_t i = 0; i < CTR__SPEC_NS_COUNT; i++)
		spec->namespaces[i] = (struct ctr__spec_ns){ .kind = kinds[i], .fd = -1 };
	spec->base_mounts = CTR_BASE_ALL;
	spec->umask = 022;
	spec->setup_timeout_ms = SETUP_TIMEOUT_MS;
	spec->no_new_privs = true;
	spec->keyring = true;
	spec->caps = ctr_caps_default();
	spec->new_session = true;
	spec->die_with_parent = true;
}

static void free_errors(ctr_spec *spec)
{
	ctr_error_free(spec->failed);
	ctr_error_free(spec->limits.failed);
	ctr_error_free(spec->idmap.failed);
}

static ctr_spec *alloc_spec(void)
{
	ctr_spec *spec = calloc(1, sizeof(*spec));

	if (!spec)
		return NULL;
	spec->failed = ctr_error_new();
	spec->limits.failed = ctr_error_new();
	spec->idmap.failed = ctr_error_new();
	if (spec->failed && spec->limits.failed && spec->idmap.failed)
		return spec;
	free_errors(spec);
	free(spec);
	return NULL;
}

CTR_EXPORT ctr_spec *ctr_spec_new(ctr_error *err)
{
	ctr_spec *spec = alloc_spec();

	if (!spec)
		goto nomem;
	set_defaults(spec);
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (put_fd(spec, &(struct ctr__spec_fd){ .target = fd, .fd = -1 }))
			goto nomem;
	return spec;

nomem:
	ctr_spec_free(spec);
	ctr__error_nomem(err);
	return NULL;
}

static void mount_clear(struct ctr__spec_mount *m)
{
	free(m->source);
	free(m->target);
}

CTR_EXPORT void ctr_spec_free(ctr_spec *spec)
{
	if (!spec)
		return;
	free_errors(spec);
	ctr__strv_clear(&spec->args);
	ctr__strv_clear(&spec->env);
	ctr__strv_clear(&spec->unset);
	free(spec->cwd);
	free(spec->rootfs);
	free(spec->hostname);
	free(spec->domainname);
	for (size_t i = 0; i < spec->n_mounts; i++)
		mount_clear(&spec->mounts[i]);
	free(spec->mounts);
	for (size_t i = 0; i < spec->n_fds; i++)
		ctr__fd_close(spec->fds[i].fd);
	free(spec->fds);
	for (size_t i = 0; i < CTR__SPEC_NS_COUNT; i++) {
		ctr__fd_close(spec->namespaces[i].fd);
		free(spec->namespaces[i].origin);
	}
	ctr__spec_clear_user(spec);
	ctr__spec_seccomp_clear(&spec->seccomp);
	ctr__limits_clear(&spec->limits);
	ctr__idmap_clear(&spec->idmap);
	ctr__confine_clear(&spec->confine);
	free(spec->cgroup_parent);
	ctr_cgroup_free(spec->cgroup);
	free(spec);
}

CTR_EXPORT void ctr_spec_clear_error(ctr_spec *spec)
{
	if (spec)
		ctr_error_clear(spec->failed);
}

static int replace_text(char **text, const char *value, ctr_error *err)
{
	char *copy = value ? strdup(value) : NULL;

	if (value && !copy)
		return ctr__error_nomem(err);
	free(*text);
	*text = copy;
	return 0;
}

static int add_mount(ctr_spec *spec, const struct ctr__spec_mount *m, const char *source,
		     const char *target, ctr_error *err)
{
	struct ctr__spec_mount copy = *m, *grown;

	copy.source = source ? strdup(source) : NULL;
	copy.target = strdup(target);
	if (!copy.target || (source && !copy.source))
		goto nomem;
	grown = reallocarray(spec->mounts, spec->n_mounts + 1, sizeof(*grown));
	if (!grown)
		goto nomem;
	spec->mounts = grown;
	spec->mounts[spec->n_mounts++] = copy;
	return 0;

nomem:
	mount_clear(&copy);
	return ctr__error_nomem(err);
}

static int copy_fds(ctr_spec *to, const ctr_spec *from, ctr_error *err)
{
	for (size_t i = 0; i < from->n_fds; i++) {
		const struct ctr__spec_fd *f = &from->fds[i];
		struct ctr__spec_fd copy = *f;

		copy.fd = f->fd < 0 ? -1 : ctr__fd_dup(f->fd, 0);
		if (f->fd >= 0 && copy.fd < 0)
			return ctr__error_sys(err, -copy.fd, "duplicate a descriptor", NULL);
		if (put_fd(to, &copy)) {
			ctr__fd_close(copy.fd);
			return ctr__error_nomem(err);
		}
	}
	return 0;
}

static int copy_namespaces(ctr_spec *to, const ctr_spec *from, ctr_error *err)
{
	for (size_t i = 0; i < CTR__SPEC_NS_COUNT; i++) {
		const struct ctr__spec_ns *ns = &from->namespaces[i];

		to->namespaces[i] = *ns;
		to->namespaces[i].fd = -1;
		to->namespaces[i].origin = NULL;
		if (ns->fd < 0)
			continue;
		if (replace_text(&to->namespaces[i].origin, ns->origin, err))
			return -1;
		to->namespaces[i].fd = ctr__fd_dup(ns->fd, 0);
		if (to->namespaces[i].fd < 0)
			return ctr__error_sys(err, -to->namespaces[i].fd, "duplicate a descriptor",
					      ns->origin);
	}
	return 0;
}

static int copy_lists(ctr_spec *to, const ctr_spec *from, ctr_error *err)
{
	if (ctr__strv_copy(&to->args, &from->args) || ctr__strv_copy(&to->env, &from->env) ||
	    ctr__strv_copy(&to->unset, &from->unset) ||
	    ctr__limits_copy(&to->limits, &from->limits) ||
	    ctr__idmap_copy(&to->idmap, &from->idmap) ||
	    ctr__confine_copy(&to->confine, &from->confine) ||
	    ctr__spec_seccomp_copy(&to->seccomp, &from->seccomp))
		return ctr__error_nomem(err);
	for (size_t i = 0; i < from->n_mounts; i++)
		if (add_mount(to, &from->mounts[i], from->mounts[i].source, from->mounts[i].target,
			      err))
			return -1;
	return ctr__spec_copy_user(to, from, err);
}

static int copy_texts(ctr_spec *to, const ctr_spec *from, ctr_error *err)
{
	if (replace_text(&to->cwd, from->cwd, err) ||
	    replace_text(&to->rootfs, from->rootfs, err) ||
	    replace_text(&to->hostname, from->hostname, err) ||
	    replace_text(&to->cgroup_parent, from->cgroup_parent, err))
		return -1;
	return replace_text(&to->domainname, from->domainname, err);
}

/* The plain members of from; none of what has to be copied or duplicated. */
static void copy_plain(ctr_spec *to, const ctr_spec *from)
{
	ctr_error *failed = to->failed, *of_limits = to->limits.failed,
		  *of_idmap = to->idmap.failed;

	*to = *from;
	to->failed = failed;
	to->args = to->env = to->unset = (struct ctr__strv){ 0 };
	to->cwd = to->rootfs = to->hostname = to->domainname = to->cgroup_parent = NULL;
	to->limits = (ctr_limits){ .failed = of_limits };
	to->idmap = (ctr_idmap){ .failed = of_idmap };
	to->confine = (struct ctr__confine){ 0 };
	to->seccomp = (struct ctr__spec_seccomp){ 0 };
	to->cgroup = ctr__cgroup_use(from->cgroup);
	to->mounts = NULL;
	to->fds = NULL;
	to->n_mounts = to->n_fds = 0;
	ctr__spec_forget_user(to);
	for (size_t i = 0; i < CTR__SPEC_NS_COUNT; i++) {
		to->namespaces[i].fd = -1;
		to->namespaces[i].origin = NULL;
	}
}

CTR_EXPORT ctr_spec *ctr_spec_clone(const ctr_spec *spec, ctr_error *err)
{
	ctr_spec *copy;

	if (ctr__spec_check(spec, err))
		return NULL;
	copy = alloc_spec();
	if (!copy) {
		ctr__error_nomem(err);
		return NULL;
	}
	copy_plain(copy, spec);
	if (copy_texts(copy, spec, err) || copy_lists(copy, spec, err) ||
	    copy_fds(copy, spec, err) || copy_namespaces(copy, spec, err)) {
		ctr_spec_free(copy);
		return NULL;
	}
	return copy;
}

/* ---- the program ---- */

CTR_EXPORT int ctr_spec_add_arg(ctr_spec *spec, const char *arg, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (!arg || (!*arg && spec->args.n == 0))
		return ctr__error_value(err, "program", arg, "a name or a path");
	return ctr__strv_add(&spec->args, arg) ? ctr__error_nomem(err) : 0;
}

static int check_env_name(const char *name, ctr_error *err)
{
	if (!name || !*name || strchr(name, '='))
		return ctr__error_value(err, "environment variable", name,
					"a name that is not empty, without \"=\"");
	return 0;
}

static void drop_env(struct ctr__strv *list, const char *name)
{
	size_t at = ctr__strv_find_env(list, name, strlen(name));

	if (at < list->n)
		ctr__strv_remove(list, at);
}

CTR_EXPORT int ctr_spec_set_env(ctr_spec *spec, const char *name, const char *value, ctr_error *err)
{
	_cleanup_free_ char *text = NULL;

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (check_env_name(name, err))
		return -1;
	if (!value)
		return ctr__error_value(err, "value of an environment variable", NULL, "a string");
	if (asprintf(&text, "%s=%s", name, value) < 0) {
		text = NULL;
		return ctr__error_nomem(err);
	}
	if (ctr__strv_add(&spec->env, text))
		return ctr__error_nomem(err);
	/* The older value stands before the new one, and is the one found. */
	if (ctr__strv_find_env(&spec->env, name, strlen(name)) < spec->env.n - 1)
		drop_env(&spec->env, name);
	drop_env(&spec->unset, name);
	return 0;
}

CTR_EXPORT int ctr_spec_unset_env(ctr_spec *spec, const char *name, ctr_error *err)
{
	_cleanup_free_ char *text = NULL;

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (check_env_name(name, err))
		return -1;
	if (asprintf(&text, "%s=", name) < 0) {
		text = NULL;
		return ctr__error_nomem(err);
	}
	if (ctr__strv_find_env(&spec->unset, name, strlen(name)) == spec->unset.n &&
	    ctr__strv_add(&spec->unset, text))
		return ctr__error_nomem(err);
	drop_env(&spec->env, name);
	return 0;
}

static int inherit_each(ctr_spec *spec, ctr_error *err)
{
	for (char **e = environ; e && *e; e++) {
		const char *equals = strchr(*e, '=');
		_cleanup_free_ char *name = NULL;

		if (!equals || equals == *e)
			continue;
		name = strndup(*e, (size_t)(equals - *e));
		if (!name)
			return ctr__error_nomem(err);
		if (ctr_spec_set_env(spec, name, equals + 1, err))
			return -1;
	}
	return 0;
}

static void swap_strv(struct ctr__strv *a, struct ctr__strv *b)
{
	const struct ctr__strv other = *a;

	*a = *b;
	*b = other;
}

/* All of them, or none. */
static int inherit_all(ctr_spec *spec, ctr_error *err)
{
	struct ctr__strv env = { 0 }, unset = { 0 };
	int r;

	if (ctr__strv_copy(&env, &spec->env) || ctr__strv_copy(&unset, &spec->unset))
		r = ctr__error_nomem(err);
	else if ((r = inherit_each(spec, err)) < 0) {
		swap_strv(&env, &spec->env);
		swap_strv(&unset, &spec->unset);
	}
	ctr__strv_clear(&env);
	ctr__strv_clear(&unset);
	return r;
}

CTR_EXPORT int ctr_spec_inherit_env(ctr_spec *spec, const char *name, ctr_error *err)
{
	const char *value;

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (!name)
		return inherit_all(spec, err);
	if (check_env_name(name, err))
		return -1;
	value = getenv(name);
	return value ? ctr_spec_set_env(spec, name, value, err) : 0;
}

CTR_EXPORT int ctr_spec_set_cwd(ctr_spec *spec, const char *path, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (!ctr__path_is_absolute(path))
		return ctr__error_value(err, "working directory", path, "an absolute path");
	return replace_text(&spec->cwd, path, err);
}

int ctr__spec_refuse_directory(int fd, ctr_error *err)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", fd);
	return ctr__error_set(err, CTR_E_INVALID, 0, "descriptor", text,
			      "it is a directory, from which a program can open files outside "
			      "its root: close the descriptor, mount the directory, or pass it "
			      "explicitly as a directory");
}

static int refuse_number(ctr_error *err, const char *what, int number, const char *expected)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", number);
	return ctr__error_value(err, what, text, expected);
}

/* The duplicate of a descriptor that is open, which is a directory if that is what is wanted. */
static int take_source(int source, bool directory, ctr_error *err)
{
	_cleanup_fd_ int fd = ctr__fd_dup(source, 0);
	int r;

	if (fd == -EBADF)
		return refuse_number(err, "source descriptor", source, "an open descriptor");
	if (fd < 0)
		return ctr__error_sys(err, -fd, "duplicate a descriptor", NULL);
	r = ctr__fd_is_directory(fd);
	if (r < 0)
		return ctr__error_sys(err, -r, "look at a descriptor", NULL);
	if (r && !directory)
		return ctr__spec_refuse_directory(source, err);
	if (!r && directory)
		return refuse_number(err, "source descriptor", source, "a directory");
	return ctr__fd_take(&fd);
}

static int set_fd(ctr_spec *spec, int target, int source, bool directory, ctr_error *err)
{
	struct ctr__spec_fd fd = {
		.target = target, .source = CTR__FD_NULL, .fd = -1, .directory = directory
	};

	if (target < 0 || target > CTR__FD_MAX)
		return refuse_number(err, "target descriptor", target, "0 to 65535");
	if (source < -1)
		return refuse_number(err, "source descriptor", source, "an open descriptor, or -1");
	if (source >= 0) {
		fd.source = CTR__FD_GIVEN;
		fd.fd = take_source(source, directory, err);
		if (fd.fd < 0)
			return -1;
	}
	if (!put_fd(spec, &fd))
		return 0;
	ctr__fd_close(fd.fd);
	return ctr__error_nomem(err);
}

CTR_EXPORT int ctr_spec_set_fd(ctr_spec *spec, int target, int source, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_fd(spec, target, source, false, err);
}

CTR_EXPORT int ctr_spec_set_dir_fd(ctr_spec *spec, int target, int source, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_fd(spec, target, source, true, err);
}

CTR_EXPORT int ctr_spec_set_umask(ctr_spec *spec, uint32_t mask, ctr_error *err)
{
	char text[16];

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (mask > 0777) {
		snprintf(text, sizeof(text), "0%o", mask);
		return ctr__error_value(err, "umask", text, "at most 0777");
	}
	spec->umask = mask;
	return 0;
}

CTR_EXPORT int ctr_spec_set_rlimit(ctr_spec *spec, int resource, uint64_t soft, uint64_t hard,
				   ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (resource < 0 || resource >= CTR__RLIMITS)
		return refuse_number(err, "resource", resource, "a RLIMIT_* of getrlimit(2)");
	if (soft > hard)
		return ctr__error_number(err, "soft resource limit", soft,
					 "at most the hard limit");
	spec->rlimits[resource].set = true;
	spec->rlimits[resource].limit = (struct rlimit64){ .rlim_cur = soft, .rlim_max = hard };
	return 0;
}

CTR_EXPORT int ctr_spec_set_priority(ctr_spec *spec, int nice, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (nice < -20 || nice > 19)
		return refuse_number(err, "nice value", nice, "-20 to 19");
	spec->nice = nice;
	spec->set_nice = true;
	return 0;
}

CTR_EXPORT int ctr_spec_set_signal_mask(ctr_spec *spec, uint64_t mask, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	spec->signal_mask = mask;
	return 0;
}

static int set_flag(bool *flag, int enabled, ctr_error *err)
{
	(void)err;
	*flag = enabled;
	return 0;
}

CTR_EXPORT int ctr_spec_set_no_new_privs(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_flag(&spec->no_new_privs, enabled, err);
}

CTR_EXPORT int ctr_spec_set_init(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	spec->init = enabled ? CTR__INIT_ON : CTR__INIT_OFF;
	return 0;
}

CTR_EXPORT int ctr_spec_set_tty(ctr_spec *spec, int enabled, uint16_t rows, uint16_t columns,
				ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	spec->rows = rows;
	spec->columns = columns;
	return set_flag(&spec->tty, enabled, err);
}

CTR_EXPORT int ctr_spec_set_new_session(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_flag(&spec->new_session, enabled, err);
}

CTR_EXPORT int ctr_spec_set_die_with_parent(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_flag(&spec->die_with_parent, enabled, err);
}

CTR_EXPORT int ctr_spec_set_secure_execution(ctr_spec *spec, int allowed, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_flag(&spec->secure_execution, allowed, err);
}

CTR_EXPORT int ctr_spec_set_child(ctr_spec *spec, int mode, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (mode != CTR_CHILD_AUTO && mode != CTR_CHILD_HELPER)
		return refuse_number(err, "kind of child", mode,
				     "CTR_CHILD_AUTO or CTR_CHILD_HELPER");
	spec->helper_child = mode == CTR_CHILD_HELPER;
	return 0;
}

CTR_EXPORT int ctr_spec_set_setup_timeout_ms(ctr_spec *spec, uint32_t timeout_ms, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (timeout_ms < 1 || timeout_ms > INT32_MAX)
		return ctr__error_number(err, "set-up time bound", timeout_ms,
					 "1 to 2147483647 milliseconds");
	spec->setup_timeout_ms = timeout_ms;
	return 0;
}

/* ---- files ---- */

/* The working directory may be another by the time of a spawn. */
static int set_relative_rootfs(ctr_spec *spec, const char *path, ctr_error *err)
{
	char cwd[PATH_MAX];
	char *joined;
	long n = sys_getcwd(cwd, sizeof(cwd));

	if (n < 0)
		return ctr__error_sys(err, (int)-n, "find the working directory for", path);
	if (asprintf(&joined, "%s/%s", cwd, path) < 0)
		return ctr__error_nomem(err);
	free(spec->rootfs);
	spec->rootfs = joined;
	return 0;
}

CTR_EXPORT int ctr_spec_set_rootfs(ctr_spec *spec, const char *path, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (path && !*path)
		return ctr__error_value(err, "root file system", path, "the path of a directory");
	if (path && path[0] != '/')
		return set_relative_rootfs(spec, path, err);
	return replace_text(&spec->rootfs, path, err);
}

CTR_EXPORT int ctr_spec_set_read_only(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_flag(&spec->read_only, enabled, err);
}

CTR_EXPORT int ctr_spec_set_base_mounts(ctr_spec *spec, uint32_t mounts, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (mounts & ~CTR_BASE_ALL)
		return ctr__error_bits(err, "base mounts", mounts & ~CTR_BASE_ALL);
	spec->base_mounts = mounts;
	return 0;
}

CTR_EXPORT int ctr_spec_add_bind(ctr_spec *spec, const char *source, const char *target,
				 uint32_t flags, ctr_error *err)
{
	const struct ctr__spec_mount m = {
		.kind = CTR__MOUNT_BIND,
		.flags = flags,
	};

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (!ctr__path_is_absolute(source))
		return ctr__error_value(err, "bind source", source, "an absolute path");
	if (ctr__mount_check("bind target", target,
			     flags & ~(CTR_MOUNT_IDMAP | CTR_MOUNT_NO_CREATE), err))
		return -1;
	return add_mount(spec, &m, source, target, err);
}

CTR_EXPORT int ctr_spec_add_tmpfs(ctr_spec *spec, const char *target, uint64_t size_bytes,
				  uint32_t mode, uint32_t flags, ctr_error *err)
{
	const struct ctr__spec_mount m = {
		.kind = CTR__MOUNT_TMPFS,
		.flags = flags,
		.mode = mode,
		.size_bytes = size_bytes,
	};

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (ctr__mount_check_tmpfs(target, mode, flags & ~CTR_MOUNT_NO_CREATE, err))
		return -1;
	return add_mount(spec, &m, NULL, target, err);
}

static int add_kind(ctr_spec *spec, enum ctr__spec_mount_kind kind, const char *what,
		    const char *target, uint32_t flags, ctr_error *err)
{
	const struct ctr__spec_mount m = {
		.kind = kind,
		.flags = flags,
	};

	if (ctr__mount_check(what, target, flags & ~CTR_MOUNT_NO_CREATE, err))
		return -1;
	return add_mount(spec, &m, NULL, target, err);
}

CTR_EXPORT int ctr_spec_add_proc(ctr_spec *spec, const char *target, uint32_t flags, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_PROC, "proc target", target, flags, err);
}

CTR_EXPORT int ctr_spec_add_sysfs(ctr_spec *spec, const char *target, uint32_t flags,
				  ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_SYSFS, "sysfs target", target, flags, err);
}

CTR_EXPORT int ctr_spec_add_devpts(ctr_spec *spec, const char *target, uint32_t flags,
				   ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_DEVPTS, "devpts target", target, flags, err);
}

CTR_EXPORT int ctr_spec_add_mqueue(ctr_spec *spec, const char *target, uint32_t flags,
				   ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_MQUEUE, "mqueue target", target, flags, err);
}

CTR_EXPORT int ctr_spec_add_cgroup(ctr_spec *spec, const char *target, uint32_t flags,
				   ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_CGROUP, "cgroup target", target, flags, err);
}

CTR_EXPORT int ctr_spec_add_dev(ctr_spec *spec, const char *target, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_DEV, "dev target", target, 0, err);
}

CTR_EXPORT int ctr_spec_add_mask(ctr_spec *spec, const char *target, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_MASK, "mask target", target, 0, err);
}

/* ---- isolation ---- */

static size_t ns_index(const ctr_spec *spec, uint32_t kind)
{
	size_t i = 0;

	while (i < CTR__SPEC_NS_COUNT && spec->namespaces[i].kind != kind)
		i++;
	return i;
}

static struct ctr__spec_ns *find_ns(ctr_spec *spec, uint32_t kind)
{
	size_t i = ns_index(spec, kind);

	return i < CTR__SPEC_NS_COUNT ? &spec->namespaces[i] : NULL;
}

const struct ctr__spec_ns *ctr__spec_ns(const ctr_spec *spec, uint32_t kind)
{
	size_t i = ns_index(spec, kind);

	return i < CTR__SPEC_NS_COUNT ? &spec->namespaces[i] : NULL;
}

static int refuse_kind(ctr_error *err, uint32_t kind)
{
	return ctr__error_set(err, CTR_E_INVALID, 0, "namespace", NULL,
			      "0x%x is not one of those that a container can choose: "
			      "PID, UTS, IPC, network or cgroup",
			      kind);
}

CTR_EXPORT int ctr_spec_set_namespace(ctr_spec *spec, uint32_t kind, int mode, ctr_error *err)
{
	struct ctr__spec_ns *ns;

	if (ctr__spec_begin(spec, &err))
		return -1;
	ns = find_ns(spec, kind);
	if (!ns)
		return refuse_kind(err, kind);
	if (mode != CTR_NS_MODE_NEW && mode != CTR_NS_MODE_HOST)
		return refuse_number(err, "namespace mode", mode, "CTR_NS_MODE_NEW or _HOST");
	ns->mode = mode;
	ctr__fd_close(ctr__fd_take(&ns->fd));
	return 0;
}

static int refuse_to_join(ctr_error *err, uint32_t kind)
{
	return ctr__error_set(err, CTR_E_INVALID, 0, "namespace", NULL,
			      "0x%x is not one of those that a container can join: "
			      "UTS, IPC, network or cgroup",
			      kind);
}

static int join(ctr_spec *spec, uint32_t kind, int fd, const char *origin, ctr_error *err)
{
	struct ctr__spec_ns *ns = find_ns(spec, kind);
	int copy;

	if (!ns)
		return refuse_to_join(err, kind);
	if (kind == CTR_NS_PID)
		return ctr__error_set(err, CTR_E_UNSUPPORTED, 0, "join a PID namespace", origin,
				      "the new process stems from the caller's memory, which "
				      "those inside could look at; start the program in the "
				      "container instead");
	if (ctr__ns_check_fd(fd, kind, origin, err))
		return -1;
	copy = ctr__fd_dup(fd, 0);
	if (copy < 0)
		return ctr__error_sys(err, -copy, "duplicate a descriptor", origin);
	if (replace_text(&ns->origin, origin, err)) {
		sys_close(copy);
		return -1;
	}
	ctr__fd_close(ns->fd);
	ns->fd = copy;
	return 0;
}

CTR_EXPORT int ctr_spec_join_namespace_fd(ctr_spec *spec, uint32_t kind, int fd, ctr_error *err)
{
	char origin[32];

	if (ctr__spec_begin(spec, &err))
		return -1;
	snprintf(origin, sizeof(origin), "descriptor %d", fd);
	return join(spec, kind, fd, origin, err);
}

/* A file of another kind is told as such, also where it can't be opened. */
static int refuse_namespace(uint32_t kind, const char *path, int errnum, ctr_error *err)
{
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	struct statfs st;

	if (fd >= 0 && sys_fstatfs(fd, &st) == 0 && st.f_type != NSFS_MAGIC)
		return ctr__ns_check_fd(fd, kind, path, err);
	if (errnum != EACCES)
		return ctr__error_sys(err, errnum, "open the namespace", path);
	return ctr__error_set(err, CTR_E_SYSTEM, EACCES, "open the namespace", path,
			      "the caller may not enter a directory that leads to it, or may not "
			      "trace the process that it is of, see ptrace(2)");
}

CTR_EXPORT int ctr_spec_join_namespace_path(ctr_spec *spec, uint32_t kind, const char *path,
					    ctr_error *err)
{
	_cleanup_fd_ int fd = -1;

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (!path || !*path)
		return ctr__error_value(err, "namespace", path, "a path such as /proc/PID/ns/net");
	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	if (fd < 0)
		return refuse_namespace(kind, path, -fd, err);
	return join(spec, kind, fd, path, err);
}

static int set_uts_name(char **name, const char *what, const char *value, ctr_error *err)
{
	if (!ctr__is_uts_name(value))
		return ctr__error_value(err, what, value, CTR__UTS_NAME_EXPECTED);
	return replace_text(name, value, err);
}

CTR_EXPORT int ctr_spec_set_hostname(ctr_spec *spec, const char *name, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_uts_name(&spec->hostname, "host name", name, err);
}

CTR_EXPORT int ctr_spec_set_domainname(ctr_spec *spec, const char *name, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_uts_name(&spec->domainname, "domain name", name, err);
}

/* ---- capabilities and keys ---- */

CTR_EXPORT int ctr_spec_add_cap(ctr_spec *spec, const char *name, ctr_error *err)
{
	uint64_t caps;

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (ctr__caps_read(name, &caps, err))
		return -1;
	spec->caps |= caps;
	if (caps != UINT64_MAX)
		spec->caps_asked |= caps;
	return 0;
}

CTR_EXPORT int ctr_spec_drop_cap(ctr_spec *spec, const char *name, ctr_error *err)
{
	uint64_t caps;

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (ctr__caps_read(name, &caps, err))
		return -1;
	spec->caps &= ~caps;
	spec->caps_asked &= ~caps;
	spec->caps_ambient &= ~caps;
	return 0;
}

CTR_EXPORT int ctr_spec_add_ambient_cap(ctr_spec *spec, const char *name, ctr_error *err)
{
	uint64_t caps;

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (ctr__caps_read(name, &caps, err))
		return -1;
	spec->caps_ambient |= caps;
	return ctr_spec_add_cap(spec, name, err);
}

CTR_EXPORT int ctr_spec_set_keyring(ctr_spec *spec, int own, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_flag(&spec->keyring, own, err);
}

/* ---- control groups ---- */

CTR_EXPORT ctr_limits *ctr_spec_get_limits(ctr_spec *spec)
{
	return spec ? &spec->limits : NULL;
}

CTR_EXPORT int ctr_spec_set_accounting(ctr_spec *spec, int enabled, ctr_error *err)
{
	char text[16];

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (enabled < CTR_ACCOUNTING_OFF || enabled > CTR_ACCOUNTING_AUTO) {
		snprintf(text, sizeof(text), "%d", enabled);
		return ctr__error_value(err, "accounting", text, "one of CTR_ACCOUNTING_...");
	}
	spec->accounting = enabled;
	return 0;
}

CTR_EXPORT int ctr_spec_set_check_args(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	spec->check_args = enabled;
	return 0;
}

CTR_EXPORT int ctr_spec_set_cgroup_parent(ctr_spec *spec, const char *path, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (path && strcmp(path, "/") != 0 && !ctr__is_cgroup_path(path))
		return ctr__error_value(err, "parent of the control group", path,
					"an absolute path below the root of the hierarchies");
	return replace_text(&spec->cgroup_parent, path, err);
}

CTR_EXPORT int ctr_spec_set_delegate(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	spec->delegate = enabled;
	return 0;
}

CTR_EXPORT int ctr_spec_set_cgroup(ctr_spec *spec, ctr_cgroup *group, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (!group)
		return ctr__error_missing(err, "control group");
	ctr__cgroup_use(group);
	ctr_cgroup_free(spec->cgroup);
	spec->cgroup = group;
	return 0;
}

/* ---- limits on time ---- */

CTR_EXPORT int ctr_spec_set_output_limit(ctr_spec *spec, uint64_t bytes, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (bytes > INT64_MAX)
		return ctr__error_number(err, "limit on output", bytes, "at most 2^63 - 1 bytes");
	spec->output_limit = bytes;
	return 0;
}

static int set_time_limit(uint64_t *to, const char *what, uint64_t ms, ctr_error *err)
{
	if (ms > TIME_LIMIT_MAX_MS)
		return ctr__error_number(err, what, ms, "0 (none) to 31536000000 milliseconds");
	*to = ms;
	return 0;
}

CTR_EXPORT int ctr_spec_set_wall_limit_ms(ctr_spec *spec, uint64_t ms, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_time_limit(&spec->wall_limit_ms, "wall time limit", ms, err);
}

CTR_EXPORT int ctr_spec_set_cpu_limit_ms(ctr_spec *spec, uint64_t ms, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_time_limit(&spec->cpu_limit_ms, "CPU time limit", ms, err);
}
