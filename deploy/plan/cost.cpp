// SPDX-License-Identifier: Apache-2.0
// The cost model: the loops of the kernels (sw/kernels), each with a number of cycles. To refit it,
// once kernels have changed: build/release/tests/bench/fit_cost_model prints the table below.
#include <algorithm>
#include <array>
#include <cmath>

#include "deploy/plan/cost_model.hpp"
#include "deploy/plan/stream_timeline.hpp"
#include "deploy/plan/tiling.hpp"
#include "freebits/kernel_layout.h"
#include "freebits/work_split.h"

namespace freebits::models {
namespace {

// Levels 0 … 4.
constexpr std::array<CostModel, 5> kModels = {{
    {{63.28, 0, 0, 27.09, 0, 73.13, 34.8, 193, 259.3, 0, 0, 0, 0.6801, 4.507, 0, 21.03, 453.4},
     {39.14, 35.13, 0, 13.51, 0, 46.6, 53.35, 0, 20.58, 39.92, 0, 0, 2057},
     {19.55, 2.604, 3.606, 3.409, 25.01, 0, 31.92, 21.29, 135.9, 0}},
    {{6.398, 0.01924, 3.037, 4.679, 49.97, 10.62, 42.84, 106.7, 191.4, 9.244, 0, 1.096, 0.6548,
      7.501, 10.26, 13.01, 399},
     {24.98, 31.53, 0, 0, 0.8762, 8.254, 9.283, 13.53, 7.726, 48.38, 52.29, 18.24, 1340},
     {9.405, 12.14, 1.473, 1.847, 11.22, 0, 7.622, 25.47, 45.07, 163.9}},
    {{6.148, 0.02572, 2.538, 7.943, 28.03, 5.164, 40.65, 160.2, 73.14, 4.272, 1.469, 1.495, 3.193,
      6.288, 9.95, 16.91, 496.5},
     {6.913, 14.78, 9.724, 11.95, 2.888, 5.972, 6.57, 14.99, 11.72, 47.93, 17.63, 9.78, 1632},
     {8.036, 11.61, 1.738, 1.819, 7.956, 6.758, 0, 32.2, 16.07, 147}},
    {{4.193, 0.9157, 0.2375, 8.663, 8.072, 9.829, 61.39, 172.2, 30.37, 0, 6.149, 0, 0, 0, 0, 13.47,
      600.4},
     {7.325, 14.99, 10.02, 13.26, 2.817, 5.971, 6.548, 14.58, 12.72, 48.47, 17.05, 10.08, 1613},
     {8.035, 11.51, 1.727, 1.815, 8.191, 6.725, 0, 32.26, 16.28, 150.1}},
    {{4.07, 0.02703, 1.795, 11.55, 1.937, 9.927, 33.06, 183.4, 90.71, 0, 5.167, 0, 0, 0, 0, 16.49,
      540.4},
     {7.148, 15.08, 9.775, 12.16, 2.868, 5.963, 6.571, 14.86, 12.34, 48.76, 17.55, 9.938, 1594},
     {8.052, 11.46, 1.753, 1.812, 8.216, 6.735, 0, 32.25, 16.41, 146.4}},
}};

// The cluster's DMA (rtl/cluster/fb_dma.sv), the same in every target: bytes a cycle, and cycles
// from a transfer's start to its end besides those of its rows.
constexpr std::uint64_t kDmaBytesPerCycle = 8, kDmaLatency = 24;

struct Share {
  double units, groups;
};
/// Of the core that has most.
Share largest_share(const Machine& m, std::uint32_t units, std::uint32_t groups,
                    std::uint32_t more_units, std::uint32_t more_groups) {
  Share most{0, 0};
  for (unsigned core = 0; core < m.cores; ++core) {
    const fb_share s = fb_share_of(core, m.cores, units, groups, more_units, more_groups);
    const Share share{static_cast<double>(s.last_unit - s.first_unit),
                      static_cast<double>(s.last_group - s.first_group)};
    if (share.units * share.groups > most.units * most.groups) most = share;
  }
  return most;
}

/// A tile of a convolution as the kernel takes it.
class ConvTile {
 public:
  ConvTile(const Machine& m, const KernelLayer& l, const Tile& tile, std::uint32_t scratch_bytes)
      : m_(m), l_(l), tile_(tile), a_(bits(l.in_type)), w_(bits(l.weight_type)) {
    dot_ = fb_dot_bits(m.level, a_, w_);
    const unsigned lane = dot_ == 0 ? std::max(a_, w_) : dot_;
    const std::uint32_t elements = l.kernel_width * fb_pixel_bytes(l.in.channels, a_) * 8 / a_;
    words_ = fb_row_steps(elements, a_, w_) * fb_step_elements(a_, w_) * lane / 32.0;

    const bool flat = l.out.width == 1 && l.kernel_height * l.kernel_width * l.stride == 1;
    most_ = fb_conv_block_pixels(m.level, a_, w_);
    const unsigned width = flat ? tile.rows : l.out.width;
    height_ = flat ? 1 : tile.rows;
    full_ = width / most_;
    pairs_ = width % most_ / 2;
    lone_ = width % most_ % 2;
    groups_ = (tile.channels + 3) / 4;
    kernel_rows_ = rows_inside();

    const fb_scratch s =
        fb_conv_scratch(m.level, a_, w_, l.in.channels, l.kernel_height, l.kernel_width, l.stride);
    patch_bytes_ = s.patch;
    patches_ = std::max(1U, (scratch_bytes - s.fixed) / s.patch);
    count_copies(flat);
  }

