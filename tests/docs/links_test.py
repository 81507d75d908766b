#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""links.py finds what is broken, names file and line, and leaves alone what is right."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

LINKS = pathlib.Path(__file__).with_name("links.py")


def check(documents):
    """Exit code and printed lines of links.py for a folder with these files."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        for name, text in documents.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        run = subprocess.run([sys.executable, LINKS, folder], capture_output=True, text=True,
                             check=False)
        return run.returncode, run.stdout.splitlines()


class Links(unittest.TestCase):
    def test_files_folders_and_anchors_that_exist_pass(self):
        documents = {
            "a.md": "# A `b_c`: 1 … 2\n[b](b/c.md) [folder](b) [up](b/c.md#two-words-1)\n"
                    "[me](#a-b_c-1--2) <https://x.y/z>\n[x]: b/c.md\n",
            "b/c.md": "## Two words\n## Two words\n[a](../a.md) [code](../code.c#L10)\n",
            "code.c": "",
        }
        self.assertEqual(check(documents), (0, []))

    def test_a_missing_file_is_named_with_file_and_line(self):
        code, lines = check({"a.md": "text\n\n[b](b.md)\n"})
        self.assertEqual(code, 1)
        self.assertEqual(lines, ["a.md:3: b.md: no such file or folder in the repository"])

    def test_a_missing_anchor_is_named_here_and_in_another_file(self):
        code, lines = check({"a.md": "# A\n[x](#b) [y](b.md#c)\n", "b.md": "# B\n"})
        self.assertEqual(code, 1)
        self.assertEqual(lines, ["a.md:2: #b: no heading of a.md has this anchor",
                                 "a.md:2: b.md#c: no heading of b.md has this anchor"])

    def test_links_of_a_table_an_image_and_a_reference_are_looked_at(self):
        code, lines = check({"a.md": "| [x](no1) | ![i](no2.png) |\n[r]: no3\n"})
        self.assertEqual(code, 1)
        self.assertEqual([line.split(": ")[1] for line in lines], ["no1", "no2.png", "no3"])

    def test_code_is_no_link(self):
        self.assertEqual(check({"a.md": "`[x](no)`\n```\n[x](no)\n# no heading\n```\n"})[0], 0)

    def test_a_file_that_git_ignores_does_not_count(self):
        documents = {".gitignore": "/build/\n", "a.md": "[b](build/b.md)\n", "build/b.md": ""}
        self.assertEqual(check(documents)[0], 1)


if __name__ == "__main__":
    unittest.main()
