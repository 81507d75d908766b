// SPDX-License-Identifier: Apache-2.0
#include "tb/core/retire_comparison.hpp"

#include <fmt/format.h>

#include "tb/isa/disassemble.hpp"

namespace freebits::tb {
namespace {

constexpr std::size_t kHistory = 20;

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

std::optional<std::string> RetireComparison::step(isa::Hart& hart, const isa::Retired& core,
                                                  std::uint64_t cycle,
                                                  const std::string& complaint) {
  isa::Retired model = hart.step();
  if (is_csr_access(core.insn) && model.insn == core.insn && model.rd == core.rd && !core.trap &&
      isa::csr_is_time_dependent(core.insn >> 20)) {
    model.rd_value = core.rd_value;
    hart.set_reg(core.rd, core.rd_value);
  }
  history_.push_back({core, cycle});
  if (history_.size() > kHistory) history_.pop_front();

  model.order = core.order;  // a core that was reset keeps counting from its own zero
  if (core == model && complaint.empty()) return std::nullopt;

  std::string report = fmt::format("core and reference model differ at pc {:08x}, cycle {}: {}\n",
                                   core.pc, cycle, isa::disassemble(core.insn, core.pc));
  if (model.insn != core.insn) {
    report += fmt::format("  the model executes {}\n", isa::disassemble(model.insn, model.pc));
  }
  report += complaint + differences(core, model);
  report += fmt::format("last {} retired instructions:\n", history_.size());
  for (const Entry& entry : history_) report += describe(entry.retired, entry.cycle) + "\n";
  return report;
}

}  // namespace freebits::tb
