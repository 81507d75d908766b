// SPDX-License-Identifier: Apache-2.0
// The generator's own tests: what it makes is reproducible, encodes what it says, and shrinks.
#include <gtest/gtest.h>

#include <algorithm>

#include "campaign.hpp"
#include "exhaustive.hpp"
#include "generator.hpp"
#include "memory_map.hpp"
#include "shrink.hpp"
#include "tb/isa/decode.hpp"

namespace freebits::random {
namespace {

Piece jump_like(const char* name, Reloc reloc, std::uint32_t target) {
  for (unsigned form = 0; form < kCompressedNames.size(); ++form) {
    if (kCompressedNames[form] != name) continue;
    Piece piece = raw_half(compressed_encodings(form).front());
    piece.reloc = reloc;
    piece.target = target;
    return piece;
  }
  ADD_FAILURE() << name;
  return {};
}

/// A program of an item with `piece` between `before` and `after` halfword nops, which are items
/// 1, 3.
Program around(const Piece& piece, unsigned before, unsigned after) {
  Program program;
  Item first{1, false, "", {}};
  for (unsigned i = 0; i < before; ++i) first.pieces.push_back(raw_half(1));
  Item last{3, false, "", {}};
  for (unsigned i = 0; i < after; ++i) last.pieces.push_back(raw_half(1));
  program.items = {first, {2, false, "", {piece}}, last};
  return program;
}

std::int32_t displacement(const Image& image, std::uint32_t at) {
  for (const Image::Line& line : image.lines) {
    if (line.address != at) continue;
    const std::uint32_t word = expand_fetched(line.word);
    const isa::InsnSpec* spec = isa::decode(word, isa::Level::FlexV);
    return isa::extract_operands(*spec, word).imm;
  }
  return 0;
}

TEST(Program, CompressedJumpsReachTheirTargets) {
  for (unsigned distance = 0; distance < 1000; distance += 7) {
    const Program back = around(jump_like("c.j", Reloc::CompressedJump, 1), distance, 0);
    EXPECT_EQ(displacement(assemble(back, 0), 2 * distance), -2 * static_cast<int>(distance));
    const Program on = around(jump_like("c.jal", Reloc::CompressedJump, 4), 0, distance);
    EXPECT_EQ(displacement(assemble(on, 0), 0), 2 + 2 * static_cast<int>(distance));
  }
}

TEST(Program, CompressedBranchesReachTheirTargets) {
  for (unsigned distance = 0; distance < 120; ++distance) {
    const Program back = around(jump_like("c.beqz", Reloc::CompressedBranch, 1), distance, 0);
    EXPECT_EQ(displacement(assemble(back, 0), 2 * distance), -2 * static_cast<int>(distance));
  }
}

TEST(Program, AlignedItemsArePaddedBeforeTheLastInstruction) {
  Program program;
  program.items = {{1, false, "", {raw_half(1), raw_word(0x13)}}, {2, true, "", {raw_word(0x13)}}};
  const Image image = assemble(program, 0x100);
  ASSERT_EQ(image.lines.size(), 5U);
  EXPECT_EQ(image.lines[1].word, 1U);  // c.nop
  EXPECT_EQ(image.lines[2].address, 0x104U);
  EXPECT_EQ(image.lines[3].address, 0x108U);
}

TEST(Generator, GivesTheSameProgramForTheSameSeed) {
  for (const isa::Level level : {isa::Level::Rv32imc, isa::Level::FlexV}) {
    const Program a = Generator(level, 5).generate(3);
    const Program b = Generator(level, 5).generate(3);
    EXPECT_EQ(listing(a), listing(b));
    EXPECT_EQ(a.data, b.data);
    EXPECT_NE(listing(a), listing(Generator(level, 6).generate(3)));
    EXPECT_NE(listing(a), listing(Generator(level, 5).generate(4)));
  }
}

TEST(Generator, FitsTheCodeRegion) {
  for (const isa::Level level : {isa::Level::Rv32imc, isa::Level::XpulpV2, isa::Level::FlexV}) {
    const Generator generator(level, 9);
    for (std::uint32_t i = 0; i < 50; ++i) {
      EXPECT_LT(assemble(generator.generate(i), kProgramBase).end, kCodeBase + kCodeSize - 64);
    }
  }
}

TEST(Shrink, KeepsOnlyWhatTheFailureNeeds) {
  const Program program = Generator(isa::Level::FlexV, 1).generate(0);
  const auto multiplications = [](const Program& p) {
    std::ptrdiff_t count = 0;
    for (const Item& item : p.items) {
      count += std::ranges::count_if(item.pieces, [](const Piece& piece) {
        return piece.spec != nullptr && unit_of(*piece.spec) == Unit::Mul;
      });
    }
    return count;
  };
  ASSERT_GE(multiplications(program), 2);
  const Program small = shrink(program, [&](const Program& p) { return multiplications(p) >= 2; });
  EXPECT_EQ(instruction_count(small), 2U);
  EXPECT_EQ(small.environment.interrupt_interval, 0U);
  EXPECT_EQ(small.environment.stall_probability, 0);
}

TEST(Campaign, IsTheSameWithAnyNumberOfJobs) {
  CampaignOptions options{.level = isa::Level::Mixed, .seed = 3, .programs = 8, .instructions = 0};
  const CampaignResult one = run_campaign(options, {});
  options.jobs = 2;
  const CampaignResult two = run_campaign(options, {});
  EXPECT_EQ(one.instructions, two.instructions);
  EXPECT_EQ(one.cycles, two.cycles);
  EXPECT_EQ(one.coverage.holes(), two.coverage.holes());
}

TEST(Exhaustive, TriesEveryFunct7OfEveryOpcode) {
  const Encodings all = all_32_bit(1, 1, false);
  std::vector<bool> seen(1 << 15);
  for (const std::uint32_t word : all.words) {
    seen[(word >> 2 & 0x1f) | (word >> 12 & 7) << 5 | word >> 25 << 8] = true;
  }
  EXPECT_TRUE(std::ranges::all_of(seen, [](bool s) { return s; }));
}

}  // namespace
}  // namespace freebits::random
