// SPDX-License-Identifier: Apache-2.0
// XCVsimd and the xpulpnn lanes.
#include <gtest/gtest.h>

#include "machine.hpp"
#include "random_insn.hpp"

namespace freebits::isa::test {
namespace {

/// Lane `i` of `x`, computed with divisions and remainders instead of the model's shifts.
std::int64_t lane(std::uint32_t x, unsigned bits, unsigned i, bool is_signed) {
  const std::int64_t span = std::int64_t{1} << bits;
  std::int64_t value = x;
  for (unsigned k = 0; k < i; ++k) value /= span;
  value %= span;
  return is_signed && value >= span / 2 ? value - span : value;
}

TEST(Simd, ImmediateExampleOfTheManual) {
  Machine m;
  EXPECT_EQ(m.result_imm("cv.add.sci.h", 0x00010002, -22), 0xffebffecu);
}

TEST(Simd, CarriesStayInTheirLane) {
  Machine m;
  EXPECT_EQ(m.result("cv.add.h", 0xffffffff, 0x00010001), 0u);
  EXPECT_EQ(m.result("cv.add.b", 0xff01ff7f, 0x01010101), 0x00020080u);
  EXPECT_EQ(m.result("cv.sub.b", 0x00000000, 0x01010101), 0xffffffffu);
  EXPECT_EQ(m.result("cv.add.sc.b", 0x01020304, 0xabcd1280), 0x81828384u);
}

TEST(Simd, AveragesDropTheCarry) {
  Machine m;
  EXPECT_EQ(m.result("cv.avg.b", 0x7f7f8000, 0x0101ff02), 0xc0c03f01u);
  EXPECT_EQ(m.result("cv.avgu.b", 0xff7f0200, 0x01010402), 0x00400301u);
}

TEST(Simd, ImmediatesExtendAsTheOperationSays) {
  Machine m;
  EXPECT_EQ(m.result_imm("cv.max.sci.b", 0x80808080, -32), 0xe0e0e0e0u);
  EXPECT_EQ(m.result_imm("cv.maxu.sci.b", 0x10101010, 63), 0x3f3f3f3fu);
  EXPECT_EQ(m.result_imm("cv.dotup.sci.h", 0x00010001, 63), 126u);
  EXPECT_EQ(m.result_imm("cv.dotusp.sci.h", 0xffff0001, -1), -65536u);
  EXPECT_EQ(m.result_imm("cv.cmpgtu.sci.h", 0x0021003f, 32), 0xffffffffu);
  EXPECT_EQ(m.result_imm("cv.cmpgt.sci.h", 0xfff0ffdf, -32), 0xffff0000u);
}

TEST(Simd, ShiftAmountsUseTheLowBitsOfTheLane) {
  Machine m;
  EXPECT_EQ(m.result("cv.srl.h", 0x80008000, 0x0011ffff), 0x40000001u);
  EXPECT_EQ(m.result("cv.sra.b", 0x80808080, 0x00010709), 0x80c0ffc0u);
  EXPECT_EQ(m.result_imm("cv.sll.sci.b", 0x01010101, 0x3f), 0x80808080u)
      << "unused bits are ignored";
  EXPECT_EQ(m.result("cv.srl.sc.b", 0xf0f0f0f0, 0x0000000c), 0x0f0f0f0fu);
}

TEST(Simd, AbsOfTheMostNegativeLaneIsItself) {
  Machine m;
  EXPECT_EQ(m.result("cv.abs.b", 0x80ff7f01), 0x80017f01u);
  EXPECT_EQ(m.result("cv.abs.h", 0x8000fffe), 0x80000002u);
  EXPECT_EQ(m.result("fb.abs.n", 0x8f712345), 0x81712345u);
  EXPECT_EQ(m.result("fb.abs.c", 0b11'10'01'00), 0b01'10'01'00u);
}

TEST(Simd, ExtractAndInsertIgnoreUnusedImmediateBits) {
  Machine m;
  EXPECT_EQ(m.result_imm("cv.extract.b", 0x11f23344, 2), 0xfffffff2u);
  EXPECT_EQ(m.result_imm("cv.extractu.b", 0x11f23344, 0x3e), 0xf2u);
  EXPECT_EQ(m.result_imm("cv.extract.h", 0x8000beef, 1), 0xffff8000u);
  EXPECT_EQ(m.result_imm("cv.insert.b", 0xab, 1, 0, 0x11223344), 0x1122ab44u);
  EXPECT_EQ(m.result_imm("cv.insert.h", 0xabcd, 0x3f, 0, 0x11223344), 0xabcd3344u);
}

TEST(Simd, ShufflesSelectLanes) {
  Machine m;
  EXPECT_EQ(m.result("cv.shuffle.h", 0x11112222, 0x00000001), 0x22221111u);
  EXPECT_EQ(m.result("cv.shuffle.b", 0x44332211, 0x00010203), 0x11223344u);
  EXPECT_EQ(m.result_imm("cv.shuffle.sci.h", 0x11112222, 0b01), 0x22221111u);
  EXPECT_EQ(m.result_imm("cv.shufflei0.sci.b", 0x44332211, 0b01'10'11), 0x11223344u);
  EXPECT_EQ(m.result_imm("cv.shufflei1.sci.b", 0x44332211, 0), 0x22111111u);
  EXPECT_EQ(m.result_imm("cv.shufflei2.sci.b", 0x44332211, 0), 0x33111111u);
  EXPECT_EQ(m.result_imm("cv.shufflei3.sci.b", 0x44332211, 0b11'11'11), 0x44444444u);
  EXPECT_EQ(m.result("cv.shuffle2.h", 0x11112222, 0x00030000, 0x33334444), 0x11114444u);
  EXPECT_EQ(m.result("cv.shuffle2.b", 0x44332211, 0x07000403, 0x88776655), 0x44551188u);
}

TEST(Simd, PacksPutRs1OnTop) {
  Machine m;
  EXPECT_EQ(m.result("cv.pack", 0x11112222, 0x33334444), 0x22224444u);
  EXPECT_EQ(m.result("cv.pack.h", 0x11112222, 0x33334444), 0x11113333u);
  EXPECT_EQ(m.result("cv.packhi.b", 0xaa, 0xbb, 0x12345678), 0xaabb5678u);
  EXPECT_EQ(m.result("cv.packlo.b", 0xaa, 0xbb, 0x12345678), 0x1234aabbu);
}

TEST(Simd, ComplexProductsKeepTheOtherHalf) {
  Machine m;
  const std::uint32_t a = 0x20004000;  // 0.25j + 0.5
  EXPECT_EQ(m.result("cv.cplxmul.r", a, a, 0xabcd1234), 0xabcd1800u);
  EXPECT_EQ(m.result("cv.cplxmul.i", a, a, 0xabcd1234), 0x20001234u);
  EXPECT_EQ(m.result("cv.cplxmul.r.div8", a, a, 0), 0x300u);
  EXPECT_EQ(m.result("cv.cplxmul.i", 0x80008000, 0x80008000, 0), 0x00000000u)
      << "2^31 wraps to -2^31, and -2^16 leaves no bits in the half";
  EXPECT_EQ(m.result("cv.cplxmul.i.div2", 0x80008000, 0x80008000, 0), 0x80000000u);
}

TEST(Simd, ComplexSumsWrapBeforeTheShift) {
  Machine m;
  EXPECT_EQ(m.result("cv.cplxconj", 0x80001234), 0x80001234u);
  EXPECT_EQ(m.result("cv.cplxconj", 0x00011234), 0xffff1234u);
  EXPECT_EQ(m.result("cv.subrotmj", 0x00050007, 0x00010002), 0xfffb0004u);
  EXPECT_EQ(m.result("cv.subrotmj.div2", 0x00050007, 0x00010002), 0xfffd0002u);
  EXPECT_EQ(m.result("cv.add.div2", 0x7fff0004, 0x00010004), 0xc0000004u);
  EXPECT_EQ(m.result("cv.sub.div4", 0x00080000, 0x00000008), 0x0002fffeu);
  EXPECT_EQ(m.result("cv.add.div8", 0x00080010, 0), 0x00010002u);
}

TEST(Simd, NibblesAndCrumbs) {
  Machine m;
  EXPECT_EQ(m.result("fb.add.n", 0xf0f0f0f8, 0x11111118), 0x01010100u);
  EXPECT_EQ(m.result("fb.sub.sc.n", 0x00000001, 0xfffffff1), 0xfffffff0u);
  EXPECT_EQ(m.result("fb.avg.n", 0x77000000, 0x11000000), 0xcc000000u);
  EXPECT_EQ(m.result("fb.avgu.n", 0xff000000, 0x1e000000), 0x06000000u);
  EXPECT_EQ(m.result("fb.min.n", 0x8, 0x7), 0x8u);
  EXPECT_EQ(m.result("fb.minu.n", 0x8, 0x7), 0x7u);
  EXPECT_EQ(m.result("fb.sra.n", 0x88888888, 0x76543210), 0xfec8fec8u);
  EXPECT_EQ(m.result("fb.sll.c", 0x55555555, 0xffffffff), 0xaaaaaaaau);
  EXPECT_EQ(m.result("fb.srl.sc.c", 0xaaaaaaaa, 0x00000003), 0x55555555u);
}

/// Every dot product of every width against exact integer arithmetic.
TEST(Simd, DotProductsEqualExactArithmeticModulo32Bits) {
  const struct {
    const char* suffix;
    const char* prefix;
    unsigned bits;
  } widths[] = {{".h", "cv.", 16}, {".b", "cv.", 8}, {".n", "fb.", 4}, {".c", "fb.", 2}};
  const struct {
    const char* name;
    bool a_signed;
    bool b_signed;
  } kinds[] = {{"dotup", false, false}, {"dotusp", false, true}, {"dotsp", true, true}};
  Machine m;
  Random random(3);
  for (const auto& width : widths) {
    for (const auto& kind : kinds) {
      for (const bool scalar : {false, true}) {
        for (int i = 0; i < 50; ++i) {
          const std::uint32_t a = random.bits();
          const std::uint32_t b = i == 0 ? ~0u : random.bits();
          const std::uint32_t d = random.bits();
          std::int64_t sum = 0;
          for (unsigned k = 0; k < 32 / width.bits; ++k) {
            sum += lane(a, width.bits, k, kind.a_signed) *
                   lane(b, width.bits, scalar ? 0 : k, kind.b_signed);
          }
          const std::string form = std::string(kind.name) + (scalar ? ".sc" : "") + width.suffix;
          ASSERT_EQ(m.result(width.prefix + form, a, b, d), static_cast<std::uint32_t>(sum))
              << form;
          m.hart.set_pc(kRam);
          ASSERT_EQ(m.result(std::string(width.prefix) + "s" + form, a, b, d),
                    static_cast<std::uint32_t>(sum + d))
              << form;
          m.hart.set_pc(kRam);
        }
      }
    }
  }
}

}  // namespace
}  // namespace freebits::isa::test
