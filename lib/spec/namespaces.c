/* SPDX-License-Identifier: MIT */
#include "spec/namespaces.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/export.h"
#include "base/parse.h"
#include "base/strv.h"
#include "base/sys.h"
#include "primitives/namespace.h"
#include "spec/spec.h"

void ctr__namespaces_init(struct ctr__namespaces *namespaces)
{
	static const uint32_t kinds[CTR__NS_COUNT] = { CTR_NS_USER, CTR_NS_PID, CTR_NS_UTS,
						       CTR_NS_IPC,  CTR_NS_NET, CTR_NS_CGROUP };

	for (size_t i = 0; i < CTR__NS_COUNT; i++)
		namespaces->v[i] = (struct ctr__ns){ .kind = kinds[i], .fd = -1 };
}

static int copy_one(struct ctr__ns *to, const struct ctr__ns *from)
{
	to->mode = from->mode;
	if (from->fd < 0)
		return 0;
	if (ctr__text_copy(&to->origin, from->origin))
		return -ENOMEM;
	to->fd = ctr__fd_dup(from->fd, 0);
	return to->fd < 0 ? to->fd : 0;
}

int ctr__namespaces_copy(struct ctr__namespaces *to, const struct ctr__namespaces *from)
{
	int r = 0;

	to->disable_userns = from->disable_userns;
	if (ctr__text_copy(&to->hostname, from->hostname) ||
	    ctr__text_copy(&to->domainname, from->domainname))
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < CTR__NS_COUNT; i++)
		r = copy_one(&to->v[i], &from->v[i]);
	return r;
}

void ctr__namespaces_clear(struct ctr__namespaces *namespaces)
{
	free(namespaces->hostname);
	free(namespaces->domainname);
	for (size_t i = 0; i < CTR__NS_COUNT; i++) {
		ctr__fd_close(namespaces->v[i].fd);
		free(namespaces->v[i].origin);
	}
}

static size_t index_of(const struct ctr__namespaces *namespaces, uint32_t kind)
{
	size_t i = 0;

	while (i < CTR__NS_COUNT && namespaces->v[i].kind != kind)
		i++;
	return i;
}

static struct ctr__ns *find(struct ctr__namespaces *namespaces, uint32_t kind)
{
	size_t i = index_of(namespaces, kind);

	return i < CTR__NS_COUNT ? &namespaces->v[i] : NULL;
}

const struct ctr__ns *ctr__namespaces_find(const struct ctr__namespaces *namespaces, uint32_t kind)
{
	size_t i = index_of(namespaces, kind);

	return i < CTR__NS_COUNT ? &namespaces->v[i] : NULL;
}

/* ---- new, the caller's, or another's ---- */

static int refuse_kind(ctr_error *err, uint32_t kind)
{
	return ctr__error_set(
		err, CTR_E_INVALID, 0, "namespace", NULL,
		"0x%x is not a kind of namespace that a container can choose: PID, UTS, IPC, "
		"network, cgroup or user",
		kind);
}

CTR_EXPORT int ctr_spec_set_namespace(ctr_spec *spec, uint32_t kind, int mode, ctr_error *err)
{
	struct ctr__ns *ns;

	if (ctr__spec_begin(spec, &err))
		return -1;
	ns = find(&spec->namespaces, kind);
	if (!ns)
		return refuse_kind(err, kind);
	if (mode < CTR_NS_MODE_AUTO || mode > CTR_NS_MODE_HOST)
		return ctr__error_int(err, "namespace mode", mode,
				      "CTR_NS_MODE_AUTO, _NEW or _HOST");
	ns->mode = mode;
	ctr__fd_close(ctr__fd_take(&ns->fd));
	return 0;
}

static int refuse_to_join(ctr_error *err, uint32_t kind)
{
	return ctr__error_set(err, CTR_E_INVALID, 0, "namespace", NULL,
			      "0x%x is not a kind of namespace that a container can join: "
			      "PID, UTS, IPC, network, cgroup or user",
			      kind);
}

static int join(ctr_spec *spec, uint32_t kind, int fd, const char *origin, ctr_error *err)
{
	struct ctr__ns *ns = find(&spec->namespaces, kind);
	int copy;

	if (!ns)
		return refuse_to_join(err, kind);
	if (ctr__ns_check_fd(fd, kind, origin, err))
		return -1;
	copy = ctr__fd_dup(fd, 0);
	if (copy < 0)
		return ctr__error_sys(err, -copy, "duplicate a descriptor", origin);
	if (ctr__text_replace(&ns->origin, origin)) {
		sys_close(copy);
		return ctr__error_nomem(err);
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
	return ctr__error_set(
		err, CTR_E_SYSTEM, EACCES, "open the namespace", path,
		"the caller may not enter a directory on the way, or may not trace the process "
		"that the file belongs to, see ptrace(2)");
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
	return ctr__text_replace(name, value) ? ctr__error_nomem(err) : 0;
}

CTR_EXPORT int ctr_spec_set_hostname(ctr_spec *spec, const char *name, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_uts_name(&spec->namespaces.hostname, "host name", name, err);
}

CTR_EXPORT int ctr_spec_set_domainname(ctr_spec *spec, const char *name, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return set_uts_name(&spec->namespaces.domainname, "domain name", name, err);
}

/* ---- the user namespace ---- */

CTR_EXPORT ctr_idmap *ctr_spec_get_idmap(ctr_spec *spec)
{
	return spec ? &spec->idmap : NULL;
}

CTR_EXPORT int ctr_spec_set_disable_userns(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	spec->namespaces.disable_userns = enabled;
	return 0;
}
