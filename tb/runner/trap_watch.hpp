// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tb/core/core_sim.hpp"
#include "tb/isa/retired.hpp"

namespace freebits::tb {

[[nodiscard]] std::string_view trap_cause_name(std::uint32_t cause);

/// Sees every retired instruction of one core, and finds out when the core can only trap any more:
/// there is no handler, or the handler itself traps before it returns, for ever.
class TrapWatch {
 public:
  /// `trap`: cause and value, if the instruction trapped. True when the program is lost.
  bool retired(const isa::Retired& r, CoreSim::Trap trap);

  /// More traps without a return than a program that recovers has.
  [[nodiscard]] bool suspicious() const { return depth_ >= kSuspicious; }

  /// Why the program failed: the trap before the handler went wrong, and where the handler traps.
  [[nodiscard]] std::string message() const;

 private:
  static constexpr unsigned kSuspicious = 16;
  /// Rounds from trap to trap with the same effects (a round may be one of two that alternate, as
  /// with a swapped stack pointer): the state repeats, so it always will.
  static constexpr unsigned kSettled = 8;
  /// Rounds through the same trap whose effects differ: a stack pointer that falls for ever. Far
  /// beyond programs that leave their handler by other means than mret.
  static constexpr unsigned kRounds = 20'000;

  struct Entry {
    isa::Retired retired;
    CoreSim::Trap trap;
  };
  static std::string describe(const Entry& entry);

  std::uint64_t depth_ = 0;  ///< traps since the last mret
  std::uint64_t effects_ = 0;
  std::array<std::uint64_t, 2> earlier_effects_{};
  unsigned settled_ = 0;
  unsigned rounds_ = 0;
  std::optional<Entry> last_;
  std::optional<Entry> before_;  ///< the last trap that was another one
};

}  // namespace freebits::tb
