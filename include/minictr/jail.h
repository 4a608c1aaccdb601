/* SPDX-License-Identifier: MIT */
/**
 * jail.h - a minimal root file system, made of programs of the host
 *
 * A program needs its loader, the libraries that it names, the libraries that these name, and
 * often files that no header lists. A jail is a list of all these files. Each file that is added
 * brings the files that it needs. They are found by reading files as ld.so(8) does, and never by
 * running anything. The list can be inspected, and written to a directory, in which the programs
 * then run: with ctr_spec_set_rootfs(), ctr_chroot() or anything else that takes a root directory.
 *
 * These functions are in a separate library, libminictr-jail, which needs libelf. Programs include
 * this header and link with pkg-config's minictr-jail or CMake's minictr::minictr-jail, which
 * include libminictr.
 *
 * Each file keeps its path. Symbolic links on the way to it are kept too, so that paths resolve in
 * the jail as they do on the host.
 *
 * The files may belong to other users and may change during a call. Root and the caller are
 * trusted. If any other user could have written a file, the interpreter, loader and libraries that
 * it names must be files that this user could read, and must not be below /proc, /sys or /dev. An
 * interpreter must be an executable ELF file or script. A file that is not included for such a
 * reason is listed as CTR_JAIL_LEFT_OUT if it is part of a directory or an extra, and is an error
 * for a program. It becomes part of the jail if an earlier call adds it by its own path. The cost
 * of a small file is limited: if its libraries would have to be searched in too many places, the
 * rest is left out in the same way.
 */
#ifndef MINICTR_JAIL_H
#define MINICTR_JAIL_H

#include <minictr/error.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_jail ctr_jail;

/* Kinds of entries. */
#define CTR_JAIL_DIRECTORY 0
#define CTR_JAIL_FILE 1
#define CTR_JAIL_LINK 2	    /* a symbolic link */
#define CTR_JAIL_DEVICE 3   /* a character device */
#define CTR_JAIL_MISSING 4  /* needed by a part of an extra or directory, but not on this host */
#define CTR_JAIL_LEFT_OUT 5 /* named by such a part, but not included: see the reason */

/* How ctr_jail_write() creates a file. */
#define CTR_JAIL_COPY 0	    /* a copy, which shares blocks if the file system supports it */
#define CTR_JAIL_REFLINK 1  /* the same; fails if the file system does not support it */
#define CTR_JAIL_HARDLINK 2 /* a hard link: writing to it in the jail changes the host's file */

/* Flags of ctr_jail_write(). */
#define CTR_JAIL_KEEP_SETID 0x100 /* keep set-user-ID and set-group-ID bits, and capabilities */
#define CTR_JAIL_PUBLIC 0x200	  /* a new directory is accessible to all users */

/* What ctr_jail_write() did with an entry. */
#define CTR_JAIL_UNTOUCHED 0
#define CTR_JAIL_UP_TO_DATE 1 /* it already was as on the host */
#define CTR_JAIL_WRITTEN 2

/**
 * ctr_jail_new() - create an empty list
 * @err: filled on failure only; may be NULL
 *
 * This reads /etc/ld.so.cache, if it exists.
 *
 * Return: the jail, which the caller frees, or NULL with
 *   CTR_E_NOMEM   out of memory
 *   CTR_E_SYSTEM  the loader's cache exists but cannot be read
 *
 * Threads: any.
 * Kernel:  ld.so(8), ldconfig(8).
 * Since:   0.1
 */
ctr_jail *ctr_jail_new(ctr_error *err);

/**
 * ctr_jail_free() - free a list
 * @jail: may be NULL
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
void ctr_jail_free(ctr_jail *jail);

/**
 * ctr_jail_add_program() - add a program with everything it needs to start
 * @jail:   changed only on success
 * @name:   an absolute path, or a name without a slash, which is searched in @search
 * @search: a PATH value, in which relative directories are ignored; may be NULL if @name is a
 *          path. The interpreters of scripts that use "env" are searched there as well, or in
 *          the usual directories
 * @err:    filled on failure only; may be NULL
 *
 * An ELF file needs its loader and all of its libraries, direct and indirect. They are found by the
 * rules for DT_RPATH, DT_RUNPATH, $ORIGIN, $LIB, $PLATFORM, the cache, and the glibc-hwcaps
 * directories of this processor, or by those of musl's loader. A script needs its interpreter, and
 * whatever that needs. LD_LIBRARY_PATH and LD_PRELOAD are ignored. No header lists the files that
 * a program opens later (plugins, data): see ctr_jail_add_extra().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID         @name is NULL, empty or a relative path
 *   CTR_E_NOT_FOUND       the program does not exist
 *   CTR_E_NOT_EXECUTABLE  it is not executable or damaged, or a file that it needs does not
 *                         exist or may not be included
 *   CTR_E_STATE           a directory was replaced during the call
 *   CTR_E_SYSTEM          a file cannot be read
 *   CTR_E_NOMEM           out of memory
 *
 * Threads: one at a time for each @jail.
 * Kernel:  execve(2), ld.so(8), elf(5), path_resolution(7).
 * Since:   0.1
 */
