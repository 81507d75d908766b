// SPDX-License-Identifier: Apache-2.0
// Mixed-width dot products: widths and slices; Mac&Load: streams and operand registers.
#include <fmt/format.h>

#include "cover_points.hpp"

namespace freebits::random {

using isa::Format;

namespace {

constexpr std::uint32_t kFbfmt = 0x7c0;
constexpr std::uint32_t kFbslice = 0x7c2;
constexpr std::array<unsigned, 3> kWidths = {8, 4, 2};
constexpr std::array<std::string_view, 3> kStreamNames = {"no skip", "counting", "rollback"};

unsigned ratio(unsigned a, unsigned w) {
  return std::max(kWidths[a], kWidths[w]) / std::min(kWidths[a], kWidths[w]);
}

class Mixed final : public CoverPoint {
 public:
  Mixed(Bins& bins, isa::Level level) : by_row_(isa::instructions().size(), -1) {
    bins.group("mixed-width instruction x widths");
    for (const isa::InsnSpec& spec : isa::instructions()) {
      if (spec.level > level || spec.lane != isa::Lane::Csr) continue;
      for (unsigned f = 0; f < 9; ++f) {
        const int bin =
            bins.add(fmt::format("{} {}x{}", row_name(spec), kWidths[f % 3], kWidths[f / 3]));
        if (f == 0) by_row_[row_index(spec)] = bin;
      }
    }
    bins.group("widths x next slice");
    for (unsigned f = 0; f < 9; ++f) {
      for (unsigned s = 0; s < 4; ++s) {
        slices_[f][s] =
            s < ratio(f % 3, f / 3)
                ? bins.add(fmt::format("{}x{} slice {}", kWidths[f % 3], kWidths[f / 3], s))
                : -1;
      }
    }
    if (level >= isa::Level::FlexV) add_streams(bins);
  }

  void start(const Program&) override { loaded_.fill(-1); }

  void sample(const Event& event, Bins& bins) override {
    if (event.spec != nullptr && event.spec->lane == isa::Lane::Csr && !event.retired->trap) {
      count_widths(event, bins);
      if (event.spec->has(isa::kMacLoad)) count_mac_load(event, bins);
    }
    loaded_[1] = loaded_[0];
    loaded_[0] = event.unit == Unit::MacLoad && !event.retired->trap && event.operands.ld < 6
                     ? event.operands.ld
                     : -1;
  }

 private:
  void add_streams(Bins& bins) {
    bins.group("Mac&Load");
    for (unsigned stream = 0; stream < 2; ++stream) {
      for (unsigned mode = 0; mode < 3; ++mode) {
        streams_[stream][mode] = bins.add(fmt::format(
            "{} stream: {}", stream == 0 ? "activation" : "weight", kStreamNames[mode]));
      }
    }
    for (unsigned i = 0; i < 6; ++i) {
      const auto name = i < 4 ? fmt::format("fbw{}", i) : fmt::format("fba{}", i - 4);
      targets_[i] = bins.add("load of " + name);
      uses_[0][i] = bins.add(fmt::format("use of {} by the next instruction", name));
      uses_[1][i] = bins.add(fmt::format("use of {} by the next but one", name));
    }
    no_sum_ = bins.add("rd = x0");
  }

  void count_widths(const Event& event, Bins& bins) {
    const std::uint32_t format = event.model->read_csr(kFbfmt).value_or(0);
    const unsigned index = (format & 3) + 3 * (format >> 4 & 3);
    bins.hit(by_row_[row_index(*event.spec)] + static_cast<int>(index));
    const std::uint32_t slice = event.model->read_csr(kFbslice).value_or(0) >> 8;
    bins.hit(slices_[index][slice & 3]);
  }

  void count_mac_load(const Event& event, Bins& bins) {
    const isa::Operands& o = event.operands;
    if (o.rd == 0) {
      bins.hit(no_sum_);
    } else {
      for (std::size_t distance = 0; distance < 2; ++distance) {
        const int loaded = loaded_[distance];
        if (loaded == o.weight || loaded == 4 + o.act) {
          bins.hit(uses_[distance][static_cast<std::size_t>(loaded)]);
        }
      }
    }
    if (event.spec->format == Format::MacLoadNone) return;
    bins.hit(targets_[o.ld]);
    const unsigned stream = event.spec->format == Format::MacLoadWeight ? 1 : 0;
    const std::uint32_t skip = event.model->read_csr(0x7c7 + 4 * stream).value_or(0);
    const unsigned mode = (skip & 0xff) == 0 ? 0 : (skip >> 8 & 0xff) != 0 ? 1 : 2;
    bins.hit(streams_[stream][mode]);
  }

  std::vector<int> by_row_;
  std::array<std::array<int, 4>, 9> slices_{};
  std::array<std::array<int, 3>, 2> streams_{};
  std::array<int, 6> targets_{};
  std::array<std::array<int, 6>, 2> uses_{};
  int no_sum_ = -1;
  std::array<int, 2> loaded_{-1, -1};  ///< operand register loaded one and two instructions ago
};

}  // namespace

std::unique_ptr<CoverPoint> cover_mixed(Bins& bins, isa::Level level) {
  return std::make_unique<Mixed>(bins, level);
}

}  // namespace freebits::random
