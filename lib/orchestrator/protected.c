/* SPDX-License-Identifier: MIT */
#include "orchestrator/protected.h"

#include <string.h>

/* What tells of the host, or lets it be changed: at least what docker and podman protect. */
const struct ctr__protected ctr__protected[CTR__PROTECTED_COUNT] = {
	{ "/proc/acpi", false },
	{ "/proc/asound", false },
	{ "/proc/kcore", false },
	{ "/proc/keys", false },
	{ "/proc/scsi", false },
	{ "/proc/latency_stats", false },
	{ "/proc/timer_list", false },
	{ "/proc/timer_stats", false },
	{ "/proc/sched_debug", false },
	{ "/proc/interrupts", false },
	{ "/proc/bus", true },
	{ "/proc/fs", true },
	{ "/proc/irq", true },
	{ "/proc/sys", true },
	{ "/proc/sysrq-trigger", true },
	{ "/sys/firmware", false },
	{ "/sys/devices/virtual/powercap", false },
};

uint32_t ctr__protected_bits(const char *path)
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < CTR__PROTECTED_COUNT; i++)
		if (!path || strcmp(path, ctr__protected[i].path) == 0)
			bits |= 1u << i;
	return bits;
}
