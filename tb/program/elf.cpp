// SPDX-License-Identifier: Apache-2.0
#include "tb/program/elf.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/error.hpp"

namespace freebits::tb {
namespace {

/// File descriptor and libelf handle, closed together.
class Handle {
 public:
  explicit Handle(const std::filesystem::path& path) : path_(path) {
    if (std::filesystem::is_directory(path)) fail("is a folder; name a RISC-V ELF file");
    fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) fail(std::strerror(errno));
    elf_version(EV_CURRENT);
    elf_ = elf_begin(fd_, ELF_C_READ, nullptr);
    if (elf_ == nullptr || elf_kind(elf_) != ELF_K_ELF) {
      close();
      fail("not an ELF file; expected a 32-bit little-endian RISC-V executable");
    }
  }
  ~Handle() { close(); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  [[nodiscard]] ::Elf* get() const { return elf_; }
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(fmt::format("{}: {}", path_.string(), what));
  }

 private:
  void close() {
    if (elf_ != nullptr) elf_end(elf_);
    if (fd_ >= 0) ::close(fd_);
    elf_ = nullptr;
    fd_ = -1;
  }
  std::filesystem::path path_;
  int fd_ = -1;
  ::Elf* elf_ = nullptr;
};

GElf_Ehdr checked_header(const Handle& file) {
  GElf_Ehdr header;
  if (gelf_getehdr(file.get(), &header) == nullptr) file.fail("ELF header is truncated");
  if (header.e_ident[EI_CLASS] != ELFCLASS32 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_machine != EM_RISCV) {
    file.fail(fmt::format(
        "ELF for machine {}, {}-bit {}-endian; expected machine 243 (RISC-V), 32-bit little-endian",
        header.e_machine, header.e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32,
        header.e_ident[EI_DATA] == ELFDATA2MSB ? "big" : "little"));
  }
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN) {
    file.fail("not an executable (object file or core dump); link it first");
  }
  return header;
}

void read_segments(const Handle& file, Elf& elf) {
  std::size_t count = 0;
  std::size_t size = 0;
  if (elf_getphdrnum(file.get(), &count) != 0) file.fail("program headers are truncated");
  const char* raw = elf_rawfile(file.get(), &size);
  if (raw == nullptr) file.fail("cannot be read");
  std::uint64_t held = 0;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (gelf_getphdr(file.get(), static_cast<int>(i), &header) == nullptr) {
      file.fail(fmt::format("program header {} is truncated", i));
    }
    if (header.p_type != PT_LOAD || header.p_memsz == 0) continue;
    if (header.p_filesz > header.p_memsz || header.p_offset > size ||
        header.p_filesz > size - header.p_offset) {
      file.fail(
          fmt::format("segment {} (address {:#010x}) reaches past the end of the file ({} bytes); "
                      "the file is truncated",
                      i, header.p_paddr, size));
    }
    held += header.p_filesz;
    if (held > size) {
      file.fail(
          fmt::format("segment {} (address {:#010x}): its bytes are those of another; "
                      "expected each of the {} bytes of the file in one segment at most",
                      i, header.p_paddr, size));
    }
    Elf::Segment segment;
    segment.address = static_cast<std::uint32_t>(header.p_paddr);
    segment.memory_size = static_cast<std::uint32_t>(header.p_memsz);
    segment.data.assign(raw + header.p_offset, raw + header.p_offset + header.p_filesz);
    elf.segments.push_back(std::move(segment));
  }
  if (elf.segments.empty()) file.fail("no loadable segment; link it as an executable");
}

/// Names may share their bytes in a file: all together, they may be this many times as long.
constexpr std::size_t kMostSharing = 4;

void read_symbols(const Handle& file, Elf& elf) {
  std::size_t left = 0;
  (void)elf_rawfile(file.get(), &left);
  left *= kMostSharing;
  for (Elf_Scn* section = elf_nextscn(file.get(), nullptr); section != nullptr;
       section = elf_nextscn(file.get(), section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_SYMTAB ||
        header.sh_entsize == 0) {
      continue;
    }
    Elf_Data* data = elf_getdata(section, nullptr);
    if (data == nullptr) continue;  // symbols are a convenience: a stripped or odd table is none
    for (std::size_t i = 0; i < header.sh_size / header.sh_entsize; ++i) {
      GElf_Sym symbol;
      if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) break;
      const char* name = elf_strptr(file.get(), header.sh_link, symbol.st_name);
      if (name == nullptr || *name == '\0' || symbol.st_shndx == SHN_UNDEF) continue;
      const std::size_t length = std::strlen(name) + 1;
      if (length > left) file.fail("symbol names longer than the file can hold");
      left -= length;
      elf.symbols[name] = static_cast<std::uint32_t>(symbol.st_value);
    }
    return;  // a second table there is none (gABI, sh_type)
  }
}

}  // namespace

std::optional<std::uint32_t> Elf::symbol(const std::string& name) const {
  const auto found = symbols.find(name);
  if (found == symbols.end()) return std::nullopt;
  return found->second;
}

std::uint32_t Elf::required_symbol(const std::string& name) const {
  if (const auto value = symbol(name)) return *value;
  throw Error(fmt::format("{}: no symbol {}", path.string(), name));
}

Elf read_elf(const std::filesystem::path& path) {
  const Handle file(path);
  Elf elf;
  elf.path = path;
  elf.entry = static_cast<std::uint32_t>(checked_header(file).e_entry);
  read_segments(file, elf);
  read_symbols(file, elf);
  return elf;
}

void load(const Elf& elf, SystemMemory& memory) {
  const auto regions = [&memory] {
    std::string text;
    for (const auto& r : memory.regions()) {
      text += fmt::format("{}{:#010x}-{:#010x}", text.empty() ? "" : ", ", r.base,
                          r.base + static_cast<std::uint32_t>(r.bytes.size()) - 1);
    }
    return text;
  };
  for (const Elf::Segment& s : elf.segments) {
    SystemMemory::Region* region = memory.find(s.address, s.memory_size);
    if (region == nullptr) {
      throw Error(fmt::format(
          "{}: segment {:#010x}-{:#010x} lies outside memory ({}); relink it or add "
          "--memory BASE:SIZE",
          elf.path.string(), s.address, std::uint64_t{s.address} + s.memory_size - 1, regions()));
    }
    const auto at = region->bytes.begin() + (s.address - region->base);
    std::fill(at, at + s.memory_size, std::uint8_t{0});
    std::copy(s.data.begin(), s.data.end(), at);
  }
  if (memory.find(elf.entry & ~1U, 2) == nullptr) {
    throw Error(fmt::format("{}: entry point {:#010x} lies outside memory ({})", elf.path.string(),
                            elf.entry, regions()));
  }
}

}  // namespace freebits::tb
