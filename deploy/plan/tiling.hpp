// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "deploy/kernels/cost_model.hpp"
#include "deploy/kernels/layer.hpp"

namespace freebits::models {

/// How a layer is cut into tiles.
struct Tiling {
  unsigned rows = 0, channels = 0;  ///< of a tile; those at the end may be smaller
  bool channels_first = false;      ///< all rows of some channels before the next channels
  std::uint32_t scratch_bytes = 0;  ///< of a core
  std::uint64_t cycles = 0;         ///< of the layer, by the cost model
};

/// Beside kernel and transfers: a barrier, transfers started, the kernel called.
inline constexpr std::uint64_t kStepCycles = 120;

enum class Outside : std::uint8_t { L2, L3 };

/// Cycles of a DMA transfer of `bytes` between L1 and outside, in rows of `row_bytes`. L3's channel
/// waits for its latency at every row.
[[nodiscard]] std::uint64_t transfer_cycles(const Machine& machine, std::uint64_t bytes,
                                            std::uint32_t row_bytes, Outside where = Outside::L2);

/// Where the tensors of a layer are.
struct TensorsOutside {
  Outside input = Outside::L2, second = Outside::L2, output = Outside::L2;
};

/// Bytes of L1 with which a layer just fits.
[[nodiscard]] std::uint32_t least_l1_bytes(const Machine& machine, const KernelLayer& layer);

/// The fastest tiling by the cost model that fits L1, the next tile's operands beside this one's
/// where there are several. Throws Error naming the layer, the bytes its smallest
/// tile needs, and those there are.
[[nodiscard]] Tiling choose_tiling(const Machine& machine, const KernelLayer& layer,
                                   const TensorsOutside& tensors = {});

/// The tiles in their order.
[[nodiscard]] std::vector<Tile> tiles(const KernelLayer& layer, const Tiling& tiling);

}  // namespace freebits::models
