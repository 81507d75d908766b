// SPDX-License-Identifier: Apache-2.0
#include "tb/runner/trap_watch.hpp"

#include <fmt/format.h>

#include "tb/isa/disassemble.hpp"

namespace freebits::tb {
namespace {

constexpr std::uint32_t kMret = 0x30200073;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15;
  return hash ^ hash >> 29;
}

/// Everything an instruction does to the state of the core and its memory.
std::uint64_t mix(std::uint64_t hash, const isa::Retired& r) {
  hash = mix(hash, std::uint64_t{r.pc} << 32 | r.next_pc);
  hash = mix(hash, std::uint64_t{r.rd_value} << 32 | r.rd2_value);
  return mix(hash, std::uint64_t{r.mem_addr} << 32 | (r.mem_wmask != 0 ? r.mem_wdata : 0));
}

}  // namespace

std::string_view trap_cause_name(std::uint32_t cause) {
  switch (cause) {
    case 1:
      return "instruction access fault";
    case 2:
      return "illegal instruction";
    case 3:
      return "breakpoint";
    case 5:
      return "load access fault";
    case 7:
      return "store access fault";
    case 11:
      return "environment call";
    default:
      return "trap";
  }
}

bool TrapWatch::retired(const isa::Retired& r, CoreSim::Trap trap) {
  if (!r.trap) {
    if (depth_ == 0) return false;
    if (r.insn == kMret) {
      *this = {};
    } else {
      effects_ = mix(effects_, r);
    }
    return false;
  }
  effects_ = mix(mix(effects_, r), std::uint64_t{trap.cause} << 32 | trap.tval);
  const bool seen =
      depth_ > 1 && (effects_ == earlier_effects_[0] || effects_ == earlier_effects_[1]);
  const bool same = last_ && last_->retired.pc == r.pc && last_->trap.cause == trap.cause;
  if (last_ && !seen && !same) before_ = last_;
  settled_ = seen ? settled_ + 1 : 0;
  rounds_ = same ? rounds_ + 1 : 0;
  earlier_effects_ = {effects_, earlier_effects_[0]};
  effects_ = 0;
  last_ = Entry{r, trap};
  ++depth_;
  return r.pc == r.next_pc || settled_ >= kSettled || rounds_ >= kRounds;
}

std::string TrapWatch::describe(const Entry& entry) {
  const isa::Retired& r = entry.retired;
  const std::string text =
      entry.trap.cause == 1 ? "" : ": " + isa::disassemble(r.insn, r.pc);  // nothing was fetched
  return fmt::format("{} (mcause {}, mtval {:#010x}) at pc {:#010x}{}",
                     trap_cause_name(entry.trap.cause), entry.trap.cause, entry.trap.tval, r.pc,
                     text);
}

std::string TrapWatch::message() const {
  const std::uint32_t handler = last_->retired.next_pc;
  if (last_->retired.pc == handler) {
    return fmt::format("{}; no trap handler at {:#010x}", describe(before_ ? *before_ : *last_),
                       handler);
  }
  if (!before_) {
    return fmt::format("trap loop: {}; the handler at {:#010x} leads there again, for ever",
                       describe(*last_), handler);
  }
  return fmt::format("{}; trap loop: its handler at {:#010x} traps itself, for ever: {}",
                     describe(*before_), handler, describe(*last_));
}

}  // namespace freebits::tb
