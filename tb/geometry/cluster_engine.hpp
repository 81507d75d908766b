// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tb/core/accounting.hpp"
#include "tb/geometry/cycle_view.hpp"
#include "tb/memory/outside.hpp"

namespace freebits::tb {

/// Straps of fb_cluster, taken over at reset.
struct EngineStraps {
  std::uint8_t isa_level = 0;
  std::uint32_t boot_address = 0;
  std::uint32_t l2_bytes = 0;
  std::uint32_t l3_bytes = 0;
};

/// Where a core stands: registers read by name, outside the inner loop.
struct CoreState {
  /// What it waits for in the event unit.
  enum class Wait : std::uint8_t { None, Event, Barrier, Mutex };
  enum class Place : std::uint8_t { None, L1, EventUnit, Peripherals, Outside };

  bool asleep = false;
  Activity activity{};
  Wait wait = Wait::None;
  std::uint32_t index = 0;      ///< barrier or mutex waited for
  std::uint32_t mask = 0;       ///< of events
  std::uint32_t irq_mask = 0;   ///< of events
  std::uint32_t team = 0;       ///< Barrier: cores that take part
  std::uint32_t arrived = 0;    ///< Barrier: … that have arrived
  std::uint32_t owner = 0;      ///< Mutex: one-hot
  Place place = Place::None;    ///< fb_core_demux::place_e: of the data access in flight
  bool data_requested = false;  ///< a data request stands
  std::uint32_t data_address = 0;
  std::uint32_t fetch_address = 0;  ///< of the fetch in flight, or the last one
  std::uint32_t pc = 0;             ///< of the instruction in EX, or the last one there
};

/// Takes or gives the bytes of a state, in order.
class StateBytes {
 public:
  virtual ~StateBytes() = default;
  virtual void next(void* bytes, std::size_t count) = 0;
};

/// What Cluster needs from a Verilated geometry: the seam to the shared object. Plain data and
/// virtual calls only, so that each side may be built by its own compiler.
class ClusterEngine {
 public:
  virtual ~ClusterEngine() = default;

  virtual void reset(const EngineStraps& straps) = 0;
  /// As Cluster::run. `outside` is called in cycle order; it may set stop_requested.
  virtual ClusterStop run(std::uint64_t until, Outside& outside, ClusterObserver* observer) = 0;
  /// The words of an L1 bank.
  [[nodiscard]] virtual std::uint32_t* bank(unsigned index) = 0;
  [[nodiscard]] virtual CoreState state(unsigned core) = 0;
  /// All state between two runs. No waveforms.
  virtual void save(StateBytes& to) = 0;
  virtual void restore(StateBytes& from) = 0;
  [[nodiscard]] virtual CoreStatistics statistics(unsigned core) const = 0;
  /// As Cluster::set_registers.
  virtual bool set_registers(unsigned core, std::span<const std::uint32_t, 32> x,
                             std::uint32_t pc) = 0;

  std::uint64_t cycles = 0;
  bool stop_requested = false;  ///< run() ends after this cycle with Stop::Stored
};

/// The one symbol a geometry exports. `trace` is the path of the FST file (Traced only).
using MakeClusterEngine = ClusterEngine* (*)(const char* trace, std::uint64_t trace_from,
                                             std::uint64_t trace_to);
inline constexpr const char* kMakeClusterEngine = "freebits_make_cluster_engine";

}  // namespace freebits::tb
