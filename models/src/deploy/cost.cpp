// SPDX-License-Identifier: Apache-2.0
// The cost model: the loops of the kernels, each with a number of cycles, fitted to 240 tiles of
// MobileNetV1 0.25 and ResNet-8 measured on 8 cores (rms error of a tile 2 to 5 %).
#include <algorithm>
#include <array>
#include <cmath>

#include "freebits/kernel_layout.h"
#include "freebits/models/deploy/tiling.hpp"
#include "freebits/work_split.h"

namespace freebits::models {
namespace {

/// Convolution: cycles of a core.
struct ConvCosts {
  double word_pixel, word;    ///< a word of activations of a pixel, of four channels' weights
  double kernel_row;          ///< of a block
  double block, block_pixel;  ///< four channels: requantize, pack, store
  double unit;                ///< neighbouring pixels
  double unpack, copy;        ///< a word made of a narrower one; a word copied with a border
  double start;
};
constexpr std::array<ConvCosts, 5> kConv = {{
    {62.5, 0.05, 4.7, 3.3, 91.6, 3.4, 6.3, 30, 6},
    {5.52, 3.3, 35.5, 4.7, 30.1, 154, 5.2, 4.3, 280},
    {5.66, 3.2, 38.3, 5.2, 11.5, 169, 5.8, 1.1, 283},
    {5.66, 3.2, 38.3, 5.2, 11.5, 169, 5.8, 1.1, 283},
    {3.53, 2.8, 20.0, 5.3, 11.7, 117, 0.7, 1.3, 354},
}};

struct DepthwiseCosts {
  double output, output_stride_2;  ///< of four columns together
  double narrow_output;            ///< more for one of less than 8 bits
  double plane;                    ///< four pixels of four channels into planes
  double column, channel;          ///< once for four columns, for a channel
  double start;
};
constexpr std::array<DepthwiseCosts, 5> kDepthwise = {{
    {46.7, 49.8, 4.7, 53.4, 16, 70, 1300},
    {9.8, 11.5, 2.6, 41.8, 17.7, 86, 680},
    {8.5, 12.2, 2.0, 31.2, 22.5, 74, 686},
    {8.5, 12.2, 2.0, 31.2, 22.5, 74, 686},
    {9.6, 15.7, 2.0, 18.1, 25.2, 62, 621},
}};
constexpr double kSingleColumn = 1.9;  ///< times an output, where fewer than four columns are left

struct OtherCosts {
  double add;      ///< an output
  double average;  ///< an input
  double most;     ///< a word compared
};
constexpr std::array<OtherCosts, 5> kOther = {
    {{8.6, 4.2, 9}, {4.4, 2.5, 7}, {3.8, 2.4, 7}, {3.8, 2.4, 7}, {3.8, 2.4, 7}}};
constexpr double kOtherStart = 300;

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

/// A row of outputs as the kernel takes it: units of `most` pixels, then of 2 and 1.
struct Units {
  unsigned most, full, pairs, singles;
  [[nodiscard]] unsigned count() const { return full + pairs + singles; }
};
Units units_of(unsigned width, unsigned most) {
  return {most, width / most, width % most / 2, width % most % 2};
}

/// A block of a unit of so many pixels and four channels.
double block_cycles(const ConvCosts& c, const KernelLayer& l, double words, double pixels) {
  return l.kernel_height * (words * (c.word_pixel * pixels + c.word) + c.kernel_row) + c.block +
         pixels * c.block_pixel;
}

double conv_cycles(const Machine& m, const KernelLayer& l, const Tile& tile,
                   std::uint32_t scratch_bytes) {
  const ConvCosts& c = kConv[m.level];
  const unsigned a = bits(l.in_type), w = bits(l.weight_type);
  const unsigned dot = fb_dot_bits(m.level, a, w), lane = dot == 0 ? std::max(a, w) : dot;
  const bool flat = l.out.width == 1, unpacks_weights = dot > w, unpacks_inputs = dot > a;
  const unsigned height = flat ? 1 : tile.rows;
  const Units u = units_of(flat ? tile.rows : l.out.width, m.level >= 3 && a < w ? 2 : 4);

  const double elements = l.kernel_width * fb_pixel_bytes(l.in.channels, a) * 8.0 / a;
  const double words = elements * lane / 32;  // of a kernel row, as the dot products take them
  const double block =
      (u.full * block_cycles(c, l, words, u.most) + u.pairs * block_cycles(c, l, words, 2) +
       u.singles * block_cycles(c, l, words, 1)) /
      u.count();

  const Share share = largest_share(m, u.count() * height, (tile.channels + 3) / 4,
                                    unpacks_weights ? 1 : 0, unpacks_inputs ? 1 : 0);
  const double patch_words =
      ((u.most - 1.0) * l.stride / l.kernel_width + 1) * l.kernel_height * words;
  const double borders = l.kernel_width == 1 ? 0 : std::min(1.0, 2.0 / u.count());
  const double copied = unpacks_inputs ? 1 : borders;
  double cycles = c.start + share.units * (c.unit + copied * patch_words * c.copy) +
                  share.units * share.groups * block;
  if (unpacks_weights) {
    const double group_words = 4 * words * l.kernel_height;
    const double patches = std::max(1.0, (scratch_bytes - 4 * group_words) / (4 * patch_words));
    const double rounds = std::max(1.0, share.units * copied / patches);
    cycles += share.groups * (rounds * group_words * c.unpack + share.units * c.unit / 2);
  }
  return cycles;
}

double depthwise_cycles(const Machine& m, const KernelLayer& l, const Tile& tile,
                        std::uint32_t scratch_bytes) {
  const DepthwiseCosts& c = kDepthwise[m.level];
  const unsigned group = 32 / bits(l.in_type);
  const Share share = largest_share(m, tile.rows, (tile.channels + group - 1) / group, 2, 0);
  const std::uint32_t pitch =
      fb_depthwise_pitch(l.in.width, l.padding.left, l.out.width, l.stride,
                         fb_depthwise_bits(m.level, bits(l.in_type), bits(l.weight_type)));
  // The inverse of fb_depthwise_scratch().
  const double out_row = std::ceil(l.out.width / 4.0) * 4 / group;
  const double rows_at_once =
      std::max(1.0, (scratch_bytes / static_cast<double>(group) - 4 - pitch * (3.0 - l.stride)) /
                        (pitch * static_cast<double>(l.stride) + out_row));
  const double batches = std::ceil(share.units / std::floor(rows_at_once));
  const double in_rows = share.units * l.stride + batches * (3 - static_cast<double>(l.stride));
  const double fill = in_rows * ((l.in.width + 3) / 4) * c.plane * (group / 4.0);

  const bool single = l.out.width < 4 || m.level == 0;
  const double together = single ? 1 : 4, columns = std::ceil(l.out.width / together);
  double output =
      (l.stride == 1 ? c.output : c.output_stride_2) + (bits(l.out_type) < 8 ? c.narrow_output : 0);
  if (single && m.level != 0) output *= kSingleColumn;
  const double channel = columns * (batches * c.column + share.units * together * output);
  return c.start + share.groups * (fill + group * (channel + c.channel));
}

double other_cycles(const Machine& m, const KernelLayer& l, const Tile& tile) {
  const OtherCosts& c = kOther[m.level];
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
  double cycles = 0;
  if (layer.kind == KernelKind::Conv) {
    cycles = conv_cycles(machine, layer, tile, scratch_bytes);
  } else if (layer.kind == KernelKind::Depthwise) {
    cycles = depthwise_cycles(machine, layer, tile, scratch_bytes);
  } else {
    cycles = kOtherStart + other_cycles(machine, layer, tile);
  }
  return static_cast<std::uint64_t>(cycles);
}

std::uint64_t transfer_cycles(const Machine& machine, std::uint64_t bytes,
                              std::uint32_t row_bytes) {
  const std::uint64_t rows = (bytes + row_bytes - 1) / row_bytes;
  const auto of_row = static_cast<std::uint64_t>((row_bytes + machine.dma_bytes_per_cycle - 1) /
                                                 machine.dma_bytes_per_cycle);
  return machine.dma_latency + rows * of_row;
}

}  // namespace freebits::models
