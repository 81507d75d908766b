// SPDX-License-Identifier: Apache-2.0
#include "qemu.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "memory_map.hpp"
#include "rows.hpp"

namespace freebits::random {
namespace {

constexpr std::int32_t kSysWrite = 64;
constexpr std::int32_t kSysExit = 93;
constexpr std::uint8_t kA0 = 10;
constexpr std::uint8_t kA1 = 11;
constexpr std::uint8_t kA2 = 12;
constexpr std::uint8_t kA7 = 17;

struct Segment {
  std::uint32_t address = 0;
  std::uint32_t flags = 0;
  std::vector<std::uint8_t> bytes;
};

std::vector<std::uint8_t> copy(const tb::SystemMemory& memory, std::uint32_t base,
                               std::uint32_t size) {
  std::vector<std::uint8_t> bytes(size);
  memory.read(base, bytes);
  return bytes;
}

/// write(1, data, size); exit(0)
std::vector<std::uint32_t> leave() {
  const auto li = [](std::uint8_t reg, std::int32_t value) {
    return isa::encode(row("addi"), {.rd = reg, .imm = value});
  };
  return {li(kA7, kSysWrite),
          li(kA0, 1),
          isa::encode(row("lui"), {.rd = kA1, .imm = kDataBase >> 12}),
          isa::encode(row("lui"), {.rd = kA2, .imm = kDataSize >> 12}),
          isa::encode(row("ecall"), {}),
          li(kA7, kSysExit),
          li(kA0, 0),
          isa::encode(row("ecall"), {})};
}

void write_elf(const std::vector<Segment>& segments, std::uint32_t entry,
               const std::filesystem::path& path) {
  Elf32_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS32;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = EM_RISCV;
  header.e_version = EV_CURRENT;
  header.e_entry = entry;
  header.e_phoff = sizeof header;
  header.e_flags = 1;  // EF_RISCV_RVC
  header.e_ehsize = sizeof header;
  header.e_phentsize = sizeof(Elf32_Phdr);
  header.e_phnum = static_cast<Elf32_Half>(segments.size());

  constexpr std::uint32_t kPage = 0x1000;
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(&header), sizeof header);
  std::uint32_t offset = kPage;
  for (const Segment& segment : segments) {
    Elf32_Phdr program{};
    program.p_type = PT_LOAD;
    program.p_offset = offset;
    program.p_vaddr = program.p_paddr = segment.address;
    program.p_filesz = program.p_memsz = static_cast<std::uint32_t>(segment.bytes.size());
    program.p_flags = segment.flags;
    program.p_align = kPage;
    file.write(reinterpret_cast<const char*>(&program), sizeof program);
    offset += (program.p_filesz + kPage - 1) / kPage * kPage;
  }
  offset = kPage;
  for (const Segment& segment : segments) {
    file.seekp(offset);
    file.write(reinterpret_cast<const char*>(segment.bytes.data()),
               static_cast<std::streamsize>(segment.bytes.size()));
    offset += (static_cast<std::uint32_t>(segment.bytes.size()) + kPage - 1) / kPage * kPage;
  }
  file.close();
  if (!file) throw std::runtime_error(fmt::format("{}: cannot be written", path.string()));
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

}  // namespace

void write_linux_elf(const tb::SystemMemory& memory, std::uint32_t entry, std::uint32_t end,
                     const std::filesystem::path& path) {
  Segment code{kCodeBase, PF_R | PF_X, copy(memory, kCodeBase, kCodeSize)};
  std::uint32_t at = end - kCodeBase;
  for (const std::uint32_t word : leave()) {
    std::memcpy(code.bytes.data() + at, &word, 4);
    at += 4;
  }
  Segment data{kDataBase, PF_R | PF_W, copy(memory, kDataBase, kDataSize)};
  const auto constants = copy(memory, kConstBase, kConstSize);
  data.bytes.insert(data.bytes.end(), constants.begin(), constants.end());
  write_elf({code, data}, entry, path);
}

std::vector<std::uint8_t> run_qemu(const std::filesystem::path& path) {
  const std::string command = fmt::format("qemu-riscv32 '{}'", path.string());
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot start qemu-riscv32 (package qemu-user)");
  std::vector<std::uint8_t> output;
  std::array<std::uint8_t, 4096> block{};
  for (std::size_t count = 0; (count = std::fread(block.data(), 1, block.size(), pipe)) > 0;) {
    output.insert(output.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
  }
  const int status = ::pclose(pipe);
  if (status != 0) {
    throw std::runtime_error(fmt::format("\"{}\" ended with status {:#x}", command, status));
  }
  return output;
}

}  // namespace freebits::random
