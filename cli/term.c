/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "term.h"

void term_open(struct term *term)
{
	*term = (struct term){ 0 };
	term->exists = isatty(STDIN_FILENO);
}

bool term_is_ours(const struct term *term)
{
	pid_t foreground;

	if (!term->exists)
		return false;
	foreground = tcgetpgrp(STDIN_FILENO);
	return foreground < 0 || foreground == getpgrp();
}

static bool is_same_mode(const struct termios *a, const struct termios *b)
{
	if (a->c_iflag != b->c_iflag || a->c_oflag != b->c_oflag)
		return false;
	return a->c_cflag == b->c_cflag && a->c_lflag == b->c_lflag;
}

/*
 * What is to be restored is read as late as this: a shell that started us in
 * the background had the terminal in a mode of its own until now.
 */
void term_make_raw(struct term *term)
{
	struct termios now;

	if (term->raw || !term_is_ours(term) || tcgetattr(STDIN_FILENO, &now) < 0)
		return;
	if (is_same_mode(&now, &term->mode)) {
		term->raw = true;
		return;
	}
	term->saved = now;
	term->mode = now;
	cfmakeraw(&term->mode);
	atomic_signal_fence(memory_order_seq_cst); /* a handler may restore what is saved */
	term->raw = true;
	atomic_signal_fence(memory_order_seq_cst);
	/* TCSANOW, for the others wait until somebody has read what is to be shown. */
	tcsetattr(STDIN_FILENO, TCSANOW, &term->mode);
}

void term_forget_raw(struct term *term)
{
	term->raw = false;
}

/* Also after a stop that we were not asked about, when nobody has set it since. */
static bool is_raw(const struct term *term)
{
	struct termios now;

	if (term->raw)
		return true;
	return tcgetattr(STDIN_FILENO, &now) == 0 && is_same_mode(&now, &term->mode);
}

void term_restore(struct term *term)
{
	if (!term_is_ours(term) || !is_raw(term))
		return;
	tcsetattr(STDIN_FILENO, TCSANOW, &term->saved);
	term->raw = false;
}

/* ---- signals that end minictr ---- */

static struct term *volatile guarded;

/* All that is called is async-signal-safe: signal-safety(7). The action is the default by now. */
static void restore_and_end(int sig)
{
	struct term *term = guarded;

	if (term)
		term_restore(term);
	raise(sig);
}

void term_guard(struct term *term)
{
	static const int ending[] = { SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS };
	struct sigaction action = { .sa_handler = restore_and_end, .sa_flags = SA_RESETHAND };
	struct sigaction before;

	guarded = term;
	for (size_t i = 0; term && i < sizeof(ending) / sizeof(ending[0]); i++)
		if (sigaction(ending[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			sigaction(ending[i], &action, NULL);
}

/* ---- the size ---- */

static bool read_size(struct winsize *size)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (ioctl(fd, TIOCGWINSZ, size) == 0)
			return true;
	return false;
}

void term_get_size(uint16_t *rows, uint16_t *columns)
{
	struct winsize size = { 0 };

	read_size(&size);
	*rows = size.ws_row;
	*columns = size.ws_col;
}

void term_copy_size(int master)
{
	struct winsize size;

	if (read_size(&size))
		ioctl(master, TIOCSWINSZ, &size);
}
