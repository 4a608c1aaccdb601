/* SPDX-License-Identifier: MIT */
#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "cli/cli.h"

enum { OUT_SIZE = 8 << 20, ARGS_MAX = 64, DEADLINE_MS = 20000 };

/* Not a status of waitpid(2)'s. */
enum { NO_NEWS = -1 };

enum order { LOOK, GIVE, TAKE };

char terminal_out[OUT_SIZE];

/* ---- the shell: a process that does as it is told ---- */

/* Who sets the foreground from the background is stopped by SIGTTOU, if it is not ignored. */
static void set_foreground(pid_t group)
{
	signal(SIGTTOU, SIG_IGN);
	if (tcsetpgrp(STDERR_FILENO, group) < 0)
		_exit(98);
	signal(SIGTTOU, SIG_DFL);
}

/* Reads what minictr writes; in its process group, and a child of somebody else. */
static void start_next(const char *command)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		_exit(95);
	if (fork() == 0) {
		if (fork() > 0)
			_exit(0);
		dup2(ends[0], STDIN_FILENO);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(94);
	}
	wait(NULL);
	dup2(ends[1], STDOUT_FILENO);
}

static void become_minictr(const char *const *args, const struct terminal_start *start)
{
	char *argv[ARGS_MAX] = { strdup("minictr") };

	for (int i = 0; args[i] && i + 2 < ARGS_MAX; i++)
		argv[i + 1] = strdup(args[i]);
	setpgid(0, 0);
	if (!start->background)
		set_foreground(getpid());
	signal(SIGHUP, SIG_DFL);
	if (start->in)
		dup2(start->in, STDIN_FILENO);
	if (start->out)
		dup2(start->out, STDOUT_FILENO);
	if (start->next)
		start_next(start->next);
	execv(MINICTR_PROGRAM, argv);
	_exit(99);
}

static int obey(enum order order, pid_t pid)
{
	int status = NO_NEWS;

	if (order == LOOK && waitpid(pid, &status, WNOHANG) != pid)
		return NO_NEWS;
	if (order == TAKE)
		set_foreground(getpid());
	if (order == GIVE)
		set_foreground(pid);
	if (order == GIVE)
		kill(-pid, SIGCONT);
	return status;
}

static void take_terminal(const char *path)
{
	int fd;

	if (setsid() < 0)
		_exit(97);
	fd = open(path, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0)
		_exit(96);
	for (int i = 0; i <= STDERR_FILENO; i++)
		dup2(fd, i);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Until the test has closed its end, or the terminal hangs up. */
static void be_shell(int orders, const char *const *args, const struct terminal_start *start)
{
	int word;
	pid_t pid;

	signal(SIGHUP, start->shell_stays ? SIG_IGN : SIG_DFL);
	pid = fork();
	if (pid == 0)
		become_minictr(args, start);
	/* A pipe of the test's is to end when minictr closes it, or the test does. */
	orders = dup2(orders, STDERR_FILENO + 1);
	close_range((unsigned)orders + 1, ~0U, 0);
	word = pid;
	while (write(orders, &word, sizeof(word)) == sizeof(word) &&
	       read(orders, &word, sizeof(word)) == sizeof(word))
		word = obey((enum order)word, pid);
	_exit(0);
}

/* ---- orders to it ---- */

static int hear(const struct terminal *t)
{
	struct pollfd watch = { .fd = t->orders, .events = POLLIN };
	int word;

	ck_assert_int_eq(poll(&watch, 1, DEADLINE_MS), 1);
	ck_assert_int_eq(read(t->orders, &word, sizeof(word)), sizeof(word));
	return word;
}

static int tell(const struct terminal *t, int order)
{
	ck_assert_int_eq(write(t->orders, &order, sizeof(order)), sizeof(order));
	return hear(t);
}

void terminal_give(struct terminal *t)
{
	tell(t, GIVE);
}

void terminal_take(struct terminal *t)
{
	tell(t, TAKE);
}

/* ---- the terminal ---- */

/* Settings that nobody has by default, so that resetting them is not restoring them. */
static void make_settings(struct terminal *t)
{
	ck_assert_int_eq(tcgetattr(t->master, &t->before), 0);
	t->before.c_lflag &= ~(tcflag_t)ECHO;
	t->before.c_iflag |= IUTF8;
	t->before.c_cc[VKILL] = 'K' - '@';
	t->before.c_cc[VMIN] = 3;
	ck_assert_int_eq(tcsetattr(t->master, TCSANOW, &t->before), 0);
	ck_assert_int_eq(tcgetattr(t->master, &t->before), 0);
}

void terminal_open(struct terminal *t)
{
	*t = (struct terminal){ .master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC) };
	ck_assert_int_ge(t->master, 0);
	ck_assert_int_eq(grantpt(t->master), 0);
	ck_assert_int_eq(unlockpt(t->master), 0);
	ck_assert_int_eq(fcntl(t->master, F_SETFL, O_NONBLOCK), 0);
	make_settings(t);
	terminal_resize(t, 24, 80);
	terminal_out[0] = '\0';
}

