/* SPDX-License-Identifier: MIT */
#include "jail/writers.h"

#include <minictr/jail.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ 04u
#define SEARCH 01u

static void add_uid(struct ctr__writers *w, uint32_t uid)
{
	if (uid == 0 || uid == geteuid())
		return;
	for (unsigned i = 0; i < w->n; i++)
		if (w->uids[i] == uid)
			return;
	if (w->n == CTR__WRITERS_MAX)
		w->anyone = true;
	else
		w->uids[w->n++] = uid;
}

static bool may_others_write(const struct ctr__entry *entry)
{
	const struct statx *st = &entry->st;

	if (st->stx_mode & S_IWOTH)
		return true;
	if (!(st->stx_mode & S_IWGRP))
		return false;
	return entry->acl || (st->stx_gid != 0 && st->stx_gid != getegid());
}

/* In a sticky directory each can only change the names of what belongs to him. */
static bool is_open_to_others(const struct ctr__entry *entry)
{
	if (entry->kind == CTR_JAIL_LINK ||
	    (entry->kind == CTR_JAIL_DIRECTORY && entry->st.stx_mode & S_ISVTX))
		return false;
	return may_others_write(entry);
}

void ctr__writers_add_namers(struct ctr__writers *writers, const struct ctr__list *list,
			     const struct ctr__entry *dir)
{
	ctr__writers_add(writers, list, dir);
	writers->anyone |= dir && may_others_write(dir);
}

void ctr__writers_add(struct ctr__writers *writers, const struct ctr__list *list,
		      const struct ctr__entry *entry)
{
	for (const struct ctr__entry *e = entry; e; e = ctr__list_parent(list, e)) {
		add_uid(writers, e->st.stx_uid);
		writers->anyone |= is_open_to_others(e);
	}
}

bool ctr__writers_is_empty(const struct ctr__writers *writers)
{
	return writers->n == 0 && !writers->anyone;
}

/* Nobody knows which groups a user is in: what only a group may does not count. */
static bool all_can(const struct ctr__entry *entry, unsigned bit)
{
	const unsigned both = bit | bit << 3;

	return (entry->mode & both) == both;
}

static bool can(uint32_t uid, const struct ctr__entry *entry, unsigned bit)
{
	return entry->st.stx_uid == uid ? entry->mode & bit << 6 : all_can(entry, bit);
}

static bool allow(const struct ctr__writers *w, const struct ctr__entry *entry, unsigned bit)
{
	for (unsigned i = 0; i < w->n; i++)
		if (!can(w->uids[i], entry, bit))
			return false;
	return !w->anyone || all_can(entry, bit);
}

static bool can_reach(const struct ctr__writers *w, const struct ctr__list *list,
		      const struct ctr__entry *entry)
{
	for (const struct ctr__entry *e = ctr__list_parent(list, entry); e;
	     e = ctr__list_parent(list, e))
		if (!allow(w, e, SEARCH))
			return false;
	return true;
}

bool ctr__writers_can_read(const struct ctr__writers *writers, const struct ctr__list *list,
			   const struct ctr__entry *file)
{
	return allow(writers, file, READ) && can_reach(writers, list, file);
}

bool ctr__writers_can_reach(const struct ctr__writers *writers, const struct ctr__list *list,
			    size_t n)
{
	for (; !ctr__writers_is_empty(writers) && n < list->n; n++)
		if (!can_reach(writers, list, list->entries[n]))
			return false;
	return true;
}

bool ctr__writers_own(const struct ctr__writers *writers, const struct ctr__entry *dir)
{
	for (unsigned i = 0; i < writers->n; i++)
		if (dir->st.stx_uid != writers->uids[i])
			return false;
	return !writers->anyone;
}
