// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "tb/isa/level.hpp"

namespace freebits::isa {

/// What an instruction does. Variants that differ only in lane width or in where operand 2 comes
/// from share one Op and are told apart by InsnSpec::lane and InsnSpec::source2.
// clang-format off
enum class Op : std::uint8_t {
  // RV32I, Zicsr, Zifencei, machine mode
  Lui, Auipc, Jal, Jalr, Beq, Bne, Blt, Bge, Bltu, Bgeu, Lb, Lh, Lw, Lbu, Lhu, Sb, Sh, Sw,
  Addi, Slti, Sltiu, Xori, Ori, Andi, Slli, Srli, Srai,
  Add, Sub, Sll, Slt, Sltu, Xor, Srl, Sra, Or, And,
  Fence, FenceI, Ecall, Ebreak, Mret, Wfi, Csrrw, Csrrs, Csrrc, Csrrwi, Csrrsi, Csrrci,
  // M
  Mul, Mulh, Mulhsu, Mulhu, Div, Divu, Rem, Remu,
  // XCVmem, XCVelw: one Op per access, the addressing form is the Format
  CvLb, CvLh, CvLw, CvLbu, CvLhu, CvSb, CvSh, CvSw, CvElw,
  // XCVhwlp
  CvStarti, CvStart, CvEndi, CvEnd, CvCounti, CvCount, CvSetupi, CvSetup,
  // XCVbitmanip
  CvExtract, CvExtractu, CvInsert, CvBclr, CvBset, CvExtractr, CvExtractur, CvInsertr,
  CvBclrr, CvBsetr,
  CvRor, CvFf1, CvFl1, CvClb, CvCnt, CvBitrev,
  // XCValu, XCVbi
  CvAbs, CvSlet, CvSletu, CvMin, CvMinu, CvMax, CvMaxu, CvExths, CvExthz, CvExtbs, CvExtbz,
  CvClip, CvClipu, CvClipr, CvClipur,
  CvAddn, CvAddun, CvAddrn, CvAddurn, CvSubn, CvSubun, CvSubrn, CvSuburn,
  CvAddnr, CvAddunr, CvAddrnr, CvAddurnr, CvSubnr, CvSubunr, CvSubrnr, CvSuburnr,
  CvBeqimm, CvBneimm,
  // XCVmac
  CvMac, CvMsu,
  CvMulun, CvMulhhun, CvMulsn, CvMulhhsn, CvMulurn, CvMulhhurn, CvMulsrn, CvMulhhsrn,
  CvMacun, CvMachhun, CvMacsn, CvMachhsn, CvMacurn, CvMachhurn, CvMacsrn, CvMachhsrn,
  // XCVsimd and xpulpnn (lane, source2)
  SimdAdd, SimdSub, SimdAvg, SimdAvgu, SimdMin, SimdMinu, SimdMax, SimdMaxu,
  SimdSrl, SimdSra, SimdSll, SimdOr, SimdXor, SimdAnd, SimdAbs,
  SimdCmpeq, SimdCmpne, SimdCmpgt, SimdCmpge, SimdCmplt, SimdCmple,
  SimdCmpgtu, SimdCmpgeu, SimdCmpltu, SimdCmpleu,
  SimdDotup, SimdDotusp, SimdDotsp, SimdSdotup, SimdSdotusp, SimdSdotsp,
  SimdExtract, SimdExtractu, SimdInsert, SimdShuffle, SimdShuffle2,
  SimdShuffleI0, SimdShuffleI1, SimdShuffleI2, SimdShuffleI3,
  CvPack, CvPackH, CvPackhiB, CvPackloB,
  CvCplxmulR, CvCplxmulRDiv2, CvCplxmulRDiv4, CvCplxmulRDiv8,
  CvCplxmulI, CvCplxmulIDiv2, CvCplxmulIDiv4, CvCplxmulIDiv8, CvCplxconj,
  CvSubrotmj, CvSubrotmjDiv2, CvSubrotmjDiv4, CvSubrotmjDiv8,
  CvAddDiv2, CvAddDiv4, CvAddDiv8, CvSubDiv2, CvSubDiv4, CvSubDiv8,
  // xpulpnn: requantization
  FbScale, FbQnt,
  // mixed
  MixedDotup, MixedDotusp, MixedDotsp, MixedSdotup, MixedSdotusp, MixedSdotsp,
  // flexv: one Op per signedness, what is loaded is the Format
  MlDotup, MlDotusp, MlDotsp, MlSdotup, MlSdotusp, MlSdotsp,
};
// clang-format on

/// Which operands an instruction has and where they stand in its 32 bits.
enum class Format : std::uint8_t {
  None,           ///< no operands
  R,              ///< rd, rs1, rs2
  Unary,          ///< rd, rs1
  I,              ///< rd, rs1, imm (12 bits signed)
  Uimm5,          ///< rd, rs1, imm (5 bits): shifts, cv.clip
  Jalr,           ///< rd, imm(rs1)
  Load,           ///< rd, imm(rs1)
  Store,          ///< rs2, imm(rs1)
  Branch,         ///< rs1, rs2, imm (byte offset)
  Upper,          ///< rd, imm (20 bits, insn[31:12])
  Jump,           ///< rd, imm (byte offset)
  Csr,            ///< rd, imm = CSR number, rs1
  CsrImm,         ///< rd, imm = CSR number, imm2 (5 bits)
  Fence,          ///< imm = insn[31:20], imm2 = ignored fields {rs1, rd}
  LoadPostImm,    ///< rd, (rs1), imm
  LoadPostReg,    ///< rd, (rs1), rs2
  LoadReg,        ///< rd, rs2(rs1)
  StorePostImm,   ///< rs2, (rs1), imm
  StorePostReg,   ///< rs2, (rs1), rd field = rs3
  StoreReg,       ///< rs2, rs3(rs1), rd field = rs3
  BitField,       ///< rd, rs1, imm = Is3, imm2 = Is2
  BitReverse,     ///< rd, rs1, imm = Is3 (2 bits), imm2 = Is2
  RShift,         ///< rd, rs1, rs2, imm = Is3
  BranchImm,      ///< rs1, imm2 (5 bits signed), imm (byte offset)
  SimdSimm6,      ///< rd, rs1, imm (6 bits signed)
  RLane,          ///< rd, rs1, rs2, imm = lane (4 bits)
  SimdUimm6,      ///< rd, rs1, imm (6 bits unsigned)
  LoopImm,        ///< loop, imm (12 bits)
  LoopReg,        ///< loop, rs1
  LoopSetupImm,   ///< loop, imm = uimmL, imm2 = uimmS
  LoopSetupReg,   ///< loop, rs1, imm = uimmL
  MacLoadWeight,  ///< rd, act, weight, ld = 0 ... 3
  MacLoadAct,     ///< rd, act, weight, ld = 4, 5
  MacLoadNone,    ///< rd, act, weight (ld = 7 is part of the opcode)
};

/// Lane width of SIMD instructions; Csr: activations and weights as wide as fbfmt says.
enum class Lane : std::uint8_t { Word, Half, Byte, Nibble, Crumb, Csr };

/// Where operand 2 of a SIMD instruction comes from: rs2, lane 0 of rs2 (.sc) or an immediate
/// (.sci).
enum class Source2 : std::uint8_t { Register, Scalar, Immediate };

/// Bits of InsnSpec::traits.
enum Trait : std::uint16_t {
  kReadsRs1 = 1 << 0,
  kReadsRs2 = 1 << 1,
  kReadsRd =
      1
      << 2,  ///< reads the register of the rd field: accumulators, inserts, offset (rs3) of stores
  kWritesRd = 1 << 3,
  kWritesRs1 = 1 << 4,  ///< post-increment forms
  kLoad = 1 << 5,
  kStore = 1 << 6,
  kBranch = 1 << 7,
  kJump = 1 << 8,  ///< jal, jalr, mret
  kCsr = 1 << 9,
  kHwLoop = 1 << 10,
  kMacLoad = 1 << 11,  ///< Mac&Load forms, with kLoad unless ld = 7
  kSystem = 1 << 12,   ///< ecall, ebreak, mret, wfi, fence, fence.i
};

/// One row of the instruction table: the 32-bit words w with (w & mask) == match.
struct InsnSpec {
  std::string_view mnemonic;  ///< several rows may share one (cv.lw has three addressing forms)
  std::uint32_t match = 0;
  std::uint32_t mask = 0;
  Level level = Level::Rv32imc;  ///< lowest level that has it
  Format format = Format::None;
  Op op = Op::Addi;
  std::uint16_t traits = 0;  ///< Trait bits
  Lane lane = Lane::Word;
  Source2 source2 = Source2::Register;

