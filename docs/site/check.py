#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every relative link of the built site leads to a file, and every #anchor to an element: check.py SITE."""
import html.parser
import os.path
import pathlib
import sys
import urllib.parse


class Page(html.parser.HTMLParser):
    """Targets of links and ids of a page."""

    def __init__(self):
        super().__init__()
        self.targets, self.ids = [], set()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids.update(filter(None, (attributes.get("id"), attributes.get("name"))))
        for key in ("href", "src"):
            if attributes.get(key):
                self.targets.append(attributes[key])


def read(path):
    page = Page()
    page.feed(path.read_text(encoding="utf-8", errors="replace"))
    return page


def main():
    site = pathlib.Path(sys.argv[1]).resolve()
    names = [p for p in sorted(site.rglob("*.html")) if p.relative_to(site).parts[0] != "api"]
    pages = {p: read(p) for p in names}
    wrong = 0
    for path, page in pages.items():
        if path.name == "404.html":
            continue
        for target in page.targets:
            parts = urllib.parse.urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            place = pathlib.Path(os.path.normpath(path.parent / urllib.parse.unquote(parts.path))) if parts.path else path
            if place.is_dir():
                place /= "index.html"
            if not place.exists():
                problem = "no such file"
            elif parts.fragment and place in pages and urllib.parse.unquote(parts.fragment) not in pages[place].ids:
                problem = "no such anchor"
            else:
                continue
            wrong += 1
            print(f"{path.relative_to(site)}: {target}: {problem}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
