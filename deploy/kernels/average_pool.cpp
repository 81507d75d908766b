// SPDX-License-Identifier: Apache-2.0
// Global average pool.
#include <fmt/format.h>

#include "deploy/kernels/kernel.hpp"
#include "freebits/kernel_layout.h"

namespace freebits::models {
namespace {

class AveragePoolKernel final : public Kernel {
 public:
  AveragePoolKernel() : Kernel({.splits_rows = false}) {}

  void describe(const IntegerOp&, KernelLayer& l, bool flat) const override {
    if (flat) flatten(l.in);
  }

  [[nodiscard]] std::uint64_t operations(const KernelLayer& l) const override {
    return l.in.size();
  }

  [[nodiscard]] std::string symbol(const KernelLayer& l) const override {
    return fmt::format("fb_average_pool_{}_{}", name(l.in_type), name(l.out_type));
  }

  [[nodiscard]] double cycles(const CostModel& model, const Machine& machine, const KernelLayer& l,
                              const Tile& tile, std::uint32_t) const override {
    const OtherCosts& c = model.other;
    const unsigned group = 32 / bits(l.in_type);
    const double share =
        largest_share(machine, 1, (tile.channels + group - 1) / group, 0, 0).groups;
    return c.start +
           share * (l.in.height * (c.average_word + group * c.average) + group * c.average_channel);
  }

  void fill(fb_operands& operands, const KernelOperands& at, const KernelLayer& l, const Tile& tile,
            const IntegerOp& op, unsigned) const override {
    const Requantization& r = std::get<AveragePool>(op).requantization;
    operands.average_pool = {at.input,
                             at.output,
                             r.channels.at(0),
                             l.in.height * l.in.width,
                             static_cast<std::uint16_t>(tile.channels),
                             r.pre,
                             r.shift};
  }

  [[nodiscard]] unsigned sum_scale(const KernelLayer& l, unsigned) const override {
    return fb_sum_scale(8, bits(l.in_type), is_signed(l.in_type), 8);
  }
};

}  // namespace

const Kernel& average_pool_kernel() {
  static const AveragePoolKernel kernel;
  return kernel;
}

}  // namespace freebits::models
