/* SPDX-License-Identifier: MIT */
#include "spec/confine.h"

#include <errno.h>
#include <linux/securebits.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/export.h"
#include "plan/step.h"
#include "primitives/landlock.h"
#include "spec/hidden.h"
#include "spec/protected.h"
#include "spec/spec.h"

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
	to->securebits = from->securebits;
	to->set_securebits = from->set_securebits;
	to->unmasked = from->unmasked;
	to->shown = from->shown;
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
	*confine = (struct ctr__confine){ 0 };
}

/* ---- landlock ---- */

CTR_EXPORT int ctr_spec_add_landlock_rule(ctr_spec *spec, const char *path, uint32_t access,
					  ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (ctr__landlock_check(path, access, err))
		return -1;
	return add_rule(&spec->confine, path, access) ? ctr__error_nomem(err) : 0;
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

static int set_label(char **to, const char *label, ctr_error *err)
{
	char *copy;

	if (ctr__text_copy(&copy, label))
		return ctr__error_nomem(err);
	free(*to);
	*to = copy;
	return 0;
}

CTR_EXPORT int ctr_spec_set_apparmor(ctr_spec *spec, const char *profile, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (profile && !is_label(profile))
		return ctr__error_value(err, "AppArmor profile", profile,
					"a name of 1 to 1023 bytes");
	return set_label(&spec->confine.apparmor, profile, err);
}

CTR_EXPORT int ctr_spec_set_selinux(ctr_spec *spec, const char *context, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (context && !is_context(context))
		return ctr__error_value(err, "SELinux context", context, "USER:ROLE:TYPE[:LEVEL]");
	return set_label(&spec->confine.selinux, context, err);
}

/* ---- securebits ---- */

CTR_EXPORT int ctr_spec_set_securebits(ctr_spec *spec, uint32_t bits, ctr_error *err)
{
	const uint32_t known = SECURE_ALL_BITS | SECURE_ALL_LOCKS;

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (bits & ~known)
		return ctr__error_bits(err, "securebits", bits & ~known);
	if (bits & SECBIT_KEEP_CAPS)
		return ctr__error_set(err, CTR_E_INVALID, 0, "securebits", "keep_caps",
				      "it is cleared when the program is executed: leave it out");
	spec->confine.securebits = bits;
	spec->confine.set_securebits = true;
	return 0;
}

/* ---- masks ---- */

static int refuse_unmask(const char *path, ctr_error *err)
{
	char text[1024];
	struct ctr__buf b;

	ctr__buf_init(&b, text, sizeof(text));
	ctr__buf_add(&b, "one of");
	for (size_t i = 0; i < CTR__PROTECTED_COUNT; i++)
		ctr__buf_add(&b, " %s", ctr__protected[i].path);
	for (size_t i = 0; i < CTR__HIDDEN_COUNT; i++)
		ctr__buf_add(&b, " %s", ctr__hidden[i].path);
	return ctr__error_value(err, "path to unmask", path, text);
}

CTR_EXPORT int ctr_spec_unmask(ctr_spec *spec, const char *path, ctr_error *err)
{
	const uint32_t bits = ctr__protected_bits(path), shown = path ? ctr__hidden_bits(path) : 0;

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (!bits && !shown)
		return refuse_unmask(path, err);
	spec->confine.unmasked |= bits;
	spec->confine.shown |= shown;
	return 0;
}
