// SPDX-License-Identifier: Apache-2.0
#include "freebits/tb/lockstep.hpp"

#include <fmt/format.h>

#include <cstring>
#include <vector>

#include "freebits/isa/disassemble.hpp"

namespace freebits::tb {
namespace {

constexpr std::size_t kHistory = 20;
constexpr std::uint32_t kMstatus = 0x300;
constexpr std::uint32_t kMie = 0x304;

/// One line per retired instruction: what it was and what it did.
std::string describe(const isa::Retired& r, std::uint64_t cycle) {
  std::string line =
      fmt::format("  cycle {:>8}  {:08x}  {:<32}", cycle, r.pc, isa::disassemble(r.insn, r.pc));
  if (r.rd != 0) line += fmt::format("  {}={:08x}", isa::register_name(r.rd), r.rd_value);
  if (r.rd2 != 0) line += fmt::format("  {}={:08x}", isa::register_name(r.rd2), r.rd2_value);
  if (r.mem_rmask != 0) line += fmt::format("  read [{:08x}]={:08x}", r.mem_addr, r.mem_rdata);
  if (r.mem_wmask != 0) line += fmt::format("  wrote [{:08x}]={:08x}", r.mem_addr, r.mem_wdata);
  if (r.trap) line += fmt::format("  trap -> {:08x}", r.next_pc);
  return line;
}

/// The fields in which the two differ, as "name: core X, model Y" lines.
std::string differences(const isa::Retired& rtl, const isa::Retired& model) {
  std::string text;
  const auto compare = [&text](std::string_view name, std::uint32_t got, std::uint32_t expected) {
    if (got != expected) {
      text += fmt::format("  {:<22} core {:08x}   model {:08x}\n", name, got, expected);
    }
  };
  const auto destination = [](std::uint8_t reg) {
    return reg == 0 ? std::string("none") : std::string(isa::register_name(reg));
  };
  compare("pc", rtl.pc, model.pc);
  compare("instruction word", rtl.insn, model.insn);
  compare("next pc", rtl.next_pc, model.next_pc);
  compare("trap", rtl.trap, model.trap);
  compare("first of a handler", rtl.intr, model.intr);
  if (rtl.rd != model.rd) {
    text += fmt::format("  destination            core {}   model {}\n", destination(rtl.rd),
                        destination(model.rd));
  } else {
    compare(fmt::format("register {}", destination(rtl.rd)), rtl.rd_value, model.rd_value);
  }
  if (rtl.rd2 != model.rd2) {
    text += fmt::format("  base register          core {}   model {}\n", destination(rtl.rd2),
                        destination(model.rd2));
  } else {
    compare(fmt::format("base register {}", destination(rtl.rd2)), rtl.rd2_value, model.rd2_value);
  }
  compare("memory address", rtl.mem_addr, model.mem_addr);
  compare("bytes read (mask)", rtl.mem_rmask, model.mem_rmask);
  compare("bytes written (mask)", rtl.mem_wmask, model.mem_wmask);
  compare("data read", rtl.mem_rdata, model.mem_rdata);
  compare("data written", rtl.mem_wdata, model.mem_wdata);
  return text;
}

bool is_csr_access(std::uint32_t insn) { return (insn & 0x7f) == 0x73 && (insn >> 12 & 3) != 0; }

}  // namespace

struct Lockstep::State {
  State(const SystemMemory& initial, const CoreOptions& options)
      : ram(initial), hart(memory, options.level, options.hart_id, options.boot_address) {
    for (SystemMemory::Region& r : ram.regions()) {
      memory.add_window(
          {r.base, static_cast<std::uint32_t>(r.bytes.size()), r.bytes.data(), r.writable});
    }
  }

