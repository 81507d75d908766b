// SPDX-License-Identifier: Apache-2.0
#include "deploy/image/packing.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tests/models/random_layers.hpp"

namespace freebits::models {
namespace {

TEST(Packing, ComesBackForEveryTypeAndNumberOfChannels) {
  test::RandomLayers random(7);
  for (const IntType type : kIntTypes) {
    for (unsigned channels = 1; channels <= 70; ++channels) {
      const Tensor tensor = random.tensor({2, 3, channels}, type);
      const auto bytes = pack(tensor);
      EXPECT_EQ(bytes.size(), 6 * ((channels * bits(type) + 31) / 32 * 4));
      EXPECT_EQ(unpack(bytes, tensor.shape, type), tensor) << name(type) << ' ' << channels;
    }
  }
}

TEST(Packing, IsLittleEndianAlongTheChannels) {
  Tensor t({1, 1, 3}, IntType::S4);
  t.values = {-1, 2, -8};
  EXPECT_EQ(pack(t), (std::vector<std::uint8_t>{0x2f, 0x08, 0, 0}));
}

TEST(Packing, RefusesOtherSizesAndDirtyPadding) {
  Tensor t({1, 2, 3}, IntType::U8);
  auto bytes = pack(t);
  EXPECT_THROW((void)unpack(std::span(bytes).first(7), t.shape, t.type), Error);
  bytes[3] = 1;
  EXPECT_THROW((void)unpack(bytes, t.shape, t.type), Error);
}

TEST(IntTypes, HaveNames) {
  for (const IntType type : kIntTypes) EXPECT_EQ(parse_int_type(name(type)), type);
  EXPECT_FALSE(parse_int_type("u16"));
}

}  // namespace
}  // namespace freebits::models
