// SPDX-License-Identifier: Apache-2.0
// RISC-V programs.
#include <elf.h>

#include <array>
#include <cstring>
#include <fstream>
#include <iterator>

#include "../../tb/tiny_elf.hpp"
#include "kind.hpp"
#include "mutate.hpp"
#include "tb/observe/profile.hpp"
#include "tb/program/debug_info.hpp"
#include "tb/program/elf.hpp"

namespace freebits::fuzz {
namespace {

/// A field of a header, at a multiple of its size.
void change_field(std::string& bytes, std::size_t table, std::size_t entry, std::size_t count,
                  Random& random) {
  const std::size_t at = table + entry * random.below(count) + 4 * random.below(entry / 4);
  if (at + 4 > bytes.size()) return;
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, 4);
  const std::array<std::uint32_t, 5> values = {
      static_cast<std::uint32_t>(random.of(kEdges)), value + 1, value - 1,
      static_cast<std::uint32_t>(bytes.size()), static_cast<std::uint32_t>(random.bits())};
  value = random.of(values);
  std::memcpy(bytes.data() + at, &value, 4);
}

std::string mutated(const std::string& seed, Random& random) {
  if (random.one_in(3)) return mutated_bytes(seed, random);
  std::string bytes = seed;
  Elf32_Ehdr header{};
  std::memcpy(&header, bytes.data(), sizeof header);
  for (std::size_t i = random.size(6); i > 0; --i) {
    const std::size_t table = random.below(5);
    if (table == 0) change_field(bytes, 16, sizeof header - 16, 1, random);
    if (table == 1 || table == 2)
      change_field(bytes, header.e_phoff, sizeof(Elf32_Phdr), header.e_phnum, random);
    if (table > 2) change_field(bytes, header.e_shoff, sizeof(Elf32_Shdr), header.e_shnum, random);
  }
  return bytes;
}

}  // namespace

Kind elf(const fs::path&) {
  Kind kind;
  kind.file = "program.elf";
  kind.mutants = 1000;  // each one starts a process, which takes 9 ms under AddressSanitizer
  test::TinyElf tiny;
  tiny.words.assign(64, 0x13);
  tiny.symbols = {{"main", 0x80000000}, {"tohost", 0x80000100}};
  std::ifstream linked(FREEBITS_FUZZ_PROGRAM, std::ios::binary);  // with DWARF
  kind.seeds = {tiny.bytes(), {std::istreambuf_iterator<char>(linked), {}}};
  kind.mutate = mutated;
  kind.read = [](const fs::path& file) {
    const tb::Elf elf = tb::read_elf(file);
    const tb::DebugInfo info(file);
    for (const std::uint32_t pc : {elf.entry, 0U, ~0U}) {
      (void)info.function_at(pc);
      (void)info.line_at(pc);
    }
    const tb::Profile profile(info, 1);
    tb::SystemMemory memory;
    for (const std::uint32_t base : {0x1c000000U, 0x80000000U}) memory.add_region(base, 1 << 20);
    tb::load(elf, memory);
  };
  return kind;
}

}  // namespace freebits::fuzz
