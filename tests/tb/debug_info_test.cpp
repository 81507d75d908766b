// SPDX-License-Identifier: Apache-2.0
#include "tb/program/debug_info.hpp"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "base/error.hpp"
#include "base/read.hpp"
#include "tb/cluster_numbers.hpp"

namespace freebits::tb {
namespace {

namespace fs = std::filesystem;

fs::path program(const std::string& name) { return fs::path(FREEBITS_SW_BUILD) / (name + ".elf"); }

TEST(DebugInfo, DoesWithoutDebugInformation) {
  const fs::path stripped = fs::path(testing::TempDir()) / "stripped.elf";
  const std::string command = "llvm-objcopy-19 --strip-all '" +
                              program("parallel_hello_xpulpv2").string() + "' '" +
                              stripped.string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const DebugInfo info(stripped);
  EXPECT_TRUE(info.functions().empty());
  EXPECT_EQ(info.function_at(cluster_numbers::L2Base), -1);
  EXPECT_EQ(info.line_at(cluster_numbers::L2Base), nullptr);
  EXPECT_THROW(DebugInfo("no such file"), Error);
}

/// Debug information whose strings end outside of their section made libdw read beyond its buffer
/// (AddressSanitizer sees it); one whose sections overlap made it crash.
TEST(DebugInfo, IsReadOrRefusedWhenItIsDamaged) {
  const std::string bytes = read_bytes(program("parallel_hello_xpulpv2"), std::size_t{1} << 24);
  Elf32_Ehdr header{};
  std::memcpy(&header, bytes.data(), sizeof header);
  const fs::path damaged = fs::path(testing::TempDir()) / "damaged_debug.elf";
  for (std::size_t i = 0; i < header.e_shnum; ++i) {
    for (const std::uint32_t cut : {1U, 5U, 0x40U, 0x100U}) {
      std::string changed = bytes;
      const std::size_t at = header.e_shoff + i * sizeof(Elf32_Shdr);
      Elf32_Shdr section{};
      std::memcpy(&section, changed.data() + at, sizeof section);
      if ((section.sh_flags & SHF_ALLOC) != 0 || section.sh_size < cut) continue;
      section.sh_size -= cut;
      std::memcpy(changed.data() + at, &section, sizeof section);
      std::ofstream(damaged, std::ios::binary) << changed;
      try {
        const DebugInfo info(damaged);
      } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find(damaged.string()), std::string::npos)
            << error.what();
      }
    }
  }
}

}  // namespace
}  // namespace freebits::tb
