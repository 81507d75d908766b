// SPDX-License-Identifier: Apache-2.0
// Sum of two tensors of one shape.
#include <cmath>

#include "base/error.hpp"
#include "models/graph/kinds/calibration.hpp"
#include "models/graph/kinds/layer_rules.hpp"
#include "models/graph/kinds/op_fields.hpp"
#include "models/graph/kinds/op_functions.hpp"
#include "models/layers/checks.hpp"

namespace freebits::models {

Tensor run(const Add& l, const Tensor& a, const Tensor& b) {
  expect("height of the second operand", b.shape.height, a.shape.height);
  expect("width of the second operand", b.shape.width, a.shape.width);
  expect("channels of the second operand", b.shape.channels, a.shape.channels);
  Tensor out(a.shape, l.out_type);
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    out.values[i] = static_cast<std::int16_t>(fb_clipped(
        fb_added(a.values[i], b.values[i], l.addition), bits(l.out_type), is_signed(l.out_type)));
  }
  return out;
}

// In a graph.

constinit const LayerRules kAddRules = {
    .output =
        [](const Layer&, const std::vector<Shape>& in) {
          if (!(in[0] == in[1])) throw Error("inputs of different shapes, expected equal ones");
          return in[0];
        },
    .op = [](const OpFrame& f) -> IntegerOp { return Add{.addition = {}, .out_type = f.out_type}; },
};

// In integers.

Tensor empty_output(const Add& op, const Inputs& in) {
  return empty_tensor(in[0]->shape, op.out_type);
}

Tensor run(const Add& op, const Inputs& in, StopToken) { return run(op, *in[0], *in[1]); }

void check(const Add& op, const Inputs& in) {
  if (!(in[0]->shape == in[1]->shape))
    throw Error("inputs of different shapes, expected equal ones");
  expect_shift(op.addition.shift, 0);
  const auto part = [](const Tensor& t, std::int32_t mul) {
    return largest(t.type) * std::abs(static_cast<double>(mul));
  };
  expect_no_overflow(part(*in[0], op.addition.mul_a) + part(*in[1], op.addition.mul_b) +
                         std::abs(static_cast<double>(op.addition.add)),
                     "addition");
}

void describe(const Add&, Shape, Layer& layer, unsigned&) { layer.kind = LayerKind::Add; }

Json to_json(const Add& op) {
  const fb_addition& a = op.addition;
  return {{"kind", "add"}, {"mul_a", a.mul_a}, {"mul_b", a.mul_b},
          {"add", a.add},  {"shift", a.shift}, {"out_type", name(op.out_type)}};
}

void take(Fields& fields, Add& op) {
  op.addition.mul_a = static_cast<std::int32_t>(fields.number("mul_a", kLeast32, kMost32));
  op.addition.mul_b = static_cast<std::int32_t>(fields.number("mul_b", kLeast32, kMost32));
  op.addition.add = static_cast<std::int32_t>(fields.number("add", kLeast32, kMost32));
  op.addition.shift = static_cast<std::uint32_t>(fields.number("shift", 0, kMostShift));
  op.out_type = take_type(fields, "out_type");
}

void fold(Add& op, const RealLayer& real) {
  const double a = real.in_scale / real.out_scale, b = real.second_scale / real.out_scale;
  const LimitedAddition result =
      limited_addition(a, largest(real.in_type), b, largest(real.second_type),
                       lowest(real.out_type), highest(real.out_type));
  op.addition = result.addition;
  if (result.error > 0)
    real.limited.channels.push_back(
        {.scale = std::max(a, b),
         .computed = std::ldexp(std::max(result.addition.mul_a, result.addition.mul_b),
                                -static_cast<int>(result.addition.shift)),
         .error = result.error});
}

void calibrate(const Add&, Calibration& calibration) {
  calibration.fit_outputs([&](std::vector<double>& real, const Inputs& in) {
    for (std::size_t i = 0; i < in[0]->values.size(); ++i)
      real.push_back(in[0]->values[i] * calibration.in_scale(0) +
                     in[1]->values[i] * calibration.in_scale(1));
  });
}

}  // namespace freebits::models
