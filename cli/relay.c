/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "print.h"
#include "relay.h"
#include "term.h"

/* POSIX lets a write of up to 4096 bytes pass whole once a pipe polls writable. */
enum { STREAM_SIZE = 4096 };

/* How often to look at what nobody tells of: the foreground, a reopened terminal. */
enum { LOOK_EVERY_MS = 200 };

/* The end comes last: whoever signals after it must find us knowing of it. */
enum { WATCH_SIGNALS, WATCH_INPUT, WATCH_MASTER, WATCH_OUTPUT, WATCH_END, WATCH_COUNT };

/* Bytes on their way; refilled only when the last ones are gone. */
struct stream {
	size_t start, end;
	char data[STREAM_SIZE];
};

struct relay {
	struct forward forward;
	struct term term;
	struct stream input, output;
	int signals;
	int master; /* of the container's terminal, -1 without one */
	int shown;  /* where its output goes */
	int failed; /* errno of that, or 0 */
	char last;  /* byte that the program was sent */
	bool input_open;
	bool hung; /* nobody in the container has its terminal open */
	bool ended;
	bool hurried; /* told to end after that */
	ctr_error *err;
};

/* ---- streams ---- */

static bool is_empty(const struct stream *stream)
{
	return stream->start == stream->end;
}

/* As read(2), into a stream that is empty. */
static ssize_t stream_read(struct stream *stream, int fd)
{
	ssize_t n = read(fd, stream->data, sizeof(stream->data));

	stream->start = 0;
	stream->end = n > 0 ? (size_t)n : 0;
	return n;
}

