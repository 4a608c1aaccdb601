/* SPDX-License-Identifier: MIT */
/* The scripts of completion/, each a string of C. */
.macro script name, file
	.balign 8
	.globl completion_script_\name
	.hidden completion_script_\name
completion_script_\name:
	.incbin "completion/\file"
	.byte 0
.endm
	.section .rodata
	script bash, minictr.bash
	script zsh, minictr.zsh
	script fish, minictr.fish
	.section .note.GNU-stack, "", %progbits
