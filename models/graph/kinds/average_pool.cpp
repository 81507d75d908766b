// SPDX-License-Identifier: Apache-2.0
// Global average pool.
#include "models/graph/kinds/calibration.hpp"
#include "models/graph/kinds/layer_rules.hpp"
#include "models/graph/kinds/op_fields.hpp"
#include "models/graph/kinds/op_functions.hpp"
#include "models/layers/checks.hpp"

namespace freebits::models {

Tensor run(const AveragePool& l, const Tensor& in, StopToken stop) {
  expect("requantized channels", l.requantization.channels.size(), 1);
  Tensor out({1, 1, in.shape.channels}, l.out_type);
  for (unsigned c = 0; c < in.shape.channels; ++c) {
    stop.check();
    std::int32_t acc = 0;
    for (unsigned y = 0; y < in.shape.height; ++y) {
      for (unsigned x = 0; x < in.shape.width; ++x) acc += in.at(y, x, c);
    }
    out.at(0, 0, c) = requantized(acc, l.requantization, 0, l.out_type);
  }
  return out;
}

// In a graph.

constinit const LayerRules kAveragePoolRules = {
    .has_activation = false,
    .output =
        [](const Layer&, const std::vector<Shape>& in) {
          return Shape{1, 1, in[0].channels};
        },
    .op = [](const OpFrame& f) -> IntegerOp {
      return AveragePool{.requantization = {}, .out_type = f.out_type};
    },
};

// In integers.

Tensor empty_output(const AveragePool& op, const Inputs& in) {
  return empty_tensor({1, 1, in[0]->shape.channels}, op.out_type);
}

Tensor run(const AveragePool& op, const Inputs& in, StopToken stop) {
  return run(op, *in[0], stop);
}

void check(const AveragePool& op, const Inputs& in) {
  check_steps(op.requantization, 1);
  const Shape shape = in[0]->shape;
  check_channel(op.requantization, 0,
                std::int64_t{shape.height} * shape.width * largest(in[0]->type));
}

void describe(const AveragePool&, Shape, Layer& layer, unsigned&) {
  layer.kind = LayerKind::AveragePool;
}

Json to_json(const AveragePool& op) {
  return {{"kind", "average_pool"},
          {"requantization", to_json(op.requantization)},
          {"out_type", name(op.out_type)}};
}

void take(Fields& fields, AveragePool& op) {
  op.requantization = take_requantization(fields);
  op.out_type = take_type(fields, "out_type");
}

/// The division is in the scale.
void fold(AveragePool& op, const RealLayer& real) {
  const std::int64_t pixels = std::int64_t{real.in.height} * real.in.width;
  op.requantization =
      folded({{.scale = real.in_scale / real.out_scale / static_cast<double>(pixels),
               .bound = pixels * largest(real.in_type)}},
             real);
}

void calibrate(const AveragePool&, Calibration& calibration) {
  calibration.fit_outputs([&](std::vector<double>& real, const Inputs& in) {
    std::vector<double> means(in[0]->shape.channels);
    const double share =
        static_cast<double>(means.size()) / static_cast<double>(in[0]->values.size());
    for (std::size_t i = 0; i < in[0]->values.size(); ++i)
      means[i % means.size()] += in[0]->values[i] * calibration.in_scale(0) * share;
    real.insert(real.end(), means.begin(), means.end());
  });
}

}  // namespace freebits::models
