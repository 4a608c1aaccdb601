/* SPDX-License-Identifier: MIT */
/* A test program that is executed as the helper, and does what no helper does. */
#ifndef TESTS_ALTERED_H
#define TESTS_ALTERED_H

#include "plan/image.h"
#include "plan/launch.h"

/* What the launch has to say to it: its image, NULL if that can't be read, and the steps there. */
struct ctr__image *altered_image(int fd);
const struct ctr__step *altered_steps(const struct ctr__image *image);

/* Begins a launch with this program as its helper. */
void altered_begin(struct ctr__launching *l, struct ctr__launch *launch);

#endif
