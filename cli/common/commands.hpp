// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>

namespace freebits::cli {

/// Exit codes of the program (cli/README.md).
enum Exit : int { kSuccess = 0, kFailed = 1, kBadInput = 2, kInterrupted = 3 };

/// Set by SIGINT and SIGTERM.
extern std::atomic<bool> interrupted;

// Each adds its command to the program; the command stores its exit code in `exit_code`. All throw
// Error for bad input.
void add_exec(CLI::App& app, int& exit_code);
void add_bench_kernels(CLI::App& bench, int& exit_code);
void add_bench_simulation(CLI::App& bench, int& exit_code);
void add_bench_training(CLI::App& bench, int& exit_code);
void add_profile(CLI::App& app, int& exit_code);
void add_search(CLI::App& app, int& exit_code, const std::string& command_line);
void add_train(CLI::App& app, int& exit_code);
void add_run(CLI::App& app, int& exit_code);
void add_report(CLI::App& app, int& exit_code);
void add_targets(CLI::App& app, int& exit_code);

}  // namespace freebits::cli
