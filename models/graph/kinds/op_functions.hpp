// SPDX-License-Identifier: Apache-2.0
// What is known of each kind of layer in integers: overloads, for std::visit, each in the kind's
// own file of this folder.
#pragma once

#include <vector>

#include "base/fields.hpp"
#include "models/graph/integer_network.hpp"
#include "models/graph/kinds/parameters.hpp"
#include "models/layers/kinds.hpp"

namespace freebits::models {

/// As many as inputs_of() the kind.
using Inputs = std::vector<const Tensor*>;

/// A layer's real numbers, of which fold() makes integers.
struct RealLayer {
  const LayerParameters& parameters;  ///< empty without weights
  Shape in;
  IntType in_type, second_type, out_type;
  double in_scale, second_scale, out_scale;  ///< real values of a step, > 0
  LimitedLayer& limited;                     ///< appended to where integers are not exact
};

class Calibration;

#define FB_DECLARE(Op, name, inputs)                                                             \
  /** The output's shape and type; no values. Throws Error when inputs do not fit. */            \
  [[nodiscard]] Tensor empty_output(const Op& op, const Inputs& in);                             \
  /** The definition of the layer, in plain loops. */                                            \
  [[nodiscard]] Tensor run(const Op& op, const Inputs& in, StopToken stop);                      \
  /** Throws Error unless no input makes a sum leave 32 bits, and all numbers are in range. */   \
  void check(const Op& op, const Inputs& in);                                                    \
  /** The layer of a graph that it is; `in`: its input's shape. Sets the bits of its weights. */ \
  void describe(const Op& op, Shape in, Layer& layer, unsigned& weight_bits);                    \
  /** Its fields in a file, and back. */                                                         \
  [[nodiscard]] Json to_json(const Op& op);                                                      \
  void take(Fields& fields, Op& op);                                                             \
  /** Fills in its requantization. Throws Error for numbers that are none. */                    \
  void fold(Op& op, const RealLayer& real);                                                      \
  /** Chooses scales of a random layer so that its output uses its type. */                      \
  void calibrate(const Op& op, Calibration& calibration);
FB_KERNEL_KINDS(FB_DECLARE)
#undef FB_DECLARE

/// The requantization of an op that has one, or null.
[[nodiscard]] inline const Requantization* requantization_of(const IntegerOp& op) {
  return std::visit(
      [](const auto& each) -> const Requantization* {
        if constexpr (requires { each.requantization; }) {
          return &each.requantization;
        } else {
          return nullptr;
        }
      },
      op);
}

// What the kinds' files have in common.

/// Without values.
[[nodiscard]] Tensor empty_tensor(Shape shape, IntType type);

/// Throws Error unless `shift` is within the bounds of freebits/requantize.h.
void expect_shift(std::uint32_t shift, std::uint32_t least);
/// Throws Error unless sums up to `largest_sum` stay within 32 bits.
void expect_no_overflow(double largest_sum, const std::string& where);
/// Throws Error unless it is of so many channels with shifts in range.
void check_steps(const Requantization& r, std::size_t channels);
/// The same for accumulators up to `bound` in channel `c`.
void check_channel(const Requantization& r, std::size_t c, std::int64_t bound);

/// Requantization of `real` for the layer's output; what of it is limited is appended.
[[nodiscard]] Requantization folded(const std::vector<RealChannel>& real, const RealLayer& layer);

}  // namespace freebits::models
