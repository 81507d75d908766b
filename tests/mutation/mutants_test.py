#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists of mutants are read as mutants.py says, and what cannot be planted is reported."""
import pathlib
import tempfile
import unittest

import mutants

LIST = """# comment
folder: rtl
judge quick: once a | each ; tests/quick --brief
judge slow: | b c ; tests/slow

caught by: quick slow

m.sv: one line
- a = b;
+ a = c;

m.sv: two lines
- a = b;
  d = e;
+ a = b;
  d = f;

folder: sw
caught by: slow
k.c: another folder
- x
+ y
"""


def read(text):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "kind.txt")
        path.write_text(text, encoding="utf-8")
        return mutants.read(path)


class Lists(unittest.TestCase):
    def test_mutants_have_the_folder_and_the_judges_above_them(self):
        first, second, third = read(LIST)
        self.assertEqual([m.name for m in (first, second, third)], ["kind:1", "kind:2", "kind:3"])
        self.assertEqual((first.path, first.title, first.find, first.replacement), ("rtl/m.sv", "one line", "a = b;", "a = c;"))
        self.assertEqual((second.find, second.replacement), ("a = b;\n  d = e;", "a = b;\n  d = f;"))
        self.assertEqual((third.path, [j.name for j in third.judges]), ("sw/k.c", ["slow"]))
        quick, slow = first.judges
        self.assertEqual((quick.once, quick.each, quick.command), (("once", "a"), ("each",), ("tests/quick", "--brief")))
        self.assertEqual((slow.once, slow.each), ((), ("b", "c")))

    def test_a_fault_is_planted_where_its_text_stands_once(self):
        first, second, _ = read(LIST)
        self.assertEqual(first.planted_in("x\na = b;\n"), "x\na = c;\n")
        self.assertEqual(second.planted_in("a = b;\n  d = e;\n"), "a = b;\n  d = f;\n")
        for text, count in (("", 0), ("a = b; a = b;", 2)):
            with self.assertRaisesRegex(mutants.ListError, f"kind:1: rtl/m.sv: found {count} times, expected once: a = b;"):
                first.planted_in(text)

    def test_what_is_no_line_of_a_list_is_an_error(self):
        for text, message in (("m.sv: no text\n", "neither a mutant nor a line"), ("m.sv: early\n- a\n+ b\n", "before its folder"),
                              ("folder: rtl\ncaught by: nobody\n", "no judge nobody")):
            with self.assertRaisesRegex(mutants.ListError, message):
                read(text)


if __name__ == "__main__":
    unittest.main()
