/* SPDX-License-Identifier: MIT */
/* Shares and weights: each of them as libm computes it. */
#include <math.h>

#include "cgroup/shares.h"
#include "support/suite.h"

enum { SHARES_MIN = 2, SHARES_MAX = 262144, WEIGHT_MAX = 10000 };

/* Asserts write to a file, even those that hold: none of them is in what is done often. */
START_TEST(test_shares__weights_are_those_of_libm)
{
	for (unsigned shares = SHARES_MIN; shares <= SHARES_MAX; shares++) {
		const double l = log2(shares);
		const double weight = ceil(pow(10, (l * l + 125 * l) / 612 - 7.0 / 34) - 1e-9);

		if (ctr__weight_of_shares(shares) != (uint64_t)weight)
			ck_abort_msg("%u shares are %llu", shares,
				     (unsigned long long)ctr__weight_of_shares(shares));
	}
}
END_TEST

START_TEST(test_shares__shares_are_those_of_libm)
{
	for (unsigned weight = 1; weight <= WEIGHT_MAX; weight++) {
		const double c = 612 * (log10(weight) + 7.0 / 34);
		const double l = (sqrt(125.0 * 125 + 4 * c) - 125) / 2;

		if (ctr__shares_of_weight(weight) != (uint64_t)llround(exp2(l)))
			ck_abort_msg("a weight of %u is %llu", weight,
				     (unsigned long long)ctr__shares_of_weight(weight));
	}
}
END_TEST

/* What no kernel says is a number all the same. */
START_TEST(test_shares__any_weight_comes_to_an_end)
{
	ck_assert_uint_eq(ctr__shares_of_weight(0), ctr__shares_of_weight(1));
	ck_assert_uint_gt(ctr__shares_of_weight(UINT64_MAX), SHARES_MAX);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("shares");
	TCase *tc = suite_case(s, "shares");

	tcase_add_test(tc, test_shares__weights_are_those_of_libm);
	tcase_add_test(tc, test_shares__shares_are_those_of_libm);
	tcase_add_test(tc, test_shares__any_weight_comes_to_an_end);
	return suite_run(s);
}
