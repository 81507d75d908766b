#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of sw/kernels/asm/templates.py, with the compiler of the kernels: templates_test.py
ROOT CLANG INCLUDE-FOLDER (of the generated headers)."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT, CLANG, GENERATED = sys.argv[1:4]
SCRIPT = pathlib.Path(ROOT, "sw/kernels/asm/templates.py")
CORE_V = "rv32imc_xcvmac1p0_xcvsimd1p0_xcvmem1p0_xcvalu1p0_xcvbitmanip1p0"


class Templates(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return pathlib.Path(self.folder.name, name)

    def generate(self, text):
        self.path("in.S").write_text(text)
        command = [sys.executable, SCRIPT, self.path("in.S"), self.path("out.h")]
        return subprocess.run(command, capture_output=True, text=True)

    def compile(self, program, *options):
        self.path("program.c").write_text(program)
        command = [CLANG, "--target=riscv32-unknown-elf", f"-march={CORE_V}", "-mabi=ilp32",
                   "-mno-relax", f"-I{GENERATED}", f"-I{self.folder.name}", *options,
                   self.path("program.c")]
        return subprocess.run(command, capture_output=True, text=True)

    def rejected(self, text, message):
        done = self.generate(text)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, f"{self.path('in.S')}:{message}\n")
        self.assertFalse(self.path("out.h").exists())

    def test_templates_become_the_text_of_an_asm_statement(self):
        done = self.generate("""
// A sum.
.template FB_ADD(A, B)
  add %[{A}], %[{A}],   {B}  // a line
.end
.template FB_TWICE(OTHER)
  FB_ADD(sum, %[one])
  {OTHER}(sum, x0)
  .error "a \\\\ in quotes"
.end
""")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.compile('#include "out.h"\nconst char text[] = FB_TWICE(FB_ADD);',
                     "-c", "-o", self.path("program.o"))
        code = self.path("program.o").read_bytes()
        self.assertIn(b'add %[sum], %[sum], %[one]\nadd %[sum], %[sum], x0\n'
                      b'.error "a \\\\ in quotes"\n\0', code)

    def test_a_mistake_is_one_line_with_its_place(self):
        self.rejected(".template FB_X(A)\n  nop\n  add {B}, {A}, {A}\n.end\n",
                      "3: {B} is no parameter of this template, which has A")
        self.rejected("\n  nop\n", "2: 'nop' is outside of a template")
        self.rejected(".template FB_X()\n  nop\n", "2: the last template has no .end")
        self.rejected(".template FB_X()\n.template FB_Y()\n.end\n",
                      "2: expected .template FB_NAME(PARAMETER, ...) after the last .end")
        self.rejected(".end\n", "1: .end without .template")

    def test_a_wrong_number_of_instructions_does_not_assemble(self):
        program = """
#define LEVEL_XPULPNN 2
#include "kernels/asm/pseudo.h"
__asm__(FB_PSEUDO_INSTRUCTIONS());
void f(void) {
  __asm__ volatile(".option norvc\\n7:\\nnop\\nnop\\nnop\\nfbk.instructions 1 + %0" ::"i"(COUNT));
}
"""
        options = ["-c", "-o", self.path("program.o")]
        right = self.compile(program, *options, "-DCOUNT=2")
        self.assertEqual((right.returncode, right.stderr), (0, ""))
        for count in (1, 3):
            wrong = self.compile(program, *options, f"-DCOUNT={count}")
            self.assertNotEqual(wrong.returncode, 0)
            self.assertIn("not as many instructions since label 7 as it says here", wrong.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
