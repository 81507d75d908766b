// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "tb/core/accounting.hpp"
#include "tb/isa/retired.hpp"
#include "tb/memory/outside.hpp"

namespace freebits::tb {

/// A granted data access, in the cycle of its grant: the order in which memory sees them.
struct BusAccess {
  unsigned master = 0;  ///< core; cores(), cores() + 1: the DMA's two L1 ports
  bool write = false;
  std::uint8_t byte_enable = 0;
  std::uint32_t address = 0;  ///< of an aligned word
  std::uint32_t data = 0;     ///< of a write
};

/// What one clock cycle of an observed cluster shows. Everything is valid during the call only.
struct CycleView {
  std::uint64_t cycle = 0;
  std::span<const Activity> activity;            ///< per core
  std::span<const isa::Retired* const> retired;  ///< per core; null: none
  std::span<const std::optional<std::uint32_t>>
      interrupt;                        ///< per core: cause, if the instruction starts its handler
  std::span<const BusAccess> accesses;  ///< granted in this cycle
  std::uint32_t tcdm_conflicts = 0;     ///< mask of masters whose L1 request was not granted
  bool dma_busy = false;
  std::optional<OutsideRequest> outside_request;  ///< taken in this cycle
  OutsideDelivery outside_delivery;               ///< reaching the cluster in this cycle
};

/// Sees every cycle of an observed cluster, after its clock edge. Returning false stops the run
/// after this cycle.
class ClusterObserver {
 public:
  virtual ~ClusterObserver() = default;
  virtual bool cycle(const CycleView& view) = 0;
};

/// Which compiled model is used: the plain one is the fastest and shows no single instruction.
enum class Visibility { Plain, Observed, Traced };

struct CoreStatistics {
  std::uint64_t instructions = 0;  ///< retired without a trap
  Accounting accounting{};         ///< adds up to the cluster's cycles
};

/// Why a run of a cluster ended: at its limit of cycles, at a store into a watched block, because
/// the observer wanted it, or because every core sleeps and nothing is left that could wake one.
enum class ClusterStop { Limit, Stored, Observer, AllAsleep };

}  // namespace freebits::tb
