/* SPDX-License-Identifier: MIT */
/*
 * The finished program of lib/helper/init.c; CTR_INIT_FILE is its path. In C, so that the compiler
 * marks the object as it marks all others: one without the GNU property note would take the
 * mark of -fcf-protection, or of -mbranch-protection, from the whole library.
 */
__asm__(".pushsection .rodata\n"
	".balign 16\n"
	".globl ctr__init_begin\n"
	".hidden ctr__init_begin\n"
	"ctr__init_begin:\n"
	".incbin \"" CTR_INIT_FILE "\"\n"
	".Lctr__init_end:\n"
	".balign 8\n"
	".globl ctr__init_size\n"
	".hidden ctr__init_size\n"
	"ctr__init_size:\n"
	".quad .Lctr__init_end - ctr__init_begin\n"
	".popsection\n");