  SystemMemory ram;
  isa::Memory memory;
  isa::Hart hart;
  struct Entry {
    isa::Retired retired;
    std::uint64_t cycle;
  };
  std::deque<Entry> history;
  /// Lines that were high at any time since the last retirement, and between that and the one
  /// before: an instruction that waits for its response retires after the core has decided to take
  /// an interrupt.
  std::uint32_t mip_seen = 0;
  std::uint32_t mip_seen_before = 0;
  std::uint32_t mip_now = 0;
};

Lockstep::Lockstep(const SystemMemory& initial, const CoreOptions& options)
    : state_(std::make_unique<State>(initial, options)) {}
Lockstep::~Lockstep() = default;

isa::Hart& Lockstep::hart() { return state_->hart; }

void Lockstep::set_interrupts(std::uint32_t mip) {
  state_->mip_now = mip;
  state_->mip_seen |= mip;
  state_->hart.set_interrupts(mip);
}

std::optional<std::string> Lockstep::retire(const isa::Retired& rtl,
                                            std::optional<std::uint32_t> interrupt,
                                            std::uint64_t cycle) {
  State& s = *state_;
  std::string complaint;
  if (interrupt) {
    const bool enabled = (s.hart.read_csr(kMstatus).value_or(0) >> 3 & 1) != 0;
    const bool pending =
        ((s.hart.read_csr(kMie).value_or(0) & (s.mip_seen | s.mip_seen_before)) >> *interrupt &
         1) != 0;
    if (!enabled || !pending) {
      complaint = fmt::format("  interrupt {} taken, but it was not {} in the model\n", *interrupt,
                              enabled ? "pending and enabled in mie" : "enabled in mstatus");
    }
    s.hart.take_interrupt(*interrupt);
  }
  isa::Retired model = s.hart.step();
  if (is_csr_access(rtl.insn) && model.insn == rtl.insn && model.rd == rtl.rd && !rtl.trap &&
      isa::csr_is_time_dependent(rtl.insn >> 20)) {
    model.rd_value = rtl.rd_value;
    s.hart.set_reg(rtl.rd, rtl.rd_value);
  }
  s.mip_seen_before = s.mip_seen;
  s.mip_seen = s.mip_now;
  s.history.push_back({rtl, cycle});
  if (s.history.size() > kHistory) s.history.pop_front();

  isa::Retired core = rtl;
  core.order = model.order;  // a core that was reset keeps counting from its own zero
  if (core == model && complaint.empty()) return std::nullopt;

  std::string report = fmt::format("core and reference model differ at pc {:08x}, cycle {}: {}\n",
                                   rtl.pc, cycle, isa::disassemble(rtl.insn, rtl.pc));
  if (model.insn != rtl.insn) {
    report += fmt::format("  the model executes {}\n", isa::disassemble(model.insn, model.pc));
  }
  report += complaint + differences(core, model);
  report += fmt::format("last {} retired instructions:\n", s.history.size());
  for (const State::Entry& entry : s.history) report += describe(entry.retired, entry.cycle) + "\n";
  return report;
}

std::optional<std::string> Lockstep::finish(const SystemMemory& memory) const {
  std::string report;
  unsigned shown = 0;
  const auto model = state_->ram.regions();
  const auto core = memory.regions();
  for (std::size_t i = 0; i < model.size() && i < core.size(); ++i) {
    const auto& expected = model[i].bytes;
    const auto& got = core[i].bytes;
    if (expected == got) continue;
    for (std::size_t at = 0; at + 4 <= got.size() && shown < 8; at += 4) {
      std::uint32_t g = 0;
      std::uint32_t e = 0;
      std::memcpy(&g, got.data() + at, 4);
      std::memcpy(&e, expected.data() + at, 4);
      if (g == e) continue;
      report += fmt::format("  memory [{:08x}]  core {:08x}   model {:08x}\n",
                            model[i].base + static_cast<std::uint32_t>(at), g, e);
      ++shown;
    }
  }
  if (report.empty()) return std::nullopt;
  return "memory differs at the end of the run:\n" + report;
}

void Lockstep::host_write(std::uint32_t address, std::uint32_t value) {
  state_->ram.write_word(address, value);
}

}  // namespace freebits::tb
