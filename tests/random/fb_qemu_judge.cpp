// SPDX-License-Identifier: Apache-2.0
// fb_qemu_judge: RV32IMC user-mode programs on the core (in lock step with the model) and on
// qemu-riscv32; all registers and the data area must be the same at the end.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <string>

#include "generator.hpp"
#include "memory_map.hpp"
#include "qemu.hpp"
#include "runner.hpp"

namespace freebits::random {
namespace {

constexpr std::uint64_t kBudget = 200'000;
constexpr std::string_view kUsage =
    R"(fb_qemu_judge [--programs N] [--first K] [--seed S] [--keep FILE]
Random RV32IMC programs on the RTL core, the reference model and qemu-riscv32 (package qemu-user).
exit code 0: all agree; 1: they differ; 2: bad usage
)";

struct Options {
  std::uint32_t programs = 300;
  std::uint32_t first = 0;
  std::uint64_t seed = 1;
  std::filesystem::path elf;
};

/// Nothing, or how core and qemu differ.
std::string compare(const std::vector<std::uint8_t>& qemu, const tb::SystemMemory& memory) {
  if (qemu.size() != kDataSize)
    return fmt::format("qemu wrote {} bytes, expected {}\n", qemu.size(), kDataSize);
  std::string text;
  for (std::uint32_t at = 0; at < kDataSize; at += 4) {
    std::uint32_t judge = 0;
    for (unsigned i = 0; i < 4; ++i) judge |= std::uint32_t{qemu[at + i]} << (8 * i);
    const std::uint32_t core = memory.read_word(kDataBase + at);
    if (judge == core) continue;
    const std::string name =
        at < 128 ? fmt::format("x{}", at / 4) : fmt::format("memory [{:08x}]", kDataBase + at);
    text += fmt::format("  {:<18} core {:08x}   qemu {:08x}\n", name, core, judge);
  }
  return text;
}

int judge(const Options& options) {
  const Generator generator(isa::Level::Rv32imc, options.seed, Generator::Kind::User);
  Runner runner;
  tb::SystemMemory initial = make_memory();
  std::uint64_t instructions = 0;
  for (std::uint32_t i = options.first; i < options.first + options.programs; ++i) {
    const Program program = generator.generate(i);
    const Image image = load(program, initial);
    write_linux_elf(initial, kProgramBase, image.end, options.elf);
    const RunResult run = runner.run(program, kBudget, nullptr);
    instructions += run.instructions;
    std::string difference = run.failure.value_or("");
    if (difference.empty() && !run.reached_end) difference = "the program does not end\n";
    if (difference.empty()) difference = compare(run_qemu(options.elf), runner.memory());
    if (difference.empty()) continue;
    std::cout << fmt::format(
                     "FAILED: program {}: fb_qemu_judge --seed {} --first {} --programs 1\n{}", i,
                     options.seed, i, difference)
              << listing(program);
    return 1;
  }
  std::cout << fmt::format("{} programs, {} instructions: core, model and qemu-riscv32 agree\n",
                           options.programs, instructions);
  return 0;
}

}  // namespace
}  // namespace freebits::random

int main(int argc, char** argv) {
  freebits::random::Options options;
  bool keep = false;
  try {
    for (int i = 1; i < argc; ++i) {
      const std::string option = argv[i];
      if (i + 1 >= argc) throw std::invalid_argument(option);
      const std::string value = argv[++i];
      if (option == "--programs") {
        options.programs = static_cast<std::uint32_t>(std::stoul(value));
      } else if (option == "--first") {
        options.first = static_cast<std::uint32_t>(std::stoul(value));
      } else if (option == "--seed") {
        options.seed = std::stoull(value);
      } else if (option == "--keep") {
        options.elf = value;
        keep = true;
      } else {
        throw std::invalid_argument(option);
      }
    }
  } catch (const std::logic_error&) {
    std::cerr << freebits::random::kUsage;
    return 2;
  }
  if (!keep) {
    options.elf =
        std::filesystem::temp_directory_path() / fmt::format("fb_qemu_{}.elf", ::getpid());
  }
  int result = 1;
  try {
    result = judge(options);
  } catch (const std::exception& error) {
    std::cerr << "fb_qemu_judge: " << error.what() << "\n";
  }
  if (!keep) std::filesystem::remove(options.elf);
  return result;
}
