# SPDX-License-Identifier: MIT
"""What the charts of a small bench.json look like."""

import json
import pathlib
import sys
import tempfile
import unittest
import xml.etree.ElementTree as tree

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "docs/site"))
import charts

SVG = "{http://www.w3.org/2000/svg}"
CHART = charts.Chart("bench-x", "Time & more", [
    charts.both("t", "peer", ours=False),
    charts.both("t", "ours", "our <row>"),
    charts.both("t", "not installed", ours=False),
], ("first", "second"))


def lines(*rows):
    return "".join(json.dumps({"table": "t", "program": program, "name": name, "median_us": us})
                   + "\n" for program, name, us in rows)


MEASURED = lines(("G", "peer", 100), ("N", "peer", 50), ("G", "ours", 999), ("G", "ours", 200),
                 ("N", "ours", 25))


class Charts(unittest.TestCase):
    def medians(self, text):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "bench.json")
            path.write_text(text + '{"table":"t","name":"x","value":1}\n', encoding="utf-8")
            return charts.load(path)

    def drawn(self, chart=CHART, text=MEASURED):
        return tree.fromstring(charts.draw(chart, charts.rows(chart, self.medians(text))))

    def bars(self, picture):
        return [(r.get("class"), float(r.get("width"))) for r in picture.iter(SVG + "rect")
                if r.get("height") == str(charts.THICK - 2)]

    def test_draw__has_a_bar_for_each_value(self):
        longest = charts.BARS
        self.assertEqual(self.bars(self.drawn()), [
            ("other", longest / 2), ("other second", longest / 4),
            ("ours", longest), ("ours second", longest / 8)])

    def test_draw__says_what_the_bars_say(self):
        picture = self.drawn()
        self.assertEqual(picture.find(SVG + "title").text, "Time & more")
        self.assertEqual(picture.find(SVG + "desc").text,
                         "Time & more (first; second). peer: 100, 50. our <row>: 200, 25.")
        texts = [t.text for t in picture.iter(SVG + "text")]
        for text in ("Time & more", "peer", "our <row>", "100", "50", "200", "25", "first", "second"):
            self.assertIn(text, texts)
        self.assertNotIn("not installed", texts)

    def test_draw__stays_in_the_picture(self):
        picture = self.drawn()
        for part in (*picture.iter(SVG + "rect"), *picture.iter(SVG + "text")):
            self.assertLess(float(part.get("y", 0)), float(picture.get("height")))
            self.assertLess(float(part.get("x", 0)), float(picture.get("width")))

    def test_draw__needs_no_script_and_has_two_sets_of_colours(self):
        text = charts.draw(CHART, charts.rows(CHART, self.medians(MEASURED)))
        self.assertNotIn("script", text)
        self.assertIn("prefers-color-scheme: dark", text)

    def test_draw__turns_times_into_spawns_a_second(self):
        chart = charts.Chart("bench-x", "Spawns", [charts.one("t", "peer", ours=False),
                                                   charts.one("t", "ours")], per_second=True)
        self.assertEqual(charts.values(chart, chart.bars[0], self.medians(MEASURED)), [10000])
        self.assertEqual([width for _, width in self.bars(self.drawn(chart))],
                         [charts.BARS, charts.BARS / 2])

    def test_rows__are_none_without_our_own(self):
        self.assertEqual(charts.rows(CHART, self.medians(lines(("G", "peer", 1), ("N", "peer", 1)))), [])

    def test_charts__are_pictures_of_their_own(self):
        files = [chart.file for chart in charts.CHARTS]
        self.assertEqual(len(set(files)), len(files))
        for chart in charts.CHARTS:
            for bar in chart.bars:
                self.assertEqual(len(bar.at), max(1, len(chart.series)), chart.file)


if __name__ == "__main__":
    unittest.main()
