// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace freebits::models {

/// What deployment knows of a chip: room for a network's data behind the program's own, addresses.
struct Machine {
  unsigned level = 4;  ///< ISA level, as in sw/: 0 rv32imc … 4 flexv
  unsigned cores = 8;
  std::uint32_t l1_begin = 0, l1_end = 0;
  std::uint32_t l2_begin = 0, l2_end = 0;
  std::uint32_t l3_begin = 0, l3_end = 0;  ///< equal: the chip has none
  std::uint32_t step_slots = 0;            ///< of two steps, in L1 (freebits/network_program.h)
  // Speeds, for the cost model only; those of the cluster's DMA are not a target's to choose.
  double l3_bytes_per_cycle = 1;
  unsigned l3_latency = 100, l3_burst_bytes = 512, l3_burst_setup = 12;
};

}  // namespace freebits::models
