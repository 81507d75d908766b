// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tb/isa/level.hpp"
#include "tb/targets/target.hpp"

namespace freebits::random_cluster {

/// The ingredients: what a step of a program is.
enum class Kind : std::uint8_t {
  Phase,      ///< full barrier, new barrier teams
  Private,    ///< registers and memory of one core alone
  Jumps,      ///< … spread over many lines of code
  Sharing,    ///< each byte has an owner, its neighbours other ones
  Racing,     ///< loads and stores of all cores to the same few words
  Lock,       ///< test-and-set lock around a counter
  Mutex,      ///< the event unit's
  Barrier,    ///< a random team, some arrive without waiting
  Event,      ///< software event
  Interrupt,  ///< … that interrupts
  Timer,
  Dma,  ///< of the cluster, against accesses to the bytes in between
  L3Dma,
  Functions,  ///< code all cores share, more than the instruction cache holds
  Patch,      ///< code a core has just written for itself
  Foreign,    ///< code another core has just written
  Streams,    ///< Mac&Load operands out of racing memory
};
inline constexpr std::array<std::string_view, 17> kKindNames = {
    "phase",     "private", "jumps", "sharing", "racing",    "lock",  "mutex",   "barrier", "event",
    "interrupt", "timer",   "dma",   "l3 dma",  "functions", "patch", "foreign", "streams"};

/// One ingredient with its own random numbers: removing a step leaves the others as they are.
struct Step {
  Kind kind = Kind::Private;
  std::uint64_t seed = 0;
  std::uint32_t cores = 1;  ///< mask of those that take part
  unsigned slot = 0;        ///< memory of its own
};

/// A program for all cores: each runs its part of every step, in this order. No core ever waits for
/// a later step of another one, so none waits for ever.
struct Plan {
  isa::Level level = isa::Level::Rv32imc;
  unsigned cores = 1;
  std::uint64_t seed = 0;
  std::uint32_t index = 0;
  std::vector<Step> steps;
  tb::L2Parameters l2;
  tb::L3Parameters l3;
};

/// Depends on the arguments alone.
[[nodiscard]] Plan make_plan(isa::Level level, unsigned cores, std::uint64_t seed,
                             std::uint32_t index);

/// The cluster a plan runs on.
[[nodiscard]] tb::Target target_of(const Plan& plan);

/// A line per step.
[[nodiscard]] std::string describe(const Plan& plan);

}  // namespace freebits::random_cluster
