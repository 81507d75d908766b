// SPDX-License-Identifier: Apache-2.0
#include "trap_handler.hpp"

#include <vector>

#include "memory_map.hpp"
#include "rows.hpp"

namespace freebits::random {
namespace {

constexpr std::uint32_t kVectors = 32;
constexpr std::uint32_t kHandler = kCodeBase + 4 * kVectors;
constexpr std::int32_t kMepc = 0x341;
constexpr std::int32_t kMcause = 0x342;
constexpr std::uint8_t kT0 = 5;
constexpr std::uint8_t kT1 = 6;
constexpr std::size_t kGiveUp = 6;  ///< index of the jump to the program's end

constexpr std::int32_t instructions(int count) { return 4 * count; }

std::vector<std::uint32_t> routine() {
  std::vector<std::uint32_t> words;
  const auto add = [&words](std::string_view mnemonic, const isa::Operands& operands) {
    words.push_back(isa::encode(row(mnemonic), operands));
  };
  add("sw", {.rs2 = kT0, .imm = kSaveArea});
  add("sw", {.rs2 = kT1, .imm = kSaveArea + 4});
  add("lw", {.rd = kT0, .imm = kTrapBudget});
  add("addi", {.rd = kT0, .rs1 = kT0, .imm = -1});
  add("sw", {.rs2 = kT0, .imm = kTrapBudget});
  add("blt", {.rs1 = 0, .rs2 = kT0, .imm = instructions(2)});
  add("jal", {});  // kGiveUp
  add("csrrs", {.rd = kT0, .imm = kMcause});
  add("blt", {.rs1 = kT0, .imm = instructions(13)});  // interrupt: restore and return
  add("csrrs", {.rd = kT1, .imm = kMepc});
  add("addi", {.rd = kT0, .rs1 = kT0, .imm = -1});
  add("bne", {.rs1 = kT0, .imm = instructions(3)});
  add("lw", {.rd = kT1, .imm = kSafeAddress});
  add("jal", {.imm = instructions(7)});
  add("lhu", {.rd = kT0, .rs1 = kT1});
  add("andi", {.rd = kT0, .rs1 = kT0, .imm = 3});
  add("addi", {.rd = kT0, .rs1 = kT0, .imm = -3});
  add("addi", {.rd = kT1, .rs1 = kT1, .imm = 2});
  add("bne", {.rs1 = kT0, .imm = instructions(2)});
  add("addi", {.rd = kT1, .rs1 = kT1, .imm = 2});
  add("csrrw", {.rs1 = kT1, .imm = kMepc});
  add("lw", {.rd = kT0, .imm = kSaveArea});
  add("lw", {.rd = kT1, .imm = kSaveArea + 4});
  add("mret", {});
  return words;
}

std::vector<std::uint32_t> vector_table() {
  std::vector<std::uint32_t> words;
  for (std::uint32_t i = 0; i < kVectors; ++i) {
    const auto distance = static_cast<std::int32_t>(kHandler - (kCodeBase + 4 * i));
    words.push_back(isa::encode(row("jal"), {.imm = distance}));
  }
  return words;
}

}  // namespace

void write_trap_handler(tb::SystemMemory& memory, std::uint32_t end) {
  static const std::vector<std::uint32_t> kWords = [] {
    std::vector<std::uint32_t> words = vector_table();
    for (const std::uint32_t word : routine()) words.push_back(word);
    return words;
  }();
  static const isa::InsnSpec& kJump = row("jal");
  for (std::uint32_t i = 0; i < kWords.size(); ++i) {
    memory.write_word(kCodeBase + 4 * i, kWords[i]);
  }
  const std::uint32_t at = kHandler + 4 * kGiveUp;
  memory.write_word(at, isa::encode(kJump, {.imm = static_cast<std::int32_t>(end - at)}));
}

}  // namespace freebits::random
