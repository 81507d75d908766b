// SPDX-License-Identifier: Apache-2.0
#include "tb/isa/insn.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include "tb/isa/insn/handlers.hpp"

namespace freebits::isa {
namespace {

Flow illegal(HartState& h, const Insn& i) { return h.raise(Cause::IllegalInstruction, i.raw); }

Execute find_handler(const InsnSpec& spec) {
  for (const auto group :
       {base_handler, mul_div_handler, csr_handler, corev_mem_handler, corev_hwloop_handler,
        corev_bitmanip_handler, corev_alu_handler, corev_mac_handler, corev_simd_handler,
        subbyte_simd_handler, requant_handler, mixed_dotp_handler, mac_load_handler}) {
    if (const Execute handler = group(spec)) return handler;
  }
  throw std::logic_error("tb/isa: no handler for instruction " + std::string(spec.mnemonic));
}

/// Handlers in the order of instructions().
Execute handler_of(const InsnSpec& spec) {
  static const std::vector<Execute> handlers = [] {
    std::vector<Execute> all;
    for (const InsnSpec& row : instructions()) all.push_back(find_handler(row));
    return all;
  }();
  return handlers[static_cast<std::size_t>(&spec - instructions().data())];
}

}  // namespace

Insn make_insn(std::uint32_t raw, std::uint32_t pc, Level level) {
  Insn insn;
  insn.execute = illegal;
  insn.pc = pc;
  insn.raw = raw;
  insn.length = static_cast<std::uint8_t>(insn_length(raw));

  std::optional<std::uint32_t> word = raw;
  if (insn.length == 2) word = expand_compressed(static_cast<std::uint16_t>(raw));
  insn.spec = word ? decode(*word, level) : nullptr;
  if (insn.spec == nullptr) return insn;

  const Operands operands = extract_operands(*insn.spec, *word);
  insn.execute = handler_of(*insn.spec);
  insn.imm = operands.imm;
  insn.imm2 = static_cast<std::int16_t>(operands.imm2);
  insn.rd = operands.rd;
  insn.rs1 = operands.rs1;
  insn.rs2 = operands.rs2;
  insn.loop = operands.loop;
  insn.act = operands.act;
  insn.weight = operands.weight;
  insn.ld = operands.ld;
  return insn;
}

}  // namespace freebits::isa
