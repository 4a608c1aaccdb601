/* SPDX-License-Identifier: MIT */
#include "base/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

static void note(struct ctr__library *library, const char *why)
{
	snprintf(library->why, sizeof(library->why), "%s", why ? why : "no reason is known");
}

/* A pointer to a function is as one to data: dlsym(3). */
static int find(struct ctr__library *library, void *handle, size_t index)
{
	void *function = dlsym(handle, library->names[index]);

	if (!function) {
		note(library, dlerror());
		return -1;
	}
	memcpy((char *)library->functions + index * sizeof(function), &function, sizeof(function));
	return 0;
}

static void open_library(struct ctr__library *library)
{
	void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);

	if (!handle) {
		note(library, dlerror());
		return;
	}
	for (size_t i = 0; i < library->n; i++)
		if (find(library, handle, i))
			return;
}

int ctr__library_load(struct ctr__library *library, ctr_error *err)
{
	pthread_mutex_lock(&library->lock);
	if (!library->opened)
		open_library(library);
	library->opened = true;
	pthread_mutex_unlock(&library->lock);
	if (!*library->why)
		return 0;
	return ctr__error_set(err, CTR_E_UNSUPPORTED, 0, "load the library", library->file,
			      "it is needed for %s, and is missing or unusable: install it (%s)",
			      library->needed_for, library->why);
}
