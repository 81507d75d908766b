// SPDX-License-Identifier: Apache-2.0
// RV32IM corner cases; whole programs are compared with qemu elsewhere.
#include <gtest/gtest.h>

#include "machine.hpp"

namespace freebits::isa::test {
namespace {

constexpr std::uint32_t kMin = 0x80000000;

TEST(Rv32im, DivisionByZeroGivesAllOnesAndTheDividend) {
  Machine m;
  EXPECT_EQ(m.result("div", 7, 0), ~0u);
  EXPECT_EQ(m.result("divu", 7, 0), ~0u);
  EXPECT_EQ(m.result("rem", 7, 0), 7u);
  EXPECT_EQ(m.result("rem", -7u, 0), -7u);
  EXPECT_EQ(m.result("remu", 7, 0), 7u);
}

TEST(Rv32im, DivisionOverflowGivesTheDividendAndZero) {
  Machine m;
  EXPECT_EQ(m.result("div", kMin, -1u), kMin);
  EXPECT_EQ(m.result("rem", kMin, -1u), 0u);
}

TEST(Rv32im, DivisionRoundsTowardsZero) {
  Machine m;
  EXPECT_EQ(m.result("div", -7u, 2), -3u);
  EXPECT_EQ(m.result("rem", -7u, 2), -1u);
  EXPECT_EQ(m.result("divu", -7u, 2), 0x7ffffffcu);
}

TEST(Rv32im, HighProductsRespectTheSigns) {
  Machine m;
  EXPECT_EQ(m.result("mulh", kMin, kMin), 0x40000000u);
  EXPECT_EQ(m.result("mulhu", ~0u, ~0u), 0xfffffffeu);
  EXPECT_EQ(m.result("mulhsu", -1u, ~0u), 0xffffffffu);
  EXPECT_EQ(m.result("mulhsu", 1, kMin), 0u);
  EXPECT_EQ(m.result("mul", 0x10001, 0x10001), 0x20001u);
}

TEST(Rv32im, ShiftsUseFiveBitsOfTheAmount) {
  Machine m;
  EXPECT_EQ(m.result("sll", 1, 33), 2u);
  EXPECT_EQ(m.result("srl", kMin, 63), 1u);
  EXPECT_EQ(m.result("sra", kMin, 31), ~0u);
  EXPECT_EQ(m.result_imm("srai", kMin, 4), 0xf8000000u);
}

TEST(Rv32im, ComparisonsRespectTheSigns) {
  Machine m;
  EXPECT_EQ(m.result("slt", -1u, 0), 1u);
  EXPECT_EQ(m.result("sltu", -1u, 0), 0u);
  EXPECT_EQ(m.result_imm("sltiu", 5, -1), 1u);
  EXPECT_EQ(m.result_imm("slti", 5, -1), 0u);
}

TEST(Rv32im, JalrReadsItsBaseBeforeItWritesTheLink) {
  Machine m;
  m.hart.set_reg(1, kRam + 0x101);
  const Retired r = m.exec("jalr", {.rd = 1, .rs1 = 1, .imm = 4});
  EXPECT_EQ(r.next_pc, kRam + 0x104);  // bit 0 cleared
  EXPECT_EQ(r.rd_value, kRam + 4);
}

TEST(Rv32im, CompressedJumpLinksBehindItsTwoBytes) {
  Machine m;
  const Retired r = m.exec(0x2011);  // c.jal +4
  EXPECT_EQ(r.insn, 0x2011u);
  EXPECT_EQ(r.next_pc, kRam + 4);
  EXPECT_EQ(r.rd, 1);
  EXPECT_EQ(r.rd_value, kRam + 2);
}

TEST(Rv32im, WritesToX0AreDiscardedAndNotReported) {
  Machine m;
  const Retired r = m.exec("addi", {.rd = 0, .rs1 = 0, .imm = 5});
  EXPECT_EQ(r.rd, 0);
  EXPECT_EQ(r.rd_value, 0u);
  EXPECT_EQ(m.hart.reg(0), 0u);
}

TEST(Rv32im, AuipcAndLuiFillTheUpperBits) {
  Machine m;
  EXPECT_EQ(m.exec("lui", {.rd = 5, .imm = 0xfffff}).rd_value, 0xfffff000u);
  EXPECT_EQ(m.exec("auipc", {.rd = 5, .imm = 1}).rd_value, kRam + 4 + 0x1000);
}

TEST(Rv32im, LoadsExtendAndLoadsToX0StillAccess) {
  Machine m;
  m.ram.set_word(kData, 0x8081f2f3);
  m.hart.set_reg(11, kData);
  EXPECT_EQ(m.exec("lb", {.rd = 5, .rs1 = 11, .imm = 0}).rd_value, 0xfffffff3u);
  EXPECT_EQ(m.exec("lbu", {.rd = 5, .rs1 = 11, .imm = 3}).rd_value, 0x80u);
  EXPECT_EQ(m.exec("lh", {.rd = 5, .rs1 = 11, .imm = 2}).rd_value, 0xffff8081u);
  EXPECT_EQ(m.exec("lhu", {.rd = 5, .rs1 = 11, .imm = 2}).rd_value, 0x8081u);
  const Retired r = m.exec("lw", {.rd = 0, .rs1 = 11, .imm = 0});
  EXPECT_EQ(r.rd, 0);
  EXPECT_EQ(r.mem_rmask, 0xf);
  EXPECT_EQ(r.mem_rdata, 0x8081f2f3u);
}

TEST(Rv32im, FenceIContinuesWithFreshlyWrittenCode) {
  Machine m;
  m.program({encode("sw", {.rs1 = 11, .rs2 = 12, .imm = 8}), encode("fence.i", {}),
             encode("addi", {.rd = 5, .imm = 1})});
  m.hart.set_reg(11, kRam);
  m.hart.set_reg(12, encode("addi", {.rd = 5, .imm = 2}));
  EXPECT_EQ(m.hart.run(3).instructions, 3u);
  EXPECT_EQ(m.hart.reg(5), 2u);
}

}  // namespace
}  // namespace freebits::isa::test
