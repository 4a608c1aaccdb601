/* SPDX-License-Identifier: MIT */
/* What a primitive did to the process that called it, as the kernel tells it. */
#ifndef TESTS_PRIMITIVES_EFFECT_H
#define TESTS_PRIMITIVES_EFFECT_H

#include <minictr.h>

/* For the calls of a test; made anew for each. */
extern ctr_error *err;
void effect_begin(void);
void effect_end(void);

/*
 * A test whose body runs in a child with mounts of its own: at is the loop's
 * number. The body must close what it opens: descriptors are counted.
 */
#define TEST_IN_CHILD(name)                                                                        \
	static void name##_body(void);                                                             \
	START_TEST(name)                                                                           \
	{                                                                                          \
		effect_in_child(name##_body, _i);                                                  \
	}                                                                                          \
	END_TEST                                                                                   \
	static void name##_body(void)

extern int at;
void effect_in_child(void (*body)(void), int index);

/* The result of a primitive must be 0. */
void effect_done(int result);

/*
 * Around a call that must be refused, with this code, errno and words in the
 * message: what the process has is the same before and after.
 */
void effect_note(void);
void effect_refused(int result, int code, int errnum, const char *words);

/* From now on the kernel answers this system call of the thread with the errno. */
void effect_deny(int number, int errnum);

/* Becomes user 1000, without privileges, with a readable /proc/self. */
void effect_drop_privileges(void);

/* Of the topmost mount at a path; "" if there is none. Valid until the next call. */
const char *effect_flags(const char *path);	  /* "ro,nosuid", without those of times */
const char *effect_type(const char *path);	  /* of the file system */
const char *effect_propagation(const char *path); /* "shared", "master", "unbindable" */
int effect_mounts(void);			  /* how many there are */

/* The namespace that /proc/thread-self/ns/NAME is; valid until the fourth call after it. */
const char *effect_namespace(const char *name);

#endif
