/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "command.h"
#include "print.h"

#define USUAL_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static const struct opt options[] = {
	{ .name = "--help",
	  .letter = 'h',
	  .help = "show this text",
	  .set = opt_show_help,
	  .show = cmd_chroot_help },
	{ .name = NULL },
};

const struct opt_theme chroot_themes[] = {
	{ "Options", options },
	{ NULL, NULL },
};

void cmd_chroot_help(const char *name)
{
	printf("Usage: minictr %s [--] DIR CMD [ARG...]\n"
	       "\n"
	       "Makes DIR the root directory, goes there and executes CMD, as chroot(8) does. If\n"
	       "CMD can't be executed, it reports the reason before anything is changed.\n"
	       "\n"
	       "This hides files and isolates nothing: processes, network, devices and privileges\n"
	       "are the host's, and root can leave a chroot. For a boundary use\n"
	       "minictr run --rootfs DIR.\n",
	       name);
	opt_print(chroot_themes);
	fputs("\n"
	      "The exit status is CMD's own; 125 for an error of minictr; 126 when CMD can't be\n"
	      "run, 127 when it is not found.\n",
	      stdout);
}

static int status_of(const ctr_error *err)
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

static void report_chroot(const ctr_error *err)
{
	if (ctr_error_errno(err) == EPERM)
		print_refusal("change the root directory", NULL,
			      "Operation not permitted; this needs CAP_SYS_CHROOT: as an ordinary "
			      "user, use minictr run --rootfs DIR");
	else
		print_error(NULL, err);
}

/* Many programs need it, and say nothing of use: git, ssh. */
static void look_for_null(const char *dir)
{
	struct stat st;

	if (stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))
		return;
	print_refusal("warning", dir,
		      "there is no device /dev/null in it, which many programs need: "
		      "minictr jail --with dev DIR makes it, and needs CAP_MKNOD");
}

/* words: DIR, CMD and its arguments. */
static int enter(char **words, ctr_error *err)
{
	const char *search = getenv("PATH");
	char path[PATH_MAX];

	if (ctr_program_find(words[0], words[1], search && *search ? search : USUAL_PATH, path,
			     sizeof(path), err) < 0) {
		print_error(NULL, err);
		return status_of(err);
	}
	if (ctr_chroot(words[0], err) < 0) {
		report_chroot(err);
		return EXIT_OURS;
	}
	look_for_null(words[0]);
	execv(path, words + 1);
	print_failure("execute", path, errno);
	return errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

static int chroot_words(int argc, char **argv, ctr_error *err)
{
	int first = opt_parse(chroot_themes, NULL, argc, argv);

	if (first == OPT_ANSWERED)
		return EXIT_SUCCESS;
	if (first < 0)
		return EXIT_OURS;
	if (argc - first < 2) {
		print_refusal(NULL, NULL, "expected DIR CMD [ARG...]");
		return EXIT_OURS;
	}
	return enter(argv + first, err);
}

int cmd_chroot(int argc, char **argv)
{
	ctr_error *err = ctr_error_new();
	int status;

	print_set_command(argv[0]);
	status = chroot_words(argc, argv, err);
	ctr_error_free(err);
	return status;
}
