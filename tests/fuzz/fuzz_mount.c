/* SPDX-License-Identifier: MIT */
/* --volume, --mount and --tmpfs: cli/mount_opt.c, and what the compiler makes of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "fuzz.h"
#include "options.h"
#include "spec/spec.h"

#define FLAGS                                                                                      \
	(CTR_MOUNT_READ_ONLY | CTR_MOUNT_NOEXEC | CTR_MOUNT_ALLOW_SUID | CTR_MOUNT_ALLOW_DEV |     \
	 CTR_MOUNT_NOSYMFOLLOW | CTR_MOUNT_NOT_RECURSIVE | CTR_MOUNT_NO_CREATE)

enum { VOLUME, MOUNT, TMPFS, NAMES, KINDS };

static const char *const options[] = {
	[VOLUME] = "--volume",
	[MOUNT] = "--mount",
	[TMPFS] = "--tmpfs",
};

static bool apply(struct draft *draft, int kind, const char *text)
{
	const struct opt *opt = command_option(mount_options, options[kind]);

	command_listen();
	return command_took(opt->set(draft, opt, text));
}

/* Each step of the plan is told in one line. */
static void compile(struct draft *draft)
{
	char line[8192];
	ctr_plan *plan;

	fuzz_require(ctr_process_add_arg(ctr_spec_get_process(draft->spec), "true", NULL) == 0,
		     "there is memory");
	plan = ctr_plan_compile(draft->spec, draft->err);
	fuzz_check(plan ? 0 : -1, draft->err);
	for (size_t i = 0; plan && i < ctr_plan_count(plan); i++) {
		fuzz_require(ctr_plan_describe(plan, i, line, sizeof(line)) > 0, "a step has text");
		fuzz_require(fuzz_is_line(line), "a step is one line");
	}
	ctr_plan_free(plan);
}

static void check_mount(const struct ctr__mount *m)
{
	fuzz_require(ctr__path_is_absolute(m->target), "a target is absolute");
	fuzz_require((m->kind == CTR__MOUNT_BIND) == !!m->source, "binds alone have a source");
	fuzz_require(!m->source || ctr__path_is_absolute(m->source), "a source is absolute");
	fuzz_require(!(m->flags & ~FLAGS), "flags are those that there are");
	fuzz_require(m->kind == CTR__MOUNT_TMPFS || (!m->mode && !m->size_bytes),
		     "a tmpfs alone has a mode and a size");
	fuzz_require(m->mode <= 07777, "a mode is one");
	fuzz_require(m->size_bytes <= INT64_MAX, "a size is one");
}

static void check_text(int kind, const char *text)
{
	struct draft draft;

	command_start(&draft);
	if (apply(&draft, kind, text)) {
		fuzz_require(draft.spec->mounts.n == 1, "one option is one mount");
		check_mount(&draft.spec->mounts.v[0]);
		fuzz_require(kind != VOLUME || fuzz_matches(text, "^[^:]+:/[^:]*(:[^:]+)?$"),
			     "a volume has a source, a target and options");
		fuzz_require(kind != TMPFS || fuzz_matches(text, "^/[^:]*(:.+)?$"),
			     "a tmpfs has a target and options");
		compile(&draft);
	} else {
		fuzz_require(draft.spec->mounts.n == 0, "what is refused stores nothing");
	}
	draft_end(&draft);
}

static void put_quoted(FILE *out, const char *name, const char *text)
{
	fprintf(out, ",\"%s=", name);
	for (; *text; text++)
		fprintf(out, "%s%c", *text == '"' ? "\"" : "", *text);
	putc('"', out);
}

/* Any name can be written in a field with quotes, and comes out as it was. */
static void check_names(const char *source, const char *target)
{
	const bool valid = *source && *target == '/';
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct draft draft;

	fuzz_require(out, "there is memory");
	fputs("type=bind", out);
	put_quoted(out, "src", source);
	put_quoted(out, "dst", target);
	fuzz_require(fclose(out) == 0, "there is memory");

	command_start(&draft);
	fuzz_require(apply(&draft, MOUNT, text) == valid, "names with quotes are taken");
	if (valid) {
		const struct ctr__mount *m = &draft.spec->mounts.v[0];
		const size_t length = strlen(source), whole = strlen(m->source);

		check_mount(m);
		fuzz_require(strcmp(m->target, target) == 0, "a target is what was quoted");
		fuzz_require(whole >= length && strcmp(m->source + whole - length, source) == 0,
			     "a source is what was quoted");
	}
	draft_end(&draft);
	free(text);
}

/* The first byte is which option. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int kind = size ? data[0] % KINDS : 0;
	char *text = size ? fuzz_text(data + 1, size - 1) : fuzz_text(data, 0);

	if (kind == NAMES) {
		const size_t length = strlen(text);
		const bool more = size > length + 2;
		char *second =
			fuzz_text(more ? data + length + 2 : data, more ? size - length - 2 : 0);

		check_names(text, second);
		free(second);
	} else {
		check_text(kind, text);
	}
	free(text);
	return 0;
}
