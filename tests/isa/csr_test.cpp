// SPDX-License-Identifier: Apache-2.0
// CSRs: existence by level, write masks, counters.
#include "tb/isa/csr.hpp"

#include <gtest/gtest.h>

#include "machine.hpp"

namespace freebits::isa::test {
namespace {

constexpr std::uint32_t kMinstret = 0xb02;
constexpr std::uint32_t kMinstreth = 0xb82;
constexpr std::uint32_t kCountinhibit = 0x320;

TEST(Csr, TableIsSortedAndUnique) {
  for (std::size_t i = 1; i < csrs().size(); ++i) EXPECT_LT(csrs()[i - 1].number, csrs()[i].number);
}

TEST(Csr, AnyOtherNumberIsIllegal) {
  for (const Level level :
       {Level::Rv32imc, Level::XpulpV2, Level::XpulpNN, Level::Mixed, Level::FlexV}) {
    Machine m(level);
    m.hart.write_csr(0x305, kRam + 0x100);
    for (std::int32_t number = 0; number < 4096; ++number) {
      m.hart.set_pc(kRam);
      const bool exists = find_csr(static_cast<std::uint32_t>(number), level) != nullptr;
      EXPECT_EQ(m.exec("csrrs", {.rd = 10, .rs1 = 0, .imm = number}).trap, !exists)
          << std::hex << number;
    }
  }
}

TEST(Csr, ReadOnlyCsrsTrapOnEveryWriteAndOnNoRead) {
  Machine m;
  m.hart.write_csr(0x305, kRam + 0x100);
  const std::int32_t mhartid = 0xf14;
  EXPECT_FALSE(m.exec("csrrs", {.rd = 5, .rs1 = 0, .imm = mhartid}).trap);
  EXPECT_FALSE(m.exec("csrrci", {.rd = 5, .imm = mhartid, .imm2 = 0}).trap);
  EXPECT_TRUE(m.exec("csrrw", {.rd = 5, .rs1 = 0, .imm = mhartid}).trap);
  EXPECT_TRUE(m.exec("csrrs", {.rd = 5, .rs1 = 6, .imm = mhartid}).trap) << "even if x6 is 0";
  EXPECT_TRUE(m.exec("csrrwi", {.rd = 0, .imm = mhartid, .imm2 = 0}).trap);
}

TEST(Csr, OnlyTheWritableBitsChange) {
  Machine m;
  for (const CsrSpec& csr : csrs()) {
    if (csr.read_only() || csr_is_time_dependent(csr.number) || csr.number == kCountinhibit)
      continue;
    if ((csr.number & 0xf00) == 0xb00 || csr.number == 0x7c0 || csr.number == 0x7c3)
      continue;  // tested below
    const std::uint32_t before = m.csr(csr.number);
    ASSERT_TRUE(m.hart.write_csr(csr.number, ~0u));
    EXPECT_EQ(m.csr(csr.number), before | csr.write_mask) << csr.name;
    ASSERT_TRUE(m.hart.write_csr(csr.number, 0));
    EXPECT_EQ(m.csr(csr.number), before & ~csr.write_mask) << csr.name;
  }
}

TEST(Csr, MisaShowsXFromXpulpv2On) {
  EXPECT_EQ(Machine(Level::Rv32imc).csr(0x301), 0x40001104u);
  EXPECT_EQ(Machine(Level::XpulpV2).csr(0x301), 0x40801104u);
}

TEST(Csr, EventSelectorsReadTheirFixedEvent) {
  Machine m;
  EXPECT_EQ(m.csr(0x323), 1u);
  EXPECT_EQ(m.csr(0x32a), 8u);
  EXPECT_EQ(m.csr(0x32b), 0u);
}

TEST(Csr, FormatCodeThreeIsStoredAsZeroAndClearsTheSlice) {
  Machine m;
  m.hart.write_csr(0x7c2, 0x3ff);
  m.hart.write_csr(0x7c0, 0x13);
  EXPECT_EQ(m.csr(0x7c0), 0x10u);
  EXPECT_EQ(m.csr(0x7c2), 0u);
  m.hart.write_csr(0x7c0, 0x32);
  EXPECT_EQ(m.csr(0x7c0), 0x02u);
}

TEST(Csr, AnOutputWidthOfThreeIsStoredAsZero) {
  Machine m;
  m.hart.write_csr(0x7c3, ~0u);
  EXPECT_EQ(m.csr(0x7c3), 0x101f1fu);
  m.hart.write_csr(0x7c3, 0x120a05);
  EXPECT_EQ(m.csr(0x7c3), 0x120a05u);
}

TEST(Csr, ReadOfMinstretCountsTheInstructionsBefore) {
  Machine m;
  m.exec(0x0001);
  m.exec(0x0001);
  EXPECT_EQ(m.exec("csrrs", {.rd = 5, .imm = kMinstret}).rd_value, 2u);
  EXPECT_EQ(m.exec("csrrs", {.rd = 5, .imm = 0xc02}).rd_value, 3u);
}

TEST(Csr, TrappedInstructionsAreNotRetired) {
  Machine m;
  m.hart.write_csr(0x305, kRam + 0x100);
  m.exec("ecall", {});
  EXPECT_EQ(m.csr(kMinstret), 0u);
  EXPECT_EQ(m.hart.order(), 1u);
}

TEST(Csr, WrittenCounterSkipsThatInstructionsIncrement) {
  Machine m;
  m.hart.set_reg(11, 100);
  m.exec("csrrw", {.rd = 0, .rs1 = 11, .imm = kMinstret});
  EXPECT_EQ(m.exec("csrrs", {.rd = 5, .imm = kMinstret}).rd_value, 100u);
  EXPECT_EQ(m.exec("csrrs", {.rd = 5, .imm = kMinstret}).rd_value, 101u);
  m.exec("csrrw", {.rd = 0, .rs1 = 11, .imm = kMinstreth});
  EXPECT_EQ(m.exec("csrrs", {.rd = 5, .imm = kMinstret}).rd_value, 102u);
  EXPECT_EQ(m.exec("csrrs", {.rd = 5, .imm = kMinstreth}).rd_value, 100u);
}

TEST(Csr, LowHalfCarriesIntoTheHighHalf) {
  Machine m;
  m.hart.set_reg(11, ~0u);
  m.exec("csrrw", {.rd = 0, .rs1 = 11, .imm = kMinstret});
  m.exec(0x0001);
  EXPECT_EQ(m.csr(kMinstret), 0u);
  EXPECT_EQ(m.csr(kMinstreth), 1u);
}

TEST(Csr, InhibitedCountersHoldAndCanStillBeWritten) {
  Machine m;
  m.exec("csrrwi", {.rd = 0, .imm = kCountinhibit, .imm2 = 4});
  const std::uint32_t held = m.csr(kMinstret);
  m.exec(0x0001);
  EXPECT_EQ(m.csr(kMinstret), held);
  m.exec("csrrwi", {.rd = 0, .imm = kMinstret, .imm2 = 9});
  m.exec(0x0001);
  EXPECT_EQ(m.csr(kMinstret), 9u);
  m.exec("csrrwi", {.rd = 0, .imm = kCountinhibit, .imm2 = 0});
  EXPECT_EQ(m.exec("csrrs", {.rd = 5, .imm = kMinstret}).rd_value, 9u);
  EXPECT_EQ(m.csr(kMinstret), 10u);
  m.hart.set_reg(11, ~0u);
  m.exec("csrrw", {.rd = 0, .rs1 = 11, .imm = kCountinhibit});
  EXPECT_EQ(m.csr(kCountinhibit), 0x7fdu);
}

TEST(Csr, BranchesAndAccessesAreCounted) {
  Machine m;
  m.hart.set_reg(11, kData);
  m.exec("lw", {.rd = 5, .rs1 = 11});
  m.exec("sw", {.rs1 = 11, .rs2 = 5});
  m.exec("beq", {.imm = 8});
  m.exec("bne", {.imm = 8});
  EXPECT_EQ(m.csr(0xb0a), 2u);
  EXPECT_EQ(m.csr(0xc05), 1u);
}

}  // namespace
}  // namespace freebits::isa::test
