// SPDX-License-Identifier: Apache-2.0
// Max pool.
#include <fmt/format.h>

#include "deploy/kernels/kernel.hpp"
#include "deploy/kernels/kernel_geometry.hpp"
#include "freebits/kernel_layout.h"

namespace freebits::models {
namespace {

class MaxPoolKernel final : public Kernel {
 public:
  MaxPoolKernel() : Kernel(Traits{}) {}

  void describe(const IntegerOp& op, KernelLayer& l, bool) const override {
    const auto& its = std::get<MaxPool>(op);
    l.requantized = !its.requantization.channels.empty();
    l.kernel_height = l.kernel_width = its.kernel;
    l.stride = its.stride;
    l.padding = its.padding;
  }

  [[nodiscard]] std::uint64_t operations(const KernelLayer& l) const override {
    return l.out.size() * l.kernel_height * l.kernel_width;
  }

  [[nodiscard]] std::string symbol(const KernelLayer& l) const override {
    return l.requantized ? fmt::format("fb_max_pool_{}_{}", name(l.in_type), name(l.out_type))
                         : fmt::format("fb_max_pool_{}", name(l.in_type));
  }

  [[nodiscard]] double cycles(const CostModel& model, const Machine& machine, const KernelLayer& l,
                              const Tile& tile, std::uint32_t) const override {
    const OtherCosts& c = model.other;
    const double words = fb_pixel_bytes(tile.channels, bits(l.in_type)) / 4.0;
    const double parts = machine.level <= 1 ? 8.0 / bits(l.in_type) : 1;  // narrower ones as bytes
    const double share = largest_share(machine, tile.rows, 1, 0, 0).units * l.out.width;
    return c.start +
           share * (c.most_pixel + words * (c.most_word + l.kernel_height * l.kernel_width *
                                                              (c.most + parts * c.most_part)));
  }

  void fill(fb_operands& operands, const KernelOperands& at, const KernelLayer& l, const Tile& tile,
            const IntegerOp& op, unsigned) const override {
    const Requantization& r = std::get<MaxPool>(op).requantization;
    fb_max_pool& to = operands.max_pool;
    set_geometry(to, l, tile);
    to.input = at.input;
    to.output = at.output;
    to.channels = static_cast<std::uint16_t>(tile.channels);
    to.kernel = static_cast<std::uint8_t>(l.kernel_height);
    if (!l.requantized) return;
    to.requant = r.channels.at(0);
    to.pre = r.pre;
    to.shift = r.shift;
  }

  [[nodiscard]] IntegerOp on_tile(const IntegerOp& op, const KernelLayer& l,
                                  const Tile& tile) const override {
    MaxPool part = std::get<MaxPool>(op);
    part.padding = tile_padding(l, tile);
    return part;
  }
};

}  // namespace

const Kernel& max_pool_kernel() {
  static const MaxPoolKernel kernel;
  return kernel;
}

}  // namespace freebits::models
