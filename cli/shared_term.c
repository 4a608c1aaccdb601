/* SPDX-License-Identifier: MIT */
#include "shared_term.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "job.h"

enum { OTHERS_TURNS = 100, OTHERS_TURN_US = 10000 };

/* ---- before ---- */

static bool is_in_foreground(int fd)
{
	const pid_t foreground = tcgetpgrp(fd);

	return foreground < 0 || foreground == getpgrp();
}

static bool is_noted(const struct shared_terms *terms, int fd)
{
	struct stat now, noted;

	for (size_t i = 0; i < terms->n; i++)
		if (fstat(fd, &now) == 0 && fstat(terms->v[i].fd, &noted) == 0 &&
		    now.st_rdev == noted.st_rdev)
			return true;
	return false;
}

static bool note(struct shared_term *term, int fd)
{
	*term = (struct shared_term){ .fd = fd, .flags = fcntl(fd, F_GETFL) };
	if (ioctl(fd, TIOCGETD, &term->discipline) < 0 || ioctl(fd, TIOCGWINSZ, &term->size) < 0 ||
	    ioctl(fd, TIOCGEXCL, &term->exclusive) < 0)
		return false;
	return tcgetattr(fd, &term->mode) == 0;
}

void shared_terms_note(struct shared_terms *terms)
{
	terms->n = 0;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (isatty(fd) && is_in_foreground(fd) && !is_noted(terms, fd) &&
		    note(&terms->v[terms->n], fd))
			terms->n++;
}

/* ---- after ---- */

static void release(const struct shared_term *term)
{
	int now;

	if (fcntl(term->fd, F_GETFL) != term->flags)
		fcntl(term->fd, F_SETFL, term->flags);
	if (ioctl(term->fd, TIOCGEXCL, &now) == 0 && now && !term->exclusive)
		ioctl(term->fd, TIOCNXCL);
	if (ioctl(term->fd, TIOCGETD, &now) == 0 && now != term->discipline)
		ioctl(term->fd, TIOCSETD, &term->discipline);
	tcflow(term->fd, TCOON); /* output that was suspended; else nothing */
}

void shared_terms_release(const struct shared_terms *terms)
{
	for (size_t i = 0; i < terms->n; i++)
		if (is_in_foreground(terms->v[i].fd))
			release(&terms->v[i]);
}

static bool has_mode(const struct shared_term *term)
{
	const struct termios *was = &term->mode;
	struct termios now;

	if (tcgetattr(term->fd, &now) < 0)
		return true;
	return now.c_iflag == was->c_iflag && now.c_oflag == was->c_oflag &&
	       now.c_cflag == was->c_cflag && now.c_lflag == was->c_lflag &&
	       memcmp(now.c_cc, was->c_cc, sizeof(now.c_cc)) == 0;
}

static bool has_same_cells(int pixels, int n, int pixels_before, int n_before)
{
	return pixels && n && n_before && pixels / n == pixels_before / n_before;
}

/* A window that was resized meanwhile has other pixels too, in characters of the same size. */
static bool has_size(const struct shared_term *term)
{
	const struct winsize *was = &term->size;
	struct winsize now;

	if (ioctl(term->fd, TIOCGWINSZ, &now) < 0 || memcmp(&now, was, sizeof(now)) == 0)
		return true;
	return has_same_cells(now.ws_xpixel, now.ws_col, was->ws_xpixel, was->ws_col) &&
	       has_same_cells(now.ws_ypixel, now.ws_row, was->ws_ypixel, was->ws_row);
}

static bool are_changed(const struct shared_terms *terms)
{
	for (size_t i = 0; i < terms->n; i++)
		if (!has_mode(&terms->v[i]) || !has_size(&terms->v[i]))
			return true;
	return false;
}

/* The end of our output is what the others of a pipeline wait for. */
static void close_outputs(void)
{
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		if (null >= 0 && !isatty(fd))
			dup2(null, fd);
	if (null >= 0)
		close(null);
}

/* Also when whoever has changed them has put them back. */
static bool await_others(const struct shared_terms *terms)
{
	for (int turn = 0; turn < OTHERS_TURNS; turn++) {
		if (!are_changed(terms))
			return false;
		if (!job_has_others())
			return true;
		usleep(OTHERS_TURN_US);
	}
	return false;
}

static void restore(const struct shared_term *term)
{
	if (!is_in_foreground(term->fd))
		return;
	if (!has_mode(term))
		tcsetattr(term->fd, TCSANOW, &term->mode);
	if (!has_size(term))
		ioctl(term->fd, TIOCSWINSZ, &term->size);
}

void shared_terms_restore(const struct shared_terms *terms)
{
	if (!are_changed(terms))
		return;
	close_outputs();
	if (!await_others(terms))
		return;
	for (size_t i = 0; i < terms->n; i++)
		restore(&terms->v[i]);
}