/* 0, also when nothing could be written just now; -1 with errno when it never will be. */
static int stream_write(struct stream *stream, int fd)
{
	ssize_t n = write(fd, stream->data + stream->start, stream->end - stream->start);

	if (n >= 0) {
		stream->start += (size_t)n;
		return 0;
	}
	return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

/* ---- input ---- */

/*
 * A terminal has no end of input but a key for it. On a line of its own that
 * key means the end; behind other bytes it only sends them off.
 */
static void type_end_of_input(struct relay *r)
{
	struct termios settings;
	char key;

	if (tcgetattr(r->master, &settings) < 0)
		return;
	key = (char)settings.c_cc[VEOF];
	if (key == _POSIX_VDISABLE)
		return;
	r->input.data[0] = key;
	r->input.data[1] = key;
	r->input.start = 0;
	r->input.end = r->last == '\n' ? 1 : 2;
}

static bool wants_input(const struct relay *r)
{
	if (!r->input_open || !is_empty(&r->input))
		return false;
	return !r->term.exists || term_is_ours(&r->term);
}

static void read_input(struct relay *r)
{
	ssize_t n = stream_read(&r->input, STDIN_FILENO);

	if (n > 0) {
		r->last = r->input.data[n - 1];
		return;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	r->input_open = false;
	if (!r->term.exists)
		type_end_of_input(r);
}

/* ---- output ---- */

static void drop_master(struct relay *r)
{
	if (r->master >= 0)
		close(r->master);
	r->master = -1;
	r->input_open = false;
}

static void drop_output(struct relay *r)
{
	r->output.start = r->output.end;
	drop_master(r);
}

/* As when a terminal window is closed: nobody is left to read. */
static void hang_up(struct relay *r, int errnum)
{
	if (errnum != EPIPE && errnum != EIO)
		r->failed = errnum;
	drop_output(r);
	if (!r->ended)
		forward_signal(&r->forward, SIGHUP);
}

static void write_output(struct relay *r)
{
	if (stream_write(&r->output, r->shown) < 0)
		hang_up(r, errno);
}

static void read_master(struct relay *r)
{
	ssize_t n = stream_read(&r->output, r->master);

	r->hung = n < 0 && errno == EIO;
	if (r->ended && n <= 0)
		drop_master(r);
}

static void write_master(struct relay *r)
{
	if (stream_write(&r->input, r->master) < 0)
		r->input.start = r->input.end;
}

static void serve_master(struct relay *r, short events)
{
	if (events & POLLHUP && !is_empty(&r->output))
		r->hung = true;
	if (r->master >= 0 && !is_empty(&r->input) && events & POLLOUT)
		write_master(r);
	if (r->master >= 0 && is_empty(&r->output) && (events || r->hung || r->ended))
		read_master(r);
}

/* ---- signals and the end ---- */

static void stop(struct relay *r)
{
	term_restore(&r->term);
	forward_stop(&r->forward);
}

/* The shell has set the terminal up for itself meanwhile. */
static void go_on(struct relay *r)
{
	term_forget_raw(&r->term);
	if (r->master >= 0)
		term_copy_size(r->master);
	forward_signal(&r->forward, SIGCONT);
}

static void handle_signal(struct relay *r, int sig)
{
	if (sig == SIGWINCH && r->master >= 0)
		term_copy_size(r->master);
	else if (sig == SIGTSTP)
		stop(r);
	else if (sig == SIGCONT)
		go_on(r);
	else if (!r->ended)
		forward_signal(&r->forward, sig);
	else if (signal_is_fatal(sig))
		r->hurried = true;
}

static void handle_signals(struct relay *r)
{
	int sig;

	while ((sig = signals_read(r->signals)) > 0)
		handle_signal(r, sig);
}

/* It has ended, or its time is up: then the library kills it, which takes a moment. */
static int handle_end(struct relay *r, bool has_ended)
{
	int rc = ctr_container_wait(r->forward.container, has_ended ? -1 : 0, r->err);

	if (rc <= 0)
		return rc;
	r->ended = true;
	r->input_open = false;
	return 0;
}

/* ---- the loop ---- */

static bool is_in_background(const struct relay *r)
{
	return r->input_open && r->term.exists && !term_is_ours(&r->term);
}

static int time_left_ms(const struct relay *r)
{
	return r->ended ? -1 : ctr_container_time_left_ms(r->forward.container);
}

static int timeout_ms(const struct relay *r)
{
	int left = time_left_ms(r);

	if (r->hurried || (r->ended && is_empty(&r->output)))
		return 0;
	if (r->master < 0 || !(r->hung || is_in_background(r)))
		return left;
	return left >= 0 && left < LOOK_EVERY_MS ? left : LOOK_EVERY_MS;
}

static short master_events(const struct relay *r)
{
	short events = 0;

	if (is_empty(&r->output))
		events |= POLLIN;
	if (!is_empty(&r->input))
		events |= POLLOUT;
	return r->hung ? 0 : events;
}

/* Without events the master is left out: a hang-up is reported unasked, again and again. */
static void fill_watches(const struct relay *r, struct pollfd *watches)
{
	short events = master_events(r);
	bool shows = !is_empty(&r->output);

	watches[WATCH_END].fd = r->ended ? -1 : ctr_container_pidfd(r->forward.container);
	watches[WATCH_END].events = POLLIN;
	watches[WATCH_SIGNALS].fd = r->signals;
	watches[WATCH_SIGNALS].events = POLLIN;
	watches[WATCH_INPUT].fd = wants_input(r) ? STDIN_FILENO : -1;
	watches[WATCH_INPUT].events = POLLIN;
	watches[WATCH_MASTER].fd = events ? r->master : -1;
	watches[WATCH_MASTER].events = events;
	watches[WATCH_OUTPUT].fd = shows ? r->shown : -1;
	watches[WATCH_OUTPUT].events = POLLOUT;
}

static int turn(struct relay *r)
{
	struct pollfd watches[WATCH_COUNT] = { 0 };
	int ready;

	if (r->input_open)
		term_make_raw(&r->term);
	fill_watches(r, watches);
	ready = poll(watches, WATCH_COUNT, timeout_ms(r));
	if (ready < 0)
		return errno == EINTR ? 0 : print_failure("poll", NULL, errno);
	if (ready == 0 && r->hurried && !is_empty(&r->output))
		drop_output(r); /* what nobody reads must not hold us */

	if ((watches[WATCH_END].revents || time_left_ms(r) == 0) &&
	    handle_end(r, watches[WATCH_END].revents) < 0)
		return print_error(NULL, r->err);
	if (watches[WATCH_OUTPUT].revents)
		write_output(r);
	if (watches[WATCH_SIGNALS].revents)
		handle_signals(r);
	if (watches[WATCH_INPUT].revents)
		read_input(r);
	serve_master(r, watches[WATCH_MASTER].revents);
	return 0;
}

static bool is_done(const struct relay *r)
{
	return r->ended && r->master < 0 && is_empty(&r->output);
}

/* ---- the whole ---- */

/* Not to block is a property of an open file, which others share: open one of our own. */
static int open_shown(void)
{
	struct stat st;
	int fd;

	if (fstat(STDOUT_FILENO, &st) < 0)
		return STDOUT_FILENO;
	if (!S_ISFIFO(st.st_mode) && !isatty(STDOUT_FILENO))
		return STDOUT_FILENO;
	fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? STDOUT_FILENO : fd;
}

static void open_terminal(struct relay *r)
{
	r->master = ctr_container_take_tty(r->forward.container);
	if (r->master < 0)
		return;
	fcntl(r->master, F_SETFL, fcntl(r->master, F_GETFL) | O_NONBLOCK);
	term_open(&r->term);
	term_guard(&r->term);
	r->shown = open_shown();
	r->input_open = true;
}

static void close_terminal(struct relay *r)
{
	term_restore(&r->term);
	term_guard(NULL);
	drop_master(r);
	if (r->shown > STDERR_FILENO)
		close(r->shown);
}

static int exit_status(const struct relay *r)
{
	int sig = ctr_container_exit_signal(r->forward.container);

	if (r->failed) {
		print_failure("write to standard output", NULL, r->failed);
		return EXIT_OURS;
	}
	if (sig == SIGKILL && r->forward.killed_by)
		return EXIT_SIGNAL + r->forward.killed_by;
	return sig ? EXIT_SIGNAL + sig : ctr_container_exit_code(r->forward.container);
}

int relay_until_end(const struct forward *forward, int signals)
{
	struct relay r = {
		.forward = *forward,
		.signals = signals,
		.shown = STDOUT_FILENO,
		.last = '\n',
	};
	int rc = 0;

	r.err = ctr_error_new();
	signal(SIGPIPE, SIG_IGN);
	open_terminal(&r);
	while (rc == 0 && !is_done(&r))
		rc = turn(&r);
	close_terminal(&r);
	rc = rc < 0 ? EXIT_OURS : exit_status(&r);
	ctr_error_free(r.err);
	return rc;
}
