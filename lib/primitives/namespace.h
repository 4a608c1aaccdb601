/* SPDX-License-Identifier: MIT */
#ifndef CTR_PRIMITIVES_NAMESPACE_H
#define CTR_PRIMITIVES_NAMESPACE_H

#include <minictr/namespace.h>

#define CTR__NS_ALL 0xffu

/* The CLONE_NEW* flags of CTR_NS_* bits. */
unsigned long ctr__ns_clone_flags(uint32_t namespaces);

/* Refuses a descriptor that is not a namespace of this one kind. */
int ctr__ns_check_fd(int fd, uint32_t kind, const char *origin, ctr_error *err);

#endif
