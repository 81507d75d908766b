#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""PyTorch's side of the accuracies in docs/results/training.md: MobileNetV1 0.25 on CIFAR-10 with the recipe that `freebits train` has by default, epoch by
epoch, to compare runs of the same budget. One process a seed."""
import argparse
import importlib.util
import math
import pathlib
import sys
import time


def fail(message):
    print(f"training_torch_accuracy: {message}", file=sys.stderr)
    sys.exit(2)


if importlib.util.find_spec("torch") is None:
    fail("python3-torch is not installed: apt-get install --no-install-recommends python3-torch libopenblas0-openmp")

import numpy
import torch
from torch import nn
from torch.nn import functional as F

from training_torch_networks import network
from training_torch_worker import check_blas

RECORD = 1 + 3 * 32 * 32  # label and planes of an image in CIFAR-10's binary version


def read(paths):
    for path in paths:
        if not path.is_file() or path.stat().st_size != RECORD * 10000:
            fail(f"{path}: expected 10000 records of {RECORD} bytes, as in CIFAR-10's binary version")
    records = numpy.concatenate([numpy.fromfile(path, numpy.uint8).reshape(-1, RECORD) for path in paths])
    images = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).copy()).float() / 255
    return images, torch.from_numpy(records[:, 0].astype(numpy.int64))


def augment(images, generator):
    """Crops of images with a border of 4 zeros, half of them flipped: each image its own."""
    count = len(images)
    padded = F.pad(images, (4, 4, 4, 4))
    top, left = torch.randint(9, (2, count), generator=generator)
    flip = torch.randint(2, (count, 1), generator=generator).bool()
    across = torch.arange(32).expand(count, 32)
    columns = torch.where(flip, 31 - across, across) + left[:, None]
    rows = torch.arange(32) + top[:, None]
    return padded[torch.arange(count)[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def rate(step, steps, warmup, highest):
    if step < warmup:
        return highest * (step + 1) / warmup
    return highest * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup))) / 2


def accuracy(model, images, labels):
    model.eval()
    with torch.no_grad():
        correct = sum((model(x).argmax(1) == y).sum().item() for x, y in zip(images.split(1000), labels.split(1000)))
    model.train()
    return correct / len(labels)


def train(options):
    torch.set_num_threads(options.threads)
    check_blas()
    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed)
    images, labels = read([options.data / f"data_batch_{i}.bin" for i in range(1, 6)])
    test_images, test_labels = read([options.data / "test_batch.bin"])
    mean, deviation = images.mean((0, 2, 3), keepdim=True), images.std((0, 2, 3), keepdim=True)
    images, test_images = (images - mean) / deviation, (test_images - mean) / deviation

    model = network({"network": "v1", "width": 0.25, "side": 32, "classes": 10, "quantizer": "float"})
    linear = [m.weight for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    others = [p for p in model.parameters() if all(p is not w for w in linear)]
    optimiser = torch.optim.SGD([{"params": linear, "weight_decay": options.weight_decay}, {"params": others}], lr=1, momentum=0.9, nesterov=True)

    per_epoch = len(images) // options.batch
    for epoch in range(options.epochs):
        began, losses = time.perf_counter(), 0.0
        order = torch.randperm(len(images), generator=generator)
        for index in range(per_epoch):
            chosen = order[index * options.batch : (index + 1) * options.batch]
            for group in optimiser.param_groups:
                group["lr"] = rate(epoch * per_epoch + index, options.epochs * per_epoch, per_epoch, options.learning_rate)
            optimiser.zero_grad(set_to_none=True)
            loss = F.cross_entropy(model(augment(images[chosen], generator)), labels[chosen])
            loss.backward()
            optimiser.step()
            losses += loss.item()
        speed = per_epoch * options.batch / (time.perf_counter() - began)
        print(f"epoch {epoch + 1}: loss {losses / per_epoch:.4f}, test {accuracy(model, test_images, test_labels):.2%}, {speed:.0f} images/s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path, help="folder of CIFAR-10's binary version")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--weight-decay", type=float, default=0.001)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    train(parser.parse_args())


main()
