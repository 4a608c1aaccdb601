/* SPDX-License-Identifier: MIT */
#include "jail/script.h"

#include <stddef.h>
#include <string.h>

#define BLANKS " \t"

static char *take_word(char **rest)
{
	char *word = *rest + strspn(*rest, BLANKS);
	size_t n = strcspn(word, BLANKS);

	*rest = word + n + (word[n] != '\0');
	word[n] = '\0';
	return n ? word : NULL;
}

static bool is_env(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && strcmp(slash, "/env") == 0;
}

/* Options of env(1) that have a word behind them. */
static bool takes_word(const char *option)
{
	return strcmp(option, "-u") == 0 || strcmp(option, "-C") == 0;
}

/* Behind options and assignments; "-Sname" is "-S name". */
static char *searched_word(char *rest)
{
	char *word;

	while ((word = take_word(&rest))) {
		if (strncmp(word, "-S", 2) == 0 && word[2])
			return word + 2;
		if (takes_word(word))
			take_word(&rest);
		else if (word[0] != '-' && !strchr(word, '='))
			return word;
	}
	return NULL;
}

bool ctr__script_parse(char *line, struct ctr__script *s)
{
	char *rest = line + 2;

	line[strcspn(line, "\n")] = '\0';
	*s = (struct ctr__script){ .interpreter = take_word(&rest) };
	if (s->interpreter && is_env(s->interpreter))
		s->searched = searched_word(rest);
	return s->interpreter;
}
