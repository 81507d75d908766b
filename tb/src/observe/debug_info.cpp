// SPDX-License-Identifier: Apache-2.0
#include "freebits/tb/debug_info.hpp"

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "freebits/files/printable.hpp"
#include "freebits/tb/error.hpp"

namespace freebits::tb {
namespace {

struct File {
  explicit File(const std::filesystem::path& path) : descriptor(::open(path.c_str(), O_RDONLY)) {}
  ~File() {
    if (descriptor >= 0) ::close(descriptor);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor;
};

using ElfHandle = std::unique_ptr<::Elf, decltype(&elf_end)>;
using DwarfHandle = std::unique_ptr<Dwarf, decltype(&dwarf_end)>;

/// Of a symbol or a source file, fit for a terminal; what C++ makes of templates can be longer than
/// anybody reads.
std::string shown(std::string_view name) {
  constexpr std::size_t kMost = 1000;
  return files::printable(name.substr(0, kMost));
}

/// Code symbols; one without a size (assembly labels) reaches to the next.
std::vector<DebugInfo::Function> read_functions(::Elf* elf) {
  std::vector<DebugInfo::Function> functions;
  std::vector<std::uint32_t> section_ends;
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section != nullptr;
       section = elf_nextscn(elf, section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) continue;
    if ((header.sh_flags & SHF_EXECINSTR) != 0)
      section_ends.push_back(static_cast<std::uint32_t>(header.sh_addr + header.sh_size));
    if (header.sh_type != SHT_SYMTAB) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    const std::size_t count = header.sh_entsize != 0 ? header.sh_size / header.sh_entsize : 0;
    for (std::size_t i = 0; data != nullptr && i < count; ++i) {
      GElf_Sym symbol;
      if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) continue;
      if (GELF_ST_TYPE(symbol.st_info) != STT_FUNC) continue;
      const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
      const auto begin = static_cast<std::uint32_t>(symbol.st_value);
      functions.push_back({begin, begin + static_cast<std::uint32_t>(symbol.st_size),
                           shown(name != nullptr ? name : "")});
    }
  }
  std::stable_sort(functions.begin(), functions.end(),
                   [](const auto& a, const auto& b) { return a.begin < b.begin; });
  const auto same = [](const auto& a, const auto& b) { return a.begin == b.begin; };
  functions.erase(std::unique(functions.begin(), functions.end(), same), functions.end());
  std::sort(section_ends.begin(), section_ends.end());
  for (std::size_t i = 0; i < functions.size(); ++i) {
    DebugInfo::Function& f = functions[i];
    if (f.end != f.begin) continue;
    f.end = i + 1 < functions.size() ? functions[i + 1].begin : ~std::uint32_t{0};
    const auto end = std::upper_bound(section_ends.begin(), section_ends.end(), f.begin);
    if (end != section_ends.end()) f.end = std::min(f.end, *end);
  }
  return functions;
}

void read_lines(Dwarf* dwarf, std::vector<DebugInfo::Line>& lines,
                std::vector<std::string>& files) {
  std::unordered_map<std::string, std::uint32_t> known;
  Dwarf_Off offset = 0;
  Dwarf_Off next = 0;
  std::size_t header_size = 0;
  for (; dwarf_nextcu(dwarf, offset, &next, &header_size, nullptr, nullptr, nullptr) == 0;
       offset = next) {
    Dwarf_Die unit;
    Dwarf_Lines* table = nullptr;
    std::size_t count = 0;
    if (dwarf_offdie(dwarf, offset + header_size, &unit) == nullptr) continue;
    if (dwarf_getsrclines(&unit, &table, &count) != 0) continue;
    for (std::size_t i = 0; i < count; ++i) {
      Dwarf_Line* entry = dwarf_onesrcline(table, i);
      Dwarf_Addr address = 0;
      int number = 0;
      bool ends = false;
      dwarf_lineaddr(entry, &address);
      dwarf_lineno(entry, &number);
      dwarf_lineendsequence(entry, &ends);
      const char* source = ends ? nullptr : dwarf_linesrc(entry, nullptr, nullptr);
      std::uint32_t file = DebugInfo::kNoLine;
      if (source != nullptr && number != 0) {
        const auto index = static_cast<std::uint32_t>(files.size());
        const auto [it, added] = known.emplace(source, index);
        if (added) files.emplace_back(shown(source));
        file = it->second;
      }
      lines.push_back(
          {static_cast<std::uint32_t>(address), file, static_cast<std::uint32_t>(number)});
    }
  }
  // Where one sequence ends and another begins, the beginning counts.
  std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) {
    if (a.begin != b.begin) return a.begin < b.begin;
    return a.file == DebugInfo::kNoLine && b.file != DebugInfo::kNoLine;
  });
}

}  // namespace

DebugInfo::DebugInfo(const std::filesystem::path& path) {
  const File file(path);
  if (file.descriptor < 0) throw Error(fmt::format("{}: cannot be read", path.string()));
  elf_version(EV_CURRENT);
  const ElfHandle elf(elf_begin(file.descriptor, ELF_C_READ, nullptr), &elf_end);
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF) {
    throw Error(fmt::format("{}: not an ELF file", path.string()));
  }
  functions_ = read_functions(elf.get());
  const DwarfHandle dwarf(dwarf_begin_elf(elf.get(), DWARF_C_READ, nullptr), &dwarf_end);
  if (dwarf) read_lines(dwarf.get(), lines_, files_);
}

int DebugInfo::function_at(std::uint32_t pc) const {
  auto it = std::upper_bound(functions_.begin(), functions_.end(), pc,
                             [](std::uint32_t at, const Function& f) { return at < f.begin; });
  if (it == functions_.begin()) return -1;
  --it;
  return pc < it->end ? static_cast<int>(it - functions_.begin()) : -1;
}

const DebugInfo::Line* DebugInfo::line_at(std::uint32_t pc) const {
  auto it = std::upper_bound(lines_.begin(), lines_.end(), pc,
                             [](std::uint32_t at, const Line& line) { return at < line.begin; });
  if (it == lines_.begin()) return nullptr;
  --it;
  return it->file == kNoLine ? nullptr : &*it;
}

}  // namespace freebits::tb
