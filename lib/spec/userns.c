/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "base/export.h"
#include "spec/spec.h"

CTR_EXPORT int ctr_spec_set_userns(ctr_spec *spec, uint32_t mode, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (mode > CTR_USERNS_HOST)
		return ctr__error_number(err, "user namespace", mode,
					 "CTR_USERNS_AUTO, CTR_USERNS_NEW or CTR_USERNS_HOST");
	spec->userns = mode;
	return 0;
}

CTR_EXPORT ctr_idmap *ctr_spec_get_idmap(ctr_spec *spec)
{
	return spec ? &spec->idmap : NULL;
}

CTR_EXPORT int ctr_spec_set_rootfs_idmap(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	spec->rootfs_idmap = enabled;
	return 0;
}

CTR_EXPORT int ctr_spec_set_disable_userns(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	spec->disable_userns = enabled;
	return 0;
}
