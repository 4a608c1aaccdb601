#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: build.sh SOURCE-DIRECTORY DIRECTORY
# Makes the Debian packages in DIRECTORY, which is emptied, from a copy of the tree with
# cmake/debian as its debian/, and has lintian look at them.
set -eu

source=$1
directory=$2

rm -rf "$directory"
mkdir -p "$directory/libminictr"
cd "$source"
{
	if [ -e .git ]; then
		git -c safe.directory='*' ls-files --cached --others --exclude-standard
	else
		find . -name build -prune -o -type f -print
	fi
} | while read -r file; do [ ! -f "$file" ] || echo "$file"; done |
	tar -c --files-from=- | tar -x -C "$directory/libminictr"

cd "$directory/libminictr"
mv cmake/debian debian
DEB_BUILD_OPTIONS="parallel=$(nproc)" dpkg-buildpackage -b -us -uc >"$directory/build.log" 2>&1 || {
	tail -n 50 "$directory/build.log" >&2
	exit 1
}
lintian --fail-on error,warning ../*.changes
