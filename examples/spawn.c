/* SPDX-License-Identifier: 0BSD */
/* The shortest program that runs another one in a container. */
#include <minictr.h>
#include <stdio.h>

int main(void)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec = ctr_spec_new(err);
	ctr_container *c;
	int code = 125;

	/* If a setter fails, ctr_spawn() fails with its error. */
	ctr_process_add_arg(ctr_spec_get_process(spec), "ps", err);
	ctr_process_add_arg(ctr_spec_get_process(spec), "-ef", err);
	c = ctr_spawn(spec, err);
	if (c && ctr_container_wait(c, -1, err) == 1)
		code = ctr_container_exit_code(c);
	else
		fprintf(stderr, "spawn: %s\n", ctr_error_message(err));

	ctr_container_free(c);
	ctr_spec_free(spec);
	ctr_error_free(err);
	return code;
}
