// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "tb/core/core_sim.hpp"
#include "tb/isa/retired.hpp"
#include "tb/memory/system_memory.hpp"
#include "tb/program/elf.hpp"

namespace freebits::tb {

/// How a program is run.
struct RunOptions {
  CoreOptions core;                          ///< boot_address is taken from the ELF
  bool model = false;                        ///< the reference model instead of the RTL
  bool check = false;                        ///< RTL and model in lock step
  std::uint64_t max_cycles = 1'000'000'000;  ///< instructions with `model`
  std::function<void(std::string_view)> console;
  /// Called for every retired instruction with the cycle (with `model`: the instruction's index);
  /// empty = faster.
  std::function<void(const isa::Retired&, std::uint64_t)> on_retire;
  /// Called often.
  std::function<void(std::uint64_t cycles)> on_progress;
  const std::atomic<bool>* interrupted = nullptr;  ///< when set: stop
};

enum class Outcome {
  Exited,
  Diverged,
  CycleLimit,
  EndlessLoop,
  NoTrapHandler,
  Stuck,
  Asleep,
  Interrupted,
  Stopped  ///< an observer of a cluster ended the run
};

/// Events counted from the retire stream.
struct Events {
  std::uint64_t compressed = 0, loads = 0, stores = 0, branches = 0, taken_branches = 0, jumps = 0,
                traps = 0;
};

struct RunResult {
  Outcome outcome = Outcome::Exited;
  std::uint32_t exit_code = 0;  ///< of the program, when it exited
  std::string message;          ///< otherwise: what happened, where (Diverged: the whole report)
  std::uint64_t cycles = 0;     ///< 0 with `model`
  std::uint64_t instructions = 0;
  Accounting accounting{};
  Events events;
};

/// Whether the program contains a call of RISC-V semihosting. Its exit can only be seen by a run
/// that observes every instruction.
[[nodiscard]] bool uses_semihosting(const Elf& elf);

/// Loads the program and runs it to its end.
[[nodiscard]] RunResult run_program(const Elf& elf, SystemMemory& memory,
                                    const RunOptions& options);

}  // namespace freebits::tb
