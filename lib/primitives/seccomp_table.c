/* SPDX-License-Identifier: MIT */
/* From names of calls to a table of numbers: a part of what the build runs, not of the library. */
#include "primitives/seccomp_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "primitives/seccomp_names.h"

/* One call for each, and two ranges for each call: itself, and the gap after it. */
#define ENTRIES_MAX 1024

struct entries {
	struct ctr__seccomp_range v[ENTRIES_MAX];
	size_t n;
};

/* What is allowed may be asked about its arguments, and then it is here already. */
static int add_number(struct entries *entries, uint32_t nr, enum ctr__seccomp_call call,
		      uint64_t caps)
{
	for (size_t i = 0; i < entries->n; i++) {
		if (entries->v[i].first != nr)
			continue;
		if (entries->v[i].call != call && call != CTR__CALL_ALLOWED)
			return -EEXIST;
		entries->v[i].caps |= caps;
		return 0;
	}
	if (entries->n == ENTRIES_MAX)
		return -E2BIG;
	entries->v[entries->n++] = (struct ctr__seccomp_range){ nr, call, caps };
	return 0;
}

/* A name that this machine does not know needs no entry. */
static int add(struct entries *entries, const char *name, enum ctr__seccomp_call call,
	       uint64_t caps)
{
	const int nr = number_of(name);

	return nr < 0 ? 0 : add_number(entries, (uint32_t)nr, call, caps);
}

static int add_list(struct entries *entries, const char *names, enum ctr__seccomp_call call)
{
	char name[32];
	int r = 0;

	while (r == 0 && *names) {
		const size_t n = strcspn(names, " ");

		snprintf(name, sizeof(name), "%.*s", (int)n, names);
		r = add(entries, name, call, 0);
		names += n + (names[n] == ' ');
	}
	return r;
}

static int add_by_argument(struct entries *entries)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(by_argument); i++)
		r = add(entries, by_argument[i].name, by_argument[i].call, by_argument[i].caps);
	return r;
}

static int add_with_caps(struct entries *entries)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(with_cap); i++)
		r = add(entries, with_cap[i].name, CTR__CALL_REFUSED, 1ull << with_cap[i].cap);
	return r;
}

/* x32 has the architecture of x86-64, and a bit of its own in all numbers. */
static int add_foreign(struct entries *entries)
{
#ifdef __x86_64__
	return add_number(entries, 0x40000000, CTR__CALL_FOREIGN, 0);
#else
	(void)entries;
	return 0;
#endif
}

static int add_all(struct entries *entries)
{
	int r = add_by_argument(entries);

	for (size_t i = 0; r == 0 && i < COUNT(always); i++)
		r = add_list(entries, always[i], CTR__CALL_ALLOWED);
	if (r == 0)
		r = add_with_caps(entries);
	if (r == 0)
		r = add_list(entries, never, CTR__CALL_REFUSED);
	return r == 0 ? add_foreign(entries) : r;
}

static int by_number(const void *a, const void *b)
{
	const struct ctr__seccomp_range *one = a, *two = b;

	return (one->first > two->first) - (one->first < two->first);
}

static void put(struct ctr__seccomp_range *to, size_t *n, struct ctr__seccomp_range range)
{
	if (*n == 0 || to[*n - 1].call != range.call || to[*n - 1].caps != range.caps)
		to[(*n)++] = range;
}

/*
 * From calls, by number, to ranges. Foreign ones go up to -1, which is no call: a tracer that
 * skips one puts it in its place.
 */
static void join(const struct entries *entries, struct ctr__seccomp_range *to, size_t *n)
{
	uint64_t next = 0;

	for (size_t i = 0; i < entries->n; i++) {
		const struct ctr__seccomp_range *e = &entries->v[i];

		if (e->first > next)
			put(to, n,
			    (struct ctr__seccomp_range){ (uint32_t)next, CTR__CALL_UNKNOWN, 0 });
		put(to, n, *e);
		next = e->call == CTR__CALL_FOREIGN ? UINT32_MAX : e->first + 1ull;
	}
	put(to, n, (struct ctr__seccomp_range){ (uint32_t)next, CTR__CALL_UNKNOWN, 0 });
}

int ctr__seccomp_make_table(struct ctr__seccomp_table *table)
{
	static struct entries entries;
	struct ctr__seccomp_range *ranges = calloc(2 * ENTRIES_MAX + 1, sizeof(*ranges));
	int r = ranges ? 0 : -ENOMEM;

	entries.n = 0;
	*table = (struct ctr__seccomp_table){ .ranges = ranges };
	if (r == 0)
		r = add_all(&entries);
	if (r < 0)
		return r;
	qsort(entries.v, entries.n, sizeof(entries.v[0]), by_number);
	join(&entries, ranges, &table->n);
	return 0;
}

void ctr__seccomp_free_table(struct ctr__seccomp_table *table)
{
	free((void *)(uintptr_t)table->ranges);
	*table = (struct ctr__seccomp_table){ 0 };
}
