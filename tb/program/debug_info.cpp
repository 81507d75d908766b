// SPDX-License-Identifier: Apache-2.0
#include "tb/program/debug_info.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "base/error.hpp"
#include "tb/program/source_lines.hpp"

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
                           shown_name(name != nullptr ? name : "")});
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
  SourceLines source = read_source_lines(elf.get(), path);
  lines_ = std::move(source.lines);
  files_ = std::move(source.files);
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
