// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "program.hpp"
#include "tb/core/core_sim.hpp"
#include "tb/isa/hart.hpp"
#include "tb/isa/retired.hpp"

namespace freebits::random {

/// Is told of every retired instruction that core and model agreed on.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void start(const Program& program) = 0;
  /// After the instruction; `interrupt`: it is the first of this interrupt's handler.
  virtual void retired(const isa::Retired& retired, std::optional<std::uint32_t> interrupt,
                       const isa::Hart& model) = 0;
  virtual void finish(const tb::CoreSim& core) = 0;
};

struct RunResult {
  std::optional<std::string> failure;  ///< the report of the first difference
  std::uint64_t instructions = 0;      ///< retired, trapped ones included
  std::uint64_t cycles = 0;
  bool reached_end = false;  ///< else the budget was spent
};

/// What differs, without values: two reports of the same fault mostly share it.
[[nodiscard]] std::string failure_signature(const std::string& report);

/// Runs programs on the Verilated core and the reference model in lock step, one after the other.
class Runner {
 public:
  Runner();
  ~Runner();

  /// At most `budget` instructions. `observer` may be null.
  RunResult run(const Program& program, std::uint64_t budget, Observer* observer);

  /// The core's memory as the last program left it.
  [[nodiscard]] const tb::SystemMemory& memory() const { return memory_; }

 private:
  tb::SystemMemory memory_;
  std::unique_ptr<tb::CoreSim> core_;
};

}  // namespace freebits::random
