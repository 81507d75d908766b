#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""plant.py KIND:NUMBER FOLDER: plants one mutant in a copy of the project."""
import pathlib
import sys

import mutants


def main():
    kind, _, number = sys.argv[1].partition(":")
    mutant = mutants.read(mutants.LISTS / f"{kind}.txt")[int(number) - 1]
    path = pathlib.Path(sys.argv[2], mutant.path)
    path.write_text(mutant.planted_in(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
