/* SPDX-License-Identifier: MIT */
#include "primitives/effect.h"

#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "support/leak.h"
#include "support/suite.h"
#include "support/world.h"

ctr_error *err;
int at;

void effect_begin(void)
{
	err = ctr_error_new();
}

void effect_end(void)
{
	ctr_error_free(err);
}

/* ---- around a call ---- */

static void (*inner)(void);

static void count_descriptors(void)
{
	int before = world_count("/proc/self/fd");

	inner();
	/* None can be counted where the body has left the root that has /proc. */
	if (access("/proc/self/fd", R_OK) == 0)
		ck_assert_int_eq(world_count("/proc/self/fd"), before);
}

void effect_in_child(void (*body)(void), int index)
{
	inner = body;
	at = index;
	suite_in_mounts(count_descriptors);
}

void effect_done(int result)
{
	ck_assert_msg(result == 0, "%s", ctr_error_message(err));
}

static char *noted;

void effect_note(void)
{
	ctr_error_clear(err);
	noted = leak_snapshot();
}

void effect_refused(int result, int code, int errnum, const char *words)
{
	char *now = leak_snapshot(), *difference = leak_difference(noted, now);

	ck_assert_int_eq(result, -1);
	suite_expect_error(err, code, words);
	ck_assert_msg(ctr_error_errno(err) == errnum, "errno %d instead of %d: %s",
		      ctr_error_errno(err), errnum, ctr_error_message(err));
	ck_assert_msg(!*difference, "what was refused has changed something:\n%s", difference);
	free(difference);
	free(now);
	free(noted);
}

void effect_deny(int number, int errnum)
{
	const struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)errnum),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	effect_done(ctr_seccomp_load_bpf(filter, sizeof(filter) / sizeof(filter[0]), err));
}

void effect_drop_privileges(void)
{
	effect_done(ctr_set_ids(1000, 1000, NULL, 0, err));
	ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 1), 0);
}

/* ---- mounts ---- */

struct line {
	char flags[256], propagation[64], type[64];
};

/* See proc_pid_mountinfo(5). */
static bool parse(const char *text, const char *path, struct line *line)
{
	char point[PATH_MAX], flags[256], fields[64] = "";
	const char *dash = strstr(text, " - ");
	int length = 0;

	if (!dash || sscanf(text, "%*s %*s %*s %*s %4095s %255s %n", point, flags, &length) < 2 ||
	    strcmp(point, path) != 0)
		return false;
	if (text + length <= dash)
		snprintf(fields, sizeof(fields), "%.*s", (int)(dash - text) - length,
			 text + length);
	snprintf(line->flags, sizeof(line->flags), "%s", flags);
	snprintf(line->propagation, sizeof(line->propagation), "%s", fields);
	return sscanf(dash, " - %63s", line->type) == 1;
}

static struct line *find(const char *path)
{
	static struct line line;
	char text[PATH_MAX + 512];
	FILE *in = fopen("/proc/thread-self/mountinfo", "re");

	ck_assert_ptr_nonnull(in);
	memset(&line, 0, sizeof(line));
	while (fgets(text, sizeof(text), in)) /* what was mounted last comes last */
		parse(text, path, &line);
	fclose(in);
	return &line;
}

const char *effect_flags(const char *path)
{
	static char words[256];
	char *flags = find(path)->flags, *state = NULL;

	words[0] = '\0';
	for (char *w = strtok_r(flags, ",", &state); w; w = strtok_r(NULL, ",", &state))
		if (!strstr(w, "atime"))
			snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%s",
				 *words ? "," : "", w);
	return words;
}

const char *effect_type(const char *path)
{
	return find(path)->type;
}

const char *effect_propagation(const char *path)
{
	char *text = find(path)->propagation;

	text[strcspn(text, ":")] = '\0'; /* the number of the peer group */
	return text;
}

int effect_mounts(void)
{
	FILE *in = fopen("/proc/thread-self/mountinfo", "re");
	int n = 0;

	ck_assert_ptr_nonnull(in);
	for (int c = fgetc(in); c != EOF; c = fgetc(in))
		n += c == '\n';
	fclose(in);
	return n;
}

const char *effect_namespace(const char *name)
{
	static char texts[4][64];
	static unsigned next;
	char *text = texts[next++ % 4], path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/thread-self/ns/%s", name);
	n = readlink(path, text, sizeof(texts[0]) - 1);
	ck_assert_msg(n > 0, "%s can't be read", path);
	text[n] = '\0';
	return text;
}
