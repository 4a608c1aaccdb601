/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_EXPORT_H
#define CTR_BASE_EXPORT_H

/* All else is hidden: the build sets -fvisibility=hidden. */
#define CTR_EXPORT __attribute__((visibility("default")))

#endif