  [[nodiscard]] constexpr bool has(Trait trait) const { return (traits & trait) != 0; }
};

/// Operand values of one instruction; a format uses those its comment names.
struct Operands {
  std::uint8_t rd = 0;  ///< also rs3
  std::uint8_t rs1 = 0;
  std::uint8_t rs2 = 0;
  std::uint8_t loop = 0;    ///< hardware loop 0 or 1
  std::uint8_t act = 0;     ///< fba0, fba1
  std::uint8_t weight = 0;  ///< fbw0 ... fbw3
  std::uint8_t ld = 0;      ///< Mac&Load: register to load
  std::int32_t imm = 0;
  std::int32_t imm2 = 0;

  friend bool operator==(const Operands&, const Operands&) = default;
};

/// Member of Operands that a field of a format fills.
enum class Slot : std::uint8_t { Rd, Rs1, Rs2, Loop, Act, Weight, Ld, Imm, Imm2 };

/// One operand of a format: legal values are min, min + step ... max.
struct FieldSpec {
  Slot slot = Slot::Imm;
  std::int32_t min = 0;
  std::int32_t max = 0;
  std::int32_t step = 1;
};

/// All 32-bit instructions of every level, each once.
[[nodiscard]] std::span<const InsnSpec> instructions();

/// The row that `insn` (insn[1:0] = 11) belongs to, or null if it is illegal at `level`.
[[nodiscard]] const InsnSpec* decode(std::uint32_t insn, Level level);

/// The operands of `format`, in the order assembly shows them.
[[nodiscard]] std::span<const FieldSpec> fields(Format format);

/// The instruction word; operands outside their range are truncated to the field.
[[nodiscard]] std::uint32_t encode(const InsnSpec& spec, const Operands& operands);

/// The operands of an instruction of this row.
[[nodiscard]] Operands extract_operands(const InsnSpec& spec, std::uint32_t insn);

/// The 32-bit equivalent of a 16-bit instruction (RV32C without F and D); nothing for reserved
/// encodings and those of other extensions. HINTs expand to the base instruction that does nothing.
[[nodiscard]] std::optional<std::uint32_t> expand_compressed(std::uint16_t insn);

/// 2 or 4, from the low bits of the first halfword.
[[nodiscard]] constexpr unsigned insn_length(std::uint32_t insn) { return (insn & 3) == 3 ? 4 : 2; }

}  // namespace freebits::isa
