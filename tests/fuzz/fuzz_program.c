/* SPDX-License-Identifier: MIT */
/*
 * ELF and script headers: compile/program.c, on a program that is a memory file in a
 * view of files that has a few more.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "compile/program.h"
#include "fuzz.h"

static struct ctr__view view;
static ctr_error *err;
static int program = -1;

static int make_file(mode_t mode)
{
	int fd = memfd_create("program", MFD_CLOEXEC);

	fuzz_require(fd >= 0 && fchmod(fd, mode) == 0, "there is a memory file");
	return fd;
}

static void fill(int fd, const void *data, size_t size)
{
	fuzz_require(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size,
		     "a memory file is written");
}

/* The smallest that can be executed: a header, and one segment of no size. */
static void fill_loader(int fd)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
	} file = {
		.header = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB },
			.e_type = ET_DYN,
			.e_machine = EM_X86_64,
			.e_phoff = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 1,
		},
		.segment = { .p_type = PT_LOAD },
	};

	fill(fd, &file, sizeof(file));
}

static void show(const char *target, enum ctr__view_kind kind, int fd, bool directory)
{
	const struct ctr__view_entry entry = { .kind = kind, .fd = fd, .directory = directory };

	fuzz_require(ctr__view_add(&view, target, &entry) == 0, "there is memory");
}

static void make(void)
{
	const int loader = make_file(0755), script = make_file(0755), data = make_file(0644);

	program = make_file(0755);
	err = ctr_error_new();
	fill_loader(loader);
	fill(script, "#!/program\n", 11);
	show("", CTR__VIEW_EMPTY, -1, true);
	show("/program", CTR__VIEW_TREE, ctr__fd_dup(program, 0), false);
	show("/ld", CTR__VIEW_TREE, loader, false);
	show("/sh", CTR__VIEW_TREE, script, false);
	show("/data", CTR__VIEW_TREE, data, false);
	show("/dir", CTR__VIEW_EMPTY, -1, true);
	show("/proc", CTR__VIEW_OPAQUE, -1, true);
	show("/made", CTR__VIEW_MADE, -1, false);
	show("/masked", CTR__VIEW_MASKED, -1, false);
}

/* The fourth number that is free: the same before and after, if none is kept. */
static int free_number(void)
{
	int fds[4];

	for (int i = 0; i < 4; i++)
		fds[i] = fcntl(program, F_DUPFD_CLOEXEC, 0);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	return fds[3];
}

/* As the kernel reads it, fs/binfmt_script.c: 256 bytes, with zeros behind a shorter file. */
static bool has_interpreter(const uint8_t *data, size_t size)
{
	char line[257] = "";
	size_t blanks;

	memcpy(line, data, size < 256 ? size : 256);
	blanks = 2 + strspn(line + 2, " \t");
	return strcspn(line + blanks, "\n") > 0 && blanks + strcspn(line + blanks, " \t\n") < 256;
}

static bool is_elf(const uint8_t *data, size_t size)
{
	const bool wide = size > EI_CLASS && data[EI_CLASS] == ELFCLASS64;

	return size >= (wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)) &&
	       memcmp(data, ELFMAG, SELFMAG) == 0 &&
	       (data[EI_NIDENT] == ET_EXEC || data[EI_NIDENT] == ET_DYN);
}

/* The least that is true of whatever can be executed. */
static void check_accepted(const uint8_t *data, size_t size)
{
	if (size >= 2 && memcmp(data, "#!", 2) == 0)
		fuzz_require(has_interpreter(data, size), "a script names who runs it");
	else
		fuzz_require(is_elf(data, size), "a program is a script or an ELF file");
}

static void check(const uint8_t *data, size_t size)
{
	const int before = free_number();
	char path[PATH_MAX];
	int fd = -1, code;
	int r = ctr__program_find(&view, "/program", "/", NULL, path, &fd, NULL, err);

	code = ctr_error_code(err);
	if (fuzz_check(r, err)) {
		fuzz_require(strcmp(path, "/program") == 0,
			     "the program is where it was asked for");
		fuzz_require(fd >= 0, "a program that was found is open");
		check_accepted(data, size);
		close(fd);
	} else {
		fuzz_require(fd == -1, "a program that is refused is not open");
		fuzz_require(code == CTR_E_NOT_EXECUTABLE, "the program is there");
	}
	fuzz_require(free_number() == before, "no descriptor is kept");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (program < 0)
		make();
	fill(program, data, size);
	check(data, size);
	return 0;
}
