#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stages the site of the documents: stage.py ROOT OUT, called by scripts/docs.sh.

Writes OUT/pages with every Markdown file of the project in its place, and OUT/mkdocs.yml. Links
that lead to a source file lead to a page with its text then, and links to a folder to its README.md
or to a list of its files. The lists in mkdocs.yml that stand in capitals are filled in.
"""
import pathlib
import posixpath
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tests" / "docs"))
import links  # the files of the project, and lines outside fenced code  # noqa: E402

LANGUAGES = {".hpp": "cpp", ".cpp": "cpp", ".h": "c", ".c": "c", ".sv": "systemverilog", ".py": "python",
             ".sh": "bash", ".toml": "toml", ".S": "gas", ".json": "json", ".mjs": "js", ".js": "js"}
API = """# C++ and C interfaces

[All classes, functions and files](api/index.html), from the comments in the headers.

Begin with these: [`Cluster`](api/cluster_8hpp.html), [`NetworkRunner`](api/network__runner_8hpp.html),
[`profile()`](api/profiler_2profile_2profile_8hpp.html), [`Tape`](api/tape_8hpp.html) and its [ops](api/ops_8hpp.html),
[`Search`](api/search_8hpp.html). What each library is for, and what it may use, is said in
[architecture](docs/architecture.md).
"""
TARGET = re.compile(r"(\]\(\s*)([^()\s]+)(\s*\))")


def title(path):
    """The first heading of a page, in plain text."""
    for _, line in links.lines_of_text(path):
        heading = links.HEADING.match(line)
        if heading:
            return re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading.group(1))
    return path.stem


class Stage:
    def __init__(self, root, out):
        self.root, self.pages = root, out / "pages"
        self.files = set(links.files(root))
        self.folders = {parent for file in self.files for parent in file.parents}
        self.documents = sorted(f for f in self.files if f.suffix == ".md")
        self.listed = set()

    def write(self, name, text):
        path = self.pages / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def page_of(self, target):
        """The page for a file or folder of the project that is no document; made when first asked for."""
        if target in self.files:
            name = f"{target}.md"
            if name not in self.listed:
                self.listed.add(name)
                text = (self.root / target).read_text(encoding="utf-8")
                language = LANGUAGES.get(target.suffix, "text")
                self.write(name, f"# {target.name}\n\n`{target}`\n\n~~~~~~{language}\n{text.rstrip()}\n~~~~~~\n")
            return name
        if target / "README.md" in self.files:
            return f"{target}/README.md"
        name = f"{target}/files.md"
        if name not in self.listed:
            self.listed.add(name)
            inside = sorted(f for f in self.files if f.parent == target)
            lines = [f"* [{f.name}]({posixpath.relpath(self.page_of(f), str(target))})" for f in inside]
            self.write(name, f"# {target}\n\n" + "\n".join(lines) + "\n")
        return name

    def rewritten(self, document, line):
        """The line, with links to sources and folders led to their pages."""
        def lead(match):
            before, target, after = match.groups()
            if links.SCHEME.match(target) or target.startswith("#"):
                return match.group(0)
            path, _, fragment = target.partition("#")
            place = pathlib.PurePosixPath(posixpath.normpath(str(document.parent / urllib.parse.unquote(path))))
            if place.suffix == ".md" or (place not in self.files and place not in self.folders):
                return match.group(0)
            page = posixpath.relpath(self.page_of(place), str(document.parent))
            return f"{before}{page}{'#' + fragment if fragment else ''}{after}"

        masked = links.CODE.sub(lambda m: "`" * len(m.group(0)), line)  # code is no link
        for match in reversed(list(TARGET.finditer(masked))):
            line = line[:match.start()] + lead(match) + line[match.end():]
        return line

    def stage(self):
        for document in self.documents:
            plain = dict(links.lines_of_text(self.root / document))
            text = (self.root / document).read_text(encoding="utf-8").splitlines()
            lines = [self.rewritten(document, line) if number in plain else line
                     for number, line in enumerate(text, 1)]
            self.write(document, "\n".join(lines) + "\n")

    def nav(self, key, indent):
        """The lines of a list of the navigation."""
        def under(*folders):
            return [d for d in self.documents if str(d.parent) in folders]
        if key == "HOWTOS":
            chosen = under("docs/howto")
        elif key == "UNITS":
            chosen = under("docs/units")
        elif key == "RESULTS":
            chosen = under("docs/results")
        elif key == "COMMANDS":
            chosen = [d for d in self.documents if d.parts[0] == "cli"]
        else:
            return self.rooms(indent)
        return [f"{indent}- {self.entry(d)}" for d in chosen]

    def entry(self, document):
        return f"\"{title(self.root / document)}\": {document}"

    def rooms(self, indent):
        """One list for each room: its README and those of its libraries."""
        lines = []
        for room in sorted({d.parts[0] for d in self.documents if len(d.parts) > 1} - {"docs"}):
            lines.append(f"{indent}- {room}:")
            own = [d for d in self.documents if d.parts[0] == room]
            lines += [f"{indent}    - {self.entry(d)}" for d in sorted(own, key=lambda d: (len(d.parts) > 2, d))]
        return lines

    def configuration(self):
        """docs/mkdocs.yml, with the lists filled in."""
        lines = []
        for line in (self.root / "docs/site/mkdocs.yml").read_text(encoding="utf-8").splitlines():
            match = re.match(r"( *)(- .*: )([A-Z]+)$", line)
            if match:
                lines.append(match.group(1) + match.group(2).rstrip())
                lines += self.nav(match.group(3), match.group(1) + "    ")
            else:
                lines.append(line)
        return "\n".join(lines) + "\ndocs_dir: pages\nsite_dir: site\n"


def main():
    root, out = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    stage = Stage(root, out)
    stage.stage()
    stage.write("api.md", API)
    stage.write("site.css", (root / "docs/site/site.css").read_text(encoding="utf-8"))
    (out / "mkdocs.yml").write_text(stage.configuration(), encoding="utf-8")


if __name__ == "__main__":
    main()
