#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""declarations.py finds uses above their declarations, names file and line, and leaves alone what is right."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

DECLARATIONS = pathlib.Path(__file__).with_name("declarations.py")


def check(text, *arguments):
    """Exit code and printed lines for a file m.sv with this text, whose top module is m."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "m.sv").write_text(text, encoding="utf-8")
        run = subprocess.run([sys.executable, DECLARATIONS, "--top-module", "m", *arguments, "m.sv"], cwd=folder,
                             capture_output=True, text=True, check=False)
        return run.returncode, run.stdout.splitlines()


class Declarations(unittest.TestCase):
    def test_a_design_in_order_passes(self):
        code, lines = check("module m (input wire a, output logic b);\n"
                            "  localparam int One = 1;\n  logic c;\n"
                            "  assign c = a ^ One[0];\n  assign b = c;\nendmodule\n")
        self.assertEqual((code, lines), (0, ["4 declarations, 5 uses, 0 above their declaration"]))

    def test_a_signal_used_above_its_declaration_is_named_with_file_and_line(self):
        code, lines = check("module m (input wire a, output logic b);\n"
                            "  assign b = late;\n  logic late;\n  assign late = a;\nendmodule\n")
        self.assertEqual((code, lines[:-1]), (1, ["m.sv:2: late is used here and declared in line 3"]))

    def test_a_use_in_a_function_an_always_block_and_a_port_connection_counts(self):
        code, lines = check("module n (input wire x);\nendmodule\n"
                            "module m (input wire a, output logic b, output logic c);\n"
                            "  function automatic logic f(logic y);\n    return y ^ p;\n  endfunction\n"
                            "  always_comb b = f(q);\n"
                            "  n u_n (.x(r));\n"
                            "  logic p, q, r;\n"
                            "  assign {p, q, r, c} = {4{a}};\nendmodule\n")
        self.assertEqual((code, lines[:-1]), (1, ["m.sv:5: p is used here and declared in line 9",
                                                  "m.sv:7: q is used here and declared in line 9",
                                                  "m.sv:8: r is used here and declared in line 9"]))

    def test_a_use_in_a_generate_block_counts_in_each_branch_that_is_built(self):
        text = ("module m #(parameter bit Two = 1) (input wire a, output logic b);\n"
                "  if (Two) begin : g_two\n    assign b = s;\n    logic s;\n    assign s = a;\n"
                "  end else begin : g_one\n    assign b = t;\n    logic t;\n    assign t = a;\n  end\n"
                "endmodule\n")
        self.assertEqual(check(text)[1][:-1], ["m.sv:3: s is used here and declared in line 4"])
        self.assertEqual(check(text, "-GTwo=1'b0")[1][:-1], ["m.sv:7: t is used here and declared in line 8"])

    def test_a_parameter_used_above_its_declaration_is_found_though_the_tree_has_its_value(self):
        code, lines = check("module m (output logic b);\n"
                            "  // Last is not this one\n  localparam int First = Last - 1;\n"
                            "  localparam int Last = 3;\n  assign b = First[0];\nendmodule\n")
        self.assertEqual((code, lines[:-1]), (1, ["m.sv:3: Last is used here and declared in line 4"]))

    def test_the_same_name_of_another_block_or_module_is_another(self):
        code, _ = check("module n #(parameter int Size = 2) (input wire late);\nendmodule\n"
                        "module m (input wire a, output logic b);\n"
                        "  if (1) begin : g_a\n    logic late;\n    assign late = a;\n"
                        "    n #(.Size(3)) u_n (.late(late));\n  end\n"
                        "  localparam int Size = 4;\n  logic late;\n  assign late = a;\n"
                        "  assign b = late ^ Size[0];\nendmodule\n")
        self.assertEqual(code, 0)

    def test_a_design_that_verilator_does_not_read_is_an_error(self):
        self.assertEqual(check("module m (;\nendmodule\n"), (2, []))


if __name__ == "__main__":
    unittest.main()
