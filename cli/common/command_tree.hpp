// SPDX-License-Identifier: Apache-2.0
// What the program understands, as data: completion and manual pages are made of it.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace freebits::cli {

/// An option, or a positional argument.
struct OptionText {
  std::vector<std::string> names;  ///< "--target", "-t"; of a positional argument: "NETWORK"
  std::string description;
  std::string value;                 ///< what it takes: "TEXT", "UINT in [1 - 256]"; empty: a flag
  std::string standard;              ///< the default, if one is known
  std::vector<std::string> choices;  ///< values to offer; there may be others
  bool file = false;                 ///< the value may be a file
  bool required = false;
  bool many = false;  ///< takes several values
};

struct CommandText {
  std::vector<std::string> path;  ///< {"bench", "kernels"}; empty: the program itself
  std::string description;
  std::vector<OptionText> options;
  std::vector<OptionText> positionals;
  std::vector<CommandText> commands;
};

/// Of the program, with all of its commands. Throws Error when the targets cannot be read.
[[nodiscard]] CommandText command_tree(const CLI::App& program);

/// The program and all commands below it, in the order of --help.
[[nodiscard]] std::vector<const CommandText*> all_commands(const CommandText& program);

/// "bench kernels"
[[nodiscard]] std::string path_text(const CommandText& command, const std::string& separator = " ");

}  // namespace freebits::cli
