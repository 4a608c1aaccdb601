# SPDX-License-Identifier: MIT
"""The checker finds what it is for, and nothing in what is right."""

import pathlib
import tempfile
import unittest

import links

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><title>t</title><desc>d</desc>{}</svg>'


class Links(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def site(self, body, head=""):
        self.write("other.html", '<html><body><p id="there">x</p></body></html>')
        self.write("in/page.html", f"<html><head>{head}</head><body>{body}</body></html>")
        return list(links.Tree(self.root, "site").complaints())

    def sources(self, text):
        self.write("other.md", "# A title, with `code`\n\n## Twice\n\n## Twice\n")
        self.write("in/page.md", text)
        return list(links.Tree(self.root, "sources").complaints())

    def assert_one(self, found, words):
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_site__that_is_right_has_no_complaints(self):
        body = '<a href="../other.html#there">x</a> <a id="y" href="#y">y</a>'
        self.assertEqual(self.site(body + '<a href="https://example.org/#x">e</a>'), [])

    def test_site__broken_link(self):
        self.assert_one(self.site('<a href="other.html">x</a>'), "file that does not exist")

    def test_site__broken_anchor(self):
        self.assert_one(self.site('<a href="../other.html#no">x</a>'), "anchor that does not")

    def test_site__broken_anchor_of_the_page_itself(self):
        self.assert_one(self.site('<a href="#there">x</a>'), "anchor that does not")

    def test_site__missing_picture(self):
        self.assert_one(self.site('<img src="a.svg" />'), "file that does not exist")

    def test_site__link_out_of_it(self):
        self.assert_one(self.site('<a href="../../x.html">x</a>'), "file that does not exist")

    def test_site__link_to_a_directory(self):
        self.assert_one(self.site('<a href="../in/">x</a>'), "a directory")

    def test_site__absolute_link(self):
        self.assert_one(self.site('<a href="/other.html">x</a>'), "where the files are")

    def test_site__picture_from_elsewhere(self):
        self.assert_one(self.site('<img src="https://example.org/a.svg" />'), "loads https:")

    def test_site__style_from_elsewhere(self):
        head = '<link rel="stylesheet" href="//example.org/a.css" />'
        self.assert_one(self.site("", head), "loads //example.org")

    def test_site__style_sheet_that_loads(self):
        self.write("a.css", "body { background: url(https://example.org/a.png); }")
        self.assert_one(self.site(""), "a.css loads by its style")

    def test_site__style_attribute_that_loads(self):
        self.assert_one(self.site('<p style="background: url(x.png)">x</p>'), "by its style")

    def test_site__script(self):
        self.assert_one(self.site("<script>1</script>"), "has a script")
        self.assert_one(self.site('<p onclick="f()">x</p>'), "has a script")

    def test_site__malformed_page(self):
        self.assert_one(self.site("<p>x</b>"), "is malformed")

    def test_site__anchor_twice(self):
        self.assert_one(self.site('<p id="a">x</p><p id="a">y</p>'), "has the anchor a twice")

    def test_site__picture(self):
        self.write("a.svg", PICTURE.format('<path marker-end="url(#arrow)"/>'))
        self.assertEqual(self.site('<img src="../a.svg" />'), [])

    def test_site__picture_without_a_title(self):
        self.write("a.svg", PICTURE.format("").replace("title", "text"))
        self.assert_one(self.site(""), "lacks a title or a description")

    def test_site__picture_that_loads(self):
        self.write("a.svg", PICTURE.format('<image href="https://example.org/a.png"/>'))
        self.assert_one(self.site(""), "a.svg loads https:")

    def test_site__without_pages(self):
        self.assert_one(list(links.Tree(self.root, "site").complaints()), "has no pages")

    def test_sources__that_are_right_have_no_complaints(self):
        text = "# Here\n[a](../other.md#a-title-with-code) [b](../other.md#twice-1) [c](#here)\n"
        self.assertEqual(self.sources(text + "[d](https://example.org) [e](../in)\n"), [])

    def test_sources__broken_link(self):
        self.assert_one(self.sources("[a](other.md)\n"), "file that does not exist")

    def test_sources__broken_anchor(self):
        self.assert_one(self.sources("[a](../other.md#twice-2)\n"), "anchor that does not")

    def test_sources__link_to_the_site(self):
        self.assert_one(self.sources("[a](../other.html)\n"), "file that does not exist")

    def test_sources__code_is_no_link(self):
        self.assertEqual(self.sources("`[a](b.md)`\n\n    [a](b.md)\n"), [])


if __name__ == "__main__":
    unittest.main()