  [[nodiscard]] double cycles(const ConvCosts& c) const {
    if (dot_ <= w_) return c.start + by_units(c);
    if (m_.level != 0 && tile_.rows * l_.out.width == 1) return c.start + one_pixel(c);
    return c.start + by_groups(c);
  }

 private:
  /// Of the kernel, on average over the tile's outputs.
  [[nodiscard]] double rows_inside() const {
    if (l_.kernel_height == 1) return 1;
    double sum = 0;
    for (unsigned y = tile_.y; y < tile_.y + tile_.rows; ++y) {
      const int top = static_cast<int>(y * l_.stride) - static_cast<int>(l_.padding.top);
      const int end = top + static_cast<int>(l_.kernel_height);
      sum += std::min(end, static_cast<int>(l_.in.height)) - std::max(top, 0);
    }
    return sum / tile_.rows;
  }

  /// Units of a row whose windows are copied, strips of a row.
  void count_copies(bool flat) {
    const unsigned columns = (most_ - 1) * l_.stride + l_.kernel_width;
    const unsigned padded = l_.in.width + l_.padding.left;
    unsigned inside_end = padded < columns ? 0 : (padded - columns) / (most_ * l_.stride) + 1;
    inside_end = flat ? full_ : std::min(inside_end, full_);
    const bool over_left = !flat && l_.padding.left != 0;
    const bool over_right = !flat && (l_.out.width - 1) * l_.stride + l_.kernel_width > padded;
    const unsigned inside = inside_end - (over_left && inside_end != 0 ? 1 : 0);
    copied_ = full_ - inside + (over_right && full_ * most_ < l_.out.width ? 1 : 0);
    strips_ = full_ - inside + (inside != 0 ? 1 : 0) + pairs_ + lone_;
    if (unpacks_inputs()) {
      copied_ = count();
      strips_ = dot_ > w_ ? (full_ != 0 ? 1 : 0) + pairs_ + lone_ : count();
    }
  }

  [[nodiscard]] bool unpacks_inputs() const { return dot_ > a_; }
  /// Units of a row.
  [[nodiscard]] unsigned count() const { return full_ + pairs_ + lone_; }
  /// The share of a unit's rows in the image.
  [[nodiscard]] double patch_words() const {
    return patch_bytes_ / 4.0 * kernel_rows_ / l_.kernel_height;
  }

  /// Four channels of some pixels.
  [[nodiscard]] double block(const ConvCosts& c, double pixels) const {
    // At mixed and flexv a word of one operand stays for several of the other.
    const double slices = dot_ == 0 && a_ > w_ ? a_ / w_ : 1;
    const double reuse = dot_ == 0 && w_ > a_ ? w_ / a_ : 1;
    const double word = c.dots * pixels + c.load * (4 / slices + pixels / reuse) +
                        (pixels == 1 ? c.lone_word / (slices * reuse) : 0);
    return kernel_rows_ * (words_ * word + c.kernel_row) + c.block + pixels * c.pixel;
  }
  /// Of the core that has most: so many units.
  [[nodiscard]] double blocks(const ConvCosts& c, double units, double number) const {
    if (units <= full_) return number * block(c, most_);
    return number * (full_ * block(c, most_) + pairs_ * block(c, 2) + lone_ * block(c, 1)) /
           count();
  }
  [[nodiscard]] double strips(double units) const {
    return std::max(1.0, units * strips_ / count());
  }
  [[nodiscard]] double copies(const ConvCosts& c, double units) const {
    const double words = patch_words();
    const double patch =
        unpacks_inputs() ? words * (c.unpack + c.unpack_word * a_ / dot_) : words * c.copy;
    return units * copied_ / count() * (c.window + kernel_rows_ * c.copy_row + patch);
  }

