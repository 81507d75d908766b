# SPDX-License-Identifier: Apache-2.0
"""MobileNetV1 and MobileNetV2 for training_torch_worker.py: in float, with fake quantizers or with gated ones."""
import torch
from torch import nn
from torch.nn import functional as F

from training_torch_quantizers import ACTIVATIONS, WEIGHTS


class Quantized(nn.Module):
    """A linear layer whose weights pass a quantizer in every forward pass."""

    def __init__(self, layer, quantizer):
        super().__init__()
        self.layer, self.quantizer = layer, quantizer

    def forward(self, x):
        weight = self.quantizer(self.layer.weight)
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, weight, self.layer.bias)
        return F.conv2d(x, weight, None, self.layer.stride, self.layer.padding, 1, self.layer.groups)


class Builder:
    """Makes layers of one kind and adds up multiply-accumulates of one image."""

    def __init__(self, side, quantizer):
        self.side, self.quantizer, self.macs = side, quantizer, 0

    def linear(self, layer, positions):
        self.macs += layer.weight.numel() * positions
        return Quantized(layer, WEIGHTS[self.quantizer]()) if self.quantizer in WEIGHTS else layer

    def conv(self, inputs, outputs, kernel, stride=1, groups=1, activation=nn.ReLU):
        self.side //= stride
        layer = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        layers = [self.linear(layer, self.side**2), nn.BatchNorm2d(outputs)]
        if self.quantizer in ACTIVATIONS and activation:
            layers.append(ACTIVATIONS[self.quantizer]())  # clips at 0: a ReLU before it would do the same once more
        elif activation:
            layers.append(activation(inplace=True))
        return layers

    def classifier(self, inputs, classes):
        return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), self.linear(nn.Linear(inputs, classes), 1)]


def mobilenet_v1(build, width, classes):
    small = build.side <= 32
    channels = int(32 * width)
    layers = build.conv(3, channels, 3, 1 if small else 2)
    for out, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]:
        out = int(out * width)
        layers += build.conv(channels, channels, 3, stride, channels) + build.conv(channels, out, 1)
        channels = out
    return nn.Sequential(*layers, *build.classifier(channels, classes))


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def mobilenet_v2(build, classes):
    small = build.side <= 32  # CIFAR strides: the stem and the second stage keep their resolution
    layers = build.conv(3, 32, 3, 1 if small else 2, activation=nn.ReLU6)
    channels = 32
    stages = [(1, 16, 1, 1), (6, 24, 2, 1 if small else 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for expand, out, count, first in stages:
        for stride in [first] + [1] * (count - 1):
            inner = channels * expand
            block = build.conv(channels, inner, 1, activation=nn.ReLU6) if expand > 1 else []
            block += build.conv(inner, inner, 3, stride, inner, nn.ReLU6) + build.conv(inner, out, 1, activation=None)
            layers.append((Residual if stride == 1 and channels == out else nn.Sequential)(*block))
            channels = out
    layers += build.conv(channels, 1280, 1, activation=nn.ReLU6)
    return nn.Sequential(*layers, *build.classifier(1280, classes))


def network(request):
    build = Builder(request["side"], request["quantizer"])
    if request["network"] == "v1":
        model = mobilenet_v1(build, request["width"], request["classes"])
    else:
        model = mobilenet_v2(build, request["classes"])
    model.macs = build.macs
    return model
