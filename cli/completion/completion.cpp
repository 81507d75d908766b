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

}  // namespace

void add_completion(CLI::App& app, int& exit_code);
void add_completion(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "completion", "Print the script that completes freebits' arguments in a shell");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "the shell; bash: source <(freebits completion bash)")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([shell, command, &exit_code] {
    write_file(script(*shell, command_tree(*command->get_parent())), "-");
    exit_code = kSuccess;
  });
}

}  // namespace freebits::cli
