// SPDX-License-Identifier: Apache-2.0
// The instruction table by itself.
#include "tb/isa/decode.hpp"

#include <gtest/gtest.h>

#include "machine.hpp"
#include "random_insn.hpp"
#include "tb/isa/disassemble.hpp"

namespace freebits::isa::test {
namespace {

TEST(DecodeTable, NoWordBelongsToTwoRows) {
  const auto all = instructions();
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      const bool overlap = ((all[i].match ^ all[j].match) & all[i].mask & all[j].mask) == 0;
      EXPECT_FALSE(overlap) << all[i].mnemonic << " and " << all[j].mnemonic;
    }
  }
}

TEST(DecodeTable, EveryBitIsConstantOrOneOperand) {
  for (const InsnSpec& spec : instructions()) {
    EXPECT_EQ(spec.match & ~spec.mask, 0u) << spec.mnemonic;
    Operands ones;
    ones.rd = ones.rs1 = ones.rs2 = ones.loop = ones.act = ones.weight = ones.ld = 0xff;
    ones.imm = ones.imm2 = -1;
    EXPECT_EQ(isa::encode(spec, ones) | spec.mask, ~0u) << spec.mnemonic;
    EXPECT_EQ((isa::encode(spec, ones) ^ spec.match) & spec.mask, 0u) << spec.mnemonic;
  }
}

TEST(DecodeTable, EncodedOperandsComeBack) {
  Random random(1);
  for (const InsnSpec& spec : instructions()) {
    for (int i = 0; i < 200; ++i) {
      Operands operands = random_operands(spec, random);
      const std::uint32_t insn = isa::encode(spec, operands);
      ASSERT_EQ(decode(insn, Level::FlexV), &spec) << spec.mnemonic;
      if (spec.format == Format::MacLoadNone) operands.ld = 7;
      ASSERT_EQ(extract_operands(spec, insn), operands) << disassemble(insn, 0);
    }
  }
}

TEST(DecodeTable, AnInstructionExistsFromItsLevelOn) {
  for (const InsnSpec& spec : instructions()) {
    for (const Level level :
         {Level::Rv32imc, Level::XpulpV2, Level::XpulpNN, Level::Mixed, Level::FlexV}) {
      EXPECT_EQ(decode(spec.match, level), level >= spec.level ? &spec : nullptr) << spec.mnemonic;
    }
  }
}

TEST(DecodeTable, LookupEqualsASearchThroughAllRows) {
  Random random(2);
  for (int i = 0; i < 200000; ++i) {
    const std::uint32_t insn = random.bits() | 3;
    const InsnSpec* found = nullptr;
    for (const InsnSpec& spec : instructions()) {
      if ((insn & spec.mask) == spec.match) found = &spec;
    }
    ASSERT_EQ(decode(insn, Level::FlexV), found) << std::hex << insn;
  }
}

TEST(DecodeTable, ConstantFieldsAreChecked) {
  EXPECT_NE(decode(0x4200302b, Level::XpulpV2), nullptr);            // cv.ff1
  EXPECT_EQ(decode(0x4200302b | 1 << 20, Level::XpulpV2), nullptr);  // ... with an rs2 field
  EXPECT_NE(decode(0x0000402b, Level::XpulpV2), nullptr);            // cv.starti
  EXPECT_EQ(decode(0x0000402b | 1 << 15, Level::XpulpV2), nullptr);  // ... with an rs1 field
  EXPECT_EQ(decode(0x0000412b | 1 << 20, Level::XpulpV2), nullptr);  // cv.start with an immediate
  EXPECT_EQ(decode(0x0000482b, Level::XpulpV2), nullptr);            // hardware loop operation 8
  EXPECT_EQ(decode(0x02005013 | 1 << 20, Level::XpulpV2), nullptr);  // srli by 33
}

TEST(DecodeTable, MacLoadOfRegisterSixIsIllegal) {
  const std::uint32_t base = find_row("fb.mlsdotup").match & ~(7u << 20);
  for (std::uint32_t ld = 0; ld < 8; ++ld) {
    const InsnSpec* spec = decode(base | ld << 20, Level::FlexV);
    ASSERT_EQ(spec == nullptr, ld == 6) << ld;
    if (spec == nullptr) continue;
    EXPECT_EQ(extract_operands(*spec, base | ld << 20).ld, ld);
    EXPECT_EQ(spec->has(kLoad), ld != 7);
  }
}

TEST(DecodeTable, TraitsNameTheRegistersAnInstructionTouches) {
  EXPECT_TRUE(find_row("cv.sdotsp.b").has(kReadsRd));
  EXPECT_FALSE(find_row("cv.dotsp.b").has(kReadsRd));
  EXPECT_TRUE(find_row("cv.insert").has(kReadsRd));
  EXPECT_TRUE(find_row("cv.lw").has(kWritesRs1));
  EXPECT_FALSE(find_row("sw").has(kWritesRd));
  for (const InsnSpec& spec : instructions()) {
    if (spec.format == Format::StorePostReg || spec.format == Format::StoreReg) {
      EXPECT_TRUE(spec.has(kReadsRd)) << "rs3 of " << spec.mnemonic;
    }
  }
}

TEST(Disassemble, PrintsWhatNoOtherToolKnows) {
  EXPECT_EQ(disassemble(isa::encode(find_row("cv.setup"), {.rs1 = 10, .loop = 1, .imm = 12}), 0),
            "cv.setup 1, a0, 0xc");
  EXPECT_EQ(disassemble(isa::encode(find_row("cv.setupi"), {.loop = 0, .imm = 100, .imm2 = 5}), 0),
            "cv.setupi 0, 0x64, 0x5");
  EXPECT_EQ(
      disassemble(isa::encode(find_row("fb.sdotusp.sc.n"), {.rd = 10, .rs1 = 11, .rs2 = 12}), 0),
      "fb.sdotusp.sc.n a0, a1, a2");
  EXPECT_EQ(
      disassemble(isa::encode(find_row("fb.mlsdotsp"), {.rd = 10, .act = 1, .weight = 2, .ld = 3}),
                  0),
      "fb.mlsdotsp a0, 1, 2, 3");
  EXPECT_EQ(disassemble(0x7c452573, 0), "csrrs a0, fbaaddr, a0");
  EXPECT_EQ(disassemble(0xffffffff, 0), "<unknown>");
}

}  // namespace
}  // namespace freebits::isa::test
