// SPDX-License-Identifier: Apache-2.0
// What read_elf and load accept, and what they say otherwise.
#include "tb/program/elf.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "programs.hpp"

namespace freebits::tb {
namespace {

class ElfFile : public testing::Test {
 protected:
  std::filesystem::path path = std::filesystem::path(testing::TempDir()) /
                               ("elf_test_" + std::to_string(::getpid()) + ".elf");
  void TearDown() override { std::filesystem::remove(path); }

  std::string error() {
    try {
      SystemMemory memory;
      memory.add_region(0x80000000, 0x10000);
      load(read_elf(path), memory);
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  }
};

TEST_F(ElfFile, IsLoadedWithItsSymbols) {
  test::exits_with(0).write(path);
  const Elf elf = read_elf(path);
  EXPECT_EQ(elf.entry, 0x80000000U);
  EXPECT_EQ(elf.symbol("tohost"), test::kToHost);
  EXPECT_EQ(elf.symbol("nothing"), std::nullopt);
  SystemMemory memory;
  memory.add_region(0x80000000, 0x10000);
  memory.write_word(0x80001000, 0xdeadbeef);
  load(elf, memory);
  EXPECT_EQ(memory.read_word(0x80000000), test::lui(10, 0x80000));
  EXPECT_EQ(memory.read_word(0x80001000), 0U) << "the rest of the segment is cleared";
}

TEST_F(ElfFile, ThatIsMissingIsNamed) {
  EXPECT_NE(error().find(path.string() + ": No such file"), std::string::npos) << error();
}

TEST_F(ElfFile, ThatIsTextIsRefused) {
  std::ofstream(path) << "int main() {}";
  EXPECT_NE(error().find("not an ELF file"), std::string::npos) << error();
}

TEST_F(ElfFile, OfAnotherMachineIsRefused) {
  test::TinyElf elf = test::exits_with(0);
  elf.machine = EM_ARM;
  elf.write(path);
  EXPECT_NE(error().find("machine 40"), std::string::npos) << error();
}

TEST_F(ElfFile, ThatIsAnObjectFileIsRefused) {
  test::TinyElf elf = test::exits_with(0);
  elf.type = ET_REL;
  elf.write(path);
  EXPECT_NE(error().find("link it first"), std::string::npos) << error();
}

TEST_F(ElfFile, OutsideMemoryIsRefused) {
  test::TinyElf elf = test::exits_with(0);
  elf.address = 0x20000000;
  elf.write(path);
  EXPECT_NE(error().find("segment 0x20000000"), std::string::npos) << error();
}

TEST_F(ElfFile, ThatPromisesMoreThanMemoryHoldsIsRefusedAsItIs) {
  test::TinyElf elf = test::exits_with(0);
  elf.memory_size = 0xfffffff0;
  elf.write(path);
  EXPECT_NE(error().find("segment 0x80000000-0x17fffffef lies outside memory"), std::string::npos)
      << error();
}

/// An executable with a header of its own for each segment, all of the same bytes.
std::string with_segments(std::uint16_t count) {
  const std::string tiny = test::exits_with(0).bytes();
  Elf32_Ehdr header;
  Elf32_Phdr segment;
  std::memcpy(&header, tiny.data(), sizeof header);
  std::memcpy(&segment, tiny.data() + header.e_phoff, sizeof segment);
  std::string bytes = tiny;
  header.e_phoff = static_cast<Elf32_Off>(bytes.size());
  header.e_phnum = count;
  segment.p_offset = 0;
  segment.p_filesz = static_cast<Elf32_Word>(tiny.size());
  for (unsigned i = 0; i < count; ++i)
    bytes.append(reinterpret_cast<const char*>(&segment), sizeof segment);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

TEST_F(ElfFile, WhoseSegmentsShareBytesIsRefused) {
  std::ofstream(path, std::ios::binary) << with_segments(1);
  EXPECT_EQ(error(), "");
  std::ofstream(path, std::ios::binary) << with_segments(60'000);
  EXPECT_NE(error().find("its bytes are those of another"), std::string::npos) << error();
}

TEST_F(ElfFile, TruncatedAnywhereIsRefusedOrLoadsNoCode) {
  const std::string whole = test::exits_with(0).bytes();
  for (std::size_t size = 0; size < sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr) + 8; ++size) {
    std::ofstream(path, std::ios::binary) << whole.substr(0, size);
    EXPECT_NE(error(), "") << "cut to " << size << " bytes";
  }
}

}  // namespace
}  // namespace freebits::tb
