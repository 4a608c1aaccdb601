/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <minictr/jail.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "host_path.h"
#include "print.h"

#define USUAL_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* What the options of jail come to. */
struct jail {
	ctr_jail *jail;
	ctr_error *err;
	bool list, json;
	uint32_t how; /* CTR_JAIL_COPY, ... */
	bool keep_setid, public;
};

static int check(const struct jail *jail, const struct opt *opt, int rc)
{
	return rc < 0 ? print_error(opt->name, jail->err) : 0;
}

/* ---- options ---- */

static int refuse_extra(const struct opt *opt, const char *name)
{
	char known[256] = "";

	for (size_t i = 0; ctr_jail_extra_name(i); i++) {
		const size_t n = strlen(known);

		snprintf(known + n, sizeof(known) - n, "%s%s", i ? ", " : "",
			 ctr_jail_extra_name(i));
	}
	return print_refusal(opt->name, name, "expected some of %s", known);
}

static bool is_extra(const char *name)
{
	const char *known;

	for (size_t i = 0; (known = ctr_jail_extra_name(i)); i++)
		if (strcmp(known, name) == 0)
			return true;
	return false;
}

static int add_extra(struct jail *jail, const struct opt *opt, const char *name)
{
	if (!is_extra(name))
		return refuse_extra(opt, name);
	return check(jail, opt, ctr_jail_add_extra(jail->jail, name, jail->err));
}

static int set_with(void *target, const struct opt *opt, const char *value)
{
	char *names = strdup(value), *rest = names, *name;
	int rc = names ? 0 : print_refusal(NULL, NULL, "out of memory");

	while (rc == 0 && (name = strsep(&rest, ",")))
		rc = add_extra(target, opt, name);
	free(names);
	return rc;
}

static int set_include(void *target, const struct opt *opt, const char *value)
{
	struct jail *jail = target;
	char *path = host_path(opt, value);
	int rc;

	if (!path)
		return -1;
	rc = check(jail, opt, ctr_jail_add_path(jail->jail, path, jail->err));
	free(path);
	return rc;
}

static int set_list(void *target, const struct opt *opt, const char *value)
{
	struct jail *jail = target;

	return opt_read_bool(opt, value, &jail->list);
}

static int set_json(void *target, const struct opt *opt, const char *value)
{
	struct jail *jail = target;

	if (opt_read_bool(opt, value, &jail->json) < 0)
		return -1;
	jail->list |= jail->json;
	return 0;
}

static int set_files(void *target, const struct opt *opt, const char *value)
{
	struct jail *jail = target;
	static const char *const words[] = {
		[CTR_JAIL_COPY] = "copy",
		[CTR_JAIL_REFLINK] = "reflink",
		[CTR_JAIL_HARDLINK] = "hardlink",
	};

	for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], value) != 0)
			continue;
		jail->how = i;
		return 0;
	}
	return print_refusal(opt->name, value, "expected copy, reflink or hardlink");
}

static int set_keep_setid(void *target, const struct opt *opt, const char *value)
{
	struct jail *jail = target;

	return opt_read_bool(opt, value, &jail->keep_setid);
}

static int set_public(void *target, const struct opt *opt, const char *value)
{
	struct jail *jail = target;

	return opt_read_bool(opt, value, &jail->public);
}

