/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/export.h"
#include "base/json_string.h"
#include "base/sys.h"

struct ctr_error {
	int code;
	int errnum;
	char step[1024];
	char object[1024];
	char hint[1024];
	char message[4096];
	/* Of an object's first failure: who else is told. It is the setter's, which has one from
	 * ctr__error_begin() on, and is not to be used by what is no setter. */
	ctr_error *caller;
};

static const char *const code_words[] = {
	[CTR_E_NONE] = "none",
	[CTR_E_INVALID] = "invalid",
	[CTR_E_NOMEM] = "no_memory",
	[CTR_E_SYSTEM] = "system",
	[CTR_E_NOT_FOUND] = "not_found",
	[CTR_E_NOT_EXECUTABLE] = "not_executable",
	[CTR_E_UNSUPPORTED] = "unsupported",
	[CTR_E_TIMEOUT] = "timeout",
	[CTR_E_KILLED] = "killed",
	[CTR_E_STATE] = "state",
	[CTR_E_LOST] = "lost",
};

CTR_EXPORT const char *ctr__error_text(int errnum)
{
#ifdef __GLIBC__
	const char *text = strerrordesc_np(errnum);
#else
	const char *text = strerror(errnum);
#endif
	return text ? text : "unknown error";
}

static bool is_of_a_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* As a word, and not the first, which says what is being done: "execute" is not "cut". */
static bool names_object(const char *step, const char *object)
{
	const size_t n = strlen(object);

	for (const char *at = strstr(step, object); at; at = strstr(at + 1, object))
		if (at > step && !is_of_a_word(at[-1]) && !is_of_a_word(at[n]))
			return true;
	return false;
}

static void compose(ctr_error *err)
{
	struct ctr__buf b;

	ctr__buf_init(&b, err->message, sizeof(err->message));
	ctr__buf_add_escaped(&b, err->step);
	if (err->object[0] && !names_object(err->step, err->object)) {
		ctr__buf_add(&b, " \"");
		ctr__buf_add_escaped(&b, err->object);
		ctr__buf_add(&b, "\"");
	}
	if (err->errnum)
		ctr__buf_add(&b, ": %s", ctr__error_text(err->errnum));
	if (err->hint[0]) {
		ctr__buf_add(&b, err->errnum ? "; " : ": ");
		ctr__buf_add_escaped(&b, err->hint);
	}
}

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

static bool has_proc(void)
{
	struct statx st;

	return sys_statx(AT_FDCWD, "/proc/self", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) != -ENOENT;
}

/* What may be said of an errno whatever was being done. */
static const char *usual_cause(int errnum)
{
	switch (errnum) {
	case EMFILE:
		return "the calling process has too many open descriptors: see ulimit -n";
	case ENOENT:
		return has_proc() ? NULL
				  : "this may need /proc, which is not mounted here: mount -t proc "
				    "proc /proc";
	case ENFILE:
		return "the system has too many open files: see /proc/sys/fs/file-max";
	case ENOSYS:
		return "the kernel is older than Linux 5.14, or the filter of another "
		       "container hides this system call";
	default:
		return NULL;
	}
}

static void tell(ctr_error *to, const ctr_error *from)
{
	*to = *from;
	to->caller = NULL;
}

static int say(ctr_error *err)
{
	compose(err);
	if (err->caller)
		tell(err->caller, err);
	return -1;
}

int ctr__error_copy(ctr_error *err, int r)
{
	if (r == -ENOMEM)
		return ctr__error_nomem(err);
	return ctr__error_sys(err, -r, "duplicate a descriptor", NULL);
}

CTR_EXPORT int ctr__error_set(ctr_error *err, int code, int errnum, const char *step,
			      const char *object, const char *hint, ...)
{
	va_list args;

	if (!err)
		return -1;

	err->code = code;
	err->errnum = errnum;
	copy(err->step, sizeof(err->step), step);
	copy(err->object, sizeof(err->object), object);
	copy(err->hint, sizeof(err->hint), usual_cause(errnum));
	if (hint) {
		va_start(args, hint);
		vsnprintf(err->hint, sizeof(err->hint), hint, args);
		va_end(args);
	}
	return say(err);
}

