// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace freebits::tb {

/// What a clock cycle of a core was spent on (fb_core_pkg::activity_e, refined by fb_activity).
enum class Activity : std::uint8_t {
  Executing,
  LoadStall,
  Jump,
  BankConflict,
  IcacheMiss,
  MemoryWait,
  Barrier,
  Idle
};

/// Names as in the JSON documents.
inline constexpr std::array<std::string_view, 8> kActivityNames = {
    "executing",   "load_stall",  "jump",    "bank_conflict",
    "icache_miss", "memory_wait", "barrier", "idle"};

/// Cycles per activity; they add up to the cycles simulated.
using Accounting = std::array<std::uint64_t, kActivityNames.size()>;

}  // namespace freebits::tb
