/* SPDX-License-Identifier: MIT */
#include "jail/elf.h"

#include <gelf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/sys.h"

#define TEXT_MAX 65536	      /* of one search path */
#define NAMES_MAX 4096	      /* of libraries: all may lie in one another in the file */
#define DYNAMIC_MAX (1 << 20) /* bytes of a dynamic section: some 65,000 entries */
#define HEADERS_MAX 4096

/* A part of the file, through which its other parts are found. */
struct image {
	Elf *elf;
	size_t n_headers;
	GElf_Phdr dynamic, interpreter; /* p_type PT_NULL: there is none */
	Elf_Data *strings;
};

bool ctr__elf_kind_equal(const struct ctr__elf_kind *a, const struct ctr__elf_kind *b)
{
	return a->machine == b->machine && a->class == b->class && a->data == b->data;
}

/* Both classes have these members at the same places. */
int ctr__elf_read_kind(int fd, struct ctr__elf_kind *kind)
{
	Elf32_Ehdr header;
	const long n = sys_pread(fd, &header, sizeof(header), 0);
	uint16_t type;

	if (n < 0)
		return (int)n;
	if (n < SELFMAG || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
		return -ENOEXEC;
	if (n < (long)sizeof(header))
		return -EBADMSG;
	*kind = (struct ctr__elf_kind){
		.machine = header.e_machine,
		.class = header.e_ident[EI_CLASS],
		.data = header.e_ident[EI_DATA],
	};
	type = header.e_type;
	if (kind->data != (__BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB)) {
		type = __builtin_bswap16(type);
		kind->machine = __builtin_bswap16(kind->machine);
	}
	return type == ET_EXEC || type == ET_DYN ? 0 : -ENOEXEC;
}

/* Why libelf gave nothing: it says so in a text only, but for this. */
static int failure(void)
{
	return errno == ENOMEM ? -ENOMEM : -EBADMSG;
}

/* An address of the program's as a place in the file. */
static int find_offset(const struct image *image, uint64_t address, uint64_t *offset,
		       uint64_t *room)
{
	for (size_t i = 0; i < image->n_headers; i++) {
		GElf_Phdr h;

		if (!gelf_getphdr(image->elf, (int)i, &h) || h.p_type != PT_LOAD)
			continue;
		if (address < h.p_vaddr || address - h.p_vaddr >= h.p_filesz)
			continue;
		*offset = h.p_offset + (address - h.p_vaddr);
		*room = h.p_filesz - (address - h.p_vaddr);
		return 0;
	}
	return -EBADMSG;
}

/* NULL where the file does not have them all. */
static Elf_Data *get_bytes(Elf *elf, uint64_t offset, uint64_t size, Elf_Type type)
{
	if (offset > INT64_MAX || size > INT64_MAX)
		return NULL;
	return elf_getdata_rawchunk(elf, (int64_t)offset, size, type);
}

static int copy_text(const Elf_Data *data, uint64_t at, char **text)
{
	const char *start, *end;

	if (at >= data->d_size)
		return -EBADMSG;
	start = (const char *)data->d_buf + at;
	end = memchr(start, '\0', data->d_size - at);
	if (!end || end - start > TEXT_MAX)
		return -EBADMSG;
	if (*text)
		return 0; /* the first of several counts */
	*text = strdup(start);
	return *text ? 0 : -ENOMEM;
}

static int add_name(const Elf_Data *strings, uint64_t at, struct ctr__strv *names)
{
	_cleanup_free_ char *name = NULL;
	int r = copy_text(strings, at, &name);

	if (r == 0 && (names->n == NAMES_MAX || strlen(name) >= PATH_MAX))
		return -EBADMSG;
	return r < 0 ? r : ctr__strv_add(names, name);
}

static int take_entry(const struct image *image, const GElf_Dyn *entry, struct ctr__elf *elf)
{
	switch (entry->d_tag) {
	case DT_NEEDED:
	case DT_FILTER:
		return add_name(image->strings, entry->d_un.d_val, &elf->needed);
	case DT_AUXILIARY:
		return add_name(image->strings, entry->d_un.d_val, &elf->auxiliary);
	case DT_SONAME:
		return copy_text(image->strings, entry->d_un.d_val, &elf->soname);
	case DT_RPATH:
		return copy_text(image->strings, entry->d_un.d_val, &elf->rpath);
	case DT_RUNPATH:
		return copy_text(image->strings, entry->d_un.d_val, &elf->runpath);
	case DT_FLAGS_1:
		elf->no_default_places = entry->d_un.d_val & DF_1_NODEFLIB;
		return 0;
	default:
		return 0;
	}
}

static bool get_entry(Elf_Data *dynamic, int index, GElf_Dyn *entry)
{
	return gelf_getdyn(dynamic, index, entry) && entry->d_tag != DT_NULL;
}

/* The table that the entries' names are in; some files have no entries with names. */
static int find_strings(struct image *image, Elf_Data *dynamic)
{
	uint64_t address = 0, size = 0, offset, room;
	GElf_Dyn entry;

	for (int i = 0; get_entry(dynamic, i, &entry); i++) {
		if (entry.d_tag == DT_STRTAB)
			address = entry.d_un.d_ptr;
		if (entry.d_tag == DT_STRSZ)
			size = entry.d_un.d_val;
	}
	if (!size)
		return 0;
	if (find_offset(image, address, &offset, &room) < 0 || size > room)
		return -EBADMSG;
	image->strings = get_bytes(image->elf, offset, size, ELF_T_BYTE);
	return image->strings ? 0 : failure();
}

static int read_dynamic(struct image *image, struct ctr__elf *elf)
{
	const GElf_Phdr *h = &image->dynamic;
	Elf_Data *dynamic;
	GElf_Dyn entry;
	int r;

	if (h->p_type == PT_NULL || h->p_filesz == 0)
		return 0;
	if (h->p_filesz > DYNAMIC_MAX)
		return -EBADMSG;
	dynamic = get_bytes(image->elf, h->p_offset, h->p_filesz, ELF_T_DYN);
	if (!dynamic)
		return failure();
	r = find_strings(image, dynamic);
	for (int i = 0; r == 0 && image->strings && get_entry(dynamic, i, &entry); i++)
		r = take_entry(image, &entry, elf);
	if (elf->runpath) { /* ld.so(8): DT_RPATH is ignored then */
		free(elf->rpath);
		elf->rpath = NULL;
	}
	return r;
}

static int read_interpreter(const struct image *image, struct ctr__elf *elf)
{
	const GElf_Phdr *h = &image->interpreter;
	Elf_Data *bytes;

	if (h->p_type == PT_NULL)
		return 0;
	if (h->p_filesz < 2 || h->p_filesz > TEXT_MAX)
		return -EBADMSG;
	bytes = get_bytes(image->elf, h->p_offset, h->p_filesz, ELF_T_BYTE);
	return bytes ? copy_text(bytes, 0, &elf->interpreter) : failure();
}

static int read_headers(struct image *image)
{
	if (elf_getphdrnum(image->elf, &image->n_headers) < 0)
		return failure();
	if (image->n_headers > HEADERS_MAX)
		return -EBADMSG;
	for (size_t i = 0; i < image->n_headers; i++) {
		GElf_Phdr h;

		if (!gelf_getphdr(image->elf, (int)i, &h))
			return failure();
		if (h.p_type == PT_DYNAMIC)
			image->dynamic = h;
		if (h.p_type == PT_INTERP && image->interpreter.p_type == PT_NULL)
			image->interpreter = h;
	}
	return 0;
}

static int read_image(Elf *handle, struct ctr__elf *elf)
{
	struct image image = { .elf = handle };
	int r;

	if (elf_kind(handle) != ELF_K_ELF)
		return -ENOEXEC;
	r = read_headers(&image);
	if (r == 0)
		r = read_interpreter(&image, elf);
	return r < 0 ? r : read_dynamic(&image, elf);
}

/* Read, not mapped: a file that is cut meanwhile would end the program by SIGBUS. */
int ctr__elf_read(int fd, struct ctr__elf *elf)
{
	Elf *handle;
	int r;

	*elf = (struct ctr__elf){ 0 };
	r = ctr__elf_read_kind(fd, &elf->kind);
	if (r < 0)
		return r;
	if (elf_version(EV_CURRENT) == EV_NONE)
		return -EBADMSG;
	errno = 0;
	handle = elf_begin(fd, ELF_C_READ, NULL);
	r = handle ? read_image(handle, elf) : failure();
	elf_end(handle);
	if (r < 0)
		ctr__elf_clear(elf);
	return r;
}

void ctr__elf_clear(struct ctr__elf *elf)
{
	free(elf->interpreter);
	free(elf->soname);
	free(elf->rpath);
	free(elf->runpath);
	ctr__strv_clear(&elf->needed);
	ctr__strv_clear(&elf->auxiliary);
	*elf = (struct ctr__elf){ 0 };
}
