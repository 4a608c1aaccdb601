/* SPDX-License-Identifier: MIT */
/* /proc/PID/cgroup and /proc/PID/stat: base/proc_text.c. */
#include <stdlib.h>
#include <string.h>

#include "base/proc_text.h"
#include "fuzz.h"

static bool is_listed(const char *list, const char *controller)
{
	const size_t n = strlen(controller);

	while (strncmp(list, controller, n) != 0 || !strchr(",:", list[n])) {
		list += strcspn(list, ",:");
		if (*list++ != ',')
			return false;
	}
	return true;
}

/* It begins behind the second colon of a line, and goes to its end. */
static void check_group(const char *text, const char *controller)
{
	size_t length = 0;
	const char *group = ctr__proc_find_group(text, controller, &length), *line = group;

	if (!group)
		return;
	fuzz_require(group > text && group <= text + strlen(text), "a group lies in the text");
	fuzz_require(group[-1] == ':', "a group is behind a colon");
	fuzz_require(length == strcspn(group, "\n"), "a group goes to the end of its line");
	while (line > text && line[-1] != '\n')
		line--;
	line = strchr(line, ':') + 1;
	fuzz_require(line < group, "a line has two colons");
	fuzz_require(strchr(line, ':') == group - 1, "a group is behind the second colon");
	fuzz_require((line == group - 1) == !controller, "v2, and it alone, has no controllers");
	fuzz_require(!controller || is_listed(line, controller), "the line names the controller");
}

static void check_stat(const char *text)
{
	struct ctr__proc_stat stat;
	const char *p = strrchr(text, ')');

	if (!ctr__proc_read_stat(text, &stat))
		return;
	fuzz_require(p && p[1] == ' ' && p[2] == stat.state && stat.state,
		     "the state is behind the name");
	for (int i = 3; i <= 22; i++, p++) {
		p = strchr(p, ' ');
		fuzz_require(p, "a line has 22 fields");
		if (i == 20)
			fuzz_require(strtoull(p, NULL, 10) == stat.threads, "the 20th is threads");
		if (i == 22)
			fuzz_require(strtoull(p, NULL, 10) == stat.started,
				     "the 22nd is the start");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	check_group(text, NULL);
	check_group(text, "memory");
	check_group(text, "name=systemd");
	check_stat(text);
	free(text);
	return 0;
}
