/* SPDX-License-Identifier: MIT */
/* Capabilities, and the bits that say what they are for. */
#include <errno.h>
#include <linux/securebits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "draft.h"
#include "print.h"

static const uint64_t all = UINT64_MAX;

static int read_caps(struct draft *draft, const struct opt *opt, const char *value,
		     struct cap_list *caps)
{
	int number;

	if (strcasecmp(value, "ALL") == 0) {
		caps->all = true;
		return 0;
	}
	number = ctr_caps_number(value, draft->err);
	if (number < 0)
		return print_refusal(opt->name, value,
				     "expected a name such as CAP_NET_ADMIN, or ALL");
	caps->named |= 1ull << number;
	return 0;
}

static int add_cap(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	return read_caps(draft, opt, value, &draft->caps.added);
}

static int drop_cap(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	return read_caps(draft, opt, value, &draft->caps.dropped);
}

static int add_ambient_cap(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	return read_caps(draft, opt, value, &draft->caps.ambient);
}

static int apply(struct draft *draft, const char *option, uint64_t caps,
		 int (*set)(ctr_process *process, const char *name, ctr_error *err))
{
	const struct opt opt = { .name = option };

	if (caps == all)
		return opt_check(draft, &opt, set(draft->process, "ALL", draft->err));
	for (int i = 0; i < 64; i++)
		if (caps >> i & 1 &&
		    opt_check(draft, &opt, set(draft->process, ctr_caps_name(i), draft->err)) < 0)
			return OPT_REFUSED;
	return 0;
}

/*
 * As docker combines them, whatever the order of the options (TweakCapabilities() of its
 * oci/caps): with ALL added, all but those that are dropped by name; with ALL dropped, those that
 * are added; else the default ones without those that are dropped, and those that are added.
 */
int opt_finish_caps(struct draft *draft)
{
	const struct cap_list *add = &draft->caps.added, *drop = &draft->caps.dropped;

	if (add->all) {
		if (apply(draft, "--cap-add", all, ctr_process_add_cap) < 0 ||
		    apply(draft, "--cap-drop", drop->named, ctr_process_drop_cap) < 0)
			return OPT_REFUSED;
	} else if (apply(draft, "--cap-drop", drop->all ? all : drop->named, ctr_process_drop_cap) <
			   0 ||
		   apply(draft, "--cap-add", add->named, ctr_process_add_cap) < 0) {
		return OPT_REFUSED;
	}
	return apply(draft, "--cap-ambient",
		     draft->caps.ambient.all ? all : draft->caps.ambient.named,
		     ctr_process_add_ambient_cap);
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

static int set_securebits(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
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
	return opt_check(draft, opt, ctr_process_set_securebits(draft->process, bits, draft->err));
}

const struct opt cap_options[] = {
	{ .name = "--cap-add",
	  .argument = "NAME|ALL",
	  .words = "ALL|CAP",
	  .help = "grant root inside a capability",
	  .set = add_cap },
	{ .name = "--cap-drop",
	  .argument = "NAME|ALL",
	  .words = "ALL|CAP",
	  .help = "remove a capability",
	  .set = drop_cap },
	{ .name = "--cap-ambient",
	  .argument = "NAME|ALL",
	  .words = "ALL|CAP",
	  .help = "grant the user inside a capability, root or not",
	  .set = add_ambient_cap },
	{ .name = "--securebits",
	  .argument = "NAME[,NAME...]",
	  .words = "noroot|noroot_locked|no_setuid_fixup|no_setuid_fixup_locked|"
		   "keep_caps_locked|no_cap_ambient_raise|no_cap_ambient_raise_locked",
	  .help = "noroot,noroot_locked: root has no special privileges",
	  .set = set_securebits },
	{ .name = NULL },
};
