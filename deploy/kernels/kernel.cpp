// SPDX-License-Identifier: Apache-2.0
// The table of all kinds, and what a kernel is unless its kind says otherwise.
#include "deploy/kernels/kernel.hpp"

#include <fmt/format.h>

#include <array>

#include "base/error.hpp"
#include "models/graph/kinds/op_functions.hpp"

namespace freebits::models {

const Kernel& kernel(KernelKind kind) {
#define FB_FUNCTION(Kind, name, inputs) name##_kernel,
  static constexpr std::array<const Kernel& (*)(), kKernelKinds> kKernels = {
      FB_KERNEL_KINDS(FB_FUNCTION)};
#undef FB_FUNCTION
  return kKernels.at(static_cast<std::size_t>(kind))();
}

IntegerOp Kernel::on_tile(const IntegerOp& op, const KernelLayer&, const Tile&) const { return op; }

std::vector<std::uint32_t> Kernel::scratch_sizes(const Machine&, const KernelLayer&,
                                                 unsigned) const {
  return {0};
}

std::uint32_t Kernel::scratch_within(unsigned, const KernelLayer&, std::uint32_t) const {
  return 0;
}

std::uint32_t Kernel::weight_bytes(const KernelLayer&, unsigned) const { return 0; }

std::vector<std::uint8_t> Kernel::pack_weights(const IntegerOp&, const KernelLayer&,
                                               unsigned) const {
  return {};
}

unsigned Kernel::sum_scale(const KernelLayer&, unsigned) const { return 0; }

void check_sum_scale(const KernelLayer& layer, const IntegerOp& op, unsigned level) {
  const Requantization* const r = requantization_of(op);
  const unsigned scale = kernel(layer.kind).sum_scale(layer, level);
  if (r == nullptr || r->pre >= scale) return;
  throw Error(
      fmt::format("{}pre is {}, but sums of these types come scaled by 2^{}: they would not "
                  "fit 32 bits",
                  layer.name.empty() ? "" : "layer " + layer.name + ": ", r->pre, scale));
}

Padding tile_padding(const KernelLayer& layer, const Tile& tile) {
  const InputRows rows = input_rows(layer, tile);
  Padding p = layer.padding;
  p.top = rows.pad_top;
  const unsigned needed = (tile.rows - 1) * layer.stride + layer.kernel_height;
  const unsigned there = p.top + rows.rows;
  p.bottom = needed > there ? needed - there : 0;
  return p;
}

}  // namespace freebits::models
