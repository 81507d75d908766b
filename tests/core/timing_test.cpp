// SPDX-License-Identifier: Apache-2.0
// Cycles of every instruction class and hazard that stays within straight-line code:
// rtl/core/README.md, measured.
#include "timing.hpp"

namespace freebits::test {
namespace {

using isa::Format;

struct Class {
  const char* mnemonic;
  isa::Operands operands;
};

void PrintTo(const Class& c, std::ostream* out) { *out << c.mnemonic; }

class SingleCycle : public testing::TestWithParam<Class> {};

TEST_P(SingleCycle, BackToBackWithTheResultAsNextOperand) {
  const auto& [mnemonic, operands] = GetParam();
  EXPECT_EQ(cost([&](Program& p) {
              for (int i = 0; i < 8; ++i) p.op(mnemonic, operands);
            }),
            8U);
}

INSTANTIATE_TEST_SUITE_P(
    Timing, SingleCycle,
    testing::Values(Class{"addi", {.rd = 15, .rs1 = 15, .imm = 1}},
                    Class{"add", {.rd = 15, .rs1 = 15, .rs2 = 15}},
                    Class{"sra", {.rd = 15, .rs1 = 15, .rs2 = 10}},
                    Class{"sltu", {.rd = 15, .rs1 = 15, .rs2 = 10}},
                    Class{"lui", {.rd = 15, .imm = 5}}, Class{"auipc", {.rd = 15, .imm = 5}},
                    Class{"mul", {.rd = 15, .rs1 = 15, .rs2 = 15}},
                    Class{"cv.mac", {.rd = 15, .rs1 = 15, .rs2 = 15}},
                    Class{"cv.msu", {.rd = 15, .rs1 = 15, .rs2 = 15}},
                    Class{"cv.mulsn", {.rd = 15, .rs1 = 15, .rs2 = 15, .imm = 3}},
                    Class{"cv.machhsrn", {.rd = 15, .rs1 = 15, .rs2 = 15, .imm = 3}},
                    Class{"cv.extract", {.rd = 15, .rs1 = 15, .imm = 3, .imm2 = 4}},
                    Class{"cv.bitrev", {.rd = 15, .rs1 = 15, .imm = 1, .imm2 = 4}},
                    Class{"cv.cnt", {.rd = 15, .rs1 = 15}},
                    Class{"cv.clip", {.rd = 15, .rs1 = 15, .imm = 6}},
                    Class{"cv.addnr", {.rd = 15, .rs1 = 15, .rs2 = 10}},
                    Class{"cv.add.h", {.rd = 15, .rs1 = 15, .rs2 = 10}},
                    Class{"cv.max.sci.b", {.rd = 15, .rs1 = 15, .imm = 6}},
                    Class{"cv.shuffle2.b", {.rd = 15, .rs1 = 15, .rs2 = 10}},
                    Class{"cv.cplxmul.r", {.rd = 15, .rs1 = 15, .rs2 = 10}},
                    Class{"cv.sdotsp.h", {.rd = 15, .rs1 = 15, .rs2 = 10}},
                    Class{"cv.sdotusp.b", {.rd = 15, .rs1 = 15, .rs2 = 10}},
                    Class{"fb.add.n", {.rd = 15, .rs1 = 15, .rs2 = 10}},
                    Class{"fb.sdotsp.n", {.rd = 15, .rs1 = 15, .rs2 = 10}},
                    Class{"fb.sdotup.c", {.rd = 15, .rs1 = 15, .rs2 = 10}},
                    Class{"fb.sdotsp.m", {.rd = 15, .rs1 = 15, .rs2 = 10}}));

class CsrAccess : public testing::TestWithParam<std::uint32_t> {};

TEST_P(CsrAccess, TakesOneCycle) {
  const auto number = static_cast<std::int32_t>(GetParam());
  EXPECT_EQ(cost([&](Program& p) {
              p.op("csrrs", {.rd = 15, .rs1 = 0, .imm = number});
              p.op("csrrw", {.rd = 16, .rs1 = 15, .imm = number});
              p.op("csrrc", {.rd = 15, .rs1 = 16, .imm = number});
              p.op("add", {.rd = 15, .rs1 = 15, .rs2 = 16});
            }),
            4U);
}

INSTANTIATE_TEST_SUITE_P(Timing, CsrAccess,
                         testing::Values(0x300, 0x304, 0x305, 0x340, 0x341, 0x342, 0x320, 0xB00,
                                         0xB02, 0xB83, 0x7C0, 0x7C3, 0x7C4, 0x7CC, 0x7D3));

TEST(Timing, MulhAndRequantizationTakeOneCycle) {
  for (const char* mnemonic : {"mulh", "mulhsu", "mulhu", "fb.scale", "fb.qnt"}) {
    EXPECT_EQ(cost([&](Program& p) {
                for (int i = 0; i < 4; ++i) p.op(mnemonic, {.rd = 15, .rs1 = 15, .rs2 = 10});
              }),
              4U)
        << mnemonic;
  }
}

TEST(Timing, LoadFollowedByItsUseStallsOnce) {
  const auto use = [](const isa::Operands& operands, const char* mnemonic) {
    return cost([&](Program& p) { p.op("lw", {.rd = 15, .rs1 = 8}).op(mnemonic, operands); });
  };
  EXPECT_EQ(use({.rd = 16, .rs1 = 15, .rs2 = 10}, "add"), 3U);
  EXPECT_EQ(use({.rd = 16, .rs1 = 10, .rs2 = 15}, "add"), 3U);
  EXPECT_EQ(use({.rd = 15, .rs1 = 10, .rs2 = 10}, "cv.sdotsp.b"), 3U) << "as accumulator";
  EXPECT_EQ(use({.rs1 = 9, .rs2 = 15}, "sw"), 3U) << "as store data";
  EXPECT_EQ(use({.rd = 16, .rs1 = 15, .rs2 = 10}, "mulh"), 3U);
}

TEST(Timing, LoadsAndStoresFollowedByIndependentInstructionsTakeOneCycle) {
  EXPECT_EQ(cost([](Program& p) {
              p.op("lw", {.rd = 15, .rs1 = 8}).op("add", {.rd = 16, .rs1 = 10, .rs2 = 11});
            }),
            2U);
  EXPECT_EQ(cost([](Program& p) {
              p.op("lw", {.rd = 15, .rs1 = 8}).nop().op("add", {.rd = 16, .rs1 = 15, .rs2 = 15});
            }),
            3U)
      << "use after one other instruction";
  EXPECT_EQ(cost([](Program& p) {
              for (int i = 0; i < 4; ++i) {
                p.op("lw", {.rd = static_cast<std::uint8_t>(15 + i), .rs1 = 8, .imm = 4 * i});
                p.op("sw", {.rs1 = 9, .rs2 = 10, .imm = 4 * i});
              }
            }),
            8U);
  EXPECT_EQ(cost([](Program& p) {
              p.op("sw", {.rs1 = 8, .rs2 = 10}).op("lw", {.rd = 15, .rs1 = 8});
              p.op("sw", {.rs1 = 8, .rs2 = 10}).op("lhu", {.rd = 16, .rs1 = 8, .imm = 2});
            }),
            4U)
      << "a load of what was just stored";
  EXPECT_EQ(
      cost([](Program& p) { p.op("lw", {.rd = 15, .rs1 = 8}).op("lw", {.rd = 15, .rs1 = 9}); }), 2U)
      << "overwriting a load in flight";
}

TEST(Timing, AccessesAcrossAWordTakeOneMoreCycle) {
  const auto access = [](const char* mnemonic, std::int32_t offset) {
    return cost(
        [&](Program& p) { p.op(mnemonic, {.rd = 15, .rs1 = 8, .rs2 = 10, .imm = offset}).nop(); });
  };
  for (const char* mnemonic : {"lw", "sw"}) {
    EXPECT_EQ(access(mnemonic, 0), 2U) << mnemonic;
    for (const int offset : {1, 2, 3}) EXPECT_EQ(access(mnemonic, offset), 3U) << mnemonic;
  }
  for (const char* mnemonic : {"lh", "lhu", "sh"}) {
    for (const int offset : {0, 1, 2}) EXPECT_EQ(access(mnemonic, offset), 2U) << mnemonic;
    EXPECT_EQ(access(mnemonic, 3), 3U) << mnemonic;
  }
  for (const char* mnemonic : {"lb", "lbu", "sb"}) EXPECT_EQ(access(mnemonic, 3), 2U) << mnemonic;
  EXPECT_EQ(
      cost([](Program& p) {
        p.op("lw", {.rd = 15, .rs1 = 8, .imm = 1}).op("add", {.rd = 16, .rs1 = 15, .rs2 = 15});
      }),
      4U)
      << "and their use one more";
}

TEST(Timing, PostIncrementForwardsItsBase) {
  EXPECT_EQ(cost([](Program& p) {
              for (int i = 0; i < 4; ++i) {
                p.op("cv.lw", {.rd = static_cast<std::uint8_t>(15 + i), .rs1 = 8, .imm = 4},
                     Format::LoadPostImm);
              }
              p.op("cv.lh", {.rd = 20, .rs1 = 8, .rs2 = 10}, Format::LoadPostReg);
              p.op("cv.sb", {.rs1 = 8, .rs2 = 10, .imm = 4}, Format::StorePostImm);
              p.op("cv.sw", {.rd = 10, .rs1 = 8, .rs2 = 11}, Format::StorePostReg);
              p.op("addi", {.rd = 8, .rs1 = 8, .imm = 1});
            }),
            8U + 1U)  // the last cv.sw stands at kData + 27: it crosses a word
      << "base register used by the next instruction";
  EXPECT_EQ(cost([](Program& p) {
              p.op("cv.lw", {.rd = 15, .rs1 = 8, .rs2 = 10},
                   Format::LoadReg);  // kData + 7: crosses
              p.op("cv.sb", {.rd = 10, .rs1 = 8, .rs2 = 11}, Format::StoreReg);
            }),
            3U);
}

TEST(Timing, FenceTakesOneCycleAndFenceITwo) {
  EXPECT_EQ(cost([](Program& p) { p.op("fence", {.imm = 0xFF}).op("fence", {.imm = 0xFF}); }), 2U);
  EXPECT_EQ(cost([](Program& p) { p.op("fence.i"); }), 2U);
}

unsigned leading_zeros(std::uint32_t value) {
  return value == 0 ? 32 : static_cast<unsigned>(__builtin_clz(value));
}

std::uint64_t division_cycles(std::uint32_t a, std::uint32_t b, bool is_signed) {
  if (b == 0) return 2;
  const auto magnitude = [&](std::uint32_t v) { return is_signed && (v >> 31) != 0 ? 0 - v : v; };
  const int steps = static_cast<int>(leading_zeros(magnitude(b))) -
                    static_cast<int>(leading_zeros(magnitude(a))) + 1;
  return 2 + static_cast<std::uint64_t>(steps > 0 ? steps : 0);
}

TEST(Timing, DivisionTakesTwoCyclesAndOnePerQuotientBit) {
  const std::uint32_t values[] = {0,          1,          2,          3,          7,
                                  10,         100,        0xFFFF,     0x10000,    0x12345678,
                                  0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFF, 0xFFFFFFF9,
                                  0xFFFF0000, 0xC0000000};
  for (const char* mnemonic : {"div", "divu", "rem", "remu"}) {
    const bool is_signed = std::string_view(mnemonic).back() != 'u';
    for (const std::uint32_t a : values) {
      for (const std::uint32_t b : values) {
        const auto cycles =
            cost([&](Program& p) { p.op(mnemonic, {.rd = 17, .rs1 = 15, .rs2 = 16}); },
                 [&](Program& p) { p.li(15, a).li(16, b); });
        EXPECT_EQ(cycles, division_cycles(a, b, is_signed))
            << mnemonic << std::hex << " 0x" << a << ", 0x" << b;
      }
    }
  }
}

TEST(Timing, MacLoadTakesOneCycleAndTheUseOfALoadingRegisterOneMore) {
  const auto stream = [](Program& p) {
    p.op("csrrw", {.rs1 = 8, .imm = 0x7C4}).op("csrrw", {.rs1 = 9, .imm = 0x7C8});
    p.op("csrrwi", {.imm = 0x7C5, .imm2 = 4}).op("csrrwi", {.imm = 0x7C9, .imm2 = 4});
  };
  EXPECT_EQ(cost(
                [](Program& p) {
                  for (std::uint8_t i = 0; i < 8; ++i) {
                    // loads the weight register that is used four instructions later
                    p.op("fb.mlsdotsp",
                         {.rd = 15,
                          .weight = static_cast<std::uint8_t>(i & 3),
                          .ld = static_cast<std::uint8_t>(i & 3)},
                         Format::MacLoadWeight);
                  }
                  p.op("fb.mlsdotsp", {.rd = 15, .ld = 4}, Format::MacLoadAct);
                  p.op("fb.mlsdotsp", {.rd = 15, .act = 1, .ld = 5}, Format::MacLoadAct);
                  p.op("fb.mlsdotsp", {.rd = 15}, Format::MacLoadNone);
                },
                stream),
            11U);
  EXPECT_EQ(cost(
                [](Program& p) {
                  p.op("fb.mlsdotsp", {.ld = 2}, Format::MacLoadWeight);
                  p.op("fb.mlsdotsp", {.rd = 15, .weight = 2}, Format::MacLoadNone);
                  p.op("fb.mlsdotsp", {.ld = 5}, Format::MacLoadAct);
                  p.op("fb.mlsdotsp", {.rd = 15, .act = 1}, Format::MacLoadNone);
                },
                stream),
            4U + 2U);
}

}  // namespace
}  // namespace freebits::test
