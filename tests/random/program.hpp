// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tb/isa/decode.hpp"
#include "tb/memory/system_memory.hpp"

namespace freebits::random {

/// How the address of Piece::target enters an instruction.
enum class Reloc : std::uint8_t {
  None,
  Relative,  ///< imm of a branch or jump: target - pc
  CompressedBranch,
  CompressedJump,
  LoopEnd,       ///< cv.endi, cv.setup (imm), cv.setupi (imm2): (target - pc) / 4
  AbsoluteHigh,  ///< lui of a lui/addi pair
  AbsoluteLow,   ///< its addi
};

/// One instruction: a table row with operands, or (row = null) the word `raw` of `length` bytes.
struct Piece {
  const isa::InsnSpec* spec = nullptr;
  isa::Operands operands;
  std::uint32_t raw = 0;
  std::uint8_t length = 4;
  Reloc reloc = Reloc::None;
  std::uint32_t target = 0;  ///< item id; a removed item stands for the next one left
  std::int32_t addend = 0;   ///< added to the target's address
};

/// Instructions that belong together. Items are what jumps aim at and what the shrinker removes.
struct Item {
  std::uint32_t id = 0;   ///< ascending within a program
  bool aligned = false;   ///< starts at a multiple of 4: a c.nop goes before the last instruction
                          ///< of the item before, if needed
  const char* kind = "";  ///< for listings
  std::vector<Piece> pieces;
};

/// What happens around a program.
struct Environment {
  double stall_probability = 0;  ///< of every grant and response
  std::uint64_t stall_seed = 1;
  unsigned interrupt_interval = 0;  ///< mean cycles between changes of the interrupt lines; 0: none
  std::uint64_t interrupt_seed = 1;
};

struct Program {
  isa::Level level = isa::Level::Rv32imc;
  std::uint64_t seed = 0;
  std::uint32_t index = 0;  ///< of the program in its campaign
  std::vector<Item> items;
  std::array<std::uint32_t, 32> registers{};  ///< loaded by the prologue
  std::vector<std::uint32_t> data;            ///< kDataBase ...
  Environment environment;
};

/// A program as bytes, and where its instructions stand.
struct Image {
  struct Line {
    std::uint32_t address = 0;
    std::uint32_t word = 0;
    std::uint8_t length = 4;
    const char* kind = "";  ///< of the item that starts here, else ""
  };
  std::vector<Line> lines;
  std::uint32_t end = 0;  ///< address of the final jump to itself
};

/// Assigns addresses from `base` on, resolves targets, appends the final jump to itself.
[[nodiscard]] Image assemble(const Program& program, std::uint32_t base);

/// Bytes the program takes at most.
[[nodiscard]] std::uint32_t size_bound(const Program& program);

/// Fills the memory of make_memory(): trap handler, program, data, constants, save area.
Image load(const Program& program, tb::SystemMemory& memory);

/// The words of the constant table (kConstBase): special operand values, then pointers into data.
[[nodiscard]] std::vector<std::uint32_t> constant_table();
inline constexpr std::uint32_t kSpecialValues = 128;  ///< words; as many pointers follow

/// The program as assembly text with addresses and encodings.
[[nodiscard]] std::string listing(const Program& program);

/// A piece from a table row.
[[nodiscard]] Piece insn(const isa::InsnSpec& spec, const isa::Operands& operands);
[[nodiscard]] Piece raw_word(std::uint32_t word);
[[nodiscard]] Piece raw_half(std::uint16_t half);

}  // namespace freebits::random
