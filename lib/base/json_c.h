/* SPDX-License-Identifier: MIT */
/* json-c, by pointers to its functions: base/library.h. */
#ifndef CTR_BASE_JSON_C_H
#define CTR_BASE_JSON_C_H

#include <json-c/json_object.h>
#include <json-c/json_object_iterator.h>
#include <json-c/json_tokener.h>

#include <minictr/error.h>

struct ctr__json_c {
#define CALL(name) __typeof__(json_##name) *(name);
#include "base/json_c.def"
#undef CALL
};

extern struct ctr__json_c ctr__json_c;

/* Before any of them is called; from any thread. */
int ctr__json_c_load(ctr_error *err);

#endif
