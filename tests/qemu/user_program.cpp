// SPDX-License-Identifier: Apache-2.0
#include "user_program.hpp"

#include <algorithm>
#include <cstring>
#include <random>
#include <set>

#include "../core/assembler.hpp"

namespace freebits::test {
namespace {

using isa::Op;

constexpr std::uint8_t kSavedPointer = 3;
constexpr std::uint8_t kTrips = 31;

/// Registers that keep their meaning: stack pointer and two more that point into the area, where to save, the trip count.
bool reserved(unsigned reg) { return reg == 2 || reg == kSavedPointer || reg == 8 || reg == 9 || reg == kTrips; }
bool points_into_area(unsigned reg) { return reg == 2 || reg == 8 || reg == 9; }

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::vector<std::uint8_t> program(unsigned blocks) {
    for (const isa::InsnSpec& spec : isa::instructions()) {
      const bool user = spec.level == isa::Level::Rv32imc && !spec.has(isa::kSystem) && !spec.has(isa::kCsr);
      if (user && spec.op != Op::Jalr) specs_.push_back(&spec);
    }
    prologue();
    for (unsigned i = 0; i < blocks; ++i) block();
    epilogue();
    return p_.bytes();
  }

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }

  std::uint8_t any() { return static_cast<std::uint8_t>(below(3) == 0 ? 10 + below(6) : below(32)); }

  std::uint8_t target() {
    std::uint8_t reg = any();
    while (reserved(reg)) reg = any();
    return reg;
  }

  std::uint32_t interesting() {
    const std::uint32_t values[] = {0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFF, 0x00FF00FF};
    return below(3) == 0 ? values[below(8)] : static_cast<std::uint32_t>(random_()) >> below(32);
  }

  void prologue() {
    for (std::uint8_t reg = 1; reg < 32; ++reg) p_.li(reg, interesting());
    p_.li(2, kArea + 0xC00).li(kSavedPointer, kSaved);
  }

  void block() {
    p_.li(8, kArea + 0x900 + below(64)).li(9, kArea + 0x1100 + below(64));
    p_.op("addi", {.rd = kTrips, .imm = static_cast<std::int32_t>(20 + below(60))});
    if (below(2) == 0) p_.c_nop();
    const std::uint32_t top = p_.here();
    const unsigned length = 20 + below(60);
    for (unsigned i = 0; i < length; ++i) item();
    while (!landings_.empty()) item16();
    p_.op("addi", {.rd = kTrips, .rs1 = kTrips, .imm = -1});
    p_.op("bne", {.rs1 = kTrips, .imm = static_cast<std::int32_t>(top - p_.here())});
  }

  void epilogue() {
    for (std::uint8_t reg = 1; reg < 32; ++reg) {
      p_.op("sw", {.rs1 = kSavedPointer, .rs2 = reg, .imm = 4 * reg});
    }
    p_.li(10, 1).li(11, kArea).li(12, kAreaSize).li(17, 64).op("ecall");  // write
    p_.li(10, 0).li(17, 93).op("ecall");                                 // exit
  }

  /// Somewhere a forward transfer from `from` may land; an instruction will start there.
  std::int32_t landing(std::uint32_t from, std::uint32_t least) {
    const std::uint32_t distance = least + 2 * below(16);
    landings_.insert(from + distance);
    return static_cast<std::int32_t>(distance);
  }

  /// No transfer lands within the next `bytes` bytes, their start apart.
  bool uninterrupted(std::uint32_t bytes) {
    landings_.erase(landings_.begin(), landings_.upper_bound(p_.here()));
    return landings_.empty() || *landings_.begin() >= p_.here() + bytes;
  }

  void item() {
    const std::uint32_t kind = below(40);
    if (kind == 0 && uninterrupted(10)) return indirect_jump();
    if (kind < 16 || !uninterrupted(4)) return item16();
    if (kind == 16) return void(p_.op(below(2) == 0 ? "fence" : "fence.i"));
    item32();
  }

  void indirect_jump() {
    const std::uint8_t base = static_cast<std::uint8_t>(4 + below(3));
    const std::uint32_t from = p_.here();
    p_.op("auipc", {.rd = base});
    if (below(2) == 0) {
      p_.op("jalr", {.rd = target(), .rs1 = base, .imm = landing(from, 8)});
      return;
    }
    p_.op("addi", {.rd = base, .rs1 = base, .imm = landing(from, 10)});
    const unsigned link = below(2);  // c.jr, c.jalr
    p_.half(static_cast<std::uint16_t>(0x8002 | link << 12 | base << 7));
  }

