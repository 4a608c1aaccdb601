/* SPDX-License-Identifier: MIT */
/* What int $0x80 is on x86-64: the calls of a 32-bit program, for which aarch64 takes an execve. */
#ifndef TESTS_SUPPORT_ARM32_H
#define TESTS_SUPPORT_ARM32_H

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define ARM32_ADDRESS 0x10000

struct arm32_program {
	Elf32_Ehdr header;
	Elf32_Phdr load;
	uint32_t code[7];
};

/* Calls getpid(2) and exits with 1, or with 0 if that failed. */
static const struct arm32_program arm32_program = {
	.header = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_ARM,
		.e_version = EV_CURRENT,
		.e_entry = ARM32_ADDRESS + offsetof(struct arm32_program, code),
		.e_phoff = offsetof(struct arm32_program, load),
		.e_flags = EF_ARM_EABI_VER5,
		.e_ehsize = sizeof(Elf32_Ehdr),
		.e_phentsize = sizeof(Elf32_Phdr),
		.e_phnum = 1,
	},
	.load = {
		.p_type = PT_LOAD,
		.p_vaddr = ARM32_ADDRESS,
		.p_paddr = ARM32_ADDRESS,
		.p_filesz = sizeof(struct arm32_program),
		.p_memsz = sizeof(struct arm32_program),
		.p_flags = PF_R | PF_X,
		.p_align = ARM32_ADDRESS,
	},
	.code = {
		0xe3a07014, /* mov r7, #20 */
		0xef000000, /* svc 0 */
		0xe3500000, /* cmp r0, #0 */
		0xc3a00001, /* movgt r0, #1 */
		0xd3a00000, /* movle r0, #0 */
		0xe3a07001, /* mov r7, #1 */
		0xef000000, /* svc 0 */
	},
};

/* Becomes that program. Returns if it can't be: with ENOEXEC where there are 64 bits alone. */
static inline void arm32_execute(void)
{
	char name[] = "arm32", *argv[] = { name, NULL };
	int fd = memfd_create(name, 0);

	if (fd < 0 || write(fd, &arm32_program, sizeof(arm32_program)) < 0)
		return;
	execveat(fd, "", argv, NULL, AT_EMPTY_PATH);
}

#endif