void terminal_start(struct terminal *t, const char *const *args, const struct terminal_start *start)
{
	static const struct terminal_start plain;
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	t->shell = fork();
	ck_assert_int_ge(t->shell, 0);
	if (t->shell == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		take_terminal(ptsname(t->master));
		close(t->master);
		close(ends[0]);
		be_shell(ends[1], args, start ? start : &plain);
	}
	close(ends[1]);
	t->orders = ends[0];
	t->pid = hear(t);
}

void terminal_hang_up(struct terminal *t)
{
	close(t->master);
	t->master = -1;
}

void terminal_close(struct terminal *t)
{
	close(t->orders);
	ck_assert_int_eq(waitpid(t->shell, NULL, 0), t->shell);
	if (t->master >= 0)
		close(t->master);
}

/* What is there to read, if anything. */
static void read_some(struct terminal *t)
{
	char *to = terminal_out + t->length;
	ssize_t n;

	while ((n = read(t->master, to, OUT_SIZE - 1 - t->length)) > 0) {
		t->length += (size_t)n;
		to += n;
	}
	*to = '\0';
}

/* At the end of a test that fails: what the terminal was last seen to show. */
static const char *last_shown(const struct terminal *t)
{
	return terminal_out + (t->length > 400 ? t->length - 400 : 0);
}

static int finish(struct terminal *t, bool reads)
{
	int status;

	for (int turn = 0; (status = tell(t, LOOK)) == NO_NEWS; turn++) {
		ck_assert_msg(turn < DEADLINE_MS, "minictr did not end: %s", last_shown(t));
		usleep(1000);
		if (reads)
			read_some(t);
	}
	if (reads)
		read_some(t);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int terminal_finish(struct terminal *t)
{
	return finish(t, true);
}

int terminal_finish_unread(struct terminal *t)
{
	return finish(t, false);
}

void terminal_await(struct terminal *t, const char *text)
{
	const char *found;

	for (int turn = 0; !(found = strstr(terminal_out + t->seen, text)); turn++) {
		ck_assert_msg(turn < DEADLINE_MS, "\"%s\" never came, but: %s", text,
			      terminal_out + t->seen);
		usleep(1000);
		read_some(t);
	}
	t->seen = (size_t)(found - terminal_out) + strlen(text);
}

static size_t type_some(const struct terminal *t, const char *text)
{
	ssize_t n = write(t->master, text, strlen(text));

	if (n < 0)
		ck_assert_int_eq(errno, EAGAIN);
	return n < 0 ? 0 : (size_t)n;
}

void terminal_type(struct terminal *t, const char *text)
{
	const char *end = text + strlen(text);

	CLI_UNTIL((read_some(t), text += type_some(t, text)) == end);
}

void terminal_resize(const struct terminal *t, unsigned short rows, unsigned short columns)
{
	const struct winsize size = { .ws_row = rows, .ws_col = columns };

	ck_assert_int_eq(ioctl(t->master, TIOCSWINSZ, &size), 0);
}

bool terminal_has_size(const struct terminal *t, unsigned short rows, unsigned short columns)
{
	struct winsize size;

	ck_assert_int_eq(ioctl(t->master, TIOCGWINSZ, &size), 0);
	return size.ws_row == rows && size.ws_col == columns;
}

/* ---- its settings: those of the other side, for a master has none ---- */

bool terminal_is_raw(const struct terminal *t)
{
	struct termios now;

	ck_assert_int_eq(tcgetattr(t->master, &now), 0);
	return !(now.c_lflag & (ICANON | ECHO | ISIG)) && !(now.c_oflag & OPOST);
}

bool terminal_is_restored(const struct terminal *t)
{
	struct termios now;

	ck_assert_int_eq(tcgetattr(t->master, &now), 0);
	if (now.c_iflag != t->before.c_iflag || now.c_oflag != t->before.c_oflag)
		return false;
	if (now.c_cflag != t->before.c_cflag || now.c_lflag != t->before.c_lflag)
		return false;
	return memcmp(now.c_cc, t->before.c_cc, sizeof(now.c_cc)) == 0;
}
