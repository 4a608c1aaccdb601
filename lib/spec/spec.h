/* SPDX-License-Identifier: MIT */
/* What the setters of a spec have stored, for lib/compile to read. */
#ifndef CTR_SPEC_SPEC_H
#define CTR_SPEC_SPEC_H

#include <minictr/spec.h>
#include <stdbool.h>

#include "primitives/idmap.h"
#include "spec/mounts.h"
#include "spec/namespaces.h"
#include "spec/process.h"
#include "spec/resources.h"

struct ctr_spec {
	ctr_error *failed; /* the first failure of a setter, those of all its parts included */
	ctr_process process;
	struct ctr__mounts mounts;
	struct ctr__namespaces namespaces;
	ctr_idmap idmap; /* of a user namespace; empty: one id */
	struct ctr__resources resources;
	uint32_t setup_timeout_ms;
	bool helper_child;
	bool secure_execution; /* a caller with AT_SECURE is meant */
};

/* At the beginning of each setter: ctr__error_begin(). */
static inline int ctr__spec_begin(ctr_spec *spec, ctr_error **err)
{
	return ctr__error_begin(spec ? spec->failed : NULL, "spec", err);
}

/* 0, or -1: there is none, or a setter has failed. */
int ctr__spec_check(const ctr_spec *spec, ctr_error *err);

static inline const struct ctr__ns *ctr__spec_ns(const ctr_spec *spec, uint32_t kind)
{
	return ctr__namespaces_find(&spec->namespaces, kind);
}

#endif
