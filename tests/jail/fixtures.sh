#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: fixtures.sh COMPILER DIRECTORY
# Programs whose libraries are found by the less usual rules of ld.so(8). Those whose name
# begins with "bad-" need what no rule finds.
set -eu
compiler=$1
rm -rf "$2"
mkdir -p "$2"
cd "$2"

echo 'int part(void); int part(void) { return 0; }' >part.c
echo 'int main(void) { return 0; }' >main.c

# library FILE [OPTION...]; program NAME [OPTION...]
library() {
	file=$1
	shift
	mkdir -p "$(dirname "$file")"
	"$compiler" -shared -fPIC -nostdlib -o "$file" part.c -Wl,-soname,"${file##*/}" \
		-Wl,--no-as-needed -Wl,--allow-shlib-undefined "$@"
}

program() {
	name=$1
	shift
	"$compiler" -o "$name" main.c -Wl,--no-as-needed -Wl,--allow-shlib-undefined \
		-Wl,--unresolved-symbols=ignore-all "$@"
}

rpath=-Wl,--disable-new-dtags,-rpath
runpath=-Wl,--enable-new-dtags,-rpath

library deep/libleaf.so
library deep/libbranch.so -Ldeep -lleaf
library deep/libown.so -Ldeep -lleaf $runpath,'$ORIGIN'
library deep/libother.so -Ldeep -lleaf $runpath,'$ORIGIN/nowhere'

# A path for all below it counts, unless one of them has a path of its own.
program rpath -Ldeep -lbranch $rpath,'$ORIGIN/deep'
program runpath-of-library -Ldeep -lown $runpath,'${ORIGIN}/deep'
program bad-runpath -Ldeep -lbranch $runpath,'$ORIGIN/deep'
program bad-rpath-hidden -Ldeep -lother $rpath,'$ORIGIN/deep'

# What is there already is taken by its name, wherever it came from.
library again/libleaf.so
program loaded-already -Ldeep -lleaf -lown $runpath,'$ORIGIN/again:$ORIGIN/deep'
ln -s libleaf.so deep/libalias.so
library deep/libalias-user.so
program same-file -Ldeep -l:libalias.so -l:libleaf.so $runpath,'$ORIGIN/deep'

# Tokens, in both forms.
multiarch=$("$compiler" -print-multiarch)
for place in "lib/$multiarch" lib64 lib haswell xeon_phi x86_64 aarch64; do
	library "token/$place/libtoken.so"
done
program token-lib "-Ltoken/lib64" -ltoken $runpath,'$ORIGIN/token/$LIB'
program token-platform "-Ltoken/lib64" -ltoken $runpath,'$ORIGIN/token/${PLATFORM}'

# They end at what no name has in it, and may be part of a library's name.
library token.d/libtoken.so
program token-ends "-Ltoken.d" -ltoken $runpath,'$ORIGIN/none:$ORIGIN.d:$ORIGIN/$LIB.d:$ORIGIN-d'
mkdir -p of
ln token-ends of/token-ends
mkdir -p of.d
cp token.d/libtoken.so of.d
for place in haswell xeon_phi x86_64 aarch64; do
	"$compiler" -shared -fPIC -nostdlib -o "token.d/libnamed-$place.so" part.c \
		-Wl,-soname,'libnamed-${PLATFORM}.so'
done
program token-in-name token.d/libnamed-x86_64.so $runpath,'$ORIGIN/token.d'

# What a library is a filter of is loaded with it, and that of an auxiliary one if it is there.
library deep/libfilter.so -Wl,-F,libleaf.so $runpath,'$ORIGIN'
library deep/libauxiliary.so -Wl,-f,libleaf.so $runpath,'$ORIGIN'
program filter -Ldeep -lfilter $runpath,'$ORIGIN/deep'
program auxiliary -Ldeep -lauxiliary $runpath,'$ORIGIN/deep'
library deep/libalone.so -Wl,-f,libnowhere.so
program auxiliary-missing -Ldeep -lalone $runpath,'$ORIGIN/deep'

