/* SPDX-License-Identifier: MIT */
#include "primitives/caps.h"

#include <linux/prctl.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/export.h"
#include "base/sys.h"
#include "plan/direct.h"

#define BIT(cap) (1ull << (cap))

static const char *const names[] = {
	[CAP_CHOWN] = "CAP_CHOWN",
	[CAP_DAC_OVERRIDE] = "CAP_DAC_OVERRIDE",
	[CAP_DAC_READ_SEARCH] = "CAP_DAC_READ_SEARCH",
	[CAP_FOWNER] = "CAP_FOWNER",
	[CAP_FSETID] = "CAP_FSETID",
	[CAP_KILL] = "CAP_KILL",
	[CAP_SETGID] = "CAP_SETGID",
	[CAP_SETUID] = "CAP_SETUID",
	[CAP_SETPCAP] = "CAP_SETPCAP",
	[CAP_LINUX_IMMUTABLE] = "CAP_LINUX_IMMUTABLE",
	[CAP_NET_BIND_SERVICE] = "CAP_NET_BIND_SERVICE",
	[CAP_NET_BROADCAST] = "CAP_NET_BROADCAST",
	[CAP_NET_ADMIN] = "CAP_NET_ADMIN",
	[CAP_NET_RAW] = "CAP_NET_RAW",
	[CAP_IPC_LOCK] = "CAP_IPC_LOCK",
	[CAP_IPC_OWNER] = "CAP_IPC_OWNER",
	[CAP_SYS_MODULE] = "CAP_SYS_MODULE",
	[CAP_SYS_RAWIO] = "CAP_SYS_RAWIO",
	[CAP_SYS_CHROOT] = "CAP_SYS_CHROOT",
	[CAP_SYS_PTRACE] = "CAP_SYS_PTRACE",
	[CAP_SYS_PACCT] = "CAP_SYS_PACCT",
	[CAP_SYS_ADMIN] = "CAP_SYS_ADMIN",
	[CAP_SYS_BOOT] = "CAP_SYS_BOOT",
	[CAP_SYS_NICE] = "CAP_SYS_NICE",
	[CAP_SYS_RESOURCE] = "CAP_SYS_RESOURCE",
	[CAP_SYS_TIME] = "CAP_SYS_TIME",
	[CAP_SYS_TTY_CONFIG] = "CAP_SYS_TTY_CONFIG",
	[CAP_MKNOD] = "CAP_MKNOD",
	[CAP_LEASE] = "CAP_LEASE",
	[CAP_AUDIT_WRITE] = "CAP_AUDIT_WRITE",
	[CAP_AUDIT_CONTROL] = "CAP_AUDIT_CONTROL",
	[CAP_SETFCAP] = "CAP_SETFCAP",
	[CAP_MAC_OVERRIDE] = "CAP_MAC_OVERRIDE",
	[CAP_MAC_ADMIN] = "CAP_MAC_ADMIN",
	[CAP_SYSLOG] = "CAP_SYSLOG",
	[CAP_WAKE_ALARM] = "CAP_WAKE_ALARM",
	[CAP_BLOCK_SUSPEND] = "CAP_BLOCK_SUSPEND",
	[CAP_AUDIT_READ] = "CAP_AUDIT_READ",
	[CAP_PERFMON] = "CAP_PERFMON",
	[CAP_BPF] = "CAP_BPF",
	[CAP_CHECKPOINT_RESTORE] = "CAP_CHECKPOINT_RESTORE",
};

#define NAMES (int)(sizeof(names) / sizeof(names[0]))

CTR_EXPORT uint64_t ctr_caps_default(void)
{
	return ctr__caps_by_default();
}

CTR_EXPORT const char *ctr_caps_name(int number)
{
	return number >= 0 && number < NAMES ? names[number] : NULL;
}

static int find(const char *name)
{
	const char *prefix = "CAP_";
	const size_t skip =
		name && strncasecmp(name, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;

	for (int i = 0; name && i < NAMES; i++)
		if (strcasecmp(names[i] + strlen(prefix), name + skip) == 0)
			return i;
	return -1;
}

CTR_EXPORT int ctr_caps_number(const char *name, ctr_error *err)
{
	int number = find(name);

	if (number >= 0)
		return number;
	return ctr__error_value(err, "capability", name, "a name such as CAP_NET_ADMIN");
}

int ctr__caps_read(const char *name, uint64_t *caps, ctr_error *err)
{
	int number = find(name);

	if (name && strcasecmp(name, "ALL") == 0)
		*caps = UINT64_MAX;
	else if (number >= 0)
		*caps = BIT(number);
	else
		return ctr__error_value(err, "capability", name,
					"a name such as CAP_NET_ADMIN, or ALL");
	return 0;
}

uint64_t ctr__caps_of_kernel(void)
{
	uint64_t caps = 0;

	for (int cap = 0; cap < 64 && sys_prctl(PR_CAPBSET_READ, (unsigned long)cap) >= 0; cap++)
		caps |= BIT(cap);
	return caps;
}

int ctr__caps_permitted(uint64_t *caps)
{
	struct ctr__caps_sets sets;
	int r = sys_capget(&sets);

	*caps = r < 0 ? 0 : sets.permitted;
	return r;
}

CTR_EXPORT int ctr_caps_limit(uint64_t keep, uint64_t ambient, ctr_error *err)
{
	struct ctr__step steps[] = {
		{ .kind = CTR__STEP_CAP_BOUND },
		{ .kind = CTR__STEP_CAPS },
	};
	uint64_t permitted;
	int r = ctr__caps_permitted(&permitted);

	if (r < 0)
		return ctr__error_sys(err, -r, "read the caller's capabilities", NULL);
	if (ambient & ~keep)
		return ctr__error_bits(err, "ambient capabilities", ambient & ~keep);
	keep &= permitted;
	steps[0].caps = (struct ctr__step_caps){ keep, keep, ambient & keep, NULL };
	steps[1].caps = steps[0].caps;
	return ctr__steps_direct(steps, 2, NULL, err);
}
