/* SPDX-License-Identifier: MIT */
#include "spec/process.h"

#include <errno.h>
#include <stdlib.h>

#include "base/export.h"
#include "primitives/caps.h"

int ctr__process_init(ctr_process *process, ctr_error *failed)
{
	*process = (ctr_process){
		.failed = failed,
		.attr.umask = 022,
		.attr.keyring = true,
		.attr.new_session = true,
		.attr.die_with_parent = true,
		.confine.no_new_privs = true,
		.confine.caps = ctr_caps_default(),
	};
	return failed ? ctr__fds_inherit_standard(&process->fds) : -ENOMEM;
}

void ctr__process_clear(ctr_process *process)
{
	ctr__program_clear(&process->program);
	ctr__fds_clear(&process->fds);
	ctr__user_clear(&process->user);
	ctr__confine_clear(&process->confine);
	ctr__seccomp_clear(&process->seccomp);
}

int ctr__process_copy(ctr_process *to, const ctr_process *from)
{
	int r = ctr__program_copy(&to->program, &from->program);

	to->attr = from->attr;
	if (r == 0)
		r = ctr__fds_copy(&to->fds, &from->fds);
	if (r == 0)
		r = ctr__user_copy(&to->user, &from->user);
	if (r == 0)
		r = ctr__confine_copy(&to->confine, &from->confine);
	return r == 0 ? ctr__seccomp_copy(&to->seccomp, &from->seccomp) : r;
}

CTR_EXPORT ctr_process *ctr_process_new(ctr_error *err)
{
	ctr_process *process = calloc(1, sizeof(*process));

	if (process && ctr__process_init(process, ctr_error_new()) == 0)
		return process;
	ctr_process_free(process);
	ctr__error_nomem(err);
	return NULL;
}

CTR_EXPORT ctr_process *ctr_process_clone(const ctr_process *process, ctr_error *err)
{
	ctr_process *copy;
	int r;

	if (!process) {
		ctr__error_missing(err, "process");
		return NULL;
	}
	if (ctr__error_check(process->failed, err))
		return NULL;
	copy = calloc(1, sizeof(*copy));
	if (copy)
		copy->failed = ctr_error_new();
	r = copy && copy->failed ? ctr__process_copy(copy, process) : -ENOMEM;
	if (r == 0)
		return copy;
	ctr_process_free(copy);
	ctr__error_copy(err, r);
	return NULL;
}

CTR_EXPORT void ctr_process_clear_error(ctr_process *process)
{
	if (process)
		ctr_error_clear(process->failed);
}

CTR_EXPORT void ctr_process_free(ctr_process *process)
{
	if (!process)
		return;
	ctr_error_free(process->failed);
	ctr__process_clear(process);
	free(process);
}
