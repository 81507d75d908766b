# SPDX-License-Identifier: Apache-2.0
"""One row of the training benchmark on PyTorch, in a process of its own: training_torch.py starts it with the request as JSON in argv[1] and
reads the result as JSON from stdout."""
import json
import resource
import statistics
import sys
import time

import torch
from torch.nn import functional as F

from training_torch_networks import network


def relative_error(result, exact):
    return ((result.double() - exact).abs().max() / exact.abs().max()).item()


def check_blas():
    """Debian's python3-torch is content with the reference BLAS, which nobody would train with."""
    if "/blas/libblas.so" in open("/proc/self/maps").read():
        sys.exit("the reference BLAS is in use, which is slow: apt-get install libopenblas0-openmp")


def check_arithmetic():
    """Wrong OpenBLAS kernels exist for some virtual processors: float32 results against float64 ones, or exit status 3."""
    torch.manual_seed(1)
    worst = 0.0
    for rows, inner, columns in [(128, 256, 10), (16, 1024, 1000), (384, 512, 640)]:
        a, b = torch.randn(rows, inner), torch.randn(inner, columns)
        worst = max(worst, relative_error(a @ b, a.double() @ b.double()), relative_error(b.t() @ a.t(), b.t().double() @ a.t().double()))
    for shape, groups in [((64, 32, 3, 3), 1), ((64, 1, 3, 3), 64), ((96, 64, 1, 1), 1)]:
        x, w = torch.randn(16, shape[1] * groups, 14, 14), torch.randn(shape)
        x32, w32 = x.clone().requires_grad_(), w.clone().requires_grad_()
        x64, w64 = x.double().requires_grad_(), w.double().requires_grad_()
        y32, y64 = (F.conv2d(a, b, padding=shape[-1] // 2, groups=groups) for a, b in [(x32, w32), (x64, w64)])
        g = torch.randn_like(y32)
        y32.backward(g)
        y64.backward(g.double())
        worst = max(worst, *(relative_error(a, b) for a, b in [(y32, y64), (x32.grad, x64.grad), (w32.grad, w64.grad)]))
    if not worst < 1e-4:
        print(f"float32 differs from float64 by {worst:.2g} of the largest value (should be below 1e-4)", file=sys.stderr)
        sys.exit(3)


def median_seconds(function, repetitions):
    """Wall time of one call, and the processor time it got for it, per thread, as a share: below 1 something else took the processor."""
    for _ in range(2):
        function()
    seconds, shares = [], []
    for _ in range(repetitions):
        wall, processor = time.perf_counter(), time.process_time()
        function()
        seconds.append(time.perf_counter() - wall)
        shares.append((time.process_time() - processor) / seconds[-1] / torch.get_num_threads())
    return statistics.median(seconds), statistics.median(shares)


def measure(request):
    torch.set_num_threads(request["threads"])
    check_blas()
    batch, side, classes = request["batch"], request["side"], request["classes"]
    memory_format = torch.channels_last if request["format"] == "channels_last" else torch.contiguous_format
    model = network(request).to(memory_format=memory_format)
    images = torch.randn(batch, 3, side, side).to(memory_format=memory_format)
    labels = torch.randint(classes, (batch,))
    optimiser = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, nesterov=True, foreach=True)

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimiser.step()
        return loss

    training, share = median_seconds(step, request["repetitions"])
    if not torch.isfinite(step()):
        sys.exit("the loss is not finite")
    model.eval()
    with torch.no_grad():
        inference, _ = median_seconds(lambda: model(images), request["repetitions"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    check_arithmetic()  # last, since it takes memory too
    return {
        "images_per_second": batch / training,
        "inference_images_per_second": batch / inference,
        "peak_memory_bytes": peak,
        "macs": model.macs,
        "format": request["format"],
        "processor_share": share,
    }


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(sys.argv[1]))))
