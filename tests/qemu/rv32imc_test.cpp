// SPDX-License-Identifier: Apache-2.0
// Random RV32IMC programs under qemu-riscv32, on the RTL and in the reference model: registers and memory must end up the same.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "freebits/isa/hart.hpp"
#include "freebits/tb/core_sim.hpp"
#include "freebits/tb/system_memory.hpp"
#include "user_program.hpp"

namespace freebits::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr unsigned kPrograms = 120;
constexpr unsigned kBlocks = 40;

/// Standard output of the program under qemu.
Bytes run_in_qemu(const Bytes& elf, const std::filesystem::path& file) {
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(elf.data()), static_cast<std::streamsize>(elf.size()));
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  FILE* pipe = popen((std::string(FREEBITS_QEMU) + " " + file.string()).c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot start " FREEBITS_QEMU);
  Bytes out(kAreaSize + 1);
  out.resize(std::fread(out.data(), 1, out.size(), pipe));
  EXPECT_EQ(pclose(pipe), 0) << "qemu's exit status";
  return out;
}

/// The data area after the first trap, which is the write system call.
Bytes run_in_model(Bytes text, Bytes area, std::uint64_t& instructions) {
  text.resize(kTextSize);
  isa::Memory memory;
  memory.add_window({kText, kTextSize, text.data(), false});
  memory.add_window({kArea, kAreaSize, area.data(), true});
  isa::Hart hart(memory, isa::Level::Rv32imc, 0, kText);
  const isa::RunResult result = hart.run(100'000'000);
  EXPECT_EQ(result.reason, isa::StopReason::TrapLoop);
  EXPECT_EQ(hart.reg(17), 64U) << "stopped elsewhere";
  instructions += result.instructions;
  return area;
}

Bytes run_on_rtl(const Bytes& text, const Bytes& area, std::uint64_t seed, std::uint64_t& instructions) {
  tb::SystemMemory memory;
  memory.add_region(kText, kTextSize, false);
  memory.add_region(kArea, kAreaSize);
  memory.find(kText, 4)->bytes = text;
  memory.find(kText, 4)->bytes.resize(kTextSize);
  memory.find(kArea, 4)->bytes = area;
  tb::CoreOptions options;
  options.level = isa::Level::Rv32imc;
  options.boot_address = kText;
  options.stall_probability = seed % 4 == 0 ? 0.2 : 0;
  options.stall_seed = seed + 1;
  tb::CoreSim core(memory, options);
  std::uint64_t last = 0;
  while (core.cycles() < last + 1000) {
    const isa::Retired* retired = core.step();
    if (retired == nullptr) continue;
    last = core.cycles();
    if (!retired->trap) continue;
    EXPECT_EQ(retired->insn, 0x73U) << "trap at 0x" << std::hex << retired->pc;
    instructions += core.instructions();
    return memory.find(kArea, 4)->bytes;
  }
  ADD_FAILURE() << "the core hangs";
  return {};
}

std::string first_difference(const Bytes& expected, const Bytes& actual) {
  if (expected.size() != actual.size()) return "sizes " + std::to_string(expected.size()) + " and " + std::to_string(actual.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (expected[i] == actual[i]) continue;
    const std::size_t saved = kSaved - kArea;
    const std::string where = i >= saved ? "register x" + std::to_string((i - saved) / 4) : "byte " + std::to_string(i);
    return where + ": " + std::to_string(expected[i]) + " in qemu, " + std::to_string(actual[i]) + " here";
  }
  return "";
}

TEST(Qemu, RandomRv32imcProgramsEndWithTheSameRegistersAndMemory) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("freebits_qemu_" + std::to_string(getpid()) + ".elf");
  std::uint64_t on_rtl = 0, in_model = 0;
  for (unsigned seed = 0; seed < kPrograms && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Bytes text = random_user_program(seed, kBlocks);
    const Bytes area = random_area(seed);
    ASSERT_LE(text.size(), kTextSize);
    const Bytes expected = run_in_qemu(elf_executable(text, area), file);
    EXPECT_EQ(first_difference(expected, run_in_model(text, area, in_model)), "") << "model";
    EXPECT_EQ(first_difference(expected, run_on_rtl(text, area, seed, on_rtl)), "") << "RTL";
  }
  std::filesystem::remove(file);
  EXPECT_GT(on_rtl, 1'000'000U);
  std::cout << kPrograms << " programs, " << on_rtl << " instructions on the RTL, " << in_model << " in the model\n";
}

}  // namespace
}  // namespace freebits::test
