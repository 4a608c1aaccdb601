/* SPDX-License-Identifier: MIT */
/* Namespaces but that of users, and the names in them. */
#include <string.h>

#include "draft.h"
#include "print.h"

static int set_no_hosts(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	uint32_t mounts = CTR_BASE_ALL;
	bool without;

	if (opt_read_bool(opt, value, &without) < 0)
		return OPT_REFUSED;
	if (without)
		mounts &= ~CTR_BASE_HOSTS;
	return opt_check(draft, opt, ctr_spec_set_base_mounts(draft->spec, mounts, draft->err));
}

static int set_namespace_mode(struct draft *draft, const struct opt *opt, int mode)
{
	int rc = ctr_spec_set_namespace(draft->spec, opt->kind, mode, draft->err);

	if (opt->kind == CTR_NS_PID)
		draft->host_pid = mode == CTR_NS_MODE_HOST;
	return opt_check(draft, opt, rc);
}

static int set_namespace(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	if (strcmp(value, "host") == 0)
		return set_namespace_mode(draft, opt, CTR_NS_MODE_HOST);
	if (strcmp(value, opt->kind == CTR_NS_NET ? "none" : "private") == 0)
		return set_namespace_mode(draft, opt, CTR_NS_MODE_NEW);
	return print_refusal(opt->name, value, "expected %s", opt->argument);
}

const char *opt_joined(const char *value)
{
	static const char prefix[] = "ns:";
	const size_t n = strlen(prefix);

	return strncmp(value, prefix, n) == 0 ? value + n : NULL;
}

int opt_join(struct draft *draft, const struct opt *opt, const char *path)
{
	return opt_check(draft, opt,
			 ctr_spec_join_namespace_path(draft->spec, opt->kind, path, draft->err));
}

static int set_joinable_namespace(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	if (!opt_joined(value))
		return set_namespace(target, opt, value);
	if (opt->kind == CTR_NS_PID)
		draft->host_pid = true;
	return opt_join(draft, opt, opt_joined(value));
}

const struct opt namespace_options[] = {
	{ .name = "--hostname",
	  .letter = 'h',
	  .argument = "NAME",
	  .help = "host name inside (default container)",
	  .set = opt_set_text,
	  .set_text = ctr_spec_set_hostname },
	{ .name = "--no-hosts",
	  .help = "leave /etc/hosts of the root as it is",
	  .set = set_no_hosts },
	{ .name = "--domainname",
	  .argument = "NAME",
	  .help = "NIS domain name inside",
	  .set = opt_set_text,
	  .set_text = ctr_spec_set_domainname },
	{ .name = "--network",
	  .argument = "none|host|ns:PATH",
	  .help = "none, the default: loopback only",
	  .set = set_joinable_namespace,
	  .kind = CTR_NS_NET },
	{ .name = "--net",
	  .argument = "none|host|ns:PATH",
	  .help = "the same as --network",
	  .set = set_joinable_namespace,
	  .kind = CTR_NS_NET },
	{ .name = "--pid",
	  .argument = "private|host|ns:PATH",
	  .help = "PID namespace: its own, the host's, or another",
	  .set = set_joinable_namespace,
	  .kind = CTR_NS_PID },
	{ .name = "--uts",
	  .argument = "private|host|ns:PATH",
	  .help = "UTS namespace (host name): its own or the host's",
	  .set = set_joinable_namespace,
	  .kind = CTR_NS_UTS },
	{ .name = "--ipc",
	  .argument = "private|host|ns:PATH",
	  .help = "IPC namespace: its own or the host's",
	  .set = set_joinable_namespace,
	  .kind = CTR_NS_IPC },
	{ .name = "--cgroupns",
	  .argument = "private|host",
	  .help = "cgroup namespace: its own or the host's",
	  .set = set_namespace,
	  .kind = CTR_NS_CGROUP },
	{ .name = NULL },
};
