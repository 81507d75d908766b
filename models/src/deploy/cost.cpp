// SPDX-License-Identifier: Apache-2.0
// The cost model: what the kernels' loops take, with the numbers of sw/kernels/README.md.
#include <algorithm>
#include <array>

#include "freebits/kernel_layout.h"
#include "freebits/models/deploy/tiling.hpp"
#include "freebits/work_split.h"

namespace freebits::models {
namespace {

/// Cycles of a core at one ISA level.
struct Costs {
  double dots;          ///< convolution: 16 dot products of a word of activations
  double kernel_row;    ///< … a kernel row of a block
  double block;         ///< … requantize, pack and store 16 outputs, set-up
  double unit;          ///< … once for neighbouring pixels
  double unpack;        ///< a word made of a narrower one
  double copy;          ///< a word copied
  double tap_row;       ///< depthwise: a row of three taps, an output
  double tap_output;    ///< … requantize and store an output
  double plane;         ///< … four pixels of four channels into planes
  double add;           ///< addition: an output
  double average;       ///< average pool: an input
  double most;          ///< max pool: a word compared
  double start;         ///< of any kernel
};
constexpr std::array<Costs, 5> kCosts = {{
    {243, 20, 320, 60, 4, 4, 12, 14, 60, 8.6, 4.2, 9, 300},
    {25, 13, 120, 50, 2, 2.2, 2.6, 6, 34, 4.4, 2.5, 7, 300},
    {25, 13, 80, 50, 2, 2.2, 2.6, 4, 34, 3.8, 2.4, 7, 300},
    {25, 13, 80, 50, 2, 2.2, 2.6, 4, 34, 3.8, 2.4, 7, 300},
    {16.5, 12, 70, 60, 2, 2.2, 2.6, 4, 34, 3.8, 2.4, 7, 300},
}};

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

double conv_cycles(const Machine& m, const KernelLayer& l, const Tile& tile,
                   std::uint32_t scratch_bytes) {
  const Costs& c = kCosts[m.level];
  const unsigned a = bits(l.in_type), w = bits(l.weight_type);
  const unsigned dot = fb_dot_bits(m.level, a, w);
  const unsigned lane = dot == 0 ? std::max(a, w) : dot;
  const bool flat = l.out.width == 1;
  const unsigned width = flat ? tile.rows : l.out.width, height = flat ? 1 : tile.rows;
  const unsigned pixels = m.level >= 3 && a < w ? 2 : 4;
  const unsigned rest = width % pixels;
  const unsigned units_of_row = width / pixels + rest / 2 + rest % 2;

  const double elements = l.kernel_width * fb_pixel_bytes(l.in.channels, a) * 8.0 / a;
  const double words = elements * lane / 32;  // of activations, as the dot products take them
  const double kernel_row = words * c.dots * pixels / 4 + c.kernel_row;
  const double block = l.kernel_height * kernel_row + c.block * (pixels + 2) / 6;

  const bool unpacks_weights = dot > w, unpacks_inputs = dot > a;
  const Share share = largest_share(m, units_of_row * height, (tile.channels + 3) / 4,
                                    unpacks_weights ? 1 : 0, unpacks_inputs ? 1 : 0);
  const double columns = (pixels - 1.0) * l.stride + l.kernel_width;
  const double patch_words = columns * l.kernel_height * elements / l.kernel_width * lane / 32;
  const double borders = l.kernel_width == 1 ? 0 : std::min(1.0, 2.0 / units_of_row);
  const double copied = unpacks_inputs ? 1.0 : borders;
  double cycles = share.units * (c.unit + copied * patch_words * c.copy) +
                  share.units * share.groups * block;
  if (unpacks_weights) {
    const fb_scratch s = fb_conv_scratch(m.level, a, w, l.in.channels, l.kernel_height,
                                         l.kernel_width, l.stride);
    const double patches = (scratch_bytes - s.fixed) / static_cast<double>(s.patch);
    const double rounds = std::max(1.0, share.units * copied / std::max(1.0, patches));
    cycles += rounds * share.groups * 4 * words * l.kernel_height * c.unpack;
    cycles += share.units * share.groups * c.unit / 2;
  }
  return cycles;
}

double depthwise_cycles(const Machine& m, const KernelLayer& l, const Tile& tile,
                        std::uint32_t scratch_bytes) {
  const Costs& c = kCosts[m.level];
  const unsigned a = bits(l.in_type), group = 32 / a;
  const Share share = largest_share(m, tile.rows, (tile.channels + group - 1) / group, 2, 0);
  const std::uint32_t pitch = fb_depthwise_pitch(l.in.width, l.padding.left, l.out.width, l.stride);
  const double rows_at_once =
      std::max(1.0, (scratch_bytes / static_cast<double>(group) - 4) / pitch - 3) / l.stride + 1;
  const double batches = std::max(1.0, share.units / rows_at_once);
  const double in_rows = share.units * l.stride + batches * (3 - l.stride);
  const double fill = in_rows * ((l.in.width + 3) / 4) * c.plane * (group / 4.0);
  const double together = l.out.width < 4 || m.level == 0 ? 1 : 4;
  const double columns = (l.out.width + together - 1) / together * together;
  const double output = 3 * c.tap_row * (l.stride == 2 ? 1.2 : 1) + c.tap_output;
  const double channel = share.units * columns * output + batches * columns / together * 20 + 30;
  return share.groups * (fill + group * channel);
}

double other_cycles(const Machine& m, const KernelLayer& l, const Tile& tile) {
  const Costs& c = kCosts[m.level];
  if (l.kind == KernelKind::Add) {
    const double share = largest_share(m, tile.rows, 1, 0, 0).units;
    return share * (tile.channels * c.add + 12);
  }
  if (l.kind == KernelKind::AveragePool) {
    const unsigned group = 32 / bits(l.in_type);
    const double share = largest_share(m, 1, (tile.channels + group - 1) / group, 0, 0).groups;
    return share * group * (l.in.height * c.average + 20);
  }
  const double words = fb_pixel_bytes(tile.channels, bits(l.in_type)) / 4.0;
  const double share = largest_share(m, tile.rows, 1, 0, 0).units;
  return share * l.out.width * (30 + words * (10 + l.kernel_height * l.kernel_width * c.most));
}

}  // namespace

std::uint64_t kernel_cycles(const Machine& machine, const KernelLayer& layer, const Tile& tile,
                            std::uint32_t scratch_bytes) {
  double cycles = kCosts[machine.level].start;
  if (layer.kind == KernelKind::Conv) {
    cycles += conv_cycles(machine, layer, tile, scratch_bytes);
  } else if (layer.kind == KernelKind::Depthwise) {
    cycles += depthwise_cycles(machine, layer, tile, scratch_bytes);
  } else {
    cycles += other_cycles(machine, layer, tile);
  }
  return static_cast<std::uint64_t>(cycles);
}

std::uint64_t transfer_cycles(const Machine& machine, std::uint64_t bytes,
                              std::uint32_t row_bytes) {
  const std::uint64_t rows = (bytes + row_bytes - 1) / row_bytes;
  const auto of_row = static_cast<std::uint64_t>(
      (row_bytes + machine.dma_bytes_per_cycle - 1) / machine.dma_bytes_per_cycle);
  return machine.dma_latency + rows * of_row;
}

}  // namespace freebits::models
