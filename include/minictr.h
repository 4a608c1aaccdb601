/* SPDX-License-Identifier: MIT */
/**
 * minictr.h - spawn programs in containers, in process
 *
 * This header includes all of libminictr. Each part can also be included separately.
 * minictr/jail.h belongs to a separate library, libminictr-jail.
 */
#ifndef MINICTR_H
#define MINICTR_H

#include <minictr/caps.h>
#include <minictr/cgroup.h>
#include <minictr/chroot.h>
#include <minictr/confine.h>
#include <minictr/container.h>
#include <minictr/credentials.h>
#include <minictr/error.h>
#include <minictr/given.h>
#include <minictr/landlock.h>
#include <minictr/limits.h>
#include <minictr/mount.h>
#include <minictr/mounts.h>
#include <minictr/namespace.h>
#include <minictr/namespaces.h>
#include <minictr/parse.h>
#include <minictr/plan.h>
#include <minictr/pool.h>
#include <minictr/probe.h>
#include <minictr/process.h>
#include <minictr/program.h>
#include <minictr/resources.h>
#include <minictr/seccomp.h>
#include <minictr/spec.h>
#include <minictr/usage.h>
#include <minictr/userns.h>
#include <minictr/version.h>

#endif
