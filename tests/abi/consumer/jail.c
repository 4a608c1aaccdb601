/* SPDX-License-Identifier: MIT */
/* What a program of somebody else's does with the library for jails. */
#include <minictr/jail.h>
#include <stdio.h>

int main(void)
{
	ctr_error *err = ctr_error_new();
	ctr_jail *jail = ctr_jail_new(err);
	int good = 0;

	if (jail && !ctr_jail_add_program(jail, "sh", "/usr/bin:/bin", err))
		good = ctr_jail_count(jail) > 1;
	if (!good)
		fprintf(stderr, "jail: %s\n", ctr_error_message(err));
	ctr_jail_free(jail);
	ctr_error_free(err);
	return good ? 0 : 1;
}
