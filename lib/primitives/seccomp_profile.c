/* SPDX-License-Identifier: MIT */
/*
 * Filters that are written as JSON: the "seccomp" of the OCI's runtime specification, and
 * what docker adds to it: archMap, includes, excludes.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <minictr/caps.h>

#include "base/arch.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/parse.h"
#include "base/sys.h"
#include "primitives/libseccomp.h"
#include "primitives/seccomp.h"

#define TEXT_MAX ((size_t)1024 * 1024)
#define ARGS 6	       /* that a call has */
#define ARGS_MAX 64    /* comparisons in one rule */
#define ERRNO_MAX 4095 /* of the kernel; more is cut to it */
#define TRACE_MAX 65535
#define NOT_HERE UINT32_MAX /* an architecture that this libseccomp does not know */

struct reader {
	scmp_filter_ctx ctx; /* NULL: it is only checked */
	uint64_t caps;
	uint32_t by_default; /* what happens to a call without a rule */
	unsigned flags;
	ctr_error *err;
};

/* ---- words ---- */

struct word {
	const char *name;
	uint32_t value;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int read_word(const struct reader *p, const struct ctr__json *at, const struct word *words,
		     size_t n, uint32_t *value)
{
	char expected[1024];
	const char *text;
	struct ctr__buf b;

	if (ctr__json_text(at, &text, p->err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i].name, text) != 0)
			continue;
		*value = words[i].value;
		return 0;
	}
	ctr__buf_init(&b, expected, sizeof(expected));
	ctr__buf_add(&b, "one of");
	for (size_t i = 0; i < n; i++)
		ctr__buf_add(&b, "%s %s", i ? "," : "", words[i].name);
	return ctr__json_refuse(at, expected, p->err);
}

/* ---- actions ---- */