  /// Zeros behind the last channels of so many units' pixels.
  [[nodiscard]] double tails(const ConvCosts& c, double units) const {
    const bool whole =
        groups_ * bits(l_.out_type) / 2 == fb_pixel_bytes(tile_.channels, bits(l_.out_type));
    return whole ? 0 : units * (tile_.rows * l_.out.width) / (count() * height_) * c.tail;
  }

  [[nodiscard]] double by_units(const ConvCosts& c) const {
    // As fb_split_blocks() does.
    const double row = FB_CONV_WORD_CYCLES * most_ * words_, other = FB_CONV_PIXEL_CYCLES * most_;
    const double estimate = kernel_rows_ * row + other, unit = FB_CONV_UNIT_CYCLES + patch_bytes_;
    const double all = count() * height_, most = std::ceil(all / m_.cores);
    const double each = all * groups_ / m_.cores;
    if (most * groups_ * (l_.kernel_height * row + other) <= each * estimate + unit) {
      return blocks(c, most, most * groups_) + most * c.unit + strips(most) * c.strip +
             copies(c, most) + tails(c, most);
    }
    // A core begins and ends within a unit, each a strip of its own.
    const double number = std::ceil(each), units = number / groups_;
    const bool exact = std::fmod(number, groups_) == 0;
    const double touched = exact ? units : std::min(all, std::ceil(units) + 1);
    const double pieces = std::min(touched, strips(units) + (exact ? 0 : 2));
    return blocks(c, units, number) + touched * c.unit + pieces * c.strip + copies(c, touched) +
           tails(c, units);
  }

  [[nodiscard]] double by_groups(const ConvCosts& c) const {
    const Share s = largest_share(m_, count() * height_, groups_, 1, unpacks_inputs() ? 1 : 0);
    const double group_words = 4 * words_ * l_.kernel_height;
    const double rounds = std::max(1.0, std::ceil(s.units * copied_ / count() / patches_));
    return s.groups * (blocks(c, s.units, s.units) + s.units * c.unit + strips(s.units) * c.strip +
                       rounds * group_words * c.unpack_weights) +
           s.units * c.unit + copies(c, s.units) + tails(c, s.units);
  }

  [[nodiscard]] double one_pixel(const ConvCosts& c) const {
    const double number = std::ceil(1.0 * groups_ / m_.cores);
    return number * (kernel_rows_ * (words_ * c.unpacked_word + c.kernel_row) + c.block + c.pixel) +
           c.unit + c.strip + copies(c, 1);
  }

