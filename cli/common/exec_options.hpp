// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "tb/program/elf.hpp"

namespace freebits::cli {

/// What `freebits exec` was asked for. Empty strings and optionals: not given.
struct ExecOptions {
  std::string elf;
  std::string target;  ///< empty: kDefaultTarget; kBareCore: one core with ideal memory
  std::optional<unsigned> cores;
  std::string isa;
  bool model = false;
  bool check = false;
  bool verbose = false;
  std::uint64_t max_cycles = 1'000'000'000;
  std::string trace, trace_from, trace_to;
  std::string instructions, json, signature;
  // Cluster only.
  bool profile = false;
  std::string timeline;
  std::optional<std::uint16_t> gdb;
  // Bare core only.
  std::vector<std::string> memory;
  std::optional<double> stall_probability;
  std::optional<std::uint64_t> seed;

  /// With --json - the document owns standard output.
  [[nodiscard]] std::FILE* console() const { return json == "-" ? stderr : stdout; }
};

inline constexpr const char* kBareCore = "core";
inline constexpr const char* kDefaultTarget = "flexv";

/// Whether the bare core's default memory holds the program.
[[nodiscard]] bool fits_bare_core(const tb::Elf& elf);

// Each runs the program and returns the exit code of `freebits`.
[[nodiscard]] int exec_core(const ExecOptions& options);
[[nodiscard]] int exec_cluster(const ExecOptions& options);

}  // namespace freebits::cli
