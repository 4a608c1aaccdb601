/* SPDX-License-Identifier: MIT */
#include "spec/user.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/export.h"
#include "base/parse.h"
#include "base/passwd.h"
#include "primitives/credentials.h"
#include "spec/process.h"

#define NAME_LENGTH_MAX 255 /* LOGIN_NAME_MAX without the NUL */

void ctr__user_clear(struct ctr__user *user)
{
	free(user->name);
	free(user->group);
	free(user->groups);
	ctr__strv_clear(&user->group_names);
}

static void replace_names(struct ctr__user *user, char *name, char *group)
{
	free(user->name);
	free(user->group);
	user->name = name;
	user->group = group;
}

static int add_group(struct ctr__user *user, uint32_t gid)
{
	uint32_t *grown = reallocarray(user->groups, user->n_groups + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	user->groups = grown;
	user->groups[user->n_groups++] = gid;
	return 0;
}

int ctr__user_copy(struct ctr__user *to, const struct ctr__user *from)
{
	to->uid = from->uid;
	to->gid = from->gid;
	if (ctr__text_copy(&to->name, from->name) || ctr__text_copy(&to->group, from->group))
		return -ENOMEM;
	for (size_t i = 0; i < from->n_groups; i++)
		if (add_group(to, from->groups[i]))
			return -ENOMEM;
	return ctr__strv_copy(&to->group_names, &from->group_names);
}

/* ---- by number ---- */

CTR_EXPORT int ctr_process_set_user(ctr_process *process, uint32_t uid, uint32_t gid,
				    ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	if (ctr__check_id("user id", uid, err) || ctr__check_id("group id", gid, err))
		return -1;
	process->user.uid = uid;
	process->user.gid = gid;
	replace_names(&process->user, NULL, NULL);
	return 0;
}

static int check_room(const struct ctr__user *user, ctr_error *err)
{
	if (user->n_groups + user->group_names.n < CTR__GROUPS_MAX)
		return 0;
	return ctr__error_set(err, CTR_E_INVALID, 0, "supplementary groups", NULL,
			      "there are %d already, which is the limit of the kernel",
			      CTR__GROUPS_MAX);
}

CTR_EXPORT int ctr_process_add_group(ctr_process *process, uint32_t gid, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	if (ctr__check_id("supplementary group", gid, err) || check_room(&process->user, err))
		return -1;
	return add_group(&process->user, gid) ? ctr__error_nomem(err) : 0;
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

CTR_EXPORT int ctr_process_set_user_name(ctr_process *process, const char *user, const char *group,
					 ctr_error *err)
{
	char *user_copy, *group_copy;

	if (ctr__process_begin(process, &err))
		return -1;
	if (check_name("user", user, err) || (group && check_name("group", group, err)))
		return -1;
	if (ctr__text_copy(&user_copy, user))
		return ctr__error_nomem(err);
	if (ctr__text_copy(&group_copy, group)) {
		free(user_copy);
		return ctr__error_nomem(err);
	}
	replace_names(&process->user, user_copy, group_copy);
	return 0;
}

CTR_EXPORT int ctr_process_add_group_name(ctr_process *process, const char *group, ctr_error *err)
{
	uint32_t gid;

	if (ctr__process_begin(process, &err))
		return -1;
	if (check_name("supplementary group", group, err) || check_room(&process->user, err))
		return -1;
	if (ctr__id_read(ctr__span_of(group), &gid))
		return add_group(&process->user, gid) ? ctr__error_nomem(err) : 0;
	return ctr__strv_add(&process->user.group_names, group) ? ctr__error_nomem(err) : 0;
}
