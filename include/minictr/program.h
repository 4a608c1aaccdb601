/* SPDX-License-Identifier: MIT */
/**
 * program.h - check whether a program can run in a root file system
 */
#ifndef MINICTR_PROGRAM_H
#define MINICTR_PROGRAM_H

#include <minictr/error.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * ctr_program_find() - find a program below a root directory, as a process there would
 * @root:   path of the directory
 * @name:   an absolute path below @root, one relative to it, or a name without a slash
 * @search: a PATH value, in which such a name is searched; may be NULL if @name has a slash
 * @path:   where the path below @root is stored, always terminated; may be NULL if @size is 0
 * @size:   room in @path, in bytes
 * @err:    filled on failure only; may be NULL
 *
 * This checks everything that the kernel needs to execute the file: permissions, the format of
 * the file, the interpreter of a script, the loader of an ELF file. ctr_plan_compile() does the
 * same for a container. Use this function when building a root file system or entering one with
 * ctr_chroot(). Links are followed below @root. Nothing is executed.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID         @root or @name is NULL or empty, @name has no slash and there is no
 *                         @search, or the path does not fit
 *   CTR_E_NOT_FOUND       the program does not exist
 *   CTR_E_NOT_EXECUTABLE  it exists and cannot be executed: the hint gives the reason
 *   CTR_E_SYSTEM          @root cannot be opened
 *   CTR_E_NOMEM           out of memory
 *
 * Threads: any.
 * Kernel:  execve(2), path_resolution(7), openat2(2).
 * Since:   0.1
 */
int ctr_program_find(const char *root, const char *name, const char *search, char *path,
		     size_t size, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
