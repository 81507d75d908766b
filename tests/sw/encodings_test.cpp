// SPDX-License-Identifier: Apache-2.0
// The numbers the bare-metal software uses against the reference model's tables.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>

#include "tb/isa/csr.hpp"
#include "tb/isa/disassemble.hpp"
#include "tb/isa/level.hpp"
#include "tb/memory/system_memory.hpp"
#include "tb/program/elf.hpp"

namespace freebits {
namespace {

const std::string kBuild = FREEBITS_SW_BUILD;

std::string read_text(const tb::SystemMemory& memory, std::uint32_t address) {
  std::string text;
  std::array<std::uint8_t, 1> byte{};
  while (memory.read(address++, byte) && byte[0] != 0) text.push_back(static_cast<char>(byte[0]));
  return text;
}

TEST(AssemblerMacros, AssembleToWhatTheModelDisassembles) {
  const tb::Elf elf = tb::read_elf(kBuild + "/encodings.elf");
  tb::SystemMemory memory;
  memory.add_region(0x1c000000, 1U << 20, true);
  tb::load(elf, memory);
  std::uint32_t text = elf.symbol("encodings_text").value();
  unsigned count = 0;
  for (std::uint32_t pc = elf.symbol("encodings_begin").value();
       pc < elf.symbol("encodings_end").value(); pc += 4) {
    const std::string expected = read_text(memory, text);
    text += static_cast<std::uint32_t>(expected.size()) + 1;
    EXPECT_EQ(isa::disassemble(memory.read_word(pc), pc), expected);
    ++count;
  }
  EXPECT_EQ(text, elf.symbol("encodings_text_end").value());
  EXPECT_EQ(count, 9U + 17 * 4 + 2 + 5 + 6 + 6 * 4);
}

/// Calls visit(name, value) for every `#define PREFIX_name value` of the generated header.
template <typename Visit>
unsigned for_each_define(const std::string& prefix, const Visit& visit) {
  std::ifstream header(kBuild + "/include/freebits/isa_numbers.h");
  EXPECT_TRUE(header) << "isa_numbers.h is missing";
  unsigned count = 0;
  std::string directive, name, value;
  for (std::string line; std::getline(header, line);) {
    std::istringstream words(line);
    if (!(words >> directive >> name >> value) || directive != "#define") continue;
    if (name.rfind(prefix + "_", 0) != 0) continue;
    name.erase(0, prefix.size() + 1);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    visit(name, static_cast<std::uint32_t>(std::stoul(value, nullptr, 0)));
    ++count;
  }
  return count;
}

TEST(IsaNumbers, CsrsHaveTheModelsNamesAndNumbers) {
  const unsigned count = for_each_define("CSR", [](const std::string& name, std::uint32_t number) {
    const isa::CsrSpec* csr = isa::find_csr(number, isa::Level::FlexV);
    ASSERT_NE(csr, nullptr) << name;
    EXPECT_EQ(csr->name, name);
  });
  EXPECT_GT(count, 50U);
}

TEST(IsaNumbers, LevelsHaveTheModelsNamesAndNumbers) {
  const unsigned count =
      for_each_define("LEVEL", [](const std::string& name, std::uint32_t number) {
        ASSERT_LT(number, isa::kLevelNames.size());
        EXPECT_EQ(isa::kLevelNames[number], name);
      });
  EXPECT_EQ(count, isa::kLevelNames.size());
}

}  // namespace
}  // namespace freebits
