/* SPDX-License-Identifier: MIT */
#ifndef CTR_PRIMITIVES_USERNS_H
#define CTR_PRIMITIVES_USERNS_H

/* Which switch of this host keeps the caller from user namespaces; NULL: none that can be read. */
const char *ctr__userns_off(void);

#endif
