/* SPDX-License-Identifier: MIT */
/*
 * A file that an option names and minictr writes when the container has ended. The container may
 * be able to write the directory that it lies in, and so may other users.
 */
#ifndef MINICTR_CLI_OUT_FILE_H
#define MINICTR_CLI_OUT_FILE_H

#include <stddef.h>

struct draft;

struct out_file {
	const char *option; /* with its dashes; NULL: no file was asked for */
	const char *path;
	const char *name; /* the last component of the path */
	int fd;		  /* a descriptor of the caller's that the path names; -1: none */
	int dir;	  /* else the directory, held from before the launch on */
};

/*
 * Finds the directory and makes an empty file, so that minictr starts nothing when it can't write
 * one. Only a regular file with no other name is written, and a symbolic link on the way to it is
 * followed only if neither the container of @draft nor another user can have made it. -1 with a
 * message. To be closed also if it fails.
 */
int out_file_prepare(struct out_file *file, const struct draft *draft);

/* Writes the text, and nothing else is in the file then. */
int out_file_write(const struct out_file *file, const char *text, size_t size);

void out_file_close(struct out_file *file);

#endif
