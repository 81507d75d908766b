// SPDX-License-Identifier: Apache-2.0
// CORE-V without SIMD: XCVmem, XCVelw, XCVhwlp, XCVbitmanip, XCValu, XCVbi, XCVmac (CV32E40P v2
// user manual, chapter "CORE-V Instruction Set Extensions").
#include "tb/isa/table/table.hpp"

namespace freebits::isa::table {
namespace {

constexpr std::uint32_t kCustom0 = 0x0b;
constexpr std::uint32_t kCustom1 = 0x2b;
constexpr std::uint32_t kCustom2 = 0x5b;

constexpr InsnSpec row(std::string_view mnemonic, Format format, Op op, std::uint32_t match,
                       std::uint32_t mask, std::uint16_t extra_traits = 0) {
  return {.mnemonic = mnemonic,
          .match = match,
          .mask = mask,
          .level = Level::XpulpV2,
          .format = format,
          .op = op,
          .traits = static_cast<std::uint16_t>(format_traits(format) | extra_traits)};
}

// custom-0: 12-bit immediate, told apart by funct3.
constexpr InsnSpec row0(std::string_view mnemonic, Format format, Op op, std::uint32_t funct3) {
  return row(mnemonic, format, op, funct3 << 12 | kCustom0, 0x0000707f);
}

// custom-1, funct3 011: register forms, told apart by funct7.
constexpr InsnSpec row1(std::string_view mnemonic, Format format, Op op, std::uint32_t funct7,
                        std::uint16_t extra_traits = 0) {
  const std::uint32_t mask = format == Format::Unary ? 0xfff0707f : 0xfe00707f;
  return row(mnemonic, format, op, funct7 << 25 | 3 << 12 | kCustom1, mask, extra_traits);
}

// custom-1, funct3 100: hardware loops, told apart by insn[11:8].
constexpr InsnSpec row_loop(std::string_view mnemonic, Format format, Op op, std::uint32_t funct4) {
  std::uint32_t mask = 0x00007f7f;
  if (format == Format::LoopImm) mask |= 0x000f8000;
  if (format == Format::LoopReg) mask |= 0xfff00000;
  return row(mnemonic, format, op, funct4 << 8 | 4 << 12 | kCustom1, mask);
}

// custom-2: two 5-bit amounts or three registers and one amount, told apart by funct2 and funct3.
constexpr InsnSpec row2(std::string_view mnemonic, Format format, Op op, std::uint32_t funct2,
                        std::uint32_t funct3, std::uint16_t extra_traits = 0) {
  return row(mnemonic, format, op, funct2 << 30 | funct3 << 12 | kCustom2, 0xc000707f,
             extra_traits);
}

// clang-format off
constexpr InsnSpec kRows[] = {
    // XCVmem
    row0("cv.lb",  Format::LoadPostImm,  Op::CvLb,  0),
    row0("cv.lh",  Format::LoadPostImm,  Op::CvLh,  1),
    row0("cv.lw",  Format::LoadPostImm,  Op::CvLw,  2),
    row0("cv.elw", Format::Load,         Op::CvElw, 3),
    row0("cv.lbu", Format::LoadPostImm,  Op::CvLbu, 4),
    row0("cv.lhu", Format::LoadPostImm,  Op::CvLhu, 5),
    row1("cv.lb",  Format::LoadPostReg,  Op::CvLb,  0x00),
    row1("cv.lh",  Format::LoadPostReg,  Op::CvLh,  0x01),
    row1("cv.lw",  Format::LoadPostReg,  Op::CvLw,  0x02),
    row1("cv.lbu", Format::LoadPostReg,  Op::CvLbu, 0x08),
    row1("cv.lhu", Format::LoadPostReg,  Op::CvLhu, 0x09),
    row1("cv.lb",  Format::LoadReg,      Op::CvLb,  0x04),
    row1("cv.lh",  Format::LoadReg,      Op::CvLh,  0x05),
    row1("cv.lw",  Format::LoadReg,      Op::CvLw,  0x06),
    row1("cv.lbu", Format::LoadReg,      Op::CvLbu, 0x0c),
    row1("cv.lhu", Format::LoadReg,      Op::CvLhu, 0x0d),
    row("cv.sb",   Format::StorePostImm, Op::CvSb,  0x0000002b, 0x0000707f),
    row("cv.sh",   Format::StorePostImm, Op::CvSh,  0x0000102b, 0x0000707f),
    row("cv.sw",   Format::StorePostImm, Op::CvSw,  0x0000202b, 0x0000707f),
    row1("cv.sb",  Format::StorePostReg, Op::CvSb,  0x10),
    row1("cv.sh",  Format::StorePostReg, Op::CvSh,  0x11),
    row1("cv.sw",  Format::StorePostReg, Op::CvSw,  0x12),
    row1("cv.sb",  Format::StoreReg,     Op::CvSb,  0x14),
    row1("cv.sh",  Format::StoreReg,     Op::CvSh,  0x15),
    row1("cv.sw",  Format::StoreReg,     Op::CvSw,  0x16),

    // XCVhwlp
    row_loop("cv.starti", Format::LoopImm,      Op::CvStarti, 0),
    row_loop("cv.start",  Format::LoopReg,      Op::CvStart,  1),
    row_loop("cv.endi",   Format::LoopImm,      Op::CvEndi,   2),
    row_loop("cv.end",    Format::LoopReg,      Op::CvEnd,    3),
    row_loop("cv.counti", Format::LoopImm,      Op::CvCounti, 4),
    row_loop("cv.count",  Format::LoopReg,      Op::CvCount,  5),
    row_loop("cv.setupi", Format::LoopSetupImm, Op::CvSetupi, 6),
    row_loop("cv.setup",  Format::LoopSetupReg, Op::CvSetup,  7),

    // XCVbitmanip
    row2("cv.extract",   Format::BitField, Op::CvExtract,  0, 0),
    row2("cv.extractu",  Format::BitField, Op::CvExtractu, 1, 0),
    row2("cv.insert",    Format::BitField, Op::CvInsert,   2, 0, kReadsRd),
    row2("cv.bclr",      Format::BitField, Op::CvBclr,     0, 1),
    row2("cv.bset",      Format::BitField, Op::CvBset,     1, 1),
    row("cv.bitrev",     Format::BitReverse, Op::CvBitrev, 0xc000105b, 0xf800707f),
    row1("cv.extractr",  Format::R,     Op::CvExtractr,  0x18),
    row1("cv.extractur", Format::R,     Op::CvExtractur, 0x19),
    row1("cv.insertr",   Format::R,     Op::CvInsertr,   0x1a, kReadsRd),
    row1("cv.bclrr",     Format::R,     Op::CvBclrr,     0x1c),
    row1("cv.bsetr",     Format::R,     Op::CvBsetr,     0x1d),
    row1("cv.ror",       Format::R,     Op::CvRor,       0x20),
    row1("cv.ff1",       Format::Unary, Op::CvFf1,       0x21),
    row1("cv.fl1",       Format::Unary, Op::CvFl1,       0x22),
    row1("cv.clb",       Format::Unary, Op::CvClb,       0x23),
    row1("cv.cnt",       Format::Unary, Op::CvCnt,       0x24),

    // XCValu
    row1("cv.abs",    Format::Unary, Op::CvAbs,    0x28),
    row1("cv.slet",   Format::R,     Op::CvSlet,   0x29),
    row1("cv.sletu",  Format::R,     Op::CvSletu,  0x2a),
    row1("cv.min",    Format::R,     Op::CvMin,    0x2b),
    row1("cv.minu",   Format::R,     Op::CvMinu,   0x2c),
    row1("cv.max",    Format::R,     Op::CvMax,    0x2d),
    row1("cv.maxu",   Format::R,     Op::CvMaxu,   0x2e),
    row1("cv.exths",  Format::Unary, Op::CvExths,  0x30),
    row1("cv.exthz",  Format::Unary, Op::CvExthz,  0x31),
    row1("cv.extbs",  Format::Unary, Op::CvExtbs,  0x32),
    row1("cv.extbz",  Format::Unary, Op::CvExtbz,  0x33),
    row1("cv.clip",   Format::Uimm5, Op::CvClip,   0x38),
    row1("cv.clipu",  Format::Uimm5, Op::CvClipu,  0x39),
    row1("cv.clipr",  Format::R,     Op::CvClipr,  0x3a),
    row1("cv.clipur", Format::R,     Op::CvClipur, 0x3b),
    row2("cv.addn",   Format::RShift, Op::CvAddn,   0, 2),
    row2("cv.addun",  Format::RShift, Op::CvAddun,  1, 2),
    row2("cv.addrn",  Format::RShift, Op::CvAddrn,  2, 2),
    row2("cv.addurn", Format::RShift, Op::CvAddurn, 3, 2),
    row2("cv.subn",   Format::RShift, Op::CvSubn,   0, 3),
    row2("cv.subun",  Format::RShift, Op::CvSubun,  1, 3),
    row2("cv.subrn",  Format::RShift, Op::CvSubrn,  2, 3),
    row2("cv.suburn", Format::RShift, Op::CvSuburn, 3, 3),
    row1("cv.addnr",   Format::R, Op::CvAddnr,   0x40, kReadsRd),
    row1("cv.addunr",  Format::R, Op::CvAddunr,  0x41, kReadsRd),
    row1("cv.addrnr",  Format::R, Op::CvAddrnr,  0x42, kReadsRd),
    row1("cv.addurnr", Format::R, Op::CvAddurnr, 0x43, kReadsRd),
    row1("cv.subnr",   Format::R, Op::CvSubnr,   0x44, kReadsRd),
    row1("cv.subunr",  Format::R, Op::CvSubunr,  0x45, kReadsRd),
    row1("cv.subrnr",  Format::R, Op::CvSubrnr,  0x46, kReadsRd),
    row1("cv.suburnr", Format::R, Op::CvSuburnr, 0x47, kReadsRd),

    // XCVbi
    row0("cv.beqimm", Format::BranchImm, Op::CvBeqimm, 6),
    row0("cv.bneimm", Format::BranchImm, Op::CvBneimm, 7),

    // XCVmac
    row1("cv.mac", Format::R, Op::CvMac, 0x48, kReadsRd),
    row1("cv.msu", Format::R, Op::CvMsu, 0x49, kReadsRd),
    row2("cv.mulsn",    Format::RShift, Op::CvMulsn,    0, 4),
    row2("cv.mulhhsn",  Format::RShift, Op::CvMulhhsn,  1, 4),
    row2("cv.mulsrn",   Format::RShift, Op::CvMulsrn,   2, 4),
    row2("cv.mulhhsrn", Format::RShift, Op::CvMulhhsrn, 3, 4),
    row2("cv.mulun",    Format::RShift, Op::CvMulun,    0, 5),
    row2("cv.mulhhun",  Format::RShift, Op::CvMulhhun,  1, 5),
    row2("cv.mulurn",   Format::RShift, Op::CvMulurn,   2, 5),
    row2("cv.mulhhurn", Format::RShift, Op::CvMulhhurn, 3, 5),
    row2("cv.macsn",    Format::RShift, Op::CvMacsn,    0, 6, kReadsRd),
    row2("cv.machhsn",  Format::RShift, Op::CvMachhsn,  1, 6, kReadsRd),
    row2("cv.macsrn",   Format::RShift, Op::CvMacsrn,   2, 6, kReadsRd),
    row2("cv.machhsrn", Format::RShift, Op::CvMachhsrn, 3, 6, kReadsRd),
    row2("cv.macun",    Format::RShift, Op::CvMacun,    0, 7, kReadsRd),
    row2("cv.machhun",  Format::RShift, Op::CvMachhun,  1, 7, kReadsRd),
    row2("cv.macurn",   Format::RShift, Op::CvMacurn,   2, 7, kReadsRd),
    row2("cv.machhurn", Format::RShift, Op::CvMachhurn, 3, 7, kReadsRd),
};
// clang-format on

}  // namespace

std::span<const InsnSpec> corev() { return kRows; }

}  // namespace freebits::isa::table
