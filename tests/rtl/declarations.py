#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every variable, net and parameter must be declared above its first use.

Usage: declarations.py VERILATOR-ARGUMENT …, for example `--top-module fb_core -F rtl/rtl.f`.
Asks Verilator for its syntax tree (`--xml-only`), in which every use stands with the place it was written at, and
compares that place with the one of the declaration. Uses of parameters are constants in the tree already: they are
searched for in the text. Prints one `file:line: …` for each use above its declaration, and how much was looked at.
Exit code 1 if there is one, 2 if Verilator does not read the design.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

VERILATOR = ["verilator", "--xml-only", "-O0", "-Wno-fatal"]  # optimisations would remove uses
SCOPES = {"module", "package", "begin", "func", "task"}
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)


def tree_of(arguments):
    """The syntax tree of the design; SystemExit(2) if there is none."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "design.xml")
        run = subprocess.run([*VERILATOR, "--Mdir", folder, "--xml-output", path, *arguments],
                             capture_output=True, text=True, check=False)
        if run.returncode != 0:
            sys.stderr.write(run.stderr)
            raise SystemExit(2)
        return ElementTree.parse(path).getroot()


class Place:
    """A place in the text: comparable within one file."""

    def __init__(self, element, files):
        parts = element.get("loc").split(",")
        self.file = files[parts[0]]
        self.position = (int(parts[1]), int(parts[2]))

    def is_above(self, other):
        return self.file == other.file and self.position < other.position


class Design:
    """Uses and declarations of a tree."""

    def __init__(self, root):
        self.files = {f.get("id"): f.get("filename") for f in root.iter("file")}
        self.uses = 0
        self.declarations = 0
        self.wrong = set()
        for unit in root.find("netlist"):
            if unit.tag in ("module", "package"):
                self.scope(unit, [])
                self.parameters(unit)

    def scope(self, element, outer):
        """Everything in a scope; `outer` has the names of the scopes around it, inner ones first."""
        names = {v.get("name"): v for v in element if v.tag == "var"}
        blocks = {b.get("name"): b for b in element if b.tag == "begin"}
        self.declarations += len(names)
        for child in element:
            self.walk(child, [(names, blocks), *outer])

    def walk(self, element, scopes):
        if element.tag in SCOPES:
            self.scope(element, scopes)
            return
        if element.tag in ("varref", "varxref"):
            self.use(element, scopes)
        for child in element:
            self.walk(child, scopes)

    def use(self, element, scopes):
        declaration = self.declaration(element, scopes)
        if declaration is None:
            return  # of a package
        self.uses += 1
        use, declared = Place(element, self.files), Place(declaration, self.files)
        if use.is_above(declared):
            self.report(declaration.get("origName"), use, declared)

    @staticmethod
    def declaration(element, scopes):
        name, dotted = element.get("name"), element.get("dotted")
        if dotted:  # in a generate block
            block = re.sub(r"__BRA__(\d+)__KET__", r"[\1]", dotted)
            for _, blocks in scopes:
                if block in blocks:
                    return next((v for v in blocks[block] if v.get("name") == name), None)
            return None
        return next((names[name] for names, _ in scopes if name in names), None)

    def parameters(self, unit):
        """Uses of the parameters of a module or package between its name and their declaration."""
        first = Place(unit, self.files)
        for parameter in unit.iter("var"):
            if parameter.get("param") != "true" and parameter.get("localparam") != "true":
                continue
            declared = Place(parameter, self.files)
            if declared.file == first.file:
                self.uses += 1
                for use in uses_in_text(parameter.get("origName"), first, declared):
                    self.report(parameter.get("origName"), use, declared)

    def report(self, name, use, declared):
        self.wrong.add((use.file, use.position[0], f"{name} is used here and declared in line {declared.position[0]}"))


def uses_in_text(name, first, declared):
    """Places between `first` and `declared` that name the parameter; `.name(` and `package::name` are others'."""
    text = COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)),
                       pathlib.Path(declared.file).read_text(encoding="utf-8"))
    for match in re.finditer(rf"(?<![\w.$:]){re.escape(name)}(?![\w$])", text):
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - text.rfind("\n", 0, match.start())
        if first.position < (line, column) < declared.position:
            use = object.__new__(Place)
            use.file, use.position = declared.file, (line, column)
            yield use


def main():
    if len(sys.argv) == 1:
        print("declarations.py: expected arguments of Verilator: --top-module TOP FILE …", file=sys.stderr)
        return 2
    design = Design(tree_of(sys.argv[1:]))
    for file, line, what in sorted(design.wrong):
        print(f"{file}:{line}: {what}")
    print(f"{design.declarations} declarations, {design.uses} uses, {len(design.wrong)} above their declaration")
    return 1 if design.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
