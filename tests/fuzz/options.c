/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "print.h"

static struct {
	bool listening;
	char text[65536];
	size_t length;
} heard;

/* The linker sends calls of write(2) to the second, and what that calls is the first. */
ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);

ssize_t __wrap_write(int fd, const void *data, size_t size)
{
	if (!heard.listening || fd != STDERR_FILENO)
		return __real_write(fd, data, size);
	if (size < sizeof(heard.text) - heard.length)
		memcpy(heard.text + heard.length, data, size);
	heard.length += size;
	return (ssize_t)size;
}

void command_start(struct draft *draft)
{
	fuzz_require(draft_start(draft) == 0, "there is memory");
	print_set_command("run");
}

const struct opt *command_option(const struct opt *table, const char *name)
{
	while (table->name && strcmp(table->name, name) != 0)
		table++;
	fuzz_require(table->name, "the option is in the table");
	return table;
}

void command_listen(void)
{
	heard.listening = true;
	heard.length = 0;
	memset(heard.text, 0, 256);
}

bool command_took(int result)
{
	char *newline;

	heard.listening = false;
	fuzz_require(result >= 0 || result == OPT_REFUSED, "an option is taken or refused");
	fuzz_require((result < 0) == (heard.length > 0), "who refuses says why, and nobody else");
	if (result >= 0)
		return true;
	fuzz_require(heard.length < sizeof(heard.text), "a message has a bound");
	heard.text[heard.length] = '\0';
	newline = strchr(heard.text, '\n');
	fuzz_require(newline && !newline[1], "a message is one line");
	*newline = '\0';
	fuzz_require(fuzz_is_shown(heard.text), "a message has no control characters");
	fuzz_require(strncmp(heard.text, "minictr run: ", 13) == 0, "a message says who it is");
	return false;
}
