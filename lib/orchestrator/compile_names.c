/* SPDX-License-Identifier: MIT */
/* What a program needs for names of hosts to resolve: resolv.conf(5). */
#include <stdio.h>
#include <sys/stat.h>

#include "base/sys.h"
#include "orchestrator/compile.h"

/* With a network that has been there before, which may lead to a name server. */
static bool has_network(const ctr_spec *spec)
{
	const struct ctr__spec_ns *net = ctr__spec_ns(spec, CTR_NS_NET);

	return net->fd >= 0 || net->mode == CTR_NS_MODE_HOST;
}

static bool is_file(const char *path)
{
	struct statx st;

	return sys_statx(AT_FDCWD, path, AT_NO_AUTOMOUNT, STATX_TYPE, &st) == 0 &&
	       S_ISREG(st.stx_mode);
}

/*
 * On most hosts /etc/resolv.conf is a link into /run, which is new in the default root. The
 * file alone is shown: beside it are sockets of the resolver.
 */
static int show_resolv_conf(struct ctr__compile *c)
{
	char path[PATH_MAX];
	struct ctr__view_hit hit;

	if (ctr__view_find(&c->view, "/etc/resolv.conf", &hit) < 0)
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

int ctr__compile_names(struct ctr__compile *c)
{
	if (c->spec->rootfs || !has_network(c->spec))
		return 0;
	return show_resolv_conf(c);
}
