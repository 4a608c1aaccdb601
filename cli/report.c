/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "print.h"

static void put_usage(FILE *out, const ctr_usage *usage)
{
	const char *name;
	uint64_t value;

	for (uint32_t what = 0; (name = ctr_usage_name(what)); what++) {
		fprintf(out, ",\"%s\":", name);
		if (ctr_usage_get(usage, what, &value))
			fprintf(out, "%" PRIu64, value);
		else
			fputs("null", out);
	}
}

/* Why the numbers that a control group counts are null, if it had none. */
static void put_missing(FILE *out, const ctr_usage *usage, ctr_error *err)
{
	const char *reason = "none was made";
	char text[1024];
	uint64_t value;

	if (ctr_usage_get(usage, CTR_USAGE_MEMORY_BYTES, &value) ||
	    ctr_usage_get(usage, CTR_USAGE_PIDS, &value))
		return;
	if (ctr_cgroup_find("memory", NULL, 0, err) < 0)
		reason = ctr_error_message(err);
	snprintf(text, sizeof(text), "no control group: %s", reason);
	fputs(",\"missing\":", out);
	json_put_string(out, text);
}

static int write_line(const struct run *run, FILE *out, char **line, const size_t *size)
{
	int rc;

	fputs("}\n", out);
	if (fclose(out) == 0)
		rc = out_file_write(&run->report, *line, *size);
	else
		rc = print_failure(run->report.option, NULL, ENOMEM);
	free(*line);
	return rc;
}

static void put_number(FILE *out, const char *name, bool known, int value)
{
	if (known)
		fprintf(out, ",\"%s\":%d", name, value);
	else
		fprintf(out, ",\"%s\":null", name);
}

/* A program has an exit code or a signal; neither, where nobody knows how it ended. */
static void put_end(FILE *out, const ctr_container *container)
{
	const int code = ctr_container_exit_code(container);
	const int sig = ctr_container_exit_signal(container);

	fprintf(out, "{\"end\":\"%s\"", ctr_container_end_name(ctr_container_end(container)));
	put_number(out, "exit_code", code >= 0, code);
	put_number(out, "signal", sig > 0, sig);
}

static void put_sigsys(FILE *out, const ctr_container *container,
		       const struct refused_call *refused)
{
	const char *machine = ctr_container_machine(container);

	if (ctr_container_exit_signal(container) != SIGSYS)
		return;
	if (machine)
		fprintf(out, ",\"program_machine\":\"%s\"", machine);
	else
		fputs(",\"program_machine\":null", out);
	if (refused)
		fprintf(out, ",\"refused_call\":{\"machine\":\"%s\",\"number\":%lu}",
			refused->machine, refused->number);
	else
		fputs(",\"refused_call\":null", out);
}

int report_container(const struct run *run, const ctr_container *container,
		     const struct refused_call *refused)
{
	ctr_usage *usage;
	char *line = NULL;
	size_t size = 0;
	FILE *out;

	if (!run->report.option)
		return 0;
	usage = ctr_usage_new(run->draft.err);
	if (!usage || ctr_container_stats(container, usage, run->draft.err) < 0) {
		ctr_usage_free(usage);
		return print_error(run->report.option, run->draft.err);
	}
	out = open_memstream(&line, &size);
	if (out) {
		put_end(out, container);
		put_sigsys(out, container, refused);
		put_usage(out, usage);
		put_missing(out, usage, run->draft.err);
	}
	ctr_usage_free(usage);
	return out ? write_line(run, out, &line, &size)
		   : print_failure(run->report.option, NULL, ENOMEM);
}

int report_failure(const struct run *run)
{
	char *error, *line = NULL;
	size_t size = 0;
	FILE *out;

	if (!run->report.option)
		return 0;
	out = open_memstream(&line, &size);
	if (!out)
		return print_failure(run->report.option, NULL, ENOMEM);
	error = error_to_json(run->draft.err);
	fprintf(out, "{\"end\":\"launch_failed\",\"error\":%s", error ? error : "null");
	free(error);
	return write_line(run, out, &line, &size);
}

void report_limit(const struct run *run, const ctr_container *container)
{
	switch (ctr_container_end(container)) {
	case CTR_END_OUT_OF_MEMORY:
		print_refusal("--memory", run->draft.resources.memory,
			      "out of memory: the kernel killed processes of the container at "
			      "this limit");
		break;
	case CTR_END_WALL_LIMIT:
		print_refusal("--timeout", run->draft.timeout,
			      "the container was killed: it reached this time limit");
		break;
	case CTR_END_CPU_LIMIT:
		print_refusal("--cpu-time", run->draft.cpu_time,
			      "the container was killed: it used up its CPU time");
		break;
	case CTR_END_OUTPUT_LIMIT:
		print_refusal("--output-limit", run->draft.output_limit,
			      "the program failed: it tried to write more to a file");
		break;
	default:
		break;
	}
}

/* ---- SIGSYS ---- */

static bool is_native(const char *machine)
{
	return !machine || !*refused_call_native() || strcmp(machine, refused_call_native()) == 0;
}

static void tell_call(const struct run *run, const struct refused_call *refused)
{
	if (run->draft.filter_chosen || is_native(refused->machine))
		print_refusal(
			NULL, NULL,
			"the program was ended by SIGSYS for call %lu of %s, which its filter "
			"of system calls refuses",
			refused->number, refused->machine);
	else
		print_refusal(NULL, NULL,
			      "the program was ended by SIGSYS for call %lu of %s: the default "
			      "filter of system calls allows only those of %s",
			      refused->number, refused->machine, refused_call_native());
}

void report_sigsys(const struct run *run, const ctr_container *container,
		   const struct refused_call *refused)
{
	const char *machine = ctr_container_machine(container);

	if (ctr_container_exit_signal(container) != SIGSYS)
		return;
	if (refused)
		tell_call(run, refused);
	else if (is_native(machine))
		print_refusal(NULL, NULL,
			      "the program was ended by SIGSYS, as by a filter of system calls");
	else if (run->draft.filter_chosen)
		print_refusal(NULL, NULL,
			      "the program, which is made for %s, was ended by SIGSYS, as by a "
			      "filter of system calls",
			      machine);
	else
		print_refusal(NULL, NULL,
			      "the program was ended by SIGSYS: it is made for %s, and the default "
			      "filter of system calls allows only those of %s",
			      machine, refused_call_native());
}
