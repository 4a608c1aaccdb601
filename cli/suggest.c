/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <string.h>

#include "suggest.h"

enum { LONGEST_WORD = 40, SHORTEST_PREFIX = 3 };

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool is_swap(const char *a, size_t i, const char *b, size_t j)
{
	return i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
}

/* Insertions, deletions, substitutions and swaps of neighbours that make @a out of @b. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t rows[LONGEST_WORD + 1][LONGEST_WORD + 1];
	size_t a_length = strlen(a), b_length = strlen(b);

	for (size_t i = 0; i <= a_length; i++)
		rows[i][0] = i;
	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = j;

	for (size_t i = 1; i <= a_length; i++) {
		for (size_t j = 1; j <= b_length; j++) {
			size_t cost = a[i - 1] != b[j - 1];
			size_t best = rows[i - 1][j - 1] + cost;

			best = smaller(best, smaller(rows[i - 1][j], rows[i][j - 1]) + 1);
			if (is_swap(a, i, b, j))
				best = smaller(best, rows[i - 2][j - 2] + 1);
			rows[i][j] = best;
		}
	}
	return rows[a_length][b_length];
}

static bool is_beginning_of(const char *word, const char *candidate)
{
	size_t length = strlen(word);

	return length >= SHORTEST_PREFIX && strncmp(word, candidate, length) == 0;
}

void suggest_start(struct suggestion *s, const char *word)
{
	/* Two words of three letters with one in common are not the same word mistyped. */
	*s = (struct suggestion){ .word = word, .distance = 2 + strlen(word) / 5 };
}

void suggest_consider(struct suggestion *s, const char *candidate)
{
	size_t distance;

	if (strlen(s->word) > LONGEST_WORD || strlen(candidate) > LONGEST_WORD)
		return;
	distance = is_beginning_of(s->word, candidate) ? 1 : edit_distance(s->word, candidate);
	if (distance >= s->distance || distance >= strlen(candidate))
		return;
	s->best = candidate;
	s->distance = distance;
}
