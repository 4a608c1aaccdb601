/* SPDX-License-Identifier: MIT */
#include "jail/edges.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct ctr__name *)a)->text, ((const struct ctr__name *)b)->text);
}

struct ctr__name *ctr__name_get(void **names, const char *text)
{
	const size_t n = strlen(text) + 1;
	struct ctr__name *name = calloc(1, sizeof(*name) + n), **node;

	if (!name)
		return NULL;
	memcpy(name->text, text, n);
	node = (struct ctr__name **)tsearch(name, names, compare);
	if (!node || *node != name)
		free(name);
	return node ? *node : NULL;
}

void ctr__names_clear(void **names)
{
	tdestroy(*names, free);
	*names = NULL;
}

static bool add_names(struct ctr__edges *edges, void **names, const struct ctr__strv *texts)
{
	for (size_t i = 0; i < texts->n; i++) {
		struct ctr__edge *edge = &edges->v[edges->n++];

		if (strchr(texts->v[i], '$'))
			continue;
		edge->name = ctr__name_get(names, texts->v[i]);
		if (!edge->name)
			return false;
	}
	return true;
}

struct ctr__edges *ctr__edges_new(void **names, const struct ctr__elf *elf, const char *origin,
				  const struct ctr__entry *loader)
{
	struct ctr__edges *edges = calloc(1, sizeof(*edges));

	if (!edges)
		return NULL;
	edges->loader = loader;
	edges->origin = strdup(origin);
	edges->v = calloc(elf->needed.n + elf->auxiliary.n + 1, sizeof(*edges->v));
	if (edges->origin && edges->v && add_names(edges, names, &elf->needed) &&
	    add_names(edges, names, &elf->auxiliary))
		return edges;
	ctr__edges_free(edges);
	return NULL;
}

bool ctr__edges_hold(const struct ctr__edges *edges, const char *origin,
		     const struct ctr__entry *loader)
{
	return edges->loader == loader && strcmp(edges->origin, origin) == 0;
}

void ctr__edges_free(struct ctr__edges *edges)
{
	if (!edges)
		return;
	for (size_t i = 0; i < edges->n; i++)
		free(edges->v[i].path);
	free(edges->v);
	free(edges->origin);
	free(edges);
}
