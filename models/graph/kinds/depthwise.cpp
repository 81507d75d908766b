// SPDX-License-Identifier: Apache-2.0
// Depthwise convolution 3x3.
#include <cstdlib>

#include "models/graph/kinds/layer_rules.hpp"
#include "models/graph/kinds/weighted.hpp"
#include "models/graph/limits.hpp"
#include "models/layers/checks.hpp"

namespace freebits::models {

Shape output_shape(const Depthwise& l, Shape in) {
  return {windows("height", in.height, l.padding.top, l.padding.bottom, l.kernel, l.stride),
          windows("width", in.width, l.padding.left, l.padding.right, l.kernel, l.stride),
          l.channels};
}

std::vector<std::int32_t> accumulators(const Depthwise& l, const Tensor& in, StopToken stop) {
  expect("input channels", in.shape.channels, l.channels);
  expect("weights", l.weights.size(), std::size_t{l.channels} * l.kernel * l.kernel);
  const Shape shape = output_shape(l, in.shape);
  std::vector<std::int32_t> sums;
  sums.reserve(shape.size());
  for (unsigned y = 0; y < shape.height; ++y) {
    for (unsigned x = 0; x < shape.width; ++x) {
      stop.check();
      for (unsigned c = 0; c < l.channels; ++c) {
        std::int32_t acc = 0;
        for (unsigned ky = 0; ky < l.kernel; ++ky) {
          for (unsigned kx = 0; kx < l.kernel; ++kx) {
            const unsigned in_y =
                y * l.stride + ky - l.padding.top;  // beyond the image if "negative"
            const unsigned in_x = x * l.stride + kx - l.padding.left;
            if (in_y >= in.shape.height || in_x >= in.shape.width) continue;
            acc +=
                in.at(in_y, in_x, c) * l.weights[(std::size_t{c} * l.kernel + ky) * l.kernel + kx];
          }
        }
        sums.push_back(acc);
      }
    }
  }
  return sums;
}

Tensor run(const Depthwise& l, const Tensor& in, StopToken stop) {
  return requantized(accumulators(l, in, stop), output_shape(l, in.shape), l.requantization,
                     l.out_type);
}

std::int64_t accumulator_bound(const Depthwise& l, IntType in, unsigned channel) {
  const std::size_t count = std::size_t{l.kernel} * l.kernel;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += std::abs(l.weights[channel * count + i]);
  return sum * largest(in);
}

// In a graph.

constinit const LayerRules kDepthwiseRules = {
    .has_batch_norm = true,
    .usual_kernel = 3,
    .output =
        [](const Layer& l, const std::vector<Shape>& in) {
          check_depthwise_window(l.kernel_height, l.kernel_width, l.stride);
          return windowed(l, in[0], in[0].channels);
        },
    .weights_each = [](const Layer& l,
                       Shape) { return std::size_t{l.kernel_height} * l.kernel_width; },
    .op = [](const OpFrame& f) -> IntegerOp {
      return Depthwise{.kernel = square_kernel(f.layer),
                       .stride = f.layer.stride,
                       .padding = f.layer.padding,
                       .channels = f.in.channels,
                       .weight_type = f.weight_type,
                       .weights = f.weights,
                       .requantization = {},
                       .out_type = f.out_type};
    },
};

// In integers.

void check_supported(const Depthwise& l) { check_depthwise_window(l.kernel, l.kernel, l.stride); }

Tensor empty_output(const Depthwise& op, const Inputs& in) {
  check_supported(op);
  return empty_tensor(output_shape(op, in[0]->shape), op.out_type);
}

Tensor run(const Depthwise& op, const Inputs& in, StopToken stop) { return run(op, *in[0], stop); }

void check(const Depthwise& op, const Inputs& in) {
  expect("weights", op.weights.size(), std::size_t{op.channels} * op.kernel * op.kernel);
  expect("input channels", op.channels, in[0]->shape.channels);
  check_weighted(op, op.channels, in[0]->type);
}

void describe(const Depthwise& op, Shape, Layer& layer, unsigned& weight_bits) {
  layer.kind = LayerKind::Depthwise;
  weight_bits = bits(op.weight_type);
  set_window(layer, op, op.kernel, op.kernel);
}

Json to_json(const Depthwise& op) {
  return with_weighted({{"kind", "depthwise"}, {"kernel", op.kernel}, {"channels", op.channels}},
                       op);
}

void take(Fields& fields, Depthwise& op) {
  op.kernel = fields.size("kernel", kMostKernel);
  op.channels = fields.size("channels");
  take_weighted(fields, op);
}

void fold(Depthwise& op, const RealLayer& real) { fold_weighted(op, op.channels, real); }

void calibrate(const Depthwise& op, Calibration& calibration) {
  calibrate_weighted(op, calibration);
}

}  // namespace freebits::models
