#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every folder says what is in it, and every library includes only what it says it uses.

Usage: rooms.py [ROOT]. Prints one `file: …` for each of the following that is wrong. Exit code 1 if
there are any.

1. A folder with source files has a README.md, or the README of the folder above names it as `NAME/`.
2. The README of a folder names every header beside it in code: `NAME.hpp`.
3. The paragraph "Uses: …" of a library's README links the README of every freebits library that its
   CMakeLists.txt links, and of no other; or it says "nothing of freebits".
4. A source file includes headers of its own library, and of those that it links, directly or not.
5. No file mentions a path to what lies beside the checkout.
"""
import pathlib
import re
import subprocess
import sys

SOURCES = {".hpp", ".cpp", ".h", ".c", ".S", ".sv", ".py", ".sh", ".mjs", ".js"}
HEADERS = {".hpp", ".h"}
# Folders whose headers are an interface. Elsewhere (kernels, tests) a README names what it wants to.
INTERFACES = ("base", "tb", "models", "deploy", "profiler", "search", "cli", "sw/include")
LIBRARY = re.compile(r"\bfreebits_library\(\s*(\w+)(.*?)\)", re.DOTALL)
ROOM = re.compile(r"\bfreebits_room\(\s*(\w+)(.*?)\)", re.DOTALL)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#]*)[^)]*\)")
INCLUDE = re.compile(r"^\s*#\s*include\s+\"([^\"]+)\"", re.MULTILINE)
OUTSIDE = re.compile(r"\.\./+shared\b|/shared/|\bshared/[a-z]")
# An include without a library, and why it is none.
FREE = {("profiler/table", "tb/core/accounting.hpp"): "names of what a cycle is spent on"}


def tracked(root):
    """All files that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, check=True).stdout.decode().split("\0")
    return [pathlib.PurePosixPath(n) for n in listed if n and (root / n).is_file()]


def text_of(path):
    """The text of a file; nothing for one that is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def libraries(root, files):
    """Folder of every library and room by its name, what each one links, and which are rooms."""
    folders, links, rooms = {}, {}, set()
    for file in files:
        if file.name != "CMakeLists.txt":
            continue
        text = re.sub(r"#.*", "", text_of(root / file))
        for name, rest in LIBRARY.findall(text):
            folders[name] = file.parent
            links[name] = set(re.findall(r"\bfreebits_\w+", rest))
        for name, rest in ROOM.findall(text):
            links[name] = set(re.findall(r"\bfreebits_\w+", rest))
            folders[name] = file.parent
            rooms.add(name)
    return folders, {n: {one for one in l if one in folders} for n, l in links.items()}, rooms


def reachable(name, links):
    """All libraries that `name` links, directly or not."""
    found, todo = set(), [name]
    while todo:
        for one in links[todo.pop()] - found:
            found.add(one)
            todo.append(one)
    return found


def owner(path, library_of):
    """The library whose folder holds the file, or None."""
    return next((library_of[p] for p in path.parents if p in library_of), None)


def unnamed(root, files):
    """Rules 1 and 2."""
    readmes = {f.parent: text_of(root / f) for f in files if f.name == "README.md"}
    code = {p: re.findall(r"`([^`\n]+)`", FENCED.sub("", text)) for p, text in readmes.items()}
    missing = set()
    for file in files:
        if file.suffix not in SOURCES or file.parent.name == "":
            continue
        folder = file.parent
        if folder not in readmes:
            above = next((p for p in folder.parents if p in readmes and p.name), None)
            if above is None or not any(f"{folder.name}/" in one for one in code[above]):
                missing.add(folder)
        if file.suffix in HEADERS and str(file).startswith(tuple(f"{i}/" for i in INTERFACES)):
            place = next((p for p in file.parents if p in readmes), None)
            if place and not any(file.name == one.rsplit("/", 1)[-1] for one in code[place]):
                yield f"{place}/README.md: does not name `{file.relative_to(place)}`"
    for folder in sorted(missing):
        yield f"{folder}: has source files and no README.md"


def wrongly_used(root, files):
    """Rules 3 and 4."""
    folders, links, rooms = libraries(root, files)
    library_of = {folder: name for name, folder in folders.items() if name not in rooms}
    known = set(files)
    for folder, name in sorted(library_of.items()):
        readme = folder / "README.md"
        if readme in known:
            uses = re.search(r"^Uses: .*?(?=\n\n|\Z)", text_of(root / readme), re.MULTILINE | re.DOTALL)
            wanted = {folders[one] for one in links[name]}
            if uses is None:
                yield f"{readme}: has no paragraph \"Uses: …\""
            else:
                said = {pathlib.PurePosixPath(folder, target).parent for target in LINK.findall(uses[0])}
                said = {pathlib.PurePosixPath(*_normal(one.parts)) for one in said}
                for one in sorted(wanted - said):
                    yield f"{readme}: \"Uses\" does not link {one}/README.md, which {name} links"
                for one in sorted(said - wanted):
                    yield f"{readme}: \"Uses\" links {one}, which {name} does not link"
    for file in sorted(files):
        name = owner(file, library_of) if file.suffix in SOURCES else None
        if name is None or file.suffix not in {".hpp", ".cpp"}:
            continue
        allowed = reachable(name, links) | {name}
        for target in INCLUDE.findall(text_of(root / file)):
            other = owner(pathlib.PurePosixPath(target), library_of)
            if other and other not in allowed and (str(folders[name]), target) not in FREE:
                yield f"{file}: includes {target}, but {name} does not link {other}"


def _normal(parts):
    """The parts of a path without `..`."""
    result = []
    for part in parts:
        if part == ".." and result:
            result.pop()
        else:
            result.append(part)
    return result


def outside(root, files):
    """Rule 5."""
    for file in sorted(files):
        if file.name in {"rooms.py", "rooms_test.py"}:
            continue
        for number, line in enumerate(text_of(root / file).splitlines(), 1):
            if OUTSIDE.search(line):
                yield f"{file}:{number}: mentions a path outside of the project: {line.strip()}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    files = tracked(root)
    wrong = [*unnamed(root, files), *wrongly_used(root, files), *outside(root, files)]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
