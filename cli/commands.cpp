// SPDX-License-Identifier: Apache-2.0
#include "cli/common/commands.hpp"

#include <array>

// One line for each command. NAME_command() is defined in a file of the folder NAME.
#define FREEBITS_COMMANDS(COMMAND) \
  COMMAND(exec)                    \
  COMMAND(bench)                   \
  COMMAND(train)                   \
  COMMAND(run)                     \
  COMMAND(profile)                 \
  COMMAND(search)                  \
  COMMAND(report)                  \
  COMMAND(targets)                 \
  COMMAND(completion)              \
  COMMAND(manual)

namespace freebits::cli {

#define FREEBITS_DECLARE(name) const Command& name##_command();
FREEBITS_COMMANDS(FREEBITS_DECLARE)
#undef FREEBITS_DECLARE

std::span<const Command* const> commands() {
#define FREEBITS_ENTRY(name) &name##_command(),
  static const std::array all = {FREEBITS_COMMANDS(FREEBITS_ENTRY)};
#undef FREEBITS_ENTRY
  return all;
}

void add_command(CLI::App& to, const Command& command, Invocation& invocation) {
  command.define(*to.add_subcommand(command.name, command.description), invocation);
}

}  // namespace freebits::cli
