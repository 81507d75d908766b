// SPDX-License-Identifier: Apache-2.0
// Runs sw/programs/network.c on a cluster, step by step.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/stop.hpp"
#include "deploy/image/program.hpp"
#include "tb/cluster/cluster.hpp"

namespace freebits::profiler {

/// What all cores have done since the start of the program.
struct StepCounts {
  std::uint64_t cycles = 0, instructions = 0;
  tb::Accounting accounting{};
  std::vector<std::uint64_t> asleep;  ///< of each core: at a barrier or waiting for memory
};

/// Cycles between two counts in which no core had anything to do.
[[nodiscard]] std::uint64_t all_asleep(const StepCounts& before, const StepCounts& now);

class Execution {
 public:
  /// The layer of a step, for messages.
  using Where = std::function<std::string(std::size_t step)>;

  explicit Execution(tb::Cluster& cluster) : cluster_(cluster) {}

  /// From now on advance() and finish() throw Interrupted when `stop` is requested.
  void stop_with(StopToken stop) { stop_ = stop; }

  /// Loads a program made by link_network_program(), and its data.
  void load(const tb::Elf& program, std::span<const MemoryImage> images);
  void write(std::uint32_t address, std::span<const std::uint8_t> bytes);

  /// Runs until a step begins; `estimate`: cycles that the step before it should take. Throws Error
  /// if the program does not proceed.
  void advance(std::size_t step, std::uint64_t estimate, const Where& where);
  /// Runs to the end of the program, and checks that it exits with intact stacks.
  void finish(std::size_t steps, const Where& where);
  [[nodiscard]] StepCounts counts() const;

 private:
  void watch(std::uint32_t address);
  [[nodiscard]] std::uint32_t word(std::uint32_t address) const;
  [[nodiscard]] std::string last_words() const;
  [[noreturn]] void fail(std::size_t step, const Where& where) const;

  tb::Cluster& cluster_;
  StopToken stop_;
  std::set<std::uint32_t> watched_;
  std::uint32_t step_ = 0, tohost_ = 0;
};

}  // namespace freebits::profiler
