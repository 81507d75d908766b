// SPDX-License-Identifier: Apache-2.0
#include "program.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "memory_map.hpp"
#include "rows.hpp"
#include "tb/isa/disassemble.hpp"
#include "trap_handler.hpp"

namespace freebits::random {
namespace {

constexpr std::uint16_t kCompressedNop = 0x0001;
constexpr std::uint32_t kNop = 0x0000'0013;
constexpr std::uint32_t kJumpToSelf = 0x0000'006f;

std::uint32_t item_size(const Item& item) {
  std::uint32_t size = 0;
  for (const Piece& piece : item.pieces) size += piece.length;
  return size;
}

/// Scatters bits of `offset` as (bit of the offset, bit of the instruction) pairs say.
template <std::size_t N>
std::uint32_t scatter(std::uint32_t offset, const std::array<std::pair<int, int>, N>& bits) {
  std::uint32_t word = 0;
  for (const auto& [from, to] : bits) word |= (offset >> from & 1) << to;
  return word;
}

constexpr std::array<std::pair<int, int>, 8> kBranchBits = {
    {{8, 12}, {4, 11}, {3, 10}, {7, 6}, {6, 5}, {2, 4}, {1, 3}, {5, 2}}};
constexpr std::array<std::pair<int, int>, 11> kJumpBits = {
    {{11, 12}, {4, 11}, {9, 10}, {8, 9}, {10, 8}, {6, 7}, {7, 6}, {3, 5}, {2, 4}, {1, 3}, {5, 2}}};

std::uint32_t compressed(const Piece& piece, std::int32_t offset) {
  const bool branch = piece.reloc == Reloc::CompressedBranch;
  const std::int32_t reach = branch ? 256 : 2048;
  if (offset < -reach || offset >= reach) return kCompressedNop;
  const auto bits = static_cast<std::uint32_t>(offset);
  return branch ? (piece.raw & 0xe383) | scatter(bits, kBranchBits)
                : (piece.raw & 0xe003) | scatter(bits, kJumpBits);
}

std::uint32_t relative(const Piece& piece, std::int32_t offset) {
  const std::int32_t reach = piece.spec->format == isa::Format::Jump ? 1 << 20 : 4096;
  if (offset < -reach || offset >= reach) return kNop;
  isa::Operands operands = piece.operands;
  operands.imm = offset;
  return isa::encode(*piece.spec, operands);
}

std::uint32_t resolve(const Piece& piece, std::uint32_t pc, std::uint32_t target) {
  isa::Operands operands = piece.operands;
  const auto distance = static_cast<std::int32_t>(target - pc);
  switch (piece.reloc) {
    case Reloc::None:
      return piece.spec != nullptr ? isa::encode(*piece.spec, operands) : piece.raw;
    case Reloc::Relative:
      return relative(piece, distance);
    case Reloc::CompressedBranch:
    case Reloc::CompressedJump:
      return compressed(piece, distance);
    case Reloc::LoopEnd:
      (piece.spec->format == isa::Format::LoopSetupImm ? operands.imm2 : operands.imm) =
          std::max(distance, 0) / 4;
      return isa::encode(*piece.spec, operands);
    case Reloc::AbsoluteHigh:
      operands.imm = static_cast<std::int32_t>((target + 0x800) >> 12);
      return isa::encode(*piece.spec, operands);
    case Reloc::AbsoluteLow:
      operands.imm = static_cast<std::int32_t>(target << 20) >> 20;
      return isa::encode(*piece.spec, operands);
  }
  return kNop;
}

/// Start of every item and whether a c.nop precedes the last instruction of the item before.
struct Layout {
  std::vector<std::uint32_t> starts;  ///< one more than items: the end
  std::vector<bool> padded;           ///< the item holds a c.nop before its last instruction
};

Layout lay_out(const Program& program, std::uint32_t base) {
  Layout layout;
  const std::size_t count = program.items.size();
  layout.padded.assign(count, false);
  std::uint32_t at = base;
  for (std::size_t i = 0; i < count; ++i) {
    layout.starts.push_back(at);
    at += item_size(program.items[i]);
    if (i + 1 < count && program.items[i + 1].aligned && (at & 3) != 0) {
      layout.padded[i] = true;
      at += 2;
    }
  }
  layout.starts.push_back(at);
  return layout;
}

std::uint32_t address_of(const Program& program, const Layout& layout, std::uint32_t id) {
  const auto found =
      std::lower_bound(program.items.begin(), program.items.end(), id,
                       [](const Item& item, std::uint32_t i) { return item.id < i; });
  return layout.starts[static_cast<std::size_t>(found - program.items.begin())];
}

}  // namespace

Piece insn(const isa::InsnSpec& spec, const isa::Operands& operands) {
  Piece piece;
  piece.spec = &spec;
  piece.operands = operands;
  return piece;
}

Piece raw_word(std::uint32_t word) {
  Piece piece;
  piece.raw = word;
  return piece;
}

Piece raw_half(std::uint16_t half) {
  Piece piece;
  piece.raw = half;
  piece.length = 2;
  return piece;
}

Image assemble(const Program& program, std::uint32_t base) {
  const Layout layout = lay_out(program, base);
  Image image;
  for (std::size_t i = 0; i < program.items.size(); ++i) {
    const Item& item = program.items[i];
    std::uint32_t at = layout.starts[i];
    const char* kind = item.kind;
    const auto place = [&](std::uint32_t word, std::uint8_t length) {
      image.lines.push_back({at, word, length, kind});
      kind = "";
      at += length;
    };
    for (std::size_t p = 0; p < item.pieces.size(); ++p) {
      if (layout.padded[i] && p + 1 == item.pieces.size()) place(kCompressedNop, 2);
      const Piece& piece = item.pieces[p];
      place(resolve(piece, at,
                    address_of(program, layout, piece.target) +
                        static_cast<std::uint32_t>(piece.addend)),
            piece.length);
    }
    if (layout.padded[i] && item.pieces.empty()) place(kCompressedNop, 2);
  }
  image.end = layout.starts.back();
  image.lines.push_back({image.end, kJumpToSelf, 4, "end"});
  return image;
}

std::uint32_t size_bound(const Program& program) {
  std::uint32_t size = 4;
  for (const Item& item : program.items) size += item_size(item) + 2;
  return size;
}

std::vector<std::uint32_t> constant_table() {
  static constexpr std::uint32_t kCorners[] = {
      0,           1,           ~0U,         0x8000'0000, 0x7fff'ffff, 2,           0xff,
      0xffff'ff80, 0xffff'ffff, 0x8080'8080, 0x7f7f'7f7f, 0x8000'8000, 0x7fff'7fff, 0x0001'0001,
      0x0101'0101, 0x1111'1111, 0x8888'8888, 0x5555'5555, 0xaaaa'aaaa, 0x7777'7777, 0x0000'ffff,
      0xffff'0000, 0x00ff'00ff, 0x8000'7fff, 0x1234'5678, 0x0000'8000, 0x8000'0001, 0xfffe'ffff,
      0x0f0f'0f0f, 0xff00'ff00, 0x0000'001f, 0x0000'0020};
  std::vector<std::uint32_t> words(kConstSize / 4);
  std::uint32_t mixer = 0x9e37'79b9;
  for (std::uint32_t i = 0; i < kSpecialValues; ++i) {
    mixer = mixer * 1'664'525 + 1'013'904'223;
    words[i] = i < std::size(kCorners) ? kCorners[i]
               : i < 64                ? kCorners[i - 32] ^ 1U << (i & 31)
                                       : mixer;
  }
  for (std::uint32_t i = 0; i < kSpecialValues; ++i)
    words[kSpecialValues + i] = kDataBase + 0x400 + 9 * i;
  return words;
}

Image load(const Program& program, tb::SystemMemory& memory) {
  Image image = assemble(program, kProgramBase);
  tb::SystemMemory::Region& code = *memory.find(kCodeBase, 4);
  std::fill(code.bytes.begin(), code.bytes.end(), std::uint8_t{0});
  const auto put = [&memory](std::uint32_t address, std::uint32_t word, unsigned length) {
    const std::array<std::uint8_t, 4> bytes = {
        static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(word >> 8),
        static_cast<std::uint8_t>(word >> 16), static_cast<std::uint8_t>(word >> 24)};
    memory.write(address, std::span(bytes).first(length));
  };
  write_trap_handler(memory, image.end);
  for (const Image::Line& line : image.lines) put(line.address, line.word, line.length);
  // The last halfword of the code starts an instruction whose second half cannot be fetched.
  put(kCodeBase + kCodeSize - 2, 0x0013, 2);

  tb::SystemMemory::Region& top = *memory.find(kTopBase, 4);
  std::fill(top.bytes.begin(), top.bytes.end(), std::uint8_t{0});
  const auto from_zero = [](std::int32_t offset) { return static_cast<std::uint32_t>(offset); };
  memory.write_word(from_zero(kTrapBudget), 400);
  memory.write_word(from_zero(kSafeAddress), image.end);
  for (unsigned i = 0; i < 32; ++i) {
    memory.write_word(from_zero(kInitialRegisters) + 4 * i, program.registers[i]);
  }
  const auto table = constant_table();
  for (std::uint32_t i = 0; i < table.size(); ++i) memory.write_word(kConstBase + 4 * i, table[i]);
  for (std::uint32_t i = 0; i < kDataSize / 4; ++i) {
    memory.write_word(kDataBase + 4 * i, i < program.data.size() ? program.data[i] : 0);
  }
  for (std::uint32_t i = 0; i < kModifiableSize; i += 4)
    memory.write_word(kModifiableBase + i, kNop);
  memory.write_word(kModifiableBase + 8, isa::encode(row("jalr"), {.rs1 = 1}));
  return image;
}

std::string listing(const Program& program) {
  const Image image = assemble(program, kProgramBase);
  std::string text;
  for (const Image::Line& line : image.lines) {
    if (*line.kind != '\0') text += fmt::format("# {}\n", line.kind);
    const std::string word =
        line.length == 2 ? fmt::format("{:04x}    ", line.word) : fmt::format("{:08x}", line.word);
    text += fmt::format("  {:08x}: {}  {}\n", line.address, word,
                        isa::disassemble(line.word, line.address));
  }
  return text;
}

}  // namespace freebits::random
