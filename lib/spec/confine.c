/* SPDX-License-Identifier: MIT */
#include "spec/confine.h"

#include <errno.h>
#include <linux/securebits.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/export.h"
#include "plan/step.h"
#include "primitives/caps.h"
#include "primitives/landlock.h"
#include "spec/process.h"

/* ---- the object ---- */

static int add_rule(struct ctr__confine *confine, const char *path, uint32_t access)
{
	struct ctr__landlock_rule rule = { .path = strdup(path), .access = access }, *grown;

	if (!rule.path)
		return -ENOMEM;
	grown = reallocarray(confine->rules, confine->n_rules + 1, sizeof(*grown));
	if (!grown) {
		free(rule.path);
		return -ENOMEM;
	}
	confine->rules = grown;
	confine->rules[confine->n_rules++] = rule;
	return 0;
}

int ctr__confine_copy(struct ctr__confine *to, const struct ctr__confine *from)
{
	to->caps = from->caps;
	to->caps_asked = from->caps_asked;
	to->caps_ambient = from->caps_ambient;
	to->securebits = from->securebits;
	to->set_securebits = from->set_securebits;
	to->no_new_privs = from->no_new_privs;
	for (size_t i = 0; i < from->n_rules; i++)
		if (add_rule(to, from->rules[i].path, from->rules[i].access))
			return -ENOMEM;
	if (ctr__text_copy(&to->apparmor, from->apparmor))
		return -ENOMEM;
	return ctr__text_copy(&to->selinux, from->selinux);
}

void ctr__confine_clear(struct ctr__confine *confine)
{
	for (size_t i = 0; i < confine->n_rules; i++)
		free(confine->rules[i].path);
	free(confine->rules);
	free(confine->apparmor);
	free(confine->selinux);
}

/* ---- capabilities ---- */

CTR_EXPORT int ctr_process_set_no_new_privs(ctr_process *process, int enabled, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	process->confine.no_new_privs = enabled;
	return 0;
}

CTR_EXPORT int ctr_process_add_cap(ctr_process *process, const char *name, ctr_error *err)
{
	uint64_t caps;

	if (ctr__process_begin(process, &err))
		return -1;
	if (ctr__caps_read(name, &caps, err))
		return -1;
	process->confine.caps |= caps;
	if (caps != UINT64_MAX)
		process->confine.caps_asked |= caps;
	return 0;
}

CTR_EXPORT int ctr_process_drop_cap(ctr_process *process, const char *name, ctr_error *err)
{
	uint64_t caps;

	if (ctr__process_begin(process, &err))
		return -1;
	if (ctr__caps_read(name, &caps, err))
		return -1;
	process->confine.caps &= ~caps;
	process->confine.caps_asked &= ~caps;
	process->confine.caps_ambient &= ~caps;
	return 0;
}

CTR_EXPORT int ctr_process_add_ambient_cap(ctr_process *process, const char *name, ctr_error *err)
{
	uint64_t caps;

	if (ctr__process_begin(process, &err))
		return -1;
	if (ctr__caps_read(name, &caps, err))
		return -1;
	process->confine.caps_ambient |= caps;
	return ctr_process_add_cap(process, name, err);
}

/* ---- landlock ---- */

CTR_EXPORT int ctr_process_add_landlock_rule(ctr_process *process, const char *path,
					     uint32_t access, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	if (ctr__landlock_check(path, access, err))
		return -1;
	return add_rule(&process->confine, path, access) ? ctr__error_nomem(err) : 0;
}

/* ---- security modules ---- */

static bool is_label(const char *label)
{
	size_t n = strnlen(label, CTR__LSM_LABEL_MAX + 1);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)label[i] < ' ' || label[i] == 0x7f)
			return false;
	return n > 0 && n <= CTR__LSM_LABEL_MAX && label[0] != ' ' && label[n - 1] != ' ';
}

/* USER:ROLE:TYPE, and a level behind another colon where the policy has levels. */
static bool is_context(const char *label)
{
	const char *role = strchr(label, ':'), *type = role ? strchr(role + 1, ':') : NULL;

	return is_label(label) && type && role > label && type > role + 1 && type[1] &&
	       type[1] != ':';
}

CTR_EXPORT int ctr_process_set_apparmor(ctr_process *process, const char *profile, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	if (profile && !is_label(profile))
		return ctr__error_value(err, "AppArmor profile", profile,
					"a name of 1 to 1023 bytes");
	return ctr__text_replace(&process->confine.apparmor, profile) ? ctr__error_nomem(err) : 0;
}

CTR_EXPORT int ctr_process_set_selinux(ctr_process *process, const char *context, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	if (context && !is_context(context))
		return ctr__error_value(err, "SELinux context", context, "USER:ROLE:TYPE[:LEVEL]");
	return ctr__text_replace(&process->confine.selinux, context) ? ctr__error_nomem(err) : 0;
}

/* ---- securebits ---- */

CTR_EXPORT int ctr_process_set_securebits(ctr_process *process, uint32_t bits, ctr_error *err)
{
	const uint32_t known = SECURE_ALL_BITS | SECURE_ALL_LOCKS;

	if (ctr__process_begin(process, &err))
		return -1;
	if (bits & ~known)
		return ctr__error_bits(err, "securebits", bits & ~known);
	if (bits & SECBIT_KEEP_CAPS)
		return ctr__error_set(err, CTR_E_INVALID, 0, "securebits", "keep_caps",
				      "it is cleared when the program is executed: leave it out");
	process->confine.securebits = bits;
	process->confine.set_securebits = true;
	return 0;
}
