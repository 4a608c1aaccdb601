/* SPDX-License-Identifier: MIT */
/**
 * version.h - the version of the library
 */
#ifndef MINICTR_VERSION_H
#define MINICTR_VERSION_H

#define CTR_VERSION_MAJOR 0
#define CTR_VERSION_MINOR 1
#define CTR_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif

/**
 * ctr_version() - the version of the library that the program runs with
 *
 * The CTR_VERSION_* macros give the one that it was compiled with.
 *
 * Return: "MAJOR.MINOR.PATCH", never NULL, static.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_version(void);

#ifdef __cplusplus
}
#endif

#endif
