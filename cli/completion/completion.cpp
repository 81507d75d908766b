// SPDX-License-Identifier: Apache-2.0
// `freebits completion`: scripts for shells.
#include "cli/common/commands.hpp"
#include "cli/common/output_file.hpp"
#include "cli/completion/shells.hpp"

namespace freebits::cli {
namespace {

std::string script(const std::string& shell, const CommandText& program) {
  if (shell == "bash") return bash_completion(program);
  return shell == "zsh" ? zsh_completion(program) : fish_completion(program);
}

void define(CLI::App& command, Invocation& invocation) {
  auto shell = std::make_shared<std::string>();
  command.add_option("SHELL", *shell, "the shell; bash: source <(freebits completion bash)")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command.callback([shell, &command, &invocation] {
    write_file(script(*shell, command_tree(*command.get_parent())), "-");
    invocation.exit_code = kSuccess;
  });
}

}  // namespace

const Command& completion_command() {
  static constexpr Command command = {
      "completion", "Print the script that completes freebits' arguments in a shell", define};
  return command;
}

}  // namespace freebits::cli
