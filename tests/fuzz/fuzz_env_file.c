/* SPDX-License-Identifier: MIT */
/* --env-file: cli/env_opt.c, through a file in memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "options.h"
#include "spec/spec.h"

static int file = -1;
static char path[64];

static void make(void)
{
	file = memfd_create("env", MFD_CLOEXEC);
	fuzz_require(file >= 0, "there is a memory file");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	setenv("MINICTR_FUZZ", "here", 1);
}

static void fill(const uint8_t *data, size_t size)
{
	fuzz_require(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size,
		     "the memory file is written");
}

/* The value that the last line with the name gives it. */
static void check_last(const ctr_spec *spec, const char *name, size_t length, const char *value)
{
	const size_t at = ctr__strv_find_env(&spec->process.program.env, name, length);

	fuzz_require(at < spec->process.program.env.n, "a variable that is given is there");
	fuzz_require(strcmp(spec->process.program.env.v[at] + length + 1, value) == 0,
		     "the last value given is the one that counts");
}

static bool is_given_later(const char *lines, const char *name, size_t length)
{
	for (const char *line = lines; *line; line += *line == '\n') {
		line += strspn(line, " \t");
		if (strncmp(line, name, length) == 0 && strchr("=\n", line[length]))
			return true;
		line += strcspn(line, "\n");
	}
	return false;
}

/* Reads it once more, line by line, now that all of them are known to be right. */
static void check_lines(const ctr_spec *spec, char *text)
{
	char *line = text + (strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);

	while (*line) {
		char *end = line + strcspn(line, "\n");
		const bool is_last = !*end;
		size_t length;

		*end = '\0';
		line += strspn(line, " \t");
		length = strcspn(line, "=");
		if (*line && *line != '#') {
			fuzz_require(length > 0 && strcspn(line, " \t\r\x7f") >= length,
				     "a name has no blanks");
			if (is_last || !is_given_later(end + 1, line, length))
				check_last(spec, line, length,
					   line[length] ? line + length + 1 : getenv(line));
		}
		line = end + !is_last;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct opt *opt = command_option(env_options, "--env-file");
	struct draft draft;

	if (file < 0)
		make();
	fill(data, size);
	command_start(&draft);
	command_listen();
	if (command_took(opt->set(&draft, opt, path))) {
		char *text = fuzz_text(data, size);

		fuzz_require(strlen(text) == size, "a zero byte is refused");
		check_lines(draft.spec, text);
		free(text);
	}
	draft_end(&draft);
	return 0;
}
