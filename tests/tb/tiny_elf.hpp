// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace freebits::test {

/// An ELF32 RISC-V executable of one code segment, with symbols: what the tests need and nothing
/// else.
struct TinyElf {
  std::uint32_t address = 0x80000000;
  std::vector<std::uint32_t> words;
  std::uint32_t memory_size = 0x1000;
  std::vector<std::pair<std::string, std::uint32_t>> symbols;
  std::uint16_t machine = EM_RISCV;
  std::uint16_t type = ET_EXEC;

  [[nodiscard]] std::string bytes() const {
    std::string names(1, '\0');
    std::vector<Elf32_Sym> table(1);
    std::memset(table.data(), 0, sizeof(Elf32_Sym));
    for (const auto& [name, value] : symbols) {
      Elf32_Sym symbol{};
      symbol.st_name = static_cast<Elf32_Word>(names.size());
      symbol.st_value = value;
      symbol.st_shndx = SHN_ABS;
      symbol.st_info = ELF32_ST_INFO(STB_GLOBAL, STT_NOTYPE);
      names += name + '\0';
      table.push_back(symbol);
    }
    const auto code = static_cast<std::uint32_t>(words.size() * 4);
    const std::uint32_t code_at = sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr);
    const std::uint32_t table_at = code_at + code;
    const auto table_size = static_cast<std::uint32_t>(table.size() * sizeof(Elf32_Sym));
    const std::uint32_t names_at = table_at + table_size;
    const std::uint32_t sections_at =
        (names_at + static_cast<std::uint32_t>(names.size()) + 3) & ~3U;

    Elf32_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS32;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = type;
    header.e_machine = machine;
    header.e_version = EV_CURRENT;
    header.e_entry = address;
    header.e_phoff = sizeof(Elf32_Ehdr);
    header.e_shoff = sections_at;
    header.e_ehsize = sizeof(Elf32_Ehdr);
    header.e_phentsize = sizeof(Elf32_Phdr);
    header.e_phnum = 1;
    header.e_shentsize = sizeof(Elf32_Shdr);
    header.e_shnum = 3;
    header.e_shstrndx = 2;
    Elf32_Phdr segment{PT_LOAD, code_at, address, address, code, memory_size, PF_R | PF_W | PF_X,
                       4};
    Elf32_Shdr sections[3]{};
    sections[1].sh_type = SHT_SYMTAB;
    sections[1].sh_offset = table_at;
    sections[1].sh_size = table_size;
    sections[1].sh_link = 2;
    sections[1].sh_entsize = sizeof(Elf32_Sym);
    sections[2].sh_type = SHT_STRTAB;
    sections[2].sh_offset = names_at;
    sections[2].sh_size = static_cast<Elf32_Word>(names.size());

    std::string file(sections_at + sizeof(sections), '\0');
    std::memcpy(file.data(), &header, sizeof header);
    std::memcpy(file.data() + sizeof header, &segment, sizeof segment);
    std::memcpy(file.data() + code_at, words.data(), code);
    std::memcpy(file.data() + table_at, table.data(), table_size);
    std::memcpy(file.data() + names_at, names.data(), names.size());
    std::memcpy(file.data() + sections_at, sections, sizeof sections);
    return file;
  }

  void write(const std::filesystem::path& path) const {
    std::ofstream(path, std::ios::binary) << bytes();
  }
};

}  // namespace freebits::test
