/* SPDX-License-Identifier: MIT */
/* The finished program of lib/helper/init.c; CTR_INIT_FILE is its path. */
	.section .rodata
	.balign 16
	.globl ctr__init_begin
	.hidden ctr__init_begin
ctr__init_begin:
	.incbin CTR_INIT_FILE
.Lend:
	.balign 8
	.globl ctr__init_size
	.hidden ctr__init_size
ctr__init_size:
	.quad .Lend - ctr__init_begin
	.section .note.GNU-stack, "", %progbits
