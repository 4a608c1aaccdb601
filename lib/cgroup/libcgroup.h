/* SPDX-License-Identifier: MIT */
/*
 * What libcgroup does for the library: it tells of all hierarchies, also of those whose
 * controllers this library does not know. Its start takes as long as a container, so nothing that
 * a spawn needs is asked of it.
 */
#ifndef CTR_CGROUP_LIBCGROUP_H
#define CTR_CGROUP_LIBCGROUP_H

/*
 * Calls see() with a descriptor of the root of each mounted hierarchy, and its path; a hierarchy
 * with two controllers may come twice. 0, or the first -errno of see() or of libcgroup's start.
 */
int ctr__libcgroup_each(int (*see)(int dir, const char *mount, void *data), void *data);

#endif
