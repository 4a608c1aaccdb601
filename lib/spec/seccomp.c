/* SPDX-License-Identifier: MIT */
#include "spec/seccomp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/export.h"
#include "primitives/seccomp.h"
#include "spec/process.h"

void ctr__seccomp_clear(struct ctr__seccomp *seccomp)
{
	free(seccomp->text);
	free(seccomp->origin);
	free(seccomp->insns);
	*seccomp = (struct ctr__seccomp){ 0 };
}

static int copy_insns(struct ctr__seccomp *to, const void *insns, size_t n)
{
	if (!n)
		return 0;
	to->insns = calloc(n, sizeof(*to->insns));
	if (!to->insns)
		return -ENOMEM;
	memcpy(to->insns, insns, n * sizeof(*to->insns));
	to->n = n;
	return 0;
}

int ctr__seccomp_copy(struct ctr__seccomp *to, const struct ctr__seccomp *from)
{
	struct ctr__seccomp copy = { .kind = from->kind };

	if (ctr__text_copy(&copy.text, from->text) || ctr__text_copy(&copy.origin, from->origin) ||
	    copy_insns(&copy, from->insns, from->n)) {
		ctr__seccomp_clear(&copy);
		return -ENOMEM;
	}
	*to = copy;
	return 0;
}

static void replace(ctr_process *process, const struct ctr__seccomp *seccomp)
{
	ctr__seccomp_clear(&process->seccomp);
	process->seccomp = *seccomp;
}

CTR_EXPORT int ctr_process_set_seccomp(ctr_process *process, uint32_t mode, ctr_error *err)
{
	static const enum ctr__seccomp_kind kinds[] = {
		[CTR_SECCOMP_DEFAULT] = CTR__SECCOMP_DEFAULT,
		[CTR_SECCOMP_NONE] = CTR__SECCOMP_NONE,
		[CTR_SECCOMP_LOG] = CTR__SECCOMP_LOG,
	};
	struct ctr__seccomp seccomp = { 0 };

	if (ctr__process_begin(process, &err))
		return -1;
	if (mode >= sizeof(kinds) / sizeof(kinds[0]))
		return ctr__error_number(
			err, "filter of system calls", mode,
			"CTR_SECCOMP_DEFAULT, CTR_SECCOMP_NONE or CTR_SECCOMP_LOG");
	seccomp.kind = kinds[mode];
	replace(process, &seccomp);
	return 0;
}

/* Checked as a whole, whatever the capabilities will be; made when the spec is compiled. */
static int set_text(ctr_process *process, const char *text, const char *origin, ctr_error *err)
{
	struct ctr__seccomp seccomp = { .kind = CTR__SECCOMP_JSON };

	if (ctr__seccomp_profile(text, origin, 0, NULL, err))
		return -1;
	if (ctr__text_copy(&seccomp.text, text) || ctr__text_copy(&seccomp.origin, origin)) {
		ctr__seccomp_clear(&seccomp);
		return ctr__error_nomem(err);
	}
	replace(process, &seccomp);
	return 0;
}

CTR_EXPORT int ctr_process_set_seccomp_json(ctr_process *process, const char *text, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	if (!text)
		return ctr__error_value(err, "seccomp profile", NULL, "text in JSON");
	return set_text(process, text, NULL, err);
}

CTR_EXPORT int ctr_process_set_seccomp_file(ctr_process *process, const char *path, ctr_error *err)
{
	_cleanup_free_ char *text = NULL;

	if (ctr__process_begin(process, &err))
		return -1;
	if (!path || !*path)
		return ctr__error_value(err, "seccomp profile", path, "the path of a file");
	if (ctr__seccomp_read(path, &text, err))
		return -1;
	return set_text(process, text, path, err);
}

CTR_EXPORT int ctr_process_set_seccomp_bpf(ctr_process *process, const void *program,
					   size_t n_instructions, ctr_error *err)
{
	struct ctr__seccomp seccomp = { .kind = CTR__SECCOMP_BPF };

	if (ctr__process_begin(process, &err))
		return -1;
	if (ctr__seccomp_check_size(program, n_instructions, err))
		return -1;
	if (copy_insns(&seccomp, program, n_instructions))
		return ctr__error_nomem(err);
	replace(process, &seccomp);
	return 0;
}
