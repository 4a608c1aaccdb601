/* SPDX-License-Identifier: MIT */
/* What a jail reads in an ELF file: jail/elf.c, on a memory file. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "jail/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int file_of(const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("elf", MFD_CLOEXEC);
	fuzz_require(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size,
		     "there is a memory file");
	return fd;
}

/* Whether the file has the text with the NUL behind it. */
static bool is_of(const uint8_t *data, size_t size, const char *text)
{
	return !text || memmem(data, size, text, strlen(text) + 1);
}

static void check(const uint8_t *data, size_t size, const struct ctr__elf *elf)
{
	fuzz_require(is_of(data, size, elf->interpreter) && is_of(data, size, elf->soname) &&
			     is_of(data, size, elf->rpath) && is_of(data, size, elf->runpath),
		     "all texts are the file's");
	fuzz_require(!elf->rpath || !elf->runpath, "a runpath replaces the rpath");
	for (size_t i = 0; i < elf->needed.n; i++)
		fuzz_require(is_of(data, size, elf->needed.v[i]), "each name is the file's");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int fd = file_of(data, size);
	struct ctr__elf_kind kind;
	struct ctr__elf elf;
	int by_header = ctr__elf_read_kind(fd, &kind);
	int r = ctr__elf_read(fd, &elf);

	fuzz_require(r == 0 || r == -ENOEXEC || r == -EBADMSG, "a file is read or refused");
	fuzz_require(r == by_header || r == -EBADMSG || r == -ENOEXEC,
		     "more is wrong with the whole than with its header");
	if (r == 0) {
		fuzz_require(ctr__elf_kind_equal(&kind, &elf.kind), "both tell the same kind");
		check(data, size, &elf);
	}
	ctr__elf_clear(&elf);
	return 0;
}
