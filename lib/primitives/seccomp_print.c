/* SPDX-License-Identifier: MIT */
/* Prints the numbers of the default filter's calls as C: run by the build. */
#include <stdio.h>
#include <stdlib.h>

#include "primitives/seccomp_table.h"

int main(void)
{
	struct ctr__seccomp_table table;
	const int r = ctr__seccomp_make_table(&table);

	if (r < 0) {
		fprintf(stderr, "the table can't be made: error %d\n", -r);
		return EXIT_FAILURE;
	}
	printf("#include \"primitives/seccomp.h\"\n\n"
	       "static const struct ctr__seccomp_range ranges[] = {\n");
	for (size_t i = 0; i < table.n; i++)
		printf("\t{ 0x%x, %d, 0x%llx },\n", table.ranges[i].first, table.ranges[i].call,
		       (unsigned long long)table.ranges[i].caps);
	printf("};\n\nconst struct ctr__seccomp_table ctr__seccomp_table = { ranges, %zu };\n",
	       table.n);
	ctr__seccomp_free_table(&table);
	return EXIT_SUCCESS;
}
