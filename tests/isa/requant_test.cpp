// SPDX-License-Identifier: Apache-2.0
// Requantization (rtl/README.md, "xpulpnn: requantization") against exact arithmetic.
#include <gtest/gtest.h>

#include "machine.hpp"
#include "random_insn.hpp"

namespace freebits::isa::test {
namespace {

constexpr std::uint32_t kQuant = 0x7c3;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::int32_t as_signed(std::uint32_t x) { return static_cast<std::int32_t>(x); }

TEST(Requant, ScaleIsTheUpperWordOfTheShiftedProduct) {
  Machine m;
  Random random(7);
  for (unsigned i = 0; i < 2000; ++i) {
    const std::uint32_t pre = i % 32, a = random.bits(), b = random.bits();
    m.hart.set_pc(kRam);
    m.hart.write_csr(kQuant, pre << 8 | i % 29);
    const std::int64_t shifted = as_signed(a * (std::uint32_t{1} << pre));
    const std::int64_t expected = floor_divide(shifted * std::int64_t{b}, std::int64_t{1} << 32);
    EXPECT_EQ(m.result("fb.scale", a, b), static_cast<std::uint32_t>(expected)) << pre;
  }
}

// Halves round up, both ends saturate, for every type.
TEST(Requant, QntRoundsAndClips) {
  struct Case {
    std::uint32_t code, sign, shift, a, b, lane0;
  };
  const Case cases[] = {
      {0, 0, 4, 8, 0, 1},           {0, 0, 4, 7, 0, 0},          {0, 0, 4, 4080, 7, 255},
      {0, 0, 4, 5000, 0, 255},      {0, 0, 4, -1u, 0, 0},        {0, 1, 4, -8u, 0, 0},
      {0, 1, 4, -9u, 0, 0xff},      {0, 1, 0, 127, 1, 127},      {0, 1, 0, -128u, -1u, 0x80},
      {1, 0, 1, 29, 0, 15},         {1, 0, 1, 28, 0, 14},        {1, 1, 1, 29, 0, 7},
      {1, 1, 2, -100u, 0, 8},       {2, 0, 3, 11, 0, 1},         {2, 0, 3, 12, 0, 2},
      {2, 1, 30, 0x40000000, 0, 1}, {2, 1, 30, 0x90000000, 0, 2}};
  for (const Case& c : cases) {
    Machine m;
    m.hart.write_csr(kQuant, c.shift | c.code << 16 | c.sign << 20);
    EXPECT_EQ(m.result("fb.qnt", c.a, c.b), c.lane0) << c.code << ' ' << c.a << " >> " << c.shift;
  }
}

TEST(Requant, QntLeavesTheOtherLanesAlone) {
  for (std::uint32_t code = 0; code < 3; ++code) {
    const unsigned bits = 8 >> code;
    for (std::int32_t lane = 0; lane < 16; ++lane) {
      Machine m;
      m.hart.write_csr(kQuant, code << 16);
      const unsigned at = static_cast<unsigned>(lane) % (32 / bits) * bits;
      EXPECT_EQ(m.result_shift("fb.qnt", 0xffff, 0, lane, 0x5a5a5a5a),
                0x5a5a5a5a | ((1u << bits) - 1) << at)
          << bits << ' ' << lane;
    }
  }
}

}  // namespace
}  // namespace freebits::isa::test
