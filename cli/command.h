/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_COMMAND_H
#define MINICTR_CLI_COMMAND_H

#include "opt.h"

/* What minictr exits with when it does not pass on the program's own status. */
enum {
	EXIT_OURS = 125,
	EXIT_NOT_EXECUTABLE = 126,
	EXIT_NOT_FOUND = 127,
	EXIT_SIGNAL = 128, /* plus the number of the signal */
};

struct command {
	const char *name;
	const char *option; /* the same as an option, or NULL */
	const char *letter;
	const char *summary;
	int (*run)(int argc, char **argv);
	void (*help)(const char *name);
	const struct opt_theme *themes; /* of its options; NULL: it has none */
	const char *operands; /* what follows them, such as "DIR FILE...", see opt.words */
};

extern const struct opt_theme chroot_themes[], completion_themes[], doctor_themes[], gc_themes[],
	jail_themes[], run_themes[];

int cmd_run(int argc, char **argv);
int cmd_explain(int argc, char **argv);
void cmd_run_help(const char *name);
int cmd_doctor(int argc, char **argv);
void cmd_doctor_help(const char *name);
int cmd_jail(int argc, char **argv);
void cmd_jail_help(const char *name);
int cmd_chroot(int argc, char **argv);
void cmd_chroot_help(const char *name);
int cmd_gc(int argc, char **argv);
void cmd_gc_help(const char *name);
int completion_main(const struct command *commands, int argc, char **argv);
void cmd_completion_help(const char *name);

#endif
