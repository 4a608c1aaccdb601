/* SPDX-License-Identifier: MIT */
/* Landlock, the label of a security module, securebits: what this host has of it, and the steps. */
#include <errno.h>
#include <linux/securebits.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "primitives/landlock.h"

/* ---- landlock ---- */

static int refuse_rule(struct ctr__compile *c, const char *path, int r)
{
	return ctr__error_set(c->err, r == ENOMEM ? CTR_E_NOMEM : CTR_E_SYSTEM, r,
			      "allow by landlock", path,
			      r == ENOENT ? "it does not exist in the container" : NULL);
}

/* Where the path leads to in the container: links are followed now, and none may come later. */
static int find_path(struct ctr__compile *c, const char *path, struct ctr__view_rule *to)
{
	struct ctr__view_hit hit;
	int r = ctr__view_find(&c->view, path, &hit);

	if (r < 0)
		return refuse_rule(c, path, -r);
	r = hit.fd < 0 ? 0 : ctr__compile_note_blocking(c, hit.fd, path);
	ctr__fd_close(hit.fd);
	if (r)
		return -1;
	if (hit.state == CTR__VIEW_MISSING)
		return refuse_rule(c, path, ENOENT);
	to->known = hit.state == CTR__VIEW_FOUND;
	to->path = ctr__steps_strdup(&c->plan->steps, hit.path);
	return to->path ? 0 : ctr__error_nomem(c->err);
}

static int add_rule(struct ctr__compile *c, const struct ctr__step *filled,
		    const struct ctr__landlock_rule *rule, struct ctr__view_rule *to)
{
	struct ctr__step step;

	if (find_path(c, rule->path, to))
		return -1;
	to->access = rule->access;
	ctr__landlock_fill_rule(&step, filled, *to->path ? to->path : "/", rule->access);
	step.modes = CTR__MODE_RUN;
	step.landlock.plain = to->known;
	return ctr__compile_add(c, &step);
}

/*
 * When all that the set-up itself opens is open, but before limits on descriptors hold and
 * while the child is root, which can open all of the paths, and has CAP_SYS_ADMIN, without which
 * it would take no_new_privs.
 */
int ctr__compile_landlock(struct ctr__compile *c)
{
	const struct ctr__confine *confine = &c->process->confine;
	struct ctr__view_rule *rules;
	struct ctr__step last;

	if (!confine->n_rules)
		return 0;
	if (ctr__landlock_fill(&last, c->err))
		return -1;
	rules = ctr__steps_alloc(&c->plan->steps, confine->n_rules, sizeof(*rules));
	if (!rules)
		return ctr__error_nomem(c->err);
	for (size_t i = 0; i < confine->n_rules; i++)
		if (add_rule(c, &last, &confine->rules[i], &rules[i]))
			return -1;
	c->view.rules = rules;
	c->view.n_rules = confine->n_rules;
	last.modes = CTR__MODE_RUN;
	return ctr__compile_add(c, &last);
}

/* ---- security modules ---- */

static int add_label(struct ctr__compile *c, const char *file, const char *command,
		     const char *label, size_t n_verified)
{
	struct ctr__step step = { .kind = CTR__STEP_LSM, .modes = CTR__MODE_RUN };
	char text[CTR__LSM_LABEL_MAX + 16];
	struct ctr__buf b;

	ctr__buf_init(&b, text, sizeof(text));
	ctr__buf_add(&b, "%s%s", command, label);
	step.lsm.file = file;
	step.lsm.text = ctr__steps_strdup(&c->plan->steps, text);
	step.lsm.n_verified = n_verified;
	if (!step.lsm.text)
		return ctr__error_nomem(c->err);
	step.lsm.label = step.lsm.text + strlen(command);
	return ctr__compile_add(c, &step);
}

/* By trying: a module that is built in but switched off refuses to tell its own label. */
static bool has_apparmor(void)
{
	char text[256];

	return ctr__fd_read_file(AT_FDCWD, "/proc/self/attr/apparmor/current", text, sizeof(text)) >
	       0;
}

/* The file of attributes is whichever module's comes first; SELinux has a file system too. */
static bool has_selinux(void)
{
	char text[4096];

	return ctr__fd_read_file(AT_FDCWD, "/proc/filesystems", text, sizeof(text)) > 0 &&
	       strstr(text, "\tselinuxfs\n");
}

static int refuse_label(struct ctr__compile *c, const char *what, const char *label,
			const char *module)
{
	return ctr__error_set(c->err, CTR_E_UNSUPPORTED, 0, what, label,
			      "this host does not run %s, or has no /proc: leave it out, or see "
			      "lsm= on the kernel's command line",
			      module);
}

static int add_apparmor(struct ctr__compile *c, const char *profile)
{
	if (has_apparmor())
		return add_label(c, "/proc/self/attr/apparmor/exec", "exec ", profile,
				 strlen(profile));
	if (strcmp(profile, "unconfined") == 0)
		return 0; /* so is everything without it */
	return refuse_label(c, "AppArmor profile", profile, "AppArmor");
}

/* The kernel has its own way to write a level, which follows the third colon. */
static size_t length_without_level(const char *context)
{
	const char *type = strchr(strchr(context, ':') + 1, ':') + 1;

	return (size_t)(type - context) + strcspn(type, ":");
}

static int add_selinux(struct ctr__compile *c, const char *context)
{
	if (has_selinux())
		return add_label(c, "/proc/self/attr/exec", "", context,
				 length_without_level(context));
	return refuse_label(c, "SELinux context", context, "SELinux");
}

/* While the caller's /proc is there; it holds for the next execve(2), which is the last step. */
int ctr__compile_lsm(struct ctr__compile *c)
{
	const struct ctr__confine *confine = &c->process->confine;

	if (confine->apparmor && add_apparmor(c, confine->apparmor))
		return -1;
	return confine->selinux ? add_selinux(c, confine->selinux) : 0;
}

/* ---- securebits ---- */

int ctr__compile_securebits(struct ctr__compile *c)
{
	const struct ctr__confine *confine = &c->process->confine;
	const struct ctr__step step = {
		.kind = CTR__STEP_SECUREBITS,
		.modes = CTR__MODE_RUN,
		.securebits = confine->securebits,
	};

	if (!confine->set_securebits)
		return 0;
	if ((confine->securebits & SECBIT_NO_CAP_AMBIENT_RAISE) && c->caps.ambient)
		return ctr__error_set(c->err, CTR_E_INVALID, 0, "securebits",
				      "no_cap_ambient_raise",
				      "it forbids ambient capabilities, which the spec adds: leave "
				      "one out");
	return ctr__compile_add(c, &step);
}
