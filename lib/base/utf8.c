/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

size_t ctr__utf8_length(const unsigned char *p)
{
	static const struct {
		unsigned char first_min, first_max, second_min, second_max;
		size_t length;
	} forms[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	if (p[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (p[0] < forms[i].first_min || p[0] > forms[i].first_max)
			continue;
		if (p[1] < forms[i].second_min || p[1] > forms[i].second_max)
			return 0;
		for (size_t k = 2; k < forms[i].length; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].length;
	}
	return 0;
}

uint32_t ctr__utf8_character(const unsigned char *p, size_t length)
{
	static const unsigned char bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 }; /* by length */
	uint32_t character = p[0] & bits[length];

	for (size_t i = 1; i < length; i++)
		character = character << 6 | (p[i] & 0x3f);
	return character;
}

bool ctr__utf8_is_control(uint32_t character)
{
	static const struct {
		uint32_t first, last;
	} controls[] = {
		{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x061c, 0x061c }, { 0x200e, 0x200f },
		{ 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xfeff, 0xfeff },
	};

	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
		if (character >= controls[i].first && character <= controls[i].last)
			return true;
	return false;
}
