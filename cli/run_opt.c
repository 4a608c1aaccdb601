/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "exposed.h"
#include "host_path.h"
#include "print.h"
#include "run.h"

enum { LARGEST_FD = 65535, LARGEST_TIMEOUT_S = 2147483, LARGEST_UMASK = 0777 };

/* ---- for all setters ---- */

int opt_check(struct run *run, const struct opt *opt, int rc)
{
	return rc < 0 ? print_error(opt->name, run->err) : 0;
}

int opt_read_number(struct run *run, const struct opt *opt, const char *text, uint64_t max,
		    uint64_t *number)
{
	return opt_check(run, opt, ctr_parse_number(text, opt->name, 0, max, number, run->err));
}

int opt_read_octal(const struct opt *opt, const char *text, uint32_t max, uint32_t *number)
{
	size_t digits = strspn(text, "01234567");
	unsigned long value;

	if (digits == 0 || text[digits] != '\0')
		return print_refusal(opt->name, text, "not an octal number");
	errno = 0;
	value = strtoul(text, NULL, 8);
	if (errno || value > max)
		return print_refusal(opt->name, text, "above %04o", max);
	*number = (uint32_t)value;
	return 0;
}

int opt_split(struct run *run, const struct opt *opt, const char *value, const char *separator,
	      int (*set)(struct run *run, const struct opt *opt, char *first, char *second))
{
	char *first = strdup(value), *second = first;
	int rc;

	if (!first)
		return print_failure(opt->name, value, ENOMEM);
	strsep(&second, separator);
	rc = set(run, opt, first, second);
	free(first);
	return rc;
}

static int set_text(struct run *run, const struct opt *opt, const char *value)
{
	return opt_check(run, opt, opt->set_text(run->spec, value, run->err));
}

/* ---- the terminal and minictr itself ---- */

static int set_tty(struct run *run, const struct opt *opt, const char *value)
{
	bool enabled;

	if (opt_read_bool(opt, value, &enabled) < 0)
		return OPT_REFUSED;
	run->tty = enabled ? TTY_ON : TTY_OFF;
	return 0;
}

static int set_nothing(struct run *run, const struct opt *opt, const char *value)
{
	(void)run;
	(void)opt;
	(void)value;
	return 0;
}

static int set_explain(struct run *run, const struct opt *opt, const char *value)
{
	return opt_read_bool(opt, value, &run->explain);
}

static int show_help(struct run *run, const struct opt *opt, const char *value)
{
	return opt_show_help(opt, value, cmd_run_help, run->command);
}

static int read_inherited_fd(struct run *run, const struct opt *opt, const char *text, int *fd)
{
	uint64_t number;

	if (opt_read_number(run, opt, text, LARGEST_FD, &number) < 0)
		return OPT_REFUSED;
	*fd = (int)number;
	if (is_inherited(*fd))
		return 0;
	return print_refusal(opt->name, text, "no such descriptor is open");
}

static int set_error_fd(struct run *run, const struct opt *opt, const char *value)
{
	int fd;

	if (read_inherited_fd(run, opt, value, &fd) < 0)
		return OPT_REFUSED;
	if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
		return print_refusal(opt->name, value, "not open for writing");
	print_set_error_fd(fd);
	return 0;
}

static int set_report(struct run *run, const struct opt *opt, const char *value)
{
	run->report = (struct out_file){ .option = opt->name, .path = value, .fd = -1, .dir = -1 };
	return opt_check(run, opt,
			 ctr_spec_set_accounting(run->spec, CTR_ACCOUNTING_AUTO, run->err));
}

static int set_setup_timeout(struct run *run, const struct opt *opt, const char *value)
{
	uint64_t seconds;
	uint32_t ms;

	if (ctr_parse_number(value, opt->name, 1, LARGEST_TIMEOUT_S, &seconds, run->err) < 0)
		return print_error(opt->name, run->err);
	ms = (uint32_t)seconds * 1000;
	return opt_check(run, opt, ctr_spec_set_setup_timeout_ms(run->spec, ms, run->err));
}

static int set_child(struct run *run, const struct opt *opt, const char *value)
{
	int mode;

	if (strcmp(value, "auto") == 0)
		mode = CTR_CHILD_AUTO;
	else if (strcmp(value, "helper") == 0)
		mode = CTR_CHILD_HELPER;
	else
		return print_refusal(opt->name, value, "expected %s", opt->argument);
	return opt_check(run, opt, ctr_spec_set_child(run->spec, mode, run->err));
}

