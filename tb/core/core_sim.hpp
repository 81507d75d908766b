// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "tb/core/accounting.hpp"
#include "tb/isa/level.hpp"
#include "tb/isa/retired.hpp"
#include "tb/memory/system_memory.hpp"

namespace freebits::tb {

struct CoreOptions {
  isa::Level level = isa::Level::FlexV;
  std::uint32_t boot_address = 0;
  std::uint32_t hart_id = 0;
  double stall_probability = 0;  ///< per cycle, that a grant or a response is withheld, 0 ... 0.95
  std::uint64_t stall_seed = 1;
  std::filesystem::path trace{};  ///< FST waveform file; empty: none (and no cost)
};

/// One Verilated fb_core with a simple memory: grants at once and answers one cycle later unless
/// stalls are asked for. Deterministic. Not thread-safe; several may run in several threads.
class CoreSim {
 public:
  /// `memory` is read and written by the core and must outlive it.
  CoreSim(SystemMemory& memory, const CoreOptions& options);
  ~CoreSim();
  CoreSim(const CoreSim&) = delete;
  CoreSim& operator=(const CoreSim&) = delete;

  /// Reset with other options (the trace stays as constructed); counters restart at 0.
  void reset(const CoreOptions& options);

  /// One clock cycle. The instruction that retired in it, or null; valid until the next call.
  const isa::Retired* step();

  /// Cause of the interrupt whose handler starts with the instruction step() just returned; nothing
  /// otherwise.
  [[nodiscard]] std::optional<std::uint32_t> interrupt() const;

  /// mcause and mtval of the instruction step() just returned, if it trapped.
  struct Trap {
    std::uint32_t cause = 0;
    std::uint32_t tval = 0;
  };
  [[nodiscard]] Trap trap() const;

  /// Level-sensitive interrupt lines, bits as in mip.
  void set_interrupts(std::uint32_t mip);

  /// Watches stores: after a cycle in which the core wrote into the aligned 8-byte block at
  /// `address`, take_stored() gives the word's address, once. Several blocks may be watched.
  void watch(std::uint32_t address);
  [[nodiscard]] std::optional<std::uint32_t> take_stored();

  [[nodiscard]] std::uint64_t cycles() const;
  [[nodiscard]] std::uint64_t instructions() const;  ///< retired, those that trapped included
  /// Data accesses granted so far: the order in which memory and the host saw them.
  [[nodiscard]] std::uint64_t data_accesses() const;
  [[nodiscard]] const Accounting& accounting() const;
  [[nodiscard]] bool sleeping() const;  ///< waits in wfi or cv.elw
  /// Requests that stand without grant or response now, for a watchdog's message.
  struct Waiting {
    std::optional<std::uint32_t> fetch, data;
  };
  [[nodiscard]] Waiting waiting() const;

  class Engine;  ///< the Verilated model behind it

 private:
  std::unique_ptr<Engine> engine_;
};

}  // namespace freebits::tb
