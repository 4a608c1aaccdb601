/* SPDX-License-Identifier: MIT */
#include "spec/spec.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/export.h"

#define SETUP_TIMEOUT_MS 30000

/* One that ctr_spec_free() takes, though it is not whole. */
static ctr_spec *alloc_spec(void)
{
	ctr_spec *spec = calloc(1, sizeof(*spec));

	if (!spec)
		return NULL;
	ctr__namespaces_init(&spec->namespaces);
	spec->failed = ctr_error_new();
	spec->process.failed = spec->resources.limits.failed = spec->idmap.failed = spec->failed;
	if (spec->failed)
		return spec;
	ctr_spec_free(spec);
	return NULL;
}

CTR_EXPORT ctr_spec *ctr_spec_new(ctr_error *err)
{
	ctr_spec *spec = alloc_spec();

	if (!spec || ctr__process_init(&spec->process, spec->failed)) {
		ctr_spec_free(spec);
		ctr__error_nomem(err);
		return NULL;
	}
	spec->mounts.base = CTR_BASE_ALL;
	spec->setup_timeout_ms = SETUP_TIMEOUT_MS;
	return spec;
}

CTR_EXPORT void ctr_spec_free(ctr_spec *spec)
{
	if (!spec)
		return;
	ctr_error_free(spec->failed);
	ctr__process_clear(&spec->process);
	ctr__mounts_clear(&spec->mounts);
	ctr__namespaces_clear(&spec->namespaces);
	ctr__idmap_clear(&spec->idmap);
	ctr__resources_clear(&spec->resources);
	free(spec);
}

static int copy(ctr_spec *to, const ctr_spec *from)
{
	int r = ctr__process_copy(&to->process, &from->process);

	to->setup_timeout_ms = from->setup_timeout_ms;
	to->helper_child = from->helper_child;
	to->secure_execution = from->secure_execution;
	if (r == 0)
		r = ctr__mounts_copy(&to->mounts, &from->mounts);
	if (r == 0)
		r = ctr__namespaces_copy(&to->namespaces, &from->namespaces);
	if (r == 0)
		r = ctr__idmap_copy(&to->idmap, &from->idmap);
	return r == 0 ? ctr__resources_copy(&to->resources, &from->resources) : r;
}

CTR_EXPORT ctr_spec *ctr_spec_clone(const ctr_spec *spec, ctr_error *err)
{
	ctr_spec *clone;
	int r;

	if (ctr__spec_check(spec, err))
		return NULL;
	clone = alloc_spec();
	r = clone ? copy(clone, spec) : -ENOMEM;
	if (r == 0)
		return clone;
	ctr_spec_free(clone);
	ctr__error_copy(err, r);
	return NULL;
}

CTR_EXPORT void ctr_spec_clear_error(ctr_spec *spec)
{
	if (spec)
		ctr_error_clear(spec->failed);
}

int ctr__spec_check(const ctr_spec *spec, ctr_error *err)
{
	if (!spec)
		return ctr__error_missing(err, "spec");
	return ctr__error_check(spec->failed, err);
}

CTR_EXPORT ctr_process *ctr_spec_get_process(ctr_spec *spec)
{
	return spec ? &spec->process : NULL;
}

CTR_EXPORT int ctr_spec_set_secure_execution(ctr_spec *spec, int allowed, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	spec->secure_execution = allowed;
	return 0;
}

CTR_EXPORT int ctr_spec_set_child(ctr_spec *spec, int mode, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (mode != CTR_CHILD_AUTO && mode != CTR_CHILD_HELPER)
		return ctr__error_int(err, "kind of child", mode,
				      "CTR_CHILD_AUTO or CTR_CHILD_HELPER");
	spec->helper_child = mode == CTR_CHILD_HELPER;
	return 0;
}

CTR_EXPORT int ctr_spec_set_setup_timeout_ms(ctr_spec *spec, uint32_t timeout_ms, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (timeout_ms < 1 || timeout_ms > INT32_MAX)
		return ctr__error_number(err, "set-up time bound", timeout_ms,
					 "1 to 2147483647 milliseconds");
	spec->setup_timeout_ms = timeout_ms;
	return 0;
}
