// SPDX-License-Identifier: Apache-2.0
// Mac&Load (rtl/README.md, "flexv").
#include <gtest/gtest.h>

#include "machine.hpp"

namespace freebits::isa::test {
namespace {

constexpr std::uint32_t kFmt = 0x7c0;
constexpr std::uint32_t kSlice = 0x7c2;
constexpr std::uint32_t kAct = 0x7c4;  // address, stride, rollback, skip
constexpr std::uint32_t kWeight = 0x7c8;
constexpr std::uint32_t kFba0 = 0x7cc;
constexpr std::uint32_t kFbw0 = 0x7d0;

struct Flexv : Machine {
  void stream(std::uint32_t base, std::uint32_t address, std::uint32_t stride,
              std::uint32_t rollback, std::uint32_t skip) {
    hart.write_csr(base, address);
    hart.write_csr(base + 1, stride);
    hart.write_csr(base + 2, rollback);
    hart.write_csr(base + 3, skip);
  }

  Retired mac_load(std::uint8_t rd, std::uint8_t act, std::uint8_t weight, std::uint8_t ld) {
    const Format format = ld == 7   ? Format::MacLoadNone
                          : ld >= 4 ? Format::MacLoadAct
                                    : Format::MacLoadWeight;
    return exec("fb.mlsdotusp", {.rd = rd, .act = act, .weight = weight, .ld = ld}, format);
  }
};

TEST(MacLoad, UsesTheOldOperandAndThenRefillsIt) {
  Flexv m;
  m.ram.set_word(kData, 0x05050505);
  m.stream(kWeight, kData, 4, 0, 0);
  m.hart.write_csr(kFba0 + 1, 0x01020304);
  m.hart.write_csr(kFbw0 + 2, 0xff01ff01);
  m.hart.set_reg(10, 100);
  const Retired r = m.mac_load(10, 1, 2, 2);
  EXPECT_EQ(r.rd_value, 102u);  // -1 + 2 - 3 + 4
  EXPECT_EQ(r.mem_addr, kData);
  EXPECT_EQ(r.mem_rdata, 0x05050505u);
  EXPECT_EQ(m.csr(kFbw0 + 2), 0x05050505u);
  EXPECT_EQ(m.csr(kWeight), kData + 4);
}

TEST(MacLoad, StreamsRollBackEverySkipLoads) {
  Flexv m;
  m.stream(kAct, kData, 4, -8u, 3);
  const std::uint32_t addresses[] = {kData,     kData + 4, kData + 8, kData,
                                     kData + 4, kData + 8, kData};
  for (const std::uint32_t address : addresses) EXPECT_EQ(m.mac_load(0, 0, 0, 4).mem_addr, address);
  EXPECT_EQ(m.csr(kAct + 3), 0x0103u);
}

TEST(MacLoad, SkipZeroNeverRollsBackNorCounts) {
  Flexv m;
  m.stream(kAct, kData, 4, 1000, 0x0500);
  for (int i = 0; i < 10; ++i) m.mac_load(0, 0, 0, 5);
  EXPECT_EQ(m.csr(kAct), kData + 40);
  EXPECT_EQ(m.csr(kAct + 3), 0x0500u);
}

TEST(MacLoad, ToX0OnlyLoads) {
  Flexv m;
  m.ram.set_word(kData, 0xabcd);
  m.stream(kAct, kData, 4, 0, 0);
  m.hart.write_csr(kFmt, 0x10);
  const Retired r = m.mac_load(0, 0, 0, 5);
  EXPECT_EQ(r.rd, 0);
  EXPECT_EQ(m.csr(kFba0 + 1), 0xabcdu);
  EXPECT_EQ(m.csr(kSlice), 0u);
}

TEST(MacLoad, WithoutLoadAdvancesTheSliceOnly) {
  Flexv m;
  m.hart.write_csr(kFmt, 0x10);  // 8 x 4
  m.hart.write_csr(kFba0, 0x01010101);
  m.hart.write_csr(kFbw0, 0x33331111);
  EXPECT_EQ(m.mac_load(10, 0, 0, 7).rd_value, 4u);
  EXPECT_EQ(m.csr(kSlice), 0x100u);
  const Retired r = m.mac_load(10, 0, 0, 7);
  EXPECT_EQ(r.rd_value, 16u);
  EXPECT_EQ(r.mem_rmask, 0);
}

TEST(MacLoad, MisalignedStreamsWork) {
  Flexv m;
  m.ram.set_word(kData, 0x44332211);
  m.ram.set_word(kData + 4, 0x88776655);
  m.stream(kWeight, kData + 3, 4, 0, 0);
  m.mac_load(0, 0, 0, 0);
  EXPECT_EQ(m.csr(kFbw0), 0x77665544u);
}

TEST(MacLoad, FaultLeavesNoTrace) {
  Flexv m;
  m.hart.write_csr(0x305, kRam + 0x100);
  m.hart.write_csr(kFmt, 0x10);
  m.stream(kWeight, 0x1000, 4, 8, 2);
  m.hart.write_csr(kFba0, 0x01010101);
  m.hart.write_csr(kFbw0, 0x11111111);
  m.hart.set_reg(10, 5);
  const Retired r = m.mac_load(10, 0, 0, 0);
  EXPECT_TRUE(r.trap);
  EXPECT_EQ(r.rd, 0);
  EXPECT_EQ(m.hart.reg(10), 5u);
  EXPECT_EQ(m.csr(0x342), 5u);
  EXPECT_EQ(m.csr(0x343), 0x1000u);
  EXPECT_EQ(m.csr(kSlice), 0u);
  EXPECT_EQ(m.csr(kWeight), 0x1000u);
  EXPECT_EQ(m.csr(kWeight + 3), 2u);
  EXPECT_EQ(m.csr(kFbw0), 0x11111111u);
}

}  // namespace
}  // namespace freebits::isa::test
