/* SPDX-License-Identifier: MIT */
/* What the loader reads in an ELF file, read by libelf and never by running it. */
#ifndef CTR_JAIL_ELF_H
#define CTR_JAIL_ELF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strv.h"

/* Whose loader takes it: an object is only ever loaded by one of the same kind. */
struct ctr__elf_kind {
	uint16_t machine; /* EM_* */
	uint8_t class;	  /* ELFCLASS32, ELFCLASS64 */
	uint8_t data;	  /* ELFDATA2LSB, ELFDATA2MSB */
};

struct ctr__elf {
	struct ctr__elf_kind kind;
	char *interpreter; /* NULL: it is a shared object, or a static program */
	char *soname;	   /* these are NULL where there are none */
	char *rpath;	   /* NULL too where there is a runpath, which replaces it */
	char *runpath;
	struct ctr__strv needed;    /* DT_NEEDED and DT_FILTER */
	struct ctr__strv auxiliary; /* loaded too where they are found */
	bool no_default_places;	    /* DF_1_NODEFLIB */
};

/* 0, -ENOEXEC if it is no ELF file, -EBADMSG if it is a damaged one, or -errno. */
int ctr__elf_read(int fd, struct ctr__elf *elf);

/* The kind of a program or a shared object, from its header alone; results as above. */
int ctr__elf_read_kind(int fd, struct ctr__elf_kind *kind);
bool ctr__elf_kind_equal(const struct ctr__elf_kind *a, const struct ctr__elf_kind *b);

void ctr__elf_clear(struct ctr__elf *elf);

#endif
