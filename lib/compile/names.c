/* SPDX-License-Identifier: MIT */
/* What a program needs for names of hosts to resolve: resolv.conf(5), hosts(5). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/sys.h"
#include "compile/compile.h"

#define HOSTS_MAX (1u << 20) /* less than what the stage of exec_overlay.c has room for */

/* With a network that has been there before, which may lead to a name server. */
static bool has_network(const ctr_spec *spec)
{
	const struct ctr__ns *net = ctr__spec_ns(spec, CTR_NS_NET);

	return net->fd >= 0 || net->mode == CTR_NS_MODE_HOST;
}

static bool is_file(const char *path)
{
	struct statx st;

	return sys_statx(AT_FDCWD, path, AT_NO_AUTOMOUNT, STATX_TYPE, &st) == 0 &&
	       S_ISREG(st.stx_mode);
}

/* A second look decides whether a path can't be found: one may fail for another reason. */
static int find_twice(struct ctr__compile *c, const char *path, struct ctr__view_hit *hit)
{
	int r = ctr__view_find(&c->view, path, hit);

	return r < 0 ? ctr__view_find(&c->view, path, hit) : r;
}

/*
 * On most hosts /etc/resolv.conf is a link into /run, which is new in the default root. The
 * file alone is shown: beside it are sockets of the resolver.
 */
static int show_resolv_conf(struct ctr__compile *c)
{
	char path[PATH_MAX];
	struct ctr__view_hit hit;

	if (find_twice(c, "/etc/resolv.conf", &hit) < 0)
		return 0;
	ctr__fd_close(hit.fd);
	if (hit.state != CTR__VIEW_MISSING || hit.owner->kind != CTR__VIEW_EMPTY ||
	    hit.owner->hidden)
		return 0;
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", hit.path, hit.rest) >= sizeof(path) ||
	    !is_file(path)) /* it leads nowhere on the host, too */
		return 0;
	return ctr__compile_bound(c, path, CTR_MOUNT_READ_ONLY | CTR_MOUNT_NOEXEC);
}

/* ---- hosts(5) ---- */

static const char hosts[] = "/etc/hosts";

/* Whether a line of the text has the word behind its address. */
static bool has_name(const char *text, const char *name)
{
	const size_t n = strlen(name);

	for (const char *p = text; (p = strstr(p, name)) != NULL; p += n) {
		const char *line = p;
		const bool ends = p[n] == '\0' || strchr(" \t\n#", p[n]);

		while (line > text && line[-1] != '\n')
			line--;
		if (ends && p > line && (p[-1] == ' ' || p[-1] == '\t') &&
		    !memchr(line, '#', (size_t)(p - line)))
			return true;
	}
	return false;
}

/* Of a UTS namespace that has been there before: the one of the caller, as far as is known. */
static void get_name(const struct ctr__compile *c, char name[HOST_NAME_MAX + 1])
{
	const char *chosen = ctr__compile_hostname(c->spec);

	if (chosen)
		snprintf(name, HOST_NAME_MAX + 1, "%s", chosen);
	else if (gethostname(name, HOST_NAME_MAX) < 0)
		name[0] = '\0';
	name[HOST_NAME_MAX] = '\0';
}

/* The lines of the caller's, if the network is one that they may be about. 0 or -errno. */
static int read_hosts(const struct ctr__compile *c, char **text)
{
	_cleanup_fd_ int fd = -1;
	size_t length;

	*text = NULL;
	if (!has_network(c->spec) || !is_file(hosts))
		return 0;
	fd = sys_openat(AT_FDCWD, hosts, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	return fd < 0 ? fd : ctr__file_read(fd, HOSTS_MAX, text, &length);
}

static char *make_text(const char *before, const char *name)
{
	const bool local = has_name(before, "localhost"), is_local = strcmp(name, "localhost") == 0;
	const bool named = !*name || is_local || has_name(before, name);
	const size_t n = strlen(before);
	char *text = NULL;

	if (asprintf(&text, "%s%s%s%s%s%s", before, n && before[n - 1] != '\n' ? "\n" : "",
		     local ? "" : "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n",
		     named ? "" : "127.0.1.1\t", named ? "" : name, named ? "" : "\n") < 0)
		return NULL;
	return text;
}

/* A file of the root, or a place for one where nothing that the program writes is covered. */
static bool is_place(const struct ctr__view_hit *hit)
{
	if (hit->owner->kind != CTR__VIEW_TREE)
		return false;
	if (hit->state == CTR__VIEW_FOUND)
		return !hit->directory;
	return hit->state == CTR__VIEW_MISSING && hit->owner->read_only &&
	       strcmp(hit->path, "/etc") == 0;
}

static bool has_place(struct ctr__compile *c)
{
	struct ctr__view_hit hit;

	if (find_twice(c, hosts, &hit) < 0)
		return false;
	ctr__fd_close(hit.fd);
	return is_place(&hit);
}

static bool is_the_specs(const ctr_spec *spec)
{
	for (size_t i = 0; i < spec->mounts.n; i++)
		if (strcmp(spec->mounts.v[i].target, hosts) == 0)
			return true;
	return false;
}

static int show_hosts(struct ctr__compile *c)
{
	_cleanup_free_ char *before = NULL, *text = NULL;
	char name[HOST_NAME_MAX + 1];
	int r;

	if (!(c->spec->mounts.base & CTR_BASE_HOSTS) || is_the_specs(c->spec) || !has_place(c))
		return 0;
	r = read_hosts(c, &before);
	if (r == -EFBIG) /* a list of what is not to be reached: as it is */
		return 0;
	if (r < 0)
		return ctr__error_sys(c->err, -r, "read", hosts);
	get_name(c, name);
	text = make_text(before ? before : "", name);
	return text ? ctr__compile_file(c, hosts, "hosts", text) : ctr__error_nomem(c->err);
}

int ctr__compile_names(struct ctr__compile *c)
{
	if (!c->spec->mounts.rootfs && has_network(c->spec) && show_resolv_conf(c))
		return -1;
	return show_hosts(c);
}
