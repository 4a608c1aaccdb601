/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "hidden.h"
#include "print.h"
#include "relay.h"
#include "report.h"
#include "run.h"
#include "shared_term.h"
#include "signals.h"

static const char examples[] =
	"\n"
	"Examples:\n"
	"  minictr run -- sh                       a shell on the host's files, read-only\n"
	"  minictr run --rootfs ./alpine --hostname box -v ./src:/src:ro -- ls /src\n"
	"  minictr run --pids-limit 20 -v .:/src -w /src --tmpfs /data:size=64m -- make\n"
	"\n"
	"Without --rootfs the program sees the host's files, which is for programs that you\n"
	"would run on this host anyway; for others use --rootfs, as with minictr jail.\n"
	"\n"
	"The exit status is the program's own; 128 + N when signal N ended it; 125 for an\n"
	"error of minictr; 126 when the program can't be run, 127 when it is not found.\n";

void cmd_run_help(const char *name)
{
	printf("Usage: minictr %s [OPTIONS] [--] CMD [ARG...]\n", name);
	opt_print(run_themes);
	fputs(examples, stdout);
}

/* ---- from the command line to a spec ---- */

static int add_program(struct draft *draft, char **words)
{
	if (!*words)
		return print_refusal(NULL, NULL, "no program is given, expected CMD [ARG...]");
	for (; *words; words++)
		if (ctr_process_add_arg(draft->process, *words, draft->err) < 0)
			return print_error("CMD", draft->err);
	return ctr_process_set_check_args(draft->process, 1, draft->err) < 0
		       ? print_error("CMD", draft->err)
		       : 0;
}

/* ---- from a spec to an exit status ---- */

static int status_of_error(const ctr_error *err)
{
	switch (ctr_error_code(err)) {
	case CTR_E_NOT_EXECUTABLE:
		return EXIT_NOT_EXECUTABLE;
	case CTR_E_NOT_FOUND:
		return EXIT_NOT_FOUND;
	default:
		return EXIT_OURS;
	}
}

static int report(const struct run *run)
{
	print_error(NULL, run->draft.err);
	return status_of_error(run->draft.err);
}

static int print_step(const ctr_plan *plan, size_t index)
{
	size_t size = ctr_plan_describe(plan, index, NULL, 0) + 1;
	char *text = malloc(size);

	if (!text)
		return print_failure("describe a step", NULL, errno);
	ctr_plan_describe(plan, index, text, size);
	printf("%3zu  %s\n", index + 1, text);
	free(text);
	return 0;
}

static int explain(const struct run *run)
{
	ctr_plan *plan = ctr_plan_compile(run->draft.spec, run->draft.err);
	int rc = 0;

	if (!plan)
		return report(run);
	for (size_t i = 0; rc == 0 && i < ctr_plan_count(plan); i++)
		rc = print_step(plan, i);
	ctr_plan_free(plan);
	return rc < 0 ? EXIT_OURS : EXIT_SUCCESS;
}

/* A call that a filter asks about would wait for ever: without a listener it gets ENOSYS. */
static void refuse_notifications(ctr_container *container)
{
	int fd = ctr_container_take_seccomp_fd(container);

	if (fd >= 0)
		close(fd);
}

static const struct refused_call *find_refused(const struct run *run,
					       const ctr_container *container,
					       struct refused_call *call)
{
	const pid_t pid = ctr_container_program_pid(container);

	if (ctr_container_exit_signal(container) != SIGSYS)
		return NULL;
	return refused_call_find(pid, run->began, call) ? call : NULL;
}

static int spawn(const struct run *run, int signals, const struct shared_terms *terms)
{
	struct forward forward = {
		.container = ctr_spawn(run->draft.spec, run->draft.err),
	};
	const struct refused_call *refused;
	struct refused_call call;
	int status;

	if (!forward.container) {
		report_failure(run);
		return report(run);
	}
	forward.has_init = ctr_container_program_pid(forward.container) !=
			   ctr_container_pid(forward.container);
	forward.is_pid1 = !forward.has_init && !run->draft.host_pid;
	refuse_notifications(forward.container);
	status = relay_until_end(&forward, signals);
	shared_terms_release(terms);
	report_limit(run, forward.container);
	refused = find_refused(run, forward.container, &call);
	report_sigsys(run, forward.container, refused);
	if (report_container(run, forward.container, refused) < 0)
		status = EXIT_OURS;
	ctr_container_free(forward.container);
	return status;
}

/* Signals are taken over first: one that comes meanwhile waits for the program. */
static int execute(const struct run *run)
{
	int signals = signals_take(), status;
	struct shared_terms terms = { .n = 0 };

	if (signals < 0) {
		print_failure("take over signals", NULL, errno);
		return EXIT_OURS;
	}
	if (!opt_wants_tty(&run->draft))
		shared_terms_note(&terms);
	status = spawn(run, signals, &terms);
	shared_terms_restore(&terms);
	close(signals);
	return status;
}

/* ---- the commands ---- */

static int run_words(struct run *run, int argc, char **argv)
{
	struct draft *draft = &run->draft;
	int first = opt_parse(run_themes, run, argc, argv);

	if (first == OPT_ANSWERED)
		return EXIT_SUCCESS;
	if (first < 0 || draft_finish(draft) < 0 || add_program(draft, argv + first) < 0 ||
	    opt_finish_terminal(draft) < 0)
		return EXIT_OURS;
	hidden_warn(draft);
	run->began = time(NULL);
	if (run->report.option && !run->explain && out_file_prepare(&run->report, draft) < 0)
		return EXIT_OURS;
	return run->explain ? explain(run) : execute(run);
}

static int run_as(struct run *run, int argc, char **argv)
{
	int status = EXIT_OURS;

	print_set_command(argv[0]);
	if (draft_start(&run->draft) == 0)
		status = run_words(run, argc, argv);
	else
		print_error(NULL, run->draft.err);
	out_file_close(&run->report);
	draft_end(&run->draft);
	return status;
}

int cmd_run(int argc, char **argv)
{
	struct run run = { 0 };

	return run_as(&run, argc, argv);
}

int cmd_explain(int argc, char **argv)
{
	struct run run = { .explain = true };

	return run_as(&run, argc, argv);
}
