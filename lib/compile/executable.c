/* SPDX-License-Identifier: MIT */
#include "compile/executable.h"

#include <elf.h>
#include <endian.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "compile/binfmt.h"

#define HEADER_SIZE 256	   /* BINPRM_BUF_SIZE, linux/binfmts.h: what execve(2) looks at */
#define INTERPRETERS_MAX 5 /* nested scripts: ELOOP above, execve(2) */
#define PROGRAM_HEADERS_MAX_BYTES 65536 /* load_elf_phdrs(), fs/binfmt_elf.c */

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

#if defined(__x86_64__)
#define NATIVE_MACHINE EM_X86_64
#define COMPAT_MACHINE EM_386
#elif defined(__aarch64__)
#define NATIVE_MACHINE EM_AARCH64
#define COMPAT_MACHINE EM_ARM
#else
#define NATIVE_MACHINE EM_NONE /* unknown here: not judged */
#define COMPAT_MACHINE EM_NONE
#endif

__attribute__((format(printf, 3, 4))) int ctr__look_refuse(const struct ctr__look *l, int errnum,
							   const char *hint, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;
	int n;

	va_start(args, hint);
	n = vasprintf(&text, hint, args);
	va_end(args);
	if (n < 0)
		text = NULL;
	if (n < 0)
		ctr__error_nomem(l->err);
	else
		ctr__error_set(l->err, CTR_E_NOT_EXECUTABLE, errnum, "execute", l->program, "%s",
			       text);
	return CTR__LOOK_REFUSED;
}

bool ctr__look_is_absent(int r)
{
	return r == -ENOENT || r == -ENOTDIR || r == -EACCES || r == -ELOOP || r == -ENAMETOOLONG;
}

/*
 * In a proc file system /proc/self/exe, for one, is the program that launches the container:
 * who executes that has a file of the host's in hand (CVE-2019-5736).
 */
static int refuse_kernels_own(const struct ctr__look *l, const char *path)
{
	return ctr__look_refuse(
		l, EACCES,
		"%s is in a kernel file system such as proc, whose links may lead out of the container",
		path);
}

/* What is missing only because the default root hides it. */
static int refuse_hidden(const struct ctr__look *l, const struct ctr__view_hit *hit)
{
	return ctr__view_refuse_hidden(l->view, hit, CTR_E_NOT_FOUND, "execute", l->program,
				       l->err);
}

static int check_file(struct ctr__look *l, const char *path, const struct ctr__view_hit *hit);

int ctr__look_find(const struct ctr__look *l, const char *path, struct ctr__view_hit **hit)
{
	int r;

	*hit = malloc(sizeof(**hit));
	if (!*hit)
		return -ENOMEM;
	r = ctr__view_find(l->view, path, *hit);
	if (r == 0 && (*hit)->state != CTR__VIEW_MISSING)
		return 0;
	if (r == 0) {
		ctr__fd_close((*hit)->fd);
		r = refuse_hidden(l, *hit) ? CTR__LOOK_REFUSED : -ENOENT;
	}
	free(*hit);
	*hit = NULL;
	return r;
}

int ctr__look_check(struct ctr__look *l, const char *path, const struct ctr__view_hit *hit)
{
	return hit->state == CTR__VIEW_FOUND ? check_file(l, path, hit)
					     : refuse_kernels_own(l, path);
}

/* The interpreter of a script, or the loader of an ELF file. */
static int check_interpreter(struct ctr__look *l, const char *path, const char *what)
{
	_cleanup_free_ struct ctr__view_hit *hit = NULL;
	int r = ctr__look_find(l, path, &hit);

	if (ctr__look_is_absent(r))
		return ctr__look_refuse(l, -r,
					"it needs the %s %s, which is not in the root file system",
					what, path);
	if (r)
		return r;
	if (++l->depth > INTERPRETERS_MAX)
		r = ctr__look_refuse(
			l, ELOOP, "too many interpreters are scripts themselves, up to %s", path);
	else
		r = ctr__look_check(l, path, hit);
	ctr__fd_close(hit->fd);
	return r;
}

