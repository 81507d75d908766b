// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tb/memory/system_memory.hpp"

namespace freebits::tb {
namespace {

TEST(SystemMemory, RefusesOverlapsAndOddSizes) {
  SystemMemory memory;
  memory.add_region(0x1000, 0x1000);
  EXPECT_THROW(memory.add_region(0x1ffc, 8), Error);
  EXPECT_THROW(memory.add_region(0x4001, 8), Error);
  EXPECT_THROW(memory.add_region(0x4000, 6), Error);
  EXPECT_THROW(memory.add_region(0x4000, 0), Error);
  EXPECT_THROW(memory.add_region(0xfffffff0, 0x20), Error);
  memory.add_region(0x2000, 4);
  memory.add_region(0xfffffff0, 0x10);
}

TEST(SystemMemory, KnowsItsEdges) {
  SystemMemory memory;
  memory.add_region(0x1000, 8);
  EXPECT_TRUE(memory.write_word(0x1004, 42));
  EXPECT_EQ(memory.read_word(0x1004), 42U);
  EXPECT_FALSE(memory.write_word(0x1005, 1));
  EXPECT_FALSE(memory.write_word(0xffc, 1));
  EXPECT_EQ(memory.find(0x1007, 2), nullptr);
  EXPECT_NE(memory.find(0x1007, 1), nullptr);
}

TEST(SystemMemory, CopiesItsBytes) {
  SystemMemory memory;
  memory.add_region(0, 8);
  SystemMemory copy = memory;
  copy.write_word(0, 5);
  EXPECT_EQ(memory.read_word(0), 0U);
}

}  // namespace
}  // namespace freebits::tb
