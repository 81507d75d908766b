// SPDX-License-Identifier: Apache-2.0
// Dot products of two widths (rtl/README.md, "mixed").
#include <gtest/gtest.h>

#include <algorithm>

#include "machine.hpp"
#include "random_insn.hpp"

namespace freebits::isa::test {
namespace {

constexpr std::uint32_t kFmt = 0x7c0;
constexpr std::uint32_t kSkip = 0x7c1;
constexpr std::uint32_t kSlice = 0x7c2;

std::uint32_t fmt(unsigned a_code, unsigned w_code) { return a_code | w_code << 4; }

std::int64_t lane(std::uint32_t x, unsigned bits, unsigned i, bool is_signed) {
  const std::int64_t span = std::int64_t{1} << bits;
  std::int64_t value = x;
  for (unsigned k = 0; k < i; ++k) value /= span;
  value %= span;
  return is_signed && value >= span / 2 ? value - span : value;
}

TEST(Mixed, EveryFormatAndSliceEqualsExactArithmetic) {
  const struct {
    const char* name;
    bool a_signed;
    bool w_signed;
  } kinds[] = {
      {"fb.dotup.m", false, false}, {"fb.dotusp.m", false, true}, {"fb.dotsp.m", true, true}};
  Machine m;
  Random random(4);
  for (unsigned a_code = 0; a_code < 3; ++a_code) {
    for (unsigned w_code = 0; w_code < 3; ++w_code) {
      const unsigned a_bits = 8 >> a_code;
      const unsigned w_bits = 8 >> w_code;
      const unsigned wide = std::max(a_bits, w_bits);
      const unsigned ratio = wide / std::min(a_bits, w_bits);
      const unsigned lanes = 32 / wide;
      for (unsigned slice = 0; slice < 4; ++slice) {
        for (const auto& kind : kinds) {
          const std::uint32_t a = random.bits();
          const std::uint32_t w = random.bits();
          m.hart.set_pc(kRam);
          m.hart.write_csr(kFmt, fmt(a_code, w_code));
          m.hart.write_csr(kSlice, slice << 8);
          std::int64_t sum = 0;
          for (unsigned i = 0; i < lanes; ++i) {
            const unsigned narrow = slice % ratio * lanes + i;
            sum += lane(a, a_bits, a_bits < wide ? narrow : i, kind.a_signed) *
                   lane(w, w_bits, w_bits < wide ? narrow : i, kind.w_signed);
          }
          EXPECT_EQ(m.result(kind.name, a, w), static_cast<std::uint32_t>(sum))
              << kind.name << ' ' << a_bits << 'x' << w_bits << " slice " << slice;
          EXPECT_EQ(m.csr(kSlice), (slice % ratio + 1) % ratio << 8);
        }
      }
    }
  }
}

TEST(Mixed, AccumulatesOnRd) {
  Machine m;
  m.hart.write_csr(kFmt, fmt(0, 1));
  EXPECT_EQ(m.result("fb.sdotusp.m", 0x01010101, 0xffff1234, 100), 110u);
  EXPECT_EQ(m.result("fb.sdotusp.m", 0x01010101, 0xffff1234, 100), 96u) << "slice 1";
}

TEST(Mixed, SkipHoldsASliceForThatManyProducts) {
  Machine m;
  m.hart.write_csr(kFmt, fmt(0, 2));
  m.hart.write_csr(kSkip, 3);
  const std::uint32_t expected[] = {0x001, 0x002, 0x100, 0x101, 0x102, 0x200};
  for (const std::uint32_t slice : expected) {
    m.exec("fb.dotup.m", {.rd = 0, .rs1 = 5, .rs2 = 6});  // the state advances for x0 too
    EXPECT_EQ(m.csr(kSlice), slice);
  }
}

TEST(Mixed, UniformFormatsStayAtSliceZero) {
  Machine m;
  m.hart.write_csr(kFmt, fmt(1, 1));
  m.hart.write_csr(kSkip, 2);
  m.exec("fb.dotup.m", {.rd = 5});
  EXPECT_EQ(m.csr(kSlice), 1u);
  m.exec("fb.dotup.m", {.rd = 5});
  EXPECT_EQ(m.csr(kSlice), 0u);
}

TEST(Mixed, CountBeyondSkipAdvancesAtOnce) {
  Machine m;
  m.hart.write_csr(kFmt, fmt(0, 1));
  m.hart.write_csr(kSkip, 2);
  m.hart.write_csr(kSlice, 0xff);
  m.exec("fb.dotup.m", {.rd = 5});
  EXPECT_EQ(m.csr(kSlice), 0x100u);
}

}  // namespace
}  // namespace freebits::isa::test
