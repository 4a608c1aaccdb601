# SPDX-License-Identifier: MIT
"""The tables of a small bench.json, and what has a bound."""

import io
import json
import pathlib
import sys
import tempfile
import unittest
from contextlib import redirect_stdout
from unittest import mock

import report


def row(table, name, median, program="G"):
    return {"table": table, "program": program, "name": name, "median_us": median,
            "p99_us": 2 * median, "ratio": 1.5, "rounds": 3}


FIGURES = [row("t", "first", 100), row("t", "second", 130), row("t", "first", 10, "N"),
           {"table": "limits", "program": "G", "name": "pids", "value": 9, "at_least": 0,
            "at_most": 8}]
GOOD = ("second / first", 1.3, lambda m, n: m("t", "second") / m("t", "first"))
ABOVE = ("first / N", 9, lambda m, n: m("t", "first") / n("t", "first"))
BELOW = ("first / second", (report.AT_LEAST, 1), lambda m, n: m("t", "first") / m("t", "second"))
MISSING = ("not there", 1, lambda m, n: m("t", "pool"))


class Report(unittest.TestCase):
    def run_main(self, bounds, *options):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "bench.json")
            path.write_text("".join(json.dumps(f) + "\n" for f in FIGURES), encoding="utf-8")
            out = io.StringIO()
            with mock.patch.object(report, "BOUNDS", bounds), redirect_stdout(out), \
                    mock.patch.object(sys, "argv", ["report.py", *options, str(path)]):
                failed = report.main()
        return failed, out.getvalue()

    def test_tables__are_markdown(self):
        _, text = self.run_main([])
        self.assertIn("| t, G | median | p99 | ratio |\n| --- | --: | --: | --: |\n"
                      "| first | 100 | 200 | 1.50 |\n| second | 130 | 260 | 1.50 |\n\n"
                      "| t, N | median | p99 | ratio |\n", text)
        self.assertIn("| pids | 9 | 0 | 8 | above |", text)

    def test_bounds__say_what_is_missed(self):
        failed, text = self.run_main([GOOD, ABOVE, BELOW, MISSING])
        self.assertFalse(failed)
        self.assertIn("| second / first | 1.30 | at most 1.3 |  |", text)
        self.assertIn("| first / N | 10.00 | at most 9 | above |", text)
        self.assertIn("| first / second | 0.77 | at least 1 | below |", text)
        self.assertIn("| not there | not measured | at most 1 |  |", text)

    def test_check__fails_when_one_is_missed(self):
        for bounds, failed in (([GOOD, MISSING], False), ([GOOD, ABOVE], True), ([BELOW], True)):
            self.assertEqual(self.run_main(bounds, "--check")[0], failed)

    def test_check__prints_bounds_alone(self):
        self.assertNotIn("| t, G", self.run_main([GOOD], "--check")[1])

    def test_bounds__have_names_of_their_own(self):
        names = [name for name, *_ in report.BOUNDS]
        self.assertEqual(len(set(names)), len(names))


if __name__ == "__main__":
    unittest.main()
