/* SPDX-License-Identifier: MIT */
/* The finished program of lib/helper/init.c; CTR_INIT_FILE is its path. */
	.section .rodata
	.balign 16
	.globl ctr__init_begin
	.hidden ctr__init_begin
ctr__init_begin:
	.incbin CTR_INIT_FILE
	.globl ctr__init_end
	.hidden ctr__init_end
ctr__init_end:
	.section .note.GNU-stack, "", %progbits
