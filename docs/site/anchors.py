# SPDX-License-Identifier: Apache-2.0
"""Anchors of headings on the site, equal to those that links.py checks and that GitHub gives."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tests" / "docs"))
import links  # noqa: E402


def slugify(heading, separator):
    """Called by the toc extension with the plain text of a heading."""
    del separator
    return links.anchor(heading)
