// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>

#include "assembler.hpp"
#include "tb/core/core_sim.hpp"
#include "tb/memory/system_memory.hpp"

namespace freebits::test {

inline constexpr std::uint32_t kCode = 0x1000;
inline constexpr std::uint32_t kData = 0x10000;

/// Registers as every measured sequence finds them, written long before it starts.
///   x8 = kData, x9 = kData + 64, x10 = 7, x11 = 9, x12 = -5, x13 = 100 (a trip count), x14 = 7
inline void set_up_registers(Program& p) {
  p.li(8, kData).li(9, kData + 64).li(10, 7).li(11, 9).li(12, ~4U).li(13, 100).li(14, 7);
}

/// Runs `program` from kCode until the instruction at label "end" has retired: cycles from the
/// retirement of the instruction at "begin" to that of "end", less the one cycle "end" takes
/// itself. 0: "end" was never reached.
inline std::uint64_t measure(const Program& program) {
  tb::SystemMemory memory;
  memory.add_region(0, 0x8000);
  memory.add_region(kData, 0x8000);
  memory.write(kCode, program.bytes());
  tb::CoreOptions options;
  options.boot_address = kCode;
  tb::CoreSim core(memory, options);
  std::uint64_t begin = 0;
  while (core.cycles() < 100'000) {
    const isa::Retired* retired = core.step();
    if (retired == nullptr) continue;
    if (retired->pc == program.address("begin")) begin = core.cycles();
    if (retired->pc == program.address("end")) return core.cycles() - begin - 1;
  }
  ADD_FAILURE() << "the end of the sequence was not reached";
  return 0;
}

/// Cycles of the instructions `body` appends, between two nops on word boundaries. `before` is put
/// ahead of the first.
inline std::uint64_t cost(
    const std::function<void(Program&)>& body,
    const std::function<void(Program&)>& before = [](Program&) {}) {
  Program p(kCode);
  set_up_registers(p);
  before(p);
  p.nop(8).label("begin").nop();
  body(p);
  p.label("end").nop(12);
  return measure(p);
}

}  // namespace freebits::test
