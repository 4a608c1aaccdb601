# SPDX-License-Identifier: MIT
"""What the generator makes of a small tree."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "docs/site"))
import build
import links
import markdown

FILES = {
    "README.md": "# The thing\n\n## Part\n\n[guide](docs/guide.md#two-words) [dir](examples/)\n",
    "docs/guide.md": "# Guide\n\n## Two words\n\n![p](img/p.svg) [c](../examples/a.c)\n"
    "Calls `ctr_x_do()`, not `ctr_x_dont()`; see x(1), fails with CTR_E_BAD.\n",
    "bindings/go/README.md": "# From Go\n\n[up](../../README.md)\n",
    "docs/errors.md": "# Errors\n\n## CTR_E_BAD (3, `bad`)\n",
    "docs/img/p.svg": '<svg xmlns="http://www.w3.org/2000/svg"><title>t</title><desc>d</desc></svg>',
    "docs/tutorial/10-end.md": "# The end\n",
    "docs/tutorial/2-middle.md": "# The *middle*\n",
    "docs/tutorial/1-start.md": "# The start\n\n[next](2-middle.md)\n",
    "examples/a.c": "/* <a> */\nint main(void)\n{\n\tctr_x_do();\n}\n",
    "examples/data": "\x01",
    "include/minictr/x.h": "/**\n * x.h - things\n */\n/**\n * ctr_x_do() - do <it>\n */\n",
    "man/ctr_x.3": '.TH "ctr_x" "3"\n.SH NAME\n.P\nctr_x - things\n.SH FUNCTIONS\n.SS ctr_x_do()\n'
    ".P\n\\fBx\\fR(1)\n.nf\none\n\n  two\n.fi\n",
    "man/ctr_x_do.3": ".so man3/ctr_x.3\n",
    "man/x.1": '.TH "x" "1"\n.SH NAME\n.P\nx - a command\n',
}


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        root = pathlib.Path(directory.name)
        cls.source = root / "source"
        cls.out = root / "out"
        for path, text in FILES.items():
            file = cls.source / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        build.Site(cls.source, cls.source / "man", "1.2", cls.out).build()

    def page(self, path):
        return (self.out / path).read_text(encoding="utf-8")

    def assert_has(self, path, *texts):
        for text in texts:
            self.assertIn(text, self.page(path))

    def test_slug__is_that_of_code_hosts(self):
        self.assertEqual(markdown.slug("CTR_E_NONE (0, none)"), "ctr_e_none-0-none")
        self.assertEqual(markdown.slug("What's a --tty? Ein Größe"), "whats-a---tty-ein-größe")

    def test_site__is_right(self):
        self.assertEqual(list(links.Tree(self.out, "site").complaints()), [])

    def test_links__lead_to_pages(self):
        self.assert_has("index.html", 'href="docs/guide.html#two-words"')
        self.assert_has("index.html", 'href="examples/index.html"')
        self.assert_has("docs/guide.html", 'href="../examples/a.c.html"', 'src="img/p.svg"')
        self.assertEqual(self.page("docs/img/p.svg"), FILES["docs/img/p.svg"])

    def test_index__has_all_pages(self):
        self.assert_has("index.html", 'href="docs/tutorial/10-end.html">The end<')
        self.assert_has("index.html", 'href="bindings/go/index.html">From Go<')
        self.assert_has("index.html", 'href="man/x.1.html">x(1)</a>: a command<')
        self.assert_has("index.html", '<li class="level2"><a href="#site-manual">')
        self.assert_has("bindings/go/index.html", 'href="../../index.html">up<')

    def test_source__is_shown_as_text(self):
        self.assert_has("examples/a.c.html", "/* &lt;a&gt; */\nint main(void)")

    def test_source__that_is_no_text_is_copied(self):
        self.assertEqual(self.page("examples/data"), "\x01")

    def test_directory__lists_its_files(self):
        self.assert_has("examples/index.html", 'href="a.c.html">a.c<', 'href="data">data<')

    def test_words__lead_to_where_they_are_told_of(self):
        function = '<a href="../man/ctr_x.3.html#ctr_x_do()">ctr_x_do</a>()'
        self.assert_has("docs/guide.html", function, "<code>ctr_x_dont()</code>")
        self.assert_has("docs/guide.html", '<a href="../man/x.1.html">x(1)</a>')
        self.assert_has("docs/guide.html", '<a href="errors.html#ctr_e_bad-3-bad">CTR_E_BAD</a>')
        self.assert_has("examples/a.c.html", function)
        self.assert_has("man/ctr_x.3.html", '<a href="x.1.html"><b>x</b>(1)</a>')

    def test_chapters__are_in_order(self):
        self.assert_has("docs/tutorial/1-start.html", 'href="2-middle.html" rel="next"')
        self.assertNotIn('rel="prev"', self.page("docs/tutorial/1-start.html"))
        middle = "docs/tutorial/2-middle.html"
        self.assert_has(middle, 'href="1-start.html" rel="prev">← The start<')
        self.assert_has(middle, 'href="10-end.html" rel="next">The end →<')
        self.assertNotIn('rel="next"', self.page("docs/tutorial/10-end.html"))

    def test_man_page__keeps_literal_text(self):
        self.assert_has("man/ctr_x.3.html", "<pre>one\n\n  two</pre>")

    def test_reference__has_each_function(self):
        row = '<td><a href="man/ctr_x.3.html#ctr_x_do()">ctr_x_do()</a></td><td>do &lt;it&gt;</td>'
        self.assert_has("reference.html", row)


if __name__ == "__main__":
    unittest.main()
