// SPDX-License-Identifier: Apache-2.0
// Sum of two tensors.
#include <fmt/format.h>

#include "deploy/kernels/kernel.hpp"

namespace freebits::models {
namespace {

class AddKernel final : public Kernel {
 public:
  AddKernel() : Kernel({.splits_channels = false, .splits_input_channels = false}) {}

  void describe(const IntegerOp&, KernelLayer& l, bool flat) const override {
    if (flat) flatten(l.in), flatten(l.out);
  }

  [[nodiscard]] std::uint64_t operations(const KernelLayer& l) const override {
    return 2 * l.out.size();
  }

  [[nodiscard]] std::string symbol(const KernelLayer& l) const override {
    return fmt::format("fb_add_{}_{}_{}", name(l.in_type), name(l.second_type), name(l.out_type));
  }

  [[nodiscard]] double cycles(const CostModel& model, const Machine& machine, const KernelLayer&,
                              const Tile& tile, std::uint32_t) const override {
    const OtherCosts& c = model.other;
    const double share = largest_share(machine, tile.rows, 1, 0, 0).units;
    return c.start + share * (tile.channels * c.add + c.add_pixel);
  }

  void fill(fb_operands& operands, const KernelOperands& at, const KernelLayer& l, const Tile& tile,
            const IntegerOp& op, unsigned) const override {
    operands.add = {at.input,
                    at.second,
                    at.output,
                    std::get<Add>(op).addition,
                    tile.rows * l.out.width,
                    static_cast<std::uint16_t>(l.in.channels)};
  }
};

}  // namespace

const Kernel& add_kernel() {
  static const AddKernel kernel;
  return kernel;
}

}  // namespace freebits::models
