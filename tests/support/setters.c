/* SPDX-License-Identifier: MIT */
#include "support/setters.h"

#include "support/world.h"
#include <linux/securebits.h>
#include <stdint.h>
#include <sys/resource.h>

static const char profile[] = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": "
			      "[\"sync\"], \"action\": \"SCMP_ACT_ERRNO\"}]}";

/* A function for each set of arguments. */
#define CALL(way, name, arguments)                                                                 \
	static int way##_##name(const struct setter_objects *o, ctr_error *e)                      \
	{                                                                                          \
		return ctr_##name arguments;                                                       \
	}
#define SETTER(name, taken, refused) CALL(take, name, taken) CALL(refuse, name, refused)
#define TAKER(name, taken) CALL(take, name, taken)
#define REFUSER(name, refused) CALL(refuse, name, refused)
#define PLAIN(name, taken) CALL(take, name, taken)
#include "support/setters.def"
#undef CALL

const struct setter setters[] = {
#define SETTER(name, taken, refused) { #name, take_##name, refuse_##name, true },
#define TAKER(name, taken) { #name, take_##name, NULL, true },
#define REFUSER(name, refused) { #name, NULL, refuse_##name, false },
#define PLAIN(name, taken) { #name, take_##name, NULL, false },
#include "support/setters.def"
};

const int setters_count = sizeof(setters) / sizeof(setters[0]);

static struct setter_objects objects_of(ctr_spec *spec)
{
	return (struct setter_objects){
		.spec = spec,
		.process = ctr_spec_get_process(spec),
		.limits = ctr_spec_get_limits(spec),
		.idmap = ctr_spec_get_idmap(spec),
	};
}

int setters_take(const struct setter *setter, ctr_spec *spec, ctr_error *err)
{
	const struct setter_objects objects = objects_of(spec);

	return setter->take(&objects, err);
}

int setters_refuse(const struct setter *setter, ctr_spec *spec, ctr_error *err)
{
	const struct setter_objects objects = objects_of(spec);

	return setter->refuse(&objects, err);
}
