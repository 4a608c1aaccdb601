/* SPDX-License-Identifier: MIT */
/* What confines a program beyond namespaces: landlock, labels, securebits and masks. */
#include <errno.h>
#include <linux/securebits.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "run.h"

/* ---- landlock ---- */

/* "r", "rw" and so on; 0 if it is nothing of that kind. */
static uint32_t read_access(const char *text)
{
	static const char letters[] = "rwx";
	static const uint32_t bits[] = { CTR_LANDLOCK_READ, CTR_LANDLOCK_WRITE,
					 CTR_LANDLOCK_EXECUTE };
	uint32_t access = 0;

	for (; *text; text++) {
		const char *letter = strchr(letters, *text);

		if (!letter || (access & bits[letter - letters]))
			return 0;
		access |= bits[letter - letters];
	}
	return access;
}

/* What follows the last colon, so that a path may have others. */
int opt_add_landlock(struct run *run, const struct opt *opt, const char *value)
{
	char *path = strdup(value), *colon = path ? strrchr(path, ':') : NULL;
	uint32_t access = CTR_LANDLOCK_READ | CTR_LANDLOCK_EXECUTE;
	int rc;

	if (!path)
		return print_failure(opt->name, value, ENOMEM);
	if (colon) {
		*colon = '\0';
		access = read_access(colon + 1);
	}
	if (!access)
		rc = print_refusal(opt->name, value, "expected %s", opt->argument);
	else
		rc = opt_check(run, opt,
			       ctr_spec_add_landlock_rule(run->spec, path, access, run->err));
	free(path);
	return rc;
}

/* ---- securebits ---- */

/* By the names of setpriv(1), with "-" as well as with "_". */
static uint32_t find_securebit(char *name)
{
	static const struct {
		const char *name;
		uint32_t bit;
	} bits[] = {
		{ "noroot", SECBIT_NOROOT },
		{ "noroot_locked", SECBIT_NOROOT_LOCKED },
		{ "no_setuid_fixup", SECBIT_NO_SETUID_FIXUP },
		{ "no_setuid_fixup_locked", SECBIT_NO_SETUID_FIXUP_LOCKED },
		{ "keep_caps_locked", SECBIT_KEEP_CAPS_LOCKED },
		{ "no_cap_ambient_raise", SECBIT_NO_CAP_AMBIENT_RAISE },
		{ "no_cap_ambient_raise_locked", SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED },
	};

	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		if (strcmp(bits[i].name, name) == 0)
			return bits[i].bit;
	return 0;
}

int opt_set_securebits(struct run *run, const struct opt *opt, const char *value)
{
	char *names = strdup(value), *rest = names, *name;
	uint32_t bits = 0, bit = 1;

	if (!names)
		return print_failure(opt->name, value, ENOMEM);
	while (bit && (name = strsep(&rest, ",")) != NULL) {
		bit = find_securebit(name);
		bits |= bit;
	}
	free(names);
	if (!bit)
		return print_refusal(opt->name, value,
				     "expected names such as noroot,noroot_locked: noroot, "
				     "no_setuid_fixup or no_cap_ambient_raise, each also with "
				     "_locked, or keep_caps_locked");
	return opt_check(run, opt, ctr_spec_set_securebits(run->spec, bits, run->err));
}

/* ---- words of --security-opt ---- */

int opt_set_apparmor(struct run *run, const struct opt *opt, char *value)
{
	if (!value || !*value)
		return print_refusal(opt->name, "apparmor", "expected apparmor=PROFILE");
	return opt_check(run, opt, ctr_spec_set_apparmor(run->spec, value, run->err));
}

int opt_set_label(struct run *run, const struct opt *opt, char *value)
{
	if (!value || !*value)
		return print_refusal(opt->name, "label", "expected label=USER:ROLE:TYPE[:LEVEL]");
	if (strcmp(value, "disable") == 0) /* no label is asked for */
		return opt_check(run, opt, ctr_spec_set_selinux(run->spec, NULL, run->err));
	return opt_check(run, opt, ctr_spec_set_selinux(run->spec, value, run->err));
}

/* The library has each path in one form: "/home/" is "/home". */
static int unmask(ctr_spec *spec, const char *path, ctr_error *err)
{
	char *simple = strdup(path);
	int rc;

	if (simple && path[0] == '/')
		simplify_path(simple);
	rc = ctr_spec_unmask(spec, simple ? simple : path, err);
	free(simple);
	return rc;
}

/* As podman has it, PATH[:PATH...]; but exact paths, no patterns. */
static int each_path(struct run *run, const struct opt *opt, char *paths,
		     int (*set)(ctr_spec *spec, const char *path, ctr_error *err))
{
	char *path;

	while ((path = strsep(&paths, ":")) != NULL) {
		/* One that the library has by that name is a pattern there. */
		if (set == unmask && set(run->spec, path, NULL) == 0)
			continue;
		if (strpbrk(path, "*?["))
			return print_refusal(opt->name, path,
					     "expected exact paths, for there are no patterns");
		if (opt_check(run, opt, set(run->spec, path, run->err)) < 0)
			return OPT_REFUSED;
	}
	return 0;
}

int opt_mask_paths(struct run *run, const struct opt *opt, char *value)
{
	if (!value || !*value)
		return print_refusal(opt->name, "mask", "expected mask=PATH[:PATH...]");
	return each_path(run, opt, value, ctr_spec_add_mask);
}

int opt_unmask(struct run *run, const struct opt *opt, const char *value)
{
	return opt_check(run, opt, unmask(run->spec, value, run->err));
}

int opt_unmask_paths(struct run *run, const struct opt *opt, char *value)
{
	if (!value || !*value)
		return print_refusal(opt->name, "unmask", "expected unmask=ALL|PATH[:PATH...]");
	if (strcmp(value, "ALL") == 0)
		return opt_check(run, opt, ctr_spec_unmask(run->spec, NULL, run->err));
	return each_path(run, opt, value, unmask);
}
