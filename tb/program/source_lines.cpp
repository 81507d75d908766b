// SPDX-License-Identifier: Apache-2.0
#include "tb/program/source_lines.hpp"

#include <elfutils/libdw.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <unordered_map>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/process_apart.hpp"

namespace freebits::tb {
namespace {

using DwarfHandle = std::unique_ptr<Dwarf, decltype(&dwarf_end)>;

void read_lines(Dwarf* dwarf, SourceLines& source) {
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
      const char* name = ends ? nullptr : dwarf_linesrc(entry, nullptr, nullptr);
      std::uint32_t file = DebugInfo::kNoLine;
      if (name != nullptr && number != 0) {
        const auto index = static_cast<std::uint32_t>(source.files.size());
        const auto [it, added] = known.emplace(name, index);
        if (added) source.files.emplace_back(shown_name(name));
        file = it->second;
      }
      source.lines.push_back(
          {static_cast<std::uint32_t>(address), file, static_cast<std::uint32_t>(number)});
    }
  }
  // Where one sequence ends and another begins, the beginning counts.
  std::stable_sort(source.lines.begin(), source.lines.end(), [](const auto& a, const auto& b) {
    if (a.begin != b.begin) return a.begin < b.begin;
    return a.file == DebugInfo::kNoLine && b.file != DebugInfo::kNoLine;
  });
}

/// The number of lines, the lines, then the file names, each ended by a zero byte.
std::string packed(const SourceLines& source) {
  const std::uint64_t count = source.lines.size();
  std::string bytes(sizeof count + count * sizeof(DebugInfo::Line), '\0');
  std::memcpy(bytes.data(), &count, sizeof count);
  if (count != 0)
    std::memcpy(bytes.data() + sizeof count, source.lines.data(), count * sizeof(DebugInfo::Line));
  for (const std::string& file : source.files) bytes.append(file).push_back('\0');
  return bytes;
}

SourceLines unpacked(const std::string& bytes) {
  SourceLines source;
  std::uint64_t count = 0;
  std::memcpy(&count, bytes.data(), sizeof count);
  source.lines.resize(count);
  const std::size_t size = count * sizeof(DebugInfo::Line);
  if (count != 0) std::memcpy(source.lines.data(), bytes.data() + sizeof count, size);
  for (std::size_t at = sizeof count + size; at < bytes.size();) {
    source.files.emplace_back(bytes.c_str() + at);
    at += source.files.back().size() + 1;
  }
  return source;
}

}  // namespace

SourceLines read_source_lines(::Elf* elf, const std::filesystem::path& path) {
  const auto read = [elf] {
    SourceLines source;
    const DwarfHandle dwarf(dwarf_begin_elf(elf, DWARF_C_READ, nullptr), &dwarf_end);
    if (dwarf) read_lines(dwarf.get(), source);
    return packed(source);
  };
  const auto result = run_apart(read, {});
  if (!result) {
    throw Error(fmt::format(
        "{}: its debug information is damaged; build the program again, or remove it with "
        "llvm-strip --strip-debug",
        path.string()));
  }
  return unpacked(result->bytes);
}

std::string shown_name(std::string_view name) {
  constexpr std::size_t kMaximum = 1000;
  return printable(name.substr(0, kMaximum));
}

}  // namespace freebits::tb
