// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "tb/isa/level.hpp"
#include "tb/isa/memory.hpp"
#include "tb/isa/retired.hpp"

namespace freebits::isa {

struct HartState;

/// Why Hart::run() returned.
enum class StopReason : std::uint8_t {
  Limit,                ///< max_instructions executed
  Requested,            ///< request_stop() was called, for example by a device
  WaitingForInterrupt,  ///< in wfi with nothing pending
  InterruptPending,     ///< an enabled interrupt waits for take_interrupt()
  TrapLoop,  ///< the first instruction of the trap handler traps to itself: nothing will ever
             ///< change
};

struct RunResult {
  std::uint64_t instructions = 0;  ///< executed, those that trapped included
  StopReason reason = StopReason::Limit;
};

/// One core, functionally: the instruction set of docs/isa.md without time. Registers and counters
/// are 0 after construction. Interrupts are only ever taken by take_interrupt(): a lock-step caller
/// says when, a simulator asks pending_interrupt(). Not thread-safe; several harts may share a
/// Memory within one thread.
class Hart {
 public:
  Hart(Memory& memory, Level level, std::uint32_t hart_id, std::uint32_t boot_address);
  ~Hart();
  Hart(Hart&&) noexcept;
  Hart& operator=(Hart&&) noexcept;

  /// Executes one instruction, or takes the exception it raises, and reports it. A hart waiting in
  /// wfi goes on.
  Retired step();

  /// The same as step() many times, without reports: tens of millions of instructions per second.
  RunResult run(std::uint64_t max_instructions);

  /// Makes a run() in progress return after the current instruction; without one, has no effect.
  void request_stop();

  /// Enters the handler of interrupt `cause` (3, 7, 11, 16 ... 31): mepc is the next pc, the next
  /// step() has intr set.
  void take_interrupt(std::uint32_t cause);

  /// Sets all interrupt lines: mip bits 3, 7, 11, 16 ... 31.
  void set_interrupts(std::uint32_t mip);

  /// Cause of the interrupt that would be taken now: pending, enabled in mie and mstatus, of the
  /// highest priority.
  [[nodiscard]] std::optional<std::uint32_t> pending_interrupt() const;

  /// True after a wfi while mip & mie is 0.
  [[nodiscard]] bool waiting_for_interrupt() const;

  [[nodiscard]] std::uint32_t pc() const;
  void set_pc(std::uint32_t pc);
  [[nodiscard]] std::uint32_t reg(unsigned index) const;
  void set_reg(unsigned index, std::uint32_t value);  ///< writes to x0 are ignored

  /// Value of a CSR, as a csrr would see it now; nothing if it does not exist at this level.
  [[nodiscard]] std::optional<std::uint32_t> read_csr(std::uint32_t number) const;

  /// What a csrw does between instructions; false if it does not exist or is read-only.
  bool write_csr(std::uint32_t number, std::uint32_t value);

  /// Instructions executed since construction, those that trapped included (the next
  /// Retired::order).
  [[nodiscard]] std::uint64_t order() const;
  [[nodiscard]] Level level() const;

  /// Forgets decoded instructions: call after anyone but this hart has written code.
  void invalidate_code();

 private:
  std::unique_ptr<HartState> state_;
};

/// True for CSRs whose value depends on time, which a functional model cannot know: mcycle(h),
/// mhpmcounter*, cycle(h), hpmcounter* and mip. A lock-step caller copies their read values from
/// the RTL.
[[nodiscard]] bool csr_is_time_dependent(std::uint32_t number);

}  // namespace freebits::isa
