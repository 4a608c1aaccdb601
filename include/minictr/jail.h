/* SPDX-License-Identifier: MIT */
/**
 * jail.h - a minimal root file system, made of programs of the host
 *
 * A program needs its loader, the libraries that it names and those that they name, and often
 * files that no header tells of. A jail is a list of all these: what is added brings what it
 * needs, found by reading files as ld.so(8) does and never by running anything. The list can
 * be looked at, and written below a directory in which the programs then run: under
 * ctr_spec_set_rootfs(), ctr_chroot() or anything else that takes a root directory.
 *
 * These functions are of a library of their own, libminictr-jail, which needs libelf: programs
 * include this header and link by pkg-config's minictr-jail or CMake's minictr::minictr-jail,
 * which bring libminictr.
 *
 * Each file keeps its path. Symbolic links that lie on the way to it are kept too, so that
 * paths resolve in the jail as they do on the host.
 *
 * The files may belong to other users, and change meanwhile. Root and the caller are
 * trusted. What any other user could have written may name, as its interpreter, loader or
 * library, only a file that this user could read, and nothing below /proc, /sys or /dev. An
 * interpreter must be an executable ELF file or script. What is not taken for such a reason is
 * listed as CTR_JAIL_LEFT_OUT where it is part of a directory or an extra, and is an error for a
 * program. A call that adds it by its own path, made before, makes it part of the jail. What a
 * small file can cost is bounded: where libraries would be looked for in more places than all
 * programs of a distribution name, the rest is left out in the same way.
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

/* What an entry is. */
#define CTR_JAIL_DIRECTORY 0
#define CTR_JAIL_FILE 1
#define CTR_JAIL_LINK 2	    /* a symbolic link */
#define CTR_JAIL_DEVICE 3   /* a character device */
#define CTR_JAIL_MISSING 4  /* needed by a part of an extra or a directory, and not on this host */
#define CTR_JAIL_LEFT_OUT 5 /* named by such a part, and not taken: the reason says why */

/* How ctr_jail_write() makes a file. */
#define CTR_JAIL_COPY 0	    /* a file of its own; shares blocks where the file system can */
#define CTR_JAIL_REFLINK 1  /* the same, and fails where it can't */
#define CTR_JAIL_HARDLINK 2 /* a hard link: writing to it in the jail changes the host's file */

/* Flags for it. */
#define CTR_JAIL_KEEP_SETID 0x100 /* set-user-ID and set-group-ID bits, and capabilities */
#define CTR_JAIL_PUBLIC 0x200	  /* a directory that is made is for all users */

/* What ctr_jail_write() did with an entry. */
#define CTR_JAIL_UNTOUCHED 0
#define CTR_JAIL_UP_TO_DATE 1 /* it was there already, as it is on the host */
#define CTR_JAIL_WRITTEN 2

/**
 * ctr_jail_new() - make an empty list
 * @err: filled on failure only; may be NULL
 *
 * Reads /etc/ld.so.cache, where there is one.
 *
 * Return: the jail, the caller's to free, or NULL with
 *   CTR_E_NOMEM   out of memory
 *   CTR_E_SYSTEM  the loader's cache is there and can't be read
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
 * ctr_jail_add_program() - add a program with all that it needs to start
 * @jail:   changed only on success
 * @name:   an absolute path, or a name without a slash to look for in @search
 * @search: a PATH value, of which only absolute places count; may be NULL if @name is a path.
 *          What a script's "env" looks for is looked for there too, or in the usual places
 * @err:    filled on failure only; may be NULL
 *
 * That is: of an ELF file its loader and the closure of its libraries, with the rules for
 * DT_RPATH, DT_RUNPATH, $ORIGIN, $LIB, $PLATFORM, the cache, and folders of glibc-hwcaps for
 * this processor, or with those of musl's loader; of a script its interpreter with the same.
 * LD_LIBRARY_PATH and LD_PRELOAD do not count. What a program opens by itself later (plugins,
 * data) no header tells: see ctr_jail_add_extra().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID         @name is NULL, empty or a relative path
 *   CTR_E_NOT_FOUND       there is no such program
 *   CTR_E_NOT_EXECUTABLE  it is not executable, damaged, or needs what is not there or may not
 *                         be taken
 *   CTR_E_STATE           a directory was exchanged with something else meanwhile
 *   CTR_E_SYSTEM          a file can't be read
 *   CTR_E_NOMEM           out of memory
 *
 * Threads: one at a time for each @jail.
 * Kernel:  execve(2), ld.so(8), elf(5), path_resolution(7).
 * Since:   0.1
 */