/* One that is relative is looked for from the working directory. */
static int check_script_interpreter(struct ctr__look *l, const char *name)
{
	_cleanup_free_ char *path = NULL;

	if (name[0] == '/')
		return check_interpreter(l, name, "interpreter");
	if (asprintf(&path, "%s/%s", l->cwd, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return check_interpreter(l, path, "interpreter");
}

static int check_script(struct ctr__look *l, char *header, size_t n)
{
	char *end = memchr(header, '\n', n);
	char *start = header + 2;

	if (end)
		*end = '\0';
	start += strspn(start, " \t");
	n = strcspn(start, " \t");
	if (n == 0)
		return ctr__look_refuse(l, ENOEXEC, "its first line, \"#!\", names no interpreter");
	if (start + n == header + HEADER_SIZE)
		return ctr__look_refuse(
			l, ENOEXEC,
			"the interpreter's name in its first line does not end within the %d bytes that the kernel reads",
			HEADER_SIZE);
	start[n] = '\0';
	if (start[n - 1] == '\r') {
		start[n - 1] = '\0';
		return ctr__look_refuse(
			l, ENOENT,
			"its first line ends in CR LF, so the kernel looks for an "
			"interpreter named \"%s\" with a CR at its end: convert its line "
			"ends to LF",
			start);
	}
	return check_script_interpreter(l, start);
}

/* What differs between 32 and 64 bits, in one form. */
struct elf {
	uint16_t type, machine, entry_size, entries;
	uint64_t table;
};

static void read_elf(const char *header, struct elf *e)
{
	if (header[EI_CLASS] == ELFCLASS64) {
		Elf64_Ehdr h;

		memcpy(&h, header, sizeof(h));
		*e = (struct elf){ h.e_type, h.e_machine, h.e_phentsize, h.e_phnum, h.e_phoff };
	} else {
		Elf32_Ehdr h;

		memcpy(&h, header, sizeof(h));
		*e = (struct elf){ h.e_type, h.e_machine, h.e_phentsize, h.e_phnum, h.e_phoff };
	}
}

struct segment {
	uint32_t type;
	uint64_t offset, size;
};

static void get_segment(const char *table, const struct elf *e, unsigned i, struct segment *s)
{
	const char *raw = table + (size_t)i * e->entry_size;

	if (e->entry_size == sizeof(Elf64_Phdr)) {
		Elf64_Phdr h;

		memcpy(&h, raw, sizeof(h));
		*s = (struct segment){ h.p_type, h.p_offset, h.p_filesz };
	} else {
		Elf32_Phdr h;

		memcpy(&h, raw, sizeof(h));
		*s = (struct segment){ h.p_type, h.p_offset, h.p_filesz };
	}
}

/* All of n bytes, or -ENOEXEC where the file has fewer, or -errno. */
static int read_at(int fd, char *to, size_t n, uint64_t offset, uint64_t file_size)
{
	long r;

	if (offset > file_size || n > file_size - offset)
		return -ENOEXEC;
	r = sys_pread(fd, to, n, offset);
	if (r < 0)
		return (int)r;
	return r == (long)n ? 0 : -ENOEXEC;
}

/* 1 with the loader's path, 0 if there is none, -ENOEXEC if the file is cut or wrong. */
static int find_loader(int fd, const struct elf *e, const char *table, uint64_t file_size,
		       char path[PATH_MAX])
{
	int found = 0;

	for (unsigned i = 0; i < e->entries; i++) {
		struct segment s;
		int r;

		get_segment(table, e, i, &s);
		if ((s.type != PT_LOAD && s.type != PT_INTERP) || s.size == 0)
			continue;
		if (s.offset > file_size || s.size > file_size - s.offset)
			return -ENOEXEC;
		if (s.type != PT_INTERP || found)
			continue;
		if (s.size < 2 || s.size > PATH_MAX)
			return -ENOEXEC;
		r = read_at(fd, path, s.size, s.offset, file_size);
		if (r < 0 || path[s.size - 1])
			return r < 0 ? r : -ENOEXEC;
		found = 1;
	}
	return found;
}

static int read_loader(int fd, const struct elf *e, uint64_t file_size, char path[PATH_MAX])
{
	const size_t size = (size_t)e->entries * e->entry_size;
	_cleanup_free_ char *table = malloc(size);
	int r;

	if (!table)
		return -ENOMEM;
	r = read_at(fd, table, size, e->table, file_size);
	return r < 0 ? r : find_loader(fd, e, table, file_size, path);
}

/* As packages of distributions call them; NULL for those that few have met. */
static const char *machine_name(unsigned machine)
{
	static const struct {
		unsigned machine;
		const char *name;
	} names[] = {
		{ EM_X86_64, "x86-64" },   { EM_386, "i386" },	  { EM_AARCH64, "aarch64" },
		{ EM_ARM, "arm" },	   { EM_RISCV, "riscv" }, { EM_PPC64, "ppc64" },
		{ EM_PPC, "powerpc" },	   { EM_S390, "s390x" },  { EM_MIPS, "mips" },
		{ EM_SPARCV9, "sparc64" }, { EM_IA_64, "ia64" },  { EM_LOONGARCH, "loongarch" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return NULL;
}

/* x32, and what else has the addresses of 32 bits on a machine of 64. */
static const char *name_of_program(const struct elf *e, bool wide)
{
	return e->machine == EM_X86_64 && !wide ? "x32" : machine_name(e->machine);
}

/* The kernel refuses to execute the file where one of these can't be had, and the file asks. */
static uint64_t read_file_caps(int fd)
{
	struct vfs_ns_cap_data caps = { 0 };
	const long n = sys_fgetxattr(fd, "security.capability", &caps, sizeof(caps));

	if (n < (long)XATTR_CAPS_SZ_1 || !(le32toh(caps.magic_etc) & VFS_CAP_FLAGS_EFFECTIVE))
		return 0;
	return le32toh(caps.data[0].permitted) | (uint64_t)le32toh(caps.data[1].permitted) << 32;
}

/* A loader that is looked at later is not the program. */
static void note_program(const struct ctr__look *l, int fd, const struct elf *e, bool wide)
{
	if (l->info->seen)
		return;
	l->info->seen = true;
	l->info->machine = name_of_program(e, wide);
	l->info->caps = read_file_caps(fd);
}

static int check_machine(struct ctr__look *l, const struct elf *e)
{
	const char *name = machine_name(e->machine);
	char number[32];

	if (NATIVE_MACHINE == EM_NONE || e->machine == NATIVE_MACHINE ||
	    e->machine == COMPAT_MACHINE || ctr__binfmt_has_handler())
		return 0;
	snprintf(number, sizeof(number), "ELF machine %u", e->machine);
	return ctr__look_refuse(l, ENOEXEC,
				"it is made for another kind of machine: it is for %s, and this "
				"one is %s",
				name ? name : number, machine_name(NATIVE_MACHINE));
}

static int refuse_cut(const struct ctr__look *l)
{
	return ctr__look_refuse(l, ENOEXEC, "the ELF file is truncated or damaged");
}

static int check_elf(struct ctr__look *l, int fd, const char *header, size_t n, uint64_t file_size)
{
	const bool wide = header[EI_CLASS] == ELFCLASS64;
	_cleanup_free_ char *loader = NULL;
	struct elf e;
	int r;

	if (n <= EI_CLASS || n < (wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)))
		return refuse_cut(l);
	read_elf(header, &e);
	if (check_machine(l, &e))
		return CTR__LOOK_REFUSED;
	note_program(l, fd, &e, wide);
	if (e.type != ET_EXEC && e.type != ET_DYN)
		return ctr__look_refuse(l, ENOEXEC, "the ELF file is not a program");
	if (e.entry_size != (wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)) || e.entries == 0 ||
	    e.entries * e.entry_size > PROGRAM_HEADERS_MAX_BYTES)
		return refuse_cut(l);
	loader = malloc(PATH_MAX);
	r = loader ? read_loader(fd, &e, file_size, loader) : -ENOMEM;
	if (r == -ENOEXEC)
		return refuse_cut(l);
	if (r < 0)
		return r;
	return r ? check_interpreter(l, loader, "loader") : 0;
}

int ctr__look_content(struct ctr__look *l, int file, uint64_t file_size)
{
	char header[HEADER_SIZE + 1];
	long n = sys_pread(file, header, HEADER_SIZE, 0);

	if (n < 0)
		return (int)n;
	header[n] = '\0';
	if (n >= 2 && memcmp(header, "#!", 2) == 0)
		return check_script(l, header, (size_t)n);
	if (n > 0 && memcmp(header, ELFMAG, n < SELFMAG ? (size_t)n : SELFMAG) == 0)
		return check_elf(l, file, header, (size_t)n, file_size);
	if (ctr__binfmt_has_handler())
		return 0;
	return ctr__look_refuse(l, ENOEXEC, "%s",
				n ? "it begins neither with \"#!\" nor as an ELF file"
				  : "the file is empty");
}

static bool is_noexec(const struct ctr__view_hit *hit)
{
	struct statfs st;

	if (hit->owner && hit->owner->noexec)
		return true;
	return sys_fstatfs(hit->fd, &st) == 0 && (st.f_flags & ST_NOEXEC);
}

static int check_file(struct ctr__look *l, const char *path, const struct ctr__view_hit *hit)
{
	_cleanup_fd_ int file = -1;
	struct statx st;
	int r;

	if (hit->directory)
		return ctr__look_refuse(l, EACCES, "%s is a directory", path);
	if (hit->owner->kind == CTR__VIEW_MASKED)
		return ctr__look_refuse(l, EACCES, "%s is hidden by a mask", path);
	if (!ctr__view_may_execute(l->view, hit->path))
		return ctr__look_refuse(l, EACCES,
					"no landlock rule allows %s to be read and executed", path);
	if (hit->fd < 0)
		return 0;
	r = sys_statx(hit->fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_MODE | STATX_SIZE, &st);
	if (r < 0)
		return r;
	if (!S_ISREG(st.stx_mode))
		return ctr__look_refuse(l, EACCES, "%s is not a regular file", path);
	if (!(st.stx_mode & 0111))
		return ctr__look_refuse(l, EACCES, "%s is not executable: use chmod +x", path);
	if (is_noexec(hit))
		return ctr__look_refuse(l, EACCES, "%s is on a file system mounted noexec", path);
	file = ctr__view_open(hit);
	if (file == -ENOENT || file == -EACCES)
		return 0; /* no /proc, or no read permission: neither is needed to execute it */
	if (file < 0)
		return file;
	return ctr__look_content(l, file, st.stx_size);
}