/* ---- root ---- */

static int set_rootfs(struct run *run, const struct opt *opt, const char *value)
{
	char *path = host_path(opt, value);
	int rc;

	if (!path)
		return OPT_REFUSED;
	rc = opt_check(run, opt, ctr_spec_set_rootfs(run->spec, path, run->err));
	if (rc == 0)
		rc = exposed_note(run, opt, path);
	free(path);
	return rc;
}

static int set_no_hosts(struct run *run, const struct opt *opt, const char *value)
{
	bool without;

	if (opt_read_bool(opt, value, &without) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt,
			 ctr_spec_set_base_mounts(
				 run->spec, without ? CTR_BASE_ALL & ~CTR_BASE_HOSTS : CTR_BASE_ALL,
				 run->err));
}

static int set_read_only(struct run *run, const struct opt *opt, const char *value)
{
	bool enabled;

	if (opt_read_bool(opt, value, &enabled) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt, ctr_spec_set_read_only(run->spec, enabled, run->err));
}

/* ---- namespaces ---- */

static int set_namespace_mode(struct run *run, const struct opt *opt, int mode)
{
	int rc = ctr_spec_set_namespace(run->spec, opt->kind, mode, run->err);

	if (opt->kind == CTR_NS_PID)
		run->host_pid = mode == CTR_NS_MODE_HOST;
	return opt_check(run, opt, rc);
}

static int set_namespace(struct run *run, const struct opt *opt, const char *value)
{
	if (strcmp(value, "host") == 0)
		return set_namespace_mode(run, opt, CTR_NS_MODE_HOST);
	if (strcmp(value, opt->kind == CTR_NS_NET ? "none" : "private") == 0)
		return set_namespace_mode(run, opt, CTR_NS_MODE_NEW);
	return print_refusal(opt->name, value, "expected %s", opt->argument);
}

static int set_joinable_namespace(struct run *run, const struct opt *opt, const char *value)
{
	static const char prefix[] = "ns:";
	const char *path = value + strlen(prefix);

	if (strncmp(value, prefix, strlen(prefix)) != 0)
		return set_namespace(run, opt, value);
	return opt_check(run, opt,
			 ctr_spec_join_namespace_path(run->spec, opt->kind, path, run->err));
}

/* ---- process ---- */

static int set_umask(struct run *run, const struct opt *opt, const char *value)
{
	uint32_t mask;

	if (opt_read_octal(opt, value, LARGEST_UMASK, &mask) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt, ctr_spec_set_umask(run->spec, mask, run->err));
}

static int set_init(struct run *run, const struct opt *opt, const char *value)
{
	if (opt_read_bool(opt, value, &run->init) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt, ctr_spec_set_init(run->spec, run->init, run->err));
}

static int set_keyring(struct run *run, const struct opt *opt, const char *value)
{
	const bool own = strcmp(value, "private") == 0;

	if (!own && strcmp(value, "host") != 0)
		return print_refusal(opt->name, value, "expected %s", opt->argument);
	return opt_check(run, opt, ctr_spec_set_keyring(run->spec, own, run->err));
}

static bool is_directory(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The program can make links in it, too. */
static int give_directory(struct run *run, const struct opt *opt, int target, int source)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", source);
	if (exposed_note(run, opt, path) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt, ctr_spec_set_dir_fd(run->spec, target, source, run->err));
}

/* A directory is passed only where the option says that it is one. */
static int give_fd(struct run *run, const struct opt *opt, int target, int source, bool directory)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", source);
	if (directory)
		return give_directory(run, opt, target, source);
	if (is_directory(source))
		return print_refusal(
			opt->name, text,
			"it is a directory, from which the program can open files "
			"outside its root: show it with --volume, or write %d:%d:dir to "
			"pass it",
			source, target);
	return opt_check(run, opt, ctr_spec_set_fd(run->spec, target, source, run->err));
}

static int pass_fd(struct run *run, const struct opt *opt, char *source_text, char *rest)
{
	const char *target_text = strsep(&rest, ":");
	uint64_t target;
	int source;

	if (read_inherited_fd(run, opt, source_text, &source) < 0)
		return OPT_REFUSED;
	target = (uint64_t)source;
	if (target_text && opt_read_number(run, opt, target_text, LARGEST_FD, &target) < 0)
		return OPT_REFUSED;
	if (rest && strcmp(rest, "dir") != 0)
		return print_refusal(opt->name, rest, "expected %s", opt->argument);
	return give_fd(run, opt, (int)target, source, rest);
}

