/* SPDX-License-Identifier: MIT */
/*
 * The helper: a static program without a C library that has the interpreter of steps. A child
 * that can't walk its steps in the caller's memory executes it at once, and it walks them there.
 *
 * Arguments: its name, and the number of the descriptor that the plan image is read from.
 */
#include <linux/close_range.h>

#include "base/sys.h"
#include "plan/image.h"

static int number(const char *text)
{
	int n = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		n = n * 10 + (*text - '0');
	return n;
}

/* The layout and the size of the file, or -errno. */
static int read_head(int fd, struct ctr__image *head)
{
	struct statx st;
	long n = sys_pread(fd, head, offsetof(struct ctr__image, fds), 0);
	int r;

	if (n < 0)
		return (int)n;
	if (n != offsetof(struct ctr__image, fds) || head->layout != CTR__IMAGE_LAYOUT)
		return -ENOEXEC;
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &st);
	if (r < 0)
		return r;
	return head->size >= sizeof(*head) && head->size <= st.stx_size ? 0 : -ENOEXEC;
}

static int map(int fd, struct ctr__image **image)
{
	struct ctr__image head;
	int r = read_head(fd, &head);
	long at;

	if (r < 0)
		return r;
	at = sys_mmap_fd(CTR__IMAGE_ADDRESS, head.size, MAP_SHARED | MAP_FIXED_NOREPLACE, fd);
	if (at < 0)
		return (int)at;
	*image = (struct ctr__image *)at; // NOLINT(performance-no-int-to-ptr)
	return 0;
}

/*
 * As it was before it was executed: there may be too many by then. What its bounding set lacks
 * not even root has any more.
 */
static int restore_caps(const struct ctr__image *image)
{
	struct ctr__caps_sets now, caps = image->caps.sets;
	int r = sys_capget(&now);

	if (r < 0)
		return r;
	if (image->caps.ambient && caps.permitted & ~now.permitted)
		return -EPERM;
	caps.permitted &= now.permitted;
	caps.effective &= now.permitted;
	return sys_capset(&caps);
}

static int settle(const struct ctr__image *image, int fd)
{
	int r = restore_caps(image);

	if (r >= 0)
		r = sys_close_range(0, ~0u, CLOSE_RANGE_CLOEXEC);
	return r < 0 ? r : sys_close(fd);
}

/* Of one that can't be mapped. */
static void report(int fd, int errnum)
{
	ctr__sys4(SYS_pwrite64, fd, (long)&errnum, sizeof(errnum),
		  offsetof(struct ctr__image, report) + offsetof(struct ctr__report, errnum));
}

static int run(int fd)
{
	struct ctr__image *image;
	int r = map(fd, &image);

	if (r < 0) {
		report(fd, -r);
		return 1;
	}
	r = settle(image, fd);
	if (r == 0)
		return ctr__run_child(&image->run);
	image->report.errnum = -r;
	return 1;
}

#if defined(__x86_64__) || defined(__aarch64__)
/* The stack as execve(2) leaves it: argc, argv, NULL, envp, NULL. */
__attribute__((used)) static _Noreturn void begin(long *stack)
{
	char **argv = (char **)(stack + 1);

	sys_exit(stack[0] == 2 ? run(number(argv[1])) : 1);
}
#endif

#if defined(__x86_64__)
__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call begin\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n"
	"_start:\n"
	"	mov x29, #0\n"
	"	mov x0, sp\n"
	"	bl begin\n");
#else
/* Raw system calls go through libc here, so the build links it. */
int main(int argc, char **argv)
{
	return argc == 2 ? run(number(argv[1])) : 1;
}
#endif
