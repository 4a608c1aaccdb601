/* SPDX-License-Identifier: MIT */
#include "base/passwd.h"

#include <string.h>

struct ctr__span ctr__span_of(const char *text)
{
	return (struct ctr__span){ text, strlen(text) };
}

static bool equal(struct ctr__span a, struct ctr__span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

/* Takes off rest what is before the separator, which goes too; false when nothing is left. */
static bool take(struct ctr__span *rest, char separator, struct ctr__span *part)
{
	const char *end;

	if (!rest->at)
		return false;
	end = rest->n ? memchr(rest->at, separator, rest->n) : NULL;
	*part = *rest;
	if (!end) {
		*rest = (struct ctr__span){ 0 };
		return true;
	}
	part->n = (size_t)(end - rest->at);
	*rest = (struct ctr__span){ end + 1, rest->n - part->n - 1 };
	return true;
}

static struct ctr__span skip_blanks(struct ctr__span text)
{
	while (text.n && (*text.at == ' ' || *text.at == '\t')) {
		text.at++;
		text.n--;
	}
	return text;
}

/* A NUL could end a name for one reader and not for another: such a line is none. */
static bool is_entry(struct ctr__span line)
{
	return line.n && !strchr("#+-:", *line.at) && !memchr(line.at, '\0', line.n);
}

/* Takes lines off file up to the next that may be an entry. */
static bool take_line(struct ctr__span *file, struct ctr__span *line)
{
	while (take(file, '\n', line)) {
		*line = skip_blanks(*line);
		if (is_entry(*line))
			return true;
	}
	return false;
}

bool ctr__id_read(struct ctr__span text, uint32_t *id)
{
	uint64_t v = 0;

	if (!text.n)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(text.at[i] - '0');
		if (v > CTR__ID_MAX)
			return false;
	}
	*id = (uint32_t)v;
	return true;
}

static bool take_id(struct ctr__span *rest, uint32_t *id)
{
	struct ctr__span text;

	return take(rest, ':', &text) && ctr__id_read(text, id);
}

/* name:password:uid:gid:about:home:shell; what follows gid may be missing. */
static bool read_passwd(struct ctr__span line, struct ctr__passwd *entry)
{
	struct ctr__span other;

	*entry = (struct ctr__passwd){ 0 };
	if (!take(&line, ':', &entry->name) || !take(&line, ':', &other) ||
	    !take_id(&line, &entry->uid) || !take_id(&line, &entry->gid))
		return false;
	if (take(&line, ':', &other))
		take(&line, ':', &entry->home);
	return true;
}

struct group {
	struct ctr__span name, members;
	uint32_t gid;
};

/* name:password:gid:member,member */
static bool read_group(struct ctr__span line, struct group *entry)
{
	struct ctr__span other;

	*entry = (struct group){ 0 };
	if (!take(&line, ':', &entry->name) || !take(&line, ':', &other) ||
	    !take_id(&line, &entry->gid))
		return false;
	entry->members = line;
	return true;
}

static bool has_member(struct ctr__span members, struct ctr__span member)
{
	struct ctr__span name;

	while (take(&members, ',', &name))
		if (equal(skip_blanks(name), member))
			return true;
	return false;
}

bool ctr__passwd_find_name(struct ctr__span file, struct ctr__span name, struct ctr__passwd *found)
{
	struct ctr__passwd entry;
	struct ctr__span line;

	while (take_line(&file, &line))
		if (read_passwd(line, &entry) && equal(entry.name, name)) {
			*found = entry;
			return true;
		}
	return false;
}

bool ctr__passwd_find_uid(struct ctr__span file, uint32_t uid, struct ctr__passwd *found)
{
	struct ctr__passwd entry;
	struct ctr__span line;

	while (take_line(&file, &line))
		if (read_passwd(line, &entry) && entry.uid == uid) {
			*found = entry;
			return true;
		}
	return false;
}

bool ctr__group_find_name(struct ctr__span file, struct ctr__span name, uint32_t *gid)
{
	struct ctr__span line;
	struct group entry;

	while (take_line(&file, &line))
		if (read_group(line, &entry) && equal(entry.name, name)) {
			*gid = entry.gid;
			return true;
		}
	return false;
}

bool ctr__group_next_of(struct ctr__span *file, struct ctr__span member, uint32_t *gid)
{
	struct ctr__span line;
	struct group entry;

	while (take_line(file, &line))
		if (read_group(line, &entry) && has_member(entry.members, member)) {
			*gid = entry.gid;
			return true;
		}
	return false;
}
