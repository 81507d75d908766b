// SPDX-License-Identifier: Apache-2.0
// Max pool.
#include <fmt/format.h>

#include "base/error.hpp"
#include "models/graph/kinds/calibration.hpp"
#include "models/graph/kinds/layer_rules.hpp"
#include "models/graph/kinds/op_fields.hpp"
#include "models/graph/kinds/op_functions.hpp"
#include "models/graph/limits.hpp"
#include "models/layers/checks.hpp"

namespace freebits::models {

Shape output_shape(const MaxPool& l, Shape in) {
  return {windows("height", in.height, l.padding.top, l.padding.bottom, l.kernel, l.stride),
          windows("width", in.width, l.padding.left, l.padding.right, l.kernel, l.stride),
          in.channels};
}

IntType output_type(const MaxPool& l, IntType in) {
  return l.requantization.channels.empty() ? in : l.out_type;
}

Tensor run(const MaxPool& l, const Tensor& in, StopToken stop) {
  const bool same = l.requantization.channels.empty();
  if (!same) expect("requantized channels", l.requantization.channels.size(), 1);
  Tensor out(output_shape(l, in.shape), output_type(l, in.type));
  for (unsigned y = 0; y < out.shape.height; ++y) {
    stop.check();
    for (unsigned x = 0; x < out.shape.width; ++x) {
      for (unsigned c = 0; c < out.shape.channels; ++c) {
        std::int32_t most = lowest(in.type);
        for (unsigned ky = 0; ky < l.kernel; ++ky) {
          for (unsigned kx = 0; kx < l.kernel; ++kx) {
            const unsigned in_y = y * l.stride + ky - l.padding.top;  // beyond if "negative"
            const unsigned in_x = x * l.stride + kx - l.padding.left;
            if (in_y >= in.shape.height || in_x >= in.shape.width) continue;
            most = std::max<std::int32_t>(most, in.at(in_y, in_x, c));
          }
        }
        out.at(y, x, c) = same ? static_cast<std::int16_t>(most)
                               : requantized(most, l.requantization, 0, l.out_type);
      }
    }
  }
  return out;
}

// In a graph.

constinit const LayerRules kMaxPoolRules = {
    .has_activation = false,
    .keeps_precision = true,
    .usual_kernel = 2,
    .output =
        [](const Layer& l, const std::vector<Shape>& in) {
          check_max_pool_window(l.kernel_height, l.kernel_width, l.stride);
          return windowed(l, in[0], in[0].channels);
        },
    .op = [](const OpFrame& f) -> IntegerOp {
      return MaxPool{
          .kernel = square_kernel(f.layer), .stride = f.layer.stride, .padding = f.layer.padding};
    },
};

// In integers.

void check_supported(const MaxPool& l) { check_max_pool_window(l.kernel, l.kernel, l.stride); }

Tensor empty_output(const MaxPool& op, const Inputs& in) {
  check_supported(op);
  return empty_tensor(output_shape(op, in[0]->shape), output_type(op, in[0]->type));
}

Tensor run(const MaxPool& op, const Inputs& in, StopToken stop) { return run(op, *in[0], stop); }

void check(const MaxPool& op, const Inputs& in) {
  if (op.requantization.channels.empty()) return;  // the type stays
  check_steps(op.requantization, 1);
  check_channel(op.requantization, 0, largest(in[0]->type));
}

void describe(const MaxPool& op, Shape, Layer& layer, unsigned&) {
  layer.kind = LayerKind::MaxPool;
  set_window(layer, op, op.kernel, op.kernel);
}

Json to_json(const MaxPool& op) {
  return {{"kind", "max_pool"},
          {"kernel", op.kernel},
          {"stride", op.stride},
          {"padding", to_json(op.padding)},
          {"requantization", to_json(op.requantization)},
          {"out_type", name(op.out_type)}};
}

void take(Fields& fields, MaxPool& op) {
  op.kernel = fields.size("kernel", kMostKernel);
  op.stride = fields.size("stride");
  op.padding = take_padding(fields);
  op.requantization = take_requantization(fields);
  op.out_type = take_type(fields, "out_type");
}

/// Nothing is requantized.
void fold(MaxPool&, const RealLayer& real) {
  if (real.in_scale != real.out_scale) {
    throw Error(fmt::format("scale of its output {}, expected its input's {}: max pool keeps it",
                            real.out_scale, real.in_scale));
  }
}

void calibrate(const MaxPool&, Calibration& calibration) {
  calibration.out_scale() = calibration.in_scale(0);
}

}  // namespace freebits::models
