/* SPDX-License-Identifier: MIT */
#include "jail/cpu.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/auxv.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <string.h>

/* Registers of cpuid, each with what the psABI for x86-64 asks of it at a level. */
struct features {
	uint32_t ecx1, ebx7, ecx_extended, saved; /* saved: XCR0, what the kernel keeps */
	bool intel;
};

#define SAVED_AVX 0x06u	   /* SSE and AVX registers */
#define SAVED_AVX512 0xe6u /* and those of AVX-512 */

static const struct level {
	const char *name;
	struct features needs;
} levels[CTR__CPU_LEVELS] = {
	{ "x86-64-v4",
	  { .ebx7 = bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL,
	    .saved = SAVED_AVX512 } },
	{ "x86-64-v3",
	  { .ecx1 = bit_AVX | bit_F16C | bit_FMA | bit_MOVBE | bit_OSXSAVE,
	    .ebx7 = bit_AVX2 | bit_BMI | bit_BMI2,
	    .ecx_extended = bit_LZCNT,
	    .saved = SAVED_AVX } },
	{ "x86-64-v2",
	  { .ecx1 = bit_CMPXCHG16B | bit_POPCNT | bit_SSE3 | bit_SSE4_1 | bit_SSE4_2 | bit_SSSE3,
	    .ecx_extended = bit_LAHF_LM } },
};

static uint32_t read_xcr0(void)
{
	uint32_t low, high;

	__asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return low;
}

static struct features read_features(void)
{
	struct features f = { 0 };
	unsigned a, b, c, d;

	if (__get_cpuid(0, &a, &b, &c, &d))
		f.intel = b == signature_INTEL_ebx && c == signature_INTEL_ecx &&
			  d == signature_INTEL_edx;
	if (__get_cpuid(1, &a, &b, &c, &d))
		f.ecx1 = c;
	if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
		f.ebx7 = b;
	if (__get_cpuid(0x80000001, &a, &b, &c, &d))
		f.ecx_extended = c;
	if (f.ecx1 & bit_OSXSAVE)
		f.saved = read_xcr0();
	return f;
}

static bool has(const struct features *f, const struct features *needs)
{
	return (f->ecx1 & needs->ecx1) == needs->ecx1 && (f->ebx7 & needs->ebx7) == needs->ebx7 &&
	       (f->ecx_extended & needs->ecx_extended) == needs->ecx_extended &&
	       (f->saved & needs->saved) == needs->saved;
}

/* glibc gives Intel's processors with AVX2 a name of its own. */
static bool is_haswell(const struct features *f)
{
	const struct features needs = {
		.ecx1 = bit_FMA | bit_MOVBE | bit_POPCNT | bit_OSXSAVE,
		.ebx7 = bit_AVX2 | bit_BMI | bit_BMI2,
		.ecx_extended = bit_LZCNT,
		.saved = SAVED_AVX,
	};

	return f->intel && has(f, &needs);
}

/* Each level includes those below it. */
static void read_machine(struct ctr__cpu *cpu)
{
	const struct features f = read_features();
	size_t first = CTR__CPU_LEVELS, n = 0;

	while (first > 0 && has(&f, &levels[first - 1].needs))
		first--;
	while (first < CTR__CPU_LEVELS)
		cpu->levels[n++] = levels[first++].name;
	if (is_haswell(&f))
		cpu->platform = "haswell";
}
#else
static void read_machine(struct ctr__cpu *cpu)
{
	(void)cpu;
}
#endif

void ctr__cpu_read(struct ctr__cpu *cpu)
{
	const char *platform = (const char *)getauxval(AT_PLATFORM);

	*cpu = (struct ctr__cpu){ .platform = platform ? platform : "" };
	read_machine(cpu);
}
