/* SPDX-License-Identifier: MIT */
/*
 * What the children of a probe try where no other step does the same: functions for
 * CTR__STEP_TRY. Child code: see plan/run.h.
 */
#ifndef CTR_PROBE_CHILD_H
#define CTR_PROBE_CHILD_H

#include "plan/step.h"

int ctr__try_pidfd(const struct ctr__step_try *t);
int ctr__try_openat2(const struct ctr__step_try *t);
int ctr__try_close_range(const struct ctr__step_try *t);

/* Directories for an overlay in the tmpfs that is on CTR__TRY_DIR. */
int ctr__try_overlay_dirs(const struct ctr__step_try *t);
#define CTR__TRY_DIR "/proc"

/* Hands the caller's user namespace through the socket in fd. */
int ctr__try_send_user_ns(const struct ctr__step_try *t);

/* A mount with the ids of the user namespace in fd. */
int ctr__try_idmap_tmpfs(const struct ctr__step_try *t);
int ctr__try_idmap_root(const struct ctr__step_try *t);

int ctr__try_seccomp(const struct ctr__step_try *t);
int ctr__try_seccomp_notify(const struct ctr__step_try *t);
int ctr__try_landlock(const struct ctr__step_try *t);

#endif