int ctr_jail_add_program(ctr_jail *jail, const char *name, const char *search, ctr_error *err);

/**
 * ctr_jail_add_path() - add a file, or a directory with all that is in it
 * @jail: changed only on success
 * @path: absolute
 * @err:  filled on failure only; may be NULL
 *
 * Programs, scripts and shared objects bring what they need; what of it is not on the host is
 * listed as CTR_JAIL_MISSING. In a directory a symbolic link brings the link alone, whatever it
 * leads to. Sockets and named pipes are passed over. Devices in a directory, files that a link
 * leads to out of it, and hard links to files that the directory's owner may not read are listed
 * as CTR_JAIL_LEFT_OUT. A symbolic link of another user on the way to @path is followed only to
 * a file that this user could read, or to a directory of this user's.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID    @path is NULL or relative, or neither a file, a link, a directory nor a
 *                    character device, or another user's link leads to it
 *   CTR_E_NOT_FOUND  there is no such path
 *   CTR_E_STATE      a directory was exchanged with something else meanwhile
 *   CTR_E_SYSTEM     a file can't be read
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
 * It is looked for in the places that distributions have for it. Symbolic links there bring the
 * files that they lead to.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID    there is no such extra
 *   CTR_E_NOT_FOUND  this host has nothing of it
 *   CTR_E_SYSTEM     a file can't be read
 *   CTR_E_NOMEM      out of memory
 *
 * Threads: one at a time for each @jail.
 * Kernel:  ld.so(8), elf(5), path_resolution(7).
 * Since:   0.1
 */
int ctr_jail_add_extra(ctr_jail *jail, const char *name, ctr_error *err);

/**
 * ctr_jail_extra_name() - the name of an extra
 * @index: from 0 upwards without gaps
 *
 * Return: such as "locale", static; NULL past the last one.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_jail_extra_name(size_t index);

/**
 * ctr_jail_extra_summary() - what an extra is, in some words
 * @index: as for ctr_jail_extra_name()
 *
 * Return: such as "languages and character sets", static; NULL past the last one.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_jail_extra_summary(size_t index);

/**
 * ctr_jail_count() - how many entries the list has
 * @jail: borrowed
 *
 * A directory is listed before what is in it.
 *
 * Return: the number; valid indices are below it.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
size_t ctr_jail_count(const ctr_jail *jail);

/**
 * ctr_jail_path() - where an entry is, on the host and below the jail's directory
 * @jail:  borrowed
 * @index: below ctr_jail_count()
 *
 * Return: an absolute path without symbolic links in it; of CTR_JAIL_MISSING and
 * CTR_JAIL_LEFT_OUT, the name that is needed. It lives as long as @jail. NULL if there is no such
 * entry.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
const char *ctr_jail_path(const ctr_jail *jail, size_t index);

/**
 * ctr_jail_kind() - what an entry is
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
 * ctr_jail_target() - what a symbolic link says
 * @jail:  borrowed
 * @index: below ctr_jail_count()
 *
 * Return: its text, which lives as long as @jail; NULL if the entry is no link.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
const char *ctr_jail_target(const ctr_jail *jail, size_t index);

/**
 * ctr_jail_size_bytes() - how large a file is
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
 * ctr_jail_state() - what became of an entry
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
 * ctr_jail_reason_count() - how many reasons there are for an entry
 * @jail:  borrowed
 * @index: below ctr_jail_count()
 *
 * Directories have none, and links that are on the way to others.
 *
 * Return: the number.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
size_t ctr_jail_reason_count(const ctr_jail *jail, size_t index);

/**
 * ctr_jail_reason() - why an entry is needed
 * @jail:   borrowed
 * @index:  below ctr_jail_count()
 * @reason: below ctr_jail_reason_count()
 *
 * Return: such as "libc.so.6, by /etc/ld.so.cache", which lives as long as @jail; NULL if there
 * is no such reason.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
const char *ctr_jail_reason(const ctr_jail *jail, size_t index, size_t reason);

/**
 * ctr_jail_needed_by() - which file an entry is needed by
 * @jail:   borrowed
 * @index:  below ctr_jail_count()
 * @reason: below ctr_jail_reason_count()
 *
 * Return: the path of the other entry, which lives as long as @jail; NULL if the caller added
 * it, or if there is no such reason.
 *
 * Threads: one at a time for each @jail.
 * Since:   0.1
 */
