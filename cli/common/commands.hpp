// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <span>
#include <string>

namespace freebits::cli {

/// Exit codes of the program (cli/README.md).
enum Exit : int { kSuccess = 0, kFailed = 1, kBadInput = 2, kInterrupted = 3 };

/// Set by SIGINT and SIGTERM.
extern std::atomic<bool> interrupted;

/// One run of the program.
struct Invocation {
  std::string command_line{};  ///< as it was typed, or could have been
  int exit_code = kSuccess;    ///< set by the command
};

/// A command of the program, or of one of its commands.
struct Command {
  const char* name;
  const char* description;  ///< a line of `freebits --help`
  /// Gives the command its options, and a callback that does its work and sets the exit code. The
  /// callback throws Error for bad input.
  void (*define)(CLI::App& command, Invocation& invocation);
};

/// All commands (commands.cpp), in the order of `freebits --help`.
[[nodiscard]] std::span<const Command* const> commands();

/// Adds a command to the program, or to another command. Keeps a reference to the invocation.
void add_command(CLI::App& to, const Command& command, Invocation& invocation);

}  // namespace freebits::cli
