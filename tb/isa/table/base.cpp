// SPDX-License-Identifier: Apache-2.0
// RV32IM, Zicsr, Zifencei and the machine-mode instructions (RISC-V Unprivileged ISA, chapter
// "RV32/64G Instruction Set Listings"; Privileged ISA).
#include "tb/isa/table/table.hpp"

namespace freebits::isa::table {
namespace {

constexpr InsnSpec row(std::string_view mnemonic, Format format, Op op, std::uint32_t match,
                       std::uint32_t mask, std::uint16_t extra_traits = 0) {
  return {.mnemonic = mnemonic,
          .match = match,
          .mask = mask,
          .level = Level::Rv32imc,
          .format = format,
          .op = op,
          .traits = static_cast<std::uint16_t>(format_traits(format) | extra_traits)};
}

// clang-format off
constexpr InsnSpec kRows[] = {
    row("lui",    Format::Upper,  Op::Lui,    0x00000037, 0x0000007f),
    row("auipc",  Format::Upper,  Op::Auipc,  0x00000017, 0x0000007f),
    row("jal",    Format::Jump,   Op::Jal,    0x0000006f, 0x0000007f),
    row("jalr",   Format::Jalr,   Op::Jalr,   0x00000067, 0x0000707f),
    row("beq",    Format::Branch, Op::Beq,    0x00000063, 0x0000707f),
    row("bne",    Format::Branch, Op::Bne,    0x00001063, 0x0000707f),
    row("blt",    Format::Branch, Op::Blt,    0x00004063, 0x0000707f),
    row("bge",    Format::Branch, Op::Bge,    0x00005063, 0x0000707f),
    row("bltu",   Format::Branch, Op::Bltu,   0x00006063, 0x0000707f),
    row("bgeu",   Format::Branch, Op::Bgeu,   0x00007063, 0x0000707f),
    row("lb",     Format::Load,   Op::Lb,     0x00000003, 0x0000707f),
    row("lh",     Format::Load,   Op::Lh,     0x00001003, 0x0000707f),
    row("lw",     Format::Load,   Op::Lw,     0x00002003, 0x0000707f),
    row("lbu",    Format::Load,   Op::Lbu,    0x00004003, 0x0000707f),
    row("lhu",    Format::Load,   Op::Lhu,    0x00005003, 0x0000707f),
    row("sb",     Format::Store,  Op::Sb,     0x00000023, 0x0000707f),
    row("sh",     Format::Store,  Op::Sh,     0x00001023, 0x0000707f),
    row("sw",     Format::Store,  Op::Sw,     0x00002023, 0x0000707f),
    row("addi",   Format::I,      Op::Addi,   0x00000013, 0x0000707f),
    row("slti",   Format::I,      Op::Slti,   0x00002013, 0x0000707f),
    row("sltiu",  Format::I,      Op::Sltiu,  0x00003013, 0x0000707f),
    row("xori",   Format::I,      Op::Xori,   0x00004013, 0x0000707f),
    row("ori",    Format::I,      Op::Ori,    0x00006013, 0x0000707f),
    row("andi",   Format::I,      Op::Andi,   0x00007013, 0x0000707f),
    row("slli",   Format::Uimm5,  Op::Slli,   0x00001013, 0xfe00707f),
    row("srli",   Format::Uimm5,  Op::Srli,   0x00005013, 0xfe00707f),
    row("srai",   Format::Uimm5,  Op::Srai,   0x40005013, 0xfe00707f),
    row("add",    Format::R,      Op::Add,    0x00000033, 0xfe00707f),
    row("sub",    Format::R,      Op::Sub,    0x40000033, 0xfe00707f),
    row("sll",    Format::R,      Op::Sll,    0x00001033, 0xfe00707f),
    row("slt",    Format::R,      Op::Slt,    0x00002033, 0xfe00707f),
    row("sltu",   Format::R,      Op::Sltu,   0x00003033, 0xfe00707f),
    row("xor",    Format::R,      Op::Xor,    0x00004033, 0xfe00707f),
    row("srl",    Format::R,      Op::Srl,    0x00005033, 0xfe00707f),
    row("sra",    Format::R,      Op::Sra,    0x40005033, 0xfe00707f),
    row("or",     Format::R,      Op::Or,     0x00006033, 0xfe00707f),
    row("and",    Format::R,      Op::And,    0x00007033, 0xfe00707f),
    row("fence",  Format::Fence,  Op::Fence,  0x0000000f, 0x0000707f),
    row("fence.i", Format::Fence, Op::FenceI, 0x0000100f, 0x0000707f),
    row("ecall",  Format::None,   Op::Ecall,  0x00000073, 0xffffffff),
    row("ebreak", Format::None,   Op::Ebreak, 0x00100073, 0xffffffff),
    row("mret",   Format::None,   Op::Mret,   0x30200073, 0xffffffff, kJump),
    row("wfi",    Format::None,   Op::Wfi,    0x10500073, 0xffffffff),
    row("csrrw",  Format::Csr,    Op::Csrrw,  0x00001073, 0x0000707f),
    row("csrrs",  Format::Csr,    Op::Csrrs,  0x00002073, 0x0000707f),
    row("csrrc",  Format::Csr,    Op::Csrrc,  0x00003073, 0x0000707f),
    row("csrrwi", Format::CsrImm, Op::Csrrwi, 0x00005073, 0x0000707f),
    row("csrrsi", Format::CsrImm, Op::Csrrsi, 0x00006073, 0x0000707f),
    row("csrrci", Format::CsrImm, Op::Csrrci, 0x00007073, 0x0000707f),
    row("mul",    Format::R,      Op::Mul,    0x02000033, 0xfe00707f),
    row("mulh",   Format::R,      Op::Mulh,   0x02001033, 0xfe00707f),
    row("mulhsu", Format::R,      Op::Mulhsu, 0x02002033, 0xfe00707f),
    row("mulhu",  Format::R,      Op::Mulhu,  0x02003033, 0xfe00707f),
    row("div",    Format::R,      Op::Div,    0x02004033, 0xfe00707f),
    row("divu",   Format::R,      Op::Divu,   0x02005033, 0xfe00707f),
    row("rem",    Format::R,      Op::Rem,    0x02006033, 0xfe00707f),
    row("remu",   Format::R,      Op::Remu,   0x02007033, 0xfe00707f),
};
// clang-format on

}  // namespace

std::span<const InsnSpec> base() { return kRows; }

}  // namespace freebits::isa::table