const char *ctr_jail_needed_by(const ctr_jail *jail, size_t index, size_t reason);

/**
 * ctr_jail_json() - the whole list as one line of JSON
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
 * @dir:  path of a directory, which is made if it is not there (the one above it must be)
 * @how:  CTR_JAIL_COPY, CTR_JAIL_REFLINK or CTR_JAIL_HARDLINK, and CTR_JAIL_KEEP_SETID and
 *        CTR_JAIL_PUBLIC if wanted
 * @err:  filled on failure only; may be NULL
 *
 * A @dir that root makes is for root alone (mode 0700), also inside: CTR_JAIL_PUBLIC makes it
 * one for all users. A @dir that is there keeps its mode.
 *
 * Permissions are kept, and times of files; the owner too where the caller may give files
 * away. A set-user-ID program in a jail is one for every user that can enter @dir, and stays
 * when the host's has been mended. So files have no set-user-ID and set-group-ID bits and no
 * capabilities, unless CTR_JAIL_KEEP_SETID is given and the caller may give files away; with
 * CTR_JAIL_HARDLINK a file that has them is copied. Other extended attributes are not kept. In
 * the place of an access list the permissions of a copy give nobody more than the list does.
 * Hard links become files, and the holes of sparse files stay holes. A file that changes or
 * grows while it is copied is refused. A file takes the
 * place of the one that was there in one step; one that is as it should be (size, time,
 * permissions, owner) stays, and so does the host's own where a part of the host is mounted in
 * @dir. What else is in @dir stays as it is. Nothing outside of @dir is written, and a symbolic
 * link in @dir where an entry is a directory is not followed. After a failure some entries are
 * written, and a further call goes on.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      @dir is NULL or empty, the host's root, or a directory on the list
 *                      itself, or @how is unknown
 *   CTR_E_STATE        a file has changed since it was added, something of another kind is in
 *                      an entry's place, or another call writes to @dir
 *   CTR_E_UNSUPPORTED  the file system can't share blocks, or the file would have to be linked
 *                      to from another file system
 *   CTR_E_SYSTEM       a file can't be read or written
 *   CTR_E_NOMEM        out of memory
 *
 * Threads: one at a time for each @jail and each @dir. It locks a file that only the user can
 *          open, below /run or /run/user, and in @dir where there is no such place. It removes
 *          the file when it ends.
 * Kernel:  openat2(2), rename(2), copy_file_range(2), lseek(2), ioctl_ficlonerange(2), link(2),
 *          flock(2), acl(5), capabilities(7).
 * Since:   0.1
 */
int ctr_jail_write(ctr_jail *jail, const char *dir, uint32_t how, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
