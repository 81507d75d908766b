// SPDX-License-Identifier: Apache-2.0
// Coefficients of the cost model (cost_model.cpp): cycles of a core. Kernels take the same for all
// values of their operands, so a kernel's cycles are linear in them; tests/bench/fit_cost_model.cpp
// measures and fits them.
#pragma once

#include <cstdint>

#include "deploy/kernels/layer.hpp"
#include "deploy/kernels/machine.hpp"

namespace freebits::models {

struct ConvCosts {
  double dots, load;              ///< a word of a pixel by four channels; a word of operands loaded
  double lone_word;               ///< more for a word where a block is one pixel
  double kernel_row;              ///< of a block
  double block, pixel;            ///< of four channels; of those: requantized, packed, stored
  double unit, strip;             ///< neighbouring pixels; units whose windows lie alike
  double window, copy_row, copy;  ///< a window copied; a row of it; a word
  double unpack, unpack_word;     ///< a word of a window made of a narrower one, of which
  double unpack_weights;          ///< a word
  double unpacked_word;           ///< of the only pixel, its weights unpacked on their way
  double tail;                    ///< zeros behind the last channels of a pixel
  double start;
};

struct DepthwiseCosts {
  double plane, plane_unpacked, plane_narrow;  ///< four pixels of four channels into planes
  double plane_row;                            ///< of a group of channels
  double load;                                 ///< a word of taps
  double output, narrow_output, lone_output;   ///< of 8 bits; less; of fewer than four columns
  double columns;                              ///< four of a channel
  double channel, weights, lane;  ///< more of it: for outputs in a word, channels in a byte
  double start;
};

struct OtherCosts {
  double add, add_pixel;                          ///< an output
  double average_word, average, average_channel;  ///< an input
  double most, most_part, most_word, most_pixel;  ///< a word compared; of outputs
  double start;
};

struct CostModel {
  ConvCosts conv;
  DepthwiseCosts depthwise;
  OtherCosts other;
};

/// As fitted to the kernels of a level.
[[nodiscard]] const CostModel& cost_model(unsigned level);

/// Cycles of a kernel on a tile, all cores, operands in L1: the cost model (README.md).
[[nodiscard]] std::uint64_t kernel_cycles(const Machine& machine, const KernelLayer& layer,
                                          const Tile& tile, std::uint32_t scratch_bytes);

/// The same by other coefficients.
[[nodiscard]] double kernel_cycles(const CostModel& model, const Machine& machine,
                                   const KernelLayer& layer, const Tile& tile,
                                   std::uint32_t scratch_bytes);

}  // namespace freebits::models
