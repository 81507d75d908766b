#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rooms.py finds each kind of mistake, names the file, and leaves alone what is right."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOMS = pathlib.Path(__file__).with_name("rooms.py")

HOUSE = {
    "base/CMakeLists.txt": "freebits_library(freebits_base SOURCES a.cpp PRIVATE fmt::fmt)\n",
    "base/README.md": "# base\n\nUses: nothing of freebits.\n\n| `a.hpp` | is |\n",
    "base/a.hpp": "",
    "base/a.cpp": '#include "base/a.hpp"\n',
    "tb/CMakeLists.txt": "freebits_room(freebits_tb freebits_tb_core)\n",
    "tb/README.md": "# tb\n",
    "tb/core/CMakeLists.txt": "freebits_library(freebits_tb_core\n  SOURCES b.cpp  # freebits_other\n"
                              "  PUBLIC freebits_base)\n",
    "tb/core/README.md": "# core\n\nUses: [base](../../base/README.md).\n\n`b.hpp` and `parts/c.hpp` are its headers.\n",
    "tb/core/b.hpp": "",
    "tb/core/b.cpp": '#include <vector>\n#include "base/a.hpp"\n#include "tb/core/parts/c.hpp"\n',
    "tb/core/parts/c.hpp": "",
    "search/train/CMakeLists.txt": "freebits_library(freebits_train SOURCES d.cpp PUBLIC freebits_tb)\n",
    "search/train/README.md": "# train\n\nUses: [tb](../../tb/README.md).\n",
    "search/train/d.cpp": '#include "tb/core/b.hpp"\n#include "base/a.hpp"\n',
}


def check(changes):
    """Printed lines of rooms.py for the house with these files changed; None removes one."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        for name, text in {**HOUSE, **changes}.items():
            if text is not None:
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        run = subprocess.run([sys.executable, ROOMS, folder], capture_output=True, text=True, check=False)
        assert run.stderr == "", run.stderr
        assert run.returncode == (1 if run.stdout else 0)
        return run.stdout.splitlines()


class Rooms(unittest.TestCase):
    def test_a_house_in_order_passes(self):
        self.assertEqual(check({}), [])

    def test_a_folder_without_a_readme_is_named_unless_the_one_above_names_it(self):
        self.assertEqual(check({"tests/x/x_test.cpp": ""}), ["tests/x: has source files and no README.md"])
        self.assertEqual(check({"tests/README.md": "`x/` has a test.", "tests/x/x_test.cpp": ""}), [])

    def test_a_header_that_no_readme_names_is_named(self):
        self.assertEqual(check({"tb/core/new.hpp": ""}), ["tb/core/README.md: does not name `new.hpp`"])
        self.assertEqual(check({"tb/core/parts/new.hpp": ""}),
                         ["tb/core/README.md: does not name `parts/new.hpp`"])

    def test_a_name_within_an_example_does_not_count(self):
        readme = "# base\n\nUses: nothing of freebits.\n\n```cpp\n#include \"a.hpp\"\n```\n"
        self.assertEqual(check({"base/README.md": readme}), ["base/README.md: does not name `a.hpp`"])

    def test_uses_says_what_is_linked_and_nothing_else(self):
        missing = HOUSE["tb/core/README.md"].replace("[base](../../base/README.md)", "nothing of freebits")
        self.assertEqual(check({"tb/core/README.md": missing}),
                         ["tb/core/README.md: \"Uses\" does not link base/README.md, which freebits_tb_core links"])
        more = HOUSE["base/README.md"].replace("nothing of freebits", "[core](../tb/core/README.md)")
        self.assertEqual(check({"base/README.md": more}),
                         ["base/README.md: \"Uses\" links tb/core, which freebits_base does not link"])
        self.assertEqual(check({"base/README.md": "# base\n\n`a.hpp`\n"}),
                         ["base/README.md: has no paragraph \"Uses: …\""])

    def test_an_include_of_a_library_that_is_not_linked_is_named(self):
        self.assertEqual(check({"base/a.cpp": '#include "tb/core/b.hpp"\n'}),
                         ["base/a.cpp: includes tb/core/b.hpp, but freebits_base does not link freebits_tb_core"])

    def test_a_path_beside_the_checkout_is_named(self):
        self.assertEqual(check({"base/a.cpp": "// ../sha" "red/designs.md\n"}),
                         ["base/a.cpp:1: mentions a path outside of the project: // ../sha" "red/designs.md"])


if __name__ == "__main__":
    unittest.main()
