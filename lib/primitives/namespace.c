/* SPDX-License-Identifier: MIT */
#include "primitives/namespace.h"

#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>

#include "base/error.h"
#include "base/export.h"
#include "base/parse.h"
#include "base/sys.h"
#include "plan/direct.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static const struct {
	uint32_t bit;
	unsigned long flag;
	const char *name;
} kinds[] = {
	{ CTR_NS_MOUNT, CLONE_NEWNS, "mount" },	 { CTR_NS_PID, CLONE_NEWPID, "PID" },
	{ CTR_NS_UTS, CLONE_NEWUTS, "UTS" },	 { CTR_NS_IPC, CLONE_NEWIPC, "IPC" },
	{ CTR_NS_NET, CLONE_NEWNET, "network" }, { CTR_NS_CGROUP, CLONE_NEWCGROUP, "cgroup" },
	{ CTR_NS_USER, CLONE_NEWUSER, "user" },	 { CTR_NS_TIME, CLONE_NEWTIME, "time" },
};

unsigned long ctr__ns_clone_flags(uint32_t namespaces)
{
	unsigned long flags = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (namespaces & kinds[i].bit)
			flags |= kinds[i].flag;
	return flags;
}

static const char *kind_name(uint32_t kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kind == kinds[i].bit)
			return kinds[i].name;
	return "single";
}

int ctr__ns_check_fd(int fd, uint32_t kind, const char *origin, ctr_error *err)
{
	char expected[64];
	int type = sys_ioctl(fd, NS_GET_NSTYPE, NULL);

	if (type >= 0 && (unsigned long)type == ctr__ns_clone_flags(kind))
		return 0;
	snprintf(expected, sizeof(expected), "the file of a %s namespace", kind_name(kind));
	return ctr__error_value(err, "namespace", origin, expected);
}

static int check_bits(uint32_t namespaces, ctr_error *err)
{
	if (!namespaces || (namespaces & ~CTR__NS_ALL))
		return ctr__error_bits(err, "namespaces", namespaces);
	return 0;
}

CTR_EXPORT int ctr_unshare(uint32_t namespaces, ctr_error *err)
{
	struct ctr__step step = { .kind = CTR__STEP_UNSHARE };

	if (check_bits(namespaces, err))
		return -1;
	step.unshare = ctr__ns_clone_flags(namespaces);
	return ctr__step_direct(&step, NULL, err);
}

CTR_EXPORT int ctr_setns(int fd, uint32_t namespaces, ctr_error *err)
{
	struct ctr__step step = { .kind = CTR__STEP_SETNS };
	char origin[32];

	if (check_bits(namespaces, err))
		return -1;
	snprintf(origin, sizeof(origin), "descriptor %d", fd);
	/* A namespace file answers this; a pidfd, or no descriptor, does not. */
	if (sys_ioctl(fd, NS_GET_NSTYPE, NULL) >= 0 &&
	    ctr__ns_check_fd(fd, namespaces, origin, err))
		return -1;
	step.setns.fd = fd;
	step.setns.types = ctr__ns_clone_flags(namespaces);
	step.setns.origin = origin;
	return ctr__step_direct(&step, NULL, err);
}

static int set_uts_name(enum ctr__step_kind kind, const char *what, const char *name,
			ctr_error *err)
{
	const struct ctr__step step = { .kind = kind, .name = name };

	if (!ctr__is_uts_name(name))
		return ctr__error_value(err, what, name, CTR__UTS_NAME_EXPECTED);
	return ctr__step_direct(&step, name, err);
}

CTR_EXPORT int ctr_set_hostname(const char *name, ctr_error *err)
{
	return set_uts_name(CTR__STEP_HOSTNAME, "host name", name, err);
}

CTR_EXPORT int ctr_set_domainname(const char *name, ctr_error *err)
{
	return set_uts_name(CTR__STEP_DOMAINNAME, "domain name", name, err);
}

CTR_EXPORT int ctr_loopback_up(ctr_error *err)
{
	const struct ctr__step step = { .kind = CTR__STEP_LOOPBACK };

	return ctr__step_direct(&step, NULL, err);
}
