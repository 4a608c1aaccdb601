/* SPDX-License-Identifier: 0BSD */
/* "07-errors ROOTFS CMD [ARG...]" shows the parts of the error, if there is one. */
#include <minictr.h>
#include <stdio.h>
#include <string.h>

static int run(char **argv, ctr_error *err)
{
	ctr_spec *spec = ctr_spec_new(err);
	ctr_container *c;
	int code = -1;

	ctr_spec_set_rootfs(spec, argv[0], err);
	ctr_process_set_args(ctr_spec_get_process(spec), argv + 1, err);
	c = ctr_spawn(spec, err);
	if (c && ctr_container_wait(c, -1, err) == 1)
		code = ctr_container_exit_code(c);
	ctr_container_free(c); /* as with free(3), NULL is fine */
	ctr_spec_free(spec);
	return code;
}

/* A field that is not known is "" or 0, never NULL. */
static void show(const ctr_error *err)
{
	int code = ctr_error_code(err), number = ctr_error_errno(err);

	printf("code:   %d%s\n", code,
	       code == CTR_E_NOT_EXECUTABLE ? ", CTR_E_NOT_EXECUTABLE" : "");
	printf("errno:  %d, %s\n", number, strerror(number));
	printf("step:   %s\n", ctr_error_step(err));
	printf("object: %s\n", ctr_error_object(err));
	printf("hint:   %s\n", ctr_error_hint(err));
}

int main(int argc, char **argv)
{
	ctr_error *err = ctr_error_new();
	int code;

	if (argc < 3)
		return fprintf(stderr, "usage: 07-errors ROOTFS CMD [ARG...]\n"), 2;
	code = run(argv + 1, err);
	if (ctr_error_code(err) != CTR_E_NONE)
		show(err);
	else
		printf("exit code %d\n", code);
	ctr_error_free(err);
	return 0;
}
