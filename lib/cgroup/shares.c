/* SPDX-License-Identifier: MIT */
/*
 * The functions of libm that this would take are written out, because each library delays the
 * start of every program that is linked with it. A test compares all results.
 */
#include "cgroup/shares.h"

#define LN_2 0.69314718055994530942
#define LOG10_2 0.30102999566398119521
#define BITS 52 /* of a double, after the point */

/* Of 1 or more. A number that is squared has twice the logarithm: a bit for each time. */
static double log_2(double x)
{
	double log = 0, bit = 0.5;

	while (x >= 2) {
		x /= 2;
		log++;
	}
	for (int i = 0; i < BITS; i++) {
		x *= x;
		if (x >= 2) {
			x /= 2;
			log += bit;
		}
		bit /= 2;
	}
	return log;
}

/* Of 0 or more: a power of 2, times the sum of x^i / i! for the rest. */
static double exp_2(double x)
{
	double sum = 1, term = 1, power = 1;

	while (x >= 1) {
		x--;
		power *= 2;
	}
	for (int i = 1; i < 20; i++) {
		term *= x * LN_2 / i;
		sum += term;
	}
	return power * sum;
}

/* Newton's method, from above. */
static double square_root(double x)
{
	double root = x;

	for (int i = 0; i < 40; i++)
		root = (root + x / root) / 2;
	return root;
}

/*
 * So that the ends and the default meet: with l = log2(shares),
 * 10^((l^2 + 125 l) / 612 - 7 / 34), rounded up. It is what runc and crun do since 2025; the
 * straight line before it made 1024 shares a weight of 39.
 */
uint64_t ctr__weight_of_shares(uint64_t shares)
{
	const double l = log_2((double)shares);
	const double exact = exp_2(((l * l + 125 * l) / 612 - 7.0 / 34) / LOG10_2) - 1e-9;
	const uint64_t below = (uint64_t)exact;

	return (double)below < exact ? below + 1 : below;
}

/* The inverse, rounded to the nearest. */
uint64_t ctr__shares_of_weight(uint64_t weight)
{
	const double c = 612 * (log_2((double)weight) * LOG10_2 + 7.0 / 34);
	const double l = (square_root(125.0 * 125 + 4 * c) - 125) / 2;

	return (uint64_t)(exp_2(l) + 0.5);
}
