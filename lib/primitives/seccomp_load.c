/* SPDX-License-Identifier: MIT */
/* Filters for the calling process. */
#include <minictr/seccomp.h>

#include <errno.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/export.h"
#include "base/sys.h"
#include "plan/direct.h"
#include "primitives/seccomp.h"

/* The kernel's EACCES does not say which of the two is missing: seccomp(2). */
static int check_rights(ctr_error *err)
{
	struct ctr__caps_sets sets;
	int r = sys_prctl(PR_GET_NO_NEW_PRIVS, 0);

	if (r > 0)
		return 0;
	if (r == 0)
		r = sys_capget(&sets);
	if (r < 0)
		return ctr__error_sys(err, -r, "read what the caller may do", NULL);
	if (sets.effective >> CAP_SYS_ADMIN & 1)
		return 0;
	return ctr__error_set(err, CTR_E_SYSTEM, EACCES, "filter system calls", NULL,
			      "it needs CAP_SYS_ADMIN or no_new_privs: call "
			      "ctr_set_no_new_privs() first");
}

static int refuse_listener(ctr_error *err)
{
	return ctr__error_set(err, CTR_E_INVALID, 0, "filter system calls", NULL,
			      "it uses SCMP_ACT_NOTIFY, and the calling process has no "
			      "listener to answer");
}

static int load(const struct sock_filter *insns, size_t n, unsigned flags, ctr_error *err)
{
	const struct ctr__step step = {
		.kind = CTR__STEP_SECCOMP,
		.filter = { .v = insns, .n = n, .flags = flags },
	};

	if (ctr__seccomp_notifies(insns, n))
		return refuse_listener(err);
	return check_rights(err) ? -1 : ctr__step_direct(&step, NULL, err);
}

CTR_EXPORT int ctr_seccomp_load_default(uint64_t caps, ctr_error *err)
{
	struct sock_filter *insns;
	size_t n;
	int r = ctr__seccomp_build(caps, false, &insns, &n);

	if (r < 0)
		return ctr__error_sys(err, -r, "make the filter of system calls", NULL);
	r = load(insns, n, 0, err);
	free(insns);
	return r;
}

CTR_EXPORT int ctr_seccomp_load_json(const char *text, uint64_t caps, ctr_error *err)
{
	struct ctr__profile profile;
	int r;

	if (!text)
		return ctr__error_value(err, "seccomp profile", NULL, "text in JSON");
	if (ctr__seccomp_profile(text, NULL, caps, &profile, err))
		return -1;
	r = load(profile.insns, profile.n, profile.flags, err);
	free(profile.insns);
	return r;
}

CTR_EXPORT int ctr_seccomp_load_bpf(const void *program, size_t n_instructions, ctr_error *err)
{
	if (ctr__seccomp_check_size(program, n_instructions, err))
		return -1;
	return load(program, n_instructions, 0, err);
}
