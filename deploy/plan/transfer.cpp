// SPDX-License-Identifier: Apache-2.0
#include "deploy/plan/stream_timeline.hpp"
#include "deploy/plan/tiling.hpp"

namespace freebits::models {
namespace {

// The cluster's DMA (rtl/cluster/fb_dma.sv), the same in every target: bytes a cycle, and cycles
// from a transfer's start to its end besides those of its rows.
constexpr std::uint64_t kDmaBytesPerCycle = 8, kDmaLatency = 24;

}  // namespace

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
