/* SPDX-License-Identifier: MIT */
/* Who the program is to be. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/export.h"
#include "base/parse.h"
#include "base/passwd.h"
#include "primitives/process.h"
#include "spec/spec.h"

#define NAME_LENGTH_MAX 255 /* LOGIN_NAME_MAX without the NUL */

void ctr__spec_clear_user(ctr_spec *spec)
{
	free(spec->user);
	free(spec->group);
	free(spec->groups);
	ctr__strv_clear(&spec->group_names);
}

static void replace_names(ctr_spec *spec, char *user, char *group)
{
	free(spec->user);
	free(spec->group);
	spec->user = user;
	spec->group = group;
}

void ctr__spec_forget_user(ctr_spec *copy)
{
	copy->user = copy->group = NULL;
	copy->group_names = (struct ctr__strv){ 0 };
	copy->groups = NULL;
	copy->n_groups = 0;
}

static int add_group(ctr_spec *spec, uint32_t gid)
{
	uint32_t *grown = reallocarray(spec->groups, spec->n_groups + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	spec->groups = grown;
	spec->groups[spec->n_groups++] = gid;
	return 0;
}

int ctr__spec_copy_user(ctr_spec *to, const ctr_spec *from, ctr_error *err)
{
	if (ctr__text_copy(&to->user, from->user) || ctr__text_copy(&to->group, from->group) ||
	    ctr__strv_copy(&to->group_names, &from->group_names))
		return ctr__error_nomem(err);
	for (size_t i = 0; i < from->n_groups; i++)
		if (add_group(to, from->groups[i]))
			return ctr__error_nomem(err);
	return 0;
}

/* ---- by number ---- */

CTR_EXPORT int ctr_spec_set_user(ctr_spec *spec, uint32_t uid, uint32_t gid, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (ctr__check_id("user id", uid, err) || ctr__check_id("group id", gid, err))
		return -1;
	spec->uid = uid;
	spec->gid = gid;
	replace_names(spec, NULL, NULL);
	return 0;
}

static int check_room(const ctr_spec *spec, ctr_error *err)
{
	if (spec->n_groups + spec->group_names.n < CTR__GROUPS_MAX)
		return 0;
	return ctr__error_set(err, CTR_E_INVALID, 0, "supplementary groups", NULL,
			      "there are %d already, the most that the kernel takes",
			      CTR__GROUPS_MAX);
}

CTR_EXPORT int ctr_spec_add_group(ctr_spec *spec, uint32_t gid, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (ctr__check_id("supplementary group", gid, err) || check_room(spec, err))
		return -1;
	return add_group(spec, gid) ? ctr__error_nomem(err) : 0;
}

/* ---- by name ---- */

static bool is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

/* What can't be in a field of passwd(5), or begins what is no entry there. */
static bool is_name(const char *text)
{
	const size_t n = strnlen(text, NAME_LENGTH_MAX + 1);

	if (n == 0 || n > NAME_LENGTH_MAX || strchr("+-#", text[0]))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] <= ' ' || strchr(":,\x7f", text[i]))
			return false;
	return true;
}

static int check_name(const char *what, const char *text, ctr_error *err)
{
	uint64_t id;

	if (text && is_number(text))
		return ctr_parse_number(text, what, 0, CTR__ID_MAX, &id, err);
	if (text && is_name(text))
		return 0;
	return ctr__error_value(err, what, text,
				"a number from 0 to 4294967294, or a name of at most 255 bytes "
				"without blanks, ':' and ',' that begins with none of + - #");
}

CTR_EXPORT int ctr_spec_set_user_name(ctr_spec *spec, const char *user, const char *group,
				      ctr_error *err)
{
	char *user_copy, *group_copy;

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (check_name("user", user, err) || (group && check_name("group", group, err)))
		return -1;
	if (ctr__text_copy(&user_copy, user))
		return ctr__error_nomem(err);
	if (ctr__text_copy(&group_copy, group)) {
		free(user_copy);
		return ctr__error_nomem(err);
	}
	replace_names(spec, user_copy, group_copy);
	return 0;
}

CTR_EXPORT int ctr_spec_add_group_name(ctr_spec *spec, const char *group, ctr_error *err)
{
	uint32_t gid;

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (check_name("supplementary group", group, err) || check_room(spec, err))
		return -1;
	if (ctr__id_read(ctr__span_of(group), &gid))
		return add_group(spec, gid) ? ctr__error_nomem(err) : 0;
	return ctr__strv_add(&spec->group_names, group) ? ctr__error_nomem(err) : 0;
}
