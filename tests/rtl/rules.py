#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of rtl/README.md ("How it is written") that no tool of Debian checks.

Usage: rules.py FOLDER. Looks at every .sv file below it: `default_nettype none` at the top and `wire` at the end; inputs
that name their kind of net, without which `none` refuses them; 'x only as the default of a combinational block.
Prints one `file:line: …` for each offence. Exit code 1 if there is one, 2 if there is no file.
"""
import pathlib
import re
import sys

COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
UNKNOWN = re.compile(r"'[xX]\b|'[bhd][0-9a-fA-F_]*[xX]")
DEFAULT = re.compile(r"^\s*\w+(?:\[\w+\])?\s*=\s*'x;\s*$")
CHOICE = re.compile(r"\b(?:if|case|casez)\b")


def offences(text):
    """Line number and what is wrong, for each offence in the text of a file."""
    lines = COMMENT.sub(lambda m: re.sub(r"[^\n]", "", m.group(0)), text).splitlines()
    code = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not code or code[0][1] != "`default_nettype none":
        yield 1, "begins without `default_nettype none"
    if not code or code[-1][1] != "`default_nettype wire":
        yield len(lines), "ends without `default_nettype wire"
    end = None  # of the combinational block whose defaults these are
    for number, line in code:
        if re.match(r"\s*input\b(?!\s+wire\b)", line):
            yield number, "an input without its kind of net: expected `input  wire`"
        if line.strip() == "always_comb begin":
            end = line.replace("always_comb begin", "end")
        elif CHOICE.search(line) or line == end:
            end = None
        if UNKNOWN.search(line) and not (end and DEFAULT.match(line)):
            yield number, "'x elsewhere than as a default at the head of a combinational block"


def main():
    if len(sys.argv) != 2:
        print("rules.py: expected a folder", file=sys.stderr)
        return 2
    root = pathlib.Path(sys.argv[1])
    files = sorted(root.rglob("*.sv"))
    if not files:
        print(f"rules.py: {root} has no .sv file", file=sys.stderr)
        return 2
    wrong = [f"{path.relative_to(root)}:{number}: {what}"
             for path in files for number, what in offences(path.read_text(encoding="utf-8"))]
    for line in wrong:
        print(line)
    print(f"{len(files)} files, {len(wrong)} offences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
