// SPDX-License-Identifier: Apache-2.0
// The instruction loop. step() and run() execute the same handlers; step() also reports.
#include "tb/isa/hart.hpp"

#include <array>
#include <bit>

#include "tb/isa/csr.hpp"
#include "tb/isa/hart_state.hpp"

namespace freebits::isa {
namespace {

/// Fetches the instruction at pc, 16-bit ones zero-extended. False: `trap` holds the instruction
/// access fault.
bool fetch(HartState& h, u32& raw) {
  std::uint16_t low = 0;
  std::uint16_t high = 0;
  if (!h.memory->fetch(h.pc, low)) {
    h.raise(Cause::InstructionAccessFault, h.pc);
    return false;
  }
  if (insn_length(low) == 4 && !h.memory->fetch(h.pc + 2, high)) {
    h.raise(Cause::InstructionAccessFault, h.pc + 2);
    return false;
  }
  raw = u32{high} << 16 | low;
  return true;
}

/// The decoded instruction at pc, from memory; null if the fetch faults.
const Insn* fetch_and_decode(HartState& h) {
  u32 raw = 0;
  if (!fetch(h, raw)) return nullptr;
  Insn& insn = h.code.slot(h.pc);
  if (insn.pc != h.pc || insn.raw != raw) h.code.insert(make_insn(raw, h.pc, h.level));
  return &insn;
}

/// Where execution goes on after the instruction that ends at `npc` (docs/isa.md, "Hardware
/// loops").
u32 after_loops(HartState& h, u32 npc) {
  for (Loop& loop : h.loops) {
    if (npc == loop.end && loop.count != 0) {
      if (loop.count-- > 1) return loop.start;
    }
  }
  return npc;
}

/// Moves on from an executed instruction (null: its fetch faulted).
void finish(HartState& h, const Insn* insn, Flow flow) {
  switch (flow) {
    case Flow::Next:
      h.pc = after_loops(h, h.pc + insn->length);
      break;
    case Flow::Jump:
      h.pc = h.next_pc;
      break;
    case Flow::Trap:
      h.take_trap();
      break;
  }
  ++h.order;
}

/// The destination registers and the access of an instruction that did not trap.
void report_effects(const HartState& h, const Insn& insn, Retired& report) {
  if (insn.spec->has(kWritesRd) && insn.rd != 0) {
    report.rd = insn.rd;
    report.rd_value = h.x[insn.rd];
  }
  // A post-increment load into its own base register writes the data only.
  if (insn.spec->has(kWritesRs1) && insn.rs1 != 0 && insn.rs1 != report.rd) {
    report.rd2 = insn.rs1;
    report.rd2_value = h.x[insn.rs1];
  }
  report.mem_addr = h.access.address;
  report.mem_rmask = h.access.rmask;
  report.mem_wmask = h.access.wmask;
  report.mem_rdata = h.access.rdata;
  report.mem_wdata = h.access.wdata;
}

std::optional<u32> pending(const HartState& h) {
  const u32 lines = h.mip & h.mie;
  if ((h.mstatus & kMie) == 0 || lines == 0) return std::nullopt;
  if (const u32 fast = lines >> 16; fast != 0)
    return 31 - static_cast<u32>(std::countl_zero(lines));
  for (const u32 cause : {11u, 3u, 7u}) {
    if ((lines >> cause & 1) != 0) return cause;
  }
  return std::nullopt;
}

bool asleep(const HartState& h) { return h.waiting && (h.mip & h.mie) == 0; }

/// Why run() must not go on now, if it must not.
std::optional<StopReason> stop_reason(const HartState& h, std::uint64_t limit) {
  if (h.stop_requested) return StopReason::Requested;
  if (h.trap_loop) return StopReason::TrapLoop;
  if (asleep(h)) return StopReason::WaitingForInterrupt;
  if (pending(h)) return StopReason::InterruptPending;
  if (h.order >= limit) return StopReason::Limit;
  return std::nullopt;
}

}  // namespace

Hart::Hart(Memory& memory, Level level, std::uint32_t hart_id, std::uint32_t boot_address)
    : state_(std::make_unique<HartState>(memory, level, hart_id, boot_address)) {}
Hart::~Hart() = default;
Hart::Hart(Hart&&) noexcept = default;
Hart& Hart::operator=(Hart&&) noexcept = default;

Retired Hart::step() {
  HartState& h = *state_;
  Retired report;
  report.order = h.order;
  report.pc = h.pc;
  report.intr = h.handler_entry == h.order;
  h.waiting = false;
  h.access = {};

  const Insn* insn = fetch_and_decode(h);
  const Flow flow = insn != nullptr ? insn->execute(h, *insn) : Flow::Trap;
  report.insn = insn != nullptr ? insn->raw : 0;
  report.trap = flow == Flow::Trap;
  if (!report.trap) report_effects(h, *insn, report);
  finish(h, insn, flow);
  report.next_pc = h.pc;
  return report;
}

RunResult Hart::run(std::uint64_t max_instructions) {
  HartState& h = *state_;
  const std::uint64_t first = h.order;
  const std::uint64_t limit = first + max_instructions;
  h.stop_requested = false;
  h.trap_loop = false;
  for (;;) {
    if (const auto reason = stop_reason(h, limit)) return {h.order - first, *reason};
    h.waiting = false;
    h.stop_at = limit;
    while (h.order < h.stop_at) {
      const Insn* insn = &h.code.slot(h.pc);
      if (insn->pc != h.pc) insn = fetch_and_decode(h);
      finish(h, insn, insn != nullptr ? insn->execute(h, *insn) : Flow::Trap);
    }
  }
}

void Hart::request_stop() {
  state_->stop_requested = true;
  state_->attention();
}

void Hart::take_interrupt(std::uint32_t cause) { state_->take_interrupt(cause); }

void Hart::set_interrupts(std::uint32_t mip) {
  constexpr u32 kInterruptBits = 0xffff0888;
  state_->mip = mip & kInterruptBits;
  state_->attention();
}

std::optional<std::uint32_t> Hart::pending_interrupt() const { return pending(*state_); }
bool Hart::waiting_for_interrupt() const { return asleep(*state_); }

std::uint32_t Hart::pc() const { return state_->pc; }
void Hart::set_pc(std::uint32_t pc) { state_->pc = pc & ~1u; }
std::uint32_t Hart::reg(unsigned index) const { return state_->x.at(index); }

void Hart::set_reg(unsigned index, std::uint32_t value) {
  if (index != 0) state_->x.at(index) = value;
}

std::optional<std::uint32_t> Hart::read_csr(std::uint32_t number) const {
  if (find_csr(number, state_->level) == nullptr) return std::nullopt;
  return state_->read_csr(number);
}

bool Hart::write_csr(std::uint32_t number, std::uint32_t value) {
  const CsrSpec* spec = find_csr(number, state_->level);
  if (spec == nullptr || spec->read_only()) return false;
  state_->write_csr(number, value);
  return true;
}

std::uint64_t Hart::order() const { return state_->order; }
Level Hart::level() const { return state_->level; }
void Hart::invalidate_code() { state_->code.clear(); }

}  // namespace freebits::isa
