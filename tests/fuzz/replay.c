/* SPDX-License-Identifier: MIT */
/*
 * In place of libFuzzer: runs a target on each file of a directory once.
 * usage: fuzz_<name> DIRECTORY
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 1 << 20 };

static void fail(const char *what, const char *name)
{
	fprintf(stderr, "%s %s\n", what, name);
	exit(EXIT_FAILURE);
}

/* In a room of exactly its size: one byte read too much is one that valgrind sees. */
static void run_file(const char *directory, const char *name)
{
	static uint8_t room[LARGEST];
	uint8_t *data;
	char *path;
	size_t size;
	FILE *file;

	if (asprintf(&path, "%s/%s", directory, name) < 0)
		fail("no memory for", name);
	file = fopen(path, "re");
	if (!file)
		fail("can't open", path);
	size = fread(room, 1, LARGEST, file);
	if (ferror(file))
		fail("can't read", path);
	fclose(file);
	free(path);

	data = malloc(size);
	if (!data && size)
		fail("no memory for", name);
	if (size)
		memcpy(data, room, size);
	fprintf(stderr, "%s\n", name); /* the last one named is the one that ended it */
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	struct dirent **list = NULL;
	int n = argc == 2 ? scandir(argv[1], &list, is_visible, alphasort) : -1;

	if (n <= 0)
		fail("no inputs in", argc == 2 ? argv[1] : "nothing");
	for (int i = 0; i < n; i++) {
		run_file(argv[1], list[i]->d_name);
		free(list[i]);
	}
	free(list);
	printf("%d inputs\n", n);
	return EXIT_SUCCESS;
}