static const struct opt options[] = {
	{ .name = "--with",
	  .argument = "NAME[,NAME...]",
	  .words = "locale|terminfo|certs|nss|tz|dev|python3|perl|git|gcc|g++",
	  .help = "add data files that ELF headers do not list: see below",
	  .set = set_with },
	{ .name = "--include",
	  .argument = "PATH",
	  .help = "also include a file, or a directory and everything in\n"
		  "it, with the files that programs and libraries in it\n"
		  "need",
	  .set = set_include },
	{ .name = "--files",
	  .argument = "copy|reflink|hardlink",
	  .help = "how to create files: copies (default), copies that must\n"
		  "share their blocks, or hard links: writing to one in the\n"
		  "jail changes the host's file",
	  .set = set_files },
	{ .name = "--keep-setid",
	  .help = "keep set-user-ID and set-group-ID bits and capabilities\n"
		  "of files: every user with access to DIR gains them",
	  .set = set_keep_setid },
	{ .name = "--public",
	  .help = "let all users enter a new DIR; by default a jail that\n"
		  "root makes is accessible only to root",
	  .set = set_public },
	{ .name = "--list",
	  .help = "write nothing: list the files and links that would be\n"
		  "created, what needs them, and why",
	  .set = set_list },
	{ .name = "--json", .help = "the same as one line of JSON", .set = set_json },
	{ .name = "--help",
	  .letter = 'h',
	  .help = "show this text",
	  .set = opt_show_help,
	  .show = cmd_jail_help },
	{ .name = NULL },
};

const struct opt_theme jail_themes[] = {
	{ "Options", options },
	{ NULL, NULL },
};

void cmd_jail_help(const char *name)
{
	printf("Usage: minictr %s [OPTIONS] [--] DIR [PROGRAM...]\n"
	       "\n"
	       "Turns DIR into a root file system that contains the programs and everything they\n"
	       "need to start: loader, libraries and interpreters, each under its path on the host.\n"
	       "They are found by reading files, never by running them. An existing DIR is updated,\n"
	       "and other files in it are kept. PROGRAM is a path, or a name to search in PATH.\n",
	       name);
	opt_print(jail_themes);
	fputs("\nNames for --with:\n", stdout);
	for (size_t i = 0; ctr_jail_extra_name(i); i++)
		printf("  %-10s %s\n", ctr_jail_extra_name(i), ctr_jail_extra_summary(i));
	fputs("\n"
	      "Examples:\n"
	      "  minictr jail J /bin/bash && minictr chroot J /bin/bash -c pwd\n"
	      "  minictr jail --with python3 J python3 && minictr run --rootfs J -- python3\n"
	      "  minictr jail --list J bash\n",
	      stdout);
}

/* ---- what is printed ---- */

/* Names of files may have any bytes in them. */
static void put(const char *before, const char *text)
{
	fputs(before, stdout);
	print_escaped(stdout, text);
}

/* Why something was left out is a sentence about it. */
static void print_refusals(const ctr_jail *jail, size_t index)
{
	for (size_t i = 0; i < ctr_jail_reason_count(jail, index); i++) {
		const char *by = ctr_jail_needed_by(jail, index, i);

		put("    ", by ? "named by " : "");
		if (by)
			put("", by);
		put(by ? ": " : "", ctr_jail_reason(jail, index, i));
		putchar('\n');
	}
}

static void print_reasons(const ctr_jail *jail, size_t index)
{
	if (ctr_jail_kind(jail, index) == CTR_JAIL_LEFT_OUT) {
		print_refusals(jail, index);
		return;
	}
	for (size_t i = 0; i < ctr_jail_reason_count(jail, index); i++) {
		const char *by = ctr_jail_needed_by(jail, index, i);

		put(by ? "    needed by " : "    ", by ? by : "you");
		put(": ", ctr_jail_reason(jail, index, i));
		putchar('\n');
	}
}

static const char *what_is(uint32_t kind)
{
	if (kind == CTR_JAIL_LEFT_OUT)
		return "left out: ";
	return kind == CTR_JAIL_MISSING ? "missing: " : "";
}

static void print_list(const ctr_jail *jail)
{
	for (size_t i = 0; i < ctr_jail_count(jail); i++) {
		const char *target = ctr_jail_target(jail, i);

		if (ctr_jail_kind(jail, i) == CTR_JAIL_DIRECTORY)
			continue;
		put(what_is(ctr_jail_kind(jail, i)), ctr_jail_path(jail, i));
		if (target)
			put(" -> ", target);
		putchar('\n');
		print_reasons(jail, i);
	}
}

