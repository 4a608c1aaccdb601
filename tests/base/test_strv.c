/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/strv.h"
#include "support/suite.h"

START_TEST(test_strv_add__ends_in_null)
{
	struct ctr__strv list = { 0 };

	ck_assert_int_eq(ctr__strv_add(&list, "one"), 0);
	ck_assert_ptr_null(list.v[1]);
	ctr__strv_clear(&list);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("strv");
	TCase *tests = suite_case(suite, "strv");

	tcase_add_test(tests, test_strv_add__ends_in_null);
	return suite_run(suite);
}
