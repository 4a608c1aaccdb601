/* SPDX-License-Identifier: MIT */
#include "primitives/caps.h"

#include <errno.h>
#include <linux/prctl.h>
#include <linux/securebits.h>
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

static int refuse_limit(const char *hint, ctr_error *err)
{
	return ctr__error_set(err, CTR_E_SYSTEM, EPERM, "give up capabilities", NULL, "%s", hint);
}

static uint64_t bounding_set(void)
{
	uint64_t caps = 0;

	for (int cap = 0; cap < 64; cap++)
		if (sys_prctl(PR_CAPBSET_READ, (unsigned long)cap) > 0)
			caps |= BIT(cap);
	return caps;
}

/* What the kernel would refuse halfway, when some are given up already: capabilities(7). */
static int check_rights(const struct ctr__caps_sets *has, uint64_t keep, uint64_t ambient,
			ctr_error *err)
{
	const uint64_t bounding = bounding_set();

	if ((bounding & ~keep) && !(has->effective & BIT(CAP_SETPCAP)))
		return refuse_limit("lowering the bounding set needs CAP_SETPCAP", err);
	if (ambient & ~(bounding | has->inheritable))
		return refuse_limit("the bounding set does not contain all of the ambient "
				    "capabilities",
				    err);
	if (ambient && sys_prctl(PR_GET_SECUREBITS, 0) & SECBIT_NO_CAP_AMBIENT_RAISE)
		return refuse_limit("the securebit no_cap_ambient_raise is set", err);
	return 0;
}

CTR_EXPORT int ctr_caps_limit(uint64_t keep, uint64_t ambient, ctr_error *err)
{
	struct ctr__step steps[] = {
		{ .kind = CTR__STEP_CAP_BOUND },
		{ .kind = CTR__STEP_CAPS },
	};
	struct ctr__caps_sets has;
	int r = sys_capget(&has);

	if (r < 0)
		return ctr__error_sys(err, -r, "read the caller's capabilities", NULL);
	if (ambient & ~keep)
		return ctr__error_bits(err, "ambient capabilities", ambient & ~keep);
	keep &= has.permitted;
	ambient &= keep;
	if (check_rights(&has, keep, ambient, err))
		return -1;
	steps[0].caps = (struct ctr__step_caps){ keep, keep, ambient, NULL };
	steps[1].caps = steps[0].caps;
	return ctr__steps_direct(steps, 2, NULL, err);
}