# A file for the processor comes before the one for all.
library levels/libx.so
for level in x86-64-v2 x86-64-v3 x86-64-v4; do
	library levels/glibc-hwcaps/$level/libx.so
done
program level -Llevels -lx $runpath,'$ORIGIN/levels'

# Of 32 bits there are no levels, and the platform is another one. No library of 32 bits is
# needed for this; there may be no loader.
if [ "$multiarch" = x86_64-linux-gnu ]; then
	for place in levels levels/glibc-hwcaps/x86-64-v2 i686 x86_64 haswell xeon_phi; do
		for name in level platform; do
			mkdir -p "narrow/$place"
			"$compiler" -m32 -shared -fPIC -nostdlib -o "narrow/$place/lib$name.so" part.c \
				-Wl,-soname,"lib$name.so"
		done
	done
	"$compiler" -m32 -nostdlib -o narrow/program part.c -Wl,-e,part -Wl,--no-as-needed \
		-Wl,--dynamic-linker=/lib/ld-linux.so.2 -Lnarrow/levels -llevel -lplatform \
		$runpath,'$ORIGIN/$PLATFORM:$ORIGIN/levels'
	rm narrow/*/liblevel.so narrow/levels/libplatform.so
	cp narrow/levels/glibc-hwcaps/x86-64-v2/liblevel.so narrow/levels
fi

# Files of other machines, and what is no library, are passed over.
library right/libkind.so
mkdir -p wrong
head -c 4 right/libkind.so >wrong/libkind.so
printf '\001\001\001\000\000\000\000\000\000\000\000\000\003\000\003\000' >>wrong/libkind.so
head -c 64 /dev/zero >>wrong/libkind.so
program wrong-kind -Lright -lkind $runpath,'$ORIGIN/wrong:$ORIGIN/right'

# A name with a slash is no name to look for.
"$compiler" -shared -fPIC -nostdlib -o right/libpath.so part.c -Wl,-soname,"$PWD/right/libpath.so"
program by-path -Lright -lpath

program bad-no-default-places -Wl,-z,nodefaultlib
program bad-missing -Ldeep -lleaf

# What lies in somebody's directory: no loader, and a library's path that is none of one.
mkdir odd
ln -s nowhere dangling
program odd/odd-loader-link -Wl,--dynamic-linker="$PWD/dangling"
program odd/odd-loader-directory -Wl,--dynamic-linker=/etc
program odd/odd-loader-text -Wl,--dynamic-linker=/etc/passwd
"$compiler" -shared -fPIC -nostdlib -o odd/libodd.so part.c -Wl,-soname,"$PWD/odd/libodd.so"
program odd/odd-library -Lodd -lodd
echo 'no library' >odd/libodd.so

# musl's loader has rules of its own: a runpath is for all below, and a file near the loader
# tells where else it looks.
library musl/libleaf.so
library musl/libbranch.so -Lmusl -lleaf
library musl/place/libplace.so
mkdir -p musl/lib musl/etc
musl=$(musl-gcc -print-file-name=libc.so 2>/dev/null || true)
if [ -n "$musl" ] && [ "$(musl-gcc -print-multiarch)" = "$multiarch" ]; then
	loader=ld-musl-${multiarch%%-*}.so.1
	ln -s "/lib/$loader" "musl/lib/$loader"
	echo "$PWD/musl/place" >"musl/etc/${loader%%.*}.path"
	musl-gcc -o musl/runpath main.c -Wl,--no-as-needed -Wl,--allow-shlib-undefined -Lmusl \
		-lbranch -Wl,-rpath-link,musl $runpath,'$ORIGIN'
	musl-gcc -o musl/conf main.c -Wl,--no-as-needed -Lmusl/place -lplace \
		-Wl,--dynamic-linker="$PWD/musl/lib/$loader"
fi

# The test makes a named pipe of that name, beside a copy of the program.
library not-a-file.so
program not-a-file -L. -l:not-a-file.so $runpath,'$ORIGIN'
rm not-a-file.so

# Through a link the program is still where it is.
mkdir -p elsewhere
ln -s ../rpath elsewhere/by-link

"$compiler" -static -o static main.c
"$compiler" -static-pie -o static-pie main.c
