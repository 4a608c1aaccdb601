/* SPDX-License-Identifier: MIT */
/* The architecture that this is compiled for, as filters of system calls see it. */
#ifndef CTR_BASE_ARCH_H
#define CTR_BASE_ARCH_H

#include <linux/audit.h>

#if defined(__x86_64__)
#define CTR__AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CTR__AUDIT_ARCH AUDIT_ARCH_AARCH64
#elif defined(__i386__)
#define CTR__AUDIT_ARCH AUDIT_ARCH_I386
#elif defined(__arm__)
#define CTR__AUDIT_ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define CTR__AUDIT_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CTR__AUDIT_ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define CTR__AUDIT_ARCH AUDIT_ARCH_S390X
#elif defined(__loongarch64)
#define CTR__AUDIT_ARCH AUDIT_ARCH_LOONGARCH64
#else
#error "unknown architecture: add its AUDIT_ARCH_* of linux/audit.h here"
#endif

#endif