int ctr_jail_add_program(ctr_jail *jail, const char *name, const char *search, ctr_error *err);

/**
 * ctr_jail_add_path() - add a file, or a directory with everything in it
 * @jail: changed only on success
 * @path: absolute
 * @err:  filled on failure only; may be NULL
 *
 * Programs, scripts and shared objects bring the files that they need. A needed file that does not
 * exist on the host is listed as CTR_JAIL_MISSING. A symbolic link in a directory brings only the
 * link itself. Sockets and named pipes are skipped. These are listed as CTR_JAIL_LEFT_OUT: devices
 * in a directory, files outside the directory to which a link in it leads, and hard links to files
 * that the directory's owner may not read. A symbolic link of another user on the way to @path is
 * followed only to a file that this user could read, or to a directory that this user owns.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID    @path is NULL or relative; or it is not a file, a link, a directory or a
 *                    character device; or a link of another user leads to it
 *   CTR_E_NOT_FOUND  @path does not exist
 *   CTR_E_STATE      a directory was replaced during the call
 *   CTR_E_SYSTEM     a file cannot be read
 *   CTR_E_NOMEM      out of memory
 *
 * Threads: one at a time for each @jail.
 * Kernel:  ld.so(8), elf(5), path_resolution(7).
 * Since:   0.1
 */
int ctr_jail_add_path(ctr_jail *jail, const char *path, ctr_error *err);

/**
 * ctr_jail_add_extra() - add data files that ELF headers do not list
 * @jail: changed only on success
 * @name: such as "locale": see ctr_jail_extra_name()
 * @err:  filled on failure only; may be NULL
 *
 * The files are searched in the directories that distributions use for them. Symbolic links there
 * bring the files that they lead to.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID    @name is not an extra
 *   CTR_E_NOT_FOUND  this host has none of these files
 *   CTR_E_SYSTEM     a file cannot be read
 *   CTR_E_NOMEM      out of memory
 *
 * Threads: one at a time for each @jail.
 * Kernel:  ld.so(8), elf(5), path_resolution(7).
 * Since:   0.1
 */
int ctr_jail_add_extra(ctr_jail *jail, const char *name, ctr_error *err);

