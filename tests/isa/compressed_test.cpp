// SPDX-License-Identifier: Apache-2.0
// Expansion of 16-bit instructions; all encodings are compared with LLVM in llvm_test.cpp.
#include <gtest/gtest.h>

#include "machine.hpp"

namespace freebits::isa::test {
namespace {

TEST(Compressed, HintsExpandToInstructionsWithoutEffect) {
  EXPECT_EQ(expand_compressed(0x0001), encode("addi", {}));          // c.nop
  EXPECT_EQ(expand_compressed(0x0005), encode("addi", {.imm = 1}));  // c.nop 1
  EXPECT_EQ(expand_compressed(0x4005), encode("addi", {.imm = 1}));  // c.li x0, 1
  EXPECT_EQ(expand_compressed(0x6005), encode("lui", {.imm = 1}));   // c.lui x0, 1
  EXPECT_EQ(expand_compressed(0x802e),
            encode("add", {.rd = 0, .rs1 = 0, .rs2 = 11}));                   // c.mv x0, a1
  EXPECT_EQ(expand_compressed(0x0002), encode("slli", {}));                   // c.slli x0, 0
  EXPECT_EQ(expand_compressed(0x8001), encode("srli", {.rd = 8, .rs1 = 8}));  // c.srli s0, 0
}

TEST(Compressed, ReservedAndFloatingPointEncodingsAreIllegal) {
  for (const std::uint16_t insn : {
           0x0000,  // all zeros
           0x0004,  // c.addi4spn a1, 0
           0x2000,  // c.fld
           0x6000,  // c.flw
           0x8000,  // reserved
           0xa000,  // c.fsd
           0xe000,  // c.fsw
           0x6101,  // c.addi16sp 0
           0x6081,  // c.lui ra, 0
           0x9001,  // c.srli by 32
           0x9c01,  // c.subw
           0x9c41,  // reserved
           0x1002,  // c.slli by 32
           0x2002,  // c.fldsp
           0x4002,  // c.lwsp x0
           0x6002,  // c.flwsp
           0x8002,  // c.jr x0
           0xa002,  // c.fsdsp
           0xe002,  // c.fswsp
       }) {
    EXPECT_FALSE(expand_compressed(insn)) << std::hex << insn;
  }
}

}  // namespace
}  // namespace freebits::isa::test
