#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every mutant can still be planted: applies.py PROJECT-FOLDER. Prints one line for each whose text is not there once (or whose file
is not), exit code 1 if there is one."""
import pathlib
import sys

import mutants


def main():
    root = pathlib.Path(sys.argv[1])
    count, wrong = 0, 0
    for mutant in (m for kind in mutants.read_all().values() for m in kind):
        count += 1
        try:
            text = (root / mutant.path).read_text(encoding="utf-8")
            if mutant.planted_in(text) == text:
                raise mutants.ListError(f"{mutant.name}: {mutant.path}: changes nothing")
        except (OSError, mutants.ListError) as error:
            wrong += 1
            print(error)
    print(f"{count} mutants, {wrong} cannot be planted")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