  const Machine& m_;
  const KernelLayer& l_;
  const Tile& tile_;
  unsigned a_, w_, dot_ = 0;
  double words_ = 0;  ///< of a kernel row, as the dot products take them
  double kernel_rows_ = 0;
  unsigned most_ = 4, height_ = 1;            ///< pixels of a unit; rows of units
  unsigned full_ = 0, pairs_ = 0, lone_ = 0;  ///< units of a row
  unsigned groups_ = 0, copied_ = 0, strips_ = 0;
  unsigned patch_bytes_ = 0, patches_ = 1;
};

double depthwise_cycles(const DepthwiseCosts& c, const Machine& m, const KernelLayer& l,
                        const Tile& tile, std::uint32_t scratch_bytes) {
  const unsigned in = bits(l.in_type);
  const unsigned lanes = fb_depthwise_bits(m.level, in, bits(l.weight_type));
  const unsigned group = fb_depthwise_group(in, lanes);
  const Share share =
      largest_share(m, tile.rows, (tile.channels + group - 1) / group, FB_DEPTHWISE_MORE_UNITS, 0);
  const double channels = std::min(share.groups * group, (tile.channels + 3) / 4 * 4.0);
  const std::uint32_t pitch =
      fb_depthwise_pitch(l.in.width, l.padding.left, l.out.width, l.stride, lanes);
  const std::uint32_t none = fb_depthwise_scratch(0, pitch, l.stride, in, lanes, 0);
  const std::uint32_t row = fb_depthwise_scratch(1, pitch, l.stride, in, lanes, l.out.width) - none;
  const double rows = std::max(1.0, std::min<double>((scratch_bytes - none) / row, tile.rows));

  const double batches = std::ceil(share.units / rows);
  const double in_rows = share.units * l.stride + batches * (3 - static_cast<double>(l.stride));
  const double plane = lanes != 8 ? c.plane_narrow : in != 8 ? c.plane_unpacked : c.plane;
  const double fill = in_rows * (((l.in.width + 3) / 4) * (group / 4) * plane +
                                 (l.in.width % 4 == 0 ? 0 : c.plane_row));

  const double output = bits(l.out_type) < 8 ? c.narrow_output : c.output;
  double channel = 0;
  if (m.level == 0 || l.out.width < 4) {
    channel =
        l.out.width * (batches * c.columns + share.units * (output + c.lone_output)) + c.channel;
  } else {
    const double taps = lanes == 8 ? 2 * l.stride : lanes == 4 ? l.stride : 1;
    const double columns = (l.out.width + 3) / 4;
    // Outputs that share a word have weights of their own; channels that share a byte, code.
    const double words_of_weights = 4 / taps - 1;
    const double more_lanes = 8.0 / bits(l.out_type) - 1;
    channel = columns * (batches * c.columns + in_rows * taps * c.load + share.units * 4 * output) +
              batches * (l.out.width % 4 == 0 ? 1 : 2) *
                  (c.channel + words_of_weights * c.weights + more_lanes * c.lane);
  }
  return c.start + share.groups * fill + channels * channel;
}

double other_cycles(const OtherCosts& c, const Machine& m, const KernelLayer& l, const Tile& tile) {
  if (l.kind == KernelKind::Add) {
    const double share = largest_share(m, tile.rows, 1, 0, 0).units;
    return c.start + share * (tile.channels * c.add + c.add_pixel);
  }
  if (l.kind == KernelKind::AveragePool) {
    const unsigned group = 32 / bits(l.in_type);
    const double share = largest_share(m, 1, (tile.channels + group - 1) / group, 0, 0).groups;
    return c.start +
           share * (l.in.height * (c.average_word + group * c.average) + group * c.average_channel);
  }
  const double words = fb_pixel_bytes(tile.channels, bits(l.in_type)) / 4.0;
  const double parts = m.level <= 1 ? 8.0 / bits(l.in_type) : 1;  // narrower ones as bytes
  const double share = largest_share(m, tile.rows, 1, 0, 0).units * l.out.width;
  return c.start +
         share * (c.most_pixel + words * (c.most_word + l.kernel_height * l.kernel_width *
                                                            (c.most + parts * c.most_part)));
}

}  // namespace

const CostModel& cost_model(unsigned level) { return kModels.at(level); }

double kernel_cycles(const CostModel& model, const Machine& machine, const KernelLayer& layer,
                     const Tile& tile, std::uint32_t scratch_bytes) {
  switch (layer.kind) {
    case KernelKind::Conv:
      return ConvTile(machine, layer, tile, scratch_bytes).cycles(model.conv);
    case KernelKind::Depthwise:
      return depthwise_cycles(model.depthwise, machine, layer, tile, scratch_bytes);
    default:
      return other_cycles(model.other, machine, layer, tile);
  }
}

std::uint64_t kernel_cycles(const Machine& machine, const KernelLayer& layer, const Tile& tile,
                            std::uint32_t scratch_bytes) {
  return static_cast<std::uint64_t>(
      kernel_cycles(cost_model(machine.level), machine, layer, tile, scratch_bytes));
}

std::uint64_t transfer_cycles(const Machine& machine, std::uint64_t bytes, std::uint32_t row_bytes,
                              Outside where) {
  const std::uint64_t rows = (bytes + row_bytes - 1) / row_bytes;
  if (where == Outside::L3) {
    return static_cast<std::uint64_t>(static_cast<double>(rows) *
                                      stream_cycles(machine, row_bytes));
  }
  const std::uint64_t of_row = (row_bytes + kDmaBytesPerCycle - 1) / kDmaBytesPerCycle;
  return kDmaLatency + rows * of_row;
}

}  // namespace freebits::models
