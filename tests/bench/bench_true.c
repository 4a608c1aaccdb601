/* SPDX-License-Identifier: MIT */
/* What the benchmark spawns: a static program that ends at once. */
int main(void)
{
	return 0;
}
