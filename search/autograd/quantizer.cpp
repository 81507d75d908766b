// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/quantizer.hpp"

#include <cmath>

namespace freebits::search {

GateShape gate_shape(GatedForm form) {
  GateShape shape;
  if (form == GatedForm::Residual) shape.temperature = 2.0F / 3;
  return shape;
}

float open_probability(float phi, const GateShape& shape) {
  return 1 / (1 + std::exp(-(phi - shape.temperature * std::log(-shape.gamma / shape.zeta))));
}

bool is_open(float phi, const GateShape& shape) {
  constexpr float kMostClosed = 0.34F;
  return 1 - open_probability(phi, shape) < kMostClosed;
}

unsigned open_bits(const GatedQuantizer& quantizer) {
  if (!is_open(quantizer.gates->value[0], quantizer.shape)) return 2;
  return is_open(quantizer.gates->value[1], quantizer.shape) ? 8 : 4;
}

float step_of(float parameter, ThresholdRule rule, const Grid& grid) {
  switch (rule) {
    case ThresholdRule::Tqt:
      return std::exp2(parameter) / grid.steps();
    case ThresholdRule::Lsq:
      return parameter;
    case ThresholdRule::Pact:
      return parameter / grid.high();
  }
  return 0;
}

float parameter_of(float t, ThresholdRule rule, const Grid& grid) {
  switch (rule) {
    case ThresholdRule::Tqt:
      return std::log2(t);
    case ThresholdRule::Lsq:
      return t / grid.steps();
    case ThresholdRule::Pact:
      return t / grid.steps() * grid.high();
  }
  return 0;
}

}  // namespace freebits::search
