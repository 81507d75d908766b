// SPDX-License-Identifier: Apache-2.0
// Convolution, also pointwise.
#include <cstdlib>

#include "models/graph/kinds/layer_rules.hpp"
#include "models/graph/kinds/weighted.hpp"
#include "models/graph/limits.hpp"
#include "models/layers/checks.hpp"

namespace freebits::models {

Shape output_shape(const Conv& l, Shape in) {
  return {windows("height", in.height, l.padding.top, l.padding.bottom, l.kernel_height, l.stride),
          windows("width", in.width, l.padding.left, l.padding.right, l.kernel_width, l.stride),
          l.out_channels};
}

std::vector<std::int32_t> accumulators(const Conv& l, const Tensor& in, StopToken stop) {
  expect("input channels", in.shape.channels, l.in_channels);
  expect("weights", l.weights.size(),
         std::size_t{l.out_channels} * l.kernel_height * l.kernel_width * l.in_channels);
  const Shape shape = output_shape(l, in.shape);
  std::vector<std::int32_t> sums;
  sums.reserve(shape.size());
  for (unsigned y = 0; y < shape.height; ++y) {
    for (unsigned x = 0; x < shape.width; ++x) {
      stop.check();
      for (unsigned o = 0; o < l.out_channels; ++o) {
        std::int32_t acc = 0;
        for (unsigned ky = 0; ky < l.kernel_height; ++ky) {
          for (unsigned kx = 0; kx < l.kernel_width; ++kx) {
            const unsigned in_y =
                y * l.stride + ky - l.padding.top;  // beyond the image if "negative"
            const unsigned in_x = x * l.stride + kx - l.padding.left;
            if (in_y >= in.shape.height || in_x >= in.shape.width) continue;
            const std::int16_t* pixel =
                &in.values[(std::size_t{in_y} * in.shape.width + in_x) * l.in_channels];
            const std::int8_t* weights =
                &l.weights[((std::size_t{o} * l.kernel_height + ky) * l.kernel_width + kx) *
                           l.in_channels];
            for (unsigned c = 0; c < l.in_channels; ++c) acc += pixel[c] * weights[c];
          }
        }
        sums.push_back(acc);
      }
    }
  }
  return sums;
}

Tensor run(const Conv& l, const Tensor& in, StopToken stop) {
  return requantized(accumulators(l, in, stop), output_shape(l, in.shape), l.requantization,
                     l.out_type);
}

std::int64_t accumulator_bound(const Conv& l, IntType in, unsigned out_channel) {
  const std::size_t count = std::size_t{l.kernel_height} * l.kernel_width * l.in_channels;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += std::abs(l.weights[out_channel * count + i]);
  return sum * largest(in);
}

// In a graph.

constinit const LayerRules kConvRules = {
    .makes_channels = true,
    .has_batch_norm = true,
    .output =
        [](const Layer& l, const std::vector<Shape>& in) {
          check_window(l.kernel_height, l.kernel_width, l.stride);
          check_products(weights_each(l, in[0]));
          return windowed(l, in[0], l.out_channels);
        },
    .weights_each =
        [](const Layer& l, Shape in) {
          return std::size_t{l.kernel_height} * l.kernel_width * in.channels;
        },
    .op = conv_op,
};

IntegerOp conv_op(const OpFrame& f) {
  return Conv{.kernel_height = f.layer.kernel_height,
              .kernel_width = f.layer.kernel_width,
              .stride = f.layer.stride,
              .padding = f.layer.padding,
              .in_channels = f.in.channels,
              .out_channels = f.out.channels,
              .weight_type = f.weight_type,
              .weights = f.weights,
              .requantization = {},
              .out_type = f.out_type};
}

// In integers.

void check_supported(const Conv& l) { check_window(l.kernel_height, l.kernel_width, l.stride); }

Tensor empty_output(const Conv& op, const Inputs& in) {
  check_supported(op);
  return empty_tensor(output_shape(op, in[0]->shape), op.out_type);
}

Tensor run(const Conv& op, const Inputs& in, StopToken stop) { return run(op, *in[0], stop); }

void check(const Conv& op, const Inputs& in) {
  expect("weights", op.weights.size(),
         std::size_t{op.out_channels} * op.kernel_height * op.kernel_width * op.in_channels);
  expect("input channels", op.in_channels, in[0]->shape.channels);
  check_weighted(op, op.out_channels, in[0]->type);
}

void describe(const Conv& op, Shape in, Layer& layer, unsigned& weight_bits) {
  const bool dense = in.height * in.width == 1 && op.kernel_height * op.kernel_width == 1;
  layer.kind = dense ? LayerKind::FullyConnected : LayerKind::Conv;
  layer.out_channels = op.out_channels;
  weight_bits = bits(op.weight_type);
  if (!dense) set_window(layer, op, op.kernel_height, op.kernel_width);
}

Json to_json(const Conv& op) {
  return with_weighted({{"kind", "conv"},
                        {"kernel", {op.kernel_height, op.kernel_width}},
                        {"in_channels", op.in_channels},
                        {"out_channels", op.out_channels}},
                       op);
}

void take(Fields& fields, Conv& op) {
  const auto [height, width] = fields.sizes<2>("kernel", kMostKernel);
  op.kernel_height = height;
  op.kernel_width = width;
  op.in_channels = fields.size("in_channels");
  op.out_channels = fields.size("out_channels");
  take_weighted(fields, op);
}

void fold(Conv& op, const RealLayer& real) { fold_weighted(op, op.out_channels, real); }

void calibrate(const Conv& op, Calibration& calibration) { calibrate_weighted(op, calibration); }

}  // namespace freebits::models