static int print_json(const ctr_jail *jail)
{
	const size_t size = ctr_jail_json(jail, NULL, 0) + 1;
	char *text = malloc(size);

	if (!text)
		return print_refusal(NULL, NULL, "out of memory");
	ctr_jail_json(jail, text, size);
	puts(text);
	free(text);
	return 0;
}

static void print_written(const ctr_jail *jail)
{
	uint64_t written = 0, there = 0, missing = 0, left_out = 0, bytes = 0;

	for (size_t i = 0; i < ctr_jail_count(jail); i++) {
		const uint32_t state = ctr_jail_state(jail, i);

		if (ctr_jail_kind(jail, i) == CTR_JAIL_MISSING)
			missing++;
		left_out += ctr_jail_kind(jail, i) == CTR_JAIL_LEFT_OUT;
		if (ctr_jail_kind(jail, i) == CTR_JAIL_DIRECTORY)
			continue;
		written += state == CTR_JAIL_WRITTEN;
		there += state == CTR_JAIL_UP_TO_DATE;
		if (state == CTR_JAIL_WRITTEN)
			bytes += ctr_jail_size_bytes(jail, i);
	}
	printf("%" PRIu64 " written (%" PRIu64 " KiB), %" PRIu64 " up to date", written,
	       bytes / 1024, there);
	if (missing)
		printf(", %" PRIu64 " not on this host", missing);
	if (left_out)
		printf(", %" PRIu64 " left out", left_out);
	fputs(missing || left_out ? ": see --list" : "", stdout);
	putchar('\n');
}

/* ---- the command ---- */

static int add_program(struct jail *jail, const char *name)
{
	static const struct opt origin = { .name = "PROGRAM" };
	const char *search = getenv("PATH");
	char *path = strchr(name, '/') ? host_path(&origin, name) : NULL;
	int rc;

	if (strchr(name, '/') && !path)
		return -1;
	rc = ctr_jail_add_program(jail->jail, path ? path : name,
				  search && *search ? search : USUAL_PATH, jail->err);
	free(path);
	return rc < 0 ? print_error("PROGRAM", jail->err) : 0;
}

static uint32_t flags_of(const struct jail *jail)
{
	return jail->how | (jail->keep_setid ? CTR_JAIL_KEEP_SETID : 0) |
	       (jail->public ? CTR_JAIL_PUBLIC : 0);
}

static int finish(struct jail *jail, const char *dir)
{
	if (ctr_jail_count(jail->jail) == 0)
		return print_refusal(NULL, NULL, "expected DIR PROGRAM...");
	if (jail->json)
		return print_json(jail->jail);
	if (jail->list) {
		print_list(jail->jail);
		return 0;
	}
	if (ctr_jail_write(jail->jail, dir, flags_of(jail), jail->err) < 0)
		return print_error(NULL, jail->err);
	print_written(jail->jail);
	return 0;
}

static int jail_words(struct jail *jail, int argc, char **argv)
{
	int first = opt_parse(jail_themes, jail, argc, argv);

	if (first == OPT_ANSWERED)
		return EXIT_SUCCESS;
	if (first < 0)
		return EXIT_OURS;
	if (first == argc) {
		print_refusal(NULL, NULL, "expected DIR PROGRAM...");
		return EXIT_OURS;
	}
	for (int i = first + 1; i < argc; i++)
		if (add_program(jail, argv[i]) < 0)
			return EXIT_OURS;
	return finish(jail, argv[first]) < 0 ? EXIT_OURS : EXIT_SUCCESS;
}

int cmd_jail(int argc, char **argv)
{
	struct jail jail = { .err = ctr_error_new() };
	int status = EXIT_OURS;

	print_set_command(argv[0]);
	jail.jail = ctr_jail_new(jail.err);
	if (jail.jail)
		status = jail_words(&jail, argc, argv);
	else
		print_error(NULL, jail.err);
	ctr_jail_free(jail.jail);
	ctr_error_free(jail.err);
	return status;
}
