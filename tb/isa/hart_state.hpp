// SPDX-License-Identifier: Apache-2.0
// Architectural state of a hart and what instruction handlers (insn/*.cpp) may do to it.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "tb/isa/code_cache.hpp"
#include "tb/isa/counters.hpp"
#include "tb/isa/insn.hpp"
#include "tb/isa/level.hpp"
#include "tb/isa/memory.hpp"

namespace freebits::isa {

using u32 = std::uint32_t;
using i32 = std::int32_t;

enum class Cause : u32 {
  InstructionAccessFault = 1,
  IllegalInstruction = 2,
  Breakpoint = 3,
  LoadAccessFault = 5,
  StoreAccessFault = 7,
  EcallFromMachine = 11,
};

/// mstatus bits.
inline constexpr u32 kMie = 1u << 3;
inline constexpr u32 kMpie = 1u << 7;
inline constexpr u32 kMpp = 3u << 11;

/// One of the two hardware loops.
struct Loop {
  u32 start = 0;
  u32 end = 0;
  u32 count = 0;
};

/// The exception an instruction raised.
struct Trap {
  Cause cause = Cause::IllegalInstruction;
  u32 value = 0;
};

/// The last data access, in RVFI terms; masks 0 if there was none.
struct Access {
  u32 address = 0;
  std::uint8_t rmask = 0;
  std::uint8_t wmask = 0;
  u32 rdata = 0;
  u32 wdata = 0;
};

/// Address generator of one Mac&Load operand stream (rtl/README.md, "flexv").
struct Stream {
  u32 address = 0;
  u32 stride = 0;
  u32 rollback = 0;
  u32 skip = 0;  ///< CSR layout: [7:0] skip, [15:8] count
};

/// State of the freebits extensions, in the layout of their CSRs.
struct MixedState {
  u32 fmt = 0;
  u32 skip = 0;
  u32 slice = 0;
  Stream activations;
  Stream weights;
  std::array<u32, 2> act{};
  std::array<u32, 4> weight{};
};

struct HartState {
  HartState(Memory& memory_, Level level_, u32 hart_id_, u32 boot_address)
      : memory(&memory_), level(level_), hart_id(hart_id_), pc(boot_address) {}

  Memory* memory;
  Level level;
  u32 hart_id;

  std::array<u32, 32> x{};
  u32 pc;
  u32 next_pc = 0;  ///< where to go on, for Flow::Jump
  std::array<Loop, 2> loops{};
  Trap trap;
  Access access;

  u32 mstatus = kMpp;
  u32 mie = 0;
  u32 mip = 0;
  u32 mtvec = 0;
  u32 mscratch = 0;
  u32 mepc = 0;
  u32 mcause = 0;
  u32 mtval = 0;
  u32 quant = 0;  ///< CSR fbquant
  MixedState mixed;
  Counters counters;

  std::uint64_t order = 0;              ///< instructions executed
  std::uint64_t handler_entry = ~0ull;  ///< order of the first instruction of the last trap handler
  std::uint64_t stop_at = 0;            ///< run() looks up when order reaches this
  bool waiting = false;                 ///< the last instruction was wfi
  bool stop_requested = false;
  bool trap_loop = false;
  CodeCache code;

  /// Makes run() re-examine interrupts and stop conditions after this instruction.
  void attention() { stop_at = 0; }

  void write(unsigned rd, u32 value) {
    x[rd] = value;
    x[0] = 0;
  }

  Flow jump(u32 target) {
    next_pc = target;
    return Flow::Jump;
  }

  Flow raise(Cause cause, u32 value) {
    trap = {cause, value};
    return Flow::Trap;
  }

  /// Loads `Bytes` bytes, zero-extended. False: `trap` holds the access fault.
  template <unsigned Bytes>
  [[nodiscard]] bool load(u32 address, u32& value) {
    value = 0;
    if (const Memory::Window* w = memory->find(address, Bytes)) {
      std::memcpy(&value, w->data + (address - w->base), Bytes);
    } else if (!load_outside_windows(address, Bytes, value)) {
      return false;
    }
    access = {address, (1u << Bytes) - 1, 0, value, 0};
    ++counters.loads_and_stores;
    return true;
  }

  /// Stores the low `Bytes` bytes of `value`. False: `trap` holds the access fault.
  template <unsigned Bytes>
  [[nodiscard]] bool store(u32 address, u32 value) {
    if constexpr (Bytes < 4) value &= (1u << 8 * Bytes) - 1;
    const Memory::Window* w = memory->find(address, Bytes);
    if (w != nullptr && w->writable) {
      std::memcpy(w->data + (address - w->base), &value, Bytes);
    } else if (!store_outside_windows(address, Bytes, value)) {
      return false;
    }
    code.invalidate(address, Bytes);
    access = {address, 0, (1u << Bytes) - 1, 0, value};
    ++counters.loads_and_stores;
    return true;
  }

  // Accesses that are not wholly inside one window: one per aligned word, the lower first.
  bool load_outside_windows(u32 address, unsigned bytes, u32& value);
  bool store_outside_windows(u32 address, unsigned bytes, u32 value);

  /// Enters the handler of `trap`, raised by the instruction at pc.
  void take_trap();
  void take_interrupt(u32 cause);

  // csr_file.cpp; the CSR exists at this level.
  [[nodiscard]] u32 read_csr(u32 number) const;
  void write_csr(u32 number, u32 value);

 private:
  void enter_handler(u32 cause, u32 value, u32 handler);
};

}  // namespace freebits::isa
