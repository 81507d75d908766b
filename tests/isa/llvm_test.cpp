// SPDX-License-Identifier: Apache-2.0
// Encodings and disassembly against LLVM 19.
#include "llvm.hpp"

#include <gtest/gtest.h>

#include <string>

#include "random_insn.hpp"
#include "tb/isa/csr.hpp"
#include "tb/isa/decode.hpp"
#include "tb/isa/disassemble.hpp"

namespace freebits::isa::test {
namespace {

constexpr std::uint64_t kSeed = 20;

/// Mnemonics LLVM 19 does not know: hardware loops and everything of our own.
bool known_to_llvm(const InsnSpec& spec) {
  return spec.level <= Level::XpulpV2 && !spec.has(kHwLoop);
}

/// Encodings docs/isa.md makes legal although LLVM refuses them: unused immediate bits of SIMD lane
/// selectors and shifts, cv.bitrev of groups of 4, fences with reserved fields.
bool stricter_in_llvm(const InsnSpec& spec) {
  return spec.format == Format::SimdUimm6 || spec.format == Format::BitReverse ||
         spec.format == Format::Fence;
}

/// CSRs that LLVM names otherwise or not at all: those of CORE-V and of our own, and those this
/// core does not have.
bool csr_named_differently(const InsnSpec& spec, std::uint32_t insn) {
  if (!spec.has(kCsr)) return false;
  const CsrSpec* csr = find_csr(insn >> 20, Level::FlexV);
  constexpr std::uint32_t kTinfo = 0x7a4;
  return csr == nullptr || csr->level != Level::Rv32imc || csr->number == kTinfo;
}

TEST(Llvm, AssemblesEveryCorevMnemonicToTheWordWeEncode) {
  Random random(kSeed);
  std::vector<std::string> lines;
  std::vector<std::uint32_t> expected;
  for (const InsnSpec& spec : instructions()) {
    if (spec.level != Level::XpulpV2 || !known_to_llvm(spec)) continue;
    for (int i = 0; i < 20; ++i) {
      Operands operands = random_operands(spec, random);
      // An assembler's branch operand is the offset, our text shows the target: equal at address 0,
      // if positive.
      if (spec.has(kBranch)) operands.imm &= 0xffe;
      // Immediates only the hardware accepts (stricter_in_llvm).
      if (spec.format == Format::SimdUimm6) operands.imm &= 1;
      if (spec.format == Format::BitReverse) operands.imm %= 3;
      expected.push_back(encode(spec, operands));
      lines.push_back(disassemble(expected.back(), 0));
    }
  }
  const std::vector<std::uint32_t> words = llvm_assemble(lines);
  for (std::size_t i = 0; i < words.size(); ++i) EXPECT_EQ(words[i], expected[i]) << lines[i];
  EXPECT_GT(words.size(), 20u * 250);
}

TEST(Llvm, DisassemblesEveryInstructionToTheSameText) {
  Random random(kSeed);
  std::vector<std::uint32_t> insns;
  for (const InsnSpec& spec : instructions()) {
    if (!known_to_llvm(spec)) continue;
    for (int i = 0; i < 64; ++i) insns.push_back(encode(spec, random_operands(spec, random)));
  }
  const std::vector<std::string> texts = llvm_disassemble(insns);
  for (std::size_t i = 0; i < insns.size(); ++i) {
    const InsnSpec& spec = *decode(insns[i], Level::FlexV);
    if (texts[i] == "<unknown>" && stricter_in_llvm(spec)) continue;
    if (csr_named_differently(spec, insns[i])) continue;
    EXPECT_EQ(disassemble(insns[i], static_cast<std::uint32_t>(4 * i)), texts[i])
        << std::hex << insns[i];
  }
}

TEST(Llvm, DisassemblesEveryCsrNameAsWeDo) {
  const InsnSpec* csrrs = decode(0x00002073, Level::Rv32imc);
  std::vector<std::uint32_t> insns;
  for (std::int32_t number = 0; number < 4096; ++number) {
    insns.push_back(encode(*csrrs, {.rd = 10, .rs1 = 11, .imm = number}));
  }
  const std::vector<std::string> texts = llvm_disassemble(insns);
  for (std::size_t i = 0; i < insns.size(); ++i) {
    if (csr_named_differently(*csrrs, insns[i])) continue;
    EXPECT_EQ(disassemble(insns[i], 0), texts[i]);
  }
}

/// Encodings the C extension reserves although LLVM prints them: c.lui of 0, shifts by 32 and more.
bool reserved_in_rv32c(std::uint32_t half) {
  const bool lui_of_zero = (half & 0xf07f) == 0x6001;
  const bool wide_slli = (half & 0xf003) == 0x1002;
  const bool wide_srli_srai = (half & 0xf803) == 0x9001;
  return lui_of_zero || wide_slli || wide_srli_srai;
}

TEST(Llvm, AgreesOnAll16BitEncodings) {
  std::vector<std::uint32_t> insns;
  for (std::uint32_t half = 0; half < 0x10000; ++half) {
    if (insn_length(half) == 2) insns.push_back(half);
  }
  const std::vector<std::string> texts = llvm_disassemble(insns);
  for (std::size_t i = 0; i < insns.size(); ++i) {
    if (reserved_in_rv32c(insns[i])) {
      EXPECT_FALSE(expand_compressed(static_cast<std::uint16_t>(insns[i]))) << texts[i];
      continue;
    }
    if (texts[i].starts_with("c.")) {  // a hint
      EXPECT_TRUE(expand_compressed(static_cast<std::uint16_t>(insns[i]))) << texts[i];
      continue;
    }
    EXPECT_EQ(disassemble(insns[i], static_cast<std::uint32_t>(2 * i)), texts[i])
        << std::hex << insns[i];
  }
}

/// Words whose constant fields LLVM does not check: shifts by 32 and more, insn[29:27] of
/// cv.bitrev.
bool too_lenient_in_llvm(std::uint32_t insn) {
  const bool shift_immediate = (insn & 0x0000307f) == 0x00001013;
  const bool bitrev = (insn & 0xc000707f) == 0xc000105b;
  return shift_immediate || bitrev;
}

TEST(Llvm, KnowsNoInstructionThatWeReject) {
  Random random(kSeed);
  std::vector<std::uint32_t> insns;
  while (insns.size() < 100000) {
    const std::uint32_t insn = random.bits() | 3;
    if ((insn & 0x1f) != 0x1f) insns.push_back(insn);  // LLVM takes those for longer instructions
  }
  const std::vector<std::string> texts = llvm_disassemble(insns);
  for (std::size_t i = 0; i < insns.size(); ++i) {
    if (texts[i] == "<unknown>" || too_lenient_in_llvm(insns[i])) continue;
    EXPECT_NE(decode(insns[i], Level::FlexV), nullptr) << texts[i];
  }
}

}  // namespace
}  // namespace freebits::isa::test
