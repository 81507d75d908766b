// SPDX-License-Identifier: Apache-2.0
#include "cli/exec/instruction_log.hpp"

#include <fmt/format.h>

#include <iterator>

#include "tb/isa/decode.hpp"
#include "tb/isa/disassemble.hpp"

namespace freebits::cli {

InstructionLog::InstructionLog(const std::string& file, bool with_core)
    : out_(file), with_core_(with_core) {
  out_.write(with_core ? "#   cycle  core        pc      insn  instruction\n"
                       : "#   cycle        pc      insn  instruction\n");
}

void InstructionLog::add(const isa::Retired& r, std::uint64_t cycle, unsigned core) {
  line_.clear();
  const auto to = std::back_inserter(line_);
  fmt::format_to(to, "{:>9}  ", cycle);
  if (with_core_) fmt::format_to(to, "{:>4}  ", core);
  fmt::format_to(to, "{:08x}  {:>8}  {:<36}", r.pc,
                 fmt::format("{:0{}x}", r.insn, 2 * isa::insn_length(r.insn)),
                 isa::disassemble(r.insn, r.pc));
  if (r.rd != 0) fmt::format_to(to, " {}={:08x}", isa::register_name(r.rd), r.rd_value);
  if (r.rd2 != 0) fmt::format_to(to, " {}={:08x}", isa::register_name(r.rd2), r.rd2_value);
  if (r.mem_rmask != 0) fmt::format_to(to, " [{:08x}]->{:08x}", r.mem_addr, r.mem_rdata);
  if (r.mem_wmask != 0) fmt::format_to(to, " [{:08x}]<-{:08x}", r.mem_addr, r.mem_wdata);
  if (r.trap) fmt::format_to(to, " trap->{:08x}", r.next_pc);
  line_.push_back('\n');
  out_.write(line_);
}

}  // namespace freebits::cli
