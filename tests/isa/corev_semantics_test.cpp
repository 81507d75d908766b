// SPDX-License-Identifier: Apache-2.0
// XCVbitmanip, XCValu, XCVbi, XCVmac: values from the CV32E40P v2 manual and the corner cases of
// docs/isa.md.
#include <gtest/gtest.h>

#include "machine.hpp"

namespace freebits::isa::test {
namespace {

constexpr std::uint32_t kMin = 0x80000000;
constexpr std::uint32_t kMax = 0x7fffffff;

TEST(CorevBitmanip, BitrevMatchesTheManualsExamples) {
  Machine m;
  EXPECT_EQ(m.result_imm("cv.bitrev", 0xc64a5933, 0, 4), 0x0cc9a526u);
  EXPECT_EQ(m.result_imm("cv.bitrev", 0xc64a5933, 1, 4), 0x0cc65a19u);
  EXPECT_EQ(m.result_imm("cv.bitrev", 0xc64a5933, 2, 4), 0x216b244bu);
  EXPECT_EQ(m.result_imm("cv.bitrev", 0xc64a5933, 3, 4), 0x0cc9a526u) << "Is3 = 3 acts as 0";
  EXPECT_EQ(m.result_imm("cv.bitrev", 1, 0, 31), 1u);
}

TEST(CorevBitmanip, FieldsEndAtBit31) {
  Machine m;
  EXPECT_EQ(m.result_imm("cv.extract", 0x00000f00, 3, 8), ~0u);
  EXPECT_EQ(m.result_imm("cv.extractu", 0x00000f00, 3, 8), 15u);
  EXPECT_EQ(m.result_imm("cv.extract", 0x80000000, 31, 30), -2u) << "two bits are left";
  EXPECT_EQ(m.result_imm("cv.extractu", 0xdeadbeef, 31, 0), 0xdeadbeefu);
  EXPECT_EQ(m.result_imm("cv.insert", 0xabcd, 7, 28, 0x11111111), 0xd1111111u);
  EXPECT_EQ(m.result_imm("cv.insert", 0xabcd, 7, 8, 0x11111111), 0x1111cd11u);
  EXPECT_EQ(m.result_imm("cv.bclr", ~0u, 31, 4), 0xfu);
  EXPECT_EQ(m.result_imm("cv.bset", 0, 3, 30), 0xc0000000u);
}

TEST(CorevBitmanip, RegisterFormsTakeLengthAndPositionFromTenBits) {
  Machine m;
  const std::uint32_t byte_at_8 = 7 << 5 | 8;
  EXPECT_EQ(m.result("cv.extractr", 0x0000f500, byte_at_8), 0xfffffff5u);
  EXPECT_EQ(m.result("cv.extractur", 0x0000f500, byte_at_8 | 0xfffffc00), 0xf5u)
      << "higher bits are ignored";
  EXPECT_EQ(m.result("cv.insertr", 0x12, byte_at_8, ~0u), 0xffff12ffu);
  EXPECT_EQ(m.result("cv.bclrr", ~0u, byte_at_8), 0xffff00ffu);
  EXPECT_EQ(m.result("cv.bsetr", 0, byte_at_8), 0x0000ff00u);
}

TEST(CorevBitmanip, CountsAndSearches) {
  Machine m;
  EXPECT_EQ(m.result("cv.ff1", 0), 32u);
  EXPECT_EQ(m.result("cv.ff1", kMin), 31u);
  EXPECT_EQ(m.result("cv.fl1", 0), 32u);
  EXPECT_EQ(m.result("cv.fl1", 1), 0u);
  EXPECT_EQ(m.result("cv.fl1", ~0u), 31u);
  EXPECT_EQ(m.result("cv.clb", 0), 0u);
  EXPECT_EQ(m.result("cv.clb", ~0u), 31u);
  EXPECT_EQ(m.result("cv.clb", 1), 30u);
  EXPECT_EQ(m.result("cv.clb", kMin), 0u);
  EXPECT_EQ(m.result("cv.cnt", 0xf0f0f0f1), 17u);
  EXPECT_EQ(m.result("cv.ror", 0x80000001, 33), 0xc0000000u);
}

TEST(CorevAlu, AbsOfTheMostNegativeNumberIsItself) {
  Machine m;
  EXPECT_EQ(m.result("cv.abs", kMin), kMin);
  EXPECT_EQ(m.result("cv.abs", -5u), 5u);
  EXPECT_EQ(m.result("cv.abs", 5), 5u);
}

TEST(CorevAlu, ClipBoundsAreTwoToTheIs2Minus1) {
  Machine m;
  EXPECT_EQ(m.result_imm("cv.clip", 1000, 8), 127u);
  EXPECT_EQ(m.result_imm("cv.clip", -1000u, 8), -128u);
  EXPECT_EQ(m.result_imm("cv.clip", 100, 8), 100u);
  EXPECT_EQ(m.result_imm("cv.clip", 5, 0), 0u);
  EXPECT_EQ(m.result_imm("cv.clip", -5u, 0), -1u);
  EXPECT_EQ(m.result_imm("cv.clip", kMin, 31), 0xc0000000u);
  EXPECT_EQ(m.result_imm("cv.clipu", -5u, 8), 0u);
  EXPECT_EQ(m.result_imm("cv.clipu", 255, 8), 127u);
  EXPECT_EQ(m.result_imm("cv.clipu", 255, 9), 255u);
}

TEST(CorevAlu, ClipToANegativeRegisterTestsTheLowerBoundFirst) {
  Machine m;
  const std::uint32_t bound = -10u;  // lower bound ~bound = 9
  EXPECT_EQ(m.result("cv.clipr", 5, bound), 9u);
  EXPECT_EQ(m.result("cv.clipr", 9, bound), 9u);
  EXPECT_EQ(m.result("cv.clipr", 10, bound), bound);
  EXPECT_EQ(m.result("cv.clipur", 0, bound), 0u);
  EXPECT_EQ(m.result("cv.clipur", 1, bound), bound);
  EXPECT_EQ(m.result("cv.clipr", 200, 100), 100u);
  EXPECT_EQ(m.result("cv.clipr", -200u, 100), -101u);
}

TEST(CorevAlu, NormalisedSumsWrapBeforeTheShift) {
  Machine m;
  EXPECT_EQ(m.result_shift("cv.addn", kMax, 1, 1), 0xc0000000u);
  EXPECT_EQ(m.result_shift("cv.addun", kMax, 1, 1), 0x40000000u);
  EXPECT_EQ(m.result_shift("cv.addrn", 5, 0, 1), 3u);
  EXPECT_EQ(m.result_shift("cv.addrn", -5u, 0, 1), -2u);
  EXPECT_EQ(m.result_shift("cv.addrn", 5, 1, 0), 6u) << "no rounding constant at shift 0";
  EXPECT_EQ(m.result_shift("cv.addurn", ~0u, 0, 1), 0u) << "the rounding carry is lost";
  EXPECT_EQ(m.result_shift("cv.subn", 3, 6, 1), -2u);
  EXPECT_EQ(m.result_shift("cv.subun", 3, 6, 1), 0x7ffffffeu);
  EXPECT_EQ(m.result_shift("cv.subrn", 3, 6, 1), -1u);
  EXPECT_EQ(m.result_shift("cv.suburn", 3, 6, 31), 0u) << "-3 + 2^30, shifted";
}

TEST(CorevAlu, RegisterNormaliseAddsToRdAndShiftsByRs2) {
  Machine m;
  EXPECT_EQ(m.result("cv.addnr", 3, 33, -9u), -3u);
  EXPECT_EQ(m.result("cv.addunr", 3, 1, -9u), 0x7ffffffdu);
  EXPECT_EQ(m.result("cv.addrnr", 4, 1, 1), 3u);
  EXPECT_EQ(m.result("cv.subnr", 3, 1, 10), 3u);
  EXPECT_EQ(m.result("cv.subrnr", 3, 1, 10), 4u);
  EXPECT_EQ(m.result("cv.suburnr", 10, 28, 3), 0u + ((3u - 10u + (1u << 27)) >> 28));
}

TEST(CorevAlu, MinMaxAndSetLessOrEqual) {
  Machine m;
  EXPECT_EQ(m.result("cv.min", -1u, 1), -1u);
  EXPECT_EQ(m.result("cv.minu", -1u, 1), 1u);
  EXPECT_EQ(m.result("cv.max", -1u, 1), 1u);
  EXPECT_EQ(m.result("cv.maxu", -1u, 1), -1u);
  EXPECT_EQ(m.result("cv.slet", 4, 4), 1u);
  EXPECT_EQ(m.result("cv.slet", -1u, 1), 1u);
  EXPECT_EQ(m.result("cv.sletu", -1u, 1), 0u);
  EXPECT_EQ(m.result("cv.exths", 0x18000), 0xffff8000u);
  EXPECT_EQ(m.result("cv.exthz", 0x18000), 0x8000u);
  EXPECT_EQ(m.result("cv.extbs", 0x180), 0xffffff80u);
  EXPECT_EQ(m.result("cv.extbz", 0x180), 0x80u);
}

TEST(CorevBi, BranchesCompareWithASignedImmediate) {
  Machine m;
  m.hart.set_reg(11, -16u);
  EXPECT_EQ(m.exec("cv.beqimm", {.rs1 = 11, .imm = 64, .imm2 = -16}).next_pc, kRam + 64);
  m.hart.set_reg(11, 16);
  EXPECT_EQ(m.exec("cv.beqimm", {.rs1 = 11, .imm = 64, .imm2 = -16}).next_pc, kRam + 68);
  EXPECT_EQ(m.exec("cv.bneimm", {.rs1 = 11, .imm = -4, .imm2 = 15}).next_pc, kRam + 64);
}

TEST(CorevMac, MultiplyAccumulateWraps) {
  Machine m;
  EXPECT_EQ(m.result("cv.mac", 3, 5, -1u), 14u);
  EXPECT_EQ(m.result("cv.msu", 3, 5, 1), -14u);
}

TEST(CorevMac, HalfwordProductsSelectSignRoundAndShift) {
  Machine m;
  const std::uint32_t a = 0x8000ffff;  // -32768, -1; unsigned 32768, 65535
  const std::uint32_t b = 0x80000003;
  EXPECT_EQ(m.result_shift("cv.mulun", a, b, 0), 65535u * 3);
  EXPECT_EQ(m.result_shift("cv.mulsn", a, b, 1), -2u);
  EXPECT_EQ(m.result_shift("cv.mulhhun", a, b, 30), 1u);
  EXPECT_EQ(m.result_shift("cv.mulhhsn", a, b, 0), 0x40000000u);
  EXPECT_EQ(m.result_shift("cv.mulsrn", a, b, 1), -1u);
  EXPECT_EQ(m.result_shift("cv.mulurn", 5, 1, 1), 3u);
  EXPECT_EQ(m.result_shift("cv.mulhhsrn", a, b, 31), ~0u) << "2^30 + 2^30 wraps to -2^31";
}

TEST(CorevMac, HalfwordAccumulationWrapsBeforeTheShift) {
  Machine m;
  EXPECT_EQ(m.result_shift("cv.macun", 2, 3, 1, ~0u), (2 * 3 + ~0u) >> 1);
  EXPECT_EQ(m.result_shift("cv.macsn", -2u, 3, 1, kMin), 0x3ffffffdu);
  EXPECT_EQ(m.result_shift("cv.machhun", 2 << 16, 3 << 16, 0, 10), 16u);
  EXPECT_EQ(m.result_shift("cv.machhsn", 0xfffe0000, 3 << 16, 0, 10), 4u);
  EXPECT_EQ(m.result_shift("cv.macsrn", 1, 4, 3, 0), 1u);
  EXPECT_EQ(m.result_shift("cv.macurn", 1, 3, 3, 0), 0u);
}

}  // namespace
}  // namespace freebits::isa::test
