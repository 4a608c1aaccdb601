/* SPDX-License-Identifier: MIT */
#include "spec/protected.h"

#include <string.h>

/* What tells of the host, or lets it be changed: at least what docker and podman protect. */
const struct ctr__protected ctr__protected[CTR__PROTECTED_COUNT] = {
	{ "/proc/acpi", false, true },
	{ "/proc/asound", false, true },
	{ "/proc/kcore", false, true },
	{ "/proc/keys", false, true },
	{ "/proc/scsi", false, true },
	{ "/proc/latency_stats", false, true },
	{ "/proc/timer_list", false, true },
	{ "/proc/timer_stats", false, true },
	{ "/proc/sched_debug", false, true },
	{ "/proc/interrupts", false, false },
	{ "/proc/bus", true, false },
	{ "/proc/fs", true, false },
	{ "/proc/irq", true, false },
	{ "/proc/sys", true, false },
	{ "/proc/sysrq-trigger", true, true },
	{ "/sys/firmware", false, false },
	{ "/sys/devices/virtual/powercap", false, true },
};

uint32_t ctr__protected_bits(const char *path)
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < CTR__PROTECTED_COUNT; i++)
		if (!path || strcmp(path, ctr__protected[i].path) == 0)
			bits |= 1u << i;
	return bits;
}
