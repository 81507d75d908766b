// SPDX-License-Identifier: Apache-2.0
#include "tb/isa/hart_state.hpp"

namespace freebits::isa {
namespace {

/// The parts of an access in the aligned word it starts in and in the next one.
struct Split {
  Split(u32 address, unsigned bytes) {
    const unsigned room = 4 - (address & 3);
    low_bytes = bytes < room ? bytes : room;
    high_bytes = bytes - low_bytes;
    high_address = address + low_bytes;
  }

  unsigned low_bytes;
  unsigned high_bytes;
  u32 high_address;
};

}  // namespace

bool HartState::load_outside_windows(u32 address, unsigned bytes, u32& value) {
  const Split split(address, bytes);
  if (!memory->load(address, split.low_bytes, value)) {
    raise(Cause::LoadAccessFault, address);
    return false;
  }
  if (split.high_bytes == 0) return true;
  u32 high = 0;
  if (!memory->load(split.high_address, split.high_bytes, high)) {
    raise(Cause::LoadAccessFault, split.high_address);
    return false;
  }
  value |= high << 8 * split.low_bytes;
  return true;
}

bool HartState::store_outside_windows(u32 address, unsigned bytes, u32 value) {
  const Split split(address, bytes);
  const u32 low_mask = split.low_bytes == 4 ? ~0u : (1u << 8 * split.low_bytes) - 1;
  if (!memory->store(address, split.low_bytes, value & low_mask)) {
    raise(Cause::StoreAccessFault, address);
    return false;
  }
  if (split.high_bytes == 0) return true;
  code.invalidate(address, split.low_bytes);
  if (!memory->store(split.high_address, split.high_bytes, value >> 8 * split.low_bytes)) {
    raise(Cause::StoreAccessFault, split.high_address);
    return false;
  }
  return true;
}

void HartState::enter_handler(u32 cause, u32 value, u32 handler) {
  mepc = pc;
  mcause = cause;
  mtval = value;
  mstatus = kMpp | ((mstatus & kMie) != 0 ? kMpie : 0);
  pc = handler;
  attention();
}

void HartState::take_trap() {
  const u32 handler = mtvec & ~3u;
  if (handler_entry == order && pc == handler) trap_loop = true;
  enter_handler(static_cast<u32>(trap.cause), trap.value, handler);
  ++counters.traps;
  handler_entry = order + 1;
}

void HartState::take_interrupt(u32 cause) {
  const u32 vector = (mtvec & 1) != 0 ? 4 * cause : 0;
  enter_handler(1u << 31 | cause, 0, (mtvec & ~3u) + vector);
  waiting = false;
  handler_entry = order;
}

}  // namespace freebits::isa
