# SPDX-License-Identifier: Apache-2.0
"""The lists of mutants (lists/*.txt): one kind of mutant each.

A list is lines and, between empty lines, mutants; lines that begin with # are comments.
    folder: FOLDER                 of the files below, from the top of the project
    judge NAME: ONCE … | EACH … ; COMMAND   a test: targets built once, and again for each mutant; its command in the build folder
    caught by: NAME …              the judges of the mutants from here on, in this order
A mutant is "file: what is broken", the text to find (once in the file) behind "- ", and its replacement behind "+ ".
"""
import dataclasses
import pathlib
import re

LISTS = pathlib.Path(__file__).with_name("lists")
MUTANT = re.compile(r"(?P<file>[\w./]+\.(?:sv|c|h|S|cpp|hpp)): (?P<title>.*)\n"
                    r"- (?P<find>(?:.*\n)+?)\+ (?P<replacement>(?:.+(?:\n|\Z))+)")


class ListError(Exception):
    """A list that cannot be read, or a mutant whose text is not there."""


@dataclasses.dataclass(frozen=True)
class Judge:
    name: str
    once: tuple  # targets: the test itself
    each: tuple  # targets that have the mutant in them
    command: tuple


@dataclasses.dataclass(frozen=True)
class Mutant:
    kind: str
    number: int
    path: str  # of the file, from the top of the project
    title: str
    find: str
    replacement: str
    judges: tuple

    @property
    def name(self):
        return f"{self.kind}:{self.number}"

    def planted_in(self, text):
        """The file's text with the fault in it."""
        count = text.count(self.find)
        if count != 1:
            raise ListError(f"{self.name}: {self.path}: found {count} times, expected once: {self.find}")
        return text.replace(self.find, self.replacement)


def read(path):
    """Mutants of a list."""
    kind, folder, judges, by, mutants = path.stem, None, {}, (), []
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    while text := text.lstrip("\n"):
        line, _, rest = text.partition("\n")
        if line.startswith("folder: "):
            folder = line.removeprefix("folder: ")
        elif found := re.fullmatch(r"judge (\S+): ([^;|]*)\|([^;|]*); (.+)", line):
            judges[found[1]] = Judge(found[1], *(tuple(found[i].split()) for i in (2, 3, 4)))
        elif line.startswith("caught by: "):
            names = line.removeprefix("caught by: ").split()
            unknown = [name for name in names if name not in judges]
            if unknown:
                raise ListError(f"{path.name}: no judge {unknown[0]}")
            by = tuple(judges[name] for name in names)
        elif found := MUTANT.match(text):
            if folder is None:
                raise ListError(f"{path.name}: a mutant before its folder: {line}")
            mutants.append(Mutant(kind, len(mutants) + 1, f"{folder}/{found['file']}", found["title"],
                                  found["find"].removesuffix("\n"), found["replacement"].removesuffix("\n"), by))
            rest = text[found.end():]
        else:
            raise ListError(f"{path.name}: neither a mutant nor a line of a list: {line}")
        text = rest
    return mutants


def read_all(folder=LISTS):
    """Mutants of every list, by kind."""
    return {path.stem: read(path) for path in sorted(folder.glob("*.txt"))}