  void item32() {
    const isa::InsnSpec& spec = *specs_[below(static_cast<std::uint32_t>(specs_.size()))];
    isa::Operands o{.rd = target(), .rs1 = any(), .rs2 = any()};
    if (spec.has(isa::kLoad) || spec.has(isa::kStore)) o.rs1 = static_cast<std::uint8_t>(below(3) == 0 ? 2 : 8 + below(2));
    for (const isa::FieldSpec& field : isa::fields(spec.format)) {
      if (field.slot != isa::Slot::Imm) continue;
      const auto count = static_cast<std::uint32_t>((field.max - field.min) / field.step) + 1;
      o.imm = field.min + static_cast<std::int32_t>(below(count)) * field.step;
    }
    if (spec.has(isa::kBranch) || spec.has(isa::kJump)) o.imm = landing(p_.here(), 4);
    p_.word(isa::encode(spec, o));
  }

  void item16() {
    landings_.erase(landings_.begin(), landings_.upper_bound(p_.here()));
    while (true) {
      const auto half = static_cast<std::uint16_t>(random_());
      if ((half & 3) == 3) continue;
      const auto expanded = isa::expand_compressed(half);
      if (expanded && harmless(*expanded)) return void(p_.half(half));
    }
  }

  /// Straight on or forward within reach, no write to a reserved register, memory only within the area.
  bool harmless(std::uint32_t insn) {
    const isa::InsnSpec& spec = *isa::decode(insn, isa::Level::Rv32imc);
    const isa::Operands o = isa::extract_operands(spec, insn);
    if (spec.has(isa::kSystem) || spec.op == Op::Jalr) return false;
    if (spec.has(isa::kWritesRd) && reserved(o.rd)) return false;
    if ((spec.has(isa::kLoad) || spec.has(isa::kStore)) && !points_into_area(o.rs1)) return false;
    if (!spec.has(isa::kBranch) && !spec.has(isa::kJump)) return true;
    // At the end of a block (no landings left to add) the same rule keeps transfers short enough to be padded.
    if (o.imm < 2 || o.imm > 32) return false;
    landings_.insert(p_.here() + static_cast<std::uint32_t>(o.imm));
    return true;
  }

  std::mt19937_64 random_;
  Program p_{kText};
  std::vector<const isa::InsnSpec*> specs_;
  std::set<std::uint32_t> landings_;  ///< addresses ahead where an instruction has to start
};

void put(std::vector<std::uint8_t>& out, std::size_t at, std::initializer_list<std::uint32_t> words) {
  for (const std::uint32_t word : words) {
    std::memcpy(out.data() + at, &word, 4);
    at += 4;
  }
}

}  // namespace

std::vector<std::uint8_t> random_user_program(std::uint64_t seed, unsigned blocks) {
  return Generator(seed).program(blocks);
}

std::vector<std::uint8_t> random_area(std::uint64_t seed) {
  std::mt19937_64 random(~seed);
  std::vector<std::uint8_t> area(kAreaSize);
  std::generate(area.begin(), area.end() - 128, [&] { return static_cast<std::uint8_t>(random()); });
  return area;
}

std::vector<std::uint8_t> elf_executable(const std::vector<std::uint8_t>& text, const std::vector<std::uint8_t>& area) {
  constexpr std::uint32_t page = 0x1000;
  const auto size = static_cast<std::uint32_t>(text.size());
  const std::uint32_t area_offset = page + (size + page - 1) / page * page;
  std::vector<std::uint8_t> elf(area_offset + area.size());
  put(elf, 0, {0x464C457F, 0x00010101, 0, 0});               // ELF, 32 bits, little-endian
  put(elf, 16, {0x00F30002, 1, kText, 52, 0, 1});            // executable, RISC-V, entry, headers at 52, RVC
  put(elf, 40, {52 | 32 << 16, 2, 0});                       // header sizes, two segments
  put(elf, 52, {1, page, kText, kText, size, size, 5, page});                                  // r-x
  put(elf, 84, {1, area_offset, kArea, kArea, kAreaSize, kAreaSize, 6, page});                 // rw-
  std::copy(text.begin(), text.end(), elf.begin() + page);
  std::copy(area.begin(), area.end(), elf.begin() + area_offset);
  return elf;
}

}  // namespace freebits::test