static int set_pass_fd(struct run *run, const struct opt *opt, const char *value)
{
	return opt_split(run, opt, value, ":", pass_fd);
}

/* ---- the table ---- */

static const char root[] = "Root and mounts";
static const char namespaces[] = "Namespaces";
static const char limits[] = "Limits";
static const char process[] = "Process";
static const char terminal[] = "Terminal";
static const char itself[] = "minictr itself";

/* Options of docker's that have another form here. */
static const struct opt_foreign foreign[] = {
	{ "--device", "show the device as a volume: -v /dev/X:/dev/X:dev" },
	{ "--gpus", "show each device file as a volume: -v /dev/X:/dev/X:dev" },
	{ "--shm-size", "mount it with a size: --tmpfs /dev/shm:size=N" },
	{ "--entrypoint", "name the program after the options" },
	{ "--privileged",
	  "choose what is needed: --cap-add ALL, --security-opt seccomp=unconfined, "
	  "--security-opt unmask=ALL" },
	{ "--add-host", "show a file of names: -v FILE:/etc/hosts:ro" },
	{ "--dns", "show a file of name servers: -v FILE:/etc/resolv.conf:ro" },
	{ NULL, NULL },
};

const struct opt run_options[] = {
	{ .name = "--rootfs",
	  .argument = "DIR",
	  .help = "root directory; else the host's, read-only",
	  .set = set_rootfs,
	  .theme = root },
	{ .name = "--read-only",
	  .help = "make the root file system read-only",
	  .set = set_read_only,
	  .theme = root },
	{ .name = "--volume",
	  .letter = 'v',
	  .argument = "SRC:DST[:ro,...]",
	  .words = "PATH",
	  .help = "show the host's SRC as DST",
	  .set = opt_add_volume,
	  .theme = root },
	{ .name = "--mount",
	  .argument = "type=TYPE,dst=DST[,...]",
	  .words = "type=bind,|type=tmpfs,|type=proc,|type=sysfs,|"
		   "type=devpts,|type=mqueue,|type=cgroup,|type=dev,",
	  .help = "mount a bind (with src=SRC), tmpfs, proc,\n"
		  "sysfs, devpts, mqueue, cgroup or dev on DST",
	  .set = opt_add_mount,
	  .theme = root },
	{ .name = "--tmpfs",
	  .argument = "DST[:size=N,...]",
	  .help = "mount an empty file system in memory",
	  .set = opt_add_tmpfs,
	  .theme = root },
	{ .name = "--mask",
	  .argument = "PATH",
	  .help = "hide a file or directory",
	  .set = set_text,
	  .set_text = ctr_spec_add_mask,
	  .theme = root },
	{ .name = "--unmask",
	  .argument = "PATH",
	  .help = "show what is hidden by default, such as /home;\n"
		  "see docs/security.md or minictr(1) for the list",
	  .set = opt_unmask,
	  .theme = root },

	{ .name = "--hostname",
	  .letter = 'h',
	  .argument = "NAME",
	  .help = "host name inside (default container)",
	  .set = set_text,
	  .set_text = ctr_spec_set_hostname,
	  .theme = namespaces },
	{ .name = "--no-hosts",
	  .help = "leave /etc/hosts of the root as it is",
	  .set = set_no_hosts,
	  .theme = namespaces },
	{ .name = "--domainname",
	  .argument = "NAME",
	  .help = "NIS domain name inside",
	  .set = set_text,
	  .set_text = ctr_spec_set_domainname,
	  .theme = namespaces },
	{ .name = "--network",
	  .argument = "none|host|ns:PATH",
	  .help = "none, the default: loopback only",
	  .set = set_joinable_namespace,
	  .kind = CTR_NS_NET,
	  .theme = namespaces },
	{ .name = "--net",
	  .argument = "none|host|ns:PATH",
	  .help = "the same as --network",
	  .set = set_joinable_namespace,
	  .kind = CTR_NS_NET,
	  .theme = namespaces },
	{ .name = "--pid",
	  .argument = "private|host",
	  .help = "which processes are seen",
	  .set = set_namespace,
	  .kind = CTR_NS_PID,
	  .theme = namespaces },
	{ .name = "--uts",
	  .argument = "private|host|ns:PATH",
	  .help = "whose host name is seen",
	  .set = set_joinable_namespace,
	  .kind = CTR_NS_UTS,
	  .theme = namespaces },
	{ .name = "--ipc",
	  .argument = "private|host|ns:PATH",
	  .help = "whose System V IPC and queues are seen",
	  .set = set_joinable_namespace,
	  .kind = CTR_NS_IPC,
	  .theme = namespaces },
	{ .name = "--userns",
	  .argument = "auto|keep-id|ranges|host",
	  .help = "whose user ids: by itself host for root, and a\n"
		  "new namespace with one user for others",
	  .set = opt_set_userns,
	  .theme = namespaces },
	{ .name = "--uidmap",
	  .argument = "INSIDE:OUTSIDE:COUNT",
	  .help = "user ids of a new user namespace",
	  .set = opt_add_uidmap,
	  .theme = namespaces },
	{ .name = "--gidmap",
	  .argument = "INSIDE:OUTSIDE:COUNT",
	  .help = "its group ids; without, those of --uidmap",
	  .set = opt_add_gidmap,
	  .theme = namespaces },
	{ .name = "--rootfs-idmap",
	  .help = "files of the root have the owners in there\n"
		  "that they have on disk",
	  .set = opt_set_rootfs_idmap,
	  .theme = namespaces },
	{ .name = "--disable-userns",
	  .help = "let no user namespaces be made inside",
	  .set = opt_set_disable_userns,
	  .theme = namespaces },
	{ .name = "--cgroupns",
	  .argument = "private|host",
	  .help = "which control groups are seen",
	  .set = set_namespace,
	  .kind = CTR_NS_CGROUP,
	  .theme = namespaces },

	{ .name = "--pids-limit",
	  .argument = "N",
	  .help = "at most N processes and threads; -1: no limit",
	  .set = opt_set_pids_limit,
	  .theme = limits },
	{ .name = "--memory",
	  .letter = 'm',
	  .argument = "N[b|k|m|g|t]",
	  .help = "most memory, page cache included",
	  .set = opt_set_memory,
	  .theme = limits },
	{ .name = "--memory-reservation",
	  .argument = "N[b|k|m|g|t]",
	  .help = "memory that is reclaimed last",
	  .set = opt_set_memory_reservation,
	  .theme = limits },
	{ .name = "--memory-swap",
	  .argument = "N[b|k|m|g|t]",
	  .help = "most memory and swap together; -1: no limit",
	  .set = opt_set_memory_swap,
	  .theme = limits },
	{ .name = "--oom-group",
	  .help = "at the limit on memory, kill all instead of one",
	  .set = opt_set_oom_group,
	  .theme = limits },
	{ .name = "--hugetlb-limit",
	  .argument = "SIZE=N[b|k|m|g|t]",
	  .help = "most memory in huge pages of that size",
	  .set = opt_set_hugetlb_limit,
	  .theme = limits },
	{ .name = "--cpus",
	  .argument = "N.N",
	  .help = "CPU time, in CPUs, such as 0.5",
	  .set = opt_set_cpus,
	  .theme = limits },
	{ .name = "--cpu-quota",
	  .argument = "USEC",
	  .help = "CPU time in each period",
	  .set = opt_set_cpu_quota,
	  .theme = limits },
	{ .name = "--cpu-period",
	  .argument = "USEC",
	  .help = "its length (default 100000)",
	  .set = opt_set_cpu_period,
	  .theme = limits },
	{ .name = "--cpu-shares",
	  .letter = 'c',
	  .argument = "N",
	  .help = "weight when CPUs are busy; 1024 is usual",
	  .set = opt_set_cpu_shares,
	  .theme = limits },
	{ .name = "--cpuset-cpus",
	  .argument = "LIST",
	  .help = "CPUs to run on, such as 0-3,8",
	  .set = opt_set_cpuset_cpus,
	  .theme = limits },
	{ .name = "--cpuset-mems",
	  .argument = "LIST",
	  .help = "memory nodes to use",
	  .set = opt_set_cpuset_mems,
	  .theme = limits },
	{ .name = "--blkio-weight",
	  .argument = "N",
	  .help = "weight when disks are busy: 10 to 1000",
	  .set = opt_set_blkio_weight,
	  .theme = limits },
	{ .name = "--device-read-bps",
	  .argument = "DEV:N[b|k|m|g|t]",
	  .words = "PATH",
	  .help = "bytes a second read from a disk",
	  .set = opt_set_device_rate,
	  .kind = CTR_IO_READ_BPS,
	  .theme = limits },
	{ .name = "--device-write-bps",
	  .argument = "DEV:N[b|k|m|g|t]",
	  .words = "PATH",
	  .help = "bytes a second written to it",
	  .set = opt_set_device_rate,
	  .kind = CTR_IO_WRITE_BPS,
	  .theme = limits },
	{ .name = "--device-read-iops",
	  .argument = "DEV:N",
	  .words = "PATH",
	  .help = "reads a second",
	  .set = opt_set_device_rate,
	  .kind = CTR_IO_READ_IOPS,
	  .theme = limits },
	{ .name = "--device-write-iops",
	  .argument = "DEV:N",
	  .words = "PATH",
	  .help = "writes a second",
	  .set = opt_set_device_rate,
	  .kind = CTR_IO_WRITE_IOPS,
	  .theme = limits },
	{ .name = "--device-cgroup-rule",
	  .argument = "RULE",
	  .help = "allow no devices but the default ones and this,\n"
		  "such as \"c 10:229 rwm\"; default: none more",
	  .set = opt_allow_device,
	  .theme = limits },
	{ .name = "--rdma-limit",
	  .argument = "DEV=HANDLES:OBJECTS",
	  .help = "most of an RDMA device",
	  .set = opt_set_rdma_limit,
	  .theme = limits },
	{ .name = "--misc-limit",
	  .argument = "NAME=N",
	  .help = "most of what is only counted, see misc.capacity",
	  .set = opt_set_misc_limit,
	  .theme = limits },
	{ .name = "--cgroup-conf",
	  .argument = "FILE=VALUE",
	  .help = "any file of the group, such as memory.high",
	  .set = opt_set_cgroup_conf,
	  .theme = limits },
	{ .name = "--cgroup-parent",
	  .argument = "GROUP",
	  .help = "the group that the container's is made in",
	  .set = set_text,
	  .set_text = ctr_spec_set_cgroup_parent,
	  .theme = limits },
	{ .name = "--delegate",
	  .help = "let it divide its group: in /sys/fs/cgroup",
	  .set = opt_set_delegate,
	  .theme = limits },
	{ .name = "--timeout",
	  .argument = "SECONDS",
	  .help = "kill it when it has run that long, such as 2.5",
	  .set = opt_set_timeout,
	  .theme = limits },
	{ .name = "--cpu-time",
	  .argument = "SECONDS",
	  .help = "kill it when it has used so much CPU time",
	  .set = opt_set_cpu_time,
	  .theme = limits },
	{ .name = "--output-limit",
	  .argument = "N[b|k|m|g|t]",
	  .help = "kill it when a file that it writes gets larger",
	  .set = opt_set_output_limit,
	  .theme = limits },
	{ .name = "--ulimit",
	  .argument = "NAME=SOFT[:HARD]",
	  .words = "as=|core=|cpu=|data=|fsize=|locks=|memlock=|msgqueue=|nice=|nofile=|"
		   "nproc=|rss=|rtprio=|rttime=|sigpending=|stack=",
	  .help = "resource limit, such as nofile=64 or core=0",
	  .set = opt_set_ulimit,
	  .theme = limits },
	{ .name = "--nice",
	  .argument = "N",
	  .help = "priority: -20 (high) to 19 (low)",
	  .set = opt_set_nice,
	  .theme = limits },

	{ .name = "--workdir",
	  .letter = 'w',
	  .argument = "DIR",
	  .help = "working directory inside",
	  .set = set_text,
	  .set_text = ctr_spec_set_cwd,
	  .theme = process },
	{ .name = "--env",
	  .letter = 'e',
	  .argument = "NAME[=VALUE]",
	  .help = "set a variable; NAME alone takes it over",
	  .set = opt_set_env,
	  .theme = process },
	{ .name = "--env-file",
	  .argument = "FILE",
	  .help = "the same for each line of a file",
	  .set = opt_read_env_file,
	  .theme = process },
	{ .name = "--unsetenv",
	  .argument = "NAME",
	  .help = "remove a variable",
	  .set = opt_unset_env,
	  .theme = process },
	{ .name = "--user",
	  .letter = 'u',
	  .argument = "NAME|UID[:GROUP|GID]",
	  .help = "user and group: numbers, or names that the\n"
		  "container's /etc/passwd and group have",
	  .set = opt_set_user,
	  .theme = process },
	{ .name = "--group-add",
	  .argument = "GROUP|GID",
	  .help = "one more group, the same way",
	  .set = opt_add_group,
	  .theme = process },
	{ .name = "--umask",
	  .argument = "OCTAL",
	  .help = "mode bits that new files lack (default 0022)",
	  .set = set_umask,
	  .theme = process },
	{ .name = "--init",
	  .help = "run a small init as PID 1, which forwards\n"
		  "signals and reaps orphans",
	  .set = set_init,
	  .theme = process },
	{ .name = "--pass-fd",
	  .argument = "FD[:N[:dir]]",
	  .help = "pass open descriptor FD to the program, as number N;\n"
		  "a directory, from which files outside the root can\n"
		  "be opened, only with :dir",
	  .set = set_pass_fd,
	  .theme = process },
	{ .name = "--cap-add",
	  .argument = "NAME|ALL",
	  .words = "ALL|CAP",
	  .help = "let root inside have a capability",
	  .set = opt_add_cap,
	  .theme = process },
	{ .name = "--cap-drop",
	  .argument = "NAME|ALL",
	  .words = "ALL|CAP",
	  .help = "take one from it",
	  .set = opt_drop_cap,
	  .theme = process },
	{ .name = "--cap-ambient",
	  .argument = "NAME|ALL",
	  .words = "ALL|CAP",
	  .help = "let the user inside have one, root or not",
	  .set = opt_add_ambient_cap,
	  .theme = process },
	{ .name = "--keyring",
	  .argument = "private|host",
	  .help = "whose session keyring it has",
	  .set = set_keyring,
	  .theme = process },
	{ .name = "--landlock",
	  .argument = "PATH[:r|w|x...]",
	  .words = "PATH",
	  .help = "let files below PATH be read, written, executed,\n"
		  "and no others (default rx)",
	  .set = opt_add_landlock,
	  .theme = process },
	{ .name = "--securebits",
	  .argument = "NAME[,NAME...]",
	  .words = "noroot|noroot_locked|no_setuid_fixup|no_setuid_fixup_locked|"
		   "keep_caps_locked|no_cap_ambient_raise|no_cap_ambient_raise_locked",
	  .help = "noroot,noroot_locked: root is a user as others",
	  .set = opt_set_securebits,
	  .theme = process },
	{ .name = "--security-opt",
	  .argument = "KEY[=VALUE]",
	  .words = "no-new-privileges|no-new-privileges=false|seccomp=default|"
		   "seccomp=log|seccomp=unconfined|seccomp=FILE|apparmor=|label=|"
		   "mask=PATH|unmask=ALL|unmask=PATH",
	  .help = "no-new-privileges[=BOOL]: set-user-ID programs gain\n"
		  "nothing, the default; seccomp=FILE, default, log or\n"
		  "unconfined: which system calls it may make;\n"
		  "apparmor=PROFILE, label=CONTEXT: the host's policy;\n"
		  "mask=PATH[:PATH...], unmask=ALL|PATH[:PATH...]: hide\n"
		  "more files than by default, or less",
	  .set = opt_set_security,
	  .theme = process },

	{ .name = "--tty",
	  .letter = 't',
	  .help = "a terminal of its own; by itself when standard\n"
		  "input and output are one, unless --tty=false",
	  .set = set_tty,
	  .theme = terminal },
	{ .name = "--interactive",
	  .letter = 'i',
	  .help = "accepted, for habit: input is always passed on",
	  .set = set_nothing,
	  .theme = terminal },

	{ .name = "--explain",
	  .help = "print the steps, one a line, and run nothing",
	  .set = set_explain,
	  .theme = itself },
	{ .name = "--error-fd",
	  .argument = "FD",
	  .help = "write an error there too, as a line of JSON",
	  .set = set_error_fd,
	  .theme = itself },
	{ .name = "--report",
	  .argument = "FILE",
	  .help = "write how it ended and what it used there,\nas a line of JSON",
	  .set = set_report,
	  .theme = itself },
	{ .name = "--setup-timeout",
	  .argument = "SECONDS",
	  .help = "bound on a set-up that may block (default 30)",
	  .set = set_setup_timeout,
	  .theme = itself },
	{ .name = "--child",
	  .argument = "auto|helper",
	  .help = "helper: never share memory during set-up",
	  .set = set_child,
	  .theme = itself },
	{ .name = "--rm",
	  .help = "accepted, for habit: nothing is ever left",
	  .set = set_nothing,
	  .theme = itself },
	{ .name = "--help", .help = "show this text", .set = show_help, .theme = itself },
	{ .name = NULL, .foreign = foreign },
};
