// SPDX-License-Identifier: Apache-2.0
#include "deploy/plan/stream_timeline.hpp"
#include "deploy/plan/tiling.hpp"

namespace freebits::models {

std::uint64_t transfer_cycles(const Machine& machine, std::uint64_t bytes, std::uint32_t row_bytes,
                              Outside where) {
  const std::uint64_t rows = (bytes + row_bytes - 1) / row_bytes;
  if (where == Outside::L3) {
    return static_cast<std::uint64_t>(static_cast<double>(rows) *
                                      stream_cycles(machine, row_bytes));
  }
  const auto of_row = static_cast<std::uint64_t>((row_bytes + machine.dma_bytes_per_cycle - 1) /
                                                 machine.dma_bytes_per_cycle);
  return machine.dma_latency + rows * of_row;
}

}  // namespace freebits::models