static const struct word actions[] = {
	{ "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW },
	{ "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0) },
	{ "SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD },
	{ "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD },
	{ "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS },
	{ "SCMP_ACT_TRAP", SCMP_ACT_TRAP },
	{ "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0) },
	{ "SCMP_ACT_LOG", SCMP_ACT_LOG },
	{ "SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY },
};

/* An action with its number: an errno, or what a tracer is told. */
static int read_action(const struct reader *p, const struct ctr__json *object, const char *name,
		       const char *number_name, uint32_t *action)
{
	const struct ctr__json at = ctr__json_member(object, name);
	const struct ctr__json number_at = ctr__json_member(object, number_name);
	uint64_t number = EPERM;
	bool has_number;

	if (read_word(p, &at, actions, COUNT(actions), action))
		return -1;
	has_number = *action == SCMP_ACT_ERRNO(0) || *action == SCMP_ACT_TRACE(0);
	if (number_at.value && !has_number)
		return ctr__json_refuse(&number_at,
					"none: SCMP_ACT_ERRNO and SCMP_ACT_TRACE have one", p->err);
	if (number_at.value &&
	    ctr__json_number(&number_at, *action == SCMP_ACT_ERRNO(0) ? ERRNO_MAX : TRACE_MAX,
			     &number, p->err))
		return -1;
	if (has_number)
		*action |= (uint32_t)number;
	return 0;
}

/* ---- architectures ---- */

#ifndef SCMP_ARCH_LOONGARCH64
#define SCMP_ARCH_LOONGARCH64 NOT_HERE
#endif

static const struct word architectures[] = {
	{ "SCMP_ARCH_X86_64", SCMP_ARCH_X86_64 },
	{ "SCMP_ARCH_X86", SCMP_ARCH_X86 },
	{ "SCMP_ARCH_X32", SCMP_ARCH_X32 },
	{ "SCMP_ARCH_AARCH64", SCMP_ARCH_AARCH64 },
	{ "SCMP_ARCH_ARM", SCMP_ARCH_ARM },
	{ "SCMP_ARCH_LOONGARCH64", SCMP_ARCH_LOONGARCH64 },
	{ "SCMP_ARCH_MIPS", SCMP_ARCH_MIPS },
	{ "SCMP_ARCH_MIPS64", SCMP_ARCH_MIPS64 },
	{ "SCMP_ARCH_MIPS64N32", SCMP_ARCH_MIPS64N32 },
	{ "SCMP_ARCH_MIPSEL", SCMP_ARCH_MIPSEL },
	{ "SCMP_ARCH_MIPSEL64", SCMP_ARCH_MIPSEL64 },
	{ "SCMP_ARCH_MIPSEL64N32", SCMP_ARCH_MIPSEL64N32 },
	{ "SCMP_ARCH_PARISC", SCMP_ARCH_PARISC },
	{ "SCMP_ARCH_PARISC64", SCMP_ARCH_PARISC64 },
	{ "SCMP_ARCH_PPC", SCMP_ARCH_PPC },
	{ "SCMP_ARCH_PPC64", SCMP_ARCH_PPC64 },
	{ "SCMP_ARCH_PPC64LE", SCMP_ARCH_PPC64LE },
	{ "SCMP_ARCH_RISCV64", SCMP_ARCH_RISCV64 },
	{ "SCMP_ARCH_S390", SCMP_ARCH_S390 },
	{ "SCMP_ARCH_S390X", SCMP_ARCH_S390X },
};

/* The native one is there from the start; one of other byte order never runs here. */
static int add_architecture(const struct reader *p, const struct ctr__json *at, uint32_t token)
{
	char place[128];
	int r = p->ctx && token != NOT_HERE ? ctr__libseccomp.arch_add(p->ctx, token) : 0;

	if (r == 0 || r == -EEXIST || r == -EDOM)
		return 0;
	ctr__json_place(at, place, sizeof(place));
	return ctr__error_sys(p->err, -r, "add an architecture for", place);
}

static int add_architectures(const struct reader *p, const struct ctr__json *list, bool wanted)
{
	size_t n;

	if (ctr__json_array(list, &n, p->err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct ctr__json at = ctr__json_element(list, i);
		uint32_t token;

		if (read_word(p, &at, architectures, COUNT(architectures), &token))
			return -1;
		if (wanted && add_architecture(p, &at, token))
			return -1;
	}
	return 0;
}

/* Of docker's: which others come with the native one. */
static int read_arch_map(const struct reader *p, const struct ctr__json *list)
{
	static const char *const keys[] = { "architecture", "subArchitectures", "comment", NULL };
	size_t n;

	if (ctr__json_array(list, &n, p->err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct ctr__json at = ctr__json_element(list, i);
		const struct ctr__json arch = ctr__json_member(&at, "architecture");
		const struct ctr__json others = ctr__json_member(&at, "subArchitectures");
		uint32_t token;

		if (ctr__json_object(&at, keys, p->err) ||
		    read_word(p, &arch, architectures, COUNT(architectures), &token) ||
		    add_architectures(p, &others, token == CTR__AUDIT_ARCH))
			return -1;
	}
	return 0;
}

static int read_architectures(const struct reader *p, const struct ctr__json *document)
{
	const struct ctr__json list = ctr__json_member(document, "architectures");
	const struct ctr__json map = ctr__json_member(document, "archMap");
	size_t in_list, in_map;

	if (ctr__json_array(&list, &in_list, p->err) || ctr__json_array(&map, &in_map, p->err))
		return -1;
	if (in_list && in_map)
		return ctr__json_refuse(&map, "either this or architectures, not both", p->err);
	return add_architectures(p, &list, true) || read_arch_map(p, &map) ? -1 : 0;
}

/* ---- flags ---- */

static int read_flags(struct reader *p, const struct ctr__json *document)
{
	static const struct word flags[] = {
		{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
		{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
		/* All threads or none, in a way that a listener does not confuse. */
		{ "SECCOMP_FILTER_FLAG_TSYNC",
		  SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH },
		{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
		  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV },
	};
	const struct ctr__json list = ctr__json_member(document, "flags");
	size_t n;

	if (ctr__json_array(&list, &n, p->err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct ctr__json at = ctr__json_element(&list, i);
		uint32_t flag;

		if (read_word(p, &at, flags, COUNT(flags), &flag))
			return -1;
		p->flags |= flag;
	}
	return 0;
}

/* ---- what a rule is for ---- */

/* As docker calls them. */
static const struct word machines[] = {
	{ "amd64", SCMP_ARCH_X86_64 },
	{ "x86", SCMP_ARCH_X86 },
	{ "x32", SCMP_ARCH_X32 },
	{ "arm", SCMP_ARCH_ARM },
	{ "arm64", SCMP_ARCH_AARCH64 },
	{ "loong64", SCMP_ARCH_LOONGARCH64 },
	{ "loongarch64", SCMP_ARCH_LOONGARCH64 },
	{ "mips", SCMP_ARCH_MIPS },
	{ "mips64", SCMP_ARCH_MIPS64 },
	{ "mips64n32", SCMP_ARCH_MIPS64N32 },
	{ "mipsel", SCMP_ARCH_MIPSEL },
	{ "mipsel64", SCMP_ARCH_MIPSEL64 },
	{ "mipsel64n32", SCMP_ARCH_MIPSEL64N32 },
	{ "mips3l64n32", SCMP_ARCH_MIPSEL64N32 },
	{ "parisc", SCMP_ARCH_PARISC },
	{ "parisc64", SCMP_ARCH_PARISC64 },
	{ "ppc", SCMP_ARCH_PPC },
	{ "ppc64", SCMP_ARCH_PPC64 },
	{ "ppc64le", SCMP_ARCH_PPC64LE },
	{ "riscv64", SCMP_ARCH_RISCV64 },
	{ "s390", SCMP_ARCH_S390 },
	{ "s390x", SCMP_ARCH_S390X },
};

/* How many of a condition there are, and how many of them hold. */
struct tally {
	size_t n, held;
};

static int count_caps(const struct reader *p, const struct ctr__json *filter, struct tally *tally)
{
	const struct ctr__json list = ctr__json_member(filter, "caps");

	if (ctr__json_array(&list, &tally->n, p->err))
		return -1;
	for (size_t i = 0; i < tally->n; i++) {
		const struct ctr__json at = ctr__json_element(&list, i);
		const char *name;
		int cap;

		if (ctr__json_text(&at, &name, p->err))
			return -1;
		cap = ctr_caps_number(name, NULL);
		if (cap < 0)
			return ctr__json_refuse(&at, "a capability such as CAP_NET_ADMIN", p->err);
		tally->held += p->caps >> cap & 1;
	}
	return 0;
}

static int count_machines(const struct reader *p, const struct ctr__json *filter,
			  struct tally *tally)
{
	const struct ctr__json list = ctr__json_member(filter, "arches");

	if (ctr__json_array(&list, &tally->n, p->err))
		return -1;
	for (size_t i = 0; i < tally->n; i++) {
		const struct ctr__json at = ctr__json_element(&list, i);
		uint32_t token;

		if (read_word(p, &at, machines, COUNT(machines), &token))
			return -1;
		tally->held += token == CTR__AUDIT_ARCH;
	}
	return 0;
}

/* "6.1" of "6.1.0-13-amd64". */
static bool take_version(const char **text, uint64_t *version)
{
	uint64_t major, minor;

	if (!ctr__take_digits(text, &major) || **text != '.')
		return false;
	++*text;
	if (!ctr__take_digits(text, &minor) || major > 255 || minor > 255)
		return false;
	*version = major << 8 | minor;
	return true;
}

static int count_kernel(const struct reader *p, const struct ctr__json *filter, struct tally *tally)
{
	const struct ctr__json at = ctr__json_member(filter, "minKernel");
	const char *text, *release;
	struct utsname host;
	uint64_t wanted, has;

	if (!at.value)
		return 0;
	if (ctr__json_text(&at, &text, p->err))
		return -1;
	if (!take_version(&text, &wanted) || *text || !wanted)
		return ctr__json_refuse(&at, "a version such as 4.8", p->err);
	tally->n = 1;
	release = uname(&host) == 0 ? host.release : "";
	if (!take_version(&release, &has))
		return ctr__json_refuse(&at, "a kernel that tells its version", p->err);
	tally->held = has >= wanted;
	return 0;
}

/* includes: all capabilities, one of the architectures. excludes: any one of them all. */
static int read_filter(const struct reader *p, const struct ctr__json *rule, const char *name,
		       bool *all, bool *any)
{
	static const char *const keys[] = { "caps", "arches", "minKernel", NULL };
	const struct ctr__json filter = ctr__json_member(rule, name);
	struct tally caps = { 0 }, machine = { 0 }, kernel = { 0 };

	*all = true;
	*any = false;
	if (!filter.value)
		return 0;
	if (ctr__json_object(&filter, keys, p->err) || count_caps(p, &filter, &caps) ||
	    count_machines(p, &filter, &machine) || count_kernel(p, &filter, &kernel))
		return -1;
	*all = caps.held == caps.n && (!machine.n || machine.held) && kernel.held == kernel.n;
	*any = caps.held || machine.held || kernel.held;
	return 0;
}

/* ---- arguments ---- */

static const struct word comparisons[] = {
	{ "SCMP_CMP_NE", SCMP_CMP_NE },
	{ "SCMP_CMP_LT", SCMP_CMP_LT },
	{ "SCMP_CMP_LE", SCMP_CMP_LE },
	{ "SCMP_CMP_EQ", SCMP_CMP_EQ },
	{ "SCMP_CMP_GE", SCMP_CMP_GE },
	{ "SCMP_CMP_GT", SCMP_CMP_GT },
	{ "SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ },
};

struct args {
	struct scmp_arg_cmp v[ARGS_MAX];
	unsigned n;
	bool repeated; /* one argument has several: any of them is enough then */
};

static int read_number(const struct reader *p, const struct ctr__json *object, const char *name,
		       uint64_t max, uint64_t *number)
{
	const struct ctr__json at = ctr__json_member(object, name);

	return ctr__json_number(&at, max, number, p->err);
}

static int read_arg(const struct reader *p, const struct ctr__json *at, struct scmp_arg_cmp *arg)
{
	static const char *const keys[] = { "index", "value", "valueTwo", "op", NULL };
	const struct ctr__json op_at = ctr__json_member(at, "op");
	const struct ctr__json two = ctr__json_member(at, "valueTwo");
	uint64_t index, value, second = 0;
	uint32_t op;

	if (ctr__json_object(at, keys, p->err) || read_number(p, at, "index", ARGS - 1, &index) ||
	    read_number(p, at, "value", UINT64_MAX, &value) ||
	    (two.value && ctr__json_number(&two, UINT64_MAX, &second, p->err)) ||
	    read_word(p, &op_at, comparisons, COUNT(comparisons), &op))
		return -1;
	*arg = (struct scmp_arg_cmp){
		.arg = (unsigned)index,
		.op = (enum scmp_compare)op,
		.datum_a = value,
		.datum_b = second,
	};
	return 0;
}

static int read_args(const struct reader *p, const struct ctr__json *rule, struct args *args)
{
	const struct ctr__json list = ctr__json_member(rule, "args");
	unsigned seen = 0;
	size_t n;

	if (ctr__json_array(&list, &n, p->err))
		return -1;
	if (n > ARGS_MAX)
		return ctr__json_refuse(&list, "at most 64 of them", p->err);
	args->n = (unsigned)n;
	args->repeated = false;
	for (size_t i = 0; i < n; i++) {
		const struct ctr__json at = ctr__json_element(&list, i);

		if (read_arg(p, &at, &args->v[i]))
			return -1;
		args->repeated |= seen >> args->v[i].arg & 1;
		seen |= 1u << args->v[i].arg;
	}
	return 0;
}

/* ---- rules ---- */

/*
 * Old profiles name calls that are gone, and new ones those to come: none of them can be
 * made through this filter other than by its default. As runc has it.
 */
static int add_rule(const struct reader *p, const char *name, uint32_t action,
		    const struct args *args)
{
	const unsigned each = args->repeated ? 1 : args->n;
	const int nr = ctr__libseccomp.syscall_resolve_name(name);
	unsigned i = 0;
	int r;

	if (nr == __NR_SCMP_ERROR || action == p->by_default)
		return 0;
	do {
		r = ctr__libseccomp.rule_add_array(p->ctx, action, nr, each, args->v + i);
		i += each;
	} while ((r == 0 || r == -EEXIST) && i < args->n);
	return r == -EEXIST ? 0 : r;
}

static int add_rules(const struct reader *p, const struct ctr__json *names, size_t n, bool applies,
		     uint32_t action, const struct args *args)
{
	char place[128];
	const char *name;

	for (size_t i = 0; i < n; i++) {
		const struct ctr__json at = ctr__json_element(names, i);
		int r;

		if (ctr__json_text(&at, &name, p->err))
			return -1;
		r = applies ? add_rule(p, name, action, args) : 0;
		if (r == 0)
			continue;
		ctr__json_place(&at, place, sizeof(place));
		return ctr__error_sys(p->err, -r, place, name);
	}
	return 0;
}

/* One name is as a list of one; there must be either. */
static int read_names(const struct reader *p, const struct ctr__json *rule, bool applies,
		      uint32_t action, const struct args *args)
{
	const struct ctr__json names = ctr__json_member(rule, "names");
	const struct ctr__json name = ctr__json_member(rule, "name");
	const char *text;
	size_t n;
	int r;

	if (name.value && names.value)
		return ctr__json_refuse(&name, "either this or names, not both", p->err);
	if (!name.value) {
		if (!names.value)
			return ctr__json_refuse(&names, "an array of names", p->err);
		return ctr__json_array(&names, &n, p->err)
			       ? -1
			       : add_rules(p, &names, n, applies, action, args);
	}
	if (ctr__json_text(&name, &text, p->err))
		return -1;
	r = applies ? add_rule(p, text, action, args) : 0;
	return r == 0 ? 0 : ctr__error_sys(p->err, -r, "add a rule for", text);
}

static int read_rule(const struct reader *p, const struct ctr__json *at)
{
	static const char *const keys[] = { "names",	"name",	    "action",  "errnoRet", "args",
					    "includes", "excludes", "comment", NULL };
	bool included, excluded, all, any;
	struct args args;
	uint32_t action;

	if (ctr__json_object(at, keys, p->err) ||
	    read_action(p, at, "action", "errnoRet", &action) || read_args(p, at, &args) ||
	    read_filter(p, at, "includes", &included, &any) ||
	    read_filter(p, at, "excludes", &all, &excluded))
		return -1;
	return read_names(p, at, p->ctx && included && !excluded, action, &args);
}

static int read_rules(const struct reader *p, const struct ctr__json *document)
{
	const struct ctr__json list = ctr__json_member(document, "syscalls");
	size_t n;

	if (ctr__json_array(&list, &n, p->err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct ctr__json at = ctr__json_element(&list, i);

		if (read_rule(p, &at))
			return -1;
	}
	return 0;
}

/* ---- the whole ---- */

static int refuse_listener(const struct reader *p, const struct ctr__json *document)
{
	const struct ctr__json path = ctr__json_member(document, "listenerPath");
	const struct ctr__json metadata = ctr__json_member(document, "listenerMetadata");

	if (!path.value && !metadata.value)
		return 0;
	return ctr__json_refuse(path.value ? &path : &metadata,
				"none: the listener is given to the calling program, by "
				"ctr_container_take_seccomp_fd()",
				p->err);
}

static int begin(struct reader *p, bool build)
{
	int r;

	if (!build)
		return 0;
	if (ctr__libseccomp_load(p->err))
		return -1;
	p->ctx = ctr__libseccomp.init(p->by_default);
	if (!p->ctx)
		return ctr__error_sys(p->err, ENOMEM, "begin a filter of system calls", NULL);
	r = ctr__libseccomp.attr_set(p->ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (r == 0)
		r = ctr__libseccomp.attr_set(p->ctx, SCMP_FLTATR_CTL_OPTIMIZE,
					     2); /* a binary tree */
	return r == 0 ? 0 : ctr__error_sys(p->err, -r, "set up a filter of system calls", NULL);
}

static int read_document(struct reader *p, const struct ctr__json *document, bool build)
{
	static const char *const keys[] = {
		"defaultAction", "defaultErrnoRet", "architectures",	"archMap", "flags",
		"syscalls",	 "listenerPath",    "listenerMetadata", "comment", NULL
	};

	if (ctr__json_object(document, keys, p->err) || refuse_listener(p, document) ||
	    read_action(p, document, "defaultAction", "defaultErrnoRet", &p->by_default) ||
	    begin(p, build))
		return -1;
	return read_architectures(p, document) || read_flags(p, document) || read_rules(p, document)
		       ? -1
		       : 0;
}

static int export_program(scmp_filter_ctx ctx, struct ctr__profile *profile)
{
	_cleanup_fd_ int fd = memfd_create("filter", MFD_CLOEXEC);
	off_t size;
	int r;

	if (fd < 0)
		return -errno;
	r = ctr__libseccomp.export_bpf(ctx, fd);
	if (r < 0)
		return r;
	size = lseek(fd, 0, SEEK_CUR);
	profile->n = (size_t)size / sizeof(*profile->insns);
	profile->insns = malloc((size_t)size);
	if (!profile->insns)
		return -ENOMEM;
	if (pread(fd, profile->insns, (size_t)size, 0) == size)
		return 0;
	free(profile->insns);
	profile->insns = NULL;
	return -EIO;
}

static int export(const struct reader *p, const char *name, struct ctr__profile *profile)
{
	int r = export_program(p->ctx, profile);

	if (r < 0)
		return ctr__error_sys(p->err, -r, "make a filter of system calls from", name);
	profile->flags = p->flags;
	if (profile->n <= CTR__SECCOMP_INSNS_MAX)
		return 0;
	free(profile->insns);
	return ctr__error_set(p->err, CTR_E_INVALID, 0, name, NULL,
			      "it needs %zu instructions, and the kernel accepts 4096: use "
			      "fewer rules or fewer architectures",
			      profile->n);
}

int ctr__seccomp_profile(const char *text, const char *origin, uint64_t caps,
			 struct ctr__profile *profile, ctr_error *err)
{
	struct reader p = { .caps = caps, .err = err };
	struct ctr__json document;
	char name[512];
	int r;

	snprintf(name, sizeof(name), "seccomp profile%s%s", origin ? " " : "",
		 origin ? origin : "");
	if (strnlen(text, TEXT_MAX + 1) > TEXT_MAX)
		return ctr__error_value(err, name, "its text", "at most 1 MiB");
	r = ctr__json_parse(text, name, &document, err);
	if (r == 0)
		r = read_document(&p, &document, profile);
	if (r == 0 && profile)
		r = export(&p, name, profile);
	if (p.ctx)
		ctr__libseccomp.release(p.ctx);
	ctr__json_free(&document);
	return r;
}

/* ---- its file ---- */

static int check_file(int fd, const char *path, ctr_error *err)
{
	struct statx st;
	int r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE, &st);

	if (r < 0)
		return ctr__error_sys(err, -r, "look at the seccomp profile", path);
	if (!S_ISREG(st.stx_mode))
		return ctr__error_value(err, "seccomp profile", path, "a regular file");
	if (st.stx_size > TEXT_MAX)
		return ctr__error_value(err, "seccomp profile", path, "at most 1 MiB");
	return 0;
}

/* Whatever size it says that it has: files of /proc say 0, and others may grow. */
int ctr__seccomp_read(const char *path, char **text, ctr_error *err)
{
	_cleanup_free_ char *room = NULL;
	_cleanup_fd_ int fd = -1;
	size_t length;
	int r;

	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	if (fd < 0)
		return ctr__error_sys(err, -fd, "open the seccomp profile", path);
	if (check_file(fd, path, err))
		return -1;
	r = ctr__file_read(fd, TEXT_MAX, &room, &length);
	if (r == -EFBIG)
		return ctr__error_value(err, "seccomp profile", path, "at most 1 MiB");
	if (r < 0)
		return ctr__error_sys(err, -r, "read the seccomp profile", path);
	if (strlen(room) != length)
		return ctr__error_value(err, "seccomp profile", path, "text: it has a NUL in it");
	*text = ctr__text_take(&room);
	return 0;
}