int ctr__error_hint(ctr_error *err, const char *hint, ...)
{
	va_list args;

	if (!err)
		return -1;
	va_start(args, hint);
	vsnprintf(err->hint, sizeof(err->hint), hint, args);
	va_end(args);
	return say(err);
}

CTR_EXPORT int ctr__error_nomem(ctr_error *err)
{
	return ctr__error_set(err, CTR_E_NOMEM, ENOMEM, "allocate memory", NULL, NULL);
}

CTR_EXPORT int ctr__error_value(ctr_error *err, const char *what, const char *value,
				const char *expected)
{
	return ctr__error_set(err, CTR_E_INVALID, 0, what, value ? value : "NULL", "expected %s",
			      expected);
}

CTR_EXPORT int ctr__error_number(ctr_error *err, const char *what, uint64_t value,
				 const char *expected)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return ctr__error_value(err, what, text, expected);
}

int ctr__error_int(ctr_error *err, const char *what, int value, const char *expected)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", value);
	return ctr__error_value(err, what, text, expected);
}

int ctr__error_bits(ctr_error *err, const char *what, uint64_t bits)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)bits);
	return ctr__error_set(err, CTR_E_INVALID, 0, what, text, "unknown or conflicting bits");
}

CTR_EXPORT int ctr__error_sys(ctr_error *err, int errnum, const char *step, const char *object)
{
	return ctr__error_set(err, errnum == ENOMEM ? CTR_E_NOMEM : CTR_E_SYSTEM, errnum, step,
			      object, NULL);
}

static int refuse_no_object(const char *object, ctr_error *err)
{
	if (ctr_error_code(err))
		return -1;
	return ctr__error_set(err, CTR_E_INVALID, 0, object, "NULL",
			      "it was never created, or creating it failed");
}

int ctr__error_missing(ctr_error *err, const char *object)
{
	ctr_error *caller = err ? err->caller : NULL;

	if (!ctr_error_code(caller))
		return refuse_no_object(object, err);
	*err = *caller;
	err->caller = caller;
	return -1;
}

int ctr__error_begin(ctr_error *first, const char *object, ctr_error **err)
{
	if (!first)
		return refuse_no_object(object, *err);
	if (first->code || *err == first) /* it is kept already, or a setter calls another */
		return 0;
	first->caller = *err;
	*err = first;
	return 0;
}

int ctr__error_check(const ctr_error *first, ctr_error *err)
{
	if (!first->code)
		return 0;
	if (err)
		tell(err, first);
	return -1;
}

CTR_EXPORT ctr_error *ctr_error_new(void)
{
	return calloc(1, sizeof(ctr_error));
}

CTR_EXPORT void ctr_error_free(ctr_error *err)
{
	free(err);
}

CTR_EXPORT void ctr_error_clear(ctr_error *err)
{
	if (err)
		memset(err, 0, sizeof(*err));
}

CTR_EXPORT int ctr_error_code(const ctr_error *err)
{
	return err ? err->code : CTR_E_NONE;
}

CTR_EXPORT int ctr_error_errno(const ctr_error *err)
{
	return err ? err->errnum : 0;
}

CTR_EXPORT const char *ctr_error_step(const ctr_error *err)
{
	return err ? err->step : "";
}

CTR_EXPORT const char *ctr_error_object(const ctr_error *err)
{
	return err ? err->object : "";
}

CTR_EXPORT const char *ctr_error_hint(const ctr_error *err)
{
	return err ? err->hint : "";
}

CTR_EXPORT const char *ctr_error_message(const ctr_error *err)
{
	return err ? err->message : "";
}

static void add_json(struct ctr__buf *b, const char *name, const char *text)
{
	ctr__buf_add(b, ",\"%s\":", name);
	ctr__json_add_string(b, text);
}

CTR_EXPORT size_t ctr_error_json(const ctr_error *err, char *text, size_t size)
{
	struct ctr__buf b;

	ctr__buf_init(&b, text, size);
	ctr__buf_add(&b, "{\"code\":\"%s\",\"errno\":%d", code_words[ctr_error_code(err)],
		     ctr_error_errno(err));
	add_json(&b, "step", ctr_error_step(err));
	add_json(&b, "object", ctr_error_object(err));
	add_json(&b, "hint", ctr_error_hint(err));
	add_json(&b, "message", ctr_error_message(err));
	ctr__buf_add(&b, "}");
	return b.len;
}
