// SPDX-License-Identifier: Apache-2.0
// Convolution, also pointwise and fully connected.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "deploy/kernels/kernel.hpp"
#include "deploy/kernels/kernel_geometry.hpp"
#include "deploy/kernels/operands.hpp"
#include "freebits/kernel_layout.h"
#include "freebits/work_split.h"

namespace freebits::models {
namespace {

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
    const LargestShare s =
        largest_share(m_, count() * height_, groups_, 1, unpacks_inputs() ? 1 : 0);
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

class ConvKernel final : public Kernel {
 public:
  ConvKernel() : Kernel({.has_weights = true, .splits_input_channels = false}) {}

  void describe(const IntegerOp& op, KernelLayer& l, bool flat) const override {
    const auto& its = std::get<Conv>(op);
    l.weight_type = its.weight_type;
    l.stride = its.stride;
    l.padding = its.padding;
    l.kernel_height = its.kernel_height;
    l.kernel_width = its.kernel_width;
    if (flat && l.kernel_height == 1 && l.kernel_width == 1 && l.stride == 1)
      flatten(l.in), flatten(l.out);
  }

  [[nodiscard]] std::uint64_t operations(const KernelLayer& l) const override {
    return l.out.size() * l.kernel_height * l.kernel_width * l.in.channels;
  }

  [[nodiscard]] std::string symbol(const KernelLayer& l) const override {
    return fmt::format("fb_conv_{}_{}_{}", name(l.in_type), name(l.weight_type), name(l.out_type));
  }

  [[nodiscard]] double cycles(const CostModel& model, const Machine& machine, const KernelLayer& l,
                              const Tile& tile, std::uint32_t scratch_bytes) const override {
    return ConvTile(machine, l, tile, scratch_bytes).cycles(model.conv);
  }

  void fill(fb_operands& operands, const KernelOperands& at, const KernelLayer& l, const Tile& tile,
            const IntegerOp& op, unsigned) const override {
    fb_conv& to = operands.conv;
    set_geometry(to, l, tile);
    set_weighted(to, at, std::get<Conv>(op).requantization);
    to.in_channels = static_cast<std::uint16_t>(l.in.channels);
    to.out_channels = static_cast<std::uint16_t>(tile.channels);
    to.kernel_height = static_cast<std::uint8_t>(l.kernel_height);
    to.kernel_width = static_cast<std::uint8_t>(l.kernel_width);
  }

  [[nodiscard]] IntegerOp on_tile(const IntegerOp& op, const KernelLayer& l,
                                  const Tile& tile) const override {
    Conv part = std::get<Conv>(op);
    keep_channels(part, part.out_channels, tile);
    part.kernel_height = l.kernel_height;
    part.kernel_width = l.kernel_width;
    part.padding = tile_padding(l, tile);
    part.in_channels = l.in.channels;
    part.out_channels = tile.channels;
    return part;
  }

  [[nodiscard]] std::vector<std::uint32_t> scratch_sizes(const Machine& machine,
                                                         const KernelLayer& l,
                                                         unsigned) const override {
    constexpr std::uint32_t kMostPatches = 32;
    const unsigned a = bits(l.in_type), w = bits(l.weight_type);
    const fb_scratch s = scratch(machine.level, l);
    std::vector<std::uint32_t> sizes;
    const bool unpacks = fb_dot_bits(machine.level, a, w) > w;
    for (std::uint32_t patches = 1; patches <= (unpacks ? kMostPatches : 1); patches *= 2)
      sizes.push_back((s.fixed + patches * s.patch + 7) & ~7U);
    return sizes;
  }

  [[nodiscard]] std::uint32_t scratch_within(unsigned level, const KernelLayer& l,
                                             std::uint32_t room) const override {
    constexpr std::uint32_t kMostPatches = 64;
    const fb_scratch s = scratch(level, l);
    std::uint32_t patches = 1;
    while (patches < kMostPatches && s.fixed + 2 * patches * s.patch <= room) patches *= 2;
    return (s.fixed + patches * s.patch + 3) & ~3U;
  }

  [[nodiscard]] std::uint32_t weight_bytes(const KernelLayer& l, unsigned channels) const override {
    const unsigned a = bits(l.in_type), w = bits(l.weight_type);
    const unsigned padded = fb_pixel_bytes(l.in.channels, a) * 8 / a;
    return channel_groups(channels) * kGroup * 4 * l.kernel_height *
           fb_row_steps(l.kernel_width * padded, a, w) * fb_step_words(a, w);
  }

  [[nodiscard]] std::vector<std::uint8_t> pack_weights(const IntegerOp& op,
                                                       const KernelLayer& layer,
                                                       unsigned level) const override {
    const auto& l = std::get<Conv>(op);
    const unsigned a_bits = bits(layer.in_type), w_bits = bits(l.weight_type);
    const unsigned dot_bits = fb_dot_bits(level, a_bits, w_bits);
    const unsigned padded = fb_pixel_bytes(l.in_channels, a_bits) * 8 / a_bits;
    const unsigned step = fb_step_elements(a_bits, w_bits);
    const unsigned steps = fb_row_steps(l.kernel_width * padded, a_bits, w_bits);
    const unsigned words = fb_step_words(a_bits, w_bits);
    std::vector<std::uint8_t> bytes(std::size_t{channel_groups(l.out_channels)} * l.kernel_height *
                                    steps * words * kGroup * 4);
    std::size_t at = 0;
    for (unsigned o = 0; o < l.out_channels; ++o) {
      for (unsigned ky = 0; ky < l.kernel_height; ++ky) {
        const std::size_t row = (std::size_t{o / kGroup} * l.kernel_height + ky) * steps;
        for (unsigned kx = 0; kx < l.kernel_width; ++kx) {
          for (unsigned c = 0; c < l.in_channels; ++c) {
            const unsigned element = kx * padded + c;
            const fb_bit_position p = fb_weight_position(element % step, dot_bits, a_bits, w_bits);
            const std::size_t word =
                ((row + element / step) * words + p.word) * kGroup + o % kGroup;
            const auto value = static_cast<unsigned>(l.weights[at++]) & ((1U << w_bits) - 1);
            bytes[word * 4 + p.bit / 8] |= static_cast<std::uint8_t>(value << (p.bit % 8));
          }
        }
      }
    }
    return bytes;
  }

  [[nodiscard]] unsigned sum_scale(const KernelLayer& l, unsigned level) const override {
    const unsigned a = bits(l.in_type), w = bits(l.weight_type);
    return fb_sum_scale(fb_dot_bits(level, a, w), a, is_signed(l.in_type), w);
  }

 private:
  static fb_scratch scratch(unsigned level, const KernelLayer& l) {
    return fb_conv_scratch(level, bits(l.in_type), bits(l.weight_type), l.in.channels,
                           l.kernel_height, l.kernel_width, l.stride);
  }
};

}  // namespace

const Kernel& conv_kernel() {
  static const ConvKernel kernel;
  return kernel;
}

}  // namespace freebits::models
