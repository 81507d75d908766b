// SPDX-License-Identifier: Apache-2.0
// Depthwise convolution 3x3.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "deploy/kernels/kernel.hpp"
#include "deploy/kernels/kernel_geometry.hpp"
#include "deploy/kernels/operands.hpp"
#include "freebits/kernel_layout.h"
#include "freebits/work_split.h"

namespace freebits::models {
namespace {

double depthwise_cycles(const DepthwiseCosts& c, const Machine& m, const KernelLayer& l,
                        const Tile& tile, std::uint32_t scratch_bytes) {
  const unsigned in = bits(l.in_type);
  const unsigned lanes = fb_depthwise_bits(m.level, in, bits(l.weight_type));
  const unsigned group = fb_depthwise_group(in, lanes);
  const LargestShare share =
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

class DepthwiseKernel final : public Kernel {
 public:
  DepthwiseKernel() : Kernel({.has_weights = true}) {}

  void describe(const IntegerOp& op, KernelLayer& l, bool) const override {
    const auto& its = std::get<Depthwise>(op);
    l.weight_type = its.weight_type;
    l.stride = its.stride;
    l.padding = its.padding;
    l.kernel_height = l.kernel_width = its.kernel;
  }

  [[nodiscard]] std::uint64_t operations(const KernelLayer& l) const override {
    return l.out.size() * l.kernel_height * l.kernel_width;
  }

  [[nodiscard]] std::string symbol(const KernelLayer& l) const override {
    return fmt::format("fb_depthwise_{}_{}", name(l.in_type), name(l.out_type));
  }

  [[nodiscard]] double cycles(const CostModel& model, const Machine& machine, const KernelLayer& l,
                              const Tile& tile, std::uint32_t scratch_bytes) const override {
    return depthwise_cycles(model.depthwise, machine, l, tile, scratch_bytes);
  }

  void fill(fb_operands& operands, const KernelOperands& at, const KernelLayer& l, const Tile& tile,
            const IntegerOp& op, unsigned level) const override {
    fb_depthwise& to = operands.depthwise;
    set_geometry(to, l, tile);
    set_weighted(to, at, std::get<Depthwise>(op).requantization);
    to.channels = static_cast<std::uint16_t>(tile.channels);
    to.bits = static_cast<std::uint8_t>(lanes(l, level));
  }

  [[nodiscard]] IntegerOp on_tile(const IntegerOp& op, const KernelLayer& l,
                                  const Tile& tile) const override {
    Depthwise part = std::get<Depthwise>(op);
    keep_channels(part, part.channels, tile);
    part.padding = tile_padding(l, tile);
    part.channels = tile.channels;
    return part;
  }

  [[nodiscard]] std::vector<std::uint32_t> scratch_sizes(const Machine& machine,
                                                         const KernelLayer& l,
                                                         unsigned rows) const override {
    std::vector<std::uint32_t> sizes;
    for (unsigned parts = rows; parts != 0; parts /= 2)
      sizes.push_back((scratch(machine.level, l, (rows + parts - 1) / parts) + 7) & ~7U);
    return sizes;
  }

  [[nodiscard]] std::uint32_t scratch_within(unsigned level, const KernelLayer& l,
                                             std::uint32_t room) const override {
    std::uint32_t rows = 1;
    while (rows < l.out.height && scratch(level, l, rows + 1) + 3 <= room) ++rows;
    return (scratch(level, l, rows) + 3) & ~3U;
  }

  [[nodiscard]] std::uint32_t weight_bytes(const KernelLayer&, unsigned channels) const override {
    return channel_groups(channels) * kGroup * 3 * 4;
  }

  [[nodiscard]] std::vector<std::uint8_t> pack_weights(const IntegerOp& op,
                                                       const KernelLayer& layer,
                                                       unsigned level) const override {
    const auto& l = std::get<Depthwise>(op);
    const unsigned bits = lanes(layer, level);
    std::vector<std::uint32_t> rows(std::size_t{channel_groups(l.channels)} * kGroup * 3);
    std::size_t at = 0;
    for (unsigned c = 0; c < l.channels; ++c) {
      for (unsigned ky = 0; ky < 3; ++ky) {
        for (unsigned kx = 0; kx < 3; ++kx) {
          const auto tap = static_cast<unsigned>(l.weights[at++]) & ((1U << bits) - 1);
          rows[std::size_t{c} * 3 + ky] |= tap << (kx * bits);
        }
      }
    }
    std::vector<std::uint8_t> bytes(rows.size() * sizeof rows[0]);
    std::memcpy(bytes.data(), rows.data(), bytes.size());
    return bytes;
  }

  [[nodiscard]] unsigned sum_scale(const KernelLayer& l, unsigned level) const override {
    return fb_sum_scale(lanes(l, level), bits(l.in_type), is_signed(l.in_type), lanes(l, level));
  }

 private:
  static std::uint32_t lanes(const KernelLayer& l, unsigned level) {
    return fb_depthwise_bits(level, bits(l.in_type), bits(l.weight_type));
  }
  static std::uint32_t scratch(unsigned level, const KernelLayer& l, unsigned rows) {
    const std::uint32_t pitch =
        fb_depthwise_pitch(l.in.width, l.padding.left, l.out.width, l.stride, lanes(l, level));
    return fb_depthwise_scratch(rows, pitch, l.stride, bits(l.in_type), lanes(l, level),
                                l.out.width);
  }
};

}  // namespace

const Kernel& depthwise_kernel() {
  static const DepthwiseKernel kernel;
  return kernel;
}

}  // namespace freebits::models
