#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Decodes every picture of a folder with Pillow, the judge of the rule in search/data/README.md: NAME becomes NAME.rgb and
NAME.grey, each a line "HEIGHT WIDTH" and the bytes. With SHORTER: a JPEG by the smallest transform that leaves its shorter
side so long."""
import sys
import warnings
from pathlib import Path

try:
    from PIL import Image, ImageOps
except ImportError:
    sys.exit("python3-pil is not installed: apt-get install --no-install-recommends python3-pil")


def upright(path, shorter):
    image = Image.open(path)
    if shorter:
        image.draft(None, (shorter, shorter))
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # 16 bits of grey, which convert() would clip: the high byte, as of 16 bits of colour
        image = Image.frombytes("L", image.size, bytes(value >> 8 for value in image.getdata()))
    return image.convert("RGB")


def main():
    shorter = int(sys.argv[2]) if len(sys.argv) > 2 else None
    for path in sorted(Path(sys.argv[1]).iterdir()):
        image = upright(path, shorter)
        for mode, name in (("RGB", "rgb"), ("L", "grey")):
            header = f"{image.height} {image.width}\n".encode()
            Path(f"{path}.{name}").write_bytes(header + image.convert(mode).tobytes())


warnings.simplefilter("ignore")  # transparency that is dropped on purpose
main()
