/* SPDX-License-Identifier: MIT */
/* Who the program is, and what it may do. */
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "compile/compile.h"
#include "primitives/caps.h"

#define NAMES_SIZE 1024

/* ---- capabilities ---- */

/* "CHOWN SETUID", or "none"; what has no name yet is told by its number. */
static const char *name_caps(struct ctr__compile *c, uint64_t caps)
{
	char text[NAMES_SIZE];
	struct ctr__buf b;

	ctr__buf_init(&b, text, sizeof(text));
	for (int cap = 0; cap < 64; cap++) {
		const char *name = ctr_caps_name(cap);

		if (!(caps >> cap & 1))
			continue;
		if (name)
			ctr__buf_add(&b, "%s%s", b.len ? " " : "", name + strlen("CAP_"));
		else
			ctr__buf_add(&b, "%s%d", b.len ? " " : "", cap);
	}
	return ctr__steps_strdup(&c->plan->steps, b.len ? text : "none");
}

int ctr__compile_lacking(struct ctr__compile *c, uint64_t caps, const char **options)
{
	char text[NAMES_SIZE];
	struct ctr__buf b;

	caps &= ~c->caps.bounding;
	ctr__buf_init(&b, text, sizeof(text));
	for (int cap = 0; cap < 64; cap++) {
		const char *name = ctr_caps_name(cap);

		if ((caps >> cap & 1) && name)
			ctr__buf_add(&b, "%s--cap-add %s", b.len ? " " : "", name + strlen("CAP_"));
	}
	*options = b.len ? ctr__steps_strdup(&c->plan->steps, text) : NULL;
	return b.len && !*options ? ctr__error_nomem(c->err) : 0;
}

/* What was asked for by name must be had; of the rest, what the caller has. */
static int check_asked(struct ctr__compile *c, uint64_t permitted)
{
	const uint64_t missing = c->process->confine.caps_asked & ~permitted;
	const char *name;

	if (!missing)
		return 0;
	name = ctr_caps_name(__builtin_ctzll(missing));
	return ctr__error_set(c->err, CTR_E_UNSUPPORTED, EPERM, "give capability", name,
			      "the caller does not have this capability, or the kernel does "
			      "not support it");
}

int ctr__compile_caps(struct ctr__compile *c, uint64_t permitted)
{
	struct ctr__step_caps *caps = &c->caps;

	if (check_asked(c, permitted))
		return -1;
	caps->bounding = c->process->confine.caps & permitted;
	caps->ambient = c->process->confine.caps_ambient & caps->bounding;
	return 0;
}

static int add_caps(struct ctr__compile *c, enum ctr__step_kind kind, uint64_t named)
{
	struct ctr__step step = { .kind = kind, .modes = CTR__MODE_RUN, .caps = c->caps };

	step.caps.names = name_caps(c, named);
	return step.caps.names ? ctr__compile_add(c, &step) : ctr__error_nomem(c->err);
}

/* ---- ids ---- */

static struct ctr__step_ids ids_of(const struct ctr__compile *c)
{
	return (struct ctr__step_ids){
		.uid = c->user.uid,
		.gid = c->user.gid,
		.keep_groups = c->keep_groups,
		.groups = c->user.groups,
		.n_groups = c->user.n_groups,
	};
}

/* A change of ids clears the parent-death signal: PR_SET_PDEATHSIG(2const). */
static int add_ids_steps(struct ctr__compile *c)
{
	const struct ctr__step step = {
		.kind = CTR__STEP_IDS,
		.modes = CTR__MODE_RUN,
		.ids = ids_of(c),
	};

	if (ctr__compile_add(c, &step))
		return -1;
	if (c->process->attr.die_with_parent &&
	    (c->plan->changes_ids || c->plan->mapping.uids || c->plan->joins_user_ns))
		return ctr__compile_simple(c, CTR__STEP_DIE_WITH_PARENT, CTR__MODE_RUN);
	return 0;
}

/* ---- the steps ---- */

/* Ids can't be changed, nor the bounding set, once capabilities are given up. */
int ctr__compile_privileges(struct ctr__compile *c)
{
	if (!c->process->confine.no_new_privs && ctr__compile_add_filter(c))
		return -1;
	if (add_caps(c, CTR__STEP_CAP_BOUND, c->caps.bounding) || ctr__compile_securebits(c) ||
	    add_ids_steps(c) || add_caps(c, CTR__STEP_CAPS, c->caps.permitted))
		return -1;
	if (!c->process->confine.no_new_privs)
		return 0;
	return ctr__compile_simple(c, CTR__STEP_NO_NEW_PRIVS, CTR__MODE_RUN);
}

int ctr__compile_verify(struct ctr__compile *c)
{
	struct ctr__step step = {
		.kind = CTR__STEP_VERIFY,
		.modes = CTR__MODE_RUN,
		.verify = {
			.caps = c->caps,
			.ids = ids_of(c),
			.securebits = c->process->confine.securebits,
			.has_securebits = c->process->confine.set_securebits,
			.no_new_privs = c->process->confine.no_new_privs,
		},
	};

	if (c->leave_groups) /* which has been done by then */
		step.verify.ids.keep_groups = false;
	return ctr__compile_add(c, &step);
}
