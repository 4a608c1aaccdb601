/* SPDX-License-Identifier: MIT */
#ifndef CTR_PRIMITIVES_CAPS_H
#define CTR_PRIMITIVES_CAPS_H

#include <linux/capability.h>
#include <minictr/caps.h>
#include <stddef.h>

/* ctr_caps_default(), for the build as well. */
static inline uint64_t ctr__caps_by_default(void)
{
	static const int caps[] = {
		CAP_CHOWN,   CAP_DAC_OVERRIDE, CAP_FOWNER,	     CAP_FSETID,
		CAP_KILL,    CAP_SETGID,       CAP_SETUID,	     CAP_SETPCAP,
		CAP_SETFCAP, CAP_SYS_CHROOT,   CAP_NET_BIND_SERVICE,
	};
	uint64_t bits = 0;

	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		bits |= 1ull << caps[i];
	return bits;
}

/* All that the running kernel has: what the first process of a user namespace begins with. */
uint64_t ctr__caps_of_kernel(void);

/* What the calling thread may use itself; 0 or -errno. */
int ctr__caps_permitted(uint64_t *caps);

/* The bits that a name stands for, "ALL" included. */
int ctr__caps_read(const char *name, uint64_t *caps, ctr_error *err);

#endif
