#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every relative link and every #anchor of all Markdown files must exist.

Usage: links.py [ROOT]. Prints one `file:line: …` for each broken link.
Exit code 1 if there are any.
Addresses of other sites are not opened.
"""
import pathlib
import re
import subprocess
import sys
import urllib.parse

INLINE = re.compile(r"!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]"  # the text, an image in it perhaps
                    r"\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?"  # the target
                    r"(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]^]+\]:\s*<?([^\s>]+)>?")
HTML = re.compile(r"<(?:a|img)\s[^>]*?(?:href|src)=\"([^\"]+)\"")
NAMED = re.compile(r"<[a-z]+\s[^>]*?(?:id|name)=\"([^\"]+)\"")
HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
FENCE = re.compile(r"^\s*(```+|~~~+)")
CODE = re.compile(r"(`+)(.+?)\1")
SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)


def files(root):
    """All files that git knows or would add; without git, all files beside build folders."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, check=False)
    if listed.returncode == 0:
        names = [n for n in listed.stdout.decode().split("\0") if n]
        return [pathlib.PurePosixPath(n) for n in names if (root / n).exists()]
    skipped = {"build", "results", "node_modules"}
    found = (p.relative_to(root) for p in root.rglob("*") if p.is_file())
    return [pathlib.PurePosixPath(p) for p in found
            if not any(part in skipped or part == ".git" for part in p.parts)]


def lines_of_text(path):
    """Line number and text, for every line outside fenced code."""
    fence = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        mark = FENCE.match(line)
        if fence is None and mark:
            fence = mark.group(1)
        elif fence is not None:
            if mark and mark.group(1).startswith(fence):
                fence = None
        else:
            yield number, line


def anchor(heading):
    """The anchor that GitHub gives to a heading."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)  # a link counts as its text
    text = re.sub(r"[^\w\- ]", "", text.strip().lower())
    return text.replace(" ", "-")


def anchors(path):
    """All anchors of a Markdown file: of its headings, and those it names itself."""
    seen, result = {}, set()
    for _, line in lines_of_text(path):
        result.update(NAMED.findall(line))
        heading = HEADING.match(line)
        if heading:
            name = anchor(heading.group(1))
            count = seen.get(name, 0)
            seen[name] = count + 1
            result.add(name if count == 0 else f"{name}-{count}")
    return result


def links(path):
    """Line number and target of every link outside code."""
    for number, line in lines_of_text(path):
        text = CODE.sub(lambda m: "`" * len(m.group(0)), line)
        for pattern in (INLINE, REFERENCE, HTML):
            for match in pattern.finditer(text):
                yield number, match.group(1)


def broken(root):
    """`file:line: what is wrong` for every link that leads nowhere."""
    known = files(root)
    places = set(known)
    for name in known:
        places.update(name.parents)
    documents = [n for n in known if n.suffix == ".md"]
    anchors_of = {n: anchors(root / n) for n in documents}
    for document in sorted(documents):
        for line, target in links(root / document):
            if SCHEME.match(target):
                continue
            path, _, fragment = urllib.parse.unquote(target).partition("#")
            place = document
            if path:
                parts = []
                for part in (document.parent / path).parts:
                    if part == ".." and parts and parts[-1] != "..":
                        parts.pop()
                    else:
                        parts.append(part)
                place = pathlib.PurePosixPath(*parts)
            if path.startswith("/"):
                yield f"{document}:{line}: {target}: a link must be relative to its file"
            elif place not in places:
                yield f"{document}:{line}: {target}: no such file or folder in the repository"
            elif fragment and place in anchors_of and fragment not in anchors_of[place]:
                yield f"{document}:{line}: {target}: no heading of {place} has this anchor"


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]
    wrong = list(broken(root.resolve()))
    for line in wrong:
        print(line)
    if wrong:
        print(f"{len(wrong)} broken links", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
