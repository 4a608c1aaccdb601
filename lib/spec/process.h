/* SPDX-License-Identifier: MIT */
/* What the setters of a process have stored, for lib/compile to read. */
#ifndef CTR_SPEC_PROCESS_H
#define CTR_SPEC_PROCESS_H

#include <minictr/process.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/error.h"
#include "spec/confine.h"
#include "spec/fds.h"
#include "spec/program.h"
#include "spec/seccomp.h"
#include "spec/user.h"

#define CTR__RLIMITS 16 /* RLIMIT_NLIMITS of Linux */

/* Whether an init comes before the program; AUTO: where it would be the first process. */
enum ctr__init_choice {
	CTR__INIT_AUTO,
	CTR__INIT_ON,
	CTR__INIT_OFF,
};

/* What posix_spawn(3) has attributes for, and more of that kind: plain values. */
struct ctr__attributes {
	struct {
		bool set;
		struct rlimit64 limit;
	} rlimits[CTR__RLIMITS];
	uint64_t signal_mask;
	uint32_t umask;
	int nice;
	bool set_nice;
	int oom_score_adj;
	bool set_oom_score_adj;
	enum ctr__init_choice init;
	bool tty;
	uint16_t rows, columns;
	bool new_session;
	bool die_with_parent;
	bool keyring; /* of its own */
};

struct ctr_process {
	ctr_error *failed; /* the first failure of a setter; a spec's process has the spec's */
	struct ctr__program program;
	struct ctr__fds fds;
	struct ctr__user user;
	struct ctr__attributes attr;
	struct ctr__confine confine;
	struct ctr__seccomp seccomp;
};

/* At the beginning of each setter: ctr__error_begin(). */
static inline int ctr__process_begin(ctr_process *process, ctr_error **err)
{
	return ctr__error_begin(process ? process->failed : NULL, "process", err);
}

/*
 * The defaults, into one that is all zeros; 0 or -errno, also if failed is NULL. It is to be
 * cleared in any case, and failed is the caller's to free.
 */
int ctr__process_init(ctr_process *process, ctr_error *failed);

/* All but the failures, into one that has none; to be cleared in any case; 0 or -errno. */
int ctr__process_copy(ctr_process *to, const ctr_process *from);

void ctr__process_clear(ctr_process *process);

#endif
