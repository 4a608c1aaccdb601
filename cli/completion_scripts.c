/* SPDX-License-Identifier: MIT */
/*
 * The scripts of completion/, each a string of C; COMPLETION_DIR is that directory's path. Not an
 * assembler's file, for the reason that lib/plan/helper_blob.c gives.
 */
#define SCRIPT(name, file)                                                                         \
	__asm__(".pushsection .rodata\n"                                                           \
		".balign 8\n"                                                                      \
		".globl completion_script_" name "\n"                                              \
		".hidden completion_script_" name "\n"                                             \
		"completion_script_" name ":\n"                                                    \
		".incbin \"" COMPLETION_DIR "/" file "\"\n"                                        \
		".byte 0\n"                                                                        \
		".popsection\n")

SCRIPT("bash", "minictr.bash");
SCRIPT("zsh", "minictr.zsh");
SCRIPT("fish", "minictr.fish");
