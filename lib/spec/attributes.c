/* SPDX-License-Identifier: MIT */
/* The plain attributes of a process. */
#include <stdio.h>

#include "base/export.h"
#include "spec/process.h"

CTR_EXPORT int ctr_process_set_umask(ctr_process *process, uint32_t mask, ctr_error *err)
{
	char text[16];

	if (ctr__process_begin(process, &err))
		return -1;
	if (mask > 0777) {
		snprintf(text, sizeof(text), "0%o", mask);
		return ctr__error_value(err, "umask", text, "at most 0777");
	}
	process->attr.umask = mask;
	return 0;
}

CTR_EXPORT int ctr_process_set_rlimit(ctr_process *process, int resource, uint64_t soft,
				      uint64_t hard, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	if (resource < 0 || resource >= CTR__RLIMITS)
		return ctr__error_int(err, "resource", resource, "a RLIMIT_* of getrlimit(2)");
	if (soft > hard)
		return ctr__error_number(err, "soft resource limit", soft,
					 "at most the hard limit");
	process->attr.rlimits[resource].set = true;
	process->attr.rlimits[resource].limit =
		(struct rlimit64){ .rlim_cur = soft, .rlim_max = hard };
	return 0;
}

CTR_EXPORT int ctr_process_set_priority(ctr_process *process, int nice, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	if (nice < -20 || nice > 19)
		return ctr__error_int(err, "nice value", nice, "-20 to 19");
	process->attr.nice = nice;
	process->attr.set_nice = true;
	return 0;
}

CTR_EXPORT int ctr_process_set_oom_score_adj(ctr_process *process, int adjustment, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	if (adjustment < -1000 || adjustment > 1000)
		return ctr__error_int(err, "OOM score adjustment", adjustment, "-1000 to 1000");
	process->attr.oom_score_adj = adjustment;
	process->attr.set_oom_score_adj = true;
	return 0;
}

CTR_EXPORT int ctr_process_set_signal_mask(ctr_process *process, uint64_t mask, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	process->attr.signal_mask = mask;
	return 0;
}

CTR_EXPORT int ctr_process_set_init(ctr_process *process, int enabled, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	process->attr.init = enabled ? CTR__INIT_ON : CTR__INIT_OFF;
	return 0;
}

CTR_EXPORT int ctr_process_set_tty(ctr_process *process, int enabled, uint16_t rows,
				   uint16_t columns, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	process->attr.rows = rows;
	process->attr.columns = columns;
	process->attr.tty = enabled;
	return 0;
}

CTR_EXPORT int ctr_process_set_new_session(ctr_process *process, int enabled, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	process->attr.new_session = enabled;
	return 0;
}

CTR_EXPORT int ctr_process_set_die_with_parent(ctr_process *process, int enabled, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	process->attr.die_with_parent = enabled;
	return 0;
}

CTR_EXPORT int ctr_process_set_keyring(ctr_process *process, int own, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	process->attr.keyring = own;
	return 0;
}
