// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "cli/common/exec_options.hpp"
#include "tb/core/accounting.hpp"
#include "tb/host/host_memory.hpp"
#include "tb/runner/runner.hpp"

namespace freebits::cli {

// What the bare core and the cluster report alike.

/// One member of `cores` of the document.
[[nodiscard]] nlohmann::ordered_json core_json(std::uint64_t instructions, std::uint64_t cycles,
                                               const tb::Accounting& accounting);
/// `elf`, `outcome`, `message`, `exit_code`.
void add_outcome(nlohmann::ordered_json& json, const ExecOptions& options, tb::Outcome outcome,
                 const std::string& message, std::uint32_t exit_code);

/// The line that says why the run failed; nothing for a success. Of riscv-tests, which test did.
void print_failure(const tb::Elf& elf, tb::Outcome outcome, const std::string& message,
                   std::uint32_t exit_code);

/// Where the cycles went, a column per core.
void print_accounting(std::span<const tb::Accounting> cores, std::uint64_t cycles);

[[nodiscard]] int exit_code_of(tb::Outcome outcome, std::uint32_t program_exit_code);

/// Throws Error when the program's output has not all arrived.
void flush_console(std::FILE* console);

/// The words between begin_signature and end_signature, one a line in hexadecimal: what
/// riscv-arch-test compares. Does nothing without --signature.
void write_signature(const ExecOptions& options, const tb::Elf& elf, const tb::HostMemory& memory);

[[nodiscard]] double per_second(std::uint64_t count, double seconds);

}  // namespace freebits::cli
