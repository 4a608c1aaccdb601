/* SPDX-License-Identifier: MIT */
#include "base/maker.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "base/sys.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_uint *number; /* 0 in a copy that has not asked yet; NULL: the process id serves */
static atomic_uint last;    /* which a copy goes on from */

/* A page that the kernel clears in a copy: no call is needed to notice one. */
static void make_page(void)
{
	const size_t size = (size_t)sysconf(_SC_PAGESIZE);
	long page = sys_mmap(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);

	if (page < 0)
		return;
	if (sys_madvise((void *)page, size, MADV_WIPEONFORK) < 0)
		sys_munmap((void *)page, size);
	else
		number = (atomic_uint *)page;
}

unsigned ctr__maker(void)
{
	unsigned none = 0;

	pthread_once(&once, make_page);
	if (!number)
		return (unsigned)sys_getpid();
	if (atomic_load(number) == 0)
		atomic_compare_exchange_strong(number, &none, atomic_fetch_add(&last, 1) + 1);
	return atomic_load(number);
}
