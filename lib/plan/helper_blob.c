/* SPDX-License-Identifier: MIT */
/*
 * The finished program of lib/helper/program.c; CTR_HELPER_FILE is its path. In C, so that the
 * compiler marks the object as it marks all others: one without the GNU property note would take
 * the mark of -fcf-protection, or of -mbranch-protection, from the whole library.
 */
__asm__(".pushsection .rodata\n"
	".balign 16\n"
	".globl ctr__helper_begin\n"
	".hidden ctr__helper_begin\n"
	"ctr__helper_begin:\n"
	".incbin \"" CTR_HELPER_FILE "\"\n"
	".Lctr__helper_end:\n"
	".balign 8\n"
	".globl ctr__helper_size\n"
	".hidden ctr__helper_size\n"
	"ctr__helper_size:\n"
	".quad .Lctr__helper_end - ctr__helper_begin\n"
	".popsection\n");
