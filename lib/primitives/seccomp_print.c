/* SPDX-License-Identifier: MIT */
/* Prints the default filter as C, so that a spawn has only to load it: run by the build. */
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>

#include "primitives/caps.h"
#include "primitives/seccomp.h"

int main(void)
{
	const uint64_t caps = ctr__seccomp_relevant(ctr__caps_by_default());
	struct sock_filter *insns;
	size_t n;
	int r;

	/* Else libseccomp asks the machine that builds, which may emulate no seccomp(2). */
	seccomp_api_set(3);
	r = ctr__seccomp_build(caps, false, &insns, &n);
	if (r < 0) {
		fprintf(stderr, "the filter can't be made: error %d\n", -r);
		return EXIT_FAILURE;
	}
	printf("#include \"primitives/seccomp.h\"\n\n"
	       "const uint64_t ctr__seccomp_caps = 0x%llxull;\n\n"
	       "static const struct sock_filter insns[] = {\n",
	       (unsigned long long)caps);
	for (size_t i = 0; i < n; i++)
		printf("\t{ 0x%02x, %u, %u, 0x%08x },\n", insns[i].code, insns[i].jt, insns[i].jf,
		       insns[i].k);
	printf("};\n\nconst struct ctr__step_filter ctr__seccomp_default = { .v = insns, .n = %zu, .verify = true };\n",
	       n);
	free(insns);
	return EXIT_SUCCESS;
}
