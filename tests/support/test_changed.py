# SPDX-License-Identifier: MIT
"""The tests that a changed file calls for are selected, and others are not."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import changed

FILES = {
    "include/minictr/spec.h": "",
    "lib/base/path.h": "",
    "lib/base/path.c": '#include "base/path.h"\n',
    "lib/spec/spec.h": "#include <minictr/spec.h>\n",
    "lib/spec/spec.c": '#include "spec/spec.h"\n#  include "base/path.h"\n',
    "lib/spec/user.c": '#include "spec/spec.h"\n',
    "lib/plan/exec.c": "#include <stdio.h>\n",
    "cli/opt.h": "",
    "cli/opt.c": '#include "opt.h"\n',
    "tests/base/test_path.c": '#include "base/path.h"\n',
    "tests/base/test_buf.c": "",
    "tests/spec/test_spec.c": "#include <minictr/spec.h>\n",
    "tests/spec/test_clone.c": "",
    "tests/container/test_end.c": '#include "support/json.h"\n',
    "tests/cli/cli.h": '#include "support/suite.h"\n',
    "tests/cli/test_run.c": '#include "cli/cli.h"\n',
    "tests/fuzz/fuzz_path.c": '#include "base/path.h"\n',
    "tests/support/json.h": "",
    "tests/support/json.c": '#include "support/json.h"\n',
    "tests/support/suite.h": "",
}


def write(root):
    for path, text in FILES.items():
        file = pathlib.Path(root) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


class Changed(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        write(self.root)

    def assert_selected(self, path, yes, no=""):
        pattern = changed.select(changed.Tree(self.root), [path])
        for name in yes.split() + ["abi_tree", "skips"]:
            self.assertRegex(name, pattern, path)
        for name in no.split():
            self.assertIsNone(re.search(pattern, name), f"{path} selects {name}")

    def test_source__selects_its_mirror_and_its_callers(self):
        self.assert_selected("lib/base/path.c", "path spec v1_only_spec fuzz_path", "buf clone end cli_run")

    def test_source__without_a_mirror_selects_the_folder(self):
        self.assert_selected("lib/spec/user.c", "spec clone", "path buf end cli_run")

    def test_header__selects_what_includes_it_through_others(self):
        self.assert_selected("include/minictr/spec.h", "spec clone", "path buf end cli_run")
        self.assert_selected("tests/support/suite.h", "cli_run", "spec path end")

    def test_support__selects_what_includes_its_header(self):
        self.assert_selected("tests/support/json.c", "end", "spec cli_run path")

    def test_child__selects_containers(self):
        self.assert_selected("lib/plan/exec.c", "end", "spec cli_run")

    def test_command__selects_its_tests(self):
        self.assert_selected("cli/opt.c", "cli_run", "spec end run")

    def test_test__selects_itself(self):
        self.assert_selected("tests/base/test_buf.c", "buf", "path spec")

    def test_others__select_what_they_are_about(self):
        self.assert_selected("tests/vm/init", "vm_v1 vm_v2", "spec package")
        self.assert_selected("docs/tutorial/03-x.md", "tutorial_03", "tutorial_02 spec")
        self.assert_selected("tests/fuzz/corpus/path/x", "fuzz_path", "fuzz_spec path")

    def test_build__selects_everything(self):
        for path in ("dev", "tests/CMakeLists.txt", "lib/minictr.map", "lib/plan/steps.def"):
            self.assert_selected(path, "path spec end cli_run vm_v1")

    def test_deleted_file__is_no_error(self):
        self.assert_selected("lib/base/gone.c", "skips", "spec")


class Git(unittest.TestCase):
    """What differs from main: committed, not committed, and not known to git."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        write(self.root)
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit()
        self.git("checkout", "--quiet", "-b", "work")

    def git(self, *arguments):
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *identity, "-C", self.root, *arguments], check=True)

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=x")

    def change(self, path):
        (pathlib.Path(self.root) / path).write_text("/* another */\n", encoding="utf-8")

    def said(self, *arguments):
        command = [sys.executable, "-B", changed.__file__, self.root, *arguments]
        return subprocess.run(command, capture_output=True, text=True)

    def test_nothing__says_nothing(self):
        result = self.said()
        self.assertEqual((result.stdout, result.returncode), ("", 0))

    def test_changes__are_found_wherever_they_are(self):
        self.change("lib/base/path.c")
        self.commit()
        self.change("cli/opt.c")
        self.change("tests/base/test_new.c")
        found = changed.changed_files(self.root, None)
        self.assertEqual(found, ["cli/opt.c", "lib/base/path.c", "tests/base/test_new.c"])
        self.assertRegex("cli_run", self.said().stdout.strip())

    def test_main__that_went_on_is_no_change(self):
        self.git("checkout", "--quiet", "main")
        self.change("cli/opt.c")
        self.commit()
        self.git("checkout", "--quiet", "work")
        self.assertEqual(self.said().stdout, "")

    def test_base__that_is_missing_is_told(self):
        result = self.said("none")
        self.assertEqual(result.returncode, 1)
        self.assertIn("there is no branch none", result.stderr)


if __name__ == "__main__":
    unittest.main()
