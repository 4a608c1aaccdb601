/* SPDX-License-Identifier: MIT */
/* Access lists: acl(5). A copy has none, so its permissions must say no more. */
#ifndef CTR_JAIL_ACL_H
#define CTR_JAIL_ACL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Takes from mode, the bits that stat(2) shows, what the access list of a file refuses to
 * a user among the group or the others. True if there is a list. fd: of any kind.
 */
bool ctr__acl_narrow(int fd, const char *path, uint16_t *mode);

#endif
