// SPDX-License-Identifier: Apache-2.0
// `freebits bench`: what its own commands measure.
#include "cli/common/commands.hpp"

namespace freebits::cli {

const Command& bench_kernels_command();
const Command& bench_simulation_command();
const Command& bench_training_command();

namespace {

void define(CLI::App& command, Invocation& invocation) {
  command.require_subcommand(1);
  for (const Command* const each :
       {&bench_kernels_command(), &bench_simulation_command(), &bench_training_command()})
    add_command(command, *each, invocation);
}

}  // namespace

const Command& bench_command() {
  static const Command command{.name = "bench", .description = "Measure speed", .define = define};
  return command;
}

}  // namespace freebits::cli
