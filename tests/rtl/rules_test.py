#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rules.py finds each offence, names file and line, and leaves alone what is right."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

RULES = pathlib.Path(__file__).with_name("rules.py")
RIGHT = """// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// A comment may say 'x and input logic.
module m (
  input  wire        clk_i,
  input  wire  [3:0] a_i,
  output logic [3:0] b_o
);

  logic [3:0] part [2];
  always_comb begin
    b_o = 'x;
    for (int i = 0; i < 2; i++) begin
      part[i] = 'x;
    end
    if (a_i[0]) begin
      part[0] = a_i;
      b_o     = part[0];
    end
  end

endmodule

`default_nettype wire
"""


def check(text):
    """Exit code and printed lines for a folder with this file."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "core").mkdir()
        pathlib.Path(folder, "core", "m.sv").write_text(text, encoding="utf-8")
        run = subprocess.run([sys.executable, RULES, folder], capture_output=True, text=True, check=False)
        return run.returncode, run.stdout.splitlines()


class Rules(unittest.TestCase):
    def offence(self, old, new, line, what):
        self.assertEqual(RIGHT.count(old), 1)
        code, lines = check(RIGHT.replace(old, new))
        self.assertEqual(code, 1)
        self.assertIn(f"core/m.sv:{line}: {what}", lines)

    def test_a_file_that_follows_the_rules_passes(self):
        self.assertEqual(check(RIGHT), (0, ["1 files, 0 offences"]))

    def test_a_file_without_the_directives_is_named(self):
        self.offence("`default_nettype none\n\n", "", 1, "begins without `default_nettype none")
        self.offence("\n`default_nettype wire\n", "", 23, "ends without `default_nettype wire")

    def test_an_input_without_its_kind_of_net_is_named(self):
        self.offence("input  wire  [3:0] a_i", "input  logic [3:0] a_i", 7,
                     "an input without its kind of net: expected `input  wire`")

    def test_an_unknown_value_is_allowed_as_a_default_only(self):
        what = "'x elsewhere than as a default at the head of a combinational block"
        self.offence("part[0] = a_i;", "part[0] = 'x;", 18, what)
        self.offence("    b_o = 'x;\n", "    b_o = a_i[1] ? '0 : 'x;\n", 13, what)
        self.offence("b_o     = part[0];", "b_o     = part[0] ^ 4'b1x0x;", 19, what)
        self.offence("\nendmodule", "  assign b_o = 'x;\n\nendmodule", 22, what)
        self.offence("    if (a_i[0]) begin", "  end\n  initial begin\n    b_o = 'x;\n    if (a_i[0]) begin", 19, what)

    def test_a_folder_without_rtl_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run([sys.executable, RULES, folder], capture_output=True, check=False)
            self.assertEqual(run.returncode, 2)


if __name__ == "__main__":
    unittest.main()
