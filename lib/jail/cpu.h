/* SPDX-License-Identifier: MIT */
/* What the loader takes from the processor: it chooses libraries made for it. */
#ifndef CTR_JAIL_CPU_H
#define CTR_JAIL_CPU_H

#define CTR__CPU_LEVELS 3

struct ctr__cpu {
	/*
	 * The folders below glibc-hwcaps that it can use, the best first, NULL behind the last:
	 * ld.so(8), "Hardware capabilities".
	 */
	const char *levels[CTR__CPU_LEVELS + 1];
	const char *platform; /* what $PLATFORM stands for */
};

/* Asked for once: where the machine is a virtual one, the processor's answers take long. */
void ctr__cpu_read(struct ctr__cpu *cpu);

#endif
