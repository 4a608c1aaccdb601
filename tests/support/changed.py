#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: changed.py SOURCE-DIRECTORY [BASE], or: changed.py SOURCE-DIRECTORY --files FILE...

Prints the regular expression of the CTest names that the changed files call for: those that
differ from the merge base with BASE (main, else origin/main), committed or not, or FILE....
Prints nothing where no file was changed.

Include arrows lead from a header to all sources that include it, directly or through other
headers, and from a source to the sources that include the header with its name. Test programs
that are reached are run. tests/ mirrors lib/ and cli/: from a source that is reached the test
programs of the same folder are run, or that one of them which has the source's name.
"""
import argparse
import collections
import pathlib
import re
import subprocess
import sys

MIRROR = "programs of tests/"

# What calls for tests that no include arrow leads to; names of CTest's,
# or all test programs of a folder.
# The first line that matches a file holds for it.
OTHERS = [
    (r"tests/vm/.*", "vm_.*"),
    (r"(tests/package|cmake/debian)/.*", "package|abi_debian"),
    (r"(bindings|tests/bindings|examples/(go|python))/.*", "bindings_.*|tutorial_0[89]"),
    (r"docs/tutorial/(\d+)-.*", r"tutorial_\1|docs_site"),
    (r"(examples|tests/tutorial)/.*", "tutorial_.*|cli_.*"),
    (r"docs/.*|[A-Z]+\.md", "docs_site"),
    (r"(cli|tests)/completion.*", "completion_.*"),
    (r"tests/fuzz/corpus/([^/]*)/.*", r"fuzz_\1"),
    (r"tests/support/load\.c", "cgroup|container|end|host|race|shared|cli_.*"),
    (r"tests/support/attack\.c", "cli_.*"),
    (r"tests/support/secure\.c", "secure"),
    (r"tests/support/.*\.(sh|txt|py)", "skips|changed"),
    (r"lib/(plan|helper)/.*", MIRROR + "container"),
    (r"tests/bench/.*|tests/fault/.*|tests/mutate/.*|tests/abi/.*|\.ci/.*|\.clang-.*", ""),
]

# What all is built from, or by: then no selection can be right.
EVERYTHING = r"dev|CMakePresets\.json|(.*/)?CMakeLists\.txt|cmake/(scripts/.*|[^/]*)|lib/.*\.(map|def)"

# Quick, and about all files.
ALWAYS = "abi_.*|skips|changed"

ALL = "^.*$"

INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = {
            path.relative_to(self.root).as_posix()
            for folder in ("include", "lib", "cli", "tests")
            for path in (self.root / folder).rglob("*.[ch]")
        }
        self.includers = collections.defaultdict(set)
        for path in self.files:
            text = (self.root / path).read_text(encoding="utf-8", errors="replace")
            for name in INCLUDE.findall(text):
                self.includers[self.find(path, name)].add(path)

    def find(self, path, name):
        """The file that an #include in path means; None for one of the system's."""
        beside = path.rsplit("/", 1)[0] + "/" + name
        for candidate in (beside, "lib/" + name, "include/" + name, "tests/" + name):
            if candidate in self.files:
                return candidate
        return None

    def reached(self, changed):
        """The sources that a change of this file may change the meaning of."""
        found, ways = {changed}, [changed]
        if changed.endswith(".c"):  # its callers know it by its header
            ways = [changed[:-2] + ".h"]
        while ways:
            for includer in self.includers[ways.pop()] - found:
                found.add(includer)
                if includer.endswith(".h"):
                    ways.append(includer)
        return {path for path in found if path.endswith(".c")}

    def programs(self, folder):
        return {path for path in self.files if path.startswith(f"tests/{folder}/test_")}

    def tests_of(self, source):
        """The names of the tests that a source is a part of, or that mirror it."""
        folder, stem = source.rsplit("/", 1)
        stem = stem[:-2]
        if folder == "tests/fuzz":
            return {stem if stem.startswith("fuzz_") else "fuzz_.*"}
        if folder == "tests/support":  # what includes its header is reached too
            return set()
        if folder.startswith("tests/"):
            folder = folder[len("tests/"):]
            if stem.startswith("test_"):
                return {name_of(source)}
        else:
            folder = folder.removeprefix("lib/")
        exact = f"tests/{folder}/test_{stem}.c"
        programs = {exact} if exact in self.files else self.programs(folder)
        return {name_of(program) for program in programs}

    def named(self, tests):
        """Of what stands in OTHERS."""
        if tests.startswith(MIRROR):
            return {name_of(program) for program in self.programs(tests[len(MIRROR):])}
        return set(tests.split("|")) - {""}


def name_of(program):
    _, folder, name = program.split("/")
    return ("cli_" if folder == "cli" else "") + name[len("test_"):-len(".c")]


def select(tree, changed):
    """The regular expression for these files."""
    names = set()
    for path in changed:
        if re.fullmatch(EVERYTHING, path):
            return ALL
        if path in tree.files:
            for source in tree.reached(path):
                names |= tree.tests_of(source)
        for pattern, tests in OTHERS:
            match = re.fullmatch(pattern, path)
            if match:
                names |= tree.named(match.expand(tests))
                break
    names |= set(ALWAYS.split("|"))
    return "^(v1_only_)?(" + "|".join(sorted(names)) + ")$"


def git(root, *arguments):
    command = ["git", "-c", "safe.directory=*", "-C", root, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def merge_base(root, base):
    for name in [base] if base else ["main", "origin/main"]:
        try:
            return git(root, "merge-base", "HEAD", name).strip()
        except subprocess.CalledProcessError:
            pass
    sys.exit("changed.py: there is no branch " + (base or "main or origin/main"))


def changed_files(root, base):
    committed = git(root, "diff", "--name-only", "--no-renames", merge_base(root, base))
    others = git(root, "ls-files", "--others", "--exclude-standard")
    return sorted(set((committed + others).splitlines()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("base", nargs="?")
    parser.add_argument("--files", nargs="*")
    options = parser.parse_args()
    changed = options.files
    if changed is None:
        changed = changed_files(options.source, options.base)
    if changed:
        print(select(Tree(options.source), changed))


if __name__ == "__main__":
    main()