/**
 * ctr_jail_extra_name() - get the name of an extra
 * @index: from 0 upwards without gaps
 *
 * Return: such as "locale", static; NULL past the last one.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_jail_extra_name(size_t index);

/**
 * ctr_jail_extra_summary() - get a short description of an extra
 * @index: as for ctr_jail_extra_name()
 *
 * Return: such as "languages and character sets", static; NULL past the last one.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_jail_extra_summary(size_t index);

/**
 * ctr_jail_count() - get the number of entries
 * @jail: borrowed
 *
 * A directory is listed before its contents.
 *
 * Return: the number; valid indices are below it.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
size_t ctr_jail_count(const ctr_jail *jail);

/**
 * ctr_jail_path() - get the path of an entry, on the host and below the jail's directory
 * @jail:  borrowed
 * @index: below ctr_jail_count()
 *
 * Return: an absolute path without symbolic links in it; of CTR_JAIL_MISSING and
 * CTR_JAIL_LEFT_OUT, the name that is needed. It is valid as long as @jail. NULL if the entry does
 * not exist.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
const char *ctr_jail_path(const ctr_jail *jail, size_t index);

/**
 * ctr_jail_kind() - get the kind of an entry
 * @jail:  borrowed
 * @index: below ctr_jail_count()
 *
 * Return: CTR_JAIL_DIRECTORY, ..., CTR_JAIL_LEFT_OUT; CTR_JAIL_MISSING if there is no such entry.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
uint32_t ctr_jail_kind(const ctr_jail *jail, size_t index);

/**
 * ctr_jail_target() - get the target of a symbolic link
 * @jail:  borrowed
 * @index: below ctr_jail_count()
 *
 * Return: its text, which is valid as long as @jail; NULL if the entry is no link.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
const char *ctr_jail_target(const ctr_jail *jail, size_t index);

/**
 * ctr_jail_size_bytes() - get the size of a file
 * @jail:  borrowed
 * @index: below ctr_jail_count()
 *
 * Return: its size in bytes; 0 if the entry is no file.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
uint64_t ctr_jail_size_bytes(const ctr_jail *jail, size_t index);

/**
 * ctr_jail_state() - get what ctr_jail_write() did with an entry
 * @jail:  borrowed
 * @index: below ctr_jail_count()
 *
 * Return: CTR_JAIL_UNTOUCHED before ctr_jail_write(), then CTR_JAIL_UP_TO_DATE or
 * CTR_JAIL_WRITTEN.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
uint32_t ctr_jail_state(const ctr_jail *jail, size_t index);

/**
 * ctr_jail_reason_count() - get the number of reasons for an entry
 * @jail:  borrowed
 * @index: below ctr_jail_count()
 *
 * Directories, and links on the way to other entries, have no reasons.
 *
 * Return: the number.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
size_t ctr_jail_reason_count(const ctr_jail *jail, size_t index);

/**
 * ctr_jail_reason() - get a reason why an entry is needed
 * @jail:   borrowed
 * @index:  below ctr_jail_count()
 * @reason: below ctr_jail_reason_count()
 *
 * Return: such as "libc.so.6, by /etc/ld.so.cache", which is valid as long as @jail; NULL if there
 * is no such reason.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
const char *ctr_jail_reason(const ctr_jail *jail, size_t index, size_t reason);

/**
 * ctr_jail_needed_by() - get the file that needs an entry
 * @jail:   borrowed
 * @index:  below ctr_jail_count()
 * @reason: below ctr_jail_reason_count()
 *
 * Return: the path of the other entry, which is valid as long as @jail; NULL if the caller added
 * it, or if there is no such reason.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
const char *ctr_jail_needed_by(const ctr_jail *jail, size_t index, size_t reason);

/**
 * ctr_jail_json() - get the whole list as one line of JSON
 * @jail: borrowed
 * @text: where it is stored, always terminated; may be NULL if @size is 0
 * @size: room in @text, in bytes
 *
 * An object with the member "entries": an array of objects with the members "path", "kind"
 * ("directory", "file", "link", "device", "missing" or "left-out"), "target" (of a link), "size"
 * (of a file), and "reasons": an array of objects with the members "needed_by" (null for the
 * caller) and "why".
 *
 * Return: the length of the whole text as snprintf(3) does.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
size_t ctr_jail_json(const ctr_jail *jail, char *text, size_t size);

/**
 * ctr_jail_write() - write all entries below a directory
 * @jail: its states change, see ctr_jail_state()
 * @dir:  path of a directory, which is created if its parent exists
 * @how:  CTR_JAIL_COPY, CTR_JAIL_REFLINK or CTR_JAIL_HARDLINK, and CTR_JAIL_KEEP_SETID and
 *        CTR_JAIL_PUBLIC if wanted
 * @err:  filled on failure only; may be NULL
 *
 * A @dir that root creates is accessible only to root (mode 0700), inside the jail as well.
 * CTR_JAIL_PUBLIC makes it accessible to all users. An existing @dir keeps its mode.
 *
 * Permissions and the times of files are kept. Owners are kept if the caller may change them.
 *
 * A set-user-ID program in a jail would be available to every user that can enter @dir, even after
 * the host's program was updated. Files are therefore written without set-user-ID and set-group-ID
 * bits and without capabilities, unless CTR_JAIL_KEEP_SETID is given and the caller may change
 * owners. With CTR_JAIL_HARDLINK a file that has them is copied. Other extended attributes are not
 * kept. If a file has an access list, the permissions of the copy allow no more than the list.
 * Hard links become separate files, and sparse files stay sparse. A file that changes or grows
 * while it is copied is refused.
 *
 * A file that differs is replaced atomically. A file that is up to date (size, time, permissions,
 * owner) is kept, and so is a file of the host if a part of the host is mounted in @dir. Everything
 * else in @dir stays as it is. Nothing outside of @dir is written. A symbolic link in @dir in place
 * of a directory is not followed. After a failure some entries are written, and another call
 * continues.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      @dir is NULL or empty, the host's root, or a directory on the list; or
 *                      @how is unknown
 *   CTR_E_STATE        a file has changed since it was added, an object of another kind is in
 *                      the place of an entry, or another call is writing to @dir
 *   CTR_E_UNSUPPORTED  the file system cannot share blocks, or @dir is on another file system
 *                      than a file, which therefore cannot be linked
 *   CTR_E_SYSTEM       a file cannot be read or written
 *   CTR_E_NOMEM        out of memory
 *
 * Threads: one at a time for each @jail and each @dir. The call locks a file that only the user
 *          can open, below /run or /run/user, or otherwise in @dir. It removes the file when
 *          it ends.
 * Kernel:  openat2(2), rename(2), copy_file_range(2), lseek(2), ioctl_ficlonerange(2), link(2),
 *          flock(2), acl(5), capabilities(7).
 * Since:   0.1
 */
int ctr_jail_write(ctr_jail *jail, const char *dir, uint32_t how, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
