// SPDX-License-Identifier: Apache-2.0
// Assembly text as llvm-objdump 19 prints it.
#include "tb/isa/disassemble.hpp"

#include <array>
#include <cstdio>

#include "tb/isa/csr.hpp"
#include "tb/isa/decode.hpp"

namespace freebits::isa {
namespace {

constexpr std::array<const char*, 32> kNames = {"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                                "s0",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                                "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                                "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

std::string reg(unsigned index) { return kNames[index & 31]; }

std::string hex(std::uint32_t value) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%x", value);
  return text;
}

/// The parts one after the other.
template <typename... Parts>
std::string cat(const Parts&... parts) {
  std::string text;
  (text.append(parts), ...);
  return text;
}

/// The operands separated by commas.
template <typename... Rest>
std::string list(const std::string& first, const Rest&... rest) {
  std::string text = first;
  (text.append(", ").append(rest), ...);
  return text;
}

std::string imm(std::int32_t value) {
  const auto bits = static_cast<std::uint32_t>(value);
  return value < 0 ? cat("-", hex(0u - bits)) : hex(bits);
}

std::string target_of(const Operands& o, std::uint32_t pc) {
  return hex(pc + static_cast<std::uint32_t>(o.imm));
}

std::string csr(std::int32_t number) {
  const CsrSpec* spec = find_csr(static_cast<std::uint32_t>(number), Level::FlexV);
  return spec != nullptr ? std::string(spec->name) : hex(static_cast<std::uint32_t>(number));
}

std::string fence_set(std::uint32_t bits) {
  std::string text;
  for (unsigned i = 0; i < 4; ++i) {
    if ((bits >> (3 - i) & 1) != 0) text += "iorw"[i];
  }
  return text.empty() ? "0" : text;
}

/// Text after the mnemonic.
std::string operand_text(const InsnSpec& spec, const Operands& o, std::uint32_t pc) {
  const std::string rd = reg(o.rd);
  const std::string rs1 = reg(o.rs1);
  const std::string rs2 = reg(o.rs2);
  const std::string loop = std::to_string(o.loop);
  switch (spec.format) {
    case Format::None:
    case Format::Fence:
      return "";
    case Format::R:
      return list(rd, rs1, rs2);
    case Format::Unary:
      return list(rd, rs1);
    case Format::I:
    case Format::Uimm5:
    case Format::SimdSimm6:
    case Format::SimdUimm6:
      return list(rd, rs1, imm(o.imm));
    case Format::Jalr:
    case Format::Load:
      return list(rd, cat(imm(o.imm), "(", rs1, ")"));
    case Format::Store:
      return list(rs2, cat(imm(o.imm), "(", rs1, ")"));
    case Format::Branch:
      return list(rs1, rs2, target_of(o, pc));
    case Format::Upper:
      return list(rd, imm(o.imm));
    case Format::Jump:
      return list(rd, target_of(o, pc));
    case Format::Csr:
      return list(rd, csr(o.imm), rs1);
    case Format::CsrImm:
      return list(rd, csr(o.imm), imm(o.imm2));
    case Format::LoadPostImm:
      return list(rd, cat("(", rs1, ")"), imm(o.imm));
    case Format::LoadPostReg:
      return list(rd, cat("(", rs1, ")"), rs2);
    case Format::LoadReg:
      return list(rd, cat(rs2, "(", rs1, ")"));
    case Format::StorePostImm:
      return list(rs2, cat("(", rs1, ")"), imm(o.imm));
    case Format::StorePostReg:
      return list(rs2, cat("(", rs1, ")"), rd);
    case Format::StoreReg:
      return list(rs2, cat(rd, "(", rs1, ")"));
    case Format::BitField:
    case Format::BitReverse:
      return list(rd, rs1, imm(o.imm), imm(o.imm2));
    case Format::RShift:
    case Format::RLane:
      return list(rd, rs1, rs2, imm(o.imm));
    case Format::BranchImm:
      return list(rs1, imm(o.imm2), target_of(o, pc));
    case Format::LoopImm:
      return list(loop, imm(o.imm));
    case Format::LoopReg:
      return list(loop, rs1);
    case Format::LoopSetupImm:
      return list(loop, imm(o.imm), imm(o.imm2));
    case Format::LoopSetupReg:
      return list(loop, rs1, imm(o.imm));
    case Format::MacLoadWeight:
    case Format::MacLoadAct:
    case Format::MacLoadNone:
      return list(rd, std::to_string(o.act), std::to_string(o.weight), std::to_string(o.ld));
  }
  return "";
}

// The alias an operation prints as; empty if none applies.

std::string addi_alias(const Operands& o) {
  if (o.rd == 0 && o.rs1 == 0 && o.imm == 0) return "nop";
  if (o.rs1 == 0) return cat("li ", list(reg(o.rd), imm(o.imm)));
  if (o.imm == 0) return cat("mv ", list(reg(o.rd), reg(o.rs1)));
  return "";
}

std::string slt_alias(const Operands& o) {
  if (o.rs2 == 0) return cat("sltz ", list(reg(o.rd), reg(o.rs1)));
  if (o.rs1 == 0) return cat("sgtz ", list(reg(o.rd), reg(o.rs2)));
  return "";
}

std::string branch_alias(Op op, const Operands& o, std::uint32_t pc) {
  const std::string of_rs1 = list(reg(o.rs1), target_of(o, pc));
  const std::string of_rs2 = list(reg(o.rs2), target_of(o, pc));
  if (op == Op::Bge && o.rs1 == 0) return cat("blez ", of_rs2);
  if (o.rs2 == 0) {
    switch (op) {
      case Op::Beq:
        return cat("beqz ", of_rs1);
      case Op::Bne:
        return cat("bnez ", of_rs1);
      case Op::Blt:
        return cat("bltz ", of_rs1);
      case Op::Bge:
        return cat("bgez ", of_rs1);
      default:
        return "";
    }
  }
  return op == Op::Blt && o.rs1 == 0 ? cat("bgtz ", of_rs2) : "";
}

std::string jump_alias(const Operands& o, std::uint32_t pc) {
  if (o.rd == 0) return cat("j ", target_of(o, pc));
  if (o.rd == 1) return cat("jal ", target_of(o, pc));
  return "";
}

std::string jalr_alias(const Operands& o) {
  const std::string base = reg(o.rs1);
  const std::string where = o.imm == 0 ? base : cat(imm(o.imm), "(", base, ")");
  if (o.rd == 0) return o.rs1 == 1 && o.imm == 0 ? "ret" : cat("jr ", where);
  if (o.rd == 1) return cat("jalr ", where);
  return o.imm == 0 ? cat("jalr ", list(reg(o.rd), where)) : "";
}

std::string csr_read_alias(const Operands& o) {
  const std::string rd = reg(o.rd);
  switch (o.imm) {
    case 0xc00:
      return cat("rdcycle ", rd);
    case 0xc01:
      return cat("rdtime ", rd);
    case 0xc02:
      return cat("rdinstret ", rd);
    case 0xc80:
      return cat("rdcycleh ", rd);
    case 0xc81:
      return cat("rdtimeh ", rd);
    case 0xc82:
      return cat("rdinstreth ", rd);
    default:
      return cat("csrr ", list(rd, csr(o.imm)));
  }
}

std::string csr_alias(Op op, const Operands& o) {
  constexpr std::int32_t kCycle = 0xc00;
  if (op == Op::Csrrs && o.rs1 == 0) return csr_read_alias(o);
  if (o.rd != 0) return "";
  const std::string by_register = list(csr(o.imm), reg(o.rs1));
  const std::string by_immediate = list(csr(o.imm), imm(o.imm2));
  switch (op) {
    case Op::Csrrw:
      return o.imm == kCycle && o.rs1 == 0 ? "unimp" : cat("csrw ", by_register);
    case Op::Csrrs:
      return cat("csrs ", by_register);
    case Op::Csrrc:
      return cat("csrc ", by_register);
    case Op::Csrrwi:
      return cat("csrwi ", by_immediate);
    case Op::Csrrsi:
      return cat("csrsi ", by_immediate);
    default:
      return cat("csrci ", by_immediate);
  }
}

std::string fence_text(const Operands& o) {
  constexpr std::int32_t kTso = 0x833;
  const auto bits = static_cast<std::uint32_t>(o.imm);
  if (o.imm == kTso) return "fence.tso";
  if ((bits & 0xff) == 0xff) return "fence";
  return cat("fence ", list(fence_set(bits >> 4 & 15), fence_set(bits & 15)));
}

/// cv.mulsn and its kin drop a shift by 0.
std::string mul_alias(const char* name, const Operands& o) {
  return o.imm == 0 ? cat(name, list(reg(o.rd), reg(o.rs1), reg(o.rs2))) : "";
}

std::string alias(const InsnSpec& spec, const Operands& o, std::uint32_t pc) {
  switch (spec.op) {
    case Op::Addi:
      return addi_alias(o);
    case Op::Xori:
      return o.imm == -1 ? cat("not ", list(reg(o.rd), reg(o.rs1))) : "";
    case Op::Sltiu:
      return o.imm == 1 ? cat("seqz ", list(reg(o.rd), reg(o.rs1))) : "";
    case Op::Sub:
      return o.rs1 == 0 ? cat("neg ", list(reg(o.rd), reg(o.rs2))) : "";
    case Op::Sltu:
      return o.rs1 == 0 ? cat("snez ", list(reg(o.rd), reg(o.rs2))) : "";
    case Op::Slt:
      return slt_alias(o);
    case Op::Jal:
      return jump_alias(o, pc);
    case Op::Jalr:
      return jalr_alias(o);
    case Op::Fence:
      return fence_text(o);
    case Op::CvMulsn:
      return mul_alias("cv.muls ", o);
    case Op::CvMulhhsn:
      return mul_alias("cv.mulhhs ", o);
    case Op::CvMulun:
      return mul_alias("cv.mulu ", o);
    case Op::CvMulhhun:
      return mul_alias("cv.mulhhu ", o);
    default:
      break;
  }
  if (spec.format == Format::Branch) return branch_alias(spec.op, o, pc);
  if (spec.has(kCsr)) return csr_alias(spec.op, o);
  return "";
}

}  // namespace

const char* register_name(unsigned index) { return kNames[index & 31]; }

std::string disassemble(std::uint32_t insn, std::uint32_t pc) {
  constexpr const char* kUnknown = "<unknown>";
  if (insn == 0) return "unimp";
  std::uint32_t word = insn;
  if (insn_length(insn) == 2) {
    const auto expanded = expand_compressed(static_cast<std::uint16_t>(insn));
    if (!expanded) return kUnknown;
    // c.mv expands to add, which has an alias only here.
    if ((insn & 0xf003) == 0x8002 && (insn >> 2 & 31) != 0) {
      return cat("mv ", list(reg(insn >> 7), reg(insn >> 2)));
    }
    word = *expanded;
  }
  const InsnSpec* spec = decode(word, Level::FlexV);
  if (spec == nullptr) return kUnknown;
  const Operands operands = extract_operands(*spec, word);
  if (std::string text = alias(*spec, operands, pc); !text.empty()) return text;
  const std::string text = operand_text(*spec, operands, pc);
  return text.empty() ? std::string(spec->mnemonic) : cat(spec->mnemonic, " ", text);
}

}  // namespace freebits::isa
