#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every layer shape of MobileNetV1 0.25 at 128, 0.75 at 224 and MobileNetV2 1.0 at 224, cut into tiles whose 8-bit operands fit L1:
mobilenet_tiles.json, for `freebits bench kernels --shapes`. A tile: as many output channels, four at a time, as have 24 KiB of weights, then
rows halved until input, output and weights take at most 56 KiB (the rest of 128 KiB is scratch memory and stacks)."""
import json
import pathlib


def channels(c, width):
    c = int(c * width + 4) // 8 * 8
    return max(8, c)


def v1(width, side):
    layers = [("conv3x3", side, 3, channels(32, width), 2)]
    side //= 2
    previous = channels(32, width)
    for out, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]:
        out = channels(out, width)
        layers.append(("depthwise3x3", side, previous, previous, stride))
        side //= stride
        layers.append(("pointwise", side, previous, out, 1))
        previous = out
    layers.append(("average_pool", side, previous, previous, 1))
    layers.append(("fully_connected", 1, previous, 1000, 1))
    return layers


def v2(side):
    layers = [("conv3x3", side, 3, 32, 2)]
    side //= 2
    previous = 32
    for expand, out, count, first in [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]:
        for i in range(count):
            stride = first if i == 0 else 1
            inner = previous * expand
            if expand != 1:
                layers.append(("pointwise", side, previous, inner, 1))
            layers.append(("depthwise3x3", side, inner, inner, stride))
            side //= stride
            layers.append(("pointwise", side, inner, out, 1))
            if i != 0:
                layers.append(("add", side, out, out, 1))
            previous = out
    layers.append(("pointwise", side, previous, 1280, 1))
    layers.append(("average_pool", side, 1280, 1280, 1))
    layers.append(("fully_connected", 1, 1280, 1000, 1))
    return layers


def tile(kernel, side, inputs, outputs, stride):
    taps = 9 if kernel == "conv3x3" else 1
    separate = kernel in ("depthwise3x3", "add", "average_pool")
    rows, cols = max(1, side // stride), side
    weights = lambda: 0 if separate else inputs * outputs * taps
    if weights() > 24 << 10:
        outputs = max(4, (24 << 10) // (inputs * taps) // 4 * 4)
    size = lambda: (2 if kernel == "add" else 1) * rows * stride * cols * inputs + rows * (cols // stride or 1) * outputs + weights()
    while size() > 56 << 10 and rows > 1:
        rows = (rows + 1) // 2
    while size() > 56 << 10 and separate and inputs % 2 == 0:
        inputs //= 2
        outputs //= 2
    return {"kernel": kernel, "height": rows * stride, "width": cols, "channels": inputs, "out_channels": outputs, "stride": stride}


def main():
    shapes = []
    for network, layers in {"mobilenet_v1 0.25 128": v1(0.25, 128), "mobilenet_v1 0.75 224": v1(0.75, 224), "mobilenet_v2 1.0 224": v2(224)}.items():
        for layer in layers:
            shape = tile(*layer)
            if shape not in shapes:
                shapes.append(shape)
    lines = ",\n".join("  " + json.dumps(shape) for shape in shapes)
    pathlib.Path(__file__).with_suffix(".json").write_text("[\n" + lines + "\n]\n")


main()
