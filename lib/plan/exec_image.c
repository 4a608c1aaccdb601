/* SPDX-License-Identifier: MIT */
/* Child code: see run.h. How a child that shares the caller's memory becomes the helper. */
#include <linux/prctl.h>
#include <linux/securebits.h>

#include "plan/image.h"

/* It keeps all that its bounding set has, and a call for each capability can be saved. */
static int is_root(void)
{
	uint32_t uids[3];
	int bits = sys_prctl(PR_GET_SECUREBITS, 0);
	int r = bits < 0 ? bits : sys_getresuid(uids);

	return r < 0 ? r : uids[1] == 0 && !(bits & SECBIT_NOROOT);
}

/* Where one can't be, as with a securebit, root may keep it all the same: the helper looks. */
static int make_ambient(uint64_t caps)
{
	int r = 0;

	for (unsigned cap = 0; r >= 0 && cap < 64; cap++) {
		r = caps >> cap & 1 ? sys_prctl2(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap) : 0;
		r = r == -EPERM ? 0 : r;
	}
	return r;
}

/*
 * execve(2) takes all capabilities but the ambient ones from a process that is not root, and in
 * a new user namespace none is root yet: capabilities(7).
 */
static int keep_caps(struct ctr__image_caps *caps)
{
	struct ctr__caps_sets all;
	int r = sys_capget(&caps->sets);

	if (r < 0 || !caps->sets.permitted)
		return r;
	r = is_root();
	caps->ambient = r == 0;
	if (r)
		return r < 0 ? r : 0;
	all = caps->sets;
	all.inheritable |= all.permitted;
	r = sys_capset(&all);
	return r < 0 ? r : make_ambient(all.permitted);
}

static int write_image(int fd, const void *data, size_t size, size_t at)
{
	const long n = sys_pwrite(fd, data, size, at);

	if (n < 0)
		return (int)n;
	return (size_t)n == size ? 0 : -EIO;
}

static int pass_caps(int fd)
{
	struct ctr__image_caps caps = { .ambient = false };
	int r = keep_caps(&caps);

	return r < 0 ? r : write_image(fd, &caps, sizeof(caps), offsetof(struct ctr__image, caps));
}

/* The table of descriptors is the child's own by now, unlike the memory. */
static int pass(int fd)
{
	int r = sys_fcntl(fd, F_SETFD, 0);

	return r == -EBADF ? 0 : r; /* the step that wants it will say so */
}

static int pass_fds(const struct ctr__image_start *start)
{
	const struct ctr__image *image = start->image->copy;
	const char *base = (const char *)image;
	const int *fds = (const void *)(base + ((uintptr_t)image->fds - CTR__IMAGE_ADDRESS));
	int r = pass(start->image->fd);

	for (size_t i = 0; r >= 0 && i < image->n_fds; i++)
		r = pass(fds[i]);
	return r;
}

/* Decimal, as the helper reads it; the end of the text. */
static char *put_number(char *text, unsigned n)
{
	if (n >= 10)
		text = put_number(text, n / 10);
	*text++ = (char)('0' + n % 10);
	return text;
}

static int execute(const struct ctr__image_start *start)
{
	char number[16] = { 0 };
	char *const argv[] = { (char *)(uintptr_t)start->name, number, NULL };
	char *const envp[] = { NULL };

	put_number(number, (unsigned)start->image->fd);
	/* Valgrind would look for a path, which the file does not have. */
	return (int)ctr__sys_new(SYS_execveat, start->helper, (long)"", (long)argv, (long)envp,
				 AT_EMPTY_PATH);
}

static void report(int fd, int errnum)
{
	write_image(fd, &errnum, sizeof(errnum),
		    offsetof(struct ctr__image, report) + offsetof(struct ctr__report, errnum));
}

int ctr__image_child(void *data)
{
	const struct ctr__image_start *start = data;
	int r = ctr__own_fds(start->run);

	if (r >= 0)
		r = pass_caps(start->image->fd);
	if (r >= 0)
		r = pass_fds(start);
	if (r >= 0)
		r = execute(start);
	report(start->image->fd, -r);
	sys_exit(1);
}
