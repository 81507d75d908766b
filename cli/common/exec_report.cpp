// SPDX-License-Identifier: Apache-2.0
#include "cli/common/exec_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/output_file.hpp"

namespace freebits::cli {

double per_second(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0.0;
}

nlohmann::ordered_json core_json(std::uint64_t instructions, std::uint64_t cycles,
                                 const tb::Accounting& accounting) {
  nlohmann::ordered_json parts;
  for (std::size_t i = 0; i < tb::kActivityNames.size(); ++i) {
    parts[std::string(tb::kActivityNames[i])] = accounting[i];
  }
  const double cpi =
      instructions != 0 ? static_cast<double>(cycles) / static_cast<double>(instructions) : 0.0;
  return {{"instructions", instructions}, {"cycles", cycles}, {"cpi", cpi}, {"accounting", parts}};
}

void add_outcome(nlohmann::ordered_json& json, const ExecOptions& options, tb::Outcome outcome,
                 const std::string& message, std::uint32_t exit_code) {
  const bool exited = outcome == tb::Outcome::Exited;
  json["elf"] = options.elf;
  json["outcome"] = exited ? "exited" : "failed";
  json["message"] = message;
  json["exit_code"] = exited ? nlohmann::ordered_json(static_cast<std::int32_t>(exit_code))
                             : nlohmann::ordered_json(nullptr);
}

namespace {

/// What riscv-tests' code means: the number of the test that failed, with kUnexpectedTrap's bits
/// set by a trap in it. Empty for other programs.
std::string failed_riscv_test(const tb::Elf& elf, std::uint32_t exit_code) {
  constexpr std::uint32_t kUnexpectedTrap = 1337;
  const auto test = [&elf](std::uint32_t n) { return elf.symbol(fmt::format("test_{}", n)); };
  if (!elf.symbol("write_tohost") && !test(exit_code)) return "";
  if (const auto address = test(exit_code))
    return fmt::format(": test {} failed (test_{} at {:#010x})", exit_code, exit_code, *address);
  if ((exit_code & kUnexpectedTrap) == kUnexpectedTrap)
    return fmt::format(": a trap that the test does not expect (test number | {})",
                       kUnexpectedTrap);
  return fmt::format(": test {} failed", exit_code);
}

}  // namespace

void print_failure(const tb::Elf& elf, tb::Outcome outcome, const std::string& message,
                   std::uint32_t exit_code) {
  if (outcome != tb::Outcome::Exited) {
    fmt::print(stderr, "freebits exec: {}: {}\n", elf.path.string(), message);
  } else if (exit_code != 0) {
    fmt::print(stderr, "freebits exec: {}: program exited with code {}{}\n", elf.path.string(),
               static_cast<std::int32_t>(exit_code), failed_riscv_test(elf, exit_code));
  }
}

void print_accounting(std::span<const tb::Accounting> cores, std::uint64_t cycles) {
  constexpr std::size_t kAcross = 8;  // columns that fit a terminal
  for (std::size_t first = 0; first < cores.size(); first += kAcross) {
    const std::size_t end = std::min(first + kAcross, cores.size());
    fmt::print(stderr, "  {:<14}", "% of cycles");
    for (std::size_t core = first; core < end; ++core) {
      fmt::print(stderr, "{:>9}", fmt::format("core {}", core));
    }
    fmt::print(stderr, "\n");
    for (std::size_t i = 0; i < tb::kActivityNames.size(); ++i) {
      fmt::print(stderr, "  {:<14}", tb::kActivityNames[i]);
      for (std::size_t core = first; core < end; ++core) {
        fmt::print(stderr, "{:>9.2f}",
                   100.0 * static_cast<double>(cores[core][i]) /
                       static_cast<double>(std::max<std::uint64_t>(1, cycles)));
      }
      fmt::print(stderr, "\n");
    }
  }
}

int exit_code_of(tb::Outcome outcome, std::uint32_t program_exit_code) {
  if (outcome == tb::Outcome::Interrupted) return kInterrupted;
  return outcome == tb::Outcome::Exited && program_exit_code == 0 ? kSuccess : kFailed;
}

void flush_console(std::FILE* console) {
  if (std::fflush(console) != 0 || std::ferror(console) != 0) {
    throw Error(fmt::format("standard output: {}; the program's output is not complete",
                            std::strerror(errno)));
  }
}

void write_signature(const ExecOptions& options, const tb::Elf& elf, const tb::HostMemory& memory) {
  if (options.signature.empty()) return;
  const auto begin = elf.symbol("begin_signature");
  const auto end = elf.symbol("end_signature");
  if (!begin || !end || *end < *begin) {
    throw Error(
        fmt::format("{}: no symbols begin_signature and end_signature; leave out --signature",
                    elf.path.string()));
  }
  std::string text;
  for (std::uint32_t at = *begin; at < *end; at += 4)
    text += fmt::format("{:08x}\n", memory.read_word(at));
  write_file(text, options.signature);
}

}  // namespace freebits::cli
