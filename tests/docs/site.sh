#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: site.sh SOURCE-DIRECTORY MAN-DIRECTORY VERSION WORK-DIRECTORY
# Builds the site of ./dev docs: all links lead somewhere, in the site and in the
# Markdown files, nothing comes from elsewhere, and the HTML is what it should be.
# Before that, that the checker and the generator do what they are for.
set -eu
. "$(dirname "$0")/../abi/report.sh"

source=$1
man=$2
version=$3
work=$4
here=$(cd "$(dirname "$0")" && pwd)

for program in python3 cmark-gfm mandoc tidy; do
	command -v $program >/dev/null || skip "no $program"
done
[ -e "$man/minictr.1" ] || skip "no manual pages, for want of scdoc"

said=$(cd "$here" && python3 -B -m unittest test_links test_site test_charts 2>&1) ||
	report "the checker, the generator or the charts" "$said"

rm -rf "$work"
python3 -B "$source/docs/site/build.py" "$source" "$man" "$version" "$work"
report "the site" "$(python3 -B "$here/links.py" site "$work" || :)"
report "the sources" "$(python3 -B "$here/links.py" sources "$source" || :)"
report "tidy says of the site" "$(
	find "$work" -name '*.html' | sort | while read -r page; do
		tidy -errors -quiet --gnu-emacs yes "$page" 2>&1 || :
	done
)"
exit $broken
