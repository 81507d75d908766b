// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "deploy/kernels/kernel.hpp"

namespace freebits::models {

/// Shapes, strides and borders of a tile in the operands of a kernel that has them: fb_conv and
/// others.
template <class Operands>
void set_geometry(Operands& to, const KernelLayer& layer, const Tile& tile) {
  const InputRows rows = input_rows(layer, tile);
  to.in_height = static_cast<std::uint16_t>(rows.rows);
  to.in_width = static_cast<std::uint16_t>(layer.in.width);
  to.out_height = static_cast<std::uint16_t>(tile.rows);
  to.out_width = static_cast<std::uint16_t>(layer.out.width);
  to.stride = static_cast<std::uint8_t>(layer.stride);
  to.pad_top = static_cast<std::uint8_t>(rows.pad_top);
  to.pad_left = static_cast<std::uint8_t>(layer.padding.left);
}

/// Addresses, scratch memory and steps of requantization in the operands of a kernel with weights.
template <class Operands>
void set_weighted(Operands& to, const KernelOperands& at, const Requantization& requantization) {
  to.input = at.input;
  to.requant = at.requantization;
  to.weights = at.weights;
  to.output = at.output;
  to.scratch = at.scratch;
  to.scratch_bytes = at.scratch_bytes;
  to.pre = requantization.pre;
  to.shift = requantization.shift;
}

}  // namespace freebits::models
