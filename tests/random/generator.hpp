// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "goals.hpp"
#include "program.hpp"

namespace freebits::random {

/// Makes random programs. A program depends on level, kind, seed and index alone. Consecutive
/// programs work through the list of goals in a shuffled order, so that every goal comes up
/// equally often, in ever new surroundings.
class Generator {
 public:
  enum class Kind : std::uint8_t {
    Machine,  ///< machine mode: traps, interrupts, CSRs
    User,     ///< Linux user mode, RV32IMC: for qemu-riscv32
  };

  Generator(isa::Level level, std::uint64_t seed, Kind kind = Kind::Machine);

  [[nodiscard]] Program generate(std::uint32_t index) const;
  [[nodiscard]] std::size_t goal_count() const { return goals_.size(); }

 private:
  isa::Level level_;
  std::uint64_t seed_;
  Kind kind_;
  std::vector<Goal> goals_;  ///< shuffled
};

}  // namespace freebits::random
