// SPDX-License-Identifier: Apache-2.0
#include "tb/runner/instruction_watch.hpp"

#include <fmt/format.h>

#include "tb/isa/decode.hpp"
#include "tb/isa/disassemble.hpp"

namespace freebits::tb {
namespace {

/// The 32-bit form.
std::uint32_t expanded(std::uint32_t insn) {
  if (isa::insn_length(insn) == 4) return insn;
  return isa::expand_compressed(static_cast<std::uint16_t>(insn)).value_or(0);
}

}  // namespace

void count(Events& events, const isa::Retired& r) {
  if (r.trap) {
    ++events.traps;
    return;
  }
  const unsigned length = isa::insn_length(r.insn);
  events.compressed += length == 2 ? 1 : 0;
  events.loads += r.mem_rmask != 0 ? 1 : 0;
  events.stores += r.mem_wmask != 0 ? 1 : 0;
  const std::uint32_t insn = expanded(r.insn);
  const std::uint32_t opcode = insn & 0x7f;
  const bool immediate_branch = opcode == 0x0b && (insn >> 13 & 3) == 3;
  if (opcode == 0x63 || immediate_branch) {
    ++events.branches;
    events.taken_branches += r.next_pc != r.pc + length ? 1 : 0;
  } else if (opcode == 0x6f || opcode == 0x67) {
    ++events.jumps;
  }
}

bool loops_for_ever(const isa::Retired& r) {
  if (r.trap || r.next_pc != r.pc) return false;
  const isa::InsnSpec* spec = isa::decode(expanded(r.insn), isa::Level::FlexV);
  return spec != nullptr && (spec->has(isa::kJump) || spec->has(isa::kBranch));
}

std::string endless_loop_message(const isa::Retired& r) {
  return fmt::format("endless loop at pc {:#010x}: {} with no interrupt to leave it", r.pc,
                     isa::disassemble(r.insn, r.pc));
}

}  // namespace freebits::tb
