/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_RELAY_H
#define MINICTR_CLI_RELAY_H

#include "signals.h"

/*
 * Stands between the caller and the container until it has ended: passes on
 * signals from @signals and, if the container has a terminal, what is typed
 * and shown. Returns the exit status for minictr.
 */
int relay_until_end(const struct forward *forward, int signals);

#endif
