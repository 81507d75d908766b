// SPDX-License-Identifier: Apache-2.0
// Requantization: output types, both ends of clipping, lanes, shifts.
#include <fmt/format.h>

#include "cover_points.hpp"

namespace freebits::random {

namespace {

constexpr std::uint32_t kFbquant = 0x7c3;
constexpr std::array<unsigned, 3> kWidths = {8, 4, 2};
constexpr std::array<std::string_view, 3> kSides = {"below", "inside", "above"};

class Requant final : public CoverPoint {
 public:
  explicit Requant(Bins& bins) {
    bins.group("requantization");
    for (unsigned type = 0; type < 6; ++type) {
      for (unsigned side = 0; side < 3; ++side) {
        sides_[type][side] =
            bins.add(fmt::format("{}{} {}", type < 3 ? 'u' : 's', kWidths[type % 3], kSides[side]));
      }
    }
    for (unsigned lane = 0; lane < 16; ++lane)
      lanes_[lane] = bins.add(fmt::format("lane {}", lane));
    no_shift_ = bins.add("shift 0");
    no_pre_ = bins.add("fb.scale without pre");
    pre_ = bins.add("fb.scale with pre");
  }

  void start(const Program&) override {}

  void sample(const Event& event, Bins& bins) override {
    if (event.spec == nullptr || event.retired->trap) return;
    const std::uint32_t quant = event.model->read_csr(kFbquant).value_or(0);
    if (event.spec->op == isa::Op::FbScale) bins.hit((quant >> 8 & 31) == 0 ? no_pre_ : pre_);
    if (event.spec->op != isa::Op::FbQnt) return;
    const unsigned shift = quant & 31, width = kWidths[quant >> 16 & 3];
    const bool with_sign = (quant >> 20 & 1) != 0;
    if (shift == 0) bins.hit(no_shift_);
    bins.hit(lanes_[static_cast<unsigned>(event.operands.imm)]);
    const std::uint32_t rounding = shift == 0 ? 0 : 1U << (shift - 1);
    const auto sum = static_cast<std::int32_t>(event.sources[0] + event.sources[1] + rounding);
    const std::int32_t value = sum >> shift, low = with_sign ? -(1 << (width - 1)) : 0;
    const unsigned side = value < low ? 0 : value < low + (1 << width) ? 1 : 2;
    bins.hit(sides_[(quant >> 16 & 3) + (with_sign ? 3 : 0)][side]);
  }

 private:
  std::array<std::array<int, 3>, 6> sides_{};
  std::array<int, 16> lanes_{};
  int no_shift_ = -1, no_pre_ = -1, pre_ = -1;
};

}  // namespace

std::unique_ptr<CoverPoint> cover_requant(Bins& bins) { return std::make_unique<Requant>(bins); }

}  // namespace freebits::random
