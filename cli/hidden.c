/* SPDX-License-Identifier: MIT */
/* Mounts that a later one covers: by their texts alone, for links of the image are not known yet.
 */
#include "hidden.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"

struct hidden {
	struct hidden *before;
	const char *option;
	char *value;  /* as it was given */
	char *target; /* without "." and empty components */
};

void simplify_path(char *path)
{
	char *from = path, *to = path;

	if (strstr(path, "/../"))
		return;
	while (*from) {
		size_t n;

		from += strspn(from, "/");
		n = strcspn(from, "/");
		if (n > 0 && !(n == 1 && *from == '.')) {
			*to++ = '/';
			memmove(to, from, n);
			to += n;
		}
		from += n;
	}
	*to = '\0';
}

static bool is_below(const char *path, const char *dir)
{
	const size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static struct hidden *hidden_new(const struct opt *opt, const char *value, const char *target)
{
	struct hidden *new = calloc(1, sizeof(*new));

	if (!new)
		return NULL;
	new->option = opt->name;
	new->value = strdup(value);
	new->target = strdup(target);
	if (new->value &&new->target) {
		simplify_path(new->target);
		return new;
	}
	free(new->value);
	free(new->target);
	free(new);
	return NULL;
}

int hidden_note(struct draft *draft, const struct opt *opt, const char *value, const char *target)
{
	struct hidden *new = hidden_new(opt, value, target);

	if (!new)
		return print_failure(opt->name, value, ENOMEM);
	new->before = draft->mounts;
	draft->mounts = new;
	return 0;
}

void hidden_warn(const struct draft *draft)
{
	for (const struct hidden *later = draft->mounts; later; later = later->before)
		for (const struct hidden *m = later->before; m; m = m->before)
			if (is_below(m->target, later->target))
				print_warning(m->option, m->value, "is hidden by", later->option,
					      later->value);
}

void hidden_free(struct draft *draft)
{
	while (draft->mounts) {
		struct hidden *m = draft->mounts;

		draft->mounts = m->before;
		free(m->value);
		free(m->target);
		free(m);
	}
}
