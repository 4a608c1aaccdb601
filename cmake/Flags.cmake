# SPDX-License-Identifier: MIT
# What every target of ours is compiled with: link to minictr_flags.
include(CheckCCompilerFlag)
include(CheckIncludeFile)

add_library(minictr_flags INTERFACE)
target_compile_features(minictr_flags INTERFACE c_std_17)
target_compile_definitions(minictr_flags INTERFACE _GNU_SOURCE)
target_compile_options(minictr_flags INTERFACE
	-fvisibility=hidden
	-Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
	-Wmissing-prototypes -Wstrict-prototypes -Wpointer-arith -Wcast-qual
	-Wwrite-strings -Wundef -Wvla -Wformat=2 -Wno-format-nonliteral)
# With -O3 gcc 12 warns of what is only read where it has been set.
if(CMAKE_C_COMPILER_ID STREQUAL GNU)
	target_compile_options(minictr_flags INTERFACE
		$<$<CONFIG:Release>:-Wno-maybe-uninitialized>)
endif()
if(MINICTR_WERROR)
	target_compile_options(minictr_flags INTERFACE -Werror)
endif()
if(MINICTR_SANITIZE)
	target_compile_options(minictr_flags INTERFACE
		-fsanitize=${MINICTR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
	target_link_options(minictr_flags INTERFACE -fsanitize=${MINICTR_SANITIZE})
endif()

# For the library: the threads of a host may have small stacks, libminictr(3). A frame that is
# larger than the guard page touches that page before it writes behind it. A sanitizer makes
# frames several times as large.
check_c_compiler_flag(-fstack-clash-protection MINICTR_HAVE_STACK_CLASH_PROTECTION)
set(minictr_stack_options)
if(MINICTR_HAVE_STACK_CLASH_PROTECTION)
	list(APPEND minictr_stack_options -fstack-clash-protection)
endif()
if(NOT MINICTR_SANITIZE)
	if(CMAKE_C_COMPILER_ID STREQUAL GNU)
		list(APPEND minictr_stack_options -Wstack-usage=16384)
	else()
		list(APPEND minictr_stack_options -Wframe-larger-than=16384)
	endif()
endif()

# The child's memory is the parent's, so its lines are counted; those of the helper are not.
if(MINICTR_COVERAGE)
	target_compile_options(minictr_flags INTERFACE --coverage -fprofile-update=atomic)
	target_link_options(minictr_flags INTERFACE --coverage)
	target_compile_definitions(minictr_flags INTERFACE MINICTR_COVERAGE)
endif()

# libFuzzer is told which branches its inputs take.
if(MINICTR_FUZZ)
	target_compile_options(minictr_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(MINICTR_FAULT)
	target_compile_definitions(minictr_flags INTERFACE CTR_FAULT)
endif()

# Under valgrind a child must not share memory; the header says whether it runs.
check_include_file(valgrind/valgrind.h MINICTR_HAVE_VALGRIND)
if(MINICTR_HAVE_VALGRIND)
	target_compile_definitions(minictr_flags INTERFACE CTR_HAVE_VALGRIND)
endif()
