#!/usr/bin/env python3
"""containerfile.py SOURCE: reads the Containerfile as a builder would, and compares it with the tree.

No container is run: it is checked that every instruction is one, that what is copied is there, that each script and preset it calls
exists, and that no package is named that scripts/bootstrap.sh or the Debian package do not name.
"""
import json
import pathlib
import re
import shlex
import sys

INSTRUCTIONS = {"FROM", "ARG", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD"}


def instructions(text):
    """(line number, instruction, arguments) of each, continuation lines joined."""
    pending, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not pending and (not line.strip() or line.lstrip().startswith("#")):
            continue
        start = start if pending else number
        pending += line.rstrip("\\") + " " if line.endswith("\\") else line
        if not line.endswith("\\"):
            word, _, rest = pending.strip().partition(" ")
            yield start, word, rest.strip()
            pending = ""
    if pending:
        yield start, "", pending


def check(root, text):
    """The first fault, or None."""
    stages, presets = [], json.loads((root / "CMakePresets.json").read_text())
    configure = {p["name"] for p in presets["configurePresets"] if not p.get("hidden")}
    build = {p["name"] for p in presets["buildPresets"]}
    for number, word, rest in instructions(text):
        where = f"Containerfile:{number}: "
        if word not in INSTRUCTIONS:
            return where + f"no instruction '{word}'"
        if not stages and word not in ("FROM", "ARG"):
            return where + "expected FROM first"
        words = shlex.split(rest)
        if word == "FROM":
            if words[0] != "debian:bookworm":
                return where + f"{words[0]}, expected debian:bookworm, for which bootstrap.sh is written"
            stages.append(words[2] if len(words) == 3 and words[1] == "AS" else "")
        elif word == "COPY":
            stage = [w.removeprefix("--from=") for w in words if w.startswith("--from=")]
            if stage and stage[0] not in stages[:-1]:
                return where + f"no stage '{stage[0]}' before"
            sources = [] if stage else [w for w in words if not w.startswith("--")][:-1]
            for source in sources:
                if source != "." and not list(root.glob(source)):
                    return where + f"{source} is not there"
        elif word == "RUN":
            for script in re.findall(r"\bscripts/[\w.]+", rest):
                if not (root / script).is_file():
                    return where + f"{script} is not there"
            known = build if "--build" in words else configure
            for preset in re.findall(r"cmake (?:--build )?--preset (\S+)", rest):
                if preset not in known:
                    return where + f"no preset '{preset}'; one of {', '.join(sorted(known))}"
            for package in re.findall(r"apt-get install ([^&|;]*)", rest):
                for name in [w for w in shlex.split(package) if not w.startswith("-")]:
                    if not name.startswith("/packages/"):
                        return where + f"installs {name} by name; bootstrap.sh and the package's Depends say what is needed"
        elif word in ("ENTRYPOINT", "CMD") and not rest.startswith("["):
            return where + "expected a JSON list"
    return None if len(stages) == 2 else "Containerfile: expected two stages, build and use"


def main():
    root = pathlib.Path(sys.argv[1])
    text = (root / "Containerfile").read_text()
    fault = check(root, text)
    if fault:
        sys.exit(fault)
    # What it is to find, it finds.
    for what, by in [("bookworm AS", "trixie AS"), ("bootstrap.sh --build", "bootstrip.sh"), ("--preset package", "--preset pack"),
                     ("--from=build", "--from=built"), ("/packages/freebits_*.deb &&", "freebits verilator &&"), ("USER", "OWNER"),
                     ("COPY scripts/bootstrap.sh", "COPY bootstrap.sh"), ('["freebits"]', '"freebits"')]:
        assert what in text, what
        if check(root, text.replace(what, by)) is None:
            sys.exit(f"'{by}' for '{what}' was not noticed")


if __name__ == "__main__":
    main()
