// SPDX-License-Identifier: Apache-2.0
// `freebits manual`: manual pages.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "base/error.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/output_file.hpp"
#include "cli/manual/page.hpp"

namespace freebits::cli {
namespace {

struct ManualOptions {
  std::vector<std::string> command;
  std::string out;
};

void print_page(const CommandText& program, const std::vector<std::string>& path) {
  for (const CommandText* command : all_commands(program)) {
    if (command->path == path) return write_file(manual_page(program, *command), "-");
  }
  throw Error(fmt::format("no command '{}'; freebits --help lists them", fmt::join(path, " ")));
}

void write_pages(const CommandText& program, const std::filesystem::path& folder) {
  check_writable_folder(folder.string());
  for (const CommandText* command : all_commands(program)) {
    write_file(manual_page(program, *command), (folder / (page_name(*command) + ".1")).string());
  }
}

void define(CLI::App& command, Invocation& invocation) {
  auto options = std::make_shared<ManualOptions>();
  command.add_option("COMMAND", options->command, "such as: bench kernels (default: freebits)");
  command.add_option("--out", options->out, "write the pages of all commands to this folder");
  command.callback([options, &command, &invocation] {
    if (!options->out.empty() && !options->command.empty()) {
      throw Error("--out writes the pages of all commands; expected no COMMAND with it");
    }
    const CommandText program = command_tree(*command.get_parent());
    if (options->out.empty()) {
      print_page(program, options->command);
    } else {
      write_pages(program, options->out);
    }
    invocation.exit_code = kSuccess;
  });
}

}  // namespace

const Command& manual_command() {
  static constexpr Command command = {"manual", "Print the manual page of a command, for man -l",
                                      define};
  return command;
}

}  // namespace freebits::cli
