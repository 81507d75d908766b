// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tb/core/core_sim.hpp"
#include "tb/isa/hart.hpp"
#include "tb/isa/retired.hpp"
#include "tb/memory/system_memory.hpp"

namespace freebits::tb {

/// Runs the reference model beside a core and compares every retired instruction in every field.
///
///     Lockstep check(memory, options);  // copies the memory: construct before the first cycle
///     if (const isa::Retired* r = core.step()) {
///       if (auto report = check.retire(*r, core.interrupt(), core.cycles())) ...  // difference
///     }
///     check.finish(memory);  // compares memory, once data_accesses() has caught up
///
/// Values of time-dependent CSRs are copied from the core. The model takes interrupts when the core
/// takes them, and checks that they were pending and enabled.
class Lockstep {
 public:
  Lockstep(const SystemMemory& initial, const CoreOptions& options);
  ~Lockstep();

  /// Interrupt lines as the core sees them (they may have been withdrawn by the time a trap
  /// retires).
  void set_interrupts(std::uint32_t mip);

  /// `interrupt`: the interrupt whose handler starts with this instruction. Nothing, or the report
  /// of the first difference: instruction, differing fields, the last 20 instructions.
  [[nodiscard]] std::optional<std::string> retire(const isa::Retired& rtl,
                                                  std::optional<std::uint32_t> interrupt,
                                                  std::uint64_t cycle);

  /// The first memory words that differ, or nothing. Host writes still waiting are applied first.
  [[nodiscard]] std::optional<std::string> finish(const SystemMemory& memory);

  /// A host write (HTIF answers), mirrored into the model's memory where the core saw it: after its
  /// first `accesses` data accesses (CoreSim::data_accesses()), whenever those retire.
  void host_write(std::uint32_t address, std::uint32_t value, std::uint64_t accesses);

  /// Data accesses of the instructions retired so far: once they are as many as the core's,
  /// finish() compares like with like.
  [[nodiscard]] std::uint64_t data_accesses() const;

  [[nodiscard]] isa::Hart& hart();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace freebits::tb
